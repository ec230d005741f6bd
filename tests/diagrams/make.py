#!/usr/bin/env python3
"""Writes the graphs of this folder: the report's chapter 3.1 by hand, and larger ones by chance (seeded). Run it here after a change."""
import json, random

A = "CSA-P annual report 2025"
def cite(where): return [{"label": f"{A}, {where}", "iri": f"https://w3id.org/civigraph/csa-p/source/csa-p-2025/{where.split(',')[0]}"}]

def report():
    nodes, ties, at = [], [], {}
    def n(id, label, cls, group=None, weight=0, facts=()):
        at[id] = len(nodes)
        nodes.append(dict(id=id, iri=f"https://w3id.org/civigraph/csa-p/id/{id}", label=label, **{"class": cls}, class_label=cls.replace("-", " "),
            group={"key": group[0], "label": group[1]} if group else None, weight=weight, facts=[{"label": a, "value": b} for a, b in facts], citations=cite("3.1")))
    def t(a, b, rel, where, label=None, line="solid", note=None, directed=True, when=None):
        ties.append({"from": at[a], "to": at[b], "label": label or rel, "relation": rel.replace(" ", "-"), "relation_label": rel, "directed": directed,
            "line": line, "note": note, "citations": cite(where), "bounds": when})
    csap, netg, gi, un = ("a-csap", "CSA-P members"), ("b-net", "Participating states"), ("c-gitoc", "GITOC"), ("d-un", "United Nations")
    n("csa-p", "Civil Society Alliance Pakistan (CSA-P)", "alliance", weight=20, facts=[("founded", "2022"), ("organizations", ">26"), ("experts", "55")])
    for id, label, cls in [("cgr", "Centre for Governance Research (CGR)", "organization"), ("cfhr", "Centre for Human Rights (CFHR)", "organization"),
        ("bnu", "Beaconhouse National University", "university"), ("dastak", "Dastak Society", "organization"), ("musawi", "Musawi", "organization"),
        ("yen", "Youth Employability Network (YEN)", "organization")]: n(id, label, cls, csap)
    n("net4u-asia", "NET4U Asia", "network", weight=16)
    for c in "Bangladesh India Indonesia Laos Malaysia Maldives Nepal Pakistan Philippines Thailand Vietnam".split(): n("state-" + c.lower(), c, "state", netg)
    n("gitoc", "Global Initiative Against Transnational Organized Crime", "organization", gi, 8)
    n("observatory", "Central & South Asia Observatory", "initiative", gi, 6); n("advisory-group", "Advisory group of the CSA observatory", "body", gi)
    n("resilience-fund", "Resilience Fund", "fund", gi, 6); n("paddy-ginn", "Paddy Ginn", "person", gi); n("framework", "Strategic framework of the observatory", "document", gi)
    n("unodc", "United Nations Office on Drugs and Crime", "organization", un, 6); n("se4u", "Stakeholder Engagement for UNTOC (SE4U)", "initiative", un)
    n("untoc", "UN Convention against Transnational Organized Crime", "instrument", un); n("copak", "UNODC Country Office Pakistan", "organization", un)
    n("tariq-khosa", "Tariq Khosa", "person"); n("nioc", "National Initiative against Organized Crime (NIOC)", "initiative"); n("advisory-board", "Advisory Board of NET4U Asia", "body")
    n("charter", "NET4U Asia Charter", "document"); n("op-framework", "Operational Framework", "document"); n("youth", "Youth engagement stream", "initiative")
    n("npb", "National Police Bureau", "government-body"); n("launch", "Official launch of NET4U Asia, Putrajaya", "event"); n("nccia", "National Cyber Crimes Investigation Agency", "government-body")
    for m in "cgr cfhr bnu dastak musawi yen".split(): t(m, "csa-p", "member of", "2.2")
    t("cgr", "csa-p", "spearheaded", "2.1"); t("cfhr", "net4u-asia", "coordinates", "3.1.1, p4"); t("csa-p", "net4u-asia", "founding member of", "3.1.1, p4")
    for k in list(at):
        if k.startswith("state-"): t(k, "net4u-asia", "participates in", "3.1.1, p5")
    t("unodc", "se4u", "launched", "3.1.1, p1"); t("net4u-asia", "se4u", "formed as part of", "3.1.1, p1"); t("se4u", "untoc", "supports", "3.1.1, p1")
    t("tariq-khosa", "cgr", "belongs to", "3.1.1, p4"); t("tariq-khosa", "advisory-board", "sits on", "3.1.1, p4"); t("advisory-board", "net4u-asia", "advises", "3.1.1, p4")
    t("csa-p", "charter", "drafted", "3.1.1, p4"); t("csa-p", "op-framework", "drafted", "3.1.1, p4"); t("charter", "net4u-asia", "governs", "3.1.1, p4")
    t("op-framework", "net4u-asia", "governs", "3.1.1, p4"); t("csa-p", "youth", "initiated", "3.1.1, p4"); t("youth", "net4u-asia", "part of", "3.1.1, p7")
    t("launch", "net4u-asia", "launched", "3.1.1, p2"); t("launch", "state-malaysia", "took place in", "3.1.1, p2")
    for m in "cgr cfhr bnu".split(): t(m, "advisory-group", "member of", "3.1.2, p3")
    t("advisory-group", "observatory", "advises", "3.1.2, p3"); t("gitoc", "observatory", "runs", "3.1.2, p1"); t("paddy-ginn", "gitoc", "senior expert of", "3.1.2, p3")
    t("paddy-ginn", "advisory-group", "met with", "3.1.2, p3", directed=False); t("csa-p", "framework", "led drafting of", "3.1.2, p3")
    t("framework", "observatory", "governs", "3.1.2, p3", line="dashed", note="planned", label="to guide from 2026"); t("gitoc", "resilience-fund", "runs", "3.1.3, p3")
    t("gitoc", "framework", "approves", "3.1.2, p3", line="dotted", note="pending")
    for m in "cfhr dastak musawi yen".split(): t("resilience-fund", m, "supports", "3.1.3, p3")
    t("tariq-khosa", "nioc", "leads", "1.4, p2"); t("cgr", "nioc", "runs", "1.4, p2"); t("csa-p", "npb", "partner of", "2.3, p1", directed=False, when={"label": "since 2022"})
    t("unodc", "copak", "has office", "3.2.3, p1"); t("copak", "cfhr", "funded", "3.2.4, p3"); t("copak", "cgr", "funded", "3.2.4, p3")
    t("cgr", "nccia", "studied with", "3.2.1, p1", directed=False); t("cfhr", "nccia", "studied with", "3.2.1, p1", directed=False)
    t("cgr", "cfhr", "co-organised with", "3.2.2, p2", directed=False)
    style = {"nodes": {"alliance": {"fill": "#cfe5f5", "stroke": "#0072b2", "figure": "hexagon"}, "network": {"fill": "#cfe5f5", "stroke": "#0072b2", "figure": "octagon"},
        "organization": {"fill": "#dcefe8", "stroke": "#007a5a", "figure": "rounded"}, "university": {"fill": "#dcefe8", "stroke": "#007a5a", "figure": "house"},
        "state": {"fill": "#fdf0cc", "stroke": "#a87400", "figure": "ellipse"}, "government-body": {"fill": "#fdf0cc", "stroke": "#a87400", "figure": "box"},
        "initiative": {"fill": "#f6e0d2", "stroke": "#c25400", "figure": "tag"}, "fund": {"fill": "#f6e0d2", "stroke": "#c25400", "figure": "cylinder"},
        "body": {"fill": "#efe0ea", "stroke": "#a0527f", "figure": "parallelogram"}, "person": {"fill": "#efe0ea", "stroke": "#a0527f", "figure": "ellipse"},
        "document": {"fill": "#e8eaed", "stroke": "#5c6670", "figure": "note"}, "instrument": {"fill": "#e8eaed", "stroke": "#5c6670", "figure": "box"},
        "event": {"fill": "#fbf6c8", "stroke": "#8a7c1a", "figure": "diamond"}}}
    return dict(title="Networks and partnerships of the Civil Society Alliance Pakistan", subtitle="Who works with whom in chapter 3.1", as_of="as of 31 December 2025",
        sources=["CSA-P, Annual Report 2025, chapters 1–3"], licence="CC BY 4.0", language="en", notes=["12 more ties not shown"], nodes=nodes, ties=ties, style=style)

def span(a=None, b=None, c=None, d=None, label=""): return {"earliest_start": a, "latest_start": b, "earliest_end": c, "latest_end": d, "label": label}

def events():
    lanes = {"n": ("1-networks", "Networks and partnerships"), "a": ("2-awareness", "Awareness and knowledge sharing"), "p": ("3-policy", "Policy and advocacy")}
    rows = [("csa-p", "Civil Society Alliance Pakistan", "alliance", "n", span("2022-01-01", "2022-12-31", label="2022 –")),
        ("launch", "Official launch of NET4U Asia, Putrajaya", "event", "n", span("2025-01-15", "2025-01-15", "2025-01-17", "2025-01-17", "15–17 January 2025")),
        ("rf", "Four interventions of the Resilience Fund", "initiative", "n", span("2025-01-01", "2025-12-31", "2025-01-01", "2025-12-31", "2025")),
        ("framework", "Strategic framework of the observatory made operational", "initiative", "n", span("2026-01-01", "2026-12-31", label="expected in 2026")),
        ("ncii", "Diagnostic study on non-consensual intimate imagery", "initiative", "a", span("2025-09-01", "2025-09-30", "2025-12-31", None, "September 2025 – ongoing")),
        ("tocday", "Second International Day against Transnational Organized Crime", "event", "a", span("2025-11-12", "2025-11-12", "2025-11-12", "2025-11-12", "12 November 2025")),
        ("workshop", "First multi-stakeholder workshop, Islamabad", "event", "a", span("2025-09-30", "2025-09-30", "2025-10-01", "2025-10-01", "30 September – 1 October 2025")),
        ("lahore", "Conference on the National Strategy, Lahore", "event", "a", span("2025-11-12", "2025-11-12", "2025-11-12", "2025-11-12", "12 November 2025")),
        ("toc1", "First International Day against TOC in Pakistan", "event", "a", span(None, "2024-11-15", None, "2025-01-01", "before 2025")),
        ("vpi", "Voluntary Pilot Initiative of the UNTOC review", "initiative", "p", span("2022-09-15", "2022-09-15", None, None, "15 September 2022 –")),
        ("nfp", "National Focal Person appointed", "event", "p", span("2022-01-01", "2022-01-31", "2022-01-01", "2022-01-31", "January 2022")),
        ("saq", "Self-assessment questionnaire submitted", "event", "p", span("2025-09-01", "2025-09-30", "2025-09-01", "2025-09-30", "September 2025")),
        ("working-groups", "Three working groups with the National Police Bureau", "body", "p", span("2022-01-01", "2023-12-31", "2025-12-31", None, "over the last four years")),
        ("hanoi", "Side event at the Hanoi signing ceremony", "event", "p", None)]
    nodes = [{"id": i, "iri": "https://example.org/" + i, "label": l, "class": c, "class_label": c, "group": {"key": lanes[g][0], "label": lanes[g][1]}, "bounds": b} for i, l, c, g, b in rows]
    ties = [{"from": 1, "to": 0, "label": "joined by", "relation": "r", "relation_label": "joined by", "directed": True}]
    return dict(title="What happened when", subtitle="Events and initiatives", as_of="as of 31 December 2025", sources=["CSA-P, Annual Report 2025"], licence="CC BY 4.0", nodes=nodes, ties=ties)

def money():
    names = ["GITOC Resilience Fund", "UNODC Country Office Pakistan", "European Union", "Government of Norway", "Global Initiative (GITOC)", "Centre for Human Rights (CFHR)", "Dastak Society", "Musawi", "Youth Employability Network (YEN)", "Centre for Governance Research (CGR)"]
    cls = ["fund", "organization", "organization", "state", "organization"] + ["organization"] * 5
    nodes = [{"id": f"f{i}", "label": n, "class": cls[i], "class_label": cls[i]} for i, n in enumerate(names)]
    rows = [(3, 4, 1.2e6, "exactly", "USD"), (2, 4, 800000, "at-least", "USD"), (4, 0, 900000, "exactly", "USD"), (0, 5, 30000, "exactly", "USD"), (0, 6, 125000.5, "exactly", "USD"),
        (0, 7, None, "exactly", ""), (0, 8, 250000, "around", "USD"), (1, 5, 60000, "exactly", "USD"), (1, 9, 90000, "more-than", "USD"), (2, 9, 400000, "exactly", "USD")]
    ties = [{"from": a, "to": b, "label": "funds", "relation": "funds", "relation_label": "funds", "directed": True, "amount": {"value": v, "qualifier": q, "currency": c}, "citations": cite("3.1.3, p3")} for a, b, v, q, c in rows]
    return dict(title="Who funds whom", subtitle="Made-up amounts, for the drawing only", nodes=nodes, ties=ties, sources=["none"])

def hostile():
    labels = ["<script>alert('x')</script>", 'quo"te \\N ]; evil [label="x"', "new\nline\ttab\u0000nul\u202Eover", "x" * 500, "👩‍👩‍👧 emoji 🎉", "", "مرکز برائے انسانی حقوق، پاکستان", "]]> -- &amp; %22", "Łódź Київ Αθήνα ქართული", "漢字の名前"]
    nodes = [{"id": f"h{i}", "iri": "javascript:alert(1)" if i == 0 else f"https://example.org/?a=1&b=<{i}>", "label": l, "class": f'c"{i % 3}<', "class_label": "class <b>&", "group": {"key": "g\"", "label": "<g>"} if i < 3 else None,
        "weight": [float(i), 1e308, -5.0][i % 3], "facts": [{"label": "<i>", "value": "</script><script>alert(2)</script>"}]} for i, l in enumerate(labels)]
    t = lambda a, b, r, **k: dict({"from": a, "to": b, "label": r, "relation": r, "relation_label": r, "directed": True}, **k)
    ties = [t(0, 0, "loop"), t(0, 0, "loop two"), t(0, 1, "a"), t(0, 1, "a"), t(1, 0, "a"), t(0, 1, "</title>"), t(1, 0, '"b"', line="dotted", note="--> disputed"), t(2, 3, "y" * 500)]
    ties += [t(3, 4, f"r{k}") for k in range(7)] + [t(4, 5, "undirected", directed=False), t(5, 4, "undirected", directed=False), t(5, 6, "رکن ہے"), t(6, 7, ""), t(7, 7, "self", amount={"value": -5.0, "qualifier": "around", "currency": "€\n"})]
    return dict(title="<script>alert(1)</script> & \"title\"", subtitle="مرکز", as_of="as of\nnow", sources=["</svg>"], licence="<b>", language='en"><x', notes=["<note>"], nodes=nodes, ties=ties)

def figures():
    """Figures of every sort: ranks, parts, bounds, about, disputed, unknown, nothing, less than nothing, far apart; names of any length and script."""
    nodes = []
    def f(measure, of, value=None, qualifier="exactly", low=None, high=None, out_of=None, unit="", when=None, details=(), disputed=False, line="solid", note=None,
            cls="country", **more):
        key = measure.lower().replace(" ", "-")
        nodes.append({"id": f"f{len(nodes):03}", "label": of, "class": cls, "class_label": cls, "line": line, "note": note, "disputed": disputed,
            "citations": cite(f"{1 + len(nodes) % 4}.{1 + len(nodes) % 3}"), "bounds": span(*when) if when else None,
            "measured": {"measure": {"key": key, "label": measure, **more}, "of": of, "value": value, "qualifier": qualifier, "low": low, "high": high,
                "out_of": out_of, "unit": unit, "details": [{"label": a, "value": b} for a, b in details]}})
    year = lambda y: (f"{y}-01-01", f"{y}-12-31", f"{y}-01-01", f"{y}-12-31", str(y))
    for k in range(60): f("Readiness score", f"Country number {k + 1}" if k % 7 else f"The Federated and United Republic of the Islands of Number {k + 1}",
        round(1 + (k * 37 % 90) / 10, 2), **{"from": 1, "to": 10, "reads": "higher is better"})
    for of, n, of_n in [("Pakistan", 45, 193), ("Pakistan", 3, 8), ("Nepal", 101, 193), ("سول سوسائٹی الائنس پاکستان", 193, 193), ("Алматы", 1, 193)]:
        f("Rank of readiness", of, n, out_of=of_n, is_rank=True, details=[("among", "South Asia" if of_n == 8 else "the world")])
    f("Rank of readiness", "Somewhere", 20, "at-most", high=20, out_of=193, is_rank=True, details=[("among", "the world")])
    for y, n in [(2019, -4.5), (2020, -12), (2021, 0), (2022, 3.25), (2023, None)]: f("Growth", "Pakistan", n, unit="%", when=year(y))
    f("Growth", "Nepal", -1.25, "at-least", low=-1.25, unit="%", when=year(2022)); f("Growth", "India", 7.1, unit="%", when=year(2022), line="dashed", note="expected")
    f("Members", "Alliance", 26, "more-than", low=27, cls="alliance"); f("Members", "Network <b>&\"x\"</b> ]]> {curly} `tick`", 4, "at-least", low=4, cls="alliance")
    f("Members", "Unbroken" * 12, 25, "at-most", high=25, cls="alliance"); f("Members", "市場", 90, "around", cls="alliance")
    f("Members", "Council", 40, low=35, high=48, cls="alliance"); f("Members", "Forum", low=10, high=60, cls="alliance"); f("Members", "Ring", cls="alliance")
    f("Members", "League", 30, disputed=True, cls="alliance"); f("Members", "League", 60, disputed=True, cls="alliance"); f("Members", "Nobody", 0, cls="alliance")
    f("Budget", "Alliance", 0.1, unit="USD", cls="alliance"); f("Budget", "Network", 123e6, unit="USD", cls="alliance"); f("Budget", "Network", 9e5, "less-than", unit="EUR", cls="alliance")
    f("Budget", "Ring", -2500, unit="USD", cls="alliance"); f("Share of women", "Council", 17, out_of=40, cls="alliance"); f("A single thing counted", "Council", 3, cls="alliance")
    f("Stars in the sky", "Universe", 1e24, "around", cls="place"); f("Grain of sand in metres", "Beach", 0.000125, unit="m", cls="place")
    return dict(title="Figures of every sort", subtitle="Made up to try the layout", nodes=nodes, ties=[])

def chance(n, long=False):
    R = random.Random(7); T = ["member of", "partner of", "funds", "part of", "co-organises"]
    K = ["ngo", "university", "company", "ministry", "agency", "foundation"]; W = "Ocean Climate Migration Justice Media Health Energy Transport Education Trade".split()
    E = set(); tg = [0]
    for i in range(1, n):
        for _ in range(1 + (R.random() < .6) + (R.random() < .3)):
            j = R.choice(tg) if R.random() < .75 else R.randrange(i)
            if j != i and (i, j) not in E: E.add((i, j)); tg += [i, j]
    name = lambda i: f"{W[i % 10]} {K[i % 6]} {i}" + (f" for the Protection and Promotion of {W[i // 7 % 10]} and {W[i // 3 % 10]}" if long and i % 3 == 0 else "")
    nodes = [{"id": f"n{i}", "iri": f"https://example.org/{i}", "label": name(i), "class": K[i % 6], "class_label": K[i % 6]} for i in range(n)]
    ties = []
    for a, b in sorted(E):
        t = R.choice(T); ties.append({"from": a, "to": b, "label": t, "relation": t, "relation_label": t, "directed": True})
    return dict(title=f"A network of {n}", subtitle="Preferential attachment", as_of="as of 2025", nodes=nodes, ties=ties)

if __name__ == "__main__":
    put = lambda name, graph: open(name + ".json", "w").write(json.dumps(graph, indent=1, ensure_ascii=False) + "\n")
    put("csa-p", report()); put("events", events()); put("money", money()); put("hostile", hostile()); put("figures", figures())
    for n in (10, 50, 200): put(f"chance-{n}", chance(n, True))
    import sys
    for n in map(int, sys.argv[1:]): open(f"/tmp/chance-{n}.json", "w").write(json.dumps(chance(n)))
