//! `matches.csv`: what people decided of things that may be one. A line that says `same` makes one thing of two when the graph is built; it is the line
//! that does it, so that taking it away undoes it, and reading the sources anew keeps it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use crate::finding::Finding;
use crate::location::{Located, Location};
use crate::nearest::nearest;
use crate::project::Project;

use super::table;
use super::text;

/// The file, in the project's folder.
pub const FILE: &str = "matches.csv";
/// Its columns.
pub const COLUMNS: [&str; 6] = ["decision", "one", "other", "who", "when", "why"];

/// What was decided of two things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// They are one.
    Same,
    /// They are two.
    Different,
    /// Nobody knows yet.
    Unsure,
}

impl Decision {
    /// All, as they are written.
    pub const ALL: [(&'static str, Self); 3] = [("same", Self::Same), ("different", Self::Different), ("unsure", Self::Unsure)];

    /// The word for it.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, known)| *known == self).map_or("", |(word, _)| word)
    }
}

/// A line of the file.
#[derive(Debug, Clone)]
pub struct Line {
    /// What was decided.
    pub decision: Decision,
    /// Of which thing: its address.
    pub one: Located<String>,
    /// And of which other.
    pub other: Located<String>,
    /// By whom, when and why, as it is written.
    pub said: [String; 3],
}

/// All decisions of a project.
#[derive(Debug, Clone, Default)]
pub struct Matches {
    /// The lines, in order.
    pub lines: Vec<Line>,
    /// What stands for a thing that is another, by addresses.
    same: BTreeMap<String, String>,
    /// What was decided last of two things.
    decisions: HashMap<(String, String), Decision>,
}

/// Two things in the one order that they have whoever is named first.
fn pair(one: &str, other: &str) -> (String, String) {
    let (first, second) = if one <= other { (one, other) } else { (other, one) };
    (first.to_owned(), second.to_owned())
}

/// Things in groups, as a forest of numbers: each leads to another of its group, the one that stands for all to itself.
#[derive(Default)]
struct Groups<'a> {
    numbers: HashMap<&'a str, usize>,
    names: Vec<&'a str>,
    leads_to: Vec<usize>,
}

impl<'a> Groups<'a> {
    fn number(&mut self, thing: &'a str) -> usize {
        let next = self.names.len();
        let number = *self.numbers.entry(thing).or_insert(next);
        if number == next {
            self.names.push(thing);
            self.leads_to.push(next);
        }
        number
    }

    /// What stands for it; the way there is halved for whoever comes next.
    fn first(&mut self, mut number: usize) -> usize {
        while self.leads_to[number] != number {
            self.leads_to[number] = self.leads_to[self.leads_to[number]];
            number = self.leads_to[number];
        }
        number
    }

    /// Makes one group of two; what stands for the first stands for both.
    fn join(&mut self, one: &'a str, other: &'a str) {
        let (one, other) = (self.number(one), self.number(other));
        let (one, other) = (self.first(one), self.first(other));
        self.leads_to[other] = one;
    }

    fn are_one(&mut self, one: &'a str, other: &'a str) -> bool {
        let (one, other) = (self.number(one), self.number(other));
        self.first(one) == self.first(other)
    }

    /// The things for which another stands, with what does.
    fn others(mut self) -> BTreeMap<String, String> {
        let all = 0..self.names.len();
        let named = all.map(|number| (number, self.first(number))).filter(|(number, first)| number != first).collect::<Vec<_>>();
        named.into_iter().map(|(number, first)| (self.names[number].to_owned(), self.names[first].to_owned())).collect()
    }
}

impl Matches {
    /// Reads them; a project without the file has none.
    pub fn read(project: &Project) -> (Self, Vec<Finding>) {
        let file: Arc<str> = FILE.into();
        let mut matches = Self::default();
        let mut findings = Vec::new();
        match text::read_whole(project.door(), Path::new(FILE)) {
            Ok(text) => matches.lines(&text, &file, project, &mut findings),
            Err(unread) if unread.is_missing() => {}
            Err(unread) => findings.push(unread.finding(&file)),
        }
        matches.join(&mut findings);
        (matches, findings)
    }

    fn lines(&mut self, text: &str, file: &Arc<str>, project: &Project, findings: &mut Vec<Finding>) {
        let base = &project.base;
        let mut rows = table::Table::new(text.as_bytes(), table::delimiter(text.as_bytes()), file, project.limits);
        let mut columns: Option<Vec<usize>> = None;
        loop {
            let row = match rows.row() {
                Ok(Some(row)) => row,
                Ok(None) => return,
                Err(finding) => return findings.push(finding),
            };
            let Some(columns) = &columns else {
                let at = |name: &str| row.iter().position(|cell| cell.value.trim().eq_ignore_ascii_case(name));
                if let Some(missing) = COLUMNS[..3].iter().find(|name| at(name).is_none()) {
                    let message = format!("{FILE} has no column `{missing}`");
                    let hint = format!("its first line is {}", COLUMNS.join(","));
                    return findings.push(Finding::error("unreadable-match", message, Location::file(file)).hint(Some(hint)));
                }
                columns = Some(COLUMNS.iter().map(|name| at(name).unwrap_or(usize::MAX)).collect());
                continue;
            };
            let cell = |which: usize| columns.get(which).and_then(|at| row.get(*at)).filter(|cell| !cell.value.trim().is_empty());
            if row.iter().all(|cell| cell.value.trim().is_empty()) {
                continue;
            }
            let place = row.first().map_or_else(|| Location::file(file), |cell| cell.location.clone());
            let (Some(decision), Some(one), Some(other)) = (cell(0), cell(1), cell(2)) else {
                let message = "a line says a decision and the ids of two things";
                findings.push(Finding::error("unreadable-match", message, place));
                continue;
            };
            let word = decision.value.trim().to_lowercase();
            let Some((_, decided)) = Decision::ALL.iter().find(|(known, _)| *known == word) else {
                let message = format!("`{}` is no decision", decision.value.trim());
                let near = nearest(&word, Decision::ALL.iter().map(|(word, _)| (*word).to_owned()));
                let hint = near.map_or_else(|| "there are same, different and unsure".to_owned(), |near| format!("did you mean `{near}`?"));
                findings.push(Finding::error("unreadable-match", message, decision.location.clone()).hint(Some(hint)));
                continue;
            };
            let address = |cell: &Located<String>| {
                let written = cell.value.trim();
                let iri = written.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
                let iri = iri.map_or_else(|| base.thing(written).into_string(), str::to_owned);
                Located::new(iri, cell.location.clone())
            };
            let (one, other) = (address(one), address(other));
            if one.value == other.value {
                let message = format!("`{}` is held against itself", cell(1).map_or("", |cell| cell.value.trim()));
                findings.push(Finding::error("unreadable-match", message, other.location).hint(Some("a line is of two things".to_owned())));
                continue;
            }
            let said = [3, 4, 5].map(|which| cell(which).map_or_else(String::new, |cell| cell.value.trim().to_owned()));
            self.lines.push(Line { decision: *decided, one, other, said });
        }
    }

    /// Makes groups of what is the same: the first of the first line stands for all of its group. Costs little more than the
    /// lines, however they hang together.
    fn join(&mut self, findings: &mut Vec<Finding>) {
        let mut groups = Groups::default();
        let mut lines_of: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, line) in self.lines.iter().enumerate().filter(|(_, line)| line.decision == Decision::Same) {
            groups.join(&line.one.value, &line.other.value);
            for thing in [&line.one.value, &line.other.value] {
                lines_of.entry(thing).or_default().push(at);
            }
        }
        for line in self.lines.iter().filter(|line| line.decision == Decision::Different) {
            if groups.are_one(&line.one.value, &line.other.value) {
                let message = "these are said to be different, and other lines make them one";
                let finding = Finding::error("unreadable-match", message, line.one.location.clone());
                let of = |thing: &str| lines_of.get(thing).into_iter().flatten().take(4);
                let near: BTreeSet<usize> = of(&line.one.value).chain(of(&line.other.value)).copied().collect();
                findings.push(
                    near.into_iter()
                        .take(4)
                        .fold(finding, |finding, at| finding.related(self.lines[at].one.location.clone(), "said to be the same here")),
                );
            }
        }
        self.same = groups.others();
        self.decisions = self.lines.iter().map(|line| (pair(&line.one.value, &line.other.value), line.decision)).collect();
    }

    /// What stands for a thing: itself, if it is no other.
    pub fn of<'t>(&'t self, thing: &'t str) -> &'t str {
        self.same.get(thing).map_or(thing, String::as_str)
    }

    /// The things that are another, each with what stands for it.
    pub fn joined(&self) -> impl Iterator<Item = (&str, &str)> {
        self.same.iter().map(|(other, one)| (other.as_str(), one.as_str()))
    }

    /// What was decided of two things, whichever comes first; the last line counts.
    pub fn decided(&self, one: &str, other: &str) -> Option<Decision> {
        self.decisions.get(&pair(one, other)).copied()
    }

    /// The things that are spoken of, with the place of each.
    pub fn spoken_of(&self) -> BTreeSet<(&str, &Location)> {
        self.lines.iter().flat_map(|line| [&line.one, &line.other]).map(|thing| (thing.value.as_str(), &thing.location)).collect()
    }
}
