//! Text as a drawing sees it: how wide it is in the bundled font, where it breaks, which way it runs, what may stand in XML.
//!
//! Widths are sums of advances, without kerning or shaping. For Latin text that is a hair too wide, for Arabic script a little
//! too wide (joined letters are narrower than lone ones): boxes come out roomy, never too small.

use ttf_parser::Face;

pub use civigraph_values::text::{cell, escape, escape_exactly, is_xml, one_line};

/// How heavy a line of text is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// The body weight.
    Regular,
    /// For titles and headings.
    Bold,
}

/// Measures text in DejaVu Sans and, for characters it lacks, in fonts given beside it.
pub struct Ruler<'f> {
    regular: Face<'static>,
    bold: Face<'static>,
    others: Vec<Face<'f>>,
    ascii: [[f32; 128]; 2],
}

impl<'f> Ruler<'f> {
    /// A ruler for the bundled font and the given font files; data that is no font is passed over.
    pub fn new(fonts: &'f [Vec<u8>]) -> Self {
        let regular = Face::parse(dejavu::sans::regular(), 0).expect("the bundled font is whole");
        let bold = Face::parse(dejavu::sans::bold(), 0).expect("the bundled font is whole");
        let others = fonts.iter().filter_map(|data| Face::parse(data, 0).ok()).collect();
        let mut ruler = Self { regular, bold, others, ascii: [[0.0; 128]; 2] };
        for code in 32..127u8 {
            for weight in [Weight::Regular, Weight::Bold] {
                ruler.ascii[weight as usize][code as usize] = ruler.advance(code as char, weight) as f32;
            }
        }
        ruler
    }

    /// The width of one line of text at a font size, both in pixels.
    pub fn width(&self, text: &str, size: f64, weight: Weight) -> f64 {
        let ems: f64 = text
            .chars()
            .map(|c| match c {
                ' '..='~' => f64::from(self.ascii[weight as usize][c as usize]),
                _ => self.advance(c, weight),
            })
            .sum();
        ems * size
    }

    fn advance(&self, c: char, weight: Weight) -> f64 {
        let own = match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        };
        let own: &Face = own;
        for face in std::iter::once(own).chain(self.others.iter()) {
            if let Some(advance) = face.glyph_index(c).and_then(|g| face.glyph_hor_advance(g)) {
                return f64::from(advance) / f64::from(face.units_per_em().max(1));
            }
        }
        // No face has it: a reader's own font will, and what DejaVu lacks (Han, Hangul, emoji) is a full square wide.
        if is_invisible(c) { 0.0 } else { 1.0 }
    }

    /// Whether the bundled font or one of those given has a character.
    pub fn has(&self, c: char) -> bool {
        is_invisible(c)
            || c.is_whitespace()
            || std::iter::once(&self.regular as &Face).chain(&self.others).any(|face| face.glyph_index(c).is_some())
    }

    /// Breaks text into at most `most` lines no wider than `room`; what does not fit ends in `…`. The flag says whether it was cut.
    pub fn wrap(&self, text: &str, size: f64, weight: Weight, room: f64, most: usize) -> (Vec<String>, bool) {
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        let mut words = text.split_whitespace().flat_map(|word| self.pieces(word, size, weight, room));
        let mut cut = false;
        while let Some(word) = words.next() {
            let longer = if line.is_empty() { word.clone() } else { format!("{line} {word}") };
            if line.is_empty() || self.width(&longer, size, weight) <= room {
                line = longer;
                continue;
            }
            if lines.len() + 1 == most {
                cut = true;
                line = longer;
                let more: Vec<String> = words.by_ref().take(8).collect();
                for word in more {
                    line.push(' ');
                    line.push_str(&word);
                }
                break;
            }
            lines.push(std::mem::replace(&mut line, word));
        }
        if cut {
            line = self.shorten(&format!("{line}…"), size, weight, room);
        }
        if !line.is_empty() {
            lines.push(line);
        }
        (lines, cut)
    }

    /// A word wider than the room is cut into pieces that fit.
    fn pieces(&self, word: &str, size: f64, weight: Weight, room: f64) -> Vec<String> {
        if self.width(word, size, weight) <= room {
            return vec![word.to_owned()];
        }
        let mut pieces = Vec::new();
        let mut piece = String::new();
        let mut width = 0.0;
        for c in word.chars() {
            let advance = self.width(c.encode_utf8(&mut [0; 4]), size, weight);
            if width + advance > room && !piece.is_empty() {
                pieces.push(std::mem::take(&mut piece));
                width = 0.0;
            }
            piece.push(c);
            width += advance;
        }
        if !piece.is_empty() {
            pieces.push(piece);
        }
        pieces
    }

    /// The text if it fits, or as much of its beginning as fits with `…` behind it.
    pub fn shorten(&self, text: &str, size: f64, weight: Weight, room: f64) -> String {
        if self.width(text, size, weight) <= room {
            return text.to_owned();
        }
        let mut left = room - self.width("…", size, weight);
        let mut kept = String::new();
        for c in text.chars() {
            left -= self.width(c.encode_utf8(&mut [0; 4]), size, weight);
            if left < 0.0 {
                break;
            }
            kept.push(c);
        }
        let mut kept = kept.trim_end_matches(|c: char| c.is_whitespace() || c == '…' || c == ',').to_owned();
        kept.push('…');
        kept
    }
}

/// The family name of a font file, without what CSS would read as its own: quotes, backslashes, control characters; none if the data
/// is no font or has no name.
pub fn family(data: &[u8]) -> Option<String> {
    let face = Face::parse(data, 0).ok()?;
    let names = || face.names().into_iter().filter(|name| name.is_unicode());
    let of = |id: u16| names().filter(|name| name.name_id == id).find_map(|name| name.to_string());
    let name = of(ttf_parser::name_id::TYPOGRAPHIC_FAMILY).or_else(|| of(ttf_parser::name_id::FAMILY))?;
    let name: String = name.chars().filter(|c| !c.is_control() && !"'\"\\<>&;{}".contains(*c)).take(80).collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// Whether a text runs from right to left: its first letter of either direction decides.
pub fn is_right_to_left(text: &str) -> bool {
    text.chars()
        .find_map(|c| match c {
            '\u{0590}'..='\u{08FF}'
            | '\u{FB1D}'..='\u{FDFF}'
            | '\u{FE70}'..='\u{FEFF}'
            | '\u{10800}'..='\u{10FFF}'
            | '\u{1E800}'..='\u{1EFFF}' => Some(true),
            _ if c.is_alphabetic() => Some(false),
            _ => None,
        })
        .unwrap_or(false)
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_lines_fit_and_say_when_something_was_cut() {
        let ruler = Ruler::new(&[]);
        let text = "Centre for Agrarian Research and a very long tail of words that goes on";
        let (lines, cut) = ruler.wrap(text, 11.0, Weight::Regular, 90.0, 3);
        assert!(cut && lines.len() == 3 && lines[2].ends_with('…'), "{lines:?}");
        assert!(lines.iter().all(|line| ruler.width(line, 11.0, Weight::Regular) <= 90.0));
        let (lines, cut) = ruler.wrap("short", 11.0, Weight::Regular, 90.0, 3);
        assert_eq!((lines, cut), (vec!["short".to_owned()], false));
    }

    #[test]
    fn a_word_wider_than_the_room_is_broken() {
        let ruler = Ruler::new(&[]);
        let (lines, _) = ruler.wrap(&"x".repeat(500), 11.0, Weight::Regular, 90.0, 3);
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| ruler.width(line, 11.0, Weight::Regular) <= 90.0));
    }

    #[test]
    fn urdu_runs_from_right_to_left_and_has_a_width() {
        assert!(is_right_to_left("(1) مرکز برائے انسانی حقوق"));
        assert!(!is_right_to_left("CFHR مرکز"));
        assert!(Ruler::new(&[]).width("مرکز", 10.0, Weight::Regular) > 10.0);
    }
}
