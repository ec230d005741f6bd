//! What several places say of one claim, or of claims that are counted as one: said alike it is one entry that rests on all of them, said differently it is as many
//! entries, and what they contradict each other in is named. A place that says the claim and none of its values is noted as just that.

use std::collections::BTreeSet;

use jiff::civil::Date;
use oxigraph::model::NamedNode;

use crate::diagram::{Amount, Group, TimeSpan};
use crate::values::edtf::Bounds;

/// What one place says of a claim beside its ends.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Values {
    /// Tenure and modality.
    pub(super) codes: [Option<NamedNode>; 2],
    pub(super) amount: Option<Amount>,
    pub(super) when: Option<(TimeSpan, Bounds)>,
    pub(super) group: Option<Group>,
    /// The bounds of a figure's number, and the whole of which it is a part.
    pub(super) within: Within,
}

/// What a place says round a figure's number.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Within {
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
    pub(super) out_of: Option<f64>,
}

/// What is said, and where.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    pub(super) values: Values,
    pub(super) cited: BTreeSet<String>,
    /// Places that say less of it and contradict nothing.
    pub(super) also: BTreeSet<String>,
    /// The claims by which it is said: several where they contradict each other in what the view does not show.
    pub(super) claims: BTreeSet<NamedNode>,
}

impl Values {
    /// How many of its values are said.
    fn said(&self) -> usize {
        let amount = self.amount.as_ref().map_or(0, |a| usize::from(a.value.is_some()) + usize::from(!a.currency.is_empty()));
        let within = [self.within.low, self.within.high, self.within.out_of].iter().flatten().count();
        self.codes.iter().flatten().count() + amount + usize::from(self.when.is_some()) + within
    }

    /// Whether another says all that this does.
    fn is_within(&self, other: &Self) -> bool {
        let code = |n: usize| self.codes[n].is_none() || self.codes[n] == other.codes[n];
        let amount = match (&self.amount, &other.amount) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(own), Some(other)) => {
                (own.value.is_none() || (own.value == other.value && own.qualifier == other.qualifier))
                    && (own.currency.is_empty() || own.currency == other.currency)
            }
        };
        let bound = |own: Option<f64>, other: Option<f64>| own.is_none() || own == other;
        let within = bound(self.within.low, other.within.low)
            && bound(self.within.high, other.within.high)
            && bound(self.within.out_of, other.within.out_of);
        code(0) && code(1) && amount && within && (self.when.is_none() || self.when == other.when)
    }
}

/// Notes what some places say: with those that say exactly the same, or apart.
pub(super) fn note(told: &mut Vec<Told>, values: Values, mut cited: BTreeSet<String>, claim: Option<NamedNode>) {
    match told.iter_mut().find(|known| known.values == values) {
        Some(known) => {
            known.cited.append(&mut cited);
            known.claims.extend(claim);
        }
        None => told.push(Told { values, cited, also: BTreeSet::new(), claims: claim.into_iter().collect() }),
    }
}

/// Takes what says less than another entry, and contradicts nothing in it, into that one's `also`; what a place says in full is not
/// told again as a part.
pub(super) fn gathered(mut told: Vec<Told>) -> Vec<Told> {
    told.sort_by(|a, b| b.values.said().cmp(&a.values.said()).then_with(|| a.cited.cmp(&b.cited)));
    let mut kept: Vec<Told> = Vec::with_capacity(told.len());
    for entry in told {
        match kept.iter_mut().find(|other| entry.values.is_within(&other.values)) {
            Some(other) => {
                other.also.extend(entry.cited);
                other.claims.extend(entry.claims);
            }
            None => kept.push(entry),
        }
    }
    for entry in &mut kept {
        entry.also.retain(|place| !entry.cited.contains(place));
    }
    kept
}

/// In what claims contradict each other, where the view shows none of it.
const UNSHOWN: &str = "what is not shown here";

/// In what entries of one claim, or of claims that are counted as one, contradict each other.
pub(super) fn disputed(told: &[Told]) -> Vec<String> {
    /// Whether two of some values differ.
    fn differ<T: PartialEq>(values: impl Iterator<Item = T>) -> bool {
        let mut values = values;
        let Some(first) = values.next() else { return false };
        values.any(|value| value != first)
    }
    let claims: BTreeSet<&NamedNode> = told.iter().flat_map(|entry| &entry.claims).collect();
    let all = || told.iter().map(|entry| &entry.values);
    let amounts = || all().filter_map(|values| values.amount.as_ref());
    let times: Vec<Bounds> = all().filter_map(|values| values.when.as_ref().map(|(_, bounds)| *bounds)).collect();
    let words = differ(all().filter_map(|values| values.when.as_ref().map(|(span, _)| &span.label)));
    let mut found = Vec::new();
    let mut say = |is: bool, what: &str| found.extend(is.then(|| what.to_owned()));
    say(differ(amounts().filter_map(|a| a.value)), "amount");
    say(differ(amounts().filter(|a| a.value.is_some()).map(|a| a.qualifier)), "how exact the amount is");
    say(differ(amounts().map(|a| &a.currency).filter(|c| !c.is_empty())), "currency");
    say(differ(all().filter_map(|values| values.within.out_of)), "out of how many");
    say(words && narrowed(&times).is_none(), "when");
    say(differ(all().filter_map(|values| values.codes[0].as_ref())), "tenure");
    say(differ(all().filter_map(|values| values.codes[1].as_ref())), "modality");
    if found.is_empty() && claims.len() > 1 {
        found.push(UNSHOWN.to_owned());
    }
    found
}

/// What several times have in common, if they can all be right.
pub(super) fn narrowed(times: &[Bounds]) -> Option<Bounds> {
    let late = |a: Option<Date>, b: Option<Date>| a.max(b);
    let early = |a: Option<Date>, b: Option<Date>| match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    let all = times.iter().fold(Bounds::default(), |all, time| Bounds {
        earliest_start: late(all.earliest_start, time.earliest_start),
        latest_start: early(all.latest_start, time.latest_start),
        earliest_end: late(all.earliest_end, time.earliest_end),
        latest_end: early(all.latest_end, time.latest_end),
    });
    let ordered = |a: Option<Date>, b: Option<Date>| a.is_none_or(|a| b.is_none_or(|b| a <= b));
    (ordered(all.earliest_start, all.latest_start) && ordered(all.earliest_end, all.latest_end)).then_some(all)
}

/// Whether a claim with these times passes a test: by what they have in common; where they contradict each other, certainly if all
/// pass, possibly if one does.
pub(super) fn held(times: &[Bounds], certain: bool, test: impl Fn(&Bounds) -> bool) -> bool {
    match narrowed(times) {
        Some(all) => test(&all),
        None if certain => times.iter().all(test),
        None => times.iter().any(test),
    }
}
