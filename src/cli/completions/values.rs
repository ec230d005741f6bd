//! What the values of options may be: of `--param` as the question on the line says, of the others out of the lists that the
//! commands themselves read.
//!
//! Whatever the graph's size, no more than [`MOST`](super::MOST) things are looked at.

use std::ffi::OsStr;

use clap_complete::engine::CompletionCandidate;
use oxigraph::model::{NamedNode, NamedOrBlankNode, Term};

use super::{MOST, here};
use crate::diagram;
use crate::find::{Filter, Names};
use crate::finding::CODES;
use crate::network::Metric;
use crate::pipeline;
use crate::project::Project;
use crate::query::answer::RowFormat;
use crate::query::parameter::{Parameter, Takes};
use crate::query::{self, Question};
use crate::schema::{Schema, local};
use crate::store::{Builds, In, Store};
use crate::vocab::rdf;

/// `NAME=` of the parameters of the question that stands on the line, and behind the `=` what the parameter takes.
pub fn values(begun: &OsStr) -> Vec<CompletionCandidate> {
    let begun = begun.to_string_lossy();
    let Some(project) = here() else { return Vec::new() };
    let Some(question) = asked(&project) else { return Vec::new() };
    let Some((name, value)) = begun.split_once('=') else {
        let fitting = question.parameters.iter().filter(|parameter| parameter.name.starts_with(&*begun));
        return fitting
            .map(|parameter| CompletionCandidate::new(format!("{}=", parameter.name)).help(help(&parameter.description)))
            .collect();
    };
    let Some(parameter) = question.parameters.iter().find(|parameter| parameter.name == name) else { return Vec::new() };
    let Ok((opened, _)) = pipeline::open(&project) else { return Vec::new() };
    taken(parameter, value, &project, &opened.schema)
        .into_iter()
        .map(|(value, label)| CompletionCandidate::new(format!("{name}={value}")).help(help(&label)))
        .collect()
}

/// The question on the line that is being completed: the first word behind the command that names one.
fn asked(project: &Project) -> Option<Question> {
    let (questions, _) = query::catalogue(project).ok()?;
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let behind = words.iter().position(|word| word == "query")?;
    let named = words[behind + 1..].iter().filter(|word| !word.starts_with('-') && !word.contains('='));
    named.filter_map(|word| query::named(&questions, word).ok()).next().cloned()
}

fn taken(parameter: &Parameter, begun: &str, project: &Project, schema: &Schema) -> Vec<(String, String)> {
    let begins = |value: &str| value.to_lowercase().starts_with(&begun.to_lowercase());
    match parameter.takes(schema) {
        Ok(Takes::Code(scheme)) => {
            let codes = schema.lists.get(&scheme).into_iter().flat_map(|list| &list.codes);
            codes.filter(|(name, _)| begins(name)).map(|(name, code)| (name.clone(), code.label.clone())).collect()
        }
        Ok(Takes::Kind) => {
            let kinds = schema.kinds.values().filter(|kind| begins(&kind.name));
            kinds.map(|kind| (kind.name.clone(), kind.label.clone())).collect()
        }
        Ok(Takes::Thing(classes)) => things(begun, &classes, project, schema).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// Things of some classes whose id begins so.
fn things(begun: &str, classes: &[NamedNode], project: &Project, schema: &Schema) -> Option<Vec<(String, String)>> {
    let builds = Builds::new(project.store_folder());
    let names = Names::open(builds.names().ok()??, &project.base).ok()?;
    if classes.is_empty() {
        return names.ids(begun, MOST).ok();
    }
    let store = builds.open().ok()?;
    let is_one = |node: &NamedNode| {
        let types = store.objects(node.as_ref(), rdf::TYPE).unwrap_or_default();
        types.iter().any(|term| matches!(term, Term::NamedNode(class) if classes.iter().any(|wanted| schema.is_a(class, wanted))))
    };
    if begun.is_empty() {
        return Some(first_of(classes, &store, project, &names));
    }
    let mut found = names.ids(begun, MOST).ok()?;
    let kinds = schema.kinds_of(classes).into_iter().map(|kind| kind.name.clone()).collect();
    let called = names.find(begun, &Filter { limit: MOST, kinds }).unwrap_or_default();
    found.extend(called.into_iter().filter(|found| found.id.starts_with(begun)).map(|found| (found.id, found.name)));
    found.sort();
    found.dedup();
    found.retain(|(id, _)| is_one(&project.base.thing(id)));
    Some(found)
}

/// Some things of a class, where nothing is begun that tells which.
fn first_of(classes: &[NamedNode], store: &Store, project: &Project, names: &Names) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for class in classes {
        let some = store.quads(None, Some(rdf::TYPE), Some(class.as_ref().into()), Some(In::Default)).flatten().take(MOST);
        let ids = some.filter_map(|quad| match quad.subject {
            NamedOrBlankNode::NamedNode(node) => project.base.slug_of(node.as_str()).map(str::to_owned),
            NamedOrBlankNode::BlankNode(_) => None,
        });
        found.extend(ids);
    }
    found.sort();
    found.dedup();
    found.truncate(MOST);
    let name = |id: &String| names.ids(id, 1).ok().and_then(|found| found.into_iter().next()).filter(|(found, _)| found == id);
    found.into_iter().map(|id| (id.clone(), name(&id).map(|(_, name)| name).unwrap_or_default())).collect()
}

fn help(text: &str) -> Option<clap::builder::StyledStr> {
    (!text.is_empty()).then(|| text.to_owned().into())
}

/// Words that do not change.
pub fn words<'a>(all: impl IntoIterator<Item = &'a str>) -> Vec<CompletionCandidate> {
    all.into_iter().map(CompletionCandidate::new).collect()
}

/// The formats of rows, and of graphs.
pub fn row_formats() -> Vec<CompletionCandidate> {
    words(RowFormat::ALL.map(|(_, name, _)| name).into_iter().chain(crate::export::FORMATS.iter().map(|facts| facts.name)))
}

/// The formats of rows alone.
pub fn table_formats() -> Vec<CompletionCandidate> {
    words(RowFormat::ALL.map(|(_, name, _)| name))
}

/// The formats of rows and of pictures.
pub fn path_formats() -> Vec<CompletionCandidate> {
    words(["text"].into_iter().chain(RowFormat::ALL.map(|(_, name, _)| name)).chain(diagram::Format::all().map(diagram::Format::name)))
}

/// The formats of pictures.
pub fn picture_formats() -> Vec<CompletionCandidate> {
    words(diagram::Format::all().map(diagram::Format::name))
}

/// The RDF formats.
pub fn rdf_formats() -> Vec<CompletionCandidate> {
    words(crate::export::FORMATS.iter().map(|facts| facts.name))
}

/// The layouts of pictures.
pub fn layouts() -> Vec<CompletionCandidate> {
    words(diagram::Layout::TABLE.iter().map(|row| row.1))
}

/// The metrics of things.
pub fn metrics() -> Vec<CompletionCandidate> {
    words(Metric::ALL.iter().map(|(metric, ..)| metric.name()))
}

/// The codes of findings, the kinds, the questions and the views: what `explain` explains, those that begin so.
pub fn codes(begun: &OsStr) -> Vec<CompletionCandidate> {
    let begun = begun.to_string_lossy().to_lowercase();
    let project = here().unwrap_or_else(Project::shipped);
    let Ok((opened, _)) = pipeline::open(&project) else { return Vec::new() };
    let built_in = CODES.iter().map(|code| (code.name.to_owned(), code.why.to_owned()));
    let kinds = opened.schema.kinds.values();
    let kinds = kinds.flat_map(|kind| {
        let keys = kind.keys.iter().map(|key| (local(key.shape.as_str()).to_owned(), key.message.clone().unwrap_or_default()));
        std::iter::once((kind.name.clone(), kind.comment.clone().unwrap_or_default())).chain(keys)
    });
    let (questions, _) = query::questions_under(&project, "queries", |path| !path.starts_with("queries/expected/")).unwrap_or_default();
    let asked = questions.into_iter().map(|question| (question.asset.stem().to_owned(), question.title));
    let mut all: Vec<(String, String)> =
        built_in.chain(kinds).chain(asked).filter(|(name, _)| name.to_lowercase().starts_with(&begun)).collect();
    all.sort();
    all.dedup_by(|one, other| one.0 == other.0);
    all.into_iter().map(|(name, why)| CompletionCandidate::new(name).help(help(why.lines().next().unwrap_or("")))).collect()
}
