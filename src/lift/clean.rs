//! Texts made fit to be values, whatever file they come from: without space around them, composed (NFC), and absent where
//! nothing is left. Control characters are told of and left out: no format that the graph is written in can hold them all.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::finding::Finding;
use crate::location::Located;
use crate::mend::Mend;
use crate::record::{Field, Node, Record};

/// What was found in a record, and what of it can be mended.
#[derive(Debug, Default)]
pub struct Cleaned {
    /// What was found.
    pub findings: Vec<Finding>,
    /// Space around values.
    pub mends: Vec<Mend>,
}

/// Cleans a record in place; gives what was found in it.
pub fn record(record: &mut Record) -> Cleaned {
    let mut findings = Cleaned::default();
    for field in &mut record.fields {
        node(&mut field.value, &field.key.value, &mut findings);
    }
    if let Some(section) = &mut record.cited.section {
        text(section, "section", &mut findings);
    }
    record.cited.section.take_if(|section| section.value.is_empty());
    for at in &mut record.cited.at {
        text(at, "at", &mut findings);
    }
    record.cited.at.retain(|at| !at.value.is_empty());
    findings
}

/// A text composed, so that two ways of writing the same letters are one.
pub fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

fn node(value: &mut Node, key: &str, findings: &mut Cleaned) {
    match value {
        Node::Empty(_) => {}
        Node::Text(written) => {
            text(written, key, findings);
            if written.value.is_empty() {
                *value = Node::Empty(written.location.clone());
            }
        }
        Node::List(members, _) => members.iter_mut().for_each(|member| node(member, key, findings)),
        Node::Map(fields, _) => {
            for Field { key, value } in fields {
                node(value, &key.value, findings);
            }
        }
    }
}

fn text(written: &mut Located<String>, key: &str, findings: &mut Cleaned) {
    // Most texts are plain: one look at their bytes is all they cost.
    if !written.value.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        let odd: Vec<char> = written.value.chars().filter(|c| is_control(*c)).collect();
        if let Some(first) = odd.first() {
            let more = if odd.len() > 1 { format!(" and {} more", odd.len() - 1) } else { String::new() };
            findings.findings.push(
                Finding::warning(
                    "control-character",
                    format!("`{key}` holds the control character U+{:04X}{more}, which is left out", u32::from(*first)),
                    written.location.clone(),
                )
                .hint(Some("delete it; it often comes with text that was copied from a document".to_owned())),
            );
            written.value.retain(|c| !is_control(c));
        }
        if let Cow::Owned(text) = composed(&written.value) {
            written.value = text;
        }
    }
    let trimmed = written.value.trim();
    if trimmed.len() < written.value.len() {
        if !trimmed.is_empty() {
            findings.mends.push(Mend { location: written.location.clone(), found: written.value.clone(), instead: trimmed.to_owned() });
        }
        written.value = trimmed.to_owned();
    }
}

/// Controls but for those of lines, and what is no character at all.
fn is_control(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}'))
        || matches!(u32::from(c) & 0xfffe, 0xfffe)
        || matches!(c, '\u{fdd0}'..='\u{fdef}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::location::Location;

    #[test]
    fn texts_are_composed_trimmed_and_rid_of_controls() {
        for (given, kept, faults) in [
            ("  Delta ", "Delta", 0),
            ("E\u{301}mile", "Émile", 0),
            ("x\u{7}y\u{0}", "xy", 1),
            ("a\u{b}b", "ab", 1),
            ("one\ntwo\tthree", "one\ntwo\tthree", 0),
            ("\u{a0} ", "", 0),
            ("پانی", "پانی", 0),
            ("a\u{ffff}", "a", 1),
        ] {
            let mut written = Located::new(given.to_owned(), Location::file(&"x.yaml".into()));
            let mut findings = Cleaned::default();
            text(&mut written, "name", &mut findings);
            assert_eq!((written.value.as_str(), findings.findings.len()), (kept, faults), "{given:?}");
        }
    }
}
