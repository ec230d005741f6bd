//! Finding things by what people call them: names, aliases, acronyms, initials, identifiers, beginnings of words, typos,
//! words in any order; with case, accents, transliteration and British and American spelling folded.
//!
//! Nothing is merged here: a name that two things share gives both, and every match says which name matched and how.
//! The names are an index of their own beside the graph, so that finding one among a million costs
//! milliseconds.

use std::sync::Arc;

use oxigraph::model::NamedNode;

use crate::store::{Store, StoreError};

mod file;
mod gather;
mod index;
mod search;
mod write;

pub use crate::fold::fold;
pub use file::Names;
pub use gather::{Making, make};
pub use index::{KindName, Role};

/// Why a thing matches, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// Its id is the text.
    Id,
    /// Its name is the text.
    Name,
    /// Another name of it, an acronym among them, is the text.
    OtherName,
    /// A code or address that others use for it is the text.
    Identifier,
    /// A misspelling found in a source is the text.
    Misspelling,
    /// A name begins with the words of the text.
    Begins,
    /// A name has all words of the text, in any order.
    Words,
    /// The first letters of a name's words are the text.
    Initials,
    /// A name or identifier begins with the text, in the middle of a word.
    Starts,
    /// A name has words that begin with those of the text.
    WordsBegin,
    /// A name has all words of the text, if so many letters were different.
    Typo(u8),
    /// A name has most words of the text.
    Some {
        /// So many it has not.
        missing: u8,
        /// Of so many.
        of: u8,
    },
}

impl Why {
    /// What it means that a whole name of a rank is the text.
    fn exact(tier: u8) -> Self {
        match tier % 4 {
            0 => Self::Name,
            1 => Self::OtherName,
            2 => Self::Misspelling,
            _ => Self::Id,
        }
    }

    /// Whether the text is the whole name: what commands take for the thing itself, if it is the only one.
    pub fn is_exact(self) -> bool {
        self <= Self::Misspelling
    }

    /// In words, of a name.
    pub fn words(self) -> String {
        match self {
            Self::Id | Self::Name | Self::OtherName | Self::Identifier | Self::Misspelling | Self::Initials => "the same".to_owned(),
            Self::Begins | Self::Starts => "begins so".to_owned(),
            Self::Words => "has these words".to_owned(),
            Self::WordsBegin => "has words that begin so".to_owned(),
            Self::Typo(1) => "one letter off".to_owned(),
            Self::Typo(letters) => format!("{letters} letters off"),
            Self::Some { missing, of } => format!("has {} of these {of} words", of.saturating_sub(missing)),
        }
    }

    /// One word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Id | Self::Name | Self::OtherName | Self::Identifier | Self::Misspelling | Self::Initials => "same",
            Self::Begins | Self::Starts => "begins",
            Self::Words => "words",
            Self::WordsBegin => "words-begin",
            Self::Typo(_) => "typo",
            Self::Some { .. } => "some-words",
        }
    }
}

/// A thing that a text may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The thing.
    pub thing: NamedNode,
    /// Its id, as commands take it.
    pub id: String,
    /// What people call it; empty if it has no name.
    pub name: String,
    /// Its kinds, the most special ones.
    pub kinds: Vec<KindName>,
    /// The name or identifier that matched.
    pub label: String,
    /// What that is of the thing.
    pub role: Role,
    /// What the ontology calls such a name: "acronym".
    pub called: String,
    /// How it matched.
    pub why: Why,
    /// Whether words had to be taken together or apart: `Viet Nam` for `Vietnam`.
    pub respaced: bool,
}

impl Match {
    /// Which name matched and how, in words.
    pub fn because(&self) -> String {
        let how = self.why.words();
        let because = match self.why {
            Why::Id | Why::Name if self.label == self.name || self.role == Role::Id => self.called.clone(),
            Why::Initials => format!("{} of {}", self.called, self.label),
            why if why.is_exact() => format!("{}: {}", self.called, self.label),
            _ if self.label == self.name => how,
            // The id stands beside it.
            _ if self.role == Role::Id => format!("{}: {how}", self.called),
            _ => format!("{}: {}, {how}", self.called, self.label),
        };
        if self.respaced { format!("{because}, spaced otherwise") } else { because }
    }
}

/// Which things are found, and how many at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// At most so many.
    pub limit: usize,
    /// Only those of one of these kinds or below; any, if none is named.
    pub kinds: Vec<String>,
}

impl Names {
    /// The names of an opened graph: its build's index, or one made on the spot if the build has none.
    ///
    /// # Errors
    /// The storage reported a fault.
    pub fn of(store: &Store, with: Making<'_>) -> Result<Self, StoreError> {
        match store.names() {
            Some(file) => Self::open(Arc::clone(file), with.base),
            None => Self::from_bytes(make(store, with)?, with.base),
        }
    }

    /// The things that a text may mean, best first, in an order that is always the same. Costs a few reads where names
    /// have the words as they are, one look at every word of all names where none has.
    ///
    /// # Errors
    /// The index is damaged or cannot be read.
    pub fn find(&self, text: &str, wanted: &Filter) -> Result<Vec<Match>, StoreError> {
        search::search(self, text, wanted)
    }
}
