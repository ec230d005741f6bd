//! A question: a SPARQL file with a header for people and `#+` lines for the program.
//!
//! Parameters are bound as terms in the query's algebra and never pasted into its text.

use std::collections::BTreeMap;
use std::sync::Arc;

use oxigraph::model::{NamedNode, Term, Variable};
use spargebra::algebra::GraphPattern;
use spargebra::term::GroundTerm;
use spargebra::{Query, SparqlParser};
use thiserror::Error;

use crate::finding::Finding;
use crate::iri::Prefixes;
use crate::location::Location;
use crate::nearest::nearest;
use crate::project::{Asset, Project, ProjectError};

pub mod answer;
pub mod parameter;

pub use parameter::{Parameter, ParameterKind};

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
}

/// Parses a query; prefixes that it uses and does not declare are those of the project.
///
/// # Errors
/// It is not a SPARQL 1.1 query.
pub fn parse(text: &str, prefixes: &Prefixes) -> Result<Query, SyntaxError> {
    let mut parser = SparqlParser::new();
    for (prefix, namespace) in prefixes.iter() {
        parser = parser.with_prefix(prefix, namespace).map_err(|error| SyntaxError {
            message: format!("the prefix `{prefix}` of the project is not an IRI: {error}"),
            line: 1,
            column: 1,
        })?;
    }
    parser.parse_query(text).map_err(|error| {
        let whole = error.to_string();
        let (line, column) = position(&whole);
        let update = spargebra::SparqlParser::new().parse_update(text).is_ok() || looks_like_update(text);
        if update {
            return SyntaxError {
                message: "this is an update; reading commands take SELECT, ASK, CONSTRUCT and DESCRIBE".to_owned(),
                line,
                column,
            };
        }
        SyntaxError { message: shorten(&whole, text, line, column), line, column }
    })
}

/// The parser's words without the position, which is shown apart, and without the list of all that might have stood
/// there, which says nothing where it is long.
fn shorten(message: &str, text: &str, line: usize, column: usize) -> String {
    let tail = message.split_once(": ").map_or(message, |(_, tail)| tail).trim();
    if !tail.starts_with("expected one of") || tail.len() <= 60 {
        return tail.to_owned();
    }
    let rest: String = text.lines().nth(line.saturating_sub(1)).unwrap_or("").chars().skip(column.saturating_sub(1)).collect();
    match rest.split_whitespace().next() {
        Some(word) => format!("`{}` cannot stand here", word.chars().take(30).collect::<String>()),
        None => "the line cannot end here".to_owned(),
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

fn looks_like_update(text: &str) -> bool {
    let first = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .find(|line| !line.to_uppercase().starts_with("PREFIX") && !line.to_uppercase().starts_with("BASE"));
    first.is_some_and(|line| {
        let word = line.split(|c: char| !c.is_alphabetic()).next().unwrap_or("").to_uppercase();
        ["INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"].contains(&word.as_str())
    })
}

/// A question of the catalogue.
#[derive(Debug, Clone)]
pub struct Question {
    /// `topic/question`: the file's path under `queries/`, without its ending.
    pub name: String,
    /// The first heading: the question itself.
    pub title: String,
    /// The rest of the header: what the answer means and leaves out.
    pub notes: String,
    /// What can be given.
    pub parameters: Vec<Parameter>,
    /// The other `#+` lines, by key.
    pub settings: BTreeMap<String, String>,
    /// The file.
    pub asset: Asset,
}

/// Why a header is incomplete.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {message}")]
pub struct HeaderError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl Question {
    /// Reads the header of a query file. `name` is what it is asked by.
    ///
    /// # Errors
    /// There is no title, or a `#+` line cannot be read.
    pub fn read(name: &str, asset: Asset) -> Result<Self, HeaderError> {
        let mut question = Self {
            name: name.to_owned(),
            title: String::new(),
            notes: String::new(),
            parameters: Vec::new(),
            settings: BTreeMap::new(),
            asset,
        };
        let text = question.asset.text.clone();
        for (index, line) in text.lines().enumerate() {
            let fault = |message: String| HeaderError { line: index + 1, message };
            if let Some(setting) = line.strip_prefix("#+") {
                let (key, value) = setting.split_once(':').ok_or_else(|| fault("expected `#+ key: value`".to_owned()))?;
                let (key, value) = (key.trim(), value.trim());
                if key == "parameter" {
                    question.parameters.push(Parameter::read(value).map_err(fault)?);
                } else {
                    question.settings.insert(key.to_owned(), value.to_owned());
                }
            } else if let Some(comment) = line.strip_prefix('#') {
                let comment = comment.strip_prefix(' ').unwrap_or(comment);
                if question.title.is_empty() {
                    question.title = comment.trim_start_matches('#').trim().to_owned();
                } else {
                    question.notes.push_str(comment);
                    question.notes.push('\n');
                }
            } else if !line.trim().is_empty() {
                break;
            }
        }
        question.notes = question.notes.trim().to_owned();
        if question.title.is_empty() {
            return Err(HeaderError { line: 1, message: "expected a first line `# # The question?`".to_owned() });
        }
        Ok(question)
    }

    /// The topic: the folder it is in.
    pub fn topic(&self) -> &str {
        self.name.rsplit_once('/').map_or("", |(topic, _)| topic)
    }
}

/// The questions of a project by name, without checks and diagram views; and those whose header is broken.
///
/// # Errors
/// A file cannot be read.
pub fn catalogue(project: &Project) -> Result<(Vec<Question>, Vec<Finding>), ProjectError> {
    questions_under(project, "queries", |path| {
        !path.starts_with("queries/checks/") && !path.starts_with("queries/diagrams/") && !path.starts_with("queries/expected/")
    })
}

/// The files under a folder of queries whose path is wanted, as questions.
///
/// # Errors
/// A file cannot be read.
pub fn questions_under(
    project: &Project,
    folder: &str,
    wanted: impl Fn(&str) -> bool,
) -> Result<(Vec<Question>, Vec<Finding>), ProjectError> {
    let mut questions = Vec::new();
    let mut findings = Vec::new();
    for asset in project.assets(folder, "rq")? {
        if !wanted(&asset.path) {
            continue;
        }
        let path = Arc::clone(&asset.path);
        let name = path.strip_prefix(folder).unwrap_or(&path).trim_start_matches('/').trim_end_matches(".rq").to_owned();
        match Question::read(&name, asset) {
            Ok(question) => questions.push(question),
            Err(error) => findings.push(Finding::error("unreadable-file", error.message, Location::new(&path, error.line, 1, 1))),
        }
    }
    Ok((questions, findings))
}

/// The question of a name, which may leave the topic out where only one fits; else the nearest names.
///
/// # Errors
/// The names that come near, none if none does.
pub fn named<'a>(questions: &'a [Question], name: &str) -> Result<&'a Question, Vec<String>> {
    if let Some(question) = questions.iter().find(|question| question.name == name) {
        return Ok(question);
    }
    let tail = format!("/{name}");
    let fitting: Vec<&Question> = questions.iter().filter(|question| question.name.ends_with(&tail)).collect();
    match fitting[..] {
        [only] => Ok(only),
        [] => {
            let names =
                || questions.iter().flat_map(|question| [question.name.clone(), question.name.rsplit('/').next().unwrap_or("").to_owned()]);
            let near = nearest(name, names());
            Err(near
                .and_then(|near| questions.iter().find(|question| question.name == near || question.name.ends_with(&format!("/{near}"))))
                .map(|question| question.name.clone())
                .into_iter()
                .collect())
        }
        _ => Err(fitting.iter().map(|question| question.name.clone()).collect()),
    }
}

/// Binds variables of a query to terms.
///
/// A `VALUES` block of just that variable holds its default, and its rows are replaced; otherwise the binding is joined
/// to the outermost pattern.
pub fn bind(query: Query, bindings: &[(String, Term)]) -> Query {
    let mut query = query;
    for (name, term) in bindings {
        let variable = Variable::new_unchecked(name.clone());
        let ground: GroundTerm = match term.clone() {
            Term::NamedNode(node) => node.into(),
            Term::Literal(literal) => literal.into(),
            Term::BlankNode(_) => continue,
        };
        let pattern = match &mut query {
            Query::Select { pattern, .. }
            | Query::Construct { pattern, .. }
            | Query::Describe { pattern, .. }
            | Query::Ask { pattern, .. } => pattern,
        };
        if !replace_values(pattern, &variable, &ground) {
            join_values(pattern, &variable, ground);
        }
    }
    query
}

/// The patterns directly inside a pattern.
fn inner(pattern: &mut GraphPattern) -> Vec<&mut GraphPattern> {
    match pattern {
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => Vec::new(),
        GraphPattern::Join { left, right }
        | GraphPattern::LeftJoin { left, right, .. }
        | GraphPattern::Union { left, right }
        | GraphPattern::Minus { left, right } => vec![left, right],
        GraphPattern::Filter { inner, .. }
        | GraphPattern::Graph { inner, .. }
        | GraphPattern::Extend { inner, .. }
        | GraphPattern::OrderBy { inner, .. }
        | GraphPattern::Project { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. }
        | GraphPattern::Group { inner, .. }
        | GraphPattern::Service { inner, .. } => vec![inner],
        #[allow(unreachable_patterns)]
        _ => Vec::new(),
    }
}

fn replace_values(pattern: &mut GraphPattern, variable: &Variable, term: &GroundTerm) -> bool {
    if let GraphPattern::Values { variables, bindings } = pattern {
        if variables.len() == 1 && variables[0] == *variable {
            *bindings = vec![vec![Some(term.clone())]];
            return true;
        }
        return false;
    }
    let mut replaced = false;
    for inner in inner(pattern) {
        replaced |= replace_values(inner, variable, term);
    }
    replaced
}

fn join_values(pattern: &mut GraphPattern, variable: &Variable, term: GroundTerm) {
    match pattern {
        GraphPattern::Project { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. }
        | GraphPattern::OrderBy { inner, .. }
        | GraphPattern::Group { inner, .. }
        | GraphPattern::Extend { inner, .. } => join_values(inner, variable, term),
        other => {
            let values = GraphPattern::Values { variables: vec![variable.clone()], bindings: vec![vec![Some(term)]] };
            let old = std::mem::take(other);
            *other = GraphPattern::Join { left: Box::new(values), right: Box::new(old) };
        }
    }
}

/// Whether a query asks another endpoint, which is refused.
pub fn asks_a_service(query: &Query) -> Option<NamedNode> {
    fn find(pattern: &mut GraphPattern) -> Option<NamedNode> {
        if let GraphPattern::Service { name, .. } = pattern {
            return Some(match name {
                spargebra::term::NamedNodePattern::NamedNode(node) => node.clone(),
                spargebra::term::NamedNodePattern::Variable(variable) => {
                    NamedNode::new_unchecked(format!("urn:variable:{}", variable.as_str()))
                }
            });
        }
        inner(pattern).into_iter().find_map(find)
    }
    let mut query = query.clone();
    match &mut query {
        Query::Select { pattern, .. } | Query::Construct { pattern, .. } | Query::Describe { pattern, .. } | Query::Ask { pattern, .. } => {
            find(pattern)
        }
    }
}
