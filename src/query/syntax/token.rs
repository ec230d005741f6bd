//! The tokens of a query text, as far as bounds, diagnoses and the shell need them. Reads any text whatever, in one pass.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `#` to the end of the line.
    Comment,
    /// A closed string.
    Text,
    /// A string without its end.
    Unclosed,
    /// `<…>`.
    Iri,
    /// `?x` or `$x`.
    Variable,
    /// `cg:Network`, `_:b`.
    Name,
    /// A bare word: a keyword or a function.
    Word,
    /// A number, a language tag.
    Other,
    /// `(`, `[` or `{`.
    Open,
    /// `)`, `]` or `}`.
    Close,
    /// What joins or changes expressions, patterns and paths.
    Operator,
    /// `.`, `;`, `,`.
    Stop,
}

/// A token by its place in the text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Its first byte.
    pub start: usize,
    /// The byte behind it.
    pub end: usize,
}

impl Token {
    /// The token itself.
    pub fn text<'a>(&self, whole: &'a str) -> &'a str {
        &whole[self.start..self.end]
    }
}

/// The words of SPARQL 1.1 (§19.8) beside those of a query's prologue and form.
pub const WORDS: &[&str] = &[
    "A",
    "ABS",
    "ALL",
    "AS",
    "ASC",
    "ASK",
    "AVG",
    "BASE",
    "BIND",
    "BNODE",
    "BOUND",
    "BY",
    "CEIL",
    "COALESCE",
    "CONCAT",
    "CONSTRUCT",
    "CONTAINS",
    "COUNT",
    "DATATYPE",
    "DAY",
    "DEFAULT",
    "DESC",
    "DESCRIBE",
    "DISTINCT",
    "ENCODE_FOR_URI",
    "EXISTS",
    "FALSE",
    "FILTER",
    "FLOOR",
    "FROM",
    "GRAPH",
    "GROUP",
    "GROUP_CONCAT",
    "HAVING",
    "HOURS",
    "IF",
    "IN",
    "IRI",
    "ISBLANK",
    "ISIRI",
    "ISLITERAL",
    "ISNUMERIC",
    "ISURI",
    "LANG",
    "LANGMATCHES",
    "LCASE",
    "LIMIT",
    "MAX",
    "MD5",
    "MIN",
    "MINUS",
    "MINUTES",
    "MONTH",
    "NAMED",
    "NOT",
    "NOW",
    "OFFSET",
    "OPTIONAL",
    "ORDER",
    "PREFIX",
    "RAND",
    "REDUCED",
    "REGEX",
    "REPLACE",
    "ROUND",
    "SAMETERM",
    "SAMPLE",
    "SECONDS",
    "SELECT",
    "SEPARATOR",
    "SERVICE",
    "SHA1",
    "SHA256",
    "SHA384",
    "SHA512",
    "SILENT",
    "STR",
    "STRAFTER",
    "STRBEFORE",
    "STRDT",
    "STRENDS",
    "STRLANG",
    "STRLEN",
    "STRSTARTS",
    "STRUUID",
    "SUBSTR",
    "SUM",
    "TIMEZONE",
    "TRUE",
    "TZ",
    "UCASE",
    "UNDEF",
    "UNION",
    "URI",
    "UUID",
    "VALUES",
    "WHERE",
    "YEAR",
];

/// All tokens of a text.
pub fn read(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let kind = match bytes[at] {
            b if b.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'#' => {
                at = bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |length| at + length);
                Kind::Comment
            }
            quote @ (b'"' | b'\'') => {
                let (end, closed) = string(bytes, at, quote);
                at = end;
                if closed { Kind::Text } else { Kind::Unclosed }
            }
            b'<' => match iri(bytes, at) {
                Some(end) => {
                    at = end;
                    Kind::Iri
                }
                None => {
                    at += 1 + usize::from(bytes.get(at + 1) == Some(&b'='));
                    Kind::Operator
                }
            },
            b'?' | b'$' if bytes.get(at + 1).is_some_and(|b| is_letter(*b) || b.is_ascii_digit()) => {
                at = word(bytes, at + 1, false);
                Kind::Variable
            }
            b'@' | b'0'..=b'9' => {
                at = word(bytes, at + 1, true);
                Kind::Other
            }
            b'(' | b'[' | b'{' => {
                at += 1;
                Kind::Open
            }
            b')' | b']' | b'}' => {
                at += 1;
                Kind::Close
            }
            b'.' | b';' | b',' => {
                at += 1;
                Kind::Stop
            }
            b if is_letter(b) || b == b':' => {
                at = name(bytes, at);
                if text[start..at].contains(':') {
                    while let Some(end) = bare_segment(bytes, at).filter(|_| !text[start..].starts_with("_:")) {
                        at = end;
                    }
                    Kind::Name
                } else {
                    Kind::Word
                }
            }
            _ => {
                at += 1;
                Kind::Operator
            }
        };
        tokens.push(Token { kind, start, end: at });
    }
    tokens
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

/// The end of a word: letters, digits, underscores, and within tags and numbers hyphens and dots.
fn word(bytes: &[u8], mut at: usize, wide: bool) -> usize {
    while at < bytes.len() && (is_letter(bytes[at]) || bytes[at].is_ascii_digit() || (wide && bytes[at] == b'-')) {
        at += 1;
    }
    at
}

/// The end of a keyword or prefixed name. Dots stand in a name where something of it follows, not at its ends.
fn name(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    let mut colon = None;
    while at < bytes.len() {
        match bytes[at] {
            b':' => colon = colon.or(Some(at)),
            b'.' if colon != at.checked_sub(1) || colon.is_none() => {
                let dots = bytes[at..].iter().take_while(|b| **b == b'.').count();
                let goes_on = bytes.get(at + dots).is_some_and(|b| {
                    is_letter(*b) || b.is_ascii_digit() || *b == b'-' || (colon.is_some() && matches!(b, b':' | b'%' | b'\\'))
                });
                if !goes_on {
                    break;
                }
                at += dots - 1;
            }
            b'%' if colon.is_some() => {}
            b'\\' if colon.is_some() && at + 1 < bytes.len() && bytes[at + 1].is_ascii() => at += 1,
            b'-' if at > start => {}
            b if is_letter(b) || b.is_ascii_digit() => {}
            _ => break,
        }
        at += 1;
    }
    at
}

/// The end of a slash and a word behind a name, where the word cannot be a step of a path or an operand: `/3.1`, `/host`.
fn bare_segment(bytes: &[u8], slash: usize) -> Option<usize> {
    if bytes.get(slash) != Some(&b'/') {
        return None;
    }
    let start = slash + 1;
    let first = bytes.get(start)?;
    if !is_letter(*first) && !first.is_ascii_digit() {
        return None;
    }
    let end = name(bytes, start);
    let word = &bytes[start..end];
    let other = word == b"a" || word.contains(&b':') || matches!(bytes.get(end), Some(b'(' | b':'));
    (!other).then_some(end)
}

fn iri(bytes: &[u8], start: usize) -> Option<usize> {
    for (length, byte) in bytes[start + 1..].iter().enumerate() {
        match byte {
            b'>' => return Some(start + length + 2),
            b'<' | b'"' | b'{' | b'}' | b'|' | b'^' | b'`' | 0..=b' ' => return None,
            _ => {}
        }
    }
    None
}

/// The end of a string, and whether it has one.
fn string(bytes: &[u8], start: usize, quote: u8) -> (usize, bool) {
    let long = bytes[start..].starts_with(&[quote, quote, quote]);
    let mut at = start + if long { 3 } else { 1 };
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'\n' if !long => return (at, false),
            b if b == quote && !long => return (at + 1, true),
            b if b == quote && bytes[at..].starts_with(&[quote, quote, quote]) => return (at + 3, true),
            _ => {}
        }
        at += 1;
    }
    (bytes.len(), false)
}
