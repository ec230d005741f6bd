//! Letters that the bundled fonts lack: fonts of this machine are taken for them, and it is said which letters and which fonts.
//!
//! Only pictures whose letters are drawn here take them, and only where a letter would be a box otherwise: whatever the bundled fonts
//! and those given have is the same on every machine, byte for byte. The decision is in docs/decisions/scripts.md.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::diagram::{self, DiagramError, Format, Graph, Options, Scene, Style};
use crate::door::Door;
use crate::limits::{Limit, Limits};

/// So many fonts are taken at most; a page with letters of more scripts says which are missing.
const MOST_FONTS: usize = 8;
/// So many letters are told.
const TOLD: usize = 12;

/// A scene and what must be said about its letters.
pub struct Lettered {
    /// The scene.
    pub scene: Scene,
    /// How it was laid out: as asked, with the fonts that were found.
    pub options: Options,
    /// Which letters are drawn in fonts of this machine.
    pub found: Vec<String>,
    /// Which letters no font has.
    pub missing: Option<String>,
}

/// What to do about letters that no font has.
pub const HELP: &str = "install a font that has them, or give one: `civigraph diagram … --font FILE`";

/// Lays a graph out in the fonts asked for, with fonts of the machine for letters that they lack.
pub fn lay_out(graph: &Graph, style: &Style, options: Options, format: Format) -> Result<Lettered, DiagramError> {
    let scene = diagram::lay_out(graph, style, &options)?;
    let mut lettered = Lettered { scene, options, found: Vec::new(), missing: None };
    // The other formats are drawn with the fonts of whoever reads them.
    if !matches!(format, Format::Png | Format::Pdf) {
        return Ok(lettered);
    }
    let lacking = diagram::lacking(&lettered.scene);
    if lacking.is_empty() {
        return Ok(lettered);
    }
    let fonts = installed(&lacking);
    for (font, letters) in &fonts {
        let name = diagram::text::family(&font.data).unwrap_or_else(|| "a font without a name".to_owned());
        lettered.found.push(format!(
            "{} not in the bundled fonts, drawn in {name} of this machine:{}; to have the same picture everywhere: --font {}",
            counted(letters),
            listed(letters),
            font.path.display()
        ));
    }
    if !fonts.is_empty() {
        lettered.options.fonts.extend(fonts.into_iter().map(|(font, _)| font.data));
        lettered.scene = diagram::lay_out(graph, style, &lettered.options)?;
    }
    let missing = diagram::lacking(&lettered.scene);
    lettered.missing = (!missing.is_empty()).then(|| format!("{} in no font here, shown as boxes:{}", counted(&missing), listed(&missing)));
    Ok(lettered)
}

/// "3 letters (Devanagari)".
fn counted(letters: &BTreeSet<char>) -> String {
    let scripts = diagram::text::scripts(letters);
    let scripts = if scripts.is_empty() { String::new() } else { format!(" ({})", scripts.join(", ")) };
    format!("{} letter{}{scripts}", letters.len(), if letters.len() == 1 { "" } else { "s" })
}

/// Some letters, each by itself: a mark that stands on nothing is told by its number alone.
fn listed(letters: &BTreeSet<char>) -> String {
    let told = letters.iter().take(TOLD).map(|&c| {
        let code = format!("U+{:04X}", u32::from(c));
        if c.is_alphanumeric() { format!(" {c} {code}") } else { format!(" {code}") }
    });
    let told: Vec<String> = told.collect();
    format!("{}{}", told.join(","), if letters.len() > TOLD { " …" } else { "" })
}

/// A font file of this machine.
struct Font {
    path: PathBuf,
    data: Vec<u8>,
}

/// The fewest fonts of the machine that have the letters, each with those it is taken for.
fn installed(letters: &BTreeSet<char>) -> Vec<(Font, BTreeSet<char>)> {
    let mut all = fontdb::Database::new();
    all.load_system_fonts();
    // In the order of their paths, whatever order the folders were read in; upright and of middling weight before the others.
    let mut faces: Vec<_> = all
        .faces()
        .filter(|face| face.index == 0)
        .filter_map(|face| {
            let (fontdb::Source::File(path) | fontdb::Source::SharedFile(path, _)) = &face.source else { return None };
            let plain = face.style == fontdb::Style::Normal && face.stretch == fontdb::Stretch::Normal && !face.monospaced;
            Some(((!plain, face.weight.0.abs_diff(400), path.clone()), face.id))
        })
        .collect();
    faces.sort();
    let covered: Vec<(PathBuf, BTreeSet<char>)> = faces
        .into_iter()
        .filter_map(|((.., path), id)| {
            let has = all.with_face_data(id, |data, _| diagram::text::drawable(data, letters))?;
            (!has.is_empty()).then_some((path, has))
        })
        .collect();
    let mut left = letters.clone();
    let mut taken = Vec::new();
    while taken.len() < MOST_FONTS {
        let gain = |(_, has): &&(PathBuf, BTreeSet<char>)| has.intersection(&left).count();
        // Of equals the first.
        let Some((path, has)) = covered.iter().rev().max_by_key(gain).filter(|font| gain(font) > 0) else { break };
        let letters: BTreeSet<char> = has.intersection(&left).copied().collect();
        left.retain(|c| !letters.contains(c));
        if let Some(data) = read(path) {
            taken.push((Font { path: path.clone(), data }, letters));
        }
    }
    taken
}

/// A font file that is still there, and no larger than files may be.
fn read(path: &Path) -> Option<Vec<u8>> {
    Door::named(Limits::default()).read(path, Limit::Text).ok()
}
