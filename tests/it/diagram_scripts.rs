//! Names in any script: each is laid out once, and SVG in a browser, PNG and PDF show its letters in the same order at the same places.
//!
//! The names are data, `tests/scripts/labels.tsv`; the order in which each is seen and the letters that the bundled fonts lack stand in
//! `tests/scripts/seen.tsv`, which the browser is held against where there is one.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use civigraph::diagram::geometry::Rect;
use civigraph::diagram::scene::{Mark, Text};
use civigraph::diagram::text::{Ruler, TextLine, Weight};
use civigraph::diagram::{Format, Graph, Layout, Node, Options, Scene, Style, Tie, is_font, lacking, lay_out};
use serde_json::Value;
use unicode_segmentation::UnicodeSegmentation;

use crate::browser;
use crate::support::{expect, report, root};

fn labels() -> Vec<String> {
    let table = std::fs::read_to_string(root().join("tests/scripts/labels.tsv")).expect("the labels");
    table.lines().skip(1).map(|line| line.split('\t').next().unwrap_or(line).to_owned()).collect()
}

/// A graph of all labels, each as a name, on a tie and as a group, so that they stand whole and in lines.
fn graph(labels: &[String]) -> Graph {
    let node = |(n, name): (usize, &String)| Node { id: format!("n{n:02}"), label: name.clone(), class: "c".to_owned(), ..Node::default() };
    let tie = |(n, name): (usize, &String)| Tie {
        from: n,
        to: (n + 1) % labels.len(),
        label: name.clone(),
        relation: format!("m{}", n % 3),
        directed: true,
        ..Tie::default()
    };
    Graph {
        title: "پاکستان میں سول سوسائٹی: CSA (2025)".to_owned(),
        language: "ur".to_owned(),
        nodes: labels.iter().enumerate().map(node).collect(),
        ties: labels.iter().enumerate().map(tie).collect(),
        sources: vec!["رپورٹ CSA (2025).".to_owned(), "Report".to_owned()],
        ..Graph::default()
    }
}

fn drawn(graph: &Graph, options: &Options) -> Scene {
    lay_out(graph, &Style::default(), options).expect("a scene")
}

fn written(graph: &Graph, scene: &Scene, options: &Options, format: Format) -> Vec<u8> {
    let mut bytes = Vec::new();
    format.write(graph, &Style::default(), scene, options, &mut bytes).expect("it is written");
    bytes
}

fn texts(scene: &Scene) -> Vec<&Text> {
    let marks = scene.items.iter().flat_map(|item| &item.marks);
    marks.filter_map(|mark| if let Mark::Text(text) = mark { Some(text) } else { None }).collect()
}

/// A letter without what shows nothing: joiners, marks of direction.
fn visible(letter: &str) -> String {
    let unseen = |c: char| matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}');
    letter.chars().filter(|c| !unseen(*c)).collect()
}

/// What is seen as one letter, from left to right, with the middle of each in ems from the left end of the line. Letters that are drawn
/// as one share its width; marks stand with their letter.
fn letters(line: &TextLine) -> Vec<(String, f64)> {
    let whole: Vec<(usize, &str)> = line.text.grapheme_indices(true).collect();
    let mut letters = Vec::new();
    for run in &line.runs {
        let mut x = run.x;
        for cluster in run.glyphs.chunk_by(|a, b| a.text == b.text) {
            let width: f64 = cluster.iter().map(|glyph| glyph.advance).sum();
            let mut within: Vec<&str> = whole.iter().filter(|(at, _)| cluster[0].text.contains(at)).map(|(_, letter)| *letter).collect();
            if run.level % 2 == 1 {
                within.reverse();
            }
            let share = width / within.len().max(1) as f64;
            letters.extend(within.into_iter().enumerate().map(|(k, letter)| (visible(letter), x + share * (k as f64 + 0.5))));
            x += width;
        }
    }
    letters.retain(|(letter, _)| !letter.is_empty());
    letters
}

fn seen(line: &TextLine) -> String {
    letters(line).into_iter().map(|(letter, _)| letter).collect()
}

#[test]
fn every_label_is_seen_in_its_order_and_what_no_font_has_is_known() {
    let ruler = Ruler::new(&[]);
    let mut table = "label\truns\tseen from left to right\tno bundled font has\n".to_owned();
    for label in labels() {
        let line = ruler.line(&label, Weight::Regular);
        let mut lacking: Vec<char> = line.lacking().collect();
        lacking.sort_unstable();
        lacking.dedup();
        let missing: String = lacking.into_iter().collect();
        let _ = writeln!(table, "{label}\t{}\t{}\t{missing}", if line.is_rtl { "right to left" } else { "left to right" }, seen(&line));
    }
    report(expect(&root().join("tests/scripts/seen.tsv"), &table).into_iter().collect());
}

/// A page with a picture in it and the fonts it was measured in, which tells where the browser puts every letter.
fn page(svg: &str) -> String {
    let faces = [
        ("DejaVu Sans", 400, dejavu::sans::regular().to_vec()),
        ("DejaVu Sans", 700, dejavu::sans::bold().to_vec()),
        ("Noto Sans Arabic", 400, std::fs::read(root().join("crates/diagram/fonts/NotoSansArabic-Regular.ttf")).expect("a font")),
        ("Noto Sans Arabic", 700, std::fs::read(root().join("crates/diagram/fonts/NotoSansArabic-Bold.ttf")).expect("a font")),
    ];
    let mut sheet = String::new();
    for (family, weight, data) in faces {
        let data = browser::base64(&data);
        let _ = writeln!(sheet, "@font-face {{ font-family: '{family}'; font-weight: {weight}; src: url(data:font/ttf;base64,{data}) }}");
    }
    let script = std::fs::read_to_string(root().join("tests/scripts/letters.js")).expect("the script");
    format!(
        "<!doctype html><html dir=\"rtl\"><meta charset=\"utf-8\"><style>{sheet}svg text {{ text-rendering: geometricPrecision }}</style>{svg}<pre id=\"answers\"></pre><script>{script}</script></html>"
    )
}

#[test]
fn a_browser_shows_the_letters_of_an_svg_where_they_were_placed() {
    let Some(chromium) = browser::ready() else { return };
    let mut faults = Vec::new();
    for layout in [Layout::Network, Layout::Hierarchy] {
        let (graph, options) = (graph(&labels()), Options { layout, ..Options::default() });
        let scene = drawn(&graph, &options);
        let svg = String::from_utf8(written(&graph, &scene, &options, Format::Svg)).expect("text");
        let answers = browser::answers(&chromium, &page(&svg));
        let shown: Vec<&Value> = answers.as_array().expect("a list").iter().collect();
        let texts = texts(&scene);
        assert_eq!(shown.len(), texts.len(), "every text is there");
        let mut held = 0;
        for (text, shown) in texts.iter().zip(shown) {
            assert_eq!(shown["text"], text.line.text.as_str(), "the text of the SVG is the text, for whoever searches it");
            let ours = letters(&text.line);
            let theirs: Vec<(String, f64)> = shown["letters"]
                .as_array()
                .expect("letters")
                .iter()
                .map(|letter| (visible(letter[0].as_str().expect("a letter")), letter[1].as_f64().expect("a place")))
                .filter(|(letter, _)| !letter.is_empty())
                .collect();
            let order = |letters: &[(String, f64)]| letters.iter().map(|(letter, _)| letter.as_str()).collect::<String>();
            if order(&ours) != order(&theirs) {
                faults.push(format!("{}\n  placed {}\n  shown  {}", text.line.text, order(&ours), order(&theirs)));
                continue;
            }
            held += ours.len();
            // What the fonts lack the browser takes from elsewhere, as wide as it may be.
            if text.line.lacking().next().is_some() {
                continue;
            }
            let left = text.bounds().x;
            let off = |((_, ours), (_, theirs)): (&(String, f64), &(String, f64))| (left + ours * text.size - theirs).abs();
            let worst = ours.iter().zip(&theirs).map(off).fold(0.0, f64::max);
            if worst > 1.0 {
                faults.push(format!("{}: {worst:.2} pixels off at a size of {}", text.line.text, text.size));
            }
        }
        assert!(held > 1_500, "{held} letters compared");
    }
    report(faults);
}

/// Text without what readers add to tell directions, and with one space for any.
fn plain(text: &str) -> String {
    let marks = |c: &char| !matches!(c, '\u{200C}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(marks).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a program of poppler runs; says what is skipped if not.
fn has(program: &str) -> bool {
    let found = Command::new(program).arg("-v").output().is_ok_and(|output| output.status.success());
    if !found {
        eprintln!("skipped: {program} is not installed");
    }
    found
}

/// The labels that the bundled fonts have all letters of.
fn lettered() -> Vec<String> {
    let ruler = Ruler::new(&[]);
    labels().into_iter().filter(|label| ruler.line(label, Weight::Regular).lacking().next().is_none()).collect()
}

/// A picture of all labels as a PDF, a PNG and the scene they show, in a folder.
fn printed(dpi: f64) -> (tempfile::TempDir, Scene) {
    let (graph, options) = (graph(&lettered()), Options { dpi, ..Options::default() });
    let scene = drawn(&graph, &options);
    let folder = tempfile::tempdir().expect("a folder");
    for (name, format) in [("graph.pdf", Format::Pdf), ("graph.png", Format::Png)] {
        std::fs::write(folder.path().join(name), written(&graph, &scene, &options, format)).expect("a file");
    }
    (folder, scene)
}

/// What pdftotext reads.
fn read(file: &Path, how: &str) -> String {
    let output = Command::new("pdftotext").args(["-enc", "UTF-8", how]).arg(file).arg("-").output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    plain(&String::from_utf8(output.stdout).expect("UTF-8"))
}

#[test]
fn a_pdf_is_text_in_the_order_it_is_read() {
    if !has("pdftotext") {
        return;
    }
    let (folder, scene) = printed(96.0);
    let file = folder.path().join("graph.pdf");
    let mut faults = Vec::new();
    // As it stands in the file: what runs from right to left letter by letter, whatever spaces a reader makes of the gaps.
    // Marks on letters are not looked at: pdftotext puts several on one letter, and those of Arabic script, where it sees them.
    let bare = |text: &str| plain(text).chars().filter(|c| !is_mark(*c)).collect::<String>();
    let dense = |text: &str| bare(text).replace(' ', "");
    let raw = dense(&read(&file, "-raw"));
    for text in texts(&scene).into_iter().filter(|text| text.line.is_rtl && !raw.contains(&dense(&text.line.text))) {
        faults.push(format!("in the file: {}", text.line.text));
    }
    // As it is found on the page: every word whole.
    let page = bare(&read(&file, "-nopgbrk"));
    for text in texts(&scene) {
        for word in bare(&text.line.text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            if !page.contains(word) {
                faults.push(format!("on the page: {word} of {}", text.line.text));
            }
        }
    }
    report(faults);
}

/// Marks that stand on letters.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{064B}'..='\u{065F}' | '\u{0670}')
}

#[test]
fn pixels_and_pages_show_the_same() {
    if !has("pdftoppm") {
        return;
    }
    let (folder, scene) = printed(192.0);
    // A point is three quarters of a pixel, so that both have the same dots.
    let output = Command::new("pdftoppm")
        .args(["-r", "192", "-png", "-singlefile"])
        .args([folder.path().join("graph.pdf"), folder.path().join("page")])
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (ours, theirs) = (dots(&folder.path().join("graph.png")), dots(&folder.path().join("page.png")));
    assert_eq!((ours.width(), ours.height()), (theirs.width(), theirs.height()));
    let mut faults = Vec::new();
    for text in texts(&scene) {
        // How dark each column of the text is, in both; a letter elsewhere would show.
        let b = text.bounds();
        let place = Rect::new(2.0 * b.x, 2.0 * b.y, 2.0 * b.w, 2.0 * b.h);
        let columns = |dots: &tiny_skia::Pixmap| -> Vec<f64> {
            (place.x as u32..place.right().ceil() as u32)
                .map(|x| {
                    let rows = place.y.max(0.0) as u32..place.bottom().ceil() as u32;
                    rows.filter_map(|y| dots.pixel(x, y)).map(|dot| 255.0 - f64::from(dot.green())).sum::<f64>()
                })
                .collect()
        };
        let (ours, theirs) = (columns(&ours), columns(&theirs));
        let off: f64 = ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).sum();
        let ink: f64 = ours.iter().sum::<f64>().max(1.0);
        if off / ink > 0.25 {
            faults.push(format!("{}: {:.0} % of the ink is elsewhere", text.line.text, 100.0 * off / ink));
        }
    }
    report(faults);
}

fn dots(file: &Path) -> tiny_skia::Pixmap {
    tiny_skia::Pixmap::load_png(file).expect("a picture")
}

#[test]
fn a_font_that_is_given_is_named_and_what_is_no_font_is_not_taken_for_one() {
    // The bundled bold face stands in for a font of someone's own.
    let own = dejavu::sans::bold().to_vec();
    assert!(is_font(&own));
    assert!(!is_font(b"no font") && !is_font(&[]) && !is_font(&own[..2_000]));
    let (graph, options) = (graph(&labels()), Options { fonts: vec![own, b"no font".to_vec()], ..Options::default() });
    let scene = drawn(&graph, &options);
    let svg = String::from_utf8(written(&graph, &scene, &options, Format::Svg)).expect("text");
    let family = svg.split("font-family=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a family");
    assert_eq!(family.matches("DejaVu Sans").count(), 2, "{family}");
    assert!(written(&graph, &scene, &options, Format::Png).starts_with(b"\x89PNG"));
    assert!(written(&graph, &scene, &options, Format::Pdf).starts_with(b"%PDF"));
}

#[test]
fn a_font_that_is_given_writes_what_the_bundled_ones_lack() {
    // DejaVu Sans Mono has signs that no bundled font has.
    let graph =
        Graph { title: "⌕ پاکستان".to_owned(), nodes: vec![Node { id: "a".to_owned(), ..Node::default() }], ..Graph::default() };
    assert_eq!(lacking(&drawn(&graph, &Options::default())).into_iter().collect::<String>(), "⌕");
    let options = Options { fonts: vec![dejavu::sans_mono::regular().to_vec()], ..Options::default() };
    let scene = drawn(&graph, &options);
    assert!(lacking(&scene).is_empty());
    for format in [Format::Png, Format::Pdf] {
        assert!(written(&graph, &scene, &options, format) == written(&graph, &scene, &options, format), "{format:?}: the same bytes");
    }
}

#[test]
fn a_page_says_its_language_and_names_run_their_own_way_in_its_tables() {
    let (graph, options) = (graph(&labels()), Options::default());
    let scene = drawn(&graph, &options);
    let svg = String::from_utf8(written(&graph, &scene, &options, Format::Svg)).expect("text");
    assert!(svg.contains("lang=\"ur\"") && svg.contains("direction=\"ltr\""));
    let html = String::from_utf8(written(&graph, &scene, &options, Format::Html)).expect("text");
    assert!(html.contains("<html lang=\"ur\" dir=\"rtl\">"));
    let cells = html.split("<tbody>").skip(1).flat_map(|part| part.split("</tbody>").next());
    let cells: Vec<&str> = cells.flat_map(|part| part.split('<')).filter(|tag| tag.starts_with("td") || tag.starts_with("th")).collect();
    assert!(cells.len() > labels().len() && cells.iter().all(|tag| tag.contains("dir=\"auto\"")), "{cells:.3?}");
}
