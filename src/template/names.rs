//! The names that exist in a graph, as cells may refer to things by them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use oxigraph::model::{NamedNode, NamedOrBlankNode, Term};

use crate::fold::fold;
use crate::iri::{self, Base, Prefixes};
use crate::ontology::preference;
use crate::schema::Schema;
use crate::store::{In, Store, StoreError};
use crate::vocab::{rdf, skos};

/// The things of a graph with their classes, and what cells call them.
#[derive(Debug, Default)]
pub struct Names {
    things: BTreeMap<String, (BTreeSet<NamedNode>, String)>,
    /// How many things have a name, folded.
    shared: HashMap<String, BTreeSet<String>>,
    words: BTreeMap<String, String>,
}

impl Names {
    /// Reads them from a graph: a look at every type and every name.
    ///
    /// # Errors
    /// The storage reported a fault.
    pub fn read(store: &Store, base: &Base, prefixes: &Prefixes, language: &str) -> Result<Self, StoreError> {
        let mut names = Self::default();
        let mut labels: BTreeMap<String, (u8, String)> = BTreeMap::new();
        for quad in store.quads(None, Some(skos::PREF_LABEL), None, Some(In::Default)) {
            let quad = quad?;
            let (NamedOrBlankNode::NamedNode(thing), Term::Literal(name)) = (quad.subject, quad.object) else { continue };
            names.shared.entry(fold(name.value())).or_default().insert(thing.as_str().to_owned());
            let label = (preference(name.language(), language), name.value().to_owned());
            let known = labels.entry(thing.into_string()).or_insert_with(|| label.clone());
            if label < *known {
                *known = label;
            }
        }
        for quad in store.quads(None, Some(rdf::TYPE), None, Some(In::Default)) {
            let quad = quad?;
            let (NamedOrBlankNode::NamedNode(thing), Term::NamedNode(class)) = (quad.subject, quad.object) else { continue };
            let Some((_, name)) = labels.get(thing.as_str()) else { continue };
            names.things.entry(thing.into_string()).or_insert_with(|| (BTreeSet::new(), name.clone())).0.insert(class);
        }
        for (thing, (_, name)) in &names.things {
            let slug = base.slug_of(thing).filter(|slug| iri::slug_fault(slug).is_none());
            // A name that would be read as something else, or that several have, gives way to the id.
            let plain = name.trim() == name
                && !name.contains([';', '\n', '\r', '\t'])
                && prefixes.expand(name).is_none()
                && iri::slug_fault(name).is_some();
            let alone = names.shared.get(&fold(name)).is_none_or(|things| things.len() == 1);
            let words = if plain && alone { name.clone() } else { slug.map_or_else(|| format!("<{thing}>"), str::to_owned) };
            names.words.insert(thing.clone(), words);
        }
        Ok(names)
    }

    /// What cells call the things of these classes, or of any; in the order of the alphabet.
    pub fn of(&self, classes: &[NamedNode], schema: &Schema) -> Vec<String> {
        let fits = |own: &BTreeSet<NamedNode>| {
            let mut known = own.iter().filter(|class| schema.kind_of_class(class.as_str()).is_some());
            if classes.is_empty() {
                known.next().is_some()
            } else {
                known.any(|class| classes.iter().any(|wanted| schema.is_a(class, wanted)))
            }
        };
        let fitting = self.things.iter().filter(|(_, (own, _))| fits(own));
        let mut words: Vec<String> = fitting.filter_map(|(thing, _)| self.words.get(thing).cloned()).collect();
        words.sort_by_cached_key(|word| (fold(word), word.clone()));
        words
    }
}
