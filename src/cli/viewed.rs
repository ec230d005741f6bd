//! A view as the commands ask it: found by its name, and the options that choose out of its rows by focus, kind, role, time, group
//! and size.

use std::io::Write;

use clap::Args;
use oxigraph::model::NamedNode;

use super::{Context, Failure, Outcome, Output, Session, time};
use crate::diagram::Graph;
use crate::nearest::nearest;
use crate::network::Metric;
use crate::query::parameter::Default as OwnValue;
use crate::query::{self, Question};
use crate::schema::Key;
use crate::view::{Choice, Grouping, Sizing};

/// What is wanted of a view's rows.
#[derive(Debug, Clone, Args)]
pub(super) struct Chosen {
    /// Only what is near this thing
    #[arg(long, value_name = "THING", add = clap_complete::ArgValueCompleter::new(super::completions::things))]
    focus: Option<String>,
    /// How many ties away from the focus
    #[arg(long, value_name = "N", default_value = "1")]
    depth: usize,
    /// What held on this day, or at some time of this month or year, as far as can be known
    #[arg(long, value_name = "DATE")]
    at: Option<String>,
    /// With --at: only what certainly held then
    #[arg(long)]
    certain: bool,
    /// Nothing that ended before this day, month or year
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Nothing that began after this day, month or year
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    /// Only things of this kind (may be repeated)
    #[arg(long, value_name = "KIND", add = clap_complete::ArgValueCompleter::new(super::completions::kinds))]
    include: Vec<String>,
    /// No things of this kind (may be repeated)
    #[arg(long, value_name = "KIND", add = clap_complete::ArgValueCompleter::new(super::completions::kinds))]
    exclude: Vec<String>,
    /// Only ties of this role or property (may be repeated)
    #[arg(long, value_name = "ROLE")]
    only: Vec<String>,
}

impl Chosen {
    /// The choice, everything in it found in the graph.
    pub fn choice(&self, view: &Question, session: &Session) -> Result<Choice, Failure> {
        let (from, to) = (time::first("from", self.from.as_ref())?, time::last("to", self.to.as_ref())?);
        if let (Some(first), Some(last)) = (from, to)
            && first > last
        {
            return Err(Failure::Usage(format!("--from {first} is after --to {last}"), None));
        }
        Ok(Choice {
            focus: self.focus(view, session)?,
            depth: self.depth,
            at: time::at(self.at.as_ref())?,
            as_of: session.as_of()?,
            certain: self.certain,
            from,
            to,
            include: self.include.iter().map(|name| kind(name, session)).collect::<Result<_, _>>()?,
            exclude: self.exclude.iter().map(|name| kind(name, session)).collect::<Result<_, _>>()?,
            only: self.only.iter().map(|name| role(name, session)).collect::<Result<_, _>>()?,
            grouping: None,
            sizing: None,
            dates: false,
            tell_language: false,
        })
    }

    /// The thing in the middle: the one asked for, else the one that the view itself names, if this graph has it.
    fn focus(&self, view: &Question, session: &Session) -> Result<Option<NamedNode>, Failure> {
        if let Some(focus) = &self.focus {
            return Ok(Some(session.thing(focus)?));
        }
        let Some(parameter) = view.parameters.iter().find(|parameter| parameter.name == "focus") else { return Ok(None) };
        let own = match &parameter.default {
            OwnValue::Value(value) => session.thing(value).ok(),
            OwnValue::Any => return Ok(None),
            OwnValue::None => None,
        };
        own.map(Some).ok_or_else(|| {
            let hint = "`civigraph find` looks for things by part of their name".to_owned();
            Failure::Usage(format!("the view `{}` shows one thing: say which with --focus", view.name), Some(hint))
        })
    }
}

/// The view of a name.
pub(super) fn named<'v>(views: &'v [Question], name: &str) -> Result<&'v Question, Failure> {
    query::named(views, name).map_err(|near| {
        let hint = near.first().map_or_else(|| "`civigraph diagram` lists them".to_owned(), |near| format!("did you mean `{near}`?"));
        Failure::Usage(format!("there is no view `{name}`"), Some(hint))
    })
}

/// Asks a view. That nothing is left of it is said, and is a finding.
pub(super) fn graph(view: &Question, choice: &Choice, session: &Session, context: &Context) -> Result<Graph, Failure> {
    for words in view.misread() {
        context.say(&format!("note: {} {words}", view.asset.path));
    }
    let graph = session.view(view, choice).map_err(|error| Failure::Input(error.to_string(), None))?;
    if graph.nodes.is_empty() {
        let near = if choice.focus.is_some() { " near the focus" } else { "" };
        let left: String = graph.notes.iter().map(|note| format!("\nnote: {note}")).collect();
        context.say(&format!("the view `{}` has nothing to show{near}{left}", view.name));
        context.say(&format!("help: `civigraph explain {}` tells what it is of", view.name));
        return Err(Failure::Found);
    }
    Ok(graph)
}

/// The views with what they show, and how a command is called with one.
pub(super) fn list(views: &[Question], example: impl Fn(&str) -> String) -> Outcome {
    let mut out = Output::standard()?;
    if views.is_empty() {
        writeln!(out, "no views: a query under queries/diagrams/ is one")?;
        return out.finish();
    }
    let longest = views.iter().map(|view| view.name.chars().count()).max().unwrap_or(0);
    for view in views {
        let layout = view.settings.get("layout").map_or("network", String::as_str);
        writeln!(out, "{:<longest$}  {layout:<9}  {}", view.name, view.settings.get("title").unwrap_or(&view.title))?;
    }
    writeln!(out, "\n{}", example(views.first().map_or("VIEW", |view| view.name.as_str())))?;
    out.finish()
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

/// The class of a kind.
pub(super) fn kind(name: &str, session: &Session) -> Result<NamedNode, Failure> {
    let schema = &session.opened.schema;
    let found = schema.kinds.values().find(|kind| kind.name.eq_ignore_ascii_case(name)).map(|kind| kind.class.clone());
    found.or_else(|| session.opened.ontology.prefixes.expand(name)).ok_or_else(|| {
        let near = nearest(name, schema.kinds.keys().cloned());
        Failure::Usage(format!("no kind `{name}`"), Some(hint(near, "`civigraph schema` lists them")))
    })
}

/// A code of a list, the property of a key, or any property by its prefixed name.
fn role(name: &str, session: &Session) -> Result<NamedNode, Failure> {
    let schema = &session.opened.schema;
    let code = schema.lists.values().find_map(|list| list.codes.get(name)).map(|code| code.iri.clone());
    let property = || key(name, session).map(|key| key.property.clone());
    code.or_else(property).or_else(|| session.opened.ontology.prefixes.expand(name)).ok_or_else(|| {
        let codes = schema.lists.values().flat_map(|list| list.codes.keys().cloned());
        let near = nearest(name, codes.chain(keys(session)));
        Failure::Usage(format!("no role or property `{name}`"), Some(hint(near, "the legend of the picture names what there is")))
    })
}

pub(super) fn grouping(name: &str, session: &Session) -> Result<Grouping, Failure> {
    match name {
        "kind" => return Ok(Grouping::Kind),
        "none" => return Ok(Grouping::None),
        _ => {}
    }
    if let Some(metric) = Metric::parse(name).filter(|metric| metric.is_group()) {
        return Ok(Grouping::Metric(metric));
    }
    if let Some(key) = key(name, session) {
        return Ok(Grouping::Property { property: key.property.clone(), inverse: key.inverse, name: name.to_owned() });
    }
    let property = session.opened.ontology.prefixes.expand(name).ok_or_else(|| {
        let near = nearest(name, keys(session).chain(["kind", "none", "community", "component"].map(String::from)));
        Failure::Usage(
            format!("no key `{name}` to group by"),
            Some(hint(near, "give a key, a property, `kind`, `community`, `component` or `none`")),
        )
    })?;
    Ok(Grouping::Property { property, inverse: false, name: name.to_owned() })
}

pub(super) fn sizing(name: &str) -> Result<Sizing, Failure> {
    if name == "none" {
        return Ok(Sizing::None);
    }
    metric(name).map(Sizing::Metric)
}

/// A metric by name that measures something.
pub(super) fn metric(name: &str) -> Result<Metric, Failure> {
    let all = || Metric::ALL.iter().filter(|(metric, ..)| !metric.is_group()).map(|(_, name, _)| (*name).to_owned());
    Metric::parse(name).filter(|metric| !metric.is_group()).ok_or_else(|| {
        let near = nearest(name, all()).map(|near| format!("did you mean `{near}`?"));
        let hint = near.unwrap_or_else(|| format!("there are {}", all().collect::<Vec<_>>().join(", ")));
        Failure::Usage(format!("no metric `{name}`"), Some(hint))
    })
}

/// The first kind's key of a name, kinds in the order of their names.
fn key<'r>(name: &str, session: &'r Session) -> Option<&'r Key> {
    session.opened.schema.kinds.values().find_map(|kind| kind.key(name))
}

fn keys(session: &Session) -> impl Iterator<Item = String> + '_ {
    session.opened.schema.kinds.values().flat_map(|kind| kind.keys.iter().map(|key| key.name.clone()))
}

fn hint(near: Option<String>, otherwise: &str) -> String {
    near.map_or_else(|| otherwise.to_owned(), |near| format!("did you mean `{near}`?"))
}
