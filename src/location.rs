//! Where a value was written: a file with line and column, or a sheet with its cell.
//!
//! Every quad keeps one, because a finding that cannot point to its file is a defect of ours.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// A place in an input file. Cheap to clone; ordered as a reader would meet them, sheet by sheet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Location {
    /// The file, relative to the project's folder, with `/` between its parts.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// How many characters the value takes on that line; 0 where only its start is known.
    pub length: u32,
    /// The cell as spreadsheets name it (`Members!B7`), where the file is a workbook.
    pub cell: Option<Arc<str>>,
}

impl Location {
    /// A place in a text file.
    pub fn new(file: &Arc<str>, line: usize, column: usize, length: usize) -> Self {
        let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self { file: Arc::clone(file), line: narrow(line), column: narrow(column), length: narrow(length), cell: None }
    }

    /// A place that a parser gave in a text: where that is behind all that is written, the last thing that is.
    pub fn in_text(file: &Arc<str>, text: &str, line: usize, column: usize) -> Self {
        let written = text.trim_end();
        let lines = written.matches('\n').count() + 1;
        let last = written.rsplit('\n').next().unwrap_or("").chars().count().max(1);
        if (line, column) > (lines, last) { Self::new(file, lines, last, 1) } else { Self::new(file, line, column, 1) }
    }

    /// The start of a file, for what concerns it as a whole.
    pub fn file(file: &Arc<str>) -> Self {
        Self::new(file, 1, 1, 0)
    }
}

impl Location {
    fn sheet(&self) -> Option<&str> {
        self.cell.as_ref()?.rsplit_once('!').map(|(sheet, _)| sheet)
    }
}

impl Ord for Location {
    fn cmp(&self, other: &Self) -> Ordering {
        let place = |location: &Self| (location.line, location.column, location.length);
        let file = self.file.cmp(&other.file).then_with(|| self.sheet().cmp(&other.sheet()));
        file.then_with(|| place(self).cmp(&place(other))).then_with(|| self.cell.cmp(&other.cell))
    }
}

impl PartialOrd for Location {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cell {
            Some(cell) => write!(f, "{} {cell}", self.file),
            None => write!(f, "{}:{}:{}", self.file, self.line, self.column),
        }
    }
}

/// A value with the place it was written at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub location: Location,
}

impl<T> Located<T> {
    /// Puts the two together.
    pub fn new(value: T, location: Location) -> Self {
        Self { value, location }
    }
}
