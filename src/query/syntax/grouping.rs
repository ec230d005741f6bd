//! What the parser refuses without saying where: a variable beside an aggregate that is not grouped, and a name that is
//! given twice (SPARQL 1.1 §18.2.4.1, §19.8 notes 12 and 13).

use std::collections::BTreeSet;

use super::SyntaxError;
use super::token::{Kind, Token};

const AGGREGATES: [&str; 7] = ["COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"];

/// The first such fault, at its place.
pub fn fault(text: &str, tokens: &[Token]) -> Option<SyntaxError> {
    let tokens: Vec<&Token> = tokens.iter().filter(|token| token.kind != Kind::Comment).collect();
    let select = |at: &usize| is_word(text, tokens[*at], &["SELECT"]);
    (0..tokens.len()).filter(select).find_map(|at| of_select(text, &tokens, at)).or_else(|| bound_twice(text, &tokens))
}

fn is_word(text: &str, token: &Token, words: &[&str]) -> bool {
    token.kind == Kind::Word && words.iter().any(|word| token.text(text).eq_ignore_ascii_case(word))
}

/// One thing that is selected: a variable, or an expression under a name.
struct Item {
    from: usize,
    to: usize,
    alias: Option<usize>,
}

fn of_select(text: &str, tokens: &[&Token], select: usize) -> Option<SyntaxError> {
    let is = |at: usize, words: &[&str]| tokens.get(at).is_some_and(|token| is_word(text, token, words));
    let open = (select..tokens.len()).find(|at| tokens[*at].kind == Kind::Open && tokens[*at].text(text) == "{")?;
    let close = closing(text, tokens, open)?;
    let items = items(text, tokens, select + 1, open);
    // GROUP BY and what it groups by, up to the next clause.
    let mut grouped = BTreeSet::new();
    let has_groups = is(close + 1, &["GROUP"]);
    let mut at = close + 3;
    while has_groups && at < tokens.len() && !is(at, &["HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"]) && tokens[at].text(text) != "}" {
        if tokens[at].kind == Kind::Variable {
            grouped.insert(name(text, tokens[at]));
            at += 1;
        } else if tokens[at].kind == Kind::Open {
            let end = closing(text, tokens, at)?;
            grouped.extend((at..end).filter(|inner| is(inner - 1, &["AS"])).map(|inner| name(text, tokens[inner])));
            at = end + 1;
        } else {
            at += 1;
        }
    }
    let aggregates = items.iter().any(|item| (item.from..item.to).any(|at| is(at, &AGGREGATES)));
    if has_groups || aggregates {
        let mut known = grouped;
        for item in &items {
            if let Some(loose) = loose(text, tokens, item, &known) {
                return Some(ungrouped(text, tokens, item, loose));
            }
            known.extend(item.alias.map(|alias| name(text, tokens[alias])));
        }
    }
    // A name that the pattern has given already.
    let within: BTreeSet<&str> = (open..close).filter(|at| tokens[*at].kind == Kind::Variable).map(|at| name(text, tokens[at])).collect();
    let mut given = BTreeSet::new();
    let twice = |alias: usize| {
        let name = tokens[alias].text(text);
        SyntaxError::at(
            text,
            tokens[alias].start,
            format!("`{name}` has a value already: behind AS stands a name that is used nowhere else"),
        )
    };
    items
        .iter()
        .filter_map(|item| item.alias)
        .find(|alias| within.contains(name(text, tokens[*alias])) || !given.insert(name(text, tokens[*alias])))
        .map(twice)
}

fn ungrouped(text: &str, tokens: &[&Token], item: &Item, loose: usize) -> SyntaxError {
    let variable = tokens[loose].text(text);
    let advice = match item.alias {
        Some(alias) => {
            let expression = text[tokens[item.from + 1].start..tokens[alias - 2].end].split_whitespace().collect::<Vec<_>>().join(" ");
            let name = tokens[alias].text(text);
            format!("GROUP BY ({expression} AS {name}) groups by it, and {name} alone stands behind SELECT")
        }
        None => format!("GROUP BY takes it, or (SAMPLE({variable}) AS …) one of its values"),
    };
    SyntaxError::at(text, tokens[loose].start, format!("`{variable}` is neither grouped nor in COUNT, MIN or the like: {advice}"))
}

/// The first variable of an item that stands outside of aggregates and has one value a group no more than anything else.
fn loose(text: &str, tokens: &[&Token], item: &Item, grouped: &BTreeSet<&str>) -> Option<usize> {
    let mut at = item.from;
    let end = item.alias.map_or(item.to, |alias| alias - 1);
    while at < end {
        if is_word(text, tokens[at], &AGGREGATES) && tokens.get(at + 1).is_some_and(|next| next.kind == Kind::Open) {
            at = closing(text, tokens, at + 1)?;
        } else if tokens[at].kind == Kind::Variable && !grouped.contains(name(text, tokens[at])) {
            return Some(at);
        }
        at += 1;
    }
    None
}

fn items(text: &str, tokens: &[&Token], from: usize, to: usize) -> Vec<Item> {
    let mut items = Vec::new();
    let mut at = from;
    while at < to {
        if tokens[at].kind == Kind::Variable {
            items.push(Item { from: at, to: at + 1, alias: None });
        } else if tokens[at].kind == Kind::Open {
            let Some(end) = closing(text, tokens, at) else { break };
            let alias = (end > at + 3 && is_word(text, tokens[end - 2], &["AS"])).then_some(end - 1);
            items.push(Item { from: at, to: end, alias });
            at = end;
        }
        at += 1;
    }
    items
}

/// `BIND(… AS ?x)` where `?x` stood before in the same braces.
fn bound_twice(text: &str, tokens: &[&Token]) -> Option<SyntaxError> {
    for at in 0..tokens.len() {
        if !is_word(text, tokens[at], &["BIND"]) || tokens.get(at + 1).is_none_or(|next| next.kind != Kind::Open) {
            continue;
        }
        let end = closing(text, tokens, at + 1)?;
        let alias = end.checked_sub(1).filter(|alias| tokens[*alias].kind == Kind::Variable)?;
        let mut depth = 0i32;
        for before in (0..at).rev() {
            match tokens[before].kind {
                Kind::Close => depth += 1,
                Kind::Open if depth == 0 => break,
                Kind::Open => depth -= 1,
                Kind::Variable if name(text, tokens[before]) == name(text, tokens[alias]) => {
                    let shown = tokens[alias].text(text);
                    return Some(SyntaxError::at(
                        text,
                        tokens[alias].start,
                        format!("`{shown}` has a value already: BIND gives one to a name that stands nowhere before it"),
                    ));
                }
                _ => {}
            }
        }
    }
    None
}

fn closing(text: &str, tokens: &[&Token], open: usize) -> Option<usize> {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (!token.text(text).is_empty()).then_some(at);
        }
    }
    None
}

fn name<'a>(text: &'a str, token: &Token) -> &'a str {
    token.text(text).trim_start_matches(['?', '$'])
}
