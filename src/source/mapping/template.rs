//! Templates: a text with columns in braces (`{Start Date}/{End Date}`), filled from a row.
//!
//! A template whose columns are all there gives its text; where one is empty it gives nothing. A column that holds several values
//! makes the template give several.

use crate::fold::fold;

use super::path::Path;

/// A template, understood.
#[derive(Debug, Clone)]
pub struct Template {
    /// Its parts in order.
    pub parts: Vec<Part>,
    /// As it was written.
    pub written: String,
}

/// A part of a template.
#[derive(Debug, Clone)]
pub enum Part {
    /// Text that stands as it is.
    Text(String),
    /// A value of the row.
    Place(Place),
}

/// A column, or a path, of the row or of one around it.
#[derive(Debug, Clone)]
pub struct Place {
    /// The name, as it was written.
    pub name: String,
    /// The name, folded: case, spaces and punctuation count for nothing.
    pub folded: String,
    /// The name as a path into nested values, where it can be one.
    pub path: Option<Path>,
    /// How many rows further out it stands: `{^id}` is the id of the object around.
    pub up: usize,
}

impl Place {
    /// Reads what stands between braces.
    pub fn parse(text: &str) -> Self {
        let name = text.trim_start_matches('^');
        Self { folded: fold(name), path: Path::parse(name).ok(), up: text.len() - name.len(), name: name.to_owned() }
    }
}

impl Template {
    /// Reads a template; `{{` and `}}` are braces.
    ///
    /// # Errors
    /// A brace that is never closed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                plain.push_str(brace);
                rest = after;
            } else if brace == "{" {
                let Some(end) = closing(rest) else { return Err(format!("`{text}`: a brace is never closed; `{{{{` is a brace")) };
                if !plain.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                }
                parts.push(Part::Place(Place::parse(&rest[..end])));
                rest = &rest[end + 1..];
            } else {
                plain.push('}');
            }
        }
        plain.push_str(rest);
        if !plain.is_empty() || parts.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self { parts, written: text.to_owned() })
    }

    /// One column, as a template.
    pub fn column(name: &str) -> Self {
        Self { parts: vec![Part::Place(Place::parse(name))], written: format!("{{{name}}}") }
    }

    /// The places in it.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        self.parts.iter().filter_map(|part| match part {
            Part::Place(place) => Some(place),
            Part::Text(_) => None,
        })
    }

    /// Whether it is the same for every row.
    pub fn is_constant(&self) -> bool {
        self.places().next().is_none()
    }
}

/// Where the brace is closed: not inside quotes, as those of a filter.
fn closing(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (Some(open), other) if open == other => quote = None,
            (None, '\'') if text[..at].contains('[') => quote = Some('\''),
            (None, '}') => return Some(at),
            _ => {}
        }
    }
    None
}
