//! Numbers as people write them in tables: `15.000,50`, `£15000`, `3.5 million`, `26.150000000000002`.
//!
//! What comes out is what a record would say (`15000.5`), its qualifier kept. Where a thousand could be a fraction, it is not guessed.

/// What stands between the whole and the fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decimal {
    /// `1,250.5`
    Point,
    /// `1.250,5`
    Comma,
}

/// Words and letters behind a number, and by how much they move its point.
const SCALES: &[(&str, i32)] = &[
    ("thousand", 3),
    ("tausend", 3),
    ("k", 3),
    ("million", 6),
    ("millions", 6),
    ("millionen", 6),
    ("millones", 6),
    ("mio", 6),
    ("mln", 6),
    ("m", 6),
    ("billion", 9),
    ("billions", 9),
    ("milliarden", 9),
    ("mrd", 9),
    ("bn", 9),
    ("b", 9),
];

/// Why a number was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It is none.
    NotANumber,
    /// It may be two numbers: these.
    Ambiguous(String, String),
}

/// A number as a record would say it. `typed`: whether a program wrote it as a number, so that a point is a point.
///
/// # Errors
/// It is none, or two.
pub fn read(text: &str, decimal: Option<Decimal>, typed: bool) -> Result<String, Why> {
    let text = text.trim();
    let before_len = text.chars().take_while(|c| matches!(c, '>' | '<' | '=' | '≥' | '≤' | '~' | '≈')).map(char::len_utf8).sum();
    let (qualifier, rest) = text.split_at(before_len);
    let rest = rest.trim_start();
    let negative = rest.starts_with(['-', '−']);
    let rest = rest.trim_start_matches(['-', '−']);
    let is_sign = |c: char| matches!(c, '$' | '€' | '£' | '¥' | '₹' | '₽' | '₺' | '₦' | '₱' | '₩' | '¢') || c.is_whitespace();
    let rest = rest.trim_start_matches(is_sign);
    let rest = strip_currency_code(rest);
    let end = rest
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}')))
        .unwrap_or(rest.len());
    let (digits, tail) = rest.split_at(end);
    let digits: String = digits.trim().chars().filter(|c| !matches!(c, '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}')).collect();
    if !digits.starts_with(|c: char| c.is_ascii_digit()) && !digits.starts_with(['.', ',']) || digits.is_empty() {
        return Err(Why::NotANumber);
    }
    let (exponent, tail) = exponent(tail);
    let plus = tail.trim_start().starts_with('+');
    let tail = tail.trim().trim_start_matches('+').trim_matches(is_sign).trim_end_matches(['.', '%']).trim();
    let tail = match tail.len() == 3 && tail.bytes().all(|b| b.is_ascii_uppercase()) {
        true => "",
        false => tail,
    };
    let scale = match tail {
        "" => 0,
        words => {
            let words = words.to_lowercase();
            let words = words.trim_end_matches(|c: char| !c.is_alphabetic());
            SCALES.iter().find(|(word, _)| *word == words).map(|(_, scale)| *scale).ok_or(Why::NotANumber)?
        }
    };
    let plain = point(&digits, decimal, typed && scale == 0)?;
    let moved = rounded(&shift(&plain, scale + exponent));
    Ok(format!("{qualifier}{}{moved}{}", if negative { "-" } else { "" }, if plus { "+" } else { "" }))
}

/// `EUR 5` is 5.
fn strip_currency_code(text: &str) -> &str {
    match text.get(..3) {
        Some(code) if code.bytes().all(|b| b.is_ascii_uppercase()) => {
            let rest = text[3..].trim_start();
            if rest.starts_with(|c: char| c.is_ascii_digit()) { rest } else { text }
        }
        _ => text,
    }
}

fn exponent(tail: &str) -> (i32, &str) {
    let Some(rest) = tail.strip_prefix(['e', 'E']) else { return (0, tail) };
    let end =
        rest.char_indices().find(|(at, c)| !(c.is_ascii_digit() || *at == 0 && matches!(c, '-' | '+'))).map_or(rest.len(), |(at, _)| at);
    match rest[..end].parse::<i32>() {
        Ok(power) if power.abs() <= 60 => (power, &rest[end..]),
        _ => (0, tail),
    }
}

/// The digits with a point before the fraction, and nothing between thousands.
fn point(digits: &str, decimal: Option<Decimal>, typed: bool) -> Result<String, Why> {
    let grouped = |mark: char| {
        let mut groups = digits.split(mark);
        groups.next().is_some_and(|first| !first.is_empty() && first.len() <= 3 && first != "0") && groups.all(|group| group.len() == 3)
    };
    let without = |mark: char| digits.replace(mark, "");
    let (points, commas) = (digits.matches('.').count(), digits.matches(',').count());
    if typed && commas == 0 && points <= 1 {
        return Ok(digits.to_owned());
    }
    match (points, commas, decimal) {
        (0, 0, _) => Ok(digits.to_owned()),
        (_, _, Some(Decimal::Point)) if points <= 1 => Ok(without(',')),
        (_, _, Some(Decimal::Comma)) if commas <= 1 => Ok(without('.').replace(',', ".")),
        (_, _, Some(_)) => Err(Why::NotANumber),
        (1.., 1.., None) => {
            let last_is_comma = digits.rfind(',') > digits.rfind('.');
            match (last_is_comma, points, commas) {
                (true, _, 1) => Ok(without('.').replace(',', ".")),
                (false, 1, _) => Ok(without(',')),
                _ => Err(Why::NotANumber),
            }
        }
        (2.., 0, None) => {
            if grouped('.') {
                Ok(without('.'))
            } else {
                Err(Why::NotANumber)
            }
        }
        (0, 2.., None) => {
            if grouped(',') {
                Ok(without(','))
            } else {
                Err(Why::NotANumber)
            }
        }
        (1, 0, None) if grouped('.') => Err(Why::Ambiguous(without('.'), digits.to_owned())),
        (1, 0, None) => Ok(digits.to_owned()),
        (0, 1, None) if grouped(',') => Err(Why::Ambiguous(without(','), digits.replace(',', "."))),
        (0, 1, None) => Ok(digits.replace(',', ".")),
    }
}

/// Moves the point of a plain decimal.
fn shift(digits: &str, by: i32) -> String {
    if by == 0 {
        return digits.to_owned();
    }
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    let at = whole.len() as i32 + by;
    let moved = if at <= 0 {
        format!("0.{}{all}", "0".repeat(at.unsigned_abs() as usize))
    } else if at as usize >= all.len() {
        format!("{all}{}", "0".repeat(at as usize - all.len()))
    } else {
        format!("{}.{}", &all[..at as usize], &all[at as usize..])
    };
    let trimmed = moved.trim_start_matches('0');
    let whole = if trimmed.is_empty() || trimmed.starts_with('.') { format!("0{trimmed}") } else { trimmed.to_owned() };
    match whole.contains('.') {
        true => whole.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => whole,
    }
}

/// Without the noise of binary fractions: 26.150000000000002 is 26.15, because a double has fifteen sure digits.
fn rounded(digits: &str) -> String {
    let Some((whole, fraction)) = digits.split_once('.') else { return digits.to_owned() };
    let significant = whole.trim_start_matches('0').len() + fraction.len();
    if significant <= 15 || fraction.len() < 10 {
        return digits.to_owned();
    }
    let keep = 15usize.saturating_sub(whole.trim_start_matches('0').len()).max(1);
    match digits.parse::<f64>() {
        Ok(number) => {
            let shown = format!("{number:.keep$}");
            let short = shown.trim_end_matches('0').trim_end_matches('.').to_owned();
            // A long decimal that is not noise stays as it was written.
            if short.len() + 4 < digits.len() { short } else { digits.to_owned() }
        }
        Err(_) => digits.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_people_write_become_numbers_records_have() {
        for (written, read_as) in [
            ("67", "67"),
            (">26", ">26"),
            ("25+", "25+"),
            ("£15000", "15000"),
            ("€ 1,200,000", "1200000"),
            ("EUR 5", "5"),
            ("5 USD", "5"),
            ("15.000,50", "15000.50"),
            ("15,000.50", "15000.50"),
            ("1 200 000", "1200000"),
            ("1'200'000", "1200000"),
            ("3.5 million", "3500000"),
            ("2 Mio.", "2000000"),
            ("10k", "10000"),
            ("1.25bn", "1250000000"),
            ("123e9", "123000000000"),
            ("0,128", "0.128"),
            ("0.128", "0.128"),
            ("26.150000000000002", "26.15"),
            ("4.0000000000000007E-4", "0.0004"),
            ("-5", "-5"),
            ("100%", "100"),
        ] {
            assert_eq!(read(written, None, false), Ok(read_as.to_owned()), "{written}");
        }
    }

    #[test]
    fn a_thousand_that_could_be_a_fraction_is_not_guessed() {
        let ambiguous = Err(Why::Ambiguous("12500".to_owned(), "12.500".to_owned()));
        assert_eq!(read("12,500", None, false), ambiguous);
        assert_eq!(read("12.500", None, false), ambiguous);
        assert_eq!(read("12,500", Some(Decimal::Point), false), Ok("12500".to_owned()));
        assert_eq!(read("12.500", Some(Decimal::Comma), false), Ok("12500".to_owned()));
        assert_eq!(read("12.500", None, true), Ok("12.500".to_owned()));
        for none in ["", "about 5", "n/a", "1.2.3", "$", "5 apples", "12/13"] {
            assert_eq!(read(none, None, false), Err(Why::NotANumber), "{none}");
        }
    }
}
