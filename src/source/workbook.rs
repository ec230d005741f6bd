//! Reads workbooks (Office Open XML spreadsheets, ECMA-376) sheet by sheet, each cell with the name that people see for it.
//!
//! Cells are streamed; only the texts that a workbook shares among its cells are held. A cell gives what it shows: a date whose
//! format shows a month gives the month, because the day behind it is the program's invention and not the writer's.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::sync::Arc;

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxCellReader, XlsxError};
use zip::ZipArchive;

use crate::finding::Finding;
use crate::location::{Located, Location};

/// The most bytes that the parts of a workbook may take when unpacked.
const UNPACKED_LIMIT: u64 = 1 << 30;
/// The columns that a sheet can have.
const COLUMNS: usize = 16_384;

/// A sheet's name and how it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The name on its tab.
    pub name: String,
    /// Whether people see no tab for it, and can make it appear.
    pub hidden: bool,
}

/// A workbook that is open.
pub struct Workbook {
    book: Xlsx<BufReader<File>>,
    file: Arc<str>,
}

impl Workbook {
    /// Opens a workbook. Its parts are unpacked once to nowhere first, so that a small file cannot become a large one.
    ///
    /// # Errors
    /// A finding: it is no workbook, is protected by a password, or is too large unpacked.
    pub fn open(mut input: BufReader<File>, file: &Arc<str>) -> Result<Self, Finding> {
        let unreadable = |message: String| Finding::error("unreadable-file", message, Location::file(file));
        within_limit(&mut input, UNPACKED_LIMIT).map_err(unreadable)?;
        input.rewind().map_err(|error| unreadable(crate::project::plain(&error)))?;
        let book = Xlsx::new(input).map_err(|error| unreadable(words(&error)))?;
        Ok(Self { book, file: Arc::clone(file) })
    }

    /// The sheets that may hold a table, in the order of their tabs. What a program put away where people cannot find it is left out.
    pub fn sheets(&self) -> Vec<Sheet> {
        let sheets = self.book.sheets_metadata().iter();
        sheets
            .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible != SheetVisible::VeryHidden)
            .map(|sheet| Sheet { name: sheet.name.clone(), hidden: sheet.visible == SheetVisible::Hidden })
            .collect()
    }

    /// Starts to read a sheet. It is read twice: first for formulas without results.
    ///
    /// # Errors
    /// A finding: the sheet is damaged.
    pub fn rows(&mut self, sheet: &str) -> Result<Rows<'_>, Finding> {
        let file = Arc::clone(&self.file);
        let shown = if sheet.chars().all(char::is_alphanumeric) { sheet.to_owned() } else { format!("'{}'", sheet.replace('\'', "''")) };
        let damaged =
            |error: XlsxError| Finding::error("unreadable-file", format!("the sheet {shown}: {}", words(&error)), Location::file(&file));
        let unsaved = self.unsaved(sheet).map_err(damaged)?;
        let cells = self.book.worksheet_cells_reader(sheet).map_err(damaged)?;
        Ok(Rows { cells, file, sheet: shown, unsaved, next: None, looks: HashMap::new(), done: false })
    }

    /// The cells of a sheet with a formula whose result the program that wrote it did not keep.
    fn unsaved(&mut self, sheet: &str) -> Result<HashSet<(u32, u32)>, XlsxError> {
        let mut unsaved = HashSet::new();
        let mut cells = self.book.worksheet_cells_reader(sheet)?;
        while let Some(cell) = cells.next_cell_with_formula_metadata()? {
            if cell.formula.is_some() && matches!(cell.value, DataRef::Empty) {
                unsaved.insert(cell.pos);
            }
        }
        Ok(unsaved)
    }
}

/// The cells of one row that are not empty, each with its column from 0, in the order of the columns.
pub type Row = Vec<(usize, Located<String>)>;

/// A sheet being read.
pub struct Rows<'b> {
    cells: XlsxCellReader<'b, BufReader<File>>,
    file: Arc<str>,
    sheet: String,
    unsaved: HashSet<(u32, u32)>,
    next: Option<(u32, usize, Located<String>)>,
    /// What numbers show in the styles that were met.
    looks: HashMap<usize, Look>,
    done: bool,
}

impl Rows<'_> {
    /// The next row that is not empty, or `None` at the end. A cell that holds an error of the program that wrote it is left out
    /// of the row and told of in `faults`.
    ///
    /// # Errors
    /// A finding: the sheet is damaged, or its cells are out of order. Reading ends there.
    pub fn row(&mut self, faults: &mut Vec<Finding>) -> Result<Option<Row>, Finding> {
        let mut row = Row::new();
        let mut number = None;
        while !self.done {
            let Some((line, column, cell)) = (match self.next.take() {
                Some(cell) => Some(cell),
                None => self.cell(faults)?,
            }) else {
                self.done = true;
                break;
            };
            match number {
                None => number = Some(line),
                Some(present) if present < line => {
                    self.next = Some((line, column, cell));
                    break;
                }
                Some(present) if present > line || row.last().is_some_and(|(last, _)| *last >= column) => {
                    self.done = true;
                    return Err(Finding::error("unreadable-file", "the sheet's cells are not in order", cell.location));
                }
                Some(_) => {}
            }
            row.push((column, cell));
        }
        Ok((!row.is_empty()).then_some(row))
    }

    /// The next cell with something in it: its row, its column, its text.
    fn cell(&mut self, faults: &mut Vec<Finding>) -> Result<Option<(u32, usize, Located<String>)>, Finding> {
        loop {
            let (cell, style) = match self.cells.next_cell_with_style_id() {
                Ok(Some(read)) => read,
                Ok(None) => return Ok(None),
                Err(error) => {
                    self.done = true;
                    let message = format!("the sheet {}: {}", self.sheet, words(&error));
                    return Err(Finding::error("unreadable-file", message, Location::file(&self.file)));
                }
            };
            let (line, column) = cell.get_position();
            let column = column as usize;
            let location = self.location(line, column);
            if column >= COLUMNS {
                self.done = true;
                return Err(Finding::error("unreadable-file", format!("a sheet has at most {COLUMNS} columns"), location));
            }
            let text = match cell.get_value() {
                DataRef::Empty => {
                    if self.unsaved.contains(&cell.get_position()) {
                        faults.push(fault(
                            "the cell has a formula without its result",
                            "save the workbook in a spreadsheet program",
                            location,
                        ));
                    }
                    continue;
                }
                DataRef::String(text) => text.clone(),
                DataRef::SharedString(text) => (*text).to_owned(),
                DataRef::Int(number) => number.to_string(),
                DataRef::Float(number) => self.look(style).number(*number),
                DataRef::Bool(truth) => truth.to_string(),
                DataRef::DateTime(moment) => date(*moment, self.look(style).precision),
                DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
                DataRef::Error(error) => {
                    let message = format!("the cell shows the error {error}");
                    faults.push(fault(&message, "mend its formula, or empty the cell", location));
                    continue;
                }
            };
            if text.trim().is_empty() {
                continue;
            }
            let length = text.chars().take_while(|c| *c != '\n').count();
            let location = Location { length: u32::try_from(length).unwrap_or(u32::MAX), ..location };
            return Ok(Some((line, column, Located::new(text, location))));
        }
    }

    fn location(&self, line: u32, column: usize) -> Location {
        let place = Location::new(&self.file, line as usize + 1, column + 1, 0);
        Location { cell: Some(format!("{}!{}{}", self.sheet, letters(column), line.saturating_add(1)).into()), ..place }
    }

    fn look(&mut self, style: usize) -> Look {
        if let Some(known) = self.looks.get(&style) {
            return *known;
        }
        let format = self.cells.styles().get(style).and_then(|style| style.number_format.as_ref());
        let look = Look::of(format.map_or("General", |format| format.format_code.as_str()));
        self.looks.insert(style, look);
        look
    }
}

/// What a number format (ECMA-376, 18.8.31) shows of numbers and dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    precision: Precision,
    /// How many decimals it always shows.
    decimals: usize,
}

/// How much of a date is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Precision {
    Year,
    Month,
    Day,
}

impl Look {
    fn of(code: &str) -> Self {
        let (mut year, mut month, mut day) = (false, false, false);
        let (mut behind_point, mut decimals) = (false, 0);
        let mut letters = code.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '"' => _ = letters.find(|c| *c == '"'),
                '[' => _ = letters.find(|c| *c == ']'),
                '\\' | '_' | '*' => _ = letters.next(),
                ';' => break,
                '.' => behind_point = true,
                '0' => decimals += usize::from(behind_point),
                _ => match letter.to_ascii_lowercase() {
                    'y' => year = true,
                    'm' => month = true,
                    'd' => day = true,
                    _ => {}
                },
            }
        }
        let precision = match (year, month, day) {
            (true, false, false) => Precision::Year,
            (true, true, false) => Precision::Month,
            _ => Precision::Day,
        };
        Self { precision, decimals }
    }

    /// A number with the decimals that it shows, where they are not fewer than it has: section 3.10 is not section 3.1.
    fn number(self, number: f64) -> String {
        let whole = number.to_string();
        let padded = format!("{number:.*}", self.decimals.min(15));
        if padded.len() > whole.len() && padded.starts_with(&whole) { padded } else { whole }
    }
}

/// A date as EDTF, no more precise than it shows; a time of the day with it stays.
fn date(moment: ExcelDateTime, precision: Precision) -> String {
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let serial = moment.as_f64();
    if moment.is_duration() || serial < 1.0 {
        return format!("{hour:02}:{minute:02}:{second:02}");
    }
    match precision {
        Precision::Year => format!("{year:04}"),
        Precision::Month => format!("{year:04}-{month:02}"),
        Precision::Day if (hour, minute, second) == (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        Precision::Day => format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"),
    }
}

fn fault(message: &str, hint: &str, location: Location) -> Finding {
    Finding::error("unreadable-file", message, location).hint(Some(hint.to_owned()))
}

/// `A`, `Z`, `AA`: a column's letters.
fn letters(mut column: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(b'A' + u8::try_from(column % 26).expect("less than 26"));
        match column / 26 {
            0 => break,
            rest => column = rest - 1,
        }
    }
    letters.reverse();
    String::from_utf8(letters).expect("capital letters")
}

/// Whether the parts that will be read stay within the limit.
fn within_limit(input: impl Read + Seek, limit: u64) -> Result<(), String> {
    let mut archive = ZipArchive::new(input).map_err(|error| format!("this is no workbook (.xlsx): {error}"))?;
    let mut total = 0;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| format!("the workbook is damaged: {error}"))?;
        if !part.name().is_ok_and(|name| name.ends_with(".xml") || name.ends_with(".rels")) {
            continue;
        }
        let mut bounded = part.take(limit + 1 - total);
        total += io::copy(&mut bounded, &mut io::sink()).map_err(|error| format!("the workbook is damaged: {error}"))?;
        if total > limit {
            return Err(format!("the workbook is larger than {} MiB when unpacked; use csv", limit >> 20));
        }
    }
    Ok(())
}

fn words(error: &XlsxError) -> String {
    match error {
        XlsxError::Password => "the workbook is protected by a password; save it without one".to_owned(),
        other => format!("the workbook is damaged: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_letters_that_people_see() {
        let shown: Vec<String> = [0, 25, 26, 51, 52, 701, 702, 16_383].into_iter().map(letters).collect();
        assert_eq!(shown, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD"]);
    }

    #[test]
    fn a_format_shows_a_day_a_month_or_a_year() {
        for (code, expected) in [
            ("dd.mm.yyyy", Precision::Day),
            ("d-mmm", Precision::Day),
            ("mmm yyyy", Precision::Month),
            ("[$-409]mmmm\\ yy;@", Precision::Month),
            ("yyyy", Precision::Year),
            ("\"day\" yyyy", Precision::Year),
            ("General", Precision::Day),
        ] {
            assert_eq!(Look::of(code).precision, expected, "{code}");
        }
    }

    #[test]
    fn a_number_keeps_the_decimals_that_are_shown_and_those_it_has() {
        for (number, code, expected) in [
            (3.1, "0.00", "3.10"),
            (3.0, "#,##0.0", "3.0"),
            (3.125, "0.0", "3.125"),
            (2.0, "General", "2"),
            (-0.5, "0.00;[Red]-0.000", "-0.50"),
            (1e21, "0", "1000000000000000000000"),
        ] {
            assert_eq!(Look::of(code).number(number), expected, "{number} as {code}");
        }
    }

    #[test]
    fn a_small_file_that_unpacks_to_a_large_one_is_refused() {
        let mut file = io::Cursor::new(Vec::new());
        let mut archive = zip::ZipWriter::new(&mut file);
        archive.start_file("xl/sharedStrings.xml", zip::write::SimpleFileOptions::default()).expect("a part");
        io::copy(&mut io::repeat(b' ').take(3 << 20), &mut archive).expect("written");
        archive.finish().expect("an archive");
        assert!(file.get_ref().len() < 1 << 16, "it is small");
        assert_eq!(within_limit(&mut file, 4 << 20), Ok(()));
        let refused = within_limit(&mut file, 2 << 20).expect_err("a bomb passed");
        assert_eq!(refused, "the workbook is larger than 2 MiB when unpacked; use csv");
    }
}
