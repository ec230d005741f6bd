//! A page of a thing as HTML: no script, nothing loaded from anywhere, every text escaped, citations numbered and listed
//! at the end, so that it prints well.

use std::collections::BTreeMap;
use std::io::{self, Write};

use oxigraph::model::NamedNode;

use super::setting::Setting;
use super::{Line, Page, Part, Value};
use crate::query::answer::table::plain;
use crate::values::text;

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1a1a1a;--soft:#5c5c5c;--line:#d5d5d5;--ground:#fff;--link:#0b57a4;--warn:#a33d00}\
@media(prefers-color-scheme:dark){:root{--ink:#ececec;--soft:#a8a8a8;--line:#444;--ground:#161616;--link:#8ab8f0;--warn:#f0a070}}\
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--ground);margin:2rem auto;padding:0 1rem;max-width:48rem}\
h1{font-size:1.6rem;line-height:1.25;margin:0}h2{font-size:1.1rem;margin:1.75rem 0 .4rem;border-bottom:1px solid var(--line)}\
.is{color:var(--soft);margin:.25rem 0 0;overflow-wrap:anywhere}\
ul,ol{padding-left:1.1rem;margin:.25rem 0}li{margin:.2rem 0;overflow-wrap:anywhere}\
.lead{color:var(--soft)}.dispute,.rule{color:var(--warn)}\
sup a{font-size:.75em}ol.places{font-size:.85rem;color:var(--soft);padding-left:2rem}\
a{color:var(--link);text-decoration:none}a:hover,a:focus{text-decoration:underline}\
footer{color:var(--soft);font-size:.85rem;margin-top:2rem}\
@media print{body{margin:0;max-width:none}li{break-inside:avoid}}";

/// The citations of a page in the order of their first use.
#[derive(Default)]
struct Notes(Vec<(NamedNode, String)>, BTreeMap<NamedNode, usize>);

impl Notes {
    fn number(&mut self, iri: &NamedNode, label: &str) -> usize {
        if let Some(number) = self.1.get(iri) {
            return *number;
        }
        self.0.push((iri.clone(), label.to_owned()));
        self.1.insert(iri.clone(), self.0.len());
        self.0.len()
    }
}

/// Writes the page.
///
/// # Errors
/// The output could not be written.
pub fn write(page: &Page, setting: Setting<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">", escape(setting.language))?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
    writeln!(
        out,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">"
    )?;
    let name = escape(&page.name);
    writeln!(out, "<title>{name}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1 dir=\"auto\">{name}</h1>")?;
    let is = page.is();
    let is = if is.is_empty() { String::new() } else { format!("{} · ", escape(&is)) };
    writeln!(out, "<p class=\"is\">{is}{}</p>", link(page.thing.as_str(), &page.id))?;
    if let Some(time) = page.time() {
        writeln!(out, "<p>{}</p>", escape(&time))?;
    }
    let mut notes = Notes::default();
    for section in &page.sections {
        writeln!(out, "<h2>{}</h2>\n<ul>", escape(&section.heading))?;
        for line in &section.lines {
            write_line(line, &mut notes, out)?;
        }
        if let Some(more) = section.more() {
            writeln!(out, "<li>{}</li>", escape(&more))?;
        }
        writeln!(out, "</ul>")?;
    }
    if !notes.0.is_empty() {
        writeln!(out, "<h2>Where it is stated</h2>\n<ol class=\"places\">")?;
        for (number, (iri, label)) in notes.0.iter().enumerate() {
            writeln!(out, "<li id=\"c{}\">{}</li>", number + 1, link(iri.as_str(), label))?;
        }
        writeln!(out, "</ol>")?;
    }
    writeln!(out, "<footer>From the graph “{}”</footer>\n</body>\n</html>", escape(setting.from))
}

fn write_line(line: &Line, notes: &mut Notes, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "<li>")?;
    if !line.lead.is_empty() {
        write!(out, "<span class=\"lead\">{}</span> ", escape(line.begun().trim_end()))?;
    }
    for (index, value) in line.values.iter().enumerate() {
        if index > 0 {
            write!(out, " <b>or</b> ")?;
        }
        write_value(value, notes, out)?;
    }
    if line.values.len() > 1 {
        write!(out, " <span class=\"dispute\">‡ citations disagree</span>")?;
    }
    writeln!(out, "</li>")
}

fn write_value(value: &Value, notes: &mut Notes, out: &mut dyn Write) -> io::Result<()> {
    for part in &value.parts {
        match part {
            Part::Text(text) => write!(out, "<span dir=\"auto\">{}</span>", escape(text))?,
            Part::Node(text, node) => write!(out, "{}", link(node.as_str(), text))?,
        }
    }
    for (iri, label) in &value.basis.citations {
        let number = notes.number(iri, label);
        write!(out, "<sup><a href=\"#c{number}\" title=\"{}\">[{number}]</a></sup>", escape(label))?;
    }
    if value.basis.is_concluded() {
        let rules: Vec<&str> = value.basis.rules.iter().map(String::as_str).collect();
        write!(out, " <span class=\"rule\">[by rule: {}]</span>", escape(&rules.join(", ")))?;
    }
    Ok(())
}

/// Text as it may stand in the page: no markup, no control characters, nothing that turns the reading direction.
fn escape(text: &str) -> String {
    text::escape(&plain(text))
}

/// A link, where the address is one that a browser may follow.
fn link(iri: &str, words: &str) -> String {
    if iri.starts_with("https://") || iri.starts_with("http://") {
        format!("<a href=\"{}\" dir=\"auto\">{}</a>", escape(iri), escape(words))
    } else {
        format!("<span dir=\"auto\">{}</span>", escape(words))
    }
}
