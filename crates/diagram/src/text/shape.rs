//! Words into glyphs: which face shows each letter, and what the face makes of the word.
//!
//! What is shaped is a word within a stretch of one direction, because nothing joins or kerns across a space; words are remembered,
//! since a page measures the same ones again and again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rustybuzz::{Direction, Language, UnicodeBuffer};
use unicode_script::{Script, UnicodeScript};
use unicode_segmentation::UnicodeSegmentation;

use super::Weight;
use super::fonts::{Fonts, is_arabic, is_invisible};
use super::line::Glyph;

/// A word as it is drawn: stretches of one face from left to right, and how wide they are together.
#[derive(Debug, Default)]
pub(super) struct Word {
    pub(super) parts: Vec<Part>,
    pub(super) width: f64,
}

/// Glyphs of one face, from left to right; their texts count from the word's beginning.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) face: usize,
    pub(super) glyphs: Vec<Glyph>,
}

/// Shapes words and remembers them.
pub(super) struct Shaper<'f> {
    fonts: Fonts<'f>,
    /// Digits and some letters have a form of their own in a language.
    language: Option<Language>,
    words: Mutex<HashMap<(Weight, bool, String), Arc<Word>>>,
}

/// So many words are remembered; a page has fewer.
const MOST_WORDS: usize = 60_000;

impl<'f> Shaper<'f> {
    pub(super) fn new(fonts: Fonts<'f>, language: &str) -> Self {
        Self { fonts, language: language.parse().ok().filter(|_| !language.is_empty()), words: Mutex::default() }
    }

    /// A space: between words of Arabic script it is of their face.
    pub(super) fn space(&self, is_rtl: bool, is_arabic: bool, weight: Weight) -> Arc<Word> {
        if !is_arabic {
            return self.word(" ", is_rtl, weight);
        }
        let face = self.fonts.order(true, weight).into_iter().find(|&face| self.fonts.has(face, ' ')).unwrap_or(0);
        let part = Part { face, glyphs: self.glyphs(" ", 0, face, is_rtl) };
        let width = part.glyphs.iter().map(|glyph| glyph.advance).sum();
        Arc::new(Word { parts: vec![part], width })
    }

    /// The glyphs of a word that runs in one direction.
    pub(super) fn word(&self, text: &str, is_rtl: bool, weight: Weight) -> Arc<Word> {
        let key = (weight, is_rtl, text.to_owned());
        if let Some(known) = self.words.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Arc::clone(known);
        }
        let word = Arc::new(self.shaped(text, is_rtl, weight));
        let mut words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        if words.len() >= MOST_WORDS {
            words.clear();
        }
        words.insert(key, Arc::clone(&word));
        word
    }

    fn shaped(&self, text: &str, is_rtl: bool, weight: Weight) -> Word {
        let mut parts: Vec<Part> = self
            .stretches(text, weight)
            .into_iter()
            .map(|(range, face)| Part { face, glyphs: self.glyphs(&text[range.clone()], range.start, face, is_rtl) })
            .collect();
        if is_rtl {
            parts.reverse();
        }
        let width = parts.iter().flat_map(|part| &part.glyphs).map(|glyph| glyph.advance).sum();
        Word { parts, width }
    }

    /// The stretches of a word that are of one face and one script.
    fn stretches(&self, text: &str, weight: Weight) -> Vec<(std::ops::Range<usize>, usize)> {
        let mut stretches: Vec<(std::ops::Range<usize>, usize, Option<Script>)> = Vec::new();
        for (range, face) in self.clusters(text, weight) {
            // What belongs to no script goes with what stands before it.
            let own = text[range.clone()].chars().map(|c| c.script()).find(|script| !matches!(script, Script::Common | Script::Inherited));
            match stretches.last_mut() {
                Some((whole, of, script)) if *of == face && (own.is_none() || script.is_none() || *script == own) => {
                    whole.end = range.end;
                    *script = script.or(own);
                }
                _ => stretches.push((range, face, own)),
            }
        }
        stretches.into_iter().map(|(range, face, _)| (range, face)).collect()
    }

    /// What is seen as one letter, each with the face that shows it. Letters of Arabic script that stand together take one face, if any
    /// has all of them: letters of two faces do not join.
    fn clusters(&self, text: &str, weight: Weight) -> Vec<(std::ops::Range<usize>, usize)> {
        let whole = |order: Vec<usize>, part: &str| {
            order.into_iter().find(|&face| part.chars().all(|c| is_invisible(c) || self.fonts.has(face, c)))
        };
        let clusters: Vec<(usize, &str)> = text.grapheme_indices(true).collect();
        let mut found = Vec::with_capacity(clusters.len());
        for group in clusters.chunk_by(|a, b| a.1.chars().any(is_arabic) == b.1.chars().any(is_arabic)) {
            let arabic = group[0].1.chars().any(is_arabic);
            let (start, end) = (group[0].0, group.last().map_or(0, |(at, part)| at + part.len()));
            let together = if arabic { whole(self.fonts.order(true, weight), &text[start..end]) } else { None };
            for &(at, cluster) in group {
                let order = || self.fonts.order(arabic, weight);
                let base = || cluster.chars().next().and_then(|c| order().into_iter().find(|&face| self.fonts.has(face, c)));
                let ascii = (!arabic && cluster.is_ascii()).then(|| order().first().copied()).flatten();
                let face = together.or(ascii).or_else(|| whole(order(), cluster)).or_else(base);
                found.push((at..at + cluster.len(), face.unwrap_or(0)));
            }
        }
        found
    }

    fn glyphs(&self, text: &str, offset: usize, number: usize, is_rtl: bool) -> Vec<Glyph> {
        let Some(face) = self.fonts.face(number) else { return Vec::new() };
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        if let Some(language) = &self.language {
            buffer.set_language(language.clone());
        }
        buffer.set_direction(if is_rtl { Direction::RightToLeft } else { Direction::LeftToRight });
        let shaped = rustybuzz::shape(face, &[], buffer);
        let em = f64::from(face.units_per_em().max(1));
        let mut starts: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        starts.sort_unstable();
        starts.dedup();
        let end = |start: usize| match starts.binary_search(&start) {
            Ok(at) => starts.get(at + 1).copied().unwrap_or(text.len()),
            Err(_) => text.len(),
        };
        shaped
            .glyph_infos()
            .iter()
            .zip(shaped.glyph_positions())
            .map(|(info, place)| {
                let start = info.cluster as usize;
                let cluster = start..end(start);
                // A sign that is never seen is no letter that the face lacks.
                let unseen = info.glyph_id == 0 && text[cluster.clone()].chars().all(|c| is_invisible(c) || c.is_whitespace());
                let space = || face.glyph_index(' ').map_or(0, |glyph| glyph.0);
                Glyph {
                    id: if unseen { space() } else { u16::try_from(info.glyph_id).unwrap_or(0) },
                    text: offset + cluster.start..offset + cluster.end,
                    offset: (f64::from(place.x_offset) / em, f64::from(place.y_offset) / em),
                    advance: if unseen { 0.0 } else { f64::from(place.x_advance) / em },
                }
            })
            .collect()
    }
}
