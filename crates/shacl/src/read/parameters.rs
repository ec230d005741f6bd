//! The constraints of a shape: one method a section of the standard, each parameter once.

use super::{Made, Reader, boolean};
use crate::component::{self, Component, literals, subject};
use crate::constraint::{Bound, Constraint, NodeKind, Qualified, ShapeId, Sparql};
use crate::fault::Fault;
use crate::graph::{object, objects};
use crate::path::Path;
use crate::sparql::{Kind, Prepared};
use crate::vocab::{self, sh};
use oxigraph::model::vocab::xsd;
use oxigraph::model::{NamedNode, NamedOrBlankNode, Term};
use regex::RegexBuilder;
use std::collections::BTreeMap;

impl Reader<'_> {
    pub(super) fn constraints(&mut self, node: &NamedOrBlankNode, path: Option<&Path>) -> Vec<Constraint> {
        let mut constraints = Vec::new();
        self.value_types(node, &mut constraints);
        self.counts_and_ranges(node, path, &mut constraints);
        self.texts(node, path, &mut constraints);
        self.pairs(node, path, &mut constraints);
        self.shapes_of_shape(node, path, &mut constraints);
        self.closed_and_values(node, &mut constraints);
        self.queries(node, path, &mut constraints);
        constraints
    }

    /// Section 4.1.
    fn value_types(&mut self, node: &NamedOrBlankNode, constraints: &mut Vec<Constraint>) {
        constraints.extend(self.names(node, "class").into_iter().map(Constraint::Class));
        match self.single(node, "datatype") {
            None => {}
            Some(Term::NamedNode(datatype)) => constraints.push(Constraint::Datatype(datatype)),
            Some(found) => self.wrong(node, "datatype", "the IRI of a datatype", found),
        }
        if let Some(found) = self.single(node, "nodeKind") {
            let name = if let Term::NamedNode(kind) = &found { vocab::local(kind.as_ref()) } else { None };
            match name.and_then(NodeKind::named) {
                Some(kind) => constraints.push(Constraint::NodeKind(kind)),
                None => self.wrong(
                    node,
                    "nodeKind",
                    "one of `sh:IRI`, `sh:BlankNode`, `sh:Literal`, `sh:BlankNodeOrIRI`, `sh:BlankNodeOrLiteral`, `sh:IRIOrLiteral`",
                    found,
                ),
            }
        }
    }

    /// Sections 4.2 and 4.3.
    fn counts_and_ranges(&mut self, node: &NamedOrBlankNode, path: Option<&Path>, constraints: &mut Vec<Constraint>) {
        let counts: [Made<u64, Constraint>; 2] = [("minCount", Constraint::MinCount), ("maxCount", Constraint::MaxCount)];
        for (parameter, make) in counts {
            if let Some(count) = self.number(node, parameter) {
                self.needs_path(node, path, parameter);
                constraints.push(make(count));
            }
        }
        for (parameter, bound) in Bound::ALL {
            match self.single(node, parameter) {
                None => {}
                Some(Term::Literal(limit)) => constraints.push(Constraint::Bound(bound, limit)),
                Some(found) => self.wrong(node, parameter, "a literal", found),
            }
        }
    }

    /// Section 4.4.
    fn texts(&mut self, node: &NamedOrBlankNode, path: Option<&Path>, constraints: &mut Vec<Constraint>) {
        constraints.extend(self.number(node, "minLength").map(Constraint::MinLength));
        constraints.extend(self.number(node, "maxLength").map(Constraint::MaxLength));
        let flags = self.text(node, "flags").unwrap_or_default();
        if let Some(pattern) = self.text(node, "pattern") {
            match regex(&pattern, &flags) {
                Ok(regex) => constraints.push(Constraint::Pattern { pattern, regex }),
                Err(reason) => self.fault(node, Fault::BadPattern { pattern, reason }),
            }
        }
        if let Some(list) = self.single(node, "languageIn") {
            let mut languages = Vec::new();
            for member in self.list(node, "languageIn", &list) {
                match member {
                    Term::Literal(tag) if tag.datatype() == xsd::STRING => languages.push(tag.value().to_owned()),
                    other => self.wrong(node, "languageIn", "language tags as texts", other),
                }
            }
            constraints.push(Constraint::LanguageIn(languages));
        }
        if let Some(value) = self.single(node, "uniqueLang") {
            self.needs_path(node, path, "uniqueLang");
            // The suite wants `"1"^^xsd:boolean` to be accepted and to have no effect.
            match &value {
                Term::Literal(literal) if literal.datatype() == xsd::BOOLEAN => {
                    if literal.value() == "true" {
                        constraints.push(Constraint::UniqueLang);
                    }
                }
                _ => self.wrong(node, "uniqueLang", "true or false", value),
            }
        }
    }

    /// Section 4.5.
    fn pairs(&mut self, node: &NamedOrBlankNode, path: Option<&Path>, constraints: &mut Vec<Constraint>) {
        constraints.extend(self.names(node, "equals").into_iter().map(Constraint::Equals));
        constraints.extend(self.names(node, "disjoint").into_iter().map(Constraint::Disjoint));
        for (parameter, or_equal) in [("lessThan", false), ("lessThanOrEquals", true)] {
            for property in self.names(node, parameter) {
                self.needs_path(node, path, parameter);
                constraints.push(Constraint::LessThan { property, or_equal });
            }
        }
    }

    /// Sections 4.6 and 4.7.
    fn shapes_of_shape(&mut self, node: &NamedOrBlankNode, path: Option<&Path>, constraints: &mut Vec<Constraint>) {
        let single: [Made<ShapeId, Constraint>; 3] =
            [("not", Constraint::Not), ("node", Constraint::Node), ("property", Constraint::Property)];
        for (parameter, make) in single {
            for value in objects(self.graph, node, vocab::term(parameter).as_ref()) {
                constraints.extend(self.reference(node, parameter, value).map(make));
            }
        }
        let lists: [Made<Vec<ShapeId>, Constraint>; 3] = [("and", Constraint::And), ("or", Constraint::Or), ("xone", Constraint::Xone)];
        for (parameter, make) in lists {
            for list in objects(self.graph, node, vocab::term(parameter).as_ref()) {
                let members = self.list(node, parameter, &list);
                let shapes = members.into_iter().filter_map(|member| self.reference(node, parameter, member)).collect();
                constraints.push(make(shapes));
            }
        }
        let min = self.number(node, "qualifiedMinCount");
        let max = self.number(node, "qualifiedMaxCount");
        let Some(value) = self.single(node, "qualifiedValueShape") else {
            return;
        };
        self.needs_path(node, path, "qualifiedValueShape");
        let Some(shape) = self.reference(node, "qualifiedValueShape", value.clone()) else {
            return;
        };
        let mut siblings = Vec::new();
        if self.single(node, "qualifiedValueShapesDisjoint").is_some_and(|disjoint| boolean(&disjoint) == Some(true)) {
            for sibling in self.sibling_shapes(node) {
                if sibling != value {
                    siblings.extend(self.reference(node, "qualifiedValueShape", sibling));
                }
            }
        }
        let qualified = Qualified { shape, siblings };
        constraints.extend(min.map(|count| Constraint::QualifiedMin(qualified.clone(), count)));
        constraints.extend(max.map(|count| Constraint::QualifiedMax(qualified, count)));
    }

    /// The qualified value shapes of all property shapes beside this one (section 4.7.3).
    fn sibling_shapes(&self, node: &NamedOrBlankNode) -> Vec<Term> {
        let parents = self.graph.subjects_for_predicate_object(sh!("property"), &Term::from(node.clone()));
        let mut siblings = BTreeMap::new();
        for parent in parents {
            for property in objects(self.graph, &parent.into_owned(), sh!("property")).iter().filter_map(subject) {
                for shape in objects(self.graph, &property, sh!("qualifiedValueShape")) {
                    siblings.insert(shape.to_string(), shape);
                }
            }
        }
        siblings.into_values().collect()
    }

    /// Section 4.8.
    fn closed_and_values(&mut self, node: &NamedOrBlankNode, constraints: &mut Vec<Constraint>) {
        if let Some(closed) = self.single(node, "closed") {
            match boolean(&closed) {
                Some(true) => {
                    let allowed = self.allowed_properties(node);
                    constraints.push(Constraint::Closed { allowed });
                }
                Some(false) => {}
                None => self.wrong(node, "closed", "true or false", closed),
            }
        }
        constraints.extend(objects(self.graph, node, sh!("hasValue")).into_iter().map(Constraint::HasValue));
        if let Some(list) = self.single(node, "in") {
            let members = self.list(node, "in", &list);
            constraints.push(Constraint::In(members));
        }
    }

    fn allowed_properties(&mut self, node: &NamedOrBlankNode) -> Vec<NamedNode> {
        let mut allowed = Vec::new();
        for property in objects(self.graph, node, sh!("property")).iter().filter_map(subject) {
            if let Some(Term::NamedNode(path)) = object(self.graph, &property, sh!("path")) {
                allowed.push(path);
            }
        }
        if let Some(list) = self.single(node, "ignoredProperties") {
            for member in self.list(node, "ignoredProperties", &list) {
                match member {
                    Term::NamedNode(property) => allowed.push(property),
                    other => self.wrong(node, "ignoredProperties", "IRIs of properties", other),
                }
            }
        }
        allowed
    }

    /// `sh:sparql` (section 5) and the declared components whose parameters the shape has (section 6).
    fn queries(&mut self, node: &NamedOrBlankNode, path: Option<&Path>, constraints: &mut Vec<Constraint>) {
        for source in objects(self.graph, node, sh!("sparql")) {
            let Some(constraint) = subject(&source) else {
                self.wrong(node, "sparql", "a SPARQL constraint", source);
                continue;
            };
            let deactivated = object(self.graph, &constraint, sh!("deactivated"));
            if deactivated.is_some_and(|value| boolean(&value) == Some(true)) {
                continue;
            }
            let Some(Term::Literal(text)) = self.single(&constraint, "select") else {
                self.wrong(node, "sparql", "a SPARQL constraint with one `sh:select`", source);
                continue;
            };
            if let Some(query) = self.query(node, &constraint, text.value(), Kind::Select, path, &[]) {
                constraints.push(Constraint::Sparql(Box::new(Sparql {
                    source: Some(source),
                    component: vocab::term("SPARQLConstraintComponent"),
                    parameters: Vec::new(),
                    messages: literals(self.graph, &constraint, sh!("message")),
                    query,
                })));
            }
        }
        for component in self.components.clone() {
            self.component(node, path, &component, constraints);
        }
    }

    fn component(&mut self, node: &NamedOrBlankNode, path: Option<&Path>, component: &Component, constraints: &mut Vec<Constraint>) {
        let mut uses: Vec<Vec<(String, Term)>> = vec![Vec::new()];
        for parameter in &component.parameters {
            let values = objects(self.graph, node, parameter.property.as_ref());
            if values.is_empty() && !parameter.optional {
                return;
            }
            if values.len() > 1 && component.parameters.len() > 1 {
                let parameter = parameter.property.clone();
                self.fault(node, Fault::TooManyValues { parameter, found: values.len() });
                return;
            }
            if !values.is_empty() {
                let named = |value: &Term| (parameter.variable().to_owned(), value.clone());
                uses = values.iter().flat_map(|value| uses.iter().map(move |used| [&used[..], &[named(value)]].concat())).collect();
            }
        }
        let own = if path.is_some() { &component.property_validator } else { &component.node_validator };
        let Some(validator) = own.as_ref().or(component.validator.as_ref()) else {
            return;
        };
        let (kind, text) = match (self.single(validator, "select"), self.single(validator, "ask")) {
            (Some(Term::Literal(text)), None) => (Kind::Select, text),
            (None, Some(Term::Literal(text))) => (Kind::Ask, text),
            _ => {
                let found = Term::from(validator.clone());
                let component = component.node.clone().into();
                self.wrong(&component, "validator", "a validator with one `sh:select` or one `sh:ask`", found);
                return;
            }
        };
        let mut messages = literals(self.graph, validator, sh!("message"));
        if messages.is_empty() {
            messages.clone_from(&component.messages);
        }
        for parameters in uses {
            let names: Vec<_> = parameters.iter().map(|(name, _)| name.clone()).collect();
            let Some(query) = self.query(validator, validator, text.value(), kind, path, &names) else {
                continue;
            };
            constraints.push(Constraint::Sparql(Box::new(Sparql {
                source: None,
                component: component.node.clone(),
                parameters,
                messages: messages.clone(),
                query,
            })));
        }
    }

    fn query(
        &mut self,
        place: &NamedOrBlankNode,
        node: &NamedOrBlankNode,
        text: &str,
        kind: Kind,
        path: Option<&Path>,
        parameters: &[String],
    ) -> Option<Prepared> {
        let prefixes = match component::prefixes(self.graph, node) {
            Ok(prefixes) => prefixes,
            Err(fault) => {
                self.fault(place, fault);
                return None;
            }
        };
        let parameter = vocab::term(if kind == Kind::Select { "select" } else { "ask" });
        Prepared::new(text, kind, &prefixes, path, parameters)
            .map_err(|reason| self.fault(place, Fault::BadQuery { parameter, reason }))
            .ok()
    }
}

/// A regular expression with SPARQL's flags, as `REGEX` reads it (section 4.4.3).
fn regex(pattern: &str, flags: &str) -> Result<regex::Regex, String> {
    let literal = flags.contains('q').then(|| regex::escape(pattern));
    let mut builder = RegexBuilder::new(literal.as_deref().unwrap_or(pattern));
    for flag in flags.chars() {
        match flag {
            's' => builder.dot_matches_new_line(true),
            'm' => builder.multi_line(true),
            'i' => builder.case_insensitive(true),
            'x' => builder.ignore_whitespace(true),
            'q' => &mut builder,
            other => {
                return Err(format!("expected flags among s, m, i, x, q, found {other:?}"));
            }
        };
    }
    // The error repeats the expression over several lines; the last one has the reason.
    builder.build().map_err(|error| {
        let text = error.to_string();
        let last = text.lines().last().unwrap_or_default();
        last.strip_prefix("error: ").unwrap_or(last).to_owned()
    })
}
