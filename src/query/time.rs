//! Time: what of a query's rows held on a day, or at some time of a period.
//!
//! A question declares which variables are claims with bounds (`#+ time: membership`). The bounds are compared inside the
//! query's algebra, so that grouping and counting see only what held, and each row says in `held` whether it certainly
//! did or nothing rules it out. It is the rule of [`Bounds::hold`](crate::values::edtf::Bounds::hold), over a period.

use jiff::civil::Date;
use oxigraph::model::{Literal, NamedNode, NamedNodeRef, Variable};
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{TermPattern, TriplePattern};
use thiserror::Error;

use super::bind;
use crate::ontology::Ontology;
use crate::schema::{Form, Schema};
use crate::values::edtf;
use crate::values::period::Period;
use crate::vocab::{cg, xsd};

/// The column that says `certain` or `possible`.
pub const HELD: &str = "held";

/// Why a query cannot be asked about a time.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TimeError {
    /// The header names a variable that the query does not have where its rows are made.
    #[error("the header declares that `?{0}` has a time, and the query's outermost pattern has no such variable")]
    NoVariable(String),
    /// The query uses the name of the column that is to be added.
    #[error("the query has a variable `?{HELD}` of its own, which is what the answer about a time is called")]
    Taken,
}

/// Keeps the rows whose claims held at some time of a period, possibly or certainly, and marks them.
///
/// A claim with several values of a bound, from citations that disagree, held possibly if one value allows it, certainly
/// if all say so; and so of claims that contradict each other and are counted as one: certain is what all of them say. Claims
/// whose modality is one of `unreal` are never certain.
///
/// # Errors
/// The variables are not there, or the name of the mark is taken.
pub fn during(query: Query, claims: &[String], period: Period, certain: bool, unreal: &[NamedNode]) -> Result<Query, TimeError> {
    let mut query = query;
    let held = Variable::new_unchecked(HELD);
    let marked = matches!(query, Query::Select { .. });
    let mut outcome = Ok(());
    at_rows(bind::pattern(&mut query), marked.then_some(&held), &mut |rows| {
        let mut visible = Vec::new();
        rows.on_in_scope_variable(|variable| visible.push(variable.clone()));
        if visible.contains(&held) {
            outcome = Err(TimeError::Taken);
        }
        let (mut possibly, mut certainly) = (Vec::new(), Vec::new());
        for claim in claims {
            let claim = Variable::new_unchecked(claim.clone());
            if !visible.contains(&claim) {
                outcome = Err(TimeError::NoVariable(claim.as_str().to_owned()));
            }
            possibly.push(or([not(Expression::Bound(claim.clone())), and(possible(&claim, period))]));
            certainly.push(Expression::Bound(claim.clone()));
            certainly.extend(sure(&claim, period, unreal));
            certainly.push(not(doubted(&claim, period, unreal)));
        }
        let certainly = and(certainly);
        let kept = if certain { certainly.clone() } else { and(possibly) };
        let kept = GraphPattern::Filter { expr: kept, inner: Box::new(rows) };
        if !marked {
            return kept;
        }
        let word = |word: &str| Box::new(Expression::Literal(Literal::from(word)));
        let mark = if certain { *word("certain") } else { Expression::If(Box::new(certainly), word("certain"), word("possible")) };
        GraphPattern::Extend { inner: Box::new(kept), variable: held.clone(), expression: mark }
    });
    outcome.map(|()| query)
}

/// The codes by which a claim says that it is not, or not yet, so: those of the modality that are drawn with a broken line.
pub fn unreal(ontology: &Ontology, schema: &Schema) -> Vec<NamedNode> {
    let key = schema.kinds.values().flat_map(|kind| &kind.keys).find(|key| key.property.as_ref() == cg::MODALITY);
    let Some(Form::Code(scheme)) = key.map(|key| &key.form) else { return Vec::new() };
    let Some(list) = schema.lists.get(scheme) else { return Vec::new() };
    list.codes.values().map(|code| code.iri.clone()).filter(|code| ontology.line(code).is_some_and(|line| line != "solid")).collect()
}

/// Wraps the pattern that makes a query's rows, below its ordering, grouping and projection, which let `mark` through.
fn at_rows(pattern: &mut GraphPattern, mark: Option<&Variable>, wrap: &mut dyn FnMut(GraphPattern) -> GraphPattern) {
    match pattern {
        GraphPattern::Project { inner, variables } => {
            if let Some(mark) = mark {
                let cited = variables.iter().position(|variable| variable.as_str() == "cited");
                variables.insert(cited.unwrap_or(variables.len()), mark.clone());
            }
            at_rows(inner, mark, wrap);
        }
        GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. }
        | GraphPattern::OrderBy { inner, .. } => at_rows(inner, mark, wrap),
        GraphPattern::Extend { inner, .. } | GraphPattern::Filter { inner, .. } if is_grouped(inner) => at_rows(inner, mark, wrap),
        GraphPattern::Group { inner, variables, .. } => {
            variables.extend(mark.cloned());
            at_rows(inner, None, wrap);
        }
        rows => {
            let made = std::mem::take(rows);
            *rows = wrap(made);
        }
    }
}

fn is_grouped(pattern: &GraphPattern) -> bool {
    match pattern {
        GraphPattern::Group { .. } => true,
        GraphPattern::Extend { inner, .. } | GraphPattern::Filter { inner, .. } => is_grouped(inner),
        _ => false,
    }
}

/// Nothing rules it out: it had not begun too late, nor ended too early.
fn possible(claim: &Variable, period: Period) -> Vec<Expression> {
    let mut all = Vec::new();
    if let Some(to) = period.to {
        all.push(or([not(has(claim, cg::EARLIEST_START, None)), has(claim, cg::EARLIEST_START, Some((Less::OrEqual, to)))]));
    }
    if let Some(from) = period.from {
        all.push(or([not(has(claim, cg::LATEST_END, None)), has(claim, cg::LATEST_END, Some((Less::OrEqualReversed, from)))]));
    }
    all
}

/// It had certainly begun in time, and certainly not ended before.
fn sure(claim: &Variable, period: Period, unreal: &[NamedNode]) -> Vec<Expression> {
    let mut all = Vec::new();
    if let Some(to) = period.to {
        all.push(has(claim, cg::LATEST_START, Some((Less::OrEqual, to))));
        all.push(not(has(claim, cg::LATEST_START, Some((Less::Reversed, to)))));
    }
    if let Some(from) = period.from {
        all.push(has(claim, cg::EARLIEST_END, Some((Less::OrEqualReversed, from))));
        all.push(not(has(claim, cg::EARLIEST_END, Some((Less::Plain, from)))));
    }
    for code in unreal {
        let pattern = triple(claim, cg::MODALITY, code.clone().into());
        all.push(not(Expression::Exists(Box::new(pattern))));
    }
    all
}

/// Another claim is counted as the same one, and is not certain.
fn doubted(claim: &Variable, period: Period, unreal: &[NamedNode]) -> Expression {
    let (one, other) = (Variable::new_unchecked("_one"), Variable::new_unchecked("_other"));
    let patterns = vec![statement(claim, cg::COUNTED_AS, one.clone().into()), statement(&other, cg::COUNTED_AS, one.into())];
    let pair = GraphPattern::Bgp { patterns };
    Expression::Exists(Box::new(GraphPattern::Filter { expr: not(and(sure(&other, period, unreal))), inner: Box::new(pair) }))
}

/// How a bound is compared with a day.
#[derive(Clone, Copy)]
enum Less {
    /// bound ≤ day
    OrEqual,
    /// bound ≥ day
    OrEqualReversed,
    /// bound < day
    Plain,
    /// bound > day
    Reversed,
}

/// Whether a claim has a bound, if asked for one that compares so with a day.
fn has(claim: &Variable, bound: NamedNodeRef<'_>, compared: Option<(Less, Date)>) -> Expression {
    let day = Variable::new_unchecked("_bound");
    let pattern = triple(claim, bound, day.clone().into());
    let pattern = match compared {
        None => pattern,
        Some((how, with)) => {
            let bound = Box::new(Expression::Variable(day));
            let with = Box::new(Expression::Literal(Literal::new_typed_literal(edtf::show(with), xsd::DATE)));
            let expr = match how {
                Less::OrEqual => Expression::LessOrEqual(bound, with),
                Less::OrEqualReversed => Expression::GreaterOrEqual(bound, with),
                Less::Plain => Expression::Less(bound, with),
                Less::Reversed => Expression::Greater(bound, with),
            };
            GraphPattern::Filter { expr, inner: Box::new(pattern) }
        }
    };
    Expression::Exists(Box::new(pattern))
}

fn triple(claim: &Variable, property: NamedNodeRef<'_>, object: TermPattern) -> GraphPattern {
    GraphPattern::Bgp { patterns: vec![statement(claim, property, object)] }
}

fn statement(claim: &Variable, property: NamedNodeRef<'_>, object: TermPattern) -> TriplePattern {
    TriplePattern { subject: claim.clone().into(), predicate: property.into_owned().into(), object }
}

fn not(expression: Expression) -> Expression {
    Expression::Not(Box::new(expression))
}

fn and(all: impl IntoIterator<Item = Expression>) -> Expression {
    let all = all.into_iter().reduce(|left, right| Expression::And(Box::new(left), Box::new(right)));
    all.unwrap_or_else(|| Literal::from(true).into())
}

fn or(all: [Expression; 2]) -> Expression {
    let [left, right] = all;
    Expression::Or(Box::new(left), Box::new(right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{DEFAULT_GRAPH, Dataset, Terms};
    use crate::store::Store;
    use oxigraph::sparql::QueryResults;

    /// A graph with one claim for each EDTF text.
    fn store(texts: &[&str]) -> Store {
        let mut terms = Terms::default();
        let mut quads = Vec::new();
        for text in texts {
            let bounds = edtf::read(text, edtf::day("2025-12-31")).expect("EDTF").bounds;
            let claim = NamedNode::new_unchecked(format!("https://example.org/{text}"));
            let mut say = |property: NamedNodeRef<'_>, object: oxigraph::model::Term| {
                quads.push([terms.id(claim.clone()), terms.id(property.into_owned()), terms.id(object), DEFAULT_GRAPH]);
            };
            say(cg::EDTF, Literal::from(*text).into());
            for (property, day) in [
                (cg::EARLIEST_START, bounds.earliest_start),
                (cg::LATEST_START, bounds.latest_start),
                (cg::EARLIEST_END, bounds.earliest_end),
                (cg::LATEST_END, bounds.latest_end),
            ] {
                if let Some(day) = day {
                    say(property, Literal::new_typed_literal(day.to_string(), xsd::DATE).into());
                }
            }
        }
        Store::from(Dataset::pack(&terms, &quads))
    }

    const TEXTS: [&str; 9] =
        ["2022", "2025-09", "2024-02-29", "2025-01-15/2025-01-17", "2025-04/2025-12", "2025-09/..", "2022-01/", "/2024", "2010?"];

    fn rows(query: &str, period: Period, certain: bool) -> Vec<(String, String)> {
        let query = spargebra::SparqlParser::new().parse_query(query).expect("SPARQL");
        let query = during(query, &["c".to_owned()], period, certain, &[]).expect("it declares ?c");
        let Ok(QueryResults::Solutions(rows)) = store(&TEXTS).query(query, None) else { panic!("rows expected") };
        let mut rows: Vec<(String, String)> = rows
            .map(|row| {
                let row = row.expect("a row");
                let cell = |name: &str| match row.get(name) {
                    Some(oxigraph::model::Term::Literal(literal)) => literal.value().to_owned(),
                    other => format!("{other:?}"),
                };
                (cell("edtf"), cell(HELD))
            })
            .collect();
        rows.sort();
        rows
    }

    const ASKED: &str = "PREFIX cg: <https://w3id.org/civigraph/ns#> SELECT ?edtf { ?c cg:edtf ?edtf }";

    #[test]
    fn the_algebra_and_the_bounds_say_the_same_of_every_day() {
        for day in
            ["2009-12-31", "2010-06-01", "2022-01-01", "2022-06-30", "2024-02-29", "2025-01-16", "2025-09-15", "2025-12-31", "2026-05-05"]
        {
            let asked = edtf::day(day).expect("a day");
            for certain in [true, false] {
                let found = rows(ASKED, Period::day(asked), certain);
                let mut expected: Vec<(String, String)> = TEXTS
                    .iter()
                    .filter_map(|text| {
                        let bounds = edtf::read(text, edtf::day("2025-12-31")).expect("EDTF").bounds;
                        let word = if bounds.hold(asked, true) { "certain" } else { "possible" };
                        bounds.hold(asked, certain).then(|| ((*text).to_owned(), word.to_owned()))
                    })
                    .collect();
                expected.sort();
                assert_eq!(found, expected, "on {day}, certain: {certain}");
            }
        }
    }

    #[test]
    fn a_period_is_met_certainly_by_what_lies_in_it_though_no_day_is() {
        let day = |text| edtf::day(text);
        let year = Period { from: day("2022-01-01"), to: day("2022-12-31") };
        assert!(rows(ASKED, year, true).contains(&("2022".to_owned(), "certain".to_owned())));
        assert!(rows(ASKED, Period::day(day("2022-06-30").expect("a day")), false).contains(&("2022".to_owned(), "possible".to_owned())));
        let open = Period { from: day("2025-10-01"), to: None };
        assert!(rows(ASKED, open, true).contains(&("2025-09/..".to_owned(), "certain".to_owned())));
        assert!(!rows(ASKED, open, false).iter().any(|(text, _)| text == "2025-09"));
    }

    #[test]
    fn a_count_is_split_into_what_is_certain_and_what_is_possible() {
        let query = "PREFIX cg: <https://w3id.org/civigraph/ns#> SELECT (COUNT(?c) AS ?edtf) { ?c cg:edtf ?text }";
        let day = Period::day(edtf::day("2025-09-30").expect("a day"));
        assert_eq!(rows(query, day, false), [("2".to_owned(), "certain".to_owned()), ("2".to_owned(), "possible".to_owned())]);
    }

    #[test]
    fn a_variable_that_is_not_there_is_an_error() {
        let query = |text: &str| spargebra::SparqlParser::new().parse_query(text).expect("SPARQL");
        let none = during(query("SELECT ?s { ?s ?p ?o }"), &["c".to_owned()], Period::default(), false, &[]);
        assert_eq!(none, Err(TimeError::NoVariable("c".to_owned())));
        let taken = during(query("SELECT ?c ?held { ?c ?p ?held }"), &["c".to_owned()], Period::default(), false, &[]);
        assert_eq!(taken, Err(TimeError::Taken));
    }
}
