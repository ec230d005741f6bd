//! The faces texts are measured and drawn in: those in the binary, then those given.
//!
//! DejaVu Sans has Latin with all its marks, Greek, Cyrillic, Hebrew, Armenian and Georgian; Noto Sans Arabic has Arabic script in
//! all its languages. Nothing is looked for on the machine here, so that a picture is the same everywhere.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use rustybuzz::Face;
use unicode_script::{Script, UnicodeScript};

use super::Weight;

/// The family of what is neither Arabic script nor found in a font given.
pub const FAMILY: &str = "DejaVu Sans";
/// The family of Arabic script.
pub const ARABIC_FAMILY: &str = "Noto Sans Arabic";

/// How many faces are in the binary: two families, regular and bold.
const BUNDLED: usize = 4;

static DATA: LazyLock<[&'static [u8]; BUNDLED]> = LazyLock::new(|| {
    [
        dejavu::sans::regular(),
        dejavu::sans::bold(),
        include_bytes!("../../fonts/NotoSansArabic-Regular.ttf"),
        include_bytes!("../../fonts/NotoSansArabic-Bold.ttf"),
    ]
});

static FACES: LazyLock<[Face<'static>; BUNDLED]> =
    LazyLock::new(|| DATA.map(|data| Face::from_slice(data, 0).expect("the bundled fonts are whole")));

/// The faces, by number.
pub(crate) struct Fonts<'f> {
    given: Vec<(&'f [u8], Option<Face<'f>>)>,
}

impl<'f> Fonts<'f> {
    /// The bundled faces and the given font files; data that is no font is passed over, but keeps its number.
    pub(crate) fn new(given: &'f [Vec<u8>]) -> Self {
        Self { given: given.iter().map(|data| (data.as_slice(), Face::from_slice(data, 0))).collect() }
    }

    /// The face of a number.
    pub(crate) fn face(&self, number: usize) -> Option<&Face<'f>> {
        match number.checked_sub(BUNDLED) {
            None => Some(&FACES[number]),
            Some(given) => self.given.get(given)?.1.as_ref(),
        }
    }

    /// The font file of a number.
    #[cfg(feature = "pdf")]
    pub(crate) fn data(&self, number: usize) -> Option<&'f [u8]> {
        match number.checked_sub(BUNDLED) {
            None => Some(DATA[number]),
            Some(given) => self.given.get(given).map(|(data, _)| *data),
        }
    }

    /// A glyph of a face that shows nothing and takes no room.
    #[cfg(feature = "pdf")]
    pub(crate) fn blank(&self, number: usize) -> Option<u16> {
        let face = self.face(number)?;
        let joiners = ['\u{200C}', '\u{200B}', '\u{200D}'].into_iter().filter_map(|c| face.glyph_index(c));
        let mut blank = joiners.filter(|&glyph| face.glyph_hor_advance(glyph) == Some(0) && face.glyph_bounding_box(glyph).is_none());
        blank.next().map(|glyph| glyph.0)
    }

    /// How many faces there are.
    #[cfg(feature = "pdf")]
    pub(crate) fn count(&self) -> usize {
        BUNDLED + self.given.len()
    }

    /// The faces in which a letter is looked for, the wanted one first. A font that was given stands before the bundled one in Arabic
    /// script, which is written in many hands; elsewhere it has what the bundled font lacks.
    pub(super) fn order(&self, is_arabic: bool, weight: Weight) -> Vec<usize> {
        let (first, second) = if weight == Weight::Bold { (1, 0) } else { (0, 1) };
        let given = BUNDLED..BUNDLED + self.given.len();
        let (main, arabic) = ([first, second], [first + 2, second + 2]);
        if is_arabic { given.chain(arabic).chain(main).collect() } else { main.into_iter().chain(given).chain(arabic).collect() }
    }

    /// Whether a face has a letter that can be drawn: pictures in colours, without outlines, cannot.
    pub(super) fn has(&self, number: usize, c: char) -> bool {
        let Some(face) = self.face(number) else { return false };
        let Some(glyph) = face.glyph_index(c).filter(|glyph| glyph.0 != 0) else { return false };
        number < BUNDLED || c.is_whitespace() || is_invisible(c) || is_outlined(face, glyph)
    }
}

/// Whether a glyph is drawn by its outline. What a font with outlines leaves blank is meant to be blank.
fn is_outlined(face: &rustybuzz::ttf_parser::Face, glyph: rustybuzz::ttf_parser::GlyphId) -> bool {
    let tables = face.tables();
    let coloured = tables.cbdt.is_some() || tables.sbix.is_some() || tables.colr.is_some() || tables.svg.is_some();
    let outlines = tables.glyf.is_some() || tables.cff.is_some();
    face.outline_glyph(glyph, &mut Nothing).is_some() || (outlines && !coloured)
}

/// Which of some letters a font file draws.
pub fn drawable(data: &[u8], letters: &BTreeSet<char>) -> BTreeSet<char> {
    let Ok(face) = rustybuzz::ttf_parser::Face::parse(data, 0) else { return BTreeSet::new() };
    let has = |c: char| face.glyph_index(c).filter(|glyph| glyph.0 != 0).is_some_and(|glyph| is_outlined(&face, glyph));
    letters.iter().copied().filter(|&c| has(c)).collect()
}

/// The names of the scripts that letters are of, sorted; what belongs to no script or to all is left out.
pub fn scripts(letters: &BTreeSet<char>) -> Vec<&'static str> {
    let scripts: BTreeSet<&str> = letters
        .iter()
        .map(|c| c.script())
        .filter(|script| !matches!(script, Script::Common | Script::Inherited | Script::Unknown))
        .map(|script| script.full_name())
        .collect();
    scripts.into_iter().collect()
}

struct Nothing;

impl rustybuzz::ttf_parser::OutlineBuilder for Nothing {
    fn move_to(&mut self, _: f32, _: f32) {}
    fn line_to(&mut self, _: f32, _: f32) {}
    fn quad_to(&mut self, _: f32, _: f32, _: f32, _: f32) {}
    fn curve_to(&mut self, _: f32, _: f32, _: f32, _: f32, _: f32, _: f32) {}
    fn close(&mut self) {}
}

/// Whether a letter, digit or sign is one of Arabic script.
pub(super) fn is_arabic(c: char) -> bool {
    matches!(c, '\u{0600}'..='\u{06FF}') || (!c.is_ascii() && c.script() == Script::Arabic)
}

/// Whether a sign is never seen: joiners, marks of direction, selectors of variants.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}')
        || matches!(c, '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}

/// The family name of a font file, without what CSS would read as its own: quotes, backslashes, control characters; none if the data
/// is no font or has no name.
pub fn family(data: &[u8]) -> Option<String> {
    use rustybuzz::ttf_parser::name_id;
    let face = rustybuzz::ttf_parser::Face::parse(data, 0).ok()?;
    let names = || face.names().into_iter().filter(|name| name.is_unicode());
    let of = |id: u16| names().filter(|name| name.name_id == id).find_map(|name| name.to_string());
    let name = of(name_id::TYPOGRAPHIC_FAMILY).or_else(|| of(name_id::FAMILY))?;
    let name: String = name.chars().filter(|c| !c.is_control() && !"'\"\\<>&;{}".contains(*c)).take(80).collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}
