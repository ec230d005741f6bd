//! civigraph turns what people write down about organizations, networks and initiatives into a graph that can be
//! trusted: records in, cited RDF out, with every finding at its file and cell.
//!
//! The path of the data, on the project of the folder it runs in:
//!
//! ```
//! use civigraph::{pipeline, project::Project, query, store::Store};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let project = Project::find(".".as_ref())?; // civigraph.toml, ontology/, data/, queries/
//! let made = pipeline::make(&project)?; // records → quads → checks → rules → checks
//! for finding in made.findings.iter() {
//!     println!("{}: {}", finding.location, finding.message);
//! }
//! let store = Store::from(made.dataset.ok_or("the findings say what is broken")?);
//! let (opened, _) = pipeline::open(&project)?; // prefixes, kinds and keys, for asking
//! let question = query::parse("ASK { GRAPH ?cited { ?network a cg:Network } }", &opened.ontology.prefixes)?;
//! let answer = store.query(question, None)?;
//! # assert!(matches!(answer, oxigraph::sparql::QueryResults::Boolean(true)));
//! # Ok(())
//! # }
//! ```
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
pub mod iri;
pub mod lift;
pub mod limits;
pub mod location;
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
pub mod source;
pub mod sparql;
pub mod stop;
pub mod store;
pub mod tie;
pub mod unfinished;
#[cfg(feature = "diagram")]
pub mod view;
pub mod vocab;
pub mod why;

#[cfg(feature = "diagram")]
pub use civigraph_diagram::{self as diagram, text};
pub use civigraph_shacl as shacl;
pub use civigraph_values as values;
