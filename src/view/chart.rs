//! An answer's rows as figures: what the columns are is read from their values, and the picture is drawn as every other picture of figures.
//!
//! A column of numbers, or of numbers as reports state them, gives a figure a row. The first column that is neither that nor a time names
//! them; columns called `minimum`, `maximum`, `qualifier`, `unit`, `currency`, `outOf`, `cited` and `held` say more of the number before
//! them. What cannot be drawn so is refused with what to do.

use std::collections::BTreeMap;

use oxigraph::model::{Literal, Term};
use thiserror::Error;

use crate::diagram::{Citation, Day, Fact, Graph, Line, Measure, Measured, Node, Qualifier, TimeSpan};
use crate::query::answer::{Shown, head};
use crate::sparql::order::is_numeric;
use crate::values::{edtf, number};
use crate::vocab::{cg, xsd};

/// More rows than this show nothing.
pub const MOST_ROWS: usize = 600;
/// A name is told apart by the values of at most so many other columns.
const DETAILS: usize = 3;
/// What is longer than so many letters is no name.
const LONGEST: usize = 60;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chart {
    /// A bar a row.
    Bar,
    /// A line a thing, over time.
    Line,
}

impl Chart {
    /// The chart of a name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "bar" | "bars" => Some(Self::Bar),
            "line" | "lines" => Some(Self::Line),
            _ => None,
        }
    }
}

/// Why rows are no chart, and what makes one of them.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct ChartError {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// Rows as figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Charted {
    /// What is to be drawn.
    pub graph: Graph,
    /// What a reader must know of how it was read.
    pub notes: Vec<String>,
}

type Row = Vec<Option<Term>>;

/// What a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Number,
    Time,
    /// Says more of a number: which of [`MORE`].
    More(&'static str),
    Text,
    Empty,
}

/// The columns that say more of a number.
const MORE: [&str; 8] = ["minimum", "maximum", "qualifier", "unit", "currency", "outOf", "cited", "held"];

/// Makes figures of rows; `names` are their columns.
///
/// # Errors
/// The rows have no numbers, no names, for lines no times, or are too many.
pub fn chart(rows: &[Row], names: &[String], chart: Chart, shown: Shown<'_>) -> Result<Charted, ChartError> {
    if rows.is_empty() {
        return Err(error("the answer has no rows, so that there is nothing to chart", "other values of its parameters may give some"));
    }
    if rows.len() > MOST_ROWS {
        return Err(error(
            &format!("a chart shows up to {MOST_ROWS} rows, and the answer has more"),
            "LIMIT in the query or --limit-rows takes the first of them, GROUP BY counts them together",
        ));
    }
    let mut columns: Vec<Column> = (0..names.len()).map(|c| column(rows, c, &names[c])).collect();
    let mut notes = Vec::new();
    settle(&mut columns, rows, names, chart, &mut notes);
    let numbers: Vec<usize> = of(&columns, Column::Number);
    let times: Vec<usize> = of(&columns, Column::Time);
    if numbers.is_empty() {
        return Err(error(
            &format!("no column of the answer has numbers: {}", told(&columns, names)),
            "count something, `(COUNT(?thing) AS ?things)` with GROUP BY, or ask for a value, `?number cg:value ?value`",
        ));
    }
    if chart == Chart::Line && times.is_empty() {
        return Err(error(
            &format!("a line wants a column of days, months or years, and there is none: {}", told(&columns, names)),
            "ask for a time, `?number cg:edtf ?when`, or give --chart bar",
        ));
    }
    let texts: Vec<usize> = of(&columns, Column::Text);
    let name = texts.first().map(|&first| called(first, &texts, names));
    if name.is_none() && chart == Chart::Bar && times.is_empty() && rows.len() > 1 {
        return Err(error(
            &format!("nothing says what the numbers are of: {}", told(&columns, names)),
            "ask for what they are of as well, `SELECT ?thing …`",
        ));
    }
    // What is longer than a name is a remark, and tells nothing apart.
    let texts: Vec<usize> = texts.into_iter().filter(|&c| Some(c) == name || is_short(rows, c, shown)).collect();
    let reading = Reading { names, columns: &columns, numbers: &numbers, time: times.first().copied(), name, texts: &texts, shown, chart };
    let mut graph = Graph { language: shown.language.to_owned(), ..Graph::default() };
    for (r, row) in rows.iter().enumerate() {
        graph.nodes.extend(numbers.iter().enumerate().map(|(n, &c)| reading.figure((r, row), (n, c))));
    }
    let turned = rows.iter().flat_map(|row| numbers.iter().map(move |&c| (row, c))).filter(|(row, c)| reading.is_turned(row, *c)).count();
    if turned > 0 {
        notes.push(format!("bounds not in the chart, the least being more than the most: {turned}"));
    }
    let left: Vec<String> =
        texts.iter().filter(|&&c| !reading.is_told(c)).chain(times.iter().skip(1)).map(|&c| format!("?{}", names[c])).collect();
    if !left.is_empty() {
        notes.push(format!("not in the chart: {}", left.join(", ")));
    }
    Ok(Charted { graph, notes })
}

fn error(message: &str, hint: &str) -> ChartError {
    ChartError { message: message.to_owned(), hint: hint.to_owned() }
}

fn of(columns: &[Column], wanted: Column) -> Vec<usize> {
    (0..columns.len()).filter(|&c| columns[c] == wanted).collect()
}

/// What each column has, for whoever asks why it is no chart.
fn told(columns: &[Column], names: &[String]) -> String {
    let kind = |column: Column| match column {
        Column::Number => "numbers",
        Column::Time => "times",
        Column::More(_) => "what is said of a number",
        Column::Text => "texts or things",
        Column::Empty => "nothing",
    };
    names.iter().zip(columns).map(|(name, &column)| format!("?{name} {}", kind(column))).collect::<Vec<_>>().join(", ")
}

/// What a column is, by all its values.
fn column(rows: &[Row], c: usize, name: &str) -> Column {
    let values = || rows.iter().filter_map(|row| row.get(c).and_then(Option::as_ref));
    if let Some(more) = MORE.into_iter().find(|more| *more == name || (*more == "cited" && name.starts_with("cited"))) {
        return Column::More(more);
    }
    let mut found = Column::Empty;
    for term in values() {
        let of = match term {
            Term::Literal(literal) if numeric(literal).is_some() => Column::Number,
            Term::Literal(literal) if time(literal).is_some() => Column::Time,
            _ => return Column::Text,
        };
        if found != Column::Empty && found != of {
            return Column::Text;
        }
        found = of;
    }
    found
}

/// Where nothing names the figures, or nothing is a time, a column of numbers is taken for it.
fn settle(columns: &mut [Column], rows: &[Row], names: &[String], chart: Chart, notes: &mut Vec<String>) {
    let numbers = of(columns, Column::Number);
    let Some(&first) = numbers.first().filter(|_| numbers.len() > 1) else { return };
    let is_year = |row: &Row| match row.get(first) {
        Some(Some(Term::Literal(literal))) => {
            literal.datatype() == xsd::INTEGER && literal.value().parse::<i32>().is_ok_and(|year| (1000..=9999).contains(&year))
        }
        _ => false,
    };
    let no_time = !columns.contains(&Column::Time);
    if no_time && rows.iter().all(is_year) && (chart == Chart::Line || !columns.contains(&Column::Text)) {
        columns[first] = Column::Time;
        notes.push(format!("?{} is read as years", names[first]));
    } else if no_time && chart == Chart::Bar && !columns.contains(&Column::Text) {
        columns[first] = Column::Text;
        notes.push(format!("?{} is taken for what the others are of", names[first]));
    }
}

/// Whether all values of a column are short enough to stand beside a name.
fn is_short(rows: &[Row], c: usize, shown: Shown<'_>) -> bool {
    let values = rows.iter().filter_map(|row| row.get(c)?.as_ref());
    values.into_iter().all(|term| shown.named(term).chars().count() <= LONGEST)
}

/// The column with the name of what a column identifies: `memberName` beside `member`.
fn called(first: usize, texts: &[usize], names: &[String]) -> usize {
    let name = [format!("{}Name", names[first]), format!("{}Label", names[first])];
    texts.iter().copied().find(|&c| name.contains(&names[c])).unwrap_or(first)
}

/// How rows are read.
struct Reading<'a> {
    names: &'a [String],
    columns: &'a [Column],
    numbers: &'a [usize],
    time: Option<usize>,
    name: Option<usize>,
    texts: &'a [usize],
    shown: Shown<'a>,
    chart: Chart,
}

impl Reading<'_> {
    /// The figure of a row and a column of numbers; the numbers say how manyth row and column it is.
    fn figure(&self, (r, row): (usize, &Row), (n, c): (usize, usize)) -> Node {
        let stated = self.stated(row, c);
        let span = self.time.and_then(|t| span(literal(row, t)?));
        let label = match (self.name, &span) {
            (Some(name), _) => self.text(row, name).unwrap_or_else(|| "(no name)".to_owned()),
            (None, Some(span)) if self.chart == Chart::Bar => crate::values::spoken::words(&span.label),
            (None, _) => head(&self.names[c]),
        };
        let more: Vec<Fact> = self
            .details()
            .filter_map(|c| Some(Fact { label: head(&self.names[c]), value: self.text(row, c)?, ..Fact::default() }))
            .collect();
        let id = format!("{r:05}-{n:02}");
        let of = match self.chart {
            Chart::Bar => id.clone(),
            Chart::Line => label.clone(),
        };
        let possible = self.more(row, "held").is_some_and(|held| held == "possible");
        let iri = self.name.or(self.texts.first().copied()).and_then(|c| match row.get(c) {
            Some(Some(Term::NamedNode(node))) => Some(node.as_str().to_owned()),
            _ => None,
        });
        let measure = Measure { key: format!("{n:02}"), label: head(&self.names[c]), is_in_order: true, ..Measure::default() };
        let facts = more.clone();
        Node {
            id,
            iri: iri.unwrap_or_default(),
            label,
            facts,
            citations: self.citations(row),
            // The name of a bar that is called after its time need not say it again.
            bounds: span.filter(|_| self.name.is_some() || self.chart == Chart::Line),
            line: if possible { Line::Dashed } else { Line::Solid },
            note: possible.then(|| "possible".to_owned()),
            measured: Some(Measured { measure, of, details: more, ..stated }),
            ..Node::default()
        }
    }

    /// The columns that tell figures of one name apart.
    fn details(&self) -> impl Iterator<Item = usize> + '_ {
        let first = self.texts.first().copied();
        self.texts.iter().copied().filter(move |&c| Some(c) != self.name && Some(c) != first).take(DETAILS)
    }

    /// Whether a column is somewhere in the chart.
    fn is_told(&self, c: usize) -> bool {
        Some(c) == self.name || Some(c) == self.texts.first().copied() || self.details().any(|detail| detail == c)
    }

    /// The number of a row with what the columns behind it say of it.
    fn stated(&self, row: &Row, c: usize) -> Measured {
        let mut stated = literal(row, c).and_then(numeric).unwrap_or_default();
        let low = self.near(row, c, "minimum");
        let high = self.near(row, c, "maximum");
        let alone = self.numbers.len() == 1;
        // Bounds that say no more than the number are no bounds of their own.
        let (low, high) = (low.and_then(bound), high.and_then(bound));
        let both = low.is_some() && high.is_some();
        // What is at least more than it is at most tells nothing of where it lies; the notes say how many there are.
        let (low, high) = if self.is_turned(row, c) { (None, None) } else { (low, high) };
        if (low, high) != (stated.value, stated.value) && (stated.qualifier == Qualifier::Exactly || both) {
            (stated.low, stated.high) = (low, high);
            if stated.value.is_some() && low.is_some() != high.is_some() && low.or(high) == stated.value {
                stated.qualifier = if low.is_some() { Qualifier::AtLeast } else { Qualifier::AtMost };
            }
        }
        if let Some(code) = self.near(row, c, "qualifier").map(|term| self.plain(term)) {
            stated.qualifier = Qualifier::parse(&code.to_lowercase().replace(' ', "-")).unwrap_or(stated.qualifier);
        }
        let unit = self.near(row, c, "unit").or_else(|| self.near(row, c, "currency"));
        stated.unit = unit.map(|term| self.plain(term)).unwrap_or_default();
        stated.out_of = self.near(row, c, "outOf").and_then(bound).filter(|_| alone);
        stated
    }

    /// Whether the least that a number can be is more than the most.
    fn is_turned(&self, row: &Row, c: usize) -> bool {
        let bound = |wanted| self.near(row, c, wanted).and_then(bound);
        bound("minimum").zip(bound("maximum")).is_some_and(|(low, high)| low > high)
    }

    /// The value of a column that says more, if it belongs to a number: the nearest before it, or the only one.
    fn near<'r>(&self, row: &'r Row, number: usize, wanted: &str) -> Option<&'r Term> {
        let more = (0..self.columns.len()).filter(|&c| matches!(self.columns[c], Column::More(more) if more == wanted));
        let owner = |c: usize| self.numbers.iter().copied().rfind(|&n| n < c).or(self.numbers.first().copied());
        more.filter(|&c| owner(c) == Some(number)).find_map(|c| row.get(c)?.as_ref())
    }

    fn more(&self, row: &Row, wanted: &str) -> Option<String> {
        let c = (0..self.columns.len()).find(|&c| matches!(self.columns[c], Column::More(more) if more == wanted))?;
        self.text(row, c)
    }

    fn text(&self, row: &Row, c: usize) -> Option<String> {
        row.get(c)?.as_ref().map(|term| self.shown.named(term)).filter(|text| !text.trim().is_empty())
    }

    /// The end of an IRI, or a text.
    fn plain(&self, term: &Term) -> String {
        match term {
            Term::NamedNode(node) => node.as_str().rsplit(['/', '#']).next().unwrap_or_default().to_owned(),
            other => self.shown.term(other),
        }
    }

    fn citations(&self, row: &Row) -> Vec<Citation> {
        let cited = (0..self.columns.len()).filter(|&c| self.columns[c] == Column::More("cited"));
        let places: BTreeMap<String, String> = cited
            .filter_map(|c| match row.get(c)?.as_ref()? {
                Term::NamedNode(node) => Some((node.as_str().to_owned(), self.shown.label(node.as_ref()).unwrap_or_default())),
                _ => None,
            })
            .collect();
        places.into_iter().map(|(iri, label)| Citation { label, iri }).collect()
    }
}

fn literal(row: &Row, c: usize) -> Option<&Literal> {
    match row.get(c)? {
        Some(Term::Literal(literal)) => Some(literal),
        _ => None,
    }
}

/// A number that says more of another.
fn bound(term: &Term) -> Option<f64> {
    match term {
        Term::Literal(literal) => numeric(literal).and_then(|stated| stated.value),
        _ => None,
    }
}

/// The number that a literal is: of any of the numeric types, or as reports state numbers.
fn numeric(literal: &Literal) -> Option<Measured> {
    if literal.datatype() == cg::QUALIFIED_NUMBER {
        let read = number::read(literal.value()).ok()?;
        return Some(Measured {
            value: read.value.parse().ok().filter(|value: &f64| value.is_finite()),
            qualifier: read.qualifier,
            ..Measured::default()
        });
    }
    // What is no number, or has no end, is drawn as not stated.
    let value = || literal.value().parse::<f64>().ok().filter(|value| value.is_finite());
    is_numeric(literal.datatype()).then(|| Measured { value: value(), ..Measured::default() })
}

/// The time that a literal is.
fn time(literal: &Literal) -> Option<TimeSpan> {
    let name = literal.datatype().as_str().rsplit(['/', '#']).next().unwrap_or_default().to_owned();
    ["EDTF", "date", "dateTime", "gYear", "gYearMonth"].contains(&name.as_str()).then(|| span(literal)).flatten()
}

/// The bounds of a time, whatever says it: of a year that a query counts, too.
fn span(literal: &Literal) -> Option<TimeSpan> {
    let text = literal.value().split_once('T').map_or(literal.value(), |(day, _)| day);
    let bounds = edtf::read(text, None).ok()?.bounds;
    let day = |date: Option<jiff::civil::Date>| date.and_then(|date| Day::parse(&date.to_string()));
    Some(TimeSpan {
        earliest_start: day(bounds.earliest_start),
        latest_start: day(bounds.latest_start),
        earliest_end: day(bounds.earliest_end),
        latest_end: day(bounds.latest_end),
        label: text.to_owned(),
    })
}
