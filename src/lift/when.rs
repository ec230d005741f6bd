//! Times of records: what is written under `when`, or apart under `from` and `to`, as EDTF with its bounds; and what to tell
//! who wrote it otherwise.

use oxigraph::model::{Literal, NamedNode, Term};

use super::{Lifter, Read, Value};
use crate::finding::Finding;
use crate::location::{Located, Location};
use crate::record::Node;
use crate::schema::{Form, Key, Kind};
use crate::values::edtf::{self, Bounds, Stated, When};
use crate::values::written::{self, Likely};
use crate::vocab::{cg, edtf as edtf_terms, schema as schema_org, xsd};

/// The ends of a time that a record writes apart.
#[derive(Debug, Default)]
pub(super) struct Ends<'k> {
    pub key: Option<&'k Key>,
    from: Option<Located<String>>,
    to: Option<Located<String>>,
}

impl<'a> Lifter<'a> {
    /// Notes one end of a time; what is no single text is a finding.
    pub(super) fn end(&mut self, ends: &mut Ends<'a>, key: &'a Key, later: bool, name: &str, node: Node) {
        let mut texts = node.members().iter();
        let text = match (texts.next(), texts.next()) {
            (None, _) | (Some(Node::Empty(_)), None) => return,
            (Some(Node::Text(text)), None) => text.clone(),
            (_, _) => {
                self.unreadable(key, &format!("`{name}` takes one date"), node.location());
                return;
            }
        };
        ends.key = Some(key);
        let place = if later { &mut ends.to } else { &mut ends.from };
        if let Some(first) = place.replace(text.clone()) {
            self.find(Finding::error(key.code(), format!("`{name}` is given twice"), text.location).related(first.location, "first here"));
        }
    }

    /// The interval that two ends make, as a value of their key. With a `when` beside them nobody knows which is meant.
    pub(super) fn interval(&mut self, ends: Ends<'a>, read: &mut Vec<Read<'a>>) {
        let Some(key) = ends.key else { return };
        let Some(place) = ends.from.as_ref().or(ends.to.as_ref()).map(|text| text.location.clone()) else { return };
        let (from, to) = key.ends.clone().unwrap_or_default();
        if let Some(when) = read.iter().find(|known| known.key.name == key.name).and_then(|known| known.values.first()) {
            let message = format!("`{}` and `{from}` or `{to}` stand in one record, and only one can say when", key.name);
            let finding = Finding::error(key.code(), message, place).related(when.location.clone(), format!("`{}` here", key.name));
            self.find(finding.hint(Some(format!("keep `{}`, or `{from}` and `{to}`", key.name))));
            self.failed.push(key.code().to_owned());
            return;
        }
        let text = |end: &Option<Located<String>>| end.as_ref().map(|text| text.value.clone());
        match edtf::interval(text(&ends.from).as_deref(), text(&ends.to).as_deref()) {
            Ok(interval) => match edtf::read(&interval, self.as_of) {
                Ok(when) => {
                    let term = Some(Literal::new_typed_literal(interval, edtf_terms::EDTF).into());
                    read.push(Read { key, values: vec![Value { term, location: place, also: statements(&when) }], nested: Vec::new() });
                }
                Err(why) => self.unreadable(key, &format!("`{from}` and `{to}`: {why}"), &place),
            },
            Err((of_end, why)) => {
                let (name, end) = if of_end { (to, ends.to) } else { (from, ends.from) };
                if let Some(end) = end {
                    self.no_date(key, &name, &end.value, &why, &end.location);
                }
            }
        }
    }

    /// A time under one key: its term, and what follows from it. What only held on a day has no term.
    pub(super) fn date(&mut self, key: &Key, text: &Located<String>) -> Option<(Option<Term>, Vec<(NamedNode, Term)>)> {
        let written = text.value.as_str();
        match edtf::standing(written, self.as_of) {
            Some(Ok(bounds)) => {
                let mut also = bound_statements(&bounds);
                if bounds.latest_start == bounds.earliest_end
                    && let Some(day) = bounds.latest_start
                {
                    also.push((cg::HELD_ON.into_owned(), Literal::new_typed_literal(edtf::show(day), xsd::DATE).into()));
                }
                return Some((None, also));
            }
            Some(Err(why)) => {
                self.unreadable(key, &format!("`{written}`: {why}"), &text.location);
                return None;
            }
            None => {}
        }
        match edtf::read(written, self.as_of) {
            Ok(when) => Some((Some(Literal::new_typed_literal(written, edtf_terms::EDTF).into()), statements(&when))),
            Err(why) => {
                self.no_date(key, &key.name, written, &why, &text.location);
                None
            }
        }
    }

    fn no_date(&mut self, key: &Key, name: &str, text: &str, why: &str, place: &Location) {
        let likely = written::likely(text).and_then(|likely| match likely {
            // An end is no interval.
            Likely::Dates(dates) if name != key.name => {
                let single: Vec<String> = dates.into_iter().filter(|date| !date.contains('/')).collect();
                (!single.is_empty()).then_some(Likely::Dates(single))
            }
            likely => Some(likely),
        });
        if let Some(only) = certain(text) {
            self.lifted.instead(&Located::new(text.to_owned(), place.clone()), &only);
        }
        let (message, hint) = match likely {
            Some(likely) => (format!("`{name}`: `{text}` is not written as EDTF"), Some(meant(&likely))),
            None => (format!("`{name}`: `{text}` is not a date: {why}"), key.message.clone()),
        };
        self.failed.push(key.code().to_owned());
        self.find(Finding::error(key.code(), message, place.clone()).hint(hint));
    }

    /// Several times in one record; and a single day as the whole time of what lasts.
    pub(super) fn times(&mut self, kind: &Kind, read: &mut [Read<'a>]) {
        let lists = &self.context.schema.lists;
        let lasting = |known: &Read<'_>| {
            let Form::Code(scheme) = &known.key.form else { return None };
            let codes = &lists.get(scheme)?.codes;
            codes.values().find(|code| code.lasts && known.values.iter().any(|value| value.is(&code.iri))).map(|code| code.label.clone())
        };
        let standing = read.iter().find_map(lasting);
        let mut findings = Vec::new();
        for known in read.iter_mut().filter(|known| known.key.form == Form::Date) {
            let max = known.key.max.map_or(usize::MAX, |max| max as usize);
            if let (Some(first), Some(second)) = (known.values.first(), known.values.get(max)) {
                findings.push(
                    Finding::error(
                        known.key.code(),
                        format!("two dates in one record: {} and {}", first.words(), second.words()),
                        second.location.clone(),
                    )
                    .related(first.location.clone(), "the first here")
                    .hint(Some("a range is start/end; what happened twice is two records".to_owned())),
                );
                // Bounds of two dates would make faults of their own.
                known.values.truncate(max);
            }
            if !kind.lasts && standing.is_none() {
                continue;
            }
            let Some((value, day)) = known.values.iter().find_map(|value| Some((value, single_day(value)?))) else { continue };
            let what = standing.clone().unwrap_or_else(|| kind.label.to_lowercase());
            let shown = edtf::show(day);
            let from = known.key.ends.as_ref().map_or_else(|| format!("`{shown}/..`"), |(from, _)| format!("`{from}: {shown}`"));
            findings.push(
                Finding::warning("single-day", format!("`{what}` goes on for a time, and this says that it was over within {shown}"), value.location.clone())
                    .label("one day")
                    .hint(Some(format!(
                        "if it began then, write {from}; if it held then and since when is not said, `{}: as-of {shown}`; if it was that day alone, `{shown}/{shown}`",
                        known.key.name
                    ))),
            );
        }
        self.lifted.findings.extend(findings);
    }
}

/// The one date that a text is, written otherwise than EDTF: nothing of it is left over, such as a doubt, another end or a word.
pub(super) fn certain(text: &str) -> Option<String> {
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).count();
    match written::likely(text)? {
        Likely::Dates(dates) if words <= 1 && !text.contains(['/', '?', '~', '%', '<', '>', '–', '—']) => match &dates[..] {
            [only] if !only.contains('/') => Some(only.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// The hint for what was likely meant.
pub(super) fn meant(likely: &Likely) -> String {
    match likely {
        Likely::Dates(dates) => match &dates[..] {
            [day_first, month_first] => format!("`{day_first}` if the day comes first, `{month_first}` if the month does"),
            dates => format!("did you mean `{}`?", dates.join("` or `")),
        },
        Likely::NoYear => "words that name no year give no date: leave it out; a note may keep the words".to_owned(),
        Likely::Absent => "leave it empty: what is not known stays away".to_owned(),
        Likely::ShortYear => "write the year first and with four digits: YYYY-MM-DD".to_owned(),
    }
}

fn single_day(value: &Value) -> Option<jiff::civil::Date> {
    let Some(Term::Literal(literal)) = &value.term else { return None };
    let text = literal.value();
    if text.contains('/') {
        return None;
    }
    match edtf::read(text, None).ok()?.start {
        Some(Stated::Day(day)) => Some(day),
        _ => None,
    }
}

/// The bounds that statements give, all of them together.
pub(super) fn bounds<'s>(also: impl IntoIterator<Item = &'s (NamedNode, Term)>) -> Bounds {
    let mut all = Bounds::default();
    for (property, term) in also {
        let Term::Literal(literal) = term else { continue };
        let Some(day) = edtf::day(literal.value()) else { continue };
        let mut one = Bounds::default();
        match property.as_ref() {
            cg::EARLIEST_START => one.earliest_start = Some(day),
            cg::LATEST_START => one.latest_start = Some(day),
            cg::EARLIEST_END => one.earliest_end = Some(day),
            cg::LATEST_END => one.latest_end = Some(day),
            _ => continue,
        }
        all = all.and(&one);
    }
    all
}

fn bound_statements(bounds: &Bounds) -> Vec<(NamedNode, Term)> {
    [
        (cg::EARLIEST_START, bounds.earliest_start),
        (cg::LATEST_START, bounds.latest_start),
        (cg::EARLIEST_END, bounds.earliest_end),
        (cg::LATEST_END, bounds.latest_end),
    ]
    .into_iter()
    .filter_map(|(property, day)| Some((property.into_owned(), Literal::new_typed_literal(edtf::show(day?), xsd::DATE).into())))
    .collect()
}

fn statements(when: &When) -> Vec<(NamedNode, Term)> {
    let mut statements = bound_statements(&when.bounds);
    for (property, stated) in [(schema_org::START_DATE, when.start), (schema_org::END_DATE, when.end)] {
        let Some(stated) = stated else { continue };
        let datatype = match stated {
            Stated::Year(_) => xsd::G_YEAR,
            Stated::Month(..) => xsd::G_YEAR_MONTH,
            Stated::Day(_) => xsd::DATE,
        };
        statements.push((property.into_owned(), Literal::new_typed_literal(stated.text(), datatype).into()));
    }
    if let Some(doubt) = when.qualifier {
        statements.push((cg::DATE_QUALIFIER.into_owned(), Literal::from(doubt.name()).into()));
    }
    statements
}
