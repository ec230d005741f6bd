//! Text as it may stand in Markdown: whatever a record says, it is text there and never emphasis, code, a picture or a link.
//!
//! Follows CommonMark 0.31, sections 2.4 and 2.5, and the tables, strike-through, formulas and mentions of what builds on it.

use super::table::plain;

/// Text in the middle of a line: signs with a meaning are escaped, line breaks are spaces.
pub fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let text = plain(text);
    for (at, c) in text.char_indices() {
        match c {
            '\n' => escaped.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' | '#' => escaped.extend(['\\', c]),
            // An address is text too: a colon that cannot be one makes it so.
            ':' if text[at..].starts_with("://") => escaped.push_str("&#58;"),
            '.' if text[..at].to_ascii_lowercase().ends_with("www") => escaped.push_str("&#46;"),
            '@' => escaped.push_str("&#64;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Text at the beginning of a line or of an item of a list, where a number, a dash or `#` would begin another.
pub fn markdown_start(text: &str) -> String {
    let escaped = markdown(text);
    let begun = escaped.trim_start();
    let digits = begun.bytes().take_while(u8::is_ascii_digit).count();
    match begun[digits..].chars().next() {
        Some(c @ ('+' | '-' | '=')) if digits == 0 => format!("\\{c}{}", &begun[1..]),
        Some(c @ ('.' | ')')) if digits > 0 => format!("{}\\{c}{}", &begun[..digits], &begun[digits + 1..]),
        _ => begun.to_owned(),
    }
}
