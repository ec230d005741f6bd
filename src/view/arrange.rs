//! What a user asks of a view beyond its rows: other groups, sizes by connections, and the words for what that leaves unsaid.

use std::collections::BTreeMap;

use oxigraph::model::{NamedNode, Term};

use crate::diagram::{Graph, Group, Node, Tie};
use crate::network::{self, Metric};
use crate::ontology::preference;
use crate::query::answer::Shown;
use crate::store::{In, StoreError};
use crate::values::text::count;
use crate::vocab::{rdfs, skos};

/// What things are grouped by, other than the view's own groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grouping {
    /// Their kind, as the legend tells it.
    Kind,
    /// Nothing.
    None,
    /// The community or component that they are found in.
    Metric(Metric),
    /// The value of a property; with `inverse`, the statement runs from the value to the thing.
    Property {
        /// The property.
        property: NamedNode,
        /// Which way it runs.
        inverse: bool,
        /// What the user called it.
        name: String,
    },
}

/// What the size of a thing tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sizing {
    /// A number of it.
    Metric(Metric),
    /// All are of one size.
    None,
}

/// Groups the things of a graph anew; says how many have no group by it.
pub(super) fn group(graph: &mut Graph, grouping: &Grouping, shown: Shown<'_>) -> Result<(), StoreError> {
    if let Grouping::Metric(metric) = grouping {
        divide(graph, *metric);
        return Ok(());
    }
    let mut without = 0;
    for node in &mut graph.nodes {
        node.group = match grouping {
            Grouping::None | Grouping::Metric(_) => None,
            Grouping::Kind => Some(Group { key: node.class_label.clone(), label: node.class_label.clone() }),
            Grouping::Property { property, inverse, .. } => {
                let thing = NamedNode::new_unchecked(node.iri.clone());
                value(&thing, property, *inverse, shown)?
            }
        }
        .filter(|group| !group.label.is_empty());
        without += usize::from(node.group.is_none());
    }
    if let Grouping::Property { name, .. } = grouping
        && without > 0
    {
        graph.notes.push(if without == graph.nodes.len() {
            format!("no groups: `{name}` is stated of nothing shown")
        } else {
            format!(
                "{} in no group: `{name}` is not stated of {}",
                count(without, "thing", "things"),
                if without == 1 { "it" } else { "them" }
            )
        });
    }
    Ok(())
}

/// Of the groups that a view puts a thing into, the one that most of what it hangs together with is in.
pub(super) fn common_groups(nodes: &mut [Node], ties: &[Tie], groups: &[Vec<Group>]) {
    if groups.iter().all(|own| own.len() < 2) {
        return;
    }
    let mut part: Vec<usize> = (0..nodes.len()).collect();
    let root = |part: &[usize], mut v: usize| {
        while part[v] != v {
            v = part[v];
        }
        v
    };
    for tie in ties {
        let (a, b) = (root(&part, tie.from), root(&part, tie.to));
        part[a.max(b)] = a.min(b);
    }
    let mut count: BTreeMap<(usize, &Group), usize> = BTreeMap::new();
    for (v, own) in groups.iter().enumerate() {
        for group in own {
            *count.entry((root(&part, v), group)).or_default() += 1;
        }
    }
    for (v, own) in groups.iter().enumerate().filter(|(_, own)| own.len() > 1) {
        let here = root(&part, v);
        let best = own.iter().max_by(|a, b| count[&(here, *a)].cmp(&count[&(here, *b)]).then_with(|| b.cmp(a)));
        nodes[v].group = best.cloned();
    }
}

/// The value that a thing is grouped by; of several, the first by label.
fn value(thing: &NamedNode, property: &NamedNode, inverse: bool, shown: Shown<'_>) -> Result<Option<Group>, StoreError> {
    let terms: Vec<Term> = if inverse {
        let object = Term::from(thing.clone());
        let quads = shown.store.quads(None, Some(property.as_ref()), Some(object.as_ref()), Some(In::Default));
        quads.map(|quad| quad.map(|quad| quad.subject.into())).collect::<Result<_, _>>()?
    } else {
        shown.store.objects(thing.as_ref(), property.as_ref())?
    };
    let named = terms.into_iter().map(|term| match &term {
        Term::NamedNode(node) => {
            Group { key: node.as_str().to_owned(), label: shown.label(node.as_ref()).unwrap_or_else(|| shown.term(&term)) }
        }
        other => Group { key: shown.term(other), label: shown.term(other) },
    });
    Ok(named.min_by(|a, b| (&a.label, &a.key).cmp(&(&b.label, &b.key))))
}

/// Groups things by a division of the network, each group named after the thing in it with the most neighbors. One alone is no group.
fn divide(graph: &mut Graph, metric: Metric) {
    let numbers = network::measure(graph, metric);
    let neighbors = network::measure(graph, Metric::Neighbors);
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, number) in numbers.iter().enumerate() {
        members.entry(*number as usize).or_default().push(index);
    }
    for node in &mut graph.nodes {
        node.group = None;
    }
    for (number, members) in members.into_iter().filter(|(_, members)| members.len() > 1) {
        let first = members
            .iter()
            .copied()
            .max_by(|a, b| neighbors[*a].total_cmp(&neighbors[*b]).then_with(|| graph.nodes[*b].id.cmp(&graph.nodes[*a].id)));
        let Some(first) = first else { continue };
        let group = Group { key: format!("{number:06}"), label: format!("around {}", graph.nodes[first].label) };
        for member in members {
            graph.nodes[member].group = Some(group.clone());
        }
    }
    graph.notes.push(format!("Groups: the {} of each thing", metric.name()));
}

/// Gives every thing its weight.
pub(super) fn size(graph: &mut Graph, sizing: Sizing) {
    let Sizing::Metric(metric) = sizing else {
        for node in &mut graph.nodes {
            node.weight = 0.0;
        }
        return;
    };
    let values = network::measure(graph, metric);
    for (node, value) in graph.nodes.iter_mut().zip(values) {
        node.weight = value.max(0.0);
    }
    graph.notes.push(format!("Size: {}, {}", metric.name(), metric.definition()));
}

/// Says how many of the things shown have no name in a language that was asked for.
pub(super) fn names_missing(graph: &mut Graph, shown: Shown<'_>) -> Result<(), StoreError> {
    let mut missing = 0;
    for node in &graph.nodes {
        let thing = NamedNode::new_unchecked(node.iri.clone());
        let mut names = shown.store.objects(thing.as_ref(), skos::PREF_LABEL)?;
        names.extend(shown.store.objects(thing.as_ref(), rdfs::LABEL)?);
        let best = preference(Some(shown.language), shown.language);
        let has = names.iter().any(|name| matches!(name, Term::Literal(name) if preference(name.language(), shown.language) == best));
        missing += usize::from(!has);
    }
    if missing > 0 {
        let names = count(missing, "name", "names");
        graph.notes.push(format!("{names} not given in `{}`, shown in another language", shown.language));
    }
    Ok(())
}
