//! The numbers of a network as one JSON object: what was measured, the whole, the things, what is not complete.

use serde_json::{Map, Value, json};

use super::{Measured, MetricsArgs, rounded};
use crate::network::Summary;
use crate::session::Session;

pub(super) fn object(measured: &Measured<'_>, args: &MetricsArgs, limit: Option<usize>, session: &Session) -> Value {
    let value = |value: Option<f64>| value.map_or(Value::Null, |value| whole_or(rounded(value)));
    let summary: Map<String, Value> =
        Summary::of(&measured.network, args.exact).lines().into_iter().map(|(name, number, _)| (name.to_owned(), value(number))).collect();
    let mut object = json!({
        "graph": session.project.title,
        "view": measured.view.name,
        "directed": measured.network.directed,
        "network": summary,
    });
    if args.pairs {
        let id = |number: usize| measured.graph.nodes[number].id.clone();
        let pairs = measured.closest(limit.unwrap_or(usize::MAX)).into_iter().map(|(pair, weight)| {
            let through: Vec<String> = pair.through.iter().map(|number| id(*number)).collect();
            json!({ "one": id(pair.one), "other": id(pair.other), "weight": value(Some(weight)), "through": through })
        });
        object["pairs"] = pairs.collect();
    } else if !args.whole {
        let things = measured.order.iter().take(limit.unwrap_or(usize::MAX)).map(|thing| {
            let node = &measured.graph.nodes[measured.numbers[*thing]];
            let mut object = json!({ "id": node.id, "iri": node.iri, "name": node.label, "kind": node.class_label });
            for (metric, values) in measured.metrics.iter().zip(&measured.values) {
                object[metric.name()] = value(values[*thing]);
            }
            object
        });
        object["things"] = things.collect();
    }
    let incomplete = measured.caveats.iter().flat_map(|(number, caveats)| {
        caveats.iter().map(|caveat| json!({ "thing": measured.graph.nodes[*number].id, "says": caveat.words, "cited": caveat.cited }))
    });
    object["incomplete"] = incomplete.collect();
    object["notes"] = json!(measured.graph.notes);
    object
}

/// Whole numbers without a point.
fn whole_or(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 1e15 { json!(value as i64) } else { json!(value) }
}
