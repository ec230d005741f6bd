//! In which direction a text runs, and in which order its parts are seen (Unicode Standard Annex 9).

use std::ops::Range;

use unicode_bidi::{BidiInfo, Direction, Level, get_base_direction};

/// Whether a text runs from right to left: its first strong letter decides, what is isolated passed over (rules P2 and P3).
pub fn is_right_to_left(text: &str) -> bool {
    get_base_direction(text) == Direction::Rtl
}

/// Whether a sign has no direction of its own: spaces, brackets, most punctuation.
#[cfg(feature = "pdf")]
pub(crate) fn is_neutral(c: char) -> bool {
    use unicode_bidi::BidiClass::{AL, AN, EN, L, NSM, R};
    !matches!(unicode_bidi::bidi_class(c), L | R | AL | EN | AN | NSM)
}

/// Whether nothing in a text can run from right to left, so that every part of it has level 0 in a text that runs from left to right.
fn is_plain(text: &str) -> bool {
    // All letters and digits with a right-to-left class, and all controls of direction, are from here on.
    text.chars().all(|c| (c as u32) < 0x0590 || ('\u{1E00}'..='\u{200A}').contains(&c) || ('\u{2010}'..='\u{2027}').contains(&c))
}

/// A name as it stands in a sentence that may run the other way: what stands beside it keeps its place.
pub(crate) fn isolated(name: &str) -> std::borrow::Cow<'_, str> {
    if is_plain(name) { name.into() } else { format!("\u{2068}{name}\u{2069}").into() }
}

/// The level of each byte of a text that runs in the given direction.
pub(super) fn levels(text: &str, is_rtl: bool) -> Vec<u8> {
    if !is_rtl && is_plain(text) {
        return vec![0; text.len()];
    }
    let base = if is_rtl { Level::rtl() } else { Level::ltr() };
    BidiInfo::new(text, Some(base)).levels.iter().map(|level| level.number()).collect()
}

/// The order in which parts are seen from left to right, by their levels in the order they are read (rule L2).
pub(super) fn seen(levels: &[u8]) -> Vec<usize> {
    let levels: Vec<Level> = levels.iter().map(|&level| Level::new(level.min(125)).unwrap_or_else(|_| Level::ltr())).collect();
    BidiInfo::reorder_visual(&levels)
}

/// Whether whoever orders a line by itself, knowing only its direction, sees it in the order of these levels.
pub(crate) fn is_ordered_alone(text: &str, is_rtl: bool, parts: &[(Range<usize>, u8)]) -> bool {
    let alone = levels(text, is_rtl);
    let mut here = alone.clone();
    for (range, level) in parts {
        here.iter_mut().take(range.end).skip(range.start).for_each(|byte| *byte = *level);
    }
    let by_letter = |levels: &[u8]| -> Vec<u8> { text.char_indices().map(|(at, _)| levels[at]).collect() };
    let (alone, here) = (by_letter(&alone), by_letter(&here));
    seen(&alone) == seen(&here) && alone.iter().zip(&here).all(|(a, b)| a % 2 == b % 2)
}
