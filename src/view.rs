//! A view: a query under `queries/diagrams/` whose rows become the things and ties of a diagram.
//!
//! The rows say what is on the page, `ontology/style.ttl` says how it looks; both are data. `docs/views.md` lists the variables:
//! `?from ?to ?relation`, and if need be `?mark ?words ?claim ?cited ?group ?tenure ?modality ?amount ?qualifier ?currency` and
//! the bounds of a date.

mod arrange;
pub mod chart;
mod choice;
mod figure;
mod finish;
mod gather;
mod look;
mod told;
mod words;

use std::collections::{BTreeMap, HashMap};

use oxigraph::sparql::QueryResults;
use spargebra::Query;

use crate::diagram::Graph;
use crate::ontology::Ontology;
use crate::query::answer::Shown;
use crate::schema::Schema;
use crate::tie;
use crate::values::period::Period;

pub use arrange::{Grouping, Sizing};
pub use choice::{Choice, Drawn, ViewError};
pub use look::style;

use gather::{Gathered, LeftOut};

/// Asks a view and makes what is to be drawn; things in the order of their ids, ties in the order of their ends.
///
/// # Errors
/// The query fails, or gives no `?from`.
pub fn graph(
    query: Query,
    choice: &Choice,
    drawn: Drawn,
    shown: Shown<'_>,
    ontology: &Ontology,
    schema: &Schema,
) -> Result<Graph, ViewError> {
    let rows = match shown.store.query(query, None)? {
        QueryResults::Solutions(rows) => rows,
        _ => return Err(ViewError::Form("a view is a SELECT query with ?from, ?to and ?relation".to_owned())),
    };
    if !rows.variables().iter().any(|variable| variable.as_str() == "from") {
        return Err(ViewError::Form("a view's query gives ?from, and for ties ?to and ?relation".to_owned()));
    }
    let mut gathered = Gathered {
        shown,
        ontology,
        schema,
        classes: HashMap::new(),
        rows: Vec::new(),
        things: BTreeMap::new(),
        ties: BTreeMap::new(),
        left: LeftOut::default(),
        tenses: tie::Tenses::of(ontology, schema),
        folds: tie::folds(ontology, shown.language),
        counted: tie::counted_as(shown.store)?,
        drawn,
        period: choice.at.or(choice.as_of.map(Period::day)).unwrap_or_default(),
        dates: choice.dates,
    };
    for row in rows {
        gathered.row(&row?);
    }
    gathered.finish(choice)
}
