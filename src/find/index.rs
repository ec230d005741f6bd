//! The index of names: made once a build, kept in one file beside the graph, so that finding a thing opens neither the
//! graph nor the ontology. Here is what the file holds; [`gather`](super::gather) collects it from the graph,
//! [`write`](super::write) lays it out, [`file`](super::file) reads it.
//!
//! Names are numbered by how good a hit they make (own things before codes, names before other names, short before
//! long), so that the list of a word's names begins with the best. The words of all names are sorted, each with the
//! names that have it and where in them; beginnings of words are ranges of that list, and typos are found by going
//! through it with one number a word that tells its letters ([`mask`]).

use serde::{Deserialize, Serialize};

/// The first bytes of an index, with the version of its form.
pub(super) const MAGIC: &[u8; 8] = b"cgnames\x01";
/// Words of a name beyond these are not indexed.
pub(super) const WORDS: usize = 64;

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

/// A number as the file has it.
pub(super) fn short_number(number: usize) -> u32 {
    u32::try_from(number).expect("an index has fewer than four billion names, words and letters of words")
}
