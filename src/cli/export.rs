//! `civigraph export`: the graph in an RDF format, sorted, so that two exports can be compared.

use std::path::PathBuf;

use clap::Args;

use super::fresh::{Fresh, Part};
use super::{Context, Failure, Outcome, Output};
use crate::export::{self, FORMATS, Format, Graphs};

/// Write the whole graph in an RDF format
///
/// Turtle, N-Triples, RDF/XML and JSON-LD hold the default graph, every statement once; TriG and N-Quads hold it too, and every
/// statement again in the graph of each place that says it, which is its citation. What a format cannot hold is refused.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  civigraph export -o graph.ttl\n  civigraph export -o graph.trig\n  civigraph export -o citations.nq --graphs named\n  civigraph export --format nquads | gzip > graph.nq.gz"
)]
pub struct ExportArgs {
    /// Write to a file, whose ending decides the format
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// turtle, ntriples, rdfxml, jsonld, trig, nquads
    #[arg(short, long, value_name = "FORMAT", add = clap_complete::ArgValueCandidates::new(super::completions::rdf_formats))]
    format: Option<String>,
    /// What TriG and N-Quads hold: all, default (each statement once), named (each under its citations)
    #[arg(long, value_name = "WHICH", value_parser = graphs, default_value = "all")]
    graphs: Graphs,
    #[command(flatten)]
    fresh: Fresh,
}

fn graphs(name: &str) -> Result<Graphs, String> {
    Graphs::named(name).ok_or_else(|| format!("there are {}", Graphs::ALL.map(|(_, name)| name).join(", ")))
}

/// Runs the command.
pub fn run(args: &ExportArgs, context: &Context) -> Outcome {
    let names = || FORMATS.iter().map(|facts| format!("{} (.{})", facts.name, facts.ending)).collect::<Vec<_>>().join(", ");
    let wanted = args.format.clone().or(super::ending(args.output.as_ref()));
    let format = match &wanted {
        Some(name) => {
            Format::named(name).ok_or_else(|| Failure::Usage(format!("no RDF format `{name}`"), Some(format!("there are {}", names()))))?
        }
        None if args.output.is_some() => {
            return Err(Failure::Usage(
                "the file's name has no ending to tell the format by".to_owned(),
                Some(format!("there are {}", names())),
            ));
        }
        None => Format::Trig,
    };
    if args.graphs == Graphs::Named && !format.facts().graphs {
        let hint = "trig and nquads have named graphs".to_owned();
        return Err(Failure::Usage(format!("{} has no named graphs", format.facts().name), Some(hint)));
    }
    let session = super::reading::current(context, args.fresh, Part::Everything)?;
    let mut out = Output::open(args.output.as_ref())?;
    match export::write(&session.store, format, args.graphs, &session.prefixes, out.writer()) {
        Ok(count) => {
            out.finish()?;
            context.say(&format!("{count} statements as {}", format.facts().name));
            Ok(())
        }
        Err(error) => {
            out.abandon();
            Err(error.into())
        }
    }
}
