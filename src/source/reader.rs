//! What a reader is: one way in which files hold records, and what it is given. `readers` lists them.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use crate::door::Door;
use crate::finding::Finding;
use crate::location::{Located, Location};

use super::kinds::TableKind;
use super::mapping::TableSettings;
use super::mapping::engine::Ids;
use super::{Sink, Source};

/// A file to be read, and what is known of it.
pub struct Input<'a> {
    /// The source it is of.
    pub source: &'a Source,
    /// Where it is.
    pub path: &'a Path,
    /// The same, relative to the project.
    pub file: &'a Arc<str>,
    /// The door it comes in through.
    pub door: Door<'a>,
    /// Its name without folders.
    pub name: &'a str,
    /// What the names of tables may mean.
    pub kinds: &'a [TableKind],
    /// Which settings of the source were of use.
    pub used: &'a RefCell<BTreeSet<usize>>,
    /// The ids that mappings of the source have made.
    pub ids: &'a RefCell<Ids>,
}

impl<'a> Input<'a> {
    /// Its path within the source's folder: what it is cited as where the source lists no sections.
    pub fn locator(&self) -> &'a str {
        self.file.strip_prefix(self.source.folder.as_str()).unwrap_or(self.name).trim_start_matches('/')
    }

    /// As what its rows are cited where nothing else is said.
    pub fn section(&self) -> Located<String> {
        Located::new(self.locator().to_owned(), Location::file(self.file))
    }

    /// What is said of it, and the parts of its name.
    pub fn settings(&self) -> Option<(&'a TableSettings, Vec<(String, String)>)> {
        self.settings_of(&[self.name.to_owned(), self.locator().to_owned()])
    }

    /// What is said of one of its sheets.
    pub fn settings_of_sheet(&self, sheet: &str) -> Option<(&'a TableSettings, Vec<(String, String)>)> {
        let names: Vec<String> =
            [self.name, self.locator()].iter().flat_map(|name| [format!("{name}/{sheet}"), format!("{name}#{sheet}")]).collect();
        self.settings_of(&names)
    }

    fn settings_of(&self, names: &[String]) -> Option<(&'a TableSettings, Vec<(String, String)>)> {
        let (index, entry, parts) = self.source.said_of(names)?;
        self.used.borrow_mut().insert(index);
        Some((&entry.settings, parts))
    }
}

/// One way in which files hold records.
pub trait Reader: Sync {
    /// How the names of its files end, without the dot, in small letters.
    fn endings(&self) -> &'static [&'static str];

    /// Whether a file that begins so is one of its, whatever its name.
    fn knows(&self, _start: &[u8]) -> bool {
        false
    }

    /// The `format` that asks for it, where the name of a file does not.
    fn format(&self) -> Option<&'static str> {
        None
    }

    /// Reads a file.
    ///
    /// # Errors
    /// A finding at the place where reading had to end; what was read before it stands.
    fn read(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), Finding>;
}
