//! Graph files are read back by the programs they are for: networkx, openpyxl, Graphviz, pdftotext. What is not installed is said and
//! passed over.

use std::path::Path;
use std::process::{Command, Stdio};

use civigraph::diagram::{
    Amount, Citation, Day, Fact, Format, Graph, Group, Line, Node, Options, Qualifier, Style, Tie, TimeSpan, lay_out,
};

const HOSTILE: [&str; 6] =
    ["<b>&\"quoted\"</b>", "]]> --> <!--", "=1+1", "one\nline | and; another\\", "😀 سول سوسائٹی", "graph \"x\" { a -> b; } %% end"];

fn day(text: &str) -> Option<Day> {
    Day::parse(text)
}

fn graph() -> Graph {
    let cited = |n: usize| vec![Citation { label: format!("Report §{n}"), iri: format!("https://example.org/source/r/{n}") }];
    let mut nodes: Vec<Node> = HOSTILE
        .iter()
        .enumerate()
        .map(|(n, label)| Node {
            id: format!("n{n}"),
            iri: format!("https://example.org/id/n{n}"),
            label: (*label).to_owned(),
            class: format!("https://example.org/ns#Class{}", n % 2),
            class_label: ["org", "fund"][n % 2].to_owned(),
            group: (n < 3).then(|| Group { key: "g".to_owned(), label: "A <group>".to_owned() }),
            weight: n as f64 + 0.5,
            facts: vec![Fact { label: "founded".to_owned(), value: "2022".to_owned(), ..Fact::default() }],
            citations: cited(n),
            bounds: Some(TimeSpan {
                earliest_start: day("2022-01-01"),
                latest_start: day("2022-12-31"),
                latest_end: day("2025-06-30"),
                label: "2022/2025-06".to_owned(),
                ..TimeSpan::default()
            }),
            ..Node::default()
        })
        .collect();
    nodes[1].line = Line::Dashed;
    nodes[1].note = Some("planned".to_owned());
    let tie = |from, to, label: &str| Tie {
        from,
        to,
        label: label.to_owned(),
        relation: "https://example.org/ns#r".to_owned(),
        relation_label: label.to_owned(),
        directed: true,
        amount: Some(Amount { value: Some(12_500.5), qualifier: Qualifier::AtLeast, currency: "USD".to_owned() }),
        citations: cited(9),
        bounds: Some(TimeSpan { earliest_start: day("2024-03-01"), latest_end: day("2024-12-31"), ..TimeSpan::default() }),
        ..Tie::default()
    };
    // Parallel and opposite ties, and a loop.
    let ties =
        vec![tie(0, 1, "funds"), tie(0, 1, "hosts"), tie(1, 0, "a \"b\" <c>"), tie(2, 2, "knows"), tie(3, 4, "funds"), tie(4, 5, "funds")];
    Graph { title: "A \"title\" <&>".to_owned(), nodes, ties, sources: vec!["Report".to_owned()], ..Graph::default() }
}

fn written(format: Format) -> Vec<u8> {
    let (graph, style, options) = (graph(), Style::default(), Options::default());
    let scene = lay_out(&graph, &style, &options).expect("a scene");
    let mut bytes = Vec::new();
    format.write(&graph, &style, &scene, &options, &mut bytes).expect("it is written");
    bytes
}

/// Whether a program runs; says what is skipped if not.
fn has(program: &str, arguments: &[&str], what: &str) -> bool {
    let found =
        Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    if !found {
        eprintln!("skipped: {what} is not installed");
    }
    found
}

fn python(script: &str, file: &Path) {
    let output = Command::new("python3").args(["-c", script]).arg(file).output().expect("python runs");
    assert!(output.status.success(), "{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
}

fn with_file(format: Format, check: impl FnOnce(&Path)) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(format!("graph.{}", format.extension()));
    std::fs::write(&file, written(format)).expect("a file");
    check(&file);
}

#[test]
fn networkx_reads_graphml_and_gexf_with_typed_attributes_and_spells() {
    if !has("python3", &["-c", "import networkx"], "Python with networkx") {
        return;
    }
    let common = r#"
import sys, networkx as nx
def check(g, label):
    assert len(g) == 6 and g.number_of_edges() == 6, (len(g), g.number_of_edges())
    n, e = g.nodes['n0'], [d for a, b, d in g.edges(data=True) if (a, b) == ('n0', 'n1')]
    assert n[label] == '<b>&"quoted"</b>', n
    assert n['weight'] == 0.5 and type(n['weight']) is float and type(n['x']) is float, n
    assert n['classLabel'] == 'org' and n['groupLabel'] == 'A <group>' and 'founded: 2022' in n['facts'], n
    assert n['earliestStart'] == '2022-01-01' and n['latestEnd'] == '2025-06-30' and n['when'] == '2022/2025-06', n
    assert 'https://example.org/source/r/0' in n['citations'], n
    assert g.nodes['n1']['note'] == 'planned' and g.nodes['n1']['line'] == 'dashed', g.nodes['n1']
    assert g.nodes['n3'][label] == 'one\nline | and; another\\', g.nodes['n3']
    assert g.nodes['n4'][label] == '😀 سول سوسائٹی', g.nodes['n4']
    assert len(e) == 2, e
    assert all(d['amount'] == 12500.5 and type(d['amount']) is float and d['currency'] == 'USD' and d['directed'] is True for d in e), e
    assert sorted(d['relationLabel'] for d in e) == ['funds', 'hosts'], e
    assert nx.is_directed(g)
"#;
    with_file(Format::Graphml, |file| python(&format!("{common}\ncheck(nx.read_graphml(sys.argv[1]), 'label')"), file));
    let spells = "g = nx.read_gexf(sys.argv[1])\ncheck(g, 'label')\n\
                  assert g.nodes['n0']['start'] == '2022-01-01' and g.nodes['n0']['end'] == '2025-06-30', g.nodes['n0']\n\
                  assert all(d['start'] == '2024-03-01' and d['end'] == '2024-12-31' for a, b, d in g.edges(data=True))";
    with_file(Format::Gexf, |file| python(&format!("{common}\n{spells}"), file));
}

#[test]
fn networkx_reads_the_cytoscape_file() {
    if !has("python3", &["-c", "import networkx"], "Python with networkx") {
        return;
    }
    let script = "import sys, json, networkx as nx\n\
                  d = json.load(open(sys.argv[1], encoding='utf-8'))\n\
                  assert len(d['elements']['nodes']) == 6 and len(d['elements']['edges']) == 6\n\
                  assert all(type(n['position']['x']) in (int, float) for n in d['elements']['nodes'])\n\
                  d.setdefault('directed', True); d.setdefault('multigraph', True)\n\
                  d['data'] = list(d['data'].items())\n\
                  for n in d['elements']['nodes']: n['data']['value'] = n['data']['id']; n['data']['name'] = n['data']['label']\n\
                  for e in d['elements']['edges']: e['data']['key'] = e['data']['id']\n\
                  g = nx.cytoscape_graph(d)\n\
                  assert len(g) == 6 and g.number_of_edges() == 6\n\
                  assert g.nodes['n2']['label'] == '=1+1' and g.nodes['n2']['weight'] == 2.5";
    with_file(Format::Cytoscape, |file| python(script, file));
}

#[test]
fn a_workbook_has_typed_cells_frozen_heads_and_the_same_bytes_at_any_time() {
    assert!(written(Format::Xlsx) == written(Format::Xlsx), "the same graph gives the same bytes");
    if !has("python3", &["-c", "import openpyxl"], "Python with openpyxl") {
        return;
    }
    let script = r#"
import sys, openpyxl, datetime, zipfile
assert {i.date_time[0] for i in zipfile.ZipFile(sys.argv[1]).infolist()} <= {1980, 2000}, 'the clock stands in the file'
b = openpyxl.load_workbook(sys.argv[1])
assert b.properties.created.year == 2000, 'the clock stands in the file'
assert b.sheetnames == ['Things', 'Ties', 'About'], b.sheetnames
for s in b: assert s.freeze_panes == 'A2', s.title
def rows(s):
    r = list(b[s].iter_rows(values_only=True)); return [dict(zip(r[0], x)) for x in r[1:]]
things, ties = rows('Things'), rows('Ties')
assert len(things) == 6 and len(ties) == 6
assert len(set(c.value for c in b['Things'][1])) == b['Things'].max_column, 'a head twice'
n = things[0]
assert n['name'] == '<b>&"quoted"</b>' and n['kind'] == 'org' and n['group'] == 'A <group>' and n['founded'] == '2022', n
assert n['earliest start'] == datetime.datetime(2022, 1, 1) and n['earliest end'] is None and n['latest end'] == datetime.datetime(2025, 6, 30), n
assert n['ties'] == 3 and n['citation 1'] == 'Report §0' and n['citation 1 iri'] == 'https://example.org/source/r/0', n
assert things[1]['note'] == 'planned'
assert things[2]['name'] == '=1+1' and b['Things'].cell(4, 2).data_type == 's', 'a label is never a formula'
t = [t for t in ties if t['how'] == 'hosts'][0]
assert t['amount'] == 12500.5 and t['amount is'] == 'at least' and t['currency'] == 'USD' and t['directed'] is True, t
assert t['from'] == 'n0' and t['to name'] == ']]> --> <!--', t
assert ['source', 'Report'] in [list(r) for r in b['About'].iter_rows(values_only=True)]
"#;
    with_file(Format::Xlsx, |file| python(script, file));
}

#[test]
fn graphviz_draws_the_dot_file() {
    if !has("dot", &["-V"], "Graphviz") {
        return;
    }
    with_file(Format::Dot, |file| {
        let output = Command::new("dot").arg("-Tsvg").arg(file).output().expect("dot runs");
        let svg = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(String::from_utf8_lossy(&output.stderr).trim().is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!((svg.matches("class=\"node").count(), svg.matches("class=\"edge").count()), (6, 6));
        assert!(svg.contains("سول") && svg.contains("=1+1"), "labels are there");
        assert!(!svg.contains("<b>"), "labels are text");
    });
}

#[test]
fn a_mermaid_file_has_one_line_a_thing_and_a_tie_whatever_they_are_called() {
    let text = String::from_utf8(written(Format::Mermaid)).expect("text");
    let mut lines = text.lines().filter(|line| !line.trim_start().starts_with("%%"));
    let front = text.starts_with("---");
    if !front {
        assert!(lines.next().is_some_and(|line| line.starts_with("flowchart")), "{text}");
    }
    assert_eq!(
        text.lines()
            .filter(|line| line.contains("-->"))
            .filter(|line| !line.contains("&lt;!--") && !line.trim_start().starts_with("n1["))
            .count(),
        6,
        "{text}"
    );
    for hostile in ["<b>", "]]>", "<!--"] {
        assert!(!text.contains(hostile), "{hostile} in\n{text}");
    }
}

#[test]
fn a_pdf_has_its_text_to_select_and_its_fonts_inside() {
    let pdf = written(Format::Pdf);
    assert!(pdf.starts_with(b"%PDF-"));
    assert!(!pdf.windows(14).any(|part| part == b"/Subtype/Image"), "lines and letters, no picture of them");
    if !has("pdftotext", &["-v"], "pdftotext") {
        return;
    }
    with_file(Format::Pdf, |file| {
        let output = Command::new("pdftotext").arg(file).arg("-").output().expect("pdftotext runs");
        let text = String::from_utf8_lossy(&output.stdout);
        for words in ["A \"title\" <&>", "funds", "=1+1", "Source: Report"] {
            assert!(text.contains(words), "{words} in\n{text}");
        }
        let fonts = Command::new("pdffonts").arg(file).output().expect("pdffonts runs");
        let fonts = String::from_utf8_lossy(&fonts.stdout).into_owned();
        assert!(fonts.contains("DejaVuSans"), "{fonts}");
    });
}
