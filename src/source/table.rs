//! Reads CSV and TSV (RFC 4180 and its usual relatives) row by row in constant memory, each cell with line and column.
//!
//! It stands on the state machine of the `csv` crate, fed by hand, because only so is it known where each cell began.

use std::io::BufRead;
use std::sync::Arc;

use csv_core::{ReadFieldResult, Reader as Machine, ReaderBuilder};

use crate::finding::Finding;
use crate::location::{Located, Location};

/// The most bytes that one cell may have.
const CELL_LIMIT: usize = 8 << 20;
/// The most cells that one row may have.
const ROW_LIMIT: usize = 16_384;

/// What stands between the cells of a `.csv` that begins so: a comma, unless the header has none and has semicolons, tabs or bars,
/// as spreadsheets write where the comma is the decimal sign. What stands in quotes does not count.
pub fn delimiter(start: &[u8]) -> u8 {
    let mut counts = [(b',', 0usize), (b';', 0), (b'\t', 0), (b'|', 0)];
    let (mut quoted, mut begun) = (false, false);
    for &byte in start {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if begun && !quoted => break,
            _ if quoted => {}
            _ => counts.iter_mut().filter(|(known, _)| *known == byte).for_each(|(_, count)| *count += 1),
        }
        begun |= !byte.is_ascii_whitespace();
    }
    let most = counts.iter().rev().max_by_key(|(_, count)| *count);
    match (counts[0].1, most) {
        (0, Some(&(byte, count))) if count > 0 => byte,
        _ => b',',
    }
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
}

impl<R: BufRead> Table<R> {
    /// Starts to read; a byte-order mark must already be off.
    pub fn new(input: R, delimiter: u8, file: &Arc<str>) -> Self {
        let machine = ReaderBuilder::new().delimiter(delimiter).build();
        Self { input, machine, file: Arc::clone(file), line: 1, column: 1, done: false, buffer: vec![0; 1 << 12] }
    }

    /// The next row that is not blank, or `None` at the end.
    ///
    /// # Errors
    /// A finding: bytes that are not UTF-8, a NUL, a quote that is never closed, a cell beyond the limits,
    /// or what the system says of the file. Reading ends there.
    pub fn row(&mut self) -> Result<Option<Row>, Finding> {
        let mut row = Row::new();
        loop {
            if self.done {
                return Ok(if row.is_empty() { None } else { Some(row) });
            }
            let (cell, last) = self.cell(row.is_empty())?;
            if let Some(cell) = cell {
                row.push(cell);
            }
            if row.len() > ROW_LIMIT {
                return Err(self.stop(format!("a row has more than {ROW_LIMIT} cells"), self.here()));
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
                ReadFieldResult::OutputFull if length >= CELL_LIMIT => {
                    let message = format!("a cell is larger than {} MiB", CELL_LIMIT >> 20);
                    return Err(self.stop(message, self.here()));
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
                    let message = format!("byte 0x{byte:02X} is not UTF-8; save the table as UTF-8");
                    return Err(self.stop(message, place));
                }
            };
            if text.contains('\0') {
                return Err(self.stop("a NUL byte stands in this cell", place));
            }
            let characters = text.chars().take_while(|c| *c != '\n').count() + if quoted { 2 } else { 0 };
            return Ok((Some(Located::new(text, Location::new(&self.file, line, column, characters))), last));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Result<Vec<Vec<(String, String)>>, Finding> {
        let file = Arc::from("t.csv");
        let mut table = Table::new(text.as_bytes(), b',', &file);
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
        assert_eq!(seen(""), ',');
    }

    #[test]
    fn empty_cells_stay_cells() {
        let rows = rows("a,,c\n,,\n").expect("a table");
        assert_eq!(rows.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3]);
    }
}
