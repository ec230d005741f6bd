//! Finding things by what people call them: names, aliases, acronyms, typos found in sources, ids; with case, accents,
//! transliteration and s/z folded.
//!
//! Nothing is merged here: a name that two things share gives both, and every match says why it is one.

use std::collections::{BTreeMap, BTreeSet};

use oxigraph::model::{NamedNode, NamedOrBlankNode, Term};
use unicode_normalization::UnicodeNormalization;

use crate::iri::Base;
use crate::ontology::Ontology;
use crate::store::{In, Store, StoreError};
use crate::vocab::{rdfs, skos};

/// Why a thing matches, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Its id is the text.
    Id,
    /// Its name is the text.
    Name,
    /// Another name of it, an acronym among them, is the text.
    OtherName,
    /// A misspelling found in a source is the text.
    Misspelling,
    /// A name begins with the text.
    Begins,
    /// A name has all words of the text.
    Words,
    /// A name is a few letters off.
    Typo(usize),
}

impl Why {
    /// In words.
    pub fn words(self) -> String {
        match self {
            Self::Id => "id".to_owned(),
            Self::Name => "name".to_owned(),
            Self::OtherName => "other name".to_owned(),
            Self::Misspelling => "misspelling in a source".to_owned(),
            Self::Begins => "begins so".to_owned(),
            Self::Words => "has these words".to_owned(),
            Self::Typo(1) => "one letter off".to_owned(),
            Self::Typo(letters) => format!("{letters} letters off"),
        }
    }
}

/// A thing that a text may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The thing.
    pub thing: NamedNode,
    /// The label that matched.
    pub label: String,
    /// Why.
    pub why: Why,
}

/// Folds a text so that spellings which mean the same are the same: case, accents, punctuation, `ise`/`ize`,
/// `&` and "and".
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.nfkd().flat_map(char::to_lowercase) {
        match character {
            '&' => folded.push_str(" and "),
            'ß' => folded.push_str("ss"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' => folded.push('d'),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'z' => folded.push('s'),
            '\'' | '’' | '.' => {}
            c if unicode_normalization::char::is_combining_mark(c) => {}
            c if c.is_alphanumeric() => folded.push(c),
            _ if folded.ends_with(' ') => {}
            _ => folded.push(' '),
        }
    }
    let mut words = folded.split_whitespace().peekable();
    let mut joined = String::with_capacity(folded.len());
    while let Some(word) = words.next() {
        joined.push_str(word);
        if words.peek().is_some() {
            joined.push(' ');
        }
    }
    joined
}

/// The things that a text may mean, best first, at most `limit`. Costs one look at every label.
///
/// # Errors
/// The storage reported a fault.
pub fn find(store: &Store, ontology: &Ontology, base: &Base, text: &str, limit: usize) -> Result<Vec<Match>, StoreError> {
    let wanted = fold(text);
    let words: Vec<&str> = wanted.split(' ').filter(|word| !word.is_empty()).collect();
    let mut best: BTreeMap<String, Match> = BTreeMap::new();
    let mut offer = |thing: NamedNode, label: String, why: Why| {
        let key = thing.as_str().to_owned();
        let offered = Match { thing, label, why };
        match best.get(&key) {
            Some(known) if (known.why, known.label.len()) <= (offered.why, offered.label.len()) => {}
            _ => {
                best.insert(key, offered);
            }
        }
    };
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let allowed = match wanted.chars().count() {
        0..=3 => 0,
        4..=7 => 1,
        8..=12 => 2,
        _ => 3,
    };
    for (property, exact) in properties(ontology) {
        for quad in store.quads(None, Some(property.as_ref()), None, Some(In::Default)) {
            let quad = quad?;
            let (NamedOrBlankNode::NamedNode(thing), Term::Literal(literal)) = (quad.subject, quad.object) else { continue };
            if base.slug_of(thing.as_str()).is_none() && !thing.as_str().starts_with(crate::vocab::CODE) {
                continue;
            }
            let folded = fold(literal.value());
            let why = if folded == wanted {
                exact
            } else if folded.starts_with(&wanted) && folded.as_bytes().get(wanted.len()) == Some(&b' ') {
                Why::Begins
            } else if words.iter().all(|word| folded.split(' ').any(|other| other == *word)) {
                Why::Words
            } else if allowed > 0 && folded.len().abs_diff(wanted.len()) <= 2 * allowed {
                let letters = strsim::damerau_levenshtein(&wanted, &folded);
                if letters > allowed {
                    continue;
                }
                Why::Typo(letters)
            } else {
                continue;
            };
            offer(thing, literal.value().to_owned(), why);
        }
    }
    if crate::iri::slug_fault(text).is_none() {
        let thing = base.thing(text);
        if store.quads(Some(thing.as_ref().into()), None, None, Some(In::Default)).next().is_some() {
            offer(thing, text.to_owned(), Why::Id);
        }
    }
    let mut matches: Vec<Match> = best.into_values().collect();
    let ours = |found: &Match| base.slug_of(found.thing.as_str()).is_none();
    matches.sort_by(|a, b| (a.why, ours(a), a.label.chars().count(), &a.thing).cmp(&(b.why, ours(b), b.label.chars().count(), &b.thing)));
    matches.truncate(limit);
    Ok(matches)
}

/// The label properties with what an exact match on each means: those of SKOS, and all below them.
fn properties(ontology: &Ontology) -> Vec<(NamedNode, Why)> {
    let mut properties: Vec<(NamedNode, Why)> = Vec::new();
    let mut seen = BTreeSet::new();
    for (root, why) in [
        (skos::PREF_LABEL, Why::Name),
        (skos::ALT_LABEL, Why::OtherName),
        (skos::HIDDEN_LABEL, Why::Misspelling),
        (skos::NOTATION, Why::OtherName),
    ] {
        let mut open = vec![root.into_owned()];
        while let Some(property) = open.pop() {
            if seen.insert(property.clone()) {
                open.extend(ontology.subjects(rdfs::SUB_PROPERTY_OF, &property));
                properties.push((property, why));
            }
        }
    }
    properties
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_makes_spellings_alike() {
        for (a, b) in [
            ("Organised Crime", "organized-crime"),
            ("Central & South Asia", "central and south asia"),
            ("Viet Nam", "VIET  NAM"),
            ("Émile Zoë", "emile zoe"),
            ("U.N.O.D.C.", "UNODC"),
            ("Łódź", "lodz"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} / {b}");
        }
        assert_ne!(fold("CFHR"), fold("CGR"));
    }
}
