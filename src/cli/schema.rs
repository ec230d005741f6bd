//! `civigraph schema` and `civigraph template`: what can be written about a kind, and an empty file to write it in.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Failure, Outcome, Output, Session, width};
use crate::nearest::nearest;
use crate::pipeline::{self, Opened};
use crate::query::answer;
use crate::schema::{Form, Kind};

mod json_schema;
mod lead;
mod skeleton;

/// How the schema is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading
    Human,
    /// JSON Schema of YAML record files, for editors
    JsonSchema,
}

/// Show the kinds of record, the keys of one with their properties, or what a word in a table means
///
/// Without a project the kinds that ship with the program are shown.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  civigraph schema\n  civigraph schema Event\n  civigraph schema --sparql Event > events.rq\n  civigraph schema 'on behalf of'\n  civigraph schema -o records.schema.json"
)]
pub struct SchemaArgs {
    /// The kind; or a key, a label, the head of a column, a property
    #[arg(value_name = "KIND", add = clap_complete::ArgValueCompleter::new(super::completions::kinds))]
    kind: Option<String>,
    /// Print a query for all things of the kind, to start from
    #[arg(long, requires = "kind", conflicts_with = "format")]
    sparql: bool,
    /// How it is written; without it .json of -o gives json-schema, else human
    #[arg(short, long, value_name = "FORMAT")]
    format: Option<Format>,
    /// Write to a file
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Write an empty file for records of a kind, with its keys and what they mean
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  civigraph template Event\n  civigraph template Membership -o data/mine/memberships.csv")]
pub struct TemplateArgs {
    /// The kind
    #[arg(value_name = "KIND", add = clap_complete::ArgValueCompleter::new(super::completions::kinds))]
    kind: String,
    /// Write to a file; .csv and .tsv give a table, anything else YAML
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Runs `civigraph schema`.
pub fn run(args: &SchemaArgs, session: &Session) -> Outcome {
    let project = session.project_or_shipped()?;
    let (opened, _) = pipeline::open(&project)?;
    let chosen = args.kind.as_deref().map(|name| kind(name, &opened)).transpose();
    let chosen = match (chosen, &args.kind) {
        (Ok(chosen), _) => chosen,
        (Err(failure), Some(word)) => {
            let Some(leads) = lead::find(word, &opened).filter(|_| !args.sparql) else { return Err(failure) };
            let mut out = Output::open(args.output.as_ref())?;
            leads.write(out.writer())?;
            return out.finish();
        }
        (Err(failure), None) => return Err(failure),
    };
    let by_ending = || match super::ending(args.output.as_ref()).as_deref() {
        Some("json") => Format::JsonSchema,
        _ => Format::Human,
    };
    let format = args.format.unwrap_or_else(by_ending);
    let mut out = Output::open(args.output.as_ref())?;
    if let (true, Some(kind)) = (args.sparql, chosen) {
        out.writer().write_all(skeleton::text(kind, &opened).as_bytes())?;
        return out.finish();
    }
    if let Err(error) = write(chosen, format, &opened, out.writer()) {
        out.abandon();
        return Err(error.into());
    }
    out.finish()
}

fn write(chosen: Option<&Kind>, format: Format, opened: &Opened, out: &mut dyn Write) -> io::Result<()> {
    match (format, chosen) {
        (Format::JsonSchema, chosen) => {
            let kinds: Vec<&Kind> = opened.schema.kinds.values().filter(|kind| chosen.is_none_or(|only| only.name == kind.name)).collect();
            let document = json_schema::document(&kinds, &opened.schema, &opened.ontology.prefixes);
            writeln!(out, "{}", serde_json::to_string_pretty(&document).map_err(io::Error::other)?)
        }
        (Format::Human, Some(kind)) => page(kind, opened, out),
        (Format::Human, None) => {
            let rows = opened.schema.kinds.values().map(|kind| {
                let comment = kind.comment.as_deref().unwrap_or("");
                let first = comment.split_once(". ").map_or(comment, |(first, _)| first);
                vec![(kind.name.clone(), false), (first.to_owned(), false)]
            });
            writeln!(out, "{}", answer::table(&["kind".to_owned(), "what it is".to_owned()], rows.collect(), width()))
        }
    }
}

fn kind<'a>(name: &str, opened: &'a Opened) -> Result<&'a Kind, Failure> {
    let kinds = &opened.schema.kinds;
    kinds.values().find(|kind| kind.name.eq_ignore_ascii_case(name)).ok_or_else(|| {
        let near = nearest(name, kinds.keys().cloned());
        Failure::Usage(
            format!("there is no kind `{name}`"),
            Some(near.map_or_else(|| "`civigraph schema` lists them".to_owned(), |near| format!("did you mean `{near}`?"))),
        )
    })
}

/// The reference page of a kind.
pub(super) fn page(kind: &Kind, opened: &Opened, out: &mut dyn Write) -> io::Result<()> {
    let prefixes = &opened.ontology.prefixes;
    let short = |iri: &str| prefixes.shorten(iri).unwrap_or_else(|| iri.to_owned());
    writeln!(out, "{} ({})\n", kind.name, short(kind.class.as_str()))?;
    if let Some(comment) = &kind.comment {
        for line in answer::table::wrap(comment, usize::from(width())) {
            writeln!(out, "{line}")?;
        }
        writeln!(out)?;
    }
    if kind.identified_by.is_empty() {
        writeln!(out, "A record needs an `id`.\n")?;
    } else {
        let names = kind.identified_by.iter().map(|name| {
            let instead = kind.keys.iter().filter(|key| key.instead_of.as_ref() == Some(name)).map(|key| key.name.as_str());
            std::iter::once(name.as_str()).chain(instead).collect::<Vec<_>>().join(" or ")
        });
        writeln!(out, "Without an `id` a record is named by {}.", names.collect::<Vec<_>>().join(", "))?;
        if !kind.told_apart_by.is_empty() {
            writeln!(out, "What differs in {} is another one.", kind.told_apart_by.join(", "))?;
        }
        writeln!(out)?;
    }
    let rows = kind
        .keys
        .iter()
        .flat_map(|key| {
            let count = match (key.min, key.max) {
                (0, Some(1)) => "0–1".to_owned(),
                (1, Some(1)) => "1".to_owned(),
                (min, Some(max)) => format!("{min}–{max}"),
                (min, None) => format!("{min}+"),
            };
            let property = format!("{}{}", if key.inverse { "^" } else { "" }, short(key.property.as_str()));
            let own = [key.name.clone(), property, count, key.form_words(prefixes), key.description.clone().unwrap_or_default()];
            let ends = key.ends.iter().flat_map(|(from, to)| {
                let date = "a date in EDTF: 2025, 2025-09, 2025-09-30, or `..`";
                [(from, "beginning"), (to, "end")].map(|(name, end)| {
                    [name.clone(), String::new(), "0–1".to_owned(), date.to_owned(), format!("The {end}, instead of `{}`.", key.name)]
                })
            });
            let rows: Vec<_> = std::iter::once(own).chain(ends).map(|row| row.map(|text| (text, false)).to_vec()).collect();
            rows
        })
        .collect();
    let heads = ["key", "property", "number", "value", "meaning"].map(str::to_owned);
    writeln!(out, "{}", answer::table(&heads, rows, width()))?;
    if kind.keys.iter().any(|key| key.inverse) {
        writeln!(out, "\n^ before a property: the statement runs from the value to the record.")?;
    }
    for key in &kind.keys {
        if let Form::Code(scheme) = &key.form
            && let Some(list) = opened.schema.lists.get(scheme)
        {
            let codes: Vec<&str> = list.codes.keys().map(String::as_str).collect();
            writeln!(out)?;
            for line in answer::table::wrap(&format!("{} is one of {}.", key.name, codes.join(", ")), usize::from(width())) {
                writeln!(out, "{line}")?;
            }
        }
    }
    Ok(())
}

/// Runs `civigraph template`.
pub fn template(args: &TemplateArgs, session: &Session) -> Outcome {
    let project = session.project_or_shipped()?;
    let (opened, _) = pipeline::open(&project)?;
    let kind = kind(&args.kind, &opened)?;
    let ending = super::ending(args.output.as_ref()).unwrap_or_default();
    let mut keys: Vec<&str> = kind.names().collect();
    if kind.identified_by.is_empty() {
        keys.insert(0, "id");
    }
    let mut out = Output::open(args.output.as_ref())?;
    let text = match ending.as_str() {
        "csv" => format!("{},section,at\n", keys.join(",")),
        "tsv" => format!("{}\tsection\tat\n", keys.join("\t")),
        _ => yaml(kind, &opened),
    };
    out.writer().write_all(text.as_bytes())?;
    out.finish()
}

fn yaml(kind: &Kind, opened: &Opened) -> String {
    let mut text = format!("section: \"1\"\n\n{}:\n", kind.name);
    let mut lead = "  - ";
    if kind.identified_by.is_empty() {
        text.push_str(&format!("{lead}id:\n"));
        lead = "    ";
    }
    for key in &kind.keys {
        let required = if key.min > 0 { ", required" } else { "" };
        let comment = format!("    # {}{required}", key.form_words(&opened.ontology.prefixes));
        if let Some(description) = &key.description {
            text.push_str(&format!("    # {description}\n"));
        }
        text.push_str(&format!("{comment}\n{lead}{}:\n", key.name));
        lead = "    ";
        if let Some((from, to)) = &key.ends {
            text.push_str(&format!("    # or its two ends apart, instead of `{}`\n{lead}{from}:\n{lead}{to}:\n", key.name));
        }
    }
    text
}
