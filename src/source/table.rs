//! Reads CSV and TSV (RFC 4180 and its usual relatives) row by row in constant memory, each cell with line and column.
//!
//! It stands on the state machine of the `csv` crate, fed by hand, because only so is it known where each cell began.

use std::io::BufRead;
use std::sync::Arc;

use csv_core::{ReadFieldResult, Reader as Machine, ReaderBuilder};

use crate::finding::Finding;
use crate::limits::{Limit, Limits};
use crate::location::{Located, Location};

use super::text;

/// What stands between the cells of a `.csv` that begins so: what its header has most of, as spreadsheets write semicolons where the
/// comma is the decimal sign. A first line with none of them may be a title: then the lines below it count, if they agree. What stands in
/// quotes does not count.
pub fn delimiter(start: &[u8]) -> u8 {
    let mut lines: Vec<[usize; 4]> = Vec::new();
    let mut counts = [0usize; 4];
    let (mut quoted, mut begun) = (false, false);
    for &byte in start {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => {
                if begun {
                    lines.push(std::mem::take(&mut counts));
                }
                begun = false;
                if lines.len() > 20 {
                    break;
                }
                continue;
            }
            _ if quoted => {}
            _ => {
                if let Some(at) = DELIMITERS.iter().position(|known| *known == byte) {
                    counts[at] += 1;
                }
            }
        }
        begun |= !byte.is_ascii_whitespace();
    }
    if begun {
        lines.push(counts);
    }
    let most = |counts: &[usize; 4]| (0..4).rev().max_by_key(|at| counts[*at]).filter(|at| counts[*at] > 0);
    let Some(header) = lines.first() else { return b',' };
    // A title has few of what the lines below have many of, and as many as each other.
    let same = |at: usize, count: usize| lines[1..].iter().filter(|line| line[at] == count).count();
    let agreed = (0..4)
        .flat_map(|at| lines[1..].iter().map(move |line| (at, line[at])))
        .filter(|(at, count)| *count >= 2 && same(*at, *count) >= 2)
        .max_by_key(|(at, count)| (same(*at, *count), *count, std::cmp::Reverse(*at)));
    match (most(header), agreed) {
        (None, Some((at, _))) => DELIMITERS[at],
        (Some(own), Some((at, count))) if header[at] == 0 && header[own] < count && same(at, count) + 1 >= lines.len() / 2 => {
            DELIMITERS[at]
        }
        (Some(own), _) => DELIMITERS[own],
        (None, None) => b',',
    }
}

/// What may stand between cells, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// `sep=;` as the first line, which one program writes for itself: taken off, and what it says.
pub fn excel_line(input: &mut dyn BufRead) -> Option<u8> {
    let start = input.fill_buf().ok()?;
    let end = start.iter().take(16).position(|byte| *byte == b'\n')?;
    let line = std::str::from_utf8(&start[..end]).ok()?.trim_end().trim_matches('"');
    let said = line.strip_prefix("sep=").or_else(|| line.strip_prefix("SEP="))?;
    let delimiter = *said.as_bytes().first().filter(|_| said.len() == 1)?;
    input.consume(end + 1);
    Some(delimiter)
}

/// One row: its cells in order.
pub type Row = Vec<Located<String>>;

/// A table being read.
pub struct Table<R> {
    input: R,
    machine: Machine,
    file: Arc<str>,
    line: usize,
    column: usize,
    done: bool,
    buffer: Vec<u8>,
    delimiter: u8,
    limits: Limits,
    /// What is wrong with single cells.
    faults: Vec<Finding>,
}

impl<R: BufRead> Table<R> {
    /// Starts to read; a byte-order mark must already be off.
    pub fn new(input: R, delimiter: u8, file: &Arc<str>, limits: Limits) -> Self {
        let machine = ReaderBuilder::new().delimiter(delimiter).build();
        let buffer = vec![0; 1 << 12];
        Self { input, machine, file: Arc::clone(file), line: 1, column: 1, done: false, buffer, delimiter, limits, faults: Vec::new() }
    }

    /// Where lines before it have been taken off: at this one it starts.
    pub fn at_line(self, line: usize) -> Self {
        Self { line, ..self }
    }

    /// The next row that is not blank, or `None` at the end.
    ///
    /// # Errors
    /// A finding: bytes that are not UTF-8, a NUL, a quote that is never closed, a cell beyond the limits,
    /// or what the system says of the file. Reading ends there.
    pub fn row(&mut self) -> Result<Option<Row>, Finding> {
        let mut row = Row::new();
        let mut held = 0;
        loop {
            if self.done {
                return Ok(if row.is_empty() { None } else { Some(row) });
            }
            let (cell, last) = self.cell(row.is_empty())?;
            if let Some(cell) = cell {
                held += cell.value.len() as u64;
                row.push(cell);
            }
            if row.len() > self.limits.count(Limit::Cells) {
                let message = format!("a row has more than {} cells", self.limits.words(Limit::Cells));
                return Err(self.stop(message, self.here()).hint(Limit::Cells.raised_by()));
            }
            if held > self.limits.of(Limit::File) {
                let message = format!("a row is larger than {}", self.limits.words(Limit::File));
                return Err(self.stop(message, self.here()).hint(Limit::File.raised_by()));
            }
            if last && !row.is_empty() {
                return Ok(Some(row));
            }
        }
    }

    fn here(&self) -> Location {
        Location::new(&self.file, self.line, self.column, 1)
    }

    fn stop(&mut self, message: impl Into<String>, place: Location) -> Finding {
        self.done = true;
        Finding::error("unreadable-file", message, place)
    }

    /// One cell, and whether it was the last of its row. At the end of the input there is none.
    fn cell(&mut self, first_of_row: bool) -> Result<(Option<Located<String>>, bool), Finding> {
        let mut length = 0;
        let mut quotes = 0usize;
        let mut start: Option<(usize, usize, bool)> = None;
        let mut stray: Option<(usize, usize)> = None;
        loop {
            let input = match self.input.fill_buf() {
                Ok(input) => input,
                Err(error) => {
                    let message = crate::project::plain(&error);
                    return Err(self.stop(message, self.here()));
                }
            };
            let (result, read, written) = self.machine.read_field(input, &mut self.buffer[length..]);
            for &byte in &input[..read] {
                let leading_break = start.is_none() && first_of_row && matches!(byte, b'\r' | b'\n');
                if start.is_none() && !leading_break {
                    start = Some((self.line, self.column, byte == b'"'));
                }
                if byte == b'"' {
                    quotes += 1;
                } else if stray.is_none()
                    && start.is_some_and(|(_, _, quoted)| quoted)
                    && quotes > 0
                    && quotes.is_multiple_of(2)
                    && byte != self.delimiter
                    && !byte.is_ascii_whitespace()
                {
                    stray = Some((self.line, self.column));
                }
                if byte == b'\n' {
                    self.line += 1;
                    self.column = 1;
                } else if byte & 0xC0 != 0x80 {
                    self.column += 1;
                }
            }
            self.input.consume(read);
            length += written;
            let last = match result {
                ReadFieldResult::InputEmpty => continue,
                ReadFieldResult::OutputFull if length as u64 >= self.limits.of(Limit::Cell) => {
                    let message = format!("a cell is larger than {}", self.limits.words(Limit::Cell));
                    return Err(self.stop(message, self.here()).hint(Limit::Cell.raised_by()));
                }
                ReadFieldResult::OutputFull => {
                    self.buffer.resize(self.buffer.len() * 2, 0);
                    continue;
                }
                ReadFieldResult::Field { record_end } => record_end,
                ReadFieldResult::End => {
                    self.done = true;
                    return Ok((None, true));
                }
            };
            let (line, column, quoted) = start.unwrap_or((self.line, self.column, false));
            let bytes = self.buffer[..length].to_vec();
            let place = Location::new(&self.file, line, column, 1);
            if quoted && quotes % 2 == 1 {
                return Err(self.stop("the quote that opens here is never closed", place));
            }
            let text = match String::from_utf8(bytes) {
                Ok(text) => text,
                Err(error) => {
                    let byte = error.as_bytes()[error.utf8_error().valid_up_to()];
                    let start: &[u8] = if (line, column) == (1, 1) { error.as_bytes() } else { &[] };
                    let message = text::not_utf8(start, byte, "table");
                    return Err(self.stop(message, place));
                }
            };
            if text.contains('\0') {
                return Err(self.stop("a NUL byte stands in this cell", place));
            }
            if let Some((line, column)) = stray {
                let place = Location::new(&self.file, line, column.saturating_sub(1).max(1), 1);
                let finding = Finding::error("stray-quote", "a quote stands inside a cell that is in quotes", place);
                self.faults.push(finding.hint(Some("write it twice: \"The \"\"Green\"\" Alliance\"".to_owned())));
            }
            let characters = text.chars().take_while(|c| *c != '\n').count() + if quoted { 2 } else { 0 };
            return Ok((Some(Located::new(text, Location::new(&self.file, line, column, characters))), last));
        }
    }
}

impl<R: BufRead> super::grid::Grid for Table<R> {
    fn row(&mut self, faults: &mut Vec<Finding>) -> Result<Option<super::grid::Cells>, Finding> {
        loop {
            let row = Table::row(self);
            faults.append(&mut self.faults);
            match row? {
                Some(row) if row.iter().all(|cell| cell.value.trim().is_empty()) => {}
                Some(row) => return Ok(Some(row.into_iter().enumerate().collect())),
                None => return Ok(None),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Result<Vec<Vec<(String, String)>>, Finding> {
        let file = Arc::from("t.csv");
        let mut table = Table::new(text.as_bytes(), b',', &file, Limits::default());
        let mut rows = Vec::new();
        while let Some(row) = table.row()? {
            rows.push(row.into_iter().map(|c| (c.value, format!("{}:{}", c.location.line, c.location.column))).collect());
        }
        Ok(rows)
    }

    #[test]
    fn cells_know_their_line_and_column_through_quotes_breaks_and_accents() {
        let rows = rows("id,name\r\na,\"x\r\ny\"\r\n\r\né,b").expect("a table");
        let flat: Vec<Vec<(&str, &str)>> = rows.iter().map(|row| row.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect()).collect();
        assert_eq!(
            flat,
            vec![vec![("id", "1:1"), ("name", "1:4")], vec![("a", "2:1"), ("x\r\ny", "2:3")], vec![("é", "5:1"), ("b", "5:3")],]
        );
    }

    #[test]
    fn an_open_quote_is_found_where_it_opens() {
        let finding = rows("id,name\na,\"x\nb,y\n").expect_err("an open quote passed");
        assert_eq!((finding.location.line, finding.location.column), (2, 3));
    }

    #[test]
    fn what_stands_between_cells_is_seen_from_the_header() {
        let seen = |text: &str| char::from(delimiter(text.as_bytes()));
        assert_eq!(seen("id,label\na;b,c;d\n"), ',');
        assert_eq!(seen("id,\"a;b;c\"\n"), ',');
        assert_eq!(seen("\r\n\"id, or name\";label;when\r\na;b,c,d;e"), ';');
        assert_eq!(seen("id\tlabel\n"), '\t');
        assert_eq!(seen("id|label\n"), '|');
        assert_eq!(seen("id\na;b\n"), ',');
        assert_eq!(seen("id;name;summary, short;section\n"), ';');
        assert_eq!(seen("Members, as of May\nid;name;also\na;b;c\nd;e;f\n"), ';');
        assert_eq!(seen("Members\nid,name,also\na,b,c\n"), ',');
        assert_eq!(seen("Members\n\"(kept by us, for us)\"\n\nid;name;also\na;b;c\nTotal;;\n"), ';');
        assert_eq!(seen(""), ',');
    }

    #[test]
    fn empty_cells_stay_cells() {
        let rows = rows("a,,c\n,,\n").expect("a table");
        assert_eq!(rows.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3]);
    }
}
