//! Completion in the shell, and when a statement is whole.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use rustyline::completion::{Completer, Pair};
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};

use super::line::Line;
use crate::query::answer::RowFormat;
use crate::query::parameter::Takes;
use crate::query::syntax::{self, token};
use crate::query::value::{self, Known};
use crate::query::{self, Question};
use crate::session::Session;

/// The commands, for completion.
const COMMANDS: [&str; 14] =
    ["\\d ", "\\e", "\\explain ", "\\f ", "\\find ", "\\h", "\\i ", "\\l ", "\\names", "\\o ", "\\q", "\\raw", "\\show ", "\\x"];
/// What can stand behind a question beside its parameters.
const TIMES: [&str; 7] = ["--at", "--from", "--to", "--certain", "--names", "--sort", "--output"];
/// At most so many are offered: more would scroll the line away.
const OFFERED: usize = 200;

/// What the line editor asks.
pub struct Helper {
    session: Arc<Session>,
    questions: Arc<Vec<Question>>,
    ids: OnceLock<Vec<String>>,
}

impl Helper {
    /// For a project and its questions.
    pub fn new(session: Arc<Session>, questions: Arc<Vec<Question>>) -> Self {
        Self { session, questions, ids: OnceLock::new() }
    }

    fn known(&self) -> Known<'_> {
        Known { shown: self.session.shown(false), schema: &self.session.opened.schema }
    }

    fn ids(&self) -> &[String] {
        self.ids.get_or_init(|| self.known().candidates(&Takes::Thing(Vec::new())).into_iter().map(|candidate| candidate.value).collect())
    }

    /// What may stand at the end of a text, with where the word begins that it replaces.
    pub fn offers(&self, before: &str) -> (usize, Vec<String>) {
        let start = before
            .rfind(|c: char| c.is_whitespace() || "(){}[]|^,".contains(c))
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        let word = &before[start..];
        let first = before[..start].trim().is_empty();
        let names = || {
            self.questions
                .iter()
                .flat_map(|question| [question.name.clone(), question.name.rsplit('/').next().unwrap_or_default().to_owned()])
        };
        let mut offers: BTreeSet<String> = BTreeSet::new();
        match Line::read(before) {
            Line::Command(..) if first => offers.extend(COMMANDS.map(str::to_owned)),
            Line::Command("d", _) => offers.extend(self.session.opened.schema.kinds.keys().cloned()),
            Line::Command("f", _) => {
                offers.extend(RowFormat::ALL.into_iter().filter(|(format, ..)| format.is_text()).map(|(_, name, _)| name.to_owned()))
            }
            Line::Command("show" | "find", _) if word.len() > 1 => offers.extend(self.ids().iter().cloned()),
            Line::Command("l", _) => {
                offers.extend(names());
                offers.extend(self.questions.iter().map(|question| question.topic().to_owned()));
            }
            Line::Command(..) => {}
            Line::Question(name, _) if !first => {
                if let Ok(question) = query::named(&self.questions, name) {
                    match word.split_once('=') {
                        Some((name, _)) => {
                            let parameter = question.parameters.iter().find(|parameter| parameter.name == name);
                            let values = parameter.map(|parameter| value::candidates(parameter, self.known())).unwrap_or_default();
                            offers.extend(values.into_iter().map(|candidate| format!("{name}={}", candidate.value)));
                        }
                        None => {
                            offers.extend(question.parameters.iter().map(|parameter| format!("{}=", parameter.name)));
                            offers.extend(TIMES.map(str::to_owned));
                        }
                    }
                }
            }
            _ => {
                if first {
                    offers.extend(names());
                }
                self.sparql(before, word, &mut offers);
            }
        }
        let folded = word.to_lowercase();
        let fitting = offers.into_iter().filter(|offer| offer.to_lowercase().starts_with(&folded) && offer != word);
        (start, fitting.take(OFFERED).collect())
    }

    fn sparql(&self, before: &str, word: &str, offers: &mut BTreeSet<String>) {
        let prefixes = &self.session.opened.ontology.prefixes;
        if word.starts_with(['?', '$']) {
            let tokens = token::read(before);
            offers.extend(tokens.iter().filter(|token| token.kind == token::Kind::Variable).map(|token| token.text(before).to_owned()));
            return;
        }
        let Some((prefix, _)) = word.split_once(':') else {
            offers.extend(prefixes.iter().map(|(prefix, _)| format!("{prefix}:")));
            if !word.is_empty() {
                offers.extend(token::WORDS.iter().map(|&word| word.to_owned()));
            }
            return;
        };
        let Some(namespace) = prefixes.namespace(prefix) else { return };
        if namespace == format!("{}id/", self.session.project.base.as_str()) {
            offers.extend(self.ids().iter().map(|id| format!("{prefix}:{id}")));
        }
        let terms = self.session.opened.schema.terms.iter().filter_map(|term| term.as_str().strip_prefix(namespace));
        offers.extend(terms.filter(|local| !local.is_empty() && !local.contains(['/', '#'])).map(|local| format!("{prefix}:{local}")));
    }
}

impl Completer for Helper {
    type Candidate = Pair;

    fn complete(&self, line: &str, at: usize, _: &rustyline::Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let (start, offers) = self.offers(&line[..at]);
        Ok((start, offers.into_iter().map(|offer| Pair { display: offer.clone(), replacement: offer }).collect()))
    }
}

impl Hinter for Helper {
    type Hint = String;
}

impl Highlighter for Helper {}

impl Validator for Helper {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let text = context.input();
        let whole = !matches!(Line::read(text), Line::Sparql) || text.ends_with('\n') || syntax::statement_end(text).is_some();
        Ok(if whole { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

impl rustyline::Helper for Helper {}
