//! As much of XML as is needed to put something between the tags of a part without touching the rest of it.

use std::ops::Range;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

use crate::values::text::escape;

/// A tag with its place in the text.
#[derive(Debug)]
pub struct Tag<'t> {
    /// Its name without the prefix.
    pub local: &'t str,
    /// Its place.
    pub range: Range<usize>,
    /// All of it.
    pub text: &'t str,
}

impl Tag<'_> {
    /// Whether it ends an element.
    pub fn is_close(&self) -> bool {
        self.text.starts_with("</")
    }

    /// Whether it is an element without content.
    pub fn is_empty(&self) -> bool {
        self.text.ends_with("/>")
    }

    /// The prefix of its name, with the colon.
    pub fn prefix(&self) -> &str {
        let name = self.text.trim_start_matches(['<', '/']);
        let end = name.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(name.len());
        name[..end].find(':').map_or("", |at| &name[..=at])
    }

    /// Its attributes as they are meant.
    pub fn attributes(&self) -> Vec<(String, String)> {
        let inner = self.text.trim_start_matches('<').trim_end_matches(['>', '/']);
        let name = inner.find(char::is_whitespace).unwrap_or(inner.len());
        let start = BytesStart::from_content(inner, name);
        start
            .attributes()
            .with_checks(false)
            .flatten()
            .map(|attribute| {
                let value = unescape(&attribute.value).map_or_else(|_| attribute.value.to_string(), |value| value.into_owned());
                (attribute.key.as_ref().to_owned(), value)
            })
            .collect()
    }

    /// The tag with an attribute set.
    pub fn with(&self, name: &str, value: &str) -> String {
        let value = escaped(value);
        for quote in ['"', '\''] {
            let begin = format!(" {name}={quote}");
            if let Some(at) = self.text.find(&begin) {
                let from = at + begin.len();
                if let Some(length) = self.text[from..].find(quote) {
                    return format!("{}{}{}", &self.text[..from], value, &self.text[from + length..]);
                }
            }
        }
        let end = self.text.len() - if self.is_empty() { 2 } else { 1 };
        format!("{} {name}=\"{value}\"{}", self.text[..end].trim_end(), &self.text[end..])
    }
}

/// The tags of a text, in order.
///
/// # Errors
/// It is not XML.
pub fn tags(text: &str) -> Result<Vec<Tag<'_>>, String> {
    let mut reader = Reader::from_str(text);
    let mut found = Vec::new();
    loop {
        let start = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let event = reader.read_event().map_err(|error| format!("the workbook is damaged: {error}"))?;
        let range = start..usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        match event {
            Event::Start(_) | Event::Empty(_) | Event::End(_) => {
                let text = &text[range.clone()];
                let name = text.trim_start_matches(['<', '/']);
                let end = name.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(name.len());
                let local = name[..end].rsplit(':').next().unwrap_or("");
                found.push(Tag { local, range, text });
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

/// The value of an attribute.
pub fn attribute(tag: &Tag<'_>, name: &str) -> Option<String> {
    tag.attributes().into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// A text with others put in at places of it, in order.
pub fn insert(text: &str, new: &[(usize, String)]) -> String {
    let mut whole = String::with_capacity(text.len() + new.iter().map(|(_, text)| text.len()).sum::<usize>());
    let mut done = 0;
    for (at, more) in new {
        whole.push_str(&text[done..*at]);
        whole.push_str(more);
        done = *at;
    }
    whole.push_str(&text[done..]);
    whole
}

/// A text with something before the end of its outermost element.
///
/// # Errors
/// It is not XML.
pub fn before_end(text: &str, new: &str) -> Result<String, String> {
    let tags = tags(text)?;
    match tags.last() {
        Some(last) if last.is_close() => Ok(insert(text, &[(last.range.start, new.to_owned())])),
        Some(only) if tags.len() == 1 => {
            let open = format!("{}>", only.text.trim_end_matches("/>").trim_end());
            let name = open.trim_start_matches('<').split(|c: char| c.is_whitespace() || c == '>').next().unwrap_or("").to_owned();
            Ok(format!("{}{open}{new}</{name}>{}", &text[..only.range.start], &text[only.range.end..]))
        }
        _ => Err("the workbook is damaged: a part of it is empty".to_owned()),
    }
}

/// A text without some elements that have no content.
///
/// # Errors
/// It is not XML.
pub fn without(text: &str, which: impl Fn(&Tag<'_>) -> bool) -> Result<String, String> {
    let mut kept = String::with_capacity(text.len());
    let mut done = 0;
    for tag in tags(text)?.iter().filter(|tag| tag.is_empty() && which(tag)) {
        kept.push_str(&text[done..tag.range.start]);
        done = tag.range.end;
    }
    kept.push_str(&text[done..]);
    Ok(kept)
}

/// A text as it stands in XML; characters that it cannot hold, or nobody would see, are shown as such.
pub fn escaped(text: &str) -> String {
    escape(&text.replace(|c: char| c.is_control() && !matches!(c, '\n' | '\t'), "\u{fffd}"))
}
