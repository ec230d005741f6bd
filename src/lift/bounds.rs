//! The default graph: all named graphs merged, with the bounds of each date narrowed to what all citations allow.
//!
//! "2010-01" in one place and "2010-01-13" in another agree: the default graph has the tighter bounds, and a start in one
//! place and "still" in another make what is certain between them. Where two citations cannot both be right, both stay, and
//! a finding says so.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use oxigraph::model::{NamedNodeRef, TermRef};

use crate::dataset::{Id, Terms};
use crate::finding::Finding;
use crate::iri::Base;
use crate::lift::Statements;
use crate::values::edtf;
use crate::vocab::{cg, xsd};

/// The triples of the default graph, unsorted and perhaps repeated; and the findings on dates that contradict, each with whose dates they are.
pub fn merge(statements: &Statements, terms: &Terms, base: &Base) -> (Vec<[Id; 3]>, Vec<(Id, Finding)>) {
    let id = |property: NamedNodeRef<'_>| terms.find(property);
    // Per property: whether the later of two days is the tighter bound, and the bound on the other side.
    let bounds = [
        (id(cg::EARLIEST_START), true, id(cg::LATEST_START)),
        (id(cg::LATEST_START), false, id(cg::EARLIEST_START)),
        (id(cg::EARLIEST_END), true, id(cg::LATEST_END)),
        (id(cg::LATEST_END), false, id(cg::EARLIEST_END)),
    ];
    let which = |property: Id| bounds.iter().position(|(bound, ..)| *bound == Some(property));
    let mut triples = Vec::with_capacity(statements.len());
    let mut dated: HashMap<Id, Vec<(usize, usize)>> = HashMap::new();
    let quads = statements.quads();
    for (index, [subject, property, object, _]) in quads.iter().copied().enumerate() {
        match which(property) {
            Some(bound) => dated.entry(subject).or_default().push((bound, index)),
            None => triples.push([subject, property, object]),
        }
    }
    let mut findings = Vec::new();
    let mut subjects: Vec<Id> = dated.keys().copied().collect();
    subjects.sort_unstable();
    let value = |index: usize| literal(terms, quads[index][2]);
    for subject in subjects {
        let said = &dated[&subject];
        let tightest = |bound: usize| {
            let of = said.iter().filter(|(other, _)| *other == bound).map(|(_, index)| *index);
            if bounds[bound].1 { of.max_by_key(|index| value(*index)) } else { of.min_by_key(|index| value(*index)) }
        };
        let clash = [(0, 1), (2, 3)].into_iter().find_map(|(low, high)| {
            let (low, high) = (tightest(low)?, tightest(high)?);
            (value(low) > value(high)).then_some((low, high))
        });
        match clash {
            Some((low, high)) => {
                triples.extend(said.iter().map(|(_, index)| [subject, quads[*index][1], quads[*index][2]]));
                let shown = match terms.term(subject) {
                    TermRef::NamedNode(node) => base.slug_of(node.as_str()).unwrap_or(node.as_str()).to_owned(),
                    other => other.to_string(),
                };
                let day = |index: usize| value(index).map(edtf::show).unwrap_or_default();
                let one_place = quads[low][3] == quads[high][3];
                if one_place && statements.place(low) == statements.place(high) {
                    // The faults of one value are told where it is read, and by the checks.
                    continue;
                }
                let (finding, hint) = if one_place {
                    let message = format!("one place gives two dates to `{shown}`: not before {}, not after {}", day(low), day(high));
                    let hint = "keep the one that is right; if they are of two things, give each an id of its own";
                    (Finding::error("two-dates", message, statements.place(high)), hint)
                } else {
                    let message = format!(
                        "two citations date `{shown}` so that both cannot be right: not before {}, not after {}",
                        day(low),
                        day(high)
                    );
                    let hint = "if they are two, give each an id of its own; if they are one, both dates stay in the graph, and a Discrepancy record can say what an editor thinks";
                    (Finding::warning("conflicting-dates", message, statements.place(high)), hint)
                };
                let finding = finding.label("not after this").related(statements.place(low), "not before this");
                findings.push((subject, finding.hint(Some(hint.to_owned()))));
            }
            None => triples.extend((0..bounds.len()).filter_map(tightest).map(|index| [subject, quads[index][1], quads[index][2]])),
        }
    }
    (triples, findings)
}

/// The quads of the named graphs, without a bound that the same place narrows: a grant of "2024" that is also "former" ended in 2024, not on the
/// day up to which the source speaks. Each bound once, or whatever reads them side by side would have the claim twice. What contradicts stays.
pub fn narrowed<'s>(statements: &'s Statements, terms: &Terms) -> Cow<'s, [[Id; 4]]> {
    let quads = statements.quads();
    let sides = [[cg::EARLIEST_START, cg::LATEST_START], [cg::EARLIEST_END, cg::LATEST_END]];
    let mut looser = HashSet::new();
    for side in sides {
        let [Some(low), Some(high)] = side.map(|property| terms.find(property)) else { continue };
        // Of one thing in one place: the days not before which, and not after which.
        let mut said: HashMap<(Id, Id), [Vec<(Date, Id)>; 2]> = HashMap::new();
        for [subject, property, object, graph] in quads {
            let which = usize::from(*property == high);
            if (*property == low || *property == high)
                && let Some(day) = literal(terms, *object)
            {
                said.entry((*subject, *graph)).or_default()[which].push((day, *object));
            }
        }
        for ((subject, graph), [lows, highs]) in said {
            let (latest, earliest) = (lows.iter().map(|(day, _)| *day).max(), highs.iter().map(|(day, _)| *day).min());
            if latest.zip(earliest).is_some_and(|(latest, earliest)| latest > earliest) {
                continue;
            }
            let loose = |days: Vec<(Date, Id)>, tight: Option<Date>| days.into_iter().filter(move |(day, _)| Some(*day) != tight);
            looser.extend(loose(lows, latest).map(|(_, object)| [subject, low, object, graph]));
            looser.extend(loose(highs, earliest).map(|(_, object)| [subject, high, object, graph]));
        }
    }
    if looser.is_empty() {
        return Cow::Borrowed(quads);
    }
    Cow::Owned(quads.iter().filter(|quad| !looser.contains(*quad)).copied().collect())
}

fn literal(terms: &Terms, id: Id) -> Option<Date> {
    match terms.term(id) {
        TermRef::Literal(literal) if literal.datatype() == xsd::DATE => edtf::day(literal.value()),
        _ => None,
    }
}
