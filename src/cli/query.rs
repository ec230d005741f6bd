//! `civigraph query`: a named question, a file, standard input, or SPARQL text.

use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, CommandFactory, Parser};

use super::fresh::{Fresh, Part};
use super::time::TimeArgs;
use super::{Context, Failure, Outcome, Output, Session, width};
use crate::door::Door;
use crate::limits::Limits;
use crate::query::syntax::TEXT_LIMIT;
use crate::query::{self, Question};
use crate::session::Asking;
use crate::view::chart::Chart;

pub mod ask;
mod chart;

use ask::{Ask, Shape, Told};

/// Ask a question: by name, from a file, from standard input (-), or as SPARQL text
///
/// `civigraph queries` lists the questions; with --help behind a question's name its own page is shown. Rows come as a
/// table on a terminal and as TSV on a pipe, graphs as Turtle. Prefixes of the project need not be declared.
#[derive(Debug, Args)]
#[command(
    disable_help_flag = true,
    after_help = "Examples:\n  civigraph query members-and-roles --param network=alliance\n  civigraph query members-and-roles --help\n  civigraph query members-and-roles --at 2025-06-01 --certain\n  civigraph query 'SELECT (COUNT(*) AS ?n) { ?s a cg:Network }'\n  civigraph query question.rq -o answer.xlsx\n  civigraph query records-per-kind --chart bar\n  civigraph query 'CONSTRUCT { ?a cg:with ?b } { ?a org:linkedTo ?b }' --view -o picture.svg\n  echo 'ASK { id:secretariat ?p ?o }' | civigraph query -",
    after_long_help = "Examples:\n  civigraph query members-and-roles --param network=alliance\n  civigraph query members-and-roles --help\n  civigraph query members-and-roles --at 2025-06-01 --certain\n  civigraph query 'SELECT (COUNT(*) AS ?n) { ?s a cg:Network }'\n  civigraph query question.rq -o answer.xlsx\n  civigraph query records-per-kind --chart bar\n  civigraph query 'CONSTRUCT { ?a cg:with ?b } { ?a org:linkedTo ?b }' --view -o picture.svg\n  echo 'ASK { id:secretariat ?p ?o }' | civigraph query -\n\nFormats: sparql-csv, tsv, json and xml are those of SPARQL 1.1, for programs. csv is the same as sparql-csv, but a text\nthat a spreadsheet would run as a formula has an apostrophe before it (docs/decisions/spreadsheets.md says how it comes\noff again). For people there are table, markdown, html and xlsx; in xlsx numbers and days are typed and nothing is ever\na formula.\n\nCharts: --chart bar draws a bar a row, --chart line the rows over their times; numbers, times and names are told apart\nby their types, and ?minimum, ?maximum, ?qualifier, ?unit say more of a number (docs/asking.md). Without -o the chart is\ndrawn with letters; with -o it is svg, png, pdf or html.\n\nTime: a question that declares which of its claims have a time can be asked about a day (--at) or a period (--from,\n--to). Rows that nothing rules out are marked `possible`, the others `certain`; --certain keeps only those."
)]
pub struct QueryArgs {
    /// A question's name, a file, `-`, or SPARQL text
    #[arg(value_name = "QUERY", add = clap_complete::ArgValueCompleter::new(super::completions::questions))]
    query: Option<String>,
    /// Values of its parameters, as with --param
    #[arg(value_name = "NAME=VALUE", add = clap_complete::ArgValueCompleter::new(super::completions::values))]
    values: Vec<String>,
    /// Give a parameter of the question its value
    #[arg(short, long = "param", value_name = "NAME=VALUE", add = clap_complete::ArgValueCompleter::new(super::completions::values))]
    parameters: Vec<String>,
    #[command(flatten)]
    time: TimeArgs,
    /// table, records, csv, sparql-csv, tsv, json, ndjson, xml, markdown, html, xlsx; turtle, ntriples, rdfxml, jsonld for graphs
    #[arg(short, long, value_name = "FORMAT", add = clap_complete::ArgValueCandidates::new(super::completions::row_formats))]
    format: Option<String>,
    /// Write to a file, whose ending decides the format
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Draw the answer: rows with ?from, ?to and ?relation, or the triples of a CONSTRUCT
    #[arg(long)]
    view: bool,
    /// Draw the rows as a chart, bar or line: in the terminal, or as a picture with -o
    #[arg(long, value_name = "CHART", conflicts_with = "view", add = clap_complete::ArgValueCandidates::new(|| super::completions::words(["bar", "line"])))]
    chart: Option<String>,
    /// Show IRIs whole instead of names
    #[arg(long, conflicts_with = "names")]
    raw: bool,
    /// Names in place of ids and IRIs, in every format; an id stays beside a name that two things share
    #[arg(long)]
    names: bool,
    /// Order the rows by these columns as they are shown, from the last where a - stands before it
    #[arg(long, value_name = "COLUMN,…", allow_hyphen_values = true)]
    sort: Option<String>,
    /// Stop after so many rows, and say so (0: all)
    #[arg(long, value_name = "ROWS", visible_alias = "limit")]
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
    pub interactive: bool,
    /// Print help; behind a question's name, what it means and which parameters it takes
    #[arg(short = 'h', long = "help")]
    pub help: bool,
    #[command(flatten)]
    pub fresh: Fresh,
}

/// Runs the command.
pub fn run(args: &QueryArgs, context: &Context) -> Outcome {
    if args.help {
        return help(args, context);
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
    let (session, (text, question)) = context.within(|| {
        let session = if args.text { super::reading::open(context) } else { super::reading::current(context, args.fresh, Part::Things) }?;
        let asked = text(given, &session)?;
        Ok::<_, Failure>((session, asked))
    })??;
    let session = Arc::new(session);
    if args.text {
        let mut out = Output::open(args.output.as_ref())?;
        out.writer().write_all(text.as_bytes())?;
        return out.finish();
    }
    let told = ask::ask(args.ask(text, question)?, &session, context.clock()?)?;
    report(&told, args.stats || io::stderr().is_terminal(), context);
    Ok(())
}

impl QueryArgs {
    /// What is asked for a line of the shell: a question's name or a file, and what stands behind it.
    pub fn read(words: &[String]) -> Result<Self, Failure> {
        let line = ["civigraph", "query"].into_iter().map(str::to_owned).chain(words.iter().cloned());
        match super::Cli::try_parse_from(line) {
            Ok(super::Cli { command: Some(super::Command::Query(args)), .. }) => Ok(args),
            Ok(_) => Err(Failure::Usage("expected a question's name or a file".to_owned(), None)),
            Err(error) => Err(super::of_line(&error)),
        }
    }

    /// What is to be asked.
    pub fn ask(&self, text: String, question: Option<Question>) -> Result<Ask, Failure> {
        let mut parameters = parameters(&[self.parameters.as_slice(), &self.values].concat())?;
        let time = self.time.of(question.as_ref(), &mut parameters)?;
        Ok(Ask {
            asking: Asking { text, question, parameters, time },
            pager: None,
            shape: match (self.view, self.explain) {
                _ if self.chart.is_some() => Shape::Chart(self.chart()?),
                (true, true) => return Err(Failure::Usage("--view draws and --explain does not: give one of them".to_owned(), None)),
                (true, false) => Shape::Picture,
                (false, true) => Shape::Plan,
                (false, false) => Shape::Answer,
            },
            format: self.format.clone(),
            rows: None,
            output: self.output.clone(),
            raw: self.raw,
            names: self.names,
            sort: sort(self.sort.as_deref()),
            limit: self.limit_rows.filter(|limit| *limit > 0),
            width: width(),
        })
    }
}

impl QueryArgs {
    fn chart(&self) -> Result<Chart, Failure> {
        let name = self.chart.as_deref().unwrap_or_default();
        if self.explain {
            return Err(Failure::Usage("--chart draws and --explain does not: give one of them".to_owned(), None));
        }
        Chart::parse(name).ok_or_else(|| {
            let hint = "bar draws a bar a row, line the rows over their times".to_owned();
            Failure::Usage(format!("--chart: expected bar or line, found `{name}`"), Some(hint))
        })
    }
}

/// `role,-when` as columns, each with whether it is ordered from the last.
pub fn sort(given: Option<&str>) -> Vec<(String, bool)> {
    let columns = given.unwrap_or("").split(',').map(str::trim).filter(|column| !column.is_empty());
    columns
        .map(|column| match column.strip_prefix('-') {
            Some(column) => (column.to_owned(), true),
            None => (column.to_owned(), false),
        })
        .collect()
}

/// What there is to say beside the answer.
pub fn report(told: &Told, stats: bool, context: &Context) {
    if stats {
        context.say(&told.stats());
    }
    for note in &told.notes {
        context.say(&format!("note: {note}"));
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

fn help(args: &QueryArgs, context: &Context) -> Outcome {
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
    let known = context.asked_or_shipped().ok().and_then(|project| query::catalogue(&project).ok());
    let is_named = known.is_some_and(|(questions, _)| query::named(&questions, name).is_ok());
    if is_named || name == "-" || !Path::new(name).is_file() {
        return super::queries::page(name, context);
    }
    match file(Path::new(name), name)? {
        (_, Some(question)) => {
            let session = super::reading::open(context).ok();
            let mut out = Output::standard()?;
            super::queries::one(&question, session.as_ref(), &mut out)?;
            out.finish()
        }
        (_, None) => Err(Failure::Usage(
            format!("{name} has no header that says what it asks"),
            Some(
                "its first lines may be `# # The question?`, notes behind `# `, and `#+ parameter: name thing — what it means`".to_owned(),
            ),
        )),
    }
}

/// The query's text, and the question it belongs to if it has a header.
pub fn text(given: &str, session: &Session) -> Result<(String, Option<Question>), Failure> {
    if given == "-" {
        return headed("standard input", bounded("standard input", io::stdin().lock())?);
    }
    // A file's name may have spaces.
    let spaced = given.split_whitespace().count() > 1;
    if given.contains(['{', '\n']) || (spaced && !Path::new(given).is_file()) {
        return headed("the query", given.to_owned());
    }
    let (questions, _) = query::catalogue(&session.project)?;
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
pub fn headed(name: &str, text: String) -> Result<(String, Option<Question>), Failure> {
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
