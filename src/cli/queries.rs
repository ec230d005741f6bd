//! `civigraph queries`: the catalogue of questions by topic, and the page of one.

use std::io::{self, Write};

use clap::Args;

use super::{Failure, Outcome, Output, Reading, Session, width};
use crate::query::answer::table::wrap;
use crate::query::parameter::Default;
use crate::query::value::{self, Known};
use crate::query::{self, Parameter, Question};

/// List the questions that the graph can be asked by name
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  civigraph queries\n  civigraph queries networks\n  civigraph queries members-and-roles")]
pub struct QueriesArgs {
    /// Show one question with its notes and parameters, or those of one topic
    #[arg(value_name = "NAME", add = clap_complete::ArgValueCompleter::new(super::completions::questions))]
    name: Option<String>,
}

/// Runs the command.
pub fn run(args: &QueriesArgs, session: &Session) -> Outcome {
    let (questions, findings) = query::catalogue(&session.project()?)?;
    for finding in &findings {
        session.say(&format!("{}: {}", finding.location, finding.message));
    }
    let mut out = Output::standard()?;
    match &args.name {
        None => list(&questions, &mut out)?,
        Some(name) => {
            let topic: Vec<Question> = questions.iter().filter(|question| question.topic() == name).cloned().collect();
            if topic.is_empty() {
                drop(out);
                return page(name, session);
            }
            list(&topic, &mut out)?;
        }
    }
    out.finish()
}

/// The questions by topic, each with the parameters it takes; those that have to be given stand without brackets.
pub fn list(questions: &[Question], out: &mut dyn Write) -> io::Result<()> {
    let width = usize::from(width());
    let mut topic = None;
    for question in questions {
        if topic != Some(question.topic()) {
            if topic.is_some() {
                writeln!(out)?;
            }
            topic = Some(question.topic());
        }
        writeln!(out, "{}", question.name)?;
        for line in wrap(&question.title, width.saturating_sub(4)) {
            writeln!(out, "    {line}")?;
        }
        let parameters: Vec<String> = question.parameters.iter().map(short).collect();
        if !parameters.is_empty() {
            for line in wrap(&parameters.join("  "), width.saturating_sub(4)) {
                writeln!(out, "    {line}")?;
            }
        }
    }
    Ok(())
}

/// `[network=Network or Board]`.
fn short(parameter: &Parameter) -> String {
    let text = format!("{}={}", parameter.name, parameter.words().replace(' ', "\u{a0}"));
    if parameter.default == Default::None { text } else { format!("[{text}]") }
}

/// The page of one question: what it asks, what the answer means and leaves out, what it takes, and how it is asked.
pub fn page(name: &str, session: &Session) -> Outcome {
    let project = session.project()?;
    let (questions, _) = query::catalogue(&project)?;
    let question = query::named(&questions, name).map_err(|near| {
        let hint = match &near[..] {
            [] => "`civigraph queries` lists them".to_owned(),
            [near] => format!("did you mean `{near}`?"),
            several => format!("several fit: {}", several.join(", ")),
        };
        Failure::Usage(format!("no question is called `{name}`"), Some(hint))
    })?;
    // The page is there before the graph is; with the graph it says which defaults hold in it.
    let reading = super::open(session).ok();
    let mut out = Output::standard()?;
    one(question, reading.as_ref(), &mut out)?;
    out.finish()
}

/// Writes the page of a question.
pub fn one(question: &Question, reading: Option<&Reading>, out: &mut dyn Write) -> io::Result<()> {
    let width = usize::from(width()).min(100);
    let mut paragraph = |text: &str, indent: usize| -> io::Result<()> {
        for line in wrap(text, width.saturating_sub(indent)) {
            writeln!(out, "{}{line}", " ".repeat(indent))?;
        }
        Ok(())
    };
    paragraph(&question.title, 0)?;
    paragraph("", 0)?;
    for text in question.notes.split("\n\n").filter(|text| !text.is_empty()) {
        paragraph(&text.replace('\n', " "), 0)?;
        paragraph("", 0)?;
    }
    let known = reading.map(|reading| Known { shown: reading.shown(false), schema: &reading.opened.schema });
    let mut example = format!("civigraph query {}", question.name);
    if !question.parameters.is_empty() {
        paragraph("Parameters:", 0)?;
    }
    for parameter in &question.parameters {
        let lacks = |known: &Known<'_>| match (&parameter.default, parameter.takes(known.schema)) {
            (Default::Value(value), Ok(takes)) => known.term(&takes, value).is_err(),
            _ => false,
        };
        let needed = parameter.default == Default::None || known.as_ref().is_some_and(lacks);
        let default =
            if needed { Some("needed".to_owned()) } else { parameter.default_words().map(|default| format!("default: {default}")) };
        paragraph(&format!("--param {}=…  {}  [{}]", parameter.name, parameter.words(), default.unwrap_or_default()), 2)?;
        paragraph(&parameter.description, 6)?;
        let first = || known.and_then(|known| value::candidates(parameter, known).into_iter().next()).map(|candidate| candidate.value);
        let value = if needed { first() } else { parameter.default_words().filter(|default| *default != "any").map(str::to_owned) };
        if let Some(value) = value.or_else(|| needed.then(|| "…".to_owned())) {
            let quoted =
                if value.contains(|c: char| !c.is_ascii_alphanumeric() && !"-_.:/".contains(c)) { format!("'{value}'") } else { value };
            example.push_str(&format!(" --param {}={quoted}", parameter.name));
        }
    }
    if !question.parameters.is_empty() {
        paragraph("", 0)?;
    }
    if question.settings.contains_key("time") {
        paragraph(
            "Time: --at DATE, or --from DATE and --to DATE; --certain keeps only what certainly held then, else rows are marked `certain` or `possible`.",
            0,
        )?;
        paragraph("", 0)?;
    }
    writeln!(out, "Example:\n  {example}")
}
