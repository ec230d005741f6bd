"""Reads answers in every format with readers of their own (csv, json, ElementTree, RDFLib's N-Triples, openpyxl, markdown-it, html.parser)
and says the rows, as JSON: terms where the format has them, texts where it has texts, and for documents every tag that is not of
the table."""
import csv, html.parser, io, json, logging, re, sys
import xml.etree.ElementTree as tree
logging.disable(logging.CRITICAL)

def lines(path):
    with open(path, encoding="utf-8", newline="") as f:
        return f.read()

def of_csv(path):
    csv.field_size_limit(10**7)
    return list(csv.reader(io.StringIO(lines(path), newline="")))[1:]

def of_tsv(path):
    import rdflib
    from rdflib.plugins.parsers.ntriples import W3CNTriplesParser, DummySink
    rdflib.NORMALIZE_LITERALS = False
    class Sink:
        def triple(self, s, p, o): self.o = o
    def term(cell):
        if cell == "":
            return None
        if re.fullmatch(r"true|false", cell):
            return ["literal", cell, "", "boolean"]
        if re.fullmatch(r"[+-]?[0-9]+", cell):
            return ["literal", cell, "", "integer"]
        if re.fullmatch(r"[+-]?[0-9]*\.[0-9]+", cell):
            return ["literal", cell, "", "decimal"]
        if re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)[eE][+-]?[0-9]+", cell):
            return ["literal", cell, "", "double"]
        sink = Sink()
        W3CNTriplesParser(sink).parsestring("<x:s> <x:p> " + cell + " .")
        o = sink.o
        if isinstance(o, rdflib.URIRef):
            return ["iri", str(o)]
        tag = (o.language or "").lower()
        return ["literal", str(o), tag, "" if tag else short(str(o.datatype or XSD + "string"))]
    # Only a line feed ends a line; a careless reader's other ends must not be there unescaped.
    text = lines(path)
    assert len(text.splitlines()) == text.count("\n"), "what a careless reader takes for a line's end"
    return [[term(cell) for cell in line.split("\t")] for line in text.split("\n")[1:-1]]

XSD = "http://www.w3.org/2001/XMLSchema#"
def short(kind):
    return kind[len(XSD):] if kind.startswith(XSD) else kind

def of_json(path):
    data = json.loads(lines(path))
    def term(b):
        if b is None:
            return None
        if b["type"] == "uri":
            return ["iri", b["value"]]
        tag = b.get("xml:lang", "").lower()
        return ["literal", b["value"], tag, "" if tag else short(b.get("datatype", "string"))]
    return [[term(row.get(name)) for name in data["head"]["vars"]] for row in data["results"]["bindings"]]

def of_ndjson(path):
    # Numbers and truths are themselves there, everything else is its text.
    text = lines(path)
    return [[None if v is None else [type(v).__name__, v if isinstance(v, str) else json.dumps(v)] for v in json.loads(line).values()]
            for line in text.split("\n")[:-1]]

def of_xml(path):
    root = tree.parse(path).getroot()
    ns = "{http://www.w3.org/2005/sparql-results#}"
    names = [v.get("name") for v in root.iter(ns + "variable")]
    def term(b):
        if b.tag == ns + "uri":
            return ["iri", b.text or ""]
        tag = b.get("{http://www.w3.org/XML/1998/namespace}lang", "").lower()
        return ["literal", b.text or "", tag, "" if tag else short(b.get("datatype", "string"))]
    rows = []
    for row in root.iter(ns + "result"):
        found = {b.get("name"): term(b[0]) for b in row}
        rows.append([found.get(name) for name in names])
    return rows

def of_xlsx(path):
    import openpyxl
    import workbook
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    rows = []
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            assert cell.data_type != "f", "a formula: %r" % cell.value
        rows.append(["" if c.value is None else str(c.value) for c in row])
    return rows

class Cells(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.rows, self.cell, self.tags, self.links = [], None, set(), []
    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        attrs = dict(attrs)
        self.links += [attrs[a] for a in ("href", "src") if a in attrs]
        if tag == "tr": self.rows.append([])
        if tag in ("td", "th"): self.cell = ""
    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.rows[-1].append(self.cell); self.cell = None
    def handle_data(self, data):
        if self.cell is not None: self.cell += data

def of_html(path):
    cells = Cells(); cells.feed(lines(path)); cells.close()
    return {"rows": cells.rows[1:], "tags": sorted(cells.tags), "links": cells.links}

def of_md(path):
    from markdown_it import MarkdownIt
    cells = Cells()
    cells.feed(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(lines(path)))
    return {"rows": cells.rows[1:], "tags": sorted(cells.tags), "links": cells.links}

readers = {"csv": of_csv, "tsv": of_tsv, "json": of_json, "ndjson": of_ndjson, "xml": of_xml, "xlsx": of_xlsx, "html": of_html, "md": of_md}
read = {}
for path in sys.argv[1:]:
    try:
        read[path] = readers[path.rsplit(".", 1)[1]](path)
    except Exception as error:
        read[path] = "%s: %s" % (type(error).__name__, str(error)[:600])
json.dump(read, sys.stdout)
