//! `civigraph shell`: one query after the other, with history and completion; from a pipe, statement by statement.

use std::cell::RefCell;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use clap::{Args, Parser};
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{CompletionType, Config, Editor};

use super::fresh::{self, Fresh, Part};
use super::query::QueryArgs;
use super::query::ask::{self, Clock};
use super::{Context, Failure, Outcome, Session, width};
use crate::inputs::Inputs;
use crate::nearest::nearest;
use crate::query::answer::{self, RowFormat};
use crate::query::syntax;
use crate::query::{self, Question};
use crate::store::Builds;

mod complete;
mod editor;
mod line;
mod pager;

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
    #[arg(short, long, value_name = "FORMAT", add = clap_complete::ArgValueCandidates::new(super::completions::table_formats))]
    format: Option<String>,
    /// Stop after so many rows, and say so (0: all)
    #[arg(long, value_name = "ROWS", visible_alias = "limit")]
    limit_rows: Option<usize>,
    #[command(flatten)]
    fresh: Fresh,
}

impl ShellArgs {
    /// As given with nothing else.
    pub fn with(fresh: Fresh) -> Self {
        Self { format: None, limit_rows: None, fresh }
    }
}

const HELP: &str = "\
SPARQL             ends with ; or an empty line; prefixes are known
QUESTION a=b …     asks a question by its name; --at DATE, --from, --to,
                   --certain, --names, --sort and -o FILE go behind it
FILE.rq a=b …      asks the query in a file
\\l [TOPIC|NAME]    the questions, those of a topic, or the page of one
\\d [KIND]          the kinds, or the keys of one with their properties
\\find TEXT         things by name
\\show THING        what is known of a thing
\\explain CODE      what a finding, a kind or a question means
\\i FILE            does what stands in a file, line by line
\\o FILE            the next answer goes to a file, whose ending says its format
\\e [FILE]          the last query, or a file, in $EDITOR; then asks it
\\f [FORMAT]        how rows are written: table, csv, sparql-csv, tsv, json,
                   ndjson, xml, markdown, html
\\x                 each row as a list of its columns, or tables again
\\names             names in place of ids in every format, or ids again
\\raw               IRIs whole, or names again
\\h, help           this
\\q, quit, exit     quits, as Ctrl-D does
Tab completes names, keys, prefixes, kinds and questions; Ctrl-C clears the
line or stops the query. Long answers go through $PAGER on a terminal.
";

/// The commands that are words.
const COMMANDS: [&str; 5] = ["find", "show", "explain", "names", "raw"];

/// Files that a file asks for, one in the other, at most.
const NESTED: usize = 8;

/// A shell with what it was told so far.
struct Shell<'a> {
    context: &'a Context,
    session: Arc<Session>,
    questions: Arc<Vec<Question>>,
    clock: Clock,
    format: Option<String>,
    raw: bool,
    names: bool,
    /// Whether each row is written as a list.
    listed: bool,
    limit: Option<usize>,
    /// Whether a person types.
    stats: bool,
    /// What the graph was built from, as far as that is known.
    inputs: Option<Inputs>,
    /// What was said last of how old the graph is.
    told: RefCell<Option<String>>,
    /// Where the next answer goes.
    next: Option<PathBuf>,
    /// The last query, for the editor.
    last: String,
    /// How many files are being read, one in the other.
    depth: usize,
}

/// Whether to go on.
enum Next {
    Line,
    Quit,
}

/// Runs the command.
pub fn run(args: &ShellArgs, context: &Context) -> Outcome {
    let session = Arc::new(context.within(|| super::reading::current(context, args.fresh, Part::Things))??);
    // Of the graph that was opened, whatever is built meanwhile.
    let inputs = Builds::new(session.project.store_folder()).inputs().as_deref().and_then(Inputs::of_text);
    let told = RefCell::new(fresh::note(inputs.as_ref(), Part::Things, &session.project));
    let (questions, _) = query::catalogue(&session.project)?;
    let terminal = io::stdin().is_terminal();
    let mut shell = Shell {
        context,
        session,
        questions: Arc::new(questions),
        clock: context.clock()?,
        format: None,
        raw: false,
        names: false,
        listed: false,
        limit: args.limit_rows.filter(|limit| *limit > 0),
        stats: terminal,
        inputs,
        told,
        next: None,
        last: String::new(),
        depth: 0,
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
        editor.set_helper(Some(complete::Helper::new(Arc::clone(&self.session), Arc::clone(&self.questions))));
        let history = history();
        if let Some(history) = &history {
            // A shell without its history is still a shell.
            let _ = editor.load_history(history);
        }
        self.context.say(&format!("{}\n\\h helps, quit or Ctrl-D quits", self.session.project.title));
        loop {
            super::interrupt::heard();
            match editor.readline("civigraph> ") {
                Ok(text) => {
                    let _ = editor.add_history_entry(text.trim_end());
                    match self.statement(&text) {
                        Ok(Next::Line) => {}
                        Ok(Next::Quit) => break,
                        Err(failure) => super::report(&failure, self.context),
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
                self.last = text[..end].to_owned();
                let (text, question) = super::query::headed("the query", text[..end].to_owned())?;
                self.ask(&QueryArgs::read(&[])?, text, question)?;
            }
        }
        Ok(Next::Line)
    }

    fn question(&mut self, name: &str, rest: &str) -> Outcome {
        self.last = format!("{name} {rest}").trim_end().to_owned();
        let mut words = vec![name.to_owned()];
        words.extend(line::words(rest)?);
        let args = QueryArgs::read(&words)?;
        if line::is_file(name) {
            let (text, question) = super::query::text(name, &self.session)?;
            return self.ask(&args, text, question);
        }
        let question = query::named(&self.questions, name).map_err(|near| {
            let hint = match &near[..] {
                [] => "\\l lists the questions; SPARQL begins with SELECT, ASK, CONSTRUCT or DESCRIBE".to_owned(),
                [near] => format!("did you mean `{near}`?"),
                several => format!("several fit: {}", several.join(", ")),
            };
            Failure::Usage(format!("no question is called `{name}`"), Some(hint))
        })?;
        let (text, question) = (question.asset.text.clone(), question.clone());
        self.ask(&args, text, Some(question))
    }

    /// Asks as `civigraph query` would, with what the shell was told for whatever is not said.
    fn ask(&mut self, args: &QueryArgs, text: String, question: Option<Question>) -> Outcome {
        let mut ask = args.ask(text, question)?;
        ask.rows = self.rows();
        ask.raw |= self.raw;
        ask.names |= self.names && !ask.raw;
        ask.limit = ask.limit.or(self.limit);
        if ask.output.is_none() {
            ask.output = self.next.take();
        }
        self.clock.interrupted.store(false, Ordering::SeqCst);
        self.tell_age();
        let written = ask.output.clone();
        let pages = self.stats && written.is_none() && ask.format.is_none();
        let mut pager = if pages { pager::open() } else { None };
        ask.pager = pager.as_mut().and_then(pager::Pager::takes);
        let told = ask::ask(ask, &self.session, self.clock.clone());
        drop(pager);
        super::query::report(&told?, self.stats, self.context);
        if let (true, Some(path)) = (self.stats, written) {
            self.context.say(&format!("written to {}", super::shown(&path)));
        }
        Ok(())
    }

    /// The format of rows where a statement says none.
    fn rows(&self) -> Option<RowFormat> {
        if self.listed {
            return Some(RowFormat::Records);
        }
        self.format.as_deref().and_then(RowFormat::named).or(self.stats.then_some(RowFormat::Table))
    }

    /// Another command of the program, as on its own command line.
    fn other(&self, command: &str, rest: &str) -> Outcome {
        let mut line = vec!["civigraph".to_owned(), command.to_owned()];
        line.extend(line::words(rest)?);
        let cli = super::Cli::try_parse_from(line).map_err(|error| super::of_line(&error))?;
        match cli.command {
            Some(super::Command::Find(args)) => super::find::run(&args, self.context),
            Some(super::Command::Show(args)) => super::show::run(&args, self.context),
            Some(super::Command::Explain(args)) => super::explain::run(&args, self.context),
            _ => Err(Failure::Usage(format!("there is no command \\{command}"), Some("\\h lists them".to_owned()))),
        }
    }

    /// Does what stands in a file.
    fn include(&mut self, path: &str) -> Result<Next, Failure> {
        if self.depth == NESTED {
            return Err(Failure::Usage(format!("{path}: files are read in files more than {NESTED} deep"), None));
        }
        let door = crate::door::Door::named(self.session.project.limits);
        let file = door
            .open(std::path::Path::new(path))
            .map_err(|refused| Failure::Input(format!("cannot read {path}: {}", refused.in_full()), refused.hint()))?;
        self.depth += 1;
        let read = self.read(io::BufReader::new(file));
        self.depth -= 1;
        read.map(|()| Next::Line)
    }

    /// The last query, or a file, in the person's editor; then it is asked.
    fn edit(&mut self, path: &str) -> Result<Next, Failure> {
        if !path.is_empty() {
            editor::edit(std::path::Path::new(path))?;
            return self.include(path);
        }
        let text = editor::edited(&self.last)?;
        if text.trim().is_empty() {
            return Ok(Next::Line);
        }
        if self.stats {
            self.context.say(text.trim_end());
        }
        self.statement(&text)
    }

    /// Says which files have changed under an open shell, once for each time that others have.
    fn tell_age(&self) {
        let note = fresh::note(self.inputs.as_ref(), Part::Things, &self.session.project);
        if note != *self.told.borrow() {
            if let Some(note) = &note {
                self.context.say(&format!("note: {note}\nhelp: leave and come back with `civigraph shell --build`"));
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
                    Ok(question) => super::queries::one(question, Some(&self.session), &mut out)?,
                    Err(near) => {
                        let hint = near.first().map(|near| format!("did you mean `{near}`?"));
                        return Err(Failure::Usage(format!("no question or topic is called `{name}`"), hint));
                    }
                }
            }
            ("d", kind) => self.describe(kind, &mut out)?,
            ("i", "") => return Err(Failure::Usage("expected a file behind \\i".to_owned(), None)),
            ("i", path) => {
                drop(out);
                return self.include(&line::words(path)?.concat());
            }
            ("o", "") => self.next = None,
            ("o", path) => self.next = Some(PathBuf::from(line::words(path)?.concat())),
            ("e", path) => {
                drop(out);
                return self.edit(&line::words(path)?.concat());
            }
            ("x", _) => {
                self.listed = !self.listed;
                writeln!(out, "{}", if self.listed { "each row is a list of its columns" } else { "rows are as before" })?;
            }
            ("names", _) => {
                self.names = !self.names;
                writeln!(out, "{}", if self.names { "names stand in place of ids" } else { "ids and IRIs stand as before" })?;
            }
            ("find" | "show" | "explain", "") => {
                return Err(Failure::Usage(format!("expected a name behind \\{name}"), None));
            }
            ("find" | "show" | "explain", rest) => {
                drop(out);
                return match self.other(name, rest) {
                    // Nothing was found, and that was said.
                    Ok(()) | Err(Failure::Found) => Ok(Next::Line),
                    Err(failure) => Err(failure),
                };
            }
            ("f", "") => writeln!(out, "{}", self.format.as_deref().unwrap_or(if self.stats { "table" } else { "tsv" }))?,
            ("f", format) => self.set_format(format)?,
            ("raw", _) => {
                self.raw = !self.raw;
                writeln!(out, "{}", if self.raw { "IRIs are shown whole" } else { "names are shown" })?;
            }
            (other, _) => {
                let near = nearest(other, COMMANDS.map(str::to_owned));
                let hint = near.map_or_else(|| "\\h lists them".to_owned(), |near| format!("did you mean \\{near}?"));
                return Err(Failure::Usage(format!("there is no command \\{other}"), Some(hint)));
            }
        }
        out.finish()?;
        Ok(Next::Line)
    }

    /// The kinds, or the keys of one.
    fn describe(&self, name: &str, out: &mut dyn Write) -> Outcome {
        let schema = &self.session.opened.schema;
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
            let prefixes = &self.session.opened.ontology.prefixes;
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
    Some(super::personal::state()?.join("history"))
}
