//! How a tie reads from either end, as long as it holds, once it is over, and before it has come about.
//!
//! The words are data: codes and folds carry them, and what has no words of its own for a time reads as if it held.

use oxigraph::model::{NamedNode, Term};

use super::{Fold, Tense, fold_of};
use crate::ontology::Ontology;
use crate::vocab::cg;

/// How a code words a tie, from its start or `back` from its end.
pub fn code_words(ontology: &Ontology, code: &NamedNode, tense: Tense, back: bool, language: &str) -> Option<String> {
    let text = |property| ontology.text(code.as_ref(), property, language);
    let plain = || text(if back { cg::READS_BACK } else { cg::READS });
    match (tense, back) {
        (Tense::Holds, _) => None,
        (Tense::Over, false) => text(cg::READS_OVER),
        (Tense::Over, true) => text(cg::READS_BACK_OVER),
        (Tense::Ahead, false) => text(cg::READS_AHEAD),
        (Tense::Ahead, true) => text(cg::READS_BACK_AHEAD),
        (Tense::InDoubt, false) => text(cg::READS_IN_DOUBT),
        (Tense::InDoubt, true) => text(cg::READS_BACK_IN_DOUBT),
    }
    .or_else(plain)
}

/// How a fold words a tie that no code words.
pub fn fold_words(ontology: &Ontology, fold: &NamedNode, tense: Tense, back: bool, language: &str) -> Option<String> {
    let text = |property| ontology.text(fold.as_ref(), property, language);
    let plain = || text(if back { cg::FOLD_TEXT_BACK } else { cg::FOLD_TEXT });
    match (tense, back) {
        (Tense::Holds, _) => None,
        (Tense::Over, false) => text(cg::FOLD_TEXT_OVER),
        (Tense::Over, true) => text(cg::FOLD_TEXT_BACK_OVER),
        (Tense::Ahead, false) => text(cg::FOLD_TEXT_AHEAD),
        (Tense::Ahead, true) => text(cg::FOLD_TEXT_BACK_AHEAD),
        (Tense::InDoubt, false) => text(cg::FOLD_TEXT_IN_DOUBT),
        (Tense::InDoubt, true) => text(cg::FOLD_TEXT_BACK_IN_DOUBT),
    }
    .or_else(plain)
}

/// Whether a code or a fold has words of its own for what is over: others tell what happened, and stay as they are.
pub(super) fn has_over(ontology: &Ontology, code_or_fold: &NamedNode) -> bool {
    ontology.graph.object_for_subject_predicate(code_or_fold, cg::READS_OVER).is_some()
        || ontology.graph.object_for_subject_predicate(code_or_fold, cg::FOLD_TEXT_OVER).is_some()
}

/// How a statement with a property reads, from its subject or `back` from its object: as the fold for a subject of these classes
/// says, else as the property does. Where neither does, its label told so that it is right for any word: "is given as capital by".
pub fn property_words(
    ontology: &Ontology,
    folds: &[Fold],
    property: &NamedNode,
    classes: &[Term],
    (tense, back): (Tense, bool),
    language: &str,
) -> Option<String> {
    if let Some(fold) = fold_of(folds, property, classes) {
        let plain = || if back { fold.back.clone() } else { fold.text.clone() };
        return Some(fold_words(ontology, &fold.iri, tense, back, language).unwrap_or_else(plain));
    }
    ontology.text(property.as_ref(), if back { cg::READS_BACK } else { cg::READS }, language)
}

/// How a property without words for it reads from its object.
pub fn given_as(label: &str) -> String {
    format!("is given as \u{201c}{label}\u{201d} by")
}
