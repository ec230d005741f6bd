//! An answer as an Excel workbook: numbers, days and yes or no as what they are, everything else as text, never as a
//! formula; what was asked on a second sheet. The same answer gives the same bytes.

use std::io::Write;

use oxigraph::model::Term;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Url, Workbook, Worksheet, XlsxError};

use super::{AnswerError, Heading};
use crate::sparql::order::is_numeric;
use crate::vocab::{cg, xsd};

/// The most rows of a sheet, with the heads.
const ROWS: usize = 1_048_576;
/// The most characters of a cell.
const CHARACTERS: usize = 32_767;
/// The most links of a sheet, and the longest.
const LINKS: usize = 65_000;
const LINK_LENGTH: usize = 2_000;

/// A workbook that rows are pushed into. It is held whole until it is written.
pub struct Sheet {
    sheet: Worksheet,
    row: usize,
    links: usize,
    widths: Vec<usize>,
    wrapped: Format,
    day: Format,
    days: Format,
    right: Format,
    link: Format,
}

impl From<XlsxError> for AnswerError {
    fn from(error: XlsxError) -> Self {
        match error {
            XlsxError::IoError(error) => Self::Output(error),
            other => Self::Format(format!("the workbook could not be made: {other}")),
        }
    }
}

impl Sheet {
    /// Begins a workbook whose first sheet has this name.
    ///
    /// # Errors
    /// The library refuses a head.
    pub fn begin(name: &str, heads: &[String]) -> Result<Self, AnswerError> {
        let top = Format::new().set_align(FormatAlign::Top);
        let mut begun = Self {
            sheet: Worksheet::new(),
            row: 0,
            links: 0,
            widths: heads.iter().map(|head| head.chars().count()).collect(),
            wrapped: top.clone().set_text_wrap(),
            day: top.clone().set_num_format("yyyy-mm-dd"),
            days: top.clone().set_num_format("0.####\" days\""),
            right: top.clone().set_align(FormatAlign::Right),
            link: top.set_text_wrap().set_font_color(0x0B_57A4),
        };
        begun.sheet.set_name(name)?;
        let bold = Format::new().set_bold();
        for (column, head) in heads.iter().enumerate() {
            begun.sheet.write_string_with_format(0, at(column), cut(head), &bold)?;
        }
        begun.sheet.set_freeze_panes(1, 0)?;
        Ok(begun)
    }

    /// Whether a sheet can hold no more rows.
    pub fn is_full(&self) -> bool {
        self.row + 1 >= ROWS
    }

    /// Adds a row: each cell's term, if bound, and its text for people.
    ///
    /// # Errors
    /// The library refuses a value.
    pub fn push(&mut self, row: &[(Option<&Term>, &str)]) -> Result<(), AnswerError> {
        self.row += 1;
        let number = u32::try_from(self.row).expect("is_full keeps it below a sheet's rows");
        for (column, (term, text)) in row.iter().enumerate() {
            let Some(term) = term else { continue };
            let longest = text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
            self.widths[column] = self.widths[column].max(longest);
            self.cell(number, at(column), term, text)?;
        }
        Ok(())
    }

    fn cell(&mut self, row: u32, column: u16, term: &Term, text: &str) -> Result<(), AnswerError> {
        match term {
            Term::Literal(literal) => match literal.datatype() {
                datatype if is_numeric(datatype) => match literal.value().parse::<f64>() {
                    // Beyond 15 digits a spreadsheet would round: digits before the point are kept as text, those of a fraction,
                    // such as an average has, may go.
                    Ok(number) if number.is_finite() && whole_digits(literal.value()) <= 15 => {
                        self.sheet.write_number_with_format(row, column, number, &Format::new().set_align(FormatAlign::Top))?;
                    }
                    _ => {
                        self.sheet.write_string_with_format(row, column, cut(text), &self.right)?;
                    }
                },
                xsd::BOOLEAN => {
                    self.sheet.write_boolean(row, column, matches!(literal.value(), "true" | "1"))?;
                }
                xsd::DATE => match day(literal.value()) {
                    Some(day) => {
                        self.sheet.write_datetime_with_format(row, column, &day, &self.day)?;
                    }
                    None => {
                        self.sheet.write_string_with_format(row, column, cut(text), &self.wrapped)?;
                    }
                },
                datatype if days(literal.value(), datatype.as_str()).is_some() => {
                    let days = days(literal.value(), datatype.as_str()).unwrap_or_default();
                    self.sheet.write_number_with_format(row, column, days, &self.days)?;
                }
                datatype => {
                    let format = if datatype == cg::QUALIFIED_NUMBER { &self.right } else { &self.wrapped };
                    self.sheet.write_string_with_format(row, column, cut(text), format)?;
                }
            },
            Term::NamedNode(node) if node.as_str().starts_with("http") && self.links < LINKS && node.as_str().len() <= LINK_LENGTH => {
                self.links += 1;
                let url = Url::new(node.as_str()).set_text(cut(text));
                if self.sheet.write_url_with_format(row, column, url, &self.link).is_err() {
                    self.sheet.write_string_with_format(row, column, cut(text), &self.wrapped)?;
                }
            }
            _ => {
                self.sheet.write_string_with_format(row, column, cut(text), &self.wrapped)?;
            }
        }
        Ok(())
    }

    /// Writes the workbook.
    ///
    /// # Errors
    /// It could not be made or written.
    pub fn finish(mut self, heading: &Heading, out: &mut dyn Write) -> Result<(), AnswerError> {
        for (column, width) in self.widths.iter().enumerate() {
            self.sheet.set_column_width(at(column), u32::try_from((*width).clamp(6, 60) + 2).unwrap_or(62))?;
        }
        if let Some(last) = self.widths.len().checked_sub(1).filter(|_| self.row > 0) {
            self.sheet.autofilter(0, 0, u32::try_from(self.row).unwrap_or(u32::MAX), at(last))?;
        }
        let mut workbook = Workbook::new();
        // Without this the clock would stand in the file.
        let day = ExcelDateTime::from_ymd(2000, 1, 1)?;
        workbook.set_properties(&DocProperties::new().set_title(cut(&heading.title)).set_creation_datetime(&day));
        workbook.push_worksheet(self.sheet);
        let mut about = Worksheet::new();
        about.set_name("about")?;
        let (bold, wrapped) =
            (Format::new().set_bold().set_align(FormatAlign::Top), Format::new().set_text_wrap().set_align(FormatAlign::Top));
        let mut lines = vec![("question", heading.title.as_str()), ("what it means", heading.notes.as_str())];
        lines.extend(heading.facts.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        for (row, (name, value)) in (0..).zip(lines.into_iter().filter(|(_, value)| !value.is_empty())) {
            about.write_string_with_format(row, 0, name, &bold)?;
            about.write_string_with_format(row, 1, cut(value), &wrapped)?;
        }
        about.set_column_width(0, 18)?;
        about.set_column_width(1, 100)?;
        workbook.push_worksheet(about);
        out.write_all(&workbook.save_to_buffer()?)?;
        Ok(())
    }
}

/// A column's number; a query has fewer columns than a sheet can have.
fn at(column: usize) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}

/// How many digits stand before the point; with an exponent a number is rounded already.
fn whole_digits(text: &str) -> usize {
    if text.contains(['e', 'E']) {
        return 0;
    }
    text.split('.').next().unwrap_or("").bytes().filter(u8::is_ascii_digit).count()
}

/// A duration of days, hours, minutes and seconds in days.
fn days(text: &str, datatype: &str) -> Option<f64> {
    let kind = datatype.strip_prefix(xsd::NAMESPACE)?;
    if !matches!(kind, "dayTimeDuration" | "duration") {
        return None;
    }
    let duration: oxsdatatypes::DayTimeDuration = text.parse().ok()?;
    Some(duration.as_seconds().to_string().parse::<f64>().ok()? / 86_400.0)
}

/// What fits a cell.
fn cut(text: &str) -> String {
    crate::values::text::cell(text, CHARACTERS)
}

fn day(text: &str) -> Option<ExcelDateTime> {
    let day = crate::values::edtf::day(text)?;
    // The first weeks of 1900 are where spreadsheets disagree on the calendar.
    if day.year() <= 1900 {
        return None;
    }
    ExcelDateTime::from_ymd(u16::try_from(day.year()).ok()?, u8::try_from(day.month()).ok()?, u8::try_from(day.day()).ok()?).ok()
}
