//! Spreadsheets that are read whole: OpenDocument, and the older formats of Excel. What their cells hold is given; how they show it is not
//! kept by the library that reads them.

use std::io::Seek;
use std::sync::Arc;

use calamine::{Data, Range, Reader as _, SheetType, SheetVisible, open_workbook_auto};

use crate::finding::Finding;
use crate::location::{Located, Location};

use super::reader::{Input, Reader};
use super::sheet::{self, Cells, Grid, letters};
use super::workbook::look::{Precision, moment};
use super::workbook::{Sheet, UNPACKED_LIMIT, each_sheet, fault, quoted, within_limit};
use super::{Sink, text};

/// The largest file of an older format, in bytes: it is not packed.
const OLD_LIMIT: u64 = 256 << 20;

/// Spreadsheets that are read whole.
pub struct Whole;

impl Reader for Whole {
    fn endings(&self) -> &'static [&'static str] {
        &["ods", "xls", "xlsb"]
    }

    fn read(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), Finding> {
        let unreadable = |message: String| Finding::error("unreadable-file", message, Location::file(input.file));
        let mut file = text::open(input.path).map_err(|unread| unread.finding(input.file))?;
        if input.name.to_lowercase().ends_with(".xls") {
            let length = file.seek(std::io::SeekFrom::End(0)).map_err(|error| unreadable(crate::project::plain(&error)))?;
            if length > OLD_LIMIT {
                return Err(unreadable(format!("the workbook is larger than {} MiB; use csv", OLD_LIMIT >> 20)));
            }
        } else {
            within_limit(&mut file, UNPACKED_LIMIT).map_err(|why| unreadable(why.replace(" (.xlsx)", "")))?;
        }
        let mut book = open_workbook_auto(input.path).map_err(|error| {
            let error = error.to_string();
            let locked = error.to_lowercase().contains("password");
            unreadable(if locked {
                "the workbook is protected by a password; save it without one".to_owned()
            } else {
                format!("the workbook is damaged: {error}")
            })
        })?;
        let sheets: Vec<Sheet> = book
            .sheets_metadata()
            .iter()
            .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible != SheetVisible::VeryHidden)
            .map(|sheet| Sheet { name: sheet.name.clone(), hidden: sheet.visible == SheetVisible::Hidden })
            .collect();
        each_sheet(&sheets, input, sink, &mut |name, sheet, sink| {
            let range = book.worksheet_range(name).map_err(|error| unreadable(format!("the sheet {}: {error}", quoted(name))))?;
            let mut grid =
                Held { file: Arc::clone(input.file), sheet: quoted(name), start: range.start().unwrap_or((0, 0)), next: 0, range };
            sheet::read(&mut grid, sheet, input, sink)
        })
    }
}

/// A sheet that is held whole.
struct Held {
    file: Arc<str>,
    sheet: String,
    start: (u32, u32),
    next: usize,
    range: Range<Data>,
}

impl Grid for Held {
    fn row(&mut self, faults: &mut Vec<Finding>) -> Result<Option<Cells>, Finding> {
        while self.next < self.range.height() {
            let line = self.start.0 as usize + self.next + 1;
            let mut cells = Cells::new();
            for column in 0..self.range.width() {
                let Some(data) = self.range.get((self.next, column)) else { continue };
                let at = self.start.1 as usize + column;
                let mut place = Location::new(&self.file, line, at + 1, 0);
                place.cell = Some(format!("{}!{}{line}", self.sheet, letters(at)).into());
                let text = match data {
                    Data::Empty => continue,
                    Data::String(text) => text.clone(),
                    Data::Int(number) => number.to_string(),
                    Data::Float(number) => super::workbook::look::Look::of("General").number(*number),
                    Data::Bool(truth) => truth.to_string(),
                    Data::DateTime(day) => moment(*day, Precision::Day),
                    Data::DateTimeIso(text) => text.strip_suffix("T00:00:00").unwrap_or(text).to_owned(),
                    Data::DurationIso(text) => text.clone(),
                    Data::Error(error) => {
                        faults.push(fault(&format!("the cell shows the error {error}"), "mend its formula, or empty the cell", place));
                        continue;
                    }
                };
                if text.trim().is_empty() {
                    continue;
                }
                let length = text.chars().take_while(|c| *c != '\n').count();
                place.length = u32::try_from(length).unwrap_or(u32::MAX);
                cells.push((at, Located::new(text, place)));
            }
            self.next += 1;
            if !cells.is_empty() {
                return Ok(Some(cells));
            }
        }
        Ok(None)
    }
}
