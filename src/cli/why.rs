//! `civigraph why`: what a statement rests on, down to the paragraph.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use oxigraph::model::{GraphName, NamedNode, NamedOrBlankNode, Quad, Term, Triple};

use super::fresh::{Fresh, Part};
use super::{Context, Failure, Outcome, Output, Session, width};
use crate::export;
use crate::infer;
use crate::nearest::nearest;
use crate::schema::Key;
use crate::store::In;
use crate::tie;
use crate::vocab::rdf;
use crate::why::{Reason, Reasons};

mod write;

use write::{Shape, Telling};

/// More statements than this are told in a line each.
const WHOLE: usize = 12;

/// Show why a statement is in the graph: who says so, or from what it was concluded
///
/// A statement is a thing, a key or property, and a value. Without the value all values are told, without the key all that is
/// said of the thing; two things give what ties them to each other.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  civigraph why secretariat a org:Organization\n  civigraph why alliance name\n  civigraph why secretariat alliance\n  civigraph why membership/secretariat.alliance.coordinator\n  civigraph why secretariat a cg:Entity -f json\n  civigraph why alliance a cg:Entity -o reasons.trig"
)]
pub struct WhyArgs {
    /// A thing or a claim
    #[arg(value_name = "THING", add = clap_complete::ArgValueCompleter::new(super::completions::things))]
    subject: String,
    /// A key, a property, or another thing
    #[arg(value_name = "KEY")]
    predicate: Option<String>,
    /// A value: a thing, a code, a text
    #[arg(value_name = "VALUE")]
    object: Option<String>,
    /// text, markdown, json; trig or nquads for the statements themselves in their graphs
    #[arg(short, long, value_name = "FORMAT", add = clap_complete::ArgValueCandidates::new(|| super::completions::words(["text", "markdown", "json", "trig", "nquads"])))]
    format: Option<String>,
    /// Write to a file, whose ending decides the format
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    fresh: Fresh,
}

/// Runs the command.
pub fn run(args: &WhyArgs, context: &Context) -> Outcome {
    let session = super::reading::current(context, args.fresh, Part::Things)?;
    let shape = shape(args)?;
    let subject = session.thing(&args.subject)?;
    let (statements, told) = wanted(args, &subject, &session)?;
    let (rules, _) = infer::rules(&session.project, &session.opened.ontology.prefixes)?;
    let reasons = Reasons::new(&session.store, &session.project.base, &rules);
    let mut found = Vec::new();
    for statement in &statements {
        found.extend(reasons.of(statement).map_err(|error| Failure::Internal(error.to_string()))?);
    }
    if found.is_empty() {
        return nothing(args, &subject, &session, context, &told);
    }
    let brief = found.len() > WHOLE;
    let telling = Telling { around: session.around(), rules: &rules, base: &session.project.base, width: width(), brief };
    let mut out = Output::open(args.output.as_ref())?;
    let written: Result<(), Failure> = match shape {
        Shape::Text => telling.text(&found, out.writer()).map_err(Failure::from),
        Shape::Markdown => telling.markdown(&found, out.writer()).map_err(Failure::from),
        Shape::Json => telling.json(&found, out.writer()).map_err(Failure::from),
        Shape::Rdf(format) => {
            export::write_quads(&quads(&found, &session), format, &session.opened.ontology.prefixes, out.writer()).map_err(Failure::from)
        }
    };
    match written {
        Ok(()) => out.finish()?,
        Err(error) => {
            out.abandon();
            return Err(error);
        }
    }
    if brief && matches!(shape, Shape::Text | Shape::Markdown) {
        context.say(&format!("{} statements in a line each; with a key or a value all they rest on is told", found.len()));
    }
    Ok(())
}

fn shape(args: &WhyArgs) -> Result<Shape, Failure> {
    let Some(name) = args.format.clone().or(super::ending(args.output.as_ref())) else { return Ok(Shape::Text) };
    let shape = Shape::named(&name)
        .ok_or_else(|| Failure::Usage(format!("no format `{name}`"), Some("there are text, markdown, json, trig, nquads".to_owned())))?;
    Ok(shape)
}

/// The statements that are meant, and what of them was asked in words.
fn wanted(args: &WhyArgs, subject: &NamedNode, session: &Session) -> Result<(Vec<Triple>, String), Failure> {
    let own = said_of(subject, session)?;
    let Some(said) = &args.predicate else { return Ok((own, String::new())) };
    let properties = properties(said, subject, session);
    if properties.is_empty() {
        if args.object.is_none()
            && let Ok(other) = session.thing(said)
        {
            return Ok((between(subject, &other, session)?, String::new()));
        }
        let keys = session
            .around()
            .kinds(subject.as_ref())
            .iter()
            .flat_map(|kind| kind.keys.iter().map(|key| key.name.clone()))
            .collect::<BTreeSet<_>>();
        let near = nearest(said, keys.iter().cloned());
        let hint = near.map_or_else(
            || format!("it is neither a key or property nor a thing; its keys are {}", keys.into_iter().collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(Failure::Usage(format!("nothing is called `{said}`"), Some(hint)));
    }
    let mut statements: Vec<Triple> = Vec::new();
    for (property, inverse) in &properties {
        if *inverse {
            for quad in session.store.quads(None, Some(property.as_ref()), Some(subject.as_ref().into()), Some(In::Default)) {
                statements.push(quad?.into());
            }
        } else {
            statements.extend(own.iter().filter(|statement| statement.predicate == *property).cloned());
        }
    }
    let Some(value) = &args.object else { return Ok((statements, said.clone())) };
    let thing = session.thing(value).ok();
    let kept = |statement: &Triple| {
        let (NamedOrBlankNode::NamedNode(start), end) = (&statement.subject, &statement.object) else { return false };
        let term = if start == subject { end.clone() } else { Term::from(start.clone()) };
        match &term {
            Term::Literal(literal) => literal.value().eq_ignore_ascii_case(value),
            Term::NamedNode(node) => {
                let shown = session.shown(false);
                thing.as_ref() == Some(node)
                    || shown.prefixes.expand(value).as_ref() == Some(node)
                    || crate::schema::local(node.as_str()) == value
                    || shown.term(&term).eq_ignore_ascii_case(value)
            }
            Term::BlankNode(_) => false,
        }
    };
    Ok((statements.into_iter().filter(kept).collect(), format!("{said} {value}")))
}

/// What the default graph says of a thing, sorted.
fn said_of(subject: &NamedNode, session: &Session) -> Result<Vec<Triple>, Failure> {
    let mut statements = Vec::new();
    for quad in session.store.quads(Some(subject.as_ref().into()), None, None, Some(In::Default)) {
        statements.push(Triple::from(quad?));
    }
    statements.sort_by_cached_key(ToString::to_string);
    Ok(statements)
}

/// The statements by which two things are tied: between them, and those of the claims that are about both.
fn between(one: &NamedNode, other: &NamedNode, session: &Session) -> Result<Vec<Triple>, Failure> {
    let mut statements = Vec::new();
    for (from, to) in [(one, other), (other, one)] {
        for quad in session.store.quads(Some(from.as_ref().into()), None, Some(to.as_ref().into()), Some(In::Default)) {
            statements.push(Triple::from(quad?));
        }
    }
    let opened = &session.opened;
    let ties = tie::ties(&session.store, &opened.ontology, &opened.schema, &session.project.base, &session.project.language)?;
    let both = |tie: &&tie::Tie| (&tie.from == one && &tie.to == other) || (&tie.from == other && &tie.to == one);
    let claims: BTreeSet<&NamedNode> = ties.iter().filter(both).filter_map(|tie| tie.claim.as_ref()).collect();
    for claim in claims {
        let ends = |statement: &Triple| [one, other].iter().any(|end| statement.object == Term::from((*end).clone()));
        statements.extend(said_of(claim, session)?.into_iter().filter(ends));
    }
    Ok(statements)
}

/// The properties that a word means on a thing, each with whether it runs from the value to the thing.
fn properties(said: &str, subject: &NamedNode, session: &Session) -> Vec<(NamedNode, bool)> {
    if said == "a" {
        return vec![(rdf::TYPE.into_owned(), false)];
    }
    let iri = said.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(said);
    if iri.contains("://") {
        return NamedNode::new(iri).map(|property| vec![(property, false)]).unwrap_or_default();
    }
    if let Some(property) = session.opened.ontology.prefixes.expand(said) {
        return vec![(property, false)];
    }
    let of_kind = |key: &Key| (key.property.clone(), key.inverse);
    let kinds = session.around().kinds(subject.as_ref());
    let own: Vec<_> = kinds.iter().filter_map(|kind| kind.key(said)).map(of_kind).collect();
    if !own.is_empty() {
        return own;
    }
    // A property by its label, as pages call it.
    let shown = session.shown(false);
    let mut named = BTreeSet::new();
    for statement in said_of(subject, session).unwrap_or_default() {
        let label = shown.label(statement.predicate.as_ref());
        if label.is_some_and(|label| label.eq_ignore_ascii_case(said)) || crate::schema::local(statement.predicate.as_str()) == said {
            named.insert(statement.predicate);
        }
    }
    named.into_iter().map(|property| (property, false)).collect()
}

/// Says that a statement is not there, and what is.
fn nothing(args: &WhyArgs, subject: &NamedNode, session: &Session, context: &Context, told: &str) -> Outcome {
    let around = session.around();
    let name = around.name(subject);
    let Some(said) = &args.predicate else {
        context.say(&format!("nothing is said of {name}"));
        return Err(Failure::Found);
    };
    if told.is_empty() {
        context.say(&format!(
            "nothing ties {name} and {}; `civigraph path` looks further",
            session.thing(said).map_or_else(|_| said.clone(), |other| around.name(&other))
        ));
        return Err(Failure::Found);
    }
    context.say(&format!("the graph does not say of {name}: {told}"));
    if args.object.is_some() {
        let without = WhyArgs {
            object: None,
            subject: args.subject.clone(),
            predicate: args.predicate.clone(),
            format: None,
            output: None,
            fresh: Fresh::default(),
        };
        let (others, _) = wanted(&without, subject, session)?;
        let shown = session.shown(false);
        let value = |statement: &Triple| match &statement.subject {
            NamedOrBlankNode::NamedNode(start) if start != subject => shown.term(&start.clone().into()),
            _ => shown.term(&statement.object),
        };
        let values: Vec<String> = others.iter().take(12).map(value).collect();
        if !values.is_empty() {
            let more = if others.len() > 12 { ", …" } else { "" };
            context.say(&format!("help: it says {said}: {}{more}", values.join(", ")));
        }
    }
    context.say("that it does not say so does not make it untrue: what is not known stays away");
    Err(Failure::Found)
}

/// All that was told, in its graphs, with the descriptions of the places cited.
fn quads(reasons: &[Reason], session: &Session) -> Vec<Quad> {
    let mut quads = Vec::new();
    let mut open: Vec<&Reason> = reasons.iter().collect();
    let mut places: BTreeSet<NamedNode> = BTreeSet::new();
    while let Some(reason) = open.pop() {
        let Triple { subject, predicate, object } = reason.statement.clone();
        let mut graphs: Vec<NamedNode> = reason.citations.iter().chain(&reason.graphs).cloned().collect();
        places.extend(reason.citations.iter().cloned());
        for conclusion in &reason.conclusions {
            graphs.push(session.project.base.graph(&format!("inferred/{}", conclusion.rule)));
            open.extend(&conclusion.premises);
        }
        quads.extend(
            graphs.into_iter().map(|graph| Quad::new(subject.clone(), predicate.clone(), object.clone(), GraphName::NamedNode(graph))),
        );
    }
    let sources = session.project.base.graph("sources");
    let mut above: Vec<NamedNode> = places.into_iter().collect();
    let mut described: BTreeSet<NamedNode> = BTreeSet::new();
    while let Some(place) = above.pop() {
        if !described.insert(place.clone()) {
            continue;
        }
        for quad in session.store.quads(Some(place.as_ref().into()), None, None, Some(In::Graph(sources.as_ref()))).flatten() {
            if let Term::NamedNode(whole) = &quad.object
                && quad.predicate == crate::vocab::dcterms::IS_PART_OF
            {
                above.push(whole.clone());
            }
            quads.push(quad);
        }
    }
    quads.sort_by_cached_key(ToString::to_string);
    quads.dedup();
    quads
}
