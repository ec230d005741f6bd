#!/bin/sh
# Memory of long answers: the most memory a process held while 10,000, 100,000 and a million rows went through it.
#
#   benches/streaming.sh [PROJECT]
#
# Wants `civigraph` on the path or named by CIVIGRAPH, and Python 3. The rows are a cross product, so that the graph's
# own size does not count. A workbook is held whole by its nature, and is there to be compared with.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
project=${1:-$here}
civigraph=${CIVIGRAPH:-civigraph}
"$civigraph" --project "$project" build -q >/dev/null

python3 - "$civigraph" "$project" <<'END'
import os, subprocess, sys, time
civigraph, project = sys.argv[1:]
def values(name, count):
    return f"VALUES ?{name} {{ {' '.join(str(n) for n in range(count))} }}"
print("| format | rows | peak memory, MB | seconds |\n|---|--:|--:|--:|")
for format in ["csv", "tsv", "json", "xml", "markdown", "table", "html", "xlsx"]:
    for rows, (a, b, c) in [(10_000, (10, 10, 100)), (100_000, (10, 100, 100)), (1_000_000, (100, 100, 100))]:
        text = f"SELECT ?a ?b ?c (CONCAT('row ', STR(?a), '-', STR(?b)) AS ?text) {{ {values('a', a)} {values('b', b)} {values('c', c)} }}"
        start = time.perf_counter()
        process = subprocess.Popen([civigraph, "--project", project, "query", "-", "--format", format, "--timeout", "600"],
                                   stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        process.stdin.write(text.encode()); process.stdin.close()
        _, status, used = os.wait4(process.pid, 0)
        if status:
            sys.exit(f"{format}, {rows} rows: the query failed")
        # Linux counts in kilobytes, macOS in bytes.
        peak = used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
        print(f"| {format} | {rows:,} | {peak:.1f} | {time.perf_counter() - start:.2f} |", flush=True)
END
