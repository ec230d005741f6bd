//! Figures in words: "≥ 4", "≈ USD 123 billion", "no. 4 of 48", "2 %".

use super::graph::{Measured, Qualifier};
use crate::text::one_line;

impl Measured {
    /// The number as people read it, with how exactly it is stated: "≥ 4", "no. 4 of 48", "not stated".
    pub fn said(&self) -> String {
        said(self)
    }
}

fn said(figure: &Measured) -> String {
    let of = figure.out_of.filter(|n| n.is_finite()).map(|n| format!(" of {}", exact(n))).unwrap_or_default();
    let Some(value) = value(figure) else {
        return match range(figure) {
            (Some(low), Some(high)) => unit(figure, &format!("{} to {}", exact(low), exact(high))) + &of,
            (Some(low), None) => unit(figure, &format!("≥ {}", exact(low))) + &of,
            (None, Some(high)) => unit(figure, &format!("≤ {}", exact(high))) + &of,
            (None, None) => "not stated".to_owned(),
        };
    };
    let sign = match figure.qualifier {
        Qualifier::Around => "≈ ",
        other => other.sign(),
    };
    let rank = if figure.measure.is_rank { "no. " } else { "" };
    let between = match (figure.qualifier, range(figure)) {
        (Qualifier::Exactly | Qualifier::Around, (Some(low), Some(high))) if low < high => {
            format!(" ({} to {})", exact(low), exact(high))
        }
        _ => String::new(),
    };
    let text = if currency(&figure.unit) {
        format!("{sign}{} {}", one_line(&figure.unit), exact(value))
    } else {
        unit(figure, &format!("{sign}{rank}{}", exact(value)))
    };
    format!("{text}{of}{between}")
}

/// Its number, if it is one.
pub(crate) fn value(figure: &Measured) -> Option<f64> {
    figure.value.filter(|value| value.is_finite())
}

/// The least and the most that it can be.
pub(crate) fn range(figure: &Measured) -> (Option<f64>, Option<f64>) {
    (figure.low.filter(|n| n.is_finite()), figure.high.filter(|n| n.is_finite()))
}

/// Whether a unit is written before its number, as currencies are.
fn currency(unit: &str) -> bool {
    unit.len() == 3 && unit.bytes().all(|b| b.is_ascii_uppercase())
}

fn unit(figure: &Measured, number: &str) -> String {
    let unit = one_line(&figure.unit);
    match (unit.is_empty(), currency(&unit)) {
        (true, _) => number.to_owned(),
        (_, true) => format!("{unit} {number}"),
        (_, false) => format!("{number} {unit}"),
    }
}

/// A number with all its digits, grouped: 24,313 or 0.000125; round millions in words.
pub(crate) fn exact(value: f64) -> String {
    if value < 0.0 {
        return format!("−{}", exact(-value));
    }
    let text = format!("{value}");
    if value >= 1e15 || (value > 0.0 && value < 1e-6) {
        return format!("{value:e}");
    }
    for (unit, word) in [(1e12, "trillion"), (1e9, "billion"), (1e6, "million")] {
        if value >= unit {
            let short = format!("{:.2}", value / unit);
            if (short.parse::<f64>().unwrap_or(0.0) * unit - value).abs() < unit * 1e-9 {
                return format!("{} {word}", short.trim_end_matches('0').trim_end_matches('.'));
            }
            break;
        }
    }
    let (whole, part) = text.split_once('.').map_or((text.as_str(), None), |(whole, part)| (whole, Some(part)));
    let grouped = grouped(whole);
    part.map_or(grouped.clone(), |part| format!("{grouped}.{part}"))
}

/// Digits in groups of three.
pub(crate) fn grouped(digits: &str) -> String {
    let mut grouped = String::new();
    for (k, digit) in digits.chars().enumerate() {
        if k > 0 && (digits.len() - k).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Measure;

    #[test]
    fn no_digit_of_a_figure_is_lost() {
        let read: Vec<String> = [0.0, 6.32, 24_313.0, 43e6, 3.4e12, 1_234_567.0, 0.004, -0.5, 1e-9, 2e15].into_iter().map(exact).collect();
        assert_eq!(read, ["0", "6.32", "24,313", "43 million", "3.4 trillion", "1,234,567", "0.004", "−0.5", "1e-9", "2e15"]);
    }

    #[test]
    fn how_exactly_a_figure_is_stated_stands_before_it() {
        let figure =
            |value: Option<f64>, qualifier, unit: &str| Measured { value, qualifier, unit: unit.to_owned(), ..Measured::default() };
        let rank = Measured {
            measure: Measure { is_rank: true, ..Measure::default() },
            out_of: Some(48.0),
            ..figure(Some(4.0), Qualifier::Exactly, "")
        };
        let between = Measured { low: Some(4.0), high: Some(6.5), ..figure(None, Qualifier::Exactly, "km") };
        let cases = [
            (said(&figure(Some(26.0), Qualifier::MoreThan, "")), "> 26"),
            (said(&figure(Some(123e9), Qualifier::Around, "USD")), "≈ USD 123 billion"),
            (said(&figure(Some(2.0), Qualifier::Exactly, "%")), "2 %"),
            (said(&figure(None, Qualifier::Exactly, "USD")), "not stated"),
            (said(&rank), "no. 4 of 48"),
            (said(&between), "4 to 6.5 km"),
        ];
        for (found, expected) in cases {
            assert_eq!(found, expected);
        }
    }
}
