//! Rules: SPARQL CONSTRUCT files run to a fixpoint, each rule's results in a graph of its own.
//!
//! The graph's name is the reason: `graph/inferred/{rule}` holds all that the rule derives and nobody stated, so a
//! derived statement can be explained, and a rule switched off by deleting its file. What a rule derives does not depend
//! on the order of the rules.

use std::collections::{BTreeMap, HashSet};

use oxigraph::model::{NamedOrBlankNode, Term, Triple};
use oxigraph::sparql::QueryResults;
use spargebra::Query;

use crate::dataset::{DEFAULT_GRAPH, Dataset, Id, Terms};
use crate::finding::Finding;
use crate::iri::Prefixes;
use crate::location::Location;
use crate::project::{Asset, Project, ProjectError};
use crate::sparql;

/// After so many rounds a set of rules is taken to have no end.
const ROUND_LIMIT: usize = 64;

/// A rule, parsed.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The name: the file's stem, and the last part of its graph's name.
    pub name: String,
    /// The file.
    pub asset: Asset,
    query: Query,
}

impl Rule {
    /// The CONSTRUCT query.
    pub fn query(&self) -> &Query {
        &self.query
    }
}

/// Reads the rules of a project, by name; what is no CONSTRUCT query is a finding.
///
/// # Errors
/// A file cannot be read.
pub fn rules(project: &Project, prefixes: &Prefixes) -> Result<(Vec<Rule>, Vec<Finding>), ProjectError> {
    let mut rules = Vec::new();
    let mut findings = Vec::new();
    for asset in project.assets("ontology/rules", "rq")? {
        match crate::query::parse(&asset.text, prefixes) {
            Ok(query @ Query::Construct { .. }) => rules.push(Rule { name: asset.stem().to_owned(), query, asset }),
            Ok(_) => findings.push(Finding::error("unreadable-file", "a rule is a CONSTRUCT query", Location::file(&asset.path))),
            Err(error) => findings.push(error.finding(&asset.path)),
        }
    }
    Ok((rules, findings))
}

/// Runs the rules until none derives anything new.
///
/// `quads` holds the stated quads with the default graph among them; what is derived is added, to the default graph and
/// to the graph that `graph_of` gives for the rule. Gives, for each rule, how many statements it derived.
/// Costs, per round, one packing of all quads and one evaluation of each rule.
pub fn run(
    rules: &[Rule],
    terms: &mut Terms,
    quads: &mut Vec<[Id; 4]>,
    graph_of: impl Fn(&Rule) -> oxigraph::model::NamedNode,
) -> (BTreeMap<String, usize>, Vec<Finding>) {
    let mut findings = Vec::new();
    let stated: HashSet<[Id; 3]> = quads.iter().filter(|quad| quad[3] == DEFAULT_GRAPH).map(|quad| [quad[0], quad[1], quad[2]]).collect();
    let mut derived: Vec<HashSet<[Id; 3]>> = vec![HashSet::new(); rules.len()];
    let mut broken = vec![false; rules.len()];
    for round in 0.. {
        let dataset = Dataset::pack(terms, quads);
        let mut grew = false;
        for (index, rule) in rules.iter().enumerate() {
            if broken[index] {
                continue;
            }
            match construct(rule, &dataset) {
                Ok(triples) => {
                    for triple in triples {
                        let row = [terms.id(triple.subject), terms.id(triple.predicate), terms.id(triple.object)];
                        if !stated.contains(&row) && derived[index].insert(row) {
                            grew = true;
                            let graph = terms.id(graph_of(rule));
                            quads.push([row[0], row[1], row[2], graph]);
                            quads.push([row[0], row[1], row[2], DEFAULT_GRAPH]);
                        }
                    }
                }
                Err(message) => {
                    broken[index] = true;
                    findings.push(Finding::error(&rule.name, message, Location::file(&rule.asset.path)));
                }
            }
        }
        if !grew {
            break;
        }
        if round == ROUND_LIMIT {
            for rule in rules {
                let message = format!("the rules had not come to an end after {ROUND_LIMIT} rounds; one makes ever new values");
                findings.push(Finding::error(&rule.name, message, Location::file(&rule.asset.path)));
            }
            break;
        }
    }
    (rules.iter().zip(&derived).map(|(rule, rows)| (rule.name.clone(), rows.len())).collect(), findings)
}

/// What a rule derives from a dataset, sorted.
fn construct(rule: &Rule, dataset: &Dataset) -> Result<Vec<Triple>, String> {
    let (evaluator, query) = sparql::prepared(rule.query.clone());
    let results = evaluator
        .for_query(query)
        .on_queryable_dataset(dataset.clone())
        .execute()
        .map_err(|error| format!("the rule cannot be run: {error}"))?;
    let QueryResults::Graph(triples) = results else {
        return Err("a rule is a CONSTRUCT query".to_owned());
    };
    let mut derived = Vec::new();
    for triple in triples {
        let triple = triple.map_err(|error| format!("the rule cannot be run: {error}"))?;
        if matches!(triple.subject, NamedOrBlankNode::BlankNode(_)) || matches!(triple.object, Term::BlankNode(_)) {
            return Err("the rule makes a blank node, which would be a new one in every round; mint an IRI instead".to_owned());
        }
        derived.push(triple);
    }
    derived.sort_by_cached_key(ToString::to_string);
    Ok(derived)
}
