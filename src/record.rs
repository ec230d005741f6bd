//! One record as it was written: a kind, keys and values, each with its place, and the place it is cited to.
//!
//! Nothing here knows a schema: values are still text. What they mean is `lift`'s to say.

use std::sync::Arc;

use crate::location::{Located, Location};

/// A record of some kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The kind's name, where it stands.
    pub kind: Located<String>,
    /// The keys in the order they were written, without `section` and `at`.
    pub fields: Vec<Field>,
    /// What it is cited to.
    pub cited: Cited,
    /// What separates several values in one cell, where the record is a table's row.
    pub separator: Option<Arc<str>>,
    /// Whether the table says itself what separates values: then texts for people are split too, which have such signs of their own.
    pub splits_texts: bool,
    /// Where the record starts.
    pub location: Location,
    /// Whether a mapping made it: a row may then make a thing in several steps.
    pub mapped: bool,
    /// Whether it only mentions its thing: another name than the one that is known is one more name, and no contradiction.
    pub mention: bool,
    /// Whether its id was made from its name: a thing that has this name already is the one it is about.
    pub by_name: bool,
    /// Columns of its row that nothing is said of and that are to be kept as they are.
    pub extra: Vec<Field>,
}

/// The place in the source that a record is cited to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cited {
    /// The section's locator; absent only where the file has none to give.
    pub section: Option<Located<String>>,
    /// Narrower places in it (`p2`, `fn23`, `title`); with several, the record is cited at each.
    pub at: Vec<Located<String>>,
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The key.
    pub key: Located<String>,
    /// Its value.
    pub value: Node,
}

/// A value as it stands in a file: a tree of texts, each with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// Nothing: an empty cell, `null`, `~`.
    Empty(Location),
    /// A text, verbatim (`2025-09`, `no`, `3.10` stay what they are).
    Text(Located<String>),
    /// Several values.
    List(Vec<Node>, Location),
    /// Keys and values: a nested record, or one text in several languages.
    Map(Vec<Field>, Location),
}

impl Node {
    /// Where it stands.
    pub fn location(&self) -> &Location {
        match self {
            Self::Empty(location) | Self::List(_, location) | Self::Map(_, location) => location,
            Self::Text(text) => &text.location,
        }
    }

    /// What it is, for "expected X, found Y".
    pub fn what(&self) -> &'static str {
        match self {
            Self::Empty(_) => "nothing",
            Self::Text(_) => "a text",
            Self::List(..) => "a list",
            Self::Map(..) => "a mapping",
        }
    }

    /// Its values one by one: a list's members, nothing for nothing, else itself.
    pub fn members(&self) -> &[Node] {
        match self {
            Self::Empty(_) => &[],
            Self::List(members, _) => members,
            Self::Text(_) | Self::Map(..) => std::slice::from_ref(self),
        }
    }
}
