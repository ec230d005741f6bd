#!/usr/bin/env bash
# Draws every view of this repository's graph into docs/gallery; with --check it draws elsewhere and says which pictures are stale.
# The views are the files of queries/diagrams, so a new one joins by itself. CIVIGRAPH names the program to draw with.
set -euo pipefail
cd "$(dirname "$0")/../.."
read -ra draw <<< "${CIVIGRAPH:-cargo run --quiet --locked --}"

gallery=docs/gallery
drawn=$(mktemp -d)
trap 'rm -rf "$drawn"' EXIT

"${draw[@]}" --quiet build
for view in queries/diagrams/*.rq; do
  name=$(basename "$view" .rq)
  "${draw[@]}" --quiet diagram "$name" -o "$drawn/$name.svg"
done

stale=()
for picture in "$drawn"/*.svg "$gallery"/*.svg; do
  name=$(basename "$picture")
  cmp -s "$drawn/$name" "$gallery/$name" || stale+=("$name")
done
mapfile -t stale < <(printf '%s\n' ${stale[@]+"${stale[@]}"} | sort -u | sed '/^$/d')

if [ "${1:-}" = --check ]; then
  if [ ${#stale[@]} -gt 0 ]; then
    echo "not what the graph gives today: ${stale[*]}; run $gallery/draw.sh" >&2
    exit 1
  fi
  exit 0
fi
rm -f "$gallery"/*.svg
cp "$drawn"/*.svg "$gallery"
if [ ${#stale[@]} -gt 0 ]; then echo "drawn anew: ${stale[*]}"; else echo "nothing has changed"; fi
