//! The ontology: every Turtle file under `ontology/`, shipped and own, as one graph that remembers where things stand.
//!
//! Classes, code lists, shapes and styles are all read here; `schema` and `diagram` ask this graph what they need.

use std::collections::BTreeMap;

use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::{
    BlankNode, Graph, GraphName, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, NamedOrBlankNodeRef, Quad, Term, TermRef, Triple,
};

use crate::finding::Finding;
use crate::iri::Prefixes;
use crate::location::Location;
use crate::project::{Asset, Project, ProjectError};
use crate::vocab::{cg, rdf, rdfs, sh, skos};

/// The ontology of a project.
#[derive(Debug, Default)]
pub struct Ontology {
    /// All statements, blank nodes and all.
    pub graph: Graph,
    /// The prefixes that the ontology declares (`sh:declare`), and the project's own.
    pub prefixes: Prefixes,
    files: Vec<Asset>,
    home: BTreeMap<String, usize>,
}

impl Ontology {
    /// Reads all of a project's Turtle files; what is broken in one is a finding, and the rest is read on.
    ///
    /// # Errors
    /// A file cannot be read at all.
    pub fn read(project: &Project) -> Result<(Self, Vec<Finding>), ProjectError> {
        Ok(Self::of(Self::files(project)?, project))
    }

    /// A project's Turtle files, unread.
    ///
    /// # Errors
    /// A file cannot be read at all.
    pub fn files(project: &Project) -> Result<Vec<Asset>, ProjectError> {
        project.assets("ontology", "ttl")
    }

    /// Reads Turtle files; what is broken in one is a finding, and the rest is read on.
    pub fn of(files: Vec<Asset>, project: &Project) -> (Self, Vec<Finding>) {
        let mut findings = Vec::new();
        let mut ontology = Self { files, ..Self::default() };
        for (index, asset) in ontology.files.iter().enumerate() {
            let parser = RdfParser::from_format(RdfFormat::Turtle)
                .with_base_iri(project.base.as_str())
                .unwrap_or_else(|_| RdfParser::from_format(RdfFormat::Turtle));
            let mut blanks = BTreeMap::new();
            let mut fresh = |blank: &BlankNode| -> BlankNode {
                let number = blanks.len();
                blanks.entry(blank.as_str().to_owned()).or_insert_with(|| BlankNode::new_unchecked(format!("f{index}n{number}"))).clone()
            };
            for quad in parser.for_slice(asset.text.as_bytes()) {
                match quad {
                    Ok(quad) => {
                        let subject = match quad.subject {
                            NamedOrBlankNode::BlankNode(blank) => fresh(&blank).into(),
                            other => other,
                        };
                        let object = match quad.object {
                            Term::BlankNode(blank) => fresh(&blank).into(),
                            other => other,
                        };
                        if let NamedOrBlankNode::NamedNode(name) = &subject {
                            ontology.home.entry(name.as_str().to_owned()).or_insert(index);
                        }
                        ontology.graph.insert(&Triple::new(subject, quad.predicate, object));
                    }
                    Err(error) => {
                        let place = error.location().map_or_else(
                            || Location::file(&asset.path),
                            |range| {
                                let start = range.start;
                                Location::in_text(
                                    &asset.path,
                                    &asset.text,
                                    usize::try_from(start.line).unwrap_or(0) + 1,
                                    usize::try_from(start.column).unwrap_or(0) + 1,
                                )
                            },
                        );
                        findings.push(Finding::error(
                            "unreadable-file",
                            format!("this is not Turtle: {}", words(&error.to_string())),
                            place,
                        ));
                        break;
                    }
                }
            }
        }
        ontology.declare_prefixes(project);
        (ontology, findings)
    }

    fn declare_prefixes(&mut self, project: &Project) {
        for declaration in self.graph.triples_for_predicate(sh::DECLARE) {
            let TermRef::BlankNode(node) = declaration.object else { continue };
            let prefix = self.graph.object_for_subject_predicate(node, sh::PREFIX);
            let namespace = self.graph.object_for_subject_predicate(node, sh::NAMESPACE_IRI);
            if let (Some(TermRef::Literal(prefix)), Some(TermRef::Literal(namespace))) = (prefix, namespace) {
                self.prefixes.insert(prefix.value(), namespace.value());
            }
        }
        for triple in self.graph.triples_for_object(skos::CONCEPT_SCHEME) {
            if let NamedOrBlankNodeRef::NamedNode(scheme) = triple.subject
                && let Some(list) = scheme.as_str().strip_prefix(crate::vocab::CODE)
            {
                self.prefixes.insert(list, format!("{}/", scheme.as_str()));
            }
        }
        for (prefix, namespace) in [("id", "id/"), ("cite", "source/"), ("graph", "graph/")] {
            self.prefixes.insert(prefix, format!("{}{namespace}", project.base.as_str()));
        }
        for (prefix, namespace) in [("cg", crate::vocab::CG), ("shape", crate::vocab::SHAPE), ("code", crate::vocab::CODE)] {
            self.prefixes.insert(prefix, namespace);
        }
        for (prefix, namespace) in &project.prefixes {
            self.prefixes.insert(prefix, namespace);
        }
    }

    /// Where a term is introduced: the first line of its file that starts with one of its names.
    pub fn locate(&self, iri: &str) -> Option<Location> {
        let asset = self.files.get(*self.home.get(iri)?)?;
        let local = iri.rsplit(['/', '#']).next().unwrap_or(iri);
        let stands = |line: &str| {
            let first = line.split([' ', '\t', ';', '.']).next().unwrap_or("");
            first == format!("<{iri}>") || first.rsplit_once(':').is_some_and(|(_, name)| name.replace('\\', "") == local)
        };
        let line = asset.text.lines().position(stands).unwrap_or(0);
        let length = asset.text.lines().nth(line).and_then(|line| line.split_whitespace().next()).map_or(1, |word| word.chars().count());
        Some(Location::new(&asset.path, line + 1, 1, length))
    }

    /// The text of a literal property in a language, else in English, else in whatever there is.
    pub fn text(&self, subject: NamedNodeRef<'_>, property: NamedNodeRef<'_>, language: &str) -> Option<String> {
        let mut best: Option<(u8, &str)> = None;
        for object in self.graph.objects_for_subject_predicate(subject, property) {
            if let TermRef::Literal(literal) = object {
                let rank = preference(literal.language(), language);
                if best.is_none_or(|found| (rank, literal.value()) < found) {
                    best = Some((rank, literal.value()));
                }
            }
        }
        best.map(|(_, text)| text.to_owned())
    }

    /// A term's label in a language: `skos:prefLabel`, else `rdfs:label`.
    pub fn label(&self, subject: NamedNodeRef<'_>, language: &str) -> Option<String> {
        self.text(subject, skos::PREF_LABEL, language).or_else(|| self.text(subject, rdfs::LABEL, language))
    }

    /// The IRI that a property of a term leads to, the least if there are several.
    pub fn object<'a>(&'a self, subject: impl Into<NamedOrBlankNodeRef<'a>>, property: NamedNodeRef<'a>) -> Option<NamedNode> {
        self.objects(subject, property).into_iter().next()
    }

    /// The IRIs that a property of a term leads to, sorted.
    pub fn objects<'a>(&'a self, subject: impl Into<NamedOrBlankNodeRef<'a>>, property: NamedNodeRef<'a>) -> Vec<NamedNode> {
        let mut objects: Vec<NamedNode> = self
            .graph
            .objects_for_subject_predicate(subject, property)
            .filter_map(|object| match object {
                TermRef::NamedNode(node) => Some(node.into_owned()),
                _ => None,
            })
            .collect();
        objects.sort();
        objects
    }

    /// The line that the style of a code asks its ties to be drawn with: `solid`, `dashed`, `dotted`.
    pub fn line(&self, code: &NamedNode) -> Option<String> {
        self.subjects(cg::STYLES, code).into_iter().find_map(|style| self.text(style.as_ref(), cg::LINE, "en"))
    }

    /// Named subjects that have this object for this property, sorted.
    pub fn subjects<'a>(&'a self, property: NamedNodeRef<'a>, object: impl Into<TermRef<'a>>) -> Vec<NamedNode> {
        let mut subjects: Vec<NamedNode> = self
            .graph
            .subjects_for_predicate_object(property, object)
            .filter_map(|subject| match subject {
                NamedOrBlankNodeRef::NamedNode(node) => Some(node.into_owned()),
                NamedOrBlankNodeRef::BlankNode(_) => None,
            })
            .collect();
        subjects.sort();
        subjects
    }

    /// The members of an RDF list; ends at whatever breaks it or leads back.
    pub fn list(&self, head: TermRef<'_>) -> Vec<Term> {
        let mut members = Vec::new();
        let mut seen = std::collections::HashSet::new();
        let mut node = head.into_owned();
        while let Term::BlankNode(blank) = &node {
            if !seen.insert(blank.clone()) {
                break;
            }
            if let Some(first) = self.graph.object_for_subject_predicate(blank, rdf::FIRST) {
                members.push(first.into_owned());
            }
            match self.graph.object_for_subject_predicate(blank, rdf::REST) {
                Some(rest) => node = rest.into_owned(),
                None => break,
            }
        }
        members
    }

    /// Every class with all its superclasses by `rdfs:subClassOf`, itself not among them unless a cycle says so.
    pub fn superclasses(&self) -> BTreeMap<NamedNode, Vec<NamedNode>> {
        let mut direct: BTreeMap<NamedNode, Vec<NamedNode>> = BTreeMap::new();
        for triple in self.graph.triples_for_predicate(rdfs::SUB_CLASS_OF) {
            if let (NamedOrBlankNodeRef::NamedNode(class), TermRef::NamedNode(parent)) = (triple.subject, triple.object) {
                direct.entry(class.into_owned()).or_default().push(parent.into_owned());
            }
        }
        let mut all = BTreeMap::new();
        for class in direct.keys() {
            let mut reached = std::collections::BTreeSet::new();
            let mut open: Vec<&NamedNode> = vec![class];
            while let Some(class) = open.pop() {
                for parent in direct.get(class).into_iter().flatten() {
                    if reached.insert(parent.clone()) {
                        open.push(parent);
                    }
                }
            }
            all.insert(class.clone(), reached.into_iter().collect());
        }
        all
    }

    /// The statements as they are stored: blank nodes replaced by skolem IRIs (RDF 1.1 Concepts, section 3.5), so that
    /// what civigraph writes has none, and every build names them alike.
    pub fn quads(&self, graph: &NamedNode, base: &str) -> Vec<Quad> {
        let skolem = |blank: &str| NamedNode::new_unchecked(format!("{base}.well-known/genid/{blank}"));
        let mut quads: Vec<Quad> = self
            .graph
            .iter()
            .map(|triple| {
                let subject = match triple.subject {
                    NamedOrBlankNodeRef::NamedNode(node) => node.into_owned(),
                    NamedOrBlankNodeRef::BlankNode(blank) => skolem(blank.as_str()),
                };
                let object: Term = match triple.object {
                    TermRef::BlankNode(blank) => skolem(blank.as_str()).into(),
                    other => other.into_owned(),
                };
                Quad::new(subject, triple.predicate.into_owned(), object, GraphName::NamedNode(graph.clone()))
            })
            .collect();
        quads.sort_by_cached_key(ToString::to_string);
        quads
    }
}

/// How far a text's language is from the one that is wanted: the same, none, English, any other.
pub fn preference(tag: Option<&str>, wanted: &str) -> u8 {
    match tag {
        Some(tag) if tag == wanted => 0,
        None => 1,
        Some("en") => 2,
        Some(_) => 3,
    }
}

/// The parser's words without the place, which is shown apart.
fn words(error: &str) -> &str {
    error.split_once(": ").filter(|(place, _)| place.contains(" at line ")).map_or(error, |(_, words)| words)
}

/// A literal's value as an unsigned number, for `sh:order` and counts.
pub(crate) fn number(literal: &Literal) -> Option<f64> {
    literal.value().parse().ok()
}
