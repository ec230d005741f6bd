//! A workbook with some of its texts put right: in place, everything else as it was. Only cells that hold a text change; what a formula
//! makes, a date or a number, and a text with formats of its own inside are left to people.

use std::collections::BTreeMap;
use std::io::{Read, Seek, Write};

use quick_xml::escape::unescape;

use super::xml::{Tag, attribute, escaped, tags};
use super::{open_book, opens, rels, sheet_of, sheets, targets};
use crate::limits::Limits;
use crate::mend::{Mend, within};

/// What changes in a cell: what it held, and what it holds then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The cell, with its sheet.
    pub cell: String,
    /// The text before.
    pub before: String,
    /// The text after.
    pub after: String,
}

/// Mends the cells of a workbook and writes it, if there is anything to mend. Gives what changes, and how many places are left to people.
///
/// # Errors
/// The workbook cannot be read or not be written; in words.
pub fn mend(
    mut original: impl Read + Seek,
    mends: &[Mend],
    limits: Limits,
    out: Option<&mut dyn Write>,
) -> Result<(Vec<Change>, usize), String> {
    let mut book = open_book(&mut original, limits)?;
    let main = book.main()?;
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let targets = targets(&book.text(&rels(&main))?, &folder)?;
    let sheets = sheets(&book.text(&main)?, &targets)?;
    let shared = match targets.of_type("/sharedStrings") {
        Some(part) => strings(&book.text(&part)?)?,
        None => Vec::new(),
    };
    let mut by_sheet: BTreeMap<String, BTreeMap<(u32, u32), Vec<&Mend>>> = BTreeMap::new();
    for mend in mends {
        let Some(sheet) = mend.location.cell.as_ref().and_then(|cell| sheet_of(cell)) else { continue };
        let place = (mend.location.line.saturating_sub(1), mend.location.column.saturating_sub(1));
        by_sheet.entry(sheet).or_default().entry(place).or_default().push(mend);
    }
    let (mut changes, mut done) = (Vec::new(), 0);
    for (name, part) in &sheets {
        // A second sheet of the name is another's.
        let Some(mut places) = by_sheet.remove(name) else { continue };
        let text = book.text(part)?;
        let (text, found, mended) = cells(&text, &mut places, &shared)?;
        done += mended;
        if !found.is_empty() {
            book.changed.insert(part.clone(), text);
            changes.extend(found);
        }
    }
    if let Some(out) = out.filter(|_| !changes.is_empty()) {
        book.write(out)?;
    }
    Ok((changes, mends.len() - done))
}

/// The texts that cells share, by their numbers; none where one has formats inside.
fn strings(text: &str) -> Result<Vec<Option<String>>, String> {
    let tags = tags(text)?;
    let mut found = Vec::new();
    let mut at = 0;
    while at < tags.len() {
        if !opens(&tags[at], "si") {
            at += 1;
            continue;
        }
        let end = end_of(&tags, at, "si");
        found.push(plain(text, &tags[at..end]));
        at = end.max(at + 1);
    }
    Ok(found)
}

/// The number of the tag that closes an element, or of its own where it is empty.
fn end_of(tags: &[Tag<'_>], at: usize, local: &str) -> usize {
    if tags[at].is_empty() {
        return at;
    }
    (at + 1..tags.len()).find(|next| tags[*next].local == local && tags[*next].is_close()).unwrap_or(tags.len() - 1)
}

/// The text of an element whose text has no formats inside.
fn plain(text: &str, tags: &[Tag<'_>]) -> Option<String> {
    if tags.iter().any(|tag| ["r", "rPh"].contains(&tag.local)) {
        return None;
    }
    let open = tags.iter().position(|tag| opens(tag, "t"))?;
    if tags[open].is_empty() {
        return None;
    }
    let close = tags.get(open + 1)?;
    unescape(&text[tags[open].range.end..close.range.start]).ok().map(std::borrow::Cow::into_owned)
}

/// A sheet with its cells mended: its text, what changed, and how many of the mends that were. A place is mended once and taken off,
/// however often the sheet gives it.
fn cells(
    text: &str,
    places: &mut BTreeMap<(u32, u32), Vec<&Mend>>,
    shared: &[Option<String>],
) -> Result<(String, Vec<Change>, usize), String> {
    let tags = tags(text)?;
    let (mut whole, mut done, mut mended) = (String::with_capacity(text.len()), 0, 0);
    let mut changes = Vec::new();
    let (mut row, mut column) = (0_u32, 0_u32);
    for at in 0..tags.len() {
        let tag = &tags[at];
        if opens(tag, "row") {
            row = attribute(tag, "r").and_then(|number| number.parse().ok()).unwrap_or(row + 1);
            column = 0;
        }
        if !opens(tag, "c") {
            continue;
        }
        let own = attribute(tag, "r").and_then(|name| super::sheet::number(&name)).unwrap_or(column);
        column = own + 1;
        if tag.is_empty() {
            continue;
        }
        let Some(mends) = places.remove(&(row.saturating_sub(1), own)) else { continue };
        let end = end_of(&tags, at, "c");
        let inside = &tags[at..end];
        let value = || {
            let open = inside.iter().position(|tag| opens(tag, "v"))?;
            Some(text[inside[open].range.end..tags.get(at + open + 1)?.range.start].trim().to_owned())
        };
        let held = match attribute(tag, "t").as_deref() {
            _ if inside.iter().any(|tag| tag.local == "f") => None,
            Some("s") => value().and_then(|number| shared.get(number.parse::<usize>().ok()?)?.clone()),
            Some("inlineStr") => plain(text, inside),
            _ => None,
        };
        let Some(before) = held else { continue };
        let mut after = before.clone();
        for mend in &mends {
            if let Some(better) = within(&after, &mend.found, &mend.instead) {
                after = better;
                mended += 1;
            }
        }
        if after == before {
            continue;
        }
        let prefix = tag.prefix();
        let open = tag.with("t", "inlineStr");
        whole.push_str(&text[done..tag.range.start]);
        whole.push_str(&format!("{open}<{prefix}is><{prefix}t xml:space=\"preserve\">{}</{prefix}t></{prefix}is>", escaped(&after)));
        done = tags[end].range.start;
        let cell = mends[0].location.cell.as_deref().unwrap_or_default().to_owned();
        changes.push(Change { cell, before, after });
    }
    whole.push_str(&text[done..]);
    Ok((whole, changes, mended))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::location::Location;

    #[test]
    fn a_cell_that_is_there_twice_is_mended_once() {
        let mend = Mend { location: Location::new(&"x".into(), 1, 1, 1), found: "Nmae".to_owned(), instead: "Name".to_owned() };
        let cell = "<c r=\"A1\" t=\"inlineStr\"><is><t>Nmae</t></is></c>";
        let sheet = format!("<sheetData><row r=\"1\">{cell}{cell}</row></sheetData>");
        let mut places = BTreeMap::from([((0, 0), vec![&mend])]);
        let (text, changes, mended) = cells(&sheet, &mut places, &[]).expect("a sheet");
        assert_eq!((changes.len(), mended), (1, 1));
        assert_eq!((text.matches(">Name<").count(), text.matches(">Nmae<").count()), (1, 1), "{text}");
    }
}
