//! A question's parameter: what it is called, what it takes, what holds without it being given.
//!
//! The header says what it takes in the words of the schema: a thing of a kind, a code of a list, or whatever a key of a
//! kind takes. Nothing is looked up while a header is read, so that a catalogue is listed without opening a graph.

use oxigraph::model::NamedNode;

use crate::nearest::nearest;
use crate::schema::{Form, Schema, local};
use crate::vocab::{CODE, xsd};

/// One parameter of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// The variable it binds, without `?`.
    pub name: String,
    /// What it takes, as the header says it.
    pub kind: ParameterKind,
    /// What holds if it is not given.
    pub default: Default,
    /// What it means.
    pub description: String,
}

/// What holds if a parameter is not given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Default {
    /// It has to be given.
    None,
    /// Anything: the variable stays free.
    Any,
    /// This value, where the graph knows it.
    Value(String),
}

/// What a parameter takes, in the words of the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParameterKind {
    /// A thing of one of these kinds; of any, if none is named.
    Thing(Vec<String>),
    /// A code of a list.
    Code(String),
    /// What a key of a kind takes: `Membership.role`.
    Key(String, String),
    /// A kind by its name.
    Kind,
    /// A day.
    Date,
    /// A number.
    Number,
    /// Text.
    Text,
    /// A language tag.
    Language,
}

/// What a parameter takes, looked up in the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Takes {
    /// A thing of one of these classes; any, if there are none.
    Thing(Vec<NamedNode>),
    /// A concept of this scheme.
    Code(NamedNode),
    /// The class of a kind.
    Kind,
    /// A day.
    Date,
    /// A number.
    Number,
    /// Text.
    Text,
    /// A language tag.
    Language,
    /// A literal of this datatype.
    Literal(NamedNode),
}

const EXPECTED: &str = "thing, thing:<Kind>, kind, code:<list>, <Kind>.<key>, date, number, text, language";

impl Parameter {
    /// Reads `name kind [= default] — description`.
    ///
    /// # Errors
    /// What is missing.
    pub fn read(text: &str) -> Result<Self, String> {
        let (head, description) = text.split_once('—').ok_or("expected `name kind [= default] — what it means`")?;
        let (head, default) = match head.split_once('=') {
            Some((head, default)) if default.trim() == "any" => (head, Default::Any),
            Some((head, default)) => (head, Default::Value(unquoted(default.trim()).to_owned())),
            None => (head, Default::None),
        };
        let mut words = head.split_whitespace();
        let (Some(name), Some(kind), None) = (words.next(), words.next(), words.next()) else {
            return Err(format!("expected a name and one of {EXPECTED}"));
        };
        let kind = match kind {
            "thing" => ParameterKind::Thing(Vec::new()),
            "kind" => ParameterKind::Kind,
            "date" => ParameterKind::Date,
            "number" => ParameterKind::Number,
            "text" => ParameterKind::Text,
            "language" => ParameterKind::Language,
            other => match (other.split_once(':'), other.split_once('.')) {
                (Some(("thing", kinds)), _) if !kinds.is_empty() => ParameterKind::Thing(kinds.split('|').map(str::to_owned).collect()),
                (Some(("code", list)), _) if !list.is_empty() => ParameterKind::Code(list.to_owned()),
                (None, Some((kind, key))) => ParameterKind::Key(kind.to_owned(), key.to_owned()),
                _ => return Err(format!("`{other}` is none of {EXPECTED}")),
            },
        };
        Ok(Self { name: name.trim_start_matches('?').to_owned(), kind, default, description: description.trim().to_owned() })
    }

    /// What it takes, in a few words.
    pub fn words(&self) -> String {
        match &self.kind {
            ParameterKind::Thing(kinds) if kinds.is_empty() => "a thing".to_owned(),
            ParameterKind::Thing(kinds) => kinds.join(" or "),
            ParameterKind::Code(list) => format!("a code of `{list}`"),
            ParameterKind::Key(kind, key) => format!("as `{key}` of {kind}"),
            ParameterKind::Kind => "a kind, e.g. Event".to_owned(),
            ParameterKind::Date => "a day, YYYY-MM-DD".to_owned(),
            ParameterKind::Number => "a number".to_owned(),
            ParameterKind::Text => "text".to_owned(),
            ParameterKind::Language => "a language tag, e.g. en".to_owned(),
        }
    }

    /// The default as a person would write it; none if there is none.
    pub fn default_words(&self) -> Option<&str> {
        match &self.default {
            Default::None => None,
            Default::Any => Some("any"),
            Default::Value(value) => Some(value.strip_prefix("id:").unwrap_or(value)),
        }
    }

    /// What it takes, looked up.
    ///
    /// # Errors
    /// The schema has no such kind, key or list; with the nearest name.
    pub fn takes(&self, schema: &Schema) -> Result<Takes, String> {
        let no = |what: &str, name: &str, all: Vec<String>| match nearest(name, all) {
            Some(near) => format!("there is no {what} `{name}`; did you mean `{near}`?"),
            None => format!("there is no {what} `{name}`"),
        };
        let kind_named = |name: &String| schema.kinds.get(name).ok_or_else(|| no("kind", name, schema.kinds.keys().cloned().collect()));
        Ok(match &self.kind {
            ParameterKind::Thing(kinds) => {
                // A class that gathers several kinds, such as all instruments, is called by its own name.
                let gathers = |name: &String| schema.superclasses.values().flatten().find(|class| local(class.as_str()) == name).cloned();
                let class = |name| kind_named(name).map(|kind| kind.class.clone()).or_else(|error| gathers(name).ok_or(error));
                Takes::Thing(kinds.iter().map(class).collect::<Result<_, _>>()?)
            }
            ParameterKind::Code(list) => {
                let scheme = NamedNode::new_unchecked(format!("{CODE}{list}"));
                if !schema.lists.contains_key(&scheme) {
                    return Err(no("code list", list, schema.lists.values().map(|list| list.name.clone()).collect()));
                }
                Takes::Code(scheme)
            }
            ParameterKind::Key(name, key) => {
                let kind = kind_named(name)?;
                let found = kind
                    .key(key)
                    .ok_or_else(|| no(&format!("key of {name}"), key, kind.keys.iter().map(|key| key.name.clone()).collect()))?;
                match &found.form {
                    Form::Reference(classes) => Takes::Thing(classes.clone()),
                    Form::Nested(kind) => Takes::Thing(kind_named(kind).map(|kind| vec![kind.class.clone()])?),
                    Form::Code(scheme) => Takes::Code(scheme.clone()),
                    Form::Date => Takes::Date,
                    Form::Number => Takes::Number,
                    Form::Text => Takes::Text,
                    Form::Iri => Takes::Thing(Vec::new()),
                    Form::Literal(datatype) => match datatype.as_ref() {
                        xsd::STRING => Takes::Text,
                        xsd::DATE => Takes::Date,
                        xsd::INTEGER | xsd::DECIMAL | xsd::DOUBLE => Takes::Number,
                        _ => Takes::Literal(datatype.clone()),
                    },
                }
            }
            ParameterKind::Kind => Takes::Kind,
            ParameterKind::Date => Takes::Date,
            ParameterKind::Number => Takes::Number,
            ParameterKind::Text => Takes::Text,
            ParameterKind::Language => Takes::Language,
        })
    }
}

impl Takes {
    /// What it takes, in a few words for a message: "a network or alliance".
    pub fn words(&self, schema: &Schema) -> String {
        match self {
            Self::Thing(classes) if classes.is_empty() => "a thing".to_owned(),
            Self::Thing(classes) => {
                let names: Vec<String> = classes
                    .iter()
                    .map(|class| {
                        schema
                            .kind_of_class(class.as_str())
                            .map_or_else(|| crate::iri::kebab(local(class.as_str())).replace('-', " "), |kind| kind.label.clone())
                    })
                    .collect();
                with_article(&names.join(" or "))
            }
            Self::Code(scheme) => format!("a code of the list `{}`", local(scheme.as_str())),
            Self::Kind => "a kind (`civigraph schema` lists them)".to_owned(),
            Self::Date => "a day, YYYY-MM-DD".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Language => "a language tag, e.g. en".to_owned(),
            Self::Literal(datatype) => format!("a value of {}", local(datatype.as_str())),
        }
    }
}

/// `observatory` as `an observatory`.
pub(super) fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) { "an" } else { "a" };
    format!("{article} {noun}")
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_line_is_read() {
        let read = |line: &str| Parameter::read(line).map(|parameter| (parameter.name.clone(), parameter.words(), parameter.default));
        let ok = |name: &str, words: &str, default| Ok((name.to_owned(), words.to_owned(), default));
        assert_eq!(
            read("network thing:Network|Board = id:a — the network"),
            ok("network", "Network or Board", Default::Value("id:a".into()))
        );
        assert_eq!(read("?role Membership.role = any — the role"), ok("role", "as `role` of Membership", Default::Any));
        assert_eq!(read("text text = \"A = B\" — the text"), ok("text", "text", Default::Value("A = B".into())));
        assert_eq!(read("day date — the day"), ok("day", "a day, YYYY-MM-DD", Default::None));
        for wrong in ["network thing", "network — the network", "network tihng — the network", "n thing: — x", "a b c — d"] {
            assert!(read(wrong).is_err(), "{wrong:?} was read");
        }
    }
}
