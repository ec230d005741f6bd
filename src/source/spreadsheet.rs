//! Spreadsheets that are read whole: OpenDocument, and the older formats of Excel. What their cells hold is given; how they show it is not
//! kept by the library that reads them.

use std::io::Seek;
use std::sync::Arc;

use calamine::{Data, Ods, Range, Reader as _, SheetType, SheetVisible, Sheets, Xls, Xlsb};

use crate::door::plain;
use crate::finding::Finding;
use crate::limits::Limit;
use crate::location::{Located, Location};

use super::grid::{Cells, Grid};
use super::guarded::{BEYOND, guarded};
use super::reader::{Input, Reader};
use super::sheet::{self, letters};
use super::workbook::look::{Precision, moment};
use super::workbook::{Sheet, each_sheet, fault, quoted, within_limits};
use super::{Sink, text};

/// Spreadsheets that are read whole.
pub struct Whole;

impl Reader for Whole {
    fn endings(&self) -> &'static [&'static str] {
        &["ods", "xls", "xlsb"]
    }

    fn read(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), Finding> {
        let unreadable = |message: String| Finding::error("unreadable-file", message, Location::file(input.file));
        let mut file = text::open(input.door, input.path).map_err(|unread| unread.finding(input.file))?;
        let limits = input.door.limits;
        if input.name.to_lowercase().ends_with(".xls") {
            // It is not packed.
            let length = file.seek(std::io::SeekFrom::End(0)).map_err(|error| unreadable(plain(&error)))?;
            if length > limits.of(Limit::File) {
                let hint = format!("csv has no such limit; {}", Limit::File.raised_by());
                return Err(unreadable(format!("the workbook is larger than {}", limits.words(Limit::File))).hint(hint));
            }
        } else {
            within_limits(&mut file, limits, "workbook").map_err(|(message, hint)| unreadable(message).hint(hint))?;
        }
        let damaged = |error: String| {
            let locked = error.to_lowercase().contains("password");
            unreadable(if locked {
                "the workbook is protected by a password; save it without one".to_owned()
            } else {
                format!("the workbook is damaged: {error}")
            })
        };
        // What was looked at is what is read, whatever stands under its name by now.
        file.rewind().map_err(|error| unreadable(plain(&error)))?;
        let ending = input.name.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
        let opened = guarded(|| match ending.as_str() {
            "ods" => Ods::new(file).map(Sheets::Ods).map_err(|error| error.to_string()),
            "xlsb" => Xlsb::new(file).map(Sheets::Xlsb).map_err(|error| error.to_string()),
            _ => Xls::new(file).map(Sheets::Xls).map_err(|error| error.to_string()),
        });
        let mut book = opened.unwrap_or_else(|| Err(BEYOND.to_owned())).map_err(damaged)?;
        let sheets: Vec<Sheet> = book
            .sheets_metadata()
            .iter()
            .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible != SheetVisible::VeryHidden)
            .map(|sheet| Sheet { name: sheet.name.clone(), hidden: sheet.visible == SheetVisible::Hidden })
            .collect();
        each_sheet(&sheets, input, sink, &mut |name, sheet, sink| {
            let range = guarded(|| book.worksheet_range(name).map_err(|error| error.to_string())).unwrap_or_else(|| Err(BEYOND.to_owned()));
            let range = range.map_err(|error| unreadable(format!("the sheet {}: {error}", quoted(name))))?;
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
