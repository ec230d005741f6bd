//! One total order of all terms, for `ORDER BY`, `MIN` and `MAX`: SPARQL 1.1 §15.1 where it says something, and a fixed
//! choice where it does not.
//!
//! Unbound, blank nodes, IRIs, literals. Among literals: numbers of every type by value (a qualified number by the number in
//! it), texts by code point, false and true, times on one line (a year or month where it begins, a time without zone as
//! UTC), durations, times of day, everything else by datatype and text. Where `<` is defined, this order agrees: rounding a
//! decimal to the type it is compared in keeps the order, so comparing by value only parts what `<` calls equal.
//!
//! A term's place is a text ([`key`]) whose order by code point is the order of terms. Texts are what the evaluator can sort.

use oxigraph::model::{Literal, LiteralRef, NamedNodeRef, Term, TermRef, Variable};
use oxigraph::sparql::{AggregateFunctionAccumulator, SparqlEvaluator};
use oxsdatatypes::{Date, DateTime, Decimal, Duration, TimezoneOffset};
use spargebra::algebra::{AggregateExpression, AggregateFunction, Expression, Function, GraphPattern, OrderExpression};

use super::walk;
use crate::values::number;
use crate::vocab::{cg, xsd};

const KEY: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("urn:civigraph:order");
const MIN: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("urn:civigraph:min");
const MAX: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("urn:civigraph:max");

/// The evaluator with the functions that [`rewrite`] puts into queries.
pub fn functions(evaluator: SparqlEvaluator) -> SparqlEvaluator {
    evaluator
        .with_custom_function(KEY.into_owned(), |terms| Some(Literal::from(key(terms.first()?.as_ref())).into()))
        .with_custom_aggregate_function(MIN.into_owned(), || Box::new(Extreme { best: None, largest: false }))
        .with_custom_aggregate_function(MAX.into_owned(), || Box::new(Extreme { best: None, largest: true }))
}

/// Has `ORDER BY` compare the places of terms instead of the terms, and `MIN` and `MAX` agree with it.
pub fn rewrite(pattern: &mut GraphPattern) {
    let mut made = 0_usize;
    walk::each(pattern, &mut |pattern| match pattern {
        GraphPattern::OrderBy { inner, expression } => {
            for by in expression {
                let (OrderExpression::Asc(value) | OrderExpression::Desc(value)) = by;
                let place = Variable::new_unchecked(format!("_order_{made}"));
                made += 1;
                let value = std::mem::replace(value, Expression::Variable(place.clone()));
                let expression = Expression::FunctionCall(Function::Custom(KEY.into_owned()), vec![value]);
                let rows = std::mem::take(&mut **inner);
                **inner = GraphPattern::Extend { inner: Box::new(rows), variable: place, expression };
            }
        }
        GraphPattern::Group { aggregates, .. } => {
            for (_, aggregate) in aggregates {
                let AggregateExpression::FunctionCall { name, .. } = aggregate else { continue };
                match name {
                    AggregateFunction::Min => *name = AggregateFunction::Custom(MIN.into_owned()),
                    AggregateFunction::Max => *name = AggregateFunction::Custom(MAX.into_owned()),
                    _ => {}
                }
            }
        }
        _ => {}
    });
}

/// The first or the last of the terms in order; of several in one place the one that came first.
struct Extreme {
    best: Option<(String, Term)>,
    largest: bool,
}

impl AggregateFunctionAccumulator for Extreme {
    fn accumulate(&mut self, element: Term) {
        let place = key(element.as_ref());
        let better = self.best.as_ref().is_none_or(|(best, _)| if self.largest { place > *best } else { place < *best });
        if better {
            self.best = Some((place, element));
        }
    }

    fn finish(&mut self) -> Option<Term> {
        self.best.take().map(|(_, term)| term)
    }
}

/// A term's place: a text that is less than another's where the term comes before it.
pub fn key(term: TermRef<'_>) -> String {
    match term {
        TermRef::BlankNode(blank) => format!("a{}", blank.as_str()),
        TermRef::NamedNode(node) => format!("b{}", node.as_str()),
        TermRef::Literal(literal) => valued(literal).unwrap_or_else(|| other(literal)),
    }
}

/// The types whose values are integers (XML Schema 1.1 part 2, §3.4).
const INTEGERS: [&str; 13] = [
    "integer",
    "byte",
    "short",
    "int",
    "long",
    "unsignedByte",
    "unsignedShort",
    "unsignedInt",
    "unsignedLong",
    "positiveInteger",
    "negativeInteger",
    "nonPositiveInteger",
    "nonNegativeInteger",
];

/// Whether the values of a type are numbers.
pub fn is_numeric(datatype: NamedNodeRef<'_>) -> bool {
    let kind = datatype.as_str().strip_prefix(xsd::NAMESPACE);
    kind.is_some_and(|kind| INTEGERS.contains(&kind) || ["decimal", "double", "float"].contains(&kind))
}

/// The place of a literal that has a value; `None` for types without an order and for texts that their type does not have.
fn valued(literal: LiteralRef<'_>) -> Option<String> {
    let text = literal.value();
    if literal.language().is_some() || literal.datatype() == xsd::STRING {
        return Some(worded(literal));
    }
    if literal.datatype() == cg::QUALIFIED_NUMBER {
        return Some(format!("c{}", Number::decimal(&number::read(text).ok()?.value)?.place()));
    }
    let kind = literal.datatype().as_str().strip_prefix(xsd::NAMESPACE)?;
    if INTEGERS.contains(&kind) {
        return (!text.contains('.')).then(|| Number::decimal(text)).flatten().map(|number| format!("c{}", number.place()));
    }
    let seconds = |seconds: Decimal| Number::decimal(&seconds.to_string()).map(|number| number.place());
    let utc = Some(TimezoneOffset::UTC);
    let timed = |moment: &str| {
        let moment: DateTime = moment.parse().ok()?;
        let moment = if moment.timezone_offset().is_some() { moment } else { moment.adjust(utc)? };
        seconds(moment.checked_sub("1970-01-01T00:00:00Z".parse::<DateTime>().ok()?)?.as_seconds())
    };
    let dated = |day: &str| {
        let day: Date = day.parse().ok()?;
        let day = if day.timezone_offset().is_some() { day } else { day.adjust(utc)? };
        seconds(day.checked_sub("1970-01-01Z".parse::<Date>().ok()?)?.as_seconds())
    };
    match kind {
        "decimal" => Number::decimal(text).map(|number| format!("c{}", number.place())),
        "double" => Some(format!("c{}", binary(text, |text| text.parse().ok())?)),
        // Its value as a double, so that it stands among doubles where `<` has it.
        "float" => Some(format!("c{}", binary(text, |text| text.parse::<f32>().ok().map(f64::from))?)),
        "boolean" => match text {
            "false" | "0" => Some("e0".to_owned()),
            "true" | "1" => Some("e1".to_owned()),
            _ => None,
        },
        "dateTime" | "dateTimeStamp" => timed(text).map(|place| format!("f{place}")),
        "date" => dated(text).map(|place| format!("f{place}")),
        "gYear" => dated(&filled(text, "-01-01")).map(|place| format!("f{place}")),
        "gYearMonth" => dated(&filled(text, "-01")).map(|place| format!("f{place}")),
        // The four moments of the standard (§3.3.6.2) agree where durations can be compared at all; one of them is enough.
        "duration" | "yearMonthDuration" | "dayTimeDuration" => {
            let reference: DateTime = "1696-09-01T00:00:00Z".parse().ok()?;
            let end = reference.checked_add_duration(text.parse::<Duration>().ok()?)?;
            seconds(end.checked_sub(reference)?.as_seconds()).map(|place| format!("g{place}"))
        }
        "time" => timed(&format!("1972-12-31T{text}")).map(|place| format!("h{place}")),
        "gMonthDay" => dated(&format!("1972{}", text.strip_prefix('-')?)).map(|place| format!("i{place}")),
        "gMonth" => dated(&filled(&format!("1972{}", text.strip_prefix('-')?), "-01")).map(|place| format!("j{place}")),
        "gDay" => dated(&format!("1972-12{}", text.strip_prefix("--")?)).map(|place| format!("k{place}")),
        _ => None,
    }
}

/// `2025Z` with `-01-01` put in before its zone.
fn filled(text: &str, rest: &str) -> String {
    let zoned = text
        .len()
        .checked_sub(6)
        .filter(|at| text.is_char_boundary(*at) && text[*at..].starts_with(['+', '-']) && text[*at..].contains(':'));
    let at = zoned.unwrap_or_else(|| text.trim_end_matches('Z').len());
    format!("{}{rest}{}", &text[..at], &text[at..])
}

/// Texts by their value, and those of one value by their language. NUL ends the value, so one within it is written apart.
fn worded(literal: LiteralRef<'_>) -> String {
    let value = literal.value().replace('\0', "\0\u{1}");
    format!("d{value}\0\0{}", literal.language().unwrap_or(""))
}

fn other(literal: LiteralRef<'_>) -> String {
    format!("z{}\0{}", literal.datatype().as_str(), literal.value())
}

fn binary(text: &str, read: impl Fn(&str) -> Option<f64>) -> Option<String> {
    match text {
        "NaN" => Some("0".to_owned()),
        "-INF" => Some("1".to_owned()),
        "INF" | "+INF" => Some("9".to_owned()),
        _ => {
            // What Rust reads and XML Schema does not: inf, infinity, nan.
            let number = text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b)).then(|| read(text)).flatten()?;
            match (number.is_finite(), number > 0.0) {
                // The shortest digits that mean this number lie on the same side of every other number as it does.
                (true, _) => Number::scientific(&format!("{number:e}")).map(|number| number.place()),
                (false, true) => Some("9".to_owned()),
                (false, false) => Some("1".to_owned()),
            }
        }
    }
}

/// A number as its digits without zeros around them, and where the point stands: 0.0123 is 123 with −1.
struct Number {
    negative: bool,
    digits: String,
    point: i64,
}

impl Number {
    /// Reads `[+-]digits[.digits]`.
    fn decimal(text: &str) -> Option<Self> {
        let (negative, body) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
        if whole.len() + fraction.len() == 0 || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
            return None;
        }
        let all = format!("{whole}{fraction}");
        let led = all.trim_start_matches('0');
        let point = i64::try_from(whole.len()).ok()? - i64::try_from(all.len() - led.len()).ok()?;
        Some(Self { negative, digits: led.trim_end_matches('0').to_owned(), point })
    }

    /// Reads `digits[.digits]e[-]digits`, as Rust writes a float.
    fn scientific(text: &str) -> Option<Self> {
        let (mantissa, exponent) = text.split_once('e')?;
        let number = Self::decimal(mantissa)?;
        Some(Self { point: number.point + exponent.parse::<i64>().ok()?, ..number })
    }

    /// Zero in the middle; above it the place of the point and the digits; below it the same turned round.
    fn place(&self) -> String {
        const MIDDLE: i64 = 50_000_000;
        if self.digits.is_empty() {
            return "5".to_owned();
        }
        if !self.negative {
            return format!("6{:09}{}", MIDDLE + self.point, self.digits);
        }
        let turned: String = self.digits.bytes().map(|digit| char::from(b'0' + b'9' - digit)).collect();
        format!("4{:09}{turned}~", MIDDLE - self.point)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Dataset, Terms};
    use crate::store::Store;
    use oxigraph::sparql::QueryResults;

    /// In order, those of one line in one place.
    const ORDERED: &[&str] = &[
        "<http://a.test/>",
        "<http://b.test/>",
        "\"NaN\"^^xsd:double",
        "\"-INF\"^^xsd:double",
        "-1e300",
        "-1.5 \"-1.50\"^^xsd:decimal -1.5e0",
        "-1.25",
        "-1 \"-1\"^^xsd:int",
        "-0.5",
        "0 0.0 -0e0 \"0\"^^xsd:nonNegativeInteger",
        "1e-300",
        "0.1 0.1e0",
        "\"0.1\"^^xsd:float",
        "0.10000001",
        "1 \"1\"^^xsd:long \"01\"^^xsd:integer",
        "1.5",
        "2",
        "3",
        "\"> 9\"^^cg:qualifiedNumber 9",
        "10",
        "9007199254740993",
        "9007199254740993.5",
        "100000000000000000000000000",
        "1e300",
        "\"INF\"^^xsd:double",
        "\"\"",
        "\"10\"",
        "\"2\"",
        "\"abc\"",
        "\"abc\"@de",
        "\"abc\"@en",
        "\"abcd\"@en",
        "\"ž\"",
        "false \"0\"^^xsd:boolean",
        "true",
        "\"1999\"^^xsd:gYear \"1999-01-01\"^^xsd:date",
        "\"1999-01-01T00:00:01\"^^xsd:dateTime",
        "\"1999-12-31T23:30:00-01:00\"^^xsd:dateTime \"2000-01-01T00:30:00Z\"^^xsd:dateTime",
        "\"2000-02\"^^xsd:gYearMonth \"2000-02-01\"^^xsd:date",
        "\"2025-06-01\"^^xsd:date",
        "\"P1D\"^^xsd:dayTimeDuration \"PT24H\"^^xsd:duration",
        "\"P1M\"^^xsd:yearMonthDuration",
        "\"P40D\"^^xsd:dayTimeDuration",
        "\"P1Y\"^^xsd:duration \"P12M\"^^xsd:yearMonthDuration",
        "\"01:00:00\"^^xsd:time",
        "\"13:00:00\"^^xsd:time",
        "\"abc\"^^xsd:integer",
        "\"x\"^^<urn:type>",
    ];

    fn asked(query: &str) -> Vec<Vec<Option<Term>>> {
        let prefixes = format!("PREFIX xsd: <{}> PREFIX cg: <{}>", xsd::NAMESPACE, cg::NAMESPACE);
        let query = spargebra::SparqlParser::new().parse_query(&format!("{prefixes} {query}")).expect("SPARQL");
        let store = Store::from(Dataset::pack(&Terms::default(), &[]));
        let Ok(QueryResults::Solutions(rows)) = store.query(query, None) else { panic!("rows") };
        let columns = rows.variables().to_vec();
        rows.map(|row| row.map(|row| columns.iter().map(|column| row.get(column).cloned()).collect()).expect("a row")).collect()
    }

    #[test]
    fn terms_of_all_types_have_their_places() {
        let places: Vec<Vec<String>> = ORDERED
            .iter()
            .map(|line| {
                let terms = asked(&format!("SELECT ?x {{ VALUES ?x {{ {line} }} }}"));
                terms.into_iter().flatten().flatten().map(|term| key(term.as_ref())).collect()
            })
            .collect();
        for (line, own) in ORDERED.iter().zip(&places) {
            assert!(own.iter().all(|place| *place == own[0]), "not in one place: {line} {own:?}");
        }
        for (pair, lines) in places.windows(2).zip(ORDERED.windows(2)) {
            // NaN is somewhere among the numbers.
            assert!(pair[0][0] < pair[1][0] || lines[0].contains("NaN"), "{} does not come before {}", lines[0], lines[1]);
        }
    }

    #[test]
    fn wherever_less_is_defined_the_order_says_the_same() {
        let all = ORDERED.join(" ");
        let rows = asked(&format!("SELECT ?a ?b {{ VALUES ?a {{ {all} }} VALUES ?b {{ {all} }} FILTER(?a < ?b) }}"));
        assert!(rows.len() > 400, "{} pairs", rows.len());
        for row in rows {
            let [Some(a), Some(b)] = &row[..] else { panic!("{row:?}") };
            assert!(key(a.as_ref()) < key(b.as_ref()), "{a} < {b}, and its place is not before");
        }
    }

    #[test]
    fn rows_leave_in_that_order_whatever_order_they_came_in_and_unbound_come_first() {
        let mut terms: Vec<&str> = ORDERED.iter().filter(|line| !line.contains(' ') && !line.contains("NaN")).copied().collect();
        let listed = asked(&format!("SELECT ?x {{ VALUES ?x {{ {} }} }}", terms.join(" ")));
        let expected: Vec<Option<Term>> = std::iter::once(None).chain(listed.into_iter().flatten()).collect();
        for step in [1, 7, 11, 13] {
            terms.rotate_left(step);
            terms.swap(0, step);
            let values = format!("VALUES ?x {{ {} UNDEF {} }}", terms[..9].join(" "), terms[9..].join(" "));
            let found: Vec<Option<Term>> = asked(&format!("SELECT ?x {{ {values} }} ORDER BY ?x")).into_iter().flatten().collect();
            assert_eq!(found, expected);
            let inner: Vec<Option<Term>> =
                asked(&format!("SELECT ?x {{ {{ SELECT ?x {{ {values} }} ORDER BY DESC(?x) LIMIT 3 }} }} ORDER BY ?x"))
                    .into_iter()
                    .flatten()
                    .collect();
            assert_eq!(inner, expected[expected.len() - 3..]);
            let ends = asked(&format!("SELECT (MIN(?x) AS ?least) (MAX(?x) AS ?most) {{ {values} FILTER(BOUND(?x)) }}")).remove(0);
            assert_eq!(ends, [expected[1].clone(), expected[expected.len() - 1].clone()]);
        }
    }
}
