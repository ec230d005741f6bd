//! What a number format (ECMA-376, 18.8.31) shows of numbers and dates: cells give what people see in them.

use calamine::ExcelDateTime;

/// What a format shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// How much of a date.
    pub precision: Precision,
    /// How many digits there are at least before the point.
    digits: usize,
    /// How many decimals it always shows.
    decimals: usize,
    /// Whether it shows hundredths as wholes.
    percent: bool,
    /// What it writes before a number.
    before: String,
    /// And behind it.
    behind: String,
}

/// How much of a date is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// `2025`
    Year,
    /// `Sep 2025`
    Month,
    /// The day.
    Day,
}

impl Look {
    /// Reads a format's code.
    pub fn of(code: &str) -> Self {
        let (mut year, mut month, mut day) = (false, false, false);
        let (mut behind_point, mut digits, mut decimals) = (false, 0, 0);
        let (mut before, mut behind) = (String::new(), String::new());
        let (mut begun, mut percent) = (false, false);
        let mut letters = code.chars();
        while let Some(letter) = letters.next() {
            let words = if begun { &mut behind } else { &mut before };
            match letter {
                '"' => words.extend(letters.by_ref().take_while(|c| *c != '"')),
                '[' => {
                    let inside: String = letters.by_ref().take_while(|c| *c != ']').collect();
                    // `[$€-407]` shows a currency; `[Red]` and `[>100]` show nothing.
                    if let Some(sign) = inside.strip_prefix('$') {
                        words.push_str(sign.split('-').next().unwrap_or(""));
                    }
                }
                '\\' => words.extend(letters.next()),
                '_' | '*' => _ = letters.next(),
                ';' => break,
                '.' => behind_point = true,
                '%' => percent = true,
                '0' | '#' | '?' => {
                    begun = true;
                    decimals += usize::from(behind_point && letter == '0');
                    digits += usize::from(!behind_point && letter == '0');
                }
                '€' | '£' | '$' | '¥' | '<' | '>' | '~' | '+' | ' ' => words.push(letter),
                _ => match letter.to_ascii_lowercase() {
                    'y' => year = true,
                    'm' => month = true,
                    'd' => day = true,
                    _ => {}
                },
            }
        }
        let precision = match (year, month, day) {
            (true, false, false) => Precision::Year,
            (true, true, false) => Precision::Month,
            _ => Precision::Day,
        };
        // Without a place for digits, words around them are no words around a number.
        if !begun {
            before.clear();
            behind.clear();
        }
        Self { precision, digits, decimals, percent, before, behind: behind.trim_end().to_owned() }
    }

    /// A number as it shows: with the decimals that it shows, where they are not fewer than it has (section 3.10 is not section 3.1), with
    /// leading zeros and the words around it. What it has and does not show stays: a sum is more than its picture.
    pub fn number(&self, number: f64) -> String {
        let size = sure(if self.percent { number.abs() * 100.0 } else { number.abs() });
        let whole = size.to_string();
        let padded = format!("{size:.*}", self.decimals.min(15));
        let mut shown = if padded.len() > whole.len() && padded.starts_with(&whole) { padded } else { whole };
        let before_point = shown.find('.').unwrap_or(shown.len());
        if self.digits > before_point {
            shown.insert_str(0, &"0".repeat(self.digits.min(30) - before_point.min(30)));
        }
        let minus = if number < 0.0 { "-" } else { "" };
        let percent = if self.percent { "%" } else { "" };
        format!("{minus}{}{shown}{percent}{}", self.before, self.behind).trim().to_owned()
    }
}

/// A number without the noise of binary fractions: fifteen digits are sure, as programs show them.
fn sure(number: f64) -> f64 {
    if number == 0.0 || !number.is_finite() || number >= 1e15 {
        return number;
    }
    format!("{number:.14e}").parse().unwrap_or(number)
}

/// A date as EDTF, no more precise than it shows; a time of the day with it stays.
pub fn moment(moment: ExcelDateTime, precision: Precision) -> String {
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let serial = moment.as_f64();
    if moment.is_duration() || serial < 1.0 {
        return format!("{hour:02}:{minute:02}:{second:02}");
    }
    match precision {
        Precision::Year => format!("{year:04}"),
        Precision::Month => format!("{year:04}-{month:02}"),
        Precision::Day if (hour, minute, second) == (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        Precision::Day => format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_shows_a_day_a_month_or_a_year() {
        for (code, expected) in [
            ("dd.mm.yyyy", Precision::Day),
            ("d-mmm", Precision::Day),
            ("mmm yyyy", Precision::Month),
            ("[$-409]mmmm\\ yy;@", Precision::Month),
            ("yyyy", Precision::Year),
            ("\"day\" yyyy", Precision::Year),
            ("General", Precision::Day),
        ] {
            assert_eq!(Look::of(code).precision, expected, "{code}");
        }
    }

    #[test]
    fn a_number_is_what_its_cell_shows_and_loses_nothing() {
        for (number, code, expected) in [
            (3.1, "0.00", "3.10"),
            (3.0, "#,##0.0", "3.0"),
            (3.125, "0.0", "3.125"),
            (2.0, "General", "2"),
            (-0.5, "0.00;[Red]-0.000", "-0.50"),
            (1e21, "0", "1000000000000000000000"),
            (501.0, "00000", "00501"),
            (7.0, "\"No. \"000", "No. 007"),
            (0.25, "0%", "25%"),
            (0.07, "0%", "7%"),
            (26.0, "\">\"0", ">26"),
            (1200.0, "[$€-407]\\ #,##0", "€ 1200"),
            (0.1 + 0.2, "General", "0.3"),
            (3.3000000000000003, "General", "3.3"),
            (0.0, "General", "0"),
        ] {
            assert_eq!(Look::of(code).number(number), expected, "{number} as {code}");
        }
    }
}
