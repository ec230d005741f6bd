//! How shapes hang together: which lead back to themselves, which are shared, and under which name a fault is found.

use super::{MAX_DEPTH, Reader};
use crate::constraint::{Constraint, Shape, ShapeId};
use crate::fault::{Fault, ShapeFault};
use oxigraph::model::{NamedNode, NamedOrBlankNode, Term};
use std::collections::{BTreeMap, BTreeSet, HashSet};

impl Reader<'_> {
    /// Finds shapes that lead back to themselves or too deep, and marks those that several constraints refer to.
    pub(super) fn check_references(&mut self, shapes: &mut [Shape]) {
        let references: Vec<Vec<ShapeId>> =
            shapes.iter().map(|shape| shape.constraints.iter().flat_map(Constraint::shapes).collect()).collect();
        let mut referrers = vec![0_usize; shapes.len()];
        for &id in references.iter().flatten() {
            referrers[id] += 1;
        }
        for (shape, count) in shapes.iter_mut().zip(referrers) {
            shape.shared = count > 1;
        }
        // Depth first without recursion: `way` holds the shapes from the start to here and the next reference of each.
        let mut depth: Vec<Option<usize>> = vec![None; shapes.len()];
        for start in 0..shapes.len() {
            let mut way: Vec<(ShapeId, usize)> = if depth[start].is_none() { vec![(start, 0)] } else { Vec::new() };
            let mut on_way: HashSet<ShapeId> = way.iter().map(|step| step.0).collect();
            while let Some(&mut (id, ref mut next)) = way.last_mut() {
                if let Some(&reference) = references[id].get(*next) {
                    *next += 1;
                    if on_way.contains(&reference) {
                        let from = way.iter().position(|step| step.0 == reference).unwrap_or_default();
                        let through = way[from + 1..].iter().filter_map(|step| named(&shapes[step.0].node)).collect();
                        self.fault(&shapes[reference].node, Fault::Recursive { through });
                    } else if depth[reference].is_none() {
                        way.push((reference, 0));
                        on_way.insert(reference);
                    }
                    continue;
                }
                let below = references[id].iter().filter_map(|&reference| depth[reference]).max();
                depth[id] = Some(below.map_or(1, |below| below + 1));
                on_way.remove(&id);
                way.pop();
            }
            if depth[start] == Some(MAX_DEPTH + 1) {
                self.fault(&shapes[start].node, Fault::TooDeep { limit: MAX_DEPTH });
            }
        }
    }

    /// The faults with their owners, each once, ordered by place and text.
    pub(super) fn placed(&self) -> Vec<ShapeFault> {
        let mut faults = BTreeMap::new();
        for (node, fault) in &self.faults {
            let owner = match node {
                NamedOrBlankNode::NamedNode(_) => None,
                NamedOrBlankNode::BlankNode(_) => self.owner(node),
            };
            let place = owner.as_ref().map_or_else(|| node.to_string(), ToString::to_string);
            let placed = ShapeFault { shape: node.clone(), owner, fault: fault.clone() };
            faults.insert((place, fault.to_string(), node.to_string()), placed);
        }
        faults.into_values().collect()
    }

    /// The nearest named node from which a blank node can be reached.
    fn owner(&self, node: &NamedOrBlankNode) -> Option<NamedNode> {
        let mut seen = HashSet::from([node.clone()]);
        let mut here = vec![node.clone()];
        while !here.is_empty() {
            let mut owners = BTreeSet::new();
            let mut next = Vec::new();
            for node in here {
                for triple in self.graph.triples_for_object(&Term::from(node)) {
                    let subject = triple.subject.into_owned();
                    owners.extend(named(&subject));
                    if seen.insert(subject.clone()) {
                        next.push(subject);
                    }
                }
            }
            if let Some(owner) = owners.into_iter().next() {
                return Some(owner);
            }
            here = next;
        }
        None
    }
}

fn named(node: &NamedOrBlankNode) -> Option<NamedNode> {
    match node {
        NamedOrBlankNode::NamedNode(name) => Some(name.clone()),
        NamedOrBlankNode::BlankNode(_) => None,
    }
}
