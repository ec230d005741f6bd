//! What is wrong in the data: findings, which are values and never stop the reading.
//!
//! An [`Error`](crate::pipeline::BuildError) says that civigraph could not do its work; a [`Finding`] says that it
//! did, and that the data breaks a rule. All findings are gathered and shown in the order of their places.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::{BuildHasher, RandomState};

use serde::Serialize;

use crate::location::Location;

mod codes;
mod left_out;

pub use codes::{CODES, Code, code};
pub use left_out::LeftOut;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Probably wrong, or a disagreement that an editor should know of.
    Warning,
    /// Wrong: nothing is stored while one of these stands.
    Error,
}

impl Severity {
    /// All, worst first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Info];

    /// The word that people see.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// From the word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.name() == name)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One thing wrong in the data, at its place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The name of the shape, the check or the built-in rule: what `civigraph explain` takes.
    pub code: String,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where.
    pub location: Location,
    /// A few words for under the excerpt; empty where the message says it all.
    pub label: String,
    /// What to do about it, the nearest right name for instance.
    pub hint: Option<String>,
    /// Other places that belong to it (the first definition, the other claim), each with a few words.
    pub related: Vec<(Location, String)>,
    /// Whether what is at fault is left out of the graph: then it is a note, however grave the project takes its code to be.
    pub left_out: bool,
}

/// The longest text of a finding, in bytes: what somebody wrote may be as long as a file, and is said of each place where it stands.
const LONGEST: usize = 4096;

/// A text with its middle left out, where it is longer than anybody reads.
fn short(text: String) -> String {
    if text.len() <= LONGEST {
        return text;
    }
    let end = (0..=LONGEST / 2).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let start = (text.len() - LONGEST / 4..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    format!("{} … {}", &text[..end], &text[start..])
}

impl Finding {
    /// A finding with neither label, hint nor related places.
    pub fn new(severity: Severity, code: impl Into<String>, message: impl Into<String>, location: Location) -> Self {
        let message = short(message.into());
        Self { severity, code: code.into(), message, location, label: String::new(), hint: None, related: Vec::new(), left_out: false }
    }

    /// An error-level finding.
    pub fn error(code: impl Into<String>, message: impl Into<String>, location: Location) -> Self {
        Self::new(Severity::Error, code, message, location)
    }

    /// A warning.
    pub fn warning(code: impl Into<String>, message: impl Into<String>, location: Location) -> Self {
        Self::new(Severity::Warning, code, message, location)
    }

    /// With the words for under the excerpt.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = short(label.into());
        self
    }

    /// With a hint, if there is one.
    pub fn hint(mut self, hint: impl Into<Option<String>>) -> Self {
        self.hint = hint.into().map(short);
        self
    }

    /// With another place that belongs to it.
    pub fn related(mut self, location: Location, words: impl Into<String>) -> Self {
        self.related.push((location, short(words.into())));
        self
    }
}

/// Findings, the same one once, in the order of their places.
///
/// A table that refers to nothing has one fault and not a hundred thousand: of each cause the first so many are kept, and
/// the rest is counted. Which are the first does not depend on the order in which they come. Costs memory for those kept,
/// and some bytes for each of the others, so that none is counted twice.
#[derive(Debug, Clone)]
pub struct Findings {
    most: usize,
    causes: HashMap<Cause, Of>,
    counts: [usize; 3],
    /// What was found, as sums: nobody who does not know this process's key makes two that are equal.
    seen: HashSet<u64>,
    /// Under which codes something was found at which places.
    places: HashSet<u64>,
    sums: RandomState,
    /// Once sorted.
    list: Vec<Finding>,
    more: Vec<More>,
}

/// What findings have in common that differ in nothing but the values they name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Cause {
    severity: Severity,
    code: String,
    words: String,
    left_out: bool,
}

/// The findings of a cause.
#[derive(Debug, Clone, Default)]
struct Of {
    kept: Vec<Finding>,
    dropped: usize,
    /// Where the last of those kept was when there were too many: what comes behind it is not kept.
    bar: Option<Location>,
}

/// How many findings of a cause are not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct More {
    /// How bad they are.
    pub severity: Severity,
    /// Their code.
    pub code: String,
    /// Their message, with `…` for the values.
    pub message: String,
    /// How many.
    pub count: usize,
    /// Behind which of the findings, in order, they would come.
    pub after: usize,
}

impl Default for Findings {
    fn default() -> Self {
        Self::keeping(usize::MAX)
    }
}

/// A message with `…` in place of what stands in quotes, and of numbers.
fn pattern(message: &str) -> String {
    let mut words = String::with_capacity(message.len().min(200));
    let mut rest = message;
    while let Some(at) = rest.find(|c: char| matches!(c, '`' | '"' | '“') || c.is_ascii_digit()) {
        words.push_str(&rest[..at]);
        let open = rest[at..].chars().next().unwrap_or('`');
        let after = &rest[at + open.len_utf8()..];
        let close = if open == '“' { '”' } else { open };
        if open.is_ascii_digit() {
            words.push('…');
            rest = after.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','));
        } else if let Some(end) = after.find(close) {
            words.push(open);
            words.push('…');
            words.push(close);
            rest = &after[end + close.len_utf8()..];
        } else {
            // A quote that is never closed is one of a value that was cut.
            words.push('…');
            rest = "";
        }
    }
    words.push_str(rest);
    words
}

fn in_order(a: &Finding, b: &Finding) -> Ordering {
    let related = |finding: &Finding| finding.related.iter().map(|(place, words)| (place.clone(), words.clone())).collect::<Vec<_>>();
    // What a file that cannot be read says nothing of may be the cause of all the rest.
    let readable = |finding: &Finding| finding.code != "unreadable-file" || finding.severity != Severity::Error;
    readable(a)
        .cmp(&readable(b))
        .then_with(|| a.location.cmp(&b.location))
        .then(b.severity.cmp(&a.severity))
        .then_with(|| a.code.cmp(&b.code))
        .then_with(|| a.message.cmp(&b.message))
        .then_with(|| (&a.label, &a.hint).cmp(&(&b.label, &b.hint)))
        .then_with(|| related(a).cmp(&related(b)))
}

impl Of {
    /// Keeps the first so many.
    fn keep(&mut self, most: usize) {
        if self.kept.len() > most {
            self.kept.select_nth_unstable_by(most, in_order);
            self.dropped += self.kept.len() - most;
            self.kept.truncate(most);
            self.bar = self.kept.iter().map(|finding| &finding.location).max().cloned();
        }
    }
}

impl Findings {
    /// Keeps the first so many of each cause.
    pub fn keeping(most: usize) -> Self {
        Self {
            most,
            causes: HashMap::new(),
            counts: [0; 3],
            seen: HashSet::new(),
            places: HashSet::new(),
            sums: RandomState::new(),
            list: Vec::new(),
            more: Vec::new(),
        }
    }

    fn place(&self, code: &str, place: &Location) -> u64 {
        self.sums.hash_one((code, place))
    }

    /// Adds one, unless it is there already; says whether it was not.
    pub fn push(&mut self, finding: Finding) -> bool {
        if !self.seen.insert(self.sums.hash_one(&finding)) {
            return false;
        }
        let place = self.place(&finding.code, &finding.location);
        self.places.insert(place);
        self.counts[finding.severity as usize] += 1;
        let cause =
            Cause { severity: finding.severity, code: finding.code.clone(), words: pattern(&finding.message), left_out: finding.left_out };
        let of = self.causes.entry(cause).or_default();
        if of.bar.as_ref().is_some_and(|bar| finding.location > *bar) {
            of.dropped += 1;
            return true;
        }
        of.kept.push(finding);
        // Seldom enough that each costs next to nothing.
        if of.kept.len() / 2 > self.most {
            of.keep(self.most);
        }
        true
    }

    /// Whether a finding would be kept: where it would not, its hint need not be looked for.
    pub fn would_keep(&self, severity: Severity, code: &str, message: &str, place: &Location) -> bool {
        let cause = Cause { severity, code: code.to_owned(), words: pattern(message), left_out: false };
        self.causes.get(&cause).and_then(|of| of.bar.as_ref()).is_none_or(|bar| place <= bar)
    }

    /// None yet, to be [absorbed](Self::absorb) later.
    pub fn beside(&self) -> Self {
        Self { sums: self.sums.clone(), ..Self::keeping(self.most) }
    }

    /// Takes over what was found [beside](Self::beside) these and is none of them.
    pub fn absorb(&mut self, other: Self) {
        for (cause, of) in other.causes {
            self.counts[cause.severity as usize] += of.dropped;
            let own = self.causes.entry(cause).or_default();
            own.dropped += of.dropped;
            of.kept.into_iter().for_each(|finding| _ = self.push(finding));
        }
        self.seen.extend(other.seen);
        self.places.extend(other.places);
    }

    /// Whether something was found there under a code, kept or not.
    pub fn has(&self, code: &str, place: &Location) -> bool {
        self.places.contains(&self.place(code, place))
    }

    /// Sorts by place, then severity, code and message, files that cannot be read before everything, and counts what is not kept.
    pub fn sort(&mut self) {
        let mut last: Vec<(More, Finding)> = Vec::new();
        for (cause, mut of) in self.causes.drain() {
            of.keep(self.most);
            if let Some(finding) = of.kept.iter().max_by(|a, b| in_order(a, b)).filter(|_| of.dropped > 0) {
                let more = More { severity: cause.severity, code: cause.code, message: cause.words, count: of.dropped, after: 0 };
                last.push((more, finding.clone()));
            }
            self.list.append(&mut of.kept);
        }
        self.list.sort_by(in_order);
        self.more.extend(last.into_iter().map(|(more, last)| {
            let after = self.list.partition_point(|finding| in_order(finding, &last) != Ordering::Greater);
            More { after: after.saturating_sub(1), ..more }
        }));
        self.more.sort_by(|a, b| (a.after, &a.code, &a.message).cmp(&(b.after, &b.code, &b.message)));
    }

    /// Gives findings of some codes another severity; not those of what is left out.
    pub fn regrade(&mut self, grades: &HashMap<String, Severity>) {
        let changed = |cause: &&Cause| !cause.left_out && grades.get(&cause.code).is_some_and(|severity| *severity != cause.severity);
        let causes: Vec<Cause> = self.causes.keys().filter(changed).cloned().collect();
        for cause in causes {
            let (Some(mut of), Some(severity)) = (self.causes.remove(&cause), grades.get(&cause.code).copied()) else { continue };
            let count = of.kept.len() + of.dropped;
            self.counts[cause.severity as usize] -= count;
            self.counts[severity as usize] += count;
            of.kept.iter_mut().for_each(|finding| finding.severity = severity);
            let into = self.causes.entry(Cause { severity, ..cause }).or_default();
            into.kept.append(&mut of.kept);
            into.dropped += of.dropped;
        }
    }

    /// How many were found of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.counts[severity as usize]
    }

    /// Whether one is as bad as this, or worse.
    pub fn any_at_least(&self, severity: Severity) -> bool {
        Severity::ALL.into_iter().any(|found| found >= severity && self.count(found) > 0)
    }

    /// Those kept, in order; none before they are sorted.
    pub fn iter(&self) -> std::slice::Iter<'_, Finding> {
        self.list.iter()
    }

    /// What is not kept, in the order in which it would come; none before all are sorted.
    pub fn more(&self) -> &[More] {
        &self.more
    }

    /// How many were found.
    pub fn len(&self) -> usize {
        self.counts.iter().sum()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Extend<Finding> for Findings {
    fn extend<I: IntoIterator<Item = Finding>>(&mut self, findings: I) {
        findings.into_iter().for_each(|finding| _ = self.push(finding));
    }
}

impl<'a> IntoIterator for &'a Findings {
    type Item = &'a Finding;
    type IntoIter = std::slice::Iter<'a, Finding>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(line: usize) -> Finding {
        Finding::error("c", format!("`x{line}` is not defined"), Location::new(&"f".into(), line, 1, 1))
    }

    #[test]
    fn the_first_of_a_cause_are_kept_in_whatever_order_they_come_and_the_rest_is_counted() {
        for step in [1, 7, 999] {
            let mut findings = Findings::keeping(3);
            for number in 0..1000 {
                findings.push(finding((number * step) % 1000 + 1));
                // The same again is the same.
                findings.push(finding((number * step) % 1000 + 1));
            }
            findings.push(Finding::warning("c", "something else", Location::new(&"f".into(), 2, 1, 1)));
            findings.sort();
            let lines: Vec<u32> = findings.iter().map(|finding| finding.location.line).collect();
            assert_eq!(lines, [1, 2, 2, 3]);
            assert_eq!((findings.len(), findings.count(Severity::Error), findings.count(Severity::Warning)), (1001, 1000, 1));
            let more = More { severity: Severity::Error, code: "c".into(), message: "`…` is not defined".into(), count: 997, after: 3 };
            assert_eq!(findings.more(), [more]);
            assert!(
                findings.has("c", &Location::new(&"f".into(), 900, 1, 1)) && !findings.has("d", &Location::new(&"f".into(), 900, 1, 1))
            );
        }
    }

    #[test]
    fn messages_of_a_cause_differ_in_their_values_alone() {
        assert_eq!(pattern("`a b` has one `c`, and citations give 12: \"x\", “y”"), "`…` has one `…`, and citations give …: \"…\", “…”");
        assert_eq!(pattern("expected 1,200.5 of `never closed"), "expected … of …");
        assert_eq!(pattern("plain"), "plain");
    }
}
