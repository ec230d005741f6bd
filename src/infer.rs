//! Rules: SPARQL CONSTRUCT files run to a fixpoint, each rule's results in a graph of its own.
//!
//! The graph's name is the reason: `graph/inferred/{rule}` holds all that the rule derives and nobody stated, so a
//! derived statement can be explained, and a rule switched off by deleting its file. What a rule derives does not depend
//! on the order of the rules.
//!
//! After the first round a rule looks only at what the round before added: see `plan`.

use std::collections::{BTreeMap, HashSet};

use oxigraph::model::{NamedNode, Term, TermRef, Variable};
use oxigraph::sparql::QueryResults;
use spargebra::Query;
use spargebra::term::{NamedNodePattern, TermPattern};

use crate::dataset::{Additions, DEFAULT_GRAPH, Dataset, Id, Layers, number};
use crate::finding::Finding;
use crate::iri::Prefixes;
use crate::location::Location;
use crate::parallel;
use crate::project::{Asset, Project, ProjectError};
use crate::sealed::Damaged;
use crate::sparql::{self, Joins};

mod plan;
#[cfg(test)]
mod tests;

use plan::Plan;

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

/// What rules made of a graph.
#[derive(Debug, Default)]
pub struct Inferred {
    /// What they derived, for the default graph and for the graph of each rule.
    pub additions: Additions,
    /// How many statements each rule derived.
    pub derived: BTreeMap<String, usize>,
    /// What was wrong with a rule.
    pub findings: Vec<Finding>,
    /// How many rows all evaluations gave together: what the rules looked at, beside what they derived.
    pub rows: usize,
}

/// Runs the rules until none derives anything new; `graph_of` names the graph of a rule.
///
/// Costs one evaluation of each rule on the whole graph, and in each round after that as much as is new, as far as the rule lets
/// what is new be looked at alone. Rules run beside one another.
///
/// # Errors
/// The graph is damaged.
pub fn run(rules: &[Rule], graph: &Dataset, graph_of: impl Fn(&Rule) -> NamedNode) -> Result<Inferred, Damaged> {
    let mut inferred = Inferred { additions: Additions::to(graph), ..Inferred::default() };
    let additions = &mut inferred.additions;
    let plans: Vec<Plan> = rules.iter().map(|rule| Plan::of(&rule.query)).collect();
    let homes = rules.iter().map(|rule| additions.id(graph, &graph_of(rule))).collect::<Result<Vec<Id>, Damaged>>()?;
    let templates = rules
        .iter()
        .zip(&plans)
        .map(|(rule, plan)| template(&rule.query, &plan.variables, graph, additions))
        .collect::<Result<Vec<Option<Vec<[Slot; 3]>>>, Damaged>>()?;
    let mut derived: Vec<HashSet<[Id; 3]>> = vec![HashSet::new(); rules.len()];
    let mut broken = vec![false; rules.len()];
    let mut layers = Layers::on(graph.clone());
    for round in 0.. {
        let mut pieces: Vec<(usize, Vec<Query>)> = Vec::new();
        for rule in (0..rules.len()).filter(|rule| !broken[*rule]) {
            let queries = if round == 0 { vec![plans[rule].whole.clone()] } else { plans[rule].of_new(&layers)? };
            if !queries.is_empty() {
                pieces.push((rule, queries));
            }
        }
        let answers = parallel::each(pieces, |(rule, queries)| {
            let template = templates[rule].as_ref().ok_or_else(|| BLANK.to_owned());
            (rule, template.and_then(|template| construct(&queries, template, &layers)))
        });
        let mut new_triples = HashSet::new();
        let mut new_quads = Vec::new();
        for (rule, made) in answers {
            let made = match made {
                Ok(made) => made,
                Err(message) => {
                    broken[rule] = true;
                    inferred.findings.push(Finding::error(&rules[rule].name, message, Location::file(&rules[rule].asset.path)));
                    continue;
                }
            };
            inferred.rows += made.rows;
            let mut triples = made.triples;
            for strange in made.strange {
                let mut triple = [0; 3];
                for (id, value) in triple.iter_mut().zip(strange) {
                    *id = match value {
                        Ok(id) => id,
                        Err(term) => additions.id(graph, &term)?,
                    };
                }
                if !layers.had(triple)? {
                    triples.push(triple);
                }
            }
            for triple in triples {
                if derived[rule].insert(triple) {
                    new_quads.push([triple[0], triple[1], triple[2], homes[rule]]);
                    if !layers.gained(triple) {
                        new_triples.insert(triple);
                    }
                }
            }
        }
        if new_quads.is_empty() {
            break;
        }
        let new_triples: Vec<[Id; 3]> = new_triples.into_iter().collect();
        additions.quads.extend(new_triples.iter().map(|[s, p, o]| [*s, *p, *o, DEFAULT_GRAPH]));
        additions.quads.extend_from_slice(&new_quads);
        if round == ROUND_LIMIT {
            for rule in rules {
                let message = format!("the rules had not come to an end after {ROUND_LIMIT} rounds; one makes ever new values");
                inferred.findings.push(Finding::error(&rule.name, message, Location::file(&rule.asset.path)));
            }
            break;
        }
        layers = layers.then(additions, &new_triples, &new_quads);
    }
    inferred.derived = rules.iter().zip(&derived).map(|(rule, rows)| (rule.name.clone(), rows.len())).collect();
    Ok(inferred)
}

/// What stands in a place of a rule's template.
#[derive(Debug, Clone, Copy)]
enum Slot {
    Known(Id),
    /// The variable at this place of the solution.
    Variable(usize),
}

const BLANK: &str = "the rule makes a blank node, which would be a new one in every round; mint an IRI instead";

/// The template of a rule, its terms as numbers; none if it has blank nodes.
fn template(query: &Query, variables: &[Variable], graph: &Dataset, additions: &mut Additions) -> Result<Option<Vec<[Slot; 3]>>, Damaged> {
    let Query::Construct { template, .. } = query else { return Ok(None) };
    let variable = |name: &Variable| Slot::Variable(variables.iter().position(|known| known == name).unwrap_or(usize::MAX));
    let mut slot = |term: &TermPattern| {
        Ok(match term {
            TermPattern::NamedNode(node) => Some(Slot::Known(additions.id(graph, node)?)),
            TermPattern::Literal(literal) => Some(Slot::Known(additions.id(graph, literal)?)),
            TermPattern::Variable(name) => Some(variable(name)),
            _ => None,
        })
    };
    let mut slots = Vec::new();
    for triple in template {
        let predicate = match &triple.predicate {
            NamedNodePattern::NamedNode(node) => TermPattern::NamedNode(node.clone()),
            NamedNodePattern::Variable(name) => TermPattern::Variable(name.clone()),
        };
        let (Some(s), Some(p), Some(o)) = (slot(&triple.subject)?, slot(&predicate)?, slot(&triple.object)?) else { return Ok(None) };
        slots.push([s, p, o]);
    }
    Ok(Some(slots))
}

/// What an evaluation of a rule gave.
#[derive(Debug, Default)]
struct Constructed {
    /// Triples, some perhaps again and again; none that was there before the rules ran.
    triples: Vec<[Id; 3]>,
    /// Triples with terms that have no number yet.
    strange: Vec<[Result<Id, Term>; 3]>,
    rows: usize,
}

/// The triples of a template in the solutions of queries. Where something is unbound, or stands where it cannot, there is none.
fn construct(queries: &[Query], template: &[[Slot; 3]], layers: &Layers) -> Result<Constructed, String> {
    let failed = |error: &dyn std::fmt::Display| format!("the rule cannot be run: {error}");
    let mut made = Constructed::default();
    for query in queries {
        let (evaluator, query) = sparql::prepared(query.clone(), Joins::Never);
        let results = evaluator.for_query(query).on_queryable_dataset(layers.clone()).execute();
        let QueryResults::Solutions(solutions) = results.map_err(|error| failed(&error))? else {
            return Err("a rule is a CONSTRUCT query".to_owned());
        };
        for solution in solutions {
            let solution = solution.map_err(|error| failed(&error))?;
            made.rows += 1;
            for slots in template {
                let value = |slot: Slot| match slot {
                    Slot::Known(id) => Some(Ok(id)),
                    Slot::Variable(at) => solution.values().get(at).cloned().flatten().map(number),
                };
                let (Some(s), Some(p), Some(o)) = (value(slots[0]), value(slots[1]), value(slots[2])) else { continue };
                if [&s, &o].into_iter().any(|value| matches!(value, Err(Term::BlankNode(_)))) {
                    return Err(BLANK.to_owned());
                }
                let is = |value: &Result<Id, Term>, slot: Slot, kind: fn(TermRef<'_>) -> bool| {
                    Ok::<bool, String>(match (value, slot) {
                        (_, Slot::Known(_)) => true,
                        (Ok(id), _) => kind(layers.term(*id).map_err(|damage| failed(&damage))?),
                        (Err(term), _) => kind(term.as_ref()),
                    })
                };
                if !is(&s, slots[0], |term| !term.is_literal())? || !is(&p, slots[1], |term| term.is_named_node())? {
                    continue;
                }
                match (s, p, o) {
                    (Ok(s), Ok(p), Ok(o)) => {
                        if !layers.had([s, p, o]).map_err(|damage| failed(&damage))? {
                            made.triples.push([s, p, o]);
                        }
                    }
                    strange => made.strange.push(strange.into()),
                }
            }
        }
    }
    Ok(made)
}
