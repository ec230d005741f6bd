//! Dates in words: `2025-09/..` reads "since September 2025".

use jiff::civil::Date;

use oxigraph::model::Term;

use crate::values::edtf::{self, Bounds, Doubt, Stated};
use crate::values::number;
use crate::vocab::{cg, edtf as edtf_terms};

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// Whether values of which there should be one differ, and not only in how they are written: dates where all can be of one
/// thing, numbers that are the same, do not.
pub fn differ<'t>(values: impl Iterator<Item = &'t Term>) -> bool {
    let values: Vec<&Term> = values.collect();
    if values.len() < 2 {
        return false;
    }
    let texts = |datatype| {
        values
            .iter()
            .map(|term| match term {
                Term::Literal(literal) if literal.datatype() == datatype => Some(literal.value()),
                _ => None,
            })
            .collect::<Option<Vec<&str>>>()
    };
    if let Some(dates) = texts(edtf_terms::EDTF) {
        let read = dates.iter().map(|date| edtf::read(date, None).map(|when| when.bounds)).collect::<Result<Vec<_>, _>>();
        return !read.is_ok_and(|all| all.iter().fold(Bounds::default(), |one, other| one.and(other)).can_be());
    }
    if let Some(numbers) = texts(cg::QUALIFIED_NUMBER) {
        let read = numbers.iter().map(|text| number::read(text)).collect::<Result<Vec<_>, _>>();
        return !read.is_ok_and(|all| all.windows(2).all(|pair| pair[0] == pair[1]));
    }
    true
}

/// An EDTF date or interval in words; as it stands, where it cannot be read or says less than it seems to.
pub fn words(text: &str) -> String {
    if let Some(day) = text.strip_prefix("as-of ") {
        return format!("as of {}", words(day));
    }
    let Ok(when) = edtf::read(text, None) else { return text.to_owned() };
    let doubt = match when.qualifier {
        Some(Doubt::Approximate) => "about ",
        Some(Doubt::Uncertain | Doubt::Both) => "perhaps ",
        None => "",
    };
    let open_end = text.trim().ends_with("/..");
    match (when.start, when.end) {
        (Some(start), None) if open_end => format!("since {doubt}{}", stated(start)),
        (Some(start), None) => format!("from {doubt}{}", stated(start)),
        (None, Some(end)) => format!("until {doubt}{}", stated(end)),
        (Some(start), Some(end)) if start == end => format!("{doubt}{}", stated(start)),
        (Some(Stated::Day(start)), Some(Stated::Day(end))) => format!("{doubt}{}", days(start, end)),
        (Some(start), Some(end)) => format!("{doubt}{} – {}", stated(start), stated(end)),
        (None, None) => text.to_owned(),
    }
}

fn month(number: i8) -> &'static str {
    usize::try_from(number - 1).ok().and_then(|index| MONTHS.get(index)).copied().unwrap_or("?")
}

/// A year as people count: there is none between 1 BC and 1.
fn year(number: i16) -> String {
    if number > 0 { number.to_string() } else { format!("{} BC", 1 - number) }
}

fn stated(date: Stated) -> String {
    match date {
        Stated::Year(number) => year(number),
        Stated::Month(of, number) => format!("{} {}", month(number), year(of)),
        Stated::Day(day) => format!("{} {} {}", day.day(), month(day.month()), year(day.year())),
    }
}

fn days(start: Date, end: Date) -> String {
    if (start.year(), start.month()) == (end.year(), end.month()) {
        format!("{}–{} {} {}", start.day(), end.day(), month(end.month()), year(end.year()))
    } else if start.year() == end.year() {
        format!("{} {} – {} {} {}", start.day(), month(start.month()), end.day(), month(end.month()), year(end.year()))
    } else {
        format!("{} – {}", stated(Stated::Day(start)), stated(Stated::Day(end)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_read_as_people_say_them() {
        for (edtf, said) in [
            ("2025", "2025"),
            ("2025-09", "September 2025"),
            ("2025-09-30", "30 September 2025"),
            ("2025-09-30/2025-10-01", "30 September – 1 October 2025"),
            ("2025-01-15/2025-01-17", "15–17 January 2025"),
            ("2022-01/..", "since January 2022"),
            ("../2024", "until 2024"),
            ("2010~", "about 2010"),
            ("2010?", "perhaps 2010"),
            ("2023/2025-06", "2023 – June 2025"),
            ("as-of 2025-12-31", "as of 31 December 2025"),
            ("-0044-03-15", "15 March 45 BC"),
            ("0000", "1 BC"),
            ("soon", "soon"),
        ] {
            assert_eq!(words(edtf), said, "{edtf}");
        }
    }
}
