//! Things that may be one: pairs worth a look, each with a score and what it is made of. Nothing is merged here; people decide
//! ([`matches`](crate::source::matches)).
//!
//! A pair is looked at only if the two share something rare (a name, a word of a name, an acronym, an identifier, an address): so the work grows
//! with the number of things and not with its square. What many share is no reason for a look.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::find::Making;
use crate::schema::Schema;
use crate::store::{Store, StoreError};

mod gather;
pub mod likeness;
mod score;

/// A thing with what tells it from others.
#[derive(Debug, Clone, Default)]
pub struct Thing {
    /// Its address.
    pub iri: String,
    /// Its id.
    pub id: String,
    /// The name that is shown.
    pub name: String,
    /// All its names.
    pub names: Vec<String>,
    /// The kinds it is of.
    pub kinds: BTreeSet<String>,
    /// Their classes, by number.
    pub(crate) classes: BTreeSet<u32>,
    /// Its identifiers and addresses: the key with the value, as it is compared and as it is written.
    pub(crate) identifiers: BTreeMap<(u32, String), String>,
    /// What its own keys refer to: the key with the thing.
    pub(crate) facts: BTreeSet<(u32, u32)>,
    /// Its dates.
    pub(crate) dates: BTreeSet<String>,
    /// What it is tied to by claims.
    pub(crate) neighbours: BTreeSet<u32>,
}

/// Why a pair may be one, or not: words, and what they count.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// In words.
    pub words: String,
    /// What it adds, or takes away.
    pub weight: f64,
}

/// Two things that may be one.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The one of which more is known.
    pub one: Thing,
    /// The other.
    pub other: Thing,
    /// How likely they are one, from 0 to 1.
    pub score: f64,
    /// What that is made of, what counts most first.
    pub parts: Vec<Part>,
}

/// A block of more things than this has nothing rare in common.
const BLOCK: usize = 40;

/// All pairs of a graph with a score of at least so much, the likeliest first.
///
/// # Errors
/// The storage reported a fault.
pub fn pairs(store: &Store, with: Making<'_>, least: f64) -> Result<Vec<Pair>, StoreError> {
    let gathered = gather::Gathered::read(store, with)?;
    let things = &gathered.things;
    let mut found: Vec<Pair> = candidates(things)
        .into_iter()
        .filter(|(a, b)| gathered.comparable(*a, *b))
        .filter_map(|(a, b)| {
            let (one, other) = if things[a as usize].weight() >= things[b as usize].weight() { (a, b) } else { (b, a) };
            let (score, parts) = score::score(&gathered, one, other);
            (score >= least).then(|| Pair { one: things[one as usize].clone(), other: things[other as usize].clone(), score, parts })
        })
        .collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| (&a.one.id, &a.other.id).cmp(&(&b.one.id, &b.other.id))));
    Ok(found)
}

/// Whether a thing is of a kind, or of one below it.
pub fn is_of(thing: &Thing, kind: &str, schema: &Schema) -> bool {
    let Some(wanted) = schema.kinds.get(kind) else { return false };
    thing.kinds.iter().filter_map(|name| schema.kinds.get(name)).any(|kind| schema.is_a(&kind.class, &wanted.class))
}

impl Thing {
    /// How much is known of it.
    fn weight(&self) -> (usize, std::cmp::Reverse<&str>) {
        let known = self.facts.len() + self.neighbours.len() + self.identifiers.len() + self.names.len();
        (known, std::cmp::Reverse(&self.id))
    }
}

/// Pairs of things that share something rare.
pub(crate) fn candidates(things: &[Thing]) -> BTreeSet<(u32, u32)> {
    let mut blocks: HashMap<String, Vec<u32>> = HashMap::new();
    for (number, thing) in (0u32..).zip(things) {
        let mut keys: BTreeSet<String> = thing.names.iter().flat_map(|name| likeness::keys(name)).collect();
        keys.extend(thing.identifiers.keys().map(|(_, value)| format!("={value}")));
        for key in keys {
            let block = blocks.entry(key).or_default();
            // One more than is looked at, to know that there are more.
            if block.len() <= BLOCK {
                block.push(number);
            }
        }
    }
    let mut pairs = BTreeSet::new();
    for block in blocks.values().filter(|block| (2..=BLOCK).contains(&block.len())) {
        for (at, a) in block.iter().enumerate() {
            pairs.extend(block[at + 1..].iter().map(|b| (*a.min(b), *a.max(b))));
        }
    }
    pairs
}
