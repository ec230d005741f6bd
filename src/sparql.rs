//! SPARQL by the book, above Oxigraph's evaluator: where the evaluator does something else than SPARQL 1.1 says, or does it
//! far too slowly, the query's algebra is rewritten before it is evaluated.
//!
//! - `order`: `ORDER BY`, `MIN` and `MAX` follow one total order of all terms (§15.1). The evaluator's own comparison is
//!   not transitive where types mix, and the standard library's sorting panics on such.
//! - `concat`: `GROUP_CONCAT` gives a plain string of whatever has text (§18.5.1.7).
//! - `path`: a path that may have no step ties a term to itself even if the graph does not know it, and
//!   alternatives are a union that counts each of its rows (§18.4).
//! - `graph`: `GRAPH ?g` is evaluated graph by graph (§18.6).
//! - `exists`: `EXISTS` is asked once where nothing ties it to its row, and otherwise begins with what its row knows.
//! - `lateral`: what stands behind an `OPTIONAL` of few rows is looked up for each of them.
//! - `semi`: where rows are many, what an `EXISTS` asks of each is found once and joined with them; `count` says when.

use oxigraph::sparql::SparqlEvaluator;
use spargebra::Query;
use spargebra::algebra::GraphPattern;

pub mod concat;
pub mod count;
pub mod exists;
mod graph;
mod lateral;
pub mod order;
mod path;
pub mod semi;
pub(crate) mod walk;

pub use semi::Joins;

/// A query rewritten, and the evaluator that knows the functions it calls. `joins` says where a join takes the place of an `EXISTS`
/// that is asked of every row.
pub fn prepared(query: Query, joins: Joins<'_>) -> (SparqlEvaluator, Query) {
    let mut query = query;
    let mut evaluator = order::functions(SparqlEvaluator::new());
    let pattern = walk::pattern(&mut query);
    silent_services(pattern);
    graph::rewrite(pattern);
    path::rewrite(pattern);
    lateral::rewrite(pattern, joins);
    exists::rewrite(pattern, joins);
    order::rewrite(pattern);
    for (index, separator) in concat::rewrite(pattern).into_iter().enumerate() {
        evaluator = concat::function(evaluator, index, separator);
    }
    (evaluator, query)
}

/// `SERVICE SILENT` gives its one empty solution: no other endpoint is ever asked.
fn silent_services(pattern: &mut GraphPattern) {
    walk::each(pattern, &mut |pattern| {
        if let GraphPattern::Service { silent: true, .. } = pattern {
            *pattern = GraphPattern::Values { variables: Vec::new(), bindings: vec![Vec::new()] };
        }
    });
}
