//! `[tables]` of `source.toml`, read: every setting with its place, and every one that cannot be read a finding with what was likely meant.

use std::collections::HashMap;

use encoding_rs::Encoding;
use regex::{Regex, RegexBuilder};

use crate::finding::Finding;
use crate::limits::Limits;
use crate::location::{Located, Location};
use crate::nearest::nearest;
use crate::record::{Field, Node};
use crate::source::table;

use super::super::amount::Decimal;
use super::super::date::Order;
use super::super::path::Path;
use super::super::template::Template;
use super::super::value::{Condition, Map, Value, Worked, word};
use super::{Beside, Each, RecordSpec, TableSettings, Unknown, glob};

/// The settings of a table, for hints.
const SETTINGS: &[&str] = &[
    "kind",
    "columns",
    "separator",
    "delimiter",
    "skip",
    "header",
    "encoding",
    "section",
    "at",
    "ignore",
    "unknown",
    "only",
    "except",
    "rows",
    "null",
    "dates",
    "date_order",
    "decimal",
    "values",
    "records",
    "language",
    "format",
];
/// What a value that is worked on may say.
const WORKED: &[&str] = &["from", "first", "if", "unless", "split", "match", "map", "otherwise", "default", "language", "dates"];

pub(super) struct Reader<'a> {
    pub(super) beside: &'a Beside<'a>,
    pub(super) findings: &'a mut Vec<Finding>,
}

impl Reader<'_> {
    fn fault(&mut self, message: impl Into<String>, place: &Location) {
        self.findings.push(Finding::error("unreadable-setting", message, place.clone()));
    }

    fn expected(&mut self, what: &str, node: &Node) {
        self.fault(format!("expected {what}, found {}", node.what()), node.location());
    }

    fn text(&mut self, node: &Node) -> Option<Located<String>> {
        match node {
            Node::Text(text) => Some(text.clone()),
            other => {
                self.expected("a text", other);
                None
            }
        }
    }

    fn texts(&mut self, node: &Node) -> Vec<Located<String>> {
        node.members().iter().filter_map(|member| self.text(member)).collect()
    }

    fn truth(&mut self, node: &Node) -> bool {
        match self.text(node) {
            Some(text) if text.value == "true" => true,
            Some(text) if text.value == "false" => false,
            Some(text) => {
                self.fault(format!("expected true or false, found `{}`", text.value), &text.location);
                false
            }
            None => false,
        }
    }

    fn template(&mut self, node: &Node) -> Option<Located<Template>> {
        let text = self.text(node)?;
        match Template::parse(&text.value) {
            Ok(template) => Some(Located::new(template, text.location)),
            Err(why) => {
                self.fault(why, &text.location);
                None
            }
        }
    }

    fn path(&mut self, node: &Node) -> Option<Located<Path>> {
        let text = self.text(node)?;
        match Path::parse(&text.value) {
            Ok(path) => Some(Located::new(path, text.location)),
            Err(why) => {
                self.fault(why, &text.location);
                None
            }
        }
    }

    fn regex(&mut self, text: &Located<String>, whole: bool) -> Option<Regex> {
        let pattern = if whole { format!("^(?:{})$", text.value) } else { text.value.clone() };
        match RegexBuilder::new(&pattern).case_insensitive(true).size_limit(1 << 20).build() {
            Ok(regex) => Some(regex),
            Err(error) => {
                let error = error.to_string();
                let why = error.lines().last().unwrap_or("").trim_start_matches("error: ");
                self.fault(format!("`{}` is not a pattern: {why}", text.value), &text.location);
                None
            }
        }
    }

    fn fields<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Field] {
        match node {
            Node::Map(fields, _) => fields,
            other => {
                self.expected(what, other);
                &[]
            }
        }
    }

    fn unknown(&mut self, field: &Field, known: &[&str], of: &str) {
        let near = nearest(&field.key.value, known.iter().map(|name| (*name).to_owned()));
        let hint = near.map_or_else(|| format!("known are {}", known.join(", ")), |near| format!("did you mean `{near}`?"));
        let finding =
            Finding::error("unreadable-setting", format!("`{}` is no setting of {of}", field.key.value), field.key.location.clone());
        self.findings.push(finding.hint(Some(hint)));
    }

    pub(super) fn setting(&mut self, settings: &mut TableSettings, field: &Field) {
        let node = &field.value;
        match field.key.value.as_str() {
            "kind" => settings.kind = self.text(node).map(|text| text.value),
            "columns" => {
                for field in self.fields(node, "columns with the keys they mean") {
                    if let Some(key) = self.text(&field.value) {
                        settings.columns.push((field.key.clone(), key.value));
                    }
                }
            }
            "separator" => {
                let text = self.text(node);
                if let Some(empty) = text.as_ref().filter(|text| text.value.is_empty()) {
                    self.fault("a separator has at least one character", &empty.location);
                }
                settings.separator = text.map(|text| text.value).filter(|text| !text.is_empty());
            }
            "delimiter" => settings.delimiter = self.delimiter(node),
            "reader" => settings.reader = self.text(node).map(|text| text.value),
            "prefixes" => match node {
                Node::Map(prefixes, _) => {
                    for prefix in prefixes {
                        let namespace = self.text(&prefix.value).map(|text| text.value);
                        settings.prefixes.extend(namespace.map(|namespace| (prefix.key.value.clone(), namespace)));
                    }
                }
                other => self.expected("prefixes with their namespaces", other),
            },
            "skip" => settings.skip = self.truth(node),
            "header" => {
                let text = self.text(node);
                settings.header = text.as_ref().and_then(|text| text.value.parse().ok()).filter(|line| *line > 0);
                if let (Some(text), None) = (&text, settings.header) {
                    self.fault(format!("expected the number of the header's row, found `{}`", text.value), &text.location);
                }
            }
            "encoding" => {
                if let Some(text) = self.text(node) {
                    settings.encoding = Encoding::for_label(text.value.as_bytes());
                    if settings.encoding.is_none() {
                        self.fault(format!("`{}` is no encoding, such as utf-8, windows-1252 or utf-16", text.value), &text.location);
                    }
                }
            }
            "section" => settings.section = self.template(node),
            "at" => settings.at = self.template(node).map(|template| template.value),
            "ignore" => {
                for text in self.texts(node) {
                    let glob = glob(&text.value);
                    if let Some(regex) = self.regex(&Located::new(glob, text.location.clone()), true) {
                        settings.ignore.push(Located::new(regex, text.location));
                    }
                }
            }
            "unknown" => {
                if let Some(text) = self.text(node) {
                    match text.value.as_str() {
                        "note" => settings.unknown = Unknown::Note,
                        "keep" => settings.unknown = Unknown::Keep,
                        "ignore" => settings.unknown = Unknown::Ignore,
                        other => self.fault(format!("expected note, keep or ignore, found `{other}`"), &text.location),
                    }
                }
            }
            "only" => settings.conditions.extend(self.conditions(node, false)),
            "except" => settings.conditions.extend(self.conditions(node, true)),
            "rows" => settings.rows = self.path(node),
            "null" => settings.ways.null = self.texts(node).into_iter().map(|text| text.value).collect(),
            "dates" => settings.ways.dates = self.texts(node).into_iter().map(|text| text.value).collect(),
            "date_order" => {
                if let Some(text) = self.text(node) {
                    settings.ways.order = match text.value.as_str() {
                        "dmy" => Some(Order::DayMonthYear),
                        "mdy" => Some(Order::MonthDayYear),
                        "ymd" => Some(Order::YearMonthDay),
                        other => {
                            self.fault(format!("expected dmy, mdy or ymd, found `{other}`"), &text.location);
                            None
                        }
                    };
                }
            }
            "decimal" => {
                if let Some(text) = self.text(node) {
                    settings.ways.decimal = match text.value.as_str() {
                        "," => Some(Decimal::Comma),
                        "." => Some(Decimal::Point),
                        other => {
                            self.fault(format!("expected `,` or `.`, found `{other}`"), &text.location);
                            None
                        }
                    };
                }
            }
            "values" => {
                for field in self.fields(node, "names with their values") {
                    if let Some(value) = self.value(&field.value) {
                        settings.values.push((field.key.clone(), value));
                    }
                }
            }
            "records" => {
                for member in node.members() {
                    let place = member.location().clone();
                    let fields = self.fields(member, "a record of keys and values");
                    if let Some(record) = self.record(fields, &place) {
                        settings.records.push(record);
                    }
                }
            }
            "language" => settings.language = self.template(node).map(|template| template.value),
            // Taken up before the settings are read, and by whoever proposes a format.
            "format" | "looks_like" => {}
            _ => self.unknown(field, SETTINGS, "a table"),
        }
    }

    fn delimiter(&mut self, node: &Node) -> Option<u8> {
        let text = self.text(node)?;
        let mut characters = text.value.chars();
        let said = characters.next().filter(|_| characters.next().is_none());
        match said.and_then(|said| u8::try_from(said).ok()) {
            Some(byte) if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => Some(byte),
            _ => {
                let shown = said.map_or_else(|| format!("`{}`", text.value), |said| format!("{said:?}"));
                let message = format!("{shown} cannot stand between cells; a comma, a semicolon, a tab or a bar can");
                self.fault(message, &text.location);
                None
            }
        }
    }

    /// `{ Column = "pattern" }`, each of which must hold; or a template that must give something.
    fn conditions(&mut self, node: &Node, not: bool) -> Vec<Condition> {
        if let Node::Text(_) = node {
            let Some(value) = self.template(node) else { return Vec::new() };
            let pattern = Regex::new(".").expect("a pattern of ours");
            return vec![Condition { value, pattern, not }];
        }
        let mut conditions = Vec::new();
        for field in self.fields(node, "columns with patterns") {
            let texts = self.texts(&field.value);
            let Some(first) = texts.first() else { continue };
            let any = texts.iter().map(|text| format!("(?:{})", text.value)).collect::<Vec<_>>().join("|");
            let template = match field.key.value.contains('{') {
                true => Template::parse(&field.key.value),
                false => Ok(Template::column(&field.key.value)),
            };
            let value = match template {
                Ok(template) => Located::new(template, field.key.location.clone()),
                Err(why) => {
                    self.fault(why, &field.key.location);
                    continue;
                }
            };
            if let Some(pattern) = self.regex(&Located::new(any, first.location.clone()), true) {
                conditions.push(Condition { value, pattern, not });
            }
        }
        conditions
    }

    fn value(&mut self, node: &Node) -> Option<Value> {
        match node {
            Node::Text(_) => self.template(node).map(Value::Template),
            Node::List(members, _) => Some(Value::Every(members.iter().filter_map(|member| self.value(member)).collect())),
            Node::Map(fields, place) => self.worked(fields, place),
            Node::Empty(_) => None,
        }
    }

    fn worked(&mut self, fields: &[Field], place: &Location) -> Option<Value> {
        let empty = Value::Every(Vec::new());
        let mut from = None;
        let mut worked = Worked {
            from: empty,
            conditions: Vec::new(),
            split: None,
            pattern: None,
            map: None,
            otherwise: None,
            default: None,
            language: None,
            dates: Vec::new(),
        };
        for field in fields {
            let node = &field.value;
            match field.key.value.as_str() {
                "from" => from = self.value(node),
                "first" => from = Some(Value::First(node.members().iter().filter_map(|member| self.value(member)).collect())),
                "if" => worked.conditions.extend(self.conditions(node, false)),
                "unless" => worked.conditions.extend(self.conditions(node, true)),
                "split" => worked.split = self.text(node).map(|text| text.value).filter(|text| !text.is_empty()),
                "match" => worked.pattern = self.text(node).and_then(|text| self.regex(&text, false)),
                "map" => worked.map = self.map(node),
                "otherwise" => worked.otherwise = self.template(node).map(|template| template.value),
                "default" => worked.default = self.template(node).map(|template| template.value),
                "language" => worked.language = self.template(node).map(|template| template.value),
                "dates" => worked.dates = self.texts(node).into_iter().map(|text| text.value).collect(),
                _ => self.unknown(field, WORKED, "a value"),
            }
        }
        match from {
            Some(from) => worked.from = from,
            None if worked.default.is_some() => {}
            None => {
                self.fault("a value says from which columns it comes: from = \"{Column}\"", place);
                return None;
            }
        }
        Some(Value::Worked(Box::new(worked)))
    }

    fn map(&mut self, node: &Node) -> Option<Map> {
        let mut map = Map { exact: HashMap::new(), words: HashMap::new(), written: Vec::new(), name: "`map`".to_owned() };
        let mut add = |from: &str, to: String| {
            map.written.push(from.to_owned());
            map.words.insert(word(from), to.clone());
            map.exact.insert(from.to_owned(), to);
        };
        match node {
            Node::Map(fields, _) => {
                for field in fields {
                    if let Some(to) = self.text(&field.value) {
                        add(&field.key.value, to.value);
                    }
                }
            }
            Node::Text(name) => {
                let text = match (self.beside)(&name.value) {
                    Ok(text) => text,
                    Err(why) => {
                        self.fault(format!("{}: {why}", name.value), &name.location);
                        return None;
                    }
                };
                let file = std::sync::Arc::from(name.value.as_str());
                let delimiter = table::delimiter(text.as_bytes());
                let mut table = table::Table::new(text.as_bytes(), delimiter, &file, Limits::default());
                loop {
                    match table.row() {
                        Ok(Some(row)) => {
                            if let [from, to, ..] = &row[..] {
                                add(from.value.trim(), to.value.trim().to_owned());
                            }
                        }
                        Ok(None) => break,
                        Err(finding) => {
                            self.fault(format!("{}: {}", name.value, finding.message), &name.location);
                            break;
                        }
                    }
                }
                map.name = name.value.clone();
            }
            other => {
                self.expected("words with what stands for them, or the name of a CSV file", other);
                return None;
            }
        }
        Some(map)
    }

    fn record(&mut self, fields: &[Field], place: &Location) -> Option<RecordSpec> {
        let mut record = RecordSpec {
            kind: Located::new(String::new(), place.clone()),
            rows: None,
            each: None,
            conditions: Vec::new(),
            mention: false,
            keys: Vec::new(),
            at: None,
        };
        let split = fields.iter().find(|field| field.key.value == "split").and_then(|field| self.text(&field.value));
        for field in fields {
            let node = &field.value;
            match field.key.value.as_str() {
                "kind" => record.kind = self.text(node)?,
                "rows" => record.rows = self.path(node),
                "each" => {
                    record.each = match &split {
                        Some(split) => {
                            let text = self.text(node)?;
                            let template = if text.value.contains('{') {
                                self.template(node)?
                            } else {
                                Located::new(Template::column(&text.value), text.location)
                            };
                            Some(Each::Part(template, split.value.clone()))
                        }
                        None => self.path(node).map(|path| Each::Path(path.value)),
                    }
                }
                "split" => {}
                "each_column" => {
                    let text = self.text(node)?;
                    record.each = self.regex(&text, true).map(Each::Column);
                }
                "if" => record.conditions.extend(self.conditions(node, false)),
                "unless" => record.conditions.extend(self.conditions(node, true)),
                "mention" => record.mention = self.truth(node),
                "at" => record.at = self.template(node).map(|template| template.value),
                _ => {
                    if let Some((first, _)) = record.keys.iter().find(|(key, _)| key.value == field.key.value) {
                        let message = format!("the key `{}` stands twice", first.value);
                        self.fault(message, &field.key.location);
                    } else if let Some(value) = self.value(node) {
                        record.keys.push((field.key.clone(), value));
                    }
                }
            }
        }
        if record.kind.value.is_empty() {
            self.fault("a record says of which kind it is: kind = \"Organization\"", place);
            return None;
        }
        Some(record)
    }
}
