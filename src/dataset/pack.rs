//! Packing: quads as they were written become a sorted dictionary and sorted arrays, and what is added to a packed graph is
//! merged into it without sorting it anew.

use super::{DEFAULT_GRAPH, Dataset, HEADER, Id, MAGIC, QUAD_ORDERS, TRIPLE_ORDERS, Terms};
use crate::parallel;
use crate::sealed::{Bytes, Damaged};

impl Dataset {
    /// Sorts and packs quads (subject, predicate, object, graph); [`DEFAULT_GRAPH`] marks those of the default graph.
    ///
    /// Costs as [`of`](Self::of).
    pub fn pack(terms: &Terms, quads: &[[Id; 4]]) -> Self {
        let (default, named): (Vec<[Id; 4]>, Vec<[Id; 4]>) = quads.iter().partition(|quad| quad[3] == DEFAULT_GRAPH);
        Self::of(terms, default.into_iter().map(|[s, p, o, _]| [s, p, o]).collect(), &[&named])
    }

    /// Sorts and packs the triples of the default graph and the quads of the named graphs, which may lie in several parts.
    ///
    /// Costs a sort of the terms and seven sorts of the quads, several at once; repetitions are dropped.
    pub fn of(terms: &Terms, mut triples: Vec<[Id; 3]>, quads: &[&[[Id; 4]]]) -> Self {
        let mut used = vec![false; terms.len()];
        for id in triples.iter().flatten().chain(quads.iter().copied().flatten().flatten()) {
            used[*id as usize] = true;
        }
        let mut order: Vec<Id> = (0..terms.len() as Id).filter(|id| used[*id as usize]).collect();
        drop(used);
        order.sort_unstable_by(|a, b| terms.encoded(*a).cmp(terms.encoded(*b)));
        let mut rank = vec![0 as Id; terms.len()];
        for (position, id) in order.iter().enumerate() {
            rank[*id as usize] = position as Id;
        }
        triples.iter_mut().flatten().for_each(|id| *id = rank[*id as usize]);
        let mut named: Vec<[Id; 4]> = quads.iter().copied().flatten().map(|quad| quad.map(|id| rank[id as usize])).collect();
        drop(rank);
        triples.sort_unstable();
        triples.dedup();
        named.sort_unstable();
        named.dedup();
        let lengths = order.iter().map(|id| terms.encoded(*id).len());
        let mut layout = Layout::new(lengths, triples.len(), named.len());
        let mut at = 0;
        let text = layout.text();
        for id in &order {
            let term = terms.encoded(*id);
            text[at..at + term.len()].copy_from_slice(term);
            at += term.len();
        }
        let (three, four) = layout.orders();
        let pieces = three.into_iter().map(Order::Three).chain(four.into_iter().map(Order::Four)).collect();
        parallel::each(pieces, |piece| match piece {
            Order::Three((order, place)) => place_sorted(&triples, order, place),
            Order::Four((order, place)) => place_sorted(&named, order, place),
        });
        layout.finish()
    }

    /// This graph and more quads. A number below [`terms`](Self::terms) is this graph's; those from there on are numbers of `more`.
    ///
    /// Costs a pass over the graph and a sort of what is added; repetitions are dropped.
    ///
    /// # Errors
    /// This graph is damaged.
    pub fn with(&self, more: &Terms, quads: &[[Id; 4]]) -> Result<Self, Damaged> {
        let own = self.terms as Id;
        let mut used = vec![false; more.len()];
        for id in quads.iter().flatten().filter(|id| **id != DEFAULT_GRAPH && **id >= own) {
            used[(*id - own) as usize] = true;
        }
        let mut order: Vec<Id> = (0..more.len() as Id).filter(|id| used[*id as usize]).collect();
        order.sort_unstable_by(|a, b| more.encoded(*a).cmp(more.encoded(*b)));
        // Both dictionaries are sorted: one walk along them gives every term its new number, in the old order.
        let mut own_rank = Vec::with_capacity(self.terms);
        let mut more_rank = vec![0 as Id; more.len()];
        let mut merged: Vec<&[u8]> = Vec::with_capacity(self.terms + order.len());
        let mut new = order.iter().peekable();
        for index in 0..self.terms {
            let text = self.encoded(index)?;
            while let Some(id) = new.next_if(|id| more.encoded(**id) < text) {
                more_rank[*id as usize] = merged.len() as Id;
                merged.push(more.encoded(*id));
            }
            if let Some(id) = new.next_if(|id| more.encoded(**id) == text) {
                more_rank[*id as usize] = merged.len() as Id;
            }
            own_rank.push(merged.len() as Id);
            merged.push(text);
        }
        for id in new {
            more_rank[*id as usize] = merged.len() as Id;
            merged.push(more.encoded(*id));
        }
        let rank = |id: Id| if id < own { own_rank[id as usize] } else { more_rank[(id - own) as usize] };
        let known = |[s, p, o, g]: &[Id; 4]| {
            let own = |id: &Id| (*id < own).then_some(*id);
            Ok(match (own(s), own(p), own(o), own(g)) {
                (s @ Some(_), p @ Some(_), o @ Some(_), _) if *g == DEFAULT_GRAPH => {
                    self.default_matches(s, p, o).next().transpose()?.is_some()
                }
                (s @ Some(_), p @ Some(_), o @ Some(_), g @ Some(_)) => self.named_matches(s, p, o, g).next().transpose()?.is_some(),
                _ => false,
            })
        };
        let mut triples: Vec<[Id; 3]> = Vec::new();
        let mut named: Vec<[Id; 4]> = Vec::new();
        for quad in quads {
            if known(quad)? {
                continue;
            }
            let [s, p, o] = [rank(quad[0]), rank(quad[1]), rank(quad[2])];
            match quad[3] {
                DEFAULT_GRAPH => triples.push([s, p, o]),
                g => named.push([s, p, o, rank(g)]),
            }
        }
        triples.sort_unstable();
        triples.dedup();
        named.sort_unstable();
        named.dedup();
        let mut layout =
            Layout::new(merged.iter().map(|text| text.len()), self.triples.count + triples.len(), self.quads.count + named.len());
        let mut at = 0;
        let text = layout.text();
        for term in &merged {
            text[at..at + term.len()].copy_from_slice(term);
            at += term.len();
        }
        drop(merged);
        let (three, four) = layout.orders();
        let pieces = three.into_iter().enumerate().map(|(index, order)| (index, Order::Three(order)));
        let pieces = pieces.chain(four.into_iter().enumerate().map(|(index, order)| (index, Order::Four(order)))).collect();
        parallel::each(pieces, |(index, piece)| match piece {
            Order::Three((order, place)) => {
                let old = (0..self.triples.count).map(|row| renumbered(self.row(self.triples, index, row)?, &own_rank));
                place_merged(old, &triples, order, place)
            }
            Order::Four((order, place)) => {
                let old = (0..self.quads.count).map(|row| renumbered(self.row(self.quads, index, row)?, &own_rank));
                place_merged(old, &named, order, place)
            }
        })
        .into_iter()
        .collect::<Result<(), Damaged>>()?;
        Ok(layout.finish())
    }
}

/// An order of rows and the bytes where it is to stand.
type Place<'a, const N: usize> = ([usize; N], &'a mut [u8]);

enum Order<'a> {
    Three(Place<'a, 3>),
    Four(Place<'a, 4>),
}

/// The bytes of a dataset whose size is known and whose parts are being written.
struct Layout {
    bytes: Vec<u8>,
    text: std::ops::Range<usize>,
    triples: usize,
    quads: usize,
}

impl Layout {
    fn new(lengths: impl ExactSizeIterator<Item = usize> + Clone, triples: usize, quads: usize) -> Self {
        let terms = lengths.len();
        let text_length: usize = lengths.clone().sum();
        let text_start = HEADER + 8 * (terms + 1);
        let mut bytes = Vec::with_capacity(text_start + text_length + 36 * triples + 64 * quads);
        bytes.extend_from_slice(MAGIC);
        for count in [terms, text_length, triples, quads] {
            bytes.extend_from_slice(&(count as u64).to_le_bytes());
        }
        let mut offset = 0u64;
        bytes.extend_from_slice(&offset.to_le_bytes());
        for length in lengths {
            offset += length as u64;
            bytes.extend_from_slice(&offset.to_le_bytes());
        }
        bytes.resize(text_start + text_length + 36 * triples + 64 * quads, 0);
        Self { bytes, text: text_start..text_start + text_length, triples, quads }
    }

    fn text(&mut self) -> &mut [u8] {
        &mut self.bytes[self.text.clone()]
    }

    fn orders(&mut self) -> (Vec<Place<'_, 3>>, Vec<Place<'_, 4>>) {
        let (three, four) = self.bytes[self.text.end..].split_at_mut(36 * self.triples);
        // `max(1)`: chunks of nothing are not asked for; the bytes are empty then.
        let three = three.chunks_exact_mut((12 * self.triples).max(1));
        let four = four.chunks_exact_mut((16 * self.quads).max(1));
        (TRIPLE_ORDERS.into_iter().zip(three).collect(), QUAD_ORDERS.into_iter().zip(four).collect())
    }

    fn finish(self) -> Dataset {
        Dataset::start(Bytes::made(self.bytes)).expect("what was just packed opens")
    }
}

/// Writes rows in an order of their columns.
fn place_sorted<const N: usize>(rows: &[[Id; N]], order: [usize; N], place: &mut [u8]) {
    if order.is_sorted() {
        return rows.iter().flatten().zip(place.chunks_exact_mut(4)).for_each(|(id, place)| place.copy_from_slice(&id.to_le_bytes()));
    }
    let mut sorted: Vec<[Id; N]> = rows.iter().map(|row| order.map(|at| row[at])).collect();
    sorted.sort_unstable();
    sorted.iter().flatten().zip(place.chunks_exact_mut(4)).for_each(|(id, place)| place.copy_from_slice(&id.to_le_bytes()));
}

/// A row with the new numbers of its terms.
fn renumbered<const N: usize>(row: [Id; N], ranks: &[Id]) -> Result<[Id; N], Damaged> {
    let mut new = row;
    for id in &mut new {
        *id = *ranks.get(*id as usize).ok_or(Damaged("it has a number that stands for no term"))?;
    }
    Ok(new)
}

/// Writes rows that are in an order already together with rows to be put into it.
fn place_merged<const N: usize>(
    old: impl Iterator<Item = Result<[Id; N], Damaged>>,
    new: &[[Id; N]],
    order: [usize; N],
    place: &mut [u8],
) -> Result<(), Damaged> {
    let mut new: Vec<[Id; N]> = new.iter().map(|row| order.map(|at| row[at])).collect();
    if !order.is_sorted() {
        new.sort_unstable();
    }
    let mut places = place.chunks_exact_mut(4 * N);
    let mut put = |row: [Id; N]| {
        if let Some(place) = places.next() {
            row.iter().zip(place.chunks_exact_mut(4)).for_each(|(id, place)| place.copy_from_slice(&id.to_le_bytes()));
        }
    };
    let mut new = new.into_iter().peekable();
    for row in old {
        let row = row?;
        while let Some(row) = new.next_if(|next| *next < row) {
            put(row);
        }
        put(row);
    }
    new.for_each(put);
    Ok(())
}
