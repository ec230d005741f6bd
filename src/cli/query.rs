//! `civigraph query`: a named question, a file, standard input, or SPARQL text.

use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, CommandFactory};

use super::{Failure, Fresh, Outcome, Output, Part, Reading, Session, width};
use crate::door::Door;
use crate::limits::Limits;
use crate::query::syntax::TEXT_LIMIT;
use crate::query::time::Period;
use crate::query::{self, Question};
use crate::session::Asking;
use crate::values::edtf;

pub mod ask;

use ask::{Ask, Clock, Shape, Told};

/// Ask a question: by name, from a file, from standard input (-), or as SPARQL text
///
/// `civigraph queries` lists the questions; with --help behind a question's name its own page is shown. Rows come as a
/// table on a terminal and as TSV on a pipe, graphs as Turtle. Prefixes of the project need not be declared.
#[derive(Debug, Args)]
#[command(
    disable_help_flag = true,
    after_help = "Examples:\n  civigraph query members-and-roles --param network=alliance\n  civigraph query members-and-roles --help\n  civigraph query members-and-roles --at 2025-06-01 --certain\n  civigraph query 'SELECT (COUNT(*) AS ?n) { ?s a cg:Network }'\n  civigraph query question.rq -o answer.xlsx\n  civigraph query 'CONSTRUCT { ?a cg:with ?b } { ?a org:linkedTo ?b }' --view -o picture.svg\n  echo 'ASK { id:secretariat ?p ?o }' | civigraph query -",
    after_long_help = "Examples:\n  civigraph query members-and-roles --param network=alliance\n  civigraph query members-and-roles --help\n  civigraph query members-and-roles --at 2025-06-01 --certain\n  civigraph query 'SELECT (COUNT(*) AS ?n) { ?s a cg:Network }'\n  civigraph query question.rq -o answer.xlsx\n  civigraph query 'CONSTRUCT { ?a cg:with ?b } { ?a org:linkedTo ?b }' --view -o picture.svg\n  echo 'ASK { id:secretariat ?p ?o }' | civigraph query -\n\nFormats: sparql-csv, tsv, json and xml are those of SPARQL 1.1, for programs. csv is the same as sparql-csv, but a text\nthat a spreadsheet would run as a formula has an apostrophe before it (docs/decisions/spreadsheets.md says how it comes\noff again). For people there are table, markdown, html and xlsx; in xlsx numbers and days are typed and nothing is ever\na formula.\n\nTime: a question that declares which of its claims have a time can be asked about a day (--at) or a period (--from,\n--to). Rows that nothing rules out are marked `possible`, the others `certain`; --certain keeps only those."
)]
pub struct QueryArgs {
    /// A question's name, a file, `-`, or SPARQL text
    #[arg(value_name = "QUERY", add = clap_complete::ArgValueCompleter::new(super::completions::questions))]
    query: Option<String>,
    /// Give a parameter of the question its value
    #[arg(short, long = "param", value_name = "NAME=VALUE")]
    parameters: Vec<String>,
    #[command(flatten)]
    time: TimeArgs,
    /// table, csv, sparql-csv, tsv, json, xml, markdown, html, xlsx; turtle, ntriples, rdfxml, jsonld for graphs
    #[arg(short, long, value_name = "FORMAT")]
    format: Option<String>,
    /// Write to a file, whose ending decides the format
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Draw the answer: rows with ?from, ?to and ?relation, or the triples of a CONSTRUCT
    #[arg(long)]
    view: bool,
    /// Show IRIs whole instead of names
    #[arg(long)]
    raw: bool,
    /// Stop after so many seconds
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    timeout: f64,
    /// Stop after so many rows, and say so
    #[arg(long, value_name = "ROWS")]
    limit_rows: Option<usize>,
    /// Say how many rows came and how long it took, on a pipe too
    #[arg(long)]
    stats: bool,
    /// Show the text of the query instead of asking it
    #[arg(long)]
    text: bool,
    /// Show how the query is evaluated instead of the answer, with the rows of each step
    #[arg(long)]
    explain: bool,
    /// Ask one query after the other (the same as `civigraph shell`)
    #[arg(short, long)]
    interactive: bool,
    /// Print help; behind a question's name, what it means and which parameters it takes
    #[arg(short = 'h', long = "help")]
    help: bool,
    #[command(flatten)]
    fresh: Fresh,
}

/// When what is asked about held.
#[derive(Debug, Default, Clone, Args)]
pub struct TimeArgs {
    /// What held on this day, for questions that declare a time
    #[arg(long, value_name = "DATE", conflicts_with_all = ["from", "to"])]
    pub at: Option<String>,
    /// What held at some time from this day, month or year on
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// What held at some time up to this day, month or year
    #[arg(long, value_name = "DATE")]
    pub to: Option<String>,
    /// Only what certainly held then
    #[arg(long, conflicts_with = "possible")]
    pub certain: bool,
    /// What may have held then, marked (the default)
    #[arg(long)]
    pub possible: bool,
}

impl TimeArgs {
    /// The time that is asked about, and whether only what is certain counts.
    pub fn read(&self) -> Result<Option<(Period, bool)>, Failure> {
        let read = |name: &str, given: &Option<String>, last: bool| match given {
            None => Ok(None),
            Some(given) => edge(given, last).map(Some).ok_or_else(|| {
                Failure::Usage(format!("--{name}: expected a day, month or year (YYYY-MM-DD, YYYY-MM, YYYY), found `{given}`"), None)
            }),
        };
        let at = match &self.at {
            None => None,
            Some(given) => Some(edtf::day(given).ok_or_else(|| {
                let hint = edge(given, false).map(|_| format!("--from {given} --to {given} asks about all of it"));
                Failure::Usage(format!("--at: expected a day, YYYY-MM-DD, found `{given}`"), hint)
            })?),
        };
        let (from, to) = (read("from", &self.from, false)?, read("to", &self.to, true)?);
        let period = at.map_or(Period { from, to }, Period::day);
        if let (Some(from), Some(to)) = (period.from, period.to)
            && from > to
        {
            return Err(Failure::Usage(format!("the period ends before it begins: from {from} to {to}"), None));
        }
        if period == Period::default() {
            return if self.certain || self.possible {
                Err(Failure::Usage("--certain and --possible go with --at, --from or --to".to_owned(), None))
            } else {
                Ok(None)
            };
        }
        Ok(Some((period, self.certain)))
    }
}

/// The first or the last day of a year, a month or a day.
fn edge(text: &str, last: bool) -> Option<jiff::civil::Date> {
    let plain = matches!(text.len(), 4 | 7) && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if !plain {
        return edtf::day(text);
    }
    let bounds = edtf::read(text, None).ok()?.bounds;
    if last { bounds.latest_end } else { bounds.earliest_start }
}

/// Runs the command.
pub fn run(args: &QueryArgs, session: &Session) -> Outcome {
    if args.help {
        return help(args, session);
    }
    if args.interactive {
        return super::shell::run(&super::shell::ShellArgs::with(args.fresh), session);
    }
    let given = match &args.query {
        Some(given) => given.as_str(),
        None if !io::stdin().is_terminal() => "-",
        None => {
            return Err(Failure::Usage(
                "expected a question's name, a file, - or SPARQL text".to_owned(),
                Some("`civigraph queries` lists the questions; `civigraph shell` asks one after the other".to_owned()),
            ));
        }
    };
    let reading = if args.text { super::open(session)? } else { super::current(session, args.fresh, Part::Things)? };
    let reading = Arc::new(reading);
    let (text, question) = text(given, &reading)?;
    if args.text {
        let mut out = Output::open(args.output.as_ref())?;
        out.writer().write_all(text.as_bytes())?;
        return out.finish();
    }
    let ask = Ask {
        asking: Asking { text, question, parameters: parameters(&args.parameters)?, time: args.time.read()? },
        shape: match (args.view, args.explain) {
            (true, true) => return Err(Failure::Usage("--view draws and --explain does not: give one of them".to_owned(), None)),
            (true, false) => Shape::Picture,
            (false, true) => Shape::Plan,
            (false, false) => Shape::Answer,
        },
        format: args.format.clone(),
        rows: None,
        output: args.output.clone(),
        raw: args.raw,
        limit: args.limit_rows,
        width: width(),
    };
    let told = ask::ask(ask, &reading, Clock::new(args.timeout)?)?;
    report(&told, args.stats || io::stderr().is_terminal(), session);
    Ok(())
}

/// What there is to say beside the answer.
pub fn report(told: &Told, stats: bool, session: &Session) {
    if stats {
        session.say(&told.stats());
    }
    for note in &told.notes {
        session.say(&format!("note: {note}"));
    }
}

/// `NAME=VALUE`s.
pub fn parameters(given: &[String]) -> Result<Vec<(String, String)>, Failure> {
    given
        .iter()
        .map(|parameter| {
            let (name, value) = parameter
                .split_once('=')
                .ok_or_else(|| Failure::Usage(format!("expected --param NAME=VALUE, found `{parameter}`"), None))?;
            Ok((name.trim().trim_start_matches('?').to_owned(), value.to_owned()))
        })
        .collect()
}

fn help(args: &QueryArgs, session: &Session) -> Outcome {
    let Some(name) = &args.query else {
        let mut cli = super::Cli::command();
        cli.build();
        let command = cli.find_subcommand_mut("query").ok_or_else(|| Failure::Internal("the command has no help".to_owned()))?;
        let long = std::env::args_os().any(|argument| argument == "--help");
        let help = if long { command.render_long_help() } else { command.render_help() };
        let mut out = Output::standard()?.styled();
        if io::stdout().is_terminal() { write!(out, "{}", help.ansi()) } else { write!(out, "{help}") }?;
        return out.finish();
    };
    super::queries::page(name, session)
}

/// The query's text, and the question it belongs to if it has a header.
pub fn text(given: &str, reading: &Reading) -> Result<(String, Option<Question>), Failure> {
    if given == "-" {
        return headed("standard input", bounded("standard input", io::stdin().lock())?);
    }
    // A file's name may have spaces.
    let spaced = given.split_whitespace().count() > 1;
    if given.contains(['{', '\n']) || (spaced && !Path::new(given).is_file()) {
        return headed("the query", given.to_owned());
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
    let opened = Door::named(Limits::default())
        .open(path)
        .map_err(|refused| Failure::Input(format!("cannot read {given}: {}", refused.words()), None))?;
    let text = bounded(given, opened)?;
    headed(given, text)
}

/// A text with its own header, if it has one.
fn headed(name: &str, text: String) -> Result<(String, Option<Question>), Failure> {
    let question = Question::of_text(name, &text).map_err(|error| Failure::Usage(format!("{name}: {error}"), None))?;
    Ok((text, question))
}

/// A text that may be as long as a query and a little longer, so that the parser says that it is too long.
fn bounded(name: &str, reader: impl Read) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    reader
        .take(TEXT_LIMIT as u64 + 4)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::Input(format!("cannot read {name}: {}", crate::project::plain(&error)), None))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned)),
        // The cut may have gone through a character.
        Err(error) if error.as_bytes().len() > TEXT_LIMIT => Ok("#".repeat(TEXT_LIMIT + 1)),
        Err(_) => Err(Failure::Input(format!("{name} is not UTF-8 text"), None)),
    }
}
