//! Terms with their numbers while a graph is built, and the bytes that a term is kept as.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use oxigraph::model::{BlankNodeRef, LiteralRef, NamedNodeRef, Term, TermRef};

/// The number of a term.
pub type Id = u32;

/// Terms with their numbers, in the order they came. Each is kept once, as bytes in one block: some 20 bytes beside its text.
#[derive(Debug, Default, Clone)]
pub struct Terms {
    text: Vec<u8>,
    /// Where each text ends.
    ends: Vec<usize>,
    /// Of each term, half of its hash: most that differ are told apart without a look at the text.
    hashes: Vec<u32>,
    /// Open addressing, a power of two long, at most half full; 0 is free, and `n` stands for the term `n - 1`.
    slots: Vec<Id>,
    /// Hashes start from chance, so that nobody can write terms that fall on one another.
    state: RandomState,
    scratch: Vec<u8>,
}

impl Terms {
    /// The number of a term, a new one if it is new.
    ///
    /// # Panics
    /// Never below four billion terms.
    pub fn id(&mut self, term: impl Into<Term>) -> Id {
        self.id_of(term.into().as_ref())
    }

    /// As [`id`](Self::id), of a term that stays where it is.
    pub fn id_of(&mut self, term: TermRef<'_>) -> Id {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        encode(term, &mut scratch);
        let id = self.add(&scratch);
        self.scratch = scratch;
        id
    }

    fn add(&mut self, text: &[u8]) -> Id {
        if self.ends.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let hash = self.hash(text);
        match self.probe(text, hash) {
            Ok(id) => id,
            Err(slot) => {
                let id = Id::try_from(self.ends.len()).ok().filter(|id| *id < Id::MAX - 1).expect("fewer than four billion terms");
                self.text.extend_from_slice(text);
                self.ends.push(self.text.len());
                self.hashes.push(hash);
                self.slots[slot] = id + 1;
                id
            }
        }
    }

    fn hash(&self, text: &[u8]) -> u32 {
        // Half of 64 well-mixed bits are well mixed.
        (self.state.hash_one(text) >> 32) as u32
    }

    /// The number of the text, or the slot where it belongs.
    fn probe(&self, text: &[u8], hash: u32) -> Result<Id, usize> {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            match self.slots[slot] {
                0 => return Err(slot),
                taken if self.hashes[taken as usize - 1] == hash && self.encoded(taken - 1) == text => return Ok(taken - 1),
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    fn grow(&mut self) {
        let length = (self.slots.len() * 2).max(64);
        self.slots = vec![0; length];
        for (index, hash) in self.hashes.iter().enumerate() {
            let mut slot = *hash as usize & (length - 1);
            while self.slots[slot] != 0 {
                slot = (slot + 1) & (length - 1);
            }
            self.slots[slot] = index as Id + 1;
        }
    }

    /// The number of a term that is there.
    pub fn find<'a>(&self, term: impl Into<TermRef<'a>>) -> Option<Id> {
        if self.slots.is_empty() {
            return None;
        }
        let mut text = Vec::new();
        encode(term.into(), &mut text);
        self.probe(&text, self.hash(&text)).ok()
    }

    /// The term of a number.
    pub fn term(&self, id: Id) -> TermRef<'_> {
        decode(self.encoded(id))
    }

    /// The bytes that a term is kept as; their order is that of a dataset's numbers.
    pub(super) fn encoded(&self, id: Id) -> &[u8] {
        let id = id as usize;
        let from = if id == 0 { 0 } else { self.ends[id - 1] };
        &self.text[from..self.ends[id]]
    }

    /// How many terms there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// Appends a term as the bytes that the dictionary is sorted by: IRIs, then literals by value.
pub(super) fn encode(term: TermRef<'_>, bytes: &mut Vec<u8>) {
    let mut join = |tag: u8, first: &str, second: &str| {
        bytes.push(tag);
        bytes.extend_from_slice(first.as_bytes());
        if !second.is_empty() {
            bytes.push(0xFF);
            bytes.extend_from_slice(second.as_bytes());
        }
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

/// The term of such bytes; bytes that are none give an empty literal.
pub(super) fn decode(bytes: &[u8]) -> TermRef<'_> {
    let Some((tag, rest)) = bytes.split_first() else { return LiteralRef::from("").into() };
    let text = |bytes| std::str::from_utf8(bytes).unwrap_or_default();
    let halves = || {
        let split = rest.iter().rposition(|byte| *byte == 0xFF).unwrap_or(rest.len());
        (text(&rest[..split]), text(rest.get(split + 1..).unwrap_or_default()))
    };
    match tag {
        b'I' => NamedNodeRef::new_unchecked(text(rest)).into(),
        b'B' => BlankNodeRef::new_unchecked(text(rest)).into(),
        b'L' => {
            let (value, language) = halves();
            LiteralRef::new_language_tagged_literal_unchecked(value, language).into()
        }
        b'T' => {
            let (value, datatype) = halves();
            LiteralRef::new_typed_literal(value, NamedNodeRef::new_unchecked(datatype)).into()
        }
        _ => LiteralRef::from(text(rest)).into(),
    }
}
