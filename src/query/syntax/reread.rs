//! What SPARQL allows and the parser does not read, written so that it does: names with several dots, `TRUE` in capitals.
//! And names with a bare slash, `cite:report/3.1`, as tables show them: behind a name a slash and a word without a colon
//! cannot stand in any query, so nothing else can be meant.

use std::borrow::Cow;

use super::token::{Kind, Token};

/// A text as the parser reads it, with the places where characters were put in.
pub struct Reread<'a> {
    /// The text.
    pub text: Cow<'a, str>,
    /// Where a backslash was put in: line and column in the new text, from 1, in order.
    added: Vec<(usize, usize)>,
}

/// Rewrites a text where that is needed.
pub fn reread<'a>(text: &'a str, tokens: &[Token]) -> Reread<'a> {
    let mut written: Option<String> = None;
    let mut from = 0;
    let mut added = Vec::new();
    for token in tokens {
        let own = token.text(text);
        let new = match token.kind {
            Kind::Name => escaped(own),
            Kind::Word if own.eq_ignore_ascii_case("true") || own.eq_ignore_ascii_case("false") => Some(own.to_ascii_lowercase()),
            _ => None,
        };
        if let Some(new) = new.filter(|new| new != own) {
            let written = written.get_or_insert_with(String::new);
            written.push_str(&text[from..token.start]);
            let line = written.matches('\n').count() + 1;
            let mut column = written.rsplit('\n').next().unwrap_or("").chars().count();
            let mut old = own.chars().peekable();
            for character in new.chars() {
                column += 1;
                // What is not the old text's next character was put in; case aside.
                match old.peek() {
                    Some(next) if next.eq_ignore_ascii_case(&character) => {
                        old.next();
                    }
                    _ => added.push((line, column)),
                }
            }
            written.push_str(&new);
            from = token.end;
        }
    }
    match written {
        None => Reread { text: Cow::Borrowed(text), added },
        Some(mut written) => {
            written.push_str(&text[from..]);
            Reread { text: Cow::Owned(written), added }
        }
    }
}

impl Reread<'_> {
    /// Where a column of a line was before.
    pub fn column(&self, line: usize, column: usize) -> usize {
        column - self.added.iter().filter(|(at, before)| *at == line && *before < column).count()
    }
}

/// A prefixed name with its dots and slashes escaped; `None` if the parser reads it as it is.
fn escaped(name: &str) -> Option<String> {
    let (prefix, local) = name.split_once(':')?;
    if prefix == "_" || !(local.contains('/') || local.matches('.').count() > 1) {
        return None;
    }
    let mut new = format!("{prefix}:");
    let mut characters = local.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                new.push(character);
                new.extend(characters.next());
            }
            '.' | '/' => new.extend(['\\', character]),
            _ => new.push(character),
        }
    }
    Some(new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::syntax::token;

    #[test]
    fn names_are_written_so_that_the_parser_reads_them_whole() {
        for (text, expected) in [
            ("ASK { cite:r\\/3.1.2 ?p ?o }", "ASK { cite:r\\/3\\.1\\.2 ?p ?o }"),
            ("ASK { ?s ?p id:m\\/a.b.c. ?s ?q id:x.y.z.}", "ASK { ?s ?p id:m\\/a\\.b\\.c. ?s ?q id:x\\.y\\.z.}"),
            ("ASK { ?s ?p id:a..b,id:a.-b;?q id:a\\.b.c\\. }", "ASK { ?s ?p id:a\\.\\.b,id:a.-b;?q id:a\\.b\\.c\\. }"),
            ("ASK { ?s ^id:a.b.c/id:d.e.f|id:g ?o }", "ASK { ?s ^id:a\\.b\\.c/id:d\\.e\\.f|id:g ?o }"),
            ("ASK { cite:r/3.1/p4 ?p role:x/host }", "ASK { cite:r\\/3\\.1\\/p4 ?p role:x\\/host }"),
            ("ASK { ?s cg:a/a ?o ; cg:a/cg:b ?o }", "ASK { ?s cg:a/a ?o ; cg:a/cg:b ?o }"),
            ("ASK { ?s ?p \"id:a.b.c\", 'TRUE', <id:a.b.c> } # id:a.b.c", "ASK { ?s ?p \"id:a.b.c\", 'TRUE', <id:a.b.c> } # id:a.b.c"),
            ("SELECT (TRUE AS ?t) (False AS ?f) {}", "SELECT (true AS ?t) (false AS ?f) {}"),
            ("PREFIX a.b.c: <x:y> ASK { a.b.c:d.e a _:f.g.h }", "PREFIX a.b.c: <x:y> ASK { a.b.c:d.e a _:f.g.h }"),
        ] {
            assert_eq!(reread(text, &token::read(text)).text, expected, "{text}");
        }
    }

    #[test]
    fn a_place_behind_what_was_put_in_is_where_it_was() {
        let text = "ASK {\n  id:a.b.c ?p ?o ?q }";
        let reread = reread(text, &token::read(text));
        assert_eq!(reread.text.lines().nth(1), Some("  id:a\\.b\\.c ?p ?o ?q }"));
        assert_eq!((reread.column(2, 20), reread.column(2, 3), reread.column(1, 5)), (18, 3, 5));
    }
}
