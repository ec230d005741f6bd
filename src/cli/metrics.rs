//! `civigraph metrics`: the numbers of a view's network, of each thing and of the whole.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use oxigraph::model::vocab::xsd;
use oxigraph::model::{Literal, NamedNode, Term, Variable};
use oxigraph::sparql::{QueryResults, QuerySolutionIter};

use super::fresh::{Fresh, Part};
use super::viewed::{self, Chosen};
use super::{Context, Failure, Outcome, Output, Session, width};
use crate::diagram::Graph;
use crate::network::{EXACT_UP_TO, Metric, Network, PIVOTS, Shared, Summary, Weighting, project};
use crate::query::answer::{self, Heading, Layout, RowFormat};
use crate::query::{self, Question};
use crate::vocab::rdf;

mod json;

/// The metrics of a table that names none, where there is room for no more.
const FEW: [Metric; 4] = [Metric::Degree, Metric::Betweenness, Metric::PageRank, Metric::Community];
/// Those of a wide one.
const USUAL: [Metric; 8] = [
    Metric::Degree,
    Metric::Neighbors,
    Metric::Betweenness,
    Metric::Closeness,
    Metric::PageRank,
    Metric::Core,
    Metric::Constraint,
    Metric::Community,
];
/// The columns that a table needs to be wide.
const WIDE: u16 = 120;
/// How many things a table shows that is not told how many.
const MOST: usize = 20;

/// Measure the network of a view: who is well connected, who stands between, what belongs together
///
/// Ties are walked in both directions unless --directed says otherwise. docs/metrics.md defines every number.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  civigraph metrics\n  civigraph metrics partnerships\n  civigraph metrics partnerships --by betweenness --limit 5\n  civigraph metrics participation --through Event --pairs\n  civigraph metrics membership --at 2025-06-01 -o june.csv\n  civigraph metrics partnerships --whole -f json"
)]
pub struct MetricsArgs {
    /// The view
    #[arg(value_name = "VIEW", add = clap_complete::ArgValueCompleter::new(super::completions::views))]
    view: Option<String>,
    /// Only this number of each thing (may be repeated)
    #[arg(short, long = "metric", value_name = "METRIC", add = clap_complete::ArgValueCandidates::new(super::completions::metrics))]
    metrics: Vec<String>,
    /// The largest of this first; constraint: the smallest
    #[arg(long, value_name = "METRIC", default_value = "degree", add = clap_complete::ArgValueCandidates::new(super::completions::metrics))]
    by: String,
    /// At most so many things or pairs; a table shows 20 unless told, 0 is all
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// The numbers of the network as a whole instead of those of each thing
    #[arg(long, conflicts_with_all = ["metrics", "limit", "pairs"])]
    whole: bool,
    /// Ties lead one way only
    #[arg(long)]
    directed: bool,
    /// Tie the other things to each other by what of this kind they share (may be repeated)
    #[arg(long, value_name = "KIND", add = clap_complete::ArgValueCompleter::new(super::completions::kinds))]
    through: Vec<String>,
    /// With --through: count each shared thing, or newman: count it less the more things share it
    #[arg(long, value_name = "HOW", default_value = "count", add = clap_complete::ArgValueCandidates::new(|| super::completions::words(["count", "newman"])))]
    weighting: String,
    /// With --through: who shares what, instead of numbers of each thing
    #[arg(long, requires = "through")]
    pairs: bool,
    /// Search from every thing in networks of more than 5,000, too
    #[arg(long)]
    exact: bool,
    #[command(flatten)]
    chosen: Chosen,
    /// table, csv, sparql-csv, tsv, json, xml, markdown, html, xlsx
    #[arg(short, long, value_name = "FORMAT", add = clap_complete::ArgValueCandidates::new(super::completions::table_formats))]
    format: Option<String>,
    /// Write to a file, whose ending decides the format
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    fresh: Fresh,
}

/// A view's network, measured.
struct Measured<'a> {
    view: &'a Question,
    graph: Graph,
    /// The number in the graph of each thing measured.
    numbers: Vec<usize>,
    network: Network,
    metrics: Vec<Metric>,
    /// For each metric, the values in the order of the network's things.
    values: Vec<Vec<Option<f64>>>,
    /// The things in the order they are shown.
    order: Vec<usize>,
    shared: Vec<Shared>,
    /// What is said to be missing around a thing, by the thing's number in the graph.
    caveats: BTreeMap<usize, Vec<Caveat>>,
    notes: Vec<String>,
    /// Whether it is read by people: names alone, fewer decimals.
    short: bool,
}

/// What a source says of a list that it does not give in full, or may not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Caveat {
    words: String,
    cited: String,
}

/// Runs the command.
pub fn run(args: &MetricsArgs, context: &Context) -> Outcome {
    let project = context.asked()?;
    let (views, _) = query::views(&project)?;
    let Some(name) = &args.view else { return viewed::list(&views, |name| format!("civigraph metrics {name}")) };
    let view = viewed::named(&views, name)?;
    let format = format(args)?;
    let by = viewed::metric(&args.by)?;
    let mut metrics = args.metrics.iter().map(|name| any_metric(name)).collect::<Result<Vec<_>, _>>()?;
    if metrics.is_empty() {
        metrics = match format {
            RowFormat::Table if width() < WIDE => FEW.to_vec(),
            RowFormat::Table | RowFormat::Markdown => USUAL.to_vec(),
            _ => Metric::ALL.iter().map(|(metric, ..)| *metric).collect(),
        };
        if args.directed && matches!(format, RowFormat::Table | RowFormat::Markdown) {
            metrics.splice(0..1, [Metric::InDegree, Metric::OutDegree]);
        }
    }
    if !metrics.contains(&by) {
        metrics.insert(0, by);
    }
    let weighting = Weighting::parse(&args.weighting)
        .ok_or_else(|| Failure::Usage(format!("no weighting `{}`", args.weighting), Some("there are count, newman".to_owned())))?;
    let session = super::reading::current(context, args.fresh, Part::Things)?;
    let choice = args.chosen.choice(view, &session)?;
    let graph = viewed::graph(view, &choice, &session, context)?;
    let (network, numbers, shared) = network(args, weighting, &graph, &session)?;
    let mut notes = graph.notes.clone();
    let limit = match args.limit {
        Some(0) => None,
        Some(limit) => Some(limit),
        None => (format == RowFormat::Table).then_some(MOST),
    };
    let (values, distances) = network.measures(&metrics, args.exact);
    if distances.as_ref().is_some_and(|distances| !distances.exact) {
        notes.push(format!("betweenness and closeness are estimated from {PIVOTS} things, as in all networks of more than {EXACT_UP_TO}; --exact counts all"));
    }
    let order = order(&network, &metrics, &values, by);
    let caveats = caveats(&graph, &numbers, &session)?;
    notes.extend(said(&caveats, &graph));
    let measured = Measured {
        view,
        graph,
        numbers,
        network,
        metrics,
        values,
        order,
        shared,
        caveats,
        notes,
        short: matches!(format, RowFormat::Table | RowFormat::Markdown),
    };
    let mut out = Output::open(args.output.as_ref())?;
    let written = measured.write(args, format, limit, &session, &mut out);
    match written {
        Ok(rows) => {
            out.finish()?;
            if let Some(left) = rows {
                context.say(&format!("… and {left} more: --limit 0 shows all"));
            }
        }
        Err(failure) => {
            out.abandon();
            return Err(failure);
        }
    }
    for note in &measured.notes {
        context.say(&format!("note: {note}"));
    }
    Ok(())
}

fn format(args: &MetricsArgs) -> Result<RowFormat, Failure> {
    let terminal = args.output.is_none() && io::stdout().is_terminal();
    let Some(name) = args.format.clone().or(super::ending(args.output.as_ref())) else {
        return Ok(if terminal { RowFormat::Table } else { RowFormat::Tsv });
    };
    let format = RowFormat::named(&name).ok_or_else(|| {
        let all: Vec<&str> = RowFormat::ALL.iter().map(|(_, name, _)| *name).collect();
        Failure::Usage(format!("no format `{name}`"), Some(format!("there are {}", all.join(", "))))
    })?;
    if terminal && !format.is_text() {
        return Err(Failure::Usage("this format is not text".to_owned(), Some("-o FILE writes it to a file".to_owned())));
    }
    Ok(format)
}

/// A metric by name, those that name groups too.
fn any_metric(name: &str) -> Result<Metric, Failure> {
    match Metric::parse(name) {
        Some(metric) => Ok(metric),
        None => viewed::metric(name),
    }
}

/// The network of the things shown, or of those that share some of them; with their numbers in the graph.
fn network(
    args: &MetricsArgs,
    weighting: Weighting,
    graph: &Graph,
    session: &Session,
) -> Result<(Network, Vec<usize>, Vec<Shared>), Failure> {
    let whole = Network { directed: args.directed, ..Network::of(graph) };
    if args.through.is_empty() {
        let numbers = (0..graph.nodes.len()).collect();
        return Ok((whole, numbers, Vec::new()));
    }
    let schema = &session.opened.schema;
    let classes = args.through.iter().map(|name| viewed::kind(name, session)).collect::<Result<Vec<_>, _>>()?;
    let is_through: Vec<bool> = graph
        .nodes
        .iter()
        .map(|node| {
            let types = session.store.objects(NamedNode::new_unchecked(node.iri.clone()).as_ref(), rdf::TYPE).unwrap_or_default();
            types.iter().any(|term| matches!(term, Term::NamedNode(class) if classes.iter().any(|wanted| schema.is_a(class, wanted))))
        })
        .collect();
    if !is_through.contains(&true) {
        let kinds = args.through.join(" or ");
        let hint = "--through takes a kind of thing that others shown are tied to";
        return Err(Failure::Usage(format!("nothing shown is of kind {kinds}"), Some(hint.to_owned())));
    }
    Ok(project(&whole, |node| !is_through[node], |node| is_through[node], weighting))
}

/// The things by a metric, what is not defined last, equals by id.
fn order(network: &Network, metrics: &[Metric], values: &[Vec<Option<f64>>], by: Metric) -> Vec<usize> {
    let mut order: Vec<usize> = (0..network.ids.len()).collect();
    let Some(column) = metrics.iter().position(|metric| *metric == by).and_then(|at| values.get(at)) else { return order };
    let sign = if by == Metric::Constraint { 1.0 } else { -1.0 };
    let key = |thing: usize| column[thing].map_or(f64::INFINITY, |value| sign * value);
    order.sort_by(|a, b| key(*a).total_cmp(&key(*b)).then_with(|| network.ids[*a].cmp(&network.ids[*b])));
    order
}

/// What the graph's own questions say of lists that are not complete: those with a line `#+ caveat: THING WORDS`, which names
/// the variable of the thing and that of the words.
fn caveats(graph: &Graph, numbers: &[usize], session: &Session) -> Result<BTreeMap<usize, Vec<Caveat>>, Failure> {
    let places: BTreeMap<&str, usize> = numbers.iter().map(|number| (graph.nodes[*number].iri.as_str(), *number)).collect();
    let mut found: BTreeMap<usize, BTreeSet<Caveat>> = BTreeMap::new();
    let (questions, _) = query::catalogue(&session.project)?;
    let shown = session.shown(false);
    for question in &questions {
        let Some(said) = question.settings.get("caveat") else { continue };
        let mut names = said.split_whitespace().map(|name| name.trim_start_matches('?'));
        let (Some(thing), Some(words)) = (names.next(), names.next()) else { continue };
        let broken = |error: &dyn std::fmt::Display| Failure::Input(format!("{}: {error}", question.asset.path), None);
        let parsed = query::parse(&question.asset.text, &session.opened.ontology.prefixes).map_err(|error| broken(&error))?;
        let QueryResults::Solutions(rows) = session.store.query(parsed, None).map_err(|error| broken(&error))? else { continue };
        for row in rows {
            let row = row.map_err(|error| broken(&error))?;
            let (Some(Term::NamedNode(thing)), Some(words)) = (row.get(thing), row.get(words)) else { continue };
            if let Some(number) = places.get(thing.as_str()) {
                let cited = row.get("cited").map_or_else(String::new, |cited| shown.term(cited));
                found.entry(*number).or_default().insert(Caveat { words: shown.term(words), cited });
            }
        }
    }
    Ok(found.into_iter().map(|(number, caveats)| (number, caveats.into_iter().collect())).collect())
}

/// The caveats in a few lines.
fn said(caveats: &BTreeMap<usize, Vec<Caveat>>, graph: &Graph) -> Vec<String> {
    const SAID: usize = 5;
    if caveats.is_empty() {
        return Vec::new();
    }
    let things = if caveats.len() == 1 { "1 thing".to_owned() } else { format!("{} things", caveats.len()) };
    let mut lines = vec![format!("the numbers of {things} rest on lists that may not be whole:")];
    let one = |number: &usize, caveats: &[Caveat]| {
        let words: BTreeSet<&str> = caveats.iter().map(|caveat| caveat.words.as_str()).collect();
        let cited: BTreeSet<&str> = caveats.iter().map(|caveat| caveat.cited.as_str()).filter(|cited| !cited.is_empty()).collect();
        let words: Vec<&str> = words.into_iter().collect();
        let cited: Vec<&str> = cited.into_iter().take(3).collect();
        format!("  {}: {} [{}]", graph.nodes[*number].label, words.join("; "), cited.join("; "))
    };
    lines.extend(caveats.iter().take(SAID).map(|(number, caveats)| one(number, caveats)));
    if caveats.len() > SAID {
        lines.push(format!("  and {} more; -f json names all", caveats.len() - SAID));
    }
    vec![lines.join("\n")]
}

impl Measured<'_> {
    /// Writes what is wanted; gives how many things a table left out.
    fn write(
        &self,
        args: &MetricsArgs,
        format: RowFormat,
        limit: Option<usize>,
        session: &Session,
        out: &mut Output,
    ) -> Result<Option<usize>, Failure> {
        if format == RowFormat::Json {
            let whole = json::object(self, args, limit, session);
            serde_json::to_writer_pretty(out.writer(), &whole).map_err(io::Error::from)?;
            out.writer().write_all(b"\n")?;
            return Ok(None);
        }
        let title = format!("Metrics: {}", self.graph_title());
        let heading = Heading {
            title,
            notes: self.notes.join("\n"),
            facts: vec![("graph".to_owned(), session.project.title.clone()), ("view".to_owned(), self.view.name.clone())],
        };
        let layout =
            Layout { format, shown: session.shown(false), width: width(), limit: None, heading: &heading, named: false, sort: &[] };
        let (columns, rows, left) = if args.whole {
            (["number", "value", "meaning"].map(str::to_owned).to_vec(), self.whole(args), None)
        } else if args.pairs {
            let shown = limit.unwrap_or(usize::MAX).min(self.shared.len());
            let left = (shown < self.shared.len()).then(|| self.shared.len() - shown);
            (["one", "other", "weight", "through"].map(str::to_owned).to_vec(), self.pairs(shown), left)
        } else {
            let shown = limit.unwrap_or(usize::MAX).min(self.order.len());
            (self.columns(), self.things(shown), (shown < self.order.len()).then(|| self.order.len() - shown))
        };
        let variables: Arc<[Variable]> = columns.into_iter().map(Variable::new_unchecked).collect();
        let solutions = QuerySolutionIter::from_tuples(variables, rows.into_iter().map(Ok));
        answer::write_rows(solutions, layout, out.writer())?;
        Ok(left)
    }

    fn number(&self, metric: Metric, value: f64) -> Term {
        if metric.is_count() { integer(value) } else { self.decimal(value) }
    }

    /// A value as people read it, with three decimals, or as programs do.
    fn decimal(&self, value: f64) -> Term {
        let value = rounded(value);
        if self.short {
            let shown = if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.3}") };
            return Literal::new_typed_literal(shown, xsd::DECIMAL).into();
        }
        if value.fract() == 0.0 && value.abs() < 1e15 {
            integer(value)
        } else {
            Literal::new_typed_literal(value.to_string(), xsd::DECIMAL).into()
        }
    }

    fn graph_title(&self) -> &str {
        self.view.settings.get("title").map_or(self.view.title.as_str(), String::as_str)
    }

    fn columns(&self) -> Vec<String> {
        let named: &[&str] = if self.short { &["name"] } else { &["thing", "name", "kind"] };
        let mut columns: Vec<String> = named.iter().map(|name| (*name).to_owned()).collect();
        columns.extend(self.metrics.iter().map(|metric| camel(metric.name())));
        if !self.caveats.is_empty() {
            columns.push("lists".to_owned());
        }
        columns
    }

    fn things(&self, most: usize) -> Vec<Vec<Option<Term>>> {
        let row = |thing: &usize| {
            let node = &self.graph.nodes[self.numbers[*thing]];
            let mut row = match self.short {
                true => vec![Some(text(&node.label))],
                false => vec![Some(iri(&node.iri)), Some(text(&node.label)), Some(text(&node.class_label))],
            };
            row.extend(
                self.metrics.iter().zip(&self.values).map(|(metric, values)| values[*thing].map(|value| self.number(*metric, value))),
            );
            if !self.caveats.is_empty() {
                row.push(self.caveats.contains_key(&self.numbers[*thing]).then(|| text("open")));
            }
            row
        };
        self.order.iter().take(most).map(row).collect()
    }

    /// Who shares what with its weight, the closest first, at most so many.
    fn closest(&self, most: usize) -> Vec<(&Shared, f64)> {
        let weights: BTreeMap<(usize, usize), f64> =
            self.network.ties.iter().map(|(one, other, weight)| ((*one, *other), *weight)).collect();
        let place: BTreeMap<usize, usize> = self.numbers.iter().enumerate().map(|(place, number)| (*number, place)).collect();
        let weight = |pair: &Shared| weights.get(&(place[&pair.one], place[&pair.other])).copied().unwrap_or_default();
        let mut pairs: Vec<(&Shared, f64)> = self.shared.iter().map(|pair| (pair, weight(pair))).collect();
        pairs.sort_by(|(a, one), (b, other)| other.total_cmp(one).then_with(|| (a.one, a.other).cmp(&(b.one, b.other))));
        pairs.truncate(most);
        pairs
    }

    fn pairs(&self, most: usize) -> Vec<Vec<Option<Term>>> {
        let names = |pair: &Shared| {
            let names: Vec<&str> = pair.through.iter().map(|number| self.graph.nodes[*number].label.as_str()).collect();
            names.join("; ")
        };
        let row = |(pair, weight): (&Shared, f64)| {
            vec![
                Some(text(&self.graph.nodes[pair.one].label)),
                Some(text(&self.graph.nodes[pair.other].label)),
                Some(self.decimal(weight)),
                Some(text(&names(pair))),
            ]
        };
        self.closest(most).into_iter().map(row).collect()
    }

    fn whole(&self, args: &MetricsArgs) -> Vec<Vec<Option<Term>>> {
        let row = |(name, value, meaning): (&str, Option<f64>, &str)| {
            vec![Some(text(name)), value.map(|value| self.decimal(value)), Some(text(meaning))]
        };
        Summary::of(&self.network, args.exact).lines().into_iter().map(row).collect()
    }
}

fn iri(iri: &str) -> Term {
    NamedNode::new_unchecked(iri).into()
}

fn text(text: &str) -> Term {
    Literal::new_simple_literal(text).into()
}

fn integer(value: f64) -> Term {
    Literal::new_typed_literal(format!("{value:.0}"), xsd::INTEGER).into()
}

/// A value to six decimals, which every machine gives alike.
fn rounded(value: f64) -> f64 {
    // No negative zero.
    (value * 1e6).round() / 1e6 + 0.0
}

/// `effective-size` as a variable's name: `effectiveSize`.
fn camel(name: &str) -> String {
    let mut parts = name.split('-');
    let mut camel = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        camel.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        camel.push_str(letters.as_str());
    }
    camel
}
