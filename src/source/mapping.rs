//! The mapping language: what `source.toml` says of a file that was not written for civigraph, and how its rows become records.
//!
//! A row is a mapping of columns to values, whether it was a line of a table, a line of a sheet or an object in JSON. What a
//! mapping says of it is data; the same machinery reads the mappings that ship (`mappings/*.toml`).

pub mod amount;
pub mod convert;
pub mod date;
pub mod engine;
pub mod path;
pub mod settings;
pub mod template;
pub mod value;

pub use engine::Engine;
pub use settings::{RecordSpec, TableSettings, Unknown};
