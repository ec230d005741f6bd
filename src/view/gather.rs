//! The rows of a view, gathered: each thing and each tie once, with all it rests on; what is not wanted, counted.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use oxigraph::model::{NamedNode, NamedNodeRef, Term};
use oxigraph::sparql::QuerySolution;

use super::{Choice, Drawn, ViewError};
use crate::diagram::{Amount, Day, Group, Line, Qualifier, Tie, TimeSpan};
use crate::ontology::Ontology;
use crate::query::answer::Shown;
use crate::schema::{Schema, local};
use crate::store::{In, StoreError};
use crate::values::edtf::{self, Bounds};
use crate::vocab::rdf;

pub(super) type TieKey = (String, String, String, Option<String>);

pub(super) struct Gathered<'a> {
    pub(super) shown: Shown<'a>,
    pub(super) ontology: &'a Ontology,
    pub(super) schema: &'a Schema,
    pub(super) classes: HashMap<String, Option<NamedNode>>,
    pub(super) things: BTreeMap<String, Thing>,
    pub(super) ties: BTreeMap<TieKey, Found>,
    pub(super) left: LeftOut,
}

/// What of the view's rows is not shown, so that the page can say so.
#[derive(Default)]
pub(super) struct LeftOut {
    /// Did not hold on the day asked for.
    pub(super) day: BTreeSet<String>,
    /// Outside the days asked for.
    pub(super) span: BTreeSet<String>,
    /// Not of the kinds asked for.
    pub(super) kinds: BTreeSet<String>,
    /// Not of the roles asked for.
    pub(super) roles: BTreeSet<String>,
    /// Things whose own time is not the one asked for: a tie does not bring them back.
    pub(super) gone: BTreeSet<String>,
}

/// What a claim drawn as a mark says: who did what to what.
#[derive(Clone)]
pub(super) struct Step {
    pub(super) who: Option<NamedNode>,
    pub(super) relation: Option<NamedNode>,
    pub(super) about: Option<NamedNode>,
}

#[derive(Default)]
pub(super) struct Thing {
    /// A step in the life of something, drawn as a mark of its own.
    pub(super) mark: Option<Step>,
    /// A row of its own says that it is there, and not only a tie.
    pub(super) stated: bool,
    pub(super) line: Line,
    pub(super) note: Option<String>,
    pub(super) group: Option<Group>,
    pub(super) bounds: Option<TimeSpan>,
    pub(super) cited: BTreeSet<String>,
}

pub(super) struct Found {
    pub(super) tie: Tie,
    pub(super) cited: BTreeSet<String>,
}

impl Gathered<'_> {
    pub(super) fn row(&mut self, row: &QuerySolution, choice: &Choice, drawn: Drawn) -> Result<(), ViewError> {
        let node = |name: &str| match row.get(name) {
            Some(Term::NamedNode(node)) => Some(node.clone()),
            _ => None,
        };
        let (from, to, relation, mark) = (node("from"), node("to"), node("relation"), node("mark"));
        let Some(first) = mark.as_ref().or(from.as_ref()).cloned() else { return Ok(()) };
        let stated = bounds(row);
        let bounds = span(row, stated);
        let named = format!("{first} {to:?} {relation:?}");
        let own = to.is_none() && mark.is_none();
        if let Some(day) = choice.at
            && !stated.hold(day, choice.certain)
        {
            self.left.day.insert(named);
            self.left.gone.extend(own.then(|| first.as_str().to_owned()));
            return Ok(());
        }
        if choice.from.is_some_and(|from| stated.latest_end.is_some_and(|end| end < from))
            || choice.to.is_some_and(|to| stated.earliest_start.is_some_and(|start| start > to))
        {
            self.left.span.insert(named);
            self.left.gone.extend(own.then(|| first.as_str().to_owned()));
            return Ok(());
        }
        let about = node("group");
        // A mark is of the kind of what it happened to, or of who did it.
        let kin = if mark.is_some() { [about.as_ref(), from.as_ref()] } else { [Some(&first), None] };
        if !self.wanted(kin.into_iter().flatten(), choice) {
            self.left.kinds.insert(first.as_str().to_owned());
            return Ok(());
        }
        if !choice.only.is_empty()
            && (to.is_some() || mark.is_some())
            && relation.as_ref().is_none_or(|relation| !choice.only.contains(relation))
        {
            self.left.roles.insert(named);
            return Ok(());
        }
        let group = match row.get("group") {
            Some(term @ Term::NamedNode(node)) => Some(Group {
                key: node.as_str().to_owned(),
                label: self.shown.label(node.as_ref()).unwrap_or_else(|| self.shown.term(term)),
            }),
            Some(Term::Literal(literal)) => Some(Group { key: literal.value().to_owned(), label: literal.value().to_owned() }),
            _ => None,
        };
        let mut cited: BTreeSet<String> = node("cited").map(|node| node.as_str().to_owned()).into_iter().collect();
        if cited.is_empty()
            && let Some(claim) = node("claim").as_ref().or(mark.as_ref())
        {
            cited = self.graphs(claim.as_ref(), rdf::TYPE, None)?;
        }
        let (line, note) = self.line([node("tenure"), node("modality")]);
        let to = to.filter(|_| mark.is_none());
        if let Some(to) = &to
            && !self.wanted([to].into_iter(), choice)
        {
            self.left.kinds.insert(to.as_str().to_owned());
            return Ok(());
        }
        let thing = self.things.entry(first.as_str().to_owned()).or_default();
        if group.is_some() {
            thing.group = group;
        }
        let Some(to) = to else {
            thing.stated = true;
            thing.bounds = bounds.or(thing.bounds.take());
            thing.cited.append(&mut cited);
            thing.line = line;
            thing.note = note;
            thing.mark = mark.map(|_| Step { who: from, relation, about });
            return Ok(());
        };
        let from = first;
        self.things.entry(to.as_str().to_owned()).or_default();
        if cited.is_empty()
            && let Some(relation) = &relation
        {
            cited = self.graphs(from.as_ref(), relation.as_ref(), Some(to.clone().into()))?;
        }
        let words = match row.get("words") {
            Some(Term::Literal(words)) => Some(words.value().to_owned()),
            _ => None,
        };
        let label = match (&relation, words) {
            (_, Some(words)) => words,
            (Some(relation), None) => self.reads(relation, &from, &to, node("claim").as_ref())?,
            (None, None) => String::new(),
        };
        let key = relation.as_ref().map(|relation| relation.as_str().to_owned()).unwrap_or_default();
        let mut tie = Tie {
            label: label.clone(),
            relation: key.clone(),
            relation_label: label,
            directed: drawn.directed,
            line,
            note,
            bounds,
            ..Tie::default()
        };
        if row.get("amount").is_some() || row.get("qualifier").is_some() {
            tie.amount = Some(Amount {
                value: literal(row, "amount").and_then(|value| value.parse().ok()),
                qualifier: node("qualifier").and_then(|code| Qualifier::parse(code.as_str())).unwrap_or_default(),
                currency: literal(row, "currency").unwrap_or_default(),
            });
        }
        let entry = (from.as_str().to_owned(), to.as_str().to_owned(), key, tie.note.clone());
        self.ties.entry(entry).or_insert_with(|| Found { tie, cited: BTreeSet::new() }).cited.append(&mut cited);
        Ok(())
    }

    /// The citations that a statement rests on; civigraph's own graphs do not count.
    pub(super) fn graphs(
        &self,
        subject: NamedNodeRef<'_>,
        property: NamedNodeRef<'_>,
        object: Option<Term>,
    ) -> Result<BTreeSet<String>, StoreError> {
        let mut graphs = BTreeSet::new();
        for quad in self.shown.store.quads(Some(subject.into()), Some(property), object.as_ref().map(Term::as_ref), Some(In::Named)) {
            if let oxigraph::model::GraphName::NamedNode(graph) = quad?.graph_name
                && self.shown.base.cited_place(graph.as_str()).is_some()
            {
                graphs.insert(graph.as_str().to_owned());
            }
        }
        Ok(graphs)
    }

    /// Whether any of some things is of a kind asked for, and none of a kind refused. The focus always is.
    fn wanted<'n>(&mut self, things: impl Iterator<Item = &'n NamedNode>, choice: &Choice) -> bool {
        if choice.include.is_empty() && choice.exclude.is_empty() {
            return true;
        }
        let mut included = choice.include.is_empty();
        for thing in things {
            if choice.focus.as_ref() == Some(thing) {
                return true;
            }
            let Some(class) = self.class(thing) else { continue };
            if choice.exclude.iter().any(|refused| self.schema.is_a(&class, refused)) {
                return false;
            }
            included |= choice.include.iter().any(|wanted| self.schema.is_a(&class, wanted));
        }
        included
    }

    /// The most special of a thing's classes: the one with the most superclasses, the first by name of equals.
    pub(super) fn class(&mut self, thing: &NamedNode) -> Option<NamedNode> {
        if let Some(class) = self.classes.get(thing.as_str()) {
            return class.clone();
        }
        let mut classes: Vec<NamedNode> = self
            .shown
            .store
            .objects(thing.as_ref(), rdf::TYPE)
            .unwrap_or_default()
            .into_iter()
            .filter_map(|term| match term {
                Term::NamedNode(class) => Some(class),
                _ => None,
            })
            .collect();
        classes.sort();
        let rank = |class: &NamedNode| {
            let known = self.schema.kind_of_class(class.as_str()).is_some();
            (known, self.schema.superclasses.get(class).map_or(0, Vec::len))
        };
        let class = classes.into_iter().rev().max_by_key(|class| rank(class));
        self.classes.insert(thing.as_str().to_owned(), class.clone());
        class
    }
}

fn literal(row: &QuerySolution, name: &str) -> Option<String> {
    match row.get(name) {
        Some(Term::Literal(literal)) => Some(literal.value().to_owned()),
        Some(Term::NamedNode(node)) => Some(local(node.as_str()).to_owned()),
        _ => None,
    }
}

/// The bounds that a row gives, as days.
fn bounds(row: &QuerySolution) -> Bounds {
    let day = |name: &str| literal(row, name).and_then(|text| edtf::day(&text));
    Bounds {
        earliest_start: day("earliestStart"),
        latest_start: day("latestStart"),
        earliest_end: day("earliestEnd"),
        latest_end: day("latestEnd"),
    }
}

/// The bounds of a row as a diagram draws them; none where the row says nothing of time.
fn span(row: &QuerySolution, bounds: Bounds) -> Option<TimeSpan> {
    let day = |bound: Option<Date>| bound.and_then(|day| Day::parse(&day.to_string()));
    let span = TimeSpan {
        earliest_start: day(bounds.earliest_start),
        latest_start: day(bounds.latest_start),
        earliest_end: day(bounds.earliest_end),
        latest_end: day(bounds.latest_end),
        label: literal(row, "edtf").unwrap_or_default(),
    };
    (span != TimeSpan::default()).then_some(span)
}
