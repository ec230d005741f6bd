//! Rules give the same whether each round looks at everything or only at what is new.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use oxigraph::model::NamedNode;
use oxigraph::sparql::SparqlEvaluator;
use proptest::prelude::*;

use super::*;
use crate::dataset::Terms;

const E: &str = "http://example.org/";

/// Rules of every sort: closures, joins, negation of what is derived, twofold negation, paths, options, counts, graphs, new terms.
const RULES: [&str; 14] = [
    "CONSTRUCT { ?a e:p ?c } WHERE { ?a e:p ?b . ?b e:p ?c }",
    "CONSTRUCT { ?a e:q ?b } WHERE { ?a e:p ?b }",
    "CONSTRUCT { ?b e:p ?a } WHERE { ?a e:q ?b . ?b e:r ?a }",
    "CONSTRUCT { ?a a ?wider } WHERE { ?class e:sub+ ?wider . ?a a ?class }",
    "CONSTRUCT { ?a ?wide ?b } WHERE { ?narrow e:sub ?wide . ?a ?narrow ?b }",
    "CONSTRUCT { ?a e:s ?b } WHERE { ?a e:p ?b FILTER NOT EXISTS { ?b e:r ?x } }",
    "CONSTRUCT { ?a e:t ?a } WHERE { ?a e:p ?b FILTER NOT EXISTS { ?a e:q ?x FILTER NOT EXISTS { ?x e:s ?y } } }",
    "CONSTRUCT { ?a e:r ?c } WHERE { ?a e:q ?b OPTIONAL { ?b e:s ?o } BIND(COALESCE(?o, ?b) AS ?c) }",
    "CONSTRUCT { ?a e:u ?b } WHERE { { ?a e:r ?b } UNION { ?b e:s/e:p ?a } }",
    "CONSTRUCT { ?a e:v ?c } WHERE { ?a e:q ?b . ?b e:r* ?c }",
    "CONSTRUCT { ?a e:most ?n } WHERE { SELECT ?a (COUNT(?b) AS ?n) { ?a e:s ?b } GROUP BY ?a }",
    "CONSTRUCT { ?a e:told ?b } WHERE { GRAPH ?g { ?a e:u ?b } MINUS { ?a e:t ?b } }",
    "CONSTRUCT { ?n e:p ?a } WHERE { ?a e:t ?a BIND(IRI(CONCAT(STR(?a), 'x')) AS ?n) FILTER(STRLEN(STR(?a)) < 24) }",
    "CONSTRUCT { ?a e:w ?b } WHERE { ?a e:p ?b . ?b e:p ?a . ?a a ?c . VALUES ?c { e:C e:D } }",
];

fn rule(index: usize) -> Rule {
    let text = format!("PREFIX e: <{E}> {}", RULES[index]);
    let query = spargebra::SparqlParser::new().parse_query(&text).expect("the rule is SPARQL");
    let path: Arc<str> = Arc::from(format!("ontology/rules/r{index}.rq"));
    let asset = Asset { within: Arc::clone(&path), path, text, shipped: false, askers: false };
    Rule { name: format!("r{index}"), asset, query }
}

fn home(rule: &Rule) -> NamedNode {
    NamedNode::new_unchecked(format!("{E}inferred/{}", rule.name))
}

/// What each rule derives, by asking every rule of everything in every round.
fn naive(rules: &[Rule], terms: &mut Terms, mut quads: Vec<[Id; 4]>) -> BTreeMap<String, BTreeSet<String>> {
    let stated: HashSet<[Id; 3]> = quads.iter().filter(|quad| quad[3] == DEFAULT_GRAPH).map(|quad| [quad[0], quad[1], quad[2]]).collect();
    let mut derived: BTreeMap<String, BTreeSet<String>> = rules.iter().map(|rule| (rule.name.clone(), BTreeSet::new())).collect();
    loop {
        let dataset = Dataset::pack(terms, &quads);
        let mut grew = false;
        for rule in rules {
            let results = SparqlEvaluator::new().for_query(rule.query.clone()).on_queryable_dataset(dataset.clone()).execute();
            let Ok(QueryResults::Graph(triples)) = results else { unreachable!("a rule is a CONSTRUCT query") };
            for triple in triples {
                let triple = triple.expect("a graph in memory does not fail");
                let row = [terms.id(triple.subject.clone()), terms.id(triple.predicate.clone()), terms.id(triple.object.clone())];
                if !stated.contains(&row) && derived.entry(rule.name.clone()).or_default().insert(triple.to_string()) {
                    grew = true;
                    quads.push([row[0], row[1], row[2], terms.id(home(rule))]);
                    quads.push([row[0], row[1], row[2], DEFAULT_GRAPH]);
                }
            }
        }
        if !grew {
            return derived;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_is_new_is_enough(
        chosen in proptest::collection::btree_set(0..RULES.len(), 1..7),
        facts in proptest::collection::vec((0..7u8, 0..7u8, 0..7u8, 0..3u8), 1..30),
    ) {
        let rules: Vec<Rule> = chosen.into_iter().map(rule).collect();
        let mut terms = Terms::default();
        let mut quads = Vec::new();
        let node = |name: &str| NamedNode::new_unchecked(format!("{E}{name}"));
        for (s, p, o, g) in facts {
            let thing = |number: u8| node(["a", "b", "c", "C", "D", "f", "g"][usize::from(number)]);
            let property = match p {
                0 => crate::vocab::rdf::TYPE.into_owned(),
                1 => node("sub"),
                other => node(["p", "p", "p", "q", "r", "s", "u"][usize::from(other)]),
            };
            let row = [terms.id(thing(s)), terms.id(property), terms.id(thing(o))];
            quads.push([row[0], row[1], row[2], DEFAULT_GRAPH]);
            quads.push([row[0], row[1], row[2], terms.id(node(["g0", "g1", "g2"][usize::from(g)]))]);
        }
        let graph = Dataset::pack(&terms, &quads);
        let inferred = run(&rules, &graph, home).expect("what was just packed is whole");
        prop_assert!(inferred.findings.is_empty(), "{:?}", inferred.findings);
        let whole = graph.with(&inferred.additions.terms, &inferred.additions.quads).expect("what was just packed is whole");
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for rule in &rules {
            let graph = whole.find(home(rule).as_ref().into()).expect("it is whole");
            let triples = graph.into_iter().flat_map(|graph| whole.named_matches(None, None, None, Some(graph)));
            let term = |id| whole.term(id).expect("it is whole");
            let shown = triples.map(|row| row.expect("it is whole")).map(|[s, p, o, _]| format!("{} {} {}", term(s), term(p), term(o)));
            found.insert(rule.name.clone(), shown.collect());
        }
        prop_assert_eq!(found, naive(&rules, &mut terms, quads));
    }
}
