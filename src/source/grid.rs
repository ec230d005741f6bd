//! A table being read, whatever file it stands in: rows of located cells, one after the other.

use crate::finding::Finding;
use crate::location::{Located, Location};

/// The cells of one row that hold something, each with its column from 0.
pub type Cells = Vec<(usize, Located<String>)>;

/// A table being read, row by row.
pub trait Grid {
    /// The next row that is not empty, or `None` at the end. What is wrong with single cells goes into `faults`.
    ///
    /// # Errors
    /// A finding where reading has to end.
    fn row(&mut self, faults: &mut Vec<Finding>) -> Result<Option<Cells>, Finding>;

    /// What a program made of a cell that was given, where that is neither text nor a number.
    fn made(&self, _place: &Location) -> Option<Made> {
        None
    }
}

/// What a program made of what somebody typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// A date.
    Date,
    /// True or false.
    Truth,
}
