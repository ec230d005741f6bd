//! `EXISTS` and `NOT EXISTS`: asked once where nothing ties the pattern to its row; as one join where that is less work
//! ([`semi`]); otherwise each pattern inside begins with what the row, and the patterns before it, have bound. The evaluator joins the
//! patterns of an `EXISTS` as they are written, each on its own: one that the row does not touch is read from end to end for every row.
//!
//! All keep exactly the answers: what is inside is joined with the row it is asked of either way.

use std::collections::BTreeSet;

use oxigraph::model::{Literal, Variable};
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};

use super::count::{Counts, size};
use super::semi::{self, Joins};
use super::{graph, walk};

/// Rewrites every `EXISTS` of a query's pattern.
pub fn rewrite(pattern: &mut GraphPattern, joins: Joins<'_>) {
    Rewriting { joins, made: 0 }.go(pattern, &Place { in_graph: false, outer: BTreeSet::new(), own: true, limit: None });
}

/// Where a pattern stands.
#[derive(Clone)]
struct Place {
    /// Within `GRAPH` with a variable, whose name is put into every pattern.
    in_graph: bool,
    /// What rows around it have bound: those that an `EXISTS` around it is asked of.
    outer: BTreeSet<Variable>,
    /// Whether all its rows are made, once: they are the query's own, and not found anew for rows of something else.
    own: bool,
    /// How many of its rows are enough, as far as that is known.
    limit: Option<usize>,
}

struct Rewriting<'c> {
    joins: Joins<'c>,
    made: usize,
}

impl Rewriting<'_> {
    fn go(&mut self, pattern: &mut GraphPattern, place: &Place) {
        let in_graph = place.in_graph || matches!(pattern, GraphPattern::Graph { name: NamedNodePattern::Variable(_), .. });
        let place = &Place { in_graph, ..place.clone() };
        if let GraphPattern::Filter { .. } = pattern {
            return self.filter(pattern, place);
        }
        let bound = semi::in_scope(pattern);
        for expression in walk::expressions(pattern) {
            self.within(expression, &bound, place);
        }
        let apart = Place { own: false, limit: None, ..place.clone() };
        let whole = Place { limit: None, ..place.clone() };
        match pattern {
            GraphPattern::Project { inner, .. } | GraphPattern::Extend { inner, .. } | GraphPattern::Reduced { inner } => {
                self.go(inner, place);
            }
            GraphPattern::Slice { inner, start, length } => {
                let limit = length.map(|length| start.saturating_add(length));
                self.go(inner, &Place { limit: limit.or(place.limit), ..place.clone() });
            }
            GraphPattern::Distinct { inner } | GraphPattern::OrderBy { inner, .. } | GraphPattern::Group { inner, .. } => {
                self.go(inner, &whole);
            }
            GraphPattern::Union { left, right } => {
                self.go(left, place);
                self.go(right, place);
            }
            GraphPattern::LeftJoin { left, right, .. } => {
                self.go(left, place);
                self.go(right, &apart);
            }
            GraphPattern::Minus { left, right } => {
                self.go(left, place);
                self.go(right, &whole);
            }
            other => {
                for inner in walk::inner(other) {
                    self.go(inner, &apart);
                }
            }
        }
    }

    /// What is known of a row is all that its filter sees. A variable that the row may leave unbound counts as bound: that only
    /// changes the order of work.
    fn filter(&mut self, pattern: &mut GraphPattern, place: &Place) {
        let GraphPattern::Filter { expr, inner } = pattern else { return };
        let bound = semi::in_scope(inner);
        let mut conjuncts = Vec::new();
        split(std::mem::replace(expr, Literal::from(true).into()), &mut conjuncts);
        let mut rows = std::mem::take(&mut **inner);
        let mut joins = Vec::new();
        let mut kept = Vec::new();
        let free = Place { in_graph: false, own: place.own && place.outer.is_empty(), outer: BTreeSet::new(), limit: None };
        for mut conjunct in conjuncts {
            match asked(&mut conjunct) {
                Some((pattern, wanted)) if !place.in_graph && sees_nothing(pattern, &bound, &place.outer) => {
                    let mut pattern = std::mem::take(pattern);
                    self.go(&mut pattern, &Place { limit: Some(1), ..free.clone() });
                    joins.push((pattern, Vec::new(), wanted));
                    continue;
                }
                Some((pattern, wanted)) if !place.in_graph && place.own && place.outer.is_empty() => {
                    if let Some(keys) = self.joins.keys(&rows, pattern, place.limit, lookups) {
                        let mut pattern = std::mem::take(pattern);
                        self.go(&mut pattern, &free);
                        joins.push((pattern, keys, wanted));
                        continue;
                    }
                }
                _ => {}
            }
            self.within(&mut conjunct, &bound, place);
            kept.push(conjunct);
        }
        self.go(&mut rows, place);
        for (asked, keys, wanted) in joins {
            rows = match (keys.is_empty(), wanted) {
                (false, wanted) => semi::joined(rows, asked, keys, wanted),
                (true, true) => with(rows, asked),
                (true, false) => without(rows, asked, &mut self.made),
            };
        }
        *pattern = match kept.into_iter().reduce(|left, right| Expression::And(Box::new(left), Box::new(right))) {
            Some(expr) => GraphPattern::Filter { expr, inner: Box::new(rows) },
            None => rows,
        };
    }

    fn within(&mut self, expression: &mut Expression, bound: &BTreeSet<Variable>, place: &Place) {
        if let Expression::Exists(pattern) = expression {
            let outer = bound | &place.outer;
            self.go(pattern, &Place { in_graph: place.in_graph, outer: outer.clone(), own: false, limit: Some(1) });
            chain(pattern, &outer);
        }
        for part in walk::parts(expression) {
            self.within(part, bound, place);
        }
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

/// The pattern of an `EXISTS`, or with false of a `NOT EXISTS`.
fn asked(expression: &mut Expression) -> Option<(&mut GraphPattern, bool)> {
    match expression {
        Expression::Exists(pattern) => Some((pattern, true)),
        Expression::Not(inner) => match &mut **inner {
            Expression::Exists(pattern) => Some((pattern, false)),
            _ => None,
        },
        _ => None,
    }
}

/// Whether none of a pattern's variables, wherever inside, has a value from around it. What else in the query is called the same
/// is something else.
fn sees_nothing(pattern: &GraphPattern, row: &BTreeSet<Variable>, outer: &BTreeSet<Variable>) -> bool {
    let mut seen = false;
    graph::visit(&mut pattern.clone(), &mut |variable| seen |= row.contains(variable) || outer.contains(variable));
    !seen
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

/// How many times something is looked up to ask a pattern of one row, if nothing is found: the patterns in the order of [`chain`].
fn lookups(pattern: &GraphPattern, bound: &BTreeSet<Variable>, counts: &dyn Counts) -> f64 {
    let pattern = match pattern {
        GraphPattern::Filter { inner, .. } | GraphPattern::Graph { inner, .. } => return lookups(inner, bound, counts),
        other => other,
    };
    let mut items = Vec::new();
    let mut known = bound.clone();
    if !flatten(pattern, None, &mut items) {
        return size(pattern, bound, counts).work;
    }
    let (mut rows, mut lookups) = (1.0, 0.0);
    while !items.is_empty() {
        let next = (0..items.len()).min_by_key(|index| cost(&items[*index], &known)).unwrap_or(0);
        let item = items.remove(next);
        lookups += rows;
        rows *= size(&item, &known, counts).rows;
        known.extend(semi::in_scope(&item));
    }
    lookups
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
    use super::super::Joins;
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
                    let store = Store::from(dataset.clone());
                    let own = rows(store.query_joined(query(), Joins::Never, None).expect("an answer"));
                    let plain = SparqlEvaluator::new().for_query(query()).on_queryable_dataset(dataset.clone()).execute();
                    assert_eq!(own, rows(plain.expect("an answer")), "{text}");
                    let joined = rows(store.query_joined(query(), Joins::Always, None).expect("an answer"));
                    assert_eq!(own, joined, "with joins: {text}");
                    some += usize::from(!own.is_empty());
                }
            }
        }
        assert!(some > 60, "only {some} of the queries have rows");
    }
}
