//! Every text of a picture can be read: at least 4.5:1 on what lies behind it, in each theme, with each style the ontology has and in
//! each view of the repository. The luminance is computed here anew, after WCAG 2.2, so that a slip in the program's own shows.

use civigraph::diagram::scene::{Item, Mark, Of, Paint, Text};
use civigraph::diagram::{Colour, Graph, Node, Options, Scene, Style, Theme, Tie, lay_out};
use civigraph::project::Project;
use civigraph::query;
use civigraph::query::answer::Shown;
use civigraph::store::Store;
use civigraph::view::{self, Choice, Drawn};

const THEMES: [(&str, Theme); 3] = [("light", Theme::Light), ("dark", Theme::Dark), ("print", Theme::Print)];

/// The relative luminance of WCAG 2.2.
fn luminance(Colour(red, green, blue): Colour) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

fn contrast(one: Colour, other: Colour) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// What lies right behind a text: its seam, else the last figure under it in its own item, else a group's hull, else the page.
fn ground(scene: &Scene, own: &Item, text: &Text) -> Colour {
    if let Some(halo) = text.halo {
        return halo;
    }
    let middle = text.bounds().centre();
    let under = |item: &Item| {
        item.marks.iter().rev().find_map(|mark| match mark {
            Mark::Path { fill: Some(Paint::Solid(colour, cover)), .. } if *cover > 0.5 => {
                mark.bounds().is_some_and(|bounds| bounds.contains(middle)).then_some(*colour)
            }
            _ => None,
        })
    };
    let hulls = scene.items.iter().rev().filter(|item| matches!(item.of, Of::Group(_)));
    under(own).or_else(|| hulls.filter_map(under).next()).or(scene.ground).unwrap_or(Colour(255, 255, 255))
}

/// How many texts a scene has, and those that are hard to read.
fn faint(name: &str, scene: &Scene) -> (usize, Vec<String>) {
    let (mut seen, mut faults) = (0, Vec::new());
    for item in &scene.items {
        for mark in &item.marks {
            let Mark::Text(text) = mark else { continue };
            seen += 1;
            let ground = ground(scene, item, text);
            let found = contrast(text.ink, ground);
            if found < 4.5 {
                faults.push(format!("{name}: `{}` is {} on {ground}, {found:.2}:1", text.line.text, text.ink));
            }
        }
    }
    (seen, faults)
}

#[test]
fn every_style_of_the_ontology_can_be_read_in_every_theme() {
    let project = Project::open(&crate::support::root()).expect("the project");
    let (opened, _) = civigraph::pipeline::open(&project).expect("the ontology");
    let style = view::style(&opened.ontology, &project.language);
    assert!(style.nodes.len() > 20 && style.ties.len() > 10, "{} and {} styles", style.nodes.len(), style.ties.len());
    let class = |key: &String| Node {
        id: key.clone(),
        label: "Name of it".into(),
        class: key.clone(),
        class_label: key.clone(),
        ..Node::default()
    };
    let nodes: Vec<Node> = style.nodes.keys().map(class).collect();
    let tie = |(n, key): (usize, &String)| Tie {
        from: n % nodes.len(),
        to: (n + 1) % nodes.len(),
        label: "is tied to".into(),
        relation: key.clone(),
        relation_label: key.clone(),
        directed: true,
        ..Tie::default()
    };
    let ties = style.ties.keys().enumerate().map(tie).collect();
    let graph = Graph { nodes: nodes.clone(), ties, ..Graph::default() };
    let mut faults = Vec::new();
    for (name, theme) in THEMES {
        let scene = lay_out(&graph, &style, &Options { theme, ..Options::default() }).expect("a scene");
        let (seen, found) = faint(name, &scene);
        assert!(seen >= style.nodes.len(), "{name}: only {seen} texts");
        faults.extend(found);
    }
    crate::support::report(faults);
}

#[test]
fn every_view_of_the_repository_can_be_read_in_every_theme() {
    let project = Project::open(&crate::support::root()).expect("the project");
    let made = civigraph::pipeline::make(&project).expect("it is read");
    let store = Store::from(made.dataset.expect("a graph"));
    let (opened, _) = civigraph::pipeline::open(&project).expect("the ontology");
    let (ontology, schema) = (&opened.ontology, &opened.schema);
    let shown = || Shown { store: &store, prefixes: &ontology.prefixes, base: &project.base, language: &project.language, raw: false };
    let (views, _) = query::questions_under(&project, "queries/diagrams", |_| true).expect("the views");
    assert!(!views.is_empty());
    let style = view::style(ontology, &project.language);
    let mut faults = Vec::new();
    for question in &views {
        let asked = query::parse(&question.asset.text, &ontology.prefixes).unwrap_or_else(|_| panic!("{} does not parse", question.name));
        // Without a focus: all that a view can show.
        let graph = view::graph(asked, &Choice::default(), Drawn { directed: true }, shown(), ontology, schema).expect("an answer");
        let layout = question.settings.get("layout").and_then(|layout| civigraph::diagram::Layout::parse(layout)).unwrap_or_default();
        for (name, theme) in THEMES {
            let options = Options { theme, layout, ..Options::default() };
            let scene = lay_out(&graph, &style, &options).expect("a scene");
            let (seen, found) = faint(&format!("{}, {name}", question.name), &scene);
            assert!(seen > graph.nodes.len() / 2, "{}, {name}: only {seen} texts", question.name);
            faults.extend(found);
        }
    }
    crate::support::report(faults);
}

#[test]
fn a_style_that_asks_for_letters_as_pale_as_their_ground_is_mended() {
    let mut style = Style::default();
    for (n, colour) in [Colour(0, 0, 0), Colour(255, 255, 255), Colour(128, 128, 128), Colour(255, 255, 0)].into_iter().enumerate() {
        let asked = civigraph::diagram::NodeStyle { fill: Some(colour), ink: Some(colour), ..Default::default() };
        style.nodes.insert(format!("c{n}"), asked);
        style.ties.insert(format!("r{n}"), civigraph::diagram::TieStyle { ink: Some(colour), ..Default::default() });
    }
    let node = |n: usize| Node { id: format!("n{n}"), label: format!("Thing {n}"), class: format!("c{n}"), ..Node::default() };
    let tie = |n: usize| Tie { from: n, to: (n + 1) % 4, label: "knows".into(), relation: format!("r{n}"), ..Tie::default() };
    let graph = Graph { nodes: (0..4).map(node).collect(), ties: (0..4).map(tie).collect(), ..Graph::default() };
    let faults = THEMES.iter().flat_map(|(name, theme)| {
        let scene = lay_out(&graph, &style, &Options { theme: *theme, ..Options::default() }).expect("a scene");
        faint(name, &scene).1
    });
    crate::support::report(faults.collect());
}
