//! `civigraph queries`: the catalogue of questions by topic.

use std::io::{self, Write};

use clap::Args;

use super::{Failure, Outcome, Session};
use crate::query::{self, Question};

/// List the questions that the graph can be asked by name
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  civigraph queries\n  civigraph queries members")]
pub struct QueriesArgs {
    /// Show one question with its notes and parameters, or those of one topic
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

/// Runs the command.
pub fn run(args: &QueriesArgs, session: &Session) -> Outcome {
    let (questions, findings) = query::catalogue(&session.project()?)?;
    for finding in &findings {
        session.say(&format!("{}: {}", finding.location, finding.message));
    }
    let mut out = io::stdout().lock();
    match &args.name {
        None => list(&questions, &mut out)?,
        Some(name) => {
            let topic: Vec<Question> = questions.iter().filter(|question| question.topic() == name).cloned().collect();
            if topic.is_empty() {
                let question = query::named(&questions, name).map_err(|near| {
                    let hint = near.first().map(|near| format!("did you mean `{near}`?"));
                    Failure::Usage(format!("no question is called `{name}`"), hint)
                })?;
                one(question, &mut out)?;
            } else {
                list(&topic, &mut out)?;
            }
        }
    }
    Ok(())
}

fn list(questions: &[Question], out: &mut dyn Write) -> io::Result<()> {
    let longest = questions.iter().map(|question| question.name.chars().count()).max().unwrap_or(0);
    let mut topic = None;
    for question in questions {
        if topic != Some(question.topic()) {
            if topic.is_some() {
                writeln!(out)?;
            }
            topic = Some(question.topic());
        }
        let parameters: Vec<String> = question.parameters.iter().map(|parameter| format!("--param {}=…", parameter.name)).collect();
        writeln!(out, "{:<longest$}  {}", question.name, question.title)?;
        if !parameters.is_empty() {
            writeln!(out, "{:<longest$}  {}", "", parameters.join(" "))?;
        }
    }
    Ok(())
}

fn one(question: &Question, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}\n", question.title)?;
    if !question.notes.is_empty() {
        writeln!(out, "{}\n", question.notes)?;
    }
    for parameter in &question.parameters {
        let default = parameter.default.as_ref().map_or(String::new(), |default| format!(" [default: {default}]"));
        writeln!(out, "  --param {}=…  {}: {}{default}", parameter.name, parameter.takes(), parameter.description)?;
    }
    writeln!(out, "\ncivigraph query {}", question.name)
}
