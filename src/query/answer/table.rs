//! Tables for people: fitted to a width, wrapped between words, numbers to the right; records where there are more
//! columns than a table of that width could hold.
//!
//! The widths are those of the first rows, so that a long answer is written as it comes and is never held whole.

use std::io::{self, Write};

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// How many rows the widths are fitted to.
const FITTED: usize = 1_000;
/// Between two columns.
const GAP: usize = 2;
/// No column is narrower than this if anything must be broken; below, rows are written as records.
const NARROWEST: usize = 8;

/// One cell: its text, and whether it is a number.
pub type Cell = (String, bool);

/// A table that rows are pushed into.
pub struct Table<'a> {
    heads: Vec<String>,
    width: usize,
    /// The first rows, until the widths are known.
    first: Vec<Vec<Cell>>,
    fitted: Option<Fitted>,
    number: usize,
    out: &'a mut dyn Write,
}

enum Fitted {
    Columns { widths: Vec<usize>, right: Vec<bool> },
    Records { head: usize },
}

impl<'a> Table<'a> {
    /// A table with these heads, fitted to a width in columns of the terminal.
    pub fn new(heads: &[String], width: u16, out: &'a mut dyn Write) -> Self {
        let heads = heads.iter().map(|head| plain(head)).collect();
        Self { heads, width: usize::from(width), first: Vec::new(), fitted: None, number: 0, out }
    }

    /// Rows as lists of their columns, however few there are.
    pub fn records(heads: &[String], width: u16, out: &'a mut dyn Write) -> Self {
        let table = Self::new(heads, width, out);
        let head = table.heads.iter().map(|head| head.width()).max().unwrap_or(0);
        Self { fitted: Some(Fitted::Records { head }), ..table }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// The output could not be written.
    pub fn push(&mut self, row: Vec<Cell>) -> io::Result<()> {
        let row = row.into_iter().map(|(text, number)| (plain(&text), number)).collect();
        if self.fitted.is_some() {
            return self.write(&row);
        }
        self.first.push(row);
        if self.first.len() == FITTED { self.begin() } else { Ok(()) }
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// The output could not be written.
    pub fn finish(mut self) -> io::Result<()> {
        if self.fitted.is_none() { self.begin() } else { Ok(()) }
    }

    fn begin(&mut self) -> io::Result<()> {
        let rows = std::mem::take(&mut self.first);
        let fitted = fit(&self.heads, &rows, self.width);
        if let Fitted::Columns { widths, right } = &fitted {
            let heads: Vec<Cell> = self.heads.iter().map(|head| (head.clone(), false)).collect();
            line(&heads, widths, right, self.out)?;
            let whole = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
            writeln!(self.out, "{}", "─".repeat(whole.max(1)))?;
        }
        self.fitted = Some(fitted);
        rows.iter().try_for_each(|row| self.write(row))
    }

    fn write(&mut self, row: &Vec<Cell>) -> io::Result<()> {
        self.number += 1;
        match &self.fitted {
            Some(Fitted::Columns { widths, right }) => line(row, widths, right, self.out),
            Some(Fitted::Records { head }) => {
                let title = format!("─ {} ", self.number);
                writeln!(self.out, "{title}{}", "─".repeat(self.width.saturating_sub(title.width())))?;
                for (name, (text, _)) in self.heads.iter().zip(row).filter(|(_, (text, _))| !text.is_empty()) {
                    let lines = wrap(text, self.width.saturating_sub(head + GAP).max(NARROWEST));
                    for (index, text) in lines.iter().enumerate() {
                        let name = if index == 0 { name.as_str() } else { "" };
                        writeln!(self.out, "{name}{}{text}", " ".repeat((head + GAP).saturating_sub(name.width())))?;
                    }
                }
                Ok(())
            }
            None => Ok(()),
        }
    }
}

/// A whole table as text, without a line's end behind it.
pub fn table(heads: &[String], cells: Vec<Vec<Cell>>, width: u16) -> String {
    let mut out = Vec::new();
    let mut table = Table::new(heads, width, &mut out);
    // Writing to memory does not fail.
    let _ = cells.into_iter().try_for_each(|row| table.push(row));
    let _ = table.finish();
    String::from_utf8_lossy(&out).trim_end_matches('\n').to_owned()
}

/// The widths of columns: as wide as their texts if there is room; else the widest are narrowed until ids and words
/// would break, then until parts of ids between hyphens would.
fn fit(heads: &[String], rows: &[Vec<Cell>], width: usize) -> Fitted {
    let columns = heads.len();
    let texts = |column: usize| std::iter::once(heads[column].as_str()).chain(rows.iter().map(move |row| row[column].0.as_str()));
    let widest = |column: usize, split: &dyn Fn(char) -> bool| {
        texts(column).flat_map(|text| text.split_inclusive(split)).map(|part| part.trim_end().width()).max()
    };
    let natural: Vec<usize> = (0..columns).map(|column| widest(column, &|c| c == '\n').unwrap_or(0).max(1)).collect();
    let words: Vec<usize> = (0..columns).map(|column| widest(column, &char::is_whitespace).unwrap_or(0).max(1)).collect();
    let parts: Vec<usize> = (0..columns).map(|column| widest(column, &breaks).unwrap_or(0).clamp(1, 40)).collect();
    let room = width.saturating_sub(GAP * columns.saturating_sub(1));
    let right = (0..columns)
        .map(|column| rows.iter().any(|row| row[column].1) && rows.iter().all(|row| row[column].1 || row[column].0.is_empty()))
        .collect();
    let least: Vec<usize> = parts.iter().map(|part| (*part).min(NARROWEST)).collect();
    for least in [&words, &parts, &least] {
        if least.iter().sum::<usize>() <= room {
            let mut widths = share(least, &natural, room);
            let taken =
                |column: usize, width: usize| texts(column).flat_map(|text| wrap(text, width)).map(|line| line.width()).max().unwrap_or(0);
            settle(&mut widths, &natural, room, &taken);
            return Fitted::Columns { widths, right };
        }
    }
    Fitted::Records { head: heads.iter().map(|head| head.width()).max().unwrap_or(0) }
}

/// Shares the room out: every column gets the same, none less than its least or more than its natural width.
fn share(least: &[usize], natural: &[usize], room: usize) -> Vec<usize> {
    let at = |cap: usize| least.iter().zip(natural).map(move |(least, natural)| cap.clamp(*least, (*natural).max(*least)));
    let cap = (0..=room).rev().find(|cap| at(*cap).sum::<usize>() <= room).unwrap_or(0);
    let mut widths: Vec<usize> = at(cap).collect();
    let mut left = room.saturating_sub(widths.iter().sum());
    for (width, natural) in widths.iter_mut().zip(natural) {
        if left > 0 && *width < *natural {
            *width += 1;
            left -= 1;
        }
    }
    widths
}

/// Takes back what wrapped texts leave free, and gives it to the columns that lack most.
fn settle(widths: &mut [usize], natural: &[usize], room: usize, taken: &dyn Fn(usize, usize) -> usize) {
    for (column, width) in widths.iter_mut().enumerate() {
        *width = taken(column, *width).max(1);
    }
    let mut spare = room.saturating_sub(widths.iter().sum());
    let mut needy: Vec<usize> = (0..widths.len()).filter(|column| natural[*column] > widths[*column]).collect();
    needy.sort_by_key(|column| std::cmp::Reverse(natural[*column] - widths[*column]));
    for column in needy {
        let wider = taken(column, widths[column] + spare).max(widths[column]);
        spare -= (wider - widths[column]).min(spare);
        widths[column] = wider;
    }
}

fn line(row: &[Cell], widths: &[usize], right: &[bool], out: &mut dyn Write) -> io::Result<()> {
    let wrapped: Vec<Vec<String>> = row.iter().zip(widths).map(|((text, _), width)| wrap(text, *width)).collect();
    for index in 0..wrapped.iter().map(Vec::len).max().unwrap_or(1) {
        let mut line = String::new();
        for (column, lines) in wrapped.iter().enumerate() {
            let text = lines.get(index).map_or("", String::as_str);
            let pad = " ".repeat(widths[column].saturating_sub(text.width()));
            let gap = if column == 0 { "" } else { "  " };
            if right[column] { line.extend([gap, pad.as_str(), text]) } else { line.extend([gap, text, pad.as_str()]) }
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// Where a word may be parted: behind a hyphen, slash or the like.
fn breaks(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '/' | '_' | ':' | '#' | ',' | ';' | '.')
}

/// Lines of at most a width: broken between words, behind hyphens in words that are longer, and within those parts only
/// where they are longer still.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let gap = usize::from(!line.is_empty());
            if line.width() + gap + word.width() <= width {
                if gap == 1 {
                    line.push(' ');
                }
                line.push_str(word);
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for part in word.split_inclusive(breaks) {
                if line.width() + part.width() <= width {
                    line.push_str(part);
                    continue;
                }
                if !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                for grapheme in part.graphemes(true) {
                    if line.width() + grapheme.width() > width && !line.is_empty() {
                        lines.push(std::mem::take(&mut line));
                    }
                    line.push_str(grapheme);
                }
            }
        }
        lines.push(line);
    }
    lines
}

/// Text as a terminal may be given it.
pub fn plain(text: &str) -> String {
    crate::values::text::shown(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(heads: &[&str], rows: &[&[&str]], width: u16) -> String {
        let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
        let number = |text: &str| text.parse::<f64>().is_ok();
        let cells = rows.iter().map(|row| row.iter().map(|text| ((*text).to_owned(), number(text))).collect()).collect();
        table(&heads, cells, width)
    }

    #[test]
    fn ids_stay_whole_as_long_as_there_is_room() {
        let rows: &[&[&str]] = &[&["fp-interventions-scotland-2025", "Floodplain Fund interventions in Scotland, 2025", "12"]];
        assert_eq!(
            shown(&["initiative", "name", "n"], rows, 60),
            "initiative                      name               n\n\
             ────────────────────────────────────────────────────\n\
             fp-interventions-scotland-2025  Floodplain Fund   12\n\
             \x20                               interventions in\n\
             \x20                               Scotland, 2025"
        );
        let narrow = shown(&["initiative", "name", "n"], rows, 34);
        assert!(narrow.contains("\nfp-  ") && narrow.contains("\ninterventions-  "), "broken at a hyphen:\n{narrow}");
        assert!(narrow.lines().all(|line| line.width() <= 34), "{narrow}");
    }

    #[test]
    fn wide_and_combining_characters_and_emoji_take_the_room_they_take() {
        let text = shown(&["a", "b"], &[&["漢字", "x"], &["e\u{301}", "x"], &["👩‍👩‍👧", "x"], &["ab", "x"]], 40);
        let places: Vec<usize> = text.lines().skip(2).map(|line| line[..line.find('x').expect("the second column")].width()).collect();
        assert!(places.iter().all(|place| *place == places[0]), "{text}");
    }

    #[test]
    fn too_many_columns_become_records() {
        let heads: Vec<String> = (0..12).map(|n| format!("column {n}")).collect();
        let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
        let text = shown(&heads, &[&["some-thing"; 12]], 40);
        assert!(text.starts_with("─ 1 ───") && text.contains("\ncolumn 11  some-thing"), "{text}");
    }

    #[test]
    fn nothing_from_the_data_steers_the_terminal() {
        assert_eq!(plain("a\u{1b}[31mb\u{202e}c\td"), "a\u{fffd}[31mb\u{fffd}c\u{fffd}d");
        assert_eq!(shown(&["a"], &[], 20), "a\n─");
    }

    #[test]
    fn words_wrap_and_longer_ones_break_at_hyphens() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("to river-asia-advisory-board", 12), ["to", "river-asia-", "advisory-", "board"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("漢字漢字", 5), ["漢字", "漢字"]);
        assert_eq!(wrap("", 4), [""]);
    }
}
