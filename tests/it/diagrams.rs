//! The pictures' promises: no fault that `quality` counts, the same bytes in whatever order the input is listed, and plain
//! words where something cannot be shown.

use std::path::PathBuf;

use civigraph::diagram::quality::Quality;
use civigraph::diagram::{
    Amount, Day, DiagramError, Direction, Format, Graph, Group, Layout, Measure, Measured, Node, Options, Qualifier, Scene, Stage, Style,
    Tie, TimeSpan, lay_out,
};
use civigraph::project::Project;
use civigraph::query;
use civigraph::query::answer::Shown;
use civigraph::store::Store;
use civigraph::view::{self, Choice, Drawn};
use proptest::prelude::*;

/// The graphs of `tests/diagrams`, by name.
fn graphs() -> Vec<(String, Graph)> {
    let folder = crate::support::root().join("tests/diagrams");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    files.sort();
    let read = |path: &PathBuf| serde_json::from_str(&std::fs::read_to_string(path).expect("a file")).expect("a graph");
    files.iter().map(|path| (path.file_stem().expect("a name").to_string_lossy().into_owned(), read(path))).collect()
}

/// All ways of laying out, by name.
fn ways() -> Vec<(&'static str, Options)> {
    let way = |layout, direction| Options { layout, direction, ..Options::default() };
    vec![
        ("network", way(Layout::Network, Direction::Right)),
        ("hierarchy right", way(Layout::Hierarchy, Direction::Right)),
        ("hierarchy down", way(Layout::Hierarchy, Direction::Down)),
        ("timeline", way(Layout::Timeline, Direction::Right)),
        ("flow", way(Layout::Flow, Direction::Right)),
        ("bars", way(Layout::Bars, Direction::Right)),
        ("columns", way(Layout::Columns, Direction::Right)),
        ("lines", way(Layout::Lines, Direction::Right)),
    ]
}

fn drawn(graph: &Graph, options: &Options) -> Scene {
    lay_out(graph, &Style::default(), options).expect("a scene")
}

fn svg(graph: &Graph, options: &Options) -> Vec<u8> {
    let style = Style::default();
    let mut bytes = Vec::new();
    Format::Svg.write(graph, &style, &drawn(graph, options), options, &mut bytes).expect("an SVG");
    bytes
}

/// The faults that no picture may have, whatever it shows.
fn inexcusable(found: Quality) -> Quality {
    Quality { crossings: 0, ties_behind_nodes: 0, lines_behind_labels: 0, ..found }
}

/// The same graph, listed in another order.
fn shuffled(graph: &Graph, mut seed: u64) -> Graph {
    let mut roll = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below.max(1)
    };
    let mut order: Vec<usize> = (0..graph.nodes.len()).collect();
    let mut ties = graph.ties.clone();
    for i in (1..order.len()).rev() {
        order.swap(i, roll(i + 1));
    }
    for i in (1..ties.len()).rev() {
        ties.swap(i, roll(i + 1));
    }
    let mut place = vec![0; order.len()];
    for (new, &old) in order.iter().enumerate() {
        place[old] = new;
    }
    for tie in &mut ties {
        (tie.from, tie.to) = (place[tie.from], place[tie.to]);
    }
    Graph { nodes: order.iter().map(|&old| graph.nodes[old].clone()).collect(), ties, ..graph.clone() }
}

#[test]
fn every_graph_is_drawn_in_every_layout_without_a_fault() {
    let mut faults = Vec::new();
    for (name, graph) in graphs() {
        for (way, options) in ways() {
            let found = Quality::of(&graph, &drawn(&graph, &options));
            if inexcusable(found) != Quality::default() {
                faults.push(format!("{name}, {way}: {found:?}"));
            }
            // Ties between bars of a time scale are thin and may pass behind names.
            if found.ties_behind_nodes > 0 && options.layout != Layout::Timeline {
                faults.push(format!("{name}, {way}: {} ties run behind nodes", found.ties_behind_nodes));
            }
            if found.lines_behind_labels > 10 {
                faults.push(format!("{name}, {way}: {} lines run behind labels", found.lines_behind_labels));
            }
        }
    }
    crate::support::report(faults);
}

/// The texts of a page that stand on each other, with the page's own: titles of panels, scales, legends.
fn heaped(scene: &Scene) -> Vec<String> {
    let text = |mark: &civigraph::diagram::scene::Mark| match mark {
        civigraph::diagram::scene::Mark::Text(text) => Some((text.line.text.clone(), text.bounds().grown(-1.0))),
        civigraph::diagram::scene::Mark::Path { .. } => None,
    };
    let texts: Vec<_> = scene.items.iter().flat_map(|item| &item.marks).filter_map(text).collect();
    let pairs = texts.iter().enumerate().flat_map(|(k, a)| texts[k + 1..].iter().map(move |b| (a, b)));
    pairs.filter(|(a, b)| a.1.overlaps(b.1)).map(|(a, b)| format!("{:?} on {:?}", a.0, b.0)).collect()
}

#[test]
fn no_text_of_bars_columns_or_lines_stands_on_another() {
    let mut faults = Vec::new();
    for (name, graph) in graphs() {
        for layout in [Layout::Bars, Layout::Columns, Layout::Lines] {
            for cite in [false, true] {
                let scene = drawn(&graph, &Options { layout, cite, ..Options::default() });
                faults.extend(heaped(&scene).into_iter().take(3).map(|fault| format!("{name}, {layout:?}, cite {cite}: {fault}")));
            }
        }
    }
    crate::support::report(faults);
}

#[test]
fn a_figure_is_drawn_as_exactly_as_it_is_stated() {
    let (_, graph) = graphs().into_iter().find(|(name, _)| name == "figures").expect("the graph");
    let scene = drawn(&graph, &Options { layout: Layout::Bars, ..Options::default() });
    let texts = |of: usize| -> Vec<String> {
        let own = scene.items.iter().filter(|item| item.of == civigraph::diagram::scene::Of::Node(of)).flat_map(|item| &item.marks);
        own.filter_map(|mark| match mark {
            civigraph::diagram::scene::Mark::Text(text) => Some(text.line.text.clone()),
            civigraph::diagram::scene::Mark::Path { .. } => None,
        })
        .collect()
    };
    for (n, node) in graph.nodes.iter().enumerate() {
        let figure = node.measured.as_ref().expect("a figure");
        let said = texts(n).join(" ");
        assert!(said.contains(figure.said().split(' ').next_back().expect("a word")), "{}: {said} lacks {}", node.id, figure.said());
        assert_eq!(said.contains('‡'), node.disputed, "{}: {said}", node.id);
    }
    let page: Vec<String> = graph.nodes.iter().enumerate().flat_map(|(n, _)| texts(n)).collect();
    for said in [
        "no. 45 of 193",
        "≤ no. 20 of 193",
        "−12 %",
        "0 %",
        "≥ −1.25 %",
        "> 26",
        "≈ 90",
        "40 (35 to 48)",
        "10 to 60",
        "not stated",
        "USD 0.1",
        "0.000125 m",
    ] {
        assert!(page.iter().any(|text| text == said), "`{said}` is nowhere");
    }
    let legend: String = scene.items.iter().map(|item| format!("{}\n", item.title)).collect();
    for word in ["at least", "at most", "about", "whisker", "a rank", "the whole", "not stated", "citations disagree (2)"] {
        assert!(legend.contains(word), "the legend does not say `{word}`: {legend}");
    }
}

#[test]
fn of_many_figures_those_of_one_measure_are_kept_and_the_rest_is_counted() {
    let (_, graph) = graphs().into_iter().find(|(name, _)| name == "figures").expect("the graph");
    let scene = drawn(&graph, &Options { layout: Layout::Bars, max_nodes: Some(10), ..Options::default() });
    let kept: Vec<f64> = (0..graph.nodes.len())
        .filter(|&n| scene.places[n].is_some())
        .filter_map(|n| graph.nodes[n].measured.as_ref().filter(|m| m.measure.label == "Readiness score").and_then(|m| m.value))
        .collect();
    assert_eq!(kept.len(), 10);
    assert!(kept.iter().all(|value| *value > 8.55), "{kept:?}");
    assert!(scene.notes.iter().any(|note| note.contains("more figures not shown")), "{:?}", scene.notes);
}

#[test]
fn ten_cents_of_one_money_do_not_look_like_millions_of_another() {
    let pay = |to, value, currency: &str| Tie {
        from: 0,
        to,
        label: "funds".to_owned(),
        directed: true,
        amount: Some(Amount { value: Some(value), qualifier: Qualifier::Exactly, currency: currency.to_owned() }),
        ..Tie::default()
    };
    let node = |id: &str| Node { id: id.to_owned(), label: id.to_owned(), ..Node::default() };
    let graph = Graph {
        nodes: vec![node("purse"), node("cents"), node("millions"), node("back")],
        ties: vec![pay(1, 0.1, "USD"), pay(2, 123e6, "EUR"), pay(3, -5000.0, "EUR")],
        ..Graph::default()
    };
    let scene = drawn(&graph, &Options { layout: Layout::Flow, ..Options::default() });
    let high = |n: usize| scene.places[n].expect("a place").h;
    assert!(high(1) * 4.0 < high(2), "{} beside {}", high(1), high(2));
    let legend: Vec<&str> = scene.items.iter().map(|item| item.title.as_str()).collect();
    for words in ["as wide: USD", "as wide: EUR", "empty: given back"] {
        assert!(legend.iter().any(|line| line.starts_with(words)), "`{words}` is not in the legend: {legend:?}");
    }
}

#[test]
fn formats_of_boxes_and_lines_refuse_bars_and_say_which_hold_them() {
    let (_, graph) = graphs().into_iter().find(|(name, _)| name == "figures").expect("the graph");
    let options = Options { layout: Layout::Bars, ..Options::default() };
    let (style, scene) = (Style::default(), drawn(&graph, &options));
    for format in Format::all() {
        let mut bytes = Vec::new();
        match format.write(&graph, &style, &scene, &options, &mut bytes) {
            Ok(()) => assert!(!matches!(format, Format::Dot | Format::Mermaid), "{}", format.name()),
            Err(error) => assert!(error.to_string().contains("xlsx, graphml"), "{}: {error}", format.name()),
        }
    }
}

#[test]
fn every_view_of_the_repository_and_of_hostile_names_is_drawn_without_a_fault() {
    let mut faults = every_view(&crate::support::root(), true);
    faults.extend(every_view(&crate::support::root().join("tests/pictures"), false));
    crate::support::report(faults);
}

/// The faults of the views of a project.
fn every_view(folder: &std::path::Path, is_large: bool) -> Vec<String> {
    let project = Project::open(folder).expect("the project");
    let made = civigraph::pipeline::make(&project).expect("it is read");
    let store = Store::from(made.dataset.expect("a graph"));
    let (opened, _) = civigraph::pipeline::open(&project).expect("the ontology");
    let (ontology, schema) = (&opened.ontology, &opened.schema);
    let shown = || Shown { store: &store, prefixes: &ontology.prefixes, base: &project.base, language: &project.language, raw: false };
    let (views, _) = query::questions_under(&project, "queries/diagrams", |_| true).expect("the views");
    let style = view::style(ontology, &project.language);
    let mut faults = Vec::new();
    for question in &views {
        let asked = query::parse(&question.asset.text, &ontology.prefixes).unwrap_or_else(|_| panic!("{} does not parse", question.name));
        // A view of one thing is drawn round the thing it names itself, as the command draws it.
        let focus = question.parameters.iter().find(|parameter| parameter.name == "focus").and_then(|parameter| {
            let civigraph::query::parameter::Default::Value(default) = &parameter.default else { return None };
            Some(ontology.prefixes.expand(default).unwrap_or_else(|| project.base.thing(default)))
        });
        let choice = Choice { focus, depth: 1, ..Choice::default() };
        let graph = view::graph(asked, &choice, Drawn { directed: true }, shown(), ontology, schema).expect("an answer");
        if graph.nodes.is_empty() && !is_large {
            continue;
        }
        let setting = |name: &str| question.settings.get(name).map(String::as_str);
        let options = Options {
            layout: setting("layout").and_then(Layout::parse).unwrap_or_default(),
            direction: setting("direction").and_then(Direction::parse).unwrap_or_default(),
            ..Options::default()
        };
        let scene = lay_out(&graph, &style, &options).expect("a scene");
        let found = Quality::of(&graph, &scene);
        let behind = if options.layout == Layout::Timeline { 0 } else { found.ties_behind_nodes };
        if inexcusable(found) != Quality::default() || behind > 0 || found.lines_behind_labels > 10 {
            faults.push(format!("{}: {found:?}", question.name));
        }
        if matches!(options.layout, Layout::Bars | Layout::Columns) {
            faults.extend(heaped(&scene).into_iter().take(3).map(|fault| format!("{}: {fault}", question.name)));
        }
        // No page is a ribbon.
        let shape = scene.width / scene.height;
        if is_large && !(0.5..3.2).contains(&shape) {
            faults.push(format!("{}: the page is {} × {}", question.name, scene.width, scene.height));
        }
    }
    faults
}

#[test]
fn the_order_of_the_input_does_not_reach_the_page() {
    for (name, graph) in graphs().into_iter().filter(|(_, graph)| graph.nodes.len() <= 60) {
        for (way, options) in ways() {
            let first = svg(&graph, &options);
            assert!(first == svg(&graph, &options), "{name}, {way}: two runs differ");
            assert!(first == svg(&shuffled(&graph, 7), &options), "{name}, {way}: another order of the input gives other bytes");
        }
    }
}

#[test]
fn a_single_thing_is_a_picture() {
    let graph = Graph { nodes: vec![Node { id: "a".into(), label: "Alone".into(), ..Node::default() }], ..Graph::default() };
    for (way, options) in ways() {
        let scene = drawn(&graph, &options);
        assert!(scene.places[0].is_some(), "{way}");
        assert_eq!(Quality::of(&graph, &scene), Quality::default(), "{way}");
    }
    assert!(matches!(lay_out(&Graph::default(), &Style::default(), &Options::default()), Err(DiagramError::Empty)));
}

/// A wheel of spokes with loose ends: node 0 has the most ties.
fn wheel(nodes: usize) -> Graph {
    Graph {
        nodes: (0..nodes).map(|i| Node { id: format!("n{i:05}"), ..Node::default() }).collect(),
        ties: (1..nodes)
            .map(|i| Tie { from: i, to: if i % 2 == 0 { 0 } else { i / 40 }, ..Tie::default() })
            .filter(|t| t.from != t.to)
            .collect(),
        ..Graph::default()
    }
}

#[test]
fn twenty_thousand_things_are_refused_with_advice_and_drawn_in_part_with_a_note() {
    let graph = wheel(20_000);
    let refused = lay_out(&graph, &Style::default(), &Options::default()).expect_err("too many");
    assert!(refused.to_string().contains("--max-nodes"), "{refused}");
    let scene = drawn(&graph, &Options { max_nodes: Some(150), ..Options::default() });
    assert_eq!(scene.places.iter().flatten().count(), 150);
    assert!(scene.places[0].is_some(), "the hub is the best connected");
    assert!(scene.notes.iter().any(|note| note.contains("19850 more things")), "{:?}", scene.notes);
    assert_eq!(Quality::of(&graph, &scene).node_overlaps, 0);
}

#[test]
fn a_long_chain_curls_up_instead_of_making_a_ribbon_of_the_page() {
    let chain = Graph {
        nodes: (0..800).map(|i| Node { id: format!("n{i:03}"), label: format!("Station number {i}"), ..Node::default() }).collect(),
        ties: (1..800).map(|i| Tie { from: i - 1, to: i, ..Tie::default() }).collect(),
        ..Graph::default()
    };
    let scene = drawn(&chain, &Options::default());
    assert!((0.2..5.0).contains(&(scene.width / scene.height)), "{} × {}", scene.width, scene.height);
    assert_eq!(Quality::of(&chain, &scene).node_overlaps, 0);
}

#[test]
fn outlines_of_groups_do_not_cross_and_what_stands_apart_is_counted() {
    let (_, plain) = graphs().into_iter().find(|(name, _)| name == "chance-200").expect("the graph");
    let mut grouped = plain;
    for (i, node) in grouped.nodes.iter_mut().enumerate() {
        node.group = Some(Group { key: format!("g{}", i % 5), label: format!("Group {}", i % 5) });
    }
    let scene = drawn(&grouped, &Options::default());
    let outlines: Vec<(&str, Vec<civigraph::diagram::geometry::Point>)> = scene
        .items
        .iter()
        .filter_map(|item| match (&item.of, item.marks.first()) {
            (civigraph::diagram::scene::Of::Group(key), Some(civigraph::diagram::scene::Mark::Path { steps, .. })) => {
                Some((key.as_str(), civigraph::diagram::geometry::hull(civigraph::diagram::geometry::flatten(steps))))
            }
            _ => None,
        })
        .collect();
    let crossing = outlines
        .iter()
        .enumerate()
        .flat_map(|(k, one)| outlines[k + 1..].iter().map(move |other| (one, other)))
        .filter(|(one, other)| one.0 != other.0 && civigraph::diagram::geometry::hulls_overlap(&one.1, &other.1))
        .count();
    assert_eq!(crossing, 0, "of {} outlines", outlines.len());
    assert!(outlines.len() < 60, "{} outlines for 5 groups", outlines.len());
    assert!(scene.notes.iter().any(|note| note.contains("away from the rest of the group")), "{:?}", scene.notes);
}

#[test]
fn groups_that_do_not_follow_the_ties_neither_blow_up_the_page_nor_take_in_strangers() {
    let (_, plain) = graphs().into_iter().find(|(name, _)| name == "chance-200").expect("the graph");
    let mut grouped = plain.clone();
    for (i, node) in grouped.nodes.iter_mut().enumerate() {
        node.group = Some(Group { key: format!("g{}", i % 9), label: format!("Group {}", i % 9) });
    }
    let size = |scene: &Scene| scene.width * scene.height;
    let scene = drawn(&grouped, &Options::default());
    let (with, without) = (size(&scene), size(&drawn(&plain, &Options::default())));
    assert!(with < 4.0 * without, "{with} beside {without}");
    assert_eq!(inexcusable(Quality::of(&grouped, &scene)), Quality::default());
}

#[test]
fn pinned_things_stay_where_they_were() {
    let (_, graph) = graphs().into_iter().find(|(name, _)| name == "chance-50").expect("the graph");
    let before = drawn(&graph, &Options::default());
    let middle = |scene: &Scene, n: usize| scene.places[n].expect("a place").centre();
    let kept = [0, 7, 23];
    let pins = kept.iter().map(|&n| (graph.nodes[n].id.clone(), (middle(&before, n).x, middle(&before, n).y))).collect();
    let after = drawn(&graph, &Options { pins, seed: 9, ..Options::default() });
    for pair in kept.windows(2) {
        let (was, is) = (middle(&before, pair[0]) - middle(&before, pair[1]), middle(&after, pair[0]) - middle(&after, pair[1]));
        assert!(was.distance(is) < 1e-6, "{pair:?}: {was:?} became {is:?}");
    }
    assert_eq!(Quality::of(&graph, &after).node_overlaps, 0);
}

/// A figure by chance: its measure, what it is of, its number, how exact it is, its bounds, whether it is a rank.
type Numbers = (usize, usize, Option<f64>, usize, Option<f64>, Option<f64>, bool);

/// Graphs by chance: loops, parallel and opposite ties, groups, dates, amounts and names of any length.
fn any_graph() -> impl Strategy<Value = Graph> {
    let day = |n: i64| Some(Day(18_000 + n));
    let span = prop_oneof![
        Just(None),
        (0..2_000_i64, 0..300_i64, 0..300_i64, any::<(bool, bool)>()).prop_map(move |(a, b, c, open)| {
            Some(TimeSpan {
                earliest_start: day(a).filter(|_| open.0),
                latest_start: day(a + b),
                earliest_end: day(a + b),
                latest_end: day(a + b + c).filter(|_| open.1),
                label: String::new(),
            })
        }),
    ];
    let number = prop_oneof![Just(None), (-1e9..1e9_f64).prop_map(Some), Just(Some(0.0)), Just(Some(1e300)), Just(Some(f64::NAN))];
    let measured = proptest::option::of((0..4_usize, 0..3_usize, number.clone(), 0..6_usize, number.clone(), number, any::<bool>()));
    let node =
        ("[A-Za-zäöü]{1,14}( [A-Za-z]{1,12}){0,7}", 0..5_usize, 0.0..30.0_f64, span.clone(), measured, proptest::option::of(0..4_i64));
    let nodes = proptest::collection::vec(node, 1..36);
    let amount = proptest::option::of((proptest::option::of(1.0..1e7_f64), any::<bool>()));
    let tie = (any::<(u16, u16)>(), "[a-z]{0,10}( [a-z]{1,9}){0,3}", any::<bool>(), amount, span);
    (nodes, proptest::collection::vec(tie, 0..70)).prop_map(|(nodes, ties)| {
        let count = nodes.len();
        let qualifiers =
            [Qualifier::Exactly, Qualifier::MoreThan, Qualifier::AtLeast, Qualifier::LessThan, Qualifier::AtMost, Qualifier::Around];
        let figure = |(m, of, value, qualifier, low, high, is_rank): Numbers| Measured {
            measure: Measure { key: format!("m{m}"), label: format!("Measure {m}"), is_rank, ..Measure::default() },
            of: format!("thing {of}"),
            value,
            qualifier: qualifiers[qualifier],
            low,
            high,
            out_of: high,
            ..Measured::default()
        };
        let group = |g: usize| (g < 3).then(|| Group { key: format!("g{g}"), label: format!("Group number {g}") });
        let node = |(i, (label, g, weight, bounds, measured, stage)): (
            usize,
            (String, usize, f64, Option<TimeSpan>, Option<Numbers>, Option<i64>),
        )| Node {
            id: format!("n{i:03}"),
            label,
            group: group(g),
            weight,
            bounds,
            measured: measured.map(figure),
            stage: stage.map(|number| Stage { number, label: format!("Stage {number}") }),
            ..Node::default()
        };
        let tie =
            |((from, to), label, directed, amount, bounds): ((u16, u16), String, bool, Option<(Option<f64>, bool)>, Option<TimeSpan>)| {
                Tie {
                    from: usize::from(from) % count,
                    to: usize::from(to) % count,
                    relation: label.clone(),
                    label,
                    directed,
                    amount: amount.map(|(value, exact)| Amount {
                        value,
                        qualifier: if exact { Qualifier::Exactly } else { Qualifier::AtLeast },
                        currency: "USD".into(),
                    }),
                    bounds,
                    ..Tie::default()
                }
            };
        Graph { nodes: nodes.into_iter().enumerate().map(node).collect(), ties: ties.into_iter().map(tie).collect(), ..Graph::default() }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_graph_is_drawn_with_an_inexcusable_fault(graph in any_graph(), seed in any::<u64>()) {
        for (way, options) in ways() {
            let scene = drawn(&graph, &options);
            let found = Quality::of(&graph, &scene);
            prop_assert_eq!(inexcusable(found), Quality::default(), "{}", way);
            prop_assert!(svg(&graph, &options) == svg(&shuffled(&graph, seed), &options), "{}: the order of the input reaches the page", way);
        }
    }
}
