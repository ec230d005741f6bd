//! The schema of the records, read from the shapes: which kinds there are, which keys each has, what a key's value is.
//!
//! From here come reading, checking, templates and reference pages. No kind and no key is named in Rust.

use std::collections::{BTreeMap, BTreeSet};

use oxigraph::model::{NamedNode, NamedNodeRef, NamedOrBlankNodeRef, Term, TermRef};

use crate::finding::Finding;
use crate::iri::Prefixes;
use crate::location::Location;
use crate::ontology::{Ontology, number};
use crate::vocab::{cg, edtf, rdf, rdfs, sh, skos};

mod tables;

/// All kinds and code lists of a project.
#[derive(Debug, Default)]
pub struct Schema {
    /// The kinds that records can have, by name.
    pub kinds: BTreeMap<String, Kind>,
    /// The code lists, by the scheme's IRI.
    pub lists: BTreeMap<NamedNode, CodeList>,
    /// Every class with all its superclasses.
    pub superclasses: BTreeMap<NamedNode, Vec<NamedNode>>,
    /// Every term that the ontology introduces, so that records may refer to it.
    pub terms: BTreeSet<NamedNode>,
}

/// A kind of record: one node shape with `cg:kind`.
#[derive(Debug, Clone)]
pub struct Kind {
    /// The name in records.
    pub name: String,
    /// What a file of them is called: `people`, `status-events`.
    pub plural: String,
    /// The class of its things.
    pub class: NamedNode,
    /// Its node shape.
    pub shape: NamedNode,
    /// What people call one.
    pub label: String,
    /// What it covers and what it leaves out.
    pub comment: Option<String>,
    /// Its keys in order, those of superclasses first.
    pub keys: Vec<Key>,
    /// The keys whose values name a record that has no id; empty if an id is needed.
    pub identified_by: Vec<String>,
    /// The keys by which two records of one name are two claims, where both cannot be of one: its time, a programme, a value.
    pub told_apart_by: Vec<String>,
    /// Those of them in which two claims, alike in all else, contradict each other.
    pub contradicts_by: Vec<String>,
    /// Whether what it describes goes on for a time, so that a single day is hardly the whole of it.
    pub lasts: bool,
}

/// A key of a kind: one property shape.
#[derive(Debug, Clone)]
pub struct Key {
    /// The name in records.
    pub name: String,
    /// The property.
    pub property: NamedNode,
    /// Whether the statement runs from the value to the record (`sh:inversePath`).
    pub inverse: bool,
    /// What a value is.
    pub form: Form,
    /// At least so many values.
    pub min: u32,
    /// At most so many values.
    pub max: Option<u32>,
    /// Whether a text may be given once in each language only (`sh:uniqueLang`).
    pub one_per_language: bool,
    /// The property shape; its local name is the code of findings.
    pub shape: NamedNode,
    /// Why the key is there.
    pub description: Option<String>,
    /// What to tell who breaks it.
    pub message: Option<String>,
    /// Values, as they may be written.
    pub examples: Vec<String>,
    /// What it is called on pages for people, where that is not its name.
    pub label: Option<String>,
    /// The heading it is shown under, with that heading's order.
    pub group: Option<(i64, String)>,
    /// For a text: the code list whose names it is to be one of.
    pub notations: Option<NamedNode>,
    /// For a time: the keys under which its two ends may be written apart.
    pub ends: Option<(String, String)>,
    /// The key in whose place this one names a record, where that one is not given.
    pub instead_of: Option<String>,
    /// Whether it holds texts for people to read, and no names: signs that separate values elsewhere are part of them.
    pub free: bool,
    order: f64,
}

/// What a value of a key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// A reference to a thing of one of these classes (any thing, if there are none).
    Reference(Vec<NamedNode>),
    /// A concept of a code list.
    Code(NamedNode),
    /// A literal of a datatype.
    Literal(NamedNode),
    /// A text in a language.
    Text,
    /// A date in EDTF level 0 or 1, with the bounds it implies.
    Date,
    /// A number with its qualifier and the bounds it implies.
    Number,
    /// An absolute IRI.
    Iri,
    /// A record of this kind in place, or a reference to one.
    Nested(String),
}

/// A code list: a SKOS concept scheme.
#[derive(Debug, Clone)]
pub struct CodeList {
    /// The scheme.
    pub scheme: NamedNode,
    /// The list's name: the last part of the scheme's IRI.
    pub name: String,
    /// Its concepts, by the local name that records use.
    pub codes: BTreeMap<String, Code>,
}

/// A concept of a code list.
#[derive(Debug, Clone)]
pub struct Code {
    /// The concept.
    pub iri: NamedNode,
    /// Its label.
    pub label: String,
    /// What it says about time: its thing began by the source's as-of date.
    pub begun_by_as_of: bool,
    /// Its thing ended by the as-of date.
    pub ended_by_as_of: bool,
    /// Its thing had not ended before the as-of date.
    pub lasts_until_as_of: bool,
    /// Whether what has this code goes on for a time.
    pub lasts: bool,
    /// Other words for it, so that who writes one of them is told the code.
    pub also: Vec<String>,
}

impl Schema {
    /// Reads the schema out of an ontology; what is wrong with a shape is a finding at its place.
    pub fn read(ontology: &Ontology, language: &str) -> (Self, Vec<Finding>) {
        let mut reader = Reader { ontology, language, findings: Vec::new(), schema: Self::default(), names: BTreeMap::new() };
        reader.schema.superclasses = ontology.superclasses();
        reader.schema.terms = ontology
            .graph
            .iter()
            .filter_map(|triple| match triple.subject {
                NamedOrBlankNodeRef::NamedNode(node) => Some(node.into_owned()),
                NamedOrBlankNodeRef::BlankNode(_) => None,
            })
            .collect();
        reader.lists();
        reader.kinds();
        reader.one_property_a_key();
        (reader.schema, reader.findings)
    }

    /// Whether a class is another or below it.
    pub fn is_a(&self, class: &NamedNode, ancestor: &NamedNode) -> bool {
        class == ancestor || self.superclasses.get(class).is_some_and(|above| above.binary_search(ancestor).is_ok())
    }

    /// The kinds whose class is one of these or below, by name: what may stand where they are asked for.
    pub fn kinds_of(&self, classes: &[NamedNode]) -> Vec<&Kind> {
        self.kinds.values().filter(|kind| classes.iter().any(|class| self.is_a(&kind.class, class))).collect()
    }

    /// The kind of a class, if one has exactly this class.
    pub fn kind_of_class(&self, class: &str) -> Option<&Kind> {
        self.kinds.values().find(|kind| kind.class.as_str() == class)
    }
}

impl Kind {
    /// The key of a name.
    pub fn key(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The key of a time one of whose ends goes by this name; and whether it is the later end.
    pub fn end(&self, name: &str) -> Option<(&Key, bool)> {
        self.keys.iter().find_map(|key| match &key.ends {
            Some((from, _)) if from == name => Some((key, false)),
            Some((_, to)) if to == name => Some((key, true)),
            _ => None,
        })
    }

    /// The names of all keys as they may be written, the two ends of a time after it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().flat_map(|key| {
            let ends = key.ends.iter().flat_map(|(from, to)| [from.as_str(), to.as_str()]);
            std::iter::once(key.name.as_str()).chain(ends)
        })
    }
}

impl Key {
    /// The code of findings about it: the local name of its shape.
    pub fn code(&self) -> &str {
        local(self.shape.as_str())
    }

    /// Whether one cell of a table may list several values.
    pub fn is_list(&self) -> bool {
        self.max != Some(1) && !self.one_per_language
    }

    /// What it is called on pages for people.
    pub fn words(&self) -> String {
        self.label.clone().unwrap_or_else(|| self.name.replace('_', " "))
    }

    /// What a value is, in a few words for people.
    pub fn form_words(&self, prefixes: &Prefixes) -> String {
        let short = |iri: &NamedNode| prefixes.shorten(iri.as_str()).unwrap_or_else(|| iri.to_string());
        match &self.form {
            Form::Reference(classes) if classes.is_empty() => "the id of a thing".to_owned(),
            Form::Reference(classes) => {
                let names: Vec<String> = classes.iter().map(|class| local(class.as_str()).to_owned()).collect();
                format!("the id of {}", names.join(" or "))
            }
            Form::Code(scheme) => format!("a code of the list `{}`", local(scheme.as_str())),
            Form::Literal(datatype) => match local(datatype.as_str()) {
                "string" => "text".to_owned(),
                other => format!("{other} ({})", short(datatype)),
            },
            Form::Text => "text, or a mapping of language tags to texts".to_owned(),
            Form::Date => "a date in EDTF: 2025, 2025-09, 2025-09-30/2025-10-01, 2025-09/..".to_owned(),
            Form::Number => "a number, qualified if need be: 67, >26, ≥4, 25+, ~123e9".to_owned(),
            Form::Iri => "a web address: https://…".to_owned(),
            Form::Nested(kind) => format!("a {kind} record in place"),
        }
    }
}

/// `StatusEvent` as a file of them is called, where the shape does not say (cg:plural): `status-events`.
fn plural(kind: &str) -> String {
    let one = crate::iri::kebab(kind);
    if let Some(stem) = one.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u'])) {
        format!("{stem}ies")
    } else if one.ends_with('s') || one.ends_with('x') || one.ends_with("ch") || one.ends_with("sh") {
        format!("{one}es")
    } else {
        format!("{one}s")
    }
}

/// The part of an IRI after its last `/` or `#`.
pub fn local(iri: &str) -> &str {
    iri.rsplit(['/', '#']).next().unwrap_or(iri)
}

struct Reader<'a> {
    ontology: &'a Ontology,
    language: &'a str,
    findings: Vec<Finding>,
    schema: Schema,
    names: BTreeMap<NamedNode, String>,
}

impl Reader<'_> {
    fn fault(&mut self, subject: &NamedNode, message: String) {
        let code = local(subject.as_str()).to_owned();
        let place = self.ontology.locate(subject.as_str()).unwrap_or_else(|| Location::file(&"ontology".into()));
        self.findings.push(Finding::error(code, message, place));
    }

    fn lists(&mut self) {
        for scheme in self.ontology.subjects(rdf::TYPE, skos::CONCEPT_SCHEME) {
            let mut codes = BTreeMap::new();
            for concept in self.ontology.subjects(skos::IN_SCHEME, &scheme) {
                let name = local(concept.as_str()).to_owned();
                let says = |property: NamedNodeRef<'_>| {
                    self.ontology
                        .graph
                        .objects_for_subject_predicate(&concept, property)
                        .any(|object| matches!(object, TermRef::Literal(literal) if matches!(literal.value(), "true" | "1")))
                };
                let mut also: Vec<String> = [skos::ALT_LABEL, skos::HIDDEN_LABEL, skos::NOTATION]
                    .into_iter()
                    .flat_map(|property| self.ontology.graph.objects_for_subject_predicate(&concept, property))
                    .filter_map(|object| if let TermRef::Literal(literal) = object { Some(literal.value().to_owned()) } else { None })
                    .collect();
                also.sort();
                let code = Code {
                    also,
                    lasts: says(cg::LASTS),
                    label: self.ontology.label(concept.as_ref(), self.language).unwrap_or_else(|| name.clone()),
                    begun_by_as_of: says(cg::LATEST_START_IS_AS_OF),
                    ended_by_as_of: says(cg::LATEST_END_IS_AS_OF),
                    lasts_until_as_of: says(cg::EARLIEST_END_IS_AS_OF),
                    iri: concept,
                };
                codes.insert(name, code);
            }
            let name = local(scheme.as_str()).to_owned();
            self.schema.lists.insert(scheme.clone(), CodeList { scheme, name, codes });
        }
    }

    fn kinds(&mut self) {
        let shapes = self.ontology.subjects(rdf::TYPE, sh::NODE_SHAPE);
        let mut own_keys: BTreeMap<NamedNode, Vec<Key>> = BTreeMap::new();
        let mut own_names: BTreeMap<(NamedNode, NamedNodeRef<'_>), Vec<String>> = BTreeMap::new();
        let lists = [cg::IDENTIFIED_BY, cg::TOLD_APART_BY, cg::CONTRADICTS_BY];
        let mut targets: Vec<(NamedNode, NamedNode)> = Vec::new();
        for shape in &shapes {
            if let Some(name) = self.ontology.text(shape.as_ref(), cg::KIND, self.language) {
                self.names.insert(shape.clone(), name);
            }
        }
        for shape in shapes {
            for class in self.ontology.objects(&shape, sh::TARGET_CLASS) {
                targets.push((shape.clone(), class));
            }
            for property in lists {
                let Some(head) = self.ontology.graph.object_for_subject_predicate(&shape, property) else { continue };
                let names = self.ontology.list(head).into_iter().filter_map(|term| match term {
                    Term::Literal(literal) => Some(literal.value().to_owned()),
                    _ => None,
                });
                own_names.insert((shape.clone(), property), names.collect());
            }
            let mut keys: Vec<Key> = Vec::new();
            for property in self.ontology.objects(&shape, sh::PROPERTY) {
                if let Some(key) = self.key(&property) {
                    keys.push(key);
                }
            }
            own_keys.insert(shape, keys);
        }
        for (shape, class) in &targets {
            let Some(name) = self.names.get(shape).cloned() else { continue };
            let above = self.schema.superclasses.get(class).cloned().unwrap_or_default();
            let mut line: Vec<&NamedNode> = vec![shape];
            line.extend(targets.iter().filter(|(_, target)| target != class && above.contains(target)).map(|(shape, _)| shape));
            let mut keys: Vec<Key> = Vec::new();
            for shape in &line {
                for key in &own_keys[*shape] {
                    if !keys.iter().any(|known| known.name == key.name) {
                        keys.push(key.clone());
                    }
                }
            }
            // Names stand under the heading of the name itself.
            let naming = keys.iter().find(|key| key.property.as_ref() == skos::PREF_LABEL).and_then(|key| key.group.clone());
            let labels = [skos::PREF_LABEL, skos::ALT_LABEL, skos::HIDDEN_LABEL];
            for key in keys.iter_mut().filter(|key| key.form == Form::Text) {
                key.free = !labels.contains(&key.property.as_ref()) && (key.group.is_none() || key.group != naming);
            }
            keys.sort_by(|a, b| a.order.total_cmp(&b.order).then_with(|| a.name.cmp(&b.name)));
            let mut named = lists.map(|property| {
                let own = line.iter().find_map(|shape| own_names.get(&((*shape).clone(), property)));
                own.cloned().unwrap_or_default()
            });
            for (property, list) in lists.iter().zip(&named) {
                for key in list.iter().filter(|key| !keys.iter().any(|known| known.name == **key)) {
                    self.fault(shape, format!("cg:{} names `{key}`, which is no key of {name}", local(property.as_str())));
                }
            }
            let lasts = line.iter().find_map(|shape| self.ontology.graph.object_for_subject_predicate(*shape, cg::LASTS));
            let lasts = matches!(lasts, Some(TermRef::Literal(literal)) if matches!(literal.value(), "true" | "1"));
            let label = self.ontology.label(shape.as_ref(), self.language);
            let kind = Kind {
                plural: self.ontology.text(shape.as_ref(), cg::PLURAL, self.language).unwrap_or_else(|| plural(&name)),
                label: label.or_else(|| self.ontology.label(class.as_ref(), self.language)).unwrap_or_else(|| name.clone()),
                comment: self.ontology.text(shape.as_ref(), rdfs::COMMENT, self.language),
                class: class.clone(),
                shape: shape.clone(),
                keys,
                identified_by: std::mem::take(&mut named[0]),
                told_apart_by: std::mem::take(&mut named[1]),
                contradicts_by: std::mem::take(&mut named[2]),
                lasts,
                name: name.clone(),
            };
            if let Some(other) = self.schema.kinds.insert(name.clone(), kind) {
                self.fault(shape, format!("the kind `{name}` is also that of {}", other.shape));
            }
        }
    }

    fn key(&mut self, shape: &NamedNode) -> Option<Key> {
        let graph = &self.ontology.graph;
        let name = self.ontology.text(shape.as_ref(), sh::NAME, self.language)?;
        let (property, inverse) = match graph.object_for_subject_predicate(shape, sh::PATH) {
            Some(TermRef::NamedNode(property)) => (property.into_owned(), false),
            Some(TermRef::BlankNode(path)) => match self.ontology.object(path, sh::INVERSE_PATH) {
                Some(property) => (property, true),
                None => {
                    self.fault(shape, "a key's path is one property, or the inverse of one".to_owned());
                    return None;
                }
            },
            _ => {
                self.fault(shape, "the property shape has no sh:path".to_owned());
                return None;
            }
        };
        let form = self.form(shape)?;
        let count = |property| match graph.object_for_subject_predicate(shape, property) {
            Some(TermRef::Literal(literal)) => literal.value().parse::<u32>().ok(),
            _ => None,
        };
        let order = match graph.object_for_subject_predicate(shape, sh::ORDER) {
            Some(TermRef::Literal(literal)) => number(&literal.into_owned()).unwrap_or(f64::MAX),
            _ => f64::MAX,
        };
        let mut examples: Vec<String> = graph
            .objects_for_subject_predicate(shape, skos::EXAMPLE)
            .filter_map(|object| match object {
                TermRef::Literal(literal) => Some(literal.value().to_owned()),
                _ => None,
            })
            .collect();
        examples.sort();
        let group = self.ontology.object(shape, sh::GROUP).map(|group| {
            let place = match graph.object_for_subject_predicate(&group, sh::ORDER) {
                Some(TermRef::Literal(literal)) => literal.value().parse().unwrap_or(i64::MAX),
                _ => i64::MAX,
            };
            (place, self.ontology.label(group.as_ref(), self.language).unwrap_or_else(|| local(group.as_str()).to_owned()))
        });
        Some(Key {
            name,
            property,
            inverse,
            form,
            min: count(sh::MIN_COUNT).unwrap_or(0),
            max: count(sh::MAX_COUNT),
            one_per_language: matches!(
                graph.object_for_subject_predicate(shape, sh::UNIQUE_LANG),
                Some(TermRef::Literal(literal)) if matches!(literal.value(), "true" | "1")
            ),
            description: self.ontology.text(shape.as_ref(), sh::DESCRIPTION, self.language),
            message: self.ontology.text(shape.as_ref(), sh::MESSAGE, self.language),
            label: self.ontology.text(shape.as_ref(), rdfs::LABEL, self.language),
            examples,
            notations: self.ontology.object(shape, cg::NOTATION_OF).filter(|scheme| self.schema.lists.contains_key(scheme)),
            group,
            ends: self.ontology.text(shape.as_ref(), cg::FROM_KEY, self.language).zip(self.ontology.text(
                shape.as_ref(),
                cg::TO_KEY,
                self.language,
            )),
            instead_of: self.ontology.text(shape.as_ref(), cg::INSTEAD_OF, self.language),
            free: false,
            order,
            shape: shape.clone(),
        })
    }

    fn form(&mut self, shape: &NamedNode) -> Option<Form> {
        if let Some(scheme) = self.ontology.object(shape, cg::CODE_LIST) {
            if !self.schema.lists.contains_key(&scheme) {
                self.fault(shape, format!("cg:codeList leads to {scheme}, which is no skos:ConceptScheme here"));
                return None;
            }
            return Some(Form::Code(scheme));
        }
        if let Some(node) = self.ontology.object(shape, sh::NODE)
            && let Some(name) = self.names.get(&node)
        {
            return Some(Form::Nested(name.clone()));
        }
        if let Some(datatype) = self.ontology.object(shape, sh::DATATYPE) {
            return Some(match datatype.as_ref() {
                rdf::LANG_STRING => Form::Text,
                edtf::EDTF => Form::Date,
                cg::QUALIFIED_NUMBER => Form::Number,
                _ => Form::Literal(datatype),
            });
        }
        let classes = self.ontology.objects(shape, sh::CLASS);
        if !classes.is_empty() {
            return Some(Form::Reference(classes));
        }
        let mut choices = Vec::new();
        for head in self.ontology.graph.objects_for_subject_predicate(shape, sh::OR) {
            for member in self.ontology.list(head) {
                match &member {
                    Term::BlankNode(choice) => choices.extend(self.ontology.objects(choice, sh::CLASS)),
                    Term::NamedNode(choice) => choices.extend(self.ontology.objects(choice, sh::CLASS)),
                    Term::Literal(_) => {}
                }
            }
        }
        if !choices.is_empty() {
            choices.sort();
            return Some(Form::Reference(choices));
        }
        if self.ontology.object(shape, sh::NODE_KIND).is_some_and(|kind| kind.as_ref() == sh::IRI) {
            return Some(Form::Iri);
        }
        self.fault(
            shape,
            "nothing says what a value is: give it sh:class, cg:codeList, sh:datatype, sh:nodeKind sh:IRI or sh:node".to_owned(),
        );
        None
    }

    /// A key means the same property on every kind.
    fn one_property_a_key(&mut self) {
        let mut first: BTreeMap<String, (NamedNode, bool, NamedNode)> = BTreeMap::new();
        let mut faults = Vec::new();
        for kind in self.schema.kinds.values() {
            for key in &kind.keys {
                match first.get(&key.name) {
                    None => {
                        first.insert(key.name.clone(), (key.property.clone(), key.inverse, key.shape.clone()));
                    }
                    Some((property, inverse, shape)) if (property, *inverse) != (&key.property, key.inverse) => {
                        faults.push((
                            key.shape.clone(),
                            format!(
                                "the key `{}` is {} here and {property} in {shape}; a key means one property everywhere",
                                key.name, key.property
                            ),
                        ));
                    }
                    Some(_) => {}
                }
            }
        }
        faults.dedup();
        for (shape, message) in faults {
            self.fault(&shape, message);
        }
    }
}
