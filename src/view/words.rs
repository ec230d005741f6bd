//! How a view's ties and steps read, and how their claims ask for them to be drawn.

use oxigraph::model::{NamedNode, Term};

use super::gather::{Gathered, Step};
use super::look;
use crate::diagram::Line;
use crate::schema::local;
use crate::store::{In, StoreError};
use crate::vocab::{cg, rdf};

impl Gathered<'_> {
    /// How the codes of a claim ask for it to be drawn, and why.
    pub(super) fn line(&self, codes: [Option<NamedNode>; 2]) -> (Line, Option<String>) {
        let mut drawn = Line::Solid;
        let mut notes = Vec::new();
        for code in codes.into_iter().flatten() {
            if let Some(line) = self.ontology.line(&code).and_then(|name| look::line(&name)).filter(|line| *line != Line::Solid) {
                drawn = line;
                notes.push(self.shown.label(code.as_ref()).unwrap_or_else(|| local(code.as_str()).to_owned()));
            }
        }
        (drawn, (!notes.is_empty()).then(|| notes.join(", ")))
    }

    /// How a relation reads from one thing to another: a code's own words; those of the fold of its property, from the other end if
    /// the statement runs the other way; those of the fold that a claim's class has for the property; its label.
    pub(super) fn reads(
        &self,
        relation: &NamedNode,
        from: &NamedNode,
        to: &NamedNode,
        claim: Option<&NamedNode>,
    ) -> Result<String, StoreError> {
        let language = self.shown.language;
        let text = |node: &NamedNode, property| self.ontology.text(node.as_ref(), property, language);
        if let Some(words) = text(relation, cg::READS) {
            return Ok(words);
        }
        if let Some(fold) = self.ontology.subjects(cg::FOLDS_PROPERTY, relation).into_iter().next() {
            let says = |from: &NamedNode, to: &NamedNode| {
                let object = Term::from(to.clone());
                let mut found =
                    self.shown.store.quads(Some(from.as_ref().into()), Some(relation.as_ref()), Some(object.as_ref()), Some(In::Default));
                found.next().transpose().map(|quad| quad.is_some())
            };
            let back = !says(from, to)? && says(to, from)?;
            if let Some(words) = text(&fold, if back { cg::FOLD_TEXT_BACK } else { cg::FOLD_TEXT }) {
                return Ok(words);
            }
        }
        let classes = match claim {
            Some(claim) => self.shown.store.objects(claim.as_ref(), rdf::TYPE)?,
            None => Vec::new(),
        };
        let folds = self.ontology.subjects(cg::FOLD_TO, relation);
        let fold = folds
            .into_iter()
            .find(|fold| self.ontology.objects(fold, cg::FOLDS_CLASS).into_iter().any(|class| classes.contains(&Term::from(class))));
        Ok(fold
            .and_then(|fold| text(&fold, cg::FOLD_TEXT))
            .or_else(|| self.shown.label(relation.as_ref()))
            .unwrap_or_else(|| local(relation.as_str()).to_owned()))
    }

    /// A step in words: who did it, or that it happened.
    pub(super) fn told(&self, step: &Step) -> String {
        let Some(relation) = &step.relation else { return String::new() };
        let language = self.shown.language;
        let label = || self.ontology.label(relation.as_ref(), language).or_else(|| self.shown.label(relation.as_ref()));
        let Some(who) = &step.who else { return label().unwrap_or_else(|| local(relation.as_str()).to_owned()) };
        let who = self.shown.label(who.as_ref()).unwrap_or_else(|| self.shown.term(&who.clone().into()));
        let reads = self.ontology.text(relation.as_ref(), cg::READS, language).or_else(label);
        format!("{who} {}", reads.unwrap_or_else(|| local(relation.as_str()).to_owned()))
    }
}
