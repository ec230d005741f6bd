//! `civigraph path`: how two things are connected, each step with what it rests on.

use std::io::{self, Write};

use clap::Args;
use oxigraph::model::{NamedNode, Term};

use super::{Failure, Outcome, Reading, Session};
use crate::nearest::nearest;
use crate::path;
use crate::query::answer::Shown;
use crate::tie::{self, Tie};
use crate::vocab::rdf;

/// Show how two things are connected
///
/// All shortest paths first, then longer ones. Every step says what it rests on and where that is stated.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  civigraph path tariq-khosa gitoc\n  civigraph path cfhr unodc --via Organization --max 3")]
pub struct PathArgs {
    /// From this thing
    #[arg(value_name = "A", add = clap_complete::ArgValueCompleter::new(super::completions::things))]
    from: String,
    /// To this one
    #[arg(value_name = "B", add = clap_complete::ArgValueCompleter::new(super::completions::things))]
    to: String,
    /// At most so many paths
    #[arg(long, value_name = "N", default_value = "10")]
    max: usize,
    /// Only through things of this kind (may be repeated)
    #[arg(long, value_name = "KIND")]
    via: Vec<String>,
    /// Only ties that may have held on this day
    #[arg(long, value_name = "DATE")]
    at: Option<String>,
    /// With --at: only ties that certainly held then
    #[arg(long)]
    certain: bool,
}

/// Runs the command.
pub fn run(args: &PathArgs, session: &Session) -> Outcome {
    let reading = Reading::open(session)?;
    let (from, to) = (reading.thing(&args.from)?, reading.thing(&args.to)?);
    if from == to {
        return Err(Failure::Usage("both ends are the same thing".to_owned(), None));
    }
    let day = super::day(args.at.as_ref())?;
    let schema = &reading.opened.schema;
    let mut via = Vec::new();
    for name in &args.via {
        let kind = schema.kinds.values().find(|kind| kind.name.eq_ignore_ascii_case(name)).ok_or_else(|| {
            let near = nearest(name, schema.kinds.keys().cloned());
            Failure::Usage(format!("no kind `{name}`"), near.map(|near| format!("did you mean `{near}`?")))
        })?;
        via.push(kind.class.clone());
    }
    let ties = tie::ties(&reading.store, &reading.opened.ontology, schema, &reading.project.base, &reading.project.language)?;
    let ties = tie::at(ties, day, args.certain);
    let passes = |thing: &NamedNode| {
        via.is_empty()
            || reading.store.objects(thing.as_ref(), rdf::TYPE).unwrap_or_default().iter().any(|term| match term {
                Term::NamedNode(class) => via.iter().any(|wanted| schema.is_a(class, wanted)),
                _ => false,
            })
    };
    let paths = path::paths(&ties, &from, &to, args.max, passes);
    let shown = reading.shown(false);
    let name = |thing: &NamedNode| shown.label(thing.as_ref()).unwrap_or_else(|| shown.term(&thing.clone().into()));
    if paths.is_empty() {
        session.say(&format!("no path leads from {} to {}", name(&from), name(&to)));
        return Err(Failure::Found);
    }
    let mut out = io::stdout().lock();
    for (number, path) in paths.iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}. {} step{}", number + 1, path.len(), if path.len() == 1 { "" } else { "s" })?;
        let mut here = &from;
        for (step, forward) in path {
            let tie = &ties[*step];
            let next = if *forward { &tie.to } else { &tie.from };
            let mut lines: Vec<String> = Vec::new();
            for parallel in path::parallel(&ties, *step) {
                let line = format!("{} {}  {}", words(&ties[parallel], here), name(next), citations(&ties[parallel], shown));
                if !lines.contains(&line) {
                    lines.push(line);
                }
            }
            for (index, line) in lines.iter().enumerate() {
                let start = if index == 0 { name(here) } else { " ".repeat(name(here).chars().count()) };
                writeln!(out, "   {start} {line}")?;
            }
            here = next;
        }
    }
    Ok(())
}

/// How a tie reads from one of its ends.
fn words(tie: &Tie, from: &NamedNode) -> String {
    let text = if tie.from == *from { &tie.text } else { &tie.back };
    let marks = if tie.marks.is_empty() { String::new() } else { format!(" ({})", tie.marks.join(", ")) };
    format!("— {text}{marks} →")
}

/// `[CSA-P 2025 §3.1.2 ¶3]`
pub(super) fn citations(tie: &Tie, shown: Shown<'_>) -> String {
    let labels: Vec<String> = tie.citations.iter().map(|citation| shown.term(&citation.clone().into())).collect();
    format!("[{}]", labels.join("; "))
}
