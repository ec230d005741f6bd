//! The HTML page, driven in a real browser: search, focus, filters, zoom and keyboard work; the page's own security policy lets its
//! script run and no other; hostile labels stay text. Where Chromium is missing or does not start, the test says
//! so and passes; where it shows any page, it has to show this one right.

use std::path::Path;

use civigraph::diagram::{Citation, Fact, Format, Graph, Node, Options, Style, Theme, Tie, lay_out};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::browser::{base64, dumped, dumped_in, ready, sheets, unbase64};

/// Labels that want to be more than text.
const HOSTILE: [&str; 8] = [
    "<script>window.broken = 1</script>",
    "</script><script>window.broken = 1</script>",
    "\"><img src=x onerror=\"window.broken = 1\">",
    "' onmouseover='window.broken = 1",
    "</title></svg><script>window.broken = 1</script>",
    "one\nline\r\nand \u{202e}another",
    "😀👩‍👩‍👧‍👦 emoji & <b>bold</b>",
    "سول سوسائٹی الائنس پاکستان",
];

fn graph() -> Graph {
    let node = |id: &str, label: &str, class: &str| Node {
        id: id.to_owned(),
        label: label.to_owned(),
        class: class.to_owned(),
        class_label: class.to_owned(),
        facts: vec![Fact { label: "what it is".to_owned(), value: format!("fact of {id} <i>"), ..Fact::default() }],
        citations: vec![Citation { label: format!("Report, p. {id}"), iri: "https://example.org/p1".to_owned() }],
        ..Node::default()
    };
    let mut nodes =
        vec![node("hub", "Crème Alliance", "alliance"), node("near", "Near Network", "network"), node("far", "Far Fund", "fund")];
    nodes.extend(HOSTILE.iter().enumerate().map(|(n, label)| node(&format!("h{n}"), label, "hostile")));
    nodes.push(node("long", &"unbroken".repeat(63), "hostile"));
    nodes[0].facts.push(Fact { label: "also called".to_owned(), value: "CRM".to_owned(), ..Fact::default() });
    nodes.push(Node {
        id: "bare".to_owned(),
        label: "Bare".to_owned(),
        class: "plain".to_owned(),
        class_label: "plain".to_owned(),
        ..Node::default()
    });
    let tie = |from, to, relation: &str| Tie {
        from,
        to,
        label: relation.to_owned(),
        relation: relation.to_owned(),
        relation_label: relation.to_owned(),
        directed: true,
        citations: vec![Citation { label: "Report, tie".to_owned(), iri: String::new() }],
        ..Tie::default()
    };
    let mut ties = vec![tie(0, 1, "hosts"), tie(1, 2, "funds")];
    ties.extend((3..nodes.len()).map(|n| tie(2, n, "knows \"all\" <of> them")));
    Graph { title: "</title><script>window.broken = 1</script>".to_owned(), nodes, ties, ..Graph::default() }
}

fn page(theme: Theme) -> String {
    let (graph, style, options) = (graph(), Style::default(), Options { theme, ..Options::default() });
    let scene = lay_out(&graph, &style, &options).expect("a scene");
    let mut page = Vec::new();
    Format::Html.write(&graph, &style, &scene, &options, &mut page).expect("a page");
    String::from_utf8(page).expect("text")
}

/// What drives the page, in the page. Its answers end up as JSON in an element of their own.
const DRIVER: &str = r#"
const refused = [];
document.addEventListener('securitypolicyviolation', e => refused.push(e.effectiveDirective));
addEventListener('DOMContentLoaded', () => setTimeout(() => {
  const all = s => Array.from(document.querySelectorAll(s)), said = {};
  const node = id => all('.node').find(g => g.dataset.id === id);
  const tie = (a, b) => all('.tie').find(g => g.dataset.from === a && g.dataset.to === b || g.dataset.from === b && g.dataset.to === a);
  const key = (target, k) => target.dispatchEvent(new KeyboardEvent('keydown', { key: k, bubbles: true, cancelable: true }));
  const click = target => target.dispatchEvent(new MouseEvent('click', { bubbles: true }));
  const width = () => +document.querySelector('figure svg').getAttribute('viewBox').split(' ')[2];
  const find = document.getElementById('find'), tip = document.getElementById('tip');
  const type = text => { find.value = text; find.dispatchEvent(new Event('input')); };
  said.refusedAtStart = refused.slice();
  said.live = document.body.classList.contains('live');
  // search, with accents folded
  type('creme');
  said.found = all('.node.hit').map(g => g.dataset.id);
  said.status = document.getElementById('said').textContent;
  type('crm');
  said.acronym = all('.node.hit').map(g => g.dataset.id);
  type('creme');
  const before = width();
  key(find, 'Enter');
  said.searchZooms = width() < before;
  key(document.body, 'Escape');
  said.escaped = all('.node.hit, .node.fade').length;
  document.getElementById('whole').click();
  // focus by keyboard keeps the neighbours
  node('hub').focus();
  said.focusable = document.activeElement === node('hub');
  said.tip = tip.hidden ? null : tip.textContent;
  node('bare').focus(); said.bareTip = tip.textContent; node('hub').focus();
  said.select = getComputedStyle(document.querySelector('figure svg')).userSelect;
  said.links = all('a').map(a => a.getAttribute('href'));
  key(node('hub'), 'Enter');
  said.kept = all('.node:not(.fade)').map(g => g.dataset.id).sort();
  said.tieReachable = tie('hub', 'near').getAttribute('tabindex') === '0' && !tie('near', 'far').hasAttribute('tabindex');
  tie('hub', 'near').focus();
  said.tieTip = tip.textContent;
  key(node('hub'), 'Enter');
  said.faded = all('.fade').length;
  click(node('near'));
  said.keptByClick = all('.node:not(.fade)').map(g => g.dataset.id).sort();
  document.getElementById('whole').click();
  // the legend filters
  const legend = all('.key').find(g => g.dataset.keyClass === 'hostile'), relation = all('.key').find(g => g.dataset.keyRelation === 'hosts');
  click(legend);
  said.off = all('.node.off').length; said.tiesOff = all('.tie.off').filter(g => g.querySelector('path')).length; said.pressed = legend.getAttribute('aria-pressed');
  key(legend, ' ');
  said.offAgain = all('.node.off').length;
  click(relation);
  said.relationOff = all('.tie.off').filter(g => g.querySelector('path')).map(t => t.dataset.relation);
  click(relation);
  // zoom
  const whole = width();
  document.getElementById('in').click(); said.zoomedIn = width() < whole;
  key(document.querySelector('figure svg'), '0'); said.zoomReset = width() === whole;
  document.querySelector('figure svg').dispatchEvent(new WheelEvent('wheel', { deltaY: -100, clientX: 300, clientY: 300, cancelable: true, bubbles: true })); said.wheel = width() < whole;
  document.getElementById('whole').click();
  const svg = document.querySelector('figure svg');
  const touch = (kind, id, x) => svg.dispatchEvent(new PointerEvent(kind, { pointerId: id, clientX: x, clientY: 300, bubbles: true }));
  touch('pointerdown', 1, 300); touch('pointerdown', 2, 400); touch('pointermove', 2, 410); touch('pointermove', 2, 500); touch('pointerup', 2, 500); touch('pointerup', 1, 300);
  said.pinch = width() < whole;
  document.getElementById('whole').click();
  // what is text stays text
  said.labels = Object.fromEntries(all('tr[data-id]').map(r => [r.dataset.id, r.querySelector('th').textContent]));
  said.rows = all('tr[data-from]').length;
  said.scripts = document.scripts.length; said.images = document.images.length; said.bold = all('b').length;
  said.title = document.title;
  // what is injected does not run, and nothing is fetched
  const injected = document.createElement('script'); injected.textContent = 'window.broken = 2'; document.body.append(injected);
  const handler = document.createElement('div'); handler.setAttribute('onclick', 'window.broken = 3'); document.body.append(handler); handler.click();
  const image = document.createElement('img'); image.src = 'https://example.org/x.png'; document.body.append(image);
  setTimeout(() => {
    said.broken = window.broken || 0; said.refused = refused.slice();
    const out = document.createElement('pre'); out.id = 'answers'; out.textContent = 'ANSWERS' + btoa(unescape(encodeURIComponent(JSON.stringify(said)))) + 'END'; document.body.append(out);
  }, 300);
}, 50));
"#;

/// The page with the driver in it, which its policy must know by hash like every script.
fn with_driver(page: &str, driver: &str) -> String {
    let allowed = format!("script-src 'sha256-{}' ", base64(&Sha256::digest(driver.as_bytes())));
    assert_eq!(page.matches("script-src ").count(), 1, "the policy names its scripts once");
    let page = page.replacen("script-src ", &allowed, 1);
    page.replacen("<title>", &format!("<script>{driver}</script><title>"), 1)
}

/// What a driver finds on a page.
fn answers(chromium: &Path, page: &str, driver: &str) -> Value {
    told(&dumped(chromium, &with_driver(page, driver)).expect("a browser that has shown a page shows this one"))
}

/// What a driver has written.
fn told(dump: &str) -> Value {
    let coded = dump.split("ANSWERS").nth(2).or_else(|| dump.split(">ANSWERS").nth(1)).and_then(|rest| rest.split("END").next());
    let coded = coded.unwrap_or_else(|| panic!("the driver gave no answers: {:.2000}", dump));
    serde_json::from_slice(&unbase64(coded)).expect("answers")
}

/// What drives the page of any view.
const ROUND: &str = r#"
const refused = [];
document.addEventListener('securitypolicyviolation', e => refused.push(e.effectiveDirective));
addEventListener('DOMContentLoaded', () => setTimeout(() => {
  const all = s => Array.from(document.querySelectorAll(s)), said = { refused: refused.slice() }, tip = document.getElementById('tip');
  const ids = new Set(all('.node').map(g => g.dataset.id)), rows = new Map(all('tr[data-id]').map(r => [r.dataset.id, r]));
  said.things = ids.size; said.rows = [...ids].every(id => rows.has(id)) && rows.size === ids.size;
  said.reachable = all('.node[tabindex="0"]').length;
  said.tips = all('.node[tabindex="0"]').map(g => { g.focus(); return tip.textContent; });
  const key = all('.key').find(g => g.dataset.keyClass !== undefined), cls = key.dataset.keyClass;
  key.dispatchEvent(new MouseEvent('click', { bubbles: true }));
  said.hidden = all('.node').every(g => (g.dataset.class === cls) === (getComputedStyle(g).display === 'none'));
  key.dispatchEvent(new MouseEvent('click', { bubbles: true }));
  said.links = all('a').map(a => a.getAttribute('href')); said.ties = all('tr[data-from]').length; said.broken = window.broken || 0;
  said.wide = document.documentElement.scrollWidth <= innerWidth;
  const out = document.createElement('pre'); out.textContent = 'ANSWERS' + btoa(unescape(encodeURIComponent(JSON.stringify(said)))) + 'END'; document.body.append(out);
}, 50));
"#;

#[test]
fn pages_of_figures_aims_and_documents_work_in_a_browser() {
    let Some(chromium) = ready() else { return };
    for (view, things, ties, words) in [
        ("figures", 12, 0, ["≈ 40", "‡", "Sb §2 ¶1", "Another count", "no. 4 of 48"]),
        ("aims", 8, 5, ["planned", "also called", "CLB", "cybercrime", "Sb §2 ¶2"]),
        (
            "documents",
            7,
            8,
            ["empty: nothing follows the number", "tracking parameter", "nothing cites it", "3 statements rest on it", "Sa §1 fn 1"],
        ),
    ] {
        let said = answers(&chromium, &crate::pictures::page(view), ROUND);
        assert_eq!(said["refused"], serde_json::json!([]), "{view}: the policy blocks nothing of the page's own");
        assert_eq!((&said["things"], &said["reachable"]), (&Value::from(things), &Value::from(things)), "{view}");
        assert_eq!(
            (&said["rows"], &said["hidden"], &said["wide"]),
            (&Value::Bool(true), &Value::Bool(true), &Value::Bool(true)),
            "{view}: {said}"
        );
        assert_eq!((&said["ties"], &said["broken"]), (&Value::from(ties), &Value::from(0)), "{view}");
        assert_eq!(said["links"], serde_json::json!(["#table"]), "{view}");
        let tips = said["tips"].to_string();
        for word in words {
            assert!(tips.contains(word), "{view}: no card says `{word}`: {tips}");
        }
    }
}

/// What a small screen shows at first, and what a click on "Whole picture" gives.
const SMALL: &str = r#"
addEventListener('DOMContentLoaded', () => setTimeout(() => {
  const svg = document.querySelector('figure svg'), said = {}, box = svg.getBoundingClientRect();
  const letters = () => Math.max(...Array.from(svg.querySelectorAll('.node text')).map(t => t.getBoundingClientRect().height));
  said.inner = innerWidth; said.letters = letters(); said.wide = document.documentElement.scrollWidth <= innerWidth;
  said.head = svg.getAttribute('viewBox').split(' ').slice(0, 2).map(Number); said.tall = box.height / innerHeight;
  document.getElementById('whole').click();
  said.thumbnail = letters();
  const out = document.createElement('pre'); out.textContent = 'ANSWERS' + btoa(JSON.stringify(said)) + 'END'; document.body.append(out);
}, 50));
"#;

/// A graph of the size of a report: sixty things with facts and citations, a hundred ties.
fn large() -> Graph {
    let cite = |n: usize| Citation { label: format!("Report 2025 §{n} ¶{}", n % 7), iri: format!("https://report.org/{n}") };
    let node = |n: usize| Node {
        id: format!("thing-{n:02}"),
        label: format!("Organization for the Study of Rivers, number {n}"),
        class: format!("class{}", n % 5),
        class_label: "organization".to_owned(),
        facts: vec![Fact {
            label: "what it is".to_owned(),
            value: "measures how high the water stands and tells it to others".to_owned(),
            ..Fact::default()
        }],
        citations: (0..3).map(|k| cite(n + k)).collect(),
        ..Node::default()
    };
    let tie = |n: usize| Tie {
        from: n % 60,
        to: (n * 7 + 1 + n / 60) % 60,
        label: "works with".to_owned(),
        relation: "works".to_owned(),
        directed: true,
        citations: vec![cite(n)],
        ..Tie::default()
    };
    Graph {
        title: "Who works with whom".to_owned(),
        nodes: (0..60).map(node).collect(),
        ties: (0..100).map(tie).collect(),
        ..Graph::default()
    }
}

#[test]
fn a_page_is_read_on_a_small_screen_and_printed_on_few_sheets() {
    let Some(chromium) = ready() else { return };
    let (graph, style, options) = (large(), Style::default(), Options::default());
    let scene = lay_out(&graph, &style, &options).expect("a scene");
    let mut page = Vec::new();
    Format::Html.write(&graph, &style, &scene, &options, &mut page).expect("a page");
    let page = String::from_utf8(page).expect("text");
    let said = told(&dumped_in(&chromium, &with_driver(&page, SMALL), (390, 844)).expect("a page"));
    let number = |name: &str| said[name].as_f64().expect(name);
    assert!(number("inner") < 640.0, "{said}");
    assert_eq!(said["wide"], true, "nothing has to be pushed aside: {said}");
    assert_eq!(said["head"], serde_json::json!([0, 0]), "it begins at its head");
    assert!(number("letters") >= 7.0 && number("letters") > 1.5 * number("thumbnail"), "its letters are read: {said}");
    assert!(number("tall") > 0.5, "{said}");
    let sheets = sheets(&chromium, &page).expect("it is printed");
    // The picture on one, the two tables on the rest: a line or two for each thing and tie.
    assert!((2..=7).contains(&sheets), "{sheets} sheets");
}

#[test]
fn the_page_works_in_a_browser_and_runs_no_script_but_its_own() {
    let Some(chromium) = ready() else { return };
    let said = answers(&chromium, &page(Theme::Light), DRIVER);
    let list = |name: &str| said[name].as_array().expect(name).iter().map(|v| v.as_str().expect(name).to_owned()).collect::<Vec<_>>();
    assert_eq!(list("refusedAtStart"), Vec::<String>::new(), "the policy blocks nothing of the page's own");
    assert_eq!(said["live"], true, "the page's script runs");
    assert_eq!(list("found"), ["hub"], "search folds accents and case");
    assert_eq!(said["status"], "1 found");
    assert_eq!(list("acronym"), ["hub"], "search knows other names");
    let bare = said["bareTip"].as_str().expect("a tooltip");
    assert!(bare.starts_with("Bare (plain)") && bare.contains("knows"), "a card says more than the name: {bare}");
    assert_eq!(said["select"], "none", "dragging the picture selects no text");
    assert_eq!(list("links"), ["#table"], "no link leads to an address that is reserved for examples");
    assert_eq!((&said["searchZooms"], &said["escaped"]), (&Value::Bool(true), &Value::from(0)));
    assert_eq!(said["focusable"], true);
    let tip = said["tip"].as_str().expect("a tooltip on keyboard focus");
    assert!(tip.contains("Crème Alliance") && tip.contains("fact of hub <i>") && tip.contains("Report, p. hub"), "{tip}");
    assert_eq!(list("kept"), ["hub", "near"], "Enter keeps a thing and its neighbours");
    assert_eq!(said["tieReachable"], true, "the ties of what is in focus are in the tab order");
    assert!(said["tieTip"].as_str().expect("a tooltip").contains("Report, tie"), "{}", said["tieTip"]);
    assert_eq!(said["faded"], 0, "Enter again gives everything back");
    assert_eq!(list("keptByClick"), ["far", "hub", "near"]);
    let hostile = HOSTILE.len() + 1;
    assert_eq!((&said["off"], &said["tiesOff"]), (&Value::from(hostile), &Value::from(hostile)), "the legend hides a kind and its ties");
    assert_eq!((&said["pressed"], &said["offAgain"]), (&Value::from("false"), &Value::from(0)));
    assert_eq!(list("relationOff"), ["hosts"]);
    for name in ["zoomedIn", "zoomReset", "wheel", "pinch"] {
        assert_eq!(said[name], true, "{name}");
    }
    for (n, label) in HOSTILE.iter().enumerate() {
        let found = said["labels"][format!("h{n}")].as_str().expect("a label");
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").replace(['\u{202e}', '\u{200d}'], "");
        assert_eq!(plain(found), plain(label), "a label is text and nothing else");
    }
    assert_eq!(said["rows"], graph().ties.len(), "the table has every tie");
    assert_eq!(said["scripts"], 2, "the page's script and the driver");
    assert_eq!((&said["images"], &said["bold"]), (&Value::from(0), &Value::from(0)));
    assert!(said["title"].as_str().expect("a title").contains("<script>"), "{}", said["title"]);
    assert_eq!(said["broken"], 0, "nothing injected has run");
    let refused = list("refused");
    for directive in ["script-src-elem", "script-src-attr", "img-src"] {
        assert!(refused.iter().any(|found| found == directive), "{directive} is refused, found {refused:?}");
    }
}

#[test]
fn the_page_needs_no_other_file_and_allows_nothing_inline() {
    for theme in [Theme::Light, Theme::Dark, Theme::Print] {
        let page = page(theme);
        assert!(page.contains("default-src 'none'") && !page.contains("unsafe-inline") && !page.contains("unsafe-eval"));
        for loads in [" src=", "<link", "@import", "url(http", " style=", " onclick", "<iframe", "<object"] {
            // Escaped labels hold such words too; a tag holds them unescaped.
            let tags = page.split('<').filter_map(|tag| tag.split('>').next()).filter(|tag| tag.starts_with(char::is_alphabetic));
            let tags: Vec<&str> = tags.filter(|tag| tag.contains(loads.trim_start_matches('<')) && !tag.starts_with("script")).collect();
            let tags: Vec<&&str> =
                tags.iter().filter(|tag| !tag.contains("&quot;") && !tag.contains("&#39;") && !tag.contains("&lt;")).collect();
            assert!(tags.is_empty(), "{loads}: {tags:?}");
        }
    }
}
