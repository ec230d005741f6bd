//! Reasons as a tree for people, as Markdown, as JSON.

use std::collections::BTreeSet;
use std::io::{self, Write};

use oxigraph::model::{NamedNode, Term, Triple};
use serde_json::{Value, json};

use crate::entity::Around;
use crate::export;
use crate::infer::Rule;
use crate::iri::Base;
use crate::query::Question;
use crate::query::answer::table::wrap;
use crate::vocab::{bibo, dcterms};
use crate::why::{Conclusion, Reason};

/// The form of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Text,
    Markdown,
    Json,
    Rdf(export::Format),
}

impl Shape {
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "text" | "txt" => Some(Self::Text),
            "markdown" | "md" => Some(Self::Markdown),
            "json" => Some(Self::Json),
            other => export::Format::named(other).filter(|format| format.facts().graphs).map(Self::Rdf),
        }
    }
}

/// What is needed to tell reasons.
pub struct Telling<'a> {
    pub around: Around<'a>,
    pub rules: &'a [Rule],
    pub base: &'a Base,
    pub width: u16,
    /// Whether each statement takes one line.
    pub brief: bool,
}

/// A line of the tree, with what is below it.
struct Branch {
    text: String,
    below: Vec<Branch>,
}

impl Branch {
    fn leaf(text: String) -> Self {
        Self { text, below: Vec::new() }
    }
}

impl Telling<'_> {
    /// A tree for the terminal.
    pub fn text(&self, reasons: &[Reason], out: &mut dyn Write) -> io::Result<()> {
        for (index, branch) in self.trees(reasons).into_iter().enumerate() {
            if index > 0 && !self.brief {
                writeln!(out)?;
            }
            self.draw(&branch, "", "", out)?;
        }
        Ok(())
    }

    fn draw(&self, branch: &Branch, first: &str, rest: &str, out: &mut dyn Write) -> io::Result<()> {
        let indent = if branch.below.is_empty() { "  " } else { "│ " };
        let room = usize::from(self.width).saturating_sub(rest.chars().count() + 2).max(20);
        for (index, line) in wrap(&branch.text, room).iter().enumerate() {
            if index == 0 {
                writeln!(out, "{first}{line}")?;
            } else {
                writeln!(out, "{rest}{indent}{line}")?;
            }
        }
        for (index, below) in branch.below.iter().enumerate() {
            let (knee, trunk) = if index + 1 < branch.below.len() { ("├─ ", "│  ") } else { ("└─ ", "   ") };
            self.draw(below, &format!("{rest}{knee}"), &format!("{rest}{trunk}"), out)?;
        }
        Ok(())
    }

    /// Nested lists.
    pub fn markdown(&self, reasons: &[Reason], out: &mut dyn Write) -> io::Result<()> {
        fn list(branch: &Branch, depth: usize, out: &mut dyn Write) -> io::Result<()> {
            writeln!(out, "{}- {}", "  ".repeat(depth), crate::entity::page::escape(&branch.text))?;
            branch.below.iter().try_for_each(|below| list(below, depth + 1, out))
        }
        self.trees(reasons).iter().try_for_each(|branch| list(branch, 0, out))
    }

    /// One object a statement.
    pub fn json(&self, reasons: &[Reason], out: &mut dyn Write) -> io::Result<()> {
        let all: Vec<Value> = reasons.iter().map(|reason| self.object(reason)).collect();
        writeln!(out, "{:#}", Value::from(all))
    }

    fn object(&self, reason: &Reason) -> Value {
        let Triple { subject, predicate, object } = &reason.statement;
        let places: Vec<Value> = reason
            .citations
            .iter()
            .map(|place| json!({ "iri": place.as_str(), "label": self.label(place), "place": self.place(place) }))
            .collect();
        let conclusions: Vec<Value> = reason
            .conclusions
            .iter()
            .map(|conclusion| {
                let (title, file) = self.rule(&conclusion.rule);
                let premises: Vec<Value> = conclusion.premises.iter().map(|premise| self.object(premise)).collect();
                json!({ "rule": conclusion.rule, "title": title, "file": file, "premises": premises, "otherWays": conclusion.others })
            })
            .collect();
        json!({
            "subject": subject.to_string(),
            "predicate": predicate.to_string(),
            "object": object.to_string(),
            "words": self.sentence(&reason.statement),
            "citations": places,
            "graphs": reason.graphs.iter().map(NamedNode::as_str).collect::<Vec<_>>(),
            "concluded": conclusions,
        })
    }

    fn trees(&self, reasons: &[Reason]) -> Vec<Branch> {
        let mut told = BTreeSet::new();
        reasons.iter().map(|reason| if self.brief { self.line(reason) } else { self.branch(reason, &mut told) }).collect()
    }

    /// A statement with all it rests on.
    fn branch(&self, reason: &Reason, told: &mut BTreeSet<String>) -> Branch {
        let mut below: Vec<Branch> =
            reason.citations.iter().map(|place| Branch::leaf(format!("stated at {}", self.cited(place)))).collect();
        below.extend(reason.graphs.iter().map(|graph| Branch::leaf(self.kept(graph))));
        for conclusion in &reason.conclusions {
            let again = !conclusion.premises.is_empty() && !told.insert(format!("{} {}", conclusion.rule, reason.statement));
            below.push(self.conclusion(conclusion, again, told));
        }
        Branch { text: self.sentence(&reason.statement), below }
    }

    fn conclusion(&self, conclusion: &Conclusion, again: bool, told: &mut BTreeSet<String>) -> Branch {
        let (title, file) = self.rule(&conclusion.rule);
        let mut text = format!("concluded by the rule {}: {title} ({file})", conclusion.rule);
        if conclusion.premises.is_empty() {
            text += "; from what is not found any more: has the rule changed since the build?";
        } else if again {
            text += "; from what is told above";
            return Branch::leaf(text);
        } else if conclusion.others > 0 {
            text += &format!("; and in {} other {}, from", conclusion.others, if conclusion.others == 1 { "way" } else { "ways" });
        } else {
            text += "; from";
        }
        Branch { text, below: conclusion.premises.iter().map(|premise| self.branch(premise, told)).collect() }
    }

    /// A statement and the places or rules in one line.
    fn line(&self, reason: &Reason) -> Branch {
        let places: Vec<String> = reason.citations.iter().map(|place| self.label(place)).collect();
        let kept: Vec<String> = reason.graphs.iter().map(|graph| self.kept(graph)).collect();
        let rules: Vec<String> = reason.conclusions.iter().map(|conclusion| format!("rule {}", conclusion.rule)).collect();
        let all: Vec<String> = places.into_iter().chain(kept).chain(rules).collect();
        Branch::leaf(format!("{}  [{}]", self.sentence(&reason.statement), all.join("; ")))
    }

    fn sentence(&self, statement: &Triple) -> String {
        let subject = match &statement.subject {
            oxigraph::model::NamedOrBlankNode::NamedNode(node) => self.around.name(node),
            other => other.to_string(),
        };
        let shown = self.around.shown;
        let property = match statement.predicate.as_ref() == crate::vocab::rdf::TYPE {
            true => "is a".to_owned(),
            false => shown.label(statement.predicate.as_ref()).unwrap_or_else(|| shown.term(&statement.predicate.clone().into())),
        };
        let object = match &statement.object {
            Term::NamedNode(node) => self.around.name(node),
            Term::Literal(literal) => match literal.language() {
                Some(language) => format!("“{}” ({language})", literal.value()),
                None => format!("“{}”", literal.value()),
            },
            other => other.to_string(),
        };
        format!("{subject} — {property} → {object}").replace(['\n', '\r'], " ")
    }

    fn label(&self, place: &NamedNode) -> String {
        self.around.shown.term(&place.clone().into())
    }

    /// A place with the headings above it: `RA 2025 §3.1.1 ¶4 (River Network, page 12)`.
    fn cited(&self, place: &NamedNode) -> String {
        let around = self.place(place);
        if around.is_empty() { self.label(place) } else { format!("{} ({around})", self.label(place)) }
    }

    fn place(&self, place: &NamedNode) -> String {
        let store = self.around.shown.store;
        let text = |node: &NamedNode, property| {
            let values = store.objects(node.as_ref(), property).unwrap_or_default();
            values.into_iter().find_map(|term| if let Term::Literal(literal) = term { Some(literal.value().to_owned()) } else { None })
        };
        let mut here = Some(place.clone());
        let mut found = Vec::new();
        while let Some(node) = here.take() {
            if found.is_empty()
                && let Some(title) = text(&node, dcterms::TITLE)
            {
                found.push(title);
            }
            if let Some(page) = text(&node, bibo::PAGE_START) {
                found.push(format!("page {page}"));
                break;
            }
            here = store.objects(node.as_ref(), dcterms::IS_PART_OF).unwrap_or_default().into_iter().find_map(|term| match term {
                Term::NamedNode(whole) if found.len() < 2 => Some(whole),
                _ => None,
            });
        }
        found.join(", ")
    }

    /// A graph that is neither a place nor a rule's.
    fn kept(&self, graph: &NamedNode) -> String {
        let name = graph.as_str().strip_prefix(self.base.graph("").as_str()).unwrap_or(graph.as_str());
        match name {
            "registry" => "kept in the registry, for which no source is cited".to_owned(),
            name => format!("part of the graph's own {name}"),
        }
    }

    /// A rule's title and file.
    fn rule(&self, name: &str) -> (String, String) {
        match self.rules.iter().find(|rule| rule.name == name) {
            Some(rule) => {
                let title = Question::read(name, rule.asset.clone()).map(|question| question.title).unwrap_or_default();
                (title, rule.asset.path.to_string())
            }
            None => ("a rule that is gone".to_owned(), String::new()),
        }
    }
}
