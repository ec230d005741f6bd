//! Gathering what an index of names is made of: things with their kinds, their names, the identifiers that others use, and
//! initials where no acronym is recorded.

use std::collections::{BTreeSet, HashMap};

use oxigraph::model::{NamedNode, NamedOrBlankNode, Term};

use super::index::{Property, Role, short_number};
use crate::fold::{fold_key, initials};
use crate::iri::{Base, Prefixes, slug_fault};
use crate::ontology::{Ontology, preference};
use crate::schema::{Form, Key, Schema};
use crate::store::{In, Store, StoreError};
use crate::vocab::{CODE, dcterms, owl, rdf, rdfs, skos, xsd};

/// Keys longer than this are no identifiers that anyone types.
const LONGEST_KEY: usize = 400;

/// A thing while it is gathered.
pub(super) struct Thing {
    pub iri: String,
    pub id: String,
    /// The name that is shown, with how far it is from the one that is wanted.
    pub label: Option<(u8, u8, String)>,
    pub types: BTreeSet<NamedNode>,
    /// Whether it is the project's own, and no code of a list.
    pub own: bool,
}

/// What an index is made with.
#[derive(Debug, Clone, Copy)]
pub struct Making<'a> {
    /// Properties of names, and what they are called.
    pub ontology: &'a Ontology,
    /// Kinds and keys.
    pub schema: &'a Schema,
    /// The project's IRIs.
    pub base: &'a Base,
    /// The language that names are wanted in.
    pub language: &'a str,
}

/// Makes the index of a graph: the same bytes for the same graph. Costs one look at every name, type and identifier, and
/// a sort of all words.
///
/// # Errors
/// The storage reported a fault.
pub fn make(store: &Store, with: Making<'_>) -> Result<Vec<u8>, StoreError> {
    let mut gathered = Gathered::new(with);
    gathered.things(store)?;
    gathered.names(store)?;
    gathered.identifiers(store)?;
    gathered.numbered(store)?;
    gathered.figures(store)?;
    gathered.places(store)?;
    gathered.codes();
    gathered.once();
    gathered.initials();
    gathered.ids();
    Ok(gathered.write())
}

/// All that an index is made of.
pub(super) struct Gathered<'a> {
    pub with: Making<'a>,
    numbers: HashMap<String, u32>,
    pub things: Vec<Thing>,
    pub properties: Vec<Property>,
    /// (thing, property, text).
    pub names: Vec<(u32, u32, String)>,
    /// (key, thing, property, text).
    pub keys: Vec<(String, u32, u32, String)>,
}

impl<'a> Gathered<'a> {
    fn new(with: Making<'a>) -> Self {
        Self { with, numbers: HashMap::new(), things: Vec::new(), properties: Vec::new(), names: Vec::new(), keys: Vec::new() }
    }

    /// Notes a property; what is noted first is the better one where two say the same of a thing.
    fn property(&mut self, role: Role, words: String) -> u32 {
        self.properties.push(Property { role, words });
        short_number(self.properties.len() - 1)
    }

    /// What a property is called: as on pages, else by its own label, else as its key.
    fn words(&self, property: &NamedNode) -> Option<String> {
        let key = self.with.schema.kinds.values().flat_map(|kind| &kind.keys).find(|key| !key.inverse && key.property == *property);
        key.and_then(|key| key.label.clone())
            .or_else(|| self.with.ontology.label(property.as_ref(), self.with.language))
            .or_else(|| key.map(|key| key.name.replace('_', " ")))
    }

    fn number(&self, iri: &str) -> Option<u32> {
        self.numbers.get(iri).copied()
    }

    /// The number of a thing of the project or a code of a list; other nodes are nothing to be found.
    fn thing(&mut self, iri: &str, prefixes: &Prefixes) -> Option<u32> {
        if let Some(number) = self.number(iri) {
            return Some(number);
        }
        let slug = self.with.base.slug_of(iri);
        if slug.is_none() && !iri.starts_with(CODE) {
            return None;
        }
        let id = slug.map(str::to_owned).or_else(|| prefixes.shorten(iri)).unwrap_or_else(|| iri.to_owned());
        Some(self.known_as(iri, id, slug.is_some()))
    }

    /// The number of a thing with this id.
    fn known_as(&mut self, iri: &str, id: String, own: bool) -> u32 {
        if let Some(number) = self.number(iri) {
            return number;
        }
        let number = u32::try_from(self.things.len()).expect("a graph has fewer than four billion things");
        self.things.push(Thing { iri: iri.to_owned(), id, label: None, types: BTreeSet::new(), own });
        self.numbers.insert(iri.to_owned(), number);
        number
    }

    /// The things that records name, and the kinds of all.
    fn things(&mut self, store: &Store) -> Result<(), StoreError> {
        let prefixes = &self.with.ontology.prefixes;
        let classes: BTreeSet<NamedNode> = self.with.schema.kinds.values().map(|kind| kind.class.clone()).collect();
        for class in classes {
            for quad in store.quads(None, Some(rdf::TYPE), Some(class.as_ref().into()), Some(In::Default)) {
                let NamedOrBlankNode::NamedNode(node) = quad?.subject else { continue };
                // Claims have minted paths and nobody types them.
                if self.with.base.slug_of(node.as_str()).is_some_and(|slug| slug_fault(slug).is_none())
                    && let Some(number) = self.thing(node.as_str(), prefixes)
                {
                    self.things[number as usize].types.insert(class.clone());
                }
            }
        }
        Ok(())
    }

    fn names(&mut self, store: &Store) -> Result<(), StoreError> {
        let prefixes = &self.with.ontology.prefixes;
        let mut seen = BTreeSet::new();
        for (root, role, own) in [
            (skos::PREF_LABEL, Role::Name, "name"),
            (rdfs::LABEL, Role::Name, "name"),
            (skos::ALT_LABEL, Role::OtherName, "other name"),
            (skos::HIDDEN_LABEL, Role::Misspelling, "misspelling"),
        ] {
            for property in below(self.with.ontology, root.into_owned(), &mut seen) {
                let words = self.words(&property).unwrap_or_else(|| own.to_owned());
                let at = self.property(role, words);
                for quad in store.quads(None, Some(property.as_ref()), None, Some(In::Default)) {
                    let quad = quad?;
                    let (NamedOrBlankNode::NamedNode(node), Term::Literal(literal)) = (quad.subject, quad.object) else { continue };
                    let Some(number) = self.thing(node.as_str(), prefixes) else { continue };
                    if role == Role::Name {
                        // As on every page: `skos:prefLabel` before `rdfs:label`, the wanted language before others.
                        let rank = (u8::from(root == rdfs::LABEL), preference(literal.language(), self.with.language));
                        let label = &mut self.things[number as usize].label;
                        if label.as_ref().is_none_or(|(a, b, known)| (rank.0, rank.1, literal.value()) < (*a, *b, known.as_str())) {
                            *label = Some((rank.0, rank.1, literal.value().to_owned()));
                        }
                    }
                    self.names.push((number, at, literal.value().to_owned()));
                }
            }
        }
        Ok(())
    }

    /// Codes that others use, and addresses that lead out of the project.
    fn identifiers(&mut self, store: &Store) -> Result<(), StoreError> {
        let mut seen = BTreeSet::new();
        let mut properties: Vec<NamedNode> = [skos::NOTATION, dcterms::IDENTIFIER, owl::SAME_AS]
            .into_iter()
            .flat_map(|root| below(self.with.ontology, root.into_owned(), &mut seen))
            .collect();
        let keys = self.with.schema.kinds.values().flat_map(|kind| &kind.keys);
        let addresses: BTreeSet<&NamedNode> = keys.filter(|key| key.form == Form::Iri && !key.inverse).map(|key| &key.property).collect();
        properties.extend(addresses.into_iter().filter(|property| !seen.contains(property)).cloned());
        for property in properties {
            let words = self.words(&property).unwrap_or_else(|| "identifier".to_owned());
            let at = self.property(Role::Identifier, words);
            for quad in store.quads(None, Some(property.as_ref()), None, Some(In::Default)) {
                let quad = quad?;
                let NamedOrBlankNode::NamedNode(node) = quad.subject else { continue };
                let value = match &quad.object {
                    Term::Literal(literal) => literal.value(),
                    Term::NamedNode(address) if !address.as_str().starts_with(self.with.base.as_str()) => address.as_str(),
                    _ => continue,
                };
                let Some(number) = self.number(node.as_str()) else { continue };
                self.key(value, fold_key(value), number, at);
            }
        }
        Ok(())
    }

    /// What is numbered: a whole number that a kind cannot be without, alone and behind what people call the kind, as in
    /// `footnote 23`.
    fn numbered(&mut self, store: &Store) -> Result<(), StoreError> {
        let schema = self.with.schema;
        for kind in schema.kinds.values() {
            let whole = |key: &&Key| {
                matches!(&key.form, Form::Literal(datatype) if datatype.as_ref() == xsd::INTEGER) && key.min > 0 && !key.inverse
            };
            for key in kind.keys.iter().filter(whole) {
                let words = self.words(&key.property).unwrap_or_else(|| key.name.replace('_', " "));
                let at = self.property(Role::Identifier, words);
                for quad in store.quads(None, Some(key.property.as_ref()), None, Some(In::Default)) {
                    let quad = quad?;
                    let (NamedOrBlankNode::NamedNode(node), Term::Literal(value)) = (quad.subject, quad.object) else { continue };
                    let Some(number) =
                        self.number(node.as_str()).filter(|number| self.things[*number as usize].types.contains(&kind.class))
                    else {
                        continue;
                    };
                    self.key(value.value(), fold_key(value.value()), number, at);
                    let called = format!("{} {}", kind.label, value.value());
                    self.key(&called, fold_key(&called), number, at);
                    let label = &mut self.things[number as usize].label;
                    if label.is_none() {
                        *label = Some((u8::MAX, u8::MAX, called));
                    }
                }
            }
        }
        Ok(())
    }

    /// Figures by their value, each called by what it counts: `states signing: 72`. A graph that consists of figures has too many to be
    /// found so.
    fn figures(&mut self, store: &Store) -> Result<(), StoreError> {
        /// The most figures that are worth a place in the index.
        const MOST: usize = 100_000;
        let schema = self.with.schema;
        let prefixes = &self.with.ontology.prefixes;
        let codes = schema.lists.values().flat_map(|list| list.codes.values());
        let labels: HashMap<&NamedNode, &String> = codes.map(|code| (&code.iri, &code.label)).collect();
        for kind in schema.kinds.values() {
            let of_code = kind.keys.iter().find(|key| matches!(key.form, Form::Code(_)) && key.min > 0);
            let (Some(value), Some(what)) = (kind.keys.iter().find(|key| key.form == Form::Number && key.min > 0), of_code) else {
                continue;
            };
            let mut figures = Vec::new();
            for quad in store.quads(None, Some(value.property.as_ref()), None, Some(In::Default)) {
                let quad = quad?;
                if let (NamedOrBlankNode::NamedNode(node), Term::Literal(value)) = (quad.subject, quad.object) {
                    figures.push((node, value.value().to_owned()));
                }
                if figures.len() > MOST {
                    break;
                }
            }
            if figures.len() > MOST {
                continue;
            }
            let words = self.words(&value.property).unwrap_or_else(|| value.name.replace('_', " "));
            let at = self.property(Role::Identifier, words);
            for (node, figure) in figures {
                if !store.objects(node.as_ref(), rdf::TYPE)?.contains(&kind.class.clone().into()) {
                    continue;
                }
                let codes = store.objects(node.as_ref(), what.property.as_ref())?;
                let counted = codes.iter().find_map(|code| match code {
                    Term::NamedNode(code) => labels.get(code).copied(),
                    _ => None,
                });
                let Some(number) = self.thing(node.as_str(), prefixes) else { continue };
                let thing = &mut self.things[number as usize];
                thing.types.insert(kind.class.clone());
                if thing.label.is_none() {
                    let counted = counted.unwrap_or(&kind.label);
                    thing.label = Some((u8::MAX, u8::MAX, format!("{counted}: {figure}")));
                }
                let digits: String = figure.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | '-')).collect();
                self.key(&figure, fold_key(&figure), number, at);
                if digits != figure {
                    self.key(&figure, fold_key(&digits), number, at);
                }
            }
        }
        Ok(())
    }

    /// Sources and their sections: by their titles, and by where in the source they are.
    fn places(&mut self, store: &Store) -> Result<(), StoreError> {
        let sources = format!("{}source/", self.with.base.as_str());
        let prefixes = &self.with.ontology.prefixes;
        let title = self.property(Role::OtherName, "title".to_owned());
        let number = self.property(Role::Identifier, "section".to_owned());
        for quad in store.quads(None, Some(dcterms::TITLE), None, Some(In::Default)) {
            let quad = quad?;
            let (NamedOrBlankNode::NamedNode(node), Term::Literal(text)) = (quad.subject, quad.object) else { continue };
            let Some(inside) = node.as_str().strip_prefix(&sources) else { continue };
            let id = prefixes.shorten(node.as_str()).map_or_else(|| node.as_str().to_owned(), |short| short.replace('\\', ""));
            let place = self.known_as(node.as_str(), id, false);
            if self.things[place as usize].label.is_none() {
                self.things[place as usize].label = Some((u8::MAX, u8::MAX, text.value().to_owned()));
            }
            self.names.push((place, title, text.value().to_owned()));
            if let Some((_, section)) = inside.split_once('/') {
                self.key(section, fold_key(section), place, number);
                self.key(&format!("§{section}"), fold_key(&format!("§{section}")), place, number);
            }
        }
        Ok(())
    }

    /// Codes by what queries and commands call them: `role:member`.
    fn codes(&mut self) {
        let at = self.property(Role::Identifier, "code".to_owned());
        let codes = self.things.iter().enumerate().filter(|(_, thing)| thing.iri.starts_with(CODE));
        let codes: Vec<(u32, String)> = codes.map(|(number, thing)| (short_number(number), thing.id.clone())).collect();
        for (number, id) in codes {
            self.key(&id, fold_key(&id), number, at);
        }
    }

    fn key(&mut self, value: &str, key: String, thing: u32, property: u32) {
        if !key.is_empty() && key.len() <= LONGEST_KEY && value.len() <= LONGEST_KEY {
            self.keys.push((key, thing, property, value.to_owned()));
        }
    }

    /// What a rule concludes from a special property for a general one (an acronym is another name) is one name: the
    /// special one, which was gathered first.
    fn once(&mut self) {
        self.names.sort_unstable_by(|a, b| (a.0, &a.2, a.1).cmp(&(b.0, &b.2, b.1)));
        self.names.dedup_by(|b, a| a.0 == b.0 && a.2 == b.2);
    }

    /// Initials of the names of things for which no acronym is recorded.
    fn initials(&mut self) {
        let at = self.property(Role::Initials, "initials".to_owned());
        let acronym = |text: &str| {
            !text.contains(char::is_whitespace)
                && text.chars().filter(|c| c.is_uppercase()).count() >= 2
                && !text.contains(char::is_lowercase)
        };
        let roles: Vec<Role> = self.properties.iter().map(|property| property.role).collect();
        let role = |property: u32| roles[property as usize];
        let with_acronym: BTreeSet<u32> = self
            .names
            .iter()
            .filter(|(_, property, text)| role(*property) == Role::OtherName && acronym(text))
            .map(|(thing, ..)| *thing)
            .collect();
        let mut keys = Vec::new();
        for (thing, property, text) in &self.names {
            if role(*property) <= Role::OtherName && self.things[*thing as usize].own && !with_acronym.contains(thing) {
                keys.extend(initials(text).into_iter().map(|key| (key, *thing, at, text.clone())));
            }
        }
        self.keys.extend(keys);
    }

    /// The words of an id count as a name where there is no other.
    fn ids(&mut self) {
        let at = self.property(Role::Id, "id".to_owned());
        let mut named = vec![false; self.things.len()];
        self.names.iter().for_each(|(thing, ..)| named[*thing as usize] = true);
        for (number, thing) in self.things.iter().enumerate().filter(|(number, thing)| thing.own && !named[*number]) {
            self.names.push((short_number(number), at, thing.id.clone()));
        }
    }
}

/// A property with all below it that have not been seen, the most special first.
fn below(ontology: &Ontology, root: NamedNode, seen: &mut BTreeSet<NamedNode>) -> Vec<NamedNode> {
    let mut all = Vec::new();
    let mut open = vec![(0, root)];
    while let Some((depth, property)) = open.pop() {
        if seen.insert(property.clone()) {
            open.extend(ontology.subjects(rdfs::SUB_PROPERTY_OF, &property).into_iter().map(|below| (depth + 1, below)));
            all.push((std::cmp::Reverse(depth), property));
        }
    }
    all.sort();
    all.into_iter().map(|(_, property)| property).collect()
}
