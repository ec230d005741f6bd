//! Reads workbooks (Office Open XML spreadsheets, ECMA-376) sheet by sheet, each cell with the name that people see for it.
//!
//! Cells are streamed; only the texts that a workbook shares among its cells are held. A cell gives what it shows: a date whose
//! format shows a month gives the month, because the day behind it is the program's invention and not the writer's.

use std::collections::{HashMap, HashSet, VecDeque};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;

use calamine::{DataRef, Dimensions, Reader as _, SheetType, SheetVisible, Xlsx, XlsxCellReader, XlsxError};
use zip::ZipArchive;

use crate::door::{Bytes, Door, plain};
use crate::finding::{Finding, Severity};
use crate::limits::{Limit, Limits};
use crate::location::{Located, Location};

use super::grid::{Grid, Made};
use super::guarded::{BEYOND, guarded};
use super::reader::{Input, Reader};
use super::sheet::{self, letters};
use super::{Sink, text};

pub mod look;

use look::{Look, moment};

/// How the files begin that older programs write, and every program that locks one with a password.
const OLE: [u8; 4] = [0xD0, 0xCF, 0x11, 0xE0];
/// The first day number behind the last day of the year 9999.
const TOO_LATE: f64 = 2_958_466.0;
/// Of so many rows back it is known what their cells hold: as many as are looked at before the header is known, and more.
const ROWS_KEPT: u32 = 64;
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
    book: Xlsx<BufReader<Box<dyn Bytes>>>,
    file: Arc<str>,
    longest: Limits,
}

impl Workbook {
    /// Opens a workbook. Its parts are unpacked once to nowhere first, so that a small file cannot become a large one.
    ///
    /// # Errors
    /// A finding: it is no workbook, is protected by a password, or is too large unpacked.
    pub fn open(mut input: BufReader<Box<dyn Bytes>>, file: &Arc<str>, door: Door<'_>) -> Result<Self, Finding> {
        let unreadable = |message: String| Finding::error("unreadable-file", message, Location::file(file));
        let mut start = [0; 4];
        if input.read_exact(&mut start).is_ok() && start == OLE {
            let (message, hint) = match holds(&mut input, "EncryptedPackage") {
                true => ("the workbook is encrypted: a password protects it", "open it with the password and save it without one"),
                false => (
                    "this is a workbook of the older sort (.xls) under the name of a new one",
                    "give it its own ending, .xls, or save it as .xlsx",
                ),
            };
            return Err(unreadable(message.to_owned()).hint(Some(hint.to_owned())));
        }
        input.rewind().map_err(|error| unreadable(plain(&error)))?;
        within_limits(&mut input, door.limits, "workbook (.xlsx)").map_err(|(message, hint)| unreadable(message).hint(hint))?;
        input.rewind().map_err(|error| unreadable(plain(&error)))?;
        let book = guarded(|| Xlsx::new(input)).ok_or_else(|| unreadable(format!("the workbook is damaged: {BEYOND}")))?;
        let book = book.map_err(|error| unreadable(words(&error)))?;
        Ok(Self { book, file: Arc::clone(file), longest: door.limits })
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
        let shown = quoted(sheet);
        let damaged =
            |error: XlsxError| Finding::error("unreadable-file", format!("the sheet {shown}: {}", words(&error)), Location::file(&file));
        let beyond = || Finding::error("unreadable-file", format!("the sheet {shown}: {BEYOND}"), Location::file(&file));
        let unsaved = guarded(|| self.unsaved(sheet)).ok_or_else(beyond)?.map_err(damaged)?;
        let merged = guarded(|| self.book.merge_cells_by_sheet_name(sheet)).ok_or_else(beyond)?.map_err(damaged)?;
        let merged = merged.into_iter().filter(|range| range.end.0 > range.start.0).map(|range| (range, None)).collect();
        let book = &mut self.book;
        let cells = guarded(move || book.worksheet_cells_reader(sheet)).ok_or_else(beyond)?.map_err(damaged)?;
        Ok(Rows {
            cells,
            file,
            longest: self.longest,
            sheet: shown,
            unsaved,
            merged,
            next: None,
            looks: HashMap::new(),
            made: VecDeque::new(),
            done: false,
        })
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
    cells: XlsxCellReader<'b, BufReader<Box<dyn Bytes>>>,
    file: Arc<str>,
    longest: Limits,
    sheet: String,
    unsaved: HashSet<(u32, u32)>,
    /// The ranges that were made one cell over several rows, with what their first cell says once it was read.
    merged: Vec<(Dimensions, Option<String>)>,
    next: Option<(u32, usize, Located<String>)>,
    /// What numbers show in the styles that were met.
    looks: HashMap<usize, Look>,
    /// The cells of the rows that were given last which hold no text and no number.
    made: VecDeque<(u32, u32, Made)>,
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
        if let Some(line) = number {
            self.fill(line, &mut row);
        }
        Ok((!row.is_empty()).then_some(row))
    }

    /// What a cell made of several rows says, it says of each of them.
    fn fill(&mut self, line: u32, row: &mut Row) {
        for at in 0..self.merged.len() {
            let (range, said) = &self.merged[at];
            let column = range.start.1 as usize;
            if line == range.start.0 {
                let text = row.iter().find(|(index, _)| *index == column).map(|(_, cell)| cell.value.clone());
                self.merged[at].1 = text;
            } else if (range.start.0..=range.end.0).contains(&line)
                && let Some(said) = said.clone()
                && row.iter().all(|(index, _)| *index != column)
            {
                let place = self.location(line, column);
                row.push((column, Located::new(said, place)));
                row.sort_by_key(|(index, _)| *index);
            }
        }
    }

    /// The next cell with something in it: its row, its column, its text.
    fn cell(&mut self, faults: &mut Vec<Finding>) -> Result<Option<(u32, usize, Located<String>)>, Finding> {
        loop {
            let cells = &mut self.cells;
            let words = match guarded(move || cells.next_cell_with_style_id()) {
                Some(Ok(Some(read))) => Ok(read),
                Some(Ok(None)) => return Ok(None),
                Some(Err(error)) => Err(words(&error)),
                None => Err(BEYOND.to_owned()),
            };
            let (cell, style) = words.map_err(|words| {
                self.done = true;
                Finding::error("unreadable-file", format!("the sheet {}: {words}", self.sheet), Location::file(&self.file))
            })?;
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
                DataRef::Int(number) => self.look(style).number(*number as f64),
                DataRef::Float(number) => self.look(style).number(*number),
                DataRef::Bool(truth) => {
                    self.note(line, column, Made::Truth);
                    truth.to_string()
                }
                DataRef::DateTime(day) if day.as_f64() >= TOO_LATE || day.as_f64() < 0.0 => {
                    let message = format!("the cell is to be a date, and its number {} is no day", day.as_f64());
                    let likely = super::mapping::date::read(&day.as_f64().to_string(), &[], None).ok();
                    let hint = likely.map_or_else(
                        || "write the date anew, or format the cell as a number".to_owned(),
                        |likely| format!("is {likely} meant? Write it as a date"),
                    );
                    faults.push(fault(&message, &hint, location));
                    continue;
                }
                DataRef::DateTime(day) => {
                    let day = *day;
                    self.note(line, column, Made::Date);
                    moment(day, self.look(style).precision)
                }
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
            if text.len() as u64 > self.longest.of(Limit::Cell) {
                self.done = true;
                let message = format!("a cell is larger than {}", self.longest.words(Limit::Cell));
                return Err(Finding::error("unreadable-file", message, location).hint(Limit::Cell.raised_by()));
            }
            let length = text.chars().take_while(|c| *c != '\n').count();
            let location = Location { length: u32::try_from(length).unwrap_or(u32::MAX), ..location };
            return Ok(Some((line, column, Located::new(text, location))));
        }
    }

    /// Notes what a cell holds; only of the rows that may still be asked of.
    fn note(&mut self, line: u32, column: usize, made: Made) {
        while self.made.front().is_some_and(|(known, ..)| known + ROWS_KEPT < line) {
            self.made.pop_front();
        }
        self.made.push_back((line, u32::try_from(column).unwrap_or(u32::MAX), made));
    }

    fn location(&self, line: u32, column: usize) -> Location {
        let place = Location::new(&self.file, line as usize + 1, column + 1, 0);
        Location { cell: Some(format!("{}!{}{}", self.sheet, letters(column), line.saturating_add(1)).into()), ..place }
    }

    fn look(&mut self, style: usize) -> Look {
        if let Some(known) = self.looks.get(&style) {
            return known.clone();
        }
        let format = self.cells.styles().get(style).and_then(|style| style.number_format.as_ref());
        let look = Look::of(format.map_or("General", |format| format.format_code.as_str()));
        self.looks.insert(style, look.clone());
        look
    }
}

/// Whether a file of the older sort has a stream of this name: its names are UTF-16.
fn holds(input: &mut impl Read, name: &str) -> bool {
    let wanted: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut bytes = Vec::new();
    // The list of names stands anywhere, most often near one of the ends; the file is small beside what is read of workbooks.
    _ = input.take(64 << 20).read_to_end(&mut bytes);
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// A finding on a cell.
pub fn fault(message: &str, hint: &str, location: Location) -> Finding {
    Finding::error("unreadable-file", message, location).hint(Some(hint.to_owned()))
}

/// A sheet's name as it stands before a cell's: in quotes where it is more than letters and digits.
pub fn quoted(sheet: &str) -> String {
    if sheet.chars().all(char::is_alphanumeric) { sheet.to_owned() } else { format!("'{}'", sheet.replace('\'', "''")) }
}

impl Grid for Rows<'_> {
    fn row(&mut self, faults: &mut Vec<Finding>) -> Result<Option<Row>, Finding> {
        Rows::row(self, faults)
    }

    fn made(&self, place: &Location) -> Option<Made> {
        let cell = (place.line.checked_sub(1)?, place.column.checked_sub(1)?);
        self.made.iter().find(|(line, column, _)| (*line, *column) == cell).map(|(.., made)| *made)
    }
}

/// Workbooks of Office Open XML, a row at a time.
pub struct Streamed;

impl Reader for Streamed {
    fn endings(&self) -> &'static [&'static str] {
        &["xlsx", "xlsm"]
    }

    fn read(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), Finding> {
        let file = text::open(input.door, input.path).map_err(|unread| unread.finding(input.file))?;
        let mut workbook = Workbook::open(file, input.file, input.door)?;
        if input.name.to_lowercase().ends_with(".xlsm") {
            let message = "the workbook holds programs (macros): they are not run, its cells are read as they were saved";
            sink.finding(Finding::new(Severity::Info, "macro-workbook", message, Location::file(input.file)));
        }
        let sheets = workbook.sheets();
        each_sheet(&sheets, input, sink, &mut |name, sheet, sink| sheet::read(&mut workbook.rows(name)?, sheet, input, sink))
    }
}

/// Reads the sheets of a workbook, each as what is said of it. What is said of the workbook is said of its only sheet.
///
/// # Errors
/// A finding where reading had to end.
pub fn each_sheet(
    sheets: &[Sheet],
    input: &Input<'_>,
    sink: &mut dyn Sink,
    read: &mut dyn FnMut(&str, sheet::Sheet<'_>, &mut dyn Sink) -> Result<(), Finding>,
) -> Result<(), Finding> {
    let sole = sheets.len() == 1;
    let of_book = input.settings();
    if let Some((settings, _)) = of_book.as_ref().filter(|(settings, _)| !sole && !settings.skip) {
        let first = sheets.first().map_or("…", |sheet| sheet.name.as_str());
        let message = format!("{} has {} sheets: which is meant?", input.name, sheets.len());
        let hint = format!("write [tables.\"{}/{first}\"]", input.name);
        sink.finding(Finding::warning("unused-setting", message, settings.place.clone()).hint(Some(hint)));
    }
    let stem = input.name.rsplit_once('.').map_or(input.name, |(stem, _)| stem);
    for sheet in sheets {
        let said = input.settings_of_sheet(&sheet.name).or_else(|| of_book.clone().filter(|_| sole));
        if said.as_ref().is_some_and(|(settings, _)| settings.skip) {
            continue;
        }
        let (settings, parts) = said.map_or((None, Vec::new()), |(settings, parts)| (Some(settings), parts));
        let mut named = vec![sheet.name.clone()];
        named.extend(sole.then(|| stem.to_owned()));
        let table = sheet::Sheet {
            name: format!("{}/{}", input.name, sheet.name),
            named,
            settings,
            parts,
            prefix: sheet.name.clone(),
            hidden: sheet.hidden,
            typed: true,
        };
        read(&sheet.name, table, sink)?;
    }
    Ok(())
}

/// Whether a workbook stays within the limits: packed, in the number of its parts, and in what they take unpacked. The parts
/// that will be read are unpacked to nowhere; archives inside it are not opened.
///
/// # Errors
/// It does not, or it is no archive: what is wrong, and which setting raises it.
pub fn within_limits(mut input: impl Read + Seek, limits: Limits, what: &str) -> Result<(), (String, Option<String>)> {
    let damaged = |error: io::Error| (format!("the workbook is damaged: {}", plain(&error)), None);
    let beyond = |more: &str, limit: Limit| {
        let message = format!("the workbook {more} {}", limits.words(limit));
        Err((message, Some(format!("csv has no such limit; {}", limit.raised_by()))))
    };
    let length = input.seek(SeekFrom::End(0)).map_err(damaged)?;
    if length > limits.of(Limit::File) {
        return beyond("is larger than", Limit::File);
    }
    if parts(&mut input, length).map_err(damaged)? > limits.of(Limit::Parts) {
        return beyond("has more parts than", Limit::Parts);
    }
    let mut archive = ZipArchive::new(input).map_err(|error| (format!("this is no {what}: {error}"), None))?;
    let mut total = 0;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| (format!("the workbook is damaged: {error}"), None))?;
        if !part.name().is_ok_and(|name| name.ends_with(".xml") || name.ends_with(".rels") || name.ends_with(".bin")) {
            continue;
        }
        let lists_texts = part.name().is_ok_and(|name| name.to_lowercase().ends_with("sharedstrings.xml"));
        let mut bounded = part.take(limits.of(Limit::Unpacked) + 1 - total);
        let mut start = Vec::new();
        (&mut bounded).take(4096).read_to_end(&mut start).map_err(damaged)?;
        let unpacked = start.len() as u64 + io::copy(&mut bounded, &mut io::sink()).map_err(damaged)?;
        total += unpacked;
        // Who reads the texts makes room for as many as are claimed before one is read.
        if lists_texts && claimed(&start) > unpacked {
            return Err(("the workbook is damaged: it claims more texts than it holds".to_owned(), None));
        }
        if total > limits.of(Limit::Unpacked) {
            return beyond("unpacks to more than", Limit::Unpacked);
        }
    }
    Ok(())
}

/// How many texts a list of shared texts says it has (ECMA-376 18.4.9), the most that an attribute of its first element says.
fn claimed(start: &[u8]) -> u64 {
    let start = String::from_utf8_lossy(start);
    let Some(element) = start.split_once("sst").and_then(|(_, rest)| rest.split('>').next()) else { return 0 };
    let counts = element.split(['"', '\'']).filter_map(|value| value.trim().parse::<u64>().ok());
    counts.max().unwrap_or(0)
}

/// How many parts an archive says it has (APPNOTE 4.3.14 to 4.3.16), looked up before its list of them is read into memory. The
/// largest number that any end of an archive in its last bytes says: which of them a reader takes is not to matter.
fn parts(input: &mut (impl Read + Seek), length: u64) -> io::Result<u64> {
    /// The longest comment, behind the record of the end, behind the two records of large archives.
    const LAST: u64 = 0xFFFF + 22 + 20 + 56;
    input.seek(SeekFrom::Start(length.saturating_sub(LAST)))?;
    let mut last = Vec::new();
    input.take(LAST).read_to_end(&mut last)?;
    let number = |at: usize, size: usize| {
        let bytes = last.get(at..at + size)?;
        Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    };
    let said = |at: usize| match last.get(at..at + 4)? {
        b"PK\x05\x06" => number(at + 10, 2).filter(|count| *count < 0xFFFF),
        b"PK\x06\x06" => number(at + 32, 8),
        _ => None,
    };
    Ok((0..last.len()).filter_map(said).max().unwrap_or(0))
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
    fn a_small_file_that_unpacks_to_a_large_one_is_refused() {
        let mut file = io::Cursor::new(Vec::new());
        let mut archive = zip::ZipWriter::new(&mut file);
        archive.start_file("xl/sharedStrings.xml", zip::write::SimpleFileOptions::default()).expect("a part");
        io::copy(&mut io::repeat(b' ').take(3 << 20), &mut archive).expect("written");
        archive.finish().expect("an archive");
        assert!(file.get_ref().len() < 1 << 16, "it is small");
        let within = |file: &mut io::Cursor<Vec<u8>>, setting: &str| {
            within_limits(file, Limits::set(&toml::from_str(setting).expect("TOML")).expect("settings"), "workbook")
        };
        assert_eq!(within(&mut file, "unpacked = \"4M\""), Ok(()));
        let (refused, hint) = within(&mut file, "unpacked = \"2M\"").expect_err("a bomb passed");
        assert_eq!(refused, "the workbook unpacks to more than 2 MiB");
        assert!(hint.is_some_and(|hint| hint.contains("`unpacked` under [limits]")));
        assert_eq!(within(&mut file, "file = \"1K\"").expect_err("it is larger").0, "the workbook is larger than 1 KiB");
    }

    #[test]
    fn an_archive_of_many_parts_is_refused_before_they_are_listed() {
        let mut file = io::Cursor::new(Vec::new());
        let mut archive = zip::ZipWriter::new(&mut file);
        for part in 0..200 {
            archive.start_file(format!("{part}.xml"), zip::write::SimpleFileOptions::default()).expect("a part");
        }
        archive.finish().expect("an archive");
        let settings = |setting: &str| Limits::set(&toml::from_str(setting).expect("TOML")).expect("settings");
        assert_eq!(within_limits(&mut file, settings("parts = 200"), "workbook"), Ok(()));
        let refused = within_limits(&mut file, settings("parts = 199"), "workbook").expect_err("too many");
        assert_eq!(refused.0, "the workbook has more parts than 199");
        // A large archive says so in another record.
        let mut large = vec![0; 56];
        large[..4].copy_from_slice(b"PK\x06\x06");
        large[32..40].copy_from_slice(&5_000_000u64.to_le_bytes());
        let length = large.len() as u64;
        assert_eq!(parts(&mut io::Cursor::new(large), length).expect("bytes"), 5_000_000);
    }
}
