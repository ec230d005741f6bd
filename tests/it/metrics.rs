//! The numbers that `civigraph metrics` gives are those of networkx on the same view, written by `civigraph diagram` for others.

use std::process::{Command, Stdio};

use crate::support::Scratch;

/// Reads the GraphML and the JSON, measures the one with networkx and prints where the other differs.
const COMPARE: &str = r#"
import json, sys
import networkx as nx
# The form of PageRank that needs no numpy.
from networkx.algorithms.link_analysis.pagerank_alg import _pagerank_python

graph = nx.read_graphml(sys.argv[1])
found = json.load(open(sys.argv[2]))
directed = found["directed"]
flat = nx.DiGraph() if directed else nx.Graph()
flat.add_nodes_from(graph.nodes)
degree = dict.fromkeys(graph.nodes, 0)
ties = 0
for start, end in graph.edges():
    ties += 1
    degree[start] += 1
    degree[end] += 1
    if start != end:
        weight = flat.get_edge_data(start, end, {"weight": 0})["weight"]
        flat.add_edge(start, end, weight=weight + 1)
plain = flat.to_undirected()
expected = {
    "degree": degree,
    "neighbors": dict(plain.degree()),
    "betweenness": nx.betweenness_centrality(flat),
    "closeness": nx.closeness_centrality(flat),
    "pagerank": _pagerank_python(flat, tol=1e-12, max_iter=5000),
    "clustering": nx.clustering(plain),
    "core": nx.core_number(plain),
    "constraint": nx.constraint(plain, weight="weight"),
    "articulation": {node: int(node in set(nx.articulation_points(plain))) for node in plain},
}
names = {thing["iri"]: thing for thing in found["things"]}
iri = nx.get_node_attributes(graph, "iri")
assert len(names) == len(graph) > 5, (len(names), len(graph))
for metric, values in expected.items():
    for node, value in values.items():
        own = names[iri[node]][metric]
        own = float("nan") if own is None else own
        if not (abs(own - value) < 2e-6 or (own != own and value != value)):
            print(f"{metric} of {node}: networkx {value}, civigraph {own}")
whole = found["network"]
for name, value in {
    "things": len(graph), "ties": ties, "density": nx.density(flat), "components": nx.number_connected_components(plain),
    "transitivity": nx.transitivity(plain), "average clustering": nx.average_clustering(plain),
}.items():
    if abs(whole[name] - value) > 2e-6:
        print(f"{name}: networkx {value}, civigraph {whole[name]}")
"#;

#[test]
fn the_reports_numbers_agree_with_networkx_on_the_same_picture() {
    let python = Command::new("python3").args(["-c", "import networkx"]).stderr(Stdio::null()).status();
    if !python.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no python3 with networkx to compare with");
        return;
    }
    let scratch = Scratch::repository();
    let civigraph = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_civigraph")).args(arguments).current_dir(scratch.path()).output().expect("it runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    civigraph(&["build"]);
    let mut faults = Vec::new();
    for (view, way) in
        [("partnerships", "undirected"), ("partnerships", "directed"), ("participation", "undirected"), ("membership", "directed")]
    {
        civigraph(&["diagram", view, "-o", "view.graphml"]);
        let mut measure = vec!["metrics", view, "-o", "view.json"];
        measure.extend((way == "directed").then_some("--directed"));
        civigraph(&measure);
        let output = Command::new("python3")
            .args(["-c", COMPARE, "view.graphml", "view.json"])
            .current_dir(scratch.path())
            .output()
            .expect("python runs");
        assert!(output.status.success(), "{view}: {}", String::from_utf8_lossy(&output.stderr));
        faults.extend(String::from_utf8_lossy(&output.stdout).lines().map(|line| format!("{view}, {way}: {line}")));
    }
    crate::support::report(faults);
}

#[test]
fn the_page_about_metrics_defines_each_of_them() {
    let page = std::fs::read_to_string(crate::support::root().join("docs/metrics.md")).expect("the page");
    let things = civigraph::network::Metric::ALL.map(|(_, name, _)| name.to_owned());
    let whole = civigraph::network::Summary::default().lines().into_iter().map(|(name, ..)| name.to_owned());
    let missing = things.into_iter().chain(whole).filter(|name| !page.contains(&format!("| `{name}` |")));
    crate::support::report(missing.map(|name| format!("docs/metrics.md does not define `{name}`")).collect());
}
