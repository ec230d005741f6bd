"""Reads RDF files with RDFLib and says what is in them, as one JSON list a file: a reader that had no part in the writing."""
import json, logging, sys
import rdflib
rdflib.NORMALIZE_LITERALS = False
logging.disable(logging.CRITICAL)

def term(t):
    if isinstance(t, rdflib.URIRef):
        return ["iri", str(t)]
    if isinstance(t, rdflib.BNode):
        return ["blank"]
    tag = (t.language or "").lower()
    kind = "" if tag else str(t.datatype or "http://www.w3.org/2001/XMLSchema#string")
    return ["literal", str(t), tag, kind]

names = {"ttl": "turtle", "nt": "nt", "rdf": "xml", "jsonld": "json-ld", "trig": "trig", "nq": "nquads"}
read = {}
for path in sys.argv[1:]:
    form = names[path.rsplit(".", 1)[1]]
    try:
        if form in ("trig", "nquads"):
            data = rdflib.Dataset()
            data.parse(path, format=form)
            own = str(rdflib.graph.DATASET_DEFAULT_GRAPH_ID)
            quads = [(s, p, o, "" if g is None or str(g) == own else str(g)) for s, p, o, g in data.quads((None, None, None, None))]
        else:
            data = rdflib.Graph()
            data.parse(path, format=form)
            quads = [(s, p, o, "") for s, p, o in data]
        read[path] = [[term(s), term(p), term(o), g] for s, p, o, g in quads]
    except Exception as error:
        read[path] = "%s: %s" % (type(error).__name__, str(error)[:600])
json.dump(read, sys.stdout)
