//! An answer on its way out: a table, page or workbook for people, or one of the standard result formats for programs.
//!
//! Rows are written as they come, whatever the format, so that an answer may be larger than memory; a workbook alone is
//! held whole, because its file begins with what is known last.

use std::collections::HashMap;
use std::io::{self, Write};

use oxigraph::model::{Literal, NamedNode, NamedNodeRef, Quad, Term, TermRef, Triple, Variable};
use oxigraph::sparql::results::{QueryResultsFormat, QueryResultsSerializer};
use oxigraph::sparql::{QueryEvaluationError, QueryResults, QuerySolutionIter};
use thiserror::Error;

use crate::export;
use crate::iri::{Base, Prefixes};
use crate::ontology::preference;
use crate::store::{In, Store};
use crate::vocab::{cg, rdfs, skos, xsd};

mod lines;
mod markdown;
mod order;
mod page;
pub mod separated;
pub mod table;
#[cfg(feature = "xlsx")]
pub mod workbook;
mod xml;

pub use markdown::{markdown, markdown_start};
pub use order::ordered;

use separated::Dialect;
pub use table::table;

/// How many labels are remembered while rows are written.
const REMEMBERED: usize = 20_000;

/// Why an answer could not be written.
#[derive(Debug, Error)]
pub enum AnswerError {
    /// The query failed, or was stopped, while its rows were asked for.
    #[error(transparent)]
    Evaluation(#[from] QueryEvaluationError),
    /// The output could not be written.
    #[error(transparent)]
    Output(#[from] io::Error),
    /// This kind of answer has no such format.
    #[error("{0}")]
    Format(String),
    /// The format cannot hold a value.
    #[error("{format} cannot hold row {row}, ?{column}: it has no way to write the character U+{character:04X} in {value}")]
    Refused {
        /// The format's name.
        format: &'static str,
        /// The row, from 1.
        row: usize,
        /// The variable.
        column: String,
        /// The character.
        character: u32,
        /// The value's beginning.
        value: String,
    },
    /// The graph that was asked for could not be written.
    #[error(transparent)]
    Export(#[from] export::ExportError),
}

/// The formats of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFormat {
    /// A table fitted to the terminal.
    Table,
    /// Each row as a list of its columns.
    Records,
    /// CSV that a spreadsheet may open: what it would run as a formula is guarded.
    Csv,
    /// SPARQL 1.1 CSV, every value as it is.
    ExactCsv,
    /// SPARQL 1.1 TSV.
    Tsv,
    /// SPARQL 1.1 JSON.
    Json,
    /// One JSON object a line, with plain values.
    Ndjson,
    /// SPARQL XML.
    Xml,
    /// A Markdown table.
    Markdown,
    /// One HTML page.
    Html,
    /// An Excel workbook.
    Xlsx,
}

impl RowFormat {
    /// All, each with its name and the file endings that mean it.
    pub const ALL: [(Self, &'static str, &'static [&'static str]); 11] = [
        (Self::Table, "table", &["txt"]),
        (Self::Records, "records", &[]),
        (Self::Csv, "csv", &["csv"]),
        (Self::ExactCsv, "sparql-csv", &[]),
        (Self::Tsv, "tsv", &["tsv"]),
        (Self::Json, "json", &["json", "srj"]),
        (Self::Ndjson, "ndjson", &["ndjson", "jsonl"]),
        (Self::Xml, "xml", &["xml", "srx"]),
        (Self::Markdown, "markdown", &["md"]),
        (Self::Html, "html", &["html", "htm"]),
        (Self::Xlsx, "xlsx", &["xlsx"]),
    ];

    /// By name or file ending.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, own, endings)| *own == name || endings.contains(&name)).map(|(format, ..)| format)
    }

    /// Whether it is text that a terminal can show.
    pub fn is_text(self) -> bool {
        self != Self::Xlsx
    }

    /// Whether it is for people, who see names and words where programs get terms.
    pub fn is_for_people(self) -> bool {
        matches!(self, Self::Table | Self::Records | Self::Markdown | Self::Html | Self::Xlsx)
    }

    fn dialect(self) -> Option<Dialect> {
        match self {
            Self::Csv => Some(Dialect::Csv),
            Self::ExactCsv => Some(Dialect::Exact),
            Self::Tsv => Some(Dialect::Tsv),
            Self::Table | Self::Records | Self::Json | Self::Ndjson | Self::Xml | Self::Markdown | Self::Html | Self::Xlsx => None,
        }
    }
}

/// How terms are shown to people.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// Where labels are looked up.
    pub store: &'a Store,
    /// For prefixed names.
    pub prefixes: &'a Prefixes,
    /// The project's IRIs.
    pub base: &'a Base,
    /// The language that labels are wanted in.
    pub language: &'a str,
    /// Whether IRIs are shown whole.
    pub raw: bool,
}

impl Shown<'_> {
    /// The label of a thing in the wanted language, else in any.
    pub fn label(&self, node: NamedNodeRef<'_>) -> Option<String> {
        let mut best: Option<(u8, String)> = None;
        for property in [skos::PREF_LABEL, rdfs::LABEL] {
            for object in self.store.objects(node, property).unwrap_or_default() {
                if let Term::Literal(literal) = object {
                    let rank = preference(literal.language(), self.language);
                    if best.as_ref().is_none_or(|found| (rank, literal.value()) < (found.0, found.1.as_str())) {
                        best = Some((rank, literal.value().to_owned()));
                    }
                }
            }
            if best.is_some() {
                break;
            }
        }
        best.map(|(_, label)| label)
    }

    /// A term for a table: citations and codes by their label, things by the id that other commands take, other IRIs by
    /// their prefixed name, literals by their value.
    pub fn term(&self, term: &Term) -> String {
        match term {
            Term::NamedNode(node) if self.raw => node.as_str().to_owned(),
            Term::NamedNode(node) => {
                if let Some(slug) = self.base.slug_of(node.as_str()) {
                    return slug.to_owned();
                }
                self.label(node.as_ref())
                    .or_else(|| self.graph_words(node.as_str()))
                    .or_else(|| self.prefixes.shorten(node.as_str()))
                    .unwrap_or_else(|| node.as_str().to_owned())
            }
            Term::Literal(literal) => duration(literal).or_else(|| recurring(literal)).unwrap_or_else(|| literal.value().to_owned()),
            Term::BlankNode(blank) => blank.to_string(),
        }
    }

    /// A thing by its name, with its id where another thing has the same; anything else as [`term`](Self::term) says it.
    pub fn named(&self, term: &Term) -> String {
        let Term::NamedNode(node) = term else { return self.term(term) };
        let Some(label) = self.label(node.as_ref()) else { return self.term(term) };
        if self.base.slug_of(node.as_str()).is_some() && self.is_shared(node, &label) {
            return format!("{label} ({})", self.term(term));
        }
        label
    }

    /// Whether another thing is called so too.
    fn is_shared(&self, node: &NamedNode, label: &str) -> bool {
        let own = self.store.objects(node.as_ref(), skos::PREF_LABEL).unwrap_or_default();
        own.iter().filter(|term| matches!(term, Term::Literal(literal) if literal.value() == label)).any(|label| {
            let bearers = self.store.quads(None, Some(skos::PREF_LABEL), Some(label.as_ref()), Some(In::Default));
            bearers.flatten().any(|quad| quad.subject != node.clone().into())
        })
    }

    /// What to call one of civigraph's own graphs where a citation is expected: `rule: members-of`, `registry`.
    fn graph_words(&self, iri: &str) -> Option<String> {
        let name = iri.strip_prefix(self.base.as_str())?.strip_prefix("graph/")?;
        Some(name.strip_prefix("inferred/").map_or_else(|| name.to_owned(), |rule| format!("rule: {rule}")))
    }
}

/// A day that comes round every year, in words: `--11-15` is 15 November.
fn recurring(literal: &Literal) -> Option<String> {
    (literal.datatype() == xsd::G_MONTH_DAY).then(|| crate::values::spoken::words(literal.value()))
}

/// A duration in words: `P283D` is 283 days, `P1Y2M` 1 year 2 months; none if it is no duration or has nothing to say.
fn duration(literal: &Literal) -> Option<String> {
    if ![xsd::DURATION, xsd::DAY_TIME_DURATION, xsd::YEAR_MONTH_DURATION].contains(&literal.datatype()) {
        return None;
    }
    let (minus, text) = literal.value().strip_prefix('-').map_or(("", literal.value()), |text| ("minus ", text));
    let (dates, times) = text.strip_prefix('P')?.split_once('T').unwrap_or((text.strip_prefix('P')?, ""));
    let mut words = Vec::new();
    for (part, units) in [(dates, ["Y year", "M month", "D day"]), (times, ["H hour", "M minute", "S second"])] {
        let mut rest = part;
        for unit in units {
            let (letter, name) = unit.split_once(' ')?;
            if let Some((number, after)) = rest.split_once(letter) {
                words.push(format!("{number} {name}{}", if number == "1" { "" } else { "s" }));
                rest = after;
            }
        }
        if !rest.is_empty() {
            return None;
        }
    }
    (!words.is_empty()).then(|| format!("{minus}{}", words.join(" ")))
}

/// What stands above an answer that people get as a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heading {
    /// The question.
    pub title: String,
    /// What the answer means and leaves out.
    pub notes: String,
    /// What it was asked with, and of what: names and values.
    pub facts: Vec<(String, String)>,
}

/// How rows are written.
#[derive(Debug, Clone, Copy)]
pub struct Layout<'a> {
    /// The format.
    pub format: RowFormat,
    /// How terms are shown to people.
    pub shown: Shown<'a>,
    /// The width of a table.
    pub width: u16,
    /// At most so many rows.
    pub limit: Option<usize>,
    /// What stands above a page, or beside a workbook's sheet.
    pub heading: &'a Heading,
    /// Whether names stand in place of ids and IRIs.
    pub named: bool,
    /// The columns that rows are ordered by, each with whether from the last; none leaves the query's order.
    pub sort: &'a [(String, bool)],
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// How many rows or statements.
    pub rows: usize,
    /// Whether there were more than the limit.
    pub cut: bool,
    /// Whether there were more than the format can hold.
    pub full: bool,
    /// How many texts a spreadsheet would take for formulas: guarded in CSV and TSV, as they are in SPARQL's own CSV.
    pub formulas: usize,
}

/// Writes rows, at most as many as are wanted.
///
/// # Errors
/// The query failed on the way, or the output did.
pub fn write_rows(rows: QuerySolutionIter<'_>, layout: Layout<'_>, out: &mut dyn Write) -> Result<Written, AnswerError> {
    let variables = rows.variables().to_vec();
    let rows = order::ordered(rows, &variables, &layout)?;
    let mut written = Written::default();
    let within = |written: &mut Written| {
        written.cut = layout.limit == Some(written.rows);
        written.rows += usize::from(!written.cut);
        !written.cut
    };
    if let Some(dialect) = layout.format.dialect() {
        let names: Vec<&str> = variables.iter().map(Variable::as_str).collect();
        separated::heads(dialect, &names, out)?;
        for row in rows {
            let row = row?;
            if !within(&mut written) {
                break;
            }
            let terms: Vec<Option<TermRef<'_>>> = variables.iter().map(|variable| row.get(variable).map(Term::as_ref)).collect();
            written.formulas += separated::row(dialect, &terms, out)?;
        }
        return Ok(written);
    }
    if layout.format == RowFormat::Ndjson {
        for row in rows {
            let row = row?;
            if !within(&mut written) {
                break;
            }
            lines::row(&variables, &row, out)?;
        }
        return Ok(written);
    }
    if layout.format == RowFormat::Xml {
        xml::begin(&variables, out)?;
        for row in rows {
            let row = row?;
            if !within(&mut written) {
                break;
            }
            if let Some((variable, term, odd)) = row.iter().find_map(|(variable, term)| Some((variable, term, xml::odd(term)?))) {
                return Err(AnswerError::Refused {
                    format: "SPARQL XML",
                    row: written.rows,
                    column: variable.as_str().to_owned(),
                    character: u32::from(odd),
                    value: term.to_string().chars().take(80).collect(),
                });
            }
            xml::row(row.iter(), out)?;
        }
        xml::end(out)?;
        return Ok(written);
    }
    if layout.format == RowFormat::Json {
        let json = QueryResultsSerializer::from_format(QueryResultsFormat::Json);
        let mut serializer = json.serialize_solutions_to_writer(&mut *out, variables)?;
        for row in rows {
            let row = row?;
            if !within(&mut written) {
                break;
            }
            serializer.serialize(&row)?;
        }
        serializer.finish()?;
        writeln!(out)?;
        return Ok(written);
    }
    let heads: Vec<String> = variables.iter().map(|variable| head(variable.as_str())).collect();
    let mut sink = Sink::begin(&heads, &layout, out)?;
    let mut labels: HashMap<Term, String> = HashMap::new();
    for row in rows {
        let row = row?;
        written.full = sink.is_full();
        if written.full || !within(&mut written) {
            break;
        }
        let terms: Vec<Option<&Term>> = variables.iter().map(|variable| row.get(variable)).collect();
        if labels.len() > REMEMBERED {
            labels.clear();
        }
        for term in terms.iter().flatten().filter(|term| term.is_named_node()) {
            if !labels.contains_key(*term) {
                labels.insert((*term).clone(), layout.shown.term(term));
            }
        }
        let text = |term: &Option<&Term>| match term {
            None => String::new(),
            Some(term) => labels.get(*term).cloned().unwrap_or_else(|| layout.shown.term(term)),
        };
        let texts: Vec<String> = terms.iter().map(text).collect();
        sink.push(&terms, texts)?;
    }
    sink.finish(written, &layout)?;
    Ok(written)
}

/// Where rows for people go.
enum Sink<'a> {
    Table(table::Table<'a>),
    Markdown(&'a mut dyn Write),
    Page(page::Page<'a>),
    #[cfg(feature = "xlsx")]
    Workbook(Box<workbook::Sheet>, &'a mut dyn Write),
}

impl<'a> Sink<'a> {
    fn begin(heads: &[String], layout: &Layout<'_>, out: &'a mut dyn Write) -> Result<Self, AnswerError> {
        Ok(match layout.format {
            RowFormat::Markdown => {
                markdown_line(heads, out)?;
                writeln!(out, "|{}", " --- |".repeat(heads.len()))?;
                Self::Markdown(out)
            }
            RowFormat::Html => Self::Page(page::Page::begin(heads, layout.heading, layout.shown.language, out)?),
            #[cfg(feature = "xlsx")]
            RowFormat::Xlsx => Self::Workbook(Box::new(workbook::Sheet::begin("answer", heads)?), out),
            #[cfg(not(feature = "xlsx"))]
            RowFormat::Xlsx => {
                return Err(AnswerError::Format("this civigraph was compiled without xlsx: compile it with `--features xlsx`".to_owned()));
            }
            RowFormat::Records => Self::Table(table::Table::records(heads, layout.width, out)),
            _ => Self::Table(table::Table::new(heads, layout.width, out)),
        })
    }

    fn is_full(&self) -> bool {
        match self {
            #[cfg(feature = "xlsx")]
            Self::Workbook(sheet, _) => sheet.is_full(),
            _ => false,
        }
    }

    fn push(&mut self, terms: &[Option<&Term>], texts: Vec<String>) -> Result<(), AnswerError> {
        match self {
            Self::Table(table) => {
                let number = |term: &Option<&Term>| term.is_some_and(|term| is_number(term.as_ref()));
                table.push(texts.into_iter().zip(terms.iter().map(number)).collect())?;
            }
            Self::Markdown(out) => markdown_line(&texts, *out)?,
            Self::Page(page) => page.push(&terms.iter().copied().zip(texts.iter().map(String::as_str)).collect::<Vec<_>>())?,
            #[cfg(feature = "xlsx")]
            Self::Workbook(sheet, _) => sheet.push(&terms.iter().copied().zip(texts.iter().map(String::as_str)).collect::<Vec<_>>())?,
        }
        Ok(())
    }

    fn finish(self, written: Written, layout: &Layout<'_>) -> Result<(), AnswerError> {
        match self {
            Self::Table(table) => table.finish()?,
            Self::Markdown(_) => {}
            Self::Page(page) => page.finish(written.rows, written.cut, layout.shown)?,
            #[cfg(feature = "xlsx")]
            Self::Workbook(sheet, out) => sheet.finish(layout.heading, out)?,
        }
        Ok(())
    }
}

fn markdown_line(cells: &[String], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| {} |", cells.iter().map(|cell| markdown(cell)).collect::<Vec<_>>().join(" | "))
}

/// `statusKind` as a column's head: `status kind`.
pub fn head(variable: &str) -> String {
    let mut head = String::with_capacity(variable.len() + 2);
    for character in variable.chars() {
        if character.is_uppercase() {
            head.push(' ');
        }
        head.extend(character.to_lowercase());
    }
    head.replace('_', " ")
}

fn is_number(term: TermRef<'_>) -> bool {
    matches!(term, TermRef::Literal(literal) if matches!(literal.datatype(), xsd::INTEGER | xsd::DECIMAL | xsd::DOUBLE | cg::QUALIFIED_NUMBER))
}

/// Writes yes or no.
///
/// # Errors
/// The output could not be written.
pub fn write_boolean(value: bool, format: RowFormat, out: &mut dyn Write) -> Result<(), AnswerError> {
    let standard = match format {
        RowFormat::Json => Some(QueryResultsFormat::Json),
        RowFormat::Xml => Some(QueryResultsFormat::Xml),
        _ => None,
    };
    match standard {
        Some(standard) => {
            QueryResultsSerializer::from_format(standard).serialize_boolean_to_writer(&mut *out, value)?;
            writeln!(out)?;
        }
        None => writeln!(out, "{}", if value { "yes" } else { "no" })?,
    }
    Ok(())
}

/// Writes the statements of a CONSTRUCT or DESCRIBE query, sorted.
///
/// # Errors
/// The query failed on the way, or the output did.
pub fn write_graph(
    results: QueryResults<'_>,
    format: export::Format,
    prefixes: &Prefixes,
    limit: Option<usize>,
    out: &mut dyn Write,
) -> Result<Written, AnswerError> {
    let QueryResults::Graph(triples) = results else {
        return Err(AnswerError::Format("expected a query for a graph".to_owned()));
    };
    let mut quads: Vec<Quad> = Vec::new();
    let mut written = Written::default();
    for triple in triples {
        let Triple { subject, predicate, object } = triple?;
        if limit.is_some_and(|limit| quads.len() == limit) {
            written.cut = true;
            break;
        }
        quads.push(Quad::new(subject, predicate, object, oxigraph::model::GraphName::DefaultGraph));
    }
    quads.sort_by_cached_key(ToString::to_string);
    quads.dedup();
    written.rows = quads.len();
    export::write_quads(&quads, format, prefixes, out)?;
    Ok(written)
}
