//! Reading an index: a few pieces of the file, or of memory, as a search asks for them.
//!
//! The file is [sealed](crate::sealed), and every number is checked against what there is: a damaged file gives an error.

use std::ops::Range;
use std::sync::Arc;

use super::index::{Column, Head, KEY, KindName, Kinds, MAGIC, NAME, Property, Run, THING};
use crate::iri::Base;
use crate::sealed::{Damaged, Pieces, Unread};
use crate::store::StoreError;

/// An index of names, opened.
#[derive(Debug)]
pub struct Names {
    source: Source,
    /// Where the columns begin.
    start: u64,
    pub(super) head: Head,
    base: Base,
}

#[derive(Debug)]
enum Source {
    Memory(Vec<u8>),
    File(Arc<Pieces>),
}

/// A thing as the index has it.
#[derive(Debug)]
pub(super) struct ThingRow {
    pub id: String,
    pub name: String,
    /// Empty for things of the project, whose IRI follows from the id.
    pub iri: String,
    pub kinds: usize,
}

/// A name as the index has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct NameRow {
    pub thing: u32,
    pub property: usize,
    start: u64,
    length: usize,
}

/// A key as the index has it.
#[derive(Debug)]
pub(super) struct KeyRow {
    pub key: Vec<u8>,
    value: (u64, usize),
    pub thing: u32,
    pub property: usize,
}

/// All words with what tells them apart: what a search for typos goes through.
pub(super) struct Words {
    masks: Vec<u8>,
    ends: Vec<u8>,
    texts: Vec<u8>,
}

impl Names {
    /// Takes the file of an index.
    ///
    /// # Errors
    /// It is none, or it cannot be read.
    pub fn open(file: Arc<Pieces>, base: &Base) -> Result<Self, StoreError> {
        Self::start(Source::File(file), base)
    }

    /// Takes an index that was just made.
    ///
    /// # Errors
    /// It is none.
    pub fn from_bytes(bytes: Vec<u8>, base: &Base) -> Result<Self, StoreError> {
        Self::start(Source::Memory(bytes), base)
    }

    fn start(source: Source, base: &Base) -> Result<Self, StoreError> {
        let first = source.read(0..16)?;
        let (magic, length) = first.split_at(8);
        if magic != MAGIC {
            return Err(damaged());
        }
        let length = u64::from_le_bytes(length.try_into().map_err(|_| damaged())?);
        // A head names properties and kinds, never things: it is small.
        if length > 1 << 26 {
            return Err(damaged());
        }
        let head: Head = serde_json::from_slice(&source.read(16..16 + length)?).map_err(|_| damaged())?;
        Ok(Self { source, start: 16 + length, head, base: base.clone() })
    }

    /// The kinds that things may have, by name.
    pub fn kinds(&self) -> &[KindName] {
        &self.head.kinds
    }

    pub(super) fn base(&self) -> &Base {
        &self.base
    }

    /// A piece of a column.
    fn piece(&self, column: Column, range: Range<u64>) -> Result<Vec<u8>, StoreError> {
        if range.start > range.end || range.end > column.length {
            return Err(damaged());
        }
        let from = self.start.checked_add(column.start).ok_or_else(damaged)?;
        self.source.read(from + range.start..from + range.end)
    }

    fn row(&self, column: Column, size: usize, number: u32) -> Result<Vec<u8>, StoreError> {
        let start = u64::from(number) * size as u64;
        self.piece(column, start..start + size as u64)
    }

    pub(super) fn thing(&self, number: u32) -> Result<ThingRow, StoreError> {
        let row = self.row(self.head.things, THING, number)?;
        let [id, iri, name, kinds] = [16, 20, 24, 28].map(|at| short(&row, at) as usize);
        let mut text = self.text(self.head.thing_texts, long(&row, 0), id + iri)?;
        let iri = text.split_off(id);
        let name = self.text(self.head.name_texts, long(&row, 8), name)?;
        Ok(ThingRow { id: words(text), name: words(name), iri: words(iri), kinds })
    }

    fn text(&self, column: Column, start: u64, length: usize) -> Result<Vec<u8>, StoreError> {
        self.piece(column, start..start.saturating_add(length as u64))
    }

    pub(super) fn name(&self, number: u32) -> Result<NameRow, StoreError> {
        let row = self.row(self.head.names, NAME, number)?;
        Ok(NameRow { start: long(&row, 0), length: short(&row, 8) as usize, thing: short(&row, 12), property: short(&row, 16) as usize })
    }

    pub(super) fn name_text(&self, row: NameRow) -> Result<String, StoreError> {
        Ok(words(self.text(self.head.name_texts, row.start, row.length)?))
    }

    pub(super) fn key(&self, number: u32) -> Result<KeyRow, StoreError> {
        let row = self.row(self.head.keys, KEY, number)?;
        let [key, value, thing, property] = [16, 20, 24, 28].map(|at| short(&row, at));
        let key = self.text(self.head.key_texts, long(&row, 0), key as usize)?;
        Ok(KeyRow { key, value: (long(&row, 8), value as usize), thing, property: property as usize })
    }

    /// What a key stands for.
    pub(super) fn key_text(&self, row: &KeyRow) -> Result<String, StoreError> {
        Ok(words(self.text(self.head.name_texts, row.value.0, row.value.1)?))
    }

    fn thing_count(&self) -> u32 {
        (self.head.things.length / THING as u64) as u32
    }

    pub(super) fn key_count(&self) -> u32 {
        (self.head.keys.length / KEY as u64) as u32
    }

    pub(super) fn name_count(&self) -> u32 {
        (self.head.names.length / NAME as u64) as u32
    }

    pub(super) fn word_count(&self) -> u32 {
        (self.head.word_ends.length / 4) as u32
    }

    pub(super) fn property(&self, number: usize) -> Result<&Property, StoreError> {
        self.head.properties.get(number).ok_or_else(damaged)
    }

    pub(super) fn kind_set(&self, number: usize) -> Result<&Kinds, StoreError> {
        self.head.kind_sets.get(number).ok_or_else(damaged)
    }

    /// The rank and the number of words of a name.
    pub(super) fn run(&self, name: u32) -> Option<Run> {
        let after = self.head.runs.partition_point(|run| run.first <= name);
        self.head.runs.get(after.checked_sub(1)?).copied()
    }

    pub(super) fn word(&self, number: u32) -> Result<Vec<u8>, StoreError> {
        let ends = match number.checked_sub(1) {
            None => [vec![0; 4], self.row(self.head.word_ends, 4, 0)?].concat(),
            Some(before) => self.piece(self.head.word_ends, 4 * u64::from(before)..4 * u64::from(before) + 8)?,
        };
        self.piece(self.head.word_texts, u64::from(short(&ends, 0))..u64::from(short(&ends, 4)))
    }

    /// The first word that is not before a text.
    pub(super) fn first_word(&self, text: &[u8]) -> Result<u32, StoreError> {
        first(self.word_count(), |number| Ok(self.word(number)?.as_slice() < text))
    }

    /// The words that begin so.
    pub(super) fn words_with(&self, beginning: &str) -> Result<Range<u32>, StoreError> {
        let from = self.first_word(beginning.as_bytes())?;
        // No letter's bytes begin so high.
        let to = self.first_word(&[beginning.as_bytes(), &[0xFF]].concat())?;
        Ok(from..to)
    }

    /// The keys that begin so.
    pub(super) fn keys_with(&self, beginning: &str) -> Result<Range<u32>, StoreError> {
        let from = first(self.key_count(), |number| Ok(self.key(number)?.key.as_slice() < beginning.as_bytes()))?;
        let end = [beginning.as_bytes(), &[0xFF]].concat();
        Ok(from..first(self.key_count(), |number| Ok(self.key(number)?.key < end))?)
    }

    /// The project's things whose ids begin so, by number: in the order of their ids.
    pub(super) fn things_with(&self, beginning: &str) -> Result<Range<u32>, StoreError> {
        let before = |number: u32, wanted: &str| {
            let row = self.thing(number)?;
            Ok(if row.iri.is_empty() { self.base.thing(&row.id).as_str() < wanted } else { row.iri.as_str() < wanted })
        };
        let wanted = self.base.thing(beginning).into_string();
        // No letter of an id comes so late.
        let after = format!("{wanted}\u{10FFFF}");
        Ok(first(self.thing_count(), |number| before(number, &wanted))?..first(self.thing_count(), |number| before(number, &after))?)
    }

    /// The ids of the project's things that begin so, at most so many, in their order, each with the thing's name.
    ///
    /// # Errors
    /// The index is damaged or cannot be read.
    pub fn ids(&self, beginning: &str, most: usize) -> Result<Vec<(String, String)>, StoreError> {
        let things = self.things_with(beginning)?.take(most).map(|number| self.thing(number));
        things.map(|row| row.map(|row| (row.id, row.name))).collect()
    }

    /// All ids of the project's things, with the things' numbers.
    pub(super) fn all_ids(&self, mut each: impl FnMut(u32, &str)) -> Result<(), StoreError> {
        let whole = |column: Column| self.piece(column, 0..column.length);
        let (rows, texts) = (whole(self.head.things)?, whole(self.head.thing_texts)?);
        for (number, row) in (0..).zip(rows.chunks_exact(THING)) {
            let (start, id, iri) = (long(row, 0) as usize, short(row, 16) as usize, short(row, 20));
            if iri == 0
                && let Some(id) = texts.get(start..start.saturating_add(id)).and_then(|id| std::str::from_utf8(id).ok())
            {
                each(number, id);
            }
        }
        Ok(())
    }

    /// The names that have one of a range of words, with the word's place in each: unsorted where the words are several.
    pub(super) fn postings(&self, words: Range<u32>, mut each: impl FnMut(u32, u8)) -> Result<(), StoreError> {
        if words.is_empty() {
            return Ok(());
        }
        let before = u64::from(words.start.saturating_sub(1));
        let mut ends = self.piece(self.head.posting_ends, 8 * before..8 * u64::from(words.end))?;
        if words.start == 0 {
            ends.splice(0..0, [0; 8]);
        }
        let ends: Vec<u64> = ends.chunks_exact(8).map(|end| long(end, 0)).collect();
        let (Some(first), Some(last)) = (ends.first(), ends.last()) else { return Ok(()) };
        let bytes = self.piece(self.head.postings, *first..*last)?;
        for pair in ends.windows(2) {
            let range = pair[0].checked_sub(*first).zip(pair[1].checked_sub(*first)).ok_or_else(damaged)?;
            let mut rest = bytes.get(range.0 as usize..range.1 as usize).ok_or_else(damaged)?.iter();
            let mut name = 0u32;
            while !rest.as_slice().is_empty() {
                let (mut delta, mut shift) = (0u32, 0);
                for byte in rest.by_ref() {
                    delta |= u32::from(byte & 0x7F).checked_shl(shift).ok_or_else(damaged)?;
                    shift += 7;
                    if byte & 0x80 == 0 {
                        break;
                    }
                }
                name = name.wrapping_add(delta);
                each(name, *rest.next().ok_or_else(damaged)?);
            }
        }
        Ok(())
    }

    /// All words, for going through them.
    pub(super) fn words(&self) -> Result<Words, StoreError> {
        let whole = |column: Column| self.piece(column, 0..column.length);
        Ok(Words { masks: whole(self.head.masks)?, ends: whole(self.head.word_ends)?, texts: whole(self.head.word_texts)? })
    }
}

impl Words {
    /// The masks, by number of word.
    pub(super) fn masks(&self) -> impl Iterator<Item = (u32, u64)> {
        (0..).zip(self.masks.chunks_exact(8).map(|mask| long(mask, 0)))
    }

    /// A word, by number.
    pub(super) fn text(&self, number: u32) -> &str {
        let end = |number: usize| self.ends.get(4 * number..4 * number + 4).map_or(0, |end| short(end, 0) as usize);
        let from = (number as usize).checked_sub(1).map_or(0, end);
        self.texts.get(from..end(number as usize)).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default()
    }
}

impl Source {
    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, StoreError> {
        match self {
            Self::Memory(bytes) => Ok(bytes.get(range.start as usize..range.end as usize).ok_or_else(damaged)?.to_vec()),
            Self::File(pieces) => pieces.piece(range).map_err(StoreError::names),
        }
    }
}

/// The first number for which something no longer holds, of so many.
fn first(count: u32, mut holds: impl FnMut(u32) -> Result<bool, StoreError>) -> Result<u32, StoreError> {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low.midpoint(high);
        if holds(middle)? { low = middle + 1 } else { high = middle }
    }
    Ok(low)
}

fn words(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn short(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes)
}

fn long(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes)
}

fn damaged() -> StoreError {
    StoreError::names(Unread::Damaged(Damaged("a number in it points out of it")))
}
