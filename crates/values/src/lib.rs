//! Values as people write them in reports: dates in doubt and numbers with a qualifier, each kept as written beside the
//! bounds that it implies. Knows no RDF and no file; what reads, draws and asks all stand on it.
#![warn(missing_docs)]

pub mod edtf;
pub mod number;
pub mod period;
pub mod spoken;
pub mod text;
pub mod written;

/// The examples of the README are compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
