# Words that the abuses are written in. Each stands in a project's folder; $C is the program, $P the workbooks and
# archives that no shell can write.
set -u
# so many times this text, on one line
rep() { yes -- "$2" 2>/dev/null | head -n "$1" | tr -d '\n'; }
# so many lines, in which %d is the number of the line
rows() {
  local text=${2//\\/\\\\}
  text=$(sed 's/%d/\&/g' <<< "$text")
  seq 1 "$1" | sed $'s\001.*\001'"$text"$'\001'
}
# a file of records with this text behind its first line
records() { { echo 'section: "1"'; cat; } > data/s/2.yaml; }
# a table of organizations with these rows behind its header
table() { { echo 'id,name,section'; cat; } > data/s/organizations.csv; }
# what source.toml says, and these lines
settings() { cat >> data/s/source.toml; }
# runs what follows and sends it a signal after so many seconds; gives its exit code
after() { local wait=$1 signal=$2; shift 2; "$@" & local who=$!; sleep "$wait"; kill "-$signal" $who 2>/dev/null; wait $who; }
