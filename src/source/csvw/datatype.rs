//! Datatypes of columns: which texts are values of them, by which format, and how they are written then.

use std::sync::LazyLock;

use regex::Regex;

use crate::record::Node;
use crate::values::edtf;

use super::member::{get, said};

/// The datatypes there are, with what XML Schema or RDF calls them where that is another name.
const ALL: &[(&str, &str)] = &[
    ("string", "string"),
    ("normalizedString", "normalizedString"),
    ("token", "token"),
    ("language", "language"),
    ("Name", "Name"),
    ("NMTOKEN", "NMTOKEN"),
    ("any", "string"),
    ("anyAtomicType", "string"),
    ("anyURI", "anyURI"),
    ("base64Binary", "base64Binary"),
    ("hexBinary", "hexBinary"),
    ("boolean", "boolean"),
    ("date", "date"),
    ("time", "time"),
    ("dateTime", "dateTime"),
    ("datetime", "dateTime"),
    ("dateTimeStamp", "dateTimeStamp"),
    ("duration", "duration"),
    ("dayTimeDuration", "dayTimeDuration"),
    ("yearMonthDuration", "yearMonthDuration"),
    ("gYear", "gYear"),
    ("gYearMonth", "gYearMonth"),
    ("gMonth", "gMonth"),
    ("gMonthDay", "gMonthDay"),
    ("gDay", "gDay"),
    ("decimal", "decimal"),
    ("number", "double"),
    ("double", "double"),
    ("float", "float"),
    ("integer", "integer"),
    ("int", "int"),
    ("long", "long"),
    ("short", "short"),
    ("byte", "byte"),
    ("nonNegativeInteger", "nonNegativeInteger"),
    ("positiveInteger", "positiveInteger"),
    ("nonPositiveInteger", "nonPositiveInteger"),
    ("negativeInteger", "negativeInteger"),
    ("unsignedLong", "unsignedLong"),
    ("unsignedInt", "unsignedInt"),
    ("unsignedShort", "unsignedShort"),
    ("unsignedByte", "unsignedByte"),
    ("html", "HTML"),
    ("json", "JSON"),
    ("xml", "XMLLiteral"),
];

/// What standards call a datatype.
pub(super) fn local(base: &str) -> &'static str {
    ALL.iter().find(|(name, _)| *name == base).map_or("string", |(_, local)| local)
}

/// A datatype with its format and bounds.
#[derive(Debug, Clone)]
pub(super) struct Datatype {
    pub(super) base: String,
    format: Format,
    least: Option<f64>,
    most: Option<f64>,
    shortest: Option<usize>,
    longest: Option<usize>,
}

#[derive(Debug, Clone)]
enum Format {
    None,
    /// What stands before the fraction, and between thousands if anything does.
    Number(char, Option<char>),
    /// The words for true and for false.
    Truth(String, String),
    /// How a date or a time is written, with the order of its parts.
    Date(Regex),
    /// What the whole text has to look like.
    Pattern(Regex),
}

/// A pattern that is made when first asked for; digits are 0 to 9.
macro_rules! pattern {
    ($text:literal) => {
        LazyLock::new(|| Regex::new($text).expect("a pattern that the tests use"))
    };
}

static TIME: LazyLock<Regex> = pattern!(r"^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?$");
static ZONE: LazyLock<Regex> = pattern!(r"^(Z|[+-][0-9]{2}:[0-9]{2})$");

/// The datatypes whose texts have one form.
static FORMS: [(&[&str], LazyLock<Regex>); 8] = [
    (&["gYear"], pattern!(r"^-?[0-9]{4,}(Z|[+-][0-9]{2}:[0-9]{2})?$")),
    (&["gYearMonth"], pattern!(r"^-?[0-9]{4,}-(0[1-9]|1[0-2])(Z|[+-][0-9]{2}:[0-9]{2})?$")),
    (&["gMonth"], pattern!(r"^--(0[1-9]|1[0-2])$")),
    (&["gMonthDay"], pattern!(r"^--(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")),
    (&["gDay"], pattern!(r"^---(0[1-9]|[12][0-9]|3[01])$")),
    (&["language"], pattern!(r"^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$")),
    (&["hexBinary"], pattern!(r"^([0-9A-Fa-f]{2})*$")),
    (&["duration", "dayTimeDuration", "yearMonthDuration"], pattern!(r"^-?P[0-9YMDTHS.]+$")),
];

/// What is counted or measured by a datatype.
#[derive(PartialEq)]
enum Sort {
    Whole,
    Number,
    Time,
    Truth,
    Text,
}

fn sort(base: &str) -> Sort {
    match base {
        "decimal" | "number" | "double" | "float" => Sort::Number,
        "date" | "time" | "dateTime" | "datetime" | "dateTimeStamp" => Sort::Time,
        "boolean" => Sort::Truth,
        "int" | "long" | "short" | "byte" => Sort::Whole,
        other if other.to_lowercase().ends_with("integer") || other.starts_with("unsigned") => Sort::Whole,
        _ => Sort::Text,
    }
}

impl Datatype {
    /// Reads what a description says.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(node: &Node) -> Result<Self, String> {
        let base = match node {
            Node::Text(text) => text.value.clone(),
            node => said(node, "base").map_or_else(|| "string".to_owned(), |base| base.value.clone()),
        };
        if ALL.iter().all(|(name, _)| *name != base) {
            let near = crate::nearest::nearest(&base, ALL.iter().map(|(name, _)| (*name).to_owned()));
            let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            return Err(format!("`{base}` is no datatype of tables on the Web{near}"));
        }
        let number = |names: &[&str]| names.iter().find_map(|name| said(node, name)?.value.parse::<f64>().ok());
        let count = |names: &[&str]| names.iter().find_map(|name| said(node, name)?.value.parse::<usize>().ok());
        let format = match (get(node, "format"), sort(&base)) {
            (None, _) => Format::None,
            (Some(Node::Text(text)), Sort::Whole | Sort::Number) => match text.value.chars().find(|c| !"#0,.%‰+-".contains(*c)) {
                None => Format::Number('.', text.value.contains(',').then_some(',')),
                Some(sign) => return Err(format!("`{}` is no pattern of numbers: `{sign}` means nothing in it", text.value)),
            },
            (Some(format), Sort::Whole | Sort::Number) => {
                let sign = |name: &str| said(format, name).and_then(|text| text.value.chars().next());
                let (decimal, group) = (sign("decimalChar").unwrap_or('.'), sign("groupChar"));
                if group == Some(decimal) {
                    return Err(format!("`{decimal}` cannot stand both before the fraction and between thousands"));
                }
                Format::Number(decimal, group)
            }
            (Some(Node::Text(text)), Sort::Truth) => match text.value.split_once('|') {
                Some((yes, no)) => Format::Truth(yes.to_owned(), no.to_owned()),
                None => return Err(format!("`{}` does not say what is true and what is false: \"Y|N\"", text.value)),
            },
            (Some(Node::Text(text)), Sort::Time) => Format::Date(dated(&text.value)?),
            (Some(Node::Text(text)), Sort::Text) => {
                let regex = Regex::new(&format!("^(?:{})$", text.value)).map_err(|_| format!("`{}` is no pattern", text.value))?;
                Format::Pattern(regex)
            }
            (Some(other), _) => return Err(format!("expected a format as text, found {}", other.what())),
        };
        let lengths = count(&["length"]);
        Ok(Self {
            base,
            format,
            least: number(&["minimum", "minInclusive"]),
            most: number(&["maximum", "maxInclusive"]),
            shortest: lengths.or_else(|| count(&["minLength"])),
            longest: lengths.or_else(|| count(&["maxLength"])),
        })
    }

    /// A text as a value of the datatype, as standards write it.
    ///
    /// # Errors
    /// Why it is none.
    pub(super) fn value(&self, text: &str) -> Result<String, String> {
        let none = || format!("`{text}` is no {}", self.base);
        let value = match sort(&self.base) {
            Sort::Whole | Sort::Number => self.number(text).ok_or_else(none)?,
            Sort::Truth => match &self.format {
                Format::Truth(yes, _) if yes == text => "true".to_owned(),
                Format::Truth(_, no) if no == text => "false".to_owned(),
                Format::Truth(yes, no) => return Err(format!("`{text}` is neither `{yes}` nor `{no}`")),
                _ => match text {
                    "true" | "1" => "true".to_owned(),
                    "false" | "0" => "false".to_owned(),
                    _ => return Err(none()),
                },
            },
            Sort::Time => self.time(text).ok_or_else(none)?,
            Sort::Text => match &self.format {
                Format::Pattern(regex) if !regex.is_match(text) => return Err(format!("`{text}` is not written as {}", regex.as_str())),
                _ => self.text(text).ok_or_else(none)?,
            },
        };
        let length = text.chars().count();
        if self.shortest.is_some_and(|least| length < least) || self.longest.is_some_and(|most| length > most) {
            return Err(format!("`{text}` has {length} characters, which is too short or too long"));
        }
        if let Ok(number) = value.parse::<f64>()
            && (self.least.is_some_and(|least| number < least) || self.most.is_some_and(|most| number > most))
        {
            return Err(format!("`{text}` is too small or too large"));
        }
        Ok(value)
    }

    fn number(&self, text: &str) -> Option<String> {
        let (decimal, group) = match self.format {
            Format::Number(decimal, group) => (decimal, group),
            _ => ('.', None),
        };
        let plain: String = text.chars().filter(|c| Some(*c) != group).map(|c| if c == decimal { '.' } else { c }).collect();
        let (plain, shift) = match (plain.strip_suffix('%'), plain.strip_suffix('‰')) {
            (Some(plain), _) => (plain.to_owned(), 100.0),
            (_, Some(plain)) => (plain.to_owned(), 1000.0),
            _ => (plain, 1.0),
        };
        let whole = sort(&self.base) == Sort::Whole;
        if whole {
            let digits = plain.trim_start_matches(['-', '+']);
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            let negative = plain.starts_with('-') && digits.bytes().any(|byte| byte != b'0');
            let positive = !plain.starts_with('-') && digits.bytes().any(|byte| byte != b'0');
            let fits = match self.base.as_str() {
                "positiveInteger" => positive,
                "negativeInteger" => negative,
                "nonPositiveInteger" => !positive,
                base if base == "nonNegativeInteger" || base.starts_with("unsigned") => !negative,
                _ => true,
            };
            return fits.then_some(plain);
        }
        let exponent = self.base != "decimal";
        let shape = plain.bytes().all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte) || (exponent && b"eE".contains(&byte)));
        let special = exponent && ["NaN", "INF", "-INF"].contains(&plain.as_str());
        let read: f64 = if special { 0.0 } else { plain.parse().ok().filter(|_| shape)? };
        Some(if shift > 1.0 { (read / shift).to_string() } else { plain })
    }

    fn time(&self, text: &str) -> Option<String> {
        let Format::Date(regex) = &self.format else {
            let (day, time) = match self.base.as_str() {
                "date" => (Some(text), None),
                "time" => (None, Some(text)),
                _ => text.split_once('T').map(|(day, time)| (Some(day), Some(time)))?,
            };
            let day_is = day.is_none_or(|day| {
                let zoned = self.base == "date" && ZONE.is_match(day.get(10..).unwrap_or("-"));
                edtf::day(day.get(..10).unwrap_or("")).is_some() && (day.len() == 10 || zoned)
            });
            let time_is = time.is_none_or(|time| TIME.is_match(time));
            return (day_is && time_is).then(|| text.to_owned());
        };
        let found = regex.captures(text)?;
        let part = |name: &str| found.name(name).map(|part| part.as_str());
        let mut written = String::new();
        if let Some(year) = part("y") {
            let day = format!("{year}-{:0>2}-{:0>2}", part("m")?, part("d")?);
            edtf::day(&day)?;
            written.push_str(&day);
        }
        if let Some(hour) = part("h") {
            if !written.is_empty() {
                written.push('T');
            }
            let number = |text: &str, most: u8| text.parse::<u8>().ok().filter(|number| *number <= most);
            let (minute, second) = (part("i").unwrap_or("00"), part("s").unwrap_or("00"));
            let [hour, minute, second] = [number(hour, 23)?, number(minute, 59)?, number(second, 59)?];
            written.push_str(&format!("{hour:02}:{minute:02}:{second:02}"));
        }
        written.push_str(part("z").unwrap_or(""));
        Some(written)
    }

    /// The datatypes whose texts have one form.
    fn text(&self, text: &str) -> Option<String> {
        let pattern = FORMS.iter().find(|(bases, _)| bases.contains(&self.base.as_str()));
        pattern.is_none_or(|(_, pattern)| pattern.is_match(text)).then(|| text.to_owned())
    }
}

/// A format of dates and times (`dd/MM/yyyy`, `d.M.yyyy HH:mm`) as a pattern with its parts.
fn dated(format: &str) -> Result<Regex, String> {
    let mut pattern = String::from("^");
    let mut rest = format;
    while let Some(sign) = rest.chars().next() {
        let run = rest.chars().take_while(|c| *c == sign).count();
        let part = match (sign, run) {
            ('y', 4) => r"(?P<y>[0-9]{4})",
            ('M', 2) => r"(?P<m>[0-9]{2})",
            ('M', 1) => r"(?P<m>[0-9]{1,2})",
            ('d', 2) => r"(?P<d>[0-9]{2})",
            ('d', 1) => r"(?P<d>[0-9]{1,2})",
            ('H', 1 | 2) => r"(?P<h>[0-9]{1,2})",
            ('m', 1 | 2) => r"(?P<i>[0-9]{1,2})",
            ('s', 1 | 2) => r"(?P<s>[0-9]{1,2})",
            ('X' | 'x', _) => r"(?P<z>Z|[+-][0-9][0-9]:?[0-9][0-9])?",
            ('S', _) => r"[0-9]+",
            (letter, _) if letter.is_ascii_alphabetic() && letter != 'T' => {
                return Err(format!("`{format}` is no format of dates: `{letter}` means nothing in it"));
            }
            (other, _) => {
                pattern.push_str(&regex::escape(&other.to_string().repeat(run)));
                ""
            }
        };
        pattern.push_str(part);
        rest = &rest[run * sign.len_utf8()..];
    }
    pattern.push('$');
    Regex::new(&pattern).map_err(|_| format!("`{format}` is no format of dates"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::location::{Located, Location};
    use crate::record::Field;

    fn datatype(base: &str, format: Option<&str>) -> Result<Datatype, String> {
        let place = Location::file(&"x.json".into());
        let field = |name: &str, value: &str| Field {
            key: Located::new(name.to_owned(), place.clone()),
            value: Node::Text(Located::new(value.to_owned(), place.clone())),
        };
        let mut fields = vec![field("base", base)];
        fields.extend(format.map(|format| field("format", format)));
        Datatype::read(&Node::Map(fields, place.clone()))
    }

    #[test]
    fn texts_become_values_by_their_formats() {
        for (base, format, text, value) in [
            ("date", None, "2025-04-10", Some("2025-04-10")),
            ("date", None, "2025-02-30", None),
            ("date", None, "10/04/2025", None),
            ("date", Some("dd/MM/yyyy"), "10/04/2025", Some("2025-04-10")),
            ("date", Some("M/d/yyyy"), "4/10/2025", Some("2025-04-10")),
            ("date", Some("dd/MM/yyyy"), "31/02/2025", None),
            ("dateTime", Some("d.M.yyyy HH:mm"), "1.4.2025 9:05", Some("2025-04-01T09:05:00")),
            ("dateTime", None, "2025-04-01T25:00:00Z", None),
            ("time", None, "09:05:00Z", Some("09:05:00Z")),
            ("integer", None, "12", Some("12")),
            ("integer", None, "1.5", None),
            ("positiveInteger", None, "0", None),
            ("nonNegativeInteger", None, "-1", None),
            ("decimal", None, "1e5", None),
            ("double", None, "1e5", Some("1e5")),
            ("decimal", Some("#,##0.00"), "1,250.50", Some("1250.50")),
            ("decimal", Some("0.00"), "1,250.50", None),
            ("date", None, "2025-04-10Z", Some("2025-04-10Z")),
            ("date", None, "2025-04-10xyz", None),
            ("gYear", None, "２０２５", None),
            ("time", None, "09:05", None),
            ("boolean", Some("Y|N"), "N", Some("false")),
            ("boolean", Some("Y|N"), "no", None),
            ("string", Some("[A-Z]+"), "abc", None),
            ("gYear", None, "2025", Some("2025")),
            ("gYear", None, "25", None),
        ] {
            let datatype = datatype(base, format).expect(base);
            assert_eq!(datatype.value(text).ok().as_deref(), value, "{base} {format:?} {text}");
        }
        assert!(datatype("integr", None).expect_err("none").contains("did you mean `integer`"));
        assert!(datatype("date", Some("dd/Q/yyyy")).is_err());
        // Of which century it is, nobody says.
        assert!(datatype("date", Some("dd.MM.yy")).is_err());
        assert!(datatype("decimal", Some("0.00 EUR")).is_err());
    }
}
