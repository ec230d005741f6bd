//! The readers: one for each way in which files hold records. One reader more is one file and one line here.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;

use crate::door::Door;
use crate::finding::Finding;
use crate::location::{Located, Location};

use super::kinds::TableKind;
use super::mapping::TableSettings;
use super::mapping::engine::Ids;
use super::{Sink, Source, documents, rdf, sheet, spreadsheet, text, workbook};

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

    /// Reads a file.
    ///
    /// # Errors
    /// A finding at the place where reading had to end; what was read before it stands.
    fn read(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), Finding>;
}

/// All readers.
pub static READERS: &[&dyn Reader] = &[
    &documents::Yaml,
    &documents::Json,
    &documents::Lines,
    &sheet::Separated,
    &workbook::Streamed,
    &spreadsheet::Whole,
    &rdf::Triples,
    &rdf::Nested,
];

/// Documents and pictures that people keep beside what was read from them.
const BESIDE: &[&str] =
    &["pdf", "doc", "docx", "odt", "rtf", "txt", "html", "htm", "eml", "png", "jpg", "jpeg", "gif", "svg", "webp", "pptx", "odp"];

/// The reader of files of such a name.
pub fn for_name(name: &str) -> Option<&'static dyn Reader> {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
    READERS.iter().copied().find(|reader| reader.endings().contains(&ending.as_str()))
}

/// Reads a file with the reader that its name asks for, or its first bytes.
///
/// # Errors
/// A finding: there is no reader for it, or it could not be read to its end.
pub fn read(input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), Finding> {
    let reader = for_name(input.name).or_else(|| {
        let mut file = text::open(input.door, input.path).ok()?;
        let start = file.fill_buf().ok()?;
        READERS.iter().copied().find(|reader| reader.knows(start))
    });
    if let Some(reader) = reader {
        return reader.read(input, sink);
    }
    let ending = input.name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let message = match ending {
        "" => "nothing says how this file is to be read: its name has no ending".to_owned(),
        ending => format!("no reader for `.{ending}`: the file is left out"),
    };
    let place = Location::file(input.file);
    let is_beside = BESIDE.contains(&ending.to_lowercase().as_str());
    let finding =
        if is_beside { Finding::warning("unreadable-file", message, place) } else { Finding::error("unreadable-file", message, place) };
    let or = if is_beside { String::new() } else { format!(", or say skip = true under [tables.\"{}\"]", input.name) };
    Err(finding.hint(Some(format!("tables (csv, tsv, xlsx, ods), yaml, json, ndjson and RDF are read; notes go into .md files{or}"))))
}
