//! What a result says where the shape has no `sh:message`, and the filling of messages with what a query found.
//!
//! A message names the property as a person would (`org:member`), what was expected, and what was found.

use super::constraint::{Bound, Constraint, NodeKind};
use super::path::Path;
use oxigraph::model::vocab::{rdf, xsd};
use oxigraph::model::{Literal, NamedNode, NamedNodeRef, Term};

/// Short names for IRIs.
#[derive(Debug, Clone)]
pub(super) struct Names {
    /// Namespaces and prefixes, the longest namespace first.
    prefixes: Vec<(String, String)>,
}

impl Names {
    pub(super) fn new(prefixes: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut names = Self { prefixes: Vec::new() };
        let standard = [
            ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
            ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
            ("xsd", "http://www.w3.org/2001/XMLSchema#"),
            ("sh", super::vocab::NAMESPACE),
        ];
        names.add(standard.map(|(prefix, namespace)| (prefix.to_owned(), namespace.to_owned())));
        names.add(prefixes);
        names
    }

    pub(super) fn add(&mut self, prefixes: impl IntoIterator<Item = (String, String)>) {
        self.prefixes.extend(prefixes.into_iter().map(|(prefix, namespace)| (namespace, prefix)));
        self.prefixes.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
    }

    /// `org:member`; without a known prefix the last part of the IRI, or all of it where that says nothing.
    pub(super) fn short(&self, iri: NamedNodeRef<'_>) -> String {
        let iri = iri.as_str();
        for (namespace, prefix) in &self.prefixes {
            if let Some(local) = iri.strip_prefix(namespace.as_str())
                && !local.contains(['/', '#'])
            {
                return format!("{prefix}:{local}");
            }
        }
        match iri.rsplit(['#', '/']).next() {
            Some(local) if !local.is_empty() && local.len() < iri.len() => local.to_owned(),
            _ => format!("<{iri}>"),
        }
    }

    fn path(&self, path: &Path) -> String {
        path.text(&|predicate| self.short(predicate.as_ref()))
    }

    fn term(&self, term: &Term) -> String {
        match term {
            Term::NamedNode(node) => format!("`{}`", self.short(node.as_ref())),
            Term::BlankNode(_) => "a node without an IRI".to_owned(),
            Term::Literal(literal) => self.literal(literal),
            #[allow(unreachable_patterns, reason = "triple terms exist where another crate switches them on")]
            other => other.to_string(),
        }
    }

    fn literal(&self, literal: &Literal) -> String {
        let text = shorten(literal.value());
        match literal.language() {
            Some(language) => format!("\"{text}\" in {language}"),
            None if literal.datatype() == xsd::STRING => format!("\"{text}\""),
            None => format!("\"{text}\" ({})", self.short(literal.datatype())),
        }
    }

    fn terms(&self, terms: &[Term]) -> String {
        const SHOWN: usize = 12;
        let mut named: Vec<_> = terms.iter().take(SHOWN).map(|term| self.term(term)).collect();
        if terms.len() > SHOWN {
            named.push(format!("or {} others", terms.len() - SHOWN));
        }
        named.join(", ")
    }
}

/// A text that fits on a line.
fn shorten(text: &str) -> String {
    const LONGEST: usize = 80;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = if line.is_empty() { text.to_owned() } else { line };
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// What a constraint knows about a violation beyond the value.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    /// How many values there were, for counts.
    pub(super) count: Option<usize>,
    /// The other value of a pair, the language that occurs twice, or what was missing.
    pub(super) other: Option<Term>,
}

/// A plain message for a violation of a constraint.
pub(super) fn default(names: &Names, constraint: &Constraint, path: Option<&Path>, value: Option<&Term>, found: &Found) -> Literal {
    let (expected, instead) = expectation(names, constraint, value, found);
    let instead = instead.or_else(|| value.map(|value| names.term(value)));
    let place = path.map_or_else(String::new, |path| format!("`{}`: ", names.path(path)));
    let instead = instead.map_or_else(String::new, |instead| format!(", found {instead}"));
    Literal::from(format!("{place}expected {expected}{instead}"))
}

/// What was expected, and what was found where that is not the value.
fn expectation(names: &Names, constraint: &Constraint, value: Option<&Term>, found: &Found) -> (String, Option<String>) {
    let other = || found.other.as_ref().map_or_else(|| "nothing".to_owned(), |other| names.term(other));
    let short = |iri: &NamedNode| names.short(iri.as_ref());
    let count = |least: &str, count: u64, what: &str| {
        let values = if count == 1 { "value" } else { "values" };
        let have = found.count.map(|found| if found == 0 { "none".to_owned() } else { found.to_string() });
        (format!("{least} {count} {values}{what}"), have)
    };

    match constraint {
        Constraint::MinCount(least) => count("at least", *least, ""),
        Constraint::MaxCount(0) => ("no value".to_owned(), found.count.map(|found| found.to_string())),
        Constraint::MaxCount(most) => count("at most", *most, ""),
        Constraint::QualifiedMin(_, least) => count("at least", *least, " of the shape that is asked for"),
        Constraint::QualifiedMax(_, most) => count("at most", *most, " of the shape that is asked for"),
        Constraint::HasValue(expected) => (names.term(expected), Some("other values or none".to_owned())),
        Constraint::UniqueLang => ("one value in each language".to_owned(), Some(format!("several in {}", language(found)))),
        Constraint::Equals(property) => match found.other {
            // The value is the other property's and is missing here.
            Some(_) => (format!("the same values as `{}`, which also has {}", short(property), other()), Some("no such value".to_owned())),
            None => (format!("the same values as `{}`", short(property)), None),
        },
        Constraint::LessThan { property, or_equal } => {
            let relation = if *or_equal { "a value of at most" } else { "a value below" };
            (format!("{relation} {}, the value of `{}`", other(), short(property)), None)
        }
        Constraint::Class(class) => (format!("a `{}`", short(class)), None),
        Constraint::Datatype(datatype) if datatype.as_ref() == rdf::LANG_STRING => ("a text with a language".to_owned(), None),
        Constraint::Datatype(datatype) if datatype.as_ref() == xsd::STRING => ("a text (xsd:string)".to_owned(), None),
        Constraint::Datatype(datatype) => {
            let ill_formed = matches!(value, Some(Term::Literal(literal)) if literal.datatype() == datatype.as_ref());
            let well_formed = if ill_formed { "well-formed " } else { "" };
            (format!("a {well_formed}literal of `{}`", short(datatype)), None)
        }
        Constraint::NodeKind(kind) => (node_kind(*kind), None),
        Constraint::Bound(bound, limit) => {
            let relation = match bound {
                Bound::MinExclusive => "above",
                Bound::MinInclusive => "of at least",
                Bound::MaxExclusive => "below",
                Bound::MaxInclusive => "of at most",
            };
            (format!("a value {relation} {}", shorten(limit.value())), None)
        }
        Constraint::MinLength(length) => (format!("at least {length} characters"), None),
        Constraint::MaxLength(length) => (format!("at most {length} characters"), None),
        Constraint::Pattern { pattern, .. } => (format!("a text that matches {pattern:?}"), None),
        Constraint::LanguageIn(languages) => (format!("a text in one of {}", languages.join(", ")), None),
        Constraint::Disjoint(property) => (format!("a value that is not also a value of `{}`", short(property)), None),
        Constraint::Not(_) => ("a value that does not have the shape that is ruled out".to_owned(), None),
        Constraint::And(_) => ("a value with all of the shapes that are asked for".to_owned(), None),
        Constraint::Or(_) => ("a value with at least one of the shapes that are asked for".to_owned(), None),
        Constraint::Xone(_) => ("a value with exactly one of the shapes that are asked for".to_owned(), None),
        Constraint::Node(_) | Constraint::Property(_) => ("a value with the shape that is asked for".to_owned(), None),
        Constraint::Closed { .. } => ("no other properties than those of the shape".to_owned(), None),
        Constraint::In(allowed) if allowed.is_empty() => ("no value".to_owned(), None),
        Constraint::In(allowed) => (format!("one of {}", names.terms(allowed)), None),
        Constraint::Sparql(sparql) => (format!("what `{}` asks for", short(&sparql.component)), None),
    }
}

fn language(found: &Found) -> String {
    match &found.other {
        Some(Term::Literal(language)) => language.value().to_owned(),
        _ => "one".to_owned(),
    }
}

fn node_kind(kind: NodeKind) -> String {
    let kinds = [(kind.iri, "an IRI"), (kind.blank, "a blank node"), (kind.literal, "a literal")];
    kinds.iter().filter(|(allowed, _)| *allowed).map(|(_, name)| *name).collect::<Vec<_>>().join(" or ")
}

/// Fills `{$this}` and `{?value}` in a message with what the query found (section 5.3.2 and 6.2.4); what has no value stays.
pub(super) fn fill(names: &Names, message: &Literal, value: impl Fn(&str) -> Option<Term>) -> Literal {
    let mut filled = String::new();
    let mut rest = message.value();
    while let Some(start) = rest.find('{') {
        let (before, from) = rest.split_at(start);
        filled.push_str(before);
        let variable = from.find('}').map(|end| &from[1..end]);
        let name = variable.and_then(|variable| variable.strip_prefix(['?', '$']));
        if let Some((name, term)) = name.and_then(|name| Some((name, value(name)?))) {
            filled.push_str(&match term {
                Term::NamedNode(node) => names.short(node.as_ref()),
                Term::Literal(literal) => literal.value().to_owned(),
                other => other.to_string(),
            });
            rest = &from[name.len() + 3..];
        } else {
            filled.push('{');
            rest = &from[1..];
        }
    }
    filled.push_str(rest);
    match message.language() {
        Some(language) => Literal::new_language_tagged_literal_unchecked(filled, language),
        None => Literal::from(filled),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_without_a_value_stay_as_they_are() {
        let value = |name: &str| (name == "value").then(|| Literal::from("x").into());
        let filled = fill(&Names::new([]), &Literal::from("{ {?value} {$this} {?value"), value);
        assert_eq!(filled.value(), "{ x {$this} {?value");
    }

    #[test]
    fn names_are_short() {
        let names = Names::new([("ex".to_owned(), "http://example.org/".to_owned())]);
        let short = |iri: &str| names.short(NamedNodeRef::new_unchecked(iri));
        assert_eq!(short("http://example.org/name"), "ex:name");
        assert_eq!(short("http://example.org/a/b"), "b");
        assert_eq!(short("http://other.org/"), "<http://other.org/>");
        assert_eq!(short("http://www.w3.org/2000/01/rdf-schema#label"), "rdfs:label");
    }
}
