//! A view asked of a session, and what the picture says about itself: title, day, sources, licence.

use oxigraph::model::{NamedOrBlankNode, Term};
use thiserror::Error;

use super::Session;
use crate::diagram::Graph;
use crate::query::{self, Question, SyntaxError};
use crate::store::In;
use crate::view::{self, Choice, Drawn, ViewError};
use crate::vocab::{cg, dcterms, rdf};

/// The parameter of a view that shows what is around one thing.
const FOCUS: &str = "focus";

/// Why a view gives no picture.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DrawError {
    /// The view's text is no SPARQL.
    #[error("{path}:{}:{}: {}", .error.line, .error.column, .error.message)]
    Syntax {
        /// The file of the view.
        path: String,
        /// What is wrong where.
        error: SyntaxError,
    },
    /// The view's query fails, or gives no rows that can be drawn.
    #[error("view `{name}`: {error}")]
    View {
        /// The view's name.
        name: String,
        /// What is wrong.
        error: ViewError,
    },
}

impl Session {
    /// The views of the project and those that ship, in the order of their names.
    ///
    /// # Errors
    /// A folder of views cannot be read.
    pub fn views(&self) -> Result<Vec<Question>, crate::project::ProjectError> {
        Ok(query::views(&self.project)?.0)
    }

    /// Asks a view and makes what is to be drawn; a graph without nodes where nothing is left of it.
    ///
    /// # Errors
    /// The view cannot be asked.
    pub fn view(&self, view: &Question, choice: &Choice) -> Result<Graph, DrawError> {
        let parsed = query::parse(&view.asset.text, &self.opened.ontology.prefixes)
            .map_err(|error| DrawError::Syntax { path: view.asset.path.to_string(), error })?;
        let bound = match (&choice.focus, view.parameters.iter().find(|parameter| parameter.name == FOCUS)) {
            (Some(focus), Some(_)) => query::bind(parsed, &[(FOCUS.to_owned(), focus.clone().into())]),
            _ => parsed,
        };
        let drawn = Drawn { directed: is_directed(view) };
        view::graph(bound, choice, drawn, self.shown(false), &self.opened.ontology, &self.opened.schema)
            .map_err(|error| DrawError::View { name: view.name.clone(), error })
    }

    /// Writes onto a picture what it says about itself: title, day, sources, licence, the view's own note.
    pub fn furnish(&self, graph: &mut Graph, view: &Question, choice: &Choice) {
        let shown = self.shown(false);
        let title = view.settings.get("title").cloned().unwrap_or_else(|| view.title.clone());
        graph.title = match &choice.focus {
            Some(focus) => format!("{title}: {}", shown.label(focus.as_ref()).unwrap_or_else(|| shown.term(&focus.clone().into()))),
            None => title,
        };
        graph.subtitle = self.project.title.clone();
        let mut sources: Vec<(String, Option<String>)> = Vec::new();
        let mut as_of = choice.at.map(|at| at.words());
        for source in self.store.quads(None, Some(rdf::TYPE), Some(cg::SOURCE.into()), Some(In::Default)).flatten() {
            let NamedOrBlankNode::NamedNode(source) = source.subject else { continue };
            let first = |property| self.store.objects(source.as_ref(), property).unwrap_or_default().into_iter().next();
            let text = |property| first(property).map(|term| shown.term(&term));
            let licence = text(dcterms::LICENSE);
            if let Some(title) = text(dcterms::TITLE) {
                let publisher = first(dcterms::PUBLISHER).map(|term| match &term {
                    Term::NamedNode(node) => shown.label(node.as_ref()).unwrap_or_else(|| shown.term(&term)),
                    other => shown.term(other),
                });
                sources.push((publisher.map_or_else(|| title.clone(), |publisher| format!("{title} ({publisher})")), licence));
            }
            if choice.at.is_none() {
                as_of = as_of.max(text(cg::AS_OF));
            }
        }
        // One licence is said once if it is that of all sources; else each source says its own, or that none is stated.
        let first = sources.first().and_then(|(_, licence)| licence.clone());
        if sources.iter().all(|(_, licence)| *licence == first) {
            graph.licence = first;
            graph.sources.extend(sources.into_iter().map(|(source, _)| source));
        } else {
            graph.sources.extend(sources.into_iter().map(|(source, licence)| match licence {
                Some(licence) => format!("{source}, licence {licence}"),
                None => format!("{source}, no licence stated"),
            }));
        }
        if let Some(note) = view.settings.get("note") {
            graph.notes.insert(0, note.trim_end_matches('.').to_owned());
        }
        let span = match (choice.from, choice.to) {
            (Some(from), Some(to)) => Some(format!("{from} to {to}")),
            (Some(from), None) => Some(format!("from {from}")),
            (None, Some(to)) => Some(format!("to {to}")),
            (None, None) => None,
        };
        let day = as_of.map(|day| match (choice.at, choice.certain) {
            (None, _) => format!("as of {day}"),
            (Some(_), true) => format!("what certainly held {day}"),
            (Some(_), false) => format!("what held, or may have held, {day}"),
        });
        graph.as_of = Some([span, day].into_iter().flatten().collect::<Vec<_>>().join(" · ")).filter(|text| !text.is_empty());
    }
}

/// Whether a view's ties lead from one thing to the other.
pub fn is_directed(view: &Question) -> bool {
    view.settings.get("directed").is_none_or(|directed| directed != "no")
}
