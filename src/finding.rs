//! What is wrong in the data: findings, which are values and never stop the reading.
//!
//! An [`Error`](crate::pipeline::BuildError) says that civigraph could not do its work; a [`Finding`] says that it
//! did, and that the data breaks a rule. All findings are gathered and shown in the order of their places.

use std::fmt;

use serde::Serialize;

use crate::location::Location;

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
#[derive(Debug, Clone, PartialEq, Eq)]
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
}

impl Finding {
    /// A finding with neither label, hint nor related places.
    pub fn new(severity: Severity, code: impl Into<String>, message: impl Into<String>, location: Location) -> Self {
        Self { severity, code: code.into(), message: message.into(), location, label: String::new(), hint: None, related: Vec::new() }
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
        self.label = label.into();
        self
    }

    /// With a hint, if there is one.
    pub fn hint(mut self, hint: impl Into<Option<String>>) -> Self {
        self.hint = hint.into();
        self
    }

    /// With another place that belongs to it.
    pub fn related(mut self, location: Location, words: impl Into<String>) -> Self {
        self.related.push((location, words.into()));
        self
    }
}

/// Findings in the order of their places.
#[derive(Debug, Clone, Default)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// Adds one.
    pub fn push(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    /// Sorts by place, then severity, code and message, and drops exact repetitions.
    pub fn sort(&mut self) {
        self.0.sort_by(|a, b| {
            a.location
                .cmp(&b.location)
                .then(b.severity.cmp(&a.severity))
                .then_with(|| a.code.cmp(&b.code))
                .then_with(|| a.message.cmp(&b.message))
        });
        self.0.dedup();
    }

    /// How many there are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.0.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Whether one is as bad as this, or worse.
    pub fn any_at_least(&self, severity: Severity) -> bool {
        self.0.iter().any(|finding| finding.severity >= severity)
    }

    /// All, in order once sorted.
    pub fn iter(&self) -> std::slice::Iter<'_, Finding> {
        self.0.iter()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Extend<Finding> for Findings {
    fn extend<I: IntoIterator<Item = Finding>>(&mut self, findings: I) {
        self.0.extend(findings);
    }
}

impl<'a> IntoIterator for &'a Findings {
    type Item = &'a Finding;
    type IntoIter = std::slice::Iter<'a, Finding>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The rules that are not shapes or checks but belong to the reading itself, for `civigraph explain`:
/// code, what it means and why, an example of what is wrong.
pub const BUILT_IN: &[(&str, &str, &str)] = &[
    (
        "unreadable-file",
        "The file could not be read as what its name says: broken YAML, CSV, TSV or JSON, bytes that are not UTF-8, a NUL byte. Nothing of it was taken.",
        "name: \"River Network",
    ),
    (
        "unknown-kind",
        "A record's kind must be one that a shape under ontology/shapes/ declares with cg:kind; otherwise nobody knows what its keys mean.",
        "Netwrok:\n  - id: river-network",
    ),
    (
        "unknown-key",
        "A key must be one that the kind's shape, or that of a superclass, declares with sh:name. What is not known is never silently dropped.",
        "Network:\n  - { id: river-network, nmae: River Network }",
    ),
    ("unreadable-record", "A record is a mapping of keys to values; a list of records stands under its kind.", "Network: River Network"),
    (
        "missing-id",
        "A thing needs an `id`; only kinds whose shape has cg:identifiedBy (claims) are named from their values.",
        "Network:\n  - { name: River Network }",
    ),
    (
        "invalid-id",
        "An id is a slug: a-z, 0-9 and single hyphens, at most 80 characters. It becomes part of a web address that others will cite, so it stays plain.",
        "id: River Network",
    ),
    (
        "duplicate-id",
        "The same id twice under the same citation is one thing described twice by mistake, or two things with one name. Under different citations it is one thing that two places speak about.",
        "Event:\n  - { id: launch, name: A }\n  - { id: launch, name: B }",
    ),
    (
        "conflicting-kind",
        "One id has two kinds, neither of which is a subclass of the other: a person cannot be an event.",
        "Person:\n  - id: ford\nOrganization:\n  - id: ford",
    ),
    (
        "missing-section",
        "Every record is cited to a section of its source: the file says `section:`, or the record does.",
        "Network:\n  - id: river-network",
    ),
    (
        "unknown-section",
        "The section must be listed in the source's sections.csv, so that a citation leads somewhere.",
        "section: \"3.11\"",
    ),
    (
        "hidden-sheet",
        "A sheet that is hidden in its workbook is not read unless source.toml says what it is: what nobody sees, nobody checks.",
        "[tables.\"members.xlsx/Old list\"]\nskip = true",
    ),
    (
        "unused-setting",
        "What source.toml says of a table must be about a file of the source's folder, and about columns that its header has.",
        "[tables.\"fundres.csv\"]",
    ),
    (
        "expected-count",
        "The source's source.toml says how many records of a kind are plausible. Fewer may mean a truncated table, more a table read twice.",
        "[expect]\nEvent = { min = 20 }",
    ),
    (
        "conflicting-claims",
        "Two citations give different values to a key that should have one. Both are kept, each with its citation; an editor may add a Discrepancy with a note.",
        "section 3.2.4, first and second paragraph",
    ),
    (
        "conflicting-dates",
        "Citations give bounds to the same date that cannot both be true, or date one thing so that it would be two that cannot stand beside each other. All are kept. If they are two, each gets an id; if they are one, both get the same.",
        "when: 2010-01 in one place, when: 2011 in another",
    ),
    (
        "two-dates",
        "One place gives two dates to one thing. A range is written start/end; what happened twice is two records.",
        "when: [2010, 2012]",
    ),
    (
        "told-apart",
        "Two sources date what may be one claim so that it is two, or a record says too little to know of which of several claims it is. Worth a look; an id settles it.",
        "Membership:\n  - { member: a, organization: b, role: member, when: 2010/2012 }   # and 2015/2018 in another source",
    ),
    (
        "single-day",
        "A membership, a post, a status that stands goes on for a time. A single day as its time says that it was over within that day; most often the day is its beginning.",
        "Membership:\n  - { member: a, organization: b, role: member, when: 2021-03-05 }   # from: 2021-03-05",
    ),
    (
        "control-character",
        "A text holds a control character (U+0000 to U+001F and the like), which nobody sees and not every format can hold. It is left out.",
        "name: \"River\\u0007 Network\"",
    ),
    (
        "language-tag",
        "A language is told by its tag (BCP 47): en, ur, pt-BR. A tag that names no language is found by nobody who asks for one.",
        "name: { english: Water Watch }",
    ),
];
