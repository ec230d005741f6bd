//! A claim told from the side of one of those it speaks of: who stands at its other end, in which role, since when, for
//! whom; present apart from former, and both from what is planned or in doubt.

use oxigraph::model::{GraphName, NamedNode, NamedOrBlankNode, Term};

use super::{Around, Basis, Line, Maker, Part, Place, Value};
use crate::schema::{Form, Key, Kind, local};
use crate::store::{In, StoreError};
use crate::tie::{self, Fold, Tense, When};
use crate::values::period::Period;
use crate::vocab::cg;

/// What orders the lines of a section.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    /// Facts by their key; claims by their day, [`UNDATED`] where it is not known.
    pub order: i64,
    /// How far along the code is that words a claim.
    pub stage: Option<i64>,
    /// The words.
    pub words: String,
}

/// The order of a claim whose day is not known.
const UNDATED: i64 = i64::MAX;

impl Rank {
    /// By a number, then by words.
    pub fn new(order: i64, words: impl Into<String>) -> Self {
        Self { order, stage: None, words: words.into() }
    }
}

/// Sorts lines. Undated claims with a stage stand behind the last line that is no further along.
pub fn arrange(lines: Vec<(Rank, Line)>) -> Vec<Line> {
    let mut lines = lines;
    lines.sort();
    let (undated, mut arranged): (Vec<_>, Vec<_>) = lines.into_iter().partition(|(rank, _)| rank.order == UNDATED && rank.stage.is_some());
    for (rank, line) in undated {
        let before = |(other, _): &(Rank, Line)| other.stage.is_some_and(|stage| Some(stage) <= rank.stage);
        let place = arranged.iter().rposition(before).map_or(0, |last| last + 1);
        arranged.insert(place, (rank, line));
    }
    arranged.into_iter().map(|(_, line)| line).collect()
}

/// The claim without a view from either end: `The centre hosted the conference`.
pub fn sentence(around: &Around<'_>, claim: &[NamedNode], fold: &Fold) -> Result<String, StoreError> {
    let end = |property: &Option<NamedNode>| -> Result<Option<String>, StoreError> {
        let Some(property) = property else { return Ok(None) };
        let named = |term: &Term| match term {
            Term::NamedNode(node) => around.shown.label(node.as_ref()).or_else(|| Some(around.id(node))),
            _ => None,
        };
        // Where places name different ones, none of them is it.
        let names: Vec<String> = around.objects_of(claim, property)?.iter().filter_map(named).collect();
        Ok(Some(names.join(" or ")).filter(|names| !names.is_empty()))
    };
    let words = Words::of(around, claim, fold, &tie::Tenses::of(around.ontology, around.schema), None)?;
    Ok(match (end(&fold.from)?, end(&fold.to)?) {
        (Some(from), Some(to)) => format!("{from} {} {to}", words.forth),
        (Some(from), None) => format!("{from}: {}", words.code),
        (None, Some(to)) => format!("{to}: {}", words.code),
        (None, None) => words.code,
    })
}

/// How a claim reads.
struct Words {
    /// From its start.
    forth: String,
    /// From its end.
    back: String,
    /// Its code alone, else what the fold says.
    code: String,
    /// How far along its code is.
    stage: Option<i64>,
    labels: Vec<NamedNode>,
    tense: Tense,
    /// Whether it can be over at all: of what happened it is not said.
    can_end: bool,
}

impl Words {
    /// `at` is the time that is asked about; without it the day up to which the claim's sources speak.
    fn of(around: &Around<'_>, claims: &[NamedNode], fold: &Fold, tenses: &tie::Tenses, at: Option<Period>) -> Result<Self, StoreError> {
        let mut labels = Vec::new();
        if let Some(property) = &fold.label {
            for term in around.objects_of(claims, property)? {
                if let Term::NamedNode(code) = term {
                    labels.push(code);
                }
            }
        }
        let (ontology, language) = (around.ontology, around.shown.language);
        let (mut said, mut places, mut kind) = (None, std::collections::BTreeSet::new(), None);
        for claim in claims {
            for quad in around.shown.store.quads(Some(claim.as_ref().into()), None, None, Some(In::Named)) {
                let quad = quad?;
                if let Term::NamedNode(object) = quad.object {
                    said = said.max(tenses.get(&object));
                    let found = around.schema.kind_of_class(object.as_str()).filter(|kind| Some(&kind.class) == fold.class.as_ref());
                    kind = kind.or(found);
                }
                if let GraphName::NamedNode(place) = quad.graph_name {
                    places.insert(place);
                }
            }
        }
        // Where places give different codes, none of them words the claim.
        let first = labels.first().filter(|_| labels.len() == 1);
        let tense = match said {
            Some(tense) => tense,
            None => {
                let spoken = || Ok(tie::spoken_on(around.shown.store, around.shown.base, &places)?.map(Period::day).unwrap_or_default());
                let period = at.map_or_else(spoken, Ok::<_, StoreError>)?;
                let bounds = When::of_all(around.shown.store, claims)?.bounds;
                let asked = tie::Asked {
                    store: around.shown.store,
                    base: around.shown.base,
                    places: places.iter().cloned().collect(),
                    schema: around.schema,
                    tenses,
                    period,
                };
                match asked.claim(claims, fold, first, &bounds)? {
                    // What lies ahead of a day that is asked about was no plan if the sources tell it as past.
                    Tense::Ahead => tie::Asked { period: spoken()?, ..asked }.claim(claims, fold, first, &bounds)?,
                    tense => tense,
                }
            }
        };
        let label = first.and_then(|code| ontology.label(code.as_ref(), language));
        let say = |back: bool, other: &str| {
            first.and_then(|code| tie::code_words(ontology, code, tense, back, language)).unwrap_or_else(|| {
                let own = tie::fold_words(ontology, &fold.iri, tense, back, language).unwrap_or_else(|| other.to_owned());
                match &label {
                    Some(label) => format!("{own} ({label})"),
                    None => own,
                }
            })
        };
        Ok(Self {
            forth: say(false, &fold.text),
            back: say(true, &fold.back),
            code: label.clone().unwrap_or_else(|| fold.text.clone()),
            stage: first.and_then(|code| ontology.text(code.as_ref(), cg::STAGE, language)).and_then(|text| text.parse().ok()),
            tense,
            can_end: kind.is_some_and(|kind| tie::can_end(ontology, kind, &fold.iri, first)),
            labels,
        })
    }
}

impl Maker<'_> {
    /// Adds a claim that names the thing under these properties; several, where they contradict each other and are told as one.
    pub(super) fn claim(
        &mut self,
        claim: &[NamedNode],
        kind: &Kind,
        fold: &Fold,
        stated: &[(&NamedNode, &Basis)],
    ) -> Result<(), StoreError> {
        let around = self.around;
        let when = When::of_all(around.shown.store, claim)?;
        let ends = |property: &Option<NamedNode>| -> Result<Vec<NamedNode>, StoreError> {
            let Some(property) = property else { return Ok(Vec::new()) };
            Ok(around
                .objects_of(claim, property)?
                .into_iter()
                .filter_map(|term| if let Term::NamedNode(node) = term { Some(node) } else { None })
                .collect())
        };
        let (froms, tos) = (ends(&fold.from)?, ends(&fold.to)?);
        let names = |property: &Option<NamedNode>| property.as_ref().is_some_and(|property| stated.iter().any(|(own, _)| *own == property));
        // Where the claim has no time of its own, the other end's says when: that of an event, not the life of what goes on,
        // which would read as if the claim had lasted as long.
        let mut far = None;
        let mut far_basis = Vec::new();
        if when.written.is_empty() {
            let other = if names(&fold.from) {
                tos.first()
            } else if names(&fold.to) {
                froms.first()
            } else {
                None
            };
            if let Some(other) = other {
                far_basis = around.stated(other, &cg::EDTF.into_owned())?;
            }
            far = other
                .map(|other| When::of(around.shown.store, other.as_ref()))
                .transpose()?
                .filter(|far| !far.written.is_empty() && far.written.iter().all(|written| !written.contains("..")));
        }
        // Who took part in an event did so when it was: at another time neither held.
        let elsewhen = |at: Period| {
            let far = far.as_ref().filter(|_| when.bounds.is_empty());
            !at.meets(&when.bounds, self.wanted.certain) || far.is_some_and(|far| !at.meets(&far.bounds, self.wanted.certain))
        };
        if self.wanted.at.is_some_and(elsewhen) {
            // What rules concluded from the claim is left out with it.
            self.named.extend(froms.into_iter().chain(tos));
            return Ok(());
        }
        let words = Words::of(&around, claim, fold, &self.tenses, self.wanted.at)?;
        let mut basis = Basis::default();
        for (_, places) in stated {
            basis.citations.extend(places.citations.clone());
        }
        let ended = match self.wanted.at {
            // At a time at which it held it was not over.
            Some(_) => None,
            None if !words.can_end => None,
            None => {
                let spoke = tie::spoken_on(around.shown.store, around.shown.base, basis.citations.keys())?;
                tie::ended_word(around.schema, kind, &when, spoke)
            }
        };
        let mut marks = Vec::new();
        for claim in claim {
            marks.extend(tie::marks(around.shown.store, around.schema, claim, &words.labels, around.ontology)?);
        }
        let over = self.is_over(claim, kind)? || ended.is_some();
        let (state, heading) = match (over, marks.is_empty()) {
            (true, _) => (1, ": former"),
            (false, false) => (2, ": planned, expected or in doubt"),
            (false, true) => (0, ""),
        };
        let heading = format!("{}{heading}", kind.plural.replace('-', " "));
        let mut used: Vec<NamedNode> = [&fold.from, &fold.to, &fold.label].into_iter().flatten().cloned().collect();
        let mut parts = Vec::new();
        let ends = |property: &Option<NamedNode>, nodes: &[NamedNode]| -> Result<Vec<Part>, StoreError> {
            let stated = property.as_ref().map(|property| around.stated_of(claim, property)).transpose()?.unwrap_or_default();
            Ok(self.told_ends(nodes, &stated, &basis))
        };
        let mut role = Vec::new();
        if let Some(property) = &fold.label {
            let stated = around.stated_of(claim, property)?;
            if stated.len() > 1 {
                let said: Vec<String> =
                    stated.iter().map(|(code, places)| format!("{}{}", around.shown.term(code), places.noted())).collect();
                role.push(Part::Text(format!(" (as {} ‡ citations disagree)", said.join(" or "))));
            }
        }
        let lead = if names(&fold.from) {
            parts.extend(ends(&fold.to, &tos)?);
            if tos.is_empty() { alone(&mut parts, words.code) } else { words.forth }
        } else if names(&fold.to) {
            parts.extend(ends(&fold.from, &froms)?);
            if froms.is_empty() { alone(&mut parts, words.code) } else { words.back }
        } else {
            let (property, _) = stated[0];
            used.push(property.clone());
            let side = self.folds.iter().find(|side| side.class == fold.class && side.to.as_ref() == Some(property));
            let key = kind.keys.iter().find(|key| key.property == *property);
            let told = match (&froms[..], &tos[..]) {
                ([], tos) => {
                    vec![super::joined(tos.iter().map(|to| around.part(to)).collect()), vec![Part::Text(format!(" ({})", words.code))]]
                }
                (froms, []) => vec![super::joined(froms.iter().map(|from| around.part(from)).collect())],
                (froms, tos) => vec![
                    super::joined(froms.iter().map(|from| around.part(from)).collect()),
                    vec![Part::Text(format!(" ({} ", words.forth))],
                    super::joined(tos.iter().map(|to| around.part(to)).collect()),
                    vec![Part::Text(")".to_owned())],
                ],
            };
            parts.extend(told.into_iter().flatten());
            let (ontology, language) = (around.ontology, around.shown.language);
            match side {
                Some(side) => tie::fold_words(ontology, &side.iri, words.tense, true, language).unwrap_or_else(|| side.back.clone()),
                None => tie::property_words(ontology, self.folds, property, &[], (words.tense, true), language)
                    .unwrap_or_else(|| tie::given_as(&key.map_or_else(|| local(property.as_str()).to_owned(), Key::words))),
            }
        };
        parts.append(&mut role);
        if far.is_some() {
            // The day is another thing's, and may be stated elsewhere.
            let elsewhere = far_basis.len() > 1 || far_basis.iter().any(|(_, places)| !basis.is_within(places));
            let said: Vec<String> = far_basis
                .iter()
                .filter_map(|(term, places)| match term {
                    Term::Literal(written) => {
                        Some(format!("{}{}", super::when::words(written.value()), if elsewhere { places.noted() } else { String::new() }))
                    }
                    _ => None,
                })
                .collect();
            let sign = if far_basis.len() > 1 { " ‡" } else { "" };
            parts.push(Part::Text(format!(" ({}{sign})", said.join(" or "))));
        }
        self.details(claim, kind, fold, (&used, words.tense), &basis, &mut parts)?;
        self.referred(claim, &mut parts)?;
        let bounds = far.map_or(when.bounds, |far| far.bounds);
        let day = bounds.earliest_start.or(bounds.latest_end);
        let dated = day.map(|day| i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day()));
        let rank = Rank { order: dated.unwrap_or(UNDATED), stage: words.stage, words: format!("{lead} {}", plain(&parts)) };
        let line = Line { lead, reads_on: true, values: vec![Value { parts, basis }] };
        self.push(Place::Claims(kind.plural.clone(), state), &heading, rank, line);
        Ok(())
    }

    /// The things at an end of a claim; where places name different ones, each with its places.
    fn told_ends(&self, nodes: &[NamedNode], stated: &[(Term, Basis)], line: &Basis) -> Vec<Part> {
        let mut parts = Vec::new();
        for node in nodes {
            if !parts.is_empty() {
                parts.push(Part::Text(if nodes.len() > 1 { " or " } else { ", " }.to_owned()));
            }
            parts.push(self.around.part(node));
            let basis = stated.iter().find(|(term, _)| *term == Term::from(node.clone())).map(|(_, basis)| basis);
            if let Some(basis) = basis.filter(|basis| !line.is_within(basis)) {
                parts.push(Part::Text(basis.noted()));
            }
        }
        if nodes.len() > 1 {
            parts.push(Part::Text(" ‡".to_owned()));
        }
        parts
    }

    /// Whether a code of the claim says that it was over when its source spoke.
    fn is_over(&self, claim: &[NamedNode], kind: &Kind) -> Result<bool, StoreError> {
        for key in &kind.keys {
            let Form::Code(scheme) = &key.form else { continue };
            let Some(list) = self.around.schema.lists.get(scheme) else { continue };
            for value in self.around.objects_of(claim, &key.property)? {
                if let Term::NamedNode(code) = value
                    && list.codes.get(local(code.as_str())).is_some_and(|code| code.ended_by_as_of)
                {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// What else the claim says: when, for whom, in which words.
    fn details(
        &self,
        claim: &[NamedNode],
        kind: &Kind,
        fold: &Fold,
        (used, tense): (&[NamedNode], Tense),
        line: &Basis,
        parts: &mut Vec<Part>,
    ) -> Result<(), StoreError> {
        let around = self.around;
        let mut keys: Vec<&Key> = kind.keys.iter().filter(|key| !key.inverse && !used.contains(&key.property)).collect();
        // When comes first, because it belongs to the verb.
        keys.sort_by_key(|key| (key.form != Form::Date, key.form == Form::Text));
        for key in keys {
            let values = around.stated_of(claim, &key.property)?;
            if values.is_empty() {
                if key.form == Form::Date
                    && let Some(held) = When::of_all(around.shown.store, claim)?.written.first()
                {
                    parts.push(Part::Text(format!(", {}", super::when::words(held))));
                }
                continue;
            }
            let disputed = key.max == Some(1) && super::when::differ(values.iter().map(|(term, _)| term));
            let side = self.folds.iter().find(|side| side.class == fold.class && side.to.as_ref() == Some(&key.property));
            let lead = match (&key.form, side) {
                (Form::Date, _) if !disputed => ", ".to_owned(),
                (_, Some(side)) if side.from == fold.from && !used.is_empty() => {
                    let words = tie::fold_words(around.ontology, &side.iri, tense, false, around.shown.language);
                    format!("; {} ", words.unwrap_or_else(|| side.text.clone()))
                }
                (Form::Code(_), None) if !disputed => "; ".to_owned(),
                (Form::Literal(_), _)
                    if values.iter().all(|(term, _)| matches!(term, Term::Literal(literal) if literal.value() == "true")) =>
                {
                    parts.push(Part::Text(format!("; {}", key.words())));
                    continue;
                }
                _ => format!("; {}: ", key.words()),
            };
            let mut begun = lead;
            for (value, basis) in values {
                let separator = if disputed { " or " } else { ", " };
                parts.push(Part::Text(std::mem::replace(&mut begun, separator.to_owned())));
                parts.push(match around.value(&value, Some(&key.form)) {
                    Part::Text(text) if key.form == Form::Text => Part::Text(text.trim_end_matches('.').to_owned()),
                    part => part,
                });
                // A value says where it is from unless every place of the line gives it.
                if disputed || !line.is_within(&basis) {
                    parts.push(Part::Text(basis.noted()));
                }
            }
            if disputed {
                parts.push(Part::Text(" ‡ citations disagree".to_owned()));
            }
        }
        Ok(())
    }

    /// Records that speak of the claim itself: a disagreement about it, what it was credited to.
    fn referred(&self, claims: &[NamedNode], parts: &mut Vec<Part>) -> Result<(), StoreError> {
        let around = self.around;
        let mut seen = std::collections::BTreeSet::new();
        let store = around.shown.store;
        for quad in claims.iter().flat_map(|claim| store.quads(None, None, Some(claim.as_ref().into()), Some(In::Default))) {
            let quad = quad?;
            let NamedOrBlankNode::NamedNode(subject) = quad.subject else { continue };
            if quad.predicate.as_ref() == cg::COUNTED_AS {
                continue;
            }
            if !around.is_thing(&subject) || around.shown.label(subject.as_ref()).is_some() || !seen.insert(subject.clone()) {
                continue;
            }
            if let Some(kind) = around.kinds(subject.as_ref()).first() {
                parts.push(Part::Text(format!("; see the {} ", kind.label)));
                parts.push(Part::Node(around.id(&subject), subject));
            }
        }
        Ok(())
    }
}

/// A claim without another end is its code alone.
fn alone(parts: &mut Vec<Part>, code: String) -> String {
    parts.push(Part::Text(code));
    String::new()
}

/// The words of parts.
pub fn plain(parts: &[Part]) -> String {
    parts
        .iter()
        .map(|part| match part {
            Part::Text(text) | Part::Node(text, _) => text.as_str(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undated_steps_stand_where_their_stage_puts_them() {
        let line = |words: &str, order: i64, stage: i64| {
            (
                Rank { order, stage: Some(stage), words: words.to_owned() },
                Line { lead: words.to_owned(), reads_on: true, values: Vec::new() },
            )
        };
        let lines = vec![
            line("in force", 20_250_101, 60),
            line("opened", UNDATED, 40),
            line("ratified", UNDATED, 90),
            line("adopted", 20_241_224, 30),
        ];
        let leads: Vec<String> = arrange(lines).into_iter().map(|line| line.lead).collect();
        assert_eq!(leads, ["adopted", "opened", "in force", "ratified"]);
    }
}
