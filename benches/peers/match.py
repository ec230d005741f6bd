"""`civigraph match` beside rapidfuzz and splink on names whose things are known (tests/matching/names.tsv): how many of the proposed pairs are right, and how many
of the right ones are proposed.

    python3 benches/peers/match.py CIVIGRAPH

Needs rapidfuzz and splink from PyPI. rapidfuzz compares all pairs; its figure is that of the threshold that suits it best on these very names. splink is given the names, their words
and their first letters, estimates its weights from the names themselves, and gets the threshold that suits it best too. civigraph's threshold is the default, 0.5.
"""

import csv
import itertools
import json
import logging
import pathlib
import subprocess
import sys
import tempfile
import time

from rapidfuzz import fuzz, utils

civigraph = str(pathlib.Path(sys.argv[1]).resolve())
rows = list(csv.DictReader(open("tests/matching/names.tsv", encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE))
names, things = [row["name"] for row in rows], [row["thing"] for row in rows]
first, wanted = {}, set()
for number, thing in enumerate(things):
    if thing in first:
        wanted.add((first[thing], number))
    else:
        first[thing] = number


def quality(found):
    right = len(found & wanted)
    wrong = sum(things[a] != things[b] for a, b in found)
    precision = right / (right + wrong) if right + wrong else 0.0
    recall = right / len(wanted)
    return precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0


def best(scored):
    """The threshold with the best F1, of those that occur."""
    thresholds = sorted({round(score, 2) for score in scored.values()})
    return max(((quality({pair for pair, score in scored.items() if score >= least}), least) for least in thresholds), key=lambda each: each[0][2])


def show(what, result, least, seconds):
    print(f"| {what} | {result[0]:.2f} | {result[1]:.2f} | {result[2]:.2f} | {least} | {seconds:.2f} s |")


print(f"{len(names)} names, {len(wanted)} pairs of one thing\n\n| | precision | recall | F1 | threshold | time |\n|---|---|---|---|---|---|")
with tempfile.TemporaryDirectory() as folder:
    project = pathlib.Path(folder)
    (project / "data/list").mkdir(parents=True)
    (project / "civigraph.toml").write_text('title = "Names"\nbase = "https://example.org/"\n')
    (project / "data/list/source.toml").write_text('title = "List"\n')
    with open(project / "data/list/organizations.csv", "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "name"])
        writer.writerows([f"n{number}", name] for number, name in enumerate(names))
    subprocess.run([civigraph, "build", "-q", "--project", project], check=True)
    begun = time.time()
    said = subprocess.run([civigraph, "match", "-q", "--limit", "100000", "--format", "json", "--project", project], check=True, capture_output=True)
    seconds = time.time() - begun
    pairs = [tuple(sorted(int(pair[side]["id"][1:]) for side in ("one", "other"))) for pair in json.loads(said.stdout)["pairs"]]
    show("civigraph match", quality(set(pairs)), 0.5, seconds)
for scorer in (fuzz.ratio, fuzz.token_sort_ratio, fuzz.token_set_ratio, fuzz.WRatio):
    begun = time.time()
    scored = {
        (a, b): scorer(names[a], names[b], processor=utils.default_process) for a, b in itertools.combinations(range(len(names)), 2)
    }
    seconds = time.time() - begun
    result, least = best({pair: score for pair, score in scored.items() if score >= 50})
    show(f"rapidfuzz {scorer.__name__}", result, least, seconds)
try:
    import pandas
    import splink.comparison_library as compare
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    begun = time.time()
    folded = [utils.default_process(name) for name in names]
    table = pandas.DataFrame(
        {
            "unique_id": range(len(names)),
            "name": folded,
            "words": [" ".join(sorted(name.split())) for name in folded],
            "first": [name[:3] for name in folded],
            "last": [(name.split() or [""])[-1] for name in folded],
        }
    )
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[compare.JaroWinklerAtThresholds("name", [0.95, 0.88, 0.8]), compare.JaroWinklerAtThresholds("words", [0.95, 0.88, 0.8])],
        blocking_rules_to_generate_predictions=[block_on("first"), block_on("last"), block_on("substr(words, 1, 4)")],
    )
    api = DuckDBAPI()
    try:
        linker = Linker(api.register(table), settings)
    except AttributeError:
        linker = Linker(table, settings, db_api=api)
    linker.training.estimate_probability_two_random_records_match([block_on("words")], recall=0.5)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e5, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("first"))
    found = linker.inference.predict().as_pandas_dataframe()
    scored = {tuple(sorted((int(row.unique_id_l), int(row.unique_id_r)))): row.match_probability for row in found.itertuples()}
    result, least = best(scored)
    show("splink", result, least, time.time() - begun)
except Exception as error:  # it is young, and its interface moves
    print(f"\nsplink did not run: {type(error).__name__}: {error}")
