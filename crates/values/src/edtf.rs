//! Dates as people know them: EDTF (ISO 8601-2:2019) level 0 and 1, read into up to four bounds.
//!
//! Queries compare bounds only, because a day against a day is the one comparison that all engines do alike.
//! What is uncertain or approximate (`2010?`, `2010~`) gets only its outer bounds: it can answer "possibly", never
//! "certainly". Unknown stays absent.

use jiff::civil::{Date, date};

/// A date or interval, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// Its bounds.
    pub bounds: Bounds,
    /// The start as it was stated, with its precision; absent if unknown or open.
    pub start: Option<Stated>,
    /// The end as it was stated, the start again where there is only one date.
    pub end: Option<Stated>,
    /// Whether `?`, `~` or `%` stood at either end.
    pub qualifier: Option<Doubt>,
}

/// Between when and when something started and ended; a bound that is unknown is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bounds {
    /// Not before this day did it start.
    pub earliest_start: Option<Date>,
    /// By this day it had started.
    pub latest_start: Option<Date>,
    /// Until this day it had not ended.
    pub earliest_end: Option<Date>,
    /// By this day it had ended.
    pub latest_end: Option<Date>,
}

impl Bounds {
    /// What both say: of each bound the tighter one.
    pub fn and(&self, other: &Self) -> Self {
        let later = |one: Option<Date>, other: Option<Date>| one.max(other);
        let earlier = |one: Option<Date>, other: Option<Date>| one.into_iter().chain(other).min();
        Self {
            earliest_start: later(self.earliest_start, other.earliest_start),
            latest_start: earlier(self.latest_start, other.latest_start),
            earliest_end: later(self.earliest_end, other.earliest_end),
            latest_end: earlier(self.latest_end, other.latest_end),
        }
    }

    /// What one or the other says: of each bound the looser one. Where citations disagree, that something possibly held is so
    /// if one of them allows it, and that it certainly did if all say so.
    pub fn or(&self, other: &Self) -> Self {
        let earlier = |one: Option<Date>, other: Option<Date>| one.into_iter().chain(other).min();
        let later = |one: Option<Date>, other: Option<Date>| one.max(other);
        Self {
            earliest_start: earlier(self.earliest_start, other.earliest_start),
            latest_start: later(self.latest_start, other.latest_start),
            earliest_end: earlier(self.earliest_end, other.earliest_end),
            latest_end: later(self.latest_end, other.latest_end),
        }
    }

    /// Whether something can have these bounds: it starts and ends once, and does not end before it starts.
    pub fn can_be(&self) -> bool {
        let ordered = |low: Option<Date>, high: Option<Date>| low.zip(high).is_none_or(|(low, high)| low <= high);
        ordered(self.earliest_start, self.latest_start)
            && ordered(self.earliest_end, self.latest_end)
            && ordered(self.earliest_start, self.latest_end)
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether what they bound held on a day: certainly, if it had begun and had not ended; possibly, if nothing rules it
    /// out.
    pub fn hold(&self, day: Date, certain: bool) -> bool {
        self.hold_during(Some(day), Some(day), certain)
    }

    /// Whether what they bound held at some time from a day on, up to a day, or both: certainly or possibly, as on a day.
    pub fn hold_during(&self, from: Option<Date>, to: Option<Date>, certain: bool) -> bool {
        let within =
            |bound: Option<Date>, fits: &dyn Fn(Date) -> bool| if certain { bound.is_some_and(fits) } else { bound.is_none_or(fits) };
        let (start, end) = if certain { (self.latest_start, self.earliest_end) } else { (self.earliest_start, self.latest_end) };
        to.is_none_or(|to| within(start, &|start| start <= to)) && from.is_none_or(|from| within(end, &|end| from <= end))
    }
}

/// A date in the precision that was stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stated {
    /// A year.
    Year(i16),
    /// A month of a year.
    Month(i16, i8),
    /// A day.
    Day(Date),
}

/// How sure the writer was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// `?`
    Uncertain,
    /// `~`
    Approximate,
    /// `%`
    Both,
}

impl Doubt {
    /// The word that is written into the graph.
    pub fn name(self) -> &'static str {
        match self {
            Self::Uncertain => "uncertain",
            Self::Approximate => "approximate",
            Self::Both => "uncertain and approximate",
        }
    }
}

impl Stated {
    /// As XML Schema writes it: `2025`, `-0044`, `2025-09`, `2025-09-30`.
    pub fn text(self) -> String {
        let year = |year: i16| format!("{}{:04}", if year < 0 { "-" } else { "" }, year.unsigned_abs());
        match self {
            Self::Year(number) => year(number),
            Self::Month(number, month) => format!("{}-{month:02}", year(number)),
            Self::Day(day) => format!("{}-{:02}-{:02}", year(day.year()), day.month(), day.day()),
        }
    }
}

/// A day as XML Schema and EDTF write it, years before 1 with four digits as well: `-0044-03-15`.
pub fn show(day: Date) -> String {
    Stated::Day(day).text()
}

/// Reads a day, `YYYY-MM-DD` or `-YYYY-MM-DD` and nothing else.
pub fn day(text: &str) -> Option<Date> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let bytes = digits.as_bytes();
    let plain = bytes.len() == 10
        && bytes.iter().enumerate().all(|(index, byte)| if matches!(index, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() });
    if !plain {
        return None;
    }
    let number = |range: std::ops::Range<usize>| digits[range].parse::<i16>().ok();
    Date::new(sign * number(0..4)?, i8::try_from(number(5..7)?).ok()?, i8::try_from(number(8..10)?).ok()?).ok()
}

/// What something that is said to hold on a day certainly did: it had begun by then and had not ended before. Since when and
/// until when, nobody says.
///
/// `as-of` alone is the day up to which the source speaks, `as-of 2025-06` some day of that month. `None` for any other text.
///
/// # Errors
/// The source names no such day, or what follows is no date.
pub fn standing(text: &str, as_of: Option<Date>) -> Option<Result<Bounds, String>> {
    let rest = text.trim().strip_prefix("as-of").or_else(|| text.trim().strip_prefix("as of"))?;
    let on = |first: Date, last: Date| Bounds { latest_start: Some(last), earliest_end: Some(first), ..Bounds::default() };
    if rest.is_empty() {
        return Some(match as_of {
            Some(day) => Ok(on(day, day)),
            None => {
                Err("the source does not say up to which day it speaks: write `as_of` in its source.toml, or `as-of` and a day".to_owned())
            }
        });
    }
    let date = rest.strip_prefix(' ')?;
    Some(point(date.trim()).and_then(|point| match point.doubt {
        None => Ok(on(point.first, point.last)),
        Some(_) => Err("a day that is doubted makes nothing certain".to_owned()),
    }))
}

/// What stands in `from` and `to` as one interval in EDTF: an end that is left out is unknown, `..` is open.
///
/// # Errors
/// What was expected of the end that cannot be read, with `true` for `to`.
pub fn interval(from: Option<&str>, to: Option<&str>) -> Result<String, (bool, String)> {
    for (text, of_end) in [(from, false), (to, true)] {
        if let Some(text) = text.map(str::trim).filter(|text| *text != "..") {
            if text.contains('/') {
                return Err((of_end, "expected one date, found an interval, which goes under `when`".to_owned()));
            }
            point(text).map_err(|why| (of_end, why))?;
        }
    }
    Ok(format!("{}/{}", from.unwrap_or("").trim(), to.unwrap_or("").trim()))
}

/// Reads an EDTF date or interval. `as_of` is the day up to which the source speaks: what is open (`2025-09/..`)
/// had not ended by then.
///
/// # Errors
/// What was expected, in words that fit behind "`…` is not a date:".
pub fn read(text: &str, as_of: Option<Date>) -> Result<When, String> {
    let text = text.trim();
    let Some((left, right)) = text.split_once('/') else {
        let point = point(text)?;
        let inner = point.doubt.is_none();
        let bounds = Bounds {
            earliest_start: Some(point.first),
            latest_start: inner.then_some(point.last),
            earliest_end: inner.then_some(point.first),
            latest_end: Some(point.last),
        };
        return Ok(When { bounds, start: point.stated, end: point.stated, qualifier: point.doubt });
    };
    if right.contains('/') {
        return Err(expected());
    }
    let mut when = When { bounds: Bounds::default(), start: None, end: None, qualifier: None };
    let mut ends = (None, None);
    match left {
        "" | ".." => {}
        text => {
            let start = point(text)?;
            when.bounds.earliest_start = Some(start.first);
            when.bounds.latest_start = start.doubt.is_none().then_some(start.last);
            when.start = start.stated;
            when.qualifier = start.doubt;
            ends.0 = Some(start.first);
        }
    }
    match right {
        "" => {}
        ".." => when.bounds.earliest_end = as_of,
        text => {
            let end = point(text)?;
            when.bounds.earliest_end = end.doubt.is_none().then_some(end.first);
            when.bounds.latest_end = Some(end.last);
            when.end = end.stated;
            when.qualifier = when.qualifier.max(end.doubt);
            ends.1 = Some(end.last);
        }
    }
    match ends {
        (None, None) if when.bounds.earliest_end.is_none() => Err("an interval needs a date at one end".to_owned()),
        (Some(first), Some(last)) if first > last => Err("the interval ends before it starts".to_owned()),
        _ => Ok(when),
    }
}

struct Point {
    first: Date,
    last: Date,
    stated: Option<Stated>,
    doubt: Option<Doubt>,
}

fn point(text: &str) -> Result<Point, String> {
    let (body, doubt) = match text.as_bytes().last() {
        Some(b'?') => (&text[..text.len() - 1], Some(Doubt::Uncertain)),
        Some(b'~') => (&text[..text.len() - 1], Some(Doubt::Approximate)),
        Some(b'%') => (&text[..text.len() - 1], Some(Doubt::Both)),
        _ => (text, None),
    };
    let body = match body.split_once('T') {
        None => body,
        Some((date, time)) if day(date).is_some() && is_time(time) => date,
        Some((date, time)) if day(date).is_some() => {
            return Err(format!("`{time}` is not a time of day, expected hh:mm or hh:mm:ss, perhaps with Z or +hh:mm"));
        }
        Some(_) => return Err("a time of day needs a day before its `T`".to_owned()),
    };
    let (sign, digits) = match body.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, body),
    };
    if digits.starts_with('Y') {
        return Err("years beyond four digits are not supported".to_owned());
    }
    let mut parts = digits.split('-');
    let (year, month, day) = (parts.next().unwrap_or(""), parts.next(), parts.next());
    if parts.next().is_some() || year.len() != 4 || month.is_some_and(|m| m.len() != 2) || day.is_some_and(|d| d.len() != 2) {
        return Err(expected());
    }
    let low = sign * number(&year.replace('X', "0"))?;
    let high = sign * number(&year.replace('X', "9"))?;
    let (low, high) = (low.min(high), low.max(high));
    if year.trim_end_matches('X').contains('X') {
        return Err("unspecified digits stand at the end of the year: 201X, 20XX".to_owned());
    }
    let vague_year = year.contains('X');
    let span = |first: Date, last: Date, stated| Ok(Point { first, last, stated, doubt });
    match (month, day) {
        (None, _) | (Some("XX"), None | Some("XX")) => {
            let stated = (!vague_year && month.is_none()).then_some(Stated::Year(low));
            span(date(low, 1, 1), date(high, 12, 31), stated)
        }
        (Some(_), _) if vague_year => Err("a month or day needs a year without X".to_owned()),
        (Some(month), day) => {
            let month = i8::try_from(number(month)?).map_err(|_| expected())?;
            // Seasons differ between the hemispheres: the whole year is what is certain.
            if (21..=24).contains(&month) && day.is_none() {
                return span(date(low, 1, 1), date(low, 12, 31), None);
            }
            let first = Date::new(low, month, 1).map_err(|_| format!("there is no month {month:02}"))?;
            match day {
                None => span(first, first.last_of_month(), Some(Stated::Month(low, month))),
                Some("XX") => span(first, first.last_of_month(), None),
                Some(day) => {
                    let number = i8::try_from(number(day)?).map_err(|_| expected())?;
                    let day = Date::new(low, month, number).map_err(|_| format!("{low:04}-{month:02} has no day {number:02}"))?;
                    span(day, day, Some(Stated::Day(day)))
                }
            }
        }
    }
}

/// `09:30`, `09:30:00`, `09:30:00.5Z`, `24:00:00+05:00`.
fn is_time(text: &str) -> bool {
    let two =
        |text: &str, most: u8| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u8>().is_ok_and(|n| n <= most);
    let (clock, zone) = match text.find(['Z', '+', '-']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let zoned = match zone.strip_prefix(['+', '-']) {
        None => matches!(zone, "" | "Z"),
        Some(offset) => match offset.split_once(':') {
            Some((hours, minutes)) => two(hours, 14) && two(minutes, 59),
            None => two(offset, 14),
        },
    };
    let parts: Vec<&str> = clock.split(':').collect();
    zoned
        && match parts[..] {
            [hours, minutes] => two(hours, 23) && two(minutes, 59),
            [hours, minutes, seconds] => {
                let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
                let fine = !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit());
                fine && (two(hours, 23) && two(minutes, 59) && two(whole, 59) || clock == "24:00:00")
            }
            _ => false,
        }
}

fn number(digits: &str) -> Result<i16, String> {
    if digits.bytes().all(|b| b.is_ascii_digit()) { digits.parse().map_err(|_| expected()) } else { Err(expected()) }
}

fn expected() -> String {
    "expected EDTF such as 2025, 2025-09, 2025-09-30, 2025-09-30/2025-10-01, 2025-09/.. or 2010?".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `earliest start..latest start / earliest end..latest end`, `-` for unknown.
    fn bounds(text: &str) -> String {
        let as_of = day("2025-12-31");
        match read(text, as_of) {
            Err(error) => format!("error: {error}"),
            Ok(when) => {
                let show = |bound: Option<Date>| bound.map_or("-".to_owned(), show);
                let b = when.bounds;
                format!("{}..{} / {}..{}", show(b.earliest_start), show(b.latest_start), show(b.earliest_end), show(b.latest_end))
            }
        }
    }

    #[test]
    fn dates_become_bounds() {
        for (text, expected) in [
            ("2022", "2022-01-01..2022-12-31 / 2022-01-01..2022-12-31"),
            ("2025-09", "2025-09-01..2025-09-30 / 2025-09-01..2025-09-30"),
            ("2024-02-29", "2024-02-29..2024-02-29 / 2024-02-29..2024-02-29"),
            ("2025-01-15/2025-01-17", "2025-01-15..2025-01-15 / 2025-01-17..2025-01-17"),
            ("2025-04/2025-12", "2025-04-01..2025-04-30 / 2025-12-01..2025-12-31"),
            ("2025-09/..", "2025-09-01..2025-09-30 / 2025-12-31..-"),
            ("2022-01/", "2022-01-01..2022-01-31 / -..-"),
            ("/2024", "-..- / 2024-01-01..2024-12-31"),
            ("2010?", "2010-01-01..- / -..2010-12-31"),
            ("201X", "2010-01-01..2019-12-31 / 2010-01-01..2019-12-31"),
            ("2004-XX", "2004-01-01..2004-12-31 / 2004-01-01..2004-12-31"),
            ("2004-22", "2004-01-01..2004-12-31 / 2004-01-01..2004-12-31"),
            ("2025-04-10T09:30", "2025-04-10..2025-04-10 / 2025-04-10..2025-04-10"),
            ("2025-04-10T09:30:00Z", "2025-04-10..2025-04-10 / 2025-04-10..2025-04-10"),
            ("2025-04-10T09:30:00.25+05:00/2025-04-11T24:00:00", "2025-04-10..2025-04-10 / 2025-04-11..2025-04-11"),
            ("-0044", "-0044-01-01..-0044-12-31 / -0044-01-01..-0044-12-31"),
            ("0000", "0000-01-01..0000-12-31 / 0000-01-01..0000-12-31"),
            ("-0044-03-15", "-0044-03-15..-0044-03-15 / -0044-03-15..-0044-03-15"),
        ] {
            assert_eq!(bounds(text), expected, "for {text}");
        }
    }

    #[test]
    fn what_stands_on_a_day_has_neither_start_nor_end() {
        let on = |text: &str| standing(text, day("2025-12-31"));
        let holds =
            |text: &str, on_day: &str, certain: bool| on(text).expect("as-of").expect("a day").hold(day(on_day).expect("a day"), certain);
        for (asked, certain, possible) in [("2025-12-30", false, true), ("2025-12-31", true, true), ("2026-01-01", false, true)] {
            assert_eq!((holds("as-of", asked, true), holds("as-of", asked, false)), (certain, possible), "on {asked}");
        }
        assert!(holds("as-of 2025-06-30", "2025-06-30", true) && !holds("as-of 2025-06-30", "2025-07-01", true));
        assert!(!holds("as-of 2025-06", "2025-06-15", true), "which day of June is not said");
        assert_eq!(on("2025"), None);
        assert!(standing("as-of", None).expect("as-of").is_err() && on("as-of soon").expect("as-of").is_err());
    }

    #[test]
    fn two_ends_make_an_interval() {
        let both = |from: &str, to: &str| {
            let given = |text: &str| (!text.is_empty()).then_some(text.to_owned());
            interval(given(from).as_deref(), given(to).as_deref())
        };
        for (from, to, interval) in [
            ("2021", "", "2021/"),
            ("", "2023-05", "/2023-05"),
            ("2021", "..", "2021/.."),
            ("2021-03-05", "2021-03-05", "2021-03-05/2021-03-05"),
        ] {
            assert_eq!(both(from, to).as_deref(), Ok(interval));
        }
        assert!(both("2021/2022", "").is_err_and(|(of_end, _)| !of_end));
        assert!(both("2021", "soon").is_err_and(|(of_end, _)| of_end));
    }

    #[test]
    fn days_are_written_and_read_alike_before_the_year_1_too() {
        for text in ["2025-09-30", "0001-01-01", "0000-12-31", "-0044-03-15", "-0999-01-01"] {
            assert_eq!(day(text).map(show).as_deref(), Some(text));
        }
        assert_eq!(Stated::Year(-44).text(), "-0044");
        assert!(day("2025-9-30").is_none() && day("987１-01-01").is_none() && day("+2025-01-01").is_none());
    }

    #[test]
    fn what_is_no_date_says_what_was_expected() {
        for text in [
            "",
            "soon",
            "2025-13",
            "2025-02-30",
            "15/11/2025",
            "2025-9",
            "2025-10-01/2025-09-30",
            "/",
            "Y170000002",
            "2O25",
            "20251115",
            "１２３４",
            "987１",
            "2025-04-10Tomorrow",
            "2025-04-10T25:99",
            "2025-04-10T",
            "2025-04-10T09",
            "2025-04-10T09:30+99",
            "2025T",
            "2025-04T10:00",
            "as-of",
        ] {
            assert!(bounds(text).starts_with("error"), "{text:?} gave {}", bounds(text));
        }
    }
}
