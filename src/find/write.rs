//! Laying out an index of names: rows, sorted words with their names, sorted keys, in the columns of one file.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use oxigraph::model::NamedNode;

use super::gather::{Gathered, Thing};
use super::index::{Column, Head, KindName, Kinds, MAGIC, Role, Run, WORDS, mask, short_number};
use crate::fold::{fold, fold_long};

impl Gathered<'_> {
    /// The whole file.
    pub(super) fn write(mut self) -> Vec<u8> {
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
