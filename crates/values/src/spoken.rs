//! Dates in words, as a page tells them to people: `2025-09/..` is "since September 2025".
//!
//! Nothing is added to what is written: an end that is not stated is not called open, what cannot be put into words stays as it is.

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const SEASONS: [&str; 4] = ["spring", "summer", "autumn", "winter"];

/// An EDTF date or interval, or `as-of`, in English words; any other text as it is.
pub fn words(text: &str) -> String {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix("as-of").or_else(|| text.strip_prefix("as of")) {
        return match point(rest.trim()) {
            _ if rest.is_empty() => "as of the day up to which the source speaks".to_owned(),
            Some(day) if rest.starts_with(' ') => format!("as of {day}"),
            _ => text.to_owned(),
        };
    }
    let Some((from, to)) = text.split_once('/') else { return point(text).unwrap_or_else(|| text.to_owned()) };
    let said = match (from, to) {
        ("" | "..", "" | "..") => None,
        ("" | "..", to) => point(to).map(|to| format!("until {to}")),
        (from, "..") => point(from).map(|from| format!("since {from}")),
        (from, "") => point(from).map(|from| format!("from {from}")),
        (from, to) if from == to => point(from),
        (from, to) => point(from).zip(point(to)).map(|(first, last)| {
            let shared = shared(&first, &last);
            format!("{} to {last}", first.strip_suffix(shared).unwrap_or(&first).trim_end())
        }),
    };
    said.unwrap_or_else(|| text.to_owned())
}

/// What both dates end in: "January 2025" of two days in it; nothing if a date is no more than that.
fn shared<'t>(first: &str, last: &'t str) -> &'t str {
    let is_day = |text: &str| text.split(' ').count() == 3 && text.starts_with(|c: char| c.is_ascii_digit());
    let is_month = |text: &str| text.split(' ').count() == 2 && MONTHS.contains(&text.split(' ').next().unwrap_or_default());
    let tail = |text: &'t str, words: usize| text.splitn(words + 1, ' ').last().unwrap_or_default();
    if is_day(first) && is_day(last) {
        let month = tail(last, 1);
        return if first.ends_with(month) && first.len() > month.len() { month } else { same_year(first, last) };
    }
    if is_month(first) && is_month(last) { same_year(first, last) } else { "" }
}

fn same_year<'t>(first: &str, last: &'t str) -> &'t str {
    let year = last.rsplit(' ').next().unwrap_or_default();
    if first.rsplit(' ').next() == Some(year) { year } else { "" }
}

/// One date.
fn point(text: &str) -> Option<String> {
    let (date, doubt) = match text.char_indices().last() {
        Some((at, '?')) => (&text[..at], "perhaps "),
        Some((at, '~')) => (&text[..at], "about "),
        Some((at, '%')) => (&text[..at], "perhaps about "),
        _ => (text, ""),
    };
    let (date, time) = date.split_once('T').map_or((date, String::new()), |(date, time)| (date, format!(", {time}")));
    if !time.is_empty() && !time.bytes().all(|b| b.is_ascii_digit() || b", :.Z+-".contains(&b)) {
        return None;
    }
    if let Some((month, day)) = date.strip_prefix("--").and_then(|rest| rest.split_once('-')) {
        // A day that comes round every year.
        let month: usize = month.parse().ok().filter(|month| (1..=12).contains(month))?;
        let day: u8 = day.parse().ok().filter(|day| (1..=31).contains(day))?;
        return time.is_empty().then(|| format!("{doubt}{day} {}", MONTHS[month - 1]));
    }
    let (sign, rest) = date.strip_prefix('-').map_or(("", date), |rest| ("-", rest));
    let parts: Vec<&str> = rest.split('-').collect();
    let digits = |part: &str, length: usize| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    let year = parts.first().filter(|year| digits(year, 4) || (year.len() == 4 && year.ends_with('X')))?;
    let unknown = year.trim_end_matches('X');
    let year = match 4 - unknown.len() {
        0 => {
            let plain = unknown.trim_start_matches('0');
            let plain = if plain.is_empty() { "0" } else { plain };
            // The year before 1 is 0.
            if sign.is_empty() { plain.to_owned() } else { format!("{} BC", plain.parse::<u32>().ok()? + 1) }
        }
        1 if digits(unknown, 3) && sign.is_empty() && parts.len() == 1 => format!("the {unknown}0s"),
        2 if digits(unknown, 2) && sign.is_empty() && parts.len() == 1 => format!("some year from {unknown}00 to {unknown}99"),
        _ => return None,
    };
    let month = |part: &str| {
        let number: usize = if digits(part, 2) { part.parse().ok()? } else { return None };
        match number {
            1..=12 => Some(MONTHS[number - 1]),
            21..=24 => Some(SEASONS[number - 21]),
            _ => None,
        }
    };
    let said = match parts.as_slice() {
        [_] => year,
        [_, "XX"] => format!("{year}, month not stated"),
        [_, part] => format!("{} {year}", month(part)?),
        [_, part, "XX"] => format!("{} {year}, day not stated", month(part)?),
        [_, part, day] if digits(day, 2) => {
            let day: u8 = day.parse().ok().filter(|day| (1..=31).contains(day))?;
            format!("{day} {} {year}", month(part)?)
        }
        _ => return None,
    };
    Some(format!("{doubt}{said}{time}"))
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn dates_are_told_as_people_say_them() {
        for (written, said) in [
            ("--11-15", "15 November"),
            ("2025", "2025"),
            ("2025-09", "September 2025"),
            ("2025-09-30", "30 September 2025"),
            ("2025-01-15/2025-01-17", "15 to 17 January 2025"),
            ("2025-01-15/2025-03-02", "15 January to 2 March 2025"),
            ("2024-12-30/2025-01-02", "30 December 2024 to 2 January 2025"),
            ("2025-01/2025-03", "January to March 2025"),
            ("2024/2025", "2024 to 2025"),
            ("2025-09/..", "since September 2025"),
            ("2025-09/", "from September 2025"),
            ("../2025-09", "until September 2025"),
            ("/2025", "until 2025"),
            ("2010?", "perhaps 2010"),
            ("2010~", "about 2010"),
            ("2010%", "perhaps about 2010"),
            ("2010?/2012~", "perhaps 2010 to about 2012"),
            ("202X", "the 2020s"),
            ("19XX", "some year from 1900 to 1999"),
            ("2025-XX", "2025, month not stated"),
            ("2025-21", "spring 2025"),
            ("2025-01-15T09:30", "15 January 2025, 09:30"),
            ("-0043", "44 BC"),
            ("0476", "476"),
            ("as-of", "as of the day up to which the source speaks"),
            ("as-of 2025-06", "as of June 2025"),
            ("2025-01-15/2025-01-15", "15 January 2025"),
        ] {
            assert_eq!(words(written), said, "{written}");
        }
    }

    #[test]
    fn what_is_no_date_stays_as_it_is() {
        for text in ["", "in the last year", "2025-13", "2025-02-99", "../..", "20é5", "?", "a/b", "as-of soon", "X"] {
            assert_eq!(words(text), text);
        }
    }
}
