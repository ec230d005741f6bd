//! The sheet of findings: what is wrong, where, what to do; a click leads to the cell.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::styles::{Look, Styles};
use super::xml::escaped;
use super::{Marks, RELATIONS};
use crate::finding::Finding;
use crate::source::sheet::letters;
use crate::values::text::cell;

/// The most findings that are listed.
const LISTED: usize = 100_000;
/// The most characters of a cell.
const CHARACTERS: usize = 32_000;

/// What is wrong, and what to do, for a comment.
pub fn words(finding: &Finding) -> String {
    let mut words = format!("{}: {}", finding.severity, finding.message);
    for more in [Some(&finding.label).filter(|label| !label.is_empty()), finding.hint.as_ref()].into_iter().flatten() {
        words.push_str(&format!("\n{more}"));
    }
    words
}

/// The sheet, whole.
pub fn sheet<'f>(
    file: &str,
    findings: impl Iterator<Item = &'f Finding> + Clone,
    marks: &BTreeMap<String, Marks>,
    styles: &mut Styles,
) -> String {
    let mut rows = String::new();
    let mut links = String::new();
    let mut row = |cells: &[(String, usize)], number: usize| {
        _ = write!(rows, "<row r=\"{number}\">");
        for (at, (text, style)) in cells.iter().enumerate() {
            let text = escaped(&cell(text, CHARACTERS));
            _ = write!(
                rows,
                "<c r=\"{}{number}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>",
                letters(at)
            );
        }
        rows.push_str("</row>");
    };
    let (head, text, link) = (styles.of(Look::Head), styles.of(Look::Text), styles.of(Look::Link));
    let heads = ["how grave", "where", "what is wrong", "what to do", "code"].map(|word| (word.to_owned(), head));
    row(&heads, 1);
    let all = findings.clone().count();
    let mut number = 1;
    // What is of this workbook comes first: the rest is for others.
    let own = |finding: &&Finding| *finding.location.file == *file && finding.location.cell.is_some();
    let ordered = findings.clone().filter(|finding| own(finding)).chain(findings.filter(|finding| !own(finding)));
    for finding in ordered.take(LISTED) {
        number += 1;
        let here = finding.location.cell.as_ref().filter(|_| own(&finding));
        let place = here.map_or_else(|| finding.location.to_string(), ToString::to_string);
        let is_link = here.and_then(|cell| super::sheet_of(cell)).is_some_and(|sheet| marks.contains_key(&sheet));
        if is_link {
            _ = write!(links, "<hyperlink ref=\"B{number}\" location=\"{}\" display=\"{}\"/>", escaped(&place), escaped(&place));
        }
        let message = if finding.label.is_empty() { finding.message.clone() } else { format!("{} ({})", finding.message, finding.label) };
        let cells = [
            (finding.severity.name().to_owned(), styles.of(Look::Severity(finding.severity))),
            (place, if is_link { link } else { text }),
            (message, text),
            (finding.hint.clone().unwrap_or_default(), text),
            (finding.code.clone(), text),
        ];
        row(&cells, number);
    }
    if all > LISTED {
        row(&[(String::new(), text), (String::new(), text), (format!("and {} more", all - LISTED), text)], number + 1);
    }
    let links = if links.is_empty() { String::new() } else { format!("<hyperlinks>{links}</hyperlinks>") };
    let widths = [11, 24, 60, 60, 24]
        .iter()
        .enumerate()
        .map(|(at, width)| format!("<col min=\"{0}\" max=\"{0}\" width=\"{width}\" customWidth=\"1\"/>", at + 1));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"{RELATIONS}\"><sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews><cols>{}</cols><sheetData>{rows}</sheetData><autoFilter ref=\"A1:E{number}\"/>{links}</worksheet>",
        widths.collect::<String>()
    )
}
