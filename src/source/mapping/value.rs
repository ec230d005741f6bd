//! What a mapping says of one value: from which columns, split, cut out by a pattern, put into other words.

use std::collections::HashMap;

use regex::Regex;

use crate::fold::fold;
use crate::location::Located;

use super::template::Template;

/// A value of a record, or one that others are made of.
#[derive(Debug, Clone)]
pub enum Value {
    /// A template.
    Template(Located<Template>),
    /// Several values.
    Every(Vec<Value>),
    /// The first that gives something.
    First(Vec<Value>),
    /// Values that are worked on.
    Worked(Box<Worked>),
}

/// Values that are worked on: taken from somewhere, then step by step.
#[derive(Debug, Clone)]
pub struct Worked {
    /// From where.
    pub from: Value,
    /// Only if all of these hold.
    pub conditions: Vec<Condition>,
    /// What stands between the members of a list in one cell.
    pub split: Option<String>,
    /// What is cut out: the group `value`, the first group, or all that matches. What does not match gives nothing.
    pub pattern: Option<Regex>,
    /// Which words stand for which; folded.
    pub map: Option<Map>,
    /// What stands for a value that `map` does not have.
    pub otherwise: Option<Template>,
    /// What it is when there is nothing.
    pub default: Option<Template>,
    /// In which language it is.
    pub language: Option<Template>,
    /// Formats of its dates.
    pub dates: Vec<String>,
}

/// Which words stand for which.
#[derive(Debug, Clone)]
pub struct Map {
    /// The words as they are written, and what stands for each; empty for nothing.
    pub exact: HashMap<String, String>,
    /// The words, folded. Words that differ in case alone (`a`, `A`) are told apart by how they are written.
    pub words: HashMap<String, String>,
    /// The words as they were written, for hints.
    pub written: Vec<String>,
    /// What it is called in findings.
    pub name: String,
}

impl Map {
    /// What stands for a text, if anything was said of it.
    pub fn get(&self, text: &str) -> Option<&str> {
        self.exact.get(text.trim()).or_else(|| self.words.get(&word(text))).map(String::as_str)
    }
}

/// A word as maps know it: folded, or as it is where folding leaves nothing (`€`).
pub fn word(text: &str) -> String {
    let folded = fold(text);
    if folded.is_empty() { text.trim().to_owned() } else { folded }
}

/// A condition on a row: a value that must match a pattern, or must not.
#[derive(Debug, Clone)]
pub struct Condition {
    /// The value.
    pub value: Located<Template>,
    /// The pattern.
    pub pattern: Regex,
    /// Whether it must not match.
    pub not: bool,
}

impl Value {
    /// Whether it takes words from a file of this name.
    pub fn takes_words_from(&self, name: &str) -> bool {
        match self {
            Self::Template(_) => false,
            Self::Every(values) | Self::First(values) => values.iter().any(|value| value.takes_words_from(name)),
            Self::Worked(worked) => worked.map.as_ref().is_some_and(|map| map.name == name) || worked.from.takes_words_from(name),
        }
    }

    /// The templates in it, with where each is said.
    pub fn templates<'a>(&'a self, into: &mut Vec<&'a Located<Template>>) {
        match self {
            Self::Template(template) => into.push(template),
            Self::Every(values) | Self::First(values) => values.iter().for_each(|value| value.templates(into)),
            Self::Worked(worked) => {
                worked.from.templates(into);
                into.extend(worked.conditions.iter().map(|condition| &condition.value));
            }
        }
    }
}
