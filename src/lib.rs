//! civigraph turns what people write down about organizations, networks and initiatives into a graph that can be
//! trusted: records in, cited RDF out, with every finding at its file and cell.
//!
//! The path of the data, on the project of the folder it runs in:
//!
//! ```
//! use civigraph::session::{Asking, Session};
//! use civigraph::{oxigraph::sparql::QueryResults, pipeline, project::Project, store::Store};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let project = Project::find(".".as_ref())?; // civigraph.toml, ontology/, data/, queries/
//! let made = pipeline::make(&project)?; // records → quads → checks → rules → checks
//! for finding in made.findings.iter() {
//!     println!("{}: {}", finding.location, finding.message);
//! }
//! let store = Store::from(made.dataset.ok_or("the findings say what is broken")?);
//! let session = Session::over(project, store)?; // `Session::open` takes the graph that was last built
//! let text = "ASK { GRAPH ?cited { ?network a cg:Network } }".to_owned();
//! let prepared = session.prepare(&Asking { text, ..Asking::default() })?;
//! assert!(matches!(session.answer(prepared, None)?, QueryResults::Boolean(true)));
//! # Ok(())
//! # }
//! ```
//!
//! `examples/embed.rs` is a program that builds, asks and draws; STABILITY.md says what may change.
#![warn(missing_docs)]

pub mod bounded;
pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod dataset;
pub mod description;
pub mod door;
pub mod entity;
pub mod export;
pub mod find;
pub mod finding;
pub mod fold;
pub mod infer;
pub mod inputs;
pub mod iri;
pub mod lift;
pub mod limits;
pub mod location;
pub mod marked;
pub mod matching;
pub mod mend;
pub mod nearest;
#[cfg(feature = "diagram")]
pub mod network;
pub mod ontology;
pub mod parallel;
pub mod path;
pub mod pipeline;
pub mod project;
pub mod query;
pub mod record;
pub mod schema;
pub mod sealed;
pub mod session;
pub mod source;
pub mod sparql;
pub mod stop;
pub mod store;
pub mod template;
pub mod tie;
pub mod unfinished;
#[cfg(feature = "diagram")]
pub mod view;
pub mod vocab;
pub mod why;
pub mod world;

#[cfg(feature = "diagram")]
pub use civigraph_diagram::{self as diagram, text};
pub use civigraph_shacl as shacl;
pub use civigraph_values as values;
pub use oxigraph;
