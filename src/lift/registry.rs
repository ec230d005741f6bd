//! What everybody refers to and nobody has to enter: tables under `ontology/registry/`, shipped or a project's own. A record
//! that refers to one of these things, by its id or by a name, brings it into the graph; the others stay out. What a project
//! says of a thing itself goes before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use super::{Context, Lifted, Lifter};
use crate::finding::Finding;
use crate::fold::fold;
use crate::iri;
use crate::location::Located;
use crate::project::{Project, ProjectError};
use crate::record::{Node, Record};
use crate::schema::{Key, Schema};
use crate::source::{Sink, Source, TableKind, introduction};
use crate::vocab::skos;
use crate::world::{Memory, World};

/// Where the tables are.
pub const FOLDER: &str = "ontology/registry";

/// The tables of a project, read when something is first looked for in them.
#[derive(Debug)]
pub struct Registry {
    files: Memory,
    project: Project,
    kinds: Vec<TableKind>,
    /// Whether some are the project's own, which may have faults.
    own: bool,
    read: OnceLock<(Option<Read>, Vec<Finding>)>,
}

#[derive(Debug)]
struct Read {
    source: Source,
    /// The records, by their ids.
    records: BTreeMap<String, Record>,
    /// The ids of what has a name, by the name, folded.
    names: BTreeMap<String, BTreeSet<String>>,
}

impl Registry {
    /// The tables of a project. Costs a look at what is shipped and the project's folder; nothing is read yet.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn of(project: &Project, kinds: &[TableKind]) -> Result<Self, ProjectError> {
        let (mut files, mut own) = (Memory::default(), false);
        for ending in ["csv", "toml"] {
            for asset in project.assets(FOLDER, ending)? {
                own |= !asset.shipped;
                files.put(asset.within.to_string(), asset.text);
            }
        }
        Ok(Self { files, project: project.clone(), kinds: kinds.to_vec(), own, read: OnceLock::new() })
    }

    /// What is wrong in the project's own.
    pub fn findings(&self, schema: &Schema) -> &[Finding] {
        if self.own { &self.all(schema).1 } else { &[] }
    }

    fn read(&self, schema: &Schema) -> Option<&Read> {
        self.all(schema).0.as_ref()
    }

    fn all(&self, schema: &Schema) -> &(Option<Read>, Vec<Finding>) {
        self.read.get_or_init(|| {
            if !self.files.is_folder(FOLDER) {
                return (None, Vec::new());
            }
            let project = Project { world: Arc::new(self.files.clone()), ..self.project.clone() };
            let (source, mut findings) = match introduction::introduce(&project, FOLDER) {
                Ok(introduced) => introduced,
                Err(finding) => return (None, vec![*finding]),
            };
            let mut records = Records::default();
            // Memory is always listed.
            let _ = source.read(&project, &self.kinds, &mut records);
            findings.append(&mut records.findings);
            let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for (id, record) in &records.by_id {
                for name in names_of(record, schema) {
                    names.entry(fold(&name)).or_default().insert(id.clone());
                }
            }
            (Some(Read { source, records: records.by_id, names }), findings)
        })
    }

    /// The id of the one thing that is called so and whose kind `fits`: by its id, or by a name.
    pub(super) fn called(&self, id: &str, name: &str, schema: &Schema, fits: &dyn Fn(&str) -> bool) -> Option<String> {
        let read = self.read(schema)?;
        let of = |id: &&String| read.records.get(*id).is_some_and(|record| fits(&record.kind.value));
        let by_id = read.records.get_key_value(id).map(|(id, _)| id).filter(of);
        by_id.cloned().or_else(|| {
            let mut found = read.names.get(&fold(name))?.iter().filter(of);
            let first = found.next()?;
            found.next().is_none().then(|| first.clone())
        })
    }
}

/// Lifts what is referred to and nowhere defined. Costs a look at every reference, and nothing more where all are defined.
pub fn fill(context: Context<'_>, lifted: &mut Lifted) {
    let mut tried = BTreeSet::new();
    loop {
        let mut wanted: BTreeSet<String> = BTreeSet::new();
        for reference in &lifted.references {
            let Some(to) = &reference.to else { continue };
            let Some(id) = context.base.slug_of(to.as_str()).filter(|id| !id.contains('/') && !tried.contains(*id)) else { continue };
            if !lifted.terms.find(to).is_some_and(|number| lifted.things.contains_key(&number)) {
                wanted.insert(id.to_owned());
            }
        }
        let Some(read) = (!wanted.is_empty()).then(|| context.registry.read(context.schema)).flatten() else { return };
        let found: Vec<&Record> = wanted.iter().filter_map(|id| read.records.get(id)).collect();
        if found.is_empty() {
            return;
        }
        let mut lifter = Lifter::new(context, &read.source, lifted);
        found.into_iter().for_each(|record| Sink::record(&mut lifter, record.clone()));
        tried.append(&mut wanted);
    }
}

/// The names of a thing: of those under which it is told, not its codes, which are words in other languages.
fn names_of(record: &Record, schema: &Schema) -> Vec<String> {
    let Some(kind) = schema.kinds.get(&record.kind.value) else { return Vec::new() };
    let labels = [skos::PREF_LABEL, skos::ALT_LABEL, skos::HIDDEN_LABEL];
    let heading = kind.keys.iter().find(|key| key.property == skos::PREF_LABEL).and_then(|key| key.group.as_ref());
    let names = |key: &Key| {
        let beside = matches!(key.form, crate::schema::Form::Text) && heading.is_some() && key.group.as_ref() == heading;
        labels.contains(&key.property.as_ref()) || beside
    };
    let mut found = Vec::new();
    for field in record.fields.iter().filter(|field| kind.key(&field.key.value).is_some_and(names)) {
        for member in field.value.members() {
            if let Node::Text(Located { value, .. }) = member {
                match &record.separator {
                    Some(separator) => found.extend(value.split(&**separator).map(|part| part.trim().to_owned())),
                    None => found.push(value.clone()),
                }
            }
        }
    }
    found
}

/// Gathers records by their ids.
#[derive(Default)]
struct Records {
    by_id: BTreeMap<String, Record>,
    findings: Vec<Finding>,
}

impl Sink for Records {
    fn record(&mut self, record: Record) {
        let id = record.fields.iter().find(|field| field.key.value == "id").map(|field| &field.value);
        match id {
            Some(Node::Text(id)) => match iri::slug_fault(&id.value) {
                None => {
                    let (slug, place) = (id.value.clone(), record.location.clone());
                    if let Some(first) = self.by_id.insert(slug.clone(), record) {
                        let message = format!("this id is given twice: `{slug}`");
                        self.findings.push(Finding::error("duplicate-id", message, place).related(first.location, "first here"));
                    }
                }
                Some(fault) => {
                    let message = format!("`{}` is not an id: {fault}", id.value);
                    self.findings.push(Finding::error("invalid-id", message, id.location.clone()));
                }
            },
            _ => self.findings.push(
                Finding::error("missing-id", "what everybody refers to needs an id", record.location)
                    .hint(Some("fill the column `id`".to_owned())),
            ),
        }
    }

    fn statement(&mut self, _: oxigraph::model::Quad, cited: &Located<String>, _: Option<&str>) {
        let message = "statements are no records: write a table";
        self.findings.push(Finding::error("unreadable-record", message, cited.location.clone()));
    }

    fn finding(&mut self, finding: Finding) {
        self.findings.push(finding);
    }
}
