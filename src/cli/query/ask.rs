//! Asking within a time: from a query's text to its answer in a file or on standard output.
//!
//! The work is done in a thread with a deep stack, and this one keeps the clock: it stops what takes too long or too much
//! memory, and goes on without it where even that does not help, because planning cannot be stopped. From then on the
//! thread writes nothing more.

use std::fs::File;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use oxigraph::sparql::QueryResults;
use spargebra::Query;
use unicode_width::UnicodeWidthStr;

use super::super::{Failure, Output, Session, ending, interrupt, letters, memory};
use crate::diagram::{self, DiagramError};
use crate::export;
use crate::query::answer::{self, AnswerError, Heading, Layout, RowFormat, Written};
use crate::query::{self, Question, SyntaxError};
use crate::session::{Asking, Prepared};
use crate::stop::{Reason, Stop};
use crate::view::chart::{self, Chart};
use crate::view::{self, Choice, Drawn};

/// How long after its time a query may take to notice that it was stopped.
const GRACE: Duration = Duration::from_millis(500);
/// How often the clock is looked at.
const TICK: Duration = Duration::from_millis(10);
/// A text that a query makes may have such a part of the memory.
const TEXTS: u64 = 16;

/// What is asked, and how the answer is wanted.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The question.
    pub asking: Asking,
    /// What becomes of it.
    pub shape: Shape,
    /// The format's name; else the ending of the output says it.
    pub format: Option<String>,
    /// The format of rows where nothing else says one.
    pub rows: Option<RowFormat>,
    /// The file; else standard output.
    pub output: Option<PathBuf>,
    /// Whether IRIs are shown whole.
    pub raw: bool,
    /// Whether names stand in place of ids and IRIs, in every format.
    pub names: bool,
    /// The columns that rows are ordered by, each with whether from the last.
    pub sort: Vec<(String, bool)>,
    /// At most so many rows.
    pub limit: Option<usize>,
    /// The width of tables.
    pub width: u16,
    /// Who shows the answer page by page, in place of standard output.
    pub pager: Option<Arc<File>>,
}

/// What becomes of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// It is written in its format.
    Answer,
    /// It is drawn.
    Picture,
    /// Its rows are drawn as figures.
    Chart(Chart),
    /// How it was found is written instead.
    Plan,
}

/// What there is to say beside an answer.
#[derive(Debug, Default)]
pub struct Told {
    /// What was counted, in words: `12 rows`.
    pub counted: String,
    /// How long it took, from the text to the last byte.
    pub took: Duration,
    /// What the reader must know about it.
    pub notes: Vec<String>,
}

impl Told {
    /// One line of figures.
    pub fn stats(&self) -> String {
        format!("{} in {:.3} s", self.counted, self.took.as_secs_f64())
    }
}

/// How long a query may take, and what stops it earlier. Time spent on waiting for whoever reads the answer does not count.
#[derive(Debug, Clone)]
pub struct Clock {
    limit: Duration,
    /// Set by whoever wants the query stopped now.
    pub interrupted: Arc<AtomicBool>,
}

impl Clock {
    /// A clock of so many seconds.
    pub fn new(seconds: f64) -> Result<Self, Failure> {
        if !seconds.is_finite() || seconds <= 0.0 || seconds > 1e6 {
            let found = if seconds.abs() > 1e6 { format!("{seconds:e}") } else { seconds.to_string() };
            return Err(Failure::Usage(format!("--timeout: expected a number of seconds above 0, up to a million, found `{found}`"), None));
        }
        Ok(Self { limit: Duration::from_secs_f64(seconds), interrupted: Arc::default() })
    }

    /// How long.
    pub fn limit(&self) -> Duration {
        self.limit
    }
}

/// How many queries are being asked.
static ASKED: AtomicUsize = AtomicUsize::new(0);

/// Whether a query is being asked, which is then let go of where its thread asks for too much memory.
pub fn is_asked() -> bool {
    ASKED.load(Ordering::SeqCst) > 0
}

/// Counts as a query being asked until it is dropped.
struct Asked;

impl Asked {
    fn begin() -> Self {
        ASKED.fetch_add(1, Ordering::SeqCst);
        Self
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        ASKED.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Asks, and writes the answer.
pub fn ask(ask: Ask, session: &Arc<Session>, clock: Clock) -> Result<Told, Failure> {
    let _asked = Asked::begin();
    let _freely = memory::freely();
    let stop = Stop::with_texts_of(usize::try_from(memory::bound() / TEXTS).unwrap_or(usize::MAX));
    let (done, outcome) = mpsc::channel();
    let work = {
        let (session, stop) = (Arc::clone(session), stop.clone());
        query::on_a_deep_stack("query", move || {
            let start = Instant::now();
            let told = answered(&ask, &session, &stop).map(|told| Told { took: start.elapsed(), ..told });
            let told = told.map(|mut told| {
                let misread = ask.asking.question.iter().flat_map(Question::misread);
                told.notes.splice(0..0, misread.chain(session.unknown(&ask.asking)).collect::<Vec<_>>());
                told
            });
            let _ = done.send(told);
        })
        .map_err(|error| Failure::Internal(format!("no thread for the query: {error}")))?
    };
    let mut grace: Option<Instant> = None;
    loop {
        match outcome.recv_timeout(TICK.min(clock.limit)) {
            Ok(Ok(told)) => return Ok(told),
            Ok(Err(_)) if stop.is_stopped() => break,
            Ok(Err(failure)) => return Err(failure),
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                let _ = work.join();
                return Err(Failure::Internal("the query's thread ended without an answer".to_owned()));
            }
        }
        if grace.is_some_and(|since| since.elapsed() > GRACE) {
            break;
        }
        let reason = match grace {
            // What sleeps for want of memory does not wake.
            _ if memory::passed() => {
                stop.stop(Reason::Memory);
                break;
            }
            Some(_) => continue,
            None if clock.interrupted.swap(false, Ordering::SeqCst) => Reason::Asked,
            None if memory::is_scarce() => Reason::Memory,
            None if stop.worked() > clock.limit => Reason::Time,
            None => continue,
        };
        stop.stop(reason);
        grace = Some(Instant::now());
    }
    interrupt::heard();
    Err(stopped(stop.reason(), &clock))
}

/// What to say of a query that was stopped.
fn stopped(reason: Option<Reason>, clock: &Clock) -> Failure {
    let (message, hint) = match reason {
        None | Some(Reason::Asked) => return Failure::Usage("stopped".to_owned(), None),
        Some(Reason::Time) => (
            format!("the query was stopped after {} s", clock.limit.as_secs_f64()),
            "--timeout gives it longer; LIMIT or narrower patterns make it quicker",
        ),
        Some(Reason::Memory) => (
            format!("the query was stopped: it takes more than {} of memory", memory::bound_in_words()),
            "--memory allows more; LIMIT or narrower patterns need less",
        ),
        Some(Reason::Text) => (
            format!("the query was stopped: it makes a text longer than {}", crate::limits::words(memory::bound() / TEXTS)),
            "a text may have a sixteenth of the memory, and --memory allows more",
        ),
    };
    Failure::Usage(message, Some(hint.to_owned()))
}

fn answered(ask: &Ask, session: &Session, stop: &Stop) -> Result<Told, Failure> {
    let parsed = query::parse(&ask.asking.text, &session.prefixes).map_err(|error| syntax(&error, &ask.asking.text))?;
    let format = Chosen::of(ask, &parsed)?;
    let Prepared { query: parsed, heading } = session.prepare_parsed(parsed, &ask.asking)?;
    if let Chosen::Picture(format) = format {
        return picture(ask, parsed, format, &heading, session);
    }
    if let Chosen::Chart(kind, format) = format {
        return charted(ask, (kind, format), parsed, &heading, session, stop);
    }
    if format == Chosen::Plan {
        return plan(ask, parsed, session, stop);
    }
    let failed = |error: AnswerError| Failure::from(error);
    let results = session.store.query(parsed, Some(stop)).map_err(|error| failed(error.into()))?;
    let mut out = match &ask.pager {
        Some(pager) if ask.output.is_none() => Output::paged(pager.try_clone()?, stop.clone()),
        _ => Output::stoppable(ask.output.as_ref(), Some(stop.clone()))?,
    };
    let shown = session.shown(ask.raw);
    let written = {
        let mut out = out.writer();
        match (results, format) {
            (QueryResults::Boolean(value), Chosen::Rows(format)) => {
                answer::write_boolean(value, format, &mut out).map(|()| (String::from("yes or no"), Written::default()))
            }
            (QueryResults::Solutions(rows), Chosen::Rows(format)) => {
                let named = ask.names || (format.is_for_people() && !ask.raw && setting(ask, "names") == Some("yes"));
                let layout = Layout { format, shown, width: ask.width, limit: ask.limit, heading: &heading, named, sort: &ask.sort };
                answer::write_rows(rows, layout, &mut out).map(|written| (count(written.rows, "row"), written))
            }
            (graph @ QueryResults::Graph(_), Chosen::Graph(format)) => {
                answer::write_graph(graph, format, &session.prefixes, ask.limit, &mut out)
                    .map(|written| (count(written.rows, "statement"), written))
            }
            _ => Err(AnswerError::Format("the format does not fit the kind of query".to_owned())),
        }
    };
    match written {
        Ok((counted, written)) => {
            out.finish()?;
            Ok(Told { counted, notes: notes(written, format == Chosen::Rows(RowFormat::ExactCsv)), ..Told::default() })
        }
        Err(error) => {
            out.abandon();
            Err(failed(error))
        }
    }
}

fn notes(written: Written, exact: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if written.cut {
        notes.push(format!("stopped after {} (--limit-rows); there are more", count(written.rows, "row")));
    }
    if written.full {
        notes.push(format!("a sheet holds no more than {}; there are more (csv holds all)", count(written.rows, "row")));
    }
    if written.formulas > 0 {
        let texts = if written.formulas == 1 { "1 text begins".to_owned() } else { format!("{} texts begin", written.formulas) };
        notes.push(if exact {
            format!("{texts} with =, +, - or @, which a spreadsheet would run as a formula; -f csv guards them, -f xlsx knows text from formulas")
        } else {
            format!("{texts} with =, +, - or @, guarded so that no spreadsheet runs a formula; -f sparql-csv has no guards")
        });
    }
    notes
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// The format of an answer, fitting the kind of query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chosen {
    Rows(RowFormat),
    Graph(export::Format),
    Picture(diagram::Format),
    /// A chart as a picture; none draws it with letters.
    Chart(Chart, Option<diagram::Format>),
    Plan,
}

impl Chosen {
    fn of(ask: &Ask, query: &Query) -> Result<Self, Failure> {
        let wanted = ask.format.clone().or(ending(ask.output.as_ref()));
        let terminal = ask.output.is_none() && io::stdout().is_terminal();
        let none = |name: &str, fitting: &str| {
            Err(Failure::Usage(format!("no format `{name}` for this kind of query"), Some(format!("it can be written as {fitting}"))))
        };
        let chosen = match (ask.shape, query) {
            (Shape::Plan, _) => return Ok(Self::Plan),
            (Shape::Chart(_), Query::Construct { .. } | Query::Describe { .. } | Query::Ask { .. }) => {
                let hint = "a SELECT with a column of numbers is".to_owned();
                return Err(Failure::Usage("a chart is drawn of rows, and this query gives none".to_owned(), Some(hint)));
            }
            (Shape::Chart(chart), _) => match &wanted {
                None => Self::Chart(chart, None),
                Some(name) if ["txt", "text"].contains(&name.as_str()) => Self::Chart(chart, None),
                Some(name) => {
                    match diagram::Format::parse(name).filter(|f| !matches!(f, diagram::Format::Dot | diagram::Format::Mermaid)) {
                        Some(format) => Self::Chart(chart, Some(format)),
                        None => {
                            let hint =
                                "svg, png, pdf and html draw it, text draws it with letters; without --chart the answer itself is written";
                            return Err(Failure::Usage(format!("`{name}` is no format of a chart"), Some(hint.to_owned())));
                        }
                    }
                }
            },
            (Shape::Picture, _) => match &wanted {
                None => Self::Picture(diagram::Format::Svg),
                Some(name) => match diagram::Format::parse(name) {
                    Some(format) => Self::Picture(format),
                    None => return none(name, &diagram::Format::all().map(diagram::Format::name).collect::<Vec<_>>().join(", ")),
                },
            },
            (Shape::Answer, Query::Construct { .. } | Query::Describe { .. }) => match &wanted {
                None => Self::Graph(export::Format::Turtle),
                Some(name) => match export::Format::named(name) {
                    Some(format) => Self::Graph(format),
                    None if diagram::Format::parse(name).is_some() => {
                        return none(name, &format!("{} (--view draws it)", export::FORMATS.map(|facts| facts.name).join(", ")));
                    }
                    None => return none(name, &export::FORMATS.map(|facts| facts.name).join(", ")),
                },
            },
            (Shape::Answer, Query::Select { .. } | Query::Ask { .. }) => match &wanted {
                None if ask.rows.is_some() => Self::Rows(ask.rows.unwrap_or(RowFormat::Table)),
                None if terminal => Self::Rows(RowFormat::Table),
                None => Self::Rows(RowFormat::Tsv),
                Some(name) => match RowFormat::named(name) {
                    Some(format) => Self::Rows(format),
                    None => return none(name, &RowFormat::ALL.map(|(_, name, _)| name).join(", ")),
                },
            },
        };
        let binary = match chosen {
            Self::Rows(format) => !format.is_text(),
            Self::Picture(format) | Self::Chart(_, Some(format)) => !format.is_text(),
            Self::Graph(_) | Self::Plan | Self::Chart(_, None) => false,
        };
        if binary && terminal {
            return Err(Failure::Usage("this format is not text".to_owned(), Some("-o FILE writes it to a file".to_owned())));
        }
        Ok(chosen)
    }
}

/// A line of the header.
fn setting<'a>(ask: &'a Ask, name: &str) -> Option<&'a str> {
    ask.asking.question.as_ref()?.settings.get(name).map(String::as_str)
}

fn picture(ask: &Ask, query: Query, format: diagram::Format, heading: &Heading, session: &Session) -> Result<Told, Failure> {
    let usage = |message: String| Failure::Usage(message, None);
    let query = query::drawing::view(query).map_err(|error| usage(error.to_string()))?;
    let (ontology, schema) = (&session.opened.ontology, &session.opened.schema);
    let mut graph = view::graph(query, &Choice::default(), Drawn { directed: true }, session.shown(false), ontology, schema)
        .map_err(|error| usage(format!("the answer cannot be drawn: {error}")))?;
    if graph.nodes.is_empty() {
        return Err(usage("the answer has nothing to draw: no row has a thing as ?from".to_owned()));
    }
    graph.title.clone_from(&heading.title);
    graph.subtitle.clone_from(&session.project.title);
    let style = view::style(ontology, &session.project.language);
    let mut options = diagram::Options::default();
    if let Some(name) = setting(ask, "layout") {
        options.layout = diagram::Layout::parse(name).ok_or_else(|| {
            let names: Vec<&str> = diagram::Layout::TABLE.iter().map(|row| row.1).collect();
            Failure::Usage(format!("`#+ layout: {name}`: there is no such layout"), Some(format!("there are {}", names.join(", "))))
        })?;
    }
    let notes = drawn(ask, &graph, &style, options, format)?;
    let counted = format!("{} and {}", count(graph.nodes.len(), "thing"), count(graph.ties.len(), "tie"));
    Ok(Told { counted, notes, ..Told::default() })
}

/// The rows of an answer as figures, drawn with letters or as a picture.
fn charted(
    ask: &Ask,
    (kind, format): (Chart, Option<diagram::Format>),
    query: Query,
    heading: &Heading,
    session: &Session,
    stop: &Stop,
) -> Result<Told, Failure> {
    let shown = session.shown(ask.raw);
    let failed = |error: AnswerError| Failure::from(error);
    let results = session.store.query(query, Some(stop)).map_err(|error| failed(error.into()))?;
    let QueryResults::Solutions(solutions) = results else { return Err(Failure::Internal("a SELECT gives rows".to_owned())) };
    let variables = solutions.variables().to_vec();
    let layout = Layout { format: RowFormat::Table, shown, width: ask.width, limit: ask.limit, heading, named: false, sort: &ask.sort };
    let wanted = ask.limit.unwrap_or(usize::MAX).min(chart::MOST_ROWS + 1);
    let (mut rows, mut cut) = (Vec::new(), false);
    for row in answer::ordered(solutions, &variables, &layout).map_err(failed)? {
        let row = row.map_err(|error| failed(error.into()))?;
        if rows.len() == wanted {
            cut = ask.limit.is_some();
            break;
        }
        rows.push(variables.iter().map(|variable| row.get(variable).cloned()).collect());
    }
    let names: Vec<String> = variables.iter().map(|variable| variable.as_str().to_owned()).collect();
    let chart::Charted { mut graph, mut notes } =
        chart::chart(&rows, &names, kind, shown).map_err(|error| Failure::Usage(error.message, Some(error.hint)))?;
    if cut {
        notes.push(format!("stopped after {} (--limit-rows); there are more", count(rows.len(), "row")));
    }
    graph.title.clone_from(&heading.title);
    graph.subtitle.clone_from(&session.project.title);
    graph.as_of = heading.facts.iter().find(|(name, _)| name == "held").map(|(_, held)| format!("what held {held}"));
    graph.notes.clone_from(&notes);
    let counted = count(rows.len(), "row");
    let Some(format) = format else {
        let mut out = Output::stoppable(ask.output.as_ref(), Some(stop.clone()))?;
        if !graph.title.is_empty() {
            writeln!(out.writer(), "{}\n", answer::table::wrap(&answer::table::plain(&graph.title), usize::from(ask.width)).join("\n"))?;
        }
        super::chart::draw(&graph, kind, ask.width, out.writer())?;
        out.finish()?;
        return Ok(Told { counted, notes, ..Told::default() });
    };
    let options = diagram::Options {
        layout: if kind == Chart::Bar { diagram::Layout::Bars } else { diagram::Layout::Lines },
        cite: graph.nodes.iter().any(|node| !node.citations.is_empty()),
        ..diagram::Options::default()
    };
    let style = view::style(&session.opened.ontology, &session.project.language);
    notes.extend(drawn(ask, &graph, &style, options, format)?);
    notes.dedup();
    Ok(Told { counted, notes, ..Told::default() })
}

/// Lays out and writes a picture; what there is to say of it.
fn drawn(
    ask: &Ask,
    graph: &diagram::Graph,
    style: &diagram::Style,
    options: diagram::Options,
    format: diagram::Format,
) -> Result<Vec<String>, Failure> {
    let usage = |message: String| Failure::Usage(message, None);
    let mut out = Output::open(ask.output.as_ref())?;
    let mut notes = graph.notes.clone();
    let drawn = letters::lay_out(graph, style, options, format).and_then(|drawn| {
        notes.extend(drawn.found);
        notes.extend(drawn.missing.map(|missing| format!("{missing}; {}", letters::HELP)));
        format.write(graph, style, &drawn.scene, &drawn.options, &mut out.writer())
    });
    match drawn {
        Ok(()) => out.finish()?,
        Err(error) => {
            out.abandon();
            return Err(match error {
                DiagramError::Write(error) => error.into(),
                DiagramError::Format { .. } => Failure::Internal(error.to_string()),
                other => usage(other.to_string()),
            });
        }
    }
    Ok(notes)
}

fn plan(ask: &Ask, query: Query, session: &Session, stop: &Stop) -> Result<Told, Failure> {
    let steps =
        session.store.explain(query, Some(stop)).map_err(|error| Failure::Usage(format!("the query cannot be answered: {error}"), None))?;
    let mut out = Output::open(ask.output.as_ref())?;
    for step in &steps {
        let rows = step.rows.map_or_else(String::new, |rows| format!("  → {}", count(rows, "row")));
        writeln!(out.writer(), "{}{}{rows}", "  ".repeat(step.depth), answer::table::plain(&step.name).replace('\n', " "))?;
    }
    out.finish()?;
    Ok(Told { counted: count(steps.len(), "step"), ..Told::default() })
}

/// A syntax error with the line it is in and a caret under the column.
pub fn syntax(error: &SyntaxError, text: &str) -> Failure {
    /// How much of a line is shown before and behind its fault.
    const BEFORE: usize = 60;
    const BEHIND: usize = 60;
    let line: Vec<char> = text.lines().nth(error.line.saturating_sub(1)).unwrap_or("").chars().collect();
    let at = error.column.saturating_sub(1).min(line.len());
    let (from, to) = (at.saturating_sub(BEFORE), line.len().min(at + BEHIND));
    let clean = |part: &[char]| answer::table::plain(&part.iter().map(|c| if *c == '\t' { ' ' } else { *c }).collect::<String>());
    let lead = format!("{}{}", if from > 0 { "…" } else { "" }, clean(&line[from..at]));
    let tail = format!("{}{}", clean(&line[at..to]), if to < line.len() { "…" } else { "" });
    let gutter = format!("{:>4} │ ", error.line);
    let blank = format!("{:>4} │ ", "");
    let caret = " ".repeat(lead.width());
    Failure::Usage(format!("line {}, column {}: {}\n{gutter}{lead}{tail}\n{blank}{caret}^", error.line, error.column, error.message), None)
}
