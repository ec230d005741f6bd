//! Reads TOML into located nodes, so that whatever is wrong in a setting is told of where it stands.

use std::cell::Cell;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use crate::location::{Located, Location};
use crate::record::{Field, Node};

/// A TOML text with the places of its values.
pub struct Toml<'a> {
    text: &'a str,
    file: Arc<str>,
    /// Where each line begins, in bytes.
    starts: Vec<usize>,
    /// A byte, and how many characters stand before it in its line: what is asked for next stands nearly always behind it.
    counted: Cell<(usize, usize)>,
}

impl<'a> Toml<'a> {
    /// Takes the text of a file.
    pub fn new(text: &'a str, file: &Arc<str>) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, file: Arc::clone(file), starts, counted: Cell::new((0, 0)) }
    }

    /// The place of a span of bytes. Costs a search among the lines, and the characters between it and the place asked for before.
    pub fn at(&self, span: std::ops::Range<usize>) -> Location {
        let start = span.start.min(self.text.len());
        let line = self.starts.partition_point(|&at| at <= start).saturating_sub(1);
        let from = self.starts.get(line).copied().unwrap_or(0);
        let characters = |from: usize| self.text.get(from..start).map_or(0, |text| text.chars().count());
        let (at, before) = self.counted.get();
        let before = if at >= from && at <= start { before + characters(at) } else { characters(from) };
        self.counted.set((start, before));
        let length = self.text.get(span).map_or(1, |value| value.lines().next().unwrap_or("").chars().count());
        Location::new(&self.file, line + 1, before + 1, length)
    }

    /// The document as a mapping; tables and inline tables are mappings, arrays lists, whatever else is text.
    ///
    /// # Errors
    /// What is not TOML, and where.
    pub fn read(&self) -> Result<Node, (String, Location)> {
        let parsed = DeTable::parse(self.text).map_err(|error| {
            let place = error.span().map_or_else(|| Location::file(&self.file), |span| self.at(span));
            (error.message().to_owned(), place)
        })?;
        let place = Location::file(&self.file);
        Ok(Node::Map(self.fields(parsed.get_ref()), place))
    }

    fn fields(&self, table: &DeTable<'_>) -> Vec<Field> {
        table
            .iter()
            .map(|(key, value)| Field {
                key: Located::new(key.get_ref().clone().into_owned(), self.at(key.span())),
                value: self.node(value.get_ref(), self.at(value.span())),
            })
            .collect()
    }

    fn node(&self, value: &DeValue<'_>, place: Location) -> Node {
        let text = |text: String| Node::Text(Located::new(text, place.clone()));
        match value {
            DeValue::String(string) => text(string.clone().into_owned()),
            DeValue::Integer(number) => text(number.as_str().to_owned()),
            DeValue::Float(number) => text(number.as_str().to_owned()),
            DeValue::Boolean(truth) => text(truth.to_string()),
            DeValue::Datetime(moment) => text(moment.to_string()),
            DeValue::Array(members) => {
                Node::List(members.iter().map(|member| self.node(member.get_ref(), self.at(member.span()))).collect(), place)
            }
            DeValue::Table(table) => Node::Map(self.fields(table), place),
        }
    }
}
