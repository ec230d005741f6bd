//! A page of a thing on its way out: text fitted to a terminal, Markdown, HTML, or JSON for programs.

use std::io::{self, Write};

use serde_json::{Value as Json, json};

use super::setting::{PageFormat, Setting};
use super::{Basis, Line, Page, Part, Section, Value, html};
use crate::query::answer::markdown_start;
use crate::query::answer::table::{plain, wrap};

/// What joins words that a line's end must not part; no text of people has it.
const GLUE: char = '\u{f8ff}';

impl Page {
    /// Writes the page.
    ///
    /// # Errors
    /// The output could not be written.
    pub fn write(&self, setting: Setting<'_>, out: &mut dyn Write) -> io::Result<()> {
        match setting.format {
            PageFormat::Text => self.text(setting, out),
            PageFormat::Markdown => self.markdown(out),
            PageFormat::Html => html::write(self, setting, out),
            PageFormat::Json => writeln!(out, "{:#}", self.json()),
        }
    }

    /// What stands under the name: what it is, and its id.
    pub(super) fn is(&self) -> String {
        let labels: Vec<&str> = self.kinds.iter().map(|(_, label)| label.as_str()).collect();
        labels.join(", ")
    }

    /// The note on the time that was asked about.
    pub(super) fn time(&self) -> Option<String> {
        let (at, certain) = self.at?;
        let claims = if certain { "Only claims that certainly held" } else { "Claims that held, or may have held," };
        Some(format!("{claims} {}.", at.words()))
    }

    fn text(&self, setting: Setting<'_>, out: &mut dyn Write) -> io::Result<()> {
        let (bold, off) = if setting.bold { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
        for line in wrap(&plain(&self.name), setting.width) {
            writeln!(out, "{bold}{line}{off}")?;
        }
        let is = self.is();
        let under = if is.is_empty() { self.id.clone() } else { format!("{is} · {}", self.id) };
        for line in wrap(&plain(&under), setting.width).into_iter().chain(wrap(&plain(self.thing.as_str()), setting.width)) {
            writeln!(out, "{line}")?;
        }
        if let Some(time) = self.time() {
            writeln!(out, "\n{time}")?;
        }
        for section in &self.sections {
            writeln!(out, "\n{bold}{}{off}", section.heading)?;
            for line in &section.lines {
                let text = plain(&line.said()).replace('\n', " ");
                for (index, part) in wrap(&text, setting.width.saturating_sub(4).max(10)).into_iter().enumerate() {
                    writeln!(out, "{}{}", if index == 0 { "  " } else { "    " }, part.replace(GLUE, " "))?;
                }
            }
            if let Some(more) = section.more() {
                writeln!(out, "  {more}")?;
            }
        }
        Ok(())
    }

    fn markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "# {}\n", escape(&self.name))?;
        let is = self.is();
        // An address that is no web page must not become a link.
        let iri = self.thing.as_str();
        let (open, close) = if iri.starts_with("http://") || iri.starts_with("https://") { ('<', '>') } else { ('`', '`') };
        let is = if is.is_empty() { String::new() } else { format!("{} · ", escape(&is)) };
        writeln!(out, "{is}`{}` {open}{iri}{close}", self.id)?;
        if let Some(time) = self.time() {
            writeln!(out, "\n{time}")?;
        }
        for section in &self.sections {
            writeln!(out, "\n## {}\n", escape(&section.heading))?;
            for line in &section.lines {
                writeln!(out, "- {}", escape(&line.said()))?;
            }
            if let Some(more) = section.more() {
                writeln!(out, "- {more}")?;
            }
        }
        Ok(())
    }

    /// The page as JSON: the same lines, with the IRIs of what they name and of what they rest on.
    pub fn json(&self) -> Json {
        let part = |part: &Part| match part {
            Part::Text(text) => json!({ "text": text }),
            Part::Node(text, node) => json!({ "text": text, "iri": node.as_str() }),
        };
        let value = |value: &Value| {
            let citations: Vec<Json> =
                value.basis.citations.iter().map(|(iri, label)| json!({ "iri": iri.as_str(), "label": label })).collect();
            json!({ "parts": value.parts.iter().map(part).collect::<Vec<_>>(), "citations": citations, "rules": value.basis.rules })
        };
        let line = |line: &Line| {
            json!({
                "lead": line.lead,
                "disputed": line.values.len() > 1,
                "values": line.values.iter().map(value).collect::<Vec<_>>(),
            })
        };
        let sections: Vec<Json> = self
            .sections
            .iter()
            .map(|section| {
                json!({
                    "heading": section.heading,
                    "lines": section.lines.iter().map(line).collect::<Vec<_>>(),
                    "leftOut": section.left_out,
                })
            })
            .collect();
        json!({
            "iri": self.thing.as_str(),
            "id": self.id,
            "name": self.name,
            "kinds": self.kinds.iter().map(|(name, label)| json!({ "name": name, "label": label })).collect::<Vec<_>>(),
            "at": self.at.map(|(at, _)| at.to_string()),
            "certain": self.at.map(|(_, certain)| certain),
            "sections": sections,
        })
    }
}

impl Section {
    /// What is said in place of the lines that were left out.
    pub(super) fn more(&self) -> Option<String> {
        (self.left_out > 0).then(|| format!("… and {} more", self.left_out))
    }
}

impl Line {
    /// The lead with what joins it to the value.
    pub(super) fn begun(&self) -> String {
        match (self.lead.is_empty(), self.reads_on) {
            (true, _) => String::new(),
            (false, true) => format!("{} ", self.lead),
            (false, false) => format!("{}: ", self.lead),
        }
    }

    /// The line in words, each citation in one piece.
    fn said(&self) -> String {
        let mut said = self.begun();
        for (index, value) in self.values.iter().enumerate() {
            if index > 0 {
                said.push_str(" or ");
            }
            for part in &value.parts {
                let (Part::Text(text) | Part::Node(text, _)) = part;
                said.push_str(text);
            }
            let basis = value.basis.words();
            if !basis.is_empty() {
                said.push_str(&format!(" [{basis}]"));
            }
        }
        if self.values.len() > 1 {
            said.push_str(&format!(" ‡{GLUE}citations{GLUE}disagree"));
        }
        said
    }
}

impl Basis {
    /// `RA 2025 §3.1.1 ¶4; RA 2025 vpi ¶1`, or `rule: present-status`. Spaces within one are glue.
    fn words(&self) -> String {
        let places: Vec<String> = self.citations.values().map(|label| label.replace(' ', &GLUE.to_string())).collect();
        if !places.is_empty() {
            return places.join("; ");
        }
        let rules: Vec<String> = self.rules.iter().map(|rule| format!("by{GLUE}rule:{GLUE}{rule}")).collect();
        rules.join("; ")
    }
}

/// Text as it may begin a line of Markdown: what would be markup is escaped, line breaks are spaces.
pub fn escape(text: &str) -> String {
    markdown_start(&text.replace(GLUE, " "))
}
