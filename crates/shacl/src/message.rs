//! What a result says where the shape has no `sh:message`, and the filling of messages with what a query found.
//!
//! A message names the property as a person would (`org:member`), what was expected, and what was found.

use super::constraint::{Bound, Constraint, NodeKind, Shape, ShapeId};
use super::path::Path;
use oxigraph::model::vocab::{rdf, xsd};
use oxigraph::model::{Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term};

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

/// What a constraint found beyond the value.
#[derive(Debug, Clone)]
pub(super) enum Found {
    /// Nothing more.
    Value,
    /// How many values there are.
    Count(usize),
    /// The other value of a pair, or the language that occurs twice.
    Other(Term),
}

/// A plain message for a violation of a constraint.
pub(super) fn default(
    names: &Names,
    shapes: &[Shape],
    constraint: &Constraint,
    path: Option<&Path>,
    value: Option<&Term>,
    found: &Found,
) -> Literal {
    let writer = Writer { names, shapes, depth: 3 };
    let expected = writer.expected(constraint, value, found);
    let instead = instead(constraint, found)
        .or_else(|| value.map(|value| names.term(value)))
        .map_or_else(String::new, |instead| format!(", found {instead}"));
    let place = path.map_or_else(String::new, |path| format!("`{}`: ", names.path(path)));
    Literal::from(format!("{place}expected {expected}{instead}"))
}

/// What was found, where that is not the value.
fn instead(constraint: &Constraint, found: &Found) -> Option<String> {
    match (constraint, found) {
        (_, Found::Count(0)) => Some("none".to_owned()),
        (_, Found::Count(count)) => Some(count.to_string()),
        (Constraint::HasValue(_), _) => Some("other values or none".to_owned()),
        (Constraint::UniqueLang, Found::Other(Term::Literal(language))) => Some(format!("several in {}", language.value())),
        (Constraint::Equals(_), Found::Other(_)) => Some("no such value".to_owned()),
        _ => None,
    }
}

/// Says in words what constraints ask for, shapes inside shapes as far as a reader will follow.
#[derive(Clone, Copy)]
struct Writer<'w> {
    names: &'w Names,
    shapes: &'w [Shape],
    depth: usize,
}

impl Writer<'_> {
    fn expected(self, constraint: &Constraint, value: Option<&Term>, found: &Found) -> String {
        let short = |iri: &NamedNode| self.names.short(iri.as_ref());
        let other = match found {
            Found::Other(other) => Some(self.names.term(other)),
            Found::Value | Found::Count(_) => None,
        };
        match constraint {
            Constraint::MinCount(least) => count("at least", *least, ""),
            Constraint::MaxCount(0) => "no value".to_owned(),
            Constraint::MaxCount(most) => count("at most", *most, ""),
            Constraint::QualifiedMin(qualified, least) => {
                count("at least", *least, &format!(" like this: {}", self.shape(qualified.shape)))
            }
            Constraint::QualifiedMax(qualified, most) => count("at most", *most, &format!(" like this: {}", self.shape(qualified.shape))),
            Constraint::HasValue(expected) => self.names.term(expected),
            Constraint::UniqueLang => "one value in each language".to_owned(),
            Constraint::Equals(property) => match other {
                // The value is the other property's, and is missing here.
                Some(other) => format!("the same values as `{}`, which also has {other}", short(property)),
                None => format!("the same values as `{}`", short(property)),
            },
            Constraint::LessThan { property, or_equal } => {
                let relation = if *or_equal { "a value of at most" } else { "a value below" };
                match other {
                    Some(other) => {
                        format!("{relation} {other}, the value of `{}`", short(property))
                    }
                    None => format!("{relation} each value of `{}`", short(property)),
                }
            }
            Constraint::Class(class) => format!("a `{}`", short(class)),
            Constraint::Datatype(datatype) => self.datatype(datatype, value),
            Constraint::NodeKind(kind) => node_kind(*kind),
            Constraint::Bound(bound, limit) => {
                let relation = match bound {
                    Bound::MinExclusive => "above",
                    Bound::MinInclusive => "of at least",
                    Bound::MaxExclusive => "below",
                    Bound::MaxInclusive => "of at most",
                };
                format!("a value {relation} {}", shorten(limit.value()))
            }
            Constraint::MinLength(length) => format!("at least {length} characters"),
            Constraint::MaxLength(length) => format!("at most {length} characters"),
            Constraint::Pattern { pattern, .. } => format!("a text that matches `{pattern}`"),
            Constraint::LanguageIn(languages) => {
                format!("a text in one of {}", languages.join(", "))
            }
            Constraint::Disjoint(property) => {
                format!("a value that is not also a value of `{}`", short(property))
            }
            Constraint::Not(shape) => format!("anything but {}", self.shape(*shape)),
            Constraint::And(shapes) => self.several(shapes, " and "),
            Constraint::Or(shapes) => self.several(shapes, " or "),
            Constraint::Xone(shapes) => {
                format!("exactly one of these: {}", self.several(shapes, "; "))
            }
            Constraint::Node(shape) | Constraint::Property(shape) => self.shape(*shape),
            Constraint::Closed { .. } => "no other properties than those of the shape".to_owned(),
            Constraint::In(allowed) if allowed.is_empty() => "no value".to_owned(),
            Constraint::In(allowed) => format!("one of {}", self.names.terms(allowed)),
            Constraint::Sparql(sparql) => format!("what `{}` asks for", short(&sparql.component)),
        }
    }

    fn datatype(self, datatype: &NamedNode, value: Option<&Term>) -> String {
        if datatype.as_ref() == rdf::LANG_STRING {
            return "a text with a language".to_owned();
        }
        if datatype.as_ref() == xsd::STRING {
            return "a text (xsd:string)".to_owned();
        }
        let ill_formed = matches!(value, Some(Term::Literal(literal)) if literal.datatype() == datatype.as_ref());
        let well_formed = if ill_formed { "well-formed " } else { "" };
        format!("a {well_formed}literal of `{}`", self.names.short(datatype.as_ref()))
    }

    fn several(self, shapes: &[ShapeId], between: &str) -> String {
        if shapes.is_empty() {
            return "one of no shapes".to_owned();
        }
        shapes.iter().map(|shape| self.shape(*shape)).collect::<Vec<_>>().join(between)
    }

    /// A shape by its name, or what it asks for where it has none.
    fn shape(self, id: ShapeId) -> String {
        const UNSAID: &str = "something with the shape that is asked for";
        let Some(shape) = self.shapes.get(id) else {
            return UNSAID.to_owned();
        };
        if let NamedOrBlankNode::NamedNode(name) = &shape.node {
            return format!("something with the shape `{}`", self.names.short(name.as_ref()));
        }
        if self.depth == 0 || shape.constraints.len() > 4 {
            return UNSAID.to_owned();
        }
        let inner = Self { depth: self.depth - 1, ..self };
        let expected = |constraint| inner.expected(constraint, None, &Found::Value);
        let mut all: Vec<_> = shape.constraints.iter().map(expected).collect();
        // The shapes graph has an order for IRIs but none for blank nodes.
        all.sort();
        let all = all.join(" and ");
        match (&shape.path, all.is_empty()) {
            (Some(path), false) => format!("something whose `{}` is {all}", self.names.path(path)),
            (_, true) => "anything".to_owned(),
            (None, false) => all,
        }
    }
}

fn count(least: &str, count: u64, what: &str) -> String {
    format!("{least} {count} {}{what}", if count == 1 { "value" } else { "values" })
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
