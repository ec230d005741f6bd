//! Records that have to wait until everything is known: those that name a thing instead of giving its id, and those that only mention
//! one. They are lifted after all others, in the order in which they stand.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};

use oxigraph::model::{GraphName, Literal, NamedNode, NamedOrBlankNode, Quad, Term, TermRef};

use crate::dataset::Id;
use crate::finding::{Finding, Severity};
use crate::fold::fold;
use crate::iri;
use crate::location::Located;
use crate::nearest::Candidates;
use crate::record::{Cited, Field, Node, Record};
use crate::schema::{Form, Key, Kind, Schema, local};
use crate::source::Source;
use crate::values::text::delimited;
use crate::vocab::{rdf, skos, xsd};

use super::{Context, Lifted, Lifter, Thing};

/// Everything that has a name, by its names, folded.
#[derive(Debug, Default)]
pub struct Names {
    things: HashMap<String, BTreeSet<String>>,
    /// The same by names as they are written, in small letters: what is written alike goes before what is only folded alike.
    alike: HashMap<String, BTreeSet<String>>,
    /// The properties that give names.
    naming: HashSet<NamedNode>,
    /// The kinds of things that are not lifted yet, by their IRIs.
    kinds: HashMap<String, Vec<String>>,
    /// A name of each thing, as it is written.
    written: HashMap<String, String>,
    /// The names of what was known of some classes when a name that nobody has was first met.
    like: RefCell<HashMap<Vec<NamedNode>, Candidates>>,
}

/// Lifts what waited.
pub fn settle(context: Context<'_>, sources: &[Source], lifted: &mut Lifted) {
    let mut waiting = std::mem::take(&mut lifted.waiting);
    if waiting.is_empty() {
        return;
    }
    let mut names = Names::of(context, lifted);
    for (source, record) in waiting.iter_mut().filter(|(_, record)| record.by_name) {
        let Some(source) = sources.iter().find(|known| known.id == *source) else { continue };
        Lifter::again(context, source, lifted).about(&names, record);
    }
    for (_, record) in &waiting {
        names.note(context, record);
    }
    let (mentions, others): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(_, record)| record.mention);
    for (source, record) in others.into_iter().chain(mentions) {
        let Some(source) = sources.iter().find(|known| known.id == source) else { continue };
        let mut lifter = Lifter::again(context, source, lifted);
        lifter.names = Some(&names);
        lifter.lift(record);
    }
}

/// The properties that give names to things: those of texts that stand under the same heading as the name itself, and codes of which a
/// thing has one at most.
fn naming(schema: &Schema) -> HashSet<NamedNode> {
    let is_code = |key: &Key| matches!(&key.form, Form::Literal(datatype) if datatype.as_ref() == xsd::STRING) && key.max == Some(1);
    let keys = || schema.kinds.values().flat_map(|kind| &kind.keys).filter(|key| key.form == Form::Text || is_code(key));
    let headings: HashSet<&(i64, String)> =
        keys().filter(|key| key.property == skos::PREF_LABEL).filter_map(|key| key.group.as_ref()).collect();
    let labels = [skos::PREF_LABEL, skos::ALT_LABEL, skos::HIDDEN_LABEL];
    keys()
        .filter(|key| labels.contains(&key.property.as_ref()) || key.group.as_ref().is_some_and(|group| headings.contains(group)))
        .map(|key| key.property.clone())
        .collect()
}

impl Names {
    fn of(context: Context<'_>, lifted: &Lifted) -> Self {
        let mut names = Self { naming: naming(context.schema), ..Self::default() };
        let naming: HashSet<Id> =
            names.naming.iter().filter_map(|property| lifted.terms.find(&Term::NamedNode(property.clone()))).collect();
        for [subject, _, object, _] in lifted.statements.quads().iter().copied().filter(|quad| naming.contains(&quad[1])) {
            if let (TermRef::NamedNode(thing), TermRef::Literal(name)) = (lifted.terms.term(subject), lifted.terms.term(object)) {
                names.add(thing.as_str(), name.value());
            }
        }
        names
    }

    fn add(&mut self, thing: &str, name: &str) {
        self.things.entry(fold(name)).or_default().insert(thing.to_owned());
        self.alike.entry(name.trim().to_lowercase()).or_default().insert(thing.to_owned());
        self.written.entry(thing.to_owned()).or_insert_with(|| name.to_owned());
    }

    /// Notes the names that a record gives which waits itself.
    fn note(&mut self, context: Context<'_>, record: &Record) {
        let Some(kind) = context.schema.kinds.get(&record.kind.value) else { return };
        let Some(Node::Text(id)) = record.fields.iter().find(|field| field.key.value == "id").map(|field| &field.value) else { return };
        let thing = context.thing(&id.value);
        self.kinds.entry(thing.as_str().to_owned()).or_default().push(kind.name.clone());
        for field in &record.fields {
            if kind.key(&field.key.value).is_some_and(|key| self.naming.contains(&key.property)) {
                let separator = record.separator.as_deref().filter(|_| kind.key(&field.key.value).is_some_and(Key::is_list));
                texts(&field.value, &mut |text| match separator {
                    Some(separator) => text.value.split(separator).map(str::trim).for_each(|part| self.add(thing.as_str(), part)),
                    None => self.add(thing.as_str(), &text.value),
                });
            }
        }
    }
}

fn texts(node: &Node, take: &mut dyn FnMut(&Located<String>)) {
    match node {
        Node::Text(text) => take(text),
        Node::List(members, _) => members.iter().for_each(|member| texts(member, take)),
        Node::Map(fields, _) => fields.iter().for_each(|field| texts(&field.value, take)),
        Node::Empty(_) => {}
    }
}

impl<'a> Lifter<'a> {
    /// Whether a record has to wait: it mentions a thing that is not known yet, or names one where an id would stand.
    pub(super) fn waits(&self, kind: &Kind, record: &Record) -> bool {
        if self.names.is_some() {
            return false;
        }
        if record.by_name {
            return true;
        }
        if record.mention {
            let known = record.fields.iter().find(|field| field.key.value == "id").is_some_and(|field| match &field.value {
                Node::Text(id) => self.known(&self.context.thing(&id.value), &[]),
                _ => false,
            });
            if !known {
                return true;
            }
        }
        self.names_something(kind, &record.fields, record.separator.as_deref())
    }

    /// A record whose id was made from its name is about the thing that has this name already, if one of its kind does.
    fn about(&mut self, names: &Names, record: &mut Record) {
        let Some(kind) = self.context.schema.kinds.get(&record.kind.value) else { return };
        let own = |field: &&mut Field| field.key.value == "id";
        let name = record.fields.iter().find(|field| kind.key(&field.key.value).is_some_and(|key| key.property == skos::PREF_LABEL));
        let mut written = Vec::new();
        if let Some(name) = name {
            texts(&name.value, &mut |text| written.push(text.clone()));
        }
        let Some(Node::Text(id)) = record.fields.iter_mut().find(own).map(|field| &mut field.value) else { return };
        if self.known(&self.context.thing(&id.value), &[]) {
            return;
        }
        let mut found: BTreeSet<&String> = BTreeSet::new();
        for text in &written {
            let things = names.alike.get(&text.value.trim().to_lowercase()).into_iter().flatten();
            found.extend(things.filter(|thing| self.related(thing, kind)));
        }
        let found: Vec<&str> = found.into_iter().map(|thing| self.context.base.slug_of(thing).unwrap_or(thing)).collect();
        match &found[..] {
            [] => {}
            [only] => {
                let message = format!("`{}` has this name: the row is about it", only);
                let hint = format!("if another is meant, give the row an `id` of its own, such as `{}`", id.value);
                id.value = (*only).to_owned();
                let finding = Finding::new(Severity::Info, "known-name", message, id.location.clone());
                self.find(finding.hint(Some(hint)));
            }
            several => {
                let message = format!("`{}` have this name", several.join("` and `"));
                let hint = format!("say which the row is about in a column `id`: `{}`", several[0]);
                let finding = Finding::error("known-name", message, id.location.clone());
                self.find(finding.hint(Some(hint)));
            }
        }
    }

    /// Whether a thing may be of a kind: its own is the same, or above or below it.
    fn related(&self, thing: &str, kind: &Kind) -> bool {
        let node = NamedNode::new_unchecked(thing);
        let found = self.lifted.terms.find(&Term::NamedNode(node)).and_then(|id| self.lifted.things.get(&id));
        let schema = self.context.schema;
        found.is_some_and(|thing| {
            let mut classes = thing.kinds.iter().filter_map(|name| schema.kinds.get(name)).map(|kind| &kind.class);
            classes.any(|class| schema.is_a(class, &kind.class) || schema.is_a(&kind.class, class))
        })
    }

    fn names_something(&self, kind: &Kind, fields: &[Field], separator: Option<&str>) -> bool {
        fields.iter().any(|field| {
            let Some(key) = kind.key(&field.key.value) else { return false };
            let (classes, inner) = match &key.form {
                Form::Reference(classes) => (classes.clone(), None),
                Form::Nested(name) => {
                    let inner = self.context.schema.kinds.get(name);
                    (inner.map(|kind| kind.class.clone()).into_iter().collect(), inner)
                }
                _ => return false,
            };
            field.value.members().iter().any(|member| match member {
                Node::Text(text) => {
                    let parts: Vec<&str> = match separator.filter(|_| key.is_list()) {
                        Some(separator) => text.value.split(separator).map(str::trim).filter(|part| !part.is_empty()).collect(),
                        None => vec![text.value.as_str()],
                    };
                    parts.iter().any(|part| !self.is_id(part) && !self.known(&self.context.thing(&iri::slug_for(part)), &classes))
                }
                Node::Map(fields, _) => inner.is_some_and(|kind| self.names_something(kind, fields, None)),
                _ => false,
            })
        })
    }

    /// Whether a text can only be an id, a prefixed name or an IRI.
    fn is_id(&self, text: &str) -> bool {
        (text.starts_with('<') && text.ends_with('>'))
            || self.context.prefixes.expand(text).is_some()
            || iri::slug_fault(text).is_none()
            || super::value::is_minted_path(text, self.context.schema)
    }

    /// Whether a thing of one of these classes is known.
    fn known(&self, thing: &NamedNode, classes: &[NamedNode]) -> bool {
        let found = self.lifted.terms.find(&Term::NamedNode(thing.clone())).and_then(|id| self.lifted.things.get(&id));
        found.is_some_and(|thing| thing.kinds.iter().any(|kind| self.is_of(kind, classes)))
    }

    fn is_of(&self, kind: &str, classes: &[NamedNode]) -> bool {
        classes.is_empty()
            || self
                .context
                .schema
                .kinds
                .get(kind)
                .is_some_and(|kind| classes.iter().any(|class| self.context.schema.is_a(&kind.class, class)))
    }

    /// The thing that is named where an id could stand: by somebody else's id, by what this source's resolutions say, or by its name.
    pub(super) fn named(&mut self, key: &Key, text: &Located<String>, classes: &[NamedNode]) -> Option<NamedNode> {
        let written = text.value.as_str();
        let by_id = self.context.thing(&iri::slug_for(written));
        let folded = fold(written);
        if let Some(said) = self.source.resolutions.get(&folded) {
            return Some(self.context.thing(&said.value));
        }
        let names = self.names;
        let waits = names
            .is_some_and(|names| names.kinds.get(by_id.as_str()).is_some_and(|kinds| kinds.iter().any(|kind| self.is_of(kind, classes))));
        if waits || self.known(&by_id, classes) {
            return Some(by_id);
        }
        let fits = |thing: &String| {
            let waiting =
                names.and_then(|names| names.kinds.get(thing)).is_some_and(|kinds| kinds.iter().any(|kind| self.is_of(kind, classes)));
            waiting || self.known(&NamedNode::new_unchecked(thing.clone()), classes)
        };
        let fitting = |things: Option<&BTreeSet<String>>| -> Vec<String> {
            things.into_iter().flatten().filter(|thing| fits(thing)).cloned().collect()
        };
        let mut found = fitting(names.and_then(|names| names.alike.get(&written.trim().to_lowercase())));
        if found.is_empty() {
            found = fitting(names.and_then(|names| names.things.get(&folded)));
        }
        if let [only] = &found[..] {
            return Some(NamedNode::new_unchecked(only.clone()));
        }
        // Nobody has to enter what everybody knows.
        if found.is_empty() {
            let fits = |kind: &str| self.is_of(kind, classes);
            let context = self.context;
            if let Some(known) = context.registry.called(&iri::slug_for(written), written, context.schema, &fits) {
                return Some(context.thing(&known));
            }
        }
        let shown = |thing: &str| {
            let slug = self.context.base.slug_of(thing).unwrap_or(thing).to_owned();
            match names.and_then(|names| names.written.get(thing)) {
                Some(name) => format!("`{slug}` ({name})"),
                None => format!("`{slug}`"),
            }
        };
        let settle = format!("{}/resolutions.csv", self.source.folder);
        let sorts: Vec<&str> = classes.iter().map(|class| local(class.as_str())).collect();
        let sort = if sorts.is_empty() { "thing".to_owned() } else { sorts.join(" or ") };
        let mut instead = None;
        let (message, hint) = match &found[..] {
            [] => {
                let found_near = names.and_then(|names| {
                    let mut like = names.like.borrow_mut();
                    let like = like.entry(classes.to_vec()).or_insert_with(|| {
                        Candidates::new(names.things.iter().filter(|(_, things)| things.iter().any(&fits)).map(|(name, _)| name.clone()))
                    });
                    Some((like.nearest(&folded)?.to_owned(), like.certain(&folded).map(str::to_owned)))
                });
                let (near, sure) = found_near.map_or((None, None), |(near, sure)| (Some(near), sure));
                let sure = sure.and_then(|name| names?.things.get(&name));
                let sure = sure.map(|things| things.iter().filter(|thing| fits(thing)).collect::<Vec<_>>());
                instead = match sure.as_deref() {
                    Some([only]) => names.and_then(|names| names.written.get(*only)),
                    _ => None,
                };
                let near = near.and_then(|name| names?.things.get(&name)?.iter().find(|thing| fits(thing)).cloned());
                let hint = match near {
                    Some(thing) => {
                        let slug = self.context.base.slug_of(&thing).unwrap_or(&thing).to_owned();
                        format!("did you mean {}? If so, correct it, or write the line `{written},{slug}` into {settle}", shown(&thing))
                    }
                    None => format!("write a record of it, or say in {settle} which id is meant: `{written},the-id`"),
                };
                (format!("no {sort} has the id or the name `{written}`"), hint)
            }
            several => {
                let list: Vec<String> = several.iter().take(5).map(|thing| shown(thing)).collect();
                let first = self.context.base.slug_of(&several[0]).unwrap_or(&several[0]).to_owned();
                let hint = format!("give its id, or say in {settle} which is meant: `{written},{first}`");
                (format!("`{written}` may be {} or {}", list[..list.len() - 1].join(", "), list[list.len() - 1]), hint)
            }
        };
        if let Some(name) = instead {
            self.lifted.instead(text, name);
        }
        self.failed.push(key.code().to_owned());
        let quoted = hint.replace(&format!("`{written},"), &format!("`{},", delimited(written, ',')));
        self.find(Finding::error(key.code(), message, text.location.clone()).label("nothing has this name").hint(Some(quoted)));
        None
    }

    /// The property under which a name is stated: where a thing is only mentioned and has another name already, that of other names.
    pub(super) fn name_or_alias(&mut self, number: Id, own: Id, kind: &Kind, name: &Term) -> Id {
        let Term::Literal(literal) = name else { return own };
        let language = literal.language().map(str::to_owned);
        let known = self.lifted.labels.entry((number, language)).or_insert_with(|| literal.value().to_owned());
        let alias = kind.keys.iter().find(|key| key.property == skos::ALT_LABEL);
        match alias.filter(|_| self.mention && *known != literal.value()) {
            Some(alias) => self.lifted.terms.id(alias.property.clone()),
            None => own,
        }
    }

    /// Columns that nothing is said of, as they are, under properties of the source's own.
    pub(super) fn extra(&mut self, number: Id, graphs: &[Id], fields: &[Field]) {
        for field in fields {
            let property = self.context.base.column(&self.source.id, &iri::slug_for(&field.key.value));
            let property = self.lifted.terms.id(property);
            for member in field.value.members() {
                if let Node::Text(text) = member {
                    let object = self.lifted.terms.id(Literal::from(text.value.as_str()));
                    self.state(graphs, number, property, object, &text.location);
                }
            }
        }
    }

    /// A statement that was written as one: in its own graph, or in that of the place it stands at.
    pub(super) fn stated(&mut self, quad: Quad, cited: &Located<String>, at: Option<&str>) {
        let location = cited.location.clone();
        let graph = match quad.graph_name {
            GraphName::NamedNode(graph) => self.lifted.terms.id(graph),
            _ => {
                let at = at.map(|at| Located::new(at.to_owned(), location.clone())).into_iter().collect();
                let graphs = self.graphs(&Cited { section: Some(cited.clone()), at }, &location, false);
                let Some(graph) = graphs.first() else { return };
                *graph
            }
        };
        let NamedOrBlankNode::NamedNode(subject) = quad.subject else { return };
        let subject = self.context.one(subject);
        let object = match quad.object.clone() {
            Term::NamedNode(node) => Term::NamedNode(self.context.one(node)),
            other => other,
        };
        let terms = &mut self.lifted.terms;
        let (subject, property, object) = (terms.id(subject), terms.id(quad.predicate.clone()), terms.id(object));
        if quad.predicate == rdf::TYPE
            && let Term::NamedNode(class) = &quad.object
            && let Some(kind) = self.context.schema.kind_of_class(class.as_str())
        {
            let new = || Thing { kinds: Vec::new(), location: location.clone(), cited: Vec::new() };
            let thing = self.lifted.things.entry(subject).or_insert_with(new);
            if !thing.kinds.contains(&kind.name) {
                thing.kinds.push(kind.name.clone());
                let contribution = self.lifted.contributions.entry(self.source.id.clone()).or_default();
                contribution.records += 1;
                contribution.things.entry(kind.name.clone()).or_default().insert(subject);
            }
        }
        self.lifted.statements.push([subject, property, object, graph], &location);
    }
}
