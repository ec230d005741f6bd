//! `civigraph show`: one thing on a page: its facts, its ties in both directions, each line with its citation.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use clap::Args;
use oxigraph::model::{GraphName, NamedNode, Term};

use super::path::citations;
use super::{Outcome, Reading, Session};
use crate::schema::{Form, Kind};
use crate::store::In;
use crate::tie::{self, Tie};
use crate::vocab::rdf;

/// Show one thing: what it is, its ties both ways, every line with its citation
///
/// THING is an id, a prefixed name, an IRI or a name; a name that several things share lists them.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  civigraph show cfhr\n  civigraph show 'Resilience Fund'")]
pub struct ShowArgs {
    /// The thing
    #[arg(value_name = "THING")]
    thing: String,
}

/// A line of the page with what it rests on.
struct Line {
    text: String,
    cited: String,
}

/// Runs the command.
pub fn run(args: &ShowArgs, session: &Session) -> Outcome {
    let reading = Reading::open(session)?;
    let thing = reading.thing(&args.thing)?;
    let shown = reading.shown(false);
    let kinds = kinds(&reading, &thing);
    let name = shown.label(thing.as_ref()).unwrap_or_else(|| shown.term(&thing.clone().into()));
    let mut out = io::stdout().lock();
    writeln!(out, "{name}")?;
    let labels: Vec<&str> = kinds.iter().map(|kind| kind.label.as_str()).collect();
    writeln!(out, "{}  {}\n", labels.join(", "), thing.as_str())?;
    let mut sections: BTreeMap<(i64, String), Vec<Line>> = BTreeMap::new();
    let mut said = BTreeSet::new();
    for key in kinds.iter().flat_map(|kind| &kind.keys) {
        if key.inverse || matches!(key.form, Form::Nested(_)) || !said.insert(key.name.clone()) {
            continue;
        }
        let heading = key.group.clone().unwrap_or((i64::MAX, "Facts".to_owned()));
        let values = facts(&reading, &thing, &key.property)?;
        let disputed = key.max == Some(1) && values.iter().filter(|(_, cited)| !cited.is_empty()).count() > 1;
        for (value, cited) in values {
            let mark = if disputed { "  ‡ citations disagree" } else { "" };
            let cited =
                if cited.is_empty() { "[rule]".to_owned() } else { format!("[{}]", cited.into_iter().collect::<Vec<_>>().join("; ")) };
            let text = match &value {
                Term::NamedNode(node) => shown.label(node.as_ref()).unwrap_or_else(|| shown.term(&value)),
                other => shown.term(other),
            };
            sections
                .entry(heading.clone())
                .or_default()
                .push(Line { text: format!("{}: {text}{mark}", key.name.replace('_', " ")), cited });
        }
    }
    for ((_, heading), lines) in &sections {
        section(&mut out, heading, lines)?;
    }
    let ties =
        tie::ties(&reading.store, &reading.opened.ontology, &reading.opened.schema, &reading.project.base, &reading.project.language)?;
    let (former, present): (Vec<&Tie>, Vec<&Tie>) =
        ties.iter().filter(|tie| tie.from == thing || tie.to == thing).partition(|tie| !tie.marks.is_empty());
    for (heading, ties) in [("Ties", present), ("Ties that are former, planned or in doubt", former)] {
        let mut lines: Vec<Line> = ties
            .iter()
            .map(|tie| {
                let (words, other) = if tie.from == thing { (&tie.text, &tie.to) } else { (&tie.back, &tie.from) };
                let other = shown.label(other.as_ref()).unwrap_or_else(|| shown.term(&other.clone().into()));
                let mut text = format!("{words} {other}");
                if !tie.marks.is_empty() {
                    text.push_str(&format!(" ({})", tie.marks.join(", ")));
                }
                if !tie.when.written.is_empty() {
                    text.push_str(&format!(", {}", tie.when.written.join(" / ")));
                }
                Line { text, cited: citations(tie, shown) }
            })
            .collect();
        lines.sort_by(|a, b| a.text.cmp(&b.text).then_with(|| a.cited.cmp(&b.cited)));
        section(&mut out, heading, &lines)?;
    }
    Ok(())
}

fn section(out: &mut dyn Write, heading: &str, lines: &[Line]) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "{heading}")?;
    for line in lines {
        writeln!(out, "  {}  {}", line.text, line.cited)?;
    }
    writeln!(out)
}

/// The kinds of a thing, the most special first; a kind whose subclass is there too is left out.
pub(super) fn kinds<'a>(reading: &'a Reading, thing: &NamedNode) -> Vec<&'a Kind> {
    let schema = &reading.opened.schema;
    let all: Vec<&Kind> = reading
        .store
        .objects(thing.as_ref(), rdf::TYPE)
        .unwrap_or_default()
        .iter()
        .filter_map(|term| match term {
            Term::NamedNode(class) => schema.kind_of_class(class.as_str()),
            _ => None,
        })
        .collect();
    let mut kinds: Vec<&Kind> = all
        .iter()
        .filter(|kind| !all.iter().any(|other| other.name != kind.name && schema.is_a(&other.class, &kind.class)))
        .copied()
        .collect();
    kinds.sort_by(|a, b| a.name.cmp(&b.name));
    kinds
}

/// The values of a property with the citations of each; none where only a rule says it.
fn facts(reading: &Reading, thing: &NamedNode, property: &NamedNode) -> Result<Vec<(Term, BTreeSet<String>)>, crate::store::StoreError> {
    let shown = reading.shown(false);
    let mut facts: BTreeMap<String, (Term, BTreeSet<String>)> = BTreeMap::new();
    for quad in reading.store.quads(Some(thing.as_ref().into()), Some(property.as_ref()), None, Some(In::Named)) {
        let quad = quad?;
        let entry = facts.entry(quad.object.to_string()).or_insert_with(|| (quad.object.clone(), BTreeSet::new()));
        if let GraphName::NamedNode(graph) = quad.graph_name
            && (tie::is_citation(&reading.project.base, &graph) || graph == reading.project.base.graph("registry"))
        {
            entry.1.insert(shown.term(&graph.into()));
        }
    }
    Ok(facts.into_values().collect())
}
