//! The records of claims without an id: those that say the same, and those that are of one claim.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::dataset::Id;
use crate::values::edtf::Bounds;

/// Between the values of one fact.
pub(super) const VALUE: char = '\u{1e}';

/// Records that say the same of the same.
#[derive(Debug)]
pub(super) struct Unit {
    /// What their statements are about for the time being.
    pub(super) id: Id,
    /// The IRI that their own words make.
    pub(super) own: Id,
    /// How many bytes of it say who and what.
    pub(super) base: u32,
    /// The values of the keys that tell it apart, in their order.
    pub(super) facts: Box<str>,
    pub(super) bounds: Bounds,
    /// The table that it is a row of: what a table lists in two rows is two.
    pub(super) table: Option<Arc<str>>,
}

/// Records that are of one claim.
pub(super) struct Cluster {
    pub(super) units: Vec<usize>,
    pub(super) facts: Vec<String>,
    pub(super) bounds: Bounds,
    pub(super) cited: BTreeSet<Id>,
}
