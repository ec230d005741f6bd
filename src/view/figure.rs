//! Figures: what a view's rows say of a number, as the picture draws it. What places tell differently of one number is a figure each.

use std::collections::{BTreeMap, BTreeSet};

use super::gather::{Step, Thing};
use super::told::{self, Told};
use crate::diagram::{Fact, Measure, Measured, Node};

/// Things by their IRI, and by what they say.
type Things = BTreeMap<(String, Option<Step>), Thing>;

/// Parts the figures of which places tell different numbers, so that each is drawn beside the places that give it.
pub(super) fn apart(things: Things) -> Things {
    let mut parted = Things::new();
    for ((iri, step), thing) in things {
        let told = if thing.measure.is_some() { told::gathered(thing.told.clone()) } else { Vec::new() };
        let Some(step) = step.clone().filter(|_| !told::disputed(&told).is_empty()) else {
            parted.insert((iri, step), thing);
            continue;
        };
        for (nth, entry) in told.into_iter().enumerate() {
            // What only another place tells of it is not told of this one.
            let here: BTreeSet<&String> = entry.cited.iter().chain(&entry.also).collect();
            let own = |places: &BTreeSet<String>| places.is_empty() || places.iter().any(|place| here.contains(place));
            let details = thing.details.iter().filter(|(_, places)| own(places)).map(|(k, v)| (k.clone(), v.clone())).collect();
            let remarks = thing.remarks.iter().filter(|(_, places)| own(places)).map(|(k, v)| (k.clone(), v.clone())).collect();
            let part = Thing { details, remarks, told: vec![entry], ..thing.clone() };
            parted.insert((iri.clone(), Some(Step { nth, ..step.clone() })), part);
        }
    }
    parted
}

/// Has each figure of one number say that it is contradicted, and what the other places say.
pub(super) fn tell_others(nodes: &mut [Node], iri: &str) {
    let all: Vec<(String, Fact)> = nodes
        .iter()
        .filter(|node| node.iri == iri)
        .filter_map(|node| Some((node.id.clone(), node.measured.as_ref()?.said(), node.citations.clone())))
        .map(|(id, value, citations)| (id, Fact { label: "elsewhere".to_owned(), value, citations, disputed: true }))
        .collect();
    for node in nodes.iter_mut().filter(|node| node.iri == iri && node.measured.is_some()) {
        for fact in node.facts.iter_mut().filter(|fact| fact.label == "number") {
            fact.disputed = true;
            fact.citations.clone_from(&node.citations);
        }
        node.facts.extend(all.iter().filter(|(id, _)| *id != node.id).map(|(_, fact)| fact.clone()));
    }
}

/// The number that a figure is, by what is told of it.
pub(super) fn measured(
    measure: Measure,
    step: Option<&Step>,
    told: Option<&Told>,
    details: &BTreeMap<(String, String), BTreeSet<String>>,
) -> Measured {
    let amount = told.and_then(|told| told.values.amount.clone());
    let within = told.map(|told| told.values.within.clone()).unwrap_or_default();
    Measured {
        measure,
        of: step.and_then(|step| step.who.as_ref()).map(|who| who.as_str().to_owned()).unwrap_or_default(),
        value: amount.as_ref().and_then(|amount| amount.value),
        qualifier: amount.as_ref().map(|amount| amount.qualifier).unwrap_or_default(),
        low: within.low,
        high: within.high,
        out_of: within.out_of,
        unit: amount.map(|amount| amount.currency).unwrap_or_default(),
        details: details.keys().map(|(label, value)| Fact { label: label.clone(), value: value.clone(), ..Fact::default() }).collect(),
    }
}
