//! In a picture in layers what stands for more stands higher: the whole above its parts, boards below what they govern, people
//! below their posts. `tests/diagrams/above.tsv` has pairs of the report; besides, every tie of such a view leads upwards.

use civigraph::diagram::{Direction, Layout, Options, lay_out};
use civigraph::project::Project;
use civigraph::query;
use civigraph::query::answer::Shown;
use civigraph::store::Store;
use civigraph::view::{self, Choice, Drawn};

#[test]
fn the_whole_stands_above_its_parts() {
    let project = Project::open(&crate::support::root()).expect("the project");
    let made = civigraph::pipeline::make(&project).expect("it is read");
    let store = Store::from(made.dataset.expect("a graph"));
    let (opened, _) = civigraph::pipeline::open(&project).expect("the ontology");
    let (ontology, schema) = (&opened.ontology, &opened.schema);
    let (views, _) = query::questions_under(&project, "queries/diagrams", |_| true).expect("the views");
    let table = std::fs::read_to_string(crate::support::root().join("tests/diagrams/above.tsv")).expect("the table");
    let (mut faults, mut held) = (Vec::new(), 0);
    for question in &views {
        let setting = |name: &str| question.settings.get(name).map(String::as_str);
        if setting("layout").and_then(Layout::parse) != Some(Layout::Hierarchy) {
            continue;
        }
        let asked = query::parse(&question.asset.text, &ontology.prefixes).expect("it parses");
        let shown = Shown { store: &store, prefixes: &ontology.prefixes, base: &project.base, language: &project.language, raw: false };
        let graph = view::graph(asked, &Choice::default(), Drawn { directed: true }, shown, ontology, schema).expect("an answer");
        let direction = setting("direction").and_then(Direction::parse).unwrap_or_default();
        let options = Options { layout: Layout::Hierarchy, direction, ..Options::default() };
        let scene = lay_out(&graph, &view::style(ontology, &project.language), &options).expect("a scene");
        let place = |id: &str| graph.nodes.iter().position(|node| node.id.rsplit('/').next() == Some(id)).and_then(|at| scene.places[at]);
        for row in table.lines().skip(1) {
            let cells: Vec<&str> = row.split('\t').collect();
            let [name, above, below] = cells[..] else { panic!("{row} has not three cells") };
            if !question.name.ends_with(name) {
                continue;
            }
            held += 1;
            match (place(above), place(below)) {
                (Some(above), Some(below)) if above.y + above.h <= below.y => {}
                (Some(_), Some(_)) => faults.push(format!("{name}: {above} does not stand above {below}")),
                _ => faults.push(format!("{name}: {above} or {below} is not in the picture")),
            }
        }
        if direction == Direction::Up {
            for tie in &graph.ties {
                if let (Some(from), Some(to)) = (scene.places[tie.from], scene.places[tie.to])
                    && to.y >= from.y
                {
                    let [from, to] = [tie.from, tie.to].map(|end| &graph.nodes[end].label);
                    faults.push(format!("{}: {from} {} {to}, which does not stand higher", question.name, tie.label));
                }
            }
        }
    }
    assert!(held > 0 && held == table.lines().count() - 1, "{held} rows of tests/diagrams/above.tsv are of a view in layers");
    crate::support::report(faults);
}
