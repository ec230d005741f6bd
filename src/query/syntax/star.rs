//! The columns of `SELECT *`: the variables in the order in which the text names them, where the parser sorts them by name.

use oxigraph::model::Variable;
use spargebra::Query;
use spargebra::algebra::GraphPattern;

use super::token::{Kind, Token};

/// Puts the columns of a query in the order of its text, if it selects them all with a star.
pub fn order(text: &str, tokens: &[Token], query: &mut Query) {
    let Query::Select { pattern, .. } = query else { return };
    let mut words = tokens.iter().filter(|token| token.kind != Kind::Comment).skip_while(|token| !is(token, text, "select")).skip(1);
    let star = words.find(|token| !is(token, text, "distinct") && !is(token, text, "reduced"));
    if star.is_none_or(|token| token.text(text) != "*") {
        return;
    }
    let Some(columns) = columns(pattern) else { return };
    let named = |column: &Variable| {
        tokens.iter().filter(|token| token.kind == Kind::Variable).position(|token| token.text(text).get(1..) == Some(column.as_str()))
    };
    columns.sort_by_cached_key(|column| named(column).unwrap_or(usize::MAX));
}

fn is(token: &Token, text: &str, word: &str) -> bool {
    token.kind == Kind::Word && token.text(text).eq_ignore_ascii_case(word)
}

/// The columns of the outermost projection.
fn columns(pattern: &mut GraphPattern) -> Option<&mut Vec<Variable>> {
    match pattern {
        GraphPattern::Project { variables, .. } => Some(variables),
        GraphPattern::Distinct { inner } | GraphPattern::Reduced { inner } | GraphPattern::Slice { inner, .. } => columns(inner),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iri::Prefixes;
    use crate::query::syntax;

    #[test]
    fn a_star_keeps_the_order_of_the_text() {
        for (text, expected) in [
            ("SELECT * { ?s ?p ?o }", "s p o"),
            ("# SELECT ?o\nselect distinct * where { ?z ?b $a FILTER(?z != ?a) } ORDER BY ?a LIMIT 3 OFFSET 1", "z b a"),
            ("SELECT ?o ?s { ?s ?p ?o }", "o s"),
            ("SELECT * { { SELECT ?y ?x { ?x ?p ?y } } }", "y x"),
            ("SELECT ?o (2 * 3 AS ?b) { ?s ?p ?o }", "o b"),
        ] {
            let mut query = syntax::parse(text, &Prefixes::default()).expect("a query");
            let Query::Select { pattern, .. } = &mut query else { panic!("{text}") };
            let columns: Vec<&str> = columns(pattern).expect("a projection").iter().map(Variable::as_str).collect();
            assert_eq!(columns.join(" "), expected, "{text}");
        }
    }
}
