//! The cells of a sheet, some of them in another colour; a cell that is not there yet is made, because what is missing is a finding too.

use super::styles::Styles;
use super::xml::{Tag, attribute, tags};
use super::{Mark, Marks, opens};
use crate::source::sheet::letters;

/// The sheet with its bad cells coloured.
///
/// # Errors
/// It is damaged.
pub fn marked(text: &str, marks: &Marks, styles: &mut Styles) -> Result<String, String> {
    let tags = tags(text)?;
    let mut whole = String::with_capacity(text.len() + marks.len() * 40);
    let mut done = 0;
    let mut waiting = marks.iter().peekable();
    let (mut row, mut column) = (0u32, 0u32);
    let mut inside = false;
    for (index, tag) in tags.iter().enumerate() {
        if opens(tag, "sheetData") && !tag.is_empty() {
            inside = true;
        } else if opens(tag, "sheetData") {
            // No row at all: the marks make some.
            let open = format!("{}>", tag.text.trim_end_matches("/>").trim_end());
            whole.push_str(&text[done..tag.range.start]);
            whole.push_str(&open);
            rows_before(u32::MAX, &mut waiting, tag.prefix(), styles, &mut whole);
            whole.push_str(&format!("</{}sheetData>", tag.prefix()));
            done = tag.range.end;
        } else if tag.local == "sheetData" {
            whole.push_str(&text[done..tag.range.start]);
            rows_before(u32::MAX, &mut waiting, tag.prefix(), styles, &mut whole);
            done = tag.range.start;
            inside = false;
        } else if inside && opens(tag, "row") {
            let number = attribute(tag, "r").and_then(|number| number.parse::<u32>().ok()).unwrap_or(row + 1);
            whole.push_str(&text[done..tag.range.start]);
            rows_before(number - 1, &mut waiting, tag.prefix(), styles, &mut whole);
            done = tag.range.start;
            (row, column) = (number, 0);
            if tag.is_empty() && waiting.peek().is_some_and(|((line, _), _)| *line + 1 == row) {
                whole.push_str(&format!("{}>", tag.text.trim_end_matches("/>").trim_end()));
                cells_before(row - 1, u32::MAX, &mut waiting, tag.prefix(), styles, &mut whole);
                whole.push_str(&format!("</{}row>", tag.prefix()));
                done = tag.range.end;
            }
        } else if inside && tag.local == "row" {
            whole.push_str(&text[done..tag.range.start]);
            cells_before(row.saturating_sub(1), u32::MAX, &mut waiting, tag.prefix(), styles, &mut whole);
            done = tag.range.start;
        } else if inside && opens(tag, "c") && tags.get(index.wrapping_sub(1)).is_some() {
            let at = attribute(tag, "r").and_then(|name| number(&name)).unwrap_or(column);
            whole.push_str(&text[done..tag.range.start]);
            cells_before(row.saturating_sub(1), at, &mut waiting, tag.prefix(), styles, &mut whole);
            done = tag.range.start;
            if let Some((_, mark)) = waiting.next_if(|((line, known), _)| *line + 1 == row && *known == at) {
                whole.push_str(&coloured(tag, mark, styles));
                done = tag.range.end;
            }
            column = at + 1;
        }
    }
    whole.push_str(&text[done..]);
    Ok(whole)
}

type Waiting<'m> = std::iter::Peekable<std::collections::btree_map::Iter<'m, (u32, u32), Mark>>;

/// The rows before one that are not there yet.
fn rows_before(line: u32, waiting: &mut Waiting<'_>, prefix: &str, styles: &mut Styles, out: &mut String) {
    while let Some(((row, _), _)) = waiting.peek().copied().filter(|((row, _), _)| *row < line) {
        out.push_str(&format!("<{prefix}row r=\"{}\">", row + 1));
        cells_before(*row, u32::MAX, waiting, prefix, styles, out);
        out.push_str(&format!("</{prefix}row>"));
    }
}

/// The cells of a row before one that are not there yet.
fn cells_before(line: u32, column: u32, waiting: &mut Waiting<'_>, prefix: &str, styles: &mut Styles, out: &mut String) {
    while let Some(((row, at), mark)) = waiting.next_if(|((row, at), _)| *row == line && *at < column) {
        let style = styles.coloured(0, mark.severity);
        out.push_str(&format!("<{prefix}c r=\"{}{}\" s=\"{style}\"/>", letters(*at as usize), row + 1));
    }
}

fn coloured(tag: &Tag<'_>, mark: &Mark, styles: &mut Styles) -> String {
    let style = attribute(tag, "s").and_then(|style| style.parse().ok()).unwrap_or(0);
    tag.with("s", &styles.coloured(style, mark.severity).to_string())
}

/// The number of the column that a cell's name begins with, from 0.
pub(super) fn number(name: &str) -> Option<u32> {
    let letters = name.bytes().take_while(u8::is_ascii_uppercase);
    let number = letters.fold(0u32, |number, letter| number.saturating_mul(26).saturating_add(u32::from(letter - b'A') + 1));
    number.checked_sub(1)
}
