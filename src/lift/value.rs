//! Values: one text under a key becomes a term, and what follows from it; what cannot be read is a finding with what was
//! likely meant.

use std::sync::Arc;

use oxigraph::model::{Literal, NamedNode, Term};

use super::{Lifter, Read, Reference, Value, tag};
use crate::finding::Finding;
use crate::iri;
use crate::location::{Located, Location};
use crate::nearest::{certain, nearest};
use crate::record::Node;
use crate::schema::{CodeList, Form, Key, Schema};
use crate::values::written::{self, Likely};
use crate::values::{edtf, number};
use crate::vocab::{CODE, cg, xsd};

impl Value {
    /// Whether it is this concept or thing.
    pub(super) fn is(&self, node: &NamedNode) -> bool {
        matches!(&self.term, Some(Term::NamedNode(own)) if own == node)
    }

    /// It as it was written, for messages.
    pub(super) fn words(&self) -> String {
        match &self.term {
            Some(Term::Literal(literal)) => format!("`{}`", literal.value()),
            Some(term) => term.to_string(),
            None => "`as-of`".to_owned(),
        }
    }
}

impl<'a> Lifter<'a> {
    pub(super) fn values(&mut self, key: &'a Key, node: &Node, separator: Option<&Arc<str>>) -> Read<'a> {
        let mut read = Read { key, values: Vec::new(), nested: Vec::new() };
        for member in node.members() {
            match (member, &key.form) {
                (Node::Empty(_), _) => {}
                (Node::Map(fields, place), Form::Nested(_)) => read.nested.push((fields.clone(), place.clone())),
                (Node::Map(fields, _), Form::Text) => {
                    for field in fields {
                        match &field.value {
                            Node::Empty(_) => {}
                            Node::Text(text) => self.written(key, text, Some(&field.key), separator, &mut read.values),
                            Node::List(members, _) if members.iter().all(|member| matches!(member, Node::Text(_) | Node::Empty(_))) => {
                                for member in members {
                                    if let Node::Text(text) = member {
                                        self.written(key, text, Some(&field.key), separator, &mut read.values);
                                    }
                                }
                            }
                            other => self.unreadable(
                                key,
                                &format!("expected a text in `{}`, found {}", field.key.value, other.what()),
                                other.location(),
                            ),
                        }
                    }
                }
                (Node::Text(text), _) => self.written(key, text, None, separator, &mut read.values),
                (other, _) => {
                    let expected = key.form_words(self.context.prefixes);
                    self.unreadable(key, &format!("expected {expected}, found {}", other.what()), other.location());
                }
            }
        }
        read
    }

    /// One text: a value, or the values that it lists in the cell of a table.
    fn written(
        &mut self,
        key: &Key,
        text: &Located<String>,
        language: Option<&Located<String>>,
        separator: Option<&Arc<str>>,
        out: &mut Vec<Value>,
    ) {
        let splits = !key.free || self.splits_texts;
        match separator {
            Some(separator) if key.is_list() && splits && text.value.contains(&**separator) => {
                let parts = match key.form {
                    Form::Iri => iri::addresses(&text.value, separator),
                    _ => text.value.split(&**separator).map(str::trim).filter(|part| !part.is_empty()).collect(),
                };
                for part in parts {
                    self.value(key, &Located::new(part.to_owned(), text.location.clone()), language, out);
                }
            }
            _ => self.value(key, text, language, out),
        }
    }

    pub(super) fn unreadable(&mut self, key: &Key, message: &str, location: &Location) {
        let message = format!("`{}`: {message}", key.name);
        self.failed.push(key.code().to_owned());
        self.find(Finding::error(key.code(), message, location.clone()).hint(key.message.clone()));
    }

    fn value(&mut self, key: &Key, text: &Located<String>, language: Option<&Located<String>>, out: &mut Vec<Value>) {
        let written = text.value.as_str();
        let mut also = Vec::new();
        let term: Term = match &key.form {
            Form::Date => {
                if let Some((term, also)) = self.date(key, text) {
                    out.push(Value { term, location: text.location.clone(), also });
                }
                return;
            }
            Form::Reference(classes) => match self.reference(key, text, classes.clone()) {
                Some(node) => node.into(),
                None => return,
            },
            Form::Nested(kind) => {
                let classes = self.context.schema.kinds.get(kind).map(|kind| kind.class.clone()).into_iter().collect();
                match self.reference(key, text, classes) {
                    Some(node) => node.into(),
                    None => return,
                }
            }
            Form::Code(scheme) => match self.code(key, text, scheme, &mut also) {
                Some(node) => node.into(),
                None => return,
            },
            Form::Text => {
                let tag = language.map_or(self.language, |tag| tag.value.as_str());
                let place = language.map_or(&text.location, |tag| &tag.location);
                match self.tagged(key, written, tag, language.is_some(), place) {
                    Some(literal) => literal.into(),
                    None => return,
                }
            }
            Form::Literal(datatype) => match literal(written, datatype) {
                Ok(literal) if self.is_noted(key, text, literal.value()) => literal.into(),
                Ok(_) => return,
                Err(expected) => {
                    let dated = [xsd::DATE, xsd::G_YEAR, xsd::G_YEAR_MONTH].contains(&datatype.as_ref());
                    let hint = dated.then(|| self.dated(written, datatype)).flatten().or_else(|| key.message.clone());
                    let message = format!("`{}`: expected {expected}, found `{written}`", key.name);
                    if dated
                        && let Some(only) = super::when::certain(written)
                        && literal(&only, datatype).is_ok()
                    {
                        self.lifted.instead(text, &only);
                    }
                    self.failed.push(key.code().to_owned());
                    self.find(Finding::error(key.code(), message, text.location.clone()).hint(hint));
                    return;
                }
            },
            Form::Iri => match self.address(key, text) {
                Some(node) => node.into(),
                None => return,
            },
            Form::Number => match number::read(written) {
                Ok(number) => {
                    also = number_statements(&number);
                    Literal::new_typed_literal(written.trim(), cg::QUALIFIED_NUMBER).into()
                }
                Err(why) => {
                    self.unreadable(key, &format!("`{written}` is not a number: {why}"), &text.location);
                    return;
                }
            },
        };
        out.push(Value { term: Some(term), location: text.location.clone(), also });
    }

    fn reference(&mut self, key: &Key, text: &Located<String>, classes: Vec<NamedNode>) -> Option<NamedNode> {
        let written = text.value.as_str();
        let to = if let Some(inner) = written.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
            match NamedNode::new(inner) {
                Ok(node) => node,
                Err(error) => {
                    self.unreadable(key, &format!("`{written}` is not a web address: {}", plain_words(&error)), &text.location);
                    return None;
                }
            }
        } else if let Some(node) = self.context.prefixes.expand(written) {
            node
        } else if iri::slug_fault(written).is_none() || is_minted_path(written, self.context.schema) {
            self.context.base.thing(written)
        } else {
            if let Some(prefix) = unknown_prefix(written) {
                self.failed.push(key.code().to_owned());
                self.unknown_prefix(key, prefix, text);
                return None;
            }
            self.named(key, text, &classes)?
        };
        let to = self.context.one(to);
        self.lifted.references.push(Reference {
            to: Some(to.clone()),
            written: written.to_owned(),
            classes,
            code: key.code().to_owned(),
            location: text.location.clone(),
        });
        Some(to)
    }

    fn code(&mut self, key: &Key, text: &Located<String>, scheme: &NamedNode, also: &mut Vec<(NamedNode, Term)>) -> Option<NamedNode> {
        let list = self.context.schema.lists.get(scheme)?;
        let written = text.value.as_str();
        let name = match written.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
            Some(iri) => iri.strip_prefix(scheme.as_str()).and_then(|rest| rest.strip_prefix('/')).unwrap_or(iri),
            None => written.rsplit_once(':').filter(|(prefix, _)| *prefix == list.name).map_or(written, |(_, name)| name),
        };
        let Some(code) = list.codes.get(name) else {
            self.failed.push(key.code().to_owned());
            let hint = other_code(written, list);
            if let Some(code) = certain_code(written, list) {
                self.lifted.instead(text, &code);
            }
            self.find(
                Finding::error(key.code(), format!("`{written}` is not a code of the list `{}`", list.name), text.location.clone())
                    .label("no such code")
                    .hint(Some(hint)),
            );
            return None;
        };
        if let Some(as_of) = self.as_of {
            let day: Term = Literal::new_typed_literal(edtf::show(as_of), xsd::DATE).into();
            for (holds, property) in
                [(code.begun_by_as_of, cg::LATEST_START), (code.ended_by_as_of, cg::LATEST_END), (code.lasts_until_as_of, cg::EARLIEST_END)]
            {
                if holds {
                    also.push((property.into_owned(), day.clone()));
                }
            }
        }
        Some(code.iri.clone())
    }

    /// Whether a text is one that its list knows, if it is to be of one; what is not is a finding.
    fn is_noted(&mut self, key: &Key, text: &Located<String>, value: &str) -> bool {
        let Some(list) = key.notations.as_ref().and_then(|scheme| self.context.schema.lists.get(scheme)) else { return true };
        let known = list.codes.contains_key(value);
        if !known {
            self.failed.push(key.code().to_owned());
            let message = format!("`{}`: `{}` is not in the list `{}`", key.name, text.value, list.name);
            self.find(
                Finding::error(key.code(), message, text.location.clone()).label("no such code").hint(Some(other_code(&text.value, list))),
            );
        }
        known
    }

    /// An address: an IRI as it stands, or a prefixed name.
    fn address(&mut self, key: &Key, text: &Located<String>) -> Option<NamedNode> {
        let written = text.value.trim_start_matches('<').trim_end_matches('>');
        if let Some(node) = self.context.prefixes.expand(written).filter(|_| !written.contains("://")) {
            return Some(node);
        }
        if let Some(prefix) = unknown_prefix(written) {
            self.failed.push(key.code().to_owned());
            self.unknown_prefix(key, prefix, text);
            return None;
        }
        match NamedNode::new(written) {
            Ok(node) => Some(node),
            Err(error) => {
                self.unreadable(key, &format!("`{}` is not a web address: {}", text.value, plain_words(&error)), &text.location);
                None
            }
        }
    }

    fn unknown_prefix(&mut self, key: &Key, prefix: &str, text: &Located<String>) {
        // Short prefixes are all alike.
        let near = if prefix.len() < 3 { None } else { nearest(prefix, self.context.prefixes.iter().map(|(prefix, _)| prefix.to_owned())) };
        let hint = near.map_or_else(
            || "write the address in full; a file under ontology/ declares short forms".to_owned(),
            |near| format!("did you mean `{near}:`? Else write the address in full"),
        );
        self.find(
            Finding::error(key.code(), format!("`{}`: no prefix `{prefix}:` is known here", key.name), text.location.clone())
                .label(format!("found {}", text.value))
                .hint(Some(hint)),
        );
    }

    /// The hint for a day, month or year that is written otherwise.
    fn dated(&self, text: &str, datatype: &NamedNode) -> Option<String> {
        let likely = match written::likely(text)? {
            Likely::Dates(dates) => {
                let fitting: Vec<String> = dates.into_iter().filter(|date| literal(date, datatype).is_ok()).collect();
                if fitting.is_empty() {
                    return None;
                }
                Likely::Dates(fitting)
            }
            other => other,
        };
        Some(super::when::meant(&likely))
    }

    /// A text in a language. A tag that is no tag is an error, one that names no language a warning.
    fn tagged(&mut self, key: &Key, text: &str, tag: &str, own: bool, place: &Location) -> Option<Literal> {
        let fault = if own { tag::fault(tag) } else { None };
        match (Literal::new_language_tagged_literal(text, tag), fault) {
            (Ok(literal), None) => Some(literal),
            (Ok(literal), Some(fault)) => {
                let finding = Finding::warning("language-tag", format!("`{tag}`: {}", fault.why), place.clone());
                self.find(finding.hint(fault.instead.map(|instead| format!("did you mean `{instead}`?"))));
                Some(literal)
            }
            (Err(_), fault) => {
                self.failed.push(key.code().to_owned());
                let instead = fault.and_then(|fault| fault.instead).or_else(|| tag::fault(tag).and_then(|fault| fault.instead));
                let finding =
                    Finding::error(key.code(), format!("`{}`: `{tag}` is not a language tag such as en or ur", key.name), place.clone());
                self.find(finding.hint(instead.map(|instead| format!("did you mean `{instead}`?")).or_else(|| key.message.clone())));
                None
            }
        }
    }
}

/// The prefix of what can only be a prefixed name: no scheme that addresses have, and nothing like `//` behind it.
fn unknown_prefix(text: &str) -> Option<&str> {
    /// Schemes of addresses without `//`.
    const SCHEMES: [&str; 12] = ["urn", "mailto", "tel", "tag", "info", "geo", "doi", "data", "did", "news", "cid", "ark"];
    let (prefix, rest) = text.split_once(':')?;
    let name = !prefix.is_empty()
        && prefix.starts_with(|c: char| c.is_alphabetic())
        && prefix.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    let scheme = SCHEMES.iter().any(|scheme| prefix.eq_ignore_ascii_case(scheme));
    (name && !scheme && !rest.starts_with('/') && !rest.starts_with(' ') && !rest.is_empty()).then_some(prefix)
}

/// What is wrong with an address, without the words of its standard.
fn plain_words(error: &oxigraph::model::IriParseError) -> String {
    let said = error.to_string();
    if let Some((_, character)) = said.split_once("code point ") {
        return format!("{character} cannot stand in one");
    }
    if said.to_lowercase().contains("scheme") {
        "one begins with https:// or the like".to_owned()
    } else {
        said.replace(" IRI", " address").replace("IRI ", "address ")
    }
}

/// The code that a word can only mean, by the names, labels and other words of all.
fn certain_code(written: &str, list: &CodeList) -> Option<String> {
    let words =
        list.codes.iter().flat_map(|(name, code)| [name, &code.label].into_iter().chain(&code.also).map(move |word| (word.as_str(), name)));
    certain(written, words).cloned()
}

/// What to write for a word that is no code: the nearest of all codes, by their names, labels and other words; else the list.
fn other_code(written: &str, list: &CodeList) -> String {
    /// So many codes are listed in one hint.
    const SHOWN: usize = 40;
    let fold = |text: &str| text.to_lowercase().replace(['-', '_', ' ', '.'], "");
    let wanted = fold(written);
    let words = |name: &str, code: &crate::schema::Code| {
        std::iter::once(name.to_owned()).chain([code.label.clone()]).chain(code.also.iter().cloned()).collect::<Vec<_>>()
    };
    let same = list.codes.iter().find(|(name, code)| words(name, code).iter().any(|word| fold(word) == wanted));
    let near = || {
        let all = list.codes.iter().flat_map(|(name, code)| words(name, code));
        let near = nearest(written, all)?;
        list.codes.iter().find(|(name, code)| words(name, code).contains(&near))
    };
    if let Some((name, _)) = same.or_else(near) {
        return match &list.codes[name].label {
            label if fold(label) == fold(name) => format!("did you mean `{name}`?"),
            label => format!("did you mean `{name}` ({label})?"),
        };
    }
    let holding: Vec<&str> = list
        .codes
        .iter()
        .filter(|(name, code)| {
            wanted.len() >= 2 && words(name, code).iter().any(|word| word.to_lowercase().split(['-', ' ']).any(|part| part == wanted))
        })
        .map(|(name, _)| name.as_str())
        .collect();
    if !holding.is_empty() {
        return format!("did you mean `{}`?", holding.join("` or `"));
    }
    let some: Vec<&str> = list.codes.keys().map(String::as_str).take(SHOWN).collect();
    match list.codes.len() - some.len() {
        0 => format!("the list has {}", some.join(", ")),
        more => format!("the list has {} codes: {} and {more} more", list.codes.len(), some.join(", ")),
    }
}

/// `membership/secretariat.alliance.coordinator`: the path of a claim that was minted.
pub(super) fn is_minted_path(text: &str, schema: &Schema) -> bool {
    text.split_once('/').is_some_and(|(kind, rest)| {
        schema.kinds.keys().any(|known| iri::kebab(known) == kind)
            && !rest.is_empty()
            && rest.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '+' | '~'))
    })
}

/// A literal of a datatype, if its text is in the datatype's lexical space (XML Schema 1.1, part 2).
fn literal(text: &str, datatype: &NamedNode) -> Result<Literal, &'static str> {
    let typed = |text: String| Ok(Literal::new_typed_literal(text, datatype.clone()));
    match datatype.as_ref() {
        xsd::STRING => Ok(Literal::from(text)),
        xsd::INTEGER => match text.parse::<i64>() {
            Ok(number) => typed(number.to_string()),
            Err(_) => Err("a whole number"),
        },
        xsd::DECIMAL => match number::read(text) {
            Ok(number) if number.qualifier == number::Qualifier::Exactly => typed(number.value),
            _ => Err("a decimal number"),
        },
        xsd::DOUBLE => match text.parse::<f64>() {
            Ok(_) => typed(text.to_owned()),
            Err(_) => Err("a number"),
        },
        xsd::BOOLEAN => match text.to_lowercase().as_str() {
            "true" | "yes" | "1" => typed("true".to_owned()),
            "false" | "no" | "0" => typed("false".to_owned()),
            _ => Err("true or false"),
        },
        xsd::DATE => edtf::day(text).map_or(Err("a day, YYYY-MM-DD"), |day| typed(edtf::show(day))),
        xsd::G_YEAR => match stated(text) {
            Some(edtf::Stated::Year(_)) => typed(text.to_owned()),
            _ => Err("a year, YYYY"),
        },
        xsd::G_YEAR_MONTH => match stated(text) {
            Some(edtf::Stated::Month(..)) => typed(text.to_owned()),
            _ => Err("a month, YYYY-MM"),
        },
        _ => typed(text.to_owned()),
    }
}

/// The one date that a text is, without doubt or end.
fn stated(text: &str) -> Option<edtf::Stated> {
    let when = edtf::read(text, None).ok().filter(|when| when.qualifier.is_none() && !text.contains(['/', 'T', ' ']))?;
    when.start.filter(|start| Some(*start) == when.end)
}

fn number_statements(number: &number::Qualified) -> Vec<(NamedNode, Term)> {
    let decimal = |text: &str| -> Term { Literal::new_typed_literal(text, xsd::DECIMAL).into() };
    let qualifier = NamedNode::new_unchecked(format!("{CODE}qualifier/{}", number.qualifier.name()));
    let mut statements = vec![(cg::VALUE.into_owned(), decimal(&number.value)), (cg::QUALIFIER.into_owned(), qualifier.into())];
    for (property, bound) in [(cg::MINIMUM, &number.minimum), (cg::MAXIMUM, &number.maximum)] {
        if let Some(bound) = bound {
            statements.push((property.into_owned(), decimal(bound)));
        }
    }
    statements
}
