//! The constraints that look at values (section 4) and at what queries say of them (sections 5 and 6).

use super::{Place, Validation, Wanted};
use crate::ValidationError;
use crate::constraint::{Bound, Constraint, Qualified};
use crate::data::{Id, IdSet};
use crate::literal::{compare, is_well_formed, language_matches};
use crate::message::{self, Found};
use crate::path::Path;
use crate::plan::Check;
use crate::query::Question;
use oxigraph::model::{Literal, Term};
use spareval::ExpressionTerm as Value;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};

impl<'v> Validation<'v> {
    /// The constraints that are about each value by itself.
    pub(super) fn value_conforms(&self, place: Place<'_>, check: &Check, value: Id) -> Result<bool, ValidationError> {
        let term = || self.view.term(value);
        Ok(match (place.constraint, check) {
            (Constraint::Class(_), Check::Class(classes)) => {
                let types = self.view.triples().objects(value, self.rdf_type);
                types.iter().any(|pair| classes.contains(&pair.1))
            }
            (Constraint::Datatype(datatype), _) => {
                matches!(term(), Term::Literal(literal) if literal.datatype() == datatype.as_ref() && is_well_formed(literal))
            }
            (Constraint::NodeKind(kind), _) => kind.allows(term()),
            (Constraint::Bound(bound, _), Check::Limit(limit)) => {
                let order = compare(&Value::from(term().clone()), limit);
                match bound {
                    Bound::MinExclusive => order == Some(Ordering::Greater),
                    Bound::MinInclusive => {
                        matches!(order, Some(Ordering::Greater | Ordering::Equal))
                    }
                    Bound::MaxExclusive => order == Some(Ordering::Less),
                    Bound::MaxInclusive => matches!(order, Some(Ordering::Less | Ordering::Equal)),
                }
            }
            (Constraint::MinLength(least), _) => text(term()).is_some_and(|text| text.chars().count() as u64 >= *least),
            (Constraint::MaxLength(most), _) => text(term()).is_some_and(|text| text.chars().count() as u64 <= *most),
            (Constraint::Pattern { regex, .. }, _) => text(term()).is_some_and(|text| regex.is_match(text)),
            (Constraint::LanguageIn(ranges), _) => match term() {
                Term::Literal(literal) => literal.language().is_some_and(|tag| ranges.iter().any(|range| language_matches(tag, range))),
                _ => false,
            },
            (Constraint::Disjoint(_), Check::Property(property)) => !self.view.triples().contains(place.focus, *property, value),
            (Constraint::In(_), Check::Terms(terms)) => terms.contains(&value),
            (Constraint::Not(shape), _) => !self.conforms(*shape, value)?,
            (Constraint::Node(shape), _) => self.conforms(*shape, value)?,
            (Constraint::And(shapes), _) => {
                for &shape in shapes {
                    if !self.conforms(shape, value)? {
                        return Ok(false);
                    }
                }
                true
            }
            (Constraint::Or(shapes), _) => {
                for &shape in shapes {
                    if self.conforms(shape, value)? {
                        return Ok(true);
                    }
                }
                false
            }
            (Constraint::Xone(shapes), _) => {
                let mut conforming = 0;
                for &shape in shapes {
                    conforming += usize::from(self.conforms(shape, value)?);
                }
                conforming == 1
            }
            // The others are about all values together, and `check` has them.
            _ => true,
        })
    }

    pub(super) fn unique_languages(&self, place: Place<'v>, values: &[Id], wanted: &mut Wanted<'_>) {
        if values.len() < 2 {
            return;
        }
        let mut languages: BTreeMap<String, usize> = BTreeMap::new();
        for &value in values {
            if let Term::Literal(literal) = self.view.term(value)
                && let Some(language) = literal.language()
            {
                *languages.entry(language.to_lowercase()).or_default() += 1;
            }
        }
        for (language, _) in languages.into_iter().filter(|(_, count)| *count > 1) {
            let found = Found::Other(Literal::from(language).into());
            self.violation(place, None, &found, wanted);
        }
    }

    pub(super) fn equals(&self, place: Place<'v>, property: Id, values: &[Id], wanted: &mut Wanted<'_>) {
        let triples = self.view.triples();
        for &value in values {
            if !triples.contains(place.focus, property, value) {
                self.violation(place, Some(value), &Found::Value, wanted);
            }
        }
        let values: HashSet<_> = values.iter().collect();
        for (_, other) in triples.objects(place.focus, property) {
            if !values.contains(other) {
                let found = Found::Other(self.view.term(*other).clone());
                self.violation(place, Some(*other), &found, wanted);
            }
        }
    }

    pub(super) fn less_than(&self, place: Place<'v>, property: Id, or_equal: bool, values: &[Id], wanted: &mut Wanted<'_>) {
        let others = self.view.triples().objects(place.focus, property);
        let value_of = |id| Value::from(self.view.term(id).clone());
        for &value in if others.is_empty() { &[] } else { values } {
            let left = value_of(value);
            for (_, other) in others {
                let order = compare(&left, &value_of(*other));
                if order != Some(Ordering::Less) && !(or_equal && order == Some(Ordering::Equal)) {
                    let found = Found::Other(self.view.term(*other).clone());
                    self.violation(place, Some(value), &found, wanted);
                }
            }
        }
    }

    pub(super) fn qualified(&self, qualified: &Qualified, values: &[Id]) -> Result<usize, ValidationError> {
        let mut count = 0;
        'values: for &value in values {
            if self.conforms(qualified.shape, value)? {
                for &sibling in &qualified.siblings {
                    if self.conforms(sibling, value)? {
                        continue 'values;
                    }
                }
                count += 1;
            }
        }
        Ok(count)
    }

    pub(super) fn closed(&self, place: Place<'v>, allowed: &IdSet, values: &[Id], wanted: &mut Wanted<'_>) {
        for &value in values {
            for &(predicate, object) in self.view.triples().about(value) {
                if !allowed.contains(&predicate)
                    && let Term::NamedNode(predicate) = self.view.term(predicate)
                {
                    let path = Path::Predicate(predicate.clone());
                    self.add(place, Some(path), Some(object), &Found::Value, wanted);
                }
            }
        }
    }

    pub(super) fn question(
        &self,
        place: Place<'v>,
        question: &Question,
        values: &[Id],
        wanted: &mut Wanted<'_>,
    ) -> Result<(), ValidationError> {
        let Constraint::Sparql(sparql) = place.constraint else {
            return Ok(());
        };
        let shape = &self.shapes.shapes[place.shape];
        let focus = self.view.term(place.focus);
        let answers = self.answers.borrow();
        if question.asks_values() {
            for &value in values {
                if !answers.is_true(question, &self.view, place.focus, value)? {
                    let value = self.view.term(value);
                    let messages = self.filled(&sparql.messages, |name| match name {
                        "this" => Some(focus.clone()),
                        "value" => Some(value.clone()),
                        "PATH" => path_text(shape.path.as_ref()),
                        other => sparql.parameters.iter().find(|(name, _)| name == other).map(|(_, term)| term.clone()),
                    });
                    self.push(place, shape.path.clone(), Some(value.clone()), messages, &Found::Value, wanted);
                }
            }
            return Ok(());
        }
        for solution in answers.solutions(question, &self.view, place.focus)?.iter() {
            if solution.get("failure").is_some_and(|failure| *failure == Literal::from(true).into()) {
                return Err(ValidationError::Reported { shape: shape.node.clone(), focus: focus.clone() });
            }
            let lookup = |name: &str| match name {
                "PATH" => path_text(shape.path.as_ref()),
                "this" => Some(focus.clone()),
                name => {
                    solution.get(name).or_else(|| sparql.parameters.iter().find(|(other, _)| other == name).map(|(_, term)| term)).cloned()
                }
            };
            let path = match solution.get("path") {
                Some(Term::NamedNode(path)) => Some(Path::Predicate(path.clone())),
                _ => shape.path.clone(),
            };
            let value = solution.get("value").or(shape.path.is_none().then_some(focus)).cloned();
            let messages = match solution.get("message") {
                Some(Term::Literal(message)) => vec![message.clone()],
                _ => self.filled(&sparql.messages, lookup),
            };
            self.push(place, path, value, messages, &Found::Value, wanted);
        }
        Ok(())
    }

    fn filled(&self, messages: &[Literal], value: impl Fn(&str) -> Option<Term>) -> Vec<Literal> {
        messages.iter().map(|message| message::fill(&self.shapes.names, message, &value)).collect()
    }
}

/// SPARQL's `str()`; blank nodes have none.
fn text(term: &Term) -> Option<&str> {
    match term {
        Term::NamedNode(node) => Some(node.as_str()),
        Term::Literal(literal) => Some(literal.value()),
        _ => None,
    }
}

fn path_text(path: Option<&Path>) -> Option<Term> {
    path.map(|path| Literal::from(path.to_string()).into())
}
