//! A query to start from: all things of a kind with their keys, as SPARQL that runs as it stands.
//!
//! The keys that matter most are in it, the others are comments to be taken in. A tie is asked for with the place that
//! states it, so that a row holds what one place says; a thing is asked for in the merged graph, where each of its keys may
//! come from another place.

use std::collections::BTreeSet;

use crate::iri::Prefixes;
use crate::pipeline::Opened;
use crate::schema::{Form, Key, Kind};

/// How many keys are asked for at most; more make no table.
const ASKED: usize = 7;

/// The text.
pub fn text(kind: &Kind, opened: &Opened) -> String {
    let prefixes = &opened.ontology.prefixes;
    let thing = variable(&crate::iri::kebab(&kind.name));
    let is_tie = !kind.identified_by.is_empty();
    let asked: BTreeSet<&str> = chosen(kind).into_iter().map(|key| key.name.as_str()).collect();
    let mut used = BTreeSet::new();
    let class = short(kind.class.as_str(), prefixes, &mut used);
    let mut body = Vec::new();
    if is_tie {
        body.push(format!("  GRAPH ?cited {{ ?{thing} a {class} }}"));
        body.push("  FILTER(CONTAINS(STR(?cited), \"/source/\"))".to_owned());
    } else {
        body.push(format!("  ?{thing} a {class} ."));
    }
    for key in &kind.keys {
        let property = short(key.property.as_str(), prefixes, &mut used);
        let mut value = variable(&key.name);
        if value == thing || value == "cited" {
            value.push_str("_value");
        }
        let triple = if key.inverse { format!("?{value} {property} ?{thing}") } else { format!("?{thing} {property} ?{value}") };
        let pattern = if is_tie { format!("GRAPH ?cited {{ {triple} }}") } else { triple };
        let lead = if asked.contains(key.name.as_str()) { "  " } else { "  # " };
        body.push(format!("{lead}OPTIONAL {{ {pattern} }}"));
    }
    let names: String =
        used.iter().filter_map(|prefix| prefixes.namespace(prefix).map(|namespace| format!("PREFIX {prefix}: <{namespace}>\n"))).collect();
    let places = if is_tie {
        "each with the place that states it".to_owned()
    } else {
        format!("in the merged graph; GRAPH ?cited {{ ?{thing} … }} asks who says so")
    };
    let order = if is_tie { format!("?{thing} ?cited") } else { format!("?{thing}") };
    let what = &kind.label;
    format!(
        "# Every {what} and its keys, {places}.\n# A line behind # is a key that can be taken in.\n{names}\nSELECT * WHERE {{\n{}\n}} ORDER BY {order} LIMIT 20\n",
        body.join("\n")
    )
}

/// What must be there, then what is asked for by itself: names, codes, ends, times; texts and lists come last.
fn chosen(kind: &Kind) -> Vec<&Key> {
    let rank = |key: &&Key| match (&key.form, key.min) {
        _ if key.inverse => 4,
        (_, 1..) => 0,
        (Form::Code(_) | Form::Date | Form::Number, _) => 1,
        (Form::Reference(_), _) if key.max == Some(1) => 2,
        _ => 3,
    };
    let mut keys: Vec<&Key> = kind.keys.iter().filter(|key| rank(key) < 4 && !matches!(key.form, Form::Nested(_))).collect();
    keys.sort_by_key(rank);
    keys.truncate(ASKED);
    keys
}

/// A name as a variable has it (SPARQL 1.1 §19.8, VARNAME): letters, digits and `_`.
fn variable(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' }).collect()
}

fn short(iri: &str, prefixes: &Prefixes, used: &mut BTreeSet<String>) -> String {
    match prefixes.shorten(iri) {
        Some(short) => {
            used.extend(short.split_once(':').map(|(prefix, _)| prefix.to_owned()));
            short
        }
        None => format!("<{iri}>"),
    }
}
