//! `civigraph query`: a named question, a file, standard input, or SPARQL text.

use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use clap::Args;
use oxigraph::model::Term;
use oxigraph::sparql::{CancellationToken, QueryResults};
use spargebra::Query;

use super::{Failure, Outcome, Output, Reading, Session, width};
use crate::export;
use crate::query::answer::{self, AnswerError, RowFormat, Written};
use crate::query::{self, Parameter, Question, SyntaxError};

/// The longest query text that is read, in bytes.
const TEXT_LIMIT: u64 = 4 << 20;

/// Ask a question: by name, from a file, from standard input (-), or as SPARQL text
///
/// `civigraph queries` lists the questions. SELECT and ASK answer as a table on a terminal and as TSV on a pipe;
/// CONSTRUCT and DESCRIBE as Turtle. Prefixes of the project need not be declared.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  civigraph query members --param network=net4u-asia\n  civigraph query 'SELECT (COUNT(*) AS ?n) { ?s a cg:Network }'\n  civigraph query question.rq -o answer.csv\n  echo 'ASK { id:cfhr ?p ?o }' | civigraph query -"
)]
pub struct QueryArgs {
    /// A question's name, a file, `-`, or SPARQL text
    #[arg(value_name = "QUERY")]
    query: String,
    /// Give a parameter of the question its value
    #[arg(short, long = "param", value_name = "NAME=VALUE")]
    parameters: Vec<String>,
    /// What held on this day; for questions with a parameter `at`
    #[arg(long, value_name = "DATE")]
    at: Option<String>,
    /// table, csv, tsv, json, xml, markdown; turtle, ntriples, rdfxml, jsonld for graphs
    #[arg(short, long, value_name = "FORMAT")]
    format: Option<String>,
    /// Write to a file, whose ending decides the format
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Show IRIs whole instead of names
    #[arg(long)]
    raw: bool,
    /// Stop after so many seconds
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    timeout: f64,
    /// Stop after so many rows, and say so
    #[arg(long, value_name = "ROWS")]
    limit_rows: Option<usize>,
    /// Show the text of the query instead of asking it
    #[arg(long)]
    text: bool,
}

/// Runs the command.
pub fn run(args: &QueryArgs, session: &Session) -> Outcome {
    let reading = Reading::open(session)?;
    let (text, question) = text(args, &reading)?;
    if args.text {
        let mut out = Output::open(args.output.as_ref())?;
        out.writer().write_all(text.as_bytes())?;
        return out.finish();
    }
    let start = Instant::now();
    let parsed = query::parse(&text, &reading.opened.ontology.prefixes).map_err(|error| syntax(&error, &text))?;
    if let Some(service) = query::asks_a_service(&parsed) {
        return Err(Failure::Usage(
            format!("SERVICE is refused: the query would ask {service}"),
            Some("civigraph answers from its own graph only".to_owned()),
        ));
    }
    let bindings = bindings(args, question.as_ref(), &reading)?;
    let parsed = query::bind(parsed, &bindings);
    let written = answer(args, parsed, &reading)?;
    if let Some(rows) = written {
        session.say(&format!("{} row{} in {:.3} s", rows.rows, if rows.rows == 1 { "" } else { "s" }, start.elapsed().as_secs_f64()));
        if rows.cut {
            session.say(&format!("note: stopped after {} rows (--limit-rows); there are more", rows.rows));
        }
    }
    Ok(())
}

/// The query's text, and the question it belongs to if it has a header.
fn text(args: &QueryArgs, reading: &Reading) -> Result<(String, Option<Question>), Failure> {
    let given = args.query.as_str();
    if given == "-" {
        let mut text = String::new();
        io::stdin()
            .lock()
            .take(TEXT_LIMIT)
            .read_to_string(&mut text)
            .map_err(|error| Failure::Input(format!("cannot read standard input: {}", crate::project::plain(&error)), None))?;
        return Ok((text, None));
    }
    if given.contains(['{', '\n']) || given.split_whitespace().count() > 1 {
        return Ok((given.to_owned(), None));
    }
    let (questions, _) = query::catalogue(&reading.project)?;
    match query::named(&questions, given) {
        Ok(question) => Ok((question.asset.text.clone(), Some(question.clone()))),
        Err(near) => {
            let path = Path::new(given);
            if path.exists() {
                return file(path, given);
            }
            let hint = match &near[..] {
                [] => "`civigraph queries` lists the questions; SPARQL text goes in quotes".to_owned(),
                [one] => format!("did you mean `{one}`?"),
                several => format!("several fit: {}", several.join(", ")),
            };
            Err(Failure::Usage(format!("no question and no file is called `{given}`"), Some(hint)))
        }
    }
}

fn file(path: &Path, given: &str) -> Result<(String, Option<Question>), Failure> {
    if path.is_dir() {
        return Err(Failure::Input(format!("{given} is a folder, expected a file with a query"), None));
    }
    let bytes =
        std::fs::read(path).map_err(|error| Failure::Input(format!("cannot read {given}: {}", crate::project::plain(&error)), None))?;
    let text = String::from_utf8(bytes).map_err(|_| Failure::Input(format!("{given} is not UTF-8 text"), None))?;
    let asset = crate::project::Asset { path: given.into(), text: text.clone(), shipped: false };
    Ok((text, Question::read(given, asset).ok()))
}

/// A syntax error with the line it is in and a caret under the column.
fn syntax(error: &SyntaxError, text: &str) -> Failure {
    let line = text.lines().nth(error.line.saturating_sub(1)).unwrap_or("");
    let gutter = format!("{:>4} │ ", error.line);
    let shown: String = line.chars().take(200).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let caret = " ".repeat(gutter.chars().count() + error.column.saturating_sub(1).min(200));
    Failure::Usage(format!("line {}, column {}: {}\n{gutter}{shown}\n{caret}^", error.line, error.column, error.message), None)
}

/// The given parameters as terms.
fn bindings(args: &QueryArgs, question: Option<&Question>, reading: &Reading) -> Result<Vec<(String, Term)>, Failure> {
    let declared: &[Parameter] = question.map_or(&[], |question| &question.parameters);
    let mut given: Vec<(String, String)> = Vec::new();
    for parameter in &args.parameters {
        let (name, value) =
            parameter.split_once('=').ok_or_else(|| Failure::Usage(format!("expected --param NAME=VALUE, found `{parameter}`"), None))?;
        given.push((name.trim_start_matches('?').to_owned(), value.to_owned()));
    }
    if let Some(day) = &args.at {
        given.push(("at".to_owned(), day.clone()));
    }
    let mut bindings = Vec::new();
    for (name, value) in given {
        let Some(parameter) = declared.iter().find(|parameter| parameter.name == name) else {
            let hint = match declared {
                [] => "this query declares no parameters".to_owned(),
                some => format!("it has {}", some.iter().map(|parameter| format!("`{}`", parameter.name)).collect::<Vec<_>>().join(", ")),
            };
            return Err(Failure::Usage(format!("the query has no parameter `{name}`"), Some(hint)));
        };
        let known = || answer::known_ids(&reading.store, &reading.project.base);
        let term = parameter
            .term(&value, &reading.project.base, &reading.opened.ontology.prefixes, &reading.opened.schema, &known)
            .map_err(|message| Failure::Usage(message, None))?;
        bindings.push((name, term));
    }
    Ok(bindings)
}

/// Evaluates within the time limit and writes the answer.
fn answer(args: &QueryArgs, query: Query, reading: &Reading) -> Result<Option<Written>, Failure> {
    let wanted = args.format.clone().or(super::ending(args.output.as_ref()));
    let is_graph = matches!(query, Query::Construct { .. } | Query::Describe { .. });
    let mismatch = |name: &str| {
        let fitting = if is_graph { "turtle, ntriples, rdfxml, jsonld" } else { "table, csv, tsv, json, xml, markdown" };
        Failure::Usage(format!("no format `{name}` for this kind of query"), Some(format!("it can be written as {fitting}")))
    };
    let rows_format = match &wanted {
        Some(name) if !is_graph => RowFormat::named(name).ok_or_else(|| mismatch(name))?,
        _ if args.output.is_none() && io::stdout().is_terminal() => RowFormat::Table,
        _ => RowFormat::Tsv,
    };
    let graph_format = match &wanted {
        Some(name) if is_graph => export::Format::named(name).ok_or_else(|| mismatch(name))?,
        _ => export::Format::Turtle,
    };
    if !args.timeout.is_finite() || args.timeout <= 0.0 || args.timeout > 1e6 {
        return Err(Failure::Usage(format!("expected a number of seconds, found `{}`", args.timeout), None));
    }
    let token = CancellationToken::new();
    let late = Arc::new(AtomicBool::new(false));
    let (done, watched) = mpsc::channel::<()>();
    let watchdog = {
        let (token, late, limit) = (token.clone(), Arc::clone(&late), Duration::from_secs_f64(args.timeout));
        std::thread::spawn(move || {
            if watched.recv_timeout(limit) == Err(mpsc::RecvTimeoutError::Timeout) {
                late.store(true, Ordering::SeqCst);
                token.cancel();
            }
        })
    };
    let prefixes = &reading.opened.ontology.prefixes;
    let mut out = Output::open(args.output.as_ref())?;
    let outcome = (|| -> Result<Option<Written>, AnswerError> {
        match reading.store.query(query, Some(token))? {
            QueryResults::Boolean(value) => answer::write_boolean(value, rows_format, out.writer()).map(|()| None),
            QueryResults::Solutions(rows) => {
                answer::write_rows(rows, rows_format, reading.shown(args.raw), width(), args.limit_rows, out.writer()).map(Some)
            }
            graph @ QueryResults::Graph(_) => answer::write_graph(graph, graph_format, prefixes, args.limit_rows, out.writer()).map(Some),
        }
    })();
    drop(done);
    let _ = watchdog.join();
    match outcome {
        Ok(written) => out.finish().map(|()| written),
        Err(error) => {
            out.abandon();
            Err(match error {
                _ if late.load(Ordering::SeqCst) => Failure::Usage(
                    format!("the query was stopped after {} s", args.timeout),
                    Some("--timeout gives it longer; LIMIT or narrower patterns make it quicker".to_owned()),
                ),
                AnswerError::Output(error) => error.into(),
                AnswerError::Format(message) => Failure::Usage(message, None),
                AnswerError::Evaluation(error) => Failure::Usage(format!("the query cannot be answered: {error}"), None),
            })
        }
    }
}
