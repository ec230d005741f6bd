#!/bin/sh
# Cold queries beside Oxigraph's own command line: the same graph, the same queries, a new process each time, in one run.
#
#   benches/cold-query.sh [PROJECT] [RUNS]
#
# Wants `civigraph` and `oxigraph` (https://pypi.org/project/oxigraph-cli or a release of Oxigraph) on the path, or named
# by CIVIGRAPH and OXIGRAPH, and Python 3. Prints a Markdown table; a query whose answers differ fails it.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
project=${1:-$here}
runs=${2:-30}
civigraph=${CIVIGRAPH:-civigraph}
oxigraph=${OXIGRAPH:-oxigraph}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$civigraph" --project "$project" build -q >/dev/null
"$civigraph" --project "$project" export -q --format nquads >"$work/named.nq"
"$civigraph" --project "$project" export -q --format ntriples >"$work/default.nt"
"$oxigraph" load --location "$work/store" --file "$work/named.nq" --file "$work/default.nt" >/dev/null 2>&1

cat >"$work/a label.rq" <<'END'
SELECT ?label WHERE { ?organization a <http://www.w3.org/ns/org#Organization> ; <http://www.w3.org/2004/02/skos/core#prefLabel> ?label } ORDER BY ?label LIMIT 1
END
cat >"$work/things by class.rq" <<'END'
SELECT ?class (COUNT(DISTINCT ?thing) AS ?things) WHERE { ?thing a ?class } GROUP BY ?class ORDER BY DESC(?things) ?class
END
cat >"$work/citations by source.rq" <<'END'
SELECT ?source (COUNT(*) AS ?statements) WHERE { GRAPH ?cited { ?s ?p ?o } BIND(REPLACE(STR(?cited), "/[^/]*$", "") AS ?source) } GROUP BY ?source ORDER BY DESC(?statements) ?source
END
for question in networks/members-and-roles people/board-members reviews/country-review; do
  if [ -f "$here/queries/$question.rq" ]; then cp "$here/queries/$question.rq" "$work/$(basename "$question").rq"; fi
done

python3 - "$work" "$runs" "$civigraph" "$oxigraph" "$project" <<'END'
import os, subprocess, sys, time
work, runs, civigraph, oxigraph, project = sys.argv[1:]
runs = int(runs)
out = os.path.join(work, "out")

def once(command):
    with open(out, "wb") as sink:
        start = time.perf_counter()
        subprocess.run(command, stdout=sink, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=True)
        return (time.perf_counter() - start) * 1000

def rows():
    with open(out, "rb") as source:
        lines = source.read().replace(b"\r", b"").strip().split(b"\n")
    return lines[1:]

def middle(times):
    return sorted(times)[len(times) // 2]

print(f"{runs} runs each, alternating; median (fastest) wall time in ms\n")
print("| query | rows | civigraph | oxigraph |\n|---|--:|--:|--:|")
for name in sorted(name for name in os.listdir(work) if name.endswith(".rq")):
    path = os.path.join(work, name)
    ours = [civigraph, "--project", project, "query", path, "--format", "csv"]
    theirs = [oxigraph, "query", "--location", os.path.join(work, "store"), "--query-file", path, "--results-format", "csv"]
    once(ours)
    answer = rows()
    once(theirs)
    if sorted(rows()) != sorted(answer):
        sys.exit(f"{name}: the answers differ")
    times = [(once(ours), once(theirs)) for _ in range(runs)]
    one, two = zip(*times)
    print(f"| {name[:-3]} | {len(answer)} | {middle(one):.1f} ({min(one):.1f}) | {middle(two):.1f} ({min(two):.1f}) |")
END
