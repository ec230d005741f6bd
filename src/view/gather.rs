//! The rows of a view, gathered: each thing and each claim once, with what each place says of it; what is not wanted, counted.
//!
//! A row is what one place says of one claim. Values are never put together from several places: what two places say alike is one
//! entry that rests on both, and what they say differently stays two, see `told`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use oxigraph::model::{NamedNode, NamedNodeRef, Term};
use oxigraph::sparql::QuerySolution;

use super::choice::{Choice, Drawn, ViewError};
use super::told::{self, Told, Values, Within};
use crate::diagram::{Amount, Day, Group, Measure, Qualifier, Stage, TimeSpan};
use crate::ontology::Ontology;
use crate::query::answer::Shown;
use crate::schema::{Schema, local};
use crate::store::{In, StoreError};
use crate::tie::{Fold, Tenses};
use crate::values::edtf::{self, Bounds};
use crate::values::period::Period;
use crate::vocab::rdf;

/// Ties of one key say the same of the same two things, by one claim or by claims that are counted as one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TieKey {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) relation: Option<NamedNode>,
    pub(super) claim: Option<NamedNode>,
    pub(super) words: Option<String>,
}

pub(super) struct Gathered<'a> {
    pub(super) shown: Shown<'a>,
    pub(super) ontology: &'a Ontology,
    pub(super) schema: &'a Schema,
    pub(super) classes: HashMap<String, Option<NamedNode>>,
    pub(super) rows: Vec<Row>,
    /// By IRI; steps by what they say as well, so that two places that tell a step differently have one each.
    pub(super) things: BTreeMap<(String, Option<Step>), Thing>,
    pub(super) ties: BTreeMap<TieKey, Vec<Told>>,
    pub(super) left: LeftOut,
    /// What of the codes is over, or yet to come.
    pub(super) tenses: Tenses,
    pub(super) folds: Vec<Fold>,
    /// Of claims that contradict each other, as which of them each is counted.
    pub(super) counted: HashMap<NamedNode, NamedNode>,
    pub(super) drawn: Drawn,
    /// The time that the picture holds for; open at both ends where none is known.
    pub(super) period: Period,
    /// Whether times that the view does not tell are looked up.
    pub(super) dates: bool,
}

/// What one place says in one row.
pub(super) struct Row {
    pub(super) first: NamedNode,
    pub(super) from: Option<NamedNode>,
    pub(super) to: Option<NamedNode>,
    pub(super) relation: Option<NamedNode>,
    pub(super) words: Option<String>,
    pub(super) claim: Option<NamedNode>,
    /// The claim that it is counted as, where several contradict each other; else the same.
    pub(super) counted: Option<NamedNode>,
    pub(super) is_mark: bool,
    pub(super) about: Option<NamedNode>,
    pub(super) cited: Option<NamedNode>,
    pub(super) values: Values,
    /// What the number of a figure counts.
    pub(super) measure: Option<Measure>,
    /// What tells the figure apart, and in what respect.
    pub(super) detail: Option<(String, String)>,
    /// What else is told of it.
    pub(super) remark: Option<String>,
    /// Whether it is known to be contradicted.
    pub(super) is_disputed: bool,
    /// What the view itself says of the thing.
    pub(super) said: Said,
}

/// How a view has a thing shown, beside what is known of it.
#[derive(Default)]
pub(super) struct Said {
    /// The column that it stands in.
    pub(super) stage: Option<Stage>,
    /// Another name than its own.
    pub(super) name: Option<String>,
    /// What stands below its name.
    pub(super) under: Option<String>,
    /// Why its outline is broken.
    pub(super) flag: Option<String>,
}

impl Row {
    /// What has the time that the row speaks of.
    fn dated(&self) -> String {
        let own = if self.is_mark || self.to.is_none() { Some(&self.first) } else { self.counted.as_ref() };
        let ends = || format!("{} {:?} {:?}", self.first, self.to, self.relation);
        own.map_or_else(ends, ToString::to_string)
    }
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
    /// Whether the view shows figures: then these are what was left out.
    pub(super) figures: bool,
}

/// What a claim drawn as a mark says: who did what to what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Step {
    pub(super) who: Option<NamedNode>,
    pub(super) relation: Option<NamedNode>,
    pub(super) about: Option<NamedNode>,
    /// Which of the things that places tell differently of it, from 0.
    pub(super) nth: usize,
}

#[derive(Default, Clone)]
pub(super) struct Thing {
    /// A row of its own says that it is there, and not only a tie.
    pub(super) stated: bool,
    /// What the places say of it.
    pub(super) told: Vec<Told>,
    /// Its groups, with the places that put it there.
    pub(super) groups: BTreeMap<Group, BTreeSet<String>>,
    /// What a figure counts, what tells it apart and what else is told of it, with the places.
    pub(super) measure: Option<Measure>,
    pub(super) details: BTreeMap<(String, String), BTreeSet<String>>,
    pub(super) remarks: BTreeMap<String, BTreeSet<String>>,
    pub(super) is_disputed: bool,
    pub(super) stage: Option<Stage>,
    pub(super) name: Option<String>,
    /// What stands below its name, with the places.
    pub(super) under: BTreeMap<String, BTreeSet<String>>,
    pub(super) flags: BTreeSet<String>,
}

impl Gathered<'_> {
    /// Reads a row of the view's answer.
    pub(super) fn row(&mut self, row: &QuerySolution) {
        let node = |name: &str| match row.get(name) {
            Some(Term::NamedNode(node)) => Some(node.clone()),
            _ => None,
        };
        let (from, to, mark) = (node("from"), node("to"), node("mark"));
        let Some(first) = mark.as_ref().or(from.as_ref()).cloned() else { return };
        let claim = mark.as_ref().cloned().or_else(|| node("claim"));
        let counted = claim.as_ref().map(|claim| self.counted.get(claim).unwrap_or(claim).clone());
        let first = if mark.is_some() { counted.clone().unwrap_or(first) } else { first };
        let group = match row.get("group") {
            Some(term @ Term::NamedNode(node)) => Some(Group {
                key: node.as_str().to_owned(),
                label: self.shown.label(node.as_ref()).unwrap_or_else(|| self.shown.term(term)),
            }),
            Some(Term::Literal(literal)) => Some(Group { key: literal.value().to_owned(), label: literal.value().to_owned() }),
            _ => None,
        };
        let amount = (row.get("amount").is_some() || row.get("qualifier").is_some()).then(|| Amount {
            value: literal(row, "amount").and_then(|value| value.parse().ok()),
            qualifier: node("qualifier").and_then(|code| Qualifier::parse(code.as_str())).unwrap_or_default(),
            currency: literal(row, "currency").or_else(|| literal(row, "unit")).unwrap_or_default(),
        });
        let bounds = bounds(row);
        let within = Within { low: number(row, "minimum"), high: number(row, "maximum"), out_of: number(row, "outOf") };
        let when = span(row, bounds).map(|span| (span, bounds));
        let values = Values { codes: [node("tenure"), node("modality")], amount, when, group, within };
        let told = |name: &str| row.get(name).map(|term| self.named(term)).filter(|text| !text.is_empty());
        let measure = row.get("measure").map(|term| Measure {
            key: literal_or_iri(term),
            label: self.named(term),
            reads: told("scaleNote").unwrap_or_default(),
            is_rank: literal(row, "isRank").is_some_and(|text| matches!(text.as_str(), "true" | "1")),
            from: number(row, "scaleFrom"),
            to: number(row, "scaleTo"),
            is_in_order: false,
        });
        let detail = told("detail").map(|detail| (told("detailOf").unwrap_or_default(), detail));
        let remark = told("remark");
        let number_of = literal(row, "stage").and_then(|text| text.parse().ok());
        let said = Said {
            stage: number_of.map(|number| Stage { number, label: told("stageName").unwrap_or_default() }),
            name: told("name"),
            under: told("under"),
            flag: told("flag"),
        };
        self.left.figures |= measure.is_some();
        self.rows.push(Row {
            first,
            from,
            to: to.filter(|_| mark.is_none()),
            relation: node("relation"),
            words: match row.get("words") {
                Some(Term::Literal(words)) => Some(words.value().to_owned()),
                _ => None,
            },
            claim,
            counted,
            is_mark: mark.is_some(),
            about: node("group"),
            cited: node("cited"),
            values,
            measure,
            detail,
            remark,
            said,
            is_disputed: literal(row, "disputed").is_some_and(|text| matches!(text.as_str(), "true" | "1")),
        });
    }

    /// A term for people: what it is called, or what it says.
    fn named(&self, term: &Term) -> String {
        match term {
            Term::NamedNode(node) => self.shown.label(node.as_ref()).unwrap_or_else(|| self.shown.term(term)),
            Term::Literal(literal) => literal.value().to_owned(),
            _ => String::new(),
        }
    }

    /// Puts together what was read: what held, is of the kinds asked for, and is told of each thing and claim.
    pub(super) fn settle(&mut self, choice: &Choice) -> Result<(), ViewError> {
        let rows = std::mem::take(&mut self.rows);
        let mut times: HashMap<String, Vec<Bounds>> = HashMap::new();
        for row in &rows {
            let known = times.entry(row.dated()).or_default();
            known.extend(row.values.when.iter().map(|(_, bounds)| *bounds).filter(|bounds| !known.contains(bounds)).collect::<Vec<_>>());
        }
        for row in rows {
            let dated = row.dated();
            if let Some(times) = times.get(&dated)
                && self.is_outside(&row, &dated, times, choice)
            {
                continue;
            }
            self.keep(row, choice)?;
        }
        Ok(())
    }

    /// Whether what a row speaks of did not hold at the time asked for, which is then counted.
    fn is_outside(&mut self, row: &Row, dated: &str, times: &[Bounds], choice: &Choice) -> bool {
        let own = row.to.is_none() && !row.is_mark;
        let gone = |left: &mut LeftOut| left.gone.extend(own.then(|| row.first.as_str().to_owned()));
        if let Some(at) = choice.at
            && !told::held(times, choice.certain, |bounds| at.meets(bounds, choice.certain))
        {
            self.left.day.insert(dated.to_owned());
            gone(&mut self.left);
            return true;
        }
        let within = |bounds: &Bounds| {
            choice.from.is_none_or(|from| bounds.latest_end.is_none_or(|end| end >= from))
                && choice.to.is_none_or(|to| bounds.earliest_start.is_none_or(|start| start <= to))
        };
        if !told::held(times, false, within) {
            self.left.span.insert(dated.to_owned());
            gone(&mut self.left);
            return true;
        }
        false
    }

    /// Notes what a row says of its thing, or of its tie.
    fn keep(&mut self, row: Row, choice: &Choice) -> Result<(), ViewError> {
        // A mark is of the kind of what it happened to, or of who did it.
        let kin = if row.is_mark { [row.about.as_ref(), row.from.as_ref()] } else { [Some(&row.first), None] };
        if !self.wanted(kin.into_iter().flatten(), choice) {
            self.left.kinds.insert(row.first.as_str().to_owned());
            return Ok(());
        }
        let is_tie = row.to.is_some() || row.is_mark;
        if !choice.only.is_empty() && is_tie && row.relation.as_ref().is_none_or(|relation| !choice.only.contains(relation)) {
            self.left.roles.insert(format!("{} {:?} {:?}", row.dated(), row.to, row.relation));
            return Ok(());
        }
        if let Some(to) = &row.to
            && !self.wanted([to].into_iter(), choice)
        {
            self.left.kinds.insert(to.as_str().to_owned());
            return Ok(());
        }
        let mut cited: BTreeSet<String> = row.cited.iter().map(|node| node.as_str().to_owned()).collect();
        if cited.is_empty()
            && let Some(claim) = &row.claim
        {
            cited = self.graphs(claim.as_ref(), rdf::TYPE, None)?;
        }
        let step = row.is_mark.then(|| Step { who: row.from.clone(), relation: row.relation.clone(), about: row.about.clone(), nth: 0 });
        let thing = self.things.entry((row.first.as_str().to_owned(), step)).or_default();
        if let Some(group) = &row.values.group {
            thing.groups.entry(group.clone()).or_default().extend(cited.iter().cloned());
        }
        if let Some(measure) = row.measure {
            thing.measure =
                Some(thing.measure.take().map_or(measure.clone(), |known| if known.key <= measure.key { known } else { measure }));
        }
        if let Some(detail) = row.detail {
            thing.details.entry(detail).or_default().extend(cited.iter().cloned());
        }
        if let Some(remark) = row.remark {
            thing.remarks.entry(remark).or_default().extend(cited.iter().cloned());
        }
        thing.is_disputed |= row.is_disputed;
        // Of several stages and names the first: the order of the rows does not matter.
        thing.stage = first(thing.stage.take(), row.said.stage);
        thing.name = first(thing.name.take(), row.said.name);
        if let Some(under) = row.said.under {
            thing.under.entry(under).or_default().extend(cited.iter().cloned());
        }
        thing.flags.extend(row.said.flag);
        let Some(to) = row.to else {
            thing.stated = true;
            told::note(&mut thing.told, Values { group: None, ..row.values }, cited, row.claim);
            return Ok(());
        };
        self.things.entry((to.as_str().to_owned(), None)).or_default();
        if cited.is_empty()
            && let Some(relation) = &row.relation
        {
            cited = self.graphs(row.first.as_ref(), relation.as_ref(), Some(to.clone().into()))?;
        }
        let (from, to) = (row.first.as_str().to_owned(), to.as_str().to_owned());
        let key = TieKey { from, to, relation: row.relation, claim: row.counted, words: row.words };
        told::note(self.ties.entry(key).or_default(), Values { group: None, ..row.values }, cited, row.claim);
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

/// The first of two values, if there are any.
fn first<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    one.into_iter().chain(other).min()
}

fn literal(row: &QuerySolution, name: &str) -> Option<String> {
    match row.get(name) {
        Some(Term::Literal(literal)) => Some(literal.value().to_owned()),
        Some(Term::NamedNode(node)) => Some(local(node.as_str()).to_owned()),
        _ => None,
    }
}

fn number(row: &QuerySolution, name: &str) -> Option<f64> {
    literal(row, name).and_then(|text| text.parse().ok()).filter(|number: &f64| number.is_finite())
}

fn literal_or_iri(term: &Term) -> String {
    match term {
        Term::NamedNode(node) => node.as_str().to_owned(),
        Term::Literal(literal) => literal.value().to_owned(),
        _ => String::new(),
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
