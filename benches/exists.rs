//! `EXISTS` and `NOT EXISTS` over many rows, beside `MINUS` and beside Oxigraph's evaluator alone on the same packed graph, in one run.
//! `cargo bench --bench exists` prints a Markdown table; a number after `--` is another number of things, each with some three statements.

use std::time::{Duration, Instant};

use civigraph::dataset::{DEFAULT_GRAPH, Dataset, Terms};
use civigraph::store::Store;
use oxigraph::model::{NamedNode, Term};
use oxigraph::sparql::{CancellationToken, QueryResults, SparqlEvaluator};
use spargebra::{Query, SparqlParser};

/// Nobody waits longer for a count.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is asked: a name, the rows, and what is not to be there for them, which `MINUS` can say too where they share something.
const QUESTIONS: [(&str, &str, &str); 6] = [
    ("6 rows, nothing shared, never found", "?f <urn:kind> <urn:few>", "?t <urn:next> ?u FILTER(?u = <urn:none>)"),
    ("6 rows, nothing shared, found last", "?f <urn:kind> <urn:few>", "?t <urn:next> ?u . ?u <urn:kind> <urn:few>"),
    ("every statement, 290,000 inside", "?s ?p ?o", "?s <urn:third> ?k"),
    ("every statement, 7,000 inside", "?s ?p ?o", "?s <urn:kind> <urn:rare>"),
    ("every thing, two steps", "?s <urn:hub> ?o", "?s <urn:next> ?n . ?n <urn:kind> <urn:rare>"),
    ("7,000 rows, 290,000 inside", "?s <urn:kind> <urn:rare>", "?s <urn:third> ?k"),
];

fn main() {
    let things = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(870_000);
    let dataset = graph(things);
    println!("{} statements\n", dataset.triples());
    println!("| rows asked about | left | NOT EXISTS | MINUS | the evaluator alone |");
    println!("|---|--:|--:|--:|--:|");
    for (name, rows, inside) in QUESTIONS {
        let query = |without: &str| {
            let text = format!("SELECT (COUNT(*) AS ?n) {{ {rows} {without} {{ {inside} }} }}");
            SparqlParser::new().parse_query(&text).expect("SPARQL")
        };
        let store = Store::from(dataset.clone());
        let own = timed(|_| store.query(query("FILTER NOT EXISTS"), None));
        let minus = timed(|_| store.query(query("MINUS"), None));
        let bare = timed(|token| bare(&dataset, query("FILTER NOT EXISTS"), token));
        let left = own.as_ref().map_or_else(|| "–".to_owned(), |(count, _)| count.clone());
        if let (Some((own, _)), Some((bare, _))) = (&own, &bare) {
            assert_eq!(own, bare, "{name}");
        }
        println!("| {name} | {left} | {} | {} | {} |", words(&own), words(&minus), words(&bare));
    }
}

fn bare(
    dataset: &Dataset,
    query: Query,
    token: CancellationToken,
) -> Result<QueryResults<'static>, oxigraph::sparql::QueryEvaluationError> {
    SparqlEvaluator::new().with_cancellation_token(token).for_query(query).on_queryable_dataset(dataset.clone()).execute()
}

/// The count that a query gives and the fastest of three times; `None` if it takes too long.
fn timed(
    ask: impl Fn(CancellationToken) -> Result<QueryResults<'static>, oxigraph::sparql::QueryEvaluationError>,
) -> Option<(String, Duration)> {
    let mut best: Option<(String, Duration)> = None;
    for _ in 0..3 {
        let token = CancellationToken::new();
        let (late, start) = (token.clone(), Instant::now());
        let (done, wait) = std::sync::mpsc::channel::<()>();
        let watch = std::thread::spawn(move || {
            if wait.recv_timeout(PATIENCE).is_err() {
                late.cancel();
            }
        });
        let QueryResults::Solutions(rows) = ask(token).ok()? else { return None };
        let rows: Result<Vec<_>, _> = rows.collect();
        let took = start.elapsed();
        let _ = done.send(());
        watch.join().ok()?;
        let count = rows.ok()?.first()?.get("n").map(|count| match count {
            Term::Literal(literal) => literal.value().to_owned(),
            other => other.to_string(),
        })?;
        if took > PATIENCE {
            return None;
        }
        if best.as_ref().is_none_or(|(_, known)| took < *known) {
            best = Some((count, took));
        }
    }
    best
}

fn words(timed: &Option<(String, Duration)>) -> String {
    timed.as_ref().map_or_else(|| format!("over {} s", PATIENCE.as_secs()), |(_, took)| format!("{:.1} ms", took.as_secs_f64() * 1000.0))
}

/// So many things with a kind, one in 125 of a rare one, all tied to one hub and each to another thing; and six of a kind of their own.
fn graph(things: usize) -> Dataset {
    let mut terms = Terms::default();
    let node = |name: &str| Term::from(NamedNode::new_unchecked(format!("urn:{name}")));
    let named = ["kind", "hub", "next", "third", "rare", "usual", "few"].map(|name| terms.id(node(name)));
    let [kind, hub, next, third, rare, usual, few] = named;
    let numbers: Vec<_> = (0..things).map(|number| terms.id(node(&format!("t{number}")))).collect();
    let mut quads = Vec::new();
    for (number, thing) in numbers.iter().enumerate() {
        quads.push([*thing, kind, if number % 125 == 0 { rare } else { usual }, DEFAULT_GRAPH]);
        quads.push([*thing, hub, hub, DEFAULT_GRAPH]);
        quads.push([*thing, next, numbers[(number * 7 + 1) % things], DEFAULT_GRAPH]);
        if number % 3 == 0 {
            quads.push([*thing, third, numbers[number / 3], DEFAULT_GRAPH]);
        }
    }
    for number in 0..6 {
        quads.push([terms.id(node(&format!("few{number}"))), kind, few, DEFAULT_GRAPH]);
    }
    Dataset::pack(&terms, &quads)
}
