//! A workbook as it came, with what is wrong in it: bad cells coloured, a comment at each, and a sheet of findings that leads to them.
//!
//! The workbook is not read and written anew, because whatever a library does not know of it would be lost (pictures, charts, pivot tables,
//! conditional formats). Its archive is copied part by part; into the few parts that change, only what is new is put in. Why so:
//! docs/decisions/workbooks-marked.md.

use std::collections::{BTreeMap, HashSet};
use std::io::{Cursor, Read, Seek, Write};

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::finding::{Finding, Severity};
use crate::limits::Limits;
use crate::source::workbook::within_limits;

mod comments;
mod list;
mod mended;
mod sheet;
mod styles;
mod xml;

pub use mended::{Change, mend};
use xml::{Tag, attribute, escaped, tags};

/// So many cells of a workbook are marked; the sheet of findings says how many there are.
const MARKED: usize = 20_000;
/// The largest part that is changed, unpacked.
const PART_LIMIT: u64 = 256 << 20;
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// What is wrong with one cell.
#[derive(Debug, Clone)]
struct Mark {
    severity: Severity,
    text: String,
}

/// The marks of a sheet by row and column, both from 0.
type Marks = BTreeMap<(u32, u32), Mark>;

/// Writes the copy of a workbook. `findings` are those of the whole project: those of cells of `file` are marked in it, all are listed.
///
/// # Errors
/// The workbook cannot be copied, or not be written; in words.
pub fn write<'f>(
    mut original: impl Read + Seek,
    file: &str,
    findings: impl Iterator<Item = &'f Finding> + Clone,
    limits: Limits,
    out: &mut dyn Write,
) -> Result<(), String> {
    let mut book = open_book(&mut original, limits)?;
    let main = book.main()?;
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let beside = rels(&main);
    let relations = book.text(&beside)?;
    let targets = targets(&relations, &folder)?;
    let mut workbook = book.text(&main)?;
    let sheets = sheets(&workbook, &targets)?;
    let marks = gather(file, findings.clone());
    let mut looks = styles::Styles::read(book.text(&targets.of_type("/styles").ok_or("the workbook has no styles")?)?)?;
    let mut comments = 0;
    let mut types = book.text("[Content_Types].xml")?;
    for (name, part) in &sheets {
        let Some(marks) = marks.get(name) else { continue };
        let text = book.text(part)?;
        let text = sheet::marked(&text, marks, &mut looks)?;
        comments += 1;
        let text = comments::add(&mut book, part, text, marks, comments, &mut types)?;
        book.changed.insert(part.clone(), text);
    }
    let taken: HashSet<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    let title = (1..).map(|number| if number == 1 { "Findings".to_owned() } else { format!("Findings {number}") });
    let title = title.into_iter().find(|title| !taken.contains(title.as_str())).unwrap_or_default();
    let part = format!("{}worksheets/civigraph-findings.xml", if folder.is_empty() { String::new() } else { format!("{folder}/") });
    book.changed.insert(part.clone(), list::sheet(file, findings, &marks, &mut looks));
    types = xml::before_end(
        &types,
        &format!(
            "<Override PartName=\"/{part}\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
        ),
    )?;
    // Who opens the copy wants to read it; the programs that came with it stay with the original.
    if types.contains("macroEnabled") {
        types = types.replace(
            "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        );
        book.dropped.extend(targets.of_type("/vbaProject"));
    }
    let relation = format!("<Relationship Id=\"rIdCivigraph\" Type=\"{RELATIONS}/worksheet\" Target=\"/{part}\"/>");
    let relations = xml::before_end(
        &xml::without(&relations, |tag| attribute(tag, "Type").is_some_and(|kind| kind.ends_with("/vbaProject")))?,
        &relation,
    )?;
    book.changed.insert(beside, relations);
    workbook = with_sheet(&workbook, &title)?;
    book.changed.insert(main, workbook);
    book.changed.insert(targets.of_type("/styles").ok_or("the workbook has no styles")?, looks.finish());
    book.changed.insert("[Content_Types].xml".to_owned(), types);
    book.write(out)
}

/// Opens a workbook to be copied.
fn open_book<R: Read + Seek>(mut original: R, limits: Limits) -> Result<Book<R>, String> {
    within_limits(&mut original, limits, "workbook (.xlsx)").map_err(|(message, _)| message)?;
    let archive = ZipArchive::new(original).map_err(|error| format!("the workbook is damaged: {error}"))?;
    Ok(Book { archive, changed: BTreeMap::new(), dropped: HashSet::new() })
}

/// What is wrong with each cell, by sheet.
fn gather<'f>(file: &str, findings: impl Iterator<Item = &'f Finding>) -> BTreeMap<String, Marks> {
    let mut marks: BTreeMap<String, Marks> = BTreeMap::new();
    for finding in findings.filter(|finding| *finding.location.file == *file).take(MARKED) {
        let Some(sheet) = finding.location.cell.as_ref().and_then(|cell| sheet_of(cell)) else { continue };
        let place = (finding.location.line.saturating_sub(1), finding.location.column.saturating_sub(1));
        let text = list::words(finding);
        let known = marks.entry(sheet).or_default().entry(place);
        let mark = known.and_modify(|known| {
            known.severity = known.severity.max(finding.severity);
            if known.text.len() < 4000 {
                known.text.push_str("\n\n");
                known.text.push_str(&text);
            }
        });
        mark.or_insert_with(|| Mark { severity: finding.severity, text });
    }
    marks
}

/// The sheet that a cell's name begins with, without its quotes.
fn sheet_of(cell: &str) -> Option<String> {
    let (sheet, _) = cell.rsplit_once('!')?;
    let quoted = sheet.strip_prefix('\'').and_then(|sheet| sheet.strip_suffix('\''));
    Some(quoted.map_or_else(|| sheet.to_owned(), |sheet| sheet.replace("''", "'")))
}

/// An archive that is copied, with the parts that change.
struct Book<R: Read + Seek> {
    archive: ZipArchive<R>,
    changed: BTreeMap<String, String>,
    dropped: HashSet<String>,
}

impl<R: Read + Seek> Book<R> {
    /// A part as text, as it has become so far.
    fn text(&mut self, name: &str) -> Result<String, String> {
        if let Some(text) = self.changed.get(name) {
            return Ok(text.clone());
        }
        let mut part = self.archive.by_name(name).map_err(|error| format!("the workbook is damaged: {name}: {error}"))?;
        let mut bytes = Vec::new();
        (&mut part).take(PART_LIMIT + 1).read_to_end(&mut bytes).map_err(|error| format!("the workbook is damaged: {error}"))?;
        if bytes.len() as u64 > PART_LIMIT {
            return Err(format!("{name} is larger than {} MiB", PART_LIMIT >> 20));
        }
        let text = String::from_utf8(bytes).map_err(|_| format!("{name} is not UTF-8"))?;
        Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
    }

    fn has(&self, name: &str) -> bool {
        self.changed.contains_key(name) || self.archive.index_for_name(name).is_some()
    }

    /// The name of the part that lists the sheets.
    fn main(&mut self) -> Result<String, String> {
        let text = self.text("_rels/.rels")?;
        targets(&text, "")?
            .of_type("/officeDocument")
            .ok_or_else(|| "the workbook is damaged: nothing says where its sheets are".to_owned())
    }

    fn write(mut self, out: &mut dyn Write) -> Result<(), String> {
        let damaged = |error: zip::result::ZipError| format!("the workbook cannot be copied: {error}");
        // Built in memory: whoever takes it may not be able to go back.
        let mut whole = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
        for index in 0..self.archive.len() {
            let part = self.archive.by_index_raw(index).map_err(damaged)?;
            let name = part.name().map_err(damaged)?.into_owned();
            if self.dropped.contains(&name) {
                continue;
            }
            match self.changed.remove(&name) {
                None => whole.raw_copy_file(part).map_err(damaged)?,
                Some(text) => {
                    drop(part);
                    whole.start_file(&name, options).map_err(damaged)?;
                    whole.write_all(text.as_bytes()).map_err(|error| error.to_string())?;
                }
            }
        }
        for (name, text) in self.changed {
            whole.start_file(&name, options).map_err(damaged)?;
            whole.write_all(text.as_bytes()).map_err(|error| error.to_string())?;
        }
        let whole = whole.finish().map_err(damaged)?;
        out.write_all(whole.get_ref()).map_err(|error| error.to_string())
    }
}

/// Where relations lead, by their ids.
struct Targets(Vec<(String, String, String)>);

impl Targets {
    fn of_type(&self, ending: &str) -> Option<String> {
        self.0.iter().find(|(_, kind, _)| kind.ends_with(ending)).map(|(.., target)| target.clone())
    }

    fn of_id(&self, id: &str) -> Option<String> {
        self.0.iter().find(|(known, ..)| known == id).map(|(.., target)| target.clone())
    }
}

fn targets(text: &str, folder: &str) -> Result<Targets, String> {
    let mut found = Vec::new();
    for tag in tags(text)?.iter().filter(|tag| tag.local == "Relationship") {
        let (Some(id), Some(kind), Some(target)) = (attribute(tag, "Id"), attribute(tag, "Type"), attribute(tag, "Target")) else {
            continue;
        };
        let target = match target.strip_prefix('/') {
            Some(whole) => whole.to_owned(),
            None => joined(folder, &target),
        };
        found.push((id, kind, target));
    }
    Ok(Targets(found))
}

/// A relative path from a folder.
fn joined(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            ".." => _ = parts.pop(),
            "." | "" => {}
            other => parts.push(other),
        }
    }
    parts.join("/")
}

/// The part that says where a part's relations lead.
fn rels(part: &str) -> String {
    match part.rsplit_once('/') {
        Some((folder, name)) => format!("{folder}/_rels/{name}.rels"),
        None => format!("_rels/{part}.rels"),
    }
}

/// The sheets with their parts.
fn sheets(workbook: &str, targets: &Targets) -> Result<Vec<(String, String)>, String> {
    let tags = tags(workbook)?;
    let listed = tags.iter().filter(|tag| tag.local == "sheet");
    Ok(listed
        .filter_map(|tag| {
            let id = tag.attributes().into_iter().find(|(name, _)| name.ends_with(":id"))?.1;
            Some((attribute(tag, "name")?, targets.of_id(&id)?))
        })
        .collect())
}

/// The list of sheets with one more.
fn with_sheet(workbook: &str, title: &str) -> Result<String, String> {
    let tags = tags(workbook)?;
    let ids = tags.iter().filter(|tag| tag.local == "sheet").filter_map(|tag| attribute(tag, "sheetId")?.parse::<u32>().ok());
    let id = ids.max().unwrap_or(0) + 1;
    let end = tags.iter().find(|tag| tag.local == "sheets" && tag.is_close()).ok_or("the workbook is damaged: it lists no sheets")?;
    let prefix = end.prefix();
    let sheet = format!("<{prefix}sheet name=\"{}\" sheetId=\"{id}\" xmlns:cgr=\"{RELATIONS}\" cgr:id=\"rIdCivigraph\"/>", escaped(title));
    Ok(xml::insert(workbook, &[(end.range.start, sheet)]))
}

/// How what is between tags is shown in the words of a finding.
fn severity(severity: Severity) -> usize {
    match severity {
        Severity::Error => 0,
        Severity::Warning => 1,
        Severity::Info => 2,
    }
}

/// Whether a tag opens, of an element with or without content.
fn opens(tag: &Tag<'_>, local: &str) -> bool {
    tag.local == local && !tag.is_close()
}
