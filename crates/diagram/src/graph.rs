//! What is to be drawn: things, the ties between them, and what the page says about itself. Plain values, no store, no RDF.
//!
//! The order of nodes and ties means nothing: every layout and format sorts them itself, so that the same graph gives the same bytes.

use serde::{Deserialize, Serialize};

pub use civigraph_values::number::Qualifier;

/// A graph to draw, with what its page says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Graph {
    /// The headline.
    pub title: String,
    /// A line under the headline.
    pub subtitle: String,
    /// When the picture holds, in words: "as of 31 December 2025".
    pub as_of: Option<String>,
    /// What the picture rests on, one line each.
    pub sources: Vec<String>,
    /// Under what terms it may be used.
    pub licence: Option<String>,
    /// The language of labels and page, a BCP 47 tag; empty means English.
    pub language: String,
    /// What a reader must know beside the picture: "12 more ties not shown".
    pub notes: Vec<String>,
    /// The things.
    pub nodes: Vec<Node>,
    /// The ties between them.
    pub ties: Vec<Tie>,
}

impl Graph {
    /// How many ties there are: what places tell differently of one claim is one tie.
    pub fn tie_count(&self) -> usize {
        self.counted_ties().len()
    }

    /// The ties that count, by their numbers: of those that places tell differently of one claim the first.
    pub fn counted_ties(&self) -> Vec<usize> {
        let mut known = std::collections::HashSet::new();
        let counts = |t: &usize| {
            let tie = &self.ties[*t];
            tie.counts_as().is_empty() || known.insert((tie.counts_as(), tie.from, tie.to, tie.relation.as_str()))
        };
        (0..self.ties.len()).filter(counts).collect()
    }
}

/// A thing in the picture.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Node {
    /// A short name that stays the same from build to build; unique in the graph.
    pub id: String,
    /// The thing's IRI.
    pub iri: String,
    /// What it is called.
    pub label: String,
    /// The key of its style.
    pub class: String,
    /// What its class is called, for the legend.
    pub class_label: String,
    /// The group it is drawn in: a hull, a lane or a box.
    pub group: Option<Group>,
    /// How big it is drawn beside the others; only the proportion counts. Zero means no opinion.
    pub weight: f64,
    /// What a tooltip and the table say about it.
    pub facts: Vec<Fact>,
    /// What it rests on.
    pub citations: Vec<Citation>,
    /// When it was; needed by the timeline.
    pub bounds: Option<TimeSpan>,
    /// How its outline is drawn.
    pub line: Line,
    /// Why the outline is not solid: "planned".
    pub note: Option<String>,
    /// The times that different places give it, where they contradict each other; `bounds` is empty then.
    pub spans: Vec<Dated>,
    /// Whether places contradict each other about it.
    pub disputed: bool,
    /// Whether it is a claim drawn as a thing, such as a step: what it says is numbered where citations are.
    pub is_claim: bool,
    /// The number that it stands for, where it is a figure and not a thing.
    pub measured: Option<Measured>,
    /// The column that it stands in; needed by the columns layout.
    pub stage: Option<Stage>,
    /// What stands below its name in a box: "5 statements rest on it".
    pub under: String,
}

/// A column of things.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Stage {
    /// Columns stand in the order of their numbers.
    pub number: i64,
    /// What it is called.
    pub label: String,
}

/// A number of something: a score, a rank, a count. What places tell differently is a figure each.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Measured {
    /// What is counted or scored.
    pub measure: Measure,
    /// The key of what it is a number of; figures of one thing stand together.
    pub of: String,
    /// The number; none if the source only says that there is one.
    pub value: Option<f64>,
    /// How exactly it is stated.
    pub qualifier: Qualifier,
    /// The least that it can be.
    pub low: Option<f64>,
    /// The most that it can be.
    pub high: Option<f64>,
    /// The whole of which it is a part, or how many are ranked.
    pub out_of: Option<f64>,
    /// Its unit: "USD", "%".
    pub unit: String,
    /// What tells it apart from other figures of the same thing, in words: "among: Asia".
    pub details: Vec<Fact>,
}

/// What figures count or score.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Measure {
    /// What makes it the same measure.
    pub key: String,
    /// What it is called.
    pub label: String,
    /// What high and low mean on it: "higher is more crime".
    pub reads: String,
    /// Whether its values are places in an order, 1 being the first.
    pub is_rank: bool,
    /// The least value that there can be.
    pub from: Option<f64>,
    /// The highest value that there can be.
    pub to: Option<f64>,
    /// Whether its figures stand in the order of their ids, and not of their numbers.
    pub is_in_order: bool,
}

/// A tie between two things.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tie {
    /// The index of the node it starts from.
    pub from: usize,
    /// The index of the node it leads to.
    pub to: usize,
    /// How it reads from its start: "hosts".
    pub label: String,
    /// The key of its style.
    pub relation: String,
    /// What its relation is called, for the legend.
    pub relation_label: String,
    /// Whether it has a direction, drawn as an arrowhead.
    pub directed: bool,
    /// How its line is drawn.
    pub line: Line,
    /// Why the line is not solid: "former", "planned", "disputed".
    pub note: Option<String>,
    /// Money or another quantity that flows along it; needed by the flow layout.
    pub amount: Option<Amount>,
    /// What it rests on.
    pub citations: Vec<Citation>,
    /// When it held.
    pub bounds: Option<TimeSpan>,
    /// The claim it was made from: ties of one claim are one in every count, and differ only where places contradict each other.
    /// Empty where each tie counts for itself.
    pub claim: String,
    /// Where several claims contradict each other and do not add up: the one that all of them are counted as. Else empty.
    pub counted_as: String,
    /// Places that say the tie and none of its values: no amount, no time.
    pub also: Vec<Citation>,
    /// In what other places contradict it: "amount", "when".
    pub disputed: Vec<String>,
    /// What several of its kind are called in a sum: "grants".
    pub many: String,
}

impl Tie {
    /// What it is counted as: its claim, or the one that stands for all that contradict each other. Empty where it counts for itself.
    pub fn counts_as(&self) -> &str {
        if self.counted_as.is_empty() { &self.claim } else { &self.counted_as }
    }
}

/// A time and the places that give it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Dated {
    /// The time.
    pub span: TimeSpan,
    /// The places.
    pub citations: Vec<Citation>,
}

/// A group of things.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Group {
    /// What makes it the same group; groups are ordered by it.
    pub key: String,
    /// What it is called.
    pub label: String,
}

/// One line of a tooltip: "founded", "2022".
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Fact {
    /// What is said.
    pub label: String,
    /// Its value.
    pub value: String,
    /// The places that give this value, where they are not all that the thing rests on.
    pub citations: Vec<Citation>,
    /// Whether another place gives another value.
    pub disputed: bool,
}

impl Fact {
    /// The value with the places that give it and the sign of disagreement, as far as they are noted.
    pub fn told(&self) -> String {
        let places: Vec<&str> = self.citations.iter().map(|c| if c.label.is_empty() { c.iri.as_str() } else { c.label.as_str() }).collect();
        let cited = if places.is_empty() { String::new() } else { format!(" [{}]", places.join("; ")) };
        format!("{}{cited}{}", self.value, if self.disputed { DISPUTED } else { "" })
    }
}

/// What stands behind a value that another place contradicts.
pub const DISPUTED: &str = " ‡";

/// What a thing or a tie rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Citation {
    /// How a footnote names it: "RA annual report 2025, 3.1.1, p. 12".
    pub label: String,
    /// Where it is.
    pub iri: String,
}

/// How a line is drawn: solid for what holds, broken for what is former, planned or disputed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Line {
    /// An unbroken line.
    #[default]
    Solid,
    /// A line of dashes.
    Dashed,
    /// A line of dots.
    Dotted,
}

/// A quantity as the source states it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Amount {
    /// The number; none if the source only says that there was something.
    pub value: Option<f64>,
    /// How exactly it is stated.
    pub qualifier: Qualifier,
    /// The currency or unit: "USD".
    pub currency: String,
}

/// When something was, as far as known: it began between the two starts and ended between the two ends.
/// A missing bound is open.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct TimeSpan {
    /// It began on this day or later.
    pub earliest_start: Option<Day>,
    /// It had begun by this day.
    pub latest_start: Option<Day>,
    /// It had not ended before this day.
    pub earliest_end: Option<Day>,
    /// It had ended by this day.
    pub latest_end: Option<Day>,
    /// The time as the source writes it.
    pub label: String,
}

impl TimeSpan {
    /// The first and the last day that it can have held, as far as they are known.
    pub fn reach(&self) -> Option<(Day, Day)> {
        let all = || [self.earliest_start, self.latest_start, self.earliest_end, self.latest_end].into_iter().flatten();
        all().min().zip(all().max())
    }
}

/// A day, counted from 1 January 1970 in the proleptic Gregorian calendar. Written `2025-01-15`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(pub i64);

impl Day {
    /// The day of a date; none if the calendar has no such day.
    pub fn from_ymd(year: i64, month: u32, day: u32) -> Option<Self> {
        if !(-999_999..=999_999).contains(&year) || !(1..=12).contains(&month) || day < 1 {
            return None;
        }
        // Days from civil, counting years from March so that the leap day comes last.
        let y = if month <= 2 { year - 1 } else { year };
        let era = y.div_euclid(400);
        let of_era = y.rem_euclid(400);
        let of_year = i64::from((153 * ((month + 9) % 12) + 2) / 5 + day - 1);
        let found = Self(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468);
        (found.ymd() == (year, month, day)).then_some(found)
    }

    /// Year, month and day.
    pub fn ymd(self) -> (i64, u32, u32) {
        let z = self.0.saturating_add(719_468);
        let era = z.div_euclid(146_097);
        let of_era = z.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let m = (5 * of_year + 2) / 153;
        let day = (of_year - (153 * m + 2) / 5 + 1) as u32;
        let month = if m < 10 { m + 3 } else { m - 9 } as u32;
        (year_of_era + era * 400 + i64::from(month <= 2), month, day)
    }

    /// The day that `2025-01-15` writes.
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let mut parts = digits.splitn(3, '-');
        let year: i64 = parts.next()?.parse().ok()?;
        Self::from_ymd(sign * year, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?)
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl TryFrom<String> for Day {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("expected a date such as 2025-01-15, found {text:?}"))
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_the_same_in_both_directions() {
        for day in (-800_000..800_000).step_by(997) {
            let (y, m, d) = Day(day).ymd();
            assert_eq!(Day::from_ymd(y, m, d), Some(Day(day)));
        }
        assert_eq!(Day::from_ymd(1970, 1, 1), Some(Day(0)));
        assert_eq!(Day::parse("2025-01-15").map(|d| d.0), Some(20_103));
        assert_eq!(Day::from_ymd(2025, 2, 29), None);
        assert_eq!(Day::parse("2025-13-01"), None);
    }
}
