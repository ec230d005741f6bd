//! Footnotes: places in the order of their first mention, named by their numbers.

use std::collections::BTreeSet;

use super::graph::Citation;

/// The numbers of places among the footnotes: "[2, 5]"; nothing where none is one.
pub(crate) fn numbered<'c>(footnotes: &[Citation], places: impl Iterator<Item = &'c Citation>) -> String {
    let cited: BTreeSet<usize> = places.filter_map(|c| footnotes.iter().position(|f| f == c)).map(|n| n + 1).collect();
    if cited.is_empty() {
        return String::new();
    }
    let cited: Vec<String> = cited.iter().map(usize::to_string).collect();
    format!("[{}]", cited.join(", "))
}
