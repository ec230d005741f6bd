//! `civigraph shell`: one query after the other, with history and completion; from a pipe, statement by statement.

use std::cell::RefCell;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use clap::Args;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{CompletionType, Config, Editor};

use super::fresh;
use super::query::ask::{self, Ask, Clock, Shape};
use super::{Failure, Fresh, Outcome, Part, Reading, Session, width};
use crate::inputs::Inputs;
use crate::nearest::nearest;
use crate::query::answer::{self, RowFormat};
use crate::query::syntax;
use crate::query::{self, Question};
use crate::session::Asking;
use crate::store::Builds;

mod complete;
mod line;

use line::Line;

/// Ask one query after the other
///
/// SPARQL ends with `;` or an empty line; a question is asked by its name with its parameters behind it. Statements are
/// read from a pipe as well, and the first that fails ends it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  civigraph shell\n  echo 'members-and-roles network=alliance' | civigraph shell -f csv\n\nIn the shell, \\h helps and Ctrl-D quits."
)]
pub struct ShellArgs {
    /// table, csv, sparql-csv, tsv, json, xml, markdown, html
    #[arg(short, long, value_name = "FORMAT")]
    format: Option<String>,
    /// Stop a query after so many seconds
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    timeout: f64,
    /// Stop after so many rows, and say so
    #[arg(long, value_name = "ROWS")]
    limit_rows: Option<usize>,
    #[command(flatten)]
    fresh: Fresh,
}

impl ShellArgs {
    /// As given with nothing else.
    pub fn with(fresh: Fresh) -> Self {
        Self { format: None, timeout: 60.0, limit_rows: None, fresh }
    }
}

const HELP: &str = "\
SPARQL            ends with ; or an empty line; the project's prefixes are known
QUESTION a=b …    asks a question by its name; --at DATE, --from, --to, --certain go behind it
\\l [TOPIC|NAME]   the questions, those of a topic, or the page of one
\\d [KIND]         the kinds, or the keys of one
\\f [FORMAT]       how rows are written: table, csv, sparql-csv, tsv, json, xml, markdown, html
\\raw              IRIs whole, or names again
\\h                this
\\q                quits, as Ctrl-D does
Tab completes names, keys, prefixes, kinds and questions; Ctrl-C clears the line or stops the query.
";

/// A shell with what it was told so far.
struct Shell<'a> {
    session: &'a Session,
    reading: Arc<Reading>,
    questions: Arc<Vec<Question>>,
    clock: Clock,
    format: Option<String>,
    raw: bool,
    limit: Option<usize>,
    stats: bool,
    inputs: Option<Inputs>,
    /// What was said last of how old the graph is.
    told: RefCell<Option<String>>,
}

/// Whether to go on.
enum Next {
    Line,
    Quit,
}

/// Runs the command.
pub fn run(args: &ShellArgs, session: &Session) -> Outcome {
    let reading = Arc::new(super::current(session, args.fresh, Part::Things)?);
    // Of the graph that was opened, whatever is built meanwhile.
    let inputs = Builds::new(reading.project.store_folder()).inputs().as_deref().and_then(Inputs::of_text);
    let told = RefCell::new(fresh::note(inputs.as_ref(), Part::Things, &reading.project));
    let (questions, _) = query::catalogue(&reading.project)?;
    let terminal = io::stdin().is_terminal();
    let mut shell = Shell {
        session,
        reading,
        questions: Arc::new(questions),
        clock: Clock::new(args.timeout)?,
        format: None,
        raw: false,
        limit: args.limit_rows,
        stats: terminal,
        inputs,
        told,
    };
    if let Some(format) = &args.format {
        shell.set_format(format)?;
    }
    if terminal { shell.converse() } else { shell.read(io::stdin().lock()) }
}

impl Shell<'_> {
    /// Statements from a person.
    fn converse(&mut self) -> Outcome {
        let failed = |error: ReadlineError| Failure::Internal(format!("the terminal failed: {error}"));
        super::interrupt::tell(Arc::clone(&self.clock.interrupted));
        let config =
            Config::builder().completion_type(CompletionType::List).auto_add_history(false).max_history_size(1000).map_err(failed)?;
        let mut editor: Editor<complete::Helper, FileHistory> = Editor::with_config(config.build()).map_err(failed)?;
        editor.set_helper(Some(complete::Helper::new(Arc::clone(&self.reading), Arc::clone(&self.questions))));
        let history = history();
        if let Some(history) = &history {
            // A shell without its history is still a shell.
            let _ = editor.load_history(history);
        }
        self.session.say(&format!("{}\n\\h helps, Ctrl-D quits", self.reading.project.title));
        loop {
            super::interrupt::heard();
            match editor.readline("civigraph> ") {
                Ok(text) => {
                    let _ = editor.add_history_entry(text.trim_end());
                    match self.statement(&text) {
                        Ok(Next::Line) => {}
                        Ok(Next::Quit) => break,
                        Err(failure) => super::report(&failure, self.session),
                    }
                }
                Err(ReadlineError::Interrupted) => {}
                Err(ReadlineError::Eof) => break,
                Err(error) => return Err(failed(error)),
            }
        }
        if let Some(history) = &history {
            let _ = history.parent().map(std::fs::create_dir_all);
            let _ = editor.save_history(history);
        }
        Ok(())
    }

    /// Statements from a pipe; the first that fails ends it.
    fn read(&mut self, mut input: impl BufRead) -> Outcome {
        let mut text = String::new();
        loop {
            let mut line = Vec::new();
            let read = io::Read::take(&mut input, syntax::TEXT_LIMIT as u64 + 1)
                .read_until(b'\n', &mut line)
                .map_err(|error| Failure::Input(format!("cannot read standard input: {}", crate::project::plain(&error)), None))?;
            let line = String::from_utf8(line).map_err(|_| Failure::Input("standard input is not UTF-8 text".to_owned(), None))?;
            // A command ends what was not ended before it, as an empty line does.
            if line.trim_start().starts_with('\\') && !syntax::is_open(&text) {
                let statement = std::mem::take(&mut text);
                self.statement(&statement)?;
            }
            let whole = text.trim_start().is_empty() && !matches!(Line::read(&line), Line::Sparql);
            let blank = line.trim().is_empty() && !syntax::is_open(&text);
            text.push_str(&line);
            // The end of a statement is looked for once a line that may hold one, so that long ones are read in a pass.
            while let Some(end) = (line.contains(';') && !whole).then(|| syntax::statement_end(&text)).flatten() {
                let rest = text.split_off(end + 1);
                let statement = std::mem::replace(&mut text, rest);
                if matches!(self.statement(&statement)?, Next::Quit) {
                    return Ok(());
                }
            }
            if whole || blank || read == 0 || text.len() > syntax::TEXT_LIMIT {
                let statement = std::mem::take(&mut text);
                if matches!(self.statement(&statement)?, Next::Quit) {
                    return Ok(());
                }
            }
            if read == 0 {
                return Ok(());
            }
        }
    }

    fn statement(&mut self, text: &str) -> Result<Next, Failure> {
        let text = text.trim_end();
        match Line::read(text) {
            Line::Empty => {}
            Line::Command(name, rest) => return self.command(name, rest),
            Line::Question(name, rest) => self.question(name, rest)?,
            Line::Sparql => {
                let end = syntax::statement_end(text).unwrap_or(text.len());
                self.ask(text[..end].to_owned(), None, Vec::new(), None)?;
            }
        }
        Ok(Next::Line)
    }

    fn question(&self, name: &str, rest: &str) -> Outcome {
        let question = query::named(&self.questions, name).map_err(|near| {
            let hint = match &near[..] {
                [] => "\\l lists the questions; SPARQL begins with SELECT, ASK, CONSTRUCT or DESCRIBE".to_owned(),
                [near] => format!("did you mean `{near}`?"),
                several => format!("several fit: {}", several.join(", ")),
            };
            Failure::Usage(format!("no question is called `{name}`"), Some(hint))
        })?;
        let (parameters, time) = line::behind(rest)?;
        self.ask(question.asset.text.clone(), Some(question.clone()), parameters, time)
    }

    fn ask(
        &self,
        text: String,
        question: Option<Question>,
        parameters: Vec<(String, String)>,
        time: Option<(query::time::Period, bool)>,
    ) -> Outcome {
        let ask = Ask {
            asking: Asking { text, question, parameters, time },
            shape: Shape::Answer,
            format: None,
            rows: self.format.as_deref().and_then(RowFormat::named).or(self.stats.then_some(RowFormat::Table)),
            output: None,
            raw: self.raw,
            limit: self.limit,
            width: width(),
        };
        self.clock.interrupted.store(false, Ordering::SeqCst);
        self.tell_age();
        let told = ask::ask(ask, &self.reading, self.clock.clone())?;
        super::query::report(&told, self.stats, self.session);
        Ok(())
    }

    /// Says which files have changed under an open shell, once for each time that others have.
    fn tell_age(&self) {
        let note = fresh::note(self.inputs.as_ref(), Part::Things, &self.reading.project);
        if note != *self.told.borrow() {
            if let Some(note) = &note {
                self.session.say(&format!("note: {note}\nhelp: leave and come back with `civigraph shell --build`"));
            }
            self.told.replace(note);
        }
    }

    fn set_format(&mut self, name: &str) -> Outcome {
        let texts = || RowFormat::ALL.into_iter().filter(|(format, ..)| format.is_text()).map(|(_, name, _)| name);
        match RowFormat::named(name).filter(|format| format.is_text()) {
            Some(_) => {
                self.format = Some(name.to_owned());
                Ok(())
            }
            None => Err(Failure::Usage(
                format!("no format `{name}` in the shell"),
                Some(format!("there are {}", texts().collect::<Vec<_>>().join(", "))),
            )),
        }
    }

    fn command(&mut self, name: &str, rest: &str) -> Result<Next, Failure> {
        let mut out = super::Output::standard()?;
        match (name, rest) {
            ("q" | "quit" | "exit", _) => return Ok(Next::Quit),
            ("h" | "?" | "help", _) => write!(out, "{HELP}")?,
            ("l", "") => super::queries::list(&self.questions, &mut out)?,
            ("l", name) => {
                let topic: Vec<Question> = self.questions.iter().filter(|question| question.topic() == name).cloned().collect();
                match query::named(&self.questions, name) {
                    _ if !topic.is_empty() => super::queries::list(&topic, &mut out)?,
                    Ok(question) => super::queries::one(question, Some(&self.reading), &mut out)?,
                    Err(near) => {
                        let hint = near.first().map(|near| format!("did you mean `{near}`?"));
                        return Err(Failure::Usage(format!("no question or topic is called `{name}`"), hint));
                    }
                }
            }
            ("d", kind) => self.describe(kind, &mut out)?,
            ("f", "") => writeln!(out, "{}", self.format.as_deref().unwrap_or(if self.stats { "table" } else { "tsv" }))?,
            ("f", format) => self.set_format(format)?,
            ("raw", _) => {
                self.raw = !self.raw;
                writeln!(out, "{}", if self.raw { "IRIs are shown whole" } else { "names are shown" })?;
            }
            (other, _) => {
                return Err(Failure::Usage(format!("there is no command \\{other}"), Some("\\h lists them".to_owned())));
            }
        }
        out.finish()?;
        Ok(Next::Line)
    }

    /// The kinds, or the keys of one.
    fn describe(&self, name: &str, out: &mut dyn Write) -> Outcome {
        let schema = &self.reading.opened.schema;
        let text = |text: String| (text, false);
        let (heads, rows): (&[&str], Vec<Vec<answer::table::Cell>>) = if name.is_empty() {
            let row = |kind: &crate::schema::Kind| vec![text(kind.name.clone()), text(first_sentence(kind.comment.as_deref()))];
            (&["kind", "what it is"], schema.kinds.values().map(row).collect())
        } else {
            let kind = schema.kinds.values().find(|kind| kind.name.eq_ignore_ascii_case(name)).ok_or_else(|| {
                let near = nearest(name, schema.kinds.keys().cloned());
                let hint = near.map_or_else(|| "\\d lists the kinds".to_owned(), |near| format!("did you mean `{near}`?"));
                Failure::Usage(format!("there is no kind `{name}`"), Some(hint))
            })?;
            let prefixes = &self.reading.opened.ontology.prefixes;
            let row = |key: &crate::schema::Key| {
                let property = prefixes.shorten(key.property.as_str()).unwrap_or_else(|| key.property.to_string());
                let property = if key.inverse { format!("^{property}") } else { property };
                vec![
                    text(key.name.clone()),
                    text(property),
                    text(key.form_words(prefixes)),
                    text(first_sentence(key.description.as_deref())),
                ]
            };
            let class = prefixes.shorten(kind.class.as_str()).unwrap_or_else(|| kind.class.to_string());
            writeln!(out, "{} ({class}): {}\n", kind.name, first_sentence(kind.comment.as_deref()))?;
            (&["key", "property", "value", "why"], kind.keys.iter().map(row).collect())
        };
        let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
        writeln!(out, "{}", answer::table(&heads, rows, width()))?;
        Ok(())
    }
}

fn first_sentence(text: Option<&str>) -> String {
    let text = text.unwrap_or("").replace('\n', " ");
    text.split_once(". ").map_or(text.clone(), |(first, _)| format!("{first}."))
}

/// Where the history is kept: with what else belongs to the person and not to the project.
fn history() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = folder("XDG_STATE_HOME")
        .or_else(|| folder("LOCALAPPDATA"))
        .or_else(|| folder("HOME").map(|home| home.join(".local").join("state")))?;
    Some(state.join("civigraph").join("history"))
}
