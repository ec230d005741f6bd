//! A template as a workbook: a guide, a sheet for each kind, and the lists behind the drop-downs. The same project gives the same bytes.

use std::io::Write;

use oxigraph::model::NamedNode;
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Note,
    Workbook, Worksheet, XlsxError,
};

use crate::fold::fold;
use crate::iri;
use crate::schema::local;
use crate::source::{EXAMPLE, NOT_READ};
use crate::values::text::cell;
use crate::vocab::skos;

use super::{Holds, Making, Sheet, TRUTH};

/// The rows that have drop-downs, from 0.
const FIRST: u32 = 2;
const LAST: u32 = 999;
/// Of so many rows the names are offered where other sheets refer to them.
const OFFERED: u32 = 200;
/// A list of more names than this is no help.
const NAMES: usize = 20_000;
/// The sheet of the lists.
const LISTS: &str = "Lists";

/// The looks of cells.
struct Looks {
    must: Format,
    may: Format,
    example: Format,
    day: Format,
    text: Format,
    title: Format,
    head: Format,
    wrapped: Format,
}

impl Looks {
    fn new() -> Self {
        let head = Format::new().set_bold().set_align(FormatAlign::Top).set_text_wrap().set_border_bottom(FormatBorder::Thin);
        Self {
            must: head.clone().set_background_color(Color::RGB(0x1F_4E79)).set_font_color(Color::White),
            may: head.clone().set_background_color(Color::RGB(0xDD_EBF7)),
            example: Format::new().set_italic().set_font_color(Color::RGB(0x80_8080)).set_background_color(Color::RGB(0xF2_F2F2)),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            text: Format::new().set_num_format("@"),
            title: Format::new().set_bold().set_font_size(14),
            head,
            wrapped: Format::new().set_text_wrap().set_align(FormatAlign::Top),
        }
    }
}

/// What can be chosen: a named range on the sheet of lists.
struct List {
    name: String,
    values: Vec<String>,
    /// Sheets with the column of their names, whose rows are offered too.
    sheets: Vec<(String, u16)>,
}

/// Writes a workbook with a sheet for each kind.
///
/// # Errors
/// It could not be made, or not be written.
pub fn write(sheets: &[Sheet<'_>], making: &Making<'_>, out: &mut dyn Write) -> Result<(), XlsxError> {
    let looks = Looks::new();
    let mut lists: Vec<(Holds, List)> = Vec::new();
    let mut book = Workbook::new();
    // Without this the clock would stand in the file.
    book.set_properties(
        &DocProperties::new().set_title(&making.project.title).set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?),
    );
    book.push_worksheet(guide(sheets, &looks)?);
    for sheet in sheets {
        book.push_worksheet(to_fill(sheet, sheets, making, &looks, &mut lists)?);
    }
    let mut hidden = Worksheet::new();
    hidden.set_name(LISTS)?;
    hidden.write_string_with_format(0, 0, format!("{NOT_READ} the lists behind the drop-downs"), &looks.head)?;
    for (column, (_, list)) in (1..).zip(&lists) {
        hidden.write_string_with_format(0, column, &list.name, &looks.head)?;
        let mut row = 1;
        for value in &list.values {
            hidden.write_string(row, column, cell(value, 255))?;
            row += 1;
        }
        for (sheet, from) in &list.sheets {
            for line in FIRST + 1..=FIRST + OFFERED {
                let place = format!("'{sheet}'!{}{line}", letters(*from));
                hidden.write_formula(row, column, Formula::new(format!("=IF({place}=\"\",\"\",{place})")).set_result(""))?;
                row += 1;
            }
        }
        let column = letters(column);
        book.define_name(&list.name, &format!("={LISTS}!${column}$2:${column}${}", row.max(2)))?;
    }
    hidden.set_hidden(true);
    book.push_worksheet(hidden);
    out.write_all(&book.save_to_buffer()?)?;
    Ok(())
}

fn guide(sheets: &[Sheet<'_>], looks: &Looks) -> Result<Worksheet, XlsxError> {
    let names: Vec<&str> = sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    let lines = [
        format!("Each sheet ({}) holds one sort of thing, and each row is one of it.", names.join(", ")),
        "Columns with a dark heading must be filled; the others may stay empty. What is not known stays empty.".to_owned(),
        "A heading says what it means when the pointer rests on it; all of them are listed below.".to_owned(),
        "No codes are needed for things: each is known by its name. Write it the same way wherever it is meant. Where a cell offers a list, choose from it; a name that \
         is not in the list yet may be typed if it has a row of its own."
            .to_owned(),
        "Several values in one cell have ; between them, where the heading says so.".to_owned(),
        "A date is a day, a month (Sep 2025) or a year (2025): as much as is known.".to_owned(),
        "A number may be less than exact: >26, ≥4, ~120.".to_owned(),
        format!("The grey row is an example. A row whose first cell begins with “{EXAMPLE}” is not read; this sheet is not read either."),
        "When it is filled in, `civigraph import FILE` takes it into a project, and `civigraph check` says what is wrong, each with its cell.".to_owned(),
    ];
    let mut sheet = Worksheet::new();
    sheet.set_name("Guide")?;
    sheet.write_string_with_format(0, 0, format!("{NOT_READ} how to fill in this workbook"), &looks.title)?;
    let mut row = 2;
    for line in lines {
        sheet.merge_range(row, 0, row, 3, &line, &looks.wrapped)?;
        sheet.set_row_height(row, height(&line, 150))?;
        row += 1;
    }
    row += 1;
    for (column, head) in (0..).zip(["Sheet", "Column", "Must be filled", "What it means"]) {
        sheet.write_string_with_format(row, column, head, &looks.may)?;
    }
    row += 1;
    for (of, column) in sheets.iter().flat_map(|sheet| sheet.columns.iter().map(move |column| (sheet, column))) {
        let cells = [of.name.as_str(), &column.heading, if column.required { "yes" } else { "" }, &column.note];
        for (at, text) in (0..).zip(cells) {
            sheet.write_string_with_format(row, at, cell(text, 1000), &looks.wrapped)?;
        }
        sheet.set_row_height(row, height(&column.note, 80))?;
        row += 1;
    }
    for (column, width) in [(0, 20), (1, 28), (2, 14), (3, 90)] {
        sheet.set_column_width(column, width)?;
    }
    Ok(sheet)
}

/// The height of a row whose text breaks after so many characters, in points.
fn height(text: &str, width: usize) -> u32 {
    16 * u32::try_from(text.chars().count().div_ceil(width).clamp(1, 20)).unwrap_or(1)
}

fn to_fill(
    filled: &Sheet<'_>,
    all: &[Sheet<'_>],
    making: &Making<'_>,
    looks: &Looks,
    lists: &mut Vec<(Holds, List)>,
) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(&filled.name)?;
    for (at, (column, example)) in (0..).zip(filled.columns.iter().zip(filled.example())) {
        let width = column.heading.chars().count().max(example.chars().count()).clamp(12, 36) + 2;
        sheet.set_column_width(at, u32::try_from(width).unwrap_or(38))?;
        match column.holds {
            Holds::Day => sheet.set_column_format(at, &looks.day)?,
            // What begins with a sign or a zero stays as it is written: a telephone number, a code, an id.
            Holds::Text if is_text(column, filled) => sheet.set_column_format(at, &looks.text)?,
            _ => &mut sheet,
        };
        let head = if column.required { &looks.must } else { &looks.may };
        sheet.write_string_with_format(0, at, &column.heading, head)?;
        if !column.note.is_empty() {
            let lines = u32::try_from(column.note.chars().count() / 38 + 2).unwrap_or(8).min(20);
            let note =
                Note::new(cell(&column.note, 2000)).add_author_prefix(false).set_author("civigraph").set_width(260).set_height(lines * 18);
            sheet.insert_note(0, at, &note)?;
        }
        sheet.write_string_with_format(1, at, cell(&example, 1000), &looks.example)?;
        if let Some(choice) = choice(&column.holds, all, making, lists) {
            sheet.add_data_validation(FIRST, at, LAST, at, &choice?)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(sheet)
}

/// Whether a column holds text and nothing else: dates are left to the program, which knows how its users write them.
fn is_text(column: &super::Column, sheet: &Sheet<'_>) -> bool {
    if column.heading == "id" {
        return true;
    }
    let key = sheet.kind.keys.iter().find(|key| fold(&key.words()) == fold(&column.heading) || key.name == column.heading);
    key.is_some_and(|key| key.form != crate::schema::Form::Date)
}

/// The drop-down of a column; its list is made when it is first needed.
fn choice(
    holds: &Holds,
    all: &[Sheet<'_>],
    making: &Making<'_>,
    lists: &mut Vec<(Holds, List)>,
) -> Option<Result<DataValidation, XlsxError>> {
    let validation = DataValidation::new();
    if *holds == Holds::Truth {
        return Some(validation.allow_list_strings(&TRUTH));
    }
    let (strict, list) = match holds {
        Holds::Code(scheme) => (true, list(format!("codes_{}", word(local(scheme.as_str()))), making.codes(scheme), Vec::new())),
        Holds::Thing(classes) => {
            let offered = all.iter().filter(|sheet| fits(&sheet.kind.class, classes, making)).filter_map(|sheet| {
                let name = sheet.kind.keys.iter().find(|key| key.property.as_ref() == skos::PREF_LABEL)?;
                let at = sheet.columns.iter().position(|column| fold(&column.heading) == fold(&name.words()))?;
                Some((sheet.name.clone(), u16::try_from(at).ok()?))
            });
            let names: Vec<String> = classes.iter().map(|class| word(local(class.as_str()))).collect();
            let name = if names.is_empty() { "names".to_owned() } else { format!("names_{}", names.join("_")) };
            (false, list(name, making.names.of(classes, making.schema), offered.collect()))
        }
        _ => return None,
    };
    if list.values.len() + list.sheets.len() == 0 || list.values.len() > NAMES {
        return None;
    }
    let name = match lists.iter().find(|(known, _)| known == holds) {
        Some((_, known)) => known.name.clone(),
        None => {
            let name = list.name.clone();
            lists.push((holds.clone(), list));
            name
        }
    };
    let validation = validation.allow_list_formula(Formula::new(format!("={name}")));
    Some(if strict {
        Ok(validation.set_error_style(DataValidationErrorStyle::Warning)).and_then(|validation| {
            validation.set_error_title("Not in the list")?.set_error_message("Choose one of the list: only its words are understood here.")
        })
    } else {
        // Several names may stand in one cell, and a name may be new.
        Ok(validation.show_error_message(false))
    })
}

fn list(name: String, values: Vec<String>, sheets: Vec<(String, u16)>) -> List {
    List { name: name.chars().take(200).collect(), values, sheets }
}

fn fits(class: &NamedNode, classes: &[NamedNode], making: &Making<'_>) -> bool {
    classes.is_empty() || classes.iter().any(|wanted| making.schema.is_a(class, wanted))
}

/// A word as the name of a range has it.
fn word(text: &str) -> String {
    iri::slugify(&iri::kebab(text)).replace('-', "_")
}

/// A column's letters.
fn letters(column: u16) -> String {
    crate::source::sheet::letters(usize::from(column))
}
