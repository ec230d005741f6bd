//! From a shapes graph to [`Shapes`]: which nodes are shapes (section 2.1), what each says, and everything that is wrong.
//!
//! Reading goes on after a fault, so that all are reported at once, and it is a loop over a list of nodes rather than a
//! recursion, so that shapes nested without end are a fault and not the end of the process.

mod parameters;
mod references;

use super::component::{self, Component, literals, subject};
use super::constraint::{Constraint, Shape, ShapeId, Target};
use super::fault::{Fault, ShapesError};
use super::graph::{self, ListFault, instances, objects, subclasses};
use super::path::Path;
use super::vocab::{self, sh};
use super::{Severity, Shapes, message};
use oxigraph::model::vocab::{rdf, rdfs, xsd};
use oxigraph::model::{Graph, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, TermRef};
use std::collections::{BTreeMap, HashMap};

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

/// A parameter and what a value of it makes.
type Made<V, T> = (&'static str, fn(V) -> T);

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
        let named: [Made<NamedNode, Target>; 3] =
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
