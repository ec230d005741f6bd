//! The graph that describes the sources: what was published by whom, its sections, and every citation with its locator.

use oxigraph::model::{Literal, NamedNode, NamedNodeRef, Term};

use crate::iri::Base;
use crate::lift::{Contribution, Lifted};
use crate::location::Location;
use crate::source::{Section, Source};
use crate::vocab::{bibo, cg, dcterms, edtf, foaf, rdf, rdfs, skos, xsd};

/// Describes one source, its listed sections and every place in it that is cited.
pub fn describe(source: &Source, base: &Base, language: &str, lifted: &mut Lifted) {
    if source.registry {
        return;
    }
    let language = source.language.as_deref().unwrap_or(language);
    let contribution = lifted.contributions.get(&source.id).cloned().unwrap_or_default();
    let mut writer = Writer { graph: base.graph("sources"), lifted, language };
    let document = base.source(&source.id);
    let home = &source.location;
    writer.iri(&document, rdf::TYPE, cg::SOURCE.into_owned(), home);
    writer.text(&document, dcterms::TITLE, &source.title, home);
    writer.text(&document, rdfs::LABEL, &source.title, home);
    writer.plain(&document, bibo::SHORT_TITLE, &source.short, home);
    writer.plain(&document, dcterms::LANGUAGE, language, home);
    match &source.publisher {
        Some(publisher) if crate::iri::slug_fault(publisher).is_none() => {
            writer.iri(&document, dcterms::PUBLISHER, base.thing(publisher), home)
        }
        Some(publisher) => writer.plain(&document, dcterms::PUBLISHER, publisher, home),
        None => {}
    }
    for (property, value) in [(foaf::PAGE, &source.url), (dcterms::LICENSE, &source.licence)] {
        match value.as_deref().map(|value| (value, NamedNode::new(value))) {
            Some((_, Ok(node))) => writer.iri(&document, property, node, home),
            Some((words, Err(_))) => writer.plain(&document, property, words, home),
            None => {}
        }
    }
    if let Some(issued) = &source.issued {
        writer.typed(&document, dcterms::ISSUED, issued, edtf::EDTF, home);
    }
    if let Some(as_of) = &source.as_of {
        writer.typed(&document, cg::AS_OF, &as_of.value, xsd::DATE, &as_of.location);
    }
    for (property, value) in [(cg::AS_OF_NOTE, &source.as_of_note), (dcterms::DESCRIPTION, &source.document_note)] {
        if let Some(value) = value {
            writer.text(&document, property, value, home);
        }
    }
    if let Some(digest) = &source.document_sha256 {
        writer.plain(&document, cg::DIGEST, digest, home);
    }
    for section in &source.sections {
        let place = base.citation(&source.id, &section.locator, None);
        writer.iri(&place, rdf::TYPE, cg::CITATION.into_owned(), &section.location);
        let parent = section.parent.as_deref().map_or_else(|| document.clone(), |parent| base.citation(&source.id, parent, None));
        writer.iri(&place, dcterms::IS_PART_OF, parent, &section.location);
        writer.plain(&place, bibo::LOCATOR, &section.locator, &section.location);
        writer.text(&place, dcterms::TITLE, &section.title, &section.location);
        writer.text(&place, skos::PREF_LABEL, &words(source, section, None), &section.location);
        if let Some(page) = &section.page {
            writer.plain(&place, bibo::PAGE_START, page, &section.location);
        }
    }
    writer.places(source, base, &contribution);
}

/// How a citation reads in tables and pictures: `RA 2025 §3.1.1 ¶4`, `… fn 23`, `… title`.
fn words(source: &Source, section: &Section, at: Option<&str>) -> String {
    let numbered = section.locator.starts_with(|c: char| c.is_ascii_digit())
        && section.locator.split('.').all(|part| part.len() <= 3 && part.chars().all(|c| c.is_ascii_alphanumeric()));
    let mut words = format!("{} {}{}", source.short, if numbered { "§" } else { "" }, section.locator);
    if let Some(at) = at {
        let digits = |prefix: &str| at.strip_prefix(prefix).filter(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()));
        words.push(' ');
        match (digits("p"), digits("fn")) {
            (Some(number), _) => words.push_str(&format!("¶{number}")),
            (_, Some(number)) => words.push_str(&format!("fn {number}")),
            _ => words.push_str(at),
        }
    }
    words
}

struct Writer<'a> {
    graph: NamedNode,
    lifted: &'a mut Lifted,
    language: &'a str,
}

impl Writer<'_> {
    fn places(&mut self, source: &Source, base: &Base, contribution: &Contribution) {
        for (locator, at) in &contribution.places {
            let (Some(at), Some(section)) = (at, source.section(locator)) else { continue };
            let place = base.citation(&source.id, locator, Some(at));
            self.iri(&place, rdf::TYPE, cg::CITATION.into_owned(), &section.location);
            self.iri(&place, dcterms::IS_PART_OF, base.citation(&source.id, locator, None), &section.location);
            self.plain(&place, bibo::LOCATOR, at, &section.location);
            self.text(&place, skos::PREF_LABEL, &words(source, section, Some(at)), &section.location);
        }
    }

    fn iri(&mut self, subject: &NamedNode, property: NamedNodeRef<'_>, object: NamedNode, place: &Location) {
        self.write(subject, property, object.into(), place);
    }

    fn plain(&mut self, subject: &NamedNode, property: NamedNodeRef<'_>, text: &str, place: &Location) {
        self.write(subject, property, Literal::from(text).into(), place);
    }

    fn typed(&mut self, subject: &NamedNode, property: NamedNodeRef<'_>, text: &str, datatype: NamedNodeRef<'_>, place: &Location) {
        self.write(subject, property, Literal::new_typed_literal(text, datatype).into(), place);
    }

    fn text(&mut self, subject: &NamedNode, property: NamedNodeRef<'_>, text: &str, place: &Location) {
        let literal = Literal::new_language_tagged_literal(text, self.language).unwrap_or_else(|_| Literal::from(text));
        self.write(subject, property, literal.into(), place);
    }

    fn write(&mut self, subject: &NamedNode, property: NamedNodeRef<'_>, object: Term, place: &Location) {
        let terms = &mut self.lifted.terms;
        let quad = [terms.id(subject.clone()), terms.id(property.into_owned()), terms.id(object), terms.id(self.graph.clone())];
        self.lifted.statements.push(quad, place);
    }
}
