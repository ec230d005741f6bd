//! How a tie reads from either end, as long as it holds, once it is over, and before it has come about.
//!
//! The words are data: codes and folds carry them, and what has no words of its own for a time reads as if it held.

use std::collections::HashMap;

use oxigraph::model::NamedNode;

use crate::ontology::Ontology;
use crate::query::time;
use crate::schema::Schema;
use crate::vocab::cg;

/// Whether a tie holds, or happened; is over; or is planned, expected or in doubt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tense {
    /// It holds, or it happened.
    #[default]
    Holds,
    /// It held and is over.
    Over,
    /// It is yet to come about, if at all.
    Ahead,
}

/// What the codes of an ontology say of time: those that end a claim, and those that make it a plan.
pub fn tenses(ontology: &Ontology, schema: &Schema) -> HashMap<NamedNode, Tense> {
    let over = schema.lists.values().flat_map(|list| list.codes.values()).filter(|code| code.ended_by_as_of);
    let mut tenses: HashMap<NamedNode, Tense> = over.map(|code| (code.iri.clone(), Tense::Over)).collect();
    tenses.extend(time::unreal(ontology, schema).into_iter().map(|code| (code, Tense::Ahead)));
    tenses
}

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
    }
    .or_else(plain)
}
