//! A dataset that stops answering once its query is stopped, and takes no text longer than texts may be.
//!
//! The evaluation looks at its token where it reads the graph; here it is looked at wherever a term goes in or out too, so
//! that what computes, sorts, groups and writes without reading ends as soon.

use spareval::{ExpressionTerm, InternalQuad, QueryableDataset};
use thiserror::Error;

use oxigraph::model::Term;

use crate::stop::{Reason, Stop};

/// Why the dataset gave nothing.
#[derive(Debug, Error)]
pub enum Halt<E> {
    /// Its own fault.
    #[error(transparent)]
    Dataset(#[from] E),
    /// The query was stopped.
    #[error("the query was stopped")]
    Stopped,
}

/// A dataset with the stop of a query.
#[derive(Debug, Clone)]
pub struct Bounded<D> {
    dataset: D,
    stop: Stop,
}

impl<D> Bounded<D> {
    /// For one query.
    pub fn new(dataset: D, stop: Stop) -> Self {
        Self { dataset, stop }
    }

    fn go_on<E>(&self) -> Result<(), Halt<E>> {
        if self.stop.is_stopped() { Err(Halt::Stopped) } else { Ok(()) }
    }

    fn fits<E>(&self, text: &str) -> Result<(), Halt<E>> {
        if text.len() > self.stop.longest() {
            self.stop.stop(Reason::Text);
        }
        self.go_on()
    }
}

impl<'a, D: QueryableDataset<'a>> QueryableDataset<'a> for Bounded<D> {
    type InternalTerm = D::InternalTerm;
    type Error = Halt<D::Error>;

    fn internal_quads_for_pattern(
        &self,
        subject: Option<&Self::InternalTerm>,
        predicate: Option<&Self::InternalTerm>,
        object: Option<&Self::InternalTerm>,
        graph_name: Option<Option<&Self::InternalTerm>>,
    ) -> impl Iterator<Item = Result<InternalQuad<Self::InternalTerm>, Self::Error>> + use<'a, D> {
        self.dataset.internal_quads_for_pattern(subject, predicate, object, graph_name).map(|quad| quad.map_err(Halt::Dataset))
    }

    fn internal_named_graphs(&self) -> impl Iterator<Item = Result<Self::InternalTerm, Self::Error>> + use<'a, D> {
        self.dataset.internal_named_graphs().map(|name| name.map_err(Halt::Dataset))
    }

    fn contains_internal_graph_name(&self, graph_name: &Self::InternalTerm) -> Result<bool, Self::Error> {
        Ok(self.dataset.contains_internal_graph_name(graph_name)?)
    }

    fn internalize_term(&self, term: Term) -> Result<Self::InternalTerm, Self::Error> {
        match &term {
            Term::Literal(literal) => self.fits(literal.value())?,
            Term::NamedNode(node) => self.fits(node.as_str())?,
            Term::BlankNode(_) => self.go_on()?,
        }
        Ok(self.dataset.internalize_term(term)?)
    }

    fn externalize_term(&self, term: Self::InternalTerm) -> Result<Term, Self::Error> {
        self.go_on()?;
        Ok(self.dataset.externalize_term(term)?)
    }

    fn externalize_expression_term(&self, term: Self::InternalTerm) -> Result<ExpressionTerm, Self::Error> {
        self.go_on()?;
        Ok(self.dataset.externalize_expression_term(term)?)
    }

    fn internalize_expression_term(&self, term: ExpressionTerm) -> Result<Self::InternalTerm, Self::Error> {
        match &term {
            ExpressionTerm::StringLiteral(text) => self.fits(text)?,
            ExpressionTerm::LangStringLiteral { value, .. } => self.fits(value)?,
            ExpressionTerm::NamedNode(node) => self.fits(node.as_str())?,
            _ => self.go_on()?,
        }
        Ok(self.dataset.internalize_expression_term(term)?)
    }

    fn internal_term_effective_boolean_value(&self, term: Self::InternalTerm) -> Result<Option<bool>, Self::Error> {
        self.go_on()?;
        Ok(self.dataset.internal_term_effective_boolean_value(term)?)
    }
}
