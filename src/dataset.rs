//! Quads as numbers over one dictionary of terms: what is lifted, checked, reasoned over and stored.
//!
//! [`Terms`] gives every term a number while a graph is built. [`Dataset`] is the finished thing: a sorted dictionary
//! and sorted arrays of numbers in one block of bytes, the same in memory and on disk, so that opening a graph is
//! reading a file, and the same graph is the same bytes. Oxigraph's SPARQL engine runs on it through
//! [`QueryableDataset`](spareval::QueryableDataset); [`Layers`] is a graph that grows while rules add to it.

use std::fs::File;
use std::sync::Arc;

use oxigraph::model::{Term, TermRef};

use crate::sealed::{Bytes, Damaged, Unread};

mod asked;
mod layers;
mod pack;
mod terms;

pub use asked::QueryTerm;
pub use layers::{Additions, Layers, NEW, number};
pub use terms::{Id, Terms};
use terms::{decode, encode};

/// The number that stands for the default graph among graph names.
pub const DEFAULT_GRAPH: Id = Id::MAX;

/// The first bytes of a dataset, with the version of its form.
const MAGIC: &[u8; 8] = b"cgraph\x00\x02";
const HEADER: usize = 8 + 4 * 8;

/// The orders in which the default graph's triples are kept, as positions of (subject, predicate, object).
const TRIPLE_ORDERS: [[usize; 3]; 3] = [[0, 1, 2], [1, 2, 0], [2, 0, 1]];
/// The orders in which the named graphs' quads are kept, as positions of (subject, predicate, object, graph).
const QUAD_ORDERS: [[usize; 4]; 4] = [[3, 0, 1, 2], [0, 1, 2, 3], [1, 2, 0, 3], [2, 0, 1, 3]];

/// A finished graph. Cheap to clone; never changes.
#[derive(Clone)]
pub struct Dataset {
    bytes: Arc<Bytes>,
    terms: usize,
    offsets: usize,
    text: usize,
    text_length: usize,
    triples: Rows<3>,
    quads: Rows<4>,
}

#[derive(Debug, Clone, Copy)]
struct Rows<const N: usize> {
    start: usize,
    count: usize,
}

impl std::fmt::Debug for Dataset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Dataset({} terms, {} triples, {} quads)", self.terms, self.triples.count, self.quads.count)
    }
}

impl Dataset {
    /// Takes the bytes of a sealed file whose content [`pack`](Self::pack) made. Checks what is at its head; the rest is
    /// checked when it is touched.
    ///
    /// # Errors
    /// They are something else, cut short, or changed.
    pub fn open(bytes: Vec<u8>) -> Result<Self, Damaged> {
        Self::start(Bytes::sealed(bytes)?)
    }

    /// As [`open`](Self::open), of a file that is mapped: costs microseconds whatever its size.
    ///
    /// # Errors
    /// It is something else, cut short or changed, or the system does not map it.
    pub fn open_file(file: &File) -> Result<Self, Unread> {
        Self::start(Bytes::mapped(file)?).map_err(Unread::Damaged)
    }

    fn start(bytes: Bytes) -> Result<Self, Damaged> {
        let magic = bytes.piece(0..MAGIC.len().min(bytes.len()))?;
        if magic != MAGIC {
            return Err(Damaged("it does not start as one of this version"));
        }
        let head = bytes.piece(0..HEADER)?;
        let count = |index: usize| -> Option<usize> {
            let at = 8 + 8 * index;
            let raw = head.get(at..at + 8)?.try_into().ok()?;
            usize::try_from(u64::from_le_bytes(raw)).ok().filter(|n| *n < 1 << 48)
        };
        let counts = [0, 1, 2, 3].map(count);
        let [Some(terms), Some(text_length), Some(triples), Some(quads)] = counts else {
            return Err(bytes.damaged(Damaged("a count is too large")));
        };
        let offsets = HEADER;
        let text = offsets + 8 * (terms + 1);
        let triples = Rows { start: text + text_length, count: triples };
        let quads = Rows { start: triples.start + 36 * triples.count, count: quads };
        if bytes.len() != quads.start + 64 * quads.count {
            return Err(bytes.damaged(Damaged("its length is not what its head says")));
        }
        Ok(Self { bytes: Arc::new(bytes), terms, offsets, text, text_length, triples, quads })
    }

    /// The bytes without seals, to be written under seals.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.content()
    }

    /// Whether nothing that was touched so far was damaged: for who may have gone on without the error.
    ///
    /// # Errors
    /// The first damage that was found.
    pub fn intact(&self) -> Result<(), Damaged> {
        self.bytes.intact()
    }

    /// Checks all of it. Costs reading it.
    ///
    /// # Errors
    /// It is not what was written.
    pub fn check_all(&self) -> Result<(), Damaged> {
        self.bytes.check_all()
    }

    /// How many triples the default graph has.
    pub fn triples(&self) -> usize {
        self.triples.count
    }

    /// How many quads the named graphs have together.
    pub fn quads(&self) -> usize {
        self.quads.count
    }

    /// How many terms the dictionary has.
    pub fn terms(&self) -> usize {
        self.terms
    }

    /// The term of a number; numbers follow the order of terms.
    ///
    /// # Errors
    /// The dictionary is damaged there.
    pub fn term(&self, id: Id) -> Result<Term, Damaged> {
        self.term_ref(id).map(TermRef::into_owned)
    }

    /// The term of a number, where it stands.
    ///
    /// # Errors
    /// The dictionary is damaged there.
    pub fn term_ref(&self, id: Id) -> Result<TermRef<'_>, Damaged> {
        self.encoded(id as usize).map(decode)
    }

    /// The number of a term, if it is there. Costs a binary search.
    ///
    /// # Errors
    /// The dictionary is damaged on the way there.
    pub fn find(&self, term: TermRef<'_>) -> Result<Option<Id>, Damaged> {
        let mut wanted = Vec::new();
        encode(term, &mut wanted);
        let (mut low, mut high) = (0, self.terms);
        while low < high {
            let middle = low.midpoint(high);
            match self.encoded(middle)?.cmp(&wanted[..]) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Ok(Some(middle as Id)),
            }
        }
        Ok(None)
    }

    fn encoded(&self, index: usize) -> Result<&[u8], Damaged> {
        let out = || self.bytes.damaged(Damaged("it has a number that stands for no term"));
        if index >= self.terms {
            return Err(out());
        }
        let at = self.offsets + 8 * index;
        let pair = self.bytes.piece(at..at + 16)?;
        let end = |at: usize| pair[at..at + 8].try_into().ok().and_then(|raw| usize::try_from(u64::from_le_bytes(raw)).ok());
        match (end(0), end(8)) {
            (Some(from), Some(to)) if from <= to && to <= self.text_length => self.bytes.piece(self.text + from..self.text + to),
            _ => Err(out()),
        }
    }

    fn row<const N: usize>(&self, rows: Rows<N>, order: usize, index: usize) -> Result<[Id; N], Damaged> {
        let at = rows.start + 4 * N * (order * rows.count + index);
        let row = self.bytes.piece(at..at + 4 * N)?;
        Ok(std::array::from_fn(|column| row[4 * column..4 * column + 4].try_into().map_or(0, Id::from_le_bytes)))
    }

    /// The rows of an order that start with these numbers. Costs a binary search, and a short one from there to the end.
    fn range<const N: usize>(&self, rows: Rows<N>, order: usize, prefix: &[Id]) -> Result<std::ops::Range<usize>, Damaged> {
        if prefix.is_empty() {
            return Ok(0..rows.count);
        }
        let before = |index: usize, or_equal: bool| {
            Ok(match self.row(rows, order, index)?[..prefix.len()].cmp(prefix) {
                std::cmp::Ordering::Less => true,
                std::cmp::Ordering::Equal => or_equal,
                std::cmp::Ordering::Greater => false,
            })
        };
        let search = |mut low: usize, mut high: usize, or_equal: bool| {
            while low < high {
                let middle = low.midpoint(high);
                if before(middle, or_equal)? { low = middle + 1 } else { high = middle }
            }
            Ok(low)
        };
        let start = search(0, rows.count, false)?;
        // Most ranges are short: the end is looked for in steps that double.
        let mut step = 1;
        while start + step <= rows.count && before(start + step - 1, true)? {
            step *= 2;
        }
        let end = search((start + step / 2).min(rows.count), (start + step).min(rows.count), true)?;
        Ok(start..end)
    }

    /// The default graph's triples that fit, as (subject, predicate, object). An error is the last of them.
    pub fn default_matches(&self, s: Option<Id>, p: Option<Id>, o: Option<Id>) -> impl Iterator<Item = Result<[Id; 3], Damaged>> + use<> {
        let (order, prefix) = Self::triple_order([s, p, o]);
        let dataset = self.clone();
        until_damaged(self.range(self.triples, order, &prefix), move |index| {
            let row = dataset.row(dataset.triples, order, index)?;
            let mut triple = [0; 3];
            for (column, position) in TRIPLE_ORDERS[order].into_iter().enumerate() {
                triple[position] = row[column];
            }
            Ok(Some(triple))
        })
    }

    /// The order in which the triples that fit stand together, and what they begin with there.
    fn triple_order(given: [Option<Id>; 3]) -> (usize, Vec<Id>) {
        match given {
            [None, Some(p), Some(o)] => (1, vec![p, o]),
            [None, Some(p), None] => (1, vec![p]),
            [Some(s), None, Some(o)] => (2, vec![o, s]),
            [None, None, Some(o)] => (2, vec![o]),
            _ => (0, given.iter().map_while(|id| *id).collect()),
        }
    }

    /// The named graphs' quads that fit, as (subject, predicate, object, graph). An error is the last of them.
    pub fn named_matches(
        &self,
        s: Option<Id>,
        p: Option<Id>,
        o: Option<Id>,
        g: Option<Id>,
    ) -> impl Iterator<Item = Result<[Id; 4], Damaged>> + use<> {
        let given = [s, p, o, g];
        let (order, range) = match self.named_range(given) {
            Ok((order, range)) => (order, Ok(range)),
            Err(damage) => (0, Err(damage)),
        };
        let dataset = self.clone();
        until_damaged(range, move |index| {
            let row = dataset.row(dataset.quads, order, index)?;
            let mut quad = [0; 4];
            for (column, position) in QUAD_ORDERS[order].into_iter().enumerate() {
                quad[position] = row[column];
            }
            Ok(given.iter().zip(quad).all(|(wanted, found)| wanted.is_none_or(|wanted| wanted == found)).then_some(quad))
        })
    }

    /// The order that finds the quads with the fewest looked at, and the rows; what its prefix does not hold is filtered.
    fn named_range(&self, given: [Option<Id>; 4]) -> Result<(usize, std::ops::Range<usize>), Damaged> {
        let by = |order: usize| {
            let prefix: Vec<Id> = QUAD_ORDERS[order].iter().map_while(|position| given[*position]).collect();
            self.range(self.quads, order, &prefix).map(|range| (order, range))
        };
        match given.map(|given| given.is_some()) {
            [true, _, _, true] => by(0),
            [true, true, ..] | [true, false, false, _] => by(1),
            [_, true, _, false] => by(2),
            [_, false, true, false] => by(3),
            [false, false, false, _] => by(0),
            // A graph and something else: whichever is the rarer.
            [false, property, ..] => {
                let (graph, other) = (by(0)?, by(if property { 2 } else { 3 })?);
                Ok(if graph.1.len() <= other.1.len() { graph } else { other })
            }
        }
    }

    /// How many quads [`named_matches`](Self::named_matches) looks at to find those that fit: its work, for whoever counts it.
    ///
    /// # Errors
    /// The rows are damaged there.
    pub fn named_work(&self, s: Option<Id>, p: Option<Id>, o: Option<Id>, g: Option<Id>) -> Result<usize, Damaged> {
        self.named_range([s, p, o, g]).map(|(_, range)| range.len())
    }

    /// The names of the named graphs, in order. Costs a search for each. An error is the last of them.
    pub fn graphs(&self) -> impl Iterator<Item = Result<Id, Damaged>> + use<> {
        let dataset = self.clone();
        let mut next = 0;
        std::iter::from_fn(move || {
            if next >= dataset.quads.count {
                return None;
            }
            let graph = dataset.row(dataset.quads, 0, next).and_then(|[graph, ..]| {
                next = dataset.range(dataset.quads, 0, &[graph])?.end;
                Ok(graph)
            });
            if graph.is_err() {
                next = usize::MAX;
            }
            Some(graph)
        })
    }
}

/// What is read at each of a range of places, until one is damaged.
fn until_damaged<T>(
    range: Result<std::ops::Range<usize>, Damaged>,
    mut read: impl FnMut(usize) -> Result<Option<T>, Damaged>,
) -> impl Iterator<Item = Result<T, Damaged>> {
    let (mut range, mut damage) = match range {
        Ok(range) => (range, None),
        Err(damage) => (0..0, Some(damage)),
    };
    std::iter::from_fn(move || {
        if let Some(damage) = damage.take() {
            return Some(Err(damage));
        }
        while let Some(index) = range.next() {
            match read(index) {
                Ok(None) => {}
                Ok(Some(found)) => return Some(Ok(found)),
                Err(damage) => {
                    range = 0..0;
                    return Some(Err(damage));
                }
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::sealed::Sealing;

    fn sealed(dataset: &Dataset) -> Vec<u8> {
        let mut sealing = Sealing::new(Vec::new());
        sealing.write_all(dataset.bytes()).expect("memory");
        sealing.finish().expect("memory")
    }

    use oxigraph::model::{Literal, NamedNode};

    fn node(name: &str) -> Term {
        NamedNode::new_unchecked(format!("http://example.org/{name}")).into()
    }

    #[test]
    fn a_packed_dataset_opens_again_and_finds_every_pattern() {
        let mut terms = Terms::default();
        let names = ["a", "b", "c"];
        let mut quads = Vec::new();
        for (i, s) in names.iter().enumerate() {
            for o in names {
                let row = [terms.id(node(s)), terms.id(node("p")), terms.id(node(o)), terms.id(node(["g", "h"][i % 2]))];
                quads.push(row);
                quads.push([row[0], row[1], row[2], DEFAULT_GRAPH]);
            }
        }
        let dataset = Dataset::open(sealed(&Dataset::pack(&terms, &quads))).expect("its own bytes open");
        assert_eq!((dataset.triples(), dataset.quads(), dataset.graphs().count()), (9, 9, 2));
        let id = |name: &str| dataset.find(node(name).as_ref()).expect("whole");
        for s in [None, id("a")] {
            for p in [None, id("p")] {
                for o in [None, id("b")] {
                    let expected = [s, o].iter().fold(9, |n, bound| if bound.is_some() { n / 3 } else { n });
                    assert_eq!(dataset.default_matches(s, p, o).count(), expected, "{s:?} {p:?} {o:?}");
                    let in_g = dataset.named_matches(s, p, o, id("g")).count();
                    let in_h = dataset.named_matches(s, p, o, id("h")).count();
                    assert_eq!(in_g + in_h, dataset.named_matches(s, p, o, None).count());
                    assert_eq!(in_g + in_h, expected);
                }
            }
        }
    }

    #[test]
    fn terms_survive_the_dictionary() {
        let mut terms = Terms::default();
        let literals: Vec<Term> = vec![
            Literal::from("").into(),
            Literal::from("a\u{0}b\nc").into(),
            Literal::new_language_tagged_literal_unchecked("نام", "ur").into(),
            Literal::new_typed_literal("3.10", NamedNode::new_unchecked("http://www.w3.org/2001/XMLSchema#decimal")).into(),
        ];
        let quads: Vec<[Id; 4]> =
            literals.iter().map(|literal| [terms.id(node("s")), terms.id(node("p")), terms.id(literal.clone()), DEFAULT_GRAPH]).collect();
        let dataset = Dataset::pack(&terms, &quads);
        for literal in literals {
            assert_eq!(dataset.find(literal.as_ref()).expect("whole").map(|id| dataset.term(id)), Some(Ok(literal)));
        }
    }

    #[test]
    fn bytes_that_are_cut_or_foreign_are_refused() {
        let mut terms = Terms::default();
        let row = [terms.id(node("s")), terms.id(node("p")), terms.id(node("o")), DEFAULT_GRAPH];
        let bytes = sealed(&Dataset::pack(&terms, &[row]));
        for length in 0..bytes.len() {
            assert!(Dataset::open(bytes[..length].to_vec()).is_err(), "{length} bytes opened");
        }
        assert!(Dataset::open(b"PK\x03\x04 something else entirely, long enough".to_vec()).is_err());
    }
}
