//! From a shapes graph to [`Shapes`]: which nodes are shapes (section 2.1), what each says, and everything that is wrong.
//!
//! Reading goes on after a fault, so that all are reported at once, and it is a loop over a list of nodes rather than a
//! recursion, so that shapes nested without end are a fault and not the end of the process.

use super::component::{self, Component, literals, subject};
use super::constraint::{Bound, Constraint, NodeKind, Qualified, Shape, ShapeId, Sparql, Target};
use super::fault::{Fault, ShapeFault, ShapesError};
use super::graph::{self, ListFault, instances, object, objects, subclasses};
use super::path::Path;
use super::sparql::{Kind, Prepared};
use super::vocab::{self, sh};
use super::{Severity, Shapes, message};
use oxigraph::model::vocab::{rdf, rdfs, xsd};
use oxigraph::model::{Graph, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, TermRef};
use regex::RegexBuilder;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// How deep shapes may refer to shapes: validation recurses this far.
const MAX_DEPTH: usize = 100;

pub(super) fn read(graph: &Graph) -> Result<Shapes, ShapesError> {
    let (components, faults) = component::read(graph);
    let mut reader = Reader { graph, components, faults, shapes: Vec::new(), ids: HashMap::new() };
    for node in reader.shape_nodes() {
        reader.id(node);
    }
    let (mut shapes, mut next) = (Vec::new(), 0);
    while let Some(node) = reader.shapes.get(next).cloned() {
        shapes.push(reader.shape(&node));
        next += 1;
    }
    reader.check_terms();
    reader.check_references(&mut shapes);
    if !reader.faults.is_empty() {
        return Err(ShapesError { faults: reader.placed() });
    }
    let reads_shapes = shapes
        .iter()
        .flat_map(|shape| &shape.constraints)
        .any(|constraint| matches!(constraint, Constraint::Sparql(sparql) if sparql.query.reads_shapes || sparql.query.reads_current));
    Ok(Shapes { shapes, names: message::Names::new(component::all_prefixes(graph)), graph: reads_shapes.then(|| graph.clone()) })
}

struct Reader<'g> {
    graph: &'g Graph,
    components: Vec<Component>,
    faults: Vec<(NamedOrBlankNode, Fault)>,
    /// The nodes of all shapes found so far; their places are their ids.
    shapes: Vec<NamedOrBlankNode>,
    ids: HashMap<NamedOrBlankNode, ShapeId>,
}

impl Reader<'_> {
    /// Terms that look like SHACL and are not, wherever they stand except in data that shares the file with the shapes.
    fn check_terms(&mut self) {
        for triple in self.graph {
            if self.is_data(&triple.subject.into_owned()) {
                continue;
            }
            let subject = TermRef::from(triple.subject);
            for term in [subject, triple.predicate.into(), triple.object] {
                let TermRef::NamedNode(term) = term else {
                    continue;
                };
                let Some(name) = vocab::local(term) else {
                    continue;
                };
                let fault = if !vocab::is_defined(name) {
                    Fault::UnknownTerm { term: term.into_owned(), nearest: vocab::nearest(name).map(vocab::term) }
                } else if vocab::is_unsupported(name) && term == triple.predicate {
                    Fault::Unsupported { term: term.into_owned() }
                } else {
                    continue;
                };
                self.faults.push((triple.subject.into_owned(), fault));
            }
        }
    }

    /// Whether a node is an instance of someone's class and no shape.
    fn is_data(&self, node: &NamedOrBlankNode) -> bool {
        let own = [vocab::NAMESPACE, "http://www.w3.org/2000/01/rdf-schema#", "http://www.w3.org/2002/07/owl#"];
        !self.ids.contains_key(node)
            && self
                .graph
                .objects_for_subject_predicate(node, rdf::TYPE)
                .any(|class| matches!(class, TermRef::NamedNode(class) if !own.iter().any(|own| class.as_str().starts_with(own))))
    }

    /// All nodes that section 2.1 makes shapes without a reference from another shape, in one order.
    fn shape_nodes(&self) -> Vec<NamedOrBlankNode> {
        let mut nodes = BTreeMap::new();
        for class in [sh!("NodeShape"), sh!("PropertyShape"), sh!("Shape")] {
            nodes.extend(instances(self.graph, class).into_iter().map(|node| (node.to_string(), node)));
        }
        let parameters = vocab::PARAMETERS.iter().chain(vocab::TARGETS).map(|name| vocab::term(name));
        let own = self.components.iter().flat_map(|component| &component.parameters);
        for predicate in parameters.chain(own.map(|parameter| parameter.property.clone())) {
            for triple in self.graph.triples_for_predicate(&predicate) {
                nodes.insert(triple.subject.to_string(), triple.subject.into_owned());
            }
        }
        nodes.into_values().collect()
    }

    fn id(&mut self, node: NamedOrBlankNode) -> ShapeId {
        let next = self.shapes.len();
        *self.ids.entry(node).or_insert_with_key(|node| {
            self.shapes.push(node.clone());
            next
        })
    }

    fn fault(&mut self, node: &NamedOrBlankNode, fault: Fault) {
        self.faults.push((node.clone(), fault));
    }

    fn wrong(&mut self, node: &NamedOrBlankNode, parameter: &str, expected: &'static str, found: Term) {
        self.fault(node, Fault::WrongValue { parameter: vocab::term(parameter), expected, found });
    }

    fn shape(&mut self, node: &NamedOrBlankNode) -> Shape {
        let path = self.path(node);
        let deactivated = self.single(node, "deactivated").is_some_and(|value| match boolean(&value) {
            Some(deactivated) => deactivated,
            None => {
                self.wrong(node, "deactivated", "true or false", value);
                false
            }
        });
        let severity = match self.single(node, "severity") {
            None => Severity::Violation,
            Some(Term::NamedNode(severity)) => Severity::from(severity),
            Some(found) => {
                self.wrong(node, "severity", "an IRI, such as `sh:Warning`", found);
                Severity::Violation
            }
        };
        for message in objects(self.graph, node, sh!("message")) {
            if !matches!(&message, Term::Literal(text) if [xsd::STRING, rdf::LANG_STRING].contains(&text.datatype())) {
                self.wrong(node, "message", "a text", message);
            }
        }
        Shape {
            targets: self.targets(node),
            constraints: self.constraints(node, path.as_ref()),
            node: node.clone(),
            path,
            severity,
            messages: literals(self.graph, node, sh!("message")),
            deactivated,
            shared: false,
        }
    }

    fn path(&mut self, node: &NamedOrBlankNode) -> Option<Path> {
        let paths = objects(self.graph, node, sh!("path"));
        let is = |class: NamedNodeRef<'_>| {
            let classes = subclasses(self.graph, class);
            objects(self.graph, node, rdf::TYPE).iter().filter_map(subject).any(|class| classes.contains(&class))
        };
        let as_value = |property| self.graph.subjects_for_predicate_object(property, &Term::from(node.clone())).next();
        let as_property = is(sh!("PropertyShape")) || as_value(sh!("property")).is_some();
        let as_node = is(sh!("NodeShape")) || as_value(sh!("node")).is_some();
        match (paths.len(), paths.into_iter().next()) {
            (1, Some(path)) => {
                if as_node {
                    self.fault(node, Fault::UnexpectedPath);
                }
                Path::read(self.graph, &path)
                    .map_err(|reason| self.fault(node, Fault::IllFormedPath { reason }))
                    .ok()
                    // What else is wrong with the shape should not depend on how its path is spelled.
                    .or(Some(Path::Predicate(vocab::term("path"))))
            }
            (0, _) => {
                if as_property {
                    self.fault(node, Fault::MissingPath);
                    return Some(Path::Predicate(vocab::term("path")));
                }
                None
            }
            (found, path) => {
                self.fault(node, Fault::TooManyValues { parameter: vocab::term("path"), found });
                path.and_then(|path| Path::read(self.graph, &path).ok())
            }
        }
    }

    fn targets(&mut self, node: &NamedOrBlankNode) -> Vec<Target> {
        let mut targets = Vec::new();
        for value in objects(self.graph, node, sh!("targetNode")) {
            if matches!(value, Term::BlankNode(_)) {
                self.wrong(node, "targetNode", "an IRI or a literal", value);
            } else {
                targets.push(Target::Node(value));
            }
        }
        let named: [(&str, fn(NamedNode) -> Target); 3] =
            [("targetClass", Target::Class), ("targetSubjectsOf", Target::SubjectsOf), ("targetObjectsOf", Target::ObjectsOf)];
        for (parameter, make) in named {
            for value in objects(self.graph, node, vocab::term(parameter).as_ref()) {
                match value {
                    Term::NamedNode(value) => targets.push(make(value)),
                    other => self.wrong(node, parameter, "an IRI", other),
                }
            }
        }
        // Implicit class targets (2.1.3.3). OWL says that each owl:Class is an rdfs:Class; few shapes graphs repeat it.
        if let NamedOrBlankNode::NamedNode(class) = node {
            let owl_class = NamedNodeRef::new_unchecked("http://www.w3.org/2002/07/owl#Class");
            let mut classes = subclasses(self.graph, rdfs::CLASS);
            classes.extend(subclasses(self.graph, owl_class));
            let mut types = self.graph.objects_for_subject_predicate(node, rdf::TYPE);
            if types.any(|class| subject(&class.into_owned()).is_some_and(|class| classes.contains(&class))) {
                targets.push(Target::Class(class.clone()));
            }
        }
        targets
    }

    fn constraints(&mut self, node: &NamedOrBlankNode, path: Option<&Path>) -> Vec<Constraint> {
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
        let counts: [(&str, fn(u64) -> Constraint); 2] = [("minCount", Constraint::MinCount), ("maxCount", Constraint::MaxCount)];
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
        let single: [(&str, fn(ShapeId) -> Constraint); 3] =
            [("not", Constraint::Not), ("node", Constraint::Node), ("property", Constraint::Property)];
        for (parameter, make) in single {
            for value in objects(self.graph, node, vocab::term(parameter).as_ref()) {
                constraints.extend(self.reference(node, parameter, value).map(make));
            }
        }
        let lists: [(&str, fn(Vec<ShapeId>) -> Constraint); 3] =
            [("and", Constraint::And), ("or", Constraint::Or), ("xone", Constraint::Xone)];
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

    /// The value of a parameter that may have one.
    fn single(&mut self, node: &NamedOrBlankNode, parameter: &str) -> Option<Term> {
        let parameter = vocab::term(parameter);
        let values = objects(self.graph, node, parameter.as_ref());
        if values.len() > 1 {
            self.fault(node, Fault::TooManyValues { parameter, found: values.len() });
            return None;
        }
        values.into_iter().next()
    }

    fn number(&mut self, node: &NamedOrBlankNode, parameter: &str) -> Option<u64> {
        let value = self.single(node, parameter)?;
        if let Term::Literal(literal) = &value
            && literal.datatype() == xsd::INTEGER
            && let Ok(number) = literal.value().parse()
        {
            return Some(number);
        }
        self.wrong(node, parameter, "a whole number (xsd:integer) from 0", value);
        None
    }

    fn text(&mut self, node: &NamedOrBlankNode, parameter: &str) -> Option<String> {
        match self.single(node, parameter)? {
            Term::Literal(text) if text.datatype() == xsd::STRING => Some(text.value().to_owned()),
            found => {
                self.wrong(node, parameter, "a text", found);
                None
            }
        }
    }

    fn names(&mut self, node: &NamedOrBlankNode, parameter: &str) -> Vec<NamedNode> {
        let mut names = Vec::new();
        for value in objects(self.graph, node, vocab::term(parameter).as_ref()) {
            match value {
                Term::NamedNode(name) => names.push(name),
                found => self.wrong(node, parameter, "an IRI", found),
            }
        }
        names
    }

    fn list(&mut self, node: &NamedOrBlankNode, parameter: &str, list: &Term) -> Vec<Term> {
        graph::list(self.graph, list).unwrap_or_else(|ListFault(reason)| {
            self.fault(node, Fault::IllFormedList { parameter: vocab::term(parameter), reason });
            Vec::new()
        })
    }

    fn needs_path(&mut self, node: &NamedOrBlankNode, path: Option<&Path>, parameter: &str) {
        if path.is_none() {
            self.fault(node, Fault::NeedsPath { parameter: vocab::term(parameter) });
        }
    }

    /// The shape that a parameter refers to, if the shapes graph describes it.
    fn reference(&mut self, node: &NamedOrBlankNode, parameter: &str, value: Term) -> Option<ShapeId> {
        match value {
            Term::NamedNode(target) => {
                if self.graph.triples_for_subject(&target).next().is_none() {
                    let nearest = self.nearest_shape(&target);
                    self.fault(node, Fault::NoSuchShape { parameter: vocab::term(parameter), target, nearest });
                    return None;
                }
                Some(self.id(target.into()))
            }
            Term::BlankNode(target) => Some(self.id(target.into())),
            found => {
                self.wrong(node, parameter, "a shape", found);
                None
            }
        }
    }

    fn nearest_shape(&self, target: &NamedNode) -> Option<NamedNode> {
        let named = self.shapes.iter().filter_map(|shape| match shape {
            NamedOrBlankNode::NamedNode(shape) => Some(shape),
            NamedOrBlankNode::BlankNode(_) => None,
        });
        named
            .map(|shape| (strsim::damerau_levenshtein(shape.as_str(), target.as_str()), shape))
            .filter(|(distance, _)| *distance <= 3)
            .min()
            .map(|(_, shape)| shape.clone())
    }

    /// Finds shapes that lead back to themselves or too deep, and marks those that several constraints refer to.
    fn check_references(&mut self, shapes: &mut [Shape]) {
        let references: Vec<Vec<ShapeId>> =
            shapes.iter().map(|shape| shape.constraints.iter().flat_map(Constraint::shapes).collect()).collect();
        let mut referrers = vec![0_usize; shapes.len()];
        for &id in references.iter().flatten() {
            referrers[id] += 1;
        }
        for (shape, count) in shapes.iter_mut().zip(referrers) {
            shape.shared = count > 1;
        }
        // Depth first without recursion: `way` holds the shapes from the start to here and the next reference of each.
        let mut depth: Vec<Option<usize>> = vec![None; shapes.len()];
        for start in 0..shapes.len() {
            let mut way: Vec<(ShapeId, usize)> = if depth[start].is_none() { vec![(start, 0)] } else { Vec::new() };
            let mut on_way: HashSet<ShapeId> = way.iter().map(|step| step.0).collect();
            while let Some(&mut (id, ref mut next)) = way.last_mut() {
                if let Some(&reference) = references[id].get(*next) {
                    *next += 1;
                    if on_way.contains(&reference) {
                        let from = way.iter().position(|step| step.0 == reference).unwrap_or_default();
                        let through = way[from + 1..].iter().filter_map(|step| named(&shapes[step.0].node)).collect();
                        self.fault(&shapes[reference].node, Fault::Recursive { through });
                    } else if depth[reference].is_none() {
                        way.push((reference, 0));
                        on_way.insert(reference);
                    }
                    continue;
                }
                let below = references[id].iter().filter_map(|&reference| depth[reference]).max();
                depth[id] = Some(below.map_or(1, |below| below + 1));
                on_way.remove(&id);
                way.pop();
            }
            if depth[start] == Some(MAX_DEPTH + 1) {
                self.fault(&shapes[start].node, Fault::TooDeep { limit: MAX_DEPTH });
            }
        }
    }

    /// The faults with their owners, each once, ordered by place and text.
    fn placed(&self) -> Vec<ShapeFault> {
        let mut faults = BTreeMap::new();
        for (node, fault) in &self.faults {
            let owner = match node {
                NamedOrBlankNode::NamedNode(_) => None,
                NamedOrBlankNode::BlankNode(_) => self.owner(node),
            };
            let place = owner.as_ref().map_or_else(|| node.to_string(), ToString::to_string);
            let placed = ShapeFault { shape: node.clone(), owner, fault: fault.clone() };
            faults.insert((place, fault.to_string(), node.to_string()), placed);
        }
        faults.into_values().collect()
    }

    /// The nearest named node from which a blank node can be reached.
    fn owner(&self, node: &NamedOrBlankNode) -> Option<NamedNode> {
        let mut seen = HashSet::from([node.clone()]);
        let mut here = vec![node.clone()];
        while !here.is_empty() {
            let mut owners = BTreeSet::new();
            let mut next = Vec::new();
            for node in here {
                for triple in self.graph.triples_for_object(&Term::from(node)) {
                    let subject = triple.subject.into_owned();
                    owners.extend(named(&subject));
                    if seen.insert(subject.clone()) {
                        next.push(subject);
                    }
                }
            }
            if let Some(owner) = owners.into_iter().next() {
                return Some(owner);
            }
            here = next;
        }
        None
    }
}

fn named(node: &NamedOrBlankNode) -> Option<NamedNode> {
    match node {
        NamedOrBlankNode::NamedNode(name) => Some(name.clone()),
        NamedOrBlankNode::BlankNode(_) => None,
    }
}

fn boolean(term: &Term) -> Option<bool> {
    if *term == Literal::from(true).into() {
        Some(true)
    } else if *term == Literal::from(false).into() {
        Some(false)
    } else {
        None
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
    builder.build().map_err(|error| error.to_string())
}
