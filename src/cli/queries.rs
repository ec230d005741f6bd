//! `civigraph queries`: the catalogue of questions by topic, and the page of one.

use std::io::{self, Write};

use clap::Args;
use serde_json::json;

use super::{Context, Failure, Outcome, Output, Session, width};
use crate::query::answer::table::wrap;
use crate::query::parameter::Default;
use crate::query::value::{self, Known};
use crate::query::{self, Parameter, Question};

/// List the questions that the graph can be asked by name, or the views it is drawn by
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  civigraph queries\n  civigraph queries networks\n  civigraph queries members-and-roles\n  civigraph queries --format json\n  civigraph queries --views"
)]
pub struct QueriesArgs {
    /// Show one question with its notes and parameters, or those of one topic
    #[arg(value_name = "NAME", add = clap_complete::ArgValueCompleter::new(super::completions::questions))]
    name: Option<String>,
    /// List the views that `civigraph diagram` draws instead
    #[arg(long)]
    views: bool,
    /// table for reading, json for programs
    #[arg(short, long, value_name = "FORMAT", default_value = "table", hide_default_value = true, add = clap_complete::ArgValueCandidates::new(|| super::completions::words(["table", "json"])))]
    format: String,
}

/// Runs the command.
pub fn run(args: &QueriesArgs, context: &Context) -> Outcome {
    let project = context.asked_or_shipped()?;
    let json = match args.format.as_str() {
        "table" => false,
        "json" => true,
        other => return Err(super::no_format(other, vec!["table", "json"])),
    };
    let (questions, findings) = match args.views {
        true => query::views(&project)?,
        false => query::catalogue(&project)?,
    };
    for finding in &findings {
        context.say(&format!("{}: {}", finding.location, finding.message));
    }
    if json {
        return as_json(&questions, args.name.as_deref());
    }
    let mut out = Output::standard()?;
    match &args.name {
        None => list(&questions, &mut out)?,
        Some(name) => {
            let topic: Vec<Question> = questions.iter().filter(|question| question.topic() == name).cloned().collect();
            if topic.is_empty() {
                drop(out);
                return if args.views { one_of(&questions, name, context) } else { page(name, context) };
            }
            list(&topic, &mut out)?;
        }
    }
    out.finish()
}

/// The questions as programs want them: all of one, or of those of a topic.
fn as_json(questions: &[Question], name: Option<&str>) -> Outcome {
    let wanted: Vec<&Question> = match name {
        None => questions.iter().collect(),
        Some(name) => {
            let topic: Vec<&Question> = questions.iter().filter(|question| question.topic() == name).collect();
            if topic.is_empty() { vec![query::named(questions, name).map_err(|near| unknown(name, &near))?] } else { topic }
        }
    };
    let all: Vec<serde_json::Value> = wanted
        .into_iter()
        .map(|question| {
            let parameters: Vec<serde_json::Value> = question
                .parameters
                .iter()
                .map(|parameter| {
                    let takes = parameter.words();
                    let (needed, default) = (parameter.default == Default::None, parameter.default_words());
                    json!({ "name": parameter.name, "takes": takes, "needed": needed, "default": default, "meaning": parameter.description })
                })
                .collect();
            json!({
                "name": question.name,
                "title": question.title,
                "notes": question.notes,
                "parameters": parameters,
                "settings": question.settings,
                "file": &*question.asset.path,
                "from": question.asset.home(),
            })
        })
        .collect();
    let mut out = Output::standard()?;
    serde_json::to_writer_pretty(out.writer(), &all).map_err(io::Error::from)?;
    writeln!(out)?;
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
        let home = if question.asset.shipped { String::new() } else { format!("  ({})", question.asset.home()) };
        writeln!(out, "{}{home}", question.name)?;
        for line in wrap(&question.title, width.saturating_sub(4)) {
            writeln!(out, "    {line}")?;
        }
        let mut parameters: Vec<String> = question.parameters.iter().map(short).collect();
        if question.settings.contains_key("time") {
            parameters.push("[--at\u{a0}DATE]".to_owned());
        }
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
pub fn page(name: &str, context: &Context) -> Outcome {
    let (questions, _) = query::catalogue(&context.asked_or_shipped()?)?;
    one_of(&questions, name, context)
}

fn unknown(name: &str, near: &[String]) -> Failure {
    let hint = match near {
        [] => "`civigraph queries` lists them".to_owned(),
        [near] => format!("did you mean `{near}`?"),
        several => format!("several fit: {}", several.join(", ")),
    };
    Failure::Usage(format!("no question is called `{name}`"), Some(hint))
}

fn one_of(questions: &[Question], name: &str, context: &Context) -> Outcome {
    let question = query::named(questions, name).map_err(|near| unknown(name, &near))?;
    // The page is there before the graph is; with the graph it says which defaults hold in it.
    let session = super::reading::open(context).ok();
    let mut out = Output::standard()?;
    one(question, session.as_ref(), &mut out)?;
    out.finish()
}

const TIME: &str = "Time: --at DATE, or --from DATE and --to DATE, where a date is a day, a month or a year; --certain keeps only what certainly held then, else rows are marked `certain` or `possible`.";

/// Writes the page of a question.
pub fn one(question: &Question, session: Option<&Session>, out: &mut dyn Write) -> io::Result<()> {
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
    let known = session.map(|session| Known { shown: session.shown(false), schema: &session.opened.schema });
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
        paragraph(TIME, 0)?;
        paragraph("", 0)?;
    }
    if !question.asset.shipped && *question.asset.path != *question.name {
        paragraph(&format!("From: {} ({})", question.asset.path, question.asset.home()), 0)?;
        paragraph("", 0)?;
    }
    writeln!(out, "Example:\n  {example}")
}
