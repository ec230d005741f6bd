//! The settings of a table as `source.toml` or a shipped mapping says them: what can be said. How it is read is in `read`.

use encoding_rs::Encoding;
use regex::Regex;

use crate::finding::Finding;
use crate::location::{Located, Location};
use crate::record::Field;

use super::convert::Ways;
use super::path::Path;
use super::template::Template;
use super::value::{Condition, Value};

mod read;

/// What a mapping's maps in files are read with: a name of a file beside the introduction gives its text.
pub type Beside<'a> = dyn Fn(&str) -> Result<String, String> + 'a;

/// What is said of one table, file or sheet.
#[derive(Debug, Clone)]
pub struct TableSettings {
    /// Where it is said.
    pub place: Location,
    /// The kind of its records, where rows are records as they are.
    pub kind: Option<String>,
    /// Its columns, with the keys or the names for the mapping that they are to have.
    pub columns: Vec<(Located<String>, String)>,
    /// What stands between the members of a list in one cell.
    pub separator: Option<String>,
    /// What stands between cells.
    pub delimiter: Option<u8>,
    /// Whether it holds no records.
    pub skip: bool,
    /// The line or row of its header.
    pub header: Option<u32>,
    /// How its text is encoded.
    pub encoding: Option<&'static Encoding>,
    /// The section that all of it is cited to.
    pub section: Option<Located<Template>>,
    /// The place in it that a row is cited to.
    pub at: Option<Template>,
    /// Columns that say nothing for the graph.
    pub ignore: Vec<Located<Regex>>,
    /// What becomes of columns that nothing is said of.
    pub unknown: Unknown,
    /// Which rows are left out, and which alone are read.
    pub conditions: Vec<Condition>,
    /// Where the rows are in a document.
    pub rows: Option<Located<Path>>,
    /// How it writes its values.
    pub ways: Ways,
    /// Values that others are made of, by their names.
    pub values: Vec<(Located<String>, Value)>,
    /// What a row makes.
    pub records: Vec<RecordSpec>,
    /// The language of its texts.
    pub language: Option<Template>,
    /// The format whose own reader reads it.
    pub reader: Option<String>,
    /// Prefixes that the format knows, and what they stand for.
    pub prefixes: Vec<(String, String)>,
    /// Whether it is said by a mapping that ships, which speaks of more than any one file has.
    pub shipped: bool,
}

/// What becomes of columns that nothing is said of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unknown {
    /// They are told of, all in one note.
    #[default]
    Note,
    /// They are kept as they are, under the source's own names.
    Keep,
    /// Nothing.
    Ignore,
}

/// A record that a row makes.
#[derive(Debug, Clone)]
pub struct RecordSpec {
    /// Its kind.
    pub kind: Located<String>,
    /// Where its rows are, if not where the table's are.
    pub rows: Option<Located<Path>>,
    /// What in a row makes one each.
    pub each: Option<Each>,
    /// Only of rows for which these hold.
    pub conditions: Vec<Condition>,
    /// Whether rows only mention the thing: what is elsewhere its name counts more.
    pub mention: bool,
    /// Its keys, `id` among them.
    pub keys: Vec<(Located<String>, Value)>,
    /// A narrower place that it is cited to.
    pub at: Option<Template>,
}

/// What in a row makes a record each.
#[derive(Debug, Clone)]
pub enum Each {
    /// The values that a path leads to.
    Path(Path),
    /// The parts of a value.
    Part(Located<Template>, String),
    /// The columns whose headings match: `{column}` and `{value}`.
    Column(Regex),
}

impl TableSettings {
    /// Settings that say nothing.
    pub fn none(place: Location) -> Self {
        Self {
            place,
            kind: None,
            columns: Vec::new(),
            separator: None,
            delimiter: None,
            skip: false,
            header: None,
            encoding: None,
            section: None,
            at: None,
            ignore: Vec::new(),
            unknown: Unknown::default(),
            conditions: Vec::new(),
            rows: None,
            ways: Ways { null: ["n/a", "-", "–", "null", "#N/A"].map(str::to_owned).to_vec(), ..Ways::default() },
            values: Vec::new(),
            records: Vec::new(),
            language: None,
            reader: None,
            prefixes: Vec::new(),
            shipped: false,
        }
    }

    /// Reads settings; what is wrong with one is a finding, and the others still hold.
    pub fn read(fields: &[Field], place: Location, beside: &Beside<'_>, findings: &mut Vec<Finding>) -> Self {
        let mut reader = read::Reader { beside, findings };
        let mut settings = Self::none(place);
        for field in fields {
            reader.setting(&mut settings, field);
        }
        settings
    }

    /// Whether words are taken from a file of this name.
    pub fn is_beside(&self, name: &str) -> bool {
        let values = self.values.iter().chain(self.records.iter().flat_map(|record| &record.keys));
        values.into_iter().any(|(_, value)| value.takes_words_from(name))
    }

    /// Whether rows are made into records by more than the names of their columns.
    pub fn is_mapping(&self) -> bool {
        !self.records.is_empty() || self.rows.is_some()
    }
}

/// `col*` as a pattern.
pub fn glob(text: &str) -> String {
    regex::escape(text).replace(r"\*", ".*").replace(r"\?", ".")
}
