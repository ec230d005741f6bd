//! Reads YAML into located nodes, one file whole: every value keeps its line and column and stays verbatim text.
//!
//! It stands on the parser's events instead of on serde, because a typed reading would turn `no` into false,
//! `3.10` into 3.1 and lose where each stood. Aliases are followed, but their copies count against a budget,
//! so that a few lines cannot grow into billions of values.

use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, Span, Tag};

use crate::finding::Finding;
use crate::limits::{Limit, Limits};
use crate::location::{Located, Location};
use crate::record::{Field, Node};

/// How deep values may be nested.
const DEPTH_LIMIT: usize = 64;

/// Reads the documents of a file, each a node.
///
/// # Errors
/// A finding at the first place that is not YAML, or is more than the limits allow.
pub fn read(text: &str, file: &Arc<str>, limits: Limits) -> Result<Vec<Node>, Finding> {
    let parser = Parser::new_from_str(text);
    let mut reader = Reader { file, parser, limits, anchors: HashMap::new(), nodes: 0, last: Location::file(file) };
    let mut documents = Vec::new();
    while let Some((event, span)) = reader.next()? {
        match event {
            Event::StreamStart | Event::StreamEnd | Event::DocumentStart(..) | Event::DocumentEnd => {}
            event => documents.push(reader.node(event, span, 0)?),
        }
    }
    Ok(documents)
}

struct Reader<'a> {
    file: &'a Arc<str>,
    parser: Parser<'a, granit_parser::StrInput<'a>>,
    limits: Limits,
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
    last: Location,
}

/// What the parser's words mean to who wrote the line.
fn meant(info: &str) -> Option<String> {
    let told = [
        ("mapping values are not allowed", "a text with a colon and a space in it stands in quotes: note: \"first: second\""),
        ("did not find expected ',' or", "a comma is missing before this, or a bracket behind it"),
        ("while parsing a flow", "a comma is missing before this, or a bracket behind it"),
        ("invalid indentation", "lines of one record begin in one column, with spaces and no tab"),
        ("found character that cannot start", "a text that begins with @, `, % or a tab stands in quotes"),
    ];
    told.into_iter().find(|(words, _)| info.contains(words)).map(|(_, hint)| hint.to_owned())
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<Option<(Event<'a>, Span)>, Finding> {
        match self.parser.next() {
            None => Ok(None),
            Some(Ok((event, span))) => {
                self.last = self.location(&span);
                Ok(Some((event, span)))
            }
            Some(Err(error)) => {
                let marker = error.marker();
                let place = Location::new(self.file, marker.line().max(1), marker.col() + 1, 1);
                if error.info().contains("recursion limit") {
                    return Err(self.fault("values are nested deeper than anyone can read", place));
                }
                Err(Finding::error("unreadable-file", format!("this is not YAML: {}", error.info()), place).hint(meant(&error.info())))
            }
        }
    }

    fn location(&self, span: &Span) -> Location {
        let length = if span.start.line() == span.end.line() { span.end.col().saturating_sub(span.start.col()) } else { 1 };
        Location::new(self.file, span.start.line().max(1), span.start.col() + 1, length)
    }

    fn fault(&self, message: impl Into<String>, location: Location) -> Finding {
        Finding::error("unreadable-file", message, location)
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, Finding> {
        let location = self.location(&span);
        if depth > DEPTH_LIMIT {
            return Err(self.fault(format!("values are nested deeper than {DEPTH_LIMIT} levels"), location));
        }
        let before = self.nodes;
        self.count(1, &location)?;
        let anchor = event.anchor_id();
        let node = match event {
            Event::Scalar(text, style, _, tag) => {
                self.untagged(tag.as_deref(), &location)?;
                scalar(text.into_owned(), style, location)
            }
            Event::SequenceStart(..) => self.sequence(location, depth)?,
            Event::MappingStart(..) => self.mapping(location, depth)?,
            Event::Alias(id) => {
                let Some((_, size)) = self.anchors.get(&id) else {
                    return Err(self.fault("this alias stands inside the value it names", location));
                };
                self.count(*size, &location)?;
                self.anchors[&id].0.clone()
            }
            other => return Err(self.fault(format!("expected a value, found {other:?}"), location)),
        };
        if let Some(id) = anchor {
            self.anchors.insert(id, (node.clone(), self.nodes - before));
        }
        Ok(node)
    }

    /// A word behind `!` would say of which type a value is; here it is nearly always the first word of a text.
    fn untagged(&self, tag: Option<&Tag>, location: &Location) -> Result<(), Finding> {
        match tag {
            Some(tag) if !tag.is_yaml_core_schema() && !tag.suffix().is_empty() => {
                let finding =
                    Finding::error("yaml-tag", format!("`!{}` is a tag to YAML, and would be lost", tag.suffix()), location.clone());
                Err(finding.hint(Some("put the text in quotes".to_owned())))
            }
            _ => Ok(()),
        }
    }

    fn count(&mut self, nodes: usize, location: &Location) -> Result<(), Finding> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > self.limits.count(Limit::Values) {
            let most = self.limits.words(Limit::Values);
            let message = format!("the file holds more than {most} values, counting the copies that aliases make");
            return Err(self.fault(message, location.clone()).hint(Limit::Values.raised_by()));
        }
        Ok(())
    }

    fn expect(&mut self, place: &Location) -> Result<(Event<'a>, Span), Finding> {
        match self.next()? {
            Some(next) => Ok(next),
            None => Err(self.fault("the file ends inside this value", place.clone())),
        }
    }

    fn sequence(&mut self, location: Location, depth: usize) -> Result<Node, Finding> {
        let mut members = Vec::new();
        loop {
            match self.expect(&location)? {
                (Event::SequenceEnd, _) => return Ok(Node::List(members, location)),
                (event, span) => members.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn mapping(&mut self, location: Location, depth: usize) -> Result<Node, Finding> {
        let mut fields: Vec<Field> = Vec::new();
        let mut first_by_key: HashMap<String, Location> = HashMap::new();
        let mut merged: Vec<Node> = Vec::new();
        loop {
            let (event, span) = self.expect(&location)?;
            if matches!(event, Event::MappingEnd) {
                // What a merge key brings in stands behind what is written here.
                for field in merged.iter().flat_map(Node::members).flat_map(|node| match node {
                    Node::Map(fields, _) => &fields[..],
                    _ => &[],
                }) {
                    if !first_by_key.contains_key(&field.key.value) {
                        first_by_key.insert(field.key.value.clone(), field.key.location.clone());
                        fields.push(field.clone());
                    }
                }
                return Ok(Node::Map(fields, location));
            }
            let key = match self.node(event, span, depth + 1)? {
                Node::Text(key) => key,
                other => {
                    let message = format!("expected a key, found {}", other.what());
                    return Err(self.fault(message, other.location().clone()));
                }
            };
            if let Some(first) = first_by_key.insert(key.value.clone(), key.location.clone()) {
                let message = format!("the key `{}` stands twice in one mapping", key.value);
                return Err(self.fault(message, key.location).related(first, "first here"));
            }
            let (event, span) = self.expect(&location)?;
            let value = self.node(event, span, depth + 1)?;
            if key.value == "<<" {
                merged.push(value);
                continue;
            }
            fields.push(Field { key, value });
        }
    }
}

fn scalar(text: String, style: ScalarStyle, location: Location) -> Node {
    if style == ScalarStyle::Plain && matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL") {
        return Node::Empty(location);
    }
    let text = match style {
        ScalarStyle::Literal | ScalarStyle::Folded => text.trim_end_matches('\n').to_owned(),
        _ => text,
    };
    Node::Text(Located::new(text, location))
}
