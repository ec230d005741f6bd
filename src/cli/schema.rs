//! `civigraph schema` and `civigraph template`: what can be written about a kind, and an empty file to write it in.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Context, Failure, Outcome, Output, width};
use crate::nearest::nearest;
use crate::pipeline::{self, Opened};
use crate::query::answer;
use crate::schema::{Form, Kind};
use crate::store::Store;
use crate::template::names::Names;
use crate::template::{self, Making, Sheet};

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

/// Write empty files to fill in: what can be said of a kind, and what it means
///
/// A workbook has a sheet for each kind, with lists to choose from and an example; who fills it in needs to know neither ids nor settings. `civigraph import` takes
/// it back.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  civigraph template Event\n  civigraph template Organization Membership -o members.xlsx\n  civigraph template Membership -o data/mine/memberships.csv"
)]
pub struct TemplateArgs {
    /// The kinds
    #[arg(value_name = "KIND", required = true, add = clap_complete::ArgValueCompleter::new(super::completions::kinds))]
    kinds: Vec<String>,
    /// Write to a file: .xlsx is a workbook, .csv and .tsv a table, .yaml a file of records
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Runs `civigraph schema`.
pub fn run(args: &SchemaArgs, context: &Context) -> Outcome {
    let project = context.project_or_shipped()?;
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

/// The kind of a name.
pub(super) fn kind<'a>(name: &str, opened: &'a Opened) -> Result<&'a Kind, Failure> {
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
pub fn template(args: &TemplateArgs, context: &Context) -> Outcome {
    let project = context.project_or_shipped()?;
    let (opened, _) = pipeline::open(&project)?;
    let mut kinds: Vec<&Kind> = Vec::new();
    for name in &args.kinds {
        let kind = kind(name, &opened)?;
        if kinds.iter().all(|known| known.name != kind.name) {
            kinds.push(kind);
        }
    }
    let ending = match &args.output {
        Some(path) => super::ending(Some(path)).unwrap_or_default(),
        None => "yaml".to_owned(),
    };
    if !["xlsx", "csv", "tsv", "yaml", "yml"].contains(&ending.as_str()) {
        let what = if ending.is_empty() { "a name without an ending".to_owned() } else { format!("`.{ending}`") };
        let hint = ".xlsx is a workbook, .csv and .tsv are tables, .yaml is a file of records".to_owned();
        return Err(Failure::Usage(format!("no template is written to {what}"), Some(hint)));
    }
    if let (["csv" | "tsv"], [_, second, ..]) = ([ending.as_str()], &kinds[..]) {
        let hint = format!("leave out `{}`, or write a workbook: -o FILE.xlsx", second.name);
        return Err(Failure::Usage("a table holds records of one kind".to_owned(), Some(hint)));
    }
    let mut making = Making {
        project: &project,
        ontology: &opened.ontology,
        schema: &opened.schema,
        tables: opened.schema.table_kinds(),
        names: Names::default(),
    };
    if !ending.starts_with('y') {
        // What is wrong in the data is no fault of whoever wants a template.
        if let Some(dataset) = pipeline::make(&project)?.dataset {
            making.names = Names::read(&Store::from(dataset), &project.base, &opened.ontology.prefixes, &project.language)?;
        }
    }
    let mut out = Output::open(args.output.as_ref())?;
    let written = match ending.as_str() {
        "xlsx" => {
            let sheets: Vec<Sheet<'_>> = kinds.iter().map(|kind| making.sheet(kind)).collect();
            template::workbook::write(&sheets, &making, out.writer()).map_err(io::Error::other)
        }
        "csv" => out.writer().write_all(making.sheet(kinds[0]).table(',').as_bytes()),
        "tsv" => out.writer().write_all(making.sheet(kinds[0]).table('\t').as_bytes()),
        _ => out.writer().write_all(template::yaml(&kinds, &making).as_bytes()),
    };
    if let Err(error) = written {
        out.abandon();
        return Err(error.into());
    }
    out.finish()?;
    if ending == "xlsx" {
        context.say("fill it in; then `civigraph import FILE` takes it into a project, or lay it into a folder under data/");
    }
    Ok(())
}
