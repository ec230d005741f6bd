//! A view: a query under `queries/diagrams/` whose rows become the things and ties of a diagram.
//!
//! The rows say what is on the page, `ontology/style.ttl` says how it looks; both are data. `docs/views.md` lists the variables:
//! `?from ?to ?relation`, and if need be `?mark ?words ?claim ?cited ?group ?tenure ?modality ?amount ?qualifier ?currency` and
//! the bounds of a date.

mod arrange;
mod figure;
mod finish;
mod gather;
mod look;
mod told;
mod words;

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use oxigraph::model::NamedNode;
use oxigraph::sparql::{QueryEvaluationError, QueryResults};
use spargebra::Query;
use thiserror::Error;

use crate::diagram::Graph;
use crate::ontology::Ontology;
use crate::query::answer::Shown;
use crate::schema::Schema;
use crate::store::StoreError;
use crate::tie;

pub use arrange::{Grouping, Sizing};
pub use look::style;

use gather::{Gathered, LeftOut};

/// Why a view gave nothing to draw.
#[derive(Debug, Error)]
pub enum ViewError {
    /// The query failed.
    #[error("the view's query failed: {0}")]
    Query(#[from] QueryEvaluationError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The query is not of the form that a view has.
    #[error("{0}")]
    Form(String),
}

/// What of a view's rows is wanted.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Only what is near this thing.
    pub focus: Option<NamedNode>,
    /// How many ties away from the focus.
    pub depth: usize,
    /// Only what held on this day.
    pub at: Option<Date>,
    /// The day that the picture holds for where none is asked for: up to when its sources speak.
    pub as_of: Option<Date>,
    /// With `at`: only what certainly held.
    pub certain: bool,
    /// Nothing that had certainly ended before this day.
    pub from: Option<Date>,
    /// Nothing that certainly began after this day.
    pub to: Option<Date>,
    /// Only things of these classes, and those that the names of their kinds lead to.
    pub include: Vec<NamedNode>,
    /// No things of these classes.
    pub exclude: Vec<NamedNode>,
    /// Only ties of these relations.
    pub only: Vec<NamedNode>,
    /// Groups other than the view's.
    pub grouping: Option<Grouping>,
    /// What sizes tell.
    pub sizing: Option<Sizing>,
    /// Whether things whose time the view does not tell are given the one that the graph knows: a picture of time is asked for.
    pub dates: bool,
    /// Whether to say which names are not given in the language asked for.
    pub tell_language: bool,
}

/// Whether the ties of a view point from one end to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawn {
    /// Arrowheads or none.
    pub directed: bool,
}

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
        tenses: tie::tenses(ontology, schema),
        folds: tie::folds(ontology, shown.language),
        drawn,
        today: choice.at.or(choice.as_of),
        dates: choice.dates,
    };
    for row in rows {
        gathered.row(&row?);
    }
    gathered.finish(choice)
}
