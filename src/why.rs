//! Why a statement is in the graph: the places that state it, or the rule that concluded it and the statements from which it
//! followed, each with its own reasons, down to places.
//!
//! Nothing about reasons is stored but the graph a statement is in. What a rule concluded is found out anew: the rule's pattern is
//! asked with the conclusion filled in, and what its triple patterns then stand for are the premises.

use std::collections::{BTreeMap, BTreeSet};

use oxigraph::model::{GraphName, NamedNode, Term, Triple, Variable};
use oxigraph::sparql::{QueryEvaluationError, QueryResults};
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use thiserror::Error;

use crate::infer::Rule;
use crate::iri::Base;
use crate::query;
use crate::store::{In, Store, StoreError};
use crate::tie;

mod premise;

use premise::Premises;

/// How many ways to the same conclusion are looked at.
const WAYS: usize = 256;
/// How far reasons are followed.
const DEPTH: usize = 24;

/// Why the reasons could not be found.
#[derive(Debug, Error)]
pub enum WhyError {
    /// The storage reported a fault.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A rule's pattern could not be asked.
    #[error("a rule could not be asked: {0}")]
    Evaluation(#[from] QueryEvaluationError),
}

/// A statement and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The statement.
    pub statement: Triple,
    /// The places that state it, sorted.
    pub citations: Vec<NamedNode>,
    /// Other graphs that hold it, sorted: the registry, the ontology, the description of sources.
    pub graphs: Vec<NamedNode>,
    /// The rules that concluded it, by name.
    pub conclusions: Vec<Conclusion>,
}

/// What a rule concluded a statement from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conclusion {
    /// The rule's name.
    pub rule: String,
    /// What the statement followed from, in the order of the rule's pattern; empty if the rule, as it is today, would not
    /// conclude it, or only from itself.
    pub premises: Vec<Reason>,
    /// How many other ways there are, of those looked at.
    pub others: usize,
}

/// Finds reasons in a graph.
pub struct Reasons<'a> {
    store: &'a Store,
    base: &'a Base,
    rules: BTreeMap<&'a str, &'a Rule>,
}

/// The graphs that a statement is in, by what they are.
#[derive(Default)]
struct Origin {
    citations: Vec<NamedNode>,
    graphs: Vec<NamedNode>,
    rules: Vec<String>,
}

impl Origin {
    fn is_stated(&self) -> bool {
        !self.citations.is_empty() || !self.graphs.is_empty()
    }
}

impl<'a> Reasons<'a> {
    /// Reasons of a graph that these rules concluded in.
    pub fn new(store: &'a Store, base: &'a Base, rules: &'a [Rule]) -> Self {
        Self { store, base, rules: rules.iter().map(|rule| (rule.name.as_str(), rule)).collect() }
    }

    /// Why a statement is there; none if it is not. A statement that places state and rules conclude as well has both.
    ///
    /// Costs one query for each rule and each conclusion on the way down.
    ///
    /// # Errors
    /// The storage reported a fault, or a rule cannot be asked.
    pub fn of(&self, statement: &Triple) -> Result<Option<Reason>, WhyError> {
        let origin = self.origin(statement)?;
        if !origin.is_stated() && origin.rules.is_empty() {
            return Ok(None);
        }
        let mut above = vec![statement.clone()];
        let mut conclusions = Vec::new();
        for rule in &origin.rules {
            conclusions.push(self.conclusion(rule, statement, &mut above)?.unwrap_or_else(|| Conclusion {
                rule: rule.clone(),
                premises: Vec::new(),
                others: 0,
            }));
        }
        Ok(Some(Reason { statement: statement.clone(), citations: origin.citations, graphs: origin.graphs, conclusions }))
    }

    fn origin(&self, statement: &Triple) -> Result<Origin, WhyError> {
        let Triple { subject, predicate, object } = statement;
        let mut origin = Origin::default();
        let inferred = self.base.graph("inferred/");
        for quad in self.store.quads(Some(subject.as_ref()), Some(predicate.as_ref()), Some(object.as_ref()), Some(In::Named)) {
            let GraphName::NamedNode(graph) = quad?.graph_name else { continue };
            match graph.as_str().strip_prefix(inferred.as_str()) {
                Some(rule) => origin.rules.push(rule.to_owned()),
                None if tie::is_citation(self.base, &graph) => origin.citations.push(graph),
                None => origin.graphs.push(graph),
            }
        }
        origin.citations.sort();
        origin.graphs.sort();
        origin.rules.sort();
        Ok(origin)
    }

    /// The reason of a premise; none if it rests on nothing but what is above it.
    fn premise(&self, statement: &Triple, above: &mut Vec<Triple>) -> Result<Option<Reason>, WhyError> {
        let origin = self.origin(statement)?;
        let mut reason =
            Reason { statement: statement.clone(), citations: origin.citations, graphs: origin.graphs, conclusions: Vec::new() };
        // What is stated needs no rule to believe it.
        if !reason.citations.is_empty() || !reason.graphs.is_empty() {
            return Ok(Some(reason));
        }
        if above.contains(statement) || above.len() >= DEPTH {
            return Ok(None);
        }
        above.push(statement.clone());
        for rule in &origin.rules {
            if let Some(conclusion) = self.conclusion(rule, statement, above)? {
                reason.conclusions.push(conclusion);
                break;
            }
        }
        above.pop();
        Ok((!reason.conclusions.is_empty()).then_some(reason))
    }

    /// How a rule concluded a statement: the way whose premises are stated, else the first that does not go in a circle.
    fn conclusion(&self, name: &str, statement: &Triple, above: &mut Vec<Triple>) -> Result<Option<Conclusion>, WhyError> {
        let Some(rule) = self.rules.get(name) else { return Ok(None) };
        let Query::Construct { template, pattern, dataset, base_iri } = rule.query() else { return Ok(None) };
        let mut ways: BTreeSet<(usize, Vec<String>)> = BTreeSet::new();
        let mut found: BTreeMap<Vec<String>, Vec<Triple>> = BTreeMap::new();
        let asked = premise::without_blanks(pattern.clone());
        let variables = premise::variables(&asked);
        for bindings in template.iter().filter_map(|template| fitting(template, statement)) {
            let query = Query::Select {
                dataset: dataset.clone(),
                pattern: GraphPattern::Project { inner: Box::new(asked.clone()), variables: variables.clone() },
                base_iri: base_iri.clone(),
            };
            let QueryResults::Solutions(rows) = self.store.query(query::bind(query, &bindings), None)? else { continue };
            for row in rows.take(WAYS) {
                let row = row?;
                let of = |variable: &Variable| {
                    let bound = bindings.iter().find(|(name, _)| name == variable.as_str()).map(|(_, term)| term.clone());
                    bound.or_else(|| row.get(variable).cloned())
                };
                let Some(premises) = (Premises { store: self.store, of: &of }).of(&asked)? else { continue };
                if premises.is_empty() || premises.contains(statement) {
                    continue;
                }
                let mut unstated = 0;
                for premise in &premises {
                    unstated += usize::from(!self.origin(premise)?.is_stated());
                }
                let key: Vec<String> = premises.iter().map(ToString::to_string).collect();
                ways.insert((unstated * 100 + premises.len(), key.clone()));
                found.insert(key, premises);
            }
        }
        let others = ways.len().saturating_sub(1);
        for (_, key) in ways {
            let mut premises = Vec::new();
            for premise in found.get(&key).into_iter().flatten() {
                match self.premise(premise, above)? {
                    Some(reason) => premises.push(reason),
                    None => break,
                }
            }
            if premises.len() == found.get(&key).map_or(0, Vec::len) {
                return Ok(Some(Conclusion { rule: name.to_owned(), premises, others }));
            }
        }
        Ok(None)
    }
}

/// What the variables of a template are when it gives a statement; none if it cannot.
fn fitting(template: &TriplePattern, statement: &Triple) -> Option<Vec<(String, Term)>> {
    let mut bindings: Vec<(String, Term)> = Vec::new();
    let mut fit = |variable: &str, term: Term| match bindings.iter().find(|(name, _)| name == variable) {
        Some((_, known)) => *known == term,
        None => {
            bindings.push((variable.to_owned(), term));
            true
        }
    };
    let mut place = |pattern: &TermPattern, term: Term| match pattern {
        TermPattern::Variable(variable) => fit(variable.as_str(), term),
        TermPattern::NamedNode(node) => term == Term::from(node.clone()),
        TermPattern::Literal(literal) => term == Term::from(literal.clone()),
        _ => false,
    };
    let fits = place(&template.subject, statement.subject.clone().into())
        && place(&template.object, statement.object.clone())
        && match &template.predicate {
            NamedNodePattern::NamedNode(node) => *node == statement.predicate,
            NamedNodePattern::Variable(variable) => fit(variable.as_str(), statement.predicate.clone().into()),
        };
    fits.then_some(bindings)
}
