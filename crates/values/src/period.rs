//! A time that is asked about: a day, a month, a year, or from a day to a day.
//!
//! What has bounds held in a period if it held at some time of it: possibly, if nothing rules that out; certainly, if it had begun by the
//! last day and had not ended before the first, wherever between its bounds it began and ended.

use std::fmt;

use jiff::civil::Date;

use crate::edtf::{self, Bounds};
use crate::spoken;

/// A time that is asked about; an end that is absent is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Period {
    /// From this day on.
    pub from: Option<Date>,
    /// Up to and with this day.
    pub to: Option<Date>,
}

impl Period {
    /// A single day.
    pub fn day(day: Date) -> Self {
        Self { from: Some(day), to: Some(day) }
    }

    /// A day, a month or a year as it is written: `2025-06-01`, `2025-06`, `2025`. None for anything else.
    pub fn read(text: &str) -> Option<Self> {
        if let Some(day) = edtf::day(text) {
            return Some(Self::day(day));
        }
        let digits = text.strip_prefix('-').unwrap_or(text);
        let plain = matches!(digits.len(), 4 | 7)
            && digits.bytes().enumerate().all(|(index, byte)| if index == 4 { byte == b'-' } else { byte.is_ascii_digit() });
        let bounds = plain.then(|| edtf::read(text, None).ok())??.bounds;
        Some(Self { from: bounds.earliest_start, to: bounds.latest_end })
    }

    /// Whether it is one day.
    pub fn is_day(&self) -> bool {
        self.from.is_some() && self.from == self.to
    }

    /// Whether what has these bounds held at some time of the period, certainly or possibly.
    pub fn meets(&self, bounds: &Bounds, certain: bool) -> bool {
        bounds.hold_during(self.from, self.to, certain)
    }

    /// When it is, behind "what held": "on 2025-06-01", "at some time in June 2025", "at some time from 2025-06-01 on".
    pub fn words(&self) -> String {
        match (self.from, self.to) {
            (Some(day), _) if self.is_day() => format!("on {}", edtf::show(day)),
            (Some(from), Some(to)) => match self.whole() {
                Some(whole) => format!("at some time in {}", spoken::words(&whole)),
                None => format!("at some time from {} to {}", edtf::show(from), edtf::show(to)),
            },
            (Some(from), None) => format!("at some time from {} on", edtf::show(from)),
            (None, Some(to)) => format!("at some time up to {}", edtf::show(to)),
            (None, None) => "at some time".to_owned(),
        }
    }

    /// The month or the year that it is.
    fn whole(&self) -> Option<String> {
        let (from, to) = (self.from?, self.to?);
        let last = |day: Date| day.tomorrow().is_ok_and(|next| next.day() == 1) || day.tomorrow().is_err();
        if from.day() != 1 || !last(to) || from.year() != to.year() {
            return None;
        }
        let text = edtf::show(from);
        let (month, _) = text.rsplit_once('-')?;
        match (from.month(), to.month()) {
            (1, 12) => month.rsplit_once('-').map(|(year, _)| year.to_owned()),
            (first, last) if first == last => Some(month.to_owned()),
            _ => None,
        }
    }
}

/// As it can be read again, or as an EDTF interval.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |day: Option<Date>| day.map_or_else(|| "..".to_owned(), edtf::show);
        match (self.from, self.whole()) {
            (Some(day), _) if self.is_day() => f.write_str(&edtf::show(day)),
            (_, Some(whole)) => f.write_str(&whole),
            _ => write!(f, "{}/{}", side(self.from), side(self.to)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_months_and_years_are_read_written_and_said() {
        for (text, from, to, words) in [
            ("2025-06-01", "2025-06-01", "2025-06-01", "on 2025-06-01"),
            ("2025-11", "2025-11-01", "2025-11-30", "at some time in November 2025"),
            ("2024-02", "2024-02-01", "2024-02-29", "at some time in February 2024"),
            ("2025", "2025-01-01", "2025-12-31", "at some time in 2025"),
        ] {
            let period = Period::read(text).expect(text);
            assert_eq!((period.from, period.to), (edtf::day(from), edtf::day(to)), "{text}");
            assert_eq!((period.to_string(), period.words()), (text.to_owned(), words.to_owned()));
        }
        for text in ["", "25", "2025-13", "2025-02-30", "2025-6", "2025/2026", "2025?", "202X", "2025-", "20255", "yesterday", "2025-1106"]
        {
            assert_eq!(Period::read(text), None, "{text}");
        }
        let period = Period { from: edtf::day("2025-01-15"), to: None };
        assert_eq!((period.to_string(), period.words()), ("2025-01-15/..".to_owned(), "at some time from 2025-01-15 on".to_owned()));
    }

    #[test]
    fn a_period_is_met_possibly_or_certainly() {
        let meets = |when: &str, period: &str| {
            let bounds = edtf::read(when, None).expect("EDTF").bounds;
            let period = Period::read(period).expect("a period");
            (period.meets(&bounds, false), period.meets(&bounds, true))
        };
        assert_eq!(meets("2022", "2022"), (true, true));
        assert_eq!(meets("2022", "2022-06"), (true, false));
        assert_eq!(meets("2022-03/2024-05", "2023"), (true, true));
        assert_eq!(meets("2022-03/2024-05", "2024"), (true, true));
        assert_eq!(meets("2022-03/2024-05", "2024-05-31"), (true, false));
        assert_eq!(meets("2022-03/2024-05", "2025"), (false, false));
        assert_eq!(meets("2025-09/..", "2025-09"), (true, false));
    }
}
