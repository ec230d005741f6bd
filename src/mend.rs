//! What can be mended without asking anybody: a text at its place, and what stands there instead. Everything else of the file stays as it is,
//! byte for byte.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use crate::location::Location;
use crate::values::text::delimited;

/// One place to be mended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mend {
    /// Where the value stands.
    pub location: Location,
    /// What stands there.
    pub found: String,
    /// What is to stand there.
    pub instead: String,
}

/// So many are kept: a file with more is to be mended once, and looked at again.
pub const KEPT: usize = 100_000;

/// How a file writes its values, which says how a value is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// Cells with this between them.
    Separated(u8),
    /// JSON, or one value of it a line.
    Json,
    /// YAML.
    Yaml,
}

impl Written {
    /// How a file of this name is written; `start` shows what stands between its cells. None of a sort in which nothing is mended.
    pub fn of(name: &str, start: &[u8], delimiter: impl FnOnce(&[u8]) -> u8) -> Option<Self> {
        match name.rsplit_once('.')?.1.to_lowercase().as_str() {
            "yaml" | "yml" => Some(Self::Yaml),
            "json" | "ndjson" | "jsonl" => Some(Self::Json),
            "tsv" | "tab" => Some(Self::Separated(b'\t')),
            "csv" | "psv" => Some(Self::Separated(delimiter(start))),
            _ => None,
        }
    }
}

/// A file mended, and what could not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// Its text now.
    pub text: String,
    /// How many places were mended.
    pub places: usize,
    /// How many could not be: what stands there is written in another way than it is read.
    pub left: usize,
}

/// Mends a text. Of several that would change one place, the first in order counts.
pub fn mend(text: &str, mends: &[Mend], written: Written) -> Mended {
    let mut lines = Lines { text, starts: lines(text), counted: (0, 0) };
    let mut edits: BTreeMap<usize, (usize, String)> = BTreeMap::new();
    let mut left = 0;
    for mend in mends {
        let edit = place(&mut lines, mend).and_then(|(range, quote)| Some((range, quoted(&mend.instead, quote, written)?)));
        match edit {
            Some((range, instead)) if free(&edits, &range) => _ = edits.insert(range.start, (range.end, instead)),
            Some((range, instead)) if edits.get(&range.start) == Some(&(range.end, instead.clone())) => {}
            _ => left += 1,
        }
    }
    let mut whole = String::with_capacity(text.len());
    let mut done = 0;
    for (start, (end, instead)) in &edits {
        whole.push_str(&text[done..*start]);
        whole.push_str(instead);
        done = *end;
    }
    whole.push_str(&text[done..]);
    Mended { text: whole, places: edits.len(), left }
}

fn free(edits: &BTreeMap<usize, (usize, String)>, range: &Range<usize>) -> bool {
    edits.range(..range.end).next_back().is_none_or(|(_, (end, _))| *end <= range.start)
}

/// Where lines begin.
fn lines(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

/// A text by lines and columns. Remembers the place that was asked for last: what comes next in a long line is found from there.
struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
    /// A byte, and how many characters stand before it in its line.
    counted: (usize, usize),
}

impl Lines<'_> {
    /// The byte of a line and column, both from 0, and the byte at which the line ends. None where the line has ended before.
    fn find(&mut self, line: usize, column: usize) -> Option<(usize, usize)> {
        let start = *self.starts.get(line)?;
        let end = self.starts.get(line + 1).map_or(self.text.len(), |next| next - 1);
        let (at, before) = self.counted;
        let (at, before) = if (start..=end).contains(&at) && before <= column { (at, before) } else { (start, 0) };
        let from = self.text.get(at..end)?.char_indices().nth(column - before).map(|(further, _)| at + further)?;
        self.counted = (from, column);
        Some((from, end))
    }
}

/// Where the text of a mend stands, and in which quotes. None if something else stands there.
fn place(lines: &mut Lines<'_>, mend: &Mend) -> Option<(Range<usize>, Option<char>)> {
    let text = lines.text;
    let (from, end) = lines.find((mend.location.line as usize).checked_sub(1)?, (mend.location.column as usize).checked_sub(1)?)?;
    if mend.found.is_empty() || mend.found.contains('\n') {
        return None;
    }
    let quote = text[from..end].chars().next().filter(|c| matches!(c, '"' | '\''));
    let start = from + quote.map_or(0, char::len_utf8);
    let rest = &text[start..end];
    if let Some(after) = rest.strip_prefix(mend.found.as_str()) {
        // The value ends here: it is not the beginning of a longer one.
        let ends = match quote {
            Some(quote) => after.starts_with(quote),
            None => !after.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_')),
        };
        return ends.then_some((start..start + mend.found.len(), quote));
    }
    // One of several in the cell of a table.
    let length = rest.char_indices().nth(mend.location.length as usize).map_or(rest.len(), |(at, _)| at);
    let at = part(&rest[..length], &mend.found)?;
    Some((start + at..start + at + mend.found.len(), quote))
}

/// Where a value stands in a cell that may hold several; none where it stands in several places or only as a part of a word.
fn part(cell: &str, value: &str) -> Option<usize> {
    let mut found = cell.match_indices(value).filter(|(at, found)| {
        let before = cell[..*at].trim_end().chars().next_back();
        let behind = cell[at + found.len()..].trim_start().chars().next();
        let parts = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '-' | '_'));
        parts(before) && parts(behind)
    });
    found.next().filter(|_| found.next().is_none()).map(|(at, _)| at)
}

/// The text of a cell with one of its values put right.
pub fn within(cell: &str, found: &str, instead: &str) -> Option<String> {
    if cell == found {
        return Some(instead.to_owned());
    }
    if found.is_empty() {
        return None;
    }
    let at = part(cell, found)?;
    Some(format!("{}{instead}{}", &cell[..at], &cell[at + found.len()..]))
}

/// A value as it stands in its file, in the quotes that are there or in such as it needs.
fn quoted(text: &str, quote: Option<char>, written: Written) -> Option<String> {
    if text.chars().any(char::is_control) {
        return None;
    }
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    Some(match (written, quote) {
        (Written::Json, Some('"')) | (Written::Yaml, Some('"')) => escaped(text),
        (Written::Json, _) => return None,
        (Written::Yaml, Some(_)) => text.replace('\'', "''"),
        (Written::Yaml, None) if is_plain(text) => text.to_owned(),
        (Written::Yaml, None) => format!("\"{}\"", escaped(text)),
        (Written::Separated(_), Some('"')) => text.replace('"', "\"\""),
        (Written::Separated(delimiter), _) => delimited(text, char::from(delimiter)),
    })
}

/// Whether a text may stand in YAML without quotes, wherever that is.
fn is_plain(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphanumeric())
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.contains([',', '[', ']', '{', '}', '"', '\''])
}

/// What changed, as a unified diff with three lines around. Lines are changed, never added or taken away.
pub fn diff(name: &str, before: &str, after: &str) -> String {
    const AROUND: usize = 3;
    let (old, new): (Vec<&str>, Vec<&str>) = (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let changed: Vec<usize> = (0..old.len()).filter(|at| new.get(*at) != Some(&old[*at])).collect();
    if changed.is_empty() {
        return String::new();
    }
    let mut out = format!("--- {name}\n+++ {name}\n");
    let mut rest = &changed[..];
    while let Some(first) = rest.first() {
        let last = rest.windows(2).take_while(|pair| pair[1] - pair[0] <= 2 * AROUND).count();
        let (hunk, more) = rest.split_at(last + 1);
        rest = more;
        let (from, to) = (first.saturating_sub(AROUND), (hunk[last] + AROUND + 1).min(old.len()));
        _ = writeln!(out, "@@ -{0},{1} +{0},{1} @@", from + 1, to - from);
        let mut line = |sign: char, text: &str| {
            out.push(sign);
            out.push_str(text.trim_end_matches('\n'));
            out.push('\n');
            if !text.ends_with('\n') {
                out.push_str("\\ No newline at end of file\n");
            }
        };
        let mut at = from;
        while at < to {
            if !hunk.contains(&at) {
                line(' ', old[at]);
                at += 1;
                continue;
            }
            let end = (at..to).take_while(|next| hunk.contains(next)).last().unwrap_or(at) + 1;
            old[at..end].iter().for_each(|text| line('-', text));
            new[at..end].iter().for_each(|text| line('+', text));
            at = end;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: usize, column: usize, length: usize, found: &str, instead: &str) -> Mend {
        Mend { location: Location::new(&"x".into(), line, column, length), found: found.to_owned(), instead: instead.to_owned() }
    }

    #[test]
    fn only_the_value_changes_and_quotes_stay_what_they_are() {
        let yaml = "A:  # kept\n  - { role: coordinater, name: 'It''s' }\n  - name: \"Delta \"\n";
        let mends = [at(2, 13, 11, "coordinater", "coordinator"), at(3, 11, 8, "Delta ", "Delta"), at(2, 32, 7, "It's", "Its")];
        let mended = mend(yaml, &mends, Written::Yaml);
        assert_eq!(mended.text, "A:  # kept\n  - { role: coordinator, name: 'It''s' }\n  - name: \"Delta\"\n");
        assert_eq!((mended.places, mended.left), (2, 1));
    }

    #[test]
    fn a_value_among_several_of_a_cell_is_found() {
        let csv = "a,b\r\nx,cfhr; cgrr ;cfhr-2\r\n";
        let mended = mend(csv, &[at(2, 3, 18, "cgrr", "cgr")], Written::Separated(b','));
        assert_eq!(mended.text, "a,b\r\nx,cfhr; cgr ;cfhr-2\r\n");
        assert_eq!(mend(csv, &[at(2, 3, 18, "cfh", "x")], Written::Separated(b',')).left, 1, "a part of a word is no value");
    }

    #[test]
    fn a_name_gets_the_quotes_that_it_needs() {
        assert_eq!(mend("a: x\n", &[at(1, 4, 1, "x", "b: c")], Written::Yaml).text, "a: \"b: c\"\n");
        assert_eq!(mend("x\n", &[at(1, 1, 1, "x", "b, c")], Written::Separated(b',')).text, "\"b, c\"\n");
    }

    #[test]
    fn the_diff_is_one_that_patch_reads() {
        let before: String = (0..20).map(|n| format!("{n}\n")).collect();
        let after = before.replace("\n2\n", "\ntwo\n").replace("\n15\n", "\nfifteen\n");
        let shown = diff("x", &before, &after);
        assert!(shown.contains("@@ -1,6 +1,6 @@") && shown.contains("@@ -13,7 +13,7 @@") && shown.contains("-2\n+two\n"), "{shown}");
    }
}
