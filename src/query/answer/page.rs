//! An answer as one HTML page: no script, nothing loaded from anywhere, every text escaped, things and citations linked
//! to their IRIs.

use std::io::{self, Write};

use oxigraph::model::Term;

use super::{Heading, Shown};

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1a1a1a;--soft:#5c5c5c;--line:#d5d5d5;--ground:#fff;--link:#0b57a4}\
@media(prefers-color-scheme:dark){:root{--ink:#ececec;--soft:#a8a8a8;--line:#444;--ground:#161616;--link:#8ab8f0}}\
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--ground);margin:2rem auto;padding:0 1rem;max-width:75rem}\
h1{font-size:1.4rem;line-height:1.3;margin:0 0 .5rem}\
.notes{color:var(--soft);max-width:48rem;white-space:pre-line}\
dl{color:var(--soft);display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:1rem 0}dd{margin:0}\
.wide{overflow-x:auto}\
table{border-collapse:collapse;min-width:min(100%,36rem);font-size:.95rem}\
th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere;min-width:4rem}\
th{position:sticky;top:0;background:var(--ground);font-weight:600}\
td.n{text-align:right;font-variant-numeric:tabular-nums;padding-right:1.5rem}\
a{color:var(--link);text-decoration:none}a:hover,a:focus{text-decoration:underline}\
footer{color:var(--soft);font-size:.85rem;margin-top:1.5rem}\
@media print{body{margin:0;max-width:none}th{position:static}tr{break-inside:avoid}}";

/// A page that rows are pushed into.
pub struct Page<'a> {
    out: &'a mut dyn Write,
}

impl<'a> Page<'a> {
    /// Begins a page.
    ///
    /// # Errors
    /// The output could not be written.
    pub fn begin(heads: &[String], heading: &Heading, language: &str, out: &'a mut dyn Write) -> io::Result<Self> {
        let title = if heading.title.is_empty() { "Answer" } else { &heading.title };
        writeln!(out, "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">", escape(language))?;
        writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
        writeln!(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">")?;
        writeln!(
            out,
            "<title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1 dir=\"auto\">{}</h1>",
            escape(title),
            escape(title)
        )?;
        if !heading.notes.is_empty() {
            writeln!(out, "<p class=\"notes\">{}</p>", escape(&heading.notes))?;
        }
        if !heading.facts.is_empty() {
            writeln!(out, "<dl>")?;
            for (name, value) in &heading.facts {
                writeln!(out, "<dt>{}</dt><dd>{}</dd>", escape(name), escape(value))?;
            }
            writeln!(out, "</dl>")?;
        }
        write!(out, "<div class=\"wide\"><table>\n<thead><tr>")?;
        for head in heads {
            write!(out, "<th scope=\"col\">{}</th>", escape(head))?;
        }
        writeln!(out, "</tr></thead>\n<tbody>")?;
        Ok(Self { out })
    }

    /// Adds a row: each cell's term, if bound, and its text for people.
    ///
    /// # Errors
    /// The output could not be written.
    pub fn push(&mut self, row: &[(Option<&Term>, &str)]) -> io::Result<()> {
        write!(self.out, "<tr>")?;
        for (term, text) in row {
            let text = escape(text);
            match term {
                Some(Term::NamedNode(node)) if node.as_str().starts_with("https://") || node.as_str().starts_with("http://") => {
                    let iri = escape(node.as_str());
                    write!(self.out, "<td dir=\"auto\"><a href=\"{iri}\" title=\"{iri}\">{text}</a></td>")?;
                }
                Some(Term::Literal(literal)) if super::is_number(literal.into()) => write!(self.out, "<td class=\"n\">{text}</td>")?,
                Some(Term::Literal(literal)) => match literal.language() {
                    Some(language) => write!(self.out, "<td lang=\"{}\" dir=\"auto\">{text}</td>", escape(language))?,
                    None => write!(self.out, "<td dir=\"auto\">{text}</td>")?,
                },
                _ => write!(self.out, "<td dir=\"auto\">{text}</td>")?,
            }
        }
        writeln!(self.out, "</tr>")
    }

    /// Ends the page.
    ///
    /// # Errors
    /// The output could not be written.
    pub fn finish(self, rows: usize, cut: bool, shown: Shown<'_>) -> io::Result<()> {
        let more = if cut { "; there are more" } else { "" };
        writeln!(self.out, "</tbody>\n</table></div>")?;
        writeln!(
            self.out,
            "<footer>{rows} row{}{more}. From the graph {}</footer>\n</body>\n</html>",
            if rows == 1 { "" } else { "s" },
            escape(shown.base.as_str())
        )
    }
}

/// Text for an element or a quoted attribute.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c if c.is_control() && c != '\n' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}
