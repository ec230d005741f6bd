//! Values of parameters, held against the graph: what is given becomes a term, and what is not there, or is something
//! else than was asked for, is said with the nearest right name.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use oxigraph::model::{Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use thiserror::Error;

use super::answer::Shown;
use super::parameter::{Default, Parameter, Takes, with_article};
use crate::find::{Filter, Match, Names};
use crate::nearest::nearest;
use crate::schema::{Schema, local};
use crate::store::In;
use crate::values::{edtf, number};
use crate::vocab::{rdf, xsd};

/// How many candidates a message names.
const NAMED: usize = 4;

/// What values are held against.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The graph, and how its things are called.
    pub shown: Shown<'a>,
    /// The kinds and code lists.
    pub schema: &'a Schema,
}

/// A value that a parameter may have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// As it is given: an id, a code.
    pub value: String,
    /// What people call it.
    pub label: String,
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.label.is_empty() || self.label == self.value {
            write!(f, "`{}`", self.value)
        } else {
            write!(f, "`{}` ({})", self.value, self.label)
        }
    }
}

/// Why parameters were refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ValueError {
    /// The question has no such parameter.
    #[error("the query has no parameter `{name}`")]
    NoParameter {
        /// The name that was given.
        name: String,
        /// What might have been meant.
        hint: String,
    },
    /// A parameter was given more than once.
    #[error("the parameter `{0}` is given twice")]
    Twice(String),
    /// A value is not what the parameter takes.
    #[error("`{name}`: {message}")]
    Value {
        /// The parameter.
        name: String,
        /// What was expected and found.
        message: String,
        /// Values that would do.
        hint: Option<String>,
    },
    /// Parameters without a default, or whose default this graph does not know, were not given.
    #[error("the question needs {}", .0.iter().map(|(name, takes, _)| format!("`{name}` ({takes})")).collect::<Vec<_>>().join(" and "))]
    Missing(Vec<(String, String, Vec<Candidate>)>),
    /// The header names something that the schema does not have.
    #[error("the parameter `{name}` cannot be used: {message}")]
    Header {
        /// The parameter.
        name: String,
        /// What is wrong.
        message: String,
    },
}

impl ValueError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoParameter { hint, .. } => Some(hint.clone()),
            Self::Value { hint, .. } => hint.clone(),
            Self::Missing(missing) => {
                let mut lines: Vec<String> = missing.iter().map(|(name, ..)| format!("--param {name}=…")).collect();
                for (name, _, candidates) in missing {
                    if candidates.is_empty() {
                        lines.push(format!("; the graph has nothing yet that could be `{name}`"));
                    } else {
                        lines.push(format!("; `{name}` may be {}", several(candidates)));
                    }
                }
                Some(lines.join(" ").replace(" ;", ";"))
            }
            Self::Twice(_) | Self::Header { .. } => None,
        }
    }
}

fn several(candidates: &[Candidate]) -> String {
    let mut words: Vec<String> = candidates.iter().take(NAMED).map(Candidate::to_string).collect();
    if candidates.len() > NAMED {
        words.push(format!("{} more", candidates.len() - NAMED));
    }
    words.join(", ")
}

/// The terms that a question's parameters are bound to: what is given, else the defaults that this graph knows.
///
/// # Errors
/// Something given is not what its parameter takes, or something is missing.
pub fn bindings(declared: &[Parameter], given: &[(String, String)], known: Known<'_>) -> Result<Vec<(String, Term)>, ValueError> {
    let mut seen = BTreeSet::new();
    for (name, _) in given {
        if !declared.iter().any(|parameter| parameter.name == *name) {
            let names = || declared.iter().map(|parameter| parameter.name.clone());
            let hint = match (nearest(name, names()), declared) {
                (_, []) => format!("it has none; a line `#+ parameter: {name} thing — what it means` at its top declares one"),
                (Some(near), _) => format!("did you mean `{near}`?"),
                (None, _) => format!("it has {}", names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")),
            };
            return Err(ValueError::NoParameter { name: name.clone(), hint });
        }
        if !seen.insert(name) {
            return Err(ValueError::Twice(name.clone()));
        }
    }
    let mut bound = Vec::new();
    let mut missing = Vec::new();
    for parameter in declared {
        let takes = parameter.takes(known.schema).map_err(|message| ValueError::Header { name: parameter.name.clone(), message })?;
        let given = given.iter().find(|(name, _)| *name == parameter.name).map(|(_, value)| value.as_str());
        match (given, &parameter.default) {
            (Some(value), _) => {
                let term = known.term(&takes, value).map_err(|(message, hint)| ValueError::Value {
                    name: parameter.name.clone(),
                    message,
                    hint,
                })?;
                bound.push((parameter.name.clone(), term));
            }
            (None, Default::Any) => {}
            (None, Default::Value(value)) => match known.term(&takes, value) {
                Ok(term) => bound.push((parameter.name.clone(), term)),
                // The default names something of another project.
                Err(_) => missing.push((parameter.name.clone(), takes.words(known.schema), known.candidates(&takes))),
            },
            (None, Default::None) => missing.push((parameter.name.clone(), takes.words(known.schema), known.candidates(&takes))),
        }
    }
    if missing.is_empty() { Ok(bound) } else { Err(ValueError::Missing(missing)) }
}

/// The bindings of a question that is asked without values, where every default is a thing of this graph by its prefixed name:
/// what [`bindings`] gives then, without a look at the schema, which takes longer to read than most questions to answer.
pub fn defaults(declared: &[Parameter], shown: Shown<'_>) -> Option<Vec<(String, Term)>> {
    let mut bound = Vec::new();
    for parameter in declared {
        match &parameter.default {
            Default::Any => {}
            Default::None => return None,
            Default::Value(value) => {
                let node = shown.prefixes.expand(value)?;
                shown.store.quads(Some(node.as_ref().into()), None, None, Some(In::Default)).next()?.ok()?;
                bound.push((parameter.name.clone(), node.into()));
            }
        }
    }
    Some(bound)
}

/// The values that a parameter may have, by value; none where they cannot be listed. For completion.
pub fn candidates(parameter: &Parameter, known: Known<'_>) -> Vec<Candidate> {
    parameter.takes(known.schema).map_or_else(|_| Vec::new(), |takes| known.candidates(&takes))
}

type Refused = (String, Option<String>);

impl Known<'_> {
    /// A value as a term.
    ///
    /// # Errors
    /// What was expected, with the nearest right names.
    pub fn term(&self, takes: &Takes, given: &str) -> Result<Term, Refused> {
        let wrong = || (format!("expected {}, found `{given}`", takes.words(self.schema)), None);
        match takes {
            Takes::Text => Ok(Literal::from(given).into()),
            Takes::Date => {
                let day = edtf::day(given).ok_or_else(wrong)?;
                Ok(Literal::new_typed_literal(edtf::show(day), xsd::DATE).into())
            }
            Takes::Number => match number::read(given) {
                Ok(number) if number.qualifier == number::Qualifier::Exactly => {
                    Ok(Literal::new_typed_literal(number.value, xsd::DECIMAL).into())
                }
                _ => Err(wrong()),
            },
            Takes::Language => {
                Literal::new_language_tagged_literal("", given).map_err(|_| wrong())?;
                Ok(Literal::from(given.to_lowercase()).into())
            }
            Takes::Literal(datatype) => Ok(Literal::new_typed_literal(given, datatype.clone()).into()),
            Takes::Code(scheme) => self.code(scheme, given),
            Takes::Kind => self.kind_named(given).map(Term::from),
            Takes::Thing(classes) => self.thing(classes, given).map(Term::from),
        }
    }

    fn code(&self, scheme: &NamedNode, given: &str) -> Result<Term, Refused> {
        let Some(list) = self.schema.lists.get(scheme) else { return Err((format!("there is no code list {scheme}"), None)) };
        let name = given.rsplit_once([':', '/']).map_or(given, |(_, name)| name).trim_end_matches('>');
        let labelled = || list.codes.values().find(|code| code.label.eq_ignore_ascii_case(given));
        if let Some(code) = list.codes.get(name).or_else(labelled) {
            return Ok(code.iri.clone().into());
        }
        let near = nearest(name, list.codes.keys().cloned());
        let message = format!("no code `{given}` in the list `{}`", list.name);
        Err(match near {
            Some(near) => (format!("{message}; did you mean `{near}`?"), None),
            None => (message, Some(format!("the list has {}", several(&self.candidates(&Takes::Code(scheme.clone())))))),
        })
    }

    /// The class of a kind, by the kind's name or what people call one; or of a class that gathers several kinds, by its name.
    fn kind_named(&self, given: &str) -> Result<NamedNode, Refused> {
        let same = |name: &str| name.to_lowercase() == given.to_lowercase();
        let kinds = || self.schema.kinds.values();
        let gathering = || self.schema.superclasses.values().flatten().find(|class| same(local(class.as_str()))).cloned();
        let kind = kinds().find(|kind| same(&kind.name)).or_else(|| kinds().find(|kind| same(&kind.label)));
        kind.map(|kind| kind.class.clone()).or_else(gathering).ok_or_else(|| {
            let near = nearest(given, kinds().map(|kind| kind.name.clone()));
            let hint = near.map_or_else(|| "`civigraph schema` lists the kinds".to_owned(), |near| format!("did you mean `{near}`?"));
            (format!("there is no kind `{given}`"), Some(hint))
        })
    }

    /// The thing of one of these classes that is given by its id, a prefixed name, an IRI, or a name that only it has.
    ///
    /// # Errors
    /// There is none, or it is something else.
    pub fn thing(&self, classes: &[NamedNode], given: &str) -> Result<NamedNode, Refused> {
        let base = self.shown.base;
        let iri = given.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
        let node = match iri {
            Some(iri) => Some(NamedNode::new(iri).map_err(|error| (format!("`{given}` is not an IRI: {error}"), None))?),
            None if given.contains("://") => {
                Some(NamedNode::new(given).map_err(|error| (format!("`{given}` is not an IRI: {error}"), None))?)
            }
            None => self.shown.prefixes.expand(given),
        };
        let node = node.or_else(|| (!given.contains([' ', '<', '>', '"'])).then(|| base.thing(given)));
        if let Some(node) = node.filter(|node| self.is_there(node)) {
            return if self.fits(node.as_ref(), classes) { Ok(node) } else { Err(self.something_else(&node, classes, given)) };
        }
        let called = self.called(given, classes);
        let exact: Vec<&Match> = called.iter().filter(|found| found.why.is_exact()).collect();
        match &exact[..] {
            [only] => return Ok(only.thing.clone()),
            [] => {}
            several => {
                let ids: Vec<String> = several.iter().map(|found| format!("`{}`", found.id)).collect();
                return Err((format!("several things are called `{given}`"), Some(format!("use the id: {}", ids.join(", ")))));
            }
        }
        let candidates = self.candidates(&Takes::Thing(classes.to_vec()));
        let expected = Takes::Thing(classes.to_vec()).words(self.schema);
        let noun = expected.split_once(' ').map_or("thing", |(_, noun)| noun);
        let message = format!("no {noun} `{given}`");
        let id = given.strip_prefix("id:").unwrap_or(given);
        if let Some(near) = near(id, &candidates) {
            return Err((format!("{message}; did you mean `{near}`?"), None));
        }
        if let Some(Match { id, name, .. }) = called.first() {
            let name = if name.is_empty() { String::new() } else { format!(", {name}") };
            return Err((format!("{message}; did you mean `{id}`{name}?"), None));
        }
        let hint = if candidates.is_empty() || classes.is_empty() { None } else { Some(format!("there is {}", several(&candidates))) };
        Err((message, hint))
    }

    fn something_else(&self, node: &NamedNode, classes: &[NamedNode], given: &str) -> Refused {
        let takes = Takes::Thing(classes.to_vec());
        let is = self.kind(node.as_ref()).map_or_else(|| "something else".to_owned(), |label| with_article(&label));
        let candidates = self.candidates(&takes);
        let hint = (!candidates.is_empty()).then(|| format!("there is {}", several(&candidates)));
        (format!("`{given}` is {is}, expected {}", takes.words(self.schema)), hint)
    }

    /// What people call the most special kind of a thing.
    fn kind(&self, node: NamedNodeRef<'_>) -> Option<String> {
        let types = self.types(node);
        let kinds = types.iter().filter_map(|class| self.schema.kind_of_class(class.as_str()));
        kinds.max_by_key(|kind| (self.schema.superclasses.get(&kind.class).map_or(0, Vec::len), &kind.name)).map(|kind| kind.label.clone())
    }

    fn types(&self, node: NamedNodeRef<'_>) -> Vec<NamedNode> {
        let types = self.shown.store.objects(node, rdf::TYPE).unwrap_or_default();
        types
            .into_iter()
            .filter_map(|term| match term {
                Term::NamedNode(class) => Some(class),
                _ => None,
            })
            .collect()
    }

    fn fits(&self, node: NamedNodeRef<'_>, classes: &[NamedNode]) -> bool {
        classes.is_empty() || self.types(node).iter().any(|class| classes.iter().any(|wanted| self.schema.is_a(class, wanted)))
    }

    fn is_there(&self, node: &NamedNode) -> bool {
        let store = self.shown.store;
        store.quads(Some(node.as_ref().into()), None, None, Some(In::Default)).next().is_some()
            || store.quads(None, None, Some(node.as_ref().into()), Some(In::Default)).next().is_some()
    }

    /// The things of one of these classes that may be called so, best first; none where the graph has no index of names.
    fn called(&self, name: &str, classes: &[NamedNode]) -> Vec<Match> {
        const MOST: usize = 20;
        let kinds = self.schema.kinds_of(classes).into_iter().map(|kind| kind.name.clone()).collect();
        let names = self.shown.store.names().and_then(|file| Names::open(Arc::clone(file), self.shown.base).ok());
        let mut found = names.and_then(|names| names.find(name, &Filter { limit: MOST, kinds }).ok()).unwrap_or_default();
        found.retain(|found| self.fits(found.thing.as_ref(), classes));
        found
    }

    fn id(&self, node: NamedNodeRef<'_>) -> String {
        self.shown.base.slug_of(node.as_str()).map_or_else(|| node.as_str().to_owned(), str::to_owned)
    }

    /// What may be given, by value. Costs a look at every thing of the classes.
    pub fn candidates(&self, takes: &Takes) -> Vec<Candidate> {
        match takes {
            Takes::Code(scheme) => self
                .schema
                .lists
                .get(scheme)
                .into_iter()
                .flat_map(|list| list.codes.iter())
                .map(|(name, code)| Candidate { value: name.clone(), label: code.label.clone() })
                .collect(),
            Takes::Kind => {
                let candidate = |kind: &crate::schema::Kind| Candidate { value: kind.name.clone(), label: kind.label.clone() };
                self.schema.kinds.values().map(candidate).collect()
            }
            Takes::Thing(classes) => {
                let mut things: BTreeSet<NamedNode> = BTreeSet::new();
                let mut wanted: Vec<Option<NamedNode>> = classes.iter().cloned().map(Some).collect();
                wanted.extend(self.schema.kinds_of(classes).into_iter().map(|kind| Some(kind.class.clone())));
                if classes.is_empty() {
                    wanted = vec![None];
                }
                for class in wanted {
                    let class = class.as_ref().map(|class| class.as_ref().into());
                    for quad in self.shown.store.quads(None, Some(rdf::TYPE), class, Some(In::Default)).flatten() {
                        if let NamedOrBlankNode::NamedNode(node) = quad.subject
                            && self.shown.base.slug_of(node.as_str()).is_some_and(|id| crate::iri::slug_fault(id).is_none())
                        {
                            things.insert(node);
                        }
                    }
                }
                things
                    .into_iter()
                    .map(|node| Candidate { value: self.id(node.as_ref()), label: self.shown.label(node.as_ref()).unwrap_or_default() })
                    .collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The id most like a text: as a whole, or behind its first word, so that `director-pst` finds `example-director-post`.
fn near(text: &str, candidates: &[Candidate]) -> Option<String> {
    let whole = || candidates.iter().map(|candidate| candidate.value.clone());
    nearest(text, whole()).or_else(|| {
        let tail = |id: &str| id.split_once('-').map(|(_, tail)| tail.to_owned());
        let near = nearest(text, whole().filter_map(|id| tail(&id)))?;
        whole().find(|id| tail(id).as_ref() == Some(&near))
    })
}
