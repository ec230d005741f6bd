//! `civigraph check --diff` and `--fix`: what can be mended without asking, shown or written.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;

use super::{Context, Failure, Output};
use crate::marked;
use crate::mend::{self, Mend, Written};
use crate::project::Project;
use crate::source::{table, text};
use crate::values::text::count;

/// What became of the places that can be mended.
#[derive(Debug, Default)]
pub struct Mended {
    /// How many were mended, or would be.
    pub places: usize,
    /// In how many files.
    pub files: usize,
    /// How many are left to people: in workbooks, or written otherwise than they are read.
    pub left: usize,
}

/// Mends the files of a project, or shows how.
///
/// # Errors
/// A file cannot be written.
pub fn run(mends: &[Mend], project: &Project, write: bool, out: &mut dyn Write) -> Result<Mended, Failure> {
    let mut files: BTreeMap<&str, Vec<Mend>> = BTreeMap::new();
    let mut mended = Mended::default();
    for mend in mends {
        files.entry(&mend.location.file).or_default().push(mend.clone());
    }
    for (file, mends) in files {
        let path = project.root.join(file);
        if mends.iter().any(|mend| mend.location.cell.is_some()) {
            workbook(file, &mends, project, write, &mut mended, out)?;
            continue;
        }
        // A file in another encoding would come back in this one.
        let mut bytes = Vec::new();
        let read = text::open(project.door(), &path).is_ok_and(|mut file| file.read_to_end(&mut bytes).is_ok());
        let before = read.then(|| String::from_utf8(bytes).ok()).flatten();
        let written = before.as_ref().and_then(|text| Written::of(file, text.as_bytes(), table::delimiter));
        let (Some(before), Some(written)) = (before, written) else {
            mended.left += mends.len();
            continue;
        };
        // A mark at the beginning counts in no column.
        let (mark, body) = match before.strip_prefix(text::MARK) {
            Some(body) => (text::MARK, body),
            None => ("", before.as_str()),
        };
        let made = mend::mend(body, &mends, written);
        mended.left += made.left;
        if made.places == 0 {
            continue;
        }
        mended.places += made.places;
        mended.files += 1;
        if write {
            let mut whole = Output::open(Some(&path))?;
            whole.writer().write_all(mark.as_bytes())?;
            whole.writer().write_all(made.text.as_bytes())?;
            whole.finish()?;
        } else {
            out.write_all(mend::diff(file, body, &made.text).as_bytes())?;
        }
    }
    Ok(mended)
}

/// Mends the texts of a workbook's cells, or shows how, cell by cell.
fn workbook(file: &str, mends: &[Mend], project: &Project, write: bool, mended: &mut Mended, out: &mut dyn Write) -> Result<(), Failure> {
    let whole = [".xlsx", ".xlsm"].iter().any(|ending| file.to_lowercase().ends_with(ending));
    let mut copy = Vec::new();
    let made = match text::open(project.door(), Path::new(file)) {
        Ok(original) if whole => marked::mend(original, mends, project.limits, Some(&mut copy)).ok(),
        _ => None,
    };
    let Some((changes, left)) = made else {
        mended.left += mends.len();
        return Ok(());
    };
    mended.left += left;
    if changes.is_empty() {
        return Ok(());
    }
    mended.places += mends.len() - left;
    mended.files += 1;
    if write {
        let mut whole = Output::open(Some(&project.root.join(file)))?;
        whole.writer().write_all(&copy)?;
        whole.finish()?;
        return Ok(());
    }
    writeln!(out, "--- {file}\n+++ {file}")?;
    for change in changes {
        writeln!(out, "@@ {} @@", change.cell)?;
        for (sign, text) in [('-', &change.before), ('+', &change.after)] {
            for line in text.split('\n') {
                writeln!(out, "{sign}{line}")?;
            }
        }
    }
    Ok(())
}

/// Says what was mended, or would be.
pub fn say(mended: &Mended, written: bool, context: &Context) {
    let mut words = match (mended.places, written) {
        (0, _) => "nothing can be mended without asking".to_owned(),
        (places, true) => format!("mended {} in {}", count(places, "place", "places"), count(mended.files, "file", "files")),
        (places, false) => {
            format!("{} in {} can be mended; --fix does it", count(places, "place", "places"), count(mended.files, "file", "files"))
        }
    };
    if mended.left > 0 {
        words.push_str(&format!(
            "; {} can be mended by hand only: of workbooks `civigraph check -o FILE.xlsx` makes a marked copy",
            count(mended.left, "more place", "more places")
        ));
    }
    context.say(&words);
}
