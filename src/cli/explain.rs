//! `civigraph explain`: the rule behind a finding's code, a kind, a rule, a check, a view or a question.

use std::io::Write;

use clap::Args;

use super::{Context, Failure, Outcome, Output};
use crate::finding::{self, CODES};
use crate::nearest::nearest;
use crate::pipeline;
use crate::query;
use crate::schema::local;

/// Explain the code of a finding: its rule, why it is there, an example
///
/// Takes a finding's code, or the name of a kind, a rule, a check, a view or a question.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  civigraph explain Membership-organization\n  civigraph explain duplicate-id\n  civigraph explain Network"
)]
pub struct ExplainArgs {
    /// What to explain
    #[arg(value_name = "CODE", add = clap_complete::ArgValueCompleter::new(super::completions::codes))]
    code: String,
}

/// Runs the command.
pub fn run(args: &ExplainArgs, context: &Context) -> Outcome {
    let project = context.asked_or_shipped()?;
    let (opened, _) = pipeline::open(&project)?;
    let code = args.code.as_str();
    let prefixes = &opened.ontology.prefixes;
    let mut out = Output::standard()?;
    let indented = |text: &str| text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n");
    if let Some(found) = finding::code(code) {
        writeln!(out, "{code}: {}\n\n{}", found.severity, fold(found.why))?;
        for (index, (path, text)) in found.example.iter().enumerate() {
            writeln!(out, "\n{} in {path}:\n\n{}", if index == 0 { "For example," } else { "with" }, indented(text))?;
        }
        return out.finish();
    }
    for kind in opened.schema.kinds.values() {
        if let Some(key) = kind.keys.iter().find(|key| key.code() == code) {
            writeln!(out, "{code}: the key `{}` of {}\n", key.name, kind.name)?;
            if let Some(description) = &key.description {
                writeln!(out, "{}\n", fold(description))?;
            }
            if let Some(message) = &key.message {
                writeln!(out, "Rule: {}", fold(message))?;
            }
            writeln!(out, "A value is {}.", key.form_words(prefixes))?;
            let max = key.max.map_or_else(|| "any number".to_owned(), |max| format!("at most {max}"));
            writeln!(out, "There must be at least {}, {max}.", key.min)?;
            let arrow = if key.inverse { "value → record" } else { "record → value" };
            writeln!(out, "It becomes {} ({arrow}).", prefixes.shorten(key.property.as_str()).unwrap_or_else(|| key.property.to_string()))?;
            if let Some(example) = key.examples.first() {
                writeln!(out, "\nFor example:\n\n    {}: {example}", key.name)?;
            }
            if let Some(place) = opened.ontology.locate(key.shape.as_str()) {
                writeln!(out, "\nStated in {}:{}", place.file, place.line)?;
            }
            return out.finish();
        }
    }
    if let Some(kind) = opened.schema.kinds.get(code) {
        super::schema::page(kind, &opened, &mut out)?;
        return out.finish();
    }
    let shape = opened.ontology.prefixes.expand(&format!("shape:{code}"));
    if let Some(place) = shape.as_ref().and_then(|shape| opened.ontology.locate(shape.as_str()).map(|place| (shape, place))) {
        let (shape, place) = place;
        let say = |property| opened.ontology.text(shape.as_ref(), property, &project.language);
        writeln!(out, "{code}\n")?;
        for text in
            [say(crate::vocab::rdfs::COMMENT), say(crate::vocab::sh::DESCRIPTION), say(crate::vocab::sh::MESSAGE)].into_iter().flatten()
        {
            writeln!(out, "{}\n", fold(&text))?;
        }
        writeln!(out, "Stated in {}:{}", place.file, place.line)?;
        return out.finish();
    }
    let mut names: Vec<String> = CODES.iter().map(|code| code.name.to_owned()).collect();
    names.extend(opened.schema.kinds.keys().cloned());
    names.extend(opened.schema.kinds.values().flat_map(|kind| kind.keys.iter().map(|key| local(key.shape.as_str()).to_owned())));
    for folder in ["queries", "ontology/rules"] {
        let (questions, _) = query::questions_under(&project, folder, |path| !path.starts_with("queries/expected/"))?;
        if let Some(question) = questions.iter().find(|question| question.name == code || question.asset.stem() == code) {
            writeln!(out, "{}\n", question.title)?;
            if !question.notes.is_empty() {
                writeln!(out, "{}\n", question.notes)?;
            }
            for (key, value) in &question.settings {
                writeln!(out, "{key}: {value}")?;
            }
            writeln!(out, "\nStated in {}", question.asset.path)?;
            return out.finish();
        }
        names.extend(questions.iter().map(|question| question.asset.stem().to_owned()));
    }
    let near = nearest(code, names);
    Err(Failure::Usage(format!("nothing is called `{code}`"), near.map(|near| format!("did you mean `{near}`?"))))
}

/// Text wrapped for a terminal.
fn fold(text: &str) -> String {
    let width = usize::from(super::width()).min(100);
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}
