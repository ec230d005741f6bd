//! `EXISTS` and `NOT EXISTS`: asked once where nothing ties the pattern to its row; otherwise each pattern inside begins with
//! what the row, and the patterns before it, have bound. The evaluator joins the patterns of an `EXISTS` as they are
//! written, each on its own: one that the row does not touch is read from end to end for every row.
//!
//! Both keep exactly the answers: what is inside is joined with the row it is asked of either way.

use std::collections::{BTreeSet, HashMap};

use oxigraph::model::{Literal, Variable};
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};

use super::{graph, walk};

/// Rewrites every `EXISTS` of a query's pattern.
pub fn rewrite(pattern: &mut GraphPattern) {
    let whole = occurrences(pattern);
    let mut made = 0;
    go(pattern, false, &whole, &mut made);
}

/// How often each variable stands in a pattern.
fn occurrences(pattern: &mut GraphPattern) -> HashMap<Variable, usize> {
    let mut counts = HashMap::new();
    graph::visit(pattern, &mut |variable| *counts.entry(variable.clone()).or_insert(0) += 1);
    counts
}

fn go(pattern: &mut GraphPattern, in_graph: bool, whole: &HashMap<Variable, usize>, made: &mut usize) {
    let in_graph = in_graph || matches!(pattern, GraphPattern::Graph { name: NamedNodePattern::Variable(_), .. });
    for inner in walk::inner(pattern) {
        go(inner, in_graph, whole, made);
    }
    // What the row has bound. A variable that it may leave unbound counts too: that only changes the order of work.
    let mut bound = BTreeSet::new();
    pattern.on_in_scope_variable(|variable| {
        bound.insert(variable.clone());
    });
    for expression in walk::expressions(pattern) {
        within(expression, &bound, in_graph, whole, made);
    }
    if let GraphPattern::Filter { expr, inner } = pattern
        && !in_graph
    {
        let mut conjuncts = Vec::new();
        split(std::mem::replace(expr, Literal::from(true).into()), &mut conjuncts);
        let mut rows = std::mem::take(&mut **inner);
        let mut kept = Vec::new();
        for conjunct in conjuncts {
            match asked_once(conjunct, whole) {
                Ok((asked, wanted)) => {
                    rows = if wanted { with(rows, asked) } else { without(rows, asked, made) };
                }
                Err(conjunct) => kept.push(conjunct),
            }
        }
        *pattern = match kept.into_iter().reduce(|left, right| Expression::And(Box::new(left), Box::new(right))) {
            Some(expr) => GraphPattern::Filter { expr, inner: Box::new(rows) },
            None => rows,
        };
    }
}

fn within(expression: &mut Expression, bound: &BTreeSet<Variable>, in_graph: bool, whole: &HashMap<Variable, usize>, made: &mut usize) {
    if let Expression::Exists(pattern) = expression {
        go(pattern, in_graph, whole, made);
        chain(pattern, bound);
    }
    for part in walk::parts(expression) {
        within(part, bound, in_graph, whole, made);
    }
}

fn split(expression: Expression, conjuncts: &mut Vec<Expression>) {
    match expression {
        Expression::And(left, right) => {
            split(*left, conjuncts);
            split(*right, conjuncts);
        }
        other => conjuncts.push(other),
    }
}

/// The pattern of an `EXISTS`, or with false of a `NOT EXISTS`, none of whose variables stands anywhere else in the query.
fn asked_once(expression: Expression, whole: &HashMap<Variable, usize>) -> Result<(GraphPattern, bool), Expression> {
    let alone = |pattern: &GraphPattern| {
        let own = occurrences(&mut pattern.clone());
        own.iter().all(|(variable, count)| whole.get(variable).is_none_or(|all| all <= count))
    };
    match expression {
        Expression::Exists(pattern) if alone(&pattern) => Ok((*pattern, true)),
        Expression::Not(inner) => match *inner {
            Expression::Exists(pattern) if alone(&pattern) => Ok((*pattern, false)),
            other => Err(Expression::Not(Box::new(other))),
        },
        other => Err(other),
    }
}

/// One empty row if the pattern has any.
fn any(pattern: GraphPattern) -> GraphPattern {
    let none = GraphPattern::Project { inner: Box::new(pattern), variables: Vec::new() };
    GraphPattern::Slice { inner: Box::new(none), start: 0, length: Some(1) }
}

fn with(rows: GraphPattern, asked: GraphPattern) -> GraphPattern {
    GraphPattern::Join { left: Box::new(any(asked)), right: Box::new(rows) }
}

fn without(rows: GraphPattern, asked: GraphPattern, made: &mut usize) -> GraphPattern {
    let mark = Variable::new_unchecked(format!("_exists_{made}"));
    *made += 1;
    let marked = GraphPattern::Extend { inner: Box::new(any(asked)), variable: mark.clone(), expression: Literal::from(true).into() };
    let rows = GraphPattern::LeftJoin { left: Box::new(rows), right: Box::new(marked), expression: None };
    GraphPattern::Filter { expr: Expression::Not(Box::new(Expression::Bound(mark))), inner: Box::new(rows) }
}

/// Lays the patterns of a join out one behind the other, if it has nothing but triples, paths and data.
fn chain(pattern: &mut GraphPattern, bound: &BTreeSet<Variable>) {
    match pattern {
        GraphPattern::Filter { inner, .. } => return chain(inner, bound),
        GraphPattern::Graph { inner, .. } => return chain(inner, bound),
        _ => {}
    }
    let mut items = Vec::new();
    if !flatten(pattern, None, &mut items) || items.len() < 2 {
        return;
    }
    let mut known = bound.clone();
    let mut chained: Option<GraphPattern> = None;
    while !items.is_empty() {
        let next = (0..items.len()).min_by_key(|index| cost(&items[*index], &known)).unwrap_or(0);
        let item = items.remove(next);
        item.on_in_scope_variable(|variable| {
            known.insert(variable.clone());
        });
        chained = Some(match chained {
            None => item,
            Some(before) => GraphPattern::Lateral { left: Box::new(before), right: Box::new(item) },
        });
    }
    if let Some(chained) = chained {
        *pattern = chained;
    }
}

/// The single patterns of a join, each in its graph; false if there is anything else.
fn flatten(pattern: &GraphPattern, name: Option<&NamedNodePattern>, items: &mut Vec<GraphPattern>) -> bool {
    let mut push = |item: GraphPattern| {
        items.push(match name {
            None => item,
            Some(name) => GraphPattern::Graph { name: name.clone(), inner: Box::new(item) },
        });
    };
    match pattern {
        GraphPattern::Bgp { patterns } if !patterns.is_empty() => {
            patterns.iter().for_each(|triple| push(GraphPattern::Bgp { patterns: vec![triple.clone()] }));
            true
        }
        GraphPattern::Path { .. } => {
            push(pattern.clone());
            true
        }
        GraphPattern::Values { .. } if name.is_none() => {
            push(pattern.clone());
            true
        }
        GraphPattern::Graph { name, inner } => flatten(inner, Some(name), items),
        GraphPattern::Join { left, right } | GraphPattern::Lateral { left, right } => {
            flatten(left, name, items) && flatten(right, name, items)
        }
        _ => false,
    }
}

/// Roughly how many rows a pattern has once some variables are bound: few ends known, many rows.
fn cost(pattern: &GraphPattern, known: &BTreeSet<Variable>) -> u64 {
    let term = |term: &TermPattern| match term {
        TermPattern::Variable(variable) => known.contains(variable),
        TermPattern::NamedNode(_) | TermPattern::Literal(_) => true,
        TermPattern::BlankNode(_) => false,
    };
    let ends = |subject: bool, predicate: bool, object: bool| match (subject, predicate, object) {
        (true, true, true) => 1,
        (true, false, true) => 2,
        (true, true, false) => 10,
        (true, false, false) => 100,
        (false, true, true) => 1_000,
        (false, false, true) => 10_000,
        (false, true, false) => 1_000_000,
        (false, false, false) => 1_000_000_000,
    };
    match pattern {
        GraphPattern::Bgp { patterns } => patterns
            .iter()
            .map(|TriplePattern { subject, predicate, object }| {
                let predicate = match predicate {
                    NamedNodePattern::NamedNode(_) => true,
                    NamedNodePattern::Variable(variable) => known.contains(variable),
                };
                ends(term(subject), predicate, term(object))
            })
            .min()
            .unwrap_or(1),
        GraphPattern::Path { subject, object, .. } => ends(term(subject), true, term(object)).saturating_mul(20),
        GraphPattern::Values { bindings, .. } => bindings.len() as u64,
        GraphPattern::Graph { inner, .. } => cost(inner, known),
        _ => u64::MAX,
    }
}

#[cfg(test)]
mod tests {
    use crate::dataset::{DEFAULT_GRAPH, Dataset, Terms};
    use crate::store::Store;
    use oxigraph::model::{NamedNode, Term};
    use oxigraph::sparql::{QueryResults, SparqlEvaluator};

    fn dataset() -> Dataset {
        let mut terms = Terms::default();
        let mut quads = Vec::new();
        for n in 0..6_usize {
            for (property, to) in [("p", n * 2 % 5), ("q", n + 1), ("r", n % 3)] {
                let node = |name: String| Term::from(NamedNode::new_unchecked(format!("urn:{name}")));
                let row = [node(format!("n{n}")), node(property.to_owned()), node(format!("n{to}"))].map(|term| terms.id(term));
                let graph = terms.id(node(format!("g{}", n % 2)));
                if (n + to) % 4 != 1 {
                    quads.push([row[0], row[1], row[2], DEFAULT_GRAPH]);
                    quads.push([row[0], row[1], row[2], graph]);
                }
            }
        }
        Dataset::pack(&terms, &quads)
    }

    fn rows(results: QueryResults<'_>) -> Vec<String> {
        let QueryResults::Solutions(rows) = results else { panic!("rows") };
        let columns = rows.variables().to_vec();
        let row = |row: oxigraph::sparql::QuerySolution| columns.iter().map(|column| format!("{:?}", row.get(column))).collect::<String>();
        let mut rows: Vec<String> = rows.map(|found| row(found.expect("a row"))).collect();
        rows.sort();
        rows
    }

    #[test]
    fn what_exists_is_what_the_evaluator_finds_without_the_rewriting() {
        let dataset = dataset();
        let mut some = 0;
        for outer in
            ["?a <urn:p> ?b", "?a <urn:p> ?b OPTIONAL { ?b <urn:q> ?c }", "GRAPH ?g { ?a <urn:p> ?b }", "VALUES ?a { <urn:n1> <urn:n4> }"]
        {
            for inner in [
                "?x <urn:p> ?y . ?y <urn:q> ?z",
                "?x <urn:p> ?y . ?y <urn:nothing> ?z",
                "?x <urn:q> ?y . ?y <urn:r> ?a",
                "?b <urn:q> ?y . ?y <urn:r> ?c",
                "GRAPH ?g { ?a <urn:q> ?y . ?y <urn:r> ?z }",
                "GRAPH ?h { ?x <urn:q> ?y } ?y <urn:r> ?a FILTER(?h != ?a)",
                "?a <urn:p>+ ?y . ?y <urn:r> ?y",
                "?a <urn:q> ?y FILTER NOT EXISTS { ?y <urn:p> ?b . ?x <urn:r> ?y }",
                "?x <urn:q> ?y FILTER NOT EXISTS { ?u <urn:p> ?v . ?v <urn:r> ?y }",
                "{ SELECT ?a { ?a <urn:r> ?y } }",
                "{ ?a <urn:q> <urn:n2> } UNION { ?b <urn:q> ?y }",
            ] {
                for filter in ["EXISTS {I}", "NOT EXISTS {I}", "NOT EXISTS {I} && ?a != <urn:n3>", "?a = <urn:n3> || EXISTS {I}"] {
                    let text = format!("SELECT * {{ {outer} FILTER({}) }}", filter.replace("{I}", &format!("{{ {inner} }}")));
                    let query = || spargebra::SparqlParser::new().parse_query(&text).expect("SPARQL");
                    let own = rows(Store::from(dataset.clone()).query(query(), None).expect("an answer"));
                    let plain = SparqlEvaluator::new().for_query(query()).on_queryable_dataset(dataset.clone()).execute();
                    assert_eq!(own, rows(plain.expect("an answer")), "{text}");
                    some += usize::from(!own.is_empty());
                }
            }
        }
        assert!(some > 60, "only {some} of the queries have rows");
    }
}
