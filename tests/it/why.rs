//! Whatever stands in the report's graph has a reason: a place, the registry, the graph's own description, or a rule with
//! premises that have reasons themselves.

use crate::support::Scratch;
use civigraph::iri::Prefixes;
use civigraph::store::{In, Store};
use civigraph::why::{Reason, Reasons};
use civigraph::{infer, ontology::Ontology};
use oxigraph::model::Triple;

/// What is wrong with a reason, all the way down.
fn faults(reason: &Reason, all: &mut Vec<String>) {
    let stated = !reason.citations.is_empty() || !reason.graphs.is_empty();
    if !stated && reason.conclusions.is_empty() {
        all.push(format!("{} rests on nothing", reason.statement));
    }
    for conclusion in &reason.conclusions {
        if conclusion.premises.is_empty() {
            all.push(format!("{}: the rule {} has no premises", reason.statement, conclusion.rule));
        }
        conclusion.premises.iter().for_each(|premise| faults(premise, all));
    }
}

#[test]
fn every_conclusion_on_the_report_leads_down_to_what_is_stated() {
    let scratch = Scratch::repository();
    let project = scratch.project();
    let store = Store::from(scratch.make().dataset.expect("a graph"));
    let (ontology, _) = Ontology::read(&project).expect("the ontology");
    let prefixes: &Prefixes = &ontology.prefixes;
    let (rules, _) = infer::rules(&project, prefixes).expect("the rules");
    let reasons = Reasons::new(&store, &project.base, &rules);
    let mut found = Vec::new();
    for rule in &rules {
        let graph = project.base.graph(&format!("inferred/{}", rule.name));
        let mut statements: Vec<Triple> =
            store.quads(None, None, None, Some(In::Graph(graph.as_ref()))).map(|quad| Triple::from(quad.expect("a quad"))).collect();
        statements.sort_by_cached_key(ToString::to_string);
        // Some of each rule's: those at even distances.
        let step = (statements.len() / 12).max(1);
        for statement in statements.iter().step_by(step) {
            match reasons.of(statement).expect("the rules can be asked") {
                Some(reason) => faults(&reason, &mut found),
                None => found.push(format!("{statement} is in no graph")),
            }
        }
    }
    crate::support::report(found);
}

#[test]
fn what_is_not_in_the_graph_has_no_reason() {
    let scratch = Scratch::small();
    scratch.write("data/s/people.csv", "id,name,section\nx,X,1\n");
    let store = Store::from(scratch.make().dataset.expect("a graph"));
    let project = scratch.project();
    let thing = project.base.thing("x");
    let named = civigraph::vocab::skos::PREF_LABEL.into_owned();
    let of =
        |name: &str| Triple::new(thing.clone(), named.clone(), oxigraph::model::Literal::new_language_tagged_literal_unchecked(name, "en"));
    let reasons = Reasons::new(&store, &project.base, &[]);
    let stated = reasons.of(&of("X")).expect("asked").expect("it is stated");
    assert_eq!(stated.citations, [project.base.citation("s", "1", None)]);
    assert_eq!(reasons.of(&of("Y")).expect("asked"), None);
}
