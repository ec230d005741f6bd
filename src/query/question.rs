//! A question file: its header, and the catalogue of all of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use thiserror::Error;

use super::{Parameter, parameter};
use crate::finding::Finding;
use crate::location::Location;
use crate::nearest::nearest;
use crate::project::{Asset, Project, ProjectError};

/// The folder of the views.
const VIEWS: &str = "queries/diagrams";

/// The keys of `#+` lines that are read, beside `parameter`.
const SETTINGS: [&str; 15] = [
    "title",
    "view",
    "time",
    "days",
    "names",
    "closed",
    "answers",
    "featured",
    "caveat",
    "layout",
    "direction",
    "directed",
    "note",
    "severity",
    "hint",
];

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
    /// The `#+` lines that nothing reads: their numbers, from 1, and keys.
    pub unread: Vec<(usize, String)>,
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
        let question = Self::header(name, asset)?;
        if question.title.is_empty() {
            return Err(HeaderError { line: 1, message: "expected a first line `# # The question?`".to_owned() });
        }
        Ok(question)
    }

    /// The header, with or without a title.
    fn header(name: &str, asset: Asset) -> Result<Self, HeaderError> {
        let mut question = Self {
            name: name.to_owned(),
            title: String::new(),
            notes: String::new(),
            parameters: Vec::new(),
            settings: BTreeMap::new(),
            unread: Vec::new(),
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
                    if !SETTINGS.contains(&key) {
                        question.unread.push((index + 1, key.to_owned()));
                    }
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
        Ok(question)
    }

    /// The header of a text that somebody asks by itself; `None` if it has no `#+` line and no comment above it.
    ///
    /// # Errors
    /// A `#+` line cannot be read.
    pub fn of_text(name: &str, text: &str) -> Result<Option<Self>, HeaderError> {
        let asset = Asset { path: name.into(), within: name.into(), text: text.to_owned(), shipped: false, askers: false };
        let question = Self::header(name, asset)?;
        let headed = !question.title.is_empty() || !question.parameters.is_empty() || !question.settings.is_empty();
        Ok(headed.then_some(question))
    }

    /// A sentence for each line of its header that nothing reads, with the nearest that is read.
    pub fn misread(&self) -> Vec<String> {
        let told = |(line, name): &(usize, String)| format!("line {line}: nothing reads `#+ {name}`; {}", instead(name));
        self.unread.iter().map(told).collect()
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
    let (questions, mut findings) = questions_under(project, "queries", |path| {
        !path.starts_with("queries/checks/") && !path.starts_with("queries/diagrams/") && !path.starts_with("queries/expected/")
    })?;
    findings.extend(values_for_nothing(&questions, project)?);
    Ok((questions, findings))
}

/// The views of a project by name, its own and those that ship; and those whose header is broken.
///
/// # Errors
/// A file cannot be read.
pub fn views(project: &Project) -> Result<(Vec<Question>, Vec<Finding>), ProjectError> {
    questions_under(project, VIEWS, |_| true)
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
        if !wanted(&asset.within) {
            continue;
        }
        let path = Arc::clone(&asset.path);
        let name = asset.within.strip_prefix(folder).unwrap_or(&asset.within).trim_start_matches('/').trim_end_matches(".rq").to_owned();
        match Question::read(&name, asset) {
            Ok(mut question) => {
                for (line, name) in &question.unread {
                    let message = format!("nothing reads the header line `#+ {name}`");
                    let place = Location::new(&path, *line, 1, 1);
                    findings.push(Finding::warning("unknown-setting", message, place).hint(Some(instead(name))));
                }
                findings.extend(own_values(&mut question, project));
                questions.push(question);
            }
            Err(error) => findings.push(Finding::error("unreadable-file", error.message, Location::new(&path, error.line, 1, 1))),
        }
    }
    Ok((questions, findings))
}

/// Gives a question's parameters the values that the project says for it; a parameter that it does not have is a finding.
fn own_values(question: &mut Question, project: &Project) -> Vec<Finding> {
    let mut findings = Vec::new();
    for own in project.own_values.iter().filter(|own| own.question.value == question.name) {
        match question.parameters.iter_mut().find(|parameter| parameter.name == own.parameter.value) {
            Some(parameter) => parameter.default = parameter::Default::Value(own.value.clone()),
            None => {
                let message = format!("the question `{}` has no parameter `{}`", question.name, own.parameter.value);
                let names = question.parameters.iter().map(|parameter| parameter.name.clone());
                findings.push(unknown_setting(message, &own.parameter.value, names, &own.parameter.location));
            }
        }
    }
    findings
}

/// A value for a question that is nowhere.
fn values_for_nothing(questions: &[Question], project: &Project) -> Result<Vec<Finding>, ProjectError> {
    if project.own_values.is_empty() {
        return Ok(Vec::new());
    }
    let views = project.asset_names(VIEWS, "rq")?;
    let views = views.iter().map(|view| view[VIEWS.len() + 1..].trim_end_matches(".rq").to_owned());
    let names: Vec<String> = questions.iter().map(|question| question.name.clone()).chain(views).collect();
    let mut findings = Vec::new();
    let mut last = None;
    for own in project.own_values.iter().filter(|own| !names.contains(&own.question.value)) {
        if last.replace(&own.question) != Some(&own.question) {
            let message = format!("no question or view is called `{}`", own.question.value);
            findings.push(unknown_setting(message, &own.question.value, names.iter().cloned(), &own.question.location));
        }
    }
    Ok(findings)
}

/// What to write in place of a header line that nothing reads.
fn instead(name: &str) -> String {
    let names = || SETTINGS.into_iter().chain(["parameter"]);
    nearest(name, names().map(str::to_owned))
        .map_or_else(|| format!("there are {}", names().collect::<Vec<_>>().join(", ")), |near| format!("did you mean `{near}`?"))
}

fn unknown_setting(message: String, wrong: &str, names: impl Iterator<Item = String>, place: &Location) -> Finding {
    let hint = nearest(wrong, names).map(|near| format!("did you mean `{near}`?"));
    Finding::warning("unknown-setting", message, place.clone()).hint(hint)
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
