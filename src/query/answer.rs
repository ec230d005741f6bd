//! An answer on its way out: a table for people, or one of the standard result formats for programs.
//!
//! The standard formats are streamed; a table must see its rows before it knows its columns' widths.

use std::collections::HashMap;
use std::io::{self, Write};

use comfy_table::{Cell, CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};
use oxigraph::model::{NamedNodeRef, Quad, Term, TermRef, Triple};
use oxigraph::sparql::results::{QueryResultsFormat, QueryResultsSerializer};
use oxigraph::sparql::{QueryEvaluationError, QueryResults, QuerySolutionIter};
use thiserror::Error;

use crate::export;
use crate::iri::{Base, Prefixes};
use crate::ontology::preference;
use crate::store::{In, Store};
use crate::vocab::{cg, rdf, rdfs, skos, xsd};

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
}

/// The formats of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFormat {
    /// A table fitted to the terminal.
    Table,
    /// SPARQL 1.1 CSV.
    Csv,
    /// SPARQL 1.1 TSV.
    Tsv,
    /// SPARQL 1.1 JSON.
    Json,
    /// SPARQL XML.
    Xml,
    /// A Markdown table.
    Markdown,
}

impl RowFormat {
    /// All, each with its name and the file endings that mean it.
    pub const ALL: [(Self, &'static str, &'static [&'static str]); 6] = [
        (Self::Table, "table", &["txt"]),
        (Self::Csv, "csv", &["csv"]),
        (Self::Tsv, "tsv", &["tsv"]),
        (Self::Json, "json", &["json", "srj"]),
        (Self::Xml, "xml", &["xml", "srx"]),
        (Self::Markdown, "markdown", &["md"]),
    ];

    /// By name or file ending.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, own, endings)| *own == name || endings.contains(&name)).map(|(format, ..)| format)
    }

    fn standard(self) -> Option<QueryResultsFormat> {
        match self {
            Self::Csv => Some(QueryResultsFormat::Csv),
            Self::Tsv => Some(QueryResultsFormat::Tsv),
            Self::Json => Some(QueryResultsFormat::Json),
            Self::Xml => Some(QueryResultsFormat::Xml),
            Self::Table | Self::Markdown => None,
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
            Term::Literal(literal) => literal.value().to_owned(),
            Term::BlankNode(blank) => blank.to_string(),
        }
    }

    /// What to call one of civigraph's own graphs where a citation is expected: `rule: members-of`, `registry`.
    fn graph_words(&self, iri: &str) -> Option<String> {
        let name = iri.strip_prefix(self.base.as_str())?.strip_prefix("graph/")?;
        Some(name.strip_prefix("inferred/").map_or_else(|| name.to_owned(), |rule| format!("rule: {rule}")))
    }
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// How many rows or statements.
    pub rows: usize,
    /// Whether there were more than the limit.
    pub cut: bool,
}

/// Writes rows, at most `limit` of them.
///
/// # Errors
/// The query failed on the way, or the output did.
pub fn write_rows(
    rows: QuerySolutionIter<'_>,
    format: RowFormat,
    shown: Shown<'_>,
    width: u16,
    limit: Option<usize>,
    out: &mut dyn Write,
) -> Result<Written, AnswerError> {
    let variables = rows.variables().to_vec();
    let mut written = Written::default();
    let limit = limit.unwrap_or(usize::MAX);
    if let Some(standard) = format.standard() {
        let mut serializer = QueryResultsSerializer::from_format(standard).serialize_solutions_to_writer(&mut *out, variables)?;
        for row in rows {
            let row = row?;
            if written.rows == limit {
                written.cut = true;
                break;
            }
            serializer.serialize(&row)?;
            written.rows += 1;
        }
        serializer.finish()?;
        if matches!(format, RowFormat::Json | RowFormat::Xml) {
            writeln!(out)?;
        }
        return Ok(written);
    }
    let mut cells: Vec<Vec<(String, bool)>> = Vec::new();
    let mut labels: HashMap<Term, String> = HashMap::new();
    for row in rows {
        let row = row?;
        if cells.len() == limit {
            written.cut = true;
            break;
        }
        let cell = |variable| {
            row.get(variable).map_or((String::new(), false), |term: &Term| {
                let text = labels.entry(term.clone()).or_insert_with(|| shown.term(term)).clone();
                (text, is_number(term.as_ref()))
            })
        };
        cells.push(variables.iter().map(cell).collect());
    }
    written.rows = cells.len();
    let heads: Vec<String> = variables.iter().map(|variable| head(variable.as_str())).collect();
    match format {
        RowFormat::Markdown => {
            let line = |cells: &[String]| format!("| {} |", cells.iter().map(|cell| markdown(cell)).collect::<Vec<_>>().join(" | "));
            writeln!(out, "{}", line(&heads))?;
            writeln!(out, "|{}", " --- |".repeat(heads.len()))?;
            for row in cells {
                writeln!(out, "{}", line(&row.into_iter().map(|(text, _)| text).collect::<Vec<_>>()))?;
            }
        }
        _ => writeln!(out, "{}", table(&heads, cells, width))?,
    }
    Ok(written)
}

/// `statusKind` as a column's head: `status kind`.
fn head(variable: &str) -> String {
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

fn markdown(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;").replace(['\n', '\r'], " ")
}

/// A table fitted to a width, its columns wrapped where they must be, columns of numbers to the right.
pub fn table(heads: &[String], cells: Vec<Vec<(String, bool)>>, width: u16) -> String {
    let mut table = Table::new();
    table
        .load_style(TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─')))
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width)
        .set_header(heads.iter().map(Cell::new));
    let numbers: Vec<bool> = (0..heads.len())
        .map(|column| cells.iter().any(|row| row[column].1) && cells.iter().all(|row| row[column].1 || row[column].0.is_empty()))
        .collect();
    for row in cells {
        table.add_row(row.into_iter().map(|(text, _)| Cell::new(plain(&text))));
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 1));
        if numbers[index] {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}

/// Text without what would move a terminal's cursor or change its colours.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

/// Writes yes or no.
///
/// # Errors
/// The output could not be written.
pub fn write_boolean(value: bool, format: RowFormat, out: &mut dyn Write) -> Result<(), AnswerError> {
    match format.standard() {
        Some(standard @ (QueryResultsFormat::Json | QueryResultsFormat::Xml)) => {
            QueryResultsSerializer::from_format(standard).serialize_boolean_to_writer(&mut *out, value)?;
            writeln!(out)?;
        }
        _ => writeln!(out, "{}", if value { "yes" } else { "no" })?,
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

/// All ids of things in a store, for checking parameters and for hints.
pub fn known_ids(store: &Store, base: &Base) -> Vec<String> {
    let mut ids: Vec<String> = store
        .quads(None, Some(rdf::TYPE), None, Some(In::Default))
        .filter_map(|quad| match quad.ok()?.subject {
            oxigraph::model::NamedOrBlankNode::NamedNode(node) => base.slug_of(node.as_str()).map(str::to_owned),
            oxigraph::model::NamedOrBlankNode::BlankNode(_) => None,
        })
        .collect();
    ids.sort();
    ids.dedup();
    ids
}
