//! Empty files to fill in: what a kind's table has for columns, in the words of the project's language, with what each means, an
//! example, and what can be chosen. Who fills one in needs to know no id, no way of writing dates and no setting.
//!
//! Two rules let such a file be read as it is: a row whose first cell begins with [`EXAMPLE`] is nobody's, and so is a
//! sheet whose first cell begins with [`NOT_READ`](crate::source::NOT_READ).

use oxigraph::model::NamedNode;

use crate::iri::Prefixes;
use crate::ontology::Ontology;
use crate::project::Project;
use crate::schema::{Form, Key, Kind, Schema};
use crate::source::{EXAMPLE, TableKind};
use crate::values::text::{cell, delimited};
use crate::vocab::xsd;

pub mod names;
#[cfg(feature = "xlsx")]
pub mod workbook;

use names::Names;

/// What templates are made from.
pub struct Making<'a> {
    /// The project.
    pub project: &'a Project,
    /// Its ontology.
    pub ontology: &'a Ontology,
    /// Its kinds.
    pub schema: &'a Schema,
    /// The same as tables know them.
    pub tables: Vec<TableKind>,
    /// The names that exist.
    pub names: Names,
}

/// A sheet to be filled in.
#[derive(Debug)]
pub struct Sheet<'a> {
    /// Of what.
    pub kind: &'a Kind,
    /// What it is called: a name that reading knows.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
}

/// A column of it.
#[derive(Debug)]
pub struct Column {
    /// Its heading: a name that reading knows.
    pub heading: String,
    /// What it means, and how it is filled.
    pub note: String,
    /// Whether it must be filled.
    pub required: bool,
    /// A value as it may stand there; empty where there is none.
    pub example: String,
    /// What its cells hold.
    pub holds: Holds,
}

/// What the cells of a column hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holds {
    /// Texts, and dates, which people write in many ways.
    Text,
    /// One of a list of codes, by their labels.
    Code(NamedNode),
    /// Things of these classes, by their names.
    Thing(Vec<NamedNode>),
    /// Yes or no.
    Truth,
    /// A day.
    Day,
    /// A number, or a year, which is no sum.
    Number,
}

/// The words between which a cell for yes or no chooses.
pub const TRUTH: [&str; 2] = ["yes", "no"];

impl<'a> Making<'a> {
    /// The sheet of a kind.
    pub fn sheet(&self, kind: &'a Kind) -> Sheet<'a> {
        let table = self.tables.iter().find(|table| table.name == kind.name);
        let mut columns = Vec::new();
        for key in &kind.keys {
            if matches!(key.form, Form::Nested(_)) {
                continue;
            }
            match &key.ends {
                Some((from, to)) => {
                    let parts: Vec<String> = example(key).split('/').map(str::to_owned).collect();
                    // What is over in a day is dated by it; who filled in that day as its beginning would say that it goes on.
                    let single = !kind.lasts;
                    let part = |at: usize, shown: bool| parts.get(at).filter(|part| shown && *part != "..").cloned().unwrap_or_default();
                    if single {
                        let note = format!(
                            "A day, a month (Sep 2025) or a year, as much as is known. If it took longer, fill {} and {} instead.",
                            capital(from),
                            capital(to)
                        );
                        columns.push(Column { example: part(0, true), ..plain(&key.name, note, table) });
                    }
                    let note = "A day, a month (Sep 2025) or a year, as much as is known.";
                    columns.push(Column { example: part(0, !single), ..plain(from, format!("Since when. {note}"), table) });
                    let still = "Until when; write .. for what still goes on.";
                    columns.push(Column { example: part(1, !single), ..plain(to, format!("{still} {note}"), table) });
                }
                None => columns.push(self.column(key, table)),
            }
        }
        // The dark headings first: what must be filled should not have to be looked for.
        columns.sort_by_key(|column| !column.required);
        if kind.identified_by.is_empty() {
            let note =
                "May stay empty: it is made from the name. A short word of small letters, digits and hyphens, if two things have one name.";
            columns.push(plain("id", note.to_owned(), None));
        }
        Sheet { kind, name: self.name(kind), columns }
    }

    /// What the sheet of a kind is called, in the project's language where it has a word of its own.
    fn name(&self, kind: &Kind) -> String {
        let english = kind.label.to_lowercase().replace(' ', "-") == crate::iri::kebab(&kind.name);
        let name = if english { kind.plural.replace('-', " ") } else { kind.label.clone() };
        let plain: String = capital(&name).chars().map(|c| if "[]:*?/\\'".contains(c) { ' ' } else { c }).take(31).collect();
        let known = crate::source::kind_called(&plain, &self.tables).is_some_and(|known| known == kind.name);
        if known { plain } else { kind.name.chars().take(31).collect() }
    }

    fn column(&self, key: &Key, table: Option<&TableKind>) -> Column {
        let holds = match &key.form {
            Form::Code(scheme) => Holds::Code(scheme.clone()),
            Form::Reference(classes) => Holds::Thing(classes.clone()),
            Form::Number => Holds::Number,
            Form::Literal(datatype) => match datatype.as_ref() {
                xsd::BOOLEAN => Holds::Truth,
                xsd::DATE => Holds::Day,
                xsd::DECIMAL | xsd::DOUBLE | xsd::INTEGER | xsd::G_YEAR => Holds::Number,
                _ => Holds::Text,
            },
            _ => Holds::Text,
        };
        let example = match &holds {
            Holds::Code(scheme) => self.code_words(scheme, &example(key)),
            // An id of somebody's would show what nobody has to write.
            Holds::Thing(classes) => self.names.of(classes, self.schema).into_iter().next().unwrap_or_default(),
            Holds::Truth => TRUTH[0].to_owned(),
            _ => example(key),
        };
        let several = if key.is_list() { " Several: with ; between them." } else { "" };
        let how = match &holds {
            Holds::Code(_) => " One of the list.",
            Holds::Thing(_) => " Its name, or another name or acronym it has.",
            Holds::Truth => " yes or no.",
            Holds::Text if key.form == Form::Date => " A day, a month (Sep 2025) or a year, as much as is known.",
            Holds::Number if key.form == Form::Number => " A number; also >26 (more than), ≥4 (at least), ~120 (about).",
            _ => "",
        };
        let note = format!("{}{how}{several}", key.description.as_deref().unwrap_or_default()).replace('`', "");
        let required = key.min > 0;
        Column { required, example, holds, ..plain(&key.name, note.trim().to_owned(), table) }
    }

    /// The labels of a list's codes, in order; the name of a code whose label another has.
    pub fn codes(&self, scheme: &NamedNode) -> Vec<String> {
        let Some(list) = self.schema.lists.get(scheme) else { return Vec::new() };
        let mut words: Vec<String> = list.codes.keys().map(|name| self.code_words(scheme, name)).collect();
        words.sort_by_key(|word| word.to_lowercase());
        words
    }

    fn code_words(&self, scheme: &NamedNode, name: &str) -> String {
        let Some(list) = self.schema.lists.get(scheme) else { return name.to_owned() };
        let Some(code) = list.codes.get(name) else { return name.to_owned() };
        let folded = crate::fold::fold(&code.label);
        let alone = list
            .codes
            .iter()
            .all(|(other, known)| other == name || (crate::fold::fold(&known.label) != folded && crate::fold::fold(other) != folded));
        if alone { code.label.clone() } else { name.to_owned() }
    }

    /// The prefixes of the project.
    fn prefixes(&self) -> &Prefixes {
        &self.ontology.prefixes
    }
}

/// A column of no sort, with a heading that people know, if reading knows it too.
fn plain(name: &str, note: String, table: Option<&TableKind>) -> Column {
    let words = table.and_then(|table| Some((table, capital(&table.key(name)?.label))));
    let heading = match words {
        Some((table, words)) if table.key_of_heading(&words).is_some_and(|key| key.name == name) => words,
        _ => name.to_owned(),
    };
    Column { heading, note, required: false, example: String::new(), holds: Holds::Text }
}

/// The first value that the shape gives as an example.
fn example(key: &Key) -> String {
    key.examples.iter().find(|example| !example.starts_with(['[', '{'])).cloned().unwrap_or_default()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

impl Sheet<'_> {
    /// The example's cells: the first says that it is one.
    pub fn example(&self) -> Vec<String> {
        let cells = self.columns.iter().enumerate();
        cells
            .map(|(at, column)| match at {
                0 => format!("{EXAMPLE} {}", column.example).trim().to_owned(),
                _ => column.example.clone(),
            })
            .collect()
    }

    /// A table of text: a line of headings and an example. `section` and `at` are for sources that list their sections.
    pub fn table(&self, delimiter: char) -> String {
        let quote = |text: &str| delimited(&cell(text, 1000).replace(['\n', '\r', '\t'], " "), delimiter);
        let own = |text: &str| text.to_owned();
        let line = |cells: Vec<String>| cells.join(&delimiter.to_string());
        let heads = self.columns.iter().map(|column| quote(&column.heading)).chain([own("section"), own("at")]).collect();
        let example = self.example().iter().map(|text| quote(text)).chain([own(""), own("")]).collect();
        format!("{}\n{}\n", line(heads), line(example))
    }
}

/// A kind's records as YAML, each key with what it means. Keys that are known to no one stay away.
pub fn yaml(kinds: &[&Kind], making: &Making<'_>) -> String {
    let mut text = "section: \"1\"\n".to_owned();
    for kind in kinds {
        text.push_str(&format!("\n{}:\n", kind.name));
        let mut lead = "  - ";
        if kind.identified_by.is_empty() {
            text.push_str(&format!("{lead}id:\n"));
            lead = "    ";
        }
        for key in &kind.keys {
            let required = if key.min > 0 { ", required" } else { "" };
            let comment = format!("    # {}{required}", key.form_words(making.prefixes()));
            if let Some(description) = &key.description {
                text.push_str(&format!("    # {description}\n"));
            }
            text.push_str(&format!("{comment}\n{lead}{}:\n", key.name));
            lead = "    ";
            if let Some((from, to)) = &key.ends {
                text.push_str(&format!("    # or its two ends apart, instead of `{}`\n{lead}{from}:\n{lead}{to}:\n", key.name));
            }
        }
    }
    text
}
