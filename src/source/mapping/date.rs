//! Dates as people write them in tables: `14 Dec 2000`, `June 2015`, `10/06/2015`, `20150610`, `2014-09-10T00:00:00+00:00`.
//!
//! What comes out is EDTF, as a record would say. The order of day and month is never guessed from one cell.

use jiff::civil::Date;

use crate::fold::fold;
use crate::values::edtf;

/// In which order day, month and year stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// `10/06/2015` is 10 June.
    DayMonthYear,
    /// `10/06/2015` is 6 October.
    MonthDayYear,
    /// `15/06/10` is 10 June 2015.
    YearMonthDay,
}

/// Why a date was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It is none that is known; what it probably is, if it is like one.
    NotADate(Option<String>),
    /// It may be two days.
    Ambiguous(String, String),
}

/// The months in the languages that most tables come in, by their first letters: at least three of them, as far as they go.
const MONTHS: &[(&str, u8)] = &[
    ("january", 1),
    ("januar", 1),
    ("janvier", 1),
    ("enero", 1),
    ("gennaio", 1),
    ("janeiro", 1),
    ("januari", 1),
    ("february", 2),
    ("februar", 2),
    ("fevrier", 2),
    ("febrero", 2),
    ("febbraio", 2),
    ("fevereiro", 2),
    ("februari", 2),
    ("march", 3),
    ("marz", 3),
    ("maerz", 3),
    ("mars", 3),
    ("marzo", 3),
    ("marco", 3),
    ("maart", 3),
    ("april", 4),
    ("avril", 4),
    ("abril", 4),
    ("aprile", 4),
    ("may", 5),
    ("mai", 5),
    ("mayo", 5),
    ("maggio", 5),
    ("maio", 5),
    ("mei", 5),
    ("june", 6),
    ("juni", 6),
    ("juin", 6),
    ("junio", 6),
    ("giugno", 6),
    ("junho", 6),
    ("july", 7),
    ("juli", 7),
    ("juillet", 7),
    ("julio", 7),
    ("luglio", 7),
    ("julho", 7),
    ("august", 8),
    ("aout", 8),
    ("agosto", 8),
    ("augustus", 8),
    ("september", 9),
    ("septembre", 9),
    ("septiembre", 9),
    ("settembre", 9),
    ("setembro", 9),
    ("sept", 9),
    ("october", 10),
    ("oktober", 10),
    ("octobre", 10),
    ("octubre", 10),
    ("ottobre", 10),
    ("outubro", 10),
    ("november", 11),
    ("novembre", 11),
    ("december", 12),
    ("dezember", 12),
];

/// More months, whose names begin as others do elsewhere.
const MORE_MONTHS: &[(&str, u8)] =
    &[("noviembre", 11), ("novembro", 11), ("decembre", 12), ("diciembre", 12), ("dicembre", 12), ("dezembro", 12)];

/// A date as EDTF. `formats` (as of strftime) are tried first, then what is EDTF already, then what cannot be mistaken.
///
/// # Errors
/// It is none, or two.
pub fn read(text: &str, formats: &[String], order: Option<Order>) -> Result<String, Why> {
    let text = text.trim();
    for format in formats {
        if let Some(read) = by_format(text, format) {
            return Ok(read);
        }
    }
    let is_edtf = edtf::read(text, None).is_ok();
    if is_edtf && !text.contains('T') {
        return Ok(text.to_owned());
    }
    if let Some(day) = of_moment(text) {
        return Ok(day);
    }
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        let day = format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]);
        return edtf::day(&day).map(|_| day).ok_or(Why::NotADate(None));
    }
    if let Some((from, to)) = years(text) {
        return Ok(format!("{from}/{to}"));
    }
    let parts: Vec<&str> = text.split([' ', '.', '/', '-', ',', '\u{a0}']).filter(|part| !part.is_empty()).collect();
    match numbers(&parts) {
        Some(numbers) => of_numbers(numbers, &parts, order),
        None => of_words(&parts),
    }
}

/// `2014-09-10T00:00:00+00:00`, `2014-09-10 12:30`: the day; the time of the day is no part of a date in records.
fn of_moment(text: &str) -> Option<String> {
    let (day, time) = text.split_once(['T', ' '])?;
    let date = edtf::day(day)?;
    let time = time.trim_end_matches('Z');
    let clock = time.split(['+', '-']).next()?;
    let mut parts = clock.split(':');
    let hour: u8 = parts.next()?.parse().ok()?;
    let minute: u8 = parts.next()?.parse().ok()?;
    let second: f64 = parts.next().map_or(Ok(0.0), str::parse).ok()?;
    (hour < 25 && minute < 60 && second < 61.0 && parts.next().is_none()).then(|| date.to_string())
}

/// `2025–2026`: from a year to a year, where the second is later.
fn years(text: &str) -> Option<(&str, &str)> {
    let (from, to) = text.split_once(['–', '—', '-'])?;
    let (from, to) = (from.trim(), to.trim());
    let year = |text: &str| text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    (year(from) && year(to) && from <= to).then_some((from, to))
}

fn numbers(parts: &[&str]) -> Option<[u32; 3]> {
    let [a, b, c] = parts else { return None };
    Some([a.parse().ok()?, b.parse().ok()?, c.parse().ok()?])
}

fn of_numbers([a, b, c]: [u32; 3], parts: &[&str], order: Option<Order>) -> Result<String, Why> {
    let day = |year: u32, month: u32, day: u32| {
        let text = format!("{year:04}-{month:02}-{day:02}");
        edtf::day(&text).map(|_| text)
    };
    let full = |year: u32, written: &str| match written.len() {
        2 => {
            if year < 70 {
                2000 + year
            } else {
                1900 + year
            }
        }
        _ => year,
    };
    if parts[0].len() == 4 {
        return day(a, b, c).ok_or(Why::NotADate(None));
    }
    let year = full(c, parts[2]);
    let (by_day, by_month) = (day(year, b, a), day(year, a, b));
    match order {
        Some(Order::DayMonthYear) => by_day.ok_or(Why::NotADate(by_month)),
        Some(Order::MonthDayYear) => by_month.ok_or(Why::NotADate(by_day)),
        Some(Order::YearMonthDay) => day(full(a, parts[0]), b, c).ok_or(Why::NotADate(None)),
        None => match (by_day, by_month) {
            (Some(one), Some(other)) if one != other => Err(Why::Ambiguous(one, other)),
            (Some(only), _) if parts[2].len() == 4 => Ok(only),
            (None, Some(only)) if parts[2].len() == 4 => Ok(only),
            (one, other) => Err(Why::NotADate(one.or(other))),
        },
    }
}

/// `14 Dec 2000`, `December 14, 2000`, `June 2015`, `1st of May 1999`, `Monday 3 March 2025`.
fn of_words(parts: &[&str]) -> Result<String, Why> {
    let none = Err(Why::NotADate(None));
    let (mut day, mut month, mut year) = (None, None, None);
    for part in parts {
        // Digits are those that every other reader of dates takes, and not what others fold to.
        let number: String = part.chars().take_while(char::is_ascii_digit).collect();
        let rest = fold(&part[number.len()..]);
        let rest = rest.as_str();
        if number.is_empty() {
            match month_of(rest) {
                Some(found) if month.is_none() => month = Some(found),
                None if ["of", "de", "the", "den", "le"].contains(&rest) || rest.ends_with("day") => {}
                _ => return none,
            }
        } else if number.len() == 4 && rest.is_empty() && year.is_none() {
            year = Some(number);
        } else if number.len() <= 2 && ["", "st", "nd", "rd", "th", "er"].contains(&rest) && day.is_none() {
            day = number.parse::<u8>().ok();
        } else {
            return none;
        }
    }
    let (Some(month), Some(year)) = (month, year) else { return none };
    let text = match day {
        Some(day) => format!("{year}-{month:02}-{day:02}"),
        None => format!("{year}-{month:02}"),
    };
    if edtf::read(&text, None).is_ok() { Ok(text) } else { none }
}

fn month_of(folded: &str) -> Option<u8> {
    if folded.chars().count() < 3 {
        return None;
    }
    let mut found = MONTHS.iter().chain(MORE_MONTHS).filter(|(name, _)| fold(name).starts_with(folded)).map(|(_, month)| *month);
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

/// A date by a format of strftime: a day where it has one, else a month, else a year.
fn by_format(text: &str, format: &str) -> Option<String> {
    let parsed = jiff::fmt::strtime::parse(format, text).ok()?;
    let year = parsed.year()?;
    match (parsed.to_date(), parsed.month()) {
        (Ok(date), _) => Some(Date::to_string(&date)),
        (Err(_), Some(month)) => Some(format!("{year:04}-{month:02}")),
        (Err(_), None) => Some(format!("{year:04}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_that_cannot_be_mistaken_are_read() {
        for (written, read_as) in [
            ("2025-09", "2025-09"),
            ("2025-09/..", "2025-09/.."),
            ("14 Dec 2000", "2000-12-14"),
            ("7 Oct 2002", "2002-10-07"),
            ("December 14, 2000", "2000-12-14"),
            ("1st of May 1999", "1999-05-01"),
            ("14. Dezember 2000", "2000-12-14"),
            ("3 février 2021", "2021-02-03"),
            ("June 2015", "2015-06"),
            ("March 2023", "2023-03"),
            ("20150610", "2015-06-10"),
            ("2015/06/10", "2015-06-10"),
            ("25.04.2025", "2025-04-25"),
            ("2014-09-10T00:00:00+00:00", "2014-09-10"),
            ("2024-02-29T00:00:00", "2024-02-29"),
            ("2024-02-29 12:30", "2024-02-29"),
            ("2025–2026", "2025/2026"),
        ] {
            assert_eq!(read(written, &[], None), Ok(read_as.to_owned()), "{written}");
        }
    }

    #[test]
    fn the_order_of_day_and_month_is_said_and_not_guessed() {
        assert_eq!(read("10/06/2015", &[], None), Err(Why::Ambiguous("2015-06-10".to_owned(), "2015-10-06".to_owned())));
        assert_eq!(read("10/06/2015", &[], Some(Order::DayMonthYear)), Ok("2015-06-10".to_owned()));
        assert_eq!(read("10/06/2015", &[], Some(Order::MonthDayYear)), Ok("2015-10-06".to_owned()));
        assert_eq!(read("05.05.2015", &[], None), Ok("2015-05-05".to_owned()));
        assert_eq!(read("10.6.15", &[], Some(Order::DayMonthYear)), Ok("2015-06-10".to_owned()));
        assert_eq!(read("10-Jun-2015", &["%d-%b-%Y".to_owned()], None), Ok("2015-06-10".to_owned()));
        for none in [
            "",
            "soon",
            "2025-13-01",
            "31/31/2015",
            "Mayor 2015",
            "2025-04-10Tomorrow",
            "32 May 2015",
            "45757",
            "1４ Dec 2０００",
            "٣ May 2015",
            "１４.０５.２０１５",
            "２０１５０６１０",
        ] {
            assert!(read(none, &[], None).is_err(), "{none}");
        }
    }
}
