//! Reads JSON into located nodes, a file whole; and newline-delimited JSON, a line at a time.

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
            for property in &object.properties {
                let range = property.name.range();
                let key = Located::new(property.name.as_str().to_owned(), lines.location(range.start, range.end));
                if let Some(first) = fields.iter().find(|field| field.key.value == key.value) {
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

/// Turns byte offsets into lines and columns.
struct Lines<'a> {
    text: &'a str,
    file: &'a Arc<str>,
    first: usize,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str, file: &'a Arc<str>, first: usize) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, file, first, starts }
    }

    fn location(&self, start: usize, end: usize) -> Location {
        let line = self.starts.partition_point(|&at| at <= start).saturating_sub(1);
        let from = self.starts.get(line).copied().unwrap_or(0);
        let characters = |from: usize, to: usize| self.text.get(from..to).map_or(0, |text| text.chars().count());
        let line_end = self.starts.get(line + 1).map_or(self.text.len(), |next| next - 1);
        let length = characters(start, end.min(line_end));
        Location::new(self.file, self.first + line, characters(from, start) + 1, length)
    }
}
