//! How a view's ties and steps read, and how their claims ask for them to be drawn.

use oxigraph::model::{NamedNode, Term};

use super::gather::{Gathered, Step, TieKey};
use super::look;
use super::told::{Told, Values};
use crate::diagram::Line;
use crate::schema::{Form, local};
use crate::store::{In, StoreError};
use crate::tie::{self, Fold, Tense};
use crate::vocab::{cg, rdf};

impl Gathered<'_> {
    /// How the codes of a claim ask for it to be drawn, and why.
    pub(super) fn line(&self, codes: &[Option<NamedNode>]) -> (Line, Option<String>) {
        let mut drawn = Line::Solid;
        let mut notes = Vec::new();
        for code in codes.iter().flatten() {
            if let Some(line) = self.ontology.line(code).and_then(|name| look::line(&name)).filter(|line| *line != Line::Solid) {
                drawn = line;
                notes.push(self.shown.label(code.as_ref()).unwrap_or_else(|| local(code.as_str()).to_owned()));
            }
        }
        (drawn, (!notes.is_empty()).then(|| notes.join(", ")))
    }

    /// How a tie is drawn, why, and whether it is over or yet to come: as its codes say, and where they say nothing and it lasts, by
    /// its end and the day that the picture holds for.
    pub(super) fn drawn_as(&self, told: &Told, key: &TieKey) -> Result<(Line, Option<String>, Tense), StoreError> {
        let values = &told.values;
        let (line, note) = self.line(&values.codes);
        if let Some(tense) = self.tenses.said(values.codes.iter().flatten()) {
            return Ok((line, note, tense));
        }
        let tense = self.tense(told, key)?;
        let ended =
            values.when.as_ref().and_then(|(_, bounds)| bounds.latest_end).zip(self.period.from).is_some_and(|(end, from)| end < from);
        if !ended || !self.lasts(key)? {
            return Ok((line, note, tense));
        }
        // What has ended looks like what is called so.
        let (over, called) = self.line(&[self.tenses.over().cloned()]);
        let line = if line == Line::Solid && over == Line::Solid {
            Line::Dashed
        } else if line == Line::Solid {
            over
        } else {
            line
        };
        Ok((line, note.or(called).or_else(|| Some("ended".to_owned())), Tense::Over))
    }

    /// Whether a tie holds, is over or ahead, where no code says so: by its own time, or by that of what it is a part of.
    fn tense(&self, told: &Told, key: &TieKey) -> Result<Tense, StoreError> {
        let values = &told.values;
        let asked = tie::Asked {
            store: self.shown.store,
            base: self.shown.base,
            places: told.cited.iter().map(NamedNode::new_unchecked).collect(),
            schema: self.schema,
            tenses: &self.tenses,
            period: self.period,
        };
        let Some(relation) = &key.relation else { return Ok(Tense::Holds) };
        let own = values.when.as_ref().map(|(_, bounds)| *bounds).unwrap_or_default();
        if let Some(fold) = self.claim_fold(relation, key.claim.as_ref())? {
            let role = fold.label.is_some().then_some(relation);
            return match &key.claim {
                Some(claim) => asked.claim(std::slice::from_ref(claim), fold, role, &own),
                None => asked.role(fold, role, &NamedNode::new_unchecked(key.to.clone()), &own),
            };
        }
        match self.stated_of(relation, key)? {
            Some((subject, _)) => asked.statement(&subject),
            None => Ok(Tense::Holds),
        }
    }

    /// Whether a tie lasts, so that it is drawn otherwise once it is over: its words are others then, and it is no part taken in
    /// something that happened.
    fn lasts(&self, key: &TieKey) -> Result<bool, StoreError> {
        let Some(relation) = &key.relation else { return Ok(false) };
        let has = |node: &NamedNode, property| self.ontology.text(node.as_ref(), property, self.shown.language).is_some();
        let Some(fold) = self.claim_fold(relation, key.claim.as_ref())? else { return Ok(has(relation, cg::READS_OVER)) };
        let says = if fold.label.as_ref().is_some_and(|_| has(relation, cg::READS)) {
            has(relation, cg::READS_OVER)
        } else {
            has(&fold.iri, cg::FOLD_TEXT_OVER)
        };
        Ok(says && (fold.time.is_none() || self.tenses.goes_on(&fold.iri)))
    }

    /// The fold of claims that a relation is of: the property of an end, or a code of the list that words its claims.
    fn claim_fold(&self, relation: &NamedNode, claim: Option<&NamedNode>) -> Result<Option<&Fold>, StoreError> {
        let classes = claim.map(|claim| self.shown.store.objects(claim.as_ref(), rdf::TYPE)).transpose()?;
        let of_class = |fold: &&Fold| {
            fold.class.as_ref().is_some_and(|class| classes.as_ref().is_none_or(|all| all.contains(&Term::from(class.clone()))))
        };
        let scheme = relation.as_str().rsplit_once('/').map(|(scheme, _)| scheme);
        let words = |fold: &&Fold| {
            let kind = fold.class.as_ref().and_then(|class| self.schema.kind_of_class(class.as_str()));
            let mut keys = kind.into_iter().flat_map(|kind| &kind.keys).filter(|key| fold.label.as_ref() == Some(&key.property));
            keys.any(|key| matches!(&key.form, Form::Code(list) if Some(list.as_str()) == scheme))
        };
        let own = || self.folds.iter().filter(of_class);
        Ok(own().find(words).or_else(|| own().find(|fold| fold.to.as_ref() == Some(relation) && (claim.is_some() || fold.label.is_none()))))
    }

    /// Of which of the two ends a property is stated, and whether the tie runs the other way.
    fn stated_of(&self, relation: &NamedNode, key: &TieKey) -> Result<Option<(NamedNode, bool)>, StoreError> {
        if key.claim.is_some() || !self.folds.iter().any(|fold| fold.property.as_ref() == Some(relation)) {
            return Ok(None);
        }
        let (from, to) = (NamedNode::new_unchecked(key.from.clone()), NamedNode::new_unchecked(key.to.clone()));
        let says = |from: &NamedNode, to: &NamedNode| {
            let object = Term::from(to.clone());
            let mut found =
                self.shown.store.quads(Some(from.as_ref().into()), Some(relation.as_ref()), Some(object.as_ref()), Some(In::Default));
            found.next().transpose().map(|quad| quad.is_some())
        };
        let back = !says(&from, &to)? && says(&to, &from)?;
        Ok(Some(if back { (to, true) } else { (from, false) }))
    }

    /// The fold that has words for a relation: that of the property, or the one that the claim's class has for it.
    fn fold(&self, relation: &NamedNode, claim: Option<&NamedNode>, from: Option<&NamedNode>) -> Result<Option<NamedNode>, StoreError> {
        let Some(claim) = claim else {
            let classes = from.map(|from| self.shown.store.objects(from.as_ref(), rdf::TYPE)).transpose()?.unwrap_or_default();
            return Ok(tie::fold_of(&self.folds, relation, &classes).map(|fold| fold.iri.clone()));
        };
        let classes = self.shown.store.objects(claim.as_ref(), rdf::TYPE)?;
        let of_class =
            |fold: &NamedNode| self.ontology.objects(fold, cg::FOLDS_CLASS).into_iter().any(|class| classes.contains(&Term::from(class)));
        Ok(self.ontology.subjects(cg::FOLD_TO, relation).into_iter().find(of_class))
    }

    /// What several claims of a class are called when they are counted: "grants".
    pub(super) fn many(&self, claim: &NamedNode) -> Result<Option<String>, StoreError> {
        for class in self.shown.store.objects(claim.as_ref(), rdf::TYPE)? {
            let Term::NamedNode(class) = class else { continue };
            let folds = self.ontology.subjects(cg::FOLDS_CLASS, &class);
            let many = folds.iter().find_map(|fold| self.ontology.text(fold.as_ref(), cg::FOLD_MANY, self.shown.language));
            if many.is_some() {
                return Ok(many);
            }
        }
        Ok(None)
    }

    /// How a relation reads from one thing to another: a code's own words; those of the fold of its property, from the other end if
    /// the statement runs the other way; those of the fold that a claim's class has for the property; its label.
    pub(super) fn reads(&self, relation: &NamedNode, key: &TieKey, tense: Tense) -> Result<String, StoreError> {
        let language = self.shown.language;
        if let Some(words) = tie::code_words(self.ontology, relation, tense, false, language) {
            return Ok(words);
        }
        if let Some((subject, back)) = self.stated_of(relation, key)?
            && let Some(fold) = self.fold(relation, None, Some(&subject))?
            && let Some(words) = tie::fold_words(self.ontology, &fold, tense, back, language)
        {
            return Ok(words);
        }
        let fold = self.fold(relation, key.claim.as_ref(), None)?;
        Ok(fold
            .and_then(|fold| tie::fold_words(self.ontology, &fold, tense, false, language))
            .or_else(|| self.shown.label(relation.as_ref()))
            .unwrap_or_else(|| local(relation.as_str()).to_owned()))
    }

    /// A step in words: who did it, or that it happened.
    pub(super) fn told(&self, step: &Step, values: Option<&Values>) -> String {
        let named = |who: &NamedNode| self.shown.label(who.as_ref()).unwrap_or_else(|| self.shown.term(&who.clone().into()));
        let Some(relation) = &step.relation else { return step.who.as_ref().map(named).unwrap_or_default() };
        let language = self.shown.language;
        let label = || self.ontology.label(relation.as_ref(), language).or_else(|| self.shown.label(relation.as_ref()));
        let Some(who) = &step.who else { return label().unwrap_or_else(|| local(relation.as_str()).to_owned()) };
        let who = named(who);
        let tense = values.and_then(|values| self.tenses.said(values.codes.iter().flatten())).unwrap_or_default();
        let reads = tie::code_words(self.ontology, relation, tense, false, language).or_else(label);
        format!("{who} {}", reads.unwrap_or_else(|| local(relation.as_str()).to_owned()))
    }
}
