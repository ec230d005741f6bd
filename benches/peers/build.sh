#!/usr/bin/env bash
# A build with all checks and rules beside `oxigraph load` and `optimize` of the quads that it made, in turn, so many times each.
#
#   benches/peers/build.sh [CIVIGRAPH] [ROWS] [TIMES]
#
# Installs pyoxigraph from PyPI into a folder of its own; the rows are those of `cargo bench --bench build -- --write`. Prints
# processor seconds, wall seconds and memory of every run, and the ratio of the medians of the processor seconds.
set -euo pipefail
civigraph=$(realpath "${1:-target/release/civigraph}")
rows=${2:-100000}
times=${3:-3}
here=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q 'pyoxigraph==0.5.*'
echo "civigraph $("$civigraph" --version | cut -d' ' -f2), pyoxigraph $("$work/venv/bin/python" -c 'import pyoxigraph; print(pyoxigraph.__version__)')," \
  "$(nproc) processors, $(date +%Y-%m-%d)"
# The generator is the benchmark's own; it needs nothing but the standard library.
CARGO_BIN_EXE_civigraph=$civigraph rustc --edition 2024 -O "$here/benches/build.rs" -o "$work/rows"
"$work/rows" --write "$rows" "$work/project"
"$civigraph" build -q --project "$work/project"
"$civigraph" export -q --project "$work/project" -o "$work/graph.nq"
cat > "$work/load.py" <<'PYTHON'
import sys, pyoxigraph
store = pyoxigraph.Store(sys.argv[2])
store.bulk_load(path=sys.argv[1], format=pyoxigraph.RdfFormat.N_QUADS)
store.optimize()
store.flush()
PYTHON
measure() { # NAME COMMAND…
  local name=$1
  shift
  /usr/bin/time -f "%U %S %e %M" -o "$work/time" "$@" > "$work/said" 2>&1 || { cat "$work/said"; exit 1; }
  awk -v name="$name" '{ printf "%s\t%.2f s of processors\t%.2f s\t%d MB\n", name, $1 + $2, $3, $4 / 1024 }' "$work/time" | tee -a "$work/runs"
}
for ((run = 0; run < times; run++)); do
  measure civigraph "$civigraph" build --force --project "$work/project"
  rm -rf "$work/store"
  measure oxigraph "$work/venv/bin/python" "$work/load.py" "$work/graph.nq" "$work/store"
done
median() { grep "^$1" "$work/runs" | cut -f2 | cut -d' ' -f1 | sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }
echo "ratio $(echo "$(median civigraph) $(median oxigraph)" | awk '{ printf "%.2f", $1 / $2 }')"
du -sh "$work/store" "$work/project/.civigraph" | sed "s#$work/##"
