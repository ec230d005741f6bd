//! What of a view's rows is wanted, and why there may be nothing to draw.

use jiff::civil::Date;
use oxigraph::model::NamedNode;
use oxigraph::sparql::QueryEvaluationError;
use thiserror::Error;

use super::arrange::{Grouping, Sizing};
use crate::store::StoreError;
use crate::values::period::Period;

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
    /// Only what held on this day, or at some time of this period.
    pub at: Option<Period>,
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
