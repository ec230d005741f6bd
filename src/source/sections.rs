//! The sections of a source: `sections.csv` lists locator, title, page and parent.

use std::collections::HashMap;
use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;

use crate::finding::Finding;
use crate::location::Location;
use crate::project::Project;

use super::{table, text};

/// A section of a source, as `sections.csv` lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// `3.1.1`, or a short name for an unnumbered block.
    pub locator: String,
    /// Its heading.
    pub title: String,
    /// The page it starts on, as printed.
    pub page: Option<String>,
    /// The locator of the section it is part of.
    pub parent: Option<String>,
    /// Where it is listed.
    pub location: Location,
}

/// Reads `sections.csv`; `None` without the file.
pub fn read(project: &Project, folder: &str) -> Option<(Vec<Section>, Vec<Finding>)> {
    let path = format!("{folder}/sections.csv");
    let file: Arc<str> = path.as_str().into();
    let mut sections: Vec<Section> = Vec::new();
    let mut listed: HashMap<String, usize> = HashMap::new();
    let mut findings = Vec::new();
    let mut input = match text::stream(project.door(), Path::new(&path), None) {
        Ok(input) => input,
        Err(unread) if unread.is_missing() => return None,
        Err(unread) => return Some((sections, vec![unread.finding(&file)])),
    };
    let delimiter = input.fill_buf().map_or(b',', table::delimiter);
    let mut table = table::Table::new(input, delimiter, &file, project.limits);
    let mut header: Vec<String> = Vec::new();
    loop {
        let row = match table.row() {
            Ok(Some(row)) => row,
            Ok(None) => break,
            Err(finding) => {
                findings.push(finding);
                break;
            }
        };
        if header.is_empty() {
            header = row.iter().map(|cell| cell.value.trim().to_owned()).collect();
            for column in ["locator", "title"] {
                if !header.iter().any(|name| name == column) {
                    let message = format!("expected a column `{column}` among locator, title, page, parent");
                    findings.push(Finding::error("unreadable-file", message, Location::file(&file)));
                }
            }
            continue;
        }
        let cell = |name: &str| {
            let index = header.iter().position(|column| column == name)?;
            row.get(index).map(|cell| cell.value.trim().to_owned()).filter(|text| !text.is_empty())
        };
        let place = row.first().map_or_else(|| Location::file(&file), |cell| cell.location.clone());
        let Some(locator) = cell("locator") else {
            findings.push(Finding::error("unreadable-file", "a section needs a locator", place));
            continue;
        };
        if let Some(first) = listed.get(&locator).map(|position| &sections[*position]) {
            let finding = Finding::error("duplicate-id", format!("the section `{locator}` is listed twice"), place);
            findings.push(finding.related(first.location.clone(), "first here"));
            continue;
        }
        let title = cell("title").unwrap_or_else(|| locator.clone());
        listed.insert(locator.clone(), sections.len());
        sections.push(Section { locator, title, page: cell("page"), parent: cell("parent"), location: place });
    }
    for section in &sections {
        if let Some(parent) = &section.parent
            && !listed.contains_key(parent)
        {
            let message = format!("the parent `{parent}` of section `{}` is not listed", section.locator);
            findings.push(Finding::error("unknown-section", message, section.location.clone()));
        }
    }
    findings.extend(circles(&sections, &listed));
    Some((sections, findings))
}

/// The sections that are part of themselves, by way of others: each circle once, at the first of it that is listed.
fn circles(sections: &[Section], listed: &HashMap<String, usize>) -> Vec<Finding> {
    // On which walk upwards each was met first; a walk that meets itself has gone round.
    let mut met = vec![usize::MAX; sections.len()];
    let mut findings = Vec::new();
    for start in 0..sections.len() {
        let mut at = Some(start);
        while let Some(here) = at.filter(|here| met[*here] == usize::MAX) {
            met[here] = start;
            at = sections[here].parent.as_ref().and_then(|parent| listed.get(parent)).copied();
        }
        let Some(begin) = at.filter(|here| met[*here] == start) else { continue };
        let section = &sections[begin];
        let parent = section.parent.as_deref().unwrap_or_default();
        let message = format!("the section `{}` is part of itself, by its parent `{parent}`", section.locator);
        findings.push(Finding::error("unknown-section", message, section.location.clone()));
    }
    findings
}
