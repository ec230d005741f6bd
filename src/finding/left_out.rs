//! How much was left out of a graph under quarantine.

use serde::{Deserialize, Serialize};

use crate::values::text::count;

/// How much of a source was left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Values, the rest of whose records stayed.
    pub values: usize,
    /// Whole records.
    pub records: usize,
    /// Files that could not be read to their end.
    pub files: usize,
}

impl LeftOut {
    /// Whether nothing was.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// In words: `3 values, 1 record`.
    pub fn said(&self) -> String {
        let parts = [(self.records, "record", "records"), (self.values, "value", "values"), (self.files, "file", "files")];
        let said = parts.iter().filter(|part| part.0 > 0).map(|(number, one, many)| count(*number, one, many));
        said.collect::<Vec<_>>().join(", ")
    }
}
