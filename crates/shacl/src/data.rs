//! The data graph, indexed for validation: terms become numbers once, and everything after compares numbers.
//!
//! Validation asks the same three things of the graph millions of times (the objects of a subject and a predicate, the
//! subjects of a predicate and an object, everything about a subject). Two sorted tables answer all three.

use oxigraph::model::{Graph, Term, TermRef, TripleRef};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// The number of a term. Numbers are dense and start at 0.
pub(super) type Id = u32;

/// A graph that is ready to be validated, any number of times and against any shapes.
///
/// Building costs a hash of each term and two sorts: about half a second for a million triples. It keeps one copy of each
/// distinct term and 16 bytes for each triple.
#[derive(Debug, Clone, Default)]
pub struct Data {
    pub(super) terms: Terms,
    pub(super) triples: Triples,
}

impl Data {
    /// Indexes triples; the same triple twice counts once.
    ///
    /// # Panics
    /// Never below 4 billion distinct terms.
    pub fn index<'a>(triples: impl IntoIterator<Item = TripleRef<'a>>) -> Self {
        let mut terms = Terms::default();
        let triples: Vec<_> = triples.into_iter().map(|triple| terms.add_triple(triple)).collect();
        Self { triples: Triples::new(&triples, terms.len()), terms }
    }

    /// The number of distinct triples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.triples.by_subject.pairs.len()
    }

    /// Whether there is no triple.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl From<&Graph> for Data {
    fn from(graph: &Graph) -> Self {
        Self::index(graph)
    }
}

/// Distinct terms in the order in which they were first seen.
///
/// An own table of numbers over one vector, because a map from terms to numbers would keep each term twice.
#[derive(Debug, Clone, Default)]
pub(super) struct Terms {
    terms: Vec<Term>,
    /// Open addressing; a power of two long; 0 is free and `n` stands for the term `n - 1`.
    slots: Vec<Id>,
}

impl Terms {
    pub(super) fn len(&self) -> usize {
        self.terms.len()
    }

    pub(super) fn get(&self, id: Id) -> Option<&Term> {
        self.terms.get(id as usize)
    }

    pub(super) fn find(&self, term: TermRef<'_>) -> Option<Id> {
        if self.slots.is_empty() {
            return None;
        }
        self.probe(term).ok()
    }

    pub(super) fn add(&mut self, term: TermRef<'_>) -> Id {
        if self.terms.len() * 2 >= self.slots.len() {
            self.grow();
        }
        match self.probe(term) {
            Ok(id) => id,
            Err(slot) => {
                let id = Id::try_from(self.terms.len()).expect("fewer than four billion distinct terms fit in memory");
                self.terms.push(term.into_owned());
                self.slots[slot] = id + 1;
                id
            }
        }
    }

    pub(super) fn add_triple(&mut self, triple: TripleRef<'_>) -> [Id; 3] {
        [self.add(triple.subject.into()), self.add(triple.predicate.into()), self.add(triple.object)]
    }

    /// The number of the term, or the slot where it belongs. There is always a free slot: at most half are taken.
    fn probe(&self, term: TermRef<'_>) -> Result<Id, usize> {
        let mask = self.slots.len() - 1;
        let mut slot = hash(term) & mask;
        loop {
            match self.slots[slot] {
                0 => return Err(slot),
                taken if self.terms[taken as usize - 1].as_ref() == term => return Ok(taken - 1),
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    fn grow(&mut self) {
        let length = (self.slots.len() * 2).max(64);
        self.slots = vec![0; length];
        for (index, term) in self.terms.iter().enumerate() {
            let mut slot = hash(term.as_ref()) & (length - 1);
            while self.slots[slot] != 0 {
                slot = (slot + 1) & (length - 1);
            }
            self.slots[slot] = Id::try_from(index + 1).expect("the number was given out by `add`");
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a hash may lose bits")]
fn hash(term: TermRef<'_>) -> usize {
    let mut hasher = QuickHasher::default();
    term.hash(&mut hasher);
    hasher.finish() as usize
}

/// A map keyed by numbers.
pub(super) type IdMap<K, V> = HashMap<K, V, BuildHasherDefault<QuickHasher>>;

/// A set of numbers.
pub(super) type IdSet = HashSet<Id, BuildHasherDefault<QuickHasher>>;

/// A fast hash without protection from chosen keys: the worst a hostile graph can do is to be slow to validate.
#[derive(Debug, Default, Clone)]
pub(super) struct QuickHasher(u64);

impl QuickHasher {
    fn fold(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
        #[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
        {
            self.0 = (product as u64) ^ ((product >> 64) as u64);
        }
    }
}

impl Hasher for QuickHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.fold(u64::from_le_bytes(word).wrapping_add(chunk.len() as u64));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.fold(u64::from(number) + 1);
    }

    fn write_usize(&mut self, number: usize) {
        self.fold(number as u64 + 1);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

/// Triples of numbers, sorted both ways.
#[derive(Debug, Clone, Default)]
pub(super) struct Triples {
    /// Subject to (predicate, object).
    by_subject: Table,
    /// Predicate to (object, subject).
    by_predicate: Table,
}

impl Triples {
    pub(super) fn new(triples: &[[Id; 3]], terms: usize) -> Self {
        Self {
            by_subject: Table::new(terms, triples, |&[s, p, o]| (s, (p, o))),
            by_predicate: Table::new(terms, triples, |&[s, p, o]| (p, (o, s))),
        }
    }

    /// (predicate, object) of everything said about a subject.
    pub(super) fn about(&self, subject: Id) -> &[(Id, Id)] {
        self.by_subject.of(subject)
    }

    /// (predicate, object) of everything said about a subject with a predicate.
    pub(super) fn objects(&self, subject: Id, predicate: Id) -> &[(Id, Id)] {
        narrow(self.by_subject.of(subject), predicate)
    }

    /// (object, subject) of everything said with a predicate.
    pub(super) fn with(&self, predicate: Id) -> &[(Id, Id)] {
        self.by_predicate.of(predicate)
    }

    /// (object, subject) of everything said with a predicate and an object.
    pub(super) fn subjects(&self, predicate: Id, object: Id) -> &[(Id, Id)] {
        narrow(self.by_predicate.of(predicate), object)
    }

    pub(super) fn contains(&self, subject: Id, predicate: Id, object: Id) -> bool {
        self.by_subject.of(subject).binary_search(&(predicate, object)).is_ok()
    }

    /// All predicates in use.
    pub(super) fn predicates(&self) -> impl Iterator<Item = Id> {
        self.by_predicate.keys()
    }

    /// All subjects in use.
    pub(super) fn all_subjects(&self) -> impl Iterator<Item = Id> {
        self.by_subject.keys()
    }
}

/// The run of pairs that start with a number; a scan where the run is short, else two binary searches.
fn narrow(pairs: &[(Id, Id)], first: Id) -> &[(Id, Id)] {
    let start = if pairs.len() <= 16 {
        pairs.iter().take_while(|pair| pair.0 < first).count()
    } else {
        pairs.partition_point(|pair| pair.0 < first)
    };
    let rest = &pairs[start..];
    let length = if rest.get(16).is_none_or(|pair| pair.0 != first) {
        rest.iter().take_while(|pair| pair.0 == first).count()
    } else {
        rest.partition_point(|pair| pair.0 == first)
    };
    &rest[..length]
}

/// Pairs grouped by a number, each group sorted: one offset a number and all pairs in one vector.
#[derive(Debug, Clone, Default)]
struct Table {
    offsets: Vec<usize>,
    pairs: Vec<(Id, Id)>,
}

impl Table {
    fn new(keys: usize, triples: &[[Id; 3]], split: impl Fn(&[Id; 3]) -> (Id, (Id, Id))) -> Self {
        let mut offsets = vec![0; keys + 1];
        for triple in triples {
            offsets[split(triple).0 as usize + 1] += 1;
        }
        for index in 0..keys {
            offsets[index + 1] += offsets[index];
        }
        let mut next = offsets.clone();
        let mut pairs = vec![(0, 0); triples.len()];
        for triple in triples {
            let (key, pair) = split(triple);
            pairs[next[key as usize]] = pair;
            next[key as usize] += 1;
        }
        // Sort each group and close the gaps that repeated triples leave.
        let mut kept = 0;
        for key in 0..keys {
            let group = offsets[key]..offsets[key + 1];
            pairs[group.clone()].sort_unstable();
            let start = kept;
            for index in group {
                if kept == start || pairs[kept - 1] != pairs[index] {
                    pairs[kept] = pairs[index];
                    kept += 1;
                }
            }
            offsets[key] = start;
        }
        offsets[keys] = kept;
        pairs.truncate(kept);
        Self { offsets, pairs }
    }

    fn of(&self, key: Id) -> &[(Id, Id)] {
        let key = key as usize;
        match (self.offsets.get(key), self.offsets.get(key + 1)) {
            (Some(&start), Some(&end)) => &self.pairs[start..end],
            _ => &[],
        }
    }

    fn keys(&self) -> impl Iterator<Item = Id> {
        (0..).zip(self.offsets.windows(2)).filter(|(_, ends)| ends[0] < ends[1]).map(|(key, _)| key)
    }
}

/// The data together with the terms that only the shapes name, in one range of numbers.
#[derive(Debug)]
pub(super) struct View<'d> {
    data: &'d Data,
    extra: Terms,
    /// The shapes graph, where a query asks for it.
    pub(super) shapes: Option<(Id, Triples)>,
}

impl<'d> View<'d> {
    pub(super) fn new(data: &'d Data) -> Self {
        Self { data, extra: Terms::default(), shapes: None }
    }

    pub(super) fn triples(&self) -> &'d Triples {
        &self.data.triples
    }

    pub(super) fn find(&self, term: TermRef<'_>) -> Option<Id> {
        let own = self.own();
        self.data.terms.find(term).or_else(|| self.extra.find(term).map(|id| id + own))
    }

    pub(super) fn add(&mut self, term: TermRef<'_>) -> Id {
        let own = self.own();
        self.data.terms.find(term).unwrap_or_else(|| self.extra.add(term) + own)
    }

    /// The term of a number that this view gave out.
    pub(super) fn term(&self, id: Id) -> &Term {
        self.get(id).expect("numbers are only made by `add` and `find`")
    }

    pub(super) fn get(&self, id: Id) -> Option<&Term> {
        self.data.terms.get(id).or_else(|| self.extra.get(id.checked_sub(self.own())?))
    }

    /// Makes the shapes graph available under a graph name.
    pub(super) fn add_shapes_graph(&mut self, name: TermRef<'_>, graph: &Graph) {
        let name = self.add(name);
        let triples: Vec<_> = graph
            .iter()
            .map(|triple| [self.add(triple.subject.into()), self.add(triple.predicate.into()), self.add(triple.object)])
            .collect();
        self.shapes = Some((name, Triples::new(&triples, self.data.terms.len() + self.extra.len())));
    }

    fn own(&self) -> Id {
        Id::try_from(self.data.terms.len()).expect("the data gave out a number for each of its terms")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxigraph::model::{LiteralRef, NamedNodeRef};

    #[test]
    fn triples_are_found_from_either_end_and_count_once() {
        let node = |name| NamedNodeRef::new_unchecked(name);
        let mut triples = Vec::new();
        let numbers: Vec<String> = (0..50).map(|number| number.to_string()).collect();
        for number in &numbers {
            for _ in 0..2 {
                triples.push(TripleRef::new(node("a"), node("p"), LiteralRef::new_simple_literal(number)));
            }
        }
        triples.push(TripleRef::new(node("b"), node("q"), node("a")));
        let data = Data::index(triples);
        let id = |name| data.terms.find(node(name).into()).unwrap();
        assert_eq!(data.len(), 51);
        assert_eq!(data.triples.objects(id("a"), id("p")).len(), 50);
        assert_eq!(data.triples.objects(id("a"), id("q")).len(), 0);
        assert_eq!(data.triples.subjects(id("q"), id("a")), [(id("a"), id("b"))]);
        assert_eq!(data.triples.predicates().count(), 2);
        assert_eq!(data.triples.all_subjects().count(), 2);
        assert!(data.triples.contains(id("b"), id("q"), id("a")));
        assert!(!data.triples.contains(id("a"), id("q"), id("b")));
    }
}
