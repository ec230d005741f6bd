//! civigraph turns what people write down about organizations, networks and initiatives into a graph that can be
//! trusted: records in, cited RDF out, with every finding at its file and cell.
#![warn(missing_docs)]

pub mod check;
pub mod cli;
pub mod dataset;
pub mod description;
pub mod diagram;
pub mod export;
pub mod find;
pub mod finding;
pub mod infer;
pub mod iri;
pub mod lift;
pub mod location;
pub mod nearest;
pub mod ontology;
pub mod path;
pub mod pipeline;
pub mod project;
pub mod query;
pub mod record;
pub mod schema;
pub mod shacl;
pub mod source;
pub mod store;
pub mod text;
pub mod tie;
pub mod view;
pub mod vocab;
