//! Asking: a SPARQL file with a header for people and `#+` lines for the program, or SPARQL text.
//!
//! The text is parsed within bounds ([`syntax`]), its parameters are typed ([`parameter`]), checked against the graph
//! ([`value`]) and bound as terms in the algebra ([`bind()`]), a day or period is compared there too ([`time`]), and the
//! answer leaves in one of its formats ([`answer`]).

pub mod answer;
pub mod bind;
pub mod drawing;
pub mod parameter;
pub mod question;
pub mod syntax;
pub mod time;
pub mod unknown;
pub mod value;

pub(crate) use bind::inner;
pub use bind::{asks_a_service, bind};
pub use parameter::{Parameter, ParameterKind};
pub use question::{HeaderError, Question, catalogue, named, questions_under, views};
pub use syntax::{SyntaxError, on_a_deep_stack, parse};
