//! The text of a query before it is parsed: is it of a sane size, where does `$PATH` stand, how is an error told.

use crate::path::Path;

/// Bounds on what a query may look like, so that a hostile one cannot exhaust the stack of the parser.
const MAX_NESTING: usize = 60;
const MAX_OPERATORS: usize = 1_000;

/// A syntax error without the long list of everything that could have stood there.
pub(super) fn readable(error: &str, text: &str) -> String {
    let place = error.strip_prefix("error at ").and_then(|rest| rest.split_once(": expected"));
    let numbers = place.and_then(|(place, _)| place.split_once(':'));
    let Some((line, column)) = numbers.and_then(|(line, column)| Some((line.parse().ok()?, column.parse().ok()?))) else {
        return error.to_owned();
    };
    let from = |line: &str, column: usize| line.chars().skip(column - 1).take(30).collect::<String>().trim().to_owned();
    match text.lines().nth(usize::saturating_sub(line, 1)).map(|line| from(line, usize::max(column, 1))) {
        Some(found) if !found.is_empty() => {
            format!("syntax error at line {line}, column {column} of the query, at `{found}`")
        }
        _ => format!("syntax error at line {line}, column {column} of the query"),
    }
}

/// Puts the path in the place of `$PATH` (section 5.2.2), outside strings, comments and IRIs.
pub(super) fn place_path(text: &str, path: Option<&Path>) -> Result<String, String> {
    let mut placed = String::with_capacity(text.len());
    for (is_code, piece) in pieces(text) {
        if !is_code {
            placed.push_str(piece);
            continue;
        }
        let mut rest = piece;
        while let Some(at) = rest.find(['$', '?']) {
            let name = rest[at + 1..].split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
            let end = at + 1 + name.len();
            if name == "PATH" {
                let path = path.ok_or("`$PATH` stands for the path of a property shape, found a node shape")?;
                placed.push_str(&rest[..at]);
                placed.push_str(&format!("({path})"));
            } else {
                placed.push_str(&rest[..end]);
            }
            rest = &rest[end..];
        }
        placed.push_str(rest);
    }
    Ok(placed)
}

pub(super) fn check_size(text: &str) -> Result<(), String> {
    let (mut depth, mut operators) = (0_usize, 0_usize);
    for (is_code, piece) in pieces(text) {
        for character in piece.chars().filter(|_| is_code) {
            match character {
                '(' | '{' | '[' => {
                    depth += 1;
                    operators += 1;
                }
                ')' | '}' | ']' => depth = depth.saturating_sub(1),
                '!' | '-' | '+' | '*' | '/' | '|' | '&' | '^' | '=' | '<' | '>' => operators += 1,
                _ => {}
            }
            if depth > MAX_NESTING || operators > MAX_OPERATORS {
                return Err(format!(
                    "expected at most {MAX_OPERATORS} operators and brackets, nested at most {MAX_NESTING} deep, found more"
                ));
            }
        }
    }
    Ok(())
}

/// A query cut into code (`true`) and into strings, comments and IRIs (`false`).
fn pieces(text: &str) -> Vec<(bool, &str)> {
    let mut pieces = Vec::new();
    let mut code_start = 0;
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        let length = match character {
            '"' | '\'' => string_length(&text[at..], character),
            '#' => text[at..].find('\n').unwrap_or(text.len() - at),
            '<' => iri_length(&text[at..]),
            _ => 0,
        };
        if length == 0 {
            at += character.len_utf8();
            continue;
        }
        pieces.push((true, &text[code_start..at]));
        pieces.push((false, &text[at..at + length]));
        at += length;
        code_start = at;
    }
    pieces.push((true, &text[code_start..]));
    pieces
}

fn string_length(text: &str, quote: char) -> usize {
    let long = quote.to_string().repeat(3);
    let end: &str = if text.starts_with(&long) { &long } else { &long[..1] };
    let mut at = end.len();
    while let Some(character) = text[at..].chars().next() {
        if character == '\\' {
            at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8);
        } else if text[at..].starts_with(end) {
            return at + end.len();
        } else {
            at += character.len_utf8();
        }
    }
    text.len()
}

/// The length of an IRI in angle brackets; 0 for a less-than sign.
fn iri_length(text: &str) -> usize {
    let inside = |c: char| !matches!(c, '<' | '>' | '"' | '{' | '}' | '|' | '^' | '`' | '\\') && c > ' ';
    let end = 1 + text[1..].find(|c| !inside(c)).unwrap_or(text.len() - 1);
    if text[end..].starts_with('>') { end + 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sparql::{Kind, Prepared};
    use oxigraph::model::NamedNode;

    #[test]
    fn the_path_takes_its_place_outside_strings_comments_and_iris_only() {
        let path = Path::Predicate(NamedNode::new_unchecked("http://example.org/p"));
        let placed = place_path(
            "SELECT $this { $this $PATH ?PATHS . # $PATH\n FILTER(?a < 1 && ?b > \"\\\"$PATH\") <http://x/$PATH> ?PATH",
            Some(&path),
        );
        assert_eq!(
            placed.unwrap(),
            "SELECT $this { $this (<http://example.org/p>) ?PATHS . # $PATH\n FILTER(?a < 1 && ?b > \"\\\"$PATH\") \
             <http://x/$PATH> (<http://example.org/p>)"
        );
        assert!(place_path("$this $PATH ?value", None).is_err());
        assert_eq!(place_path("'unfinished \\", None).unwrap(), "'unfinished \\");
    }

    #[test]
    fn a_query_that_would_exhaust_the_stack_is_refused() {
        for text in [format!("SELECT $this {{ FILTER({}1) }}", "!".repeat(5_000)), "{".repeat(5_000)] {
            assert!(Prepared::new(&text, Kind::Select, &[], None, &[]).unwrap_err().contains("found more"));
        }
    }
}
