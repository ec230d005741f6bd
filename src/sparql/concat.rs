//! `GROUP_CONCAT` as SPARQL 1.1 §18.5.1.7 has it: a plain string, without the language of what it is made of. Numbers, days
//! and IRIs are taken by their text, as `STR` gives it, where the evaluator gives nothing at all.

use oxigraph::model::{Literal, NamedNode, Term};
use oxigraph::sparql::{AggregateFunctionAccumulator, SparqlEvaluator};
use spargebra::algebra::{AggregateExpression, AggregateFunction, GraphPattern};

use super::walk;

fn name(index: usize) -> NamedNode {
    NamedNode::new_unchecked(format!("urn:civigraph:concat:{index}"))
}

/// Puts functions of our own in the place of `GROUP_CONCAT`, one for each separator; gives the separators.
pub fn rewrite(pattern: &mut GraphPattern) -> Vec<String> {
    let mut separators: Vec<String> = Vec::new();
    walk::each(pattern, &mut |pattern| {
        let GraphPattern::Group { aggregates, .. } = pattern else { return };
        for (_, aggregate) in aggregates {
            let AggregateExpression::FunctionCall { name: function, .. } = aggregate else { continue };
            let AggregateFunction::GroupConcat { separator } = function else { continue };
            let separator = separator.take().unwrap_or_else(|| " ".to_owned());
            let index = separators.iter().position(|known| *known == separator).unwrap_or_else(|| {
                separators.push(separator);
                separators.len() - 1
            });
            *function = AggregateFunction::Custom(name(index));
        }
    });
    separators
}

/// The evaluator with the function for a separator.
pub fn function(evaluator: SparqlEvaluator, index: usize, separator: String) -> SparqlEvaluator {
    evaluator
        .with_custom_aggregate_function(name(index), move || Box::new(Concat { text: None, failed: false, separator: separator.clone() }))
}

struct Concat {
    text: Option<String>,
    failed: bool,
    separator: String,
}

impl AggregateFunctionAccumulator for Concat {
    fn accumulate(&mut self, element: Term) {
        let value = match &element {
            Term::NamedNode(node) => node.as_str(),
            Term::Literal(literal) => literal.value(),
            // A blank node has no text: an error, as STR of it is.
            Term::BlankNode(_) => {
                self.failed = true;
                return;
            }
        };
        match &mut self.text {
            Some(text) => {
                text.push_str(&self.separator);
                text.push_str(value);
            }
            None => self.text = Some(value.to_owned()),
        }
    }

    fn finish(&mut self) -> Option<Term> {
        (!self.failed).then(|| Literal::from(self.text.take().unwrap_or_default()).into())
    }
}
