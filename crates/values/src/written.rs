//! Dates as people write them (`10.04.2025`, `June 2015`, `14 Dec 2000`, `2008/open`) and the EDTF that they likely mean.
//!
//! Nothing here decides for the writer: `03/04/2025` has two readings and both are told. Who knows the order of day and month
//! (a setting of a table) asks for the one reading with [`read`].

use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::edtf;

/// What a text that is no EDTF likely means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Likely {
    /// These dates or intervals in EDTF, the likeliest first.
    Dates(Vec<String>),
    /// Words that name no year ("in the last year"): nothing can be made of them without knowing when they were said.
    NoYear,
    /// A word for "not known" or "none".
    Absent,
    /// A date with a year of two digits.
    ShortYear,
}

/// Which comes first in `03/04/2025`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// 3 April.
    DayFirst,
    /// 4 March.
    MonthFirst,
}

/// The one EDTF text that a date means, if it has one reading, or one in this order of day and month; EDTF stays as it is.
pub fn read(text: &str, order: Option<Order>) -> Option<String> {
    if edtf::read(text, None).is_ok() {
        return Some(text.trim().to_owned());
    }
    match likely(text)? {
        Likely::Dates(mut dates) => match (dates.len(), order) {
            (1, _) | (2, Some(Order::DayFirst)) => Some(dates.swap_remove(0)),
            (2, Some(Order::MonthFirst)) => Some(dates.swap_remove(1)),
            _ => None,
        },
        _ => None,
    }
}

/// What a text that is no EDTF likely means; nothing, where it looks like no date at all. With day and month in doubt, the
/// reading with the day first comes first.
pub fn likely(text: &str) -> Option<Likely> {
    let plain = plain(text);
    let plain = plain.trim();
    if plain.is_empty() || plain.len() > 60 {
        return None;
    }
    if ABSENT.contains(&plain) {
        return Some(Likely::Absent);
    }
    let mut dates: Vec<String> = period(plain).into_iter().filter(|text| edtf::read(text, None).is_ok()).collect();
    dates.dedup();
    if !dates.is_empty() {
        return Some(Likely::Dates(dates));
    }
    let numbers: Vec<&str> = plain.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    if numbers.len() == 3 && numbers.iter().all(|number| number.len() <= 2) {
        return Some(Likely::ShortYear);
    }
    let words: Vec<&str> = plain.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    let timely = words.iter().any(|word| TIMELY.contains(word) || month(word).is_some() || season(word).is_some());
    (timely && !numbers.iter().any(|number| number.len() == 4)).then_some(Likely::NoYear)
}

const ABSENT: [&str; 16] =
    ["-", "?", "n/a", "na", "n.a.", "n.d.", "nd", "none", "null", "nil", "unknown", "not known", "not stated", "tba", "tbd", "undated"];

const TIMELY: [&str; 32] = [
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "year",
    "years",
    "decade",
    "quarter",
    "today",
    "yesterday",
    "tomorrow",
    "now",
    "recently",
    "recent",
    "lately",
    "currently",
    "current",
    "present",
    "presently",
    "ongoing",
    "soon",
    "annually",
    "yearly",
    "monthly",
    "weekly",
    "ago",
    "last",
    "next",
    "since",
    "until",
];

/// In small letters, with the digits of other scripts as ASCII, one kind of dash, and single spaces.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.trim().chars() {
        match letter {
            '０'..='９' => plain.push(digit(letter, '０')),
            '٠'..='٩' => plain.push(digit(letter, '٠')),
            '۰'..='۹' => plain.push(digit(letter, '۰')),
            '\u{2010}'..='\u{2015}' | '−' => plain.push('-'),
            letter if letter.is_whitespace() => {
                if !plain.ends_with(' ') {
                    plain.push(' ');
                }
            }
            letter => plain.extend(letter.to_lowercase()),
        }
    }
    plain
}

fn digit(letter: char, zero: char) -> char {
    char::from_digit(u32::from(letter) - u32::from(zero), 10).unwrap_or(letter)
}

/// A date, an interval, or a date with a word before it.
fn period(text: &str) -> Vec<String> {
    for (word, before, after) in [
        ("circa ", "", "~"),
        ("ca. ", "", "~"),
        ("ca ", "", "~"),
        ("c. ", "", "~"),
        ("c.", "", "~"),
        ("about ", "", "~"),
        ("around ", "", "~"),
        ("approximately ", "", "~"),
        ("approx. ", "", "~"),
        ("~", "", "~"),
        ("probably ", "", "?"),
        ("perhaps ", "", "?"),
        ("since ", "", "/.."),
        ("starting ", "", "/.."),
        ("until ", "../", ""),
        ("till ", "../", ""),
        ("up to ", "../", ""),
    ] {
        if let Some(rest) = text.strip_prefix(word) {
            return point(rest.trim()).into_iter().map(|date| format!("{before}{date}{after}")).collect();
        }
    }
    let alone = point(text);
    if !alone.is_empty() {
        return alone;
    }
    let text = text.strip_prefix("from ").or_else(|| text.strip_prefix("between ")).unwrap_or(text);
    for between in [" to ", " until ", " till ", " and ", " - ", "/", "-"] {
        // What separates two dates stands between the parts of each as well: the one nearest to the middle is tried first.
        let mut places: Vec<usize> = text.match_indices(between).map(|(at, _)| at).collect();
        places.sort_by_key(|at| (text.len() / 2).abs_diff(*at));
        for at in places {
            let (left, right) = (text[..at].trim(), text[at + between.len()..].trim());
            let found = interval(left, right);
            if !found.is_empty() {
                return found;
            }
        }
    }
    Vec::new()
}

fn interval(left: &str, right: &str) -> Vec<String> {
    if ["present", "now", "today", "ongoing", "current", "open", "date", "still", "9999", ".."].contains(&right) {
        return point(left).into_iter().map(|start| format!("{start}/..")).collect();
    }
    if ["unknown", "uuuu", "?"].contains(&right) {
        return point(left).into_iter().map(|start| format!("{start}/")).collect();
    }
    if ["unknown", "uuuu", "?"].contains(&left) {
        return point(right).into_iter().map(|end| format!("/{end}")).collect();
    }
    let ends = point(right);
    if let (Some(first), Ok(short)) = (left.get(..4), right.parse::<u16>())
        && left.len() == 4
        && right.len() == 2
        && first.parse::<u16>().is_ok_and(|year| (year + 1) % 100 == short)
    {
        // 2025-26, 2025/26: two years, the second cut short.
        return vec![format!("{first}/{}{right}", &first[..2])];
    }
    let mut starts = point(left);
    if starts.is_empty() {
        // `15-17 january 2025`, `june-august 2015`: the end says what the start leaves out.
        let words: Vec<&str> = right.split(' ').collect();
        for skipped in 1..words.len() {
            starts = point(&format!("{left} {}", words[skipped..].join(" ")));
            if !starts.is_empty() {
                break;
            }
        }
    }
    let both = starts.len().min(ends.len());
    starts.into_iter().zip(ends).take(both).map(|(start, end)| format!("{start}/{end}")).collect()
}

/// The readings of one date.
fn point(text: &str) -> Vec<String> {
    let text = text.trim().trim_end_matches([',', '.', ';']);
    if edtf::read(text, None).is_ok() && !text.contains('/') {
        return vec![text.to_uppercase()];
    }
    if let Some(found) = clock(text).or_else(|| unspecified(text)).or_else(|| run_together(text)) {
        return vec![found];
    }
    let numbers = numeric(text);
    if !numbers.is_empty() {
        return numbers;
    }
    worded(text).into_iter().collect()
}

/// `2025-04-10 09:30`, `2025-04-10t00:00:00z`, or with nonsense behind: the day.
fn clock(text: &str) -> Option<String> {
    let day = text.get(..10)?;
    let rest = text[10..].chars().next()?;
    (matches!(rest, ' ' | 't') && edtf::day(day).is_some() && !text[10..].contains(" to ") && !text[10..].contains('-'))
        .then(|| day.to_owned())
}

/// `1990s`, `19uu`, `199?` `19--`, `20xx`.
fn unspecified(text: &str) -> Option<String> {
    if let Some(decade) = text.strip_suffix("'s").or_else(|| text.strip_suffix('s'))
        && decade.len() == 4
        && decade.bytes().all(|b| b.is_ascii_digit())
        && decade.ends_with('0')
    {
        return Some(format!("{}X", &decade[..3]));
    }
    let digits = text.trim_end_matches(['u', 'x', '-', '?', '*', '_']);
    let missing = text.len() - digits.len();
    (text.len() == 4 && (2..4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()))
        .then(|| format!("{digits}{}", "X".repeat(missing)))
}

/// `20250410`, and the number of a day as spreadsheets count them (`45757`).
fn run_together(text: &str) -> Option<String> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    match text.len() {
        8 => day(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?),
        5 => {
            let days: i64 = text.parse().ok().filter(|days| (20_000..=60_000).contains(days))?;
            date(1899, 12, 30).checked_add(days.days()).ok().map(edtf::show)
        }
        _ => None,
    }
}

/// Numbers with dots, slashes, hyphens or spaces between.
fn numeric(text: &str) -> Vec<String> {
    let Some(separator) = text.chars().find(|c| !c.is_ascii_digit()).filter(|c| matches!(c, '.' | '/' | '-' | ' ')) else {
        return Vec::new();
    };
    let parts: Vec<&str> = text.split(separator).map(str::trim).collect();
    if parts.iter().any(|part| part.is_empty() || part.len() > 4 || !part.bytes().all(|b| b.is_ascii_digit())) {
        return Vec::new();
    }
    let number = |index: usize| parts[index].parse::<i16>().unwrap_or(-1);
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    match lengths[..] {
        [4, 1..=2, 1..=2] => day(number(0), number(1), number(2)).into_iter().collect(),
        [1..=2, 1..=2, 4] => {
            let (day_first, month_first) = (day(number(2), number(1), number(0)), day(number(2), number(0), number(1)));
            // With dots the day always comes first.
            if separator == '.' { day_first.into_iter().collect() } else { day_first.into_iter().chain(month_first).collect() }
        }
        [4, 1..=2] if (1..=12).contains(&number(1)) => vec![format!("{:04}-{:02}", number(0), number(1))],
        [1..=2, 4] if (1..=12).contains(&number(0)) => vec![format!("{:04}-{:02}", number(1), number(0))],
        _ => Vec::new(),
    }
}

/// `june 2015`, `14 dec 2000`, `dec 14, 2000`, `14-dec-2000`, `spring 2025`, `q1 2025`.
fn worded(text: &str) -> Option<String> {
    let words: Vec<&str> =
        text.split([' ', ',', '-', '/', '.']).filter(|word| !word.is_empty() && *word != "of" && *word != "the").collect();
    if words.len() > 3 {
        return None;
    }
    let year = words.iter().find(|word| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()))?;
    let number: i16 = year.parse().ok()?;
    let rest: Vec<&str> = words.iter().filter(|word| *word != year).copied().collect();
    let of_month = |word: &str| {
        let digits = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
        digits.parse::<i16>().ok().filter(|_| digits.len() <= 2)
    };
    match rest[..] {
        [word] => match (month(word), season(word), word) {
            (Some(month), ..) => Some(format!("{year}-{month:02}")),
            (_, Some(season), _) => Some(format!("{year}-{season}")),
            (_, _, "q1") => Some(format!("{year}-01/{year}-03")),
            (_, _, "q2") => Some(format!("{year}-04/{year}-06")),
            (_, _, "q3") => Some(format!("{year}-07/{year}-09")),
            (_, _, "q4") => Some(format!("{year}-10/{year}-12")),
            (_, _, "early" | "mid" | "late") => Some((*year).to_owned()),
            _ => None,
        },
        [one, other] => match (month(one), month(other)) {
            (Some(month), _) => day(number, month, of_month(other)?),
            (_, Some(month)) => day(number, month, of_month(one)?),
            _ => None,
        },
        _ => None,
    }
}

fn day(year: i16, month: i16, day: i16) -> Option<String> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok().map(edtf::show)
}

fn month(word: &str) -> Option<i16> {
    const MONTHS: [&str; 12] =
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
    let place =
        MONTHS.iter().position(|month| word.len() >= 3 && (month.starts_with(word) || (word == "sept" && *month == "september")))?;
    i16::try_from(place + 1).ok()
}

fn season(word: &str) -> Option<&'static str> {
    match word {
        "spring" => Some("21"),
        "summer" => Some("22"),
        "autumn" | "fall" => Some("23"),
        "winter" => Some("24"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dates(text: &str) -> String {
        match likely(text) {
            Some(Likely::Dates(dates)) => dates.join(" or "),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn what_people_write_has_the_reading_they_mean() {
        for (text, meant) in [
            ("10.04.2025", "2025-04-10"),
            ("1.4.2025", "2025-04-01"),
            ("03/04/2025", "2025-04-03 or 2025-03-04"),
            ("25/12/2024", "2024-12-25"),
            ("12/25/2024", "2024-12-25"),
            ("04/04/2025", "2025-04-04"),
            ("2015/06/10", "2015-06-10"),
            ("2015/6", "2015-06"),
            ("06/2015", "2015-06"),
            ("2025-9-1", "2025-09-01"),
            ("2025-9", "2025-09"),
            ("June 2015", "2015-06"),
            ("Sept. 2015", "2015-09"),
            ("14 Dec 2000", "2000-12-14"),
            ("14-Dec-2000", "2000-12-14"),
            ("December 14th, 2000", "2000-12-14"),
            ("the 3rd of May 2020", "2020-05-03"),
            ("2025–2026", "2025/2026"),
            ("2025 - 2026", "2025/2026"),
            ("2025-26", "2025/2026"),
            ("2025/26", "2025/2026"),
            ("15–17 January 2025", "2025-01-15/2025-01-17"),
            ("June–August 2015", "2015-06/2015-08"),
            ("from June 2015 to May 2016", "2015-06/2016-05"),
            ("1.2.2020 - 3.4.2021", "2020-02-01/2021-04-03"),
            ("1.2.2020-3.4.2021", "2020-02-01/2021-04-03"),
            ("2015/06/10 - 2015/06/12", "2015-06-10/2015-06-12"),
            ("19uu", "19XX"),
            ("199u", "199X"),
            ("1990s", "199X"),
            ("20xx", "20XX"),
            ("2008/open", "2008/.."),
            ("2008/unknown", "2008/"),
            ("2008 - present", "2008/.."),
            ("since 2021", "2021/.."),
            ("until March 2023", "../2023-03"),
            ("c. 2010", "2010~"),
            ("circa June 2010", "2010-06~"),
            ("45757", "2025-04-10"),
            ("20250410", "2025-04-10"),
            ("2025-04-10 00:00:00", "2025-04-10"),
            ("2025-04-10Tomorrow", "2025-04-10"),
            ("Spring 2025", "2025-21"),
            ("Q2 2025", "2025-04/2025-06"),
            ("１９８７", "1987"),
            ("987１", "9871"),
            ("۲۰۲۵", "2025"),
        ] {
            assert_eq!(dates(text), meant, "for {text}");
        }
    }

    #[test]
    fn what_names_no_year_and_what_says_nothing_are_told_apart() {
        for text in ["in the last year", "two years ago", "recently", "June", "next spring", "last month"] {
            assert_eq!(likely(text), Some(Likely::NoYear), "{text}");
        }
        for text in ["N/A", "unknown", "-", "TBD"] {
            assert_eq!(likely(text), Some(Likely::Absent), "{text}");
        }
        assert_eq!(likely("10.04.25"), Some(Likely::ShortYear));
        for text in ["", "water", "31.02.2025", "99999", "1/2/3/4", "Ö2025", "ß"] {
            assert_eq!(likely(text), None, "{text}");
        }
    }

    #[test]
    fn an_order_of_day_and_month_settles_what_is_open() {
        assert_eq!(read("03/04/2025", None), None);
        assert_eq!(read("03/04/2025", Some(Order::DayFirst)).as_deref(), Some("2025-04-03"));
        assert_eq!(read("03/04/2025", Some(Order::MonthFirst)).as_deref(), Some("2025-03-04"));
        assert_eq!(read("25/12/2024", Some(Order::MonthFirst)).as_deref(), Some("2024-12-25"));
        assert_eq!(read("2025-09/..", None).as_deref(), Some("2025-09/.."));
        assert_eq!(read("in the last year", None), None);
    }
}
