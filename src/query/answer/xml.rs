//! SPARQL Query Results XML Format (Second Edition): written here because a carriage return must be a reference to come back as one,
//! and because XML 1.0 has no control characters, so that a row with one is refused and not written into a file no reader takes.

use std::io::{self, Write};

use oxigraph::model::{Term, Variable};

use crate::values::text::{escape, is_xml};
use crate::vocab::xsd;

/// Begins the document.
///
/// # Errors
/// The output could not be written.
pub fn begin(variables: &[Variable], out: &mut dyn Write) -> io::Result<()> {
    write!(out, "<?xml version=\"1.0\"?><sparql xmlns=\"http://www.w3.org/2005/sparql-results#\"><head>")?;
    for variable in variables {
        write!(out, "<variable name=\"{}\"/>", escape(variable.as_str()))?;
    }
    write!(out, "</head><results>")
}

/// Writes a row.
///
/// # Errors
/// The output could not be written.
pub fn row<'r>(bindings: impl Iterator<Item = (&'r Variable, &'r Term)>, out: &mut dyn Write) -> io::Result<()> {
    // A reader makes a line feed of a carriage return that is not written as a reference (XML 1.0, section 2.11).
    let text = |text: &str| escape(text).replace('\r', "&#13;");
    write!(out, "<result>")?;
    for (variable, term) in bindings {
        write!(out, "<binding name=\"{}\">", escape(variable.as_str()))?;
        match term {
            Term::NamedNode(node) => write!(out, "<uri>{}</uri>", text(node.as_str()))?,
            Term::BlankNode(blank) => write!(out, "<bnode>{}</bnode>", text(blank.as_str()))?,
            Term::Literal(literal) => {
                let kind = match (literal.language(), literal.datatype()) {
                    (Some(language), _) => format!(" xml:lang=\"{}\"", escape(language)),
                    (None, xsd::STRING) => String::new(),
                    (None, datatype) => format!(" datatype=\"{}\"", escape(datatype.as_str())),
                };
                write!(out, "<literal{kind}>{}</literal>", text(literal.value()))?;
            }
        }
        write!(out, "</binding>")?;
    }
    write!(out, "</result>")
}

/// Ends the document.
///
/// # Errors
/// The output could not be written.
pub fn end(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "</results></sparql>")
}

/// The first character of a term that XML cannot hold.
pub fn odd(term: &Term) -> Option<char> {
    let text = match term {
        Term::NamedNode(node) => node.as_str(),
        Term::BlankNode(blank) => blank.as_str(),
        Term::Literal(literal) => literal.value(),
    };
    text.chars().find(|c| !is_xml(*c))
}
