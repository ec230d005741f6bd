//! Literals: are they well-formed, which is the smaller one, do their languages match.
//!
//! Values are SPARQL's, because sections 4.3 and 4.5 define the comparisons by SPARQL's `<` and `<=`. The evaluator's
//! own value type has them all; only lexical forms of the integers are checked here, as it reads `300` as an `xsd:byte`.

use oxigraph::model::vocab::{rdf, xsd};
use oxigraph::model::{Literal, Term};
use spareval::ExpressionTerm as Value;
use std::cmp::Ordering;

/// Compares two terms as SPARQL's `<` does; `None` where they cannot be compared.
pub(super) fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    use Value::{
        BooleanLiteral, DateLiteral, DateTimeLiteral, DayTimeDurationLiteral, DecimalLiteral, DoubleLiteral, DurationLiteral, FloatLiteral,
        GDayLiteral, GMonthDayLiteral, GMonthLiteral, GYearLiteral, GYearMonthLiteral, IntegerLiteral, LangStringLiteral, StringLiteral,
        TimeLiteral, YearMonthDurationLiteral,
    };
    match (a, b) {
        (IntegerLiteral(a), IntegerLiteral(b)) => a.partial_cmp(b),
        (DecimalLiteral(a), DecimalLiteral(b)) => a.partial_cmp(b),
        (FloatLiteral(a), FloatLiteral(b)) => a.partial_cmp(b),
        (DoubleLiteral(a), DoubleLiteral(b)) => a.partial_cmp(b),
        (DecimalLiteral(a), IntegerLiteral(b)) => a.partial_cmp(&(*b).into()),
        (FloatLiteral(a), IntegerLiteral(b)) => a.partial_cmp(&(*b).into()),
        (FloatLiteral(a), DecimalLiteral(b)) => a.partial_cmp(&(*b).into()),
        (DoubleLiteral(a), IntegerLiteral(b)) => a.partial_cmp(&(*b).into()),
        (DoubleLiteral(a), DecimalLiteral(b)) => a.partial_cmp(&(*b).into()),
        (DoubleLiteral(a), FloatLiteral(b)) => a.partial_cmp(&(*b).into()),
        (IntegerLiteral(_), DecimalLiteral(_) | FloatLiteral(_) | DoubleLiteral(_))
        | (DecimalLiteral(_), FloatLiteral(_) | DoubleLiteral(_))
        | (FloatLiteral(_), DoubleLiteral(_)) => compare(b, a).map(Ordering::reverse),
        (StringLiteral(a), StringLiteral(b)) => Some(a.cmp(b)),
        (LangStringLiteral { value: a, language: la }, LangStringLiteral { value: b, language: lb }) => (la == lb).then(|| a.cmp(b)),
        (BooleanLiteral(a), BooleanLiteral(b)) => a.partial_cmp(b),
        (DateTimeLiteral(a), DateTimeLiteral(b)) => a.partial_cmp(b),
        (DateLiteral(a), DateLiteral(b)) => a.partial_cmp(b),
        (TimeLiteral(a), TimeLiteral(b)) => a.partial_cmp(b),
        (GYearLiteral(a), GYearLiteral(b)) => a.partial_cmp(b),
        (GYearMonthLiteral(a), GYearMonthLiteral(b)) => a.partial_cmp(b),
        (GMonthLiteral(a), GMonthLiteral(b)) => a.partial_cmp(b),
        (GMonthDayLiteral(a), GMonthDayLiteral(b)) => a.partial_cmp(b),
        (GDayLiteral(a), GDayLiteral(b)) => a.partial_cmp(b),
        (DurationLiteral(a), DurationLiteral(b)) => a.partial_cmp(b),
        (YearMonthDurationLiteral(a), YearMonthDurationLiteral(b)) => a.partial_cmp(b),
        (DayTimeDurationLiteral(a), DayTimeDurationLiteral(b)) => a.partial_cmp(b),
        _ => None,
    }
}

/// Whether the lexical form is one of the literal's datatype (section 4.1.2). Datatypes that SPARQL does not know
/// have no ill-formed literals here.
pub(super) fn is_well_formed(literal: &Literal) -> bool {
    let text = literal.value();
    let datatype = literal.datatype();
    if datatype == xsd::STRING || datatype == rdf::LANG_STRING {
        return true;
    }
    let Some(name) = datatype.as_str().strip_prefix("http://www.w3.org/2001/XMLSchema#") else {
        return true;
    };
    let integer = |low: Option<i128>, high: Option<i128>| is_integer_between(text, low, high);
    match name {
        "integer" => integer(None, None),
        "nonNegativeInteger" => integer(Some(0), None),
        "positiveInteger" => integer(Some(1), None),
        "nonPositiveInteger" => integer(None, Some(0)),
        "negativeInteger" => integer(None, Some(-1)),
        "byte" => integer(Some(i8::MIN.into()), Some(i8::MAX.into())),
        "short" => integer(Some(i16::MIN.into()), Some(i16::MAX.into())),
        "int" => integer(Some(i32::MIN.into()), Some(i32::MAX.into())),
        "long" => integer(Some(i64::MIN.into()), Some(i64::MAX.into())),
        "unsignedByte" => integer(Some(0), Some(u8::MAX.into())),
        "unsignedShort" => integer(Some(0), Some(u16::MAX.into())),
        "unsignedInt" => integer(Some(0), Some(u32::MAX.into())),
        "unsignedLong" => integer(Some(0), Some(u64::MAX.into())),
        "decimal" => {
            let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
            let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, ""));
            !(whole.is_empty() && part.is_empty()) && whole.bytes().chain(part.bytes()).all(|b| b.is_ascii_digit())
        }
        "hexBinary" => text.len().is_multiple_of(2) && text.bytes().all(|b| b.is_ascii_hexdigit()),
        "language" => text.split('-').enumerate().all(|(index, part)| {
            (1..=8).contains(&part.len())
                && part.bytes().all(|b| if index == 0 { b.is_ascii_alphabetic() } else { b.is_ascii_alphanumeric() })
        }),
        "dateTimeStamp" => {
            let zone = text.ends_with('Z') || text.get(text.len().saturating_sub(6)..).is_some_and(|end| end.starts_with(['+', '-']));
            zone && is_value(literal)
        }
        "boolean" | "float" | "double" | "dateTime" | "date" | "time" | "gYear" | "gYearMonth" | "gMonth" | "gMonthDay" | "gDay"
        | "duration" | "yearMonthDuration" | "dayTimeDuration" => is_value(literal),
        _ => true,
    }
}

fn is_value(literal: &Literal) -> bool {
    !matches!(Value::from(Term::from(literal.clone())), Value::OtherTypedLiteral { .. })
}

fn is_integer_between(text: &str, low: Option<i128>, high: Option<i128>) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    match text.parse::<i128>() {
        Ok(number) => low.is_none_or(|low| number >= low) && high.is_none_or(|high| number <= high),
        // Longer than any bound: only its sign counts.
        Err(_) if text.starts_with('-') => low.is_none(),
        Err(_) => high.is_none(),
    }
}

/// SPARQL's `langMatches`: the tag is the range or starts with it and a hyphen.
pub(super) fn language_matches(tag: &str, range: &str) -> bool {
    if range == "*" {
        return !tag.is_empty();
    }
    let Some(start) = tag.get(..range.len()) else {
        return false;
    };
    start.eq_ignore_ascii_case(range) && matches!(tag.as_bytes().get(range.len()), None | Some(b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxigraph::model::NamedNode;

    #[test]
    fn lexical_forms_are_checked_by_datatype() {
        let check = |text: &str, name: &str| {
            let datatype = NamedNode::new_unchecked(format!("http://www.w3.org/2001/XMLSchema#{name}"));
            is_well_formed(&Literal::new_typed_literal(text, datatype))
        };
        for (text, name) in [
            ("99999999999999999999999999999999999999999999", "integer"),
            ("-1", "integer"),
            ("+.5", "decimal"),
            ("255", "unsignedByte"),
            ("2020-02-29", "date"),
            ("2020-01-01T00:00:00+01:00", "dateTimeStamp"),
            ("en-GB", "language"),
            ("INF", "double"),
        ] {
            assert!(check(text, name), "{text} {name}");
        }
        for (text, name) in [
            ("", "integer"),
            ("1.0", "integer"),
            ("-", "integer"),
            (".", "decimal"),
            ("256", "unsignedByte"),
            ("99999999999999999999999999999999999999999999", "long"),
            ("2021-02-29", "date"),
            ("2020-01-01T00:00:00", "dateTimeStamp"),
            ("", "language"),
            ("yes", "boolean"),
        ] {
            assert!(!check(text, name), "{text} {name}");
        }
    }

    #[test]
    fn numbers_compare_across_their_datatypes() {
        let value = |text: &str, datatype| Value::from(Term::from(Literal::new_typed_literal(text, datatype)));
        let (one, half) = (value("1", xsd::INTEGER), value("0.5", xsd::DECIMAL));
        assert_eq!(compare(&one, &half), Some(Ordering::Greater));
        assert_eq!(compare(&half, &value("5E-1", xsd::DOUBLE)), Some(Ordering::Equal));
        assert_eq!(compare(&one, &value("1", xsd::STRING)), None);
        assert_eq!(compare(&value("2020-01-01", xsd::DATE), &value("2020-01-02", xsd::DATE)), Some(Ordering::Less));
    }

    #[test]
    fn a_language_range_matches_its_subtags_only() {
        assert!(language_matches("en-GB", "EN"));
        assert!(language_matches("en", "en"));
        assert!(!language_matches("eng", "en"));
        assert!(!language_matches("e", "en"));
        assert!(language_matches("mi", "*"));
    }
}
