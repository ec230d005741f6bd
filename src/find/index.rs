//! The index of names: made once a build, kept in one file beside the graph, so that finding a thing opens neither the
//! graph nor the ontology.
//!
//! Names are numbered by how good a hit they make (own things before codes, names before other names, short before
//! long), so that the list of a word's names begins with the best. The words of all names are sorted, each with the
//! names that have it and where in them; beginnings of words are ranges of that list, and typos are found by going
//! through it with one number a word that tells its letters ([`mask`]).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use oxigraph::model::{NamedNode, NamedOrBlankNode, Term};
use serde::{Deserialize, Serialize};

use super::fold::{fold, fold_key, fold_long, initials};
use crate::iri::{Base, Prefixes, slug_fault};
use crate::ontology::{Ontology, preference};
use crate::schema::{Form, Schema};
use crate::store::{In, Store, StoreError};
use crate::vocab::{CODE, dcterms, owl, rdf, rdfs, skos};

/// The first bytes of an index, with the version of its form.
pub(super) const MAGIC: &[u8; 8] = b"cgnames\x01";
/// Words of a name beyond these are not indexed.
pub(super) const WORDS: usize = 64;
/// Keys longer than this are no identifiers that anyone types.
const LONGEST_KEY: usize = 400;

/// What a name is of its thing, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The id that records and commands use.
    Id,
    /// The name.
    Name,
    /// Another name, an acronym among them.
    OtherName,
    /// A code or an address that others use.
    Identifier,
    /// A misspelling found in a source.
    Misspelling,
    /// Made of the first letters of a name.
    Initials,
}

/// What a name or an identifier is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Property {
    pub role: Role,
    pub words: String,
}

/// A kind as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindName {
    /// The name in records.
    pub name: String,
    /// What people call one.
    pub label: String,
}

/// The kinds of a thing, as places in the list of kinds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct Kinds {
    /// The most special ones.
    pub shown: Vec<usize>,
    /// With those above them.
    pub all: Vec<usize>,
}

/// Names of one rank and length stand together: where they begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Run {
    pub first: u32,
    pub tier: u8,
    pub words: u8,
}

/// Where a column of the file begins and how long it is, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Column {
    pub start: u64,
    pub length: u64,
}

/// What stands at the head of the file, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    pub properties: Vec<Property>,
    pub kinds: Vec<KindName>,
    pub kind_sets: Vec<Kinds>,
    pub runs: Vec<Run>,
    /// [`THING`] bytes a thing: where its text begins, how long id and IRI are, where its name is among the texts of
    /// names and how long, which set of kinds.
    pub things: Column,
    pub thing_texts: Column,
    /// [`NAME`] bytes a name: where its text begins, its length, the thing, the property.
    pub names: Column,
    pub name_texts: Column,
    /// 4 bytes a word: where its text ends.
    pub word_ends: Column,
    pub word_texts: Column,
    /// 8 bytes a word: its [`mask`].
    pub masks: Column,
    /// 8 bytes a word: where its postings end.
    pub posting_ends: Column,
    /// For each name with the word: the distance from the name before as a variable-length number, and its place.
    pub postings: Column,
    /// [`KEY`] bytes a key, sorted by key: where its text begins and how long it is, where what it stands for is among the
    /// texts of names and how long, the thing, the property.
    pub keys: Column,
    pub key_texts: Column,
}

/// The bytes of a thing's row.
pub(super) const THING: usize = 2 * 8 + 4 * 4;
/// The bytes of a name's row.
pub(super) const NAME: usize = 8 + 4 * 3;
/// The bytes of a key's row.
pub(super) const KEY: usize = 2 * 8 + 4 * 4;

impl Head {
    /// All columns, in their order.
    pub(super) fn columns(&mut self) -> [&mut Column; 11] {
        [
            &mut self.things,
            &mut self.thing_texts,
            &mut self.names,
            &mut self.name_texts,
            &mut self.word_ends,
            &mut self.word_texts,
            &mut self.masks,
            &mut self.posting_ends,
            &mut self.postings,
            &mut self.keys,
            &mut self.key_texts,
        ]
    }
}

/// Which letters a word has, in the lower 58 bits, and how long it is, in the upper six. One edit changes at most two of
/// the bits, so most words are told to be far apart without being looked at.
pub(super) fn mask(word: &str) -> u64 {
    let mut letters = 0u64;
    let mut length = 0u64;
    for character in word.chars() {
        length += 1;
        let bit = match character {
            'a'..='z' => u32::from(character) - u32::from('a'),
            '0'..='9' => 26 + u32::from(character) - u32::from('0'),
            other => 36 + u32::from(other) % 22,
        };
        letters |= 1 << bit;
    }
    length.min(63) << 58 | letters
}

struct Thing {
    iri: String,
    id: String,
    label: Option<(u8, u8, String)>,
    types: BTreeSet<NamedNode>,
    own: bool,
}

/// What an index is made with.
#[derive(Debug, Clone, Copy)]
pub struct Making<'a> {
    /// Properties of names, and what they are called.
    pub ontology: &'a Ontology,
    /// Kinds and keys.
    pub schema: &'a Schema,
    /// The project's IRIs.
    pub base: &'a Base,
    /// The language that names are wanted in.
    pub language: &'a str,
}

/// Makes the index of a graph: the same bytes for the same graph. Costs one look at every name, type and identifier, and
/// a sort of all words.
///
/// # Errors
/// The storage reported a fault.
pub fn make(store: &Store, with: Making<'_>) -> Result<Vec<u8>, StoreError> {
    let mut gathered = Gathered::new(with);
    gathered.things(store)?;
    gathered.names(store)?;
    gathered.identifiers(store)?;
    gathered.once();
    gathered.initials();
    gathered.ids();
    Ok(gathered.write())
}

struct Gathered<'a> {
    with: Making<'a>,
    numbers: HashMap<String, u32>,
    things: Vec<Thing>,
    properties: Vec<Property>,
    /// (thing, property, text).
    names: Vec<(u32, u32, String)>,
    /// (key, thing, property, text).
    keys: Vec<(String, u32, u32, String)>,
}

impl<'a> Gathered<'a> {
    fn new(with: Making<'a>) -> Self {
        Self { with, numbers: HashMap::new(), things: Vec::new(), properties: Vec::new(), names: Vec::new(), keys: Vec::new() }
    }

    /// Notes a property; what is noted first is the better one where two say the same of a thing.
    fn property(&mut self, role: Role, words: String) -> u32 {
        self.properties.push(Property { role, words });
        short_number(self.properties.len() - 1)
    }

    /// What a property is called: as on pages, else by its own label, else as its key.
    fn words(&self, property: &NamedNode) -> Option<String> {
        let key = self.with.schema.kinds.values().flat_map(|kind| &kind.keys).find(|key| !key.inverse && key.property == *property);
        key.and_then(|key| key.label.clone())
            .or_else(|| self.with.ontology.label(property.as_ref(), self.with.language))
            .or_else(|| key.map(|key| key.name.replace('_', " ")))
    }

    fn number(&self, iri: &str) -> Option<u32> {
        self.numbers.get(iri).copied()
    }

    /// The number of a thing of the project or a code of a list; other nodes are nothing to be found.
    fn thing(&mut self, iri: &str, prefixes: &Prefixes) -> Option<u32> {
        if let Some(number) = self.number(iri) {
            return Some(number);
        }
        let slug = self.with.base.slug_of(iri);
        if slug.is_none() && !iri.starts_with(CODE) {
            return None;
        }
        let id = slug.map(str::to_owned).or_else(|| prefixes.shorten(iri)).unwrap_or_else(|| iri.to_owned());
        let number = u32::try_from(self.things.len()).expect("a graph has fewer than four billion things");
        self.things.push(Thing { iri: iri.to_owned(), id, label: None, types: BTreeSet::new(), own: slug.is_some() });
        self.numbers.insert(iri.to_owned(), number);
        Some(number)
    }

    /// The things that records name, and the kinds of all.
    fn things(&mut self, store: &Store) -> Result<(), StoreError> {
        let prefixes = &self.with.ontology.prefixes;
        let classes: BTreeSet<NamedNode> = self.with.schema.kinds.values().map(|kind| kind.class.clone()).collect();
        for class in classes {
            for quad in store.quads(None, Some(rdf::TYPE), Some(class.as_ref().into()), Some(In::Default)) {
                let NamedOrBlankNode::NamedNode(node) = quad?.subject else { continue };
                // Claims have minted paths and nobody types them.
                if self.with.base.slug_of(node.as_str()).is_some_and(|slug| slug_fault(slug).is_none())
                    && let Some(number) = self.thing(node.as_str(), prefixes)
                {
                    self.things[number as usize].types.insert(class.clone());
                }
            }
        }
        Ok(())
    }

    fn names(&mut self, store: &Store) -> Result<(), StoreError> {
        let prefixes = &self.with.ontology.prefixes;
        let mut seen = BTreeSet::new();
        for (root, role, own) in [
            (skos::PREF_LABEL, Role::Name, "name"),
            (rdfs::LABEL, Role::Name, "name"),
            (skos::ALT_LABEL, Role::OtherName, "other name"),
            (skos::HIDDEN_LABEL, Role::Misspelling, "misspelling"),
        ] {
            for property in below(self.with.ontology, root.into_owned(), &mut seen) {
                let words = self.words(&property).unwrap_or_else(|| own.to_owned());
                let at = self.property(role, words);
                for quad in store.quads(None, Some(property.as_ref()), None, Some(In::Default)) {
                    let quad = quad?;
                    let (NamedOrBlankNode::NamedNode(node), Term::Literal(literal)) = (quad.subject, quad.object) else { continue };
                    let Some(number) = self.thing(node.as_str(), prefixes) else { continue };
                    if role == Role::Name {
                        // As on every page: `skos:prefLabel` before `rdfs:label`, the wanted language before others.
                        let rank = (u8::from(root == rdfs::LABEL), preference(literal.language(), self.with.language));
                        let label = &mut self.things[number as usize].label;
                        if label.as_ref().is_none_or(|(a, b, known)| (rank.0, rank.1, literal.value()) < (*a, *b, known.as_str())) {
                            *label = Some((rank.0, rank.1, literal.value().to_owned()));
                        }
                    }
                    self.names.push((number, at, literal.value().to_owned()));
                }
            }
        }
        Ok(())
    }

    /// Codes that others use, and addresses that lead out of the project.
    fn identifiers(&mut self, store: &Store) -> Result<(), StoreError> {
        let mut seen = BTreeSet::new();
        let mut properties: Vec<NamedNode> = [skos::NOTATION, dcterms::IDENTIFIER, owl::SAME_AS]
            .into_iter()
            .flat_map(|root| below(self.with.ontology, root.into_owned(), &mut seen))
            .collect();
        let keys = self.with.schema.kinds.values().flat_map(|kind| &kind.keys);
        let addresses: BTreeSet<&NamedNode> = keys.filter(|key| key.form == Form::Iri && !key.inverse).map(|key| &key.property).collect();
        properties.extend(addresses.into_iter().filter(|property| !seen.contains(property)).cloned());
        for property in properties {
            let words = self.words(&property).unwrap_or_else(|| "identifier".to_owned());
            let at = self.property(Role::Identifier, words);
            for quad in store.quads(None, Some(property.as_ref()), None, Some(In::Default)) {
                let quad = quad?;
                let NamedOrBlankNode::NamedNode(node) = quad.subject else { continue };
                let value = match &quad.object {
                    Term::Literal(literal) => literal.value(),
                    Term::NamedNode(address) if !address.as_str().starts_with(self.with.base.as_str()) => address.as_str(),
                    _ => continue,
                };
                let Some(number) = self.number(node.as_str()) else { continue };
                self.key(value, fold_key(value), number, at);
            }
        }
        Ok(())
    }

    fn key(&mut self, value: &str, key: String, thing: u32, property: u32) {
        if !key.is_empty() && key.len() <= LONGEST_KEY && value.len() <= LONGEST_KEY {
            self.keys.push((key, thing, property, value.to_owned()));
        }
    }

    /// What a rule concludes from a special property for a general one (an acronym is another name) is one name: the
    /// special one, which was gathered first.
    fn once(&mut self) {
        self.names.sort_unstable_by(|a, b| (a.0, &a.2, a.1).cmp(&(b.0, &b.2, b.1)));
        self.names.dedup_by(|b, a| a.0 == b.0 && a.2 == b.2);
    }

    /// Initials of the names of things for which no acronym is recorded.
    fn initials(&mut self) {
        let at = self.property(Role::Initials, "initials".to_owned());
        let acronym = |text: &str| {
            !text.contains(char::is_whitespace)
                && text.chars().filter(|c| c.is_uppercase()).count() >= 2
                && !text.contains(char::is_lowercase)
        };
        let roles: Vec<Role> = self.properties.iter().map(|property| property.role).collect();
        let role = |property: u32| roles[property as usize];
        let with_acronym: BTreeSet<u32> = self
            .names
            .iter()
            .filter(|(_, property, text)| role(*property) == Role::OtherName && acronym(text))
            .map(|(thing, ..)| *thing)
            .collect();
        let mut keys = Vec::new();
        for (thing, property, text) in &self.names {
            if role(*property) <= Role::OtherName && self.things[*thing as usize].own && !with_acronym.contains(thing) {
                keys.extend(initials(text).into_iter().map(|key| (key, *thing, at, text.clone())));
            }
        }
        self.keys.extend(keys);
    }

    /// The words of an id count as a name where there is no other.
    fn ids(&mut self) {
        let at = self.property(Role::Id, "id".to_owned());
        let mut named = vec![false; self.things.len()];
        self.names.iter().for_each(|(thing, ..)| named[*thing as usize] = true);
        for (number, thing) in self.things.iter().enumerate().filter(|(number, thing)| thing.own && !named[*number]) {
            self.names.push((short_number(number), at, thing.id.clone()));
        }
    }

    fn write(mut self) -> Vec<u8> {
        let order = self.sort_things();
        self.keys.sort_unstable_by(|a, b| (&a.0, a.1, &a.3, a.2).cmp(&(&b.0, b.1, &b.3, b.2)));
        self.keys.dedup_by(|b, a| a.0 == b.0 && a.1 == b.1 && a.3 == b.3);
        let kinds: Vec<KindName> =
            self.with.schema.kinds.values().map(|kind| KindName { name: kind.name.clone(), label: kind.label.clone() }).collect();
        let mut columns = Columns::default();
        let mut texts = Texts::default();
        let runs = self.write_names(&order, &mut columns, &mut texts);
        let kind_sets = self.write_things(&order, &mut columns, &mut texts);
        self.write_keys(&mut columns, &mut texts);
        columns.name_texts = texts.bytes;
        let head = Head {
            properties: self.properties.clone(),
            kinds,
            kind_sets,
            runs,
            things: Column::default(),
            thing_texts: Column::default(),
            names: Column::default(),
            name_texts: Column::default(),
            word_ends: Column::default(),
            word_texts: Column::default(),
            masks: Column::default(),
            posting_ends: Column::default(),
            postings: Column::default(),
            keys: Column::default(),
            key_texts: Column::default(),
        };
        columns.join(head)
    }

    /// Numbers the things by IRI, whatever order they were met in.
    fn sort_things(&mut self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.things.len()).collect();
        order.sort_unstable_by(|a, b| self.things[*a].iri.cmp(&self.things[*b].iri));
        let mut place = vec![0u32; order.len()];
        for (new, old) in order.iter().enumerate() {
            place[*old] = u32::try_from(new).expect("things are numbered in 32 bits");
        }
        self.names.iter_mut().for_each(|name| name.0 = place[name.0 as usize]);
        self.keys.iter_mut().for_each(|key| key.1 = place[key.1 as usize]);
        order
    }

    fn write_things<'t>(&'t self, order: &[usize], columns: &mut Columns, texts: &mut Texts<'t>) -> Vec<Kinds> {
        let mut sets: BTreeMap<Kinds, usize> = BTreeMap::new();
        let mut of_types: HashMap<&BTreeSet<NamedNode>, Kinds> = HashMap::new();
        let things: Vec<(&Thing, Kinds)> = order
            .iter()
            .map(|number| {
                let thing = &self.things[*number];
                let kinds = of_types.entry(&thing.types).or_insert_with(|| self.kinds(&thing.types)).clone();
                sets.entry(kinds.clone()).or_default();
                (thing, kinds)
            })
            .collect();
        sets.values_mut().enumerate().for_each(|(number, at)| *at = number);
        for (thing, kinds) in things {
            let name = thing.label.as_ref().map_or("", |(_, _, label)| label.as_str());
            // The IRI of a thing of the project follows from its id.
            let iri = if thing.own { "" } else { thing.iri.as_str() };
            columns.things.extend_from_slice(&(columns.thing_texts.len() as u64).to_le_bytes());
            columns.things.extend_from_slice(&texts.place(name).to_le_bytes());
            for number in [thing.id.len(), iri.len(), name.len(), sets[&kinds]] {
                columns.things.extend_from_slice(&short(number));
            }
            for text in [thing.id.as_str(), iri] {
                columns.thing_texts.extend_from_slice(text.as_bytes());
            }
        }
        sets.into_keys().collect()
    }

    fn kinds(&self, types: &BTreeSet<NamedNode>) -> Kinds {
        let schema = self.with.schema;
        let all: Vec<usize> = (schema.kinds.values().enumerate())
            .filter(|(_, kind)| types.iter().any(|class| schema.is_a(class, &kind.class)))
            .map(|(at, _)| at)
            .collect();
        let class = |at: usize| schema.kinds.values().nth(at).map(|kind| &kind.class);
        let special = |at: &usize| {
            types.iter().any(|own| Some(own) == class(*at))
                && !types.iter().any(|own| {
                    class(*at).is_some_and(|class| own != class && schema.is_a(own, class) && schema.kind_of_class(own.as_str()).is_some())
                })
        };
        Kinds { shown: all.iter().copied().filter(special).collect(), all }
    }

    fn write_names<'t>(&'t self, order: &[usize], columns: &mut Columns, texts: &mut Texts<'t>) -> Vec<Run> {
        struct Name {
            tier: u8,
            words: u8,
            letters: u32,
            folded: String,
            thing: u32,
            property: u32,
            text: u32,
        }
        let own: Vec<bool> = order.iter().map(|number| self.things[*number].own).collect();
        let mut names: Vec<Name> = Vec::with_capacity(self.names.len());
        for (index, (thing, property, text)) in self.names.iter().enumerate() {
            let tier = tier(self.properties[*property as usize].role, own[*thing as usize]);
            for folded in std::iter::once(fold(text)).chain(fold_long(text)) {
                let words = folded.split(' ').filter(|word| !word.is_empty()).count();
                if words == 0 {
                    continue;
                }
                names.push(Name {
                    tier,
                    words: u8::try_from(words.min(WORDS + 1)).expect("64 words fit into a byte"),
                    letters: u32::try_from(text.chars().count()).unwrap_or(u32::MAX),
                    folded,
                    thing: *thing,
                    property: *property,
                    text: short_number(index),
                });
            }
        }
        let text = |name: &Name| self.names[name.text as usize].2.as_str();
        names.sort_unstable_by(|a, b| {
            (a.tier, a.words, a.letters, &a.folded, a.thing, text(a), a.property).cmp(&(
                b.tier,
                b.words,
                b.letters,
                &b.folded,
                b.thing,
                text(b),
                b.property,
            ))
        });
        names.dedup_by(|b, a| a.thing == b.thing && a.property == b.property && a.folded == b.folded);

        let mut runs: Vec<Run> = Vec::new();
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let mut spots: Vec<(u32, u32, u8)> = Vec::new();
        for (number, name) in names.iter().enumerate() {
            let number = short_number(number);
            if runs.last().is_none_or(|run| (run.tier, run.words) != (name.tier, name.words)) {
                runs.push(Run { first: number, tier: name.tier, words: name.words });
            }
            let shown = text(name);
            columns.names.extend_from_slice(&texts.place(shown).to_le_bytes());
            for field in [short(shown.len()), name.thing.to_le_bytes(), name.property.to_le_bytes()] {
                columns.names.extend_from_slice(&field);
            }
            for (place, word) in name.folded.split(' ').take(WORDS).enumerate() {
                let next = short_number(numbers.len());
                let word = *numbers.entry(word).or_insert(next);
                spots.push((word, number, u8::try_from(place).expect("64 words fit into a byte")));
            }
        }
        let mut words: Vec<(&str, u32)> = numbers.into_iter().collect();
        words.sort_unstable();
        let mut place = vec![0u32; words.len()];
        for (new, (word, old)) in words.iter().enumerate() {
            place[*old as usize] = short_number(new);
            columns.word_texts.extend_from_slice(word.as_bytes());
            columns.word_ends.extend_from_slice(&short(columns.word_texts.len()));
            columns.masks.extend_from_slice(&mask(word).to_le_bytes());
        }
        spots.iter_mut().for_each(|spot| spot.0 = place[spot.0 as usize]);
        spots.sort_unstable();
        let mut spots = spots.into_iter().peekable();
        for word in 0..short_number(words.len()) {
            let mut before = 0;
            while let Some((_, name, place)) = spots.next_if(|spot| spot.0 == word) {
                variable(name - before, &mut columns.postings);
                columns.postings.push(place);
                before = name;
            }
            columns.posting_ends.extend_from_slice(&(columns.postings.len() as u64).to_le_bytes());
        }
        runs
    }

    fn write_keys<'t>(&'t self, columns: &mut Columns, texts: &mut Texts<'t>) {
        let mut before = ("", 0);
        for (key, thing, property, value) in &self.keys {
            if before.0 != key {
                before = (key, columns.key_texts.len() as u64);
                columns.key_texts.extend_from_slice(key.as_bytes());
            }
            columns.keys.extend_from_slice(&before.1.to_le_bytes());
            columns.keys.extend_from_slice(&texts.place(value).to_le_bytes());
            for field in [short(key.len()), short(value.len()), thing.to_le_bytes(), property.to_le_bytes()] {
                columns.keys.extend_from_slice(&field);
            }
        }
    }
}

/// The texts of names, each once.
#[derive(Default)]
struct Texts<'t> {
    places: HashMap<&'t str, u64>,
    bytes: Vec<u8>,
}

impl<'t> Texts<'t> {
    fn place(&mut self, text: &'t str) -> u64 {
        *self.places.entry(text).or_insert_with(|| {
            let place = self.bytes.len() as u64;
            self.bytes.extend_from_slice(text.as_bytes());
            place
        })
    }
}

/// How good a hit a name makes: own things before codes, names before other names, ids last.
fn tier(role: Role, own: bool) -> u8 {
    let rank = match role {
        Role::Name => 0,
        Role::OtherName | Role::Identifier | Role::Initials => 1,
        Role::Misspelling => 2,
        Role::Id => 3,
    };
    if own { rank } else { rank + 4 }
}

/// A property with all below it that have not been seen, the most special first.
fn below(ontology: &Ontology, root: NamedNode, seen: &mut BTreeSet<NamedNode>) -> Vec<NamedNode> {
    let mut all = Vec::new();
    let mut open = vec![(0, root)];
    while let Some((depth, property)) = open.pop() {
        if seen.insert(property.clone()) {
            open.extend(ontology.subjects(rdfs::SUB_PROPERTY_OF, &property).into_iter().map(|below| (depth + 1, below)));
            all.push((std::cmp::Reverse(depth), property));
        }
    }
    all.sort();
    all.into_iter().map(|(_, property)| property).collect()
}

fn short_number(number: usize) -> u32 {
    u32::try_from(number).expect("an index has fewer than four billion names, words and letters of words")
}

fn short(number: usize) -> [u8; 4] {
    short_number(number).to_le_bytes()
}

/// A number in groups of seven bits, the lowest first.
fn variable(mut number: u32, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 & 0x7F | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// The columns while they grow.
#[derive(Default)]
struct Columns {
    things: Vec<u8>,
    thing_texts: Vec<u8>,
    names: Vec<u8>,
    name_texts: Vec<u8>,
    word_ends: Vec<u8>,
    word_texts: Vec<u8>,
    masks: Vec<u8>,
    posting_ends: Vec<u8>,
    postings: Vec<u8>,
    keys: Vec<u8>,
    key_texts: Vec<u8>,
}

impl Columns {
    fn join(self, mut head: Head) -> Vec<u8> {
        let columns = [
            self.things,
            self.thing_texts,
            self.names,
            self.name_texts,
            self.word_ends,
            self.word_texts,
            self.masks,
            self.posting_ends,
            self.postings,
            self.keys,
            self.key_texts,
        ];
        // Places are counted from the end of the head, whose length depends on them.
        let mut start = 0;
        for (place, bytes) in head.columns().into_iter().zip(&columns) {
            *place = Column { start, length: bytes.len() as u64 };
            start += bytes.len() as u64;
        }
        let json = serde_json::to_vec(&head).expect("numbers and texts are JSON");
        let mut all = Vec::with_capacity(16 + json.len() + columns.iter().map(Vec::len).sum::<usize>());
        all.extend_from_slice(MAGIC);
        all.extend_from_slice(&(json.len() as u64).to_le_bytes());
        all.extend_from_slice(&json);
        columns.iter().for_each(|bytes| all.extend_from_slice(bytes));
        all
    }
}
