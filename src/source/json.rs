//! Reads JSON into located nodes, a file whole; and newline-delimited JSON, a line at a time.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

use crate::finding::Finding;
use crate::location::{Located, Location};
use crate::record::{Field, Node};

/// Reads one JSON text whose first line is line `first_line` of the file.
///
/// # Errors
/// A finding at the place where it stops being JSON (RFC 8259, strictly).
pub fn read(text: &str, file: &Arc<str>, first_line: usize) -> Result<Option<Node>, Finding> {
    let lines = Lines::new(text, file, first_line);
    let collect = CollectOptions { comments: CommentCollectionStrategy::Off, tokens: false };
    let strict = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let parsed = parse_to_ast(text, &collect, &strict).map_err(|error| {
        let range = error.range();
        let place = lines.location(range.start, range.end);
        Finding::error("unreadable-file", format!("this is not JSON: {}", error.kind().to_string().to_lowercase()), place)
    })?;
    parsed.value.map(|value| node(&value, &lines)).transpose()
}

fn node(value: &Value<'_>, lines: &Lines<'_>) -> Result<Node, Finding> {
    let range = value.range();
    let location = lines.location(range.start, range.end);
    Ok(match value {
        Value::NullKeyword(_) => Node::Empty(location),
        Value::StringLit(text) => Node::Text(Located::new(text.value.to_string(), location)),
        Value::NumberLit(number) => Node::Text(Located::new(number.value.to_owned(), location)),
        Value::BooleanLit(boolean) => Node::Text(Located::new(boolean.value.to_string(), location)),
        Value::Array(array) => {
            let members = array.elements.iter().map(|member| node(member, lines)).collect::<Result<_, _>>()?;
            Node::List(members, location)
        }
        Value::Object(object) => {
            let mut fields: Vec<Field> = Vec::with_capacity(object.properties.len());
            let mut by_key: HashMap<&str, usize> = HashMap::with_capacity(object.properties.len());
            for property in &object.properties {
                let range = property.name.range();
                let key = Located::new(property.name.as_str().to_owned(), lines.location(range.start, range.end));
                if let Some(first) = by_key.insert(property.name.as_str(), fields.len()).and_then(|first| fields.get(first)) {
                    let message = format!("the key `{}` stands twice in one object", key.value);
                    let finding = Finding::error("unreadable-file", message, key.location);
                    return Err(finding.related(first.key.location.clone(), "first here"));
                }
                fields.push(Field { key, value: node(&property.value, lines)? });
            }
            Node::Map(fields, location)
        }
    })
}

/// The values that stand one after the other in a text, each with the line it begins in. Told apart by their brackets alone, so that
/// a broken one among them breaks no other.
pub fn values(text: &str) -> Vec<(usize, &str)> {
    let mut values = Vec::new();
    let (mut depth, mut start, mut line, mut first) = (0usize, None, 1, 1);
    let (mut quoted, mut escaped) = (false, false);
    let (mut last, mut line_start) = (b'\n', true);
    for (at, byte) in text.bytes().enumerate() {
        // A new object at the start of a line, where the one before could not go on with one: that one was never closed.
        if line_start && byte == b'{' && depth > 0 && !quoted && !matches!(last, b',' | b':' | b'[' | b'{') {
            if let Some(start) = start.take() {
                values.push((first, text[start..at].trim_end()));
            }
            depth = 0;
        }
        line_start = byte == b'\n';
        if !byte.is_ascii_whitespace() {
            last = byte;
        }
        match byte {
            b'\n' => line += 1,
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => {
                if depth == 0 {
                    (start, first) = (Some(at), line);
                }
                depth += 1;
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0
                    && let Some(start) = start.take()
                {
                    values.push((first, &text[start..=at]));
                }
            }
            _ => {}
        }
    }
    values
}

/// Turns byte offsets into lines and columns. Remembers how far it has counted, so that a long line is counted once.
pub(super) struct Lines<'a> {
    text: &'a str,
    file: &'a Arc<str>,
    first: usize,
    starts: Vec<usize>,
    /// A byte, and how many characters stand before it in its line.
    counted: Cell<(usize, usize)>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str, file: &'a Arc<str>, first: usize) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, file, first, starts, counted: Cell::new((0, 0)) }
    }

    pub(super) fn location(&self, start: usize, end: usize) -> Location {
        let line = self.starts.partition_point(|&at| at <= start).saturating_sub(1);
        let from = self.starts.get(line).copied().unwrap_or(0);
        let characters = |from: usize, to: usize| self.text.get(from..to).map_or(0, |text| text.chars().count());
        let (at, before) = self.counted.get();
        let before = if at >= from && at <= start { before + characters(at, start) } else { characters(from, start) };
        self.counted.set((start, before));
        let line_end = self.starts.get(line + 1).map_or(self.text.len(), |next| next - 1);
        // How long a value is matters for the excerpt under which it is underlined, and nobody reads so far.
        let end = end.min(line_end);
        let length = if end - start.min(end) > LONG { LONG } else { characters(start, end) };
        Location::new(self.file, self.first + line, before + 1, length)
    }
}

/// The longest value whose characters are counted, in bytes.
const LONG: usize = 1 << 12;
