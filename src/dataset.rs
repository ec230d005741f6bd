//! Quads as numbers over one dictionary of terms: what is lifted, checked, reasoned over and stored.
//!
//! [`Terms`] gives every term a number while a graph is built. [`Dataset`] is the finished thing: a sorted dictionary
//! and sorted arrays of numbers in one block of bytes, the same in memory and on disk, so that opening a graph is
//! reading a file, and the same graph is the same bytes. Oxigraph's SPARQL engine runs on it through
//! [`QueryableDataset`].

use std::collections::HashMap;
use std::sync::Arc;

use crate::sealed::{Bytes, Damaged};
use oxigraph::model::{Literal, NamedNode, Term, TermRef};
use spareval::{InternalQuad, QueryableDataset};

/// The number of a term.
pub type Id = u32;

/// The number that stands for the default graph among graph names.
pub const DEFAULT_GRAPH: Id = Id::MAX;

/// Terms with their numbers, in the order they came.
#[derive(Debug, Default)]
pub struct Terms {
    ids: HashMap<Term, Id>,
    terms: Vec<Term>,
}

impl Terms {
    /// The number of a term, a new one if it is new.
    pub fn id(&mut self, term: impl Into<Term>) -> Id {
        let term = term.into();
        if let Some(id) = self.ids.get(&term) {
            return *id;
        }
        let id = Id::try_from(self.terms.len()).expect("a dictionary holds fewer than four billion terms");
        self.terms.push(term.clone());
        self.ids.insert(term, id);
        id
    }

    /// The number of a term that is there.
    pub fn find(&self, term: &Term) -> Option<Id> {
        self.ids.get(term).copied()
    }

    /// The term of a number.
    pub fn term(&self, id: Id) -> &Term {
        &self.terms[id as usize]
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.terms.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }
}

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
    /// Sorts and packs quads (subject, predicate, object, graph); [`DEFAULT_GRAPH`] marks those of the default graph.
    ///
    /// Costs a sort of the terms and seven sorts of the quads; repetitions are dropped.
    pub fn pack(terms: &Terms, quads: &[[Id; 4]]) -> Self {
        let mut used = vec![false; terms.len()];
        for quad in quads {
            for id in quad.iter().filter(|id| **id != DEFAULT_GRAPH) {
                used[*id as usize] = true;
            }
        }
        let mut encoded: Vec<(Vec<u8>, Id)> =
            (0..terms.len()).filter(|index| used[*index]).map(|index| (encode(terms.terms[index].as_ref()), index as Id)).collect();
        encoded.sort_unstable();
        let mut rank = vec![0 as Id; terms.len()];
        for (position, (_, id)) in encoded.iter().enumerate() {
            rank[*id as usize] = position as Id;
        }
        let mut triples: Vec<[Id; 3]> = Vec::new();
        let mut named: Vec<[Id; 4]> = Vec::new();
        for [s, p, o, g] in quads {
            let [s, p, o] = [rank[*s as usize], rank[*p as usize], rank[*o as usize]];
            match *g {
                DEFAULT_GRAPH => triples.push([s, p, o]),
                g => named.push([s, p, o, rank[g as usize]]),
            }
        }
        triples.sort_unstable();
        triples.dedup();
        named.sort_unstable();
        named.dedup();

        let text_length: usize = encoded.iter().map(|(text, _)| text.len()).sum();
        let mut bytes = Vec::with_capacity(HEADER + 8 * (encoded.len() + 1) + text_length + 36 * triples.len() + 64 * named.len());
        bytes.extend_from_slice(MAGIC);
        for count in [encoded.len(), text_length, triples.len(), named.len()] {
            bytes.extend_from_slice(&(count as u64).to_le_bytes());
        }
        let mut offset = 0u64;
        bytes.extend_from_slice(&offset.to_le_bytes());
        for (text, _) in &encoded {
            offset += text.len() as u64;
            bytes.extend_from_slice(&offset.to_le_bytes());
        }
        for (text, _) in &encoded {
            bytes.extend_from_slice(text);
        }
        for order in TRIPLE_ORDERS {
            let mut rows: Vec<[Id; 3]> = triples.iter().map(|row| order.map(|at| row[at])).collect();
            rows.sort_unstable();
            rows.iter().flatten().for_each(|id| bytes.extend_from_slice(&id.to_le_bytes()));
        }
        for order in QUAD_ORDERS {
            let mut rows: Vec<[Id; 4]> = named.iter().map(|row| order.map(|at| row[at])).collect();
            rows.sort_unstable();
            rows.iter().flatten().for_each(|id| bytes.extend_from_slice(&id.to_le_bytes()));
        }
        Self::start(Bytes::made(bytes)).expect("what was just packed opens")
    }

    /// Takes the bytes of a sealed file whose content [`pack`](Self::pack) made. Checks what is at its head; the rest is
    /// checked when it is touched.
    ///
    /// # Errors
    /// They are something else, cut short, or changed.
    pub fn open(bytes: Vec<u8>) -> Result<Self, Damaged> {
        Self::start(Bytes::sealed(bytes)?)
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
        Ok(decode(self.encoded(id as usize)?))
    }

    /// The number of a term, if it is there. Costs a binary search.
    ///
    /// # Errors
    /// The dictionary is damaged on the way there.
    pub fn find(&self, term: TermRef<'_>) -> Result<Option<Id>, Damaged> {
        let wanted = encode(term);
        let (mut low, mut high) = (0, self.terms);
        while low < high {
            let middle = low.midpoint(high);
            match self.encoded(middle)?.cmp(&wanted) {
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

    /// The rows of an order that start with these numbers.
    fn range<const N: usize>(&self, rows: Rows<N>, order: usize, prefix: &[Id]) -> Result<std::ops::Range<usize>, Damaged> {
        let bound = |after: bool| {
            let (mut low, mut high) = (0, rows.count);
            while low < high {
                let middle = low.midpoint(high);
                let row = self.row(rows, order, middle)?;
                let less = match row[..prefix.len()].cmp(prefix) {
                    std::cmp::Ordering::Less => true,
                    std::cmp::Ordering::Equal => after,
                    std::cmp::Ordering::Greater => false,
                };
                if less { low = middle + 1 } else { high = middle }
            }
            Ok(low)
        };
        if prefix.is_empty() { Ok(0..rows.count) } else { Ok(bound(false)?..bound(true)?) }
    }

    /// The default graph's triples that fit, as (subject, predicate, object). An error is the last of them.
    pub fn default_matches(&self, s: Option<Id>, p: Option<Id>, o: Option<Id>) -> impl Iterator<Item = Result<[Id; 3], Damaged>> + use<> {
        let given = [s, p, o];
        let (order, prefix) = match given {
            [None, Some(p), Some(o)] => (1, vec![p, o]),
            [None, Some(p), None] => (1, vec![p]),
            [Some(s), None, Some(o)] => (2, vec![o, s]),
            [None, None, Some(o)] => (2, vec![o]),
            _ => (0, given.iter().map_while(|id| *id).collect()),
        };
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

    /// The named graphs' quads that fit, as (subject, predicate, object, graph). An error is the last of them.
    pub fn named_matches(
        &self,
        s: Option<Id>,
        p: Option<Id>,
        o: Option<Id>,
        g: Option<Id>,
    ) -> impl Iterator<Item = Result<[Id; 4], Damaged>> + use<> {
        let given = [s, p, o, g];
        // Of the orders that start with something given, the one whose range is the smallest; the rest is filtered.
        let smallest = || {
            let mut best: Option<(usize, std::ops::Range<usize>)> = None;
            for (order, positions) in QUAD_ORDERS.iter().enumerate() {
                let prefix: Vec<Id> = positions.iter().map_while(|position| given[*position]).collect();
                let range = self.range(self.quads, order, &prefix)?;
                if best.as_ref().is_none_or(|(_, best)| range.len() < best.len()) {
                    best = Some((order, range));
                }
            }
            Ok(best.unwrap_or((0, 0..0)))
        };
        let (order, range) = match smallest() {
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

/// A term as the bytes that the dictionary is sorted by: IRIs, then literals by value.
fn encode(term: TermRef<'_>) -> Vec<u8> {
    let join = |tag: u8, first: &str, second: &str| {
        let mut bytes = Vec::with_capacity(first.len() + second.len() + 2);
        bytes.push(tag);
        bytes.extend_from_slice(first.as_bytes());
        if !second.is_empty() {
            bytes.push(0xFF);
            bytes.extend_from_slice(second.as_bytes());
        }
        bytes
    };
    match term {
        TermRef::NamedNode(node) => join(b'I', node.as_str(), ""),
        TermRef::BlankNode(blank) => join(b'B', blank.as_str(), ""),
        TermRef::Literal(literal) => match literal.language() {
            Some(language) => join(b'L', literal.value(), language),
            None if literal.datatype() == crate::vocab::xsd::STRING => join(b'S', literal.value(), ""),
            None => join(b'T', literal.value(), literal.datatype().as_str()),
        },
    }
}

fn decode(bytes: &[u8]) -> Term {
    let Some((tag, rest)) = bytes.split_first() else { return Literal::from("").into() };
    let split = rest.iter().position(|byte| *byte == 0xFF).unwrap_or(rest.len());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let first = text(&rest[..split]);
    let second = text(rest.get(split + 1..).unwrap_or_default());
    match tag {
        b'I' => NamedNode::new_unchecked(first).into(),
        b'B' => oxigraph::model::BlankNode::new_unchecked(first).into(),
        b'L' => Literal::new_language_tagged_literal_unchecked(first, second).into(),
        b'T' => Literal::new_typed_literal(first, NamedNode::new_unchecked(second)).into(),
        _ => Literal::from(first).into(),
    }
}

/// A term of the dataset by its number, or one that a query made.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum QueryTerm {
    /// In the dictionary.
    Known(Id),
    /// Not in it.
    New(Arc<Term>),
}

impl<'a> QueryableDataset<'a> for Dataset {
    type InternalTerm = QueryTerm;
    type Error = Damaged;

    fn internal_quads_for_pattern(
        &self,
        subject: Option<&QueryTerm>,
        predicate: Option<&QueryTerm>,
        object: Option<&QueryTerm>,
        graph_name: Option<Option<&QueryTerm>>,
    ) -> impl Iterator<Item = Result<InternalQuad<QueryTerm>, Damaged>> + use<'a> {
        // A term that the dictionary lacks fits nothing.
        let id = |term: Option<&QueryTerm>| match term {
            None => Ok(None),
            Some(QueryTerm::Known(id)) => Ok(Some(*id)),
            Some(QueryTerm::New(_)) => Err(()),
        };
        let known = |id: Id| QueryTerm::Known(id);
        let found: Box<dyn Iterator<Item = Result<InternalQuad<QueryTerm>, Damaged>>> =
            match (id(subject), id(predicate), id(object), graph_name.map(id)) {
                (Ok(s), Ok(p), Ok(o), Some(Ok(None))) => Box::new(self.default_matches(s, p, o).map(move |row| {
                    row.map(|[s, p, o]| InternalQuad { subject: known(s), predicate: known(p), object: known(o), graph_name: None })
                })),
                (Ok(s), Ok(p), Ok(o), graph @ (None | Some(Ok(Some(_))))) => {
                    let graph = graph.and_then(Result::ok).flatten();
                    Box::new(self.named_matches(s, p, o, graph).map(move |row| {
                        row.map(|[s, p, o, g]| InternalQuad {
                            subject: known(s),
                            predicate: known(p),
                            object: known(o),
                            graph_name: Some(known(g)),
                        })
                    }))
                }
                _ => Box::new(std::iter::empty()),
            };
        found
    }

    fn internal_named_graphs(&self) -> impl Iterator<Item = Result<QueryTerm, Damaged>> + use<'a> {
        self.graphs().map(|graph| graph.map(QueryTerm::Known))
    }

    fn contains_internal_graph_name(&self, graph_name: &QueryTerm) -> Result<bool, Damaged> {
        Ok(match graph_name {
            QueryTerm::Known(graph) => !self.range(self.quads, 0, &[*graph])?.is_empty(),
            QueryTerm::New(_) => false,
        })
    }

    fn internalize_term(&self, term: Term) -> Result<QueryTerm, Damaged> {
        Ok(match self.find(term.as_ref())? {
            Some(id) => QueryTerm::Known(id),
            None => QueryTerm::New(Arc::new(term)),
        })
    }

    fn externalize_term(&self, term: QueryTerm) -> Result<Term, Damaged> {
        Ok(match term {
            QueryTerm::Known(id) => self.term(id)?,
            QueryTerm::New(term) => Arc::unwrap_or_clone(term),
        })
    }
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
