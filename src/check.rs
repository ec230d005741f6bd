//! Checks over the lifted graph, joined back to the places that people wrote: SHACL shapes, counts, and the SPARQL
//! checks under `queries/checks/data/`.

use std::collections::{HashMap, HashSet};

use oxigraph::model::{NamedNode, NamedOrBlankNode, NamedOrBlankNodeRef, Term, TripleRef};
use oxigraph::sparql::QueryResults;

use crate::dataset::{Id, Terms};
use crate::finding::{Finding, Severity};
use crate::iri::Prefixes;
use crate::lift::{Lifted, Statement};
use crate::location::Location;
use crate::ontology::Ontology;
use crate::project::{Project, ProjectError};
use crate::query::{self, Question};
use crate::schema::{Schema, local};
use crate::shacl::{self, Data, Fault, Path, Shapes};
use crate::source::Source;
use crate::store::Store;
use crate::values::number;
use crate::vocab::{cg, rdf, sh};

/// Where statements were written, found by their terms.
pub struct Places<'a> {
    terms: &'a Terms,
    statements: &'a [Statement],
    by_pair: HashMap<(Id, Id), Vec<usize>>,
    by_subject: HashMap<Id, usize>,
    by_object: HashMap<(Id, Id), usize>,
}

impl<'a> Places<'a> {
    /// Indexes all statements. Costs one pass.
    pub fn new(lifted: &'a Lifted) -> Self {
        let mut places = Self {
            terms: &lifted.terms,
            statements: &lifted.statements,
            by_pair: HashMap::new(),
            by_subject: HashMap::new(),
            by_object: HashMap::new(),
        };
        for (index, statement) in lifted.statements.iter().enumerate() {
            let [s, p, o, _] = statement.quad;
            places.by_pair.entry((s, p)).or_default().push(index);
            places.by_subject.entry(s).or_insert(index);
            places.by_object.entry((p, o)).or_insert(index);
        }
        places
    }

    /// The place of a statement: with this value if it is given, else any with subject and property, else the subject's
    /// own first statement. `graph` prefers what a citation says.
    pub fn find(&self, focus: &Term, property: Option<&NamedNode>, value: Option<&Term>, graph: Option<&Term>) -> Option<&'a Location> {
        let id = |term: &Term| self.terms.find(term);
        let focus = id(focus)?;
        if let Some(property) = property.and_then(|property| id(&property.clone().into())) {
            let value = value.and_then(id);
            let graph = graph.and_then(id);
            let rows = self.by_pair.get(&(focus, property)).map_or(&[][..], Vec::as_slice);
            let fitting = |row: &&usize, with_graph: bool| {
                let quad = self.statements[**row].quad;
                value.is_none_or(|value| quad[2] == value) && (!with_graph || graph.is_none_or(|graph| quad[3] == graph))
            };
            let row =
                rows.iter().find(|row| fitting(row, true)).or_else(|| rows.iter().find(|row| fitting(row, false))).or_else(|| rows.first());
            if let Some(row) = row {
                return Some(&self.statements[*row].location);
            }
            // The key may be written backwards: value – property – focus.
            if let Some(row) = self.by_object.get(&(property, focus)) {
                return Some(&self.statements[*row].location);
            }
        }
        self.by_subject.get(&focus).map(|row| &self.statements[*row].location)
    }

    /// All statements with this subject and property: value, graph and place of each.
    fn all(&self, focus: &Term, property: &NamedNode) -> Vec<(&'a Term, &'a Term, &'a Location)> {
        let (Some(focus), Some(property)) = (self.terms.find(focus), self.terms.find(&property.clone().into())) else { return Vec::new() };
        let rows = self.by_pair.get(&(focus, property)).map_or(&[][..], Vec::as_slice);
        rows.iter()
            .map(|row| {
                let statement = &self.statements[*row];
                (self.terms.term(statement.quad[2]), self.terms.term(statement.quad[3]), &statement.location)
            })
            .collect()
    }
}

/// Reads the shapes of an ontology for validation; a fault in one is a finding at its file.
pub fn shapes(ontology: &Ontology) -> Result<Shapes, Vec<Finding>> {
    let prefixes = ontology.prefixes.iter().map(|(prefix, namespace)| (prefix.to_owned(), namespace.to_owned()));
    Shapes::read(&ontology.graph).map(|shapes| shapes.with_prefixes(prefixes)).map_err(|error| {
        error
            .faults
            .iter()
            .map(|fault| {
                let owner = match (&fault.owner, &fault.shape) {
                    (Some(owner), _) | (None, NamedOrBlankNode::NamedNode(owner)) => owner.as_str().to_owned(),
                    (None, NamedOrBlankNode::BlankNode(_)) => String::new(),
                };
                let place = ontology.locate(&owner).unwrap_or_else(|| Location::file(&"ontology".into()));
                let code = if owner.is_empty() { "unreadable-file".to_owned() } else { local(&owner).to_owned() };
                let near = match &fault.fault {
                    Fault::UnknownTerm { nearest: Some(near), .. } => Some(format!("did you mean `sh:{}`?", local(near.as_str()))),
                    _ => None,
                };
                Finding::error(code, fault.fault.to_string(), place).hint(near)
            })
            .collect()
    })
}

/// Validates the merged triples against the shapes; every result becomes a finding at the record it is about.
pub fn validate(shapes: &Shapes, lifted: &Lifted, triples: &[[Id; 3]], prefixes: &Prefixes) -> Vec<Finding> {
    let results = match shacl::validate(shapes, &Data::index(references(&lifted.terms, triples))) {
        Ok(results) => results,
        Err(error) => {
            return vec![Finding::error("unreadable-file", error.to_string(), Location::file(&"ontology/shapes".into()))];
        }
    };
    if results.is_empty() {
        return Vec::new();
    }
    let places = Places::new(lifted);
    let nowhere = Location::file(&"data".into());
    let mut findings = Vec::new();
    let faulty: HashSet<Term> = results.iter().map(|result| result.focus.clone()).collect();
    for result in results {
        // A nested record that breaks its own shape is reported there.
        if result.component.as_ref() == sh::NODE_COMPONENT && result.value.as_ref().is_some_and(|value| faulty.contains(value)) {
            continue;
        }
        let (property, inverse) = match &result.path {
            Some(Path::Predicate(property)) => (Some(property.clone()), false),
            Some(Path::Inverse(inner)) => match &**inner {
                Path::Predicate(property) => (Some(property.clone()), true),
                _ => (None, false),
            },
            _ => (None, false),
        };
        let code = match &result.shape {
            NamedOrBlankNode::NamedNode(node) => local(node.as_str()).to_owned(),
            NamedOrBlankNode::BlankNode(_) => "shape".to_owned(),
        };
        let unread = lifted.terms.find(&result.focus).is_some_and(|focus| lifted.unread.contains(&(focus, code.clone())));
        if result.component.as_ref() == sh::MIN_COUNT_COMPONENT && unread {
            continue;
        }
        let place = match (&result.value, inverse) {
            (Some(value), true) => places.find(value, property.as_ref(), Some(&result.focus), None),
            (value, _) => places.find(&result.focus, property.as_ref(), value.as_ref(), None),
        };
        let severity = match result.severity {
            shacl::Severity::Violation => Severity::Error,
            shacl::Severity::Warning => Severity::Warning,
            shacl::Severity::Info | shacl::Severity::Other(_) => Severity::Info,
        };
        let message = words(&result.messages);
        let shown = |term: &Term| match term {
            Term::NamedNode(node) => prefixes.shorten(node.as_str()).unwrap_or_else(|| node.to_string()),
            Term::Literal(literal) => format!("\"{}\"", literal.value()),
            other @ Term::BlankNode(_) => other.to_string(),
        };
        if result.component.as_ref() == sh::MAX_COUNT_COMPONENT
            && let Some(property) = property.as_ref().filter(|_| !inverse)
        {
            // Dates are held against each other by their bounds, which may agree where the words differ.
            if property.as_ref() != cg::EDTF {
                findings.extend(conflict(&places, &result.focus, property, &code, &shown));
            }
            // More values under one citation were reported where they were read.
            continue;
        }
        let mut finding = Finding::new(severity, code, message, place.unwrap_or(&nowhere).clone());
        finding.label = match &result.value {
            Some(value) => format!("found {}", shown(value)),
            None => format!("for {}", shown(&result.focus)),
        };
        findings.push(finding);
    }
    findings
}

/// Several values where one is expected, from different citations: a disagreement, not a mistake.
fn conflict(places: &Places<'_>, focus: &Term, property: &NamedNode, code: &str, shown: &dyn Fn(&Term) -> String) -> Option<Finding> {
    let mut said = places.all(focus, property);
    said.sort_by(|a, b| a.2.cmp(b.2));
    said.dedup_by(|a, b| a.0 == b.0 || same_number(a.0, b.0));
    let (first, rest) = said.split_first()?;
    if rest.is_empty() || rest.iter().all(|(_, graph, _)| *graph == first.1) {
        return None;
    }
    let message = format!(
        "`{}` has one {}, and citations give {}: {}",
        shown(focus),
        shown(&property.clone().into()),
        said.len(),
        said.iter().map(|(value, ..)| shown(value)).collect::<Vec<_>>().join(", ")
    );
    let mut finding = Finding::warning("conflicting-claims", message, first.2.clone())
        .label(shown(first.0))
        .hint(Some(format!("all stay in the graph, each with its citation ({code}); a Discrepancy record can say what an editor thinks")));
    for (value, _, place) in rest {
        finding = finding.related((*place).clone(), shown(value));
    }
    Some(finding)
}

/// Whether two numbers are one, written in two ways: `5000` and `5,000`, `25+` and `≥25`.
fn same_number(one: &Term, other: &Term) -> bool {
    let read = |term: &Term| match term {
        Term::Literal(literal) if literal.datatype() == cg::QUALIFIED_NUMBER => number::read(literal.value()).ok(),
        _ => None,
    };
    read(one).zip(read(other)).is_some_and(|(one, other)| one == other)
}

fn words(messages: &[oxigraph::model::Literal]) -> String {
    let english = messages.iter().find(|message| message.language() == Some("en")).or_else(|| messages.first());
    english.map_or_else(|| "a shape is not met".to_owned(), |message| message.value().to_owned())
}

/// Triples of numbers as the engine wants them.
fn references<'a>(terms: &'a Terms, triples: &'a [[Id; 3]]) -> impl Iterator<Item = TripleRef<'a>> {
    triples.iter().filter_map(|[s, p, o]| {
        let subject: NamedOrBlankNodeRef<'_> = match terms.term(*s) {
            Term::NamedNode(node) => node.into(),
            Term::BlankNode(blank) => blank.into(),
            Term::Literal(_) => return None,
        };
        let Term::NamedNode(predicate) = terms.term(*p) else { return None };
        Some(TripleRef::new(subject, predicate, terms.term(*o)))
    })
}

/// Holds each source's things against the counts that it calls plausible.
pub fn counts(sources: &[Source], lifted: &Lifted, schema: &Schema) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources {
        let Some(contribution) = lifted.contributions.get(&source.id) else { continue };
        for (name, expected) in &source.expected {
            if !schema.kinds.contains_key(name) {
                let near = crate::nearest::nearest(name, schema.kinds.keys().cloned());
                findings.push(
                    Finding::error("unknown-kind", format!("`{name}` under [expect] is not a kind"), expected.location.clone())
                        .hint(near.map(|near| format!("did you mean `{near}`?"))),
                );
                continue;
            }
            let found = contribution.things.get(name).map_or(0, std::collections::BTreeSet::len);
            let fault = match (expected.value.min, expected.value.max) {
                (Some(min), _) if found < min => format!("at least {min}"),
                (_, Some(max)) if found > max => format!("at most {max}"),
                _ => continue,
            };
            findings.push(
                Finding::warning(
                    "expected-count",
                    format!("expected {fault} things of kind {name} in `{}`, found {found}", source.id),
                    expected.location.clone(),
                )
                .hint(Some("is a table cut short, or read twice?".to_owned())),
            );
        }
    }
    findings
}

/// The checks of a project, on its data and on its ontology.
///
/// # Errors
/// A file cannot be read.
pub fn checks(project: &Project) -> Result<(Vec<Question>, Vec<Finding>), ProjectError> {
    query::questions_under(project, "queries/checks", |_| true)
}

/// Runs the checks on a finished graph; every row is a finding at the record or the term it is about.
pub fn run(checks: &[Question], store: &Store, lifted: &Lifted, ontology: &Ontology) -> Vec<Finding> {
    let prefixes = &ontology.prefixes;
    let mut findings = Vec::new();
    let mut places = None;
    for check in checks {
        let file = Location::file(&check.asset.path);
        let broken = |message: String| Finding::error("unreadable-file", message, file.clone());
        let query = match query::parse(&check.asset.text, prefixes) {
            Ok(query) => query,
            Err(error) => {
                findings.push(error.finding(&check.asset.path));
                continue;
            }
        };
        let severity = check.settings.get("severity").and_then(|name| Severity::from_name(name)).unwrap_or(Severity::Warning);
        let solutions = match store.query(query, None) {
            Ok(QueryResults::Solutions(solutions)) => solutions,
            Ok(_) => {
                findings.push(broken("a check is a SELECT query".to_owned()));
                continue;
            }
            Err(error) => {
                findings.push(broken(format!("the check cannot be run: {error}")));
                continue;
            }
        };
        for solution in solutions {
            let solution = match solution {
                Ok(solution) => solution,
                Err(error) => {
                    findings.push(broken(format!("the check cannot be run: {error}")));
                    break;
                }
            };
            let places = places.get_or_insert_with(|| Places::new(lifted));
            let text = |name: &str| match solution.get(name) {
                Some(Term::Literal(literal)) => Some(literal.value().to_owned()),
                Some(Term::NamedNode(node)) => Some(prefixes.shorten(node.as_str()).unwrap_or_else(|| node.as_str().to_owned())),
                _ => None,
            };
            let path = match solution.get("path") {
                Some(Term::NamedNode(node)) => Some(node.clone()),
                _ => None,
            };
            let place = solution
                .get("focus")
                .and_then(|focus| {
                    places.find(focus, path.as_ref().or(Some(&rdf::TYPE.into_owned())), solution.get("value"), solution.get("cited"))
                })
                .cloned()
                .or_else(|| match solution.get("focus") {
                    Some(Term::NamedNode(node)) => ontology.locate(node.as_str()),
                    _ => None,
                })
                .unwrap_or_else(|| file.clone());
            let message = text("message").unwrap_or_else(|| check.title.clone());
            let code = check.name.rsplit('/').next().unwrap_or(&check.name);
            let mut finding =
                Finding::new(severity, code, message, place).hint(text("hint").or_else(|| check.settings.get("hint").cloned()));
            if let Some(other) = solution.get("other")
                && let Some(place) = places.find(other, path.as_ref(), None, None)
            {
                finding = finding.related(place.clone(), "and here");
            }
            findings.push(finding);
        }
    }
    findings
}
