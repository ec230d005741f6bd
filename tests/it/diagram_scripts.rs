//! Names in any script: what is drawn fits its box as a shaping text engine sets it, not only as a sum of letters; a font that is
//! given is measured, named and drawn with.

use std::sync::Arc;

use civigraph::diagram::{Format, Graph, Node, Options, Style, Tie, is_font, lay_out};
use resvg::usvg;

const NAMES: [&str; 6] = [
    "سول سوسائٹی الائنس پاکستان",
    "مرکز برائے انسانی حقوق (CFHR) 2025",
    "المركز الدولي للحوكمة",
    "Центр прав человека и верховенства права",
    "Κέντρο Διακυβέρνησης και Έρευνας",
    "המרכז לזכויות האדם",
];

fn graph() -> Graph {
    let node =
        |(n, name): (usize, &&str)| Node { id: format!("n{n}"), label: (*name).to_owned(), class: "c".to_owned(), ..Node::default() };
    let tie = |to| Tie { from: 0, to, label: "رکن ہے".to_owned(), relation: "m".to_owned(), directed: true, ..Tie::default() };
    Graph {
        title: "پاکستان میں سول سوسائٹی".to_owned(),
        language: "ur".to_owned(),
        nodes: NAMES.iter().enumerate().map(node).collect(),
        ties: (1..NAMES.len()).map(tie).collect(),
        ..Graph::default()
    }
}

fn texts(group: &usvg::Group, found: &mut Vec<(String, usvg::Rect)>) {
    for node in group.children() {
        match node {
            usvg::Node::Group(group) => texts(group, found),
            usvg::Node::Text(text) => {
                let words = text.chunks().iter().map(|chunk| chunk.text()).collect();
                found.push((words, text.abs_bounding_box()));
            }
            _ => {}
        }
    }
}

#[test]
fn a_name_of_any_script_fits_its_box_as_it_is_shaped() {
    let (graph, style, options) = (graph(), Style::default(), Options::default());
    let scene = lay_out(&graph, &style, &options).expect("a scene");
    let mut svg = Vec::new();
    Format::Svg.write(&graph, &style, &scene, &options, &mut svg).expect("an SVG");
    let mut fonts = usvg::fontdb::Database::new();
    for data in [dejavu::sans::regular(), dejavu::sans::bold()] {
        fonts.load_font_source(usvg::fontdb::Source::Binary(Arc::new(data)));
    }
    let settings = usvg::Options { fontdb: Arc::new(fonts), font_family: "DejaVu Sans".to_owned(), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(&String::from_utf8(svg).expect("text"), &settings).expect("it parses");
    let mut found = Vec::new();
    texts(tree.root(), &mut found);
    let mut inside = 0;
    let mut faults = Vec::new();
    for (node, place) in graph.nodes.iter().zip(&scene.places) {
        let place = place.expect("every node is drawn");
        let own: Vec<_> = found.iter().filter(|(words, _)| !words.trim().is_empty() && node.label.contains(words.trim())).collect();
        if own.is_empty() {
            faults.push(format!("{}: its text is not there", node.label));
        }
        for (words, bounds) in own {
            let (left, right) = (f64::from(bounds.left()), f64::from(bounds.right()));
            inside += usize::from(left >= place.x - 0.5 && right <= place.x + place.w + 0.5);
            if left < place.x - 0.5 || right > place.x + place.w + 0.5 {
                faults.push(format!("{words}: {left} to {right}, its box {} to {}", place.x, place.x + place.w));
            }
            // Roomy, but not twice as wide as it need be.
            if words.chars().count() > 12 && place.w > 2.2 * (right - left) {
                faults.push(format!("{words}: {} wide in a box of {}", right - left, place.w));
            }
        }
    }
    crate::support::report(faults);
    assert!(inside >= NAMES.len(), "{inside} lines looked at");
}

#[test]
fn right_to_left_names_say_so_to_whoever_draws_them() {
    let (graph, style, options) = (graph(), Style::default(), Options::default());
    let scene = lay_out(&graph, &style, &options).expect("a scene");
    let mut svg = Vec::new();
    Format::Svg.write(&graph, &style, &scene, &options, &mut svg).expect("an SVG");
    let svg = String::from_utf8(svg).expect("text");
    assert!(svg.contains("lang=\"ur\""));
    for text in svg.split("<text").skip(1).filter_map(|text| text.split("</text>").next()) {
        let (marks, words) = text.split_once('>').expect("a tag ends");
        assert_eq!(marks.contains("direction=\"rtl\""), civigraph::text::is_right_to_left(words), "{text}");
    }
    let mut html = Vec::new();
    Format::Html.write(&graph, &style, &scene, &options, &mut html).expect("a page");
    assert!(String::from_utf8(html).expect("text").contains("<html lang=\"ur\" dir=\"rtl\">"));
}

#[test]
fn a_font_that_is_given_is_named_and_what_is_no_font_is_not_taken_for_one() {
    // The bundled bold face stands in for a font of someone's own.
    let own = dejavu::sans::bold().to_vec();
    assert!(is_font(&own));
    assert!(!is_font(b"no font") && !is_font(&[]) && !is_font(&own[..2_000]));
    let (graph, style) = (graph(), Style::default());
    let options = Options { fonts: vec![own], ..Options::default() };
    let scene = lay_out(&graph, &style, &options).expect("a scene");
    let mut svg = Vec::new();
    Format::Svg.write(&graph, &style, &scene, &options, &mut svg).expect("an SVG");
    let svg = String::from_utf8(svg).expect("text");
    let family = svg.split("font-family=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a family");
    assert_eq!(family.matches("DejaVu Sans").count(), 2, "{family}");
    let mut png = Vec::new();
    Format::Png.write(&graph, &style, &scene, &options, &mut png).expect("a PNG");
    assert!(png.starts_with(b"\x89PNG"));
}
