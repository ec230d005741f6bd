//! What a line of the shell is: a command, a question with its parameters, or SPARQL.

use super::super::Failure;

/// A line, by its first word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    /// Nothing, or comments alone.
    Empty,
    /// `\name rest`.
    Command(&'a str, &'a str),
    /// `name rest`.
    Question(&'a str, &'a str),
    /// SPARQL, or the beginning of it.
    Sparql,
}

/// Words that begin a SPARQL text, updates too, so that they are refused as what they are.
const BEGINNINGS: [&str; 16] = [
    "SELECT",
    "ASK",
    "CONSTRUCT",
    "DESCRIBE",
    "PREFIX",
    "BASE",
    "INSERT",
    "DELETE",
    "LOAD",
    "CLEAR",
    "DROP",
    "CREATE",
    "ADD",
    "MOVE",
    "COPY",
    "WITH",
];

impl<'a> Line<'a> {
    /// Reads a line.
    pub fn read(text: &'a str) -> Self {
        let text = text.trim();
        let bare = text.trim_end_matches(';').trim_end();
        if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) || bare.is_empty() {
            return Self::Empty;
        }
        let (first, rest) = bare.split_once(char::is_whitespace).map_or((bare, ""), |(first, rest)| (first, rest.trim()));
        if let Some(name) = first.strip_prefix('\\') {
            return Self::Command(name, rest);
        }
        let word = first.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or("");
        if rest.is_empty() && ["quit", "exit", "help"].contains(&first.to_lowercase().as_str()) {
            return Self::Command(if first.eq_ignore_ascii_case("help") { "h" } else { "q" }, "");
        }
        if is_file(first) {
            return Self::Question(first, rest);
        }
        let name = !bare.contains('{') && first.chars().all(|c| c.is_alphanumeric() || "-_/".contains(c));
        if name && (first.contains(['-', '/']) || !BEGINNINGS.contains(&word.to_uppercase().as_str())) {
            Self::Question(first, rest)
        } else {
            Self::Sparql
        }
    }
}

/// Whether a word is a file with a query, by its ending.
pub fn is_file(word: &str) -> bool {
    let ends = |ending: &str| word.len() > ending.len() && word.to_lowercase().ends_with(ending);
    [".rq", ".sparql"].into_iter().any(ends) && !word.contains(['{', '<', '?'])
}

/// Words, parted by spaces outside of quotes.
pub fn words(text: &str) -> Result<Vec<String>, Failure> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for character in text.chars() {
        match (character, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(character);
                word.get_or_insert_with(String::new);
            }
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_with(String::new).push(c),
        }
    }
    if quote.is_some() {
        return Err(Failure::Usage("a quote is not closed".to_owned(), None));
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_says_what_a_line_is() {
        assert_eq!(Line::read("  "), Line::Empty);
        assert_eq!(Line::read("# nothing"), Line::Empty);
        assert_eq!(Line::read("\\d Network"), Line::Command("d", "Network"));
        assert_eq!(Line::read("members-and-roles network=a;"), Line::Question("members-and-roles", "network=a"));
        assert_eq!(Line::read("posts"), Line::Question("posts", ""));
        assert_eq!(Line::read("ask-something"), Line::Question("ask-something", ""));
        assert_eq!(Line::read("my/own.rq a=b"), Line::Question("my/own.rq", "a=b"));
        assert_eq!(
            [Line::read("quit;"), Line::read("Exit"), Line::read("help")],
            [Line::Command("q", ""), Line::Command("q", ""), Line::Command("h", "")]
        );
        for sparql in
            ["SELECT * {}", "select(1 as ?x){}", "ASK{}", "# why\nASK {}", "PREFIX a: <b:> ASK {}", "SELEC * {}", "DELETE WHERE {}"]
        {
            assert_eq!(Line::read(sparql), Line::Sparql, "{sparql}");
        }
    }

    #[test]
    fn words_may_be_quoted() {
        let read = words("text=\"Central & South\" --at 2025 'a b'").unwrap_or_else(|_| panic!("it is read"));
        assert_eq!(read, ["text=Central & South", "--at", "2025", "a b"]);
        assert!(words("a=\"b").is_err());
    }
}
