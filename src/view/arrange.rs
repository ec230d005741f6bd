//! What a user asks of a view beyond its rows: other groups, sizes by connections, and the words for what that leaves unsaid.

use std::collections::BTreeMap;

use oxigraph::model::{NamedNode, Term};

use crate::diagram::{Graph, Group};
use crate::ontology::preference;
use crate::query::answer::Shown;
use crate::store::{In, StoreError};
use crate::vocab::{rdfs, skos};

/// What things are grouped by, other than the view's own groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grouping {
    /// Their kind, as the legend tells it.
    Kind,
    /// Nothing.
    None,
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
    /// How many things it is tied to.
    Degree,
    /// How many ties lead to it.
    InDegree,
    /// How many ties start from it.
    OutDegree,
    /// All are of one size.
    None,
}

impl Sizing {
    /// Every sizing with its name.
    pub const ALL: [(&'static str, Self); 4] =
        [("degree", Self::Degree), ("in-degree", Self::InDegree), ("out-degree", Self::OutDegree), ("none", Self::None)];

    /// The sizing of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, sizing)| *sizing)
    }
}

/// Groups the things of a graph anew; says how many have no group by it.
pub(super) fn group(graph: &mut Graph, grouping: &Grouping, shown: Shown<'_>) -> Result<(), StoreError> {
    let mut without = 0;
    for node in &mut graph.nodes {
        node.group = match grouping {
            Grouping::None => None,
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
            format!("nothing shown has a `{name}`: no groups")
        } else {
            format!("{} without a `{name}` in no group", count(without, "thing", "things"))
        });
    }
    Ok(())
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

/// Gives every thing its weight.
pub(super) fn size(graph: &mut Graph, sizing: Sizing) {
    let mut seen: BTreeMap<usize, std::collections::BTreeSet<usize>> = BTreeMap::new();
    for tie in graph.ties.iter().filter(|tie| tie.from != tie.to) {
        match sizing {
            Sizing::None => {}
            Sizing::InDegree => drop(seen.entry(tie.to).or_default().insert(tie.from)),
            Sizing::OutDegree => drop(seen.entry(tie.from).or_default().insert(tie.to)),
            Sizing::Degree => {
                seen.entry(tie.to).or_default().insert(tie.from);
                seen.entry(tie.from).or_default().insert(tie.to);
            }
        }
    }
    for (index, node) in graph.nodes.iter_mut().enumerate() {
        node.weight = seen.get(&index).map_or(0.0, |others| others.len() as f64);
    }
    let said = match sizing {
        Sizing::None => return,
        Sizing::Degree => "Larger: tied to more of the things shown",
        Sizing::InDegree => "Larger: more of the things shown lead to it",
        Sizing::OutDegree => "Larger: leads to more of the things shown",
    };
    graph.notes.push(said.to_owned());
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

/// `1 thing`, `2 things`.
pub(super) fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
