//! What two witnesses tell, written from the schema: every key of every kind, each with a value that only one of them gives.

use std::collections::{BTreeSet, HashMap};

use civigraph::iri::kebab;
use civigraph::schema::{Form, Key, Kind, Schema, local};
use oxigraph::model::NamedNode;

/// What the witnesses are called, and their sources.
pub const WITNESSES: [&str; 2] = ["aye", "bee"];

/// Who says something, as bits.
pub type Who = u8;

pub const BOTH: Who = 3;

/// The records, and who says which value.
pub struct Telling<'s> {
    schema: &'s Schema,
    /// The lines of each witness's file.
    pub files: [Vec<String>; 2],
    /// Numbers and years, codes and words for them, by who says them.
    pub said: HashMap<String, Who>,
    next: u32,
    /// Which of all codes, and things of which sort, a record speaks of.
    turn: Option<usize>,
    /// In how many ways a text was told that has a form of its own.
    tried: HashMap<(usize, usize), usize>,
}

/// What references of a record lead to.
#[derive(Clone, Copy, PartialEq)]
enum Ends {
    /// Things that only the witness knows.
    Own,
    /// Things that both know.
    Shared,
}

impl<'s> Telling<'s> {
    /// `whole`: kinds of which even one's own thing must have more than the schema asks for.
    pub fn of(schema: &'s Schema, whole: &BTreeSet<String>) -> Self {
        let mut telling = Self {
            schema,
            files: [vec!["section: \"1\"".to_owned()], vec!["section: \"1\"".to_owned()]],
            said: HashMap::new(),
            turn: None,
            tried: HashMap::new(),
            next: 0,
        };
        for kind in schema.kinds.values() {
            for witness in 0..2 {
                telling.files[witness].push(format!("{}:", kind.name));
            }
            // One's own thing, with what it must have; one whose ends are one's own; one whose ends are shared; one without an id.
            telling.record(kind, Some("own"), Ends::Own, whole.contains(&kind.name));
            telling.record(kind, Some("both"), Ends::Own, true);
            telling.record(kind, Some("meet"), Ends::Shared, true);
            if !kind.identified_by.is_empty() {
                telling.record(kind, None, Ends::Shared, true);
            }
            // And each of the codes that it must have, about things of every sort in turn.
            let lists = kind.keys.iter().filter(|key| key.min > 0).filter_map(|key| match &key.form {
                Form::Code(scheme) => schema.lists.get(scheme),
                _ => None,
            });
            for turn in 0..lists.map(|list| list.codes.len()).max().unwrap_or(0) {
                telling.turn = Some(turn);
                telling.record(kind, Some(&format!("turn-{turn}")), if turn % 2 == 0 { Ends::Shared } else { Ends::Own }, true);
            }
            telling.turn = None;
        }
        telling
    }

    fn record(&mut self, kind: &Kind, id: Option<&str>, ends: Ends, whole: bool) {
        let mut lines: [Vec<String>; 2] = Default::default();
        let id_of = |witness: usize| match id {
            Some("own") => Some(format!("{}-{}", WITNESSES[witness], kebab(&kind.name))),
            Some(other) => Some(format!("{other}-{}", kebab(&kind.name))),
            None => None,
        };
        for (witness, lines) in lines.iter_mut().enumerate() {
            lines.extend(id_of(witness).map(|id| format!("id: {id}")));
        }
        for key in kind.keys.iter().filter(|key| key.min > 0 || whole) {
            if key.inverse && matches!(key.form, Form::Nested(_)) {
                // Told from the other end, by a record of its own.
                continue;
            }
            // A time that is written, and a code that tells a time, are of two records: one could not be right.
            let tells_time = match &key.form {
                Form::Code(scheme) => self.schema.lists.get(scheme).is_some_and(|list| {
                    list.codes.values().any(|code| code.begun_by_as_of || code.ended_by_as_of || code.lasts_until_as_of)
                }),
                _ => false,
            };
            if key.min == 0
                && (if id == Some("meet") || self.turn.is_some_and(|turn| turn % 3 == 0) { key.form == Form::Date } else { tells_time })
            {
                continue;
            }
            let is_name = key.min > 0 && key.form == Form::Text && key.one_per_language;
            for (witness, lines) in lines.iter_mut().enumerate() {
                // What is shared is called the same, so that one name leads to it.
                let value = match (is_name, id) {
                    (true, Some(id)) if id != "own" => {
                        Some(format!("{} {}", if id == "both" { "Shared" } else { "Met" }, words(&kind.name)))
                    }
                    _ => self.value(kind, key, witness, ends),
                };
                lines.extend(value.map(|value| format!("{}: {value}", key.name)));
            }
        }
        for (file, lines) in self.files.iter_mut().zip(&lines) {
            for (index, line) in lines.iter().enumerate() {
                file.push(format!("  {} {line}", if index == 0 { "-" } else { " " }));
            }
        }
    }

    /// The kind of the record at a line, and whether it is a witness's own thing.
    pub fn record_at(&self, witness: usize, line: usize) -> (String, bool) {
        let before = || self.files[witness][..=line].iter().rev();
        let kind = before().find(|line| line.ends_with(':') && !line.starts_with(' ')).map_or("", |kind| kind.trim_end_matches(':'));
        let own = format!("  - id: {}-", WITNESSES[witness]);
        (kind.to_owned(), before().find(|line| line.starts_with("  -")).is_some_and(|line| line.starts_with(&own)))
    }

    /// The line of what a fault is about: its own, or that of the key which it names where it stands at the record's first.
    pub fn told_at(&self, witness: usize, line: usize, code: &str) -> Option<usize> {
        let lines = &self.files[witness];
        if lines[line].starts_with("   ") {
            return Some(line);
        }
        let end = (line + 1..lines.len()).find(|at| !lines[*at].starts_with("   ")).unwrap_or(lines.len());
        let key = code.split_once('-').map_or(code, |(_, key)| key);
        (line + 1..end).find(|at| lines[*at].trim_start().starts_with(&format!("{key}: ")))
    }

    /// Tells a number as a part of a hundred; what is none is left out. Gives the key that is left out.
    pub fn tell_otherwise(&mut self, witness: usize, line: usize) -> Option<String> {
        let text = self.files[witness][line].clone();
        let (key, value) = text.trim_start().split_once(": ")?;
        let who = WITNESSES[witness];
        let is_number = value.len() == 6 && value.starts_with('7') && value.bytes().all(|b| b.is_ascii_digit());
        let letters = ["QA", "QB"][witness];
        // A part of a hundred; a telephone, an address of mail, a day of every year, letters of a list.
        let is_text = value.contains(" text of ");
        let tried = self.tried.get(&(witness, line)).copied();
        let ways = [
            format!("+41 {line}"),
            format!("{who}@{who}.example.org"),
            format!("--11-1{witness}"),
            letters.to_owned(),
            format!("{letters}A"),
        ];
        let way = if is_number {
            Some(format!("41.{value}"))
        } else if is_text || tried.is_some() {
            ways.get(tried.unwrap_or(0)).cloned()
        } else {
            None
        };
        if let Some(way) = way {
            if !is_number {
                self.tried.insert((witness, line), tried.unwrap_or(0) + 1);
            }
            self.files[witness][line] = format!("    {key}: \"{way}\"");
            return None;
        }
        let kind = self.files[witness][..line].iter().rev().find(|line| line.ends_with(':') && !line.starts_with(' '))?;
        let told = format!("{}.{key}", kind.trim_end_matches(':'));
        self.files[witness][line] = "    # left out".to_owned();
        Some(told)
    }

    /// A value that only this witness gives.
    fn value(&mut self, kind: &Kind, key: &Key, witness: usize, ends: Ends) -> Option<String> {
        let who = WITNESSES[witness];
        Some(match &key.form {
            Form::Reference(classes) => {
                let kinds: Vec<&Kind> =
                    if classes.is_empty() { self.schema.kinds.values().collect() } else { self.schema.kinds_of(classes) };
                // A thing rather than a claim, of another kind rather than of the same.
                let rank = |other: &&Kind| (!other.identified_by.is_empty(), other.name == kind.name, other.name.clone());
                let mut ranked: Vec<&&Kind> = kinds.iter().collect();
                ranked.sort_by_key(|kind| rank(kind));
                let claims = ranked.first().is_some_and(|kind| !kind.identified_by.is_empty());
                ranked.retain(|kind| kind.identified_by.is_empty() != claims);
                match ranked.get(self.turn.unwrap_or(0) % ranked.len().max(1)) {
                    Some(other) => self.reference(other, who, ends),
                    None => format!("cite:{who}/1"),
                }
            }
            Form::Nested(other) => self.reference(self.schema.kinds.get(other)?, who, ends),
            Form::Code(scheme) => self.code(scheme, witness)?.0,
            // Of one language there is one.
            Form::Text if key.one_per_language => {
                format!("{{ {}: \"{} words of {} {}\" }}", ["en", "de"][witness], capital(who), kind.name, key.name)
            }
            Form::Text => format!("\"{} words of {} {}\"", capital(who), kind.name, key.name),
            Form::Iri => format!("https://{who}.example.org/{}/{}", kind.name, key.name),
            Form::Date => self.year(witness),
            Form::Number => self.number(witness),
            Form::Literal(datatype) => match (local(datatype.as_str()), &key.notations) {
                (_, Some(scheme)) => self.code(scheme, witness)?.0,
                ("boolean", _) => (witness == 0).to_string(),
                ("gYear", _) => format!("\"{}\"", self.year(witness)),
                ("date", _) => format!("\"{}-01-01\"", self.year(witness)),
                ("integer" | "nonNegativeInteger" | "positiveInteger", _) => self.number(witness),
                ("decimal" | "double", _) => self.number(witness),
                ("anyURI", _) => format!("https://{who}.example.org/{}/{}", kind.name, key.name),
                _ => format!("\"{} text of {} {}\"", capital(who), kind.name, key.name),
            },
        })
    }

    fn reference(&self, kind: &Kind, who: &str, ends: Ends) -> String {
        format!("{}-{}", if ends == Ends::Own { who } else { "both" }, kebab(&kind.name))
    }

    /// A code of a list, as records write it, and its label; of two witnesses never the same unless there is but one.
    fn code(&mut self, scheme: &NamedNode, witness: usize) -> Option<(String, String)> {
        let list = self.schema.lists.get(scheme)?;
        let codes: Vec<_> = list.codes.iter().collect();
        if let Some(turn) = self.turn {
            let (name, code) = codes.get((turn + witness) % codes.len().max(1))?;
            // Both say it, each of another thing: it does not tell who spoke.
            let (name, iri, label) = ((*name).clone(), code.iri.as_str().to_owned(), code.label.clone());
            for witness in 0..2 {
                self.say(iri.clone(), witness);
                self.say(label.clone(), witness);
            }
            return Some((name, String::new()));
        }
        self.next += 1;
        let index = (self.next as usize * 2 + witness) % (codes.len().max(2) / 2 * 2);
        let (name, code) = codes.get(index).or(codes.first())?;
        // What a kind is called is said by nobody.
        if codes.len() > 1 && !self.schema.kinds.values().any(|kind| kind.label == code.label) {
            self.say(code.iri.as_str().to_owned(), witness);
            self.say(code.label.clone(), witness);
        }
        Some(((*name).clone(), code.label.clone()))
    }

    fn year(&mut self, witness: usize) -> String {
        self.next += 1;
        let year = (1100 + self.next % 400 * 2 + witness as u32).to_string();
        self.say(year.clone(), witness);
        year
    }

    fn number(&mut self, witness: usize) -> String {
        self.next += 1;
        let number = (700_000 + self.next * 2 + witness as u32).to_string();
        self.say(number.clone(), witness);
        number
    }

    fn say(&mut self, value: String, witness: usize) {
        *self.said.entry(value).or_default() |= 1 << witness;
    }
}

fn words(name: &str) -> String {
    kebab(name).replace('-', " ")
}

fn capital(who: &str) -> String {
    format!("{}{}", who[..1].to_uppercase(), &who[1..])
}
