//! Paths as lines for people, as rows, as JSON, as a picture.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::Arc;

use oxigraph::model::vocab::xsd;
use oxigraph::model::{Literal, NamedNode, Term, Variable};
use oxigraph::sparql::QuerySolutionIter;
use serde_json::{Value, json};
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use spargebra::term::GroundTerm;

use crate::cli::{Failure, Session, letters, width};
use crate::diagram::{self, DiagramError};
use crate::entity::Around;
use crate::path::{self, Path};
use crate::query::answer::{self, Heading, Layout, RowFormat};
use crate::tie::Tie;
use crate::view::{self, Choice, Drawn};

/// Paths between two things.
pub(super) struct Found<'a> {
    pub ties: &'a [Tie],
    pub paths: &'a [Path],
    pub from: &'a NamedNode,
    pub around: Around<'a>,
}

/// One tie of a step, read from the end that the path comes from.
struct Step<'a> {
    path: usize,
    step: usize,
    from: &'a NamedNode,
    to: &'a NamedNode,
    tie: &'a Tie,
}

impl Step<'_> {
    /// How the tie reads on the way: `organized (planned)`.
    fn words(&self) -> String {
        let text = if self.tie.from == *self.from { &self.tie.text } else { &self.tie.back };
        if self.tie.marks.is_empty() { text.clone() } else { format!("{text} ({})", self.tie.marks.join(", ")) }
    }
}

impl<'a> Found<'a> {
    /// All ties of all steps; parallel ties that read and rest alike once.
    fn steps(&self) -> Vec<Step<'a>> {
        let mut steps = Vec::new();
        for (number, path) in self.paths.iter().enumerate() {
            let mut here = self.from;
            for (place, (index, forward)) in path.iter().enumerate() {
                let next = if *forward { &self.ties[*index].to } else { &self.ties[*index].from };
                let mut said = BTreeSet::new();
                for parallel in path::parallel(self.ties, *index) {
                    let step = Step { path: number + 1, step: place + 1, from: here, to: next, tie: &self.ties[parallel] };
                    if said.insert((step.words(), &step.tie.citations)) {
                        steps.push(step);
                    }
                }
                here = next;
            }
        }
        steps
    }

    fn cited(&self, tie: &Tie) -> String {
        let labels: Vec<String> = tie.citations.iter().map(|citation| self.around.shown.term(&citation.clone().into())).collect();
        labels.join("; ")
    }

    /// `Ana Souza — director of → Delta Network  [Minutes §1 ¶3]`, a line a tie.
    pub fn text(&self, out: &mut dyn Write) -> io::Result<()> {
        let steps = self.steps();
        for (number, path) in self.paths.iter().enumerate() {
            let gap = if number > 0 { "\n" } else { "" };
            writeln!(out, "{gap}{}. {} step{}", number + 1, path.len(), if path.len() == 1 { "" } else { "s" })?;
            let mut last = 0;
            for step in steps.iter().filter(|step| step.path == number + 1) {
                let name = self.around.name(step.from);
                let start = if step.step == last { " ".repeat(name.chars().count()) } else { name };
                last = step.step;
                let cited = self.cited(step.tie);
                let line = format!("   {start} — {} → {}  [{cited}]", step.words(), self.around.name(step.to));
                writeln!(out, "{}", answer::table::plain(&line))?;
            }
        }
        Ok(())
    }

    /// A row a tie; as JSON an object a path.
    pub fn rows(&self, format: RowFormat, session: &Session, out: &mut dyn Write) -> Result<(), Failure> {
        if format == RowFormat::Json {
            writeln!(out, "{:#}", self.json())?;
            return Ok(());
        }
        let names = ["path", "step", "from", "fromName", "reads", "to", "toName", "claim", "cited"];
        let people = matches!(format, RowFormat::Table | RowFormat::Markdown);
        let kept = |name: &str| !people || !matches!(name, "from" | "to" | "claim");
        let variables: Arc<[Variable]> = names.iter().filter(|name| kept(name)).map(|name| Variable::new_unchecked(*name)).collect();
        let number = |number: usize| Some(Literal::new_typed_literal(number.to_string(), xsd::INTEGER).into());
        let text = |text: String| Some(Term::from(Literal::new_simple_literal(text)));
        let row = |step: &Step<'_>| {
            let all: [Option<Term>; 9] = [
                number(step.path),
                number(step.step),
                Some(step.from.clone().into()),
                text(self.around.name(step.from)),
                text(step.words()),
                Some(step.to.clone().into()),
                text(self.around.name(step.to)),
                step.tie.claim.clone().map(Term::from),
                text(self.cited(step.tie)),
            ];
            names.iter().zip(all).filter(|(name, _)| kept(name)).map(|(_, term)| term).collect::<Vec<_>>()
        };
        let rows: Vec<_> = self.steps().iter().map(|step| Ok(row(step))).collect();
        let heading =
            Heading { title: self.title(), notes: String::new(), facts: vec![("graph".to_owned(), session.project.title.clone())] };
        let layout =
            Layout { format, shown: session.shown(false), width: width(), limit: None, heading: &heading, named: false, sort: &[] };
        answer::write_rows(QuerySolutionIter::from_tuples(variables, rows), layout, out)?;
        Ok(())
    }

    fn json(&self) -> Value {
        let steps = self.steps();
        let paths = self.paths.iter().enumerate().map(|(number, path)| {
            let ties: Vec<Value> = steps
                .iter()
                .filter(|step| step.path == number + 1)
                .map(|step| {
                    let citations: Vec<Value> = step
                        .tie
                        .citations
                        .iter()
                        .map(|place| json!({ "iri": place.as_str(), "label": self.around.shown.term(&place.clone().into()) }))
                        .collect();
                    json!({
                        "step": step.step,
                        "from": { "id": self.around.id(step.from), "iri": step.from.as_str(), "name": self.around.name(step.from) },
                        "to": { "id": self.around.id(step.to), "iri": step.to.as_str(), "name": self.around.name(step.to) },
                        "reads": step.words(),
                        "relation": step.tie.relation.as_str(),
                        "claim": step.tie.claim.as_ref().map(NamedNode::as_str),
                        "when": step.tie.when.written,
                        "citations": citations,
                    })
                })
                .collect();
            json!({ "length": path.len(), "ties": ties })
        });
        paths.collect()
    }

    fn title(&self) -> String {
        let end = |path: &Path| path.last().map(|(index, forward)| if *forward { &self.ties[*index].to } else { &self.ties[*index].from });
        let to = self.paths.first().and_then(end).map_or_else(String::new, |to| self.around.name(to));
        format!("How {} and {to} are connected", self.around.name(self.from))
    }

    /// The things and ties of all paths, drawn; gives what must be said about the letters.
    pub fn picture(&self, to: &NamedNode, format: diagram::Format, session: &Session, out: &mut dyn Write) -> Result<Vec<String>, Failure> {
        let mut rows: BTreeSet<[Option<GroundKey>; 6]> = BTreeSet::new();
        for step in self.steps() {
            let tie = step.tie;
            let text = if tie.marks.is_empty() { tie.text.clone() } else { format!("{} ({})", tie.text, tie.marks.join(", ")) };
            for cited in &tie.citations {
                rows.insert([
                    Some(GroundKey::Node(tie.from.clone())),
                    Some(GroundKey::Node(tie.to.clone())),
                    Some(GroundKey::Node(tie.relation.clone())),
                    Some(GroundKey::Text(text.clone())),
                    tie.claim.clone().map(GroundKey::Node),
                    Some(GroundKey::Node(cited.clone())),
                ]);
            }
        }
        let variables: Vec<Variable> = ["from", "to", "relation", "words", "claim", "cited"].map(Variable::new_unchecked).to_vec();
        let bindings = rows.into_iter().map(|row| row.into_iter().map(|term| term.map(GroundTerm::from)).collect()).collect();
        let values = GraphPattern::Values { variables: variables.clone(), bindings };
        let query = Query::Select { dataset: None, pattern: GraphPattern::Project { inner: Box::new(values), variables }, base_iri: None };
        let (ontology, schema) = (&session.opened.ontology, &session.opened.schema);
        let mut graph = view::graph(query, &Choice::default(), Drawn { directed: true }, session.shown(false), ontology, schema)
            .map_err(|error| Failure::Internal(format!("the paths cannot be drawn: {error}")))?;
        graph.title = self.title();
        graph.subtitle.clone_from(&session.project.title);
        // The two ends stand out.
        let ends: BTreeSet<&str> = [self.from.as_str(), to.as_str()].into();
        for node in &mut graph.nodes {
            node.weight = if ends.contains(node.iri.as_str()) { 2.0 } else { 1.0 };
        }
        let style = view::style(ontology, &session.project.language);
        let options = diagram::Options { cite: true, ..diagram::Options::default() };
        let drawn = letters::lay_out(&graph, &style, options, format).and_then(|drawn| {
            format.write(&graph, &style, &drawn.scene, &drawn.options, &mut &mut *out)?;
            Ok(drawn.found.into_iter().chain(drawn.missing.map(|missing| format!("{missing}; {}", letters::HELP))).collect())
        });
        drawn.map_err(|error| match error {
            DiagramError::Write(error) => error.into(),
            other => Failure::Internal(other.to_string()),
        })
    }
}

/// A term of a row, in an order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum GroundKey {
    Node(NamedNode),
    Text(String),
}

impl From<GroundKey> for GroundTerm {
    fn from(key: GroundKey) -> Self {
        match key {
            GroundKey::Node(node) => node.into(),
            GroundKey::Text(text) => Literal::new_simple_literal(text).into(),
        }
    }
}
