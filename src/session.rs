//! A project opened for reading: its graph chosen, its ontology read when first needed. Whatever gives answers (the
//! command line, a program that embeds civigraph, a server) finds, asks, shows, draws and exports through it.
//!
//! Opening maps the graph and reads nothing of it, so that one answer costs what that answer reads. A session is
//! read-only and may be shared between threads; a later build does not change what it reads.

use std::io::Write;

use jiff::civil::Date;
use oxigraph::model::{NamedNode, Term};
use oxigraph::sparql::{QueryEvaluationError, QueryResults};
use spargebra::Query;
use thiserror::Error;

use crate::description;
use crate::entity::{Around, Page, Scope};
use crate::export::{self, ExportError, Format, Graphs};
use crate::find::{self, Match, Names};
use crate::iri::Prefixes;
use crate::pipeline;
use crate::project::{Project, ProjectError};
use crate::query::answer::{Heading, Shown};
use crate::query::time::{self, TimeError};
use crate::query::value::{self, Known, ValueError};
use crate::query::{self, Question, SyntaxError};
use crate::stop::Stop;
use crate::store::{Builds, In, Store, StoreError};
use crate::values::edtf;
use crate::values::period::Period;
use crate::vocab::cg;

#[cfg(feature = "diagram")]
mod drawn;
#[cfg(feature = "diagram")]
pub use drawn::DrawError;

/// So many questions are named where one cannot be asked as it was.
const NAMED: usize = 6;
/// So many things are listed where a name leads to several.
const LISTED: usize = 8;

/// A project with its graph, opened for reading.
pub struct Session {
    /// The project.
    pub project: Project,
    /// The ontology and the schema, parsed when first asked for.
    pub opened: pipeline::LazyOntology,
    /// The prefixes that were known when the graph was built.
    pub prefixes: Prefixes,
    /// The graph.
    pub store: Store,
}

/// Why a session gives no answer.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The project cannot be read.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// The graph cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A text names nothing; what is called nearly so.
    #[error("nothing is called `{text}`")]
    NoThing {
        /// The text.
        text: String,
        /// The nearest first.
        near: Vec<Match>,
    },
    /// A text names several things.
    #[error("several things are called `{text}`")]
    Several {
        /// The text.
        text: String,
        /// Those things; one more than is to be shown where there are more.
        things: Vec<Match>,
    },
    /// No question has this name; the names that are near.
    #[error("no question is called `{name}`")]
    NoQuestion {
        /// The name asked for.
        name: String,
        /// Names that exist.
        near: Vec<String>,
    },
    /// The text is no SPARQL.
    #[error("{0}")]
    Syntax(#[from] SyntaxError),
    /// The query would ask somebody else.
    #[error("SERVICE is refused: the query would ask {0}")]
    Service(String),
    /// A parameter is missing, or is not what its question takes.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// A time was asked about, and nothing declares what of the answer has one.
    #[error("{}", .question.as_ref().map_or_else(
        || "this query does not say what of it has a time".to_owned(),
        |name| format!("the rows of `{name}` have no time, so that no day or period can be asked about"),
    ))]
    Untimed {
        /// The question; none for a text without a header.
        question: Option<String>,
        /// The questions that can be asked about a time, those nearest to it first.
        others: Vec<String>,
    },
    /// A time was asked about that the query cannot be kept to.
    #[error(transparent)]
    Time(#[from] TimeError),
}

impl SessionError {
    /// What to do about it, in words for people at a command line.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoThing { near, .. } if near.is_empty() => Some("`civigraph find` looks for part of a name".to_owned()),
            Self::NoThing { near, .. } if near.len() == 1 => {
                Some(near.iter().map(|found| format!("did you mean `{}`, {}?", found.id, described(found))).collect())
            }
            Self::NoThing { near, .. } => Some(format!("did you mean\n{}", listed(near))),
            Self::Several { things, .. } => Some(format!("use the id of one of them\n{}", listed(things))),
            Self::NoQuestion { near, .. } => Some(match &near[..] {
                [] => "`civigraph queries` lists the questions; SPARQL text goes in quotes".to_owned(),
                [one] => format!("did you mean `{one}`?"),
                several => format!("several fit: {}", several.join(", ")),
            }),
            Self::Service(_) => Some("civigraph answers from its own graph only".to_owned()),
            Self::Value(error) => error.hint(),
            Self::Untimed { question: None, .. } => {
                Some("a line `#+ time: membership` in its header names the variable whose time is meant".to_owned())
            }
            Self::Untimed { others, .. } if others.is_empty() => None,
            Self::Untimed { others, .. } => {
                let mut named: Vec<String> = others.iter().take(NAMED).cloned().collect();
                if others.len() > NAMED {
                    named.push(format!("{} more (`civigraph queries` marks them)", others.len() - NAMED));
                }
                Some(format!("these can be: {}", named.join(", ")))
            }
            Self::Project(_) | Self::Store(_) | Self::Syntax(_) | Self::Time(_) => None,
        }
    }
}

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Asking {
    /// SPARQL; the project's prefixes need not be declared.
    pub text: String,
    /// The question whose text it is: its parameters, and what of it has a time.
    pub question: Option<Question>,
    /// Values of its parameters, as people write them: ids, names, codes, days.
    pub parameters: Vec<(String, String)>,
    /// The time asked about, and whether only what is certain counts.
    pub time: Option<(Period, bool)>,
}

/// A question made ready: parameters bound as terms, kept to its time.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The query that is evaluated.
    pub query: Query,
    /// What stands above an answer that people get as a document.
    pub heading: Heading,
}

impl Session {
    /// Opens the graph that was last built of a project; builds nothing.
    ///
    /// # Errors
    /// There is no graph, or the project or the graph cannot be read.
    pub fn open(project: Project) -> Result<Self, SessionError> {
        let store = Builds::new(project.store_folder()).open()?;
        Self::over(project, store)
    }

    /// A session over a graph that is open already.
    ///
    /// # Errors
    /// The ontology's files cannot be read.
    pub fn over(project: Project, store: Store) -> Result<Self, SessionError> {
        let opened = pipeline::open_lazily(&project)?;
        let prefixes = description::prefixes(&store, &project.base)?;
        Ok(Self { project, opened, prefixes, store })
    }

    /// The thing that a text names: an id, a prefixed name or an IRI, else the only thing that is called so.
    ///
    /// # Errors
    /// Nothing, or more than one thing, is called so.
    pub fn thing(&self, text: &str) -> Result<NamedNode, SessionError> {
        let base = &self.project.base;
        let iri = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(text);
        let candidates = [
            iri.contains("://").then(|| NamedNode::new(iri).ok()).flatten(),
            self.prefixes.expand(text),
            (!text.contains([' ', '<', '>', '"'])).then(|| base.thing(text)),
        ];
        for node in candidates.into_iter().flatten() {
            if self.store.quads(Some(node.as_ref().into()), None, None, Some(In::Default)).next().is_some() {
                return Ok(node);
            }
        }
        let mut found = self.find(text, &find::Filter { limit: LISTED + 1, kinds: Vec::new() })?;
        let exact = found.iter().filter(|found| found.why.is_exact()).count();
        let text = text.to_owned();
        match exact {
            0 => Err(SessionError::NoThing { text, near: found }),
            _ => {
                found.retain(|found| found.why.is_exact());
                match found.pop() {
                    Some(only) if found.is_empty() => Ok(only.thing),
                    last => {
                        found.extend(last);
                        Err(SessionError::Several { text, things: found })
                    }
                }
            }
        }
    }

    /// The things that may be called so, best first.
    ///
    /// # Errors
    /// The index of names cannot be read.
    pub fn find(&self, text: &str, wanted: &find::Filter) -> Result<Vec<Match>, StoreError> {
        Names::of(&self.store, self.opened.naming(&self.project))?.find(text, wanted)
    }

    /// The questions of the project and those that ship, in the order of their names.
    ///
    /// # Errors
    /// A folder of questions cannot be read.
    pub fn questions(&self) -> Result<Vec<Question>, ProjectError> {
        Ok(query::catalogue(&self.project)?.0)
    }

    /// The question of a name, or of the end of one that no other has.
    ///
    /// # Errors
    /// There is none; what is near.
    pub fn question(&self, name: &str) -> Result<Question, SessionError> {
        let questions = self.questions()?;
        query::named(&questions, name).cloned().map_err(|near| SessionError::NoQuestion { name: name.to_owned(), near })
    }

    /// Makes a question ready to be answered: parsed, its parameters bound as terms, kept to its time. What would ask
    /// another endpoint is refused.
    ///
    /// # Errors
    /// The text is no SPARQL, a value does not fit, or no time can be asked about.
    pub fn prepare(&self, asking: &Asking) -> Result<Prepared, SessionError> {
        let parsed = query::parse(&asking.text, &self.prefixes)?;
        self.prepare_parsed(parsed, asking)
    }

    /// [`Session::prepare`] for a text that is parsed already.
    ///
    /// # Errors
    /// As there.
    pub fn prepare_parsed(&self, parsed: Query, asking: &Asking) -> Result<Prepared, SessionError> {
        if let Some(service) = query::asks_a_service(&parsed) {
            return Err(SessionError::Service(service.to_string()));
        }
        let declared = asking.question.as_ref().map_or(&[][..], |question| &question.parameters);
        let defaults = asking.parameters.is_empty().then(|| value::defaults(declared, self.shown(false))).flatten();
        let bindings = match defaults {
            Some(bindings) => bindings,
            None => {
                let known = Known { shown: self.shown(false), schema: &self.opened.schema };
                value::bindings(declared, &asking.parameters, known)?
            }
        };
        let heading = self.heading(asking, &bindings);
        let mut query = query::bind(parsed, &bindings);
        if let Some((period, certain)) = asking.time {
            let question = asking.question.as_ref();
            let claims = question.and_then(|question| question.settings.get("time")).ok_or_else(|| self.untimed(question))?;
            let names = claims.split([' ', ',']).filter(|name| !name.is_empty());
            let claims: Vec<String> = names.map(|name| name.trim_start_matches('?').to_owned()).collect();
            let unreal = time::unreal(&self.opened.ontology, &self.opened.schema);
            query = time::during(query, &claims, period, certain, &unreal)?;
        }
        Ok(Prepared { query, heading })
    }

    /// What to say of a time where a question knows none.
    fn untimed(&self, asked: Option<&Question>) -> SessionError {
        let Some(asked) = asked.filter(|question| !question.title.is_empty() && question.name.contains('/')) else {
            return SessionError::Untimed { question: None, others: Vec::new() };
        };
        let mut timed = self.questions().unwrap_or_default();
        timed.retain(|question| question.settings.contains_key("time"));
        // Those of the same topic first, then those that are about time and nothing else.
        timed.sort_by_key(|question| (question.topic() != asked.topic(), question.topic() != "times", question.name.clone()));
        let others = timed.into_iter().map(|question| question.name).collect();
        SessionError::Untimed { question: Some(asked.name.clone()), others }
    }

    /// The answer to what was made ready; `stop` ends it early from another thread. Rows come as they are found.
    ///
    /// # Errors
    /// The query cannot be evaluated.
    pub fn answer(&self, prepared: Prepared, stop: Option<&Stop>) -> Result<QueryResults<'static>, QueryEvaluationError> {
        self.store.query(prepared.query, stop)
    }

    /// A sentence for each name in a query that is nowhere in the graph or the ontology, with the nearest that is.
    pub fn unknown(&self, asking: &Asking) -> Vec<String> {
        let opened = || (&self.opened.ontology, &self.opened.schema);
        let declared = asking.question.as_ref().map_or(&[][..], |question| &question.parameters);
        query::parse(&asking.text, &self.prefixes)
            .map_or_else(|_| Vec::new(), |query| query::unknown::notes(&query, declared, self.shown(false), opened))
    }

    /// What stands above an answer that people get as a document: the question in words, what it was asked of, the graph.
    fn heading(&self, asking: &Asking, bindings: &[(String, Term)]) -> Heading {
        let shown = self.shown(false);
        let mut facts: Vec<(String, String)> = bindings
            .iter()
            .map(|(name, term)| {
                let label = match term {
                    Term::NamedNode(node) => shown.label(node.as_ref()),
                    _ => None,
                };
                (name.clone(), label.unwrap_or_else(|| shown.term(term)))
            })
            .collect();
        if let Some((period, certain)) = asking.time {
            facts.push(("held".to_owned(), format!("{}, {}", period.words(), if certain { "certainly" } else { "certainly or possibly" })));
        }
        facts.push(("graph".to_owned(), self.project.title.clone()));
        let (title, notes): (String, String) =
            asking.question.as_ref().map_or_else(Default::default, |question| (question.title.clone(), question.notes.clone()));
        let paragraphs: Vec<String> = notes.split("\n\n").map(|text| text.replace('\n', " ")).collect();
        Heading { title, notes: paragraphs.join("\n\n"), facts }
    }

    /// One thing on a page: its facts and claims, each with its citation.
    ///
    /// # Errors
    /// The graph cannot be read.
    pub fn page(&self, thing: &NamedNode, wanted: Scope) -> Result<Page, StoreError> {
        self.around().page(thing, wanted)
    }

    /// The graph as RDF; returns the number of statements.
    ///
    /// # Errors
    /// The graph cannot be read or the output not be written, or the format cannot hold a term.
    pub fn export(&self, format: Format, graphs: Graphs, out: &mut dyn Write) -> Result<usize, ExportError> {
        export::write(&self.store, format, graphs, &self.opened.ontology.prefixes, out)
    }

    /// The last day up to which a source of the graph speaks.
    ///
    /// # Errors
    /// The graph cannot be read.
    pub fn as_of(&self) -> Result<Option<Date>, StoreError> {
        let mut last = None;
        for quad in self.store.quads(None, Some(cg::AS_OF), None, Some(In::Default)) {
            if let Term::Literal(day) = quad?.object {
                last = last.max(edtf::day(day.value()));
            }
        }
        Ok(last)
    }

    /// What pages of things are made from.
    pub fn around(&self) -> Around<'_> {
        Around { shown: self.shown(false), ontology: &self.opened.ontology, schema: &self.opened.schema }
    }

    /// How terms are shown to people; `raw`: IRIs whole.
    pub fn shown(&self, raw: bool) -> Shown<'_> {
        Shown { store: &self.store, prefixes: &self.prefixes, base: &self.project.base, language: &self.project.language, raw }
    }
}

/// A thing's name and its kinds.
fn described(found: &Match) -> String {
    let kinds: Vec<&str> = found.kinds.iter().map(|kind| kind.label.as_str()).collect();
    if kinds.is_empty() { found.name.clone() } else { format!("{} ({})", found.name, kinds.join(", ")) }
}

/// Things a line each: id, name, kinds.
fn listed(things: &[Match]) -> String {
    let mut lines: Vec<String> = things.iter().take(LISTED).map(|found| format!("  {}  {}", found.id, described(found))).collect();
    if things.len() > LISTED {
        lines.push("  …".to_owned());
    }
    lines.join("\n")
}
