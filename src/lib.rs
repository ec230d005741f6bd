//! civigraph: the knowledge-graph builder for organizations, networks and initiatives.

pub mod diagram;
pub mod text;
