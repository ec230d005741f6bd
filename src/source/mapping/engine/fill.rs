//! Templates filled from a row, and values worked on: each keeps the place of the cell it came from.

use std::collections::HashSet;

use crate::finding::Finding;
use crate::fold::fold;
use crate::location::{Located, Location};
use crate::nearest::nearest;
use crate::record::{Field, Node};
use crate::source::kinds::{Sort, TableKey};

use super::super::convert::{Became, Ways};
use super::super::template::{Part, Place, Template};
use super::super::value::{Condition, Value, Worked};
use super::{Engine, Made, Scope};

/// How deep values may be made of others.
const DEPTH: usize = 16;
/// How many values one template may give.
const MANY: usize = 10_000;

impl Engine<'_> {
    pub(super) fn hold(&self, conditions: &[Condition], scope: &Scope<'_>) -> bool {
        conditions.iter().all(|condition| {
            let mut templates = Vec::new();
            let found = self.fill_ref(&condition.value.value, scope, &mut templates);
            found.iter().any(|(text, _)| condition.pattern.is_match(&text.value)) != condition.not
        })
    }

    /// The texts of a node, trimmed, without words that say that nothing is known.
    pub(super) fn texts(&self, node: &Node) -> Vec<Located<String>> {
        let mut texts = Vec::new();
        let mut open: Vec<&Node> = vec![node];
        while let Some(node) = open.pop() {
            match node {
                Node::Text(text) => {
                    let trimmed = text.value.trim();
                    if !trimmed.is_empty() && !self.settings.ways.is_null(trimmed) {
                        texts.push(Located::new(trimmed.to_owned(), text.location.clone()));
                    }
                }
                Node::List(members, _) => open.extend(members.iter().rev()),
                Node::Empty(_) | Node::Map(..) => {}
            }
        }
        texts
    }

    /// The values that a place has in a row.
    pub(super) fn values_at(&self, place: &Place, scope: &Scope<'_>) -> Vec<Located<String>> {
        if let Some((_, value)) = scope.more.iter().find(|(name, _)| *name == place.name && ["value", "column"].contains(name)) {
            return vec![value.clone()];
        }
        if let Some((_, value)) = self.settings.values.iter().find(|(name, _)| name.value == place.name) {
            if scope.depth >= DEPTH {
                return Vec::new();
            }
            let inner = Scope { nodes: vec![scope.nodes[0]], more: scope.more.clone(), depth: scope.depth + 1 };
            return self.evaluate_ref(value, &inner, None, &mut Vec::new()).into_iter().map(|(text, _)| text).collect();
        }
        let Some(node) = scope.nodes.len().checked_sub(1 + place.up).map(|at| scope.nodes[at]) else { return Vec::new() };
        match node {
            Node::Map(fields, _) => {
                let exact = fields.iter().find(|field| field.key.value == place.name);
                let found = exact.or_else(|| fields.iter().find(|field| !self.nested && fold(&field.key.value) == place.folded));
                if let Some(field) = found {
                    return self.texts(&field.value);
                }
            }
            other if place.name == "." => return self.texts(other),
            _ => {}
        }
        if place.up == 0 {
            if let Some((_, value)) = scope.more.iter().find(|(name, _)| *name == place.name) {
                return vec![value.clone()];
            }
            if let Some((_, value)) = self.known.iter().find(|(name, _)| *name == place.name) {
                return vec![Located::new(value.clone(), node.location().clone())];
            }
        }
        match &place.path {
            Some(path) if self.nested => path.find(node).into_iter().flat_map(|(_, node)| self.texts(node)).collect(),
            _ => Vec::new(),
        }
    }

    pub(super) fn evaluate(&mut self, value: &Value, scope: &Scope<'_>, key: Option<&TableKey>, findings: &mut Vec<Finding>) -> Vec<Made> {
        let mut given = Vec::new();
        let made = self.evaluate_ref_with(value, scope, key, findings, &mut given);
        for name in given {
            if !self.given.contains(&name) {
                self.given.insert(name);
            }
        }
        made
    }

    pub(super) fn evaluate_ref(&self, value: &Value, scope: &Scope<'_>, key: Option<&TableKey>, findings: &mut Vec<Finding>) -> Vec<Made> {
        self.evaluate_ref_with(value, scope, key, findings, &mut Vec::new())
    }

    pub(super) fn evaluate_ref_with(
        &self,
        value: &Value,
        scope: &Scope<'_>,
        key: Option<&TableKey>,
        findings: &mut Vec<Finding>,
        given: &mut Vec<String>,
    ) -> Vec<Made> {
        match value {
            Value::Template(template) => {
                let filled =
                    self.fill_all(&template.value, &template.location, scope, key.map(|key| (key, &self.settings.ways)), findings, given);
                let filled = filled.into_iter().filter_map(|text| finished(key, &self.settings.ways, text, findings));
                let language = key.and_then(|_| self.language(None, scope));
                filled.map(|text| (text, language.clone())).collect()
            }
            Value::Every(values) => values.iter().flat_map(|value| self.evaluate_ref_with(value, scope, key, findings, given)).collect(),
            Value::First(values) => values
                .iter()
                .map(|value| self.evaluate_ref_with(value, scope, key, findings, given))
                .find(|made| !made.is_empty())
                .unwrap_or_default(),
            Value::Worked(worked) => self.worked(worked, scope, key, findings, given),
        }
    }

    pub(super) fn language(&self, said: Option<&Template>, scope: &Scope<'_>) -> Option<String> {
        let template = said.or(self.settings.language.as_ref())?;
        let made = self.fill_ref(template, scope, &mut Vec::new());
        made.into_iter().next().map(|(tag, _)| tag.value.replace('_', "-"))
    }

    pub(super) fn worked(
        &self,
        worked: &Worked,
        scope: &Scope<'_>,
        key: Option<&TableKey>,
        findings: &mut Vec<Finding>,
        given: &mut Vec<String>,
    ) -> Vec<Made> {
        let plain = worked.split.is_none()
            && worked.pattern.is_none()
            && worked.map.is_none()
            && worked.otherwise.is_none()
            && worked.dates.is_empty();
        let mut made = Vec::new();
        if self.hold(&worked.conditions, scope) {
            made = self.evaluate_ref_with(&worked.from, scope, key.filter(|_| plain), findings, given);
            if let Some(separator) = &worked.split {
                made = made
                    .into_iter()
                    .flat_map(|(text, language)| {
                        let parts: Vec<Made> = text
                            .value
                            .split(separator.as_str())
                            .map(str::trim)
                            .filter(|part| !part.is_empty())
                            .map(|part| (Located::new(part.to_owned(), text.location.clone()), language.clone()))
                            .collect();
                        parts
                    })
                    .collect();
            }
            if let Some(pattern) = &worked.pattern {
                made = made.into_iter().filter_map(|(text, language)| Some((cut(pattern, text)?, language))).collect();
            }
        }
        if made.is_empty()
            && let Some(default) = &worked.default
        {
            made = self.fill_ref(default, scope, given);
            if !plain && worked.map.is_none() {
                let ways = Ways { dates: worked.dates.clone(), ..self.settings.ways.clone() };
                made =
                    made.into_iter().filter_map(|(text, language)| Some((finished_whole(key, &ways, text, findings)?, language))).collect();
            }
            return made;
        }
        if worked.map.is_some() || worked.otherwise.is_some() {
            let map = worked.map.as_ref();
            let mut mapped = Vec::with_capacity(made.len());
            for (text, language) in made {
                // A code by its own name or label needs no word.
                let said = map.as_ref().and_then(|map| map.get(&text.value).map(str::to_owned));
                let said = said.or_else(|| key.and_then(|key| key.sort.code(&text.value)));
                match (said, &worked.otherwise, map) {
                    (Some(word), _, _) if word.is_empty() => {}
                    (Some(word), _, _) => mapped.push((Located::new(word, text.location), language)),
                    (None, Some(otherwise), _) => mapped.extend(
                        self.fill_ref(otherwise, scope, given)
                            .into_iter()
                            .map(|(word, _)| (Located::new(word.value, text.location.clone()), language.clone())),
                    ),
                    (None, None, None) => mapped.push((text, language)),
                    (None, None, Some(map)) => {
                        let near = nearest(&text.value, map.written.iter().cloned());
                        let hint = near.map_or_else(
                            || "add it there, or say what stands for all others: otherwise = \"…\"".to_owned(),
                            |near| format!("did you mean `{near}`? Or add it there"),
                        );
                        let code = key.map_or("unmapped-value", |key| key.code.as_str());
                        let message = format!("`{}` is not in {}", text.value, map.name);
                        findings.push(Finding::error(code, message, text.location).hint(Some(hint)));
                    }
                }
            }
            made = mapped;
        }
        if !plain {
            let ways = Ways {
                dates: if worked.dates.is_empty() { self.settings.ways.dates.clone() } else { worked.dates.clone() },
                ..self.settings.ways.clone()
            };
            made = made.into_iter().filter_map(|(text, language)| Some((finished_whole(key, &ways, text, findings)?, language))).collect();
        }
        if worked.language.is_some() {
            let language = self.language(worked.language.as_ref(), scope);
            made.iter_mut().for_each(|(_, of)| of.clone_from(&language));
        }
        made
    }

    pub(super) fn fill(&mut self, template: &Template, scope: &Scope<'_>) -> Vec<Made> {
        let mut given = Vec::new();
        let made = self.fill_ref(template, scope, &mut given);
        self.given.extend(given);
        made
    }

    pub(super) fn fill_ref(&self, template: &Template, scope: &Scope<'_>, given: &mut Vec<String>) -> Vec<Made> {
        let place = scope.nodes[0].location().clone();
        self.fill_all(template, &place, scope, None, &mut Vec::new(), given).into_iter().map(|text| (text, None)).collect()
    }

    /// All texts that a template gives. Dates and numbers are read column by column, so that `{from}/{to}` may hold any.
    pub(super) fn fill_all(
        &self,
        template: &Template,
        said: &Location,
        scope: &Scope<'_>,
        key: Option<(&TableKey, &Ways)>,
        findings: &mut Vec<Finding>,
        given: &mut Vec<String>,
    ) -> Vec<Located<String>> {
        let mut filled: Vec<(String, Option<Location>)> = vec![(String::new(), None)];
        for part in &template.parts {
            match part {
                Part::Text(text) => filled.iter_mut().for_each(|(whole, _)| whole.push_str(text)),
                Part::Place(place) => {
                    let mut values = self.values_at(place, scope);
                    if !values.is_empty() {
                        given.push(place.name.clone());
                    }
                    if let Some((key, ways)) = key.filter(|(key, _)| by_part(&key.sort)) {
                        values = values.into_iter().filter_map(|value| converted(key, ways, value, findings)).collect();
                    }
                    let mut next = Vec::with_capacity(filled.len() * values.len());
                    for (whole, location) in &filled {
                        for value in &values {
                            if next.len() < MANY {
                                next.push((format!("{whole}{}", value.value), location.clone().or_else(|| Some(value.location.clone()))));
                            }
                        }
                    }
                    filled = next;
                }
            }
        }
        filled
            .into_iter()
            .filter(|(text, _)| !text.trim().is_empty())
            .map(|(text, location)| Located::new(text, location.unwrap_or_else(|| said.clone())))
            .collect()
    }
}

/// Whether values of a sort are read column by column: what stands between them in a template is not theirs.
fn by_part(sort: &Sort) -> bool {
    matches!(sort, Sort::Date | Sort::Day | Sort::Year | Sort::Amount | Sort::Number)
}

/// A text of a template as its key wants it, unless that was done column by column.
fn finished(key: Option<&TableKey>, ways: &Ways, text: Located<String>, findings: &mut Vec<Finding>) -> Option<Located<String>> {
    match key {
        Some(key) if !by_part(&key.sort) => converted(key, ways, text, findings),
        _ => Some(text),
    }
}

fn finished_whole(key: Option<&TableKey>, ways: &Ways, text: Located<String>, findings: &mut Vec<Finding>) -> Option<Located<String>> {
    match key {
        Some(key) => converted(key, ways, text, findings),
        None => Some(text),
    }
}

fn converted(key: &TableKey, ways: &Ways, text: Located<String>, findings: &mut Vec<Finding>) -> Option<Located<String>> {
    match ways.convert(&key.sort, &text.value) {
        Became::Value(value) => Some(Located::new(value, text.location)),
        Became::Same => Some(text),
        Became::Unclear(why, hint) => {
            findings.push(Finding::error(key.code.clone(), format!("`{}`: {why}", key.name), text.location).hint(Some(hint)));
            None
        }
    }
}

/// What a pattern cuts out of a text.
fn cut(pattern: &regex::Regex, text: Located<String>) -> Option<Located<String>> {
    let found = pattern.captures(&text.value)?;
    let part = found.name("value").or_else(|| found.iter().skip(1).flatten().next()).or_else(|| found.get(0))?;
    let part = part.as_str().trim().to_owned();
    (!part.is_empty()).then(|| Located::new(part, text.location))
}

/// Values as a record has them: one, or a list; in their languages.
pub(super) fn node_of(made: Vec<Made>, key: &TableKey) -> Option<Node> {
    let mut seen = HashSet::new();
    let mut nodes: Vec<Node> = made
        .into_iter()
        .filter(|(text, language)| seen.insert((text.value.clone(), language.clone())))
        .map(|(text, language)| match language.filter(|_| matches!(key.sort, Sort::Text)) {
            Some(language) => {
                let place = text.location.clone();
                let key = Located::new(language, place.clone());
                Node::Map(vec![Field { key, value: Node::Text(text) }], place)
            }
            None => Node::Text(text),
        })
        .collect();
    match nodes.len() {
        0 => None,
        1 => nodes.pop(),
        _ => {
            let place = nodes[0].location().clone();
            Some(Node::List(nodes, place))
        }
    }
}
