//! XML, read whole into located nodes, for mappings: an element is an object of its attributes, its text under `text`, and lists of the
//! elements in it under their names, however many there are: `{title[0].narrative[0].text}`, `{sector[*].code}`.
//!
//! What a declaration defines is never put in place of its name, nothing is fetched, and depth and number of elements have bounds.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use quick_xml::Reader as XmlReader;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesStart, Event};

use crate::finding::Finding;
use crate::limits::{Limit, Limits};
use crate::location::{Located, Location};
use crate::record::{Field, Node};

use super::json::Lines;

/// As deep as elements may stand in one another.
const DEEPEST: usize = 128;
/// What an element's own text is called.
const TEXT: &str = "text";

/// An element that is being read.
struct Open {
    name: String,
    fields: Vec<Field>,
    /// Where among them each name stands.
    known: HashMap<String, usize>,
    place: Location,
    text: String,
    text_at: Option<Range<usize>>,
}

impl Open {
    fn push(&mut self, key: Located<String>, value: Node) {
        self.known.insert(key.value.clone(), self.fields.len());
        self.fields.push(Field { key, value });
    }

    /// The field of a name; an attribute of it makes way, and is `@name` then.
    fn children(&mut self, name: &str) -> Option<&mut Node> {
        let at = *self.known.get(name)?;
        let field = &mut self.fields[at];
        if matches!(field.value, Node::List(..)) {
            return Some(&mut self.fields[at].value);
        }
        field.key.value = format!("@{name}");
        self.known.remove(name);
        None
    }

    fn add(&mut self, text: &str, at: Range<usize>) {
        self.text.push_str(text);
        if self.text_at.is_none() && !text.trim().is_empty() {
            self.text_at = Some(at);
        }
    }

    fn close(mut self, lines: &Lines<'_>) -> (Located<String>, Node) {
        if let Some(at) = self.text_at.take().filter(|_| !self.text.trim().is_empty()) {
            let place = lines.location(at.start, at.end);
            // Elements of that name keep it.
            let name = if self.children(TEXT).is_some() { "text()" } else { TEXT };
            let text = Node::Text(Located::new(self.text.trim().to_owned(), place.clone()));
            self.push(Located::new(name.to_owned(), place), text);
        }
        (Located::new(self.name, self.place.clone()), Node::Map(self.fields, self.place))
    }
}

/// Reads one XML text: its outermost element.
///
/// # Errors
/// A finding at the place where it stops being XML, or where a bound is passed.
pub fn read(text: &str, file: &Arc<str>, limits: Limits) -> Result<Option<Node>, Finding> {
    let lines = Lines::new(text, file, 1);
    let mut reader = XmlReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut open: Vec<Open> = Vec::new();
    let mut whole = None;
    let mut values = 0_usize;
    let fault = |message: String, at: Range<usize>| Finding::error("unreadable-file", message, lines.location(at.start, at.end));
    loop {
        let from = position(reader.buffer_position());
        let event = reader.read_event().map_err(|error| {
            let at = position(reader.error_position());
            fault(format!("this is not XML: {}", words(&error)), at..at + 1)
        })?;
        let at = from..position(reader.buffer_position());
        match event {
            Event::Start(start) => {
                if whole.is_some() && open.is_empty() {
                    return Err(fault("this is not XML: a second element stands behind the outermost one".to_owned(), at));
                }
                if open.len() >= DEEPEST {
                    return Err(fault(format!("elements stand in one another more than {DEEPEST} deep"), at));
                }
                values += 1;
                let mut element = Open {
                    name: local(start.name().as_ref()).to_owned(),
                    fields: Vec::new(),
                    known: HashMap::new(),
                    place: lines.location(at.start, at.end),
                    text: String::new(),
                    text_at: None,
                };
                values += attributes(&start, &mut element, text, &lines, &at).map_err(|why| fault(why, at.clone()))?;
                if values > limits.count(Limit::Values) {
                    let message = format!("the file has more than {}", limits.words(Limit::Values));
                    return Err(fault(message, at).hint(Limit::Values.raised_by()));
                }
                open.push(element);
            }
            Event::End(_) => {
                let Some((name, node)) = open.pop().map(|element| element.close(&lines)) else { continue };
                match open.last_mut() {
                    Some(outer) => child(outer, name, node),
                    None => whole = Some(node),
                }
            }
            Event::Text(content) => {
                if let Some(element) = open.last_mut() {
                    element.add(&content.xml10_content(), at);
                } else if !content.trim().is_empty() && content.trim() != "\u{feff}" {
                    return Err(fault("this is not XML: text stands outside the outermost element".to_owned(), at));
                }
            }
            Event::CData(content) => {
                if let Some(element) = open.last_mut() {
                    element.add(&content, at);
                }
            }
            Event::GeneralRef(name) => {
                let meant = match name.resolve_char_ref() {
                    Ok(Some(letter)) => Some(letter.to_string()),
                    Ok(None) => resolve_predefined_entity(&name).map(str::to_owned),
                    Err(_) => None,
                };
                let Some(meant) = meant else {
                    let message =
                        format!("`&{};` stands for something that a declaration would have to define, and none is followed", &*name);
                    let hint = "write the characters themselves; a plain & is &amp;".to_owned();
                    return Err(fault(message, at).hint(Some(hint)));
                };
                if let Some(element) = open.last_mut() {
                    element.add(&meant, at);
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if let Some(element) = open.last() {
        let message = format!("the file ends before the element `{}` does: it was cut short", element.name);
        return Err(Finding::error("unreadable-file", message, element.place.clone()));
    }
    Ok(whole)
}

/// The attributes of an element as its fields; how many there are.
fn attributes(start: &BytesStart<'_>, element: &mut Open, text: &str, lines: &Lines<'_>, tag: &Range<usize>) -> Result<usize, String> {
    let mut count = 0;
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| format!("this is not XML: {error}"))?;
        let name = attribute.key.as_ref();
        if name == "xmlns" || name.starts_with("xmlns:") {
            continue;
        }
        count += 1;
        let value =
            unescape(&attribute.value).map_err(|_| format!("`{name}` holds a sign that stands for nothing known: a plain & is &amp;"))?;
        // What was not decoded is a part of the text itself.
        let begin = (attribute.value.as_ptr() as usize).checked_sub(text.as_ptr() as usize);
        let at = begin.filter(|at| text.get(*at..at + attribute.value.len()) == Some(&attribute.value)).unwrap_or(tag.start);
        let place = lines.location(at, at + attribute.value.len());
        // Of two that differ in their prefixes alone the second keeps its own.
        let key = if element.known.contains_key(local(name)) { name } else { local(name) };
        element.push(Located::new(key.to_owned(), place.clone()), Node::Text(Located::new(value.into_owned(), place)));
    }
    Ok(count)
}

/// Puts an element into the one around it: into the list of those of its name.
fn child(outer: &mut Open, name: Located<String>, node: Node) {
    match outer.children(&name.value) {
        Some(Node::List(members, _)) => members.push(node),
        _ => {
            let place = name.location.clone();
            outer.push(name, Node::List(vec![node], place));
        }
    }
}

/// A name without the prefix of its namespace.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

fn position(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

fn words(error: &Error) -> String {
    match error {
        Error::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
            format!("`{expected}` is to be closed here, found the end of `{found}`")
        }
        Error::IllFormed(IllFormedError::UnmatchedEndTag(name)) => format!("the end of `{name}`, which was never begun"),
        other => other.to_string().to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(node: &Node) -> String {
        match node {
            Node::Empty(_) => String::new(),
            Node::Text(text) => format!("{:?}@{}:{}", text.value, text.location.line, text.location.column),
            Node::List(members, _) => format!("[{}]", members.iter().map(shown).collect::<Vec<_>>().join(", ")),
            Node::Map(fields, _) => {
                let fields: Vec<String> = fields.iter().map(|field| format!("{}: {}", field.key.value, shown(&field.value))).collect();
                format!("{{{}}}", fields.join(", "))
            }
        }
    }

    #[test]
    fn elements_are_objects_with_places() {
        let file: Arc<str> = "a.xml".into();
        for (text, read_as) in [
            ("<a x='1'><b>one</b><b>two &amp; &#233;</b></a>", "{x: \"1\"@1:7, b: [{text: \"one\"@1:13}, {text: \"two & é\"@1:23}]}"),
            ("<?xml version=\"1.0\"?>\n<!-- x --><n:a xmlns:n=\"u\">\n <n:b c=\"d\"/>\n</n:a>", "{b: [{c: \"d\"@3:10}]}"),
            ("<a id='1' x:id='2'/>", "{id: \"1\"@1:8, x:id: \"2\"@1:17}"),
            ("<a x:id='2' id='1'/>", "{id: \"2\"@1:10, id: \"1\"@1:17}"),
            ("<a text='t'>own<text>inner</text></a>", "{@text: \"t\"@1:10, text: [{text: \"inner\"@1:22}], text(): \"own\"@1:13}"),
            ("<a type=\"x\"><type/><c><![CDATA[1 < 2]]></c></a>", "{@type: \"x\"@1:10, type: [{}], c: [{text: \"1 < 2\"@1:23}]}"),
        ] {
            let node = read(text, &file, Limits::default()).expect("XML").expect("an element");
            assert_eq!(shown(&node), read_as, "{text}");
        }
    }

    #[test]
    fn what_is_no_xml_or_too_much_of_it_is_told_at_its_place() {
        let file: Arc<str> = "a.xml".into();
        let deep = "<a>".repeat(200);
        for (text, says) in [
            ("<a><b></a>", "closed"),
            ("<a>", "cut short"),
            ("<a/><b/>", "second element"),
            ("<a/>text", "outside"),
            ("<a b=1/>", "not XML"),
            ("<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>", "none is followed"),
            ("<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>", "none is followed"),
            ("<a b=\"&e;\"/>", "stands for nothing"),
            (deep.as_str(), "deep"),
        ] {
            let finding = read(text, &file, Limits::default()).expect_err(text);
            assert!(finding.message.contains(says), "{text}: {}", finding.message);
        }
    }
}
