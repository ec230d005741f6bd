//! `civigraph find`: things by what people call them.

use std::io::{self, Write};

use clap::Args;

use super::{Failure, Outcome, Reading, Session, width};
use crate::find;
use crate::query::answer;

/// Find things by name, alias, acronym or a slip of the pen
///
/// Case, accents and s/z do not matter. A name that two things share gives both.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  civigraph find CSA\n  civigraph find 'organised crime'")]
pub struct FindArgs {
    /// What it is called
    #[arg(value_name = "TEXT")]
    text: String,
    /// At most so many
    #[arg(long, value_name = "N", default_value = "20")]
    limit: usize,
}

/// Runs the command.
pub fn run(args: &FindArgs, session: &Session) -> Outcome {
    let reading = Reading::open(session)?;
    let found = find::find(&reading.store, &reading.opened.ontology, &reading.project.base, &args.text, args.limit)?;
    if found.is_empty() {
        session.say(&format!("nothing is called `{}`", args.text));
        return Err(Failure::Found);
    }
    let shown = reading.shown(false);
    let rows = found
        .iter()
        .map(|found| {
            let kinds: Vec<&str> = reading.around().kinds(found.thing.as_ref()).iter().map(|kind| kind.label.as_str()).collect();
            let id = reading.project.base.slug_of(found.thing.as_str()).map_or_else(
                || shown.prefixes.shorten(found.thing.as_str()).unwrap_or_else(|| found.thing.as_str().to_owned()),
                str::to_owned,
            );
            let name = shown.label(found.thing.as_ref()).unwrap_or_default();
            let why = if found.label == name { found.why.words() } else { format!("{}: {}", found.why.words(), found.label) };
            [id, name, kinds.join(", "), why].map(|text| (text, false)).to_vec()
        })
        .collect();
    let heads = ["id", "name", "kind", "because of"].map(str::to_owned);
    writeln!(io::stdout().lock(), "{}", answer::table(&heads, rows, width()))?;
    Ok(())
}
