//! A cell's text as a record would have said it: by what its key takes, and what the mapping says of dates, numbers and empty words.

use regex::Regex;
use std::sync::LazyLock;

use crate::fold::fold;
use crate::source::kinds::Sort;

use super::amount::{self, Decimal};
use super::date::{self, Order};

/// How a file writes its values.
#[derive(Debug, Clone, Default)]
pub struct Ways {
    /// Words that say that nothing is known.
    pub null: Vec<String>,
    /// Formats of dates, as of strftime.
    pub dates: Vec<String>,
    /// In which order day, month and year stand.
    pub order: Option<Order>,
    /// What stands before the fraction of a number.
    pub decimal: Option<Decimal>,
    /// Whether numbers were written by a program, so that a point is a point.
    pub typed: bool,
}

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Became {
    /// This.
    Value(String),
    /// It stays as it is; whether it is right is for others to say.
    Same,
    /// It cannot be told what it means: what is wrong, and what to do.
    Unclear(String, String),
}

/// Words for truth in the languages that most tables come in.
const TRUE: &[&str] = &["true", "yes", "y", "x", "1", "ja", "oui", "si", "sim", "wahr", "vrai"];
/// And for its opposite.
const FALSE: &[&str] = &["false", "no", "n", "0", "nein", "non", "nao", "falsch", "faux"];

static HOST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?i)(www\.)?[\p{L}0-9]([\p{L}0-9-]*[\p{L}0-9])?(\.[\p{L}0-9-]+)*\.[\p{L}]{2,}(:[0-9]+)?([/?#]\S*)?$")
        .expect("a pattern of ours")
});

impl Ways {
    /// Whether a text says that nothing is known.
    pub fn is_null(&self, text: &str) -> bool {
        self.null.iter().any(|word| word.eq_ignore_ascii_case(text))
    }

    /// A text as a value of a sort.
    pub fn convert(&self, sort: &Sort, text: &str) -> Became {
        match sort {
            Sort::Date => self.date(text),
            Sort::Day => match self.date(text) {
                Became::Same => Became::Same,
                other => other,
            },
            Sort::Year => match self.date(text) {
                Became::Value(date) if date.len() > 4 => Became::Value(date[..4].to_owned()),
                // A day or a month as it is written here.
                Became::Same if is_within_a_year(text) => Became::Value(text[..4].to_owned()),
                other => other,
            },
            Sort::Amount | Sort::Number => self.number(text, matches!(sort, Sort::Number)),
            Sort::Truth => {
                let folded = fold(text);
                match (TRUE.iter().any(|word| fold(word) == folded), FALSE.iter().any(|word| fold(word) == folded)) {
                    (true, false) => Became::Value("true".to_owned()),
                    (false, true) => Became::Value("false".to_owned()),
                    _ => Became::Same,
                }
            }
            Sort::Code(_) => sort.code(text).map_or(Became::Same, Became::Value),
            Sort::Address if !text.contains(':') && HOST.is_match(text) => Became::Value(format!("http://{text}")),
            Sort::Address | Sort::Thing | Sort::Text | Sort::Other => Became::Same,
        }
    }

    fn date(&self, text: &str) -> Became {
        match date::read(text, &self.dates, self.order) {
            Ok(date) if date == text => Became::Same,
            Ok(date) => Became::Value(date),
            Err(date::Why::Ambiguous(one, other)) => Became::Unclear(
                format!("`{text}` may be {one} or {other}"),
                "say in which order the file writes dates: date_order = \"dmy\", or \"mdy\"".to_owned(),
            ),
            Err(date::Why::NotADate(Some(likely))) => {
                Became::Unclear(format!("`{text}` is no date in the order that was said"), format!("is {likely} meant?"))
            }
            Err(date::Why::NotADate(None)) => Became::Same,
        }
    }

    fn number(&self, text: &str, plain: bool) -> Became {
        match amount::read(text, self.decimal, self.typed || plain && !text.contains(',')) {
            Ok(number) if number == text => Became::Same,
            Ok(number) => Became::Value(number),
            Err(amount::Why::Ambiguous(one, other)) => Became::Unclear(
                format!("`{text}` may be {one} or {other}"),
                "say what stands before the fraction: decimal = \",\" or decimal = \".\"".to_owned(),
            ),
            Err(amount::Why::NotANumber) => Became::Same,
        }
    }
}

/// Whether a text begins as a month or a day of one year does.
fn is_within_a_year(text: &str) -> bool {
    text.as_bytes().get(4) == Some(&b'-') && text.bytes().take(4).all(|byte| byte.is_ascii_digit()) && !text.contains('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_become_what_records_would_say() {
        let ways = Ways::default();
        let became = |sort: &Sort, text: &str| match ways.convert(sort, text) {
            Became::Value(value) => value,
            Became::Same => text.to_owned(),
            Became::Unclear(why, _) => format!("? {why}"),
        };
        assert_eq!(became(&Sort::Address, "www.majisafi.example"), "http://www.majisafi.example");
        assert_eq!(became(&Sort::Address, "example.org/a?b=c"), "http://example.org/a?b=c");
        assert_eq!(became(&Sort::Address, "https://a.example"), "https://a.example");
        assert_eq!(became(&Sort::Address, "none yet"), "none yet");
        assert_eq!(became(&Sort::Address, "N/A but elsewhere"), "N/A but elsewhere");
        assert_eq!(became(&Sort::Truth, "TRUE"), "true");
        assert_eq!(became(&Sort::Truth, "Nein"), "false");
        assert_eq!(became(&Sort::Year, "14 Dec 2000"), "2000");
        assert_eq!(became(&Sort::Year, "1970-05"), "1970");
        assert_eq!(became(&Sort::Year, "1970-05-06"), "1970");
        assert_eq!(became(&Sort::Number, "51.752"), "51.752");
        let codes = [(fold("Founding member"), "founding-member".to_owned())].into_iter().collect();
        assert_eq!(became(&Sort::Code(std::sync::Arc::new(codes)), "founding Member"), "founding-member");
    }
}
