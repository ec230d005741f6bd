//! The readers there are, and which of them takes a file: by how its name ends, else by how it begins. One reader more is
//! one file and one line here.

use std::io::BufRead;

use super::reader::{Input, Reader};
use super::{Sink, csvw, documents, rdf, sheet, spreadsheet, text, workbook};
use crate::finding::Finding;
use crate::location::Location;
use crate::nearest::nearest;

/// All readers.
pub static READERS: &[&dyn Reader] = &[
    &documents::Yaml,
    &documents::Json,
    &documents::Lines,
    &documents::Xml,
    &csvw::Described,
    &sheet::Separated,
    &workbook::Streamed,
    &spreadsheet::Whole,
    &rdf::Triples,
    &rdf::Nested,
];

/// Documents and pictures that people keep beside what was read from them.
const BESIDE: &[&str] =
    &["pdf", "doc", "docx", "odt", "rtf", "txt", "html", "htm", "eml", "png", "jpg", "jpeg", "gif", "svg", "webp", "pptx", "odp"];

/// The reader of files of such a name.
pub fn for_name(name: &str) -> Option<&'static dyn Reader> {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
    READERS.iter().copied().find(|reader| reader.endings().contains(&ending.as_str()))
}

/// Reads a file with the reader that its name asks for, or its first bytes.
///
/// # Errors
/// A finding: there is no reader for it, or it could not be read to its end.
pub fn read(input: &Input<'_>, sink: &mut dyn Sink) -> Result<(), Finding> {
    let asked = input.settings().and_then(|(settings, _)| settings.reader.clone());
    let asked = match asked {
        Some(name) => Some(READERS.iter().copied().find(|reader| reader.format() == Some(&name)).ok_or_else(|| {
            let near = nearest(&name, READERS.iter().filter_map(|reader| reader.format()).map(str::to_owned));
            let message = format!("{}: no reader is called `{name}`", input.name);
            let place = input.source.location.clone();
            Finding::error("unreadable-setting", message, place).hint(near.map(|near| format!("did you mean `{near}`?")))
        })?),
        None => None,
    };
    let reader = asked.or_else(|| for_name(input.name)).or_else(|| {
        let mut file = text::open(input.door, input.path).ok()?;
        let start = file.fill_buf().ok()?;
        READERS.iter().copied().find(|reader| reader.knows(start))
    });
    if let Some(reader) = reader {
        return reader.read(input, sink);
    }
    let ending = input.name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let message = match ending {
        "" => "nothing says how this file is to be read: its name has no ending".to_owned(),
        ending => format!("no reader for `.{ending}`: the file is left out"),
    };
    let place = Location::file(input.file);
    let is_beside = BESIDE.contains(&ending.to_lowercase().as_str());
    let finding =
        if is_beside { Finding::warning("unreadable-file", message, place) } else { Finding::error("unreadable-file", message, place) };
    let or = if is_beside { String::new() } else { format!(", or say skip = true under [tables.\"{}\"]", input.name) };
    Err(finding.hint(Some(format!("tables (csv, tsv, xlsx, ods), yaml, json, ndjson, xml and RDF are read; notes go into .md files{or}"))))
}
