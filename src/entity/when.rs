//! Dates in words: `2025-09/..` reads "since September 2025".

use jiff::civil::Date;

use crate::values::edtf::{self, Doubt, Stated};

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// An EDTF date or interval in words; as it stands, where it cannot be read or says less than it seems to.
pub fn words(text: &str) -> String {
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

fn stated(date: Stated) -> String {
    match date {
        Stated::Year(year) => year.to_string(),
        Stated::Month(year, number) => format!("{} {year}", month(number)),
        Stated::Day(day) => format!("{} {} {}", day.day(), month(day.month()), day.year()),
    }
}

fn days(start: Date, end: Date) -> String {
    if (start.year(), start.month()) == (end.year(), end.month()) {
        format!("{}–{} {} {}", start.day(), end.day(), month(end.month()), end.year())
    } else if start.year() == end.year() {
        format!("{} {} – {} {} {}", start.day(), month(start.month()), end.day(), month(end.month()), end.year())
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
            ("soon", "soon"),
        ] {
            assert_eq!(words(edtf), said, "{edtf}");
        }
    }
}
