//! From gathered rows to the graph that is drawn: what is near the focus, how each thing looks, what the page says was left out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use oxigraph::model::{Literal, NamedNode, Term};

use super::arrange::{self, count};
use super::gather::{Found, Gathered, LeftOut, TieKey};
use super::{Choice, ViewError, look};
use crate::diagram::{Citation, Fact, Graph, Node, Tie};
use crate::store::StoreError;
use crate::vocab::{cg, dcterms, rdf};

impl Gathered<'_> {
    pub(super) fn finish(mut self, choice: &Choice) -> Result<Graph, ViewError> {
        let mut ties = told_once(std::mem::take(&mut self.ties));
        let shown = &self.things;
        let is_gone = |thing: &String| self.left.gone.contains(thing) && shown.get(thing).is_none_or(|thing| !thing.stated);
        let mut things: Vec<String> = shown.keys().filter(|thing| !is_gone(thing)).cloned().collect();
        ties.retain(|((from, to, ..), _)| !is_gone(from) && !is_gone(to));
        let mut notes = self.left.told(choice);
        if let Some(focus) = &choice.focus {
            let near = near(focus.as_str(), choice.depth, &ties);
            let before = (things.len(), ties.len());
            let shown = &self.things;
            let is_about = |thing: &str| {
                let step = shown.get(thing).and_then(|thing| thing.mark.as_ref());
                step.is_some_and(|step| [&step.who, &step.about].into_iter().flatten().any(|node| near.contains(node.as_str())))
            };
            things.retain(|thing| near.contains(thing) || is_about(thing));
            ties.retain(|((from, to, ..), _)| near.contains(from) && near.contains(to));
            let left = (before.0 - things.len(), before.1 - ties.len());
            if left.0 > 0 {
                let (things, ties) = (count(left.0, "more thing", "more things"), count(left.1, "more tie", "more ties"));
                notes.push(format!("{things} and {ties} not shown: further than {} from the focus", choice.depth));
            }
        }
        let index: HashMap<&str, usize> = things.iter().enumerate().map(|(index, thing)| (thing.as_str(), index)).collect();
        let ties = ties
            .into_iter()
            .filter_map(|((from, to, ..), found)| {
                let citations = self.citations(&found.cited);
                Some(Tie { from: *index.get(from.as_str())?, to: *index.get(to.as_str())?, citations, ..found.tie })
            })
            .collect();
        let mut nodes = Vec::with_capacity(things.len());
        for thing in &things {
            nodes.push(self.node(thing)?);
        }
        let mut graph = Graph { notes, nodes, ties, language: self.shown.language.to_owned(), ..Graph::default() };
        if let Some(grouping) = &choice.grouping {
            arrange::group(&mut graph, grouping, self.shown)?;
        }
        if let Some(sizing) = choice.sizing {
            arrange::size(&mut graph, sizing);
        }
        if choice.tell_language {
            arrange::names_missing(&mut graph, self.shown)?;
        }
        Ok(graph)
    }

    fn node(&mut self, iri: &str) -> Result<Node, StoreError> {
        let node = NamedNode::new_unchecked(iri);
        let thing = self.things.remove(iri).unwrap_or_default();
        // A mark looks as what happened looks, a thing as its class.
        let class = match &thing.mark {
            Some(step) => step.relation.clone(),
            None => self.class(&node),
        };
        let style = class.as_ref().and_then(|class| look::styled(self.ontology, self.schema, class));
        let class_label = style
            .as_ref()
            .and_then(|(style, _)| self.ontology.text(style.as_ref(), cg::CAPTION, self.shown.language))
            .or_else(|| class.as_ref().and_then(|class| self.ontology.label(class.as_ref(), self.shown.language)))
            .unwrap_or_default();
        let mut facts = Vec::new();
        if !class_label.is_empty() {
            facts.push(Fact { label: "kind".to_owned(), value: class_label.clone() });
        }
        let mut described = None;
        for object in self.shown.store.objects(node.as_ref(), dcterms::DESCRIPTION).unwrap_or_default() {
            if let Term::Literal(literal) = object {
                described.get_or_insert_with(|| literal.value().to_owned());
                facts.push(Fact { label: "what it is".to_owned(), value: Literal::value(&literal).to_owned() });
            }
        }
        if let Some(note) = &thing.note {
            facts.push(Fact { label: "note".to_owned(), value: note.clone() });
        }
        let id = self.shown.base.slug_of(iri).unwrap_or(iri).to_owned();
        // What no row cites rests on the places that say it is there.
        let cited = if thing.cited.is_empty() { self.graphs(node.as_ref(), rdf::TYPE, None)? } else { thing.cited };
        let citations = self.citations(&cited);
        Ok(Node {
            label: match &thing.mark {
                Some(step) => self.told(step),
                None => self.shown.label(node.as_ref()).or(described).unwrap_or_else(|| id.clone()),
            },
            id,
            iri: iri.to_owned(),
            class: style
                .map_or_else(|| class.map(|class| class.as_str().to_owned()).unwrap_or_default(), |(_, class)| class.as_str().to_owned()),
            class_label,
            group: thing.group,
            facts,
            citations,
            bounds: thing.bounds,
            line: thing.line,
            note: thing.note,
            ..Node::default()
        })
    }

    pub(super) fn citations(&self, graphs: &BTreeSet<String>) -> Vec<Citation> {
        let mut citations: Vec<Citation> = graphs
            .iter()
            .map(|iri| {
                let node = NamedNode::new_unchecked(iri.clone());
                Citation {
                    label: self.shown.label(node.as_ref()).unwrap_or_else(|| self.shown.term(&node.clone().into())),
                    iri: iri.clone(),
                }
            })
            .collect();
        citations.sort();
        citations
    }
}

impl LeftOut {
    /// What was left out, in the words of the page.
    fn told(&self, choice: &Choice) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(day) = choice.at.filter(|_| !self.day.is_empty()) {
            let why = if choice.certain { "not certain to have held on" } else { "did not hold on" };
            notes.push(format!("{} not shown: {why} {day}", count(self.day.len(), "tie or step", "ties or steps")));
        }
        if !self.span.is_empty() {
            let span = match (choice.from, choice.to) {
                (Some(from), Some(to)) => format!("outside {from} to {to}"),
                (Some(from), None) => format!("ended before {from}"),
                (None, Some(to)) => format!("began after {to}"),
                (None, None) => String::new(),
            };
            notes.push(format!("{} not shown: {span}", count(self.span.len(), "tie or step", "ties or steps")));
        }
        if !self.kinds.is_empty() {
            notes.push(format!("{} of other kinds not shown", count(self.kinds.len(), "thing", "things")));
        }
        if !self.roles.is_empty() {
            notes.push(format!("{} of other roles not shown", count(self.roles.len(), "tie", "ties")));
        }
        notes
    }
}

/// Ties that say the same of the same two things in the same words become one, which rests on all that either rests on: two claims
/// of different kinds can both read "drafted". The first relation by name stays. Sums of money and different times are kept apart.
fn told_once(ties: BTreeMap<TieKey, Found>) -> Vec<(TieKey, Found)> {
    let mut once: Vec<(TieKey, Found)> = Vec::with_capacity(ties.len());
    let mut told: HashMap<(String, String, String, Option<String>), usize> = HashMap::new();
    for (key, mut found) in ties {
        let words = (key.0.clone(), key.1.clone(), found.tie.label.clone(), key.3.clone());
        if let Some(&at) = told.get(&words)
            && let Some((_, first)) = once.get_mut(at)
            && first.tie.amount.is_none()
            && found.tie.amount.is_none()
            && (first.tie.bounds == found.tie.bounds || first.tie.bounds.is_none() || found.tie.bounds.is_none())
        {
            first.cited.append(&mut found.cited);
            first.tie.bounds = first.tie.bounds.take().or(found.tie.bounds);
            continue;
        }
        if !found.tie.label.is_empty() {
            told.entry(words).or_insert(once.len());
        }
        once.push((key, found));
    }
    once
}

/// What is at most `depth` ties away from a thing, in either direction.
fn near(focus: &str, depth: usize, ties: &[(TieKey, Found)]) -> BTreeSet<String> {
    let mut near: BTreeSet<String> = BTreeSet::from([focus.to_owned()]);
    for _ in 0..depth {
        let more: Vec<String> = ties
            .iter()
            .flat_map(|((from, to, ..), _)| [(from, to), (to, from)])
            .filter(|(known, new)| near.contains(*known) && !near.contains(*new))
            .map(|(_, new)| new.clone())
            .collect();
        if more.is_empty() {
            break;
        }
        near.extend(more);
    }
    near
}
