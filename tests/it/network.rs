//! The numbers of networks against networkx's: a folder a network under `tests/network/`, its figures made by `figures.py`.

use std::path::Path;
use std::process::{Command, Stdio};

use civigraph::network::{Metric, Network, Summary, Weighting, measure, project};
use serde_json::Value;

const NEAR: f64 = 1e-6;

fn json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("JSON")
}

fn network(value: &Value) -> Network {
    let number = |value: &Value| value.as_f64().expect("a number");
    Network {
        ids: value["ids"].as_array().expect("ids").iter().map(|id| id.as_str().expect("an id").to_owned()).collect(),
        ties: value["ties"]
            .as_array()
            .expect("ties")
            .iter()
            .map(|tie| (number(&tie[0]) as usize, number(&tie[1]) as usize, number(&tie[2])))
            .collect(),
        directed: value["directed"].as_bool().expect("directed"),
    }
}

/// What differs from networkx's figures.
fn differences(name: &str, network: &Network, expected: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let things = expected["things"].as_object().expect("figures of things");
    for (metric, values) in things {
        let found = network.measure(Metric::parse(metric).unwrap_or_else(|| panic!("{metric} is no metric")));
        let values = values.as_array().expect("a list");
        assert_eq!(found.len(), values.len(), "{name}: {metric}");
        for (index, (found, expected)) in found.iter().zip(values).enumerate() {
            let same = match (found, expected.as_f64()) {
                (None, None) => true,
                (Some(found), Some(expected)) => (found - expected).abs() < NEAR,
                _ => false,
            };
            if !same {
                faults.push(format!("{name}: {metric} of {}: networkx says {expected}, civigraph {found:?}", network.ids[index]));
            }
        }
    }
    let whole = Summary::of(network, false);
    for (key, expected) in expected["network"].as_object().expect("figures of the network") {
        let found = match key.as_str() {
            "nodes" => Some(whole.nodes as f64),
            "ties" => Some(whole.ties as f64),
            "links" => Some(whole.links as f64),
            "loops" => Some(whole.loops as f64),
            "components" => Some(whole.components as f64),
            "largest" => Some(whole.largest as f64),
            "isolated" => Some(whole.isolated as f64),
            "density" => whole.density,
            "diameter" => whole.diameter.map(f64::from),
            "average-path" => whole.average_path,
            "reciprocity" => whole.reciprocity,
            "transitivity" => whole.transitivity,
            "average-clustering" => whole.average_clustering,
            "assortativity" => whole.assortativity,
            "modularity-of-louvain" => {
                if whole.modularity.is_none_or(|found| found < expected.as_f64().expect("a number") - NEAR) {
                    faults.push(format!("{name}: Louvain divides better: {expected}, civigraph {:?}", whole.modularity));
                }
                continue;
            }
            other => panic!("{name}: {other} is compared with nothing"),
        };
        let same = match (found, expected.as_f64()) {
            (None, None) => true,
            (Some(found), Some(expected)) => (found - expected).abs() < NEAR,
            _ => false,
        };
        if !same {
            faults.push(format!("{name}: {key}: networkx says {expected}, civigraph {found:?}"));
        }
    }
    faults
}

#[test]
fn numbers_agree_with_the_figures_of_networkx() {
    let mut faults = Vec::new();
    let mut cases = 0;
    for entry in std::fs::read_dir(crate::support::root().join("tests/network")).expect("the folder") {
        let folder = entry.expect("an entry").path();
        if folder.join("network.json").is_file() {
            cases += 1;
            let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
            faults.extend(differences(&name, &network(&json(&folder.join("network.json"))), &json(&folder.join("expected.json"))));
        }
    }
    assert!(cases > 10, "the networks are there");
    faults.sort();
    crate::support::report(faults);
}

/// A network that looks like those of alliances: a few things with many ties, many with few. The same on every machine.
fn grown(count: usize, each: usize, directed: bool) -> Network {
    let mut state = 7_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut ends = vec![0];
    let mut ties = Vec::new();
    for node in 1..count {
        for _ in 0..each {
            let to = ends[random(ends.len())];
            ties.push((node, to, 1.0 + random(3) as f64));
            ends.push(to);
        }
        ends.push(node);
    }
    Network { ids: (0..count).map(|node| format!("n{node:05}")).collect(), ties, directed }
}

#[test]
fn numbers_agree_with_networkx_as_it_is_installed() {
    let script = crate::support::root().join("tests/network/figures.py");
    let python = Command::new("python3").args(["-c", "import networkx"]).stderr(Stdio::null()).status();
    if !python.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no python3 with networkx to compare with");
        return;
    }
    let mut faults = Vec::new();
    for directed in [false, true] {
        let network = grown(150, 2, directed);
        let given = serde_json::json!({ "ids": network.ids, "ties": network.ties, "directed": directed }).to_string();
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), given).expect("the network is written");
        let found = Command::new("python3")
            .arg(&script)
            .arg("--stdin")
            .stdin(std::fs::File::open(file.path()).expect("the file"))
            .output()
            .expect("python runs");
        assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
        let expected: Value = serde_json::from_slice(&found.stdout).expect("figures");
        faults.extend(differences(if directed { "grown, directed" } else { "grown" }, &network, &expected));
    }
    crate::support::report(faults);
}

fn communities(network: &Network) -> Vec<usize> {
    network.simple().communities()
}

#[test]
fn two_cliques_are_two_communities_numbered_by_size_then_id() {
    let case = crate::support::root().join("tests/network/two-cliques/network.json");
    assert_eq!(communities(&network(&json(&case))), [1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
}

#[test]
fn the_karate_club_falls_into_the_four_communities_of_the_literature() {
    let network = network(&json(&crate::support::root().join("tests/network/karate-club/network.json")));
    let summary = Summary::of(&network, false);
    assert_eq!(summary.communities, 4);
    assert!((summary.modularity.expect("it has ties") - 0.419_790).abs() < 1e-5, "{:?}", summary.modularity);
    let groups = communities(&network);
    // Mr Hi and the officer, around whom the club split.
    assert_ne!(groups[0], groups[33]);
}

#[test]
fn communities_do_not_depend_on_the_order_of_things_and_ties() {
    let network = network(&json(&crate::support::root().join("tests/network/karate-club/network.json")));
    let count = network.ids.len();
    let mut turned = network.clone();
    turned.ids.reverse();
    turned.ties = network.ties.iter().rev().map(|(from, to, weight)| (count - 1 - to, count - 1 - from, *weight)).collect();
    let mut expected = communities(&network);
    expected.reverse();
    assert_eq!(communities(&turned), expected);
}

#[test]
fn samples_come_near_the_exact_values_and_say_that_they_are_samples() {
    let network = grown(6_000, 2, false);
    let simple = network.simple();
    let (exact, sampled) = (simple.distances(true), simple.distances(false));
    assert!(exact.exact && !sampled.exact);
    assert_eq!((exact.searched, sampled.searched), (6_000, civigraph::network::PIVOTS));
    let top = |values: &[f64]| {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
        order.truncate(5);
        // Two whose values are nearly equal may change places.
        order.sort_unstable();
        order
    };
    assert_eq!(top(&exact.betweenness), top(&sampled.betweenness));
    for node in top(&exact.betweenness) {
        assert!((exact.betweenness[node] / sampled.betweenness[node] - 1.0).abs() < 0.1);
        assert!((exact.closeness[node] / sampled.closeness[node] - 1.0).abs() < 0.1);
    }
}

#[test]
fn who_met_through_what_is_tied_by_it() {
    // Three met at the round r, two of them and nobody else at the talk t; d was at neither.
    let ids = ["a", "b", "c", "d", "r", "t"].map(str::to_owned).to_vec();
    let ties = vec![(0, 4, 1.0), (1, 4, 1.0), (4, 2, 1.0), (0, 5, 1.0), (1, 5, 1.0), (1, 5, 1.0)];
    let network = Network { ids, ties, directed: false };
    let (met, numbers, shared) = project(&network, |node| node < 4, |node| node >= 4, Weighting::Newman);
    assert_eq!(numbers, [0, 1, 2, 3]);
    assert_eq!(met.ties, [(0, 1, 1.5), (0, 2, 0.5), (1, 2, 0.5)]);
    assert_eq!(shared[0].through, [4, 5]);
    let (met, ..) = project(&network, |node| node < 4, |node| node >= 4, Weighting::Count);
    assert_eq!(met.ties, [(0, 1, 2.0), (0, 2, 1.0), (1, 2, 1.0)]);
}

#[test]
fn a_picture_is_measured_in_the_order_of_its_nodes() {
    let node = |id: &str| civigraph::diagram::Node { id: id.to_owned(), ..Default::default() };
    let tie = |from, to| civigraph::diagram::Tie { from, to, ..Default::default() };
    let graph = civigraph::diagram::Graph {
        nodes: ["z", "m", "a", "alone"].map(node).to_vec(),
        ties: vec![tie(0, 1), tie(1, 2), tie(1, 2)],
        ..Default::default()
    };
    assert_eq!(measure(&graph, Metric::Degree), [1.0, 3.0, 2.0, 0.0]);
    assert_eq!(measure(&graph, Metric::Constraint)[3], 0.0);
    assert_eq!(measure(&graph, Metric::Component), [1.0, 1.0, 1.0, 2.0]);
}

#[test]
fn every_metric_has_a_name_of_its_own_and_a_definition() {
    for (metric, name, definition) in Metric::ALL {
        assert_eq!(Metric::parse(name), Some(metric));
        assert_eq!(metric.name(), name);
        assert!(definition.len() > 15 && !definition.ends_with('.'), "{name}");
    }
}
