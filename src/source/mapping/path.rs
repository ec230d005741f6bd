//! Paths into what JSON and YAML hold: JSONPath (RFC 9535), found in located nodes.
//!
//! Names, indices and `*` are walked over the nodes themselves; filters, slices and `..` go through a library that knows the
//! standard, on a copy, and come back as places in the nodes.

use serde_json::Value;
use serde_json_path::{JsonPath, PathElement};

use crate::record::Node;

/// A path, understood.
#[derive(Debug, Clone)]
pub struct Path {
    steps: Option<Vec<Step>>,
    full: JsonPath,
}

#[derive(Debug, Clone)]
enum Step {
    Name(String),
    Index(i64),
    Every,
}

/// Where a path that leads to nothing ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The name that is not there.
    pub missing: Option<String>,
    /// The names that are there instead, in their order.
    pub there: Vec<String>,
}

/// A value that a path leads to: `grants.17`, and the value.
pub type Found<'n> = (String, &'n Node);

impl Path {
    /// Reads a path; `$` and the first dot may be left out.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let whole = match text.chars().next() {
            Some('$') => text.to_owned(),
            Some('[' | '.') => format!("${text}"),
            _ => format!("$.{text}"),
        };
        let whole = hyphenated(&whole);
        let full = JsonPath::parse(&whole).map_err(|error| format!("`{text}` is not a path (RFC 9535): {error}"))?;
        Ok(Self { steps: simple(&whole[1..]), full })
    }

    /// Whether it begins with a name.
    pub fn begins_with(&self, name: &str) -> bool {
        matches!(self.steps.as_deref(), Some([Step::Name(first), ..]) if first == name)
    }

    /// Why it leads to nothing; `None` if it leads to something, or to the members of a list that is there and has none.
    pub fn end(&self, node: &Node) -> Option<End> {
        let Some(steps) = &self.steps else {
            return self.find(node).is_empty().then(|| End { missing: None, there: Vec::new() });
        };
        let mut nodes = vec![node];
        for step in steps {
            let next: Vec<&Node> = nodes.iter().flat_map(|node| taken(step, node)).collect();
            if next.is_empty() {
                return match step {
                    Step::Name(name) => Some(End { missing: Some(name.clone()), there: names_in(&nodes) }),
                    Step::Index(_) | Step::Every if nodes.iter().any(|node| matches!(node, Node::List(..) | Node::Empty(_))) => None,
                    Step::Index(_) | Step::Every => Some(End { missing: None, there: names_in(&nodes) }),
                };
            }
            nodes = next;
        }
        None
    }

    /// What it leads to, in the order in which it stands.
    pub fn find<'n>(&self, node: &'n Node) -> Vec<Found<'n>> {
        let Some(steps) = &self.steps else { return self.find_fully(node) };
        let mut found = vec![(String::new(), node)];
        for step in steps {
            let mut next = Vec::new();
            for (path, node) in found {
                match (step, node) {
                    (Step::Name(name), Node::Map(fields, _)) => {
                        next.extend(fields.iter().find(|field| field.key.value == *name).map(|field| (join(&path, name), &field.value)));
                    }
                    (Step::Index(index), Node::List(members, _)) => {
                        let at = if *index < 0 { members.len() as i64 + index } else { *index };
                        let at = usize::try_from(at).ok();
                        next.extend(at.and_then(|at| members.get(at).map(|member| (join(&path, &at.to_string()), member))));
                    }
                    (Step::Every, Node::List(members, _)) => {
                        next.extend(members.iter().enumerate().map(|(at, member)| (join(&path, &at.to_string()), member)));
                    }
                    (Step::Every, Node::Map(fields, _)) => {
                        next.extend(fields.iter().map(|field| (join(&path, &field.key.value), &field.value)));
                    }
                    _ => {}
                }
            }
            found = next;
        }
        found
    }

    fn find_fully<'n>(&self, node: &'n Node) -> Vec<Found<'n>> {
        let value = value_of(node);
        let located = self.full.query_located(&value);
        located
            .iter()
            .filter_map(|found| {
                let (mut path, mut at) = (String::new(), node);
                for element in found.location().iter() {
                    match (element, at) {
                        (PathElement::Name(name), Node::Map(fields, _)) => {
                            at = &fields.iter().find(|field| field.key.value == **name)?.value;
                            path = join(&path, name);
                        }
                        (PathElement::Index(index), Node::List(members, _)) => {
                            at = members.get(*index)?;
                            path = join(&path, &index.to_string());
                        }
                        _ => return None,
                    }
                }
                Some((path, at))
            })
            .collect()
    }
}

/// Names with hyphens as the standard wants them: `$.iati-activity[0]` is `$['iati-activity'][0]`. A hyphen means nothing else in a path
/// but in a number and a slice.
fn hyphenated(path: &str) -> String {
    let mut written = String::with_capacity(path.len());
    let (mut rest, mut quote) = (path, None);
    while let Some(next) = rest.chars().next() {
        let after = &rest[next.len_utf8()..];
        match (quote, next) {
            (Some(open), other) => quote = if other == open { None } else { quote },
            (None, '\'' | '"') => quote = Some(next),
            (None, '.') => {
                let end = after.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(after.len());
                let name = &after[..end];
                if name.contains('-') {
                    written.push_str(&format!("['{name}']"));
                    rest = &after[end..];
                    continue;
                }
            }
            _ => {}
        }
        written.push(next);
        rest = after;
    }
    written
}

/// What a step takes out of a node.
fn taken<'n>(step: &Step, node: &'n Node) -> Vec<&'n Node> {
    match (step, node) {
        (Step::Name(name), Node::Map(fields, _)) => {
            fields.iter().find(|field| field.key.value == *name).map(|field| &field.value).into_iter().collect()
        }
        (Step::Index(index), Node::List(members, _)) => {
            let at = if *index < 0 { members.len() as i64 + index } else { *index };
            usize::try_from(at).ok().and_then(|at| members.get(at)).into_iter().collect()
        }
        (Step::Every, Node::List(members, _)) => members.iter().collect(),
        (Step::Every, Node::Map(fields, _)) => fields.iter().map(|field| &field.value).collect(),
        _ => Vec::new(),
    }
}

/// The names that the first object among nodes has.
fn names_in(nodes: &[&Node]) -> Vec<String> {
    let fields = nodes.iter().find_map(|node| match node {
        Node::Map(fields, _) => Some(fields),
        _ => None,
    });
    fields.map_or_else(Vec::new, |fields| fields.iter().map(|field| field.key.value.clone()).collect())
}

fn join(path: &str, step: &str) -> String {
    if path.is_empty() { step.to_owned() } else { format!("{path}.{step}") }
}

/// The steps of a path of names, indices and stars only.
fn simple(mut rest: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (inside, after) = inner.split_once(']')?;
            let inside = inside.trim();
            steps.push(match (inside, inside.parse::<i64>()) {
                ("*", _) => Step::Every,
                (_, Ok(index)) => Step::Index(index),
                _ => return None,
            });
            rest = after;
        } else {
            let inner = rest.strip_prefix('.')?;
            let end = inner.find(['.', '[']).unwrap_or(inner.len());
            let name = &inner[..end];
            if name.is_empty() || name.contains(['\'', '"', '?', '(', ' ']) {
                return None;
            }
            steps.push(if name == "*" { Step::Every } else { Step::Name(name.to_owned()) });
            rest = &inner[end..];
        }
    }
    Some(steps)
}

fn value_of(node: &Node) -> Value {
    match node {
        Node::Empty(_) => Value::Null,
        Node::Text(text) => Value::String(text.value.clone()),
        Node::List(members, _) => Value::Array(members.iter().map(value_of).collect()),
        Node::Map(fields, _) => Value::Object(fields.iter().map(|field| (field.key.value.clone(), value_of(&field.value))).collect()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let file = Arc::from("t.json");
        let node = crate::source::json::read(text, &file, 1).expect("JSON").expect("a value");
        let path = Path::parse(path).expect("a path");
        path.find(&node)
            .into_iter()
            .map(|(path, node)| match node {
                Node::Text(text) => format!("{path}={}", text.value),
                other => format!("{path}:{}", other.what()),
            })
            .collect()
    }

    #[test]
    fn names_indices_stars_and_filters_lead_to_values_with_their_paths() {
        let text = r#"{"a": [{"b": "x", "t": "1"}, {"b": "y"}], "c": {"d": "z"}}"#;
        assert_eq!(found("$.a[*].b", text), ["a.0.b=x", "a.1.b=y"]);
        assert_eq!(found("a[-1].b", text), ["a.1.b=y"]);
        assert_eq!(found("c.d", text), ["c.d=z"]);
        assert_eq!(found("a[?@.t=='1'].b", text), ["a.0.b=x"]);
        assert_eq!(found("$..d", text), ["c.d=z"]);
        assert_eq!(found("a[0:1].b", text), ["a.0.b=x"]);
        assert_eq!(found("nothing.at.all", text), Vec::<String>::new());
        assert!(Path::parse("$.a[").is_err());
    }
}
