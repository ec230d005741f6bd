//! Reads TOML into located nodes, so that whatever is wrong in a setting is told of where it stands.

use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use crate::location::{Located, Location};
use crate::record::{Field, Node};

/// A TOML text with the places of its values.
pub struct Toml<'a> {
    text: &'a str,
    file: Arc<str>,
}

impl<'a> Toml<'a> {
    /// Takes the text of a file.
    pub fn new(text: &'a str, file: &Arc<str>) -> Self {
        Self { text, file: Arc::clone(file) }
    }

    /// The place of a span of bytes.
    pub fn at(&self, span: std::ops::Range<usize>) -> Location {
        let before = self.text.get(..span.start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let length = self.text.get(span).map_or(1, |value| value.lines().next().unwrap_or("").chars().count());
        Location::new(&self.file, before.matches('\n').count() + 1, before[line_start..].chars().count() + 1, length)
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
