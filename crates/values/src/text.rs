//! Text as it may stand in XML, HTML or on one line, whatever is in it.

use std::borrow::Cow;

/// One line of plain text: line breaks and runs of space become one space, what XML forbids and what would turn the
/// reading direction of its surroundings is dropped.
pub fn one_line(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|c| if c.is_whitespace() || c.is_control() { ' ' } else { c })
        .filter(|&c| is_xml(c) && !matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'))
        .collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a terminal would do something else with a character than show it in its place: move the cursor, change
/// colours, ring, turn the reading direction of what follows, begin a line where no line is meant, or show nothing at all.
pub fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
        || matches!(c, '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Text as a terminal may be given it: with U+FFFD for what would [steer](steers) it, line breaks kept. The one place that
/// what people wrote goes through on its way to a terminal.
pub fn shown(text: &str) -> Cow<'_, str> {
    let odd = |c: char| steers(c) && c != '\n';
    if text.contains(odd) { text.chars().map(|c| if odd(c) { '\u{FFFD}' } else { c }).collect() } else { text.into() }
}

/// As [`shown`], on one line: line breaks and tabs are spaces.
pub fn shown_line(text: &str) -> String {
    text.chars()
        .map(|c| {
            if matches!(c, '\n' | '\r' | '\t') {
                ' '
            } else if steers(c) {
                '\u{FFFD}'
            } else {
                c
            }
        })
        .collect()
}

/// Whether XML 1.0 allows a character (production 2, `Char`).
pub fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

/// Text as it may stand between tags or inside quoted attributes of XML and HTML; what XML cannot hold is seen as `\u{fffd}`.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if !is_xml(c) => escaped.push('\u{fffd}'),
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Text as [`escape`] writes it that comes back whole from between tags and from attributes: a reader makes a space or a line feed of a
/// line's end or a tab that is not written as a reference (XML 1.0, sections 2.11 and 3.3.3).
pub fn escape_exactly(text: &str) -> String {
    escape(text).replace('\t', "&#9;").replace('\n', "&#10;").replace('\r', "&#13;")
}

/// `1 thing`, `2 things`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A value as it stands among others with this between them (RFC 4180, section 2): in quotes where it must be.
pub fn delimited(text: &str, delimiter: char) -> String {
    if text.contains([delimiter, '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// Text as a cell of a workbook holds it, of at most so many UTF-16 units; where something is left out it ends in `…`.
pub fn cell(text: &str, most: usize) -> String {
    if text.encode_utf16().count() <= most {
        return text.to_owned();
    }
    let mut left = most.saturating_sub(1);
    text.chars().take_while(|c| left.checked_sub(c.len_utf16()).map(|rest| left = rest).is_some()).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_no_longer_than_it_may_be_and_says_when_something_is_missing() {
        assert_eq!((cell("abc", 3), cell("abcd", 3), cell("😀😀", 3)), ("abc".to_owned(), "ab…".to_owned(), "😀…".to_owned()));
    }

    #[test]
    fn a_value_is_quoted_where_it_must_be() {
        let quoted = ["a b", "a,b", "a;b", "a\"b", "a\nb"].map(|text| delimited(text, ','));
        assert_eq!(quoted, ["a b", "\"a,b\"", "a;b", "\"a\"\"b\"", "\"a\nb\""]);
        assert_eq!(delimited("a;b", ';'), "\"a;b\"");
    }

    #[test]
    fn what_xml_forbids_is_dropped_and_what_it_means_is_escaped() {
        assert_eq!(shown("a\u{1b}[31m\u{9b}0m\u{202e}b\nc\td"), "a\u{FFFD}[31m\u{FFFD}0m\u{FFFD}b\nc\u{FFFD}d");
        assert_eq!(shown_line("a\r\nb\u{7}"), "a  b\u{FFFD}");
        assert!(matches!(shown("نام ἀ 字"), Cow::Borrowed(_)));
        assert_eq!(one_line(" a\u{0}\n b\u{202E}c\u{FFFE} "), "a bc");
        assert_eq!(escape("<script>\"&'\u{1}"), "&lt;script&gt;&quot;&amp;&#39;\u{fffd}");
    }
}
