//! Graphs whose names are hostile, written as flowcharts and shown by Mermaid itself in a browser: every thing, tie and group is called
//! what it was called, and nothing is a list, a link, a picture or markup. Where Mermaid or the browser is missing, that is said.

use std::collections::BTreeMap;
use std::path::PathBuf;

use civigraph::diagram::{Figure, Format, NodeStyle, Options, Style, lay_out};
use serde_json::{Value, json};

use crate::browser;
use crate::formats_graphs::{graph, shown, spaced};
use crate::hostile_terms::{MARKED, draw, text};
use crate::support::{report, root};

/// What means something to Mermaid, or to the Markdown it reads in labels.
const MARKS: [&str; 60] = [
    "1. Verein e. V.",
    "1.",
    "12. ",
    "- minus",
    "+ plus",
    "* star",
    "1) first",
    "2)",
    "https://example.org/a_b?c=d&e=f#g",
    "http://x",
    "ftp://x.y/z",
    "mailto:a@example.org",
    "www.example.org",
    "Www.Example.Org",
    "example.org",
    "someone@example.org",
    "fa:fa-car",
    "a fab:fa-github b",
    ":fa-car:",
    "logos:aws",
    "end",
    "End",
    "a end b",
    "end end",
    "subgraph x",
    "flowchart TD",
    "default",
    "class n0 c1",
    "click n0 href \"http://x\"",
    "style n0 fill:#f00;",
    "classDef c0 fill:#f00;",
    "style a:b#c;d",
    "linkStyle 0 stroke:#f00;",
    "n0 --> n1",
    "\"quoted\" 'single'",
    "`back` ``ticks`` ```fence```",
    "\"`**markdown**`\"",
    "#35; #quot; #amp;",
    "&#35; &quot; &lt;b&gt;",
    "ﬂ°°60¶ßbﬂ°°62¶ß",
    "ﬂ°lt¶ß ¶ ß ﬂ °",
    "%% a comment",
    "%%{init: {\"theme\": \"dark\"}}%%",
    "a %% b",
    "[a] (b) {c} <d> ((e)) [[f]] {{g}} >h]",
    "|pipe| || -->|x|",
    "@{ shape: rect }",
    "n0@{ icon: \"fa:car\" }",
    "a:::c0",
    "a & b ; c",
    "😀 👩‍👩‍👧 e\u{301}",
    "مرکز CFHR (2025): \"امن\".",
    "\u{202e}turned",
    "line\nbroken\r\nthrice",
    "a\\nb <br> <br/> \\n",
    "<b>bold</b> <i>it</i>",
    "</foreignObject><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "$$x^2$$",
    "~~~ _a_ __b__ **c** ~~d~~ ==e==",
];

/// Mermaid as one script, where it is installed: as `.ci/run` does it, or where `CIVIGRAPH_MERMAID` says.
fn mermaid() -> Option<String> {
    let named = std::env::var_os("CIVIGRAPH_MERMAID").map(PathBuf::from);
    let cache =
        std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
    let installed = cache.map(|cache| cache.join("civigraph-ci/node/node_modules/mermaid/dist/mermaid.min.js"));
    let found = named.into_iter().chain(installed).find_map(|file| std::fs::read_to_string(file).ok());
    if found.is_none() {
        println!("skipped: Mermaid is not installed (`.ci/run` does it; CIVIGRAPH_MERMAID names its mermaid.min.js)");
    }
    found
}

fn page(mermaid: &str, texts: &[String]) -> String {
    let script = std::fs::read_to_string(root().join("tests/formats/mermaid.js")).expect("the script");
    let coded = browser::base64(json!(texts).to_string().as_bytes());
    format!(
        "<!doctype html><meta charset=\"utf-8\"><body><pre id=\"answers\"></pre><script>{mermaid}</script><script>window.coded = \"{coded}\";</script><script>{script}</script></body>"
    )
}

/// As a page shows a name: one line, spaces as one, what no file of the web may hold seen as a sign.
fn line(name: &str, id: &str) -> String {
    spaced(&shown(name, id)).chars().filter(|c| !is_unseen(*c)).collect()
}

/// What browsers leave out or put in for their own ends, and what parts signs that Mermaid keeps for itself.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{feff}' | '\u{2060}')
}

#[test]
fn mermaid_shows_every_name_as_it_was() {
    let Some(chromium) = browser::ready() else { return };
    let Some(mermaid) = mermaid() else { return };
    let mut names: Vec<String> = MARKS.iter().chain(&MARKED).map(|&name| name.to_owned()).collect();
    names.extend(draw(&text(), 100).into_iter().map(|name| name.chars().take(2_000).collect()));
    let mut graphs: Vec<_> = names.chunks(12).map(graph).collect();
    // A tie's name is long, and ends in what a cut would part: a letter and the marks on it.
    let long = format!("{}e\u{301}\u{323} end.", "supports ".repeat(40));
    graphs[0].ties[0].label = long;
    // Every figure has its own brackets.
    let style = |n: usize| {
        let figure = Figure::TABLE[n % Figure::TABLE.len()].0;
        let node = NodeStyle { figure: Some(figure), ..NodeStyle::default() };
        Style { nodes: BTreeMap::from([("https://example.org/ns#C".to_owned(), node)]), ..Style::default() }
    };
    let options = Options { hulls: true, ..Options::default() };
    let texts: Vec<String> = graphs
        .iter()
        .enumerate()
        .map(|(n, graph)| {
            let scene = lay_out(graph, &style(n), &options).expect("a scene");
            let mut bytes = Vec::new();
            Format::Mermaid.write(graph, &style(n), &scene, &options, &mut bytes).expect("it is written");
            String::from_utf8(bytes).expect("text")
        })
        .collect();
    let read = browser::answers(&chromium, &page(&mermaid, &texts));
    let read = read.as_array().expect("a list");
    assert_eq!(read.len(), graphs.len());
    let mut faults = Vec::new();
    for ((number, graph), found) in graphs.iter().enumerate().zip(read) {
        if !found.is_object() {
            faults.push(format!("{number}: {found}\n{:.1500}", texts[number]));
            continue;
        }
        let mut hold = |what: &str, found: Vec<String>, expected: Vec<String>| {
            let found: Vec<String> = found.iter().map(|name| line(name, "")).collect();
            let lost: Vec<&String> = expected.iter().filter(|name| !found.contains(name)).take(3).collect();
            let odd: Vec<&String> = found.iter().filter(|name| !expected.contains(name)).take(3).collect();
            if found != expected {
                faults.push(format!("{number} {what}: {odd:?}\n  is not {lost:?}"));
            }
        };
        let list = |value: &Value| -> Vec<String> {
            value.as_array().into_iter().flatten().map(|text| text.as_str().unwrap_or_default().to_owned()).collect()
        };
        let nodes = (0..graph.nodes.len()).map(|n| found["nodes"][format!("n{n}")].as_str().unwrap_or("(not there)").to_owned());
        hold("things", nodes.collect(), graph.nodes.iter().map(|node| line(&node.label, &node.id)).collect());
        let ties = graph.ties.iter().map(|tie| line(&tie.label, &tie.relation_label));
        hold("ties", list(&found["ties"]), ties.collect());
        // They all name one group, which has one of the names.
        let names = graph.nodes.iter().filter_map(|node| node.group.as_ref()).map(|group| line(&group.label, &group.key));
        let (names, shown) = (names.collect::<Vec<_>>(), list(&found["groups"]));
        let same = shown.iter().map(|name| line(name, "")).find(|name| names.contains(name));
        hold("groups", shown, vec![same.unwrap_or_else(|| names[0].clone())]);
        hold("title", list(&found["title"]), vec![line(&graph.title, "")].into_iter().filter(|title| !title.is_empty()).collect());
        hold("beside text", list(&found["odd"]), Vec::new());
    }
    report(faults);
}
