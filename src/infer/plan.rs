//! How a rule is asked again after it was asked once: with one of its patterns looked for only in what is new.
//!
//! A solution that was not there before uses something new. If that can only be a triple that one of the rule's own patterns
//! found, it is enough to ask once for each such pattern, with that pattern looked for among the new and all others everywhere
//! (semi-naive evaluation). What is new may also change what a path leads to, what `NOT EXISTS` and `MINUS` leave out, what
//! `OPTIONAL` finds and what is counted: if a pattern there fits something new, the rule is asked as a whole.

use oxigraph::model::{BlankNode, NamedNode, Term, TermRef, Variable};
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern, PropertyPathExpression};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};

use crate::dataset::{Layers, NEW};
use crate::sealed::Damaged;
use crate::sparql::walk;

/// A rule, ready to be asked.
pub struct Plan {
    /// The variables of the template: what every query gives, in this order.
    pub variables: Vec<Variable>,
    /// The rule as a whole.
    pub whole: Query,
    /// A query for each pattern, with the property and the object that the pattern names, to be limited to how many there are.
    open: Vec<(Wanted, GraphPattern)>,
    /// What else the rule looks at.
    closed: Vec<(Wanted, bool)>,
}

/// What a pattern says of the triples it fits.
#[derive(Debug, Clone, Default)]
struct Wanted {
    property: Option<NamedNode>,
    object: Option<Term>,
}

impl Plan {
    /// Plans a CONSTRUCT query.
    pub fn of(query: &Query) -> Self {
        let mut plan = Self { variables: Vec::new(), whole: query.clone(), open: Vec::new(), closed: Vec::new() };
        let Query::Construct { template, dataset, pattern, base_iri } = query else { return plan };
        for triple in template {
            let mut note = |term: &TermPattern| {
                if let TermPattern::Variable(variable) = term
                    && !plan.variables.contains(variable)
                {
                    plan.variables.push(variable.clone());
                }
            };
            note(&triple.subject);
            if let NamedNodePattern::Variable(variable) = &triple.predicate {
                note(&TermPattern::Variable(variable.clone()));
            }
            note(&triple.object);
        }
        let mut pattern = pattern.clone();
        // A blank node is a variable without a name; with one, its pattern can be taken out and still meet the others.
        name_blanks(&mut pattern);
        plan.whole = Query::Select {
            dataset: dataset.clone(),
            pattern: GraphPattern::Project { inner: Box::new(pattern.clone()), variables: plan.variables.clone() },
            base_iri: base_iri.clone(),
        };
        let (open, closed) = (&mut plan.open, &mut plan.closed);
        let anchors = anchors(&pattern);
        open_patterns(&pattern, &anchors, &mut |wanted, pattern| open.push((wanted, pattern)), &mut |wanted, named| {
            closed.push((wanted, named))
        });
        plan
    }

    /// The queries that give every solution that was not there before the last round; none if there cannot be any.
    ///
    /// # Errors
    /// The graph is damaged.
    pub fn of_new(&self, layers: &Layers) -> Result<Vec<Query>, Damaged> {
        // A term that is nowhere fits nothing.
        let count = |wanted: &Wanted, named: bool| {
            let id = |term: Option<TermRef<'_>>| match term {
                None => Ok(Some(None)),
                Some(term) => layers.find(term).map(|id| id.map(Some)),
            };
            let property = id(wanted.property.as_ref().map(|node| node.as_ref().into()))?;
            let object = id(wanted.object.as_ref().map(|term| term.as_ref()))?;
            Ok(property.zip(object).map_or(0, |(property, object)| layers.new_ones(property, object, named)))
        };
        for (wanted, named) in &self.closed {
            if count(wanted, *named)? > 0 {
                return Ok(vec![self.whole.clone()]);
            }
        }
        let Query::Select { dataset, base_iri, .. } = &self.whole else { return Ok(Vec::new()) };
        let mut queries = Vec::new();
        for (wanted, pattern) in &self.open {
            let count = count(wanted, false)?;
            if count > 0 {
                let mut pattern = pattern.clone();
                limit(&mut pattern, count);
                queries.push(Query::Select {
                    dataset: dataset.clone(),
                    pattern: GraphPattern::Project { inner: Box::new(pattern), variables: self.variables.clone() },
                    base_iri: base_iri.clone(),
                });
            }
        }
        Ok(queries)
    }
}

/// The variables that a triple stands behind in every solution.
fn anchors(pattern: &GraphPattern) -> Vec<Variable> {
    match pattern {
        GraphPattern::Bgp { patterns } => {
            let ends = patterns.iter().flat_map(|triple| [&triple.subject, &triple.object]);
            ends.filter_map(|term| if let TermPattern::Variable(variable) = term { Some(variable.clone()) } else { None }).collect()
        }
        GraphPattern::Join { left, right } => [anchors(left), anchors(right)].concat(),
        GraphPattern::Union { left, right } => {
            let right = anchors(right);
            anchors(left).into_iter().filter(|variable| right.contains(variable)).collect()
        }
        GraphPattern::Filter { inner, .. }
        | GraphPattern::Extend { inner, .. }
        | GraphPattern::Minus { left: inner, .. }
        | GraphPattern::LeftJoin { left: inner, .. } => anchors(inner),
        _ => Vec::new(),
    }
}

/// Tells of each triple pattern that can be looked for in what is new alone, with the whole in which it is; and of what else there is.
fn open_patterns(
    pattern: &GraphPattern,
    anchors: &[Variable],
    open: &mut dyn FnMut(Wanted, GraphPattern),
    closed: &mut dyn FnMut(Wanted, bool),
) {
    match pattern {
        GraphPattern::Bgp { patterns } => {
            for (index, triple) in patterns.iter().enumerate() {
                let mut rest = patterns.clone();
                rest.remove(index);
                let new = among_the_new(triple);
                open(
                    wanted(triple),
                    if rest.is_empty() {
                        new
                    } else {
                        GraphPattern::Join { left: Box::new(new), right: Box::new(GraphPattern::Bgp { patterns: rest }) }
                    },
                );
            }
        }
        GraphPattern::Join { left, right } => {
            let join = |left: GraphPattern, right: GraphPattern| GraphPattern::Join { left: Box::new(left), right: Box::new(right) };
            open_patterns(left, anchors, &mut |wanted, left| open(wanted, join(left, (**right).clone())), closed);
            open_patterns(right, anchors, &mut |wanted, right| open(wanted, join((**left).clone(), right)), closed);
        }
        GraphPattern::Union { left, right } => {
            open_patterns(left, anchors, open, closed);
            open_patterns(right, anchors, open, closed);
        }
        GraphPattern::Filter { expr, inner } => {
            in_expression(expr, closed);
            open_patterns(
                inner,
                anchors,
                &mut |wanted, inner| open(wanted, GraphPattern::Filter { expr: expr.clone(), inner: Box::new(inner) }),
                closed,
            );
        }
        GraphPattern::Extend { inner, variable, expression } => {
            in_expression(expression, closed);
            let extend =
                |inner| GraphPattern::Extend { inner: Box::new(inner), variable: variable.clone(), expression: expression.clone() };
            open_patterns(inner, anchors, &mut |wanted, inner| open(wanted, extend(inner)), closed);
        }
        GraphPattern::Minus { left, right } => {
            all(right, false, closed);
            let minus = |left| GraphPattern::Minus { left: Box::new(left), right: right.clone() };
            open_patterns(left, anchors, &mut |wanted, left| open(wanted, minus(left)), closed);
        }
        GraphPattern::LeftJoin { left, right, expression } => {
            all(right, false, closed);
            expression.iter().for_each(|expression| in_expression(expression, closed));
            let join = |left| GraphPattern::LeftJoin { left: Box::new(left), right: right.clone(), expression: expression.clone() };
            open_patterns(left, anchors, &mut |wanted, left| open(wanted, join(left)), closed);
        }
        GraphPattern::Project { inner, variables } => {
            let project = |inner| GraphPattern::Project { inner: Box::new(inner), variables: variables.clone() };
            open_patterns(inner, anchors, &mut |wanted, inner| open(wanted, project(inner)), closed);
        }
        GraphPattern::Distinct { inner } | GraphPattern::Reduced { inner } | GraphPattern::OrderBy { inner, .. } => {
            open_patterns(inner, anchors, open, closed);
        }
        GraphPattern::Values { .. } => {}
        GraphPattern::Path { subject, path, object } => {
            let anchored = |term: &TermPattern| match term {
                TermPattern::Variable(variable) => anchors.contains(variable),
                _ => true,
            };
            in_path(path, false, !anchored(subject) && !anchored(object), closed);
        }
        other => all(other, false, closed),
    }
}

/// A pattern that is looked for in what is new: a group of its own, which a limit tells the size of.
fn among_the_new(triple: &TriplePattern) -> GraphPattern {
    let inner = GraphPattern::Graph {
        name: NamedNodePattern::NamedNode(NamedNode::new_unchecked(NEW)),
        inner: Box::new(GraphPattern::Bgp { patterns: vec![triple.clone()] }),
    };
    let mut variables = Vec::new();
    inner.on_in_scope_variable(|variable| {
        if !variables.contains(variable) {
            variables.push(variable.clone());
        }
    });
    GraphPattern::Slice { inner: Box::new(GraphPattern::Project { inner: Box::new(inner), variables }), start: 0, length: None }
}

/// Says how many new triples there are where they are looked for: all of them, so that nothing is cut off, but whoever plans the
/// query knows that they are few.
fn limit(pattern: &mut GraphPattern, count: usize) {
    if let GraphPattern::Slice { inner, length, .. } = pattern
        && let GraphPattern::Project { inner, .. } = &**inner
        && let GraphPattern::Graph { name: NamedNodePattern::NamedNode(name), .. } = &**inner
        && name.as_str() == NEW
    {
        *length = Some(count);
        return;
    }
    walk::inner(pattern).into_iter().for_each(|inner| limit(inner, count));
}

fn wanted(triple: &TriplePattern) -> Wanted {
    Wanted {
        property: match &triple.predicate {
            NamedNodePattern::NamedNode(node) => Some(node.clone()),
            NamedNodePattern::Variable(_) => None,
        },
        object: match &triple.object {
            TermPattern::NamedNode(node) => Some(node.clone().into()),
            TermPattern::Literal(literal) => Some(literal.clone().into()),
            _ => None,
        },
    }
}

/// Tells of everything that a pattern looks at, however it does. `named`: within GRAPH.
fn all(pattern: &GraphPattern, named: bool, found: &mut dyn FnMut(Wanted, bool)) {
    looks(&mut pattern.clone(), named, found);
}

fn in_expression(expression: &Expression, found: &mut dyn FnMut(Wanted, bool)) {
    asks(&mut expression.clone(), found);
}

/// [`all`], of a copy: the walk lends what it passes for changing.
fn looks(pattern: &mut GraphPattern, named: bool, found: &mut dyn FnMut(Wanted, bool)) {
    match pattern {
        GraphPattern::Bgp { patterns } => patterns.iter().for_each(|triple| found(wanted(triple), named)),
        GraphPattern::Path { path, .. } => in_path(path, named, true, found),
        // What is not known here may look at anything.
        GraphPattern::Service { .. } | GraphPattern::Lateral { .. } => {
            found(Wanted::default(), false);
            found(Wanted::default(), true);
            return;
        }
        _ => {}
    }
    let named = named || matches!(pattern, GraphPattern::Graph { .. });
    walk::expressions(pattern).into_iter().for_each(|expression| asks(expression, found));
    walk::inner(pattern).into_iter().for_each(|inner| looks(inner, named, found));
}

fn asks(expression: &mut Expression, found: &mut dyn FnMut(Wanted, bool)) {
    if let Expression::Exists(pattern) = expression {
        // Which graph is looked at is not known in here: both are noted.
        looks(pattern, false, found);
        looks(pattern, true, found);
    }
    walk::parts(expression).into_iter().for_each(|part| asks(part, found));
}

/// `loose`: whether neither end is in a triple besides. With no step at all a path leads from everything to itself, from what is
/// new as well; but where an end is in a triple, that triple is new too, or the end was there before.
fn in_path(path: &PropertyPathExpression, named: bool, loose: bool, found: &mut dyn FnMut(Wanted, bool)) {
    match path {
        PropertyPathExpression::NamedNode(property) => found(Wanted { property: Some(property.clone()), object: None }, named),
        PropertyPathExpression::Reverse(inner) | PropertyPathExpression::OneOrMore(inner) => in_path(inner, named, loose, found),
        PropertyPathExpression::ZeroOrMore(inner) | PropertyPathExpression::ZeroOrOne(inner) if !loose => {
            in_path(inner, named, loose, found);
        }
        PropertyPathExpression::ZeroOrMore(_) | PropertyPathExpression::ZeroOrOne(_) | PropertyPathExpression::NegatedPropertySet(_) => {
            found(Wanted::default(), named);
        }
        // A step without length in the middle of a sequence ends in the middle of a triple or of another path.
        PropertyPathExpression::Sequence(one, other) => {
            in_path(one, named, true, found);
            in_path(other, named, true, found);
        }
        PropertyPathExpression::Alternative(one, other) => {
            in_path(one, named, loose, found);
            in_path(other, named, loose, found);
        }
    }
}

fn name_blanks(pattern: &mut GraphPattern) {
    let name = |term: &mut TermPattern| {
        if let TermPattern::BlankNode(blank) = term {
            *term = TermPattern::Variable(variable_of(blank));
        }
    };
    match pattern {
        GraphPattern::Bgp { patterns } => patterns.iter_mut().for_each(|triple| {
            name(&mut triple.subject);
            name(&mut triple.object);
        }),
        GraphPattern::Path { subject, object, .. } => {
            name(subject);
            name(object);
        }
        other => crate::query::inner(other).into_iter().for_each(name_blanks),
    }
}

fn variable_of(blank: &BlankNode) -> Variable {
    Variable::new_unchecked(format!("blank_{}", blank.as_str()))
}
