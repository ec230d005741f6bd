#!/usr/bin/env python3
"""Computes the figures that tests/it/network.rs holds civigraph to, with networkx.

    python3 tests/network/figures.py           writes every case's expected.json
    python3 tests/network/figures.py --stdin   reads a network as JSON, writes its figures: for the live comparison

A case is a folder with network.json: ids, ties (from, to, weight) by number, directed. Degrees count every tie; all else is of the simple
network: parallel ties added up, loops left out.
"""
import json
import math
import pathlib
import statistics
import sys

import networkx as nx
# The form of PageRank that needs no numpy.
from networkx.algorithms.link_analysis.pagerank_alg import _pagerank_python


def figures(network):
    ids, directed = network["ids"], network["directed"]
    multi = nx.MultiDiGraph()
    multi.add_nodes_from(range(len(ids)))
    multi.add_weighted_edges_from(network["ties"])
    arcs, near = nx.DiGraph(), nx.Graph()
    for graph in (arcs, near):
        graph.add_nodes_from(range(len(ids)))
        for a, b, weight in network["ties"]:
            if a != b:
                old = graph.get_edge_data(a, b, {"weight": 0})["weight"]
                graph.add_edge(a, b, weight=old + weight)
    walked = arcs if directed else near
    out = {}
    say = lambda name, values: out.__setitem__(name, [None if values[n] is None or math.isnan(values[n]) else values[n] for n in range(len(ids))])
    say("degree", dict(multi.degree()))
    say("in", dict(multi.in_degree()))
    say("out", dict(multi.out_degree()))
    say("strength", dict(multi.degree(weight="weight")))
    say("neighbors", dict(near.degree()))
    say("betweenness", nx.betweenness_centrality(walked))
    say("closeness", nx.closeness_centrality(walked))
    say("clustering", nx.clustering(near))
    say("core", nx.core_number(near))
    say("constraint", nx.constraint(near, weight="weight"))
    say("effective-size", nx.effective_size(near))
    cut = set(nx.articulation_points(near))
    say("articulation", {n: float(n in cut) for n in near})
    if ids:
        say("pagerank", _pagerank_python(walked, tol=1e-14, max_iter=5000))
    if walked.number_of_edges() and not (directed and nx.is_directed_acyclic_graph(walked)):
        say("eigenvector", nx.eigenvector_centrality(walked, weight="weight", tol=1e-13, max_iter=20000))
    parts = sorted(nx.connected_components(near), key=lambda part: (-len(part), min(ids[n] for n in part)))
    say("component", {n: number for number, part in enumerate(parts, 1) for n in part})
    largest = near.subgraph(parts[0]) if parts else near
    whole = {
        "nodes": len(ids), "ties": len(network["ties"]), "links": walked.number_of_edges(), "loops": nx.number_of_selfloops(multi),
        "components": len(parts), "largest": len(largest), "isolated": nx.number_of_isolates(near),
        "density": nx.density(walked) if len(ids) > 1 else None,
        "diameter": nx.diameter(largest) if len(ids) else None,
        "average-path": nx.average_shortest_path_length(largest) if len(largest) > 1 else None,
        "reciprocity": nx.overall_reciprocity(arcs) if arcs.number_of_edges() else None,
        "transitivity": nx.transitivity(near) if any(d > 1 for _, d in near.degree()) else None,
        "average-clustering": nx.average_clustering(near) if len(ids) else None,
    }
    spread = near.number_of_edges() and len({d for _, d in near.degree() if d}) > 1
    whole["assortativity"] = statistics.correlation(*zip(*nx.node_degree_xy(near))) if spread else None
    # The best division that Louvain finds: civigraph's is to be at least as good.
    if near.number_of_edges():
        found = [nx.community.louvain_communities(near, seed=seed) for seed in range(20)]
        whole["modularity-of-louvain"] = max(nx.community.modularity(near, division) for division in found)
    return {"things": out, "network": whole}


def cases():
    def of(graph, directed=False, weight=None):
        names = sorted(graph.nodes())
        number = {name: index for index, name in enumerate(names)}
        ties = [[number[a], number[b], float(data.get(weight, 1)) if weight else 1.0] for a, b, data in graph.edges(data=True)]
        return {"ids": [str(name) if isinstance(name, str) else f"n{name:03}" for name in names], "ties": sorted(ties), "directed": directed}

    yield "karate-club", of(nx.karate_club_graph())
    yield "karate-club-weighted", of(nx.karate_club_graph(), weight="weight")
    yield "path", of(nx.path_graph(7))
    yield "star", of(nx.star_graph(6))
    yield "complete", of(nx.complete_graph(5))
    yield "two-components", of(nx.disjoint_union(nx.cycle_graph(5), nx.path_graph(3)))
    yield "two-cliques", of(nx.barbell_graph(5, 0))
    yield "directed-random", of(nx.gnp_random_graph(24, 0.12, seed=3, directed=True), directed=True)
    yield "directed-chain", of(nx.path_graph(4, create_using=nx.DiGraph), directed=True)
    yield "random", of(nx.gnm_random_graph(60, 110, seed=5))
    yield "empty", {"ids": [], "ties": [], "directed": False}
    yield "single", {"ids": ["only"], "ties": [], "directed": False}
    yield "no-ties", {"ids": ["a", "b", "c"], "ties": [], "directed": False}
    yield "loops-and-parallel-ties", {
        "ids": ["a", "b", "c", "d"],
        "ties": [[0, 0, 1.0], [0, 1, 1.0], [0, 1, 2.0], [1, 0, 0.5], [1, 2, 1.0], [2, 3, 4.0], [3, 1, 1.0], [3, 3, 1.0]],
        "directed": False,
    }


def main():
    if "--stdin" in sys.argv:
        json.dump(figures(json.load(sys.stdin)), sys.stdout)
        return
    here = pathlib.Path(__file__).parent
    for name, network in cases():
        (here / name).mkdir(exist_ok=True)
        (here / name / "network.json").write_text(json.dumps(network) + "\n")
    for case in sorted(here.glob("*/network.json")):
        network = json.loads(case.read_text())
        (case.parent / "expected.json").write_text(json.dumps(figures(network), indent=1) + "\n")


main()
