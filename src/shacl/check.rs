//! Validation itself (section 3.4): focus nodes through shapes, values through constraints, all as numbers.
//!
//! Before anything is checked, each constraint is turned into a [`Check`]: its terms become numbers of the data, its
//! class becomes the set of its subclasses, its path becomes a route. A check then runs in one of two ways: collecting
//! results, or only asking whether there would be one, as `sh:or` and its kin do, where nothing is built or written.

use super::constraint::{Bound, Constraint, Qualified, Shape, ShapeId, Target};
use super::data::{Data, Id, IdMap, View};
use super::literal::{compare, is_well_formed, language_matches};
use super::message::{self, Found};
use super::path::{Path, Route};
use super::query::{Answers, Question};
use super::{Shapes, ValidationError, ValidationResult};
use oxigraph::model::vocab::{rdf, rdfs};
use oxigraph::model::{Literal, NamedNode, Term};
use spareval::ExpressionTerm as Value;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};

/// A constraint made ready for one data graph.
pub(super) enum Check {
    /// All that is needed is in the constraint.
    AsRead,
    /// The class and its subclasses.
    Class(HashSet<Id>),
    /// The other property of a pair.
    Property(Id),
    /// A limit to compare with.
    Limit(Value),
    /// The terms of `sh:in`, the predicates of `sh:closed`, the term of `sh:hasValue`.
    Terms(HashSet<Id>),
    /// A query.
    Question(Box<Question>),
}

/// A shape made ready for one data graph.
struct Plan {
    route: Option<Route>,
    checks: Vec<Check>,
}

/// What is wanted of a check.
enum Wanted<'r> {
    /// Every result.
    Results(&'r mut Vec<ValidationResult>),
    /// Whether there is one.
    Whether(bool),
}

impl Wanted<'_> {
    /// Nothing that is found from here on would matter.
    fn is_settled(&self) -> bool {
        matches!(self, Self::Whether(true))
    }
}

/// One validation of one data graph.
pub(super) struct Validation<'v> {
    shapes: &'v Shapes,
    view: View<'v>,
    plans: Vec<Plan>,
    rdf_type: Id,
    /// Which nodes conform to shapes that are asked more than once.
    known: RefCell<IdMap<(u32, Id), bool>>,
    /// What queries said about focus nodes for which they were asked together.
    answers: RefCell<Answers>,
}

/// A place where a constraint stands, and the node it is about.
#[derive(Clone, Copy)]
struct Place<'v> {
    shape: ShapeId,
    constraint: &'v Constraint,
    focus: Id,
}

impl<'v> Validation<'v> {
    pub(super) fn new(shapes: &'v Shapes, data: &'v Data) -> Self {
        let mut view = View::new(data);
        let rdf_type = view.add(rdf::TYPE.into());
        let subclass_of = view.add(rdfs::SUB_CLASS_OF.into());
        for shape in &shapes.shapes {
            for target in &shape.targets {
                match target {
                    Target::Node(node) => view.add(node.as_ref()),
                    Target::Class(name) | Target::SubjectsOf(name) | Target::ObjectsOf(name) => view.add(name.into()),
                };
            }
        }
        if let Some(graph) = &shapes.graph {
            view.add_shapes_graph(super::query::SHAPES_GRAPH.into(), graph);
        }
        let plans = shapes.shapes.iter().map(|shape| plan(shape, subclass_of, &mut view)).collect();
        Self { shapes, view, plans, rdf_type, known: RefCell::default(), answers: RefCell::default() }
    }

    /// All results, in no particular order.
    pub(super) fn run(&self) -> Result<Vec<ValidationResult>, ValidationError> {
        let mut results = Vec::new();
        for (id, shape) in self.shapes.shapes.iter().enumerate() {
            if shape.targets.is_empty() || shape.deactivated {
                continue;
            }
            let focus_nodes = self.focus_nodes(shape);
            self.ask_together(id, &focus_nodes)?;
            for focus in focus_nodes {
                self.check_shape(id, focus, &mut Wanted::Results(&mut results))?;
            }
            self.answers.borrow_mut().forget();
        }
        Ok(results)
    }

    /// The focus nodes of a shape's targets (section 2.1.3), each once.
    fn focus_nodes(&self, shape: &Shape) -> Vec<Id> {
        let find = |name: &NamedNode| self.view.find(name.into());
        let triples = self.view.triples();
        let mut nodes = Vec::new();
        for target in &shape.targets {
            match target {
                Target::Node(node) => nodes.extend(self.view.find(node.as_ref())),
                Target::Class(class) => {
                    let subclass_of = self.view.find(rdfs::SUB_CLASS_OF.into());
                    let classes = find(class).map(|class| subclasses(&self.view, subclass_of, class));
                    for class in classes.into_iter().flatten() {
                        nodes.extend(triples.subjects(self.rdf_type, class).iter().map(|pair| pair.1));
                    }
                }
                Target::SubjectsOf(property) => {
                    nodes.extend(find(property).iter().flat_map(|id| triples.with(*id)).map(|pair| pair.1));
                }
                Target::ObjectsOf(property) => {
                    nodes.extend(find(property).iter().flat_map(|id| triples.with(*id)).map(|pair| pair.0));
                }
            }
        }
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }

    /// Asks the queries of a shape, and of the shapes that are about the same nodes, for all focus nodes at once.
    fn ask_together(&self, id: ShapeId, focus_nodes: &[Id]) -> Result<(), ValidationError> {
        let mut todo = vec![id];
        let mut seen = HashSet::from([id]);
        while let Some(id) = todo.pop() {
            let shape = &self.shapes.shapes[id];
            if shape.deactivated {
                continue;
            }
            for (constraint, check) in shape.constraints.iter().zip(&self.plans[id].checks) {
                if let Check::Question(question) = check
                    && question.batches()
                {
                    let mut rows = Vec::new();
                    for &focus in focus_nodes {
                        if question.asks_values() {
                            rows.extend(self.values(id, focus).into_iter().map(|value| (focus, Some(value))));
                        } else {
                            rows.push((focus, None));
                        }
                    }
                    self.answers.borrow_mut().ask(question, &self.view, &rows)?;
                }
                let same_nodes = shape.path.is_none();
                let inner = match constraint {
                    Constraint::Property(_) | Constraint::Node(_) | Constraint::And(_) if same_nodes => constraint.shapes(),
                    _ => Vec::new(),
                };
                todo.extend(inner.into_iter().filter(|id| seen.insert(*id)));
            }
        }
        Ok(())
    }

    /// The value nodes of a focus node: itself for a node shape, the ends of the path for a property shape.
    fn values(&self, shape: ShapeId, focus: Id) -> Vec<Id> {
        self.plans[shape].route.as_ref().map_or_else(|| vec![focus], |route| route.values(focus, &self.view))
    }

    fn conforms(&self, shape: ShapeId, focus: Id) -> Result<bool, ValidationError> {
        let mut wanted = Wanted::Whether(false);
        self.check_shape(shape, focus, &mut wanted)?;
        Ok(!wanted.is_settled())
    }

    fn check_shape(&self, id: ShapeId, focus: Id, wanted: &mut Wanted<'_>) -> Result<(), ValidationError> {
        let shape = &self.shapes.shapes[id];
        if shape.deactivated {
            return Ok(());
        }
        let key = u32::try_from(id).ok().filter(|_| shape.shared).map(|id| (id, focus));
        if let Some(conforms) = key.and_then(|key| self.known.borrow().get(&key).copied()) {
            match wanted {
                _ if conforms => return Ok(()),
                Wanted::Whether(found) => {
                    *found = true;
                    return Ok(());
                }
                Wanted::Results(_) => {}
            }
        }
        let before = if let Wanted::Results(results) = wanted { results.len() } else { 0 };
        let values = self.values(id, focus);
        for (constraint, check) in shape.constraints.iter().zip(&self.plans[id].checks) {
            self.check(Place { shape: id, constraint, focus }, check, &values, wanted)?;
            if wanted.is_settled() {
                break;
            }
        }
        if let Some(key) = key {
            let conforms = match wanted {
                Wanted::Results(results) => results.len() == before,
                Wanted::Whether(found) => !*found,
            };
            self.known.borrow_mut().insert(key, conforms);
        }
        Ok(())
    }

    fn check(&self, place: Place<'v>, check: &Check, values: &[Id], wanted: &mut Wanted<'_>) -> Result<(), ValidationError> {
        match (place.constraint, check) {
            (Constraint::MinCount(least), _) => {
                if (values.len() as u64) < *least {
                    self.count(place, values.len(), wanted);
                }
            }
            (Constraint::MaxCount(most), _) => {
                if values.len() as u64 > *most {
                    self.count(place, values.len(), wanted);
                }
            }
            (Constraint::HasValue(_), Check::Terms(terms)) => {
                if !values.iter().any(|value| terms.contains(value)) {
                    self.violation(place, None, Found::default(), wanted);
                }
            }
            (Constraint::UniqueLang, _) => self.unique_languages(place, values, wanted),
            (Constraint::Equals(_), Check::Property(property)) => self.equals(place, *property, values, wanted),
            (Constraint::LessThan { or_equal, .. }, Check::Property(property)) => {
                self.less_than(place, *property, *or_equal, values, wanted);
            }
            (Constraint::QualifiedMin(qualified, least), _) => {
                let count = self.qualified(qualified, values)?;
                if (count as u64) < *least {
                    self.count(place, count, wanted);
                }
            }
            (Constraint::QualifiedMax(qualified, most), _) => {
                let count = self.qualified(qualified, values)?;
                if count as u64 > *most {
                    self.count(place, count, wanted);
                }
            }
            (Constraint::Closed { .. }, Check::Terms(allowed)) => self.closed(place, allowed, values, wanted),
            (Constraint::Property(shape), _) => {
                for &value in values {
                    self.check_shape(*shape, value, wanted)?;
                }
            }
            (Constraint::Sparql(_), Check::Question(question)) => self.question(place, question, values, wanted)?,
            _ => {
                for &value in values {
                    if !self.value_conforms(place, check, value)? {
                        self.violation(place, Some(value), Found::default(), wanted);
                        if wanted.is_settled() {
                            break;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The constraints that are about each value by itself.
    fn value_conforms(&self, place: Place<'_>, check: &Check, value: Id) -> Result<bool, ValidationError> {
        let term = || self.view.term(value);
        Ok(match (place.constraint, check) {
            (Constraint::Class(_), Check::Class(classes)) => {
                let types = self.view.triples().objects(value, self.rdf_type);
                types.iter().any(|pair| classes.contains(&pair.1))
            }
            (Constraint::Datatype(datatype), _) => {
                matches!(term(), Term::Literal(literal) if literal.datatype() == datatype.as_ref() && is_well_formed(literal))
            }
            (Constraint::NodeKind(kind), _) => kind.allows(term()),
            (Constraint::Bound(bound, _), Check::Limit(limit)) => {
                let order = compare(&Value::from(term().clone()), limit);
                match bound {
                    Bound::MinExclusive => order == Some(Ordering::Greater),
                    Bound::MinInclusive => {
                        matches!(order, Some(Ordering::Greater | Ordering::Equal))
                    }
                    Bound::MaxExclusive => order == Some(Ordering::Less),
                    Bound::MaxInclusive => matches!(order, Some(Ordering::Less | Ordering::Equal)),
                }
            }
            (Constraint::MinLength(least), _) => text(term()).is_some_and(|text| text.chars().count() as u64 >= *least),
            (Constraint::MaxLength(most), _) => text(term()).is_some_and(|text| text.chars().count() as u64 <= *most),
            (Constraint::Pattern { regex, .. }, _) => text(term()).is_some_and(|text| regex.is_match(text)),
            (Constraint::LanguageIn(ranges), _) => match term() {
                Term::Literal(literal) => literal.language().is_some_and(|tag| ranges.iter().any(|range| language_matches(tag, range))),
                _ => false,
            },
            (Constraint::Disjoint(_), Check::Property(property)) => !self.view.triples().contains(place.focus, *property, value),
            (Constraint::In(_), Check::Terms(terms)) => terms.contains(&value),
            (Constraint::Not(shape), _) => !self.conforms(*shape, value)?,
            (Constraint::Node(shape), _) => self.conforms(*shape, value)?,
            (Constraint::And(shapes), _) => {
                for &shape in shapes {
                    if !self.conforms(shape, value)? {
                        return Ok(false);
                    }
                }
                true
            }
            (Constraint::Or(shapes), _) => {
                for &shape in shapes {
                    if self.conforms(shape, value)? {
                        return Ok(true);
                    }
                }
                false
            }
            (Constraint::Xone(shapes), _) => {
                let mut conforming = 0;
                for &shape in shapes {
                    conforming += usize::from(self.conforms(shape, value)?);
                }
                conforming == 1
            }
            // The others are about all values together, and `check` has them.
            _ => true,
        })
    }

    fn unique_languages(&self, place: Place<'v>, values: &[Id], wanted: &mut Wanted<'_>) {
        if values.len() < 2 {
            return;
        }
        let mut languages: BTreeMap<String, usize> = BTreeMap::new();
        for &value in values {
            if let Term::Literal(literal) = self.view.term(value)
                && let Some(language) = literal.language()
            {
                *languages.entry(language.to_lowercase()).or_default() += 1;
            }
        }
        for (language, _) in languages.into_iter().filter(|(_, count)| *count > 1) {
            let found = Found { other: Some(Literal::from(language).into()), ..Found::default() };
            self.violation(place, None, found, wanted);
        }
    }

    fn equals(&self, place: Place<'v>, property: Id, values: &[Id], wanted: &mut Wanted<'_>) {
        let triples = self.view.triples();
        for &value in values {
            if !triples.contains(place.focus, property, value) {
                self.violation(place, Some(value), Found::default(), wanted);
            }
        }
        let values: HashSet<_> = values.iter().collect();
        for (_, other) in triples.objects(place.focus, property) {
            if !values.contains(other) {
                let found = Found { other: Some(self.view.term(*other).clone()), ..Found::default() };
                self.violation(place, Some(*other), found, wanted);
            }
        }
    }

    fn less_than(&self, place: Place<'v>, property: Id, or_equal: bool, values: &[Id], wanted: &mut Wanted<'_>) {
        let others = self.view.triples().objects(place.focus, property);
        let value_of = |id| Value::from(self.view.term(id).clone());
        for &value in if others.is_empty() { &[] } else { values } {
            let left = value_of(value);
            for (_, other) in others {
                let order = compare(&left, &value_of(*other));
                if order != Some(Ordering::Less) && !(or_equal && order == Some(Ordering::Equal)) {
                    let found = Found { other: Some(self.view.term(*other).clone()), ..Found::default() };
                    self.violation(place, Some(value), found, wanted);
                }
            }
        }
    }

    fn qualified(&self, qualified: &Qualified, values: &[Id]) -> Result<usize, ValidationError> {
        let mut count = 0;
        'values: for &value in values {
            if self.conforms(qualified.shape, value)? {
                for &sibling in &qualified.siblings {
                    if self.conforms(sibling, value)? {
                        continue 'values;
                    }
                }
                count += 1;
            }
        }
        Ok(count)
    }

    fn closed(&self, place: Place<'v>, allowed: &HashSet<Id>, values: &[Id], wanted: &mut Wanted<'_>) {
        for &value in values {
            for &(predicate, object) in self.view.triples().about(value) {
                if !allowed.contains(&predicate)
                    && let Term::NamedNode(predicate) = self.view.term(predicate)
                {
                    let path = Path::Predicate(predicate.clone());
                    self.add(place, Some(path), Some(object), &Found::default(), wanted);
                }
            }
        }
    }

    fn question(&self, place: Place<'v>, question: &Question, values: &[Id], wanted: &mut Wanted<'_>) -> Result<(), ValidationError> {
        let Constraint::Sparql(sparql) = place.constraint else {
            return Ok(());
        };
        let shape = &self.shapes.shapes[place.shape];
        let focus = self.view.term(place.focus);
        let answers = self.answers.borrow();
        if question.asks_values() {
            for &value in values {
                if !answers.is_true(question, &self.view, place.focus, value)? {
                    let value = self.view.term(value);
                    let messages = self.filled(&sparql.messages, |name| match name {
                        "this" => Some(focus.clone()),
                        "value" => Some(value.clone()),
                        "PATH" => path_text(shape.path.as_ref()),
                        other => sparql.parameters.iter().find(|(name, _)| name == other).map(|(_, term)| term.clone()),
                    });
                    self.push(place, shape.path.clone(), Some(value.clone()), messages, &Found::default(), wanted);
                }
            }
            return Ok(());
        }
        for solution in answers.solutions(question, &self.view, place.focus)?.iter() {
            if solution.get("failure").is_some_and(|failure| *failure == Literal::from(true).into()) {
                return Err(ValidationError::Reported { shape: shape.node.clone(), focus: focus.clone() });
            }
            let lookup = |name: &str| match name {
                "PATH" => path_text(shape.path.as_ref()),
                "this" => Some(focus.clone()),
                name => {
                    solution.get(name).or_else(|| sparql.parameters.iter().find(|(other, _)| other == name).map(|(_, term)| term)).cloned()
                }
            };
            let path = match solution.get("path") {
                Some(Term::NamedNode(path)) => Some(Path::Predicate(path.clone())),
                _ => shape.path.clone(),
            };
            let value = solution.get("value").or(shape.path.is_none().then_some(focus)).cloned();
            let messages = match solution.get("message") {
                Some(Term::Literal(message)) => vec![message.clone()],
                _ => self.filled(&sparql.messages, lookup),
            };
            self.push(place, path, value, messages, &Found::default(), wanted);
        }
        Ok(())
    }

    fn filled(&self, messages: &[Literal], value: impl Fn(&str) -> Option<Term>) -> Vec<Literal> {
        messages.iter().map(|message| message::fill(&self.shapes.names, message, &value)).collect()
    }

    fn count(&self, place: Place<'v>, count: usize, wanted: &mut Wanted<'_>) {
        self.violation(place, None, Found { count: Some(count), ..Found::default() }, wanted);
    }

    fn violation(&self, place: Place<'v>, value: Option<Id>, found: Found, wanted: &mut Wanted<'_>) {
        self.add(place, None, value, &found, wanted);
    }

    fn add(&self, place: Place<'v>, path: Option<Path>, value: Option<Id>, found: &Found, wanted: &mut Wanted<'_>) {
        if let Wanted::Whether(violated) = wanted {
            *violated = true;
            return;
        }
        let path = path.or_else(|| self.shapes.shapes[place.shape].path.clone());
        let value = value.map(|value| self.view.term(value).clone());
        self.push(place, path, value, Vec::new(), found, wanted);
    }

    fn push(
        &self,
        place: Place<'v>,
        path: Option<Path>,
        value: Option<Term>,
        mut messages: Vec<Literal>,
        found: &Found,
        wanted: &mut Wanted<'_>,
    ) {
        let results = match wanted {
            Wanted::Results(results) => results,
            Wanted::Whether(violated) => {
                *violated = true;
                return;
            }
        };
        let shape = &self.shapes.shapes[place.shape];
        if messages.is_empty() {
            messages.clone_from(&shape.messages);
        }
        if messages.is_empty() {
            let names = &self.shapes.names;
            messages.push(message::default(names, place.constraint, path.as_ref(), value.as_ref(), found));
        }
        results.push(ValidationResult {
            focus: self.view.term(place.focus).clone(),
            path,
            value,
            shape: shape.node.clone(),
            component: place.constraint.component(),
            constraint: match place.constraint {
                Constraint::Sparql(sparql) => sparql.source.clone(),
                _ => None,
            },
            severity: shape.severity.clone(),
            messages,
        });
    }
}

fn plan(shape: &Shape, subclass_of: Id, view: &mut View<'_>) -> Plan {
    let route = shape.path.as_ref().map(|path| Route::new(path, false, view));
    let checks = shape.constraints.iter().map(|constraint| ready(shape, constraint, subclass_of, view)).collect();
    Plan { route, checks }
}

fn ready(shape: &Shape, constraint: &Constraint, subclass_of: Id, view: &mut View<'_>) -> Check {
    match constraint {
        Constraint::Class(class) => {
            let class = view.add(class.into());
            Check::Class(subclasses(view, Some(subclass_of), class))
        }
        Constraint::Equals(property) | Constraint::Disjoint(property) | Constraint::LessThan { property, .. } => {
            Check::Property(view.add(property.into()))
        }
        Constraint::Bound(_, limit) => Check::Limit(Value::from(Term::from(limit.clone()))),
        Constraint::HasValue(term) => Check::Terms(HashSet::from([view.add(term.as_ref())])),
        Constraint::In(terms) => Check::Terms(terms.iter().map(|term| view.add(term.as_ref())).collect()),
        Constraint::Closed { allowed } => Check::Terms(allowed.iter().map(|name| view.add(name.into())).collect()),
        Constraint::Sparql(sparql) => Check::Question(Box::new(Question::new(sparql, shape, view))),
        _ => Check::AsRead,
    }
}

/// A class and its subclasses in the data.
fn subclasses(view: &View<'_>, subclass_of: Option<Id>, class: Id) -> HashSet<Id> {
    let mut classes = HashSet::from([class]);
    let mut todo = vec![class];
    while let Some(class) = todo.pop() {
        for (_, sub) in subclass_of.iter().flat_map(|id| view.triples().subjects(*id, class)) {
            if classes.insert(*sub) {
                todo.push(*sub);
            }
        }
    }
    classes
}

/// SPARQL's `str()`; blank nodes have none.
fn text(term: &Term) -> Option<&str> {
    match term {
        Term::NamedNode(node) => Some(node.as_str()),
        Term::Literal(literal) => Some(literal.value()),
        _ => None,
    }
}

fn path_text(path: Option<&Path>) -> Option<Term> {
    path.map(|path| Literal::from(path.to_string()).into())
}
