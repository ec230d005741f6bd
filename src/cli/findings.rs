//! Findings as people and programs want to see them.

use std::io::{self, Write};

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use clap::ValueEnum;
use oxigraph::model::{Literal, Term};
use serde_json::json;

use crate::finding::{Finding, Findings, More, Severity};
use crate::limits::grouped;
use crate::location::Location;
use crate::project::Project;
use crate::query::answer::workbook::Sheet;
use crate::query::answer::{AnswerError, Heading, separated};
use crate::source::excerpt::{Excerpt, Excerpts};
use crate::values::text::{shown_line, steers};

/// The formats of `civigraph check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// With excerpts, for people
    #[value(alias = "text")]
    Human,
    /// One JSON object with a list
    Json,
    /// SARIF 2.1.0, for code hosting and editors
    Sarif,
    /// Annotations for GitHub Actions
    Github,
    /// A table
    Csv,
    /// An Excel workbook
    Xlsx,
}

impl Format {
    /// The format that the ending of a file's name means.
    pub fn of_ending(ending: &str) -> Option<Self> {
        match ending {
            "json" => Some(Self::Json),
            "sarif" => Some(Self::Sarif),
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }
}

/// Writes all findings.
pub fn write(findings: &Findings, format: Format, project: &Project, colored: bool, width: u16, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Human => {
            let mut excerpts = Excerpts::of(project);
            with_more(
                findings,
                out,
                &mut |out, finding| writeln!(out, "{}\n", human(finding, &mut excerpts, colored, width)),
                &mut |out, more| writeln!(out, "{}\n", human_more(more, colored)),
            )
        }
        Format::Json => listed(findings, out),
        Format::Sarif => sarif(findings, out),
        Format::Github => with_more(findings, out, &mut |out, finding| writeln!(out, "{}", github(finding)), &mut |out, more| {
            writeln!(out, "::{} title={}::{}", github_command(more.severity), github_property(&more.code), github_data(&in_words(more)))
        }),
        Format::Csv => csv(findings, out),
        Format::Xlsx => workbook(findings, project, out).map_err(|error| match error {
            AnswerError::Output(error) => error,
            other => io::Error::other(other),
        }),
    }
}

/// Writes findings in order, and behind the last of a cause how many more there are of it.
fn with_more(
    findings: &Findings,
    out: &mut dyn Write,
    one: &mut dyn FnMut(&mut dyn Write, &Finding) -> io::Result<()>,
    rest: &mut dyn FnMut(&mut dyn Write, &More) -> io::Result<()>,
) -> io::Result<()> {
    let mut more = findings.more().iter().peekable();
    for (index, finding) in findings.iter().enumerate() {
        one(out, finding)?;
        while let Some(next) = more.next_if(|more| more.after == index) {
            rest(out, next)?;
        }
    }
    Ok(())
}

/// How many findings of a cause are not shown, and what shows them.
fn in_words(more: &More) -> String {
    format!("and {} more like it: {} (--all shows them)", grouped(more.count as u64), one_line(&more.message))
}

fn human_more(more: &More, colored: bool) -> String {
    let (on, off) = match (colored, more.severity) {
        (false, _) => ("", ""),
        (true, Severity::Error) => ("\x1b[1;31m", "\x1b[0m"),
        (true, Severity::Warning) => ("\x1b[1;33m", "\x1b[0m"),
        (true, Severity::Info) => ("\x1b[1;36m", "\x1b[0m"),
    };
    format!("{on}{}[{}]{off}: {}", more.severity, one_line(&more.code), in_words(more))
}

/// One JSON object, written as it is made.
fn listed(findings: &Findings, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{{")?;
    elements(out, "  \"findings\": ", findings.iter().map(object), "  ")?;
    if !findings.more().is_empty() {
        writeln!(out, ",")?;
        let more =
            |more: &More| json!({ "severity": more.severity.name(), "code": more.code, "message": more.message, "count": more.count });
        elements(out, "  \"more\": ", findings.more().iter().map(more), "  ")?;
    }
    writeln!(out, "\n}}")
}

/// A JSON array behind its name, one element at a time, indented as it would be if it were written whole.
fn elements(out: &mut dyn Write, name: &str, all: impl Iterator<Item = serde_json::Value>, indent: &str) -> io::Result<()> {
    write!(out, "{name}[")?;
    let mut any = false;
    for element in all {
        let text = format!("{element:#}").replace('\n', &format!("\n{indent}  "));
        write!(out, "{}\n{indent}  {text}", if any { "," } else { "" })?;
        any = true;
    }
    if any { write!(out, "\n{indent}]") } else { write!(out, "]") }
}

/// One finding with the lines it is about.
pub fn human(finding: &Finding, excerpts: &mut Excerpts<'_>, colored: bool, width: u16) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let mut group = level
        .primary_title(one_line(&finding.message))
        .id(finding.code.clone())
        .elements(std::iter::empty::<annotate_snippets::Element<'_>>());
    group = place(group, &finding.location, &finding.label, true, excerpts);
    for (location, words) in &finding.related {
        group = place(group, location, words, false, excerpts);
    }
    if let Some(hint) = &finding.hint {
        group = group.element(Level::HELP.message(one_line(hint)));
    }
    let renderer = if colored { Renderer::styled() } else { Renderer::plain() };
    renderer.decor_style(DecorStyle::Unicode).term_width(usize::from(width)).render(&[group])
}

/// What a file said may hold anything; a title is one line of what a terminal can show.
fn one_line(text: &str) -> String {
    shown_line(text)
}

fn place<'a>(group: Group<'a>, location: &Location, label: &str, primary: bool, excerpts: &mut Excerpts<'_>) -> Group<'a> {
    let origin = || Origin::path(one_line(&location.file)).line(location.line as usize).char_column(location.column as usize);
    let found = if location.cell.is_none() { excerpts.around(location) } else { None };
    let Some(Excerpt { mut text, mut before, cut, begun }) = found else {
        let group = group.element(match &location.cell {
            Some(_) => Origin::path(one_line(&location.to_string())),
            None => origin(),
        });
        return if label.is_empty() { group } else { group.element(Level::NOTE.message(one_line(label))) };
    };
    text = text.chars().map(|c| if steers(c) && c != '\t' { '\u{FFFD}' } else { c }).collect();
    if begun {
        text.insert(0, '…');
        before += 1;
    }
    let byte = |character: usize| text.char_indices().nth(character).map_or(text.len(), |(at, _)| at);
    let from = byte(before);
    let to = byte(before + (location.length as usize).max(1)).max(from);
    let kind = if primary { AnnotationKind::Primary } else { AnnotationKind::Context };
    let mut annotation = kind.span(from..to.max(from + usize::from(from < text.len())));
    if !label.is_empty() {
        annotation = annotation.label(one_line(label));
    }
    let snippet = Snippet::source(text).line_start(location.line as usize).annotation(annotation);
    // The column of a cut line is not that of the part that is shown.
    if cut { group.element(origin()).element(snippet) } else { group.element(snippet.path(one_line(&location.file))) }
}

fn object(finding: &Finding) -> serde_json::Value {
    let at = |location: &Location| json!({ "file": &*location.file, "line": location.line, "column": location.column, "length": location.length, "cell": location.cell.as_deref() });
    let related: Vec<_> = finding
        .related
        .iter()
        .map(|(location, words)| {
            let mut related = at(location);
            related["message"] = words.as_str().into();
            related
        })
        .collect();
    let mut object = at(&finding.location);
    object["severity"] = finding.severity.name().into();
    object["code"] = finding.code.as_str().into();
    object["message"] = finding.message.as_str().into();
    object["label"] = finding.label.as_str().into();
    object["hint"] = finding.hint.as_deref().into();
    object["related"] = related.into();
    object
}

fn sarif(findings: &Findings, out: &mut dyn Write) -> io::Result<()> {
    let place = |location: &Location| {
        let mut place = json!({ "physicalLocation": { "artifactLocation": { "uri": uri(&location.file) } } });
        match &location.cell {
            Some(cell) => place["logicalLocations"] = json!([{ "name": &**cell }]),
            None => {
                let end = location.column + location.length.max(1);
                place["physicalLocation"]["region"] =
                    json!({ "startLine": location.line, "startColumn": location.column, "endColumn": end });
            }
        }
        place
    };
    let result = |finding: &Finding| {
        let related: Vec<_> = finding
            .related
            .iter()
            .map(|(location, words)| {
                let mut related = place(location);
                related["message"] = json!({ "text": words });
                related
            })
            .collect();
        let text = finding.hint.as_ref().map_or_else(|| finding.message.clone(), |hint| format!("{} ({hint})", finding.message));
        let level = sarif_level(finding.severity);
        json!({ "ruleId": finding.code, "level": level, "message": { "text": text }, "locations": [place(&finding.location)], "relatedLocations": related })
    };
    // Findings without a place of their own: what is said of a run (SARIF 2.1.0, 3.20.21).
    let more = |more: &More| {
        json!({
            "descriptor": { "id": more.code },
            "level": sarif_level(more.severity),
            "message": { "text": in_words(more) },
            "properties": { "count": more.count },
        })
    };
    let driver = json!({ "driver": { "name": "civigraph", "version": env!("CARGO_PKG_VERSION") } });
    writeln!(out, "{{\n  \"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\",\n  \"runs\": [\n    {{")?;
    if !findings.more().is_empty() {
        write!(out, "      \"invocations\": [{{ \"executionSuccessful\": true, ")?;
        elements(out, "\"toolConfigurationNotifications\": ", findings.more().iter().map(more), "      ")?;
        writeln!(out, " }}],")?;
    }
    elements(out, "      \"results\": ", findings.iter().map(result), "      ")?;
    let driver = format!("{driver:#}").replace('\n', "\n      ");
    writeln!(out, ",\n      \"tool\": {driver}\n    }}\n  ],\n  \"version\": \"2.1.0\"\n}}")
}

fn sarif_level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// A path as a relative reference (RFC 3986, 4.2).
fn uri(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte);
    path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// The workflow command of one finding; its values are percent-escaped as GitHub wants them.
fn github(finding: &Finding) -> String {
    let command = github_command(finding.severity);
    let text = finding.hint.as_ref().map_or_else(|| finding.message.clone(), |hint| format!("{} ({hint})", finding.message));
    let (file, title) = (github_property(&finding.location.file), github_property(&finding.code));
    match &finding.location.cell {
        Some(cell) => format!("::{command} file={file},title={title}::{}", github_data(&format!("{cell}: {text}"))),
        None => {
            let (line, column) = (finding.location.line, finding.location.column);
            format!("::{command} file={file},line={line},col={column},title={title}::{}", github_data(&text))
        }
    }
}

fn github_command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    }
}

fn github_data(text: &str) -> String {
    // A log is read in a terminal too: what steers one is no part of a message, but for a line's end, which is escaped.
    let visible = text.replace(|c| steers(c) && !matches!(c, '\r' | '\n'), "\u{FFFD}");
    visible.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn github_property(text: &str) -> String {
    github_data(text).replace(':', "%3A").replace(',', "%2C")
}

fn csv(findings: &Findings, out: &mut dyn Write) -> io::Result<()> {
    let quote = |text: &str| separated::csv(&shown_line(text));
    writeln!(out, "severity,code,file,line,column,cell,message,hint")?;
    let mut one = |out: &mut dyn Write, finding: &Finding| {
        let place = &finding.location;
        writeln!(
            out,
            "{},{},{},{},{},{},{},{}",
            finding.severity,
            quote(&finding.code),
            quote(&place.file),
            place.line,
            place.column,
            quote(place.cell.as_deref().unwrap_or("")),
            quote(&finding.message),
            quote(finding.hint.as_deref().unwrap_or(""))
        )
    };
    with_more(findings, out, &mut one, &mut |out, more| {
        writeln!(out, "{},{},,,,,{},", more.severity, quote(&more.code), quote(&in_words(more)))
    })
}

/// A sheet to sort, filter and hand around; every text is text, whatever it begins with.
fn workbook(findings: &Findings, project: &Project, out: &mut dyn Write) -> Result<(), AnswerError> {
    let heads = ["severity", "code", "file", "line", "column", "cell", "message", "hint"].map(str::to_owned);
    let mut sheet = Sheet::begin("findings", &heads)?;
    for finding in findings.iter() {
        if sheet.is_full() {
            break;
        }
        let place = &finding.location;
        let text = |text: &str| Term::from(Literal::from(text));
        let number = |number: u32| Term::from(Literal::from(i64::from(number)));
        let row = [
            text(finding.severity.name()),
            text(&finding.code),
            text(&place.file),
            number(place.line),
            number(place.column),
            text(place.cell.as_deref().unwrap_or("")),
            text(&finding.message),
            text(finding.hint.as_deref().unwrap_or("")),
        ];
        let texts = row.each_ref().map(|term| match term {
            Term::Literal(literal) => literal.value(),
            Term::NamedNode(_) | Term::BlankNode(_) => "",
        });
        sheet.push(&row.iter().map(Some).zip(texts).collect::<Vec<_>>())?;
    }
    let counted = summary(Severity::ALL.map(|severity| findings.count(severity)));
    let mut facts = vec![("findings".to_owned(), counted), ("graph".to_owned(), project.title.clone())];
    facts.extend(findings.more().iter().map(|more| (more.code.clone(), in_words(more))));
    sheet.finish(&Heading { title: "What is wrong in the data".to_owned(), notes: String::new(), facts }, out)
}

/// `2 errors, 1 warning`, or `no findings`.
pub fn summary(counts: [usize; 3]) -> String {
    let words: Vec<String> = counts
        .iter()
        .zip(Severity::ALL)
        .filter(|(count, _)| **count > 0)
        .map(|(count, severity)| format!("{count} {}{}", severity.name(), if *count == 1 { "" } else { "s" }))
        .collect();
    if words.is_empty() { "no findings".to_owned() } else { words.join(", ") }
}
