//! What the options of `civigraph diagram` choose out of a view's rows: focus, kinds, roles, time, groups and sizes.

use jiff::civil::Date;
use oxigraph::model::NamedNode;

use super::DiagramArgs;
use crate::cli::{Failure, Reading};
use crate::lift::edtf;
use crate::nearest::nearest;
use crate::query::Question;
use crate::query::parameter::Default;
use crate::query::value::Known;
use crate::schema::Key;
use crate::view::{Choice, Grouping, Sizing};

/// What is wanted of a view's rows.
pub(super) fn choice(args: &DiagramArgs, view: &Question, reading: &Reading) -> Result<Choice, Failure> {
    let (from, to) = (end("--from", args.from.as_deref(), true)?, end("--to", args.to.as_deref(), false)?);
    if let (Some(first), Some(last)) = (from, to)
        && first > last
    {
        return Err(Failure::Usage(format!("--from {first} is after --to {last}"), None));
    }
    Ok(Choice {
        focus: focus(args, view, reading)?,
        depth: args.depth,
        at: crate::cli::day(args.at.as_ref())?,
        certain: args.certain,
        from,
        to,
        include: args.include.iter().map(|name| kind(name, reading)).collect::<Result<_, _>>()?,
        exclude: args.exclude.iter().map(|name| kind(name, reading)).collect::<Result<_, _>>()?,
        only: args.only.iter().map(|name| role(name, reading)).collect::<Result<_, _>>()?,
        grouping: args.group_by.as_deref().map(|name| grouping(name, reading)).transpose()?,
        sizing: args.size_by.as_deref().map(sizing).transpose()?,
        tell_language: false,
    })
}

/// The thing in the middle: the one asked for, else the one that the view itself names, if this graph has it.
fn focus(args: &DiagramArgs, view: &Question, reading: &Reading) -> Result<Option<NamedNode>, Failure> {
    if let Some(focus) = &args.focus {
        return thing(focus, reading).map(Some);
    }
    let Some(parameter) = view.parameters.iter().find(|parameter| parameter.name == "focus") else { return Ok(None) };
    let own = match &parameter.default {
        Default::Value(value) => thing(value, reading).ok(),
        Default::Any => return Ok(None),
        Default::None => None,
    };
    own.map(Some).ok_or_else(|| {
        let hint = "`civigraph find` looks for things by part of their name".to_owned();
        Failure::Usage(format!("the view `{}` shows one thing: say which with --focus", view.name), Some(hint))
    })
}

fn thing(given: &str, reading: &Reading) -> Result<NamedNode, Failure> {
    let known = Known { shown: reading.shown(false), schema: &reading.opened.schema };
    known.thing(&[], given).map_err(|(message, hint)| Failure::Usage(message, hint))
}

/// The first or last day of a day, month or year.
fn end(option: &str, given: Option<&str>, first: bool) -> Result<Option<Date>, Failure> {
    let Some(given) = given else { return Ok(None) };
    let bounds = edtf::read(given, None).ok().filter(|_| !given.contains('/')).map(|when| when.bounds);
    match bounds.and_then(|bounds| if first { bounds.earliest_start } else { bounds.latest_end }) {
        Some(day) => Ok(Some(day)),
        None => Err(Failure::Usage(format!("{option}: expected a day, month or year, YYYY-MM-DD, YYYY-MM or YYYY, found `{given}`"), None)),
    }
}

/// A language tag that can stand in a page.
pub(super) fn language(tag: &str) -> Result<String, Failure> {
    let parts = tag.split('-').all(|part| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()));
    if parts && tag.len() <= 35 {
        Ok(tag.to_ascii_lowercase())
    } else {
        Err(Failure::Usage(format!("expected a language tag such as `ur` or `pt-br`, found `{tag}`"), None))
    }
}

fn kind(name: &str, reading: &Reading) -> Result<NamedNode, Failure> {
    let schema = &reading.opened.schema;
    let found = schema.kinds.values().find(|kind| kind.name.eq_ignore_ascii_case(name)).map(|kind| kind.class.clone());
    found.or_else(|| reading.opened.ontology.prefixes.expand(name)).ok_or_else(|| {
        let near = nearest(name, schema.kinds.keys().cloned());
        Failure::Usage(format!("no kind `{name}`"), Some(hint(near, "`civigraph schema` lists them")))
    })
}

/// A code of a list, the property of a key, or any property by its prefixed name.
fn role(name: &str, reading: &Reading) -> Result<NamedNode, Failure> {
    let schema = &reading.opened.schema;
    let code = schema.lists.values().find_map(|list| list.codes.get(name)).map(|code| code.iri.clone());
    let property = || key(name, reading).map(|key| key.property.clone());
    code.or_else(property).or_else(|| reading.opened.ontology.prefixes.expand(name)).ok_or_else(|| {
        let codes = schema.lists.values().flat_map(|list| list.codes.keys().cloned());
        let near = nearest(name, codes.chain(keys(reading)));
        Failure::Usage(format!("no role or property `{name}`"), Some(hint(near, "the legend of the picture names what there is")))
    })
}

fn grouping(name: &str, reading: &Reading) -> Result<Grouping, Failure> {
    match name {
        "kind" => return Ok(Grouping::Kind),
        "none" => return Ok(Grouping::None),
        _ => {}
    }
    if let Some(key) = key(name, reading) {
        return Ok(Grouping::Property { property: key.property.clone(), inverse: key.inverse, name: name.to_owned() });
    }
    let property = reading.opened.ontology.prefixes.expand(name).ok_or_else(|| {
        let near = nearest(name, keys(reading).chain(["kind", "none"].map(String::from)));
        Failure::Usage(format!("no key `{name}` to group by"), Some(hint(near, "give a key, a property, `kind` or `none`")))
    })?;
    Ok(Grouping::Property { property, inverse: false, name: name.to_owned() })
}

fn sizing(name: &str) -> Result<Sizing, Failure> {
    Sizing::parse(name).ok_or_else(|| {
        let all: Vec<&str> = Sizing::ALL.iter().map(|(name, _)| *name).collect();
        Failure::Usage(format!("no metric `{name}` to size by"), Some(format!("there are {}", all.join(", "))))
    })
}

/// The first kind's key of a name, kinds in the order of their names.
fn key<'r>(name: &str, reading: &'r Reading) -> Option<&'r Key> {
    reading.opened.schema.kinds.values().find_map(|kind| kind.key(name))
}

fn keys(reading: &Reading) -> impl Iterator<Item = String> + '_ {
    reading.opened.schema.kinds.values().flat_map(|kind| kind.keys.iter().map(|key| key.name.clone()))
}

fn hint(near: Option<String>, otherwise: &str) -> String {
    near.map_or_else(|| otherwise.to_owned(), |near| format!("did you mean `{near}`?"))
}
