//! A view: a query under `queries/diagrams/` whose rows become the things and ties of a diagram.
//!
//! The rows say what is on the page, `ontology/style.ttl` says how it looks; both are data. The variables are those that
//! `ontology/README.md` lists: `?from ?to ?relation`, and if need be `?claim ?cited ?group ?tenure ?modality ?amount
//! ?qualifier` and the bounds of a date.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use oxigraph::model::{Literal, NamedNode, NamedNodeRef, Term};
use oxigraph::sparql::{QueryEvaluationError, QueryResults, QuerySolution};
use spargebra::Query;
use thiserror::Error;

use crate::diagram::{
    Amount, Citation, Colour, Day, Fact, Figure, Graph, Group, Line, Node, NodeStyle, Qualifier, Style, Tie, TieStyle, TimeSpan,
};
use crate::lift::edtf::{self, Bounds};
use crate::ontology::Ontology;
use crate::query::answer::Shown;
use crate::schema::{Schema, local};
use crate::store::{In, StoreError};
use crate::vocab::{cg, dcterms, rdf};

/// Why a view gave nothing to draw.
#[derive(Debug, Error)]
pub enum ViewError {
    /// The query failed.
    #[error("the view's query failed: {0}")]
    Query(#[from] QueryEvaluationError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The query is not of the form that a view has.
    #[error("{0}")]
    Form(String),
}

/// What of a view's rows is wanted.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Only what is near this thing.
    pub focus: Option<NamedNode>,
    /// How many ties away from the focus.
    pub depth: usize,
    /// Only what held on this day.
    pub at: Option<Date>,
    /// With `at`: only what certainly held.
    pub certain: bool,
    /// Only things of these classes, and those that the names of their kinds lead to.
    pub include: Vec<NamedNode>,
    /// No things of these classes.
    pub exclude: Vec<NamedNode>,
    /// Only ties of these relations.
    pub only: Vec<NamedNode>,
}

/// Whether the ties of a view point from one end to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawn {
    /// Arrowheads or none.
    pub directed: bool,
}

/// Asks a view and makes what is to be drawn; things in the order of their ids, ties in the order of their ends.
///
/// # Errors
/// The query fails, or gives no `?from`.
pub fn graph(
    query: Query,
    choice: &Choice,
    drawn: Drawn,
    shown: Shown<'_>,
    ontology: &Ontology,
    schema: &Schema,
) -> Result<Graph, ViewError> {
    let rows = match shown.store.query(query, None)? {
        QueryResults::Solutions(rows) => rows,
        _ => return Err(ViewError::Form("a view is a SELECT query with ?from, ?to and ?relation".to_owned())),
    };
    if !rows.variables().iter().any(|variable| variable.as_str() == "from") {
        return Err(ViewError::Form("a view's query gives ?from, and for ties ?to and ?relation".to_owned()));
    }
    let mut gathered =
        Gathered { shown, ontology, schema, classes: HashMap::new(), things: BTreeMap::new(), ties: BTreeMap::new(), outside: 0 };
    for row in rows {
        gathered.row(&row?, choice, drawn)?;
    }
    gathered.finish(choice)
}

type TieKey = (String, String, String, Option<String>);

struct Gathered<'a> {
    shown: Shown<'a>,
    ontology: &'a Ontology,
    schema: &'a Schema,
    classes: HashMap<String, Option<NamedNode>>,
    things: BTreeMap<String, Thing>,
    ties: BTreeMap<TieKey, Found>,
    outside: usize,
}

#[derive(Default)]
struct Thing {
    group: Option<Group>,
    bounds: Option<TimeSpan>,
    cited: BTreeSet<String>,
}

struct Found {
    tie: Tie,
    cited: BTreeSet<String>,
}

impl Gathered<'_> {
    fn row(&mut self, row: &QuerySolution, choice: &Choice, drawn: Drawn) -> Result<(), ViewError> {
        let node = |name: &str| match row.get(name) {
            Some(Term::NamedNode(node)) => Some(node.clone()),
            _ => None,
        };
        let Some(from) = node("from") else { return Ok(()) };
        let stated = bounds(row);
        let bounds = span(row, stated);
        if let Some(day) = choice.at
            && !stated.hold(day, choice.certain)
        {
            self.outside += 1;
            return Ok(());
        }
        if !self.wanted(&from, choice) {
            return Ok(());
        }
        let group = match row.get("group") {
            Some(term @ Term::NamedNode(node)) => Some(Group {
                key: node.as_str().to_owned(),
                label: self.shown.label(node.as_ref()).unwrap_or_else(|| self.shown.term(term)),
            }),
            Some(Term::Literal(literal)) => Some(Group { key: literal.value().to_owned(), label: literal.value().to_owned() }),
            _ => None,
        };
        let to = node("to");
        let mut cited: BTreeSet<String> = node("cited").map(|node| node.as_str().to_owned()).into_iter().collect();
        if cited.is_empty()
            && let Some(claim) = node("claim")
        {
            cited = self.graphs(claim.as_ref(), rdf::TYPE, None)?;
        }
        let thing = self.things.entry(from.as_str().to_owned()).or_default();
        if group.is_some() {
            thing.group = group;
        }
        let Some(to) = to else {
            thing.bounds = bounds.or(thing.bounds.take());
            thing.cited.append(&mut cited);
            return Ok(());
        };
        if !self.wanted(&to, choice) {
            return Ok(());
        }
        let relation = node("relation");
        if !choice.only.is_empty() && relation.as_ref().is_none_or(|relation| !choice.only.contains(relation)) {
            return Ok(());
        }
        self.things.entry(to.as_str().to_owned()).or_default();
        if cited.is_empty()
            && let Some(relation) = &relation
        {
            cited = self.graphs(from.as_ref(), relation.as_ref(), Some(to.clone().into()))?;
        }
        let (key, label) = match &relation {
            Some(relation) => (relation.as_str().to_owned(), self.reads(relation)),
            None => (String::new(), String::new()),
        };
        let mut tie =
            Tie { label: label.clone(), relation: key.clone(), relation_label: label, directed: drawn.directed, bounds, ..Tie::default() };
        let mut notes = Vec::new();
        for name in ["tenure", "modality"] {
            if let Some(code) = node(name) {
                let line = self.ontology.line(&code).and_then(|name| self::line(&name));
                if let Some(line) = line.filter(|line| *line != Line::Solid) {
                    tie.line = line;
                    notes.push(self.shown.label(code.as_ref()).unwrap_or_else(|| local(code.as_str()).to_owned()));
                }
            }
        }
        tie.note = (!notes.is_empty()).then(|| notes.join(", "));
        if row.get("amount").is_some() || row.get("qualifier").is_some() {
            tie.amount = Some(Amount {
                value: literal(row, "amount").and_then(|value| value.parse().ok()),
                qualifier: node("qualifier").and_then(|code| Qualifier::parse(code.as_str())).unwrap_or_default(),
                currency: literal(row, "currency").unwrap_or_default(),
            });
        }
        let entry = (from.as_str().to_owned(), to.as_str().to_owned(), key, tie.note.clone());
        self.ties.entry(entry).or_insert_with(|| Found { tie, cited: BTreeSet::new() }).cited.append(&mut cited);
        Ok(())
    }

    fn reads(&self, relation: &NamedNode) -> String {
        let language = self.shown.language;
        self.ontology
            .text(relation.as_ref(), cg::READS, language)
            .or_else(|| {
                let fold = self.ontology.subjects(cg::FOLDS_PROPERTY, relation).into_iter().next()?;
                self.ontology.text(fold.as_ref(), cg::FOLD_TEXT, language)
            })
            .or_else(|| self.shown.label(relation.as_ref()))
            .unwrap_or_else(|| local(relation.as_str()).to_owned())
    }

    /// The citations that a statement rests on; civigraph's own graphs do not count.
    fn graphs(&self, subject: NamedNodeRef<'_>, property: NamedNodeRef<'_>, object: Option<Term>) -> Result<BTreeSet<String>, StoreError> {
        let mut graphs = BTreeSet::new();
        for quad in self.shown.store.quads(Some(subject.into()), Some(property), object.as_ref().map(Term::as_ref), Some(In::Named)) {
            if let oxigraph::model::GraphName::NamedNode(graph) = quad?.graph_name
                && self.shown.base.cited_place(graph.as_str()).is_some()
            {
                graphs.insert(graph.as_str().to_owned());
            }
        }
        Ok(graphs)
    }

    fn wanted(&mut self, thing: &NamedNode, choice: &Choice) -> bool {
        if choice.focus.as_ref() == Some(thing) || (choice.include.is_empty() && choice.exclude.is_empty()) {
            return true;
        }
        let Some(class) = self.class(thing) else { return choice.include.is_empty() };
        let is = |wanted: &NamedNode| self.schema.is_a(&class, wanted);
        (choice.include.is_empty() || choice.include.iter().any(is)) && !choice.exclude.iter().any(is)
    }

    /// The most special of a thing's classes: the one with the most superclasses, the first by name of equals.
    fn class(&mut self, thing: &NamedNode) -> Option<NamedNode> {
        if let Some(class) = self.classes.get(thing.as_str()) {
            return class.clone();
        }
        let mut classes: Vec<NamedNode> = self
            .shown
            .store
            .objects(thing.as_ref(), rdf::TYPE)
            .unwrap_or_default()
            .into_iter()
            .filter_map(|term| match term {
                Term::NamedNode(class) => Some(class),
                _ => None,
            })
            .collect();
        classes.sort();
        let rank = |class: &NamedNode| {
            let known = self.schema.kind_of_class(class.as_str()).is_some();
            (known, self.schema.superclasses.get(class).map_or(0, Vec::len))
        };
        let class = classes.into_iter().rev().max_by_key(|class| rank(class));
        self.classes.insert(thing.as_str().to_owned(), class.clone());
        class
    }

    fn finish(mut self, choice: &Choice) -> Result<Graph, ViewError> {
        let mut ties: Vec<(TieKey, Found)> = std::mem::take(&mut self.ties).into_iter().collect();
        let mut things: Vec<String> = self.things.keys().cloned().collect();
        let mut notes = Vec::new();
        if self.outside > 0 {
            notes.push(format!(
                "{} {} not shown that did not hold on this day",
                self.outside,
                if self.outside == 1 { "tie" } else { "ties" }
            ));
        }
        if let Some(focus) = &choice.focus {
            let near = near(focus.as_str(), choice.depth, &ties);
            let before = (things.len(), ties.len());
            things.retain(|thing| near.contains(thing));
            ties.retain(|((from, to, ..), _)| near.contains(from) && near.contains(to));
            let left = (before.0 - things.len(), before.1 - ties.len());
            if left.0 > 0 {
                notes.push(format!(
                    "{} more things and {} more ties not shown: further than {} from the focus",
                    left.0, left.1, choice.depth
                ));
            }
        }
        let index: HashMap<&str, usize> = things.iter().enumerate().map(|(index, thing)| (thing.as_str(), index)).collect();
        let ties = ties
            .into_iter()
            .filter_map(|((from, to, ..), found)| {
                let citations = self.citations(&found.cited);
                Some(Tie { from: *index.get(from.as_str())?, to: *index.get(to.as_str())?, citations, ..found.tie })
            })
            .collect();
        let mut nodes = Vec::with_capacity(things.len());
        for thing in &things {
            nodes.push(self.node(thing));
        }
        Ok(Graph { notes, nodes, ties, language: self.shown.language.to_owned(), ..Graph::default() })
    }

    fn node(&mut self, iri: &str) -> Node {
        let node = NamedNode::new_unchecked(iri);
        let class = self.class(&node);
        let style = class.as_ref().and_then(|class| styled(self.ontology, self.schema, class));
        let thing = self.things.remove(iri).unwrap_or_default();
        let class_label = style
            .as_ref()
            .and_then(|(style, _)| self.ontology.text(style.as_ref(), cg::CAPTION, self.shown.language))
            .or_else(|| class.as_ref().and_then(|class| self.ontology.label(class.as_ref(), self.shown.language)))
            .unwrap_or_default();
        let mut facts = Vec::new();
        if !class_label.is_empty() {
            facts.push(Fact { label: "kind".to_owned(), value: class_label.clone() });
        }
        for object in self.shown.store.objects(node.as_ref(), dcterms::DESCRIPTION).unwrap_or_default() {
            if let Term::Literal(literal) = object {
                facts.push(Fact { label: "what it is".to_owned(), value: Literal::value(&literal).to_owned() });
            }
        }
        let id = self.shown.base.slug_of(iri).unwrap_or(iri).to_owned();
        let citations = self.citations(&thing.cited);
        Node {
            label: self.shown.label(node.as_ref()).unwrap_or_else(|| id.clone()),
            id,
            iri: iri.to_owned(),
            class: style
                .map_or_else(|| class.map(|class| class.as_str().to_owned()).unwrap_or_default(), |(_, class)| class.as_str().to_owned()),
            class_label,
            group: thing.group,
            facts,
            citations,
            bounds: thing.bounds,
            ..Node::default()
        }
    }

    fn citations(&self, graphs: &BTreeSet<String>) -> Vec<Citation> {
        let mut citations: Vec<Citation> = graphs
            .iter()
            .map(|iri| {
                let node = NamedNode::new_unchecked(iri.clone());
                Citation {
                    label: self.shown.label(node.as_ref()).unwrap_or_else(|| self.shown.term(&node.clone().into())),
                    iri: iri.clone(),
                }
            })
            .collect();
        citations.sort();
        citations
    }
}

/// What is at most `depth` ties away from a thing, in either direction.
fn near(focus: &str, depth: usize, ties: &[(TieKey, Found)]) -> BTreeSet<String> {
    let mut near: BTreeSet<String> = BTreeSet::from([focus.to_owned()]);
    for _ in 0..depth {
        let more: Vec<String> = ties
            .iter()
            .flat_map(|((from, to, ..), _)| [(from, to), (to, from)])
            .filter(|(known, new)| near.contains(*known) && !near.contains(*new))
            .map(|(_, new)| new.clone())
            .collect();
        if more.is_empty() {
            break;
        }
        near.extend(more);
    }
    near
}

fn literal(row: &QuerySolution, name: &str) -> Option<String> {
    match row.get(name) {
        Some(Term::Literal(literal)) => Some(literal.value().to_owned()),
        Some(Term::NamedNode(node)) => Some(local(node.as_str()).to_owned()),
        _ => None,
    }
}

/// The bounds that a row gives, as days.
fn bounds(row: &QuerySolution) -> Bounds {
    let day = |name: &str| literal(row, name).and_then(|text| edtf::day(&text));
    Bounds {
        earliest_start: day("earliestStart"),
        latest_start: day("latestStart"),
        earliest_end: day("earliestEnd"),
        latest_end: day("latestEnd"),
    }
}

/// The bounds of a row as a diagram draws them; none where the row says nothing of time.
fn span(row: &QuerySolution, bounds: Bounds) -> Option<TimeSpan> {
    let day = |bound: Option<Date>| bound.and_then(|day| Day::parse(&day.to_string()));
    let span = TimeSpan {
        earliest_start: day(bounds.earliest_start),
        latest_start: day(bounds.latest_start),
        earliest_end: day(bounds.earliest_end),
        latest_end: day(bounds.latest_end),
        label: literal(row, "edtf").unwrap_or_default(),
    };
    (span != TimeSpan::default()).then_some(span)
}

/// The style of a class, or of its nearest superclass that has one, with the class that it is for.
fn styled(ontology: &Ontology, schema: &Schema, class: &NamedNode) -> Option<(NamedNode, NamedNode)> {
    let mut line = vec![class.clone()];
    let mut above = schema.superclasses.get(class).cloned().unwrap_or_default();
    above.sort_by_key(|class| std::cmp::Reverse(schema.superclasses.get(class).map_or(0, Vec::len)));
    line.extend(above);
    line.into_iter().find_map(|class| {
        let style = ontology
            .subjects(cg::STYLES, &class)
            .into_iter()
            .find(|style| ontology.graph.contains(oxigraph::model::TripleRef::new(style.as_ref(), rdf::TYPE, cg::NODE_STYLE)))?;
        Some((style, class))
    })
}

/// All styles of an ontology, by the class or relation they are for.
pub fn style(ontology: &Ontology, language: &str) -> Style {
    let mut style = Style::default();
    let text = |node: &NamedNode, property: NamedNodeRef<'_>| ontology.text(node.as_ref(), property, language);
    for node in ontology.subjects(rdf::TYPE, cg::NODE_STYLE) {
        for class in ontology.objects(&node, cg::STYLES) {
            let look = NodeStyle {
                fill: text(&node, cg::FILL).and_then(|text| Colour::parse(&text)),
                ink: text(&node, cg::INK).and_then(|text| Colour::parse(&text)),
                stroke: text(&node, cg::STROKE).and_then(|text| Colour::parse(&text)),
                figure: text(&node, cg::FIGURE).and_then(|text| Figure::parse(&text)),
                caption: text(&node, cg::CAPTION),
            };
            style.nodes.insert(class.as_str().to_owned(), look);
        }
    }
    for node in ontology.subjects(rdf::TYPE, cg::TIE_STYLE) {
        for relation in ontology.objects(&node, cg::STYLES) {
            let look = TieStyle {
                ink: text(&node, cg::INK).and_then(|text| Colour::parse(&text)),
                line: text(&node, cg::LINE).and_then(|text| line(&text)),
                caption: text(&node, cg::CAPTION),
            };
            style.ties.insert(relation.as_str().to_owned(), look);
        }
    }
    style
}

fn line(name: &str) -> Option<Line> {
    match name {
        "solid" => Some(Line::Solid),
        "dashed" => Some(Line::Dashed),
        "dotted" => Some(Line::Dotted),
        _ => None,
    }
}
