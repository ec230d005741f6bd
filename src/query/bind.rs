//! Binding parameters as terms in the query's algebra, so that no value is ever pasted into its text.

use oxigraph::model::{NamedNode, Term, Variable};
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use spargebra::term::GroundTerm;

pub(crate) use crate::sparql::walk::inner;
pub(super) use crate::sparql::walk::pattern;

/// Binds variables of a query to terms.
///
/// A `VALUES` block of just that variable holds its default, and its rows are replaced; otherwise the binding is joined
/// to the outermost pattern.
pub fn bind(query: Query, bindings: &[(String, Term)]) -> Query {
    let mut query = query;
    for (name, term) in bindings {
        let variable = Variable::new_unchecked(name.clone());
        let ground: GroundTerm = match term.clone() {
            Term::NamedNode(node) => node.into(),
            Term::Literal(literal) => literal.into(),
            Term::BlankNode(_) => continue,
        };
        let pattern = pattern(&mut query);
        if !replace_values(pattern, &variable, &ground) {
            join_values(pattern, &variable, ground);
        }
    }
    query
}

fn replace_values(pattern: &mut GraphPattern, variable: &Variable, term: &GroundTerm) -> bool {
    if let GraphPattern::Values { variables, bindings } = pattern {
        if variables.len() == 1 && variables[0] == *variable {
            *bindings = vec![vec![Some(term.clone())]];
            return true;
        }
        return false;
    }
    let mut replaced = false;
    for inner in inner(pattern) {
        replaced |= replace_values(inner, variable, term);
    }
    replaced
}

fn join_values(pattern: &mut GraphPattern, variable: &Variable, term: GroundTerm) {
    match pattern {
        GraphPattern::Project { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. }
        | GraphPattern::OrderBy { inner, .. }
        | GraphPattern::Group { inner, .. }
        | GraphPattern::Extend { inner, .. } => join_values(inner, variable, term),
        other => {
            let values = GraphPattern::Values { variables: vec![variable.clone()], bindings: vec![vec![Some(term)]] };
            let old = std::mem::take(other);
            *other = GraphPattern::Join { left: Box::new(values), right: Box::new(old) };
        }
    }
}

/// Whether a query asks another endpoint, which is refused. One that is asked `SILENT` need not answer.
pub fn asks_a_service(query: &Query) -> Option<NamedNode> {
    fn find(pattern: &mut GraphPattern) -> Option<NamedNode> {
        if let GraphPattern::Service { name, silent: false, .. } = pattern {
            return Some(match name {
                spargebra::term::NamedNodePattern::NamedNode(node) => node.clone(),
                spargebra::term::NamedNodePattern::Variable(variable) => {
                    NamedNode::new_unchecked(format!("urn:variable:{}", variable.as_str()))
                }
            });
        }
        inner(pattern).into_iter().find_map(find)
    }
    let mut query = query.clone();
    find(pattern(&mut query))
}
