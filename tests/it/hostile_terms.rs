//! Terms that have broken writers before, drawn by chance from a fixed seed: control characters, quotes, markup, both directions
//! of writing, what looks like a formula, very long, odd IRIs, odd prefixes.

use civigraph::iri::Prefixes;
use oxigraph::model::{Literal, NamedNode, Quad, Term};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Values by chance, the same in every run.
pub fn draw<S: Strategy>(strategy: &S, count: usize) -> Vec<S::Value> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, b"civigraph: written, read, equal.");
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    (0..count).map(|_| strategy.new_tree(&mut runner).expect("a value").current()).collect()
}

/// Texts that mean something somewhere.
pub const MARKED: [&str; 66] = [
    "",
    " ",
    "  leading and trailing  ",
    "=1+1",
    "'=1+1",
    "-5",
    "+1 555 0100",
    "@SUM(A1)",
    "-",
    "\t=1",
    "\r=1",
    " =cmd|'/C calc'!A0",
    "=HYPERLINK(\"http://x\",\"y\")",
    "a\rb",
    "a\r\nb\n\nc",
    "a\tb",
    "\u{0}",
    "a\u{1}b",
    "\u{b}\u{c}\u{1b}[31mred\u{7f}",
    "\u{85}\u{2028}\u{2029}",
    "\u{fffe}\u{ffff}",
    "\u{feff}mark",
    "_x0041_",
    "_x000D_",
    "<b>&\"quoted\"</b>",
    "]]> --> <!--",
    "</title><script>alert(1)</script>",
    "&amp; &lt; &#65; #65;",
    "\"\"\"",
    "'''",
    "\\",
    "ends in \\",
    "\\u0041 \\N \\G \\l",
    "a \"quoted\" word",
    "*d*",
    "**bold** __bold__ _i_ ~~gone~~",
    "[e](http://f)",
    "[x](javascript:alert(1))",
    "![p](http://p/q.png)",
    "<http://auto.link>",
    "https://example.org/a_b",
    "www.example.org",
    "someone@example.org",
    "`code`",
    "| a | b |",
    "# head",
    "1. one",
    "1) one",
    "- item",
    "+ item",
    "> said",
    "---",
    "===",
    "$x$ $$y$$",
    ":tada:",
    "fa:fa-car",
    "end",
    "graph \"x\" { a -> b; } %% end",
    "one | two ; three",
    "😀 e\u{301} 漢字",
    "مرکز CFHR (2025): \"امن\".",
    "\u{202e}turned\u{202c} \u{2066}kept\u{2069} \u{200f}",
    "0012",
    "1e9",
    "2025-01-15",
    "true",
];

/// Any text: a marked one, chance, or a very long one.
pub fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => select(MARKED.to_vec()).prop_map(str::to_owned),
        2 => any::<String>(),
        1 => (select(MARKED.to_vec()), select(MARKED.to_vec())).prop_map(|(a, b)| format!("{a}{b}")),
        1 => (select(MARKED.to_vec()), 200..20_000_usize).prop_map(|(a, n)| format!("{a}{}", "x y-".repeat(n / 4))),
    ]
}

const ENDS: [&str; 34] = [
    "http://example.org/a",
    "http://example.org/name",
    "http://example.org/deep/name",
    "http://example.org/12",
    "http://example.org/a12",
    "http://example.org/1a",
    "http://example.org/",
    "http://example.org/#",
    "http://example.org/a/",
    "http://example.org/a.b.",
    "http://example.org/.a",
    "http://example.org/-a",
    "http://example.org/a%20b",
    "http://example.org/%41",
    "http://example.org/é",
    "http://example.org/سلام",
    "http://example.org/a'b(c)!$&*+,;=",
    "http://example.org/a?b=c&d=e#f",
    "http://example.org//x",
    "http://example.org:8080/~u",
    "urn:x:1",
    "urn:x:a",
    "tag:x,2025:y",
    "mailto:a@example.org",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#li",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#_1",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#Description",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#nil",
    "http://www.w3.org/XML/1998/namespacelang",
    "http://www.w3.org/2000/xmlns/a",
    "http://www.w3.org/2004/02/skos/core#prefLabel",
];

/// An IRI that the standard allows, however odd.
pub fn iri() -> impl Strategy<Value = NamedNode> {
    prop_oneof![
        4 => select(ENDS.to_vec()).prop_map(str::to_owned),
        1 => "[a-zA-Z0-9_.~/#:é-]{0,8}".prop_map(|tail| format!("http://example.org/{tail}")),
    ]
    .prop_filter_map("an IRI", |iri| NamedNode::new(iri).ok())
}

/// A literal with any text, tag or type.
pub fn literal() -> impl Strategy<Value = Literal> {
    let types = ["string", "integer", "decimal", "boolean", "date", "double", "gYear", "anyURI", "float"];
    let tags = ["en", "ur", "pt-br", "zh-hant-tw", "x-a1", "de-1996"];
    prop_oneof![
        text().prop_map(Literal::new_simple_literal),
        (text(), select(types.to_vec())).prop_map(|(text, name)| {
            Literal::new_typed_literal(text, NamedNode::new_unchecked(format!("http://www.w3.org/2001/XMLSchema#{name}")))
        }),
        (text(), iri()).prop_map(|(text, kind)| Literal::new_typed_literal(text, kind)),
        (text(), select(tags.to_vec())).prop_map(|(text, tag)| Literal::new_language_tagged_literal_unchecked(text, tag)),
    ]
    // A type that belongs to tagged text alone.
    .prop_filter("no tag", |literal| literal.language().is_some() || !literal.datatype().as_str().ends_with("angString"))
}

/// An IRI or a literal.
pub fn term() -> impl Strategy<Value = Term> {
    prop_oneof![1 => iri().prop_map(Term::from), 3 => literal().prop_map(Term::from)]
}

/// A few statements in graphs.
pub fn quads() -> impl Strategy<Value = Vec<Quad>> {
    let graph = prop_oneof![Just(oxigraph::model::GraphName::DefaultGraph), iri().prop_map(oxigraph::model::GraphName::from)];
    proptest::collection::vec((iri(), iri(), term(), graph).prop_map(|(s, p, o, g)| Quad::new(s, p, o, g)), 0..10)
}

/// Prefixes that some syntax does not take.
pub fn prefixes() -> Prefixes {
    let mut prefixes = Prefixes::default();
    for (prefix, namespace) in [
        ("ex", "http://example.org/"),
        ("deep", "http://example.org/deep/"),
        ("3g", "http://example.org/1"),
        ("-x", "http://example.org/-"),
        ("a.b", "http://example.org/a."),
        ("a.", "http://example.org/a"),
        ("_", "http://example.org/n"),
        ("a_b", "http://example.org/a%"),
        ("", "http://example.org/a/"),
        ("xml", "http://example.org/x"),
        ("xmlx", "urn:x:"),
        ("rdf", "http://example.org/rdf#"),
        ("a", "tag:"),
        ("true", "mailto:"),
        ("prefix", "file:///"),
        ("Base", "javascript:"),
        ("é", "http://example.org/é"),
        ("urn", "http://example.org/a?"),
        ("http", "http://example.org/s"),
        ("x y", "http://example.org/%"),
        ("gap", "http://example.org/ a"),
        ("w", "http://www.w3.org/XML/1998/namespace"),
        ("xsd", "http://www.w3.org/2001/XMLSchema#"),
    ] {
        prefixes.insert(prefix, namespace);
    }
    prefixes
}
