//! Checks over the lifted graph, joined back to the places that people wrote: SHACL shapes, counts, and the SPARQL
//! checks under `queries/checks/data/`.

use std::cell::LazyCell;
use std::collections::HashSet;

use oxigraph::model::{NamedNode, NamedOrBlankNode, NamedOrBlankNodeRef, Term, TermRef, TripleRef};
use oxigraph::sparql::QueryResults;

use crate::dataset::{Id, Terms};
use crate::finding::{Finding, Severity};
use crate::iri::{Base, Prefixes};
use crate::lift::{Fault, Lifted, Statements};
use crate::location::Location;
use crate::ontology::Ontology;
use crate::parallel;
use crate::project::{Project, ProjectError};
use crate::query::{self, Question};
use crate::schema::{Schema, local};
use crate::shacl::{self, Data, Path, Shapes, ValidationResult};
use crate::source::Source;
use crate::store::Store;
use crate::values::number;
use crate::vocab::{cg, rdf, sh};

/// Where statements were written, found by their terms.
pub struct Places<'a> {
    terms: &'a Terms,
    statements: &'a Statements,
    /// The statements by subject, property, value, graph; then as they were written.
    by_statement: Vec<u32>,
    /// The first statement of each subject.
    by_subject: Vec<u32>,
    /// The first statement of each property and value.
    by_object: Vec<u32>,
}

impl<'a> Places<'a> {
    /// Indexes all statements. Costs three sorts, and twelve bytes for each statement.
    ///
    /// # Panics
    /// Never below four billion statements.
    pub fn new(lifted: &'a Lifted) -> Self {
        let statements = &lifted.statements;
        let count = u32::try_from(statements.len()).expect("fewer than four billion statements");
        let quad = |index: &u32| statements.quads()[*index as usize];
        let mut orders = parallel::each(vec![0, 1, 2], |order| {
            let mut indexes: Vec<u32> = (0..count).collect();
            match order {
                0 => indexes.sort_by_key(quad),
                1 => {
                    indexes.sort_by_key(|index| quad(index)[0]);
                    indexes.dedup_by_key(|index| quad(index)[0]);
                }
                _ => {
                    indexes.sort_by_key(|index| [quad(index)[1], quad(index)[2]]);
                    indexes.dedup_by_key(|index| [quad(index)[1], quad(index)[2]]);
                }
            }
            indexes
        })
        .into_iter();
        let mut next = || orders.next().unwrap_or_default();
        Self { terms: &lifted.terms, statements, by_statement: next(), by_subject: next(), by_object: next() }
    }

    /// The statements that start with these terms.
    fn starting<const N: usize>(&self, with: [Id; N]) -> &[u32] {
        let quads = self.statements.quads();
        let start = self.by_statement.partition_point(|index| quads[*index as usize][..N] < with[..]);
        let rest = &self.by_statement[start..];
        &rest[..rest.partition_point(|index| quads[*index as usize][..N] == with[..])]
    }

    /// The place of a statement: with this value if it is given, else any with subject and property, else the subject's
    /// own first statement. `graph` prefers what a citation says.
    pub fn find(&self, focus: &Term, property: Option<&NamedNode>, value: Option<&Term>, graph: Option<&Term>) -> Option<Location> {
        let quads = self.statements.quads();
        let id = |term: &Term| self.terms.find(term);
        let focus = id(focus)?;
        if let Some(property) = property.and_then(|property| self.terms.find(property)) {
            let value = value.and_then(id);
            let graph = graph.and_then(id);
            let first = |rows: &[u32]| rows.iter().min().copied();
            let said = || self.starting([focus, property]);
            let row = match (value, graph) {
                (Some(value), Some(graph)) => {
                    first(self.starting([focus, property, value, graph])).or_else(|| first(self.starting([focus, property, value])))
                }
                (Some(value), None) => first(self.starting([focus, property, value])),
                (None, Some(graph)) => said().iter().filter(|row| quads[**row as usize][3] == graph).min().copied(),
                (None, None) => None,
            };
            if let Some(row) = row.or_else(|| first(said())) {
                return Some(self.statements.place(row as usize));
            }
            // The key may be written backwards: value – property – focus.
            let at = self.by_object.binary_search_by_key(&[property, focus], |row| {
                let [_, p, o, _] = quads[*row as usize];
                [p, o]
            });
            if let Ok(at) = at {
                return Some(self.statements.place(self.by_object[at] as usize));
            }
        }
        let at = self.by_subject.binary_search_by_key(&focus, |row| quads[*row as usize][0]).ok()?;
        Some(self.statements.place(self.by_subject[at] as usize))
    }

    /// All statements with this subject and property: value, graph and place of each.
    fn all(&self, focus: &Term, property: &NamedNode) -> Vec<(TermRef<'a>, TermRef<'a>, Location)> {
        let (Some(focus), Some(property)) = (self.terms.find(focus), self.terms.find(property)) else { return Vec::new() };
        let mut rows = self.starting([focus, property]).to_vec();
        rows.sort_unstable();
        rows.iter()
            .map(|row| {
                let [_, _, value, graph] = self.statements.quads()[*row as usize];
                (self.terms.term(value), self.terms.term(graph), self.statements.place(*row as usize))
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
                    shacl::Fault::UnknownTerm { nearest: Some(near), .. } => Some(format!("did you mean `sh:{}`?", local(near.as_str()))),
                    _ => None,
                };
                Finding::error(code, fault.fault.to_string(), place).hint(near)
            })
            .collect()
    })
}

/// What a check found.
#[derive(Debug)]
pub struct Found {
    /// The finding.
    pub finding: Finding,
    /// What of the records is at fault, if that is known.
    pub fault: Option<Fault>,
    /// Whether it follows from what was told already.
    pub follows: bool,
}

impl From<Finding> for Found {
    fn from(finding: Finding) -> Self {
        Self { finding, fault: None, follows: false }
    }
}

/// Validates the merged triples against the shapes; every result becomes a finding at the record it is about, as soon as
/// there is one: however many there are, none is kept here.
pub fn validate(shapes: &Shapes, lifted: &Lifted, triples: &[[Id; 3]], prefixes: &Prefixes, found: &mut dyn FnMut(Found)) {
    let data = Data::index(references(&lifted.terms, triples));
    let places = LazyCell::new(|| Places::new(lifted));
    let mut faulty: HashSet<Id> = HashSet::new();
    let mut nests = false;
    let is_nested = |result: &ValidationResult| result.component.as_ref() == sh::NODE_COMPONENT && result.value.is_some();
    let mut done = shacl::validate_each(shapes, &data, &mut |result| {
        faulty.extend(lifted.terms.find(&result.focus));
        if is_nested(&result) {
            nests = true;
        } else {
            tell(&result, lifted, &places, prefixes, found);
        }
    });
    if nests && done.is_ok() {
        // A nested record that breaks its own shape is reported there, which is known when all is validated.
        done = shacl::validate_each(shapes, &data, &mut |result| {
            let is_told = || result.value.as_ref().and_then(|value| lifted.terms.find(value)).is_some_and(|value| faulty.contains(&value));
            if is_nested(&result) && !is_told() {
                tell(&result, lifted, &places, prefixes, found);
            }
        });
    }
    if let Err(error) = done {
        found(Finding::error("unreadable-file", error.to_string(), Location::file(&"ontology/shapes".into())).into());
    }
}

/// One result as a finding.
fn tell(result: &ValidationResult, lifted: &Lifted, places: &Places<'_>, prefixes: &Prefixes, found: &mut dyn FnMut(Found)) {
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
        NamedOrBlankNode::BlankNode(_) => "rule".to_owned(),
    };
    let unread = lifted.terms.find(&result.focus).is_some_and(|focus| lifted.unread.contains(&(focus, code.clone())));
    let follows = result.component.as_ref() == sh::MIN_COUNT_COMPONENT && unread;
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
            conflict(places, &result.focus, property, &code, &shown).into_iter().map(Found::from).for_each(&mut *found);
        }
        // More values under one citation were reported where they were read.
        return;
    }
    let id = |term: &Term| lifted.terms.find(term);
    let fault = place.clone().and_then(|place| {
        let fault = |subject, object| {
            Some(Fault {
                subject,
                property: property.as_ref().and_then(|property| lifted.terms.find(property)),
                object,
                place: place.clone(),
            })
        };
        match (&result.value, &property, inverse) {
            (Some(value), Some(_), false) => fault(id(&result.focus)?, Some(id(value)?)),
            (Some(value), Some(_), true) => fault(id(value)?, Some(id(&result.focus)?)),
            _ => Some(Fault { subject: id(&result.focus)?, property: None, object: None, place: place.clone() }),
        }
    });
    let mut finding = Finding::new(severity, code, message, place.unwrap_or_else(|| Location::file(&"data".into())));
    finding.label = match &result.value {
        Some(value) => format!("found {}", shown(value)),
        None => format!("for {}", shown(&result.focus)),
    };
    found(Found { finding, fault, follows });
}

/// Several values where one is expected, from different citations: a disagreement, not a mistake.
fn conflict(places: &Places<'_>, focus: &Term, property: &NamedNode, code: &str, shown: &dyn Fn(&Term) -> String) -> Option<Finding> {
    let mut said = places.all(focus, property);
    said.sort_by(|a, b| a.2.cmp(&b.2));
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
        said.iter().map(|(value, ..)| shown(&value.into_owned())).collect::<Vec<_>>().join(", ")
    );
    let mut finding = Finding::warning("conflicting-claims", message, first.2.clone())
        .label(shown(&first.0.into_owned()))
        .hint(Some(format!("all stay in the graph, each with its citation ({code}); a Discrepancy record can say what an editor thinks")));
    for (value, _, place) in rest {
        finding = finding.related(place.clone(), shown(&value.into_owned()));
    }
    Some(finding)
}

/// Whether two numbers are one, written in two ways: `5000` and `5,000`, `25+` and `≥25`.
fn same_number(one: TermRef<'_>, other: TermRef<'_>) -> bool {
    let read = |term: TermRef<'_>| match term {
        TermRef::Literal(literal) if literal.datatype() == cg::QUALIFIED_NUMBER => number::read(literal.value()).ok(),
        _ => None,
    };
    read(one).zip(read(other)).is_some_and(|(one, other)| one == other)
}

fn words(messages: &[oxigraph::model::Literal]) -> String {
    let english = messages.iter().find(|message| message.language() == Some("en")).or_else(|| messages.first());
    english.map_or_else(|| "a rule is not met".to_owned(), |message| message.value().to_owned())
}

/// Triples of numbers as the engine wants them.
fn references<'a>(terms: &'a Terms, triples: &'a [[Id; 3]]) -> impl Iterator<Item = TripleRef<'a>> {
    triples.iter().filter_map(|[s, p, o]| {
        let subject: NamedOrBlankNodeRef<'_> = match terms.term(*s) {
            TermRef::NamedNode(node) => node.into(),
            TermRef::BlankNode(blank) => blank.into(),
            TermRef::Literal(_) => return None,
        };
        let TermRef::NamedNode(predicate) = terms.term(*p) else { return None };
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

/// Runs the checks on a finished graph; every row is a finding at the record or the term it is about. What their words call by an
/// address of the project is told by its id.
pub fn run(checks: &[Question], store: &Store, lifted: &Lifted, ontology: &Ontology, base: &Base, found: &mut dyn FnMut(Found)) {
    let prefixes = &ontology.prefixes;
    let mut places = None;
    for check in checks {
        let file = Location::file(&check.asset.path);
        let broken = |message: String| Finding::error("unreadable-file", message, file.clone());
        let query = match query::parse(&check.asset.text, prefixes) {
            Ok(query) => query,
            Err(error) => {
                found(error.finding(&check.asset.path).into());
                continue;
            }
        };
        let severity = check.settings.get("severity").and_then(|name| Severity::from_name(name)).unwrap_or(Severity::Warning);
        let solutions = match store.query(query, None) {
            Ok(QueryResults::Solutions(solutions)) => solutions,
            Ok(_) => {
                found(broken("a check is a SELECT query".to_owned()).into());
                continue;
            }
            Err(error) => {
                found(broken(format!("the check cannot be run: {error}")).into());
                continue;
            }
        };
        for solution in solutions {
            let solution = match solution {
                Ok(solution) => solution,
                Err(error) => {
                    found(broken(format!("the check cannot be run: {error}")).into());
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
            let said = solution.get("focus").and_then(|focus| {
                places.find(focus, path.as_ref().or(Some(&rdf::TYPE.into_owned())), solution.get("value"), solution.get("cited"))
            });
            let fault = said.clone().zip(solution.get("focus")).and_then(|(place, focus)| {
                let property = path.as_ref().and_then(|path| lifted.terms.find(path));
                let object = property.and(solution.get("value")).and_then(|value| lifted.terms.find(value));
                Some(Fault { subject: lifted.terms.find(focus)?, property, object, place })
            });
            let place = said
                .or_else(|| match solution.get("focus") {
                    Some(Term::NamedNode(node)) => ontology.locate(node.as_str()),
                    _ => None,
                })
                .unwrap_or_else(|| file.clone());
            let message = text("message").map_or_else(|| check.title.clone(), |message| base.shortened(&message));
            let code = check.name.rsplit('/').next().unwrap_or(&check.name);
            let mut finding = Finding::new(severity, code, message, place)
                .hint(text("hint").map(|hint| base.shortened(&hint)).or_else(|| check.settings.get("hint").cloned()));
            if let Some(other) = solution.get("other")
                && let Some(place) = places.find(other, path.as_ref(), None, None)
            {
                finding = finding.related(place, "and here");
            }
            found(Found { finding, fault, follows: false });
        }
    }
}
