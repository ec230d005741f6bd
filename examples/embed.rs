//! civigraph in a program of one's own: `cargo run --no-default-features --features diagram --example embed -- net4u-asia`.
//! Builds the project of this folder if need be, then says what a thing is, asks a question of it and draws a view.

use std::error::Error;

use civigraph::diagram::{Format, Options, lay_out};
use civigraph::entity::Scope;
use civigraph::project::Project;
use civigraph::session::{Asking, Session};
use civigraph::view::{self, Choice};
use civigraph::{oxigraph::sparql::QueryResults, pipeline, store::Store};

fn main() -> Result<(), Box<dyn Error>> {
    let name = std::env::args().nth(1).ok_or("usage: embed THING")?;
    let project = Project::find(".".as_ref())?;
    let made = pipeline::make(&project)?;
    let dataset = made.dataset.ok_or_else(|| format!("{} findings, and no graph", made.findings.iter().count()))?;
    let session = Session::over(project, Store::from(dataset))?;

    let thing = session.thing(&name)?;
    let page = session.page(&thing, Scope::default())?;
    println!("{}: {} sections", page.name, page.sections.len());

    let text = format!("SELECT ?place {{ GRAPH ?place {{ {thing} ?property ?value }} }} GROUP BY ?place");
    let prepared = session.prepare(&Asking { text, ..Asking::default() })?;
    if let QueryResults::Solutions(rows) = session.answer(prepared, None)? {
        println!("cited in {} places", rows.count());
    }

    let views = session.views()?;
    let view = views.iter().find(|view| view.name.ends_with("partnerships")).ok_or("no such view")?;
    let graph = session.view(view, &Choice { focus: Some(thing), depth: 1, ..Choice::default() })?;
    let (style, options) = (view::style(&session.opened.ontology, "en"), Options::default());
    let scene = lay_out(&graph, &style, &options)?;
    Format::Svg.write(&graph, &style, &scene, &options, &mut std::fs::File::create("embed.svg")?)?;
    println!("{} things drawn in embed.svg", graph.nodes.len());
    Ok(())
}
