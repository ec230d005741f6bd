//! The lines that findings are about, read again for excerpts.
//!
//! Each file is gone through once, however many findings it has, and of a long line only the part around a column is read: a
//! thousand findings cost little more than one.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use crate::door::Bytes;
use crate::location::Location;
use crate::project::Project;

/// How many characters are shown on each side of a column, where a line has more than twice as many.
const AROUND: usize = 120;
/// A line of more bytes is not read whole.
const LONG: u64 = 16 << 10;
/// Of a long line, the places of every so many characters are remembered.
const STEP: usize = 4096;
/// Where of so many bytes one is none that text has, the file is no text, and shows nothing that could be read.
const STRANGE: u64 = 32;
/// So many files are kept open.
const OPEN: usize = 32;

/// Part of a line, and where in it a column is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The text, without the end of the line.
    pub text: String,
    /// The characters before the column.
    pub before: usize,
    /// Whether the line has more than this, on either side.
    pub cut: bool,
    /// Whether it has more before this.
    pub begun: bool,
}

/// What has been found out about the files of a project while excerpts were made.
#[derive(Debug)]
pub struct Excerpts<'a> {
    project: &'a Project,
    files: HashMap<Arc<str>, Option<Lines>>,
}

/// Where the lines of a file are.
#[derive(Debug)]
struct Lines {
    file: Box<dyn Bytes>,
    /// Where each line begins, and where the last ends.
    starts: Vec<u64>,
    /// Of long lines: where every `STEP`th character begins.
    long: HashMap<usize, Vec<u64>>,
}

impl<'a> Excerpts<'a> {
    /// Excerpts of the files of a project. Costs nothing yet.
    pub fn of(project: &'a Project) -> Self {
        Self { project, files: HashMap::new() }
    }

    /// What stands around a place; `None` if its file or line cannot be read.
    ///
    /// Costs a pass over the file when it is first asked for, then a read of a few kilobytes.
    pub fn around(&mut self, place: &Location) -> Option<Excerpt> {
        if !self.files.contains_key(&place.file) {
            if self.files.len() >= OPEN {
                self.files.clear();
            }
            self.files.insert(Arc::clone(&place.file), Lines::open(self.project, &place.file));
        }
        self.files.get_mut(&place.file)?.as_mut()?.around(place.line as usize, place.column as usize)
    }
}

/// Whether a byte is a sign that no text has.
fn is_strange(byte: u8) -> bool {
    byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C) || byte == 0x7F
}

impl Lines {
    fn open(project: &Project, path: &str) -> Option<Self> {
        let mut file = project.door().open(Path::new(path)).ok()?;
        let mut starts = vec![0];
        let mut input = BufReader::with_capacity(1 << 16, &mut file);
        let (mut at, mut strange) = (0, 0);
        loop {
            let bytes = input.fill_buf().ok()?;
            if bytes.is_empty() {
                break;
            }
            strange += bytes.iter().filter(|byte| is_strange(**byte)).count() as u64;
            starts.extend(bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(index, _)| at + index as u64 + 1));
            at += bytes.len() as u64;
            let length = bytes.len();
            input.consume(length);
        }
        if strange * STRANGE > at {
            return None;
        }
        // A last line without an end ends with the file; one with an end has nothing after it.
        if starts.last() != Some(&at) {
            starts.push(at);
        }
        Some(Self { file, starts, long: HashMap::new() })
    }

    fn read(&mut self, from: u64, to: u64) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(from)).ok()?;
        (&mut self.file).take(to - from).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    fn around(&mut self, line: usize, column: usize) -> Option<Excerpt> {
        let (start, end) = (*self.starts.get(line.checked_sub(1)?)?, *self.starts.get(line)?);
        let column = column.saturating_sub(1);
        let from = column.saturating_sub(AROUND);
        // Columns are counted without the mark that may stand before a file.
        let mark = |text: String| if line == 1 { text.trim_start_matches('\u{feff}').to_owned() } else { text };
        if end - start <= LONG {
            let text = mark(String::from_utf8_lossy(&self.read(start, end)?).into_owned());
            let text = text.trim_end_matches(['\n', '\r']);
            if text.chars().count() <= 2 * AROUND {
                return Some(Excerpt { text: text.to_owned(), before: column, cut: false, begun: false });
            }
            let part = text.chars().skip(from).take(2 * AROUND).collect();
            return Some(Excerpt { text: part, before: column - from, cut: true, begun: from > 0 });
        }
        if !self.long.contains_key(&line) {
            let steps = self.steps(line, start, end)?;
            self.long.insert(line, steps);
        }
        let begin = *self.long.get(&line)?.get(from / STEP)?;
        let bytes = self.read(begin, end.min(begin + 4 * (STEP + 2 * AROUND) as u64))?;
        let text = String::from_utf8_lossy(&bytes);
        let part: String = text.chars().skip(from % STEP).take(2 * AROUND).collect();
        Some(Excerpt { text: part.trim_end_matches(['\n', '\r']).to_owned(), before: column - from, cut: true, begun: from > 0 })
    }

    /// Where every so many characters of a line begin.
    fn steps(&mut self, line: usize, start: u64, end: u64) -> Option<Vec<u64>> {
        let mut start = start;
        if line == 1 && self.read(start, start + 3)? == "\u{feff}".as_bytes() {
            start += 3;
        }
        self.file.seek(SeekFrom::Start(start)).ok()?;
        let mut input = BufReader::with_capacity(1 << 16, (&mut self.file).take(end - start));
        let mut steps = Vec::new();
        let (mut at, mut characters) = (start, 0);
        loop {
            let bytes = input.fill_buf().ok()?;
            if bytes.is_empty() {
                return Some(steps);
            }
            for byte in bytes {
                // Every byte but those that go on with a character begins one.
                if byte & 0b1100_0000 != 0b1000_0000 {
                    if characters % STEP == 0 {
                        steps.push(at);
                    }
                    characters += 1;
                }
                at += 1;
            }
            let length = bytes.len();
            input.consume(length);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(text: &str) -> Project {
        let files = [("civigraph.toml", "title = \"T\"\nbase = \"https://example.org/\"\n"), ("f", text)];
        Project::of_world(Arc::new(crate::world::Memory::from_iter(files))).expect("a project")
    }

    #[test]
    fn a_column_is_where_it_is_said_to_be_in_short_and_in_long_lines() {
        let long: String = (0..30_000).map(|number| if number % 7 == 0 { 'é' } else { char::from(b'a' + (number % 26) as u8) }).collect();
        let project = project(&format!("\u{feff}first é line\r\n{long}\nlast"));
        let mut excerpts = Excerpts::of(&project);
        let mut at = |line, column| excerpts.around(&Location::new(&"f".into(), line, column, 1));
        let short = at(1, 7).expect("a line");
        assert_eq!((short.text.as_str(), short.before, short.cut), ("first é line", 6, false));
        for column in [1, 2, 119, 4096, 4097, 8193, 20_000, 29_999, 30_000] {
            let found = at(2, column).expect("a line");
            assert_eq!(found.text.chars().nth(found.before), long.chars().nth(column - 1), "{column}");
            assert!(found.cut && found.text.chars().count() <= 2 * AROUND);
            assert_eq!(found.begun, column > AROUND + 1, "{column}");
        }
        assert_eq!(at(3, 1).map(|found| found.text).as_deref(), Some("last"));
        assert_eq!(at(4, 1), None);
        assert_eq!(at(0, 1), None);
    }

    #[test]
    fn what_is_no_text_is_not_shown_as_if_it_were() {
        let sort = "\u{89}PNG\r\n\u{1a}\n\0\0\0\rIHDR";
        assert_eq!(Excerpts::of(&project(sort)).around(&Location::new(&"f".into(), 1, 1, 1)), None);
        let one = format!("a list\tof many\r\n{}\u{1}", "words ".repeat(20));
        assert!(Excerpts::of(&project(&one)).around(&Location::new(&"f".into(), 2, 1, 1)).is_some(), "a stray sign in a text");
    }
}
