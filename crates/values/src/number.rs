//! Numbers as reports state them: with a qualifier ("more than 26", "25+", "around 123 billion") and the bounds it implies.

use serde::{Deserialize, Serialize};

/// A number, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qualified {
    /// The number itself, as a canonical decimal.
    pub value: String,
    /// What stands before or behind it.
    pub qualifier: Qualifier,
    /// The least it can be, if the statement says.
    pub minimum: Option<String>,
    /// The most it can be, if the statement says.
    pub maximum: Option<String>,
}

/// How a number is meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Qualifier {
    /// `67`
    #[default]
    Exactly,
    /// `>26`
    MoreThan,
    /// `≥4`, `>=4`, `25+`
    AtLeast,
    /// `<10`
    LessThan,
    /// `≤10`, `<=10`
    AtMost,
    /// `~123e9`, `≈100`
    Around,
}

impl Qualifier {
    /// The sign before the number.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Exactly => "",
            Self::MoreThan => "> ",
            Self::AtLeast => "≥ ",
            Self::LessThan => "< ",
            Self::AtMost => "≤ ",
            Self::Around => "~ ",
        }
    }

    /// Its local name in the code list `qualifier`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exactly => "exactly",
            Self::MoreThan => "more-than",
            Self::AtLeast => "at-least",
            Self::LessThan => "less-than",
            Self::AtMost => "at-most",
            Self::Around => "around",
        }
    }

    /// The qualifier a code names; the name only or an IRI ending in it.
    pub fn parse(code: &str) -> Option<Self> {
        let name = code.rsplit(['/', '#', ':']).next().unwrap_or(code);
        [Self::Exactly, Self::MoreThan, Self::AtLeast, Self::LessThan, Self::AtMost, Self::Around]
            .into_iter()
            .find(|qualifier| qualifier.name() == name)
    }
}

/// Reads a qualified number.
///
/// # Errors
/// What was expected, in words that fit behind "`…` is not a number:".
pub fn read(text: &str) -> Result<Qualified, String> {
    let text = text.trim();
    let prefixes = [
        (">=", Qualifier::AtLeast),
        ("≥", Qualifier::AtLeast),
        ("<=", Qualifier::AtMost),
        ("≤", Qualifier::AtMost),
        (">", Qualifier::MoreThan),
        ("<", Qualifier::LessThan),
        ("~", Qualifier::Around),
        ("≈", Qualifier::Around),
    ];
    let (body, qualifier) = prefixes
        .iter()
        .find_map(|(sign, qualifier)| Some((text.strip_prefix(sign)?, *qualifier)))
        .or_else(|| Some((text.strip_suffix('+')?, Qualifier::AtLeast)))
        .unwrap_or((text, Qualifier::Exactly));
    let (mantissa, scale) = decimal(body.trim())?;
    let value = show(mantissa, scale);
    let next = |step: i128| if scale == 0 { show(mantissa.saturating_add(step), 0) } else { value.clone() };
    let (minimum, maximum) = match qualifier {
        Qualifier::Exactly => (Some(value.clone()), Some(value.clone())),
        Qualifier::MoreThan => (Some(next(1)), None),
        Qualifier::AtLeast => (Some(value.clone()), None),
        Qualifier::LessThan => (None, Some(next(-1))),
        Qualifier::AtMost => (None, Some(value.clone())),
        Qualifier::Around => (None, None),
    };
    Ok(Qualified { value, qualifier, minimum, maximum })
}

/// Digits and their scale: 6.32 is (632, 2). Thousands may be grouped by commas or spaces; `123e9` is 123 000 000 000.
fn decimal(text: &str) -> Result<(i128, u32), String> {
    let wrong = || "expected a number such as 67, 6.32, >26, ≥4, 25+, 20,000+ or ~123e9".to_owned();
    let (body, exponent) = match text.split_once(['e', 'E']) {
        Some((body, exponent)) => (body, exponent.parse::<u32>().map_err(|_| wrong())?),
        None => (text, 0),
    };
    let (negative, body) = match body.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, body),
    };
    let (whole, fraction) = match body.split_once('.') {
        Some((_, "")) => return Err(wrong()),
        Some((whole, fraction)) => (whole, fraction),
        None => (body, ""),
    };
    let mut groups = whole.split([',', ' ', '\u{a0}', '\u{202f}']);
    let first = groups.next().unwrap_or("");
    let rest: Vec<&str> = groups.collect();
    let grouped = rest.is_empty() || (first.len() <= 3 && rest.iter().all(|group| group.len() == 3));
    let digits = format!("{first}{}{fraction}", rest.concat());
    if first.is_empty() || !grouped || digits.len() > 30 || exponent > 30 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    let mut mantissa: i128 = digits.parse().map_err(|_| wrong())?;
    let mut scale = u32::try_from(fraction.len()).map_err(|_| wrong())?;
    let shift = exponent.min(scale);
    scale -= shift;
    mantissa = 10i128.checked_pow(exponent - shift).and_then(|power| mantissa.checked_mul(power)).ok_or_else(wrong)?;
    while scale > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    Ok((if negative { -mantissa } else { mantissa }, scale))
}

fn show(mantissa: i128, scale: u32) -> String {
    let sign = if mantissa < 0 { "-" } else { "" };
    let digits = mantissa.unsigned_abs().to_string();
    let scale = scale as usize;
    if scale == 0 {
        return format!("{sign}{digits}");
    }
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = padded.split_at(padded.len() - scale);
    format!("{sign}{whole}.{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qualifiers_become_bounds() {
        for (text, value, code, minimum, maximum) in [
            (">26", "26", "more-than", "27", "-"),
            ("≥4", "4", "at-least", "4", "-"),
            ("25+", "25", "at-least", "25", "-"),
            ("20,000+", "20000", "at-least", "20000", "-"),
            ("~123e9", "123000000000", "around", "-", "-"),
            ("67", "67", "exactly", "67", "67"),
            ("6.32", "6.32", "exactly", "6.32", "6.32"),
            ("<10", "10", "less-than", "-", "9"),
            ("> 2.5", "2.5", "more-than", "2.5", "-"),
            ("-0.36", "-0.36", "exactly", "-0.36", "-0.36"),
            ("3.4e12", "3400000000000", "exactly", "3400000000000", "3400000000000"),
            ("3.10", "3.1", "exactly", "3.1", "3.1"),
        ] {
            let read = read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            let bound = |bound: &Option<String>| bound.clone().unwrap_or("-".to_owned());
            let found = (read.value.as_str(), read.qualifier.name(), bound(&read.minimum), bound(&read.maximum));
            assert_eq!(found, (value, code, minimum.to_owned(), maximum.to_owned()), "for {text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in
            ["", "many", ">", "1,2", "12,34,567", "1.", ".5", "1e99", "0x10", "１２", "1 2", "--1", "9999999999999999999999999999999999"]
        {
            assert!(read(text).is_err(), "{text:?} passed for a number");
        }
    }
}
