//! What reading may know of a schema: which kinds there are, what a table of one is called, and what sort of value a key takes.
//!
//! Reading stands below the schema; whoever has one tells it so much. With it a cell that says `14 Dec 2000`, `Founding member` or
//! `www.example.org` is made into what a record would have said.

use std::collections::HashMap;
use std::sync::Arc;

use crate::fold::fold;
use crate::iri;

/// A kind that a table may hold, and what such a table's file is called.
#[derive(Debug, Clone, Default)]
pub struct TableKind {
    /// The kind.
    pub name: String,
    /// `people`, `status-events`.
    pub plural: String,
    /// What people call one, in the project's language.
    pub label: String,
    /// The key that gives a thing its name.
    pub naming: Option<String>,
    /// Its keys.
    pub keys: Arc<Vec<TableKey>>,
    /// Whether a record of it needs no id.
    pub minted: bool,
}

impl TableKind {
    /// The key of a name.
    pub fn key(&self, name: &str) -> Option<&TableKey> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The key that a column's heading means: by its name, or by what people call it, in any case, with spaces.
    pub fn key_of_heading(&self, heading: &str) -> Option<&TableKey> {
        self.key(heading).or_else(|| {
            let folded = fold(heading);
            let mut found = self.keys.iter().filter(|key| fold(&key.name) == folded || fold(&key.label) == folded);
            let first = found.next()?;
            found.next().is_none().then_some(first)
        })
    }
}

/// A key that a table may fill.
#[derive(Debug, Clone)]
pub struct TableKey {
    /// Its name in records.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// The code of findings about it.
    pub code: String,
    /// What its values are.
    pub sort: Sort,
    /// Whether its texts are names.
    pub names: bool,
}

/// What the values of a key are, as far as reading can make them so.
#[derive(Debug, Clone)]
pub enum Sort {
    /// Things, by id or by name.
    Thing,
    /// Codes of a list: their names by their names and labels, folded.
    Code(Arc<HashMap<String, String>>),
    /// Dates.
    Date,
    /// One day.
    Day,
    /// A year.
    Year,
    /// Numbers that people state.
    Amount,
    /// Plain numbers.
    Number,
    /// True or false.
    Truth,
    /// Addresses.
    Address,
    /// Text in a language.
    Text,
    /// Anything else.
    Other,
}

impl Sort {
    /// The code that a text is, by its name or its label, however it is written: `votingRights`, `Voting rights`.
    pub fn code(&self, text: &str) -> Option<String> {
        let Self::Code(codes) = self else { return None };
        codes.get(&fold(text)).or_else(|| codes.get(&fold(&iri::kebab(text)))).cloned()
    }
}

/// The kind that a file or sheet of this name holds: `people`, `Status events`, `StatusEvent`.
pub fn kind_named(name: &str, kinds: &[TableKind]) -> Option<String> {
    let folded = name.trim().replace(['_', ' '], "-").to_lowercase();
    kinds.iter().find(|kind| folded == iri::kebab(&kind.name) || folded == kind.plural || name == kind.name).map(|kind| kind.name.clone())
}

/// As [`kind_named`]; or, because tabs are for people, what one of the kind is called in the project's language.
pub fn kind_called(name: &str, kinds: &[TableKind]) -> Option<String> {
    kind_named(name, kinds).or_else(|| {
        let folded = fold(name);
        let mut called = kinds.iter().filter(|kind| !kind.label.is_empty() && fold(&kind.label) == folded);
        called.next().filter(|_| called.next().is_none()).map(|kind| kind.name.clone())
    })
}
