//! The schema as JSON Schema (draft 2020-12) of a record file, so that an editor completes and checks YAML while it is written.
//!
//! It refuses only what `civigraph check` refuses in every project: what other records could still supply (a name under
//! the same id, the thing a reference means) is left to `check`. Plain YAML scalars reach an editor as numbers and
//! booleans too, so every text may be one.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::iri::Prefixes;
use crate::schema::{CodeList, Form, Key, Kind, Schema, local};

/// The JSON Schema of files that hold records of `kinds`, and of those written in place in them.
pub fn document(kinds: &[&Kind], schema: &Schema, prefixes: &Prefixes) -> Value {
    let mut properties = Map::new();
    properties.insert("section".to_owned(), located("Where in the source all records of the file stand.", false));
    properties.insert("at".to_owned(), located("The narrower place in the section, unless a record says its own.", true));
    for kind in kinds {
        let items = json!({ "$ref": reference(&kind.name), "allOf": [needed(kind, None)] });
        let list = json!({ "type": ["array", "null"], "description": kind.comment.as_ref().unwrap_or(&kind.label), "items": items });
        properties.insert(kind.name.clone(), list);
    }
    let mut definitions = Map::new();
    for kind in within(kinds, schema) {
        definitions.insert(kind.name.clone(), record(kind, schema, prefixes));
        for key in &kind.keys {
            if let Form::Code(scheme) = &key.form
                && let Some(list) = schema.lists.get(scheme)
            {
                definitions.entry(list_name(list)).or_insert_with(|| codes(list));
            }
        }
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Records of civigraph",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "$defs": definitions,
    })
}

fn reference(kind: &str) -> String {
    format!("#/$defs/{kind}")
}

/// The kinds and those that can be written in place in them, at any depth, in the order of their names.
fn within<'a>(kinds: &[&'a Kind], schema: &'a Schema) -> Vec<&'a Kind> {
    let mut open: Vec<&Kind> = kinds.to_vec();
    let mut names = BTreeSet::new();
    while let Some(kind) = open.pop() {
        if names.insert(kind.name.as_str()) {
            open.extend(kind.keys.iter().filter_map(|key| match &key.form {
                Form::Nested(inner) => schema.kinds.get(inner),
                _ => None,
            }));
        }
    }
    schema.kinds.values().filter(|kind| names.contains(kind.name.as_str())).collect()
}

fn located(description: &str, several: bool) -> Value {
    let one = json!({ "type": ["string", "number", "boolean"] });
    let mut value = if several { json!({ "anyOf": [{ "type": "null" }, one, { "type": "array", "items": one }] }) } else { one };
    value["description"] = json!(description);
    value
}

fn record(kind: &Kind, schema: &Schema, prefixes: &Prefixes) -> Value {
    let mut properties = Map::new();
    let id = json!({
        "type": ["string", "integer"],
        "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$",
        "maxLength": 80,
        "description": "A short name in lower-case letters, digits and hyphens; others refer to the thing by it.",
    });
    properties.insert("id".to_owned(), id);
    for key in &kind.keys {
        properties.insert(key.name.clone(), values(key, schema, prefixes));
        if let Some((from, to)) = &key.ends {
            for (name, end) in [(from, "beginning"), (to, "end")] {
                let description = format!("The {end} of what `{}` says whole: a date in EDTF, or `..`.", key.name);
                properties.insert(name.clone(), json!({ "description": description, "type": ["string", "number", "null"] }));
            }
        }
    }
    properties.insert("section".to_owned(), located("Where in the source it stands, if not where the file says.", false));
    properties.insert("at".to_owned(), located("The paragraph or other narrower place: p2, fn3, title.", true));
    json!({ "title": kind.label, "type": "object", "properties": properties, "additionalProperties": false })
}

/// What a record must have by itself: an id; or, where it is named after what it says, all that it must say, but for the
/// key that what it stands in supplies. Under an id, other records may add what is missing in this one.
fn needed(kind: &Kind, around: Option<&Key>) -> Value {
    if kind.identified_by.is_empty() {
        return json!({ "required": ["id"] });
    }
    let supplied = |key: &Key| around.is_some_and(|around| around.inverse && !key.inverse && around.property == key.property);
    let keys: Vec<&str> = kind.keys.iter().filter(|key| key.min > 0 && !supplied(key)).map(|key| key.name.as_str()).collect();
    json!({ "if": { "not": { "required": ["id"] } }, "then": { "required": keys } })
}

/// One value, or a list of as many as the key takes.
fn values(key: &Key, schema: &Schema, prefixes: &Prefixes) -> Value {
    let one = value(key, schema);
    let mut list = json!({ "type": "array", "items": one });
    if let Some(max) = key.max {
        list["maxItems"] = json!(max);
    }
    let mut description = key.description.clone().unwrap_or_else(|| key.words());
    description.push_str(&format!("\n\n{}", key.form_words(prefixes)));
    if key.min > 0 {
        description.push_str(", required");
    }
    let mut all = json!({ "description": description, "anyOf": [one, list, { "type": "null" }] });
    if !key.examples.is_empty() {
        all["examples"] = json!(key.examples);
    }
    all
}

fn value(key: &Key, schema: &Schema) -> Value {
    let scalar = json!({ "type": ["string", "number", "boolean"] });
    match &key.form {
        Form::Reference(_) => json!({ "type": ["string", "integer"] }),
        Form::Iri => json!({ "type": "string" }),
        Form::Date | Form::Number => json!({ "type": ["string", "number"] }),
        Form::Code(scheme) => match schema.lists.get(scheme) {
            Some(list) => json!({ "$ref": reference(&list_name(list)) }),
            None => scalar,
        },
        Form::Text => {
            let languages = json!({
                "type": "object",
                "propertyNames": { "pattern": "^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$" },
                "additionalProperties": scalar,
            });
            json!({ "anyOf": [scalar, languages] })
        }
        Form::Literal(datatype) => match local(datatype.as_str()) {
            "integer" | "nonNegativeInteger" | "positiveInteger" | "gYear" => json!({ "type": ["string", "integer"] }),
            "decimal" | "double" | "float" => json!({ "type": ["string", "number"] }),
            "boolean" => {
                json!({ "anyOf": [{ "type": "boolean" }, { "enum": [0, 1, "0", "1"] }, { "type": "string", "pattern": "^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|[Yy][Ee][Ss]|[Nn][Oo])$" }] })
            }
            _ => scalar,
        },
        Form::Nested(name) => {
            let mut inner = json!({ "$ref": reference(name) });
            if let Some(kind) = schema.kinds.get(name) {
                inner["allOf"] = json!([needed(kind, Some(key))]);
            }
            json!({ "anyOf": [{ "type": ["string", "integer"] }, inner] })
        }
    }
}

/// What a code list's definition is called; no kind has a dot in its name.
fn list_name(list: &CodeList) -> String {
    format!("codes.{}", list.name)
}

/// A code by its name, which editors offer; or with its list's name or as an address in `<>`, which they let stand.
fn codes(list: &CodeList) -> Value {
    let names: Vec<Value> = list.codes.keys().flat_map(|code| spellings(code)).collect();
    json!({ "anyOf": [{ "enum": names }, { "type": "string", "pattern": format!("^({}:|<)", list.name) }] })
}

/// A code as a text, and as the number or boolean that a YAML reader makes of it where it looks like one.
fn spellings(code: &str) -> Vec<Value> {
    let read = serde_json::from_str::<Value>(code).ok().filter(|value| value.is_number() || value.is_boolean());
    std::iter::once(json!(code)).chain(read).collect()
}
