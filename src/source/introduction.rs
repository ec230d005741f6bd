//! How a source introduces itself: `source.toml`, read into a [`Source`].

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use regex::Regex;
use serde::Deserialize;

use crate::finding::Finding;
use crate::fold::fold;
use crate::iri;
use crate::location::{Located, Location};
use crate::project::Project;
use crate::record::{Field, Node};

use super::mapping::TableSettings;
use super::sections::{self, Section};
use super::text;
use super::toml::Toml;
use super::{Expected, INTRODUCTION, Source, is_about, readers, table};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Introduction {
    id: Option<String>,
    title: String,
    short: Option<String>,
    publisher: Option<String>,
    url: Option<String>,
    licence: Option<String>,
    language: Option<String>,
    issued: Option<DateText>,
    as_of: Option<toml::Spanned<DateText>>,
    as_of_note: Option<String>,
    document_sha256: Option<String>,
    document_note: Option<String>,
    #[serde(default)]
    registry: bool,
    #[serde(default)]
    quarantine: bool,
    #[serde(default)]
    expect: BTreeMap<String, toml::Spanned<Expected>>,
    /// Read apart, with the places of all that is in it.
    #[serde(default, rename = "tables")]
    _tables: Option<serde::de::IgnoredAny>,
}

/// A date in TOML: its own, in quotes, or a bare year.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a date such as 2025-12-31, or \"2025-12\" in quotes")]
enum DateText {
    Quoted(String),
    Plain(toml::value::Datetime),
    Year(u16),
}

impl DateText {
    fn text(&self) -> String {
        match self {
            Self::Quoted(text) => text.clone(),
            Self::Plain(date) => date.to_string(),
            Self::Year(year) => format!("{year:04}"),
        }
    }
}

/// What is said of the files whose names fit a pattern.
#[derive(Debug, Clone)]
pub struct TableEntry {
    /// The name, or the pattern: `grants-{year}.csv`, `members.xlsx/Sheet1`.
    pub name: Located<String>,
    /// The pattern, understood.
    pattern: Regex,
    /// What is said.
    pub settings: TableSettings,
}

impl TableEntry {
    fn new(name: Located<String>, settings: TableSettings) -> Result<Self, String> {
        let mut pattern = String::from("^");
        let mut rest = name.value.as_str();
        while let Some(at) = rest.find(['*', '?', '{']) {
            pattern.push_str(&regex::escape(&rest[..at]));
            match &rest[at..=at] {
                "*" => pattern.push_str("[^/#]*"),
                "?" => pattern.push_str("[^/#]"),
                _ => {
                    let Some((inside, after)) = rest[at + 1..].split_once('}') else {
                        return Err(format!("`{}`: a brace is never closed", name.value));
                    };
                    pattern.push_str(&format!("(?P<{inside}>[^/#]+)"));
                    rest = after;
                    continue;
                }
            }
            rest = &rest[at + 1..];
        }
        pattern.push_str(&regex::escape(rest));
        pattern.push('$');
        let pattern = Regex::new(&pattern).map_err(|_| format!("`{}` is not a pattern of file names", name.value))?;
        Ok(Self { name, pattern, settings })
    }

    /// Whether it speaks of a file or sheet of this name; if so, the parts of the name that it gives names to.
    pub fn fits(&self, name: &str) -> Option<Vec<(String, String)>> {
        let found = self.pattern.captures(name)?;
        let parts = self.pattern.capture_names().flatten();
        Some(parts.filter_map(|part| Some((part.to_owned(), found.name(part)?.as_str().to_owned()))).collect())
    }
}

/// A day that somebody wrote as days are written elsewhere, in the line at a place: `01.11.2025`, `1/11/2025`; and how it is written here.
fn other_date(text: &str, at: usize) -> Option<(String, String)> {
    let start = text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    let line = text[start..].lines().next()?;
    let pattern = Regex::new(r"=\s*(([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4}))\s*(#|$)").ok()?;
    let found = pattern.captures(line)?;
    let number = |group: usize| found[group].parse::<u8>().ok();
    let (one, two, year) = (number(2)?, number(3)?, &found[4]);
    let key = line.split('=').next()?.trim();
    let written = |month: u8, day: u8| format!("{key} = {year}-{month:02}-{day:02}");
    let hint = match (one, two) {
        (1..=12, 1..=12) if one != two => format!("{}; or, if the month came first, {}", written(two, one), written(one, two)),
        (1..=12, 13..=31) => written(one, two),
        (1..=31, 1..=12) => written(two, one),
        _ => return None,
    };
    Some((found[1].to_owned(), hint))
}

/// Reads the introduction of a folder.
///
/// # Errors
/// A finding: there is none, or it cannot be read.
pub fn introduce(project: &Project, folder: &str) -> Result<(Source, Vec<Finding>), Box<Finding>> {
    let path = format!("{folder}/{INTRODUCTION}");
    let file: Arc<str> = path.as_str().into();
    let unreadable = |message: String, place: Location| Box::new(Finding::error("unreadable-file", message, place));
    let text = match text::read_whole(project.door(), Path::new(&path)) {
        Ok(text) => text,
        Err(unread) if unread.is_missing() => {
            let finding = unreadable(format!("the source's folder has no {INTRODUCTION}"), Location::file(&file));
            let hint = "write one with at least a `title`, and `as_of`, the day of which the source speaks: as_of = 2025-12-31";
            return Err(Box::new(finding.hint(Some(hint.to_owned()))));
        }
        Err(other) => return Err(Box::new(other.finding(&file))),
    };
    let located = Toml::new(&text, &file);
    let at = |span: std::ops::Range<usize>| located.at(span);
    let said: Introduction = toml::from_str(&text).map_err(|error| {
        let place = error.span().map_or_else(|| Location::file(&file), at);
        if let Some((written, day)) = error.span().and_then(|span| other_date(&text, span.start)) {
            let message = format!("`{written}` is not a day as it is written here: year, month, day");
            return Box::new(unreadable(message, place).hint(Some(day)));
        }
        let hint = error.message().starts_with("invalid date").then(|| "a month or a year stands in quotes: \"2025-12\"".to_owned());
        Box::new(unreadable(error.message().to_owned(), place).hint(hint))
    })?;
    let name = folder.rsplit('/').next().unwrap_or(folder).to_owned();
    let id = said.id.unwrap_or(name);
    if let Some(fault) = iri::slug_fault(&id) {
        let finding = unreadable(format!("`{id}` cannot name a source: {fault}"), Location::file(&file));
        return Err(Box::new(finding.hint(Some(format!("`{}` would do", iri::slugify(&id))))));
    }
    let mut findings = Vec::new();
    let tables = tables(project, folder, &located, &mut findings);
    let (sections, sectioned) = match sections::read(project, folder) {
        Some((sections, found)) => {
            findings.extend(found);
            (sections, true)
        }
        None => (files_as_sections(project, folder), false),
    };
    let resolutions = resolutions(project, folder, &mut findings);
    let source = Source {
        short: said.short.unwrap_or_else(|| id.clone()),
        id,
        folder: folder.to_owned(),
        registry: said.registry,
        quarantine: said.quarantine || project.quarantine,
        title: said.title,
        publisher: said.publisher,
        url: said.url,
        licence: said.licence,
        language: said.language,
        issued: said.issued.map(|date| date.text()),
        as_of: said.as_of.map(|date| Located::new(date.get_ref().text(), at(date.span()))),
        as_of_note: said.as_of_note,
        document_sha256: said.document_sha256,
        document_note: said.document_note,
        listed: sections.iter().enumerate().map(|(position, section)| (section.locator.clone(), position)).collect(),
        sections,
        sectioned,
        resolutions,
        expected: said.expect.into_iter().map(|(kind, e)| (kind, Located::new(*e.get_ref(), at(e.span())))).collect(),
        location: Location::file(&file),
        tables,
    };
    Ok((source, findings))
}

/// `[tables]`: what is said of each, with the places of the settings. What a known format says is said before.
fn tables(project: &Project, folder: &str, located: &Toml<'_>, findings: &mut Vec<Finding>) -> Vec<TableEntry> {
    let Ok(Node::Map(fields, _)) = located.read() else { return Vec::new() };
    let Some(Field { value: Node::Map(said, _), .. }) = fields.into_iter().find(|field| field.key.value == "tables") else {
        return Vec::new();
    };
    let beside = |name: &str| {
        if name.contains("..") || name.starts_with('/') {
            return Err("a file beside the introduction is meant".to_owned());
        }
        text::read_whole(project.door(), Path::new(&format!("{folder}/{name}"))).map_err(|unread| unread.words())
    };
    let mut tables = Vec::new();
    for Field { key, value } in said {
        let Node::Map(own, _) = value else {
            let message = format!("expected the settings of `{}`, found {}", key.value, value.what());
            findings.push(Finding::error("unreadable-setting", message, value.location().clone()));
            continue;
        };
        let format = own.iter().find(|field| field.key.value == "format");
        let shipped = format.and_then(|format| shipped_format(project, format, findings)).unwrap_or_default();
        let is_shipped = !shipped.is_empty() && !own.iter().any(|field| field.key.value == "records");
        let mut fields: Vec<Field> =
            shipped.into_iter().filter(|field| !own.iter().any(|said| said.key.value == field.key.value)).collect();
        fields.extend(own);
        let mut settings = TableSettings::read(&fields, key.location.clone(), &beside, findings);
        settings.shipped = is_shipped;
        match TableEntry::new(key.clone(), settings) {
            Ok(entry) => tables.push(entry),
            Err(why) => findings.push(Finding::error("unreadable-setting", why, key.location)),
        }
    }
    tables
}

/// What a known format says, from `mappings/<format>.toml`.
fn shipped_format(project: &Project, field: &Field, findings: &mut Vec<Finding>) -> Option<Vec<Field>> {
    let Node::Text(name) = &field.value else {
        let message = format!("expected the name of a format, found {}", field.value.what());
        findings.push(Finding::error("unreadable-setting", message, field.value.location().clone()));
        return None;
    };
    let mut known = project.assets("mappings", "toml").unwrap_or_default();
    known.retain(|asset| asset.text.contains("[[records]]") || asset.text.contains("\nreader ="));
    let Some(asset) = known.iter().find(|asset| asset.stem() == name.value) else {
        let near = crate::nearest::nearest(&name.value, known.iter().map(|asset| asset.stem().to_owned()));
        let names: Vec<&str> = known.iter().map(crate::project::Asset::stem).collect();
        let hint = near.map_or_else(
            || format!("known are: {}", if names.is_empty() { "none".to_owned() } else { names.join(", ") }),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("`{}` is no known format", name.value);
        findings.push(Finding::error("unreadable-setting", message, name.location.clone()).hint(Some(hint)));
        return None;
    };
    match Toml::new(&asset.text, &asset.path).read() {
        Ok(Node::Map(fields, _)) => Some(fields),
        Ok(_) => None,
        Err((message, place)) => {
            findings.push(Finding::error("unreadable-setting", message, place));
            None
        }
    }
}

/// Without `sections.csv` each file that holds records is a section of its own.
fn files_as_sections(project: &Project, folder: &str) -> Vec<Section> {
    let files = project.files_under(folder).unwrap_or_default();
    files
        .iter()
        .filter_map(|path| {
            let locator = path.strip_prefix(folder)?.trim_start_matches('/');
            (!is_about(locator) && readers::for_name(locator).is_some()).then(|| Section {
                locator: locator.to_owned(),
                title: locator.to_owned(),
                page: None,
                parent: None,
                location: Location::file(&Arc::from(path.as_str())),
            })
        })
        .collect()
}

/// `resolutions.csv`: names that were found in this source, and the ids of what is meant by them.
fn resolutions(project: &Project, folder: &str, findings: &mut Vec<Finding>) -> BTreeMap<String, Located<String>> {
    let path = format!("{folder}/{}", super::RESOLUTIONS);
    let file: Arc<str> = path.as_str().into();
    let mut resolutions = BTreeMap::new();
    let text = match text::read_whole(project.door(), Path::new(&path)) {
        Ok(text) => text,
        Err(unread) if unread.is_missing() => return resolutions,
        Err(unread) => {
            findings.push(unread.finding(&file));
            return resolutions;
        }
    };
    let mut rows = table::Table::new(text.as_bytes(), table::delimiter(text.as_bytes()), &file, project.limits);
    loop {
        match rows.row() {
            Ok(Some(row)) => match &row[..] {
                [name, id, ..] if (name.value.trim(), id.value.trim()) != ("name", "id") => {
                    resolutions.insert(fold(&name.value), Located::new(id.value.trim().to_owned(), id.location.clone()));
                }
                [_, _, ..] => {}
                [cell] => findings.push(Finding::error("unreadable-record", "expected a name and an id", cell.location.clone())),
                [] => {}
            },
            Ok(None) => break,
            Err(finding) => {
                findings.push(finding);
                break;
            }
        }
    }
    resolutions
}
