//! Values between commas and tabs, the same wherever civigraph writes CSV or TSV: what a spreadsheet would run as a formula is
//! guarded so that it can be undone.
//!
//! In CSV nothing but a character more keeps `=1+1` from being run, so it stands there with an apostrophe before it, and so does a
//! text that would read like one that was guarded: taking one apostrophe off gives every value back. SPARQL's own CSV has no
//! such rule and is a format of its own. TSV has escapes, as Turtle does, and needs no character more.
//! `docs/decisions/spreadsheets.md` weighs the ways.

use std::io::{self, Write};

use oxigraph::model::{LiteralRef, TermRef};

use crate::values::text::delimited;
use crate::vocab::xsd;

/// How values are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Commas, after RFC 4180, with what a spreadsheet would run guarded.
    Csv,
    /// SPARQL 1.1 CSV, every value as it is.
    Exact,
    /// SPARQL 1.1 TSV: terms as Turtle writes them.
    Tsv,
}

/// Writes the heads.
///
/// # Errors
/// The output could not be written.
pub fn heads(dialect: Dialect, names: &[&str], out: &mut dyn Write) -> io::Result<()> {
    match dialect {
        Dialect::Csv | Dialect::Exact => write!(out, "{}\r\n", names.join(",")),
        Dialect::Tsv => writeln!(out, "?{}", names.join("\t?")),
    }
}

/// Writes a row of an answer; gives how many of its texts were guarded.
///
/// # Errors
/// The output could not be written.
pub fn row(dialect: Dialect, terms: &[Option<TermRef<'_>>], out: &mut dyn Write) -> io::Result<usize> {
    let mut guarded = 0;
    let mut cells: Vec<String> = Vec::with_capacity(terms.len());
    for term in terms {
        guarded += usize::from(matches!(term, Some(TermRef::Literal(literal)) if is_formula(literal.value())));
        cells.push(match (dialect, term) {
            // A line without anything would be no row to most readers.
            (Dialect::Csv | Dialect::Exact, None) if terms.len() == 1 => "\"\"".to_owned(),
            (_, None) => String::new(),
            (Dialect::Tsv, Some(term)) => tsv_term(*term),
            (Dialect::Csv, Some(term)) => csv(&text(*term)),
            (Dialect::Exact, Some(term)) => delimited(&text(*term), ','),
        });
        if let (true, Some(cell)) = (terms.len() == 1 && dialect != Dialect::Tsv, cells.last_mut())
            && cell.is_empty()
        {
            cell.push_str("\"\"");
        }
    }
    match dialect {
        Dialect::Csv | Dialect::Exact => write!(out, "{}\r\n", cells.join(","))?,
        Dialect::Tsv => writeln!(out, "{}", cells.join("\t"))?,
    }
    Ok(guarded)
}

fn text(term: TermRef<'_>) -> String {
    match term {
        TermRef::NamedNode(node) => node.as_str().to_owned(),
        TermRef::BlankNode(blank) => blank.to_string(),
        TermRef::Literal(literal) => literal.value().to_owned(),
    }
}

/// A cell of CSV: quoted where it must be (RFC 4180), guarded where a spreadsheet would run it.
pub fn csv(text: &str) -> String {
    if is_formula(text.trim_start_matches('\'')) { delimited(&format!("'{text}"), ',') } else { delimited(text, ',') }
}

/// A cell of TSV that is no term but plain text: what would break a line is escaped, and so is what a spreadsheet would run.
pub fn tsv(text: &str) -> String {
    escaped(text, false)
}

/// Whether a spreadsheet would take a text for a formula: a sign stands first, perhaps behind space that it passes over, and the whole
/// is no plain number. Some take the wide forms of the signs too.
pub fn is_formula(text: &str) -> bool {
    let passed = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    (text.trim_start_matches(passed).starts_with(SIGNS) || text.starts_with(['\t', '\r'])) && !is_number(text)
}

const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// A number as a spreadsheet and Turtle read one: `-12`, `+0.5`, `1.5e-3`.
fn is_number(text: &str) -> bool {
    let (number, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(number, exponent)| (number, Some(exponent)));
    let unsigned = |text: &str| text.strip_prefix(['+', '-']).unwrap_or(text).to_owned();
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa = unsigned(number);
    let (whole, part) = mantissa.split_once('.').unwrap_or((&mantissa, "0"));
    digits(whole)
        && digits(part)
        && !part.is_empty()
        && mantissa != "."
        && !mantissa.is_empty()
        && exponent.is_none_or(|exponent| !unsigned(exponent).is_empty() && digits(&unsigned(exponent)))
}

fn tsv_term(term: TermRef<'_>) -> String {
    match term {
        TermRef::NamedNode(node) => node.to_string(),
        TermRef::BlankNode(blank) => blank.to_string(),
        TermRef::Literal(literal) => tsv_literal(literal),
    }
}

fn tsv_literal(literal: LiteralRef<'_>) -> String {
    let value = literal.value();
    let text = format!("\"{}\"", escaped(value, true));
    if let Some(language) = literal.language() {
        return format!("{text}@{language}");
    }
    let datatype = literal.datatype();
    let (point, power) = (value.contains('.'), value.contains(['e', 'E']));
    let is_bare = match datatype {
        xsd::STRING => return text,
        xsd::BOOLEAN => matches!(value, "true" | "false"),
        xsd::INTEGER => is_number(value) && !point && !power,
        xsd::DECIMAL => is_number(value) && point && !power,
        xsd::DOUBLE => is_number(value) && power,
        _ => false,
    };
    if is_bare { value.to_owned() } else { format!("{text}^^{datatype}") }
}

/// Text with Turtle's escapes for what would end a line or a string, for what a line-reader might take for an end, and for a sign that
/// a spreadsheet would take for the beginning of a formula.
fn escaped(text: &str, in_quotes: bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut sign = is_formula(text);
    for character in text.chars() {
        match character {
            '\\' => escaped.push_str("\\\\"),
            '\t' => escaped.push_str("\\t"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '"' if in_quotes => escaped.push_str("\\\""),
            c if (sign && SIGNS.contains(&c)) || c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => {
                sign &= !SIGNS.contains(&c);
                escaped.push_str(&format!("\\u{:04X}", u32::from(c)));
            }
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guard_can_be_taken_off_again() {
        let taken_off = |cell: &str| match cell.strip_prefix('\'') {
            Some(rest) if is_formula(rest.trim_start_matches('\'')) => rest.to_owned(),
            _ => cell.to_owned(),
        };
        for text in ["=1+1", "'=1+1", "''@x", "'tis", "-5", "-5 of 6", "+1 555", "\t=1", " =1", "plain", "", "-", "＝1", "--", "'", "-1e"]
        {
            let guarded = csv(text);
            assert!(!is_formula(&guarded), "{text:?} as {guarded:?}");
            assert_eq!(taken_off(&guarded), text);
        }
        for number in ["-5", "+5", "-0.5", "-.5", "1e9", "-1.5E-3"] {
            assert_eq!(csv(number), number);
        }
    }
}
