"""Reads graph files with networkx, lxml and json, and says nodes and ties, as JSON."""
import json, sys
import networkx as nx

def plain(value):
    return value if isinstance(value, (str, float, int, bool)) else str(value)

def of_xml(path, read):
    g = read(path)
    return {"nodes": {n: d.get("label", "") for n, d in g.nodes(data=True)},
            "notes": {n: d.get("note", "") for n, d in g.nodes(data=True)},
            "ties": sorted([a, b, d.get("label", "")] for a, b, d in g.edges(data=True))}

def of_cyjs(path):
    e = json.load(open(path, encoding="utf-8"))["elements"]
    return {"nodes": {n["data"]["id"]: n["data"]["label"] for n in e["nodes"]},
            "notes": {n["data"]["id"]: n["data"].get("note", "") for n in e["nodes"]},
            "ties": sorted([t["data"]["source"], t["data"]["target"], t["data"]["label"]] for t in e["edges"])}

def of_svg(path):
    from lxml import etree
    root = etree.parse(path).getroot()
    ns = "{http://www.w3.org/2000/svg}"
    nodes = {g.get("data-id"): g.findtext(ns + "title") for g in root.iter(ns + "g") if g.get("class") == "node"}
    odd = sorted({e.tag for e in root.iter()} - {ns + t for t in ("svg", "g", "path", "text", "tspan", "title", "desc", "defs", "pattern", "rect", "linearGradient", "stop", "use")})
    ties = sorted([g.get("data-from"), g.get("data-to"), g.findtext(ns + "title")] for g in root.iter(ns + "g") if g.get("class") == "tie")
    return {"nodes": nodes, "ties": ties, "odd": odd}

def of_html(path):
    from lxml import html
    root = html.parse(path, html.HTMLParser(encoding="utf-8")).getroot()
    rows = {r.get("data-id"): r.find("th").text_content() for r in root.iter("tr") if r.get("data-id")}
    ties = sorted([r.get("data-from"), r.get("data-to"), r.findall("td")[1].text_content()] for r in root.iter("tr") if r.get("data-from"))
    links = [a.get("href") for a in root.iter("a")]
    return {"nodes": rows, "ties": ties, "scripts": len(list(root.iter("script"))), "links": links, "on": [a for e in root.iter() for a in e.attrib if a.startswith("on")]}

def of_xlsx(path):
    import openpyxl
    import workbook
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell.value
    ties = sorted([r[0].value, r[3].value, r[2].value] for r in book["Ties"].iter_rows(min_row=2))
    return {"nodes": {r[0].value: r[1].value for r in book["Things"].iter_rows(min_row=2)}, "ties": ties}

def of_dot(path):
    import subprocess
    out = subprocess.run(["dot", "-Tjson0", path], capture_output=True)
    err = out.stderr.decode().strip()
    assert out.returncode == 0 and not err, err
    g = json.loads(out.stdout.decode("utf-8"), strict=False)
    objects = [o for o in g.get("objects", []) if o["name"].startswith("n")]
    return {"labels": [o["label"] for o in sorted(objects, key=lambda o: int(o["name"][1:]))], "ties": [[e["tail"], e["head"], e.get("label", "")] for e in g.get("edges", [])],
            "names": [o["name"] for o in g.get("objects", [])]}

readers = {"graphml": lambda p: of_xml(p, nx.read_graphml), "gexf": lambda p: of_xml(p, nx.read_gexf), "cyjs": of_cyjs,
           "svg": of_svg, "html": of_html, "xlsx": of_xlsx, "dot": of_dot}
read = {}
for path in sys.argv[1:]:
    try:
        read[path] = readers[path.rsplit(".", 1)[1]](path)
    except Exception as error:
        read[path] = "%s: %s" % (type(error).__name__, str(error)[:600])
json.dump(read, sys.stdout)
