//! What flows along a line: the amounts of its claims added up in one currency, with their number, and what places disagree on.
//!
//! A sum says from where to where it may go if places give a claim different amounts; nothing is chosen. What is not stated is not
//! nothing: a sum with an unknown part is "at least".

use std::collections::{BTreeMap, BTreeSet};

use super::footnotes::numbered;
use super::graph::{Citation, DISPUTED, Graph, Qualifier, Tie};
use crate::text::one_line;

/// The amounts of one line, all in one currency.
#[derive(Debug, Clone)]
pub(crate) struct Money {
    /// The least and the most that they can come to by what the places say.
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) currency: String,
    /// Whether all is stated, exactly, and nowhere contradicted.
    pub(crate) is_exact: bool,
    /// Whether any of it is stated.
    pub(crate) is_stated: bool,
    /// In words, with footnotes where they are asked for: "3 grants, GBP 12,000 [1, 2]".
    pub(crate) said: String,
}

/// The currency that a tie's amount is in; ties without an amount are in none.
pub(crate) fn currency(tie: &Tie) -> Option<&str> {
    tie.amount.as_ref().filter(|amount| amount.value.is_some()).map(|amount| amount.currency.as_str())
}

/// A tie's amount in words.
pub(crate) fn amount(tie: &Tie) -> Option<String> {
    let amount = tie.amount.as_ref()?;
    let value = amount.value.filter(|value| value.is_finite());
    Some(value.map_or_else(|| "amount not stated".to_owned(), |value| one(amount.qualifier, &amount.currency, &number(value))))
}

fn one(qualifier: Qualifier, currency: &str, number: &str) -> String {
    [qualifier.sign().trim(), &one_line(currency), number].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

impl Money {
    /// What flows along ties between the same two things; none where none of them speaks of an amount. `count` is how many claims
    /// they are, `split` those to which places give different currencies.
    pub(crate) fn of(graph: &Graph, footnotes: &[Citation], split: &BTreeSet<&str>, ties: &[usize], count: usize) -> Option<Self> {
        if ties.iter().all(|&t| graph.ties[t].amount.is_none()) {
            return None;
        }
        let mut claims: BTreeMap<(&str, usize), Vec<&Tie>> = BTreeMap::new();
        for &t in ties {
            let tie = &graph.ties[t];
            claims.entry((tie.counts_as(), if tie.counts_as().is_empty() { t } else { 0 })).or_default().push(tie);
        }
        let value = |tie: &Tie| tie.amount.as_ref().and_then(|a| a.value).filter(|v| v.is_finite());
        let (mut low, mut high, mut unknown) = (0.0, 0.0, 0);
        for ((counts_as, _), claim) in &claims {
            let values: Vec<f64> = claim.iter().filter_map(|tie| value(tie)).collect();
            // What another place states in another currency may be nothing in this one.
            let may_be_none = split.contains(counts_as);
            low += if may_be_none { 0.0 } else { values.iter().copied().reduce(f64::min).unwrap_or(0.0) };
            high += values.iter().copied().reduce(f64::max).unwrap_or(0.0);
            unknown += usize::from(values.is_empty());
        }
        let is_stated = unknown < claims.len();
        let disputed = ties.iter().any(|&t| !graph.ties[t].disputed.is_empty());
        let currency = ties.iter().find_map(|&t| currency(&graph.ties[t])).unwrap_or_default().to_owned();
        let inexact: Vec<Qualifier> =
            ties.iter().filter_map(|&t| graph.ties[t].amount.as_ref()).map(|a| a.qualifier).filter(|q| *q != Qualifier::Exactly).collect();
        let mut money = Self {
            low,
            high,
            currency,
            is_exact: is_stated && unknown == 0 && inexact.is_empty() && low == high,
            is_stated,
            said: String::new(),
        };
        let named = numbered(footnotes, ties.iter().flat_map(|&t| &graph.ties[t].also));
        let named = if named.is_empty() { String::new() } else { format!(", named in {named}") };
        let sign = if disputed { DISPUTED } else { "" };
        let first = claims.values().next().map(Vec::as_slice).unwrap_or_default();
        let body = if count == 1 && is_stated {
            money.each(footnotes, first)
        } else {
            money.sum(graph, footnotes, (ties, count, unknown), &inexact)
        };
        money.said = format!("{body}{named}{sign}");
        Some(money)
    }

    /// One claim: every amount that is given for it, with who gives it.
    fn each(&self, footnotes: &[Citation], ties: &[&Tie]) -> String {
        let mut told: BTreeMap<(u64, Qualifier), (f64, Vec<&Citation>)> = BTreeMap::new();
        for tie in ties {
            let Some(amount) = &tie.amount else { continue };
            let Some(value) = amount.value.filter(|v| v.is_finite()) else { continue };
            // The order of the bits of positive numbers is that of the numbers.
            told.entry((value.to_bits(), amount.qualifier)).or_insert((value, Vec::new())).1.extend(&tie.citations);
        }
        let mut said = Vec::new();
        for ((_, qualifier), (value, citations)) in told {
            let currency = if said.is_empty() { self.currency.as_str() } else { "" };
            let numbers = numbered(footnotes, citations.into_iter());
            said.push(format!("{} {numbers}", one(qualifier, currency, &number(value))).trim().to_owned());
        }
        said.join(" or ")
    }

    /// Several claims: their number and what they come to.
    fn sum(
        &self,
        graph: &Graph,
        footnotes: &[Citation],
        (ties, count, unknown): (&[usize], usize, usize),
        inexact: &[Qualifier],
    ) -> String {
        let many = ties.first().map(|&t| one_line(&graph.ties[t].many)).filter(|many| !many.is_empty());
        let head = if count > 1 { format!("{count} {}, ", many.unwrap_or_else(|| "ties".to_owned())) } else { String::new() };
        let numbers = numbered(footnotes, ties.iter().flat_map(|&t| &graph.ties[t].citations));
        if !self.is_stated {
            return format!("{head}amount not stated {numbers}").trim().to_owned();
        }
        let at_least = |q: &Qualifier| matches!(q, Qualifier::AtLeast | Qualifier::MoreThan);
        let at_most = |q: &Qualifier| matches!(q, Qualifier::AtMost | Qualifier::LessThan);
        let qualifier = match inexact {
            inexact if inexact.iter().all(at_least) && (unknown > 0 || !inexact.is_empty()) => Qualifier::AtLeast,
            [] => Qualifier::Exactly,
            inexact if inexact.iter().all(at_most) && unknown == 0 => Qualifier::AtMost,
            _ => Qualifier::Around,
        };
        let sum = if self.low == self.high { number(self.low) } else { format!("{} to {}", number(self.low), number(self.high)) };
        format!("{head}{} {numbers}", one(qualifier, &self.currency, &sum)).trim().to_owned()
    }
}

/// A number as one reads it: 1,250,000 or 12.5 million.
pub(crate) fn number(value: f64) -> String {
    if value < 0.0 {
        return format!("−{}", number(-value));
    }
    for (unit, word) in [(1e12, "trillion"), (1e9, "billion"), (1e6, "million")] {
        if value >= unit {
            let text = format!("{:.2}", value / unit);
            // A rounded number stands for the real one only where nothing is lost.
            if (text.parse::<f64>().unwrap_or(0.0) * unit - value).abs() < unit * 1e-9 {
                return format!("{} {word}", text.trim_end_matches('0').trim_end_matches('.'));
            }
            break;
        }
    }
    let text = format!("{value:.2}");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::new();
    for (k, digit) in whole.chars().enumerate() {
        if k > 0 && (whole.len() - k).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let part = part.trim_end_matches('0');
    if part.is_empty() { grouped } else { format!("{grouped}.{part}") }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn amounts_read_as_people_write_them() {
        let said: Vec<String> =
            [0.0, 950.0, 1250.5, 125_000.0, 12_500_000.0, 12_345_678.0, -5000.0, 3.4e12].into_iter().map(number).collect();
        assert_eq!(said, ["0", "950", "1,250.5", "125,000", "12.5 million", "12,345,678", "−5,000", "3.4 trillion"]);
    }
}
