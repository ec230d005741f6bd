//! civigraph: the knowledge-graph builder.

pub mod shacl;
