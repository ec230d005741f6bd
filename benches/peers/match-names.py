"""Writes tests/matching/names.tsv: names of the examples and of the repository's own report, each with the thing it is a name of.

What a register itself gives as other names of a thing (labels, aliases, acronyms) are names of one thing; so are spellings made here of names of recipients and
conferences: a letter left out or doubled, two swapped, accents taken off, capitals, words in another order, a legal form. Everything else is another thing, editions of one
conference and numbered things among them.

    python3 benches/peers/match-names.py > tests/matching/names.tsv
"""

import csv
import glob
import json
import re
import unicodedata

seen, rows = set(), []


def add(thing, name):
    name = " ".join(str(name).split())
    if name and name.casefold() not in seen:
        seen.add(name.casefold())
        rows.append((thing, name))


def slip(name, way):
    middle = len(name) // 2
    while not name[middle].isalpha():
        middle += 1
    words = name.split()
    return [
        name[:middle] + name[middle + 1 :],
        name[:middle] + name[middle] + name[middle:],
        name[:middle] + name[middle + 1 : middle + 2] + name[middle] + name[middle + 2 :],
        "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c)).upper(),
        ", ".join([words[-1], " ".join(words[:-1])]) if len(words) > 1 else name.lower(),
        name + " Ltd",
    ][way % 6]


for path in sorted(glob.glob("examples/research/data/*/*.json")):
    item = json.load(open(path, encoding="utf-8"))
    if "names" in item:
        names = sorted(item["names"], key=lambda n: "ror_display" not in n["types"])
        for name in names:
            add(path, name["value"])
grants = json.load(open(glob.glob("examples/grants/data/*/*.json")[0], encoding="utf-8"))
recipients = sorted({r["name"] for g in grants["grants"] for r in g.get("recipientOrganization", [])})
for at, name in enumerate(recipients):
    add(f"recipient {at}", name)
    if at % 2 == 0:
        add(f"recipient {at}", slip(name, at // 2))
for path in sorted(glob.glob("examples/conferences/data/lists/*.csv")):
    for at, row in enumerate(csv.DictReader(open(path, encoding="utf-8-sig"))):
        add(f"{path} {row['Subject']}", row["Subject"])
        if at % 3 == 0:
            add(f"{path} {row['Subject']}", slip(row["Subject"], at // 3))
for path in sorted(glob.glob("data/csa-p-2025/*.yaml")):
    text = open(path, encoding="utf-8").read()
    # As much of YAML as the records of things use.
    for block in re.split(r"\n\s*- (?=[{]? ?id:)", text)[1:]:
        of = lambda key: re.findall(rf"(?:^|[\s{{,]){key}: (?:\"([^\"]*)\"|\[([^\]]*)\]|([^,}}\n]+))", block)
        name = [part for found in of("name") for part in found if part][:1]
        if name:
            add(name[0], name[0])
            for key in ("acronym", "also"):
                for found in of(key)[:1]:
                    for part in found:
                        for other in (part.split(", ") if found[1] else [part]):
                            add(name[0], other.strip())
print("thing\tname")
numbers = {}
for thing, name in rows:
    print(f"{numbers.setdefault(thing, len(numbers) + 1)}\t{name}")
