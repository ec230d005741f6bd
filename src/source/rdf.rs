//! RDF as a source: statements that somebody wrote as statements. Those in named graphs stay in them; the others are cited to their file
//! and, where the format has lines, to the line they end in.
//!
//! Blank nodes get addresses of their own, numbered as they appear, so that the same file gives the same graph.

use std::collections::HashMap;
use std::io::Read;

use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::{BlankNode, GraphName, NamedNode, NamedOrBlankNode, Quad, Term};
use regex::Regex;

use crate::finding::Finding;
use crate::limits::Limit;
use crate::location::{Located, Location};

use super::reader::{Input, Reader};
use super::{Sink, text};

/// Formats that are read statement by statement: N-Triples, N-Quads, Turtle, TriG.
pub struct Triples;
/// Formats whose statements are nested: RDF/XML and JSON-LD.
pub struct Nested;

impl Reader for Triples {
    fn endings(&self) -> &'static [&'static str] {
        &["nt", "nq", "ttl", "trig", "n3"]
    }

    fn read(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), Finding> {
        let format = match input.name.rsplit_once('.').map_or("", |(_, ending)| ending) {
            "nt" => RdfFormat::NTriples,
            "nq" => RdfFormat::NQuads,
            "trig" => RdfFormat::TriG,
            _ => RdfFormat::Turtle,
        };
        read(format, true, input, sink)
    }
}

impl Reader for Nested {
    fn endings(&self) -> &'static [&'static str] {
        &["rdf", "owl", "jsonld"]
    }

    fn knows(&self, start: &[u8]) -> bool {
        let start = String::from_utf8_lossy(&start[..start.len().min(2048)]);
        start.contains("<rdf:RDF")
    }

    fn read(&self, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), Finding> {
        let format = if input.name.ends_with(".jsonld") { RdfFormat::JsonLd { profile: Default::default() } } else { RdfFormat::RdfXml };
        read(format, false, input, sink)
    }
}

/// The entity of an XML text by which it grows beyond so many bytes, if one does: entities stand for texts in which others
/// stand, ten of ten of ten. Costs one look at the text, and none where it declares no entity.
fn outgrown(text: &str, most: u64) -> Option<String> {
    let declared = Regex::new(r#"<!ENTITY\s+([^\s%"'&;]+)\s+(?:"([^"]*)"|'([^']*)')"#).ok()?;
    let used = Regex::new("&([^\\s&;#]+);").ok()?;
    if !text.contains("<!ENTITY") {
        return None;
    }
    let mut sizes: HashMap<&str, u64> = HashMap::new();
    let whole = |value: &str, sizes: &HashMap<&str, u64>| {
        let inner = used.captures_iter(value).filter_map(|found| found.get(1)).filter_map(|name| sizes.get(name.as_str()).copied());
        inner.fold(value.len() as u64, u64::saturating_add)
    };
    let mut end = 0;
    for found in declared.captures_iter(text) {
        let (Some(name), Some(value)) = (found.get(1), found.get(2).or_else(|| found.get(3))) else { continue };
        let size = whole(value.as_str(), &sizes);
        if size > most {
            return Some(name.as_str().to_owned());
        }
        // The first declaration counts.
        sizes.entry(name.as_str()).or_insert(size);
        end = value.end();
    }
    let mut total = text.len() as u64;
    for found in used.captures_iter(&text[end..]) {
        let name = found.get(1).map_or("", |name| name.as_str());
        total = total.saturating_add(sizes.get(name).copied().unwrap_or(0));
        if total > most {
            return Some(name.to_owned());
        }
    }
    None
}

fn read(format: RdfFormat, lines: bool, input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), Finding> {
    let text = text::read_whole(input.door, input.path).map_err(|unread| unread.finding(input.file))?;
    if format == RdfFormat::RdfXml
        && let Some(entity) = outgrown(&text, input.door.limits.of(Limit::File))
    {
        let message =
            format!("the entity `{entity}` makes the file larger than {} when it is written out", input.door.limits.words(Limit::File));
        let line = text.split(&format!("ENTITY {entity}")).next().unwrap_or("").matches('\n').count() + 1;
        return Err(Finding::error("unreadable-file", message, Location::new(input.file, line, 1, 0)).hint(Limit::File.raised_by()));
    }
    let said = input.settings().and_then(|(settings, _)| settings.section.as_ref());
    let section = said.map_or_else(|| input.section(), |said| Located::new(said.value.written.clone(), said.location.clone()));
    let uncited = said.is_none() && input.source.sectioned && !input.source.registry;
    let mut told = false;
    let base = format!("file:///{}", crate::iri::slugify(input.name));
    let counting = Counting { text: text.as_bytes(), at: 0, line: std::rc::Rc::new(std::cell::Cell::new(1)) };
    let line = std::rc::Rc::clone(&counting.line);
    let parser = RdfParser::from_format(format);
    let parser =
        parser.with_base_iri(base).map_err(|error| Finding::error("unreadable-file", error.to_string(), Location::file(input.file)))?;
    let mut blanks =
        Blanks { prefix: format!("urn:civigraph:{}:{}:", input.source.id, crate::iri::slug_for(input.locator())), known: HashMap::new() };
    for quad in parser.for_reader(counting) {
        match quad {
            Ok(quad) => {
                let at = lines.then(|| format!("line {}", line.get()));
                if uncited && quad.graph_name == GraphName::DefaultGraph {
                    if !told {
                        let message = "nothing says which section of the source these statements rest on";
                        let hint = format!("write section = \"…\" under [tables.\"{}\"] in source.toml", input.name);
                        sink.finding(Finding::error("missing-section", message, Location::file(input.file)).hint(Some(hint)));
                    }
                    told = true;
                    continue;
                }
                let here = Located::new(section.value.clone(), Location::new(input.file, if lines { line.get() } else { 1 }, 1, 0));
                sink.statement(blanks.named(quad), &here, at.as_deref());
            }
            Err(error) => {
                let words = error.to_string();
                let place = match &error {
                    oxigraph::io::RdfParseError::Syntax(syntax) => syntax.location().map_or_else(
                        || Location::file(input.file),
                        |span| Location::in_text(input.file, &text, span.start.line as usize + 1, span.start.column as usize + 1),
                    ),
                    oxigraph::io::RdfParseError::Io(_) => Location::file(input.file),
                };
                return Err(Finding::error("unreadable-file", words, place));
            }
        }
    }
    if format == RdfFormat::RdfXml && !is_closed(&text) {
        let place = Location::in_text(input.file, &text, usize::MAX, 1);
        return Err(Finding::error("unreadable-file", "the file ends before its outermost element does: it was cut short", place));
    }
    Ok(())
}

/// Whether an XML text ends as it began: with the end of its outermost element, but for remarks. The parser takes what is
/// there and does not miss the rest.
fn is_closed(text: &str) -> bool {
    let mut rest = text;
    let name = loop {
        let Some(at) = rest.find('<') else { return text.trim().is_empty() };
        rest = &rest[at + 1..];
        if !rest.starts_with(['?', '!']) {
            break rest.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next().unwrap_or("");
        }
        // What stands in a remark or a declaration is no element.
        let end = if rest.starts_with("!--") {
            "-->"
        } else if rest.starts_with('?') {
            "?>"
        } else {
            ">"
        };
        if let Some(inside) =
            rest.strip_prefix("!DOCTYPE").and_then(|rest| rest.find('[').filter(|at| !rest[..*at].contains('>')).map(|at| &rest[at..]))
        {
            rest = inside.split_once("]").map_or("", |(_, after)| after);
            continue;
        }
        rest = rest.split_once(end).map_or("", |(_, after)| after);
    };
    let mut end = text.trim_end();
    while let Some(before) = end.strip_suffix("-->").and_then(|before| before.rfind("<!--").map(|at| &before[..at])) {
        end = before.trim_end();
    }
    let last = end.rfind('<').map_or("", |at| &end[at..]);
    let closing = last.strip_prefix("</").and_then(|last| last.strip_suffix('>')).is_some_and(|last| last.trim_end() == name);
    // One that is empty is its own end.
    let only = last.len() == end.len() - (text.len() - rest.len() - 1).min(end.len()) && last.ends_with("/>");
    closing || only
}

/// A text given line by line, so that it is known how far a parser has read when it gives a statement.
struct Counting<'a> {
    text: &'a [u8],
    at: usize,
    line: std::rc::Rc<std::cell::Cell<usize>>,
}

impl Read for Counting<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let rest = &self.text[self.at..];
        if self.at > 0 && self.text[self.at - 1] == b'\n' {
            self.line.set(self.line.get() + 1);
        }
        let line = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1).min(into.len());
        into[..line].copy_from_slice(&rest[..line]);
        self.at += line;
        Ok(line)
    }
}

/// Addresses for blank nodes, in the order in which they appear.
struct Blanks {
    prefix: String,
    known: HashMap<BlankNode, NamedNode>,
}

impl Blanks {
    fn name(&mut self, node: BlankNode) -> NamedNode {
        let number = self.known.len() + 1;
        self.known.entry(node).or_insert_with(|| NamedNode::new_unchecked(format!("{}b{number}", self.prefix))).clone()
    }

    fn named(&mut self, quad: Quad) -> Quad {
        let subject = match quad.subject {
            NamedOrBlankNode::BlankNode(node) => self.name(node).into(),
            named => named,
        };
        let object = match quad.object {
            Term::BlankNode(node) => self.name(node).into(),
            other => other,
        };
        let graph_name = match quad.graph_name {
            GraphName::BlankNode(node) => self.name(node).into(),
            other => other,
        };
        Quad { subject, predicate: quad.predicate, object, graph_name }
    }
}

#[cfg(test)]
mod tests {
    use super::is_closed;

    #[test]
    fn what_is_cut_short_is_told_from_what_is_whole() {
        for whole in [
            "<r/>",
            "<?xml version=\"1.0\"?>\n<!-- <x> --><r a=\"b\">\n<a/></r >\n<!-- end --> ",
            "<!DOCTYPE r [ <!ENTITY e \"http://x/\"> ]>\n<r><a></a></r>",
            "",
        ] {
            assert!(is_closed(whole), "{whole}");
        }
        for cut in ["<r>", "<r><ra/>", "<r><a/>", "<r><a></a>", "<r><a></a", "<r><a></a></r", "<?xml version=\"1.0\"?><r>text"] {
            assert!(!is_closed(cut), "{cut}");
        }
    }
}
