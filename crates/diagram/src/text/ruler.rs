//! Texts measured, broken into lines and cut to the room there is, by the same shaping that draws them.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use unicode_linebreak::BreakOpportunity;
use unicode_segmentation::UnicodeSegmentation;

use super::Weight;
use super::bidi::{is_right_to_left, levels, seen};
use super::fonts::{Fonts, is_arabic};
use super::line::{Glyph, Run, TextLine};
use super::shape::{Shaper, Word};

/// No line shows more letters than this, and none is looked at beyond when a text is cut.
const MOST_LETTERS: usize = 4_000;

/// Measures texts and sets them in lines, in the bundled fonts and those given beside them.
pub struct Ruler<'f> {
    shaper: Shaper<'f>,
}

/// A text with its direction, its levels, and the places where a line may end.
struct Laid {
    /// Words with one space between them.
    text: String,
    is_rtl: bool,
    levels: Vec<u8>,
    /// The stretches that stay on one line if they fit, without the spaces between them.
    units: Vec<Range<usize>>,
}

impl<'f> Ruler<'f> {
    /// A ruler for the bundled fonts and the given font files; data that is no font is passed over.
    pub fn new(fonts: &'f [Vec<u8>]) -> Self {
        Self::speaking(fonts, "")
    }

    /// A ruler for texts of a language, in which some digits and letters have a form of their own.
    pub fn speaking(fonts: &'f [Vec<u8>], language: &str) -> Self {
        Self { shaper: Shaper::new(Fonts::new(fonts), language) }
    }

    /// The width of one line of text at a font size, both in pixels.
    pub fn width(&self, text: &str, size: f64, weight: Weight) -> f64 {
        let is_rtl = is_right_to_left(text);
        let levels = levels(text, is_rtl);
        self.measured(text, &levels, 0..text.len(), weight) * size
    }

    /// A text on one line.
    pub fn line(&self, text: &str, weight: Weight) -> TextLine {
        self.directed(text, is_right_to_left(text), weight)
    }

    /// A text on one line that runs as another does, of which it is a part or a shortened form.
    pub fn line_like(&self, whole: &str, text: &str, weight: Weight) -> TextLine {
        self.directed(text, is_right_to_left(whole), weight)
    }

    fn directed(&self, text: &str, is_rtl: bool, weight: Weight) -> TextLine {
        let levels = levels(text, is_rtl);
        self.set(text, is_rtl, &levels, 0..text.len(), weight)
    }

    /// Breaks text into at most `most` lines no wider than `room`; what does not fit ends in `…`. The flag says whether it was cut.
    /// Lines run as the whole text does.
    pub fn wrap(&self, text: &str, size: f64, weight: Weight, room: f64, most: usize) -> (Vec<TextLine>, bool) {
        let laid = laid(text);
        let room = room / size;
        let width = |range: Range<usize>| self.measured(&laid.text, &laid.levels, range, weight);
        let mut lines: Vec<Range<usize>> = Vec::new();
        let mut cut = false;
        'units: for unit in &laid.units {
            let pieces = if width(unit.clone()) <= room { vec![unit.clone()] } else { self.pieces(&laid, unit.clone(), room, weight) };
            for piece in pieces {
                let full = lines.len() == most;
                match lines.last_mut() {
                    Some(line) if width(line.start..piece.end) <= room => line.end = piece.end,
                    _ if full => {
                        cut = true;
                        break 'units;
                    }
                    _ => lines.push(piece),
                }
            }
        }
        if !cut {
            let set = lines.into_iter().map(|line| self.set(&laid.text, laid.is_rtl, &laid.levels, line, weight));
            return (set.collect(), false);
        }
        // The last line takes as much of the rest as there is room for, and what is shown is laid out as a whole.
        let begin = lines.pop().map_or(0, |line| line.start);
        let kept = self.kept(&laid.text[begin..], laid.is_rtl, weight, room);
        let shown = format!("{}{kept}…", &laid.text[..begin]);
        let levels = levels(&shown, laid.is_rtl);
        lines.push(begin..shown.len());
        (lines.into_iter().map(|line| self.set(&shown, laid.is_rtl, &levels, line, weight)).collect(), true)
    }

    /// The text if it fits, or as much of its beginning as fits with `…` behind it.
    pub fn shorten(&self, text: &str, size: f64, weight: Weight, room: f64) -> TextLine {
        let line = self.line(text, weight);
        if line.width * size <= room {
            return line;
        }
        let kept = self.kept(text, line.is_rtl, weight, room / size);
        self.directed(&format!("{kept}…"), line.is_rtl, weight)
    }

    /// As much of a text's beginning as has room before `…`.
    fn kept<'t>(&self, text: &'t str, is_rtl: bool, weight: Weight, room: f64) -> &'t str {
        let ends: Vec<usize> = text.grapheme_indices(true).map(|(at, part)| at + part.len()).take(MOST_LETTERS).collect();
        let trimmed = |end: usize| text[..end].trim_end_matches(|c: char| c.is_whitespace() || c == '…' || c == ',');
        let fits = |end: usize| {
            let shown = format!("{}…", trimmed(end));
            self.measured(&shown, &levels(&shown, is_rtl), 0..shown.len(), weight) <= room
        };
        trimmed(ends.partition_point(|&end| fits(end)).checked_sub(1).map_or(0, |last| ends[last]))
    }

    /// A unit wider than the room in pieces that fit: where a line may end in it, else between letters.
    fn pieces(&self, laid: &Laid, unit: Range<usize>, room: f64, weight: Weight) -> Vec<Range<usize>> {
        let part = &laid.text[unit.clone()];
        let may = unicode_linebreak::linebreaks(part).filter(|(_, kind)| *kind == BreakOpportunity::Allowed);
        let good: BTreeSet<usize> = may.map(|(at, _)| unit.start + at).filter(|&at| at < unit.end).collect();
        let ends: Vec<usize> = part.grapheme_indices(true).map(|(at, letter)| unit.start + at + letter.len()).collect();
        let width = |range: Range<usize>| self.measured(&laid.text, &laid.levels, range, weight);
        let (mut pieces, mut start, mut from) = (Vec::new(), unit.start, 0);
        while start < unit.end {
            // No line has room for more letters than this, so that a word without end costs no more than its length.
            let near = &ends[from..ends.len().min(from + (room * 8.0).clamp(1.0, MOST_LETTERS as f64) as usize)];
            let fitting = near.partition_point(|&end| width(start..end) <= room).max(1);
            let all = near[fitting - 1];
            let end = if all == unit.end { all } else { good.range(start + 1..=all).next_back().copied().unwrap_or(all) };
            pieces.push(start..end);
            from += near.partition_point(|&at| at <= end);
            start = end;
        }
        pieces
    }

    /// The stretches of a range between spaces that have one level, each with the glyphs it is shown by.
    fn words(&self, text: &str, levels: &[u8], range: Range<usize>, weight: Weight) -> Vec<(Range<usize>, u8, Arc<Word>)> {
        let mut words: Vec<(Range<usize>, u8)> = Vec::new();
        let mut spaced = true;
        for (at, c) in text[range.clone()].char_indices() {
            let (start, level) = (range.start + at, levels[range.start + at]);
            let end = start + c.len_utf8();
            let space = c == ' ';
            match words.last_mut() {
                Some((word, of)) if *of == level && !space && !spaced => word.end = end,
                _ => words.push((start..end, level)),
            }
            spaced = space;
        }
        words
            .into_iter()
            .map(|(range, level)| {
                let is_rtl = level % 2 == 1;
                let word = if &text[range.clone()] == " " {
                    let beside = [text[..range.start].chars().next_back(), text[range.end..].chars().next()];
                    self.shaper.space(is_rtl, beside.into_iter().all(|c| c.is_some_and(is_arabic)), weight)
                } else {
                    self.shaper.word(&text[range.clone()], is_rtl, weight)
                };
                (range, level, word)
            })
            .collect()
    }

    /// How wide a range of a text is, in ems.
    fn measured(&self, text: &str, levels: &[u8], range: Range<usize>, weight: Weight) -> f64 {
        self.words(text, levels, range, weight).iter().map(|(.., word)| word.width).sum()
    }

    /// A range of a text as a line.
    fn set(&self, text: &str, is_rtl: bool, levels: &[u8], range: Range<usize>, weight: Weight) -> TextLine {
        let words = self.words(text, levels, range.clone(), weight);
        let mut line = TextLine { text: text[range.clone()].to_owned(), is_rtl, ..TextLine::default() };
        let order = seen(&words.iter().map(|(_, level, _)| *level).collect::<Vec<_>>());
        for (place, level, word) in order.into_iter().filter_map(|at| words.get(at)) {
            let start = place.start - range.start;
            for part in &word.parts {
                let glyphs =
                    part.glyphs.iter().map(|glyph| Glyph { text: start + glyph.text.start..start + glyph.text.end, ..glyph.clone() });
                match line.runs.last_mut() {
                    Some(run) if run.face == part.face && run.level == *level => run.glyphs.extend(glyphs),
                    _ => line.runs.push(Run { text: 0..0, level: *level, face: part.face, x: line.width, glyphs: glyphs.collect() }),
                }
                line.width += part.glyphs.iter().map(|glyph| glyph.advance).sum::<f64>();
            }
        }
        for run in &mut line.runs {
            let start = run.glyphs.iter().map(|glyph| glyph.text.start).min().unwrap_or_default();
            let end = run.glyphs.iter().map(|glyph| glyph.text.end).max().unwrap_or_default();
            run.text = start..end;
        }
        line
    }
}

/// A text with one space between words, its direction, its levels, and its units.
fn laid(text: &str) -> Laid {
    // Spaces that hold words together are kept.
    let breaks = |c: char| c.is_whitespace() && !matches!(c, '\u{A0}' | '\u{2007}' | '\u{202F}');
    let text = text.split(breaks).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let is_rtl = is_right_to_left(&text);
    let levels = levels(&text, is_rtl);
    let mut units = Vec::new();
    let mut start = 0;
    for word in text.split(' ') {
        let end = start + word.len();
        if word.is_ascii() {
            units.push(start..end);
        } else {
            // Between words that are written without spaces a line may end; hyphens and slashes part a name only where it must be.
            let mut from = start;
            for (at, _) in unicode_linebreak::linebreaks(word).filter(|(at, _)| *at < word.len()) {
                let around = [word[..at].chars().next_back(), word[at..].chars().next()];
                if around.into_iter().flatten().any(is_unspaced) {
                    units.push(from..start + at);
                    from = start + at;
                }
            }
            units.push(from..end);
        }
        start = end + 1;
    }
    units.retain(|unit| !unit.is_empty());
    Laid { text, is_rtl, levels, units }
}

/// Whether a letter is of a script that puts no spaces between words, or is a space without width.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{2E80}'..='\u{A4CF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: &[TextLine]) -> Vec<&str> {
        lines.iter().map(|line| line.text.as_str()).collect()
    }

    #[test]
    fn wrapped_lines_fit_and_say_when_something_was_cut() {
        let ruler = Ruler::new(&[]);
        for text in [
            "Centre for Agrarian Research and a very long tail of words that goes on",
            "مرکز برائے انسانی حقوق (CAR) اور قانون کی حکمرانی کے لیے کام کرنے والے بہت سے لوگ",
        ] {
            let (lines, cut) = ruler.wrap(text, 11.0, Weight::Regular, 90.0, 3);
            assert!(cut && lines.len() == 3 && lines[2].text.ends_with('…'), "{lines:?}");
            assert!(lines.iter().all(|line| line.width * 11.0 <= 90.0));
            assert!(lines.iter().all(|line| (line.width * 11.0 - ruler.width(&line.text, 11.0, Weight::Regular)).abs() < 1e-9));
        }
        let (lines, cut) = ruler.wrap("short", 11.0, Weight::Regular, 90.0, 3);
        assert_eq!((texts(&lines), cut), (vec!["short"], false));
    }

    #[test]
    fn a_word_wider_than_the_room_is_broken_where_a_line_may_end_or_between_letters() {
        let ruler = Ruler::new(&[]);
        let wrap = |text: &str| ruler.wrap(text, 11.0, Weight::Regular, 90.0, 9).0;
        let lines = wrap(&"x".repeat(500));
        assert_eq!(lines.len(), 9);
        assert!(lines.iter().all(|line| line.width * 11.0 <= 90.0));
        assert_eq!(texts(&wrap("Craft-Apprenticeship-Circle")), ["Craft-", "Apprenticeship-", "Circle"]);
        assert_eq!(wrap("ก".repeat(60).as_str()).iter().map(|line| line.text.chars().count()).sum::<usize>(), 60);
    }

    #[test]
    fn every_line_runs_as_the_whole_text_does() {
        let ruler = Ruler::new(&[]);
        let (lines, _) = ruler.wrap("پاکستان میں Civil Society Alliance Pakistan (CSA) کے ارکان", 11.0, Weight::Regular, 90.0, 9);
        assert!(lines.len() > 2 && lines.iter().all(|line| line.is_rtl), "{lines:?}");
        let (lines, _) = ruler.wrap("CAR مرکز برائے انسانی حقوق اور قانون کی حکمرانی", 11.0, Weight::Regular, 90.0, 9);
        assert!(lines.len() > 2 && lines.iter().all(|line| !line.is_rtl));
    }

    #[test]
    fn glyphs_stand_in_the_order_they_are_seen() {
        let ruler = Ruler::new(&[]);
        let line = ruler.line("انجمن CSA (پاکستان).", Weight::Regular);
        // A letter may be several glyphs: its body and its dots.
        let mut letters: Vec<_> = line.runs.iter().flat_map(|run| &run.glyphs).map(|glyph| glyph.text.clone()).collect();
        letters.dedup();
        let seen: String = letters.into_iter().filter_map(|letter| line.text.get(letter)).collect();
        assert_eq!(seen, ".)ناتسکاپ( CSA نمجنا");
        assert!(line.lacking().next().is_none());
    }
}
