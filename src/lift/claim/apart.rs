//! What there is to tell of several claims of one who and what: which of them rather contradict each other than stand beside each
//! other, and which are two by their dates.
//!
//! Claims that contradict each other are counted once: what a finding pairs here is stated in the graph (`cg:countedAs`), so that
//! pictures and questions need not guess again.

use std::collections::{BTreeSet, VecDeque};

use oxigraph::model::TermRef;

use super::super::{Context, Lifted};
use super::unit::{Cluster, Unit, VALUE};
use crate::dataset::Id;
use crate::finding::Finding;
use crate::location::Location;
use crate::schema::{Form, Kind};
use crate::values::edtf;
use crate::values::number::{self, Qualifier};

/// Days between two dates of one event that rather disagree than tell of two.
const NEAR: i32 = 31;
/// A claim is held against so many before it in time and value: what contradicts it is near, and a long list stays cheap.
const NEIGHBORS: usize = 24;

/// What there is to tell of claims of one who and what.
pub(super) struct Said<'s> {
    pub(super) lifted: &'s Lifted,
    pub(super) context: Context<'s>,
    pub(super) kind: &'s Kind,
    pub(super) units: &'s [&'s Unit],
    pub(super) clusters: &'s [Cluster],
    pub(super) time: Option<usize>,
}

impl Said<'_> {
    /// Finds the claims that may be one that places disagree on, each against those before it in time and value; gives those that
    /// contradict each other, all with all, and so are counted once.
    pub(super) fn apart(&self, findings: &mut Vec<Finding>) -> Vec<Vec<usize>> {
        let figures: Vec<f64> = (0..self.clusters.len()).map(|index| self.figure(index)).collect();
        let mut order: Vec<usize> = (0..self.clusters.len()).collect();
        let key = |index: usize| {
            let bounds = self.clusters[index].bounds;
            (bounds.earliest_start.or(bounds.latest_start), bounds.latest_end)
        };
        order.sort_by(|a, b| {
            key(*a)
                .cmp(&key(*b))
                .then_with(|| figures[*a].total_cmp(&figures[*b]))
                .then_with(|| self.clusters[*a].facts.cmp(&self.clusters[*b].facts))
        });
        let mut disputes: Vec<Vec<usize>> = Vec::new();
        let mut near: VecDeque<usize> = VecDeque::new();
        let mut before: Option<usize> = None;
        for index in order {
            let fits = |dispute: &Vec<usize>| -> Option<Finding> {
                let mut found = None;
                for known in dispute.iter().rev() {
                    let finding = self.contradicting(*known, index)?;
                    found.get_or_insert(finding);
                }
                found
            };
            let found = near.iter().rev().find_map(|at| Some((*at, fits(&disputes[*at])?)));
            match found {
                Some((at, finding)) => {
                    findings.push(finding);
                    disputes[at].push(index);
                }
                None => {
                    findings.extend(before.and_then(|before| self.two(before, index)));
                    disputes.push(vec![index]);
                    near.push_back(disputes.len() - 1);
                    if near.len() > NEIGHBORS {
                        near.pop_front();
                    }
                }
            }
            before = Some(index);
        }
        disputes.retain(|dispute| dispute.len() > 1);
        disputes
    }

    /// The number that a claim gives, to put like beside like; 0 where it gives none.
    fn figure(&self, index: usize) -> f64 {
        let number = |(name, fact): (&String, &String)| {
            let is_number = self.kind.key(name).is_some_and(|key| key.form == Form::Number);
            is_number.then(|| number::read(fact).ok()?.value.parse::<f64>().ok()).flatten()
        };
        self.kind.told_apart_by.iter().zip(&self.clusters[index].facts).find_map(number).unwrap_or(0.0)
    }

    /// The keys besides the time in which two claims say different things.
    fn differing(&self, a: &Cluster, b: &Cluster) -> Vec<usize> {
        (0..a.facts.len())
            .filter(|index| {
                Some(*index) != self.time
                    && !a.facts[*index].is_empty()
                    && !b.facts[*index].is_empty()
                    && a.facts[*index] != b.facts[*index]
            })
            .collect()
    }

    /// Whether two claims rather contradict each other than stand beside each other.
    fn contradicting(&self, one: usize, other: usize) -> Option<Finding> {
        let (a, b) = (&self.clusters[one], &self.clusters[other]);
        // A table lists what it lists once a row.
        if self.tables(a).any(|table| self.tables(b).any(|other| other == table)) {
            return None;
        }
        let differ = self.differing(a, b);
        let timely = !a.bounds.and(&b.bounds).can_be();
        let one_place = !a.cited.is_disjoint(&b.cited);
        if !differ.is_empty() {
            let key = |index: &usize| &self.kind.told_apart_by[*index];
            let figures =
                differ.iter().all(|index| self.kind.key(key(index)).is_some_and(|key| matches!(key.form, Form::Number | Form::Literal(_))));
            let contradicts = differ.iter().all(|index| self.kind.contradicts_by.contains(key(index)));
            if timely || !figures || (one_place && !contradicts) {
                return None;
            }
            let names = differ.iter().map(|index| key(index).as_str()).collect::<Vec<_>>().join("`, `");
            let values = |facts: &[String]| differ.iter().map(|index| facts[*index].replace(VALUE, ", ")).collect::<Vec<_>>().join(" ");
            let message = format!("of one {} two records give `{names}`: {} and {}", self.what(), values(&a.facts), values(&b.facts));
            if !self.agree(&differ, a, b) {
                return Some(self.finding("conflicting-claims", message, one, other));
            }
            // `900` here and `~950` there are not two, either: nothing is wrong, and they do not add up.
            let mut finding = self.finding("told-apart", format!("{message}, which can both be right"), one, other);
            finding.severity = crate::finding::Severity::Info;
            return Some(finding);
        }
        if !timely || !self.kind.contradicts_by.is_empty() {
            return None;
        }
        let (first, second) = (&a.bounds, &b.bounds);
        let overlap = second.earliest_start.zip(first.latest_end).is_some_and(|(start, end)| start <= end)
            || second.earliest_start.is_some() && first.latest_end.is_none();
        let near = second
            .earliest_start
            .zip(first.latest_end)
            .and_then(|(start, end)| end.until(start).ok())
            .is_some_and(|gap| gap.get_days() <= NEAR);
        if (self.kind.lasts && overlap) || (!self.kind.lasts && near && !one_place) {
            let message =
                format!("two records date one {} so that both cannot be right: {} and {}", self.what(), self.dated(one), self.dated(other));
            return Some(self.finding("conflicting-dates", message, one, other));
        }
        None
    }

    /// Claims one after the other that two sources date so that they are two.
    fn two(&self, one: usize, other: usize) -> Option<Finding> {
        let (a, b) = (&self.clusters[one], &self.clusters[other]);
        let timely = !a.bounds.and(&b.bounds).can_be();
        if !timely
            || !self.differing(a, b).is_empty()
            || !self.kind.contradicts_by.is_empty()
            || !self.sources(a).is_disjoint(&self.sources(b))
        {
            return None;
        }
        let message = format!("two sources date this {} so that it is two: {} and {}", self.what(), self.dated(one), self.dated(other));
        let mut finding = self.finding("told-apart", message, one, other);
        finding.severity = crate::finding::Severity::Info;
        Some(finding)
    }

    /// The tables that a claim's records are rows of.
    fn tables<'c>(&'c self, cluster: &'c Cluster) -> impl Iterator<Item = &'c str> {
        cluster.units.iter().filter_map(|unit| self.units[*unit].table.as_deref())
    }

    /// Whether figures that differ can both be right: `>26` and `30`.
    fn agree(&self, differ: &[usize], a: &Cluster, b: &Cluster) -> bool {
        differ.iter().all(|index| {
            let range = |facts: &[String]| {
                let number = number::read(&facts[*index].replace(' ', "")).ok()?;
                let decimal = |text: Option<String>| text.and_then(|text| text.parse::<f64>().ok());
                Some((number.qualifier, decimal(number.minimum), decimal(number.maximum)))
            };
            let Some(((sort_a, low_a, high_a), (sort_b, low_b, high_b))) = range(&a.facts).zip(range(&b.facts)) else { return false };
            let meets = |low: Option<f64>, high: Option<f64>| low.zip(high).is_none_or(|(low, high)| low <= high);
            sort_a == Qualifier::Around || sort_b == Qualifier::Around || (meets(low_a, high_b) && meets(low_b, high_a))
        })
    }

    /// A record that could be of several claims.
    pub(super) fn open(&self, unit: usize, findings: &mut Vec<Finding>) {
        let Some(thing) = self.lifted.things.get(&self.units[unit].id) else { return };
        let message = format!("this may be any of {} claims that say more, and stands as one of its own", self.clusters.len() - 1);
        findings.push(
            Finding::new(crate::finding::Severity::Info, "told-apart", message, thing.location.clone())
                .hint(Some("say when, or give it the id of the one that is meant".to_owned())),
        );
    }

    fn finding(&self, code: &str, message: String, one: usize, other: usize) -> Finding {
        let (first, second) = (self.place(one), self.place(other));
        let (first, second) = if first <= second { (first, second) } else { (second, first) };
        let hint = "they stand as two claims: if they are two, give each an id; if they are one, give both the same id, and a Discrepancy record can say what an editor thinks";
        Finding::warning(code, message, second).related(first, "the other").hint(Some(hint.to_owned()))
    }

    pub(super) fn place(&self, cluster: usize) -> Location {
        let units = &self.clusters[cluster].units;
        let places = units.iter().filter_map(|unit| self.lifted.things.get(&self.units[*unit].id)).map(|thing| thing.location.clone());
        places.min().unwrap_or_else(|| Location::file(&"data".into()))
    }

    /// `membership of …`, short: the kind.
    fn what(&self) -> String {
        self.kind.label.to_lowercase()
    }

    fn dated(&self, cluster: usize) -> String {
        let Cluster { facts, bounds, .. } = &self.clusters[cluster];
        match self.time.map(|time| facts[time].as_str()) {
            Some(text) if !text.is_empty() && !text.starts_with('@') => format!("`{text}`"),
            _ => match (bounds.earliest_end, bounds.latest_end) {
                (Some(day), _) => format!("still on {}", edtf::show(day)),
                (None, Some(day)) => format!("over by {}", edtf::show(day)),
                _ => "undated".to_owned(),
            },
        }
    }

    fn sources(&self, cluster: &Cluster) -> BTreeSet<String> {
        let source = |id: &Id| match self.lifted.terms.term(*id) {
            TermRef::NamedNode(graph) => {
                self.context.base.cited_place(graph.as_str()).map_or(graph.as_str(), |(source, _)| source).to_owned()
            }
            other => other.to_string(),
        };
        cluster.cited.iter().map(source).collect()
    }
}
