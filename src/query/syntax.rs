//! Parsing within bounds: where a query is not SPARQL, the line, the column and what was meant; and what is nested or
//! chained so deeply that no person wrote it is refused before the parser's recursion meets it.

use std::sync::Arc;

use spargebra::{Query, SparqlParser};
use thiserror::Error;

use crate::finding::Finding;
use crate::iri::Prefixes;
use crate::location::Location;
use crate::nearest::nearest;

mod grouping;
mod reread;
mod star;
pub mod token;

use token::{Kind, Token};

/// The longest query text that is parsed, in bytes.
pub const TEXT_LIMIT: usize = 4 << 20;
/// The deepest nesting of brackets.
const DEPTH_LIMIT: usize = 200;
/// The most brackets and operators outside of VALUES data: each may be one level of the algebra's tree.
const LINK_LIMIT: usize = 5_000;
/// The stack that parsing, planning and dropping a query within these bounds may need. Only what is touched is committed.
const STACK: usize = 256 << 20;

/// A query that is not SPARQL.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// What is wrong.
    pub message: String,
    /// The line, from 1, in the text as it was given.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl SyntaxError {
    /// As a finding in a file.
    pub fn finding(&self, file: &Arc<str>) -> Finding {
        Finding::error(
            "unreadable-file",
            format!("this is not SPARQL 1.1: {}", self.message),
            Location::new(file, self.line, self.column, 1),
        )
    }

    fn at(text: &str, offset: usize, message: impl Into<String>) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Self { message: message.into(), line, column }
    }
}

/// Runs what parses or evaluates a query where the deepest query within the bounds cannot overflow the stack.
///
/// # Errors
/// The system gives no thread.
pub fn on_a_deep_stack<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> std::io::Result<std::thread::JoinHandle<T>> {
    std::thread::Builder::new().name(name.to_owned()).stack_size(STACK).spawn(work)
}

/// Parses a query; prefixes that it uses and does not declare are those of the project.
///
/// The parser and the algebra are recursive: a text near the bounds needs [`on_a_deep_stack`].
///
/// # Errors
/// It is not a SPARQL 1.1 query, or larger or deeper than the bounds.
pub fn parse(text: &str, prefixes: &Prefixes) -> Result<Query, SyntaxError> {
    if text.len() > TEXT_LIMIT {
        return Err(SyntaxError::at(text, 0, format!("the query is longer than {} MiB", TEXT_LIMIT >> 20)));
    }
    if let Some(offset) = text.find('\0') {
        return Err(SyntaxError::at(text, offset, "a NUL character cannot stand in a query"));
    }
    let tokens = token::read(text);
    within_bounds(text, &tokens)?;
    let mut parser = SparqlParser::new();
    for (prefix, namespace) in prefixes.iter() {
        parser = parser.with_prefix(prefix, namespace).map_err(|error| SyntaxError {
            message: format!("the prefix `{prefix}` of the project is not an IRI: {error}"),
            line: 1,
            column: 1,
        })?;
    }
    let reread = reread::reread(text, &tokens);
    let mut query = parser.parse_query(&reread.text).map_err(|error| {
        let whole = error.to_string();
        let (line, column) = position(&whole);
        diagnosis(text, &tokens, prefixes, &whole, (line, reread.column(line, column)))
    })?;
    star::order(text, &tokens, &mut query);
    Ok(query)
}

/// Where the first statement of a text ends: at a `;` outside of brackets, strings and comments, which no query has.
pub fn statement_end(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for token in token::read(text) {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            Kind::Stop if depth == 0 && token.text(text) == ";" => return Some(token.start),
            _ => {}
        }
    }
    None
}

/// Whether a bracket or a string of a text is still open.
pub fn is_open(text: &str) -> bool {
    let mut depth = 0_i64;
    for token in token::read(text) {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth -= 1,
            Kind::Unclosed => return true,
            _ => {}
        }
    }
    depth > 0
}

fn within_bounds(text: &str, tokens: &[Token]) -> Result<(), SyntaxError> {
    let (mut depth, mut links) = (0_usize, 0_usize);
    // The depth at which the data of a VALUES clause stands: its rows are flat, however many.
    let mut data: Option<usize> = None;
    let mut values = false;
    for token in tokens {
        match token.kind {
            Kind::Word if token.text(text).eq_ignore_ascii_case("values") => values = true,
            Kind::Open => {
                depth += 1;
                if values && token.text(text) == "{" {
                    (values, data) = (false, Some(depth));
                }
                links += usize::from(data.is_none());
            }
            Kind::Close => {
                if data == Some(depth) {
                    data = None;
                }
                depth = depth.saturating_sub(1);
            }
            Kind::Operator if data.is_none() => links += 1,
            _ => {}
        }
        if depth > DEPTH_LIMIT {
            return Err(SyntaxError::at(text, token.start, format!("brackets are nested more than {DEPTH_LIMIT} deep")));
        }
        if links > LINK_LIMIT {
            return Err(SyntaxError::at(text, token.start, format!("more than {LINK_LIMIT} brackets and operators in one query")));
        }
    }
    Ok(())
}

/// What is wrong with a text that the parser refused. Its own words name tokens it tried, which says little: where the
/// usual mistakes are found, they are named.
fn diagnosis(text: &str, tokens: &[Token], prefixes: &Prefixes, whole: &str, (line, column): (usize, usize)) -> SyntaxError {
    let own = SyntaxError { message: shorten(whole, text, line, column), line, column };
    let Some(first) = tokens.iter().position(|token| token.kind != Kind::Comment) else {
        return SyntaxError { message: "the query is empty".to_owned(), line: 1, column: 1 };
    };
    if let Some(error) = form(text, &tokens[first..]) {
        return error;
    }
    if let Some(token) = tokens.iter().find(|token| token.kind == Kind::Unclosed) {
        return SyntaxError::at(text, token.start, "the text that begins here has no closing quote");
    }
    if let Some(error) = unknown_prefix(text, tokens, prefixes) {
        return error;
    }
    if let Some(error) = brackets(text, tokens) {
        return error;
    }
    if let Some(error) = odd_iri(text, tokens) {
        return error;
    }
    if let Some(error) = odd_word(text, tokens) {
        return error;
    }
    // A place in the middle of the text tells more than what follows from the whole.
    if own.message == WHOLE
        && let Some(error) = grouping::fault(text, tokens)
    {
        return error;
    }
    own
}

/// Whether the text is a query at all: its first word after the prologue.
fn form(text: &str, tokens: &[Token]) -> Option<SyntaxError> {
    let mut words = tokens.iter().filter(|token| token.kind != Kind::Comment).peekable();
    while let Some(token) = words.peek() {
        let skipped = match token.text(text).to_uppercase().as_str() {
            "PREFIX" => 3,
            "BASE" => 2,
            _ => break,
        };
        for _ in 0..skipped {
            words.next();
        }
    }
    let token = words.next()?;
    let word = token.text(text).to_uppercase();
    match word.as_str() {
        "SELECT" | "ASK" | "CONSTRUCT" | "DESCRIBE" => None,
        "INSERT" | "DELETE" | "LOAD" | "CLEAR" | "DROP" | "CREATE" | "ADD" | "MOVE" | "COPY" | "WITH" => {
            Some(SyntaxError::at(text, token.start, "this is an update; reading commands take SELECT, ASK, CONSTRUCT and DESCRIBE"))
        }
        _ => {
            let found: String = token.text(text).chars().take(30).collect();
            let near = nearest(&word, ["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"].map(str::to_owned));
            let hint = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
            Some(SyntaxError::at(text, token.start, format!("expected SELECT, ASK, CONSTRUCT or DESCRIBE, found `{found}`{hint}")))
        }
    }
}

fn unknown_prefix(text: &str, tokens: &[Token], prefixes: &Prefixes) -> Option<SyntaxError> {
    let mut declared: Vec<&str> = prefixes.iter().map(|(prefix, _)| prefix).collect();
    for pair in tokens.windows(2) {
        if pair[0].kind == Kind::Word && pair[0].text(text).eq_ignore_ascii_case("prefix") {
            declared.extend(pair[1].text(text).strip_suffix(':'));
        }
    }
    for token in tokens.iter().filter(|token| token.kind == Kind::Name) {
        let (prefix, _) = token.text(text).split_once(':')?;
        if !declared.contains(&prefix) {
            let hint = nearest(prefix, declared.iter().map(|&prefix| prefix.to_owned()))
                .map_or_else(String::new, |near| format!("; did you mean `{near}:`?"));
            return Some(SyntaxError::at(text, token.start, format!("no prefix `{prefix}:`{hint}")));
        }
    }
    None
}

fn brackets(text: &str, tokens: &[Token]) -> Option<SyntaxError> {
    let mut open: Vec<&Token> = Vec::new();
    for token in tokens {
        match token.kind {
            Kind::Open => open.push(token),
            Kind::Close => {
                let fitting = match token.text(text) {
                    "}" => "{",
                    ")" => "(",
                    _ => "[",
                };
                match open.pop() {
                    None => return Some(SyntaxError::at(text, token.start, format!("`{}` closes nothing", token.text(text)))),
                    Some(opened) if opened.text(text) != fitting => {
                        let at = SyntaxError::at(text, opened.start, "");
                        return Some(SyntaxError::at(
                            text,
                            token.start,
                            format!(
                                "`{}` stands where the `{}` of line {}, column {} is still open",
                                token.text(text),
                                opened.text(text),
                                at.line,
                                at.column
                            ),
                        ));
                    }
                    Some(_) => {}
                }
            }
            _ => {}
        }
    }
    open.last().map(|opened| SyntaxError::at(text, opened.start, format!("the `{}` that begins here is not closed", opened.text(text))))
}

fn odd_iri(text: &str, tokens: &[Token]) -> Option<SyntaxError> {
    let based = tokens.iter().any(|token| token.kind == Kind::Word && token.text(text).eq_ignore_ascii_case("base"));
    tokens.iter().filter(|token| token.kind == Kind::Iri).find_map(|token| {
        let iri = token.text(text).trim_matches(['<', '>']);
        match oxigraph::model::NamedNode::new(iri) {
            Ok(_) => None,
            Err(_) if based => None,
            Err(error) => {
                Some(SyntaxError::at(text, token.start, format!("`<{iri}>` is not an absolute IRI: {}", error.to_string().to_lowercase())))
            }
        }
    })
}

/// A bare word that SPARQL does not have.
fn odd_word(text: &str, tokens: &[Token]) -> Option<SyntaxError> {
    tokens.iter().filter(|token| token.kind == Kind::Word).find_map(|token| {
        let word = token.text(text);
        let upper = word.to_uppercase();
        if token::WORDS.contains(&upper.as_str()) {
            return None;
        }
        let near = nearest(&upper, token::WORDS.iter().map(|&word| word.to_owned()))
            .map_or_else(String::new, |near| format!("; did you mean {near}?"));
        let word: String = word.chars().take(30).collect();
        Some(SyntaxError::at(text, token.start, format!("SPARQL has no word `{word}`{near}")))
    })
}

const WHOLE: &str =
    "the query is not allowed as a whole: often a variable beside an aggregate that is not in GROUP BY, or one that is bound twice";

/// The parser's words without the position, which is shown apart, and without the list of all that might have stood
/// there, which says nothing.
fn shorten(message: &str, text: &str, line: usize, column: usize) -> String {
    let tail = message.split_once(": ").map_or(message, |(_, tail)| tail).trim();
    if !tail.starts_with("expected") {
        return tail.to_owned();
    }
    let rest: String = text.lines().nth(line.saturating_sub(1)).unwrap_or("").chars().skip(column.saturating_sub(1)).collect();
    match rest.split_whitespace().next() {
        Some(word) => format!("`{}` cannot stand here", word.chars().take(30).collect::<String>()),
        None => WHOLE.to_owned(),
    }
}

/// `error at 4:7: …` or `error at line 4 between columns 7 and 13: …`.
fn position(message: &str) -> (usize, usize) {
    let numbers: Vec<usize> =
        message.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).take(2).filter_map(|part| part.parse().ok()).collect();
    match numbers[..] {
        [line, column] if message.starts_with("error at") || message.contains(" at line ") => (line, column),
        _ => (1, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        let mut prefixes = Prefixes::default();
        prefixes.insert("cg", "https://example.org/ns#");
        prefixes.insert("skos", "https://example.org/skos#");
        match parse(text, &prefixes) {
            Ok(_) => "none".to_owned(),
            Err(error) => format!("{}:{} {}", error.line, error.column, error.message),
        }
    }

    #[test]
    fn the_usual_mistakes_are_named_at_their_place() {
        for (text, expected) in [
            ("SELECT * { ?s cg:x ?o }", "none"),
            ("", "1:1 the query is empty"),
            ("# only a comment", "1:1 the query is empty"),
            ("SELEC * {}", "1:1 expected SELECT, ASK, CONSTRUCT or DESCRIBE, found `SELEC`; did you mean SELECT?"),
            (
                "PREFIX a: <b:>\nDELETE WHERE { ?s ?p ?o }",
                "2:1 this is an update; reading commands take SELECT, ASK, CONSTRUCT and DESCRIBE",
            ),
            ("SELECT *\n{ ?s skoss:x ?o }", "2:6 no prefix `skoss:`; did you mean `skos:`?"),
            ("SELECT * { ?s ?p ?o", "1:10 the `{` that begins here is not closed"),
            ("SELECT * { ?s ?p (1 }", "1:21 `}` stands where the `(` of line 1, column 18 is still open"),
            ("SELECT * { ?s ?p ?o } }", "1:23 `}` closes nothing"),
            ("SELECT * { ?s ?p \"x }", "1:18 the text that begins here has no closing quote"),
            ("SELECT * { <rel> ?p ?o }", "1:12 `<rel>` is not an absolute IRI: no scheme found in an absolute iri"),
            ("SELECT * { ?s ?p ?o FILTR(?o > 1) }", "1:21 SPARQL has no word `FILTR`; did you mean FILTER?"),
            ("SELECT * { ?s ?p ?o } LIMIT ?x", "1:29 `?x` cannot stand here"),
            (
                "SELECT (YEAR(?d) AS ?y) (COUNT(?e) AS ?n) { ?e cg:start ?d } GROUP BY ?y",
                "1:14 `?d` is neither grouped nor in COUNT, MIN or the like: GROUP BY (YEAR(?d) AS ?y) groups by it, and ?y alone stands behind SELECT",
            ),
            (
                "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o }",
                "1:8 `?s` is neither grouped nor in COUNT, MIN or the like: GROUP BY takes it, or (SAMPLE(?s) AS …) one of its values",
            ),
            (
                "SELECT * { { SELECT ?p ?s (COUNT(?o) AS ?n) { ?s ?p ?o } GROUP BY ?s } }",
                "1:21 `?p` is neither grouped nor in COUNT, MIN or the like: GROUP BY takes it, or (SAMPLE(?p) AS …) one of its values",
            ),
            ("SELECT (STR(?o) AS ?s) { ?s ?p ?o }", "1:20 `?s` has a value already: behind AS stands a name that is used nowhere else"),
            (
                "SELECT * { ?s ?p ?o BIND(1 AS ?o) }",
                "1:31 `?o` has a value already: BIND gives one to a name that stands nowhere before it",
            ),
            ("SELECT (YEAR(?d) AS ?y) (COUNT(?e) AS ?n) { ?e cg:start ?d } GROUP BY ?d", "none"),
            ("ASK {\0}", "1:6 a NUL character cannot stand in a query"),
        ] {
            assert_eq!(fault(text), expected, "for {text:?}");
        }
    }

    #[test]
    fn what_no_person_wrote_is_refused_before_it_is_parsed() {
        let deep = format!("ASK {{ FILTER({}1{}) }}", "(".repeat(5_000), ")".repeat(5_000));
        assert!(fault(&deep).ends_with("brackets are nested more than 200 deep"), "{}", fault(&deep));
        let chain = format!("ASK {{ ?s {}cg:x ?o }}", "cg:x/".repeat(100_000));
        assert!(fault(&chain).ends_with("more than 5000 brackets and operators in one query"), "{}", fault(&chain));
        assert!(fault(&format!("ASK {{}} # {}", "x".repeat(5 << 20))).contains("longer than 4 MiB"));
    }

    #[test]
    fn a_statement_ends_outside_of_brackets_and_strings() {
        assert_eq!(statement_end("SELECT * { ?s a ?c ; ?p \";\" } # ;\n; ASK {}"), Some(34));
        assert_eq!(statement_end("SELECT * { ?s a ?c ;"), None);
        assert!(is_open("SELECT * { ?s ") && is_open("ASK { ?s ?p \"\"\"a") && !is_open("ASK {}"));
    }

    #[test]
    fn many_values_are_not_deep() {
        let rows: String = (0..20_000).map(|n| format!("({n} \"-/({n}\") ")).collect();
        assert_eq!(fault(&format!("SELECT * {{ VALUES (?x ?y) {{ {rows} }} }}")), "none");
    }
}
