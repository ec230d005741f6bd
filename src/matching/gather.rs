//! The things of a graph with what tells them from each other: names, identifiers, what they refer to, when, with whom.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use oxigraph::model::{NamedNode, NamedOrBlankNode, Term};

use super::{Thing, likeness};
use crate::find::Making;
use crate::fold::fold_key;
use crate::iri::slug_fault;
use crate::ontology::preference;
use crate::schema::{Form, Schema};
use crate::store::{In, Store, StoreError};
use crate::vocab::{cg, rdf, skos, xsd};

/// Names of a thing beyond so many say nothing new.
const NAMES: usize = 40;

/// All things, and how common their words are.
pub struct Gathered<'a> {
    pub with: Making<'a>,
    pub things: Vec<Thing>,
    numbers: HashMap<String, u32>,
    /// The classes of kinds, by number.
    classes: Vec<NamedNode>,
    /// The keys that facts and identifiers stand under, in words; and whether a thing has one value of it at most.
    pub keys: Vec<(String, bool)>,
    /// In how many names a word stands.
    common: HashMap<String, u32>,
    /// How many things an identifier has.
    pub holders: HashMap<String, u32>,
    /// How many refer to a thing.
    pub referred: HashMap<u32, u32>,
}

impl<'a> Gathered<'a> {
    /// Reads them: a look at every statement under the keys of the schema.
    pub fn read(store: &Store, with: Making<'a>) -> Result<Self, StoreError> {
        let classes: BTreeSet<NamedNode> = with.schema.kinds.values().map(|kind| kind.class.clone()).collect();
        let mut gathered = Self {
            with,
            things: Vec::new(),
            numbers: HashMap::new(),
            classes: classes.into_iter().collect(),
            keys: Vec::new(),
            common: HashMap::new(),
            holders: HashMap::new(),
            referred: HashMap::new(),
        };
        gathered.types(store)?;
        gathered.names(store)?;
        gathered.keys(store)?;
        gathered.count();
        Ok(gathered)
    }

    fn types(&mut self, store: &Store) -> Result<(), StoreError> {
        for (number, class) in (0u32..).zip(self.classes.clone()) {
            let kind = self.with.schema.kind_of_class(class.as_str()).map(|kind| kind.name.clone());
            for quad in store.quads(None, Some(rdf::TYPE), Some(class.as_ref().into()), Some(In::Default)) {
                let NamedOrBlankNode::NamedNode(node) = quad?.subject else { continue };
                let iri = node.into_string();
                // Claims are named after what they say, and are one if they say the same.
                let slug = self.with.base.slug_of(&iri);
                if slug.is_some_and(|slug| slug_fault(slug).is_some()) {
                    continue;
                }
                let id = slug.map_or_else(|| format!("<{iri}>"), str::to_owned);
                let things = &mut self.things;
                let at = *self.numbers.entry(iri.clone()).or_insert_with(|| {
                    things.push(Thing { iri, id, ..Thing::default() });
                    u32::try_from(things.len() - 1).unwrap_or(u32::MAX)
                });
                self.things[at as usize].classes.insert(number);
                self.things[at as usize].kinds.extend(kind.clone());
            }
        }
        Ok(())
    }

    fn names(&mut self, store: &Store) -> Result<(), StoreError> {
        let naming = naming(self.with.schema);
        let mut labels: HashMap<u32, (u8, String)> = HashMap::new();
        for property in naming {
            for quad in store.quads(None, Some(property.as_ref()), None, Some(In::Default)) {
                let quad = quad?;
                let (NamedOrBlankNode::NamedNode(node), Term::Literal(name)) = (quad.subject, quad.object) else { continue };
                let Some(at) = self.numbers.get(node.as_str()) else { continue };
                if property.as_ref() == skos::PREF_LABEL {
                    let label = (preference(name.language(), self.with.language), name.value().to_owned());
                    let known = labels.entry(*at).or_insert_with(|| label.clone());
                    if label < *known {
                        *known = label;
                    }
                }
                let thing = &mut self.things[*at as usize];
                if thing.names.len() < NAMES && !thing.names.iter().any(|known| known == name.value()) {
                    thing.names.push(name.value().to_owned());
                }
            }
        }
        for (number, thing) in (0u32..).zip(&mut self.things) {
            thing.names.sort();
            let first = thing.names.first().cloned();
            thing.name = labels.remove(&number).map(|(_, name)| name).or(first).unwrap_or_else(|| thing.id.clone());
        }
        Ok(())
    }

    fn keys(&mut self, store: &Store) -> Result<(), StoreError> {
        let schema = self.with.schema;
        let mut properties: BTreeMap<&NamedNode, (&Form, String, bool)> = BTreeMap::new();
        for key in schema.kinds.values().flat_map(|kind| &kind.keys).filter(|key| !key.inverse) {
            properties.entry(&key.property).or_insert((&key.form, key.words(), key.max == Some(1)));
        }
        // Claims, by what they tie together.
        let mut claims: HashMap<String, BTreeSet<u32>> = HashMap::new();
        for (property, (form, words, single)) in properties {
            let number = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
            self.keys.push((words, single));
            let identifies = match form {
                Form::Iri => true,
                Form::Literal(datatype) => datatype.as_ref() == xsd::STRING,
                _ => false,
            };
            let refers = matches!(form, Form::Reference(_) | Form::Nested(_));
            let dates = *form == Form::Date;
            if !identifies && !refers && !dates {
                continue;
            }
            let looked = if dates { cg::EDTF.into_owned() } else { property.clone() };
            for quad in store.quads(None, Some(looked.as_ref()), None, Some(In::Default)) {
                let quad = quad?;
                let NamedOrBlankNode::NamedNode(node) = quad.subject else { continue };
                let at = self.numbers.get(node.as_str()).copied();
                match (at, &quad.object) {
                    (Some(at), Term::Literal(value)) if dates => _ = self.things[at as usize].dates.insert(value.value().to_owned()),
                    (Some(at), value) if identifies => {
                        let written = match value {
                            Term::Literal(literal) => literal.value(),
                            Term::NamedNode(address) if !address.as_str().starts_with(self.with.base.as_str()) => address.as_str(),
                            _ => continue,
                        };
                        let key = fold_key(written);
                        if (4..400).contains(&key.len()) {
                            self.things[at as usize].identifiers.insert((number, key), written.to_owned());
                        }
                    }
                    (Some(at), Term::NamedNode(object)) if refers => {
                        if let Some(other) = self.numbers.get(object.as_str()).copied() {
                            self.things[at as usize].facts.insert((number, other));
                        }
                    }
                    (None, Term::NamedNode(object)) if refers => {
                        if let Some(other) = self.numbers.get(object.as_str()) {
                            claims.entry(node.into_string()).or_default().insert(*other);
                        }
                    }
                    _ => {}
                }
            }
        }
        for tied in claims.into_values().filter(|tied| tied.len() <= 12) {
            for a in &tied {
                self.things[*a as usize].neighbours.extend(tied.iter().filter(|b| *b != a));
            }
        }
        Ok(())
    }

    fn count(&mut self) {
        for thing in &self.things {
            let words: BTreeSet<String> = thing.names.iter().flat_map(|name| likeness::words(name)).collect();
            for word in words {
                *self.common.entry(word).or_default() += 1;
            }
            let values: BTreeSet<&String> = thing.identifiers.keys().map(|(_, value)| value).collect();
            for value in values {
                *self.holders.entry(value.clone()).or_default() += 1;
            }
            for other in thing.neighbours.iter().copied().chain(thing.facts.iter().map(|(_, other)| *other)) {
                *self.referred.entry(other).or_default() += 1;
            }
        }
    }

    /// Whether two may be of one kind at all.
    pub fn comparable(&self, a: u32, b: u32) -> bool {
        let schema = self.with.schema;
        let class = |number: &u32| &self.classes[*number as usize];
        let (a, b) = (&self.things[a as usize], &self.things[b as usize]);
        a.classes.iter().any(|x| b.classes.iter().any(|y| schema.is_a(class(x), class(y)) || schema.is_a(class(y), class(x))))
    }

    /// How telling a word is: 1 where hardly any name has it, 0 where many have.
    pub fn rare(&self, word: &str) -> f64 {
        let count = f64::from(self.common.get(word).copied().unwrap_or(1));
        let all = (self.things.len() as f64).max(8.0);
        ((all / count).ln() / all.ln()).clamp(0.0, 1.0)
    }
}

/// The properties that give names: labels, and texts that stand under the heading of the name.
fn naming(schema: &Schema) -> BTreeSet<NamedNode> {
    let labels = [skos::PREF_LABEL, skos::ALT_LABEL, skos::HIDDEN_LABEL];
    let mut naming: BTreeSet<NamedNode> = labels.iter().map(|label| label.into_owned()).collect();
    for kind in schema.kinds.values() {
        naming.extend(kind.keys.iter().filter(|key| key.form == Form::Text && !key.free).map(|key| key.property.clone()));
    }
    naming
}
