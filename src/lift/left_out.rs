//! What quarantine leaves out: of what is wrong the least that has to go, told of and counted.
//!
//! A value that cannot be read, or that breaks a rule, goes by itself, and the rest of its record stays; a record that does not stand
//! without it goes whole, and with it what others in quarantine say of it. What other sources say of a thing is never touched.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use oxigraph::model::TermRef;

use super::{Context, Lifted};
use crate::dataset::Id;
use crate::finding::{Finding, LeftOut};
use crate::iri::Base;
use crate::location::Location;
use crate::source::Source;
use crate::vocab::rdf;

/// What is at fault: all that the source of a place says of a thing, or one value of it.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The thing.
    pub subject: Id,
    /// The property; none where the whole record is at fault.
    pub property: Option<Id>,
    /// The value; none where any of the property is.
    pub object: Option<Id>,
    /// Where it was found.
    pub place: Location,
}

/// The sources whose faults are left out.
#[derive(Debug, Clone)]
pub struct Quarantine<'a> {
    folders: Vec<(String, &'a Source)>,
}

impl<'a> Quarantine<'a> {
    /// Those of some sources that are in quarantine.
    pub fn of(sources: &'a [Source]) -> Self {
        let folders = sources.iter().filter(|source| source.quarantine).map(|source| (format!("{}/", source.folder), source));
        Self { folders: folders.collect() }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.folders.is_empty()
    }

    /// None.
    pub fn lift(&mut self) {
        self.folders.clear();
    }

    /// The source of a file, if it is in quarantine.
    pub fn source(&self, file: &str) -> Option<&'a Source> {
        self.folders.iter().find(|(folder, source)| file.starts_with(folder.as_str()) && !source.is_introduced_at(file)).map(|of| of.1)
    }
}

/// The source of every statement, by its file.
struct Owners<'q, 'a> {
    quarantine: &'q Quarantine<'a>,
    known: HashMap<Arc<str>, Option<&'a Source>>,
}

impl<'a> Owners<'_, 'a> {
    fn of(&mut self, file: &Arc<str>) -> Option<&'a Source> {
        *self.known.entry(Arc::clone(file)).or_insert_with(|| self.quarantine.source(file))
    }
}

impl Lifted {
    /// How much of everything was left out.
    pub fn left_out_in_all(&self) -> LeftOut {
        self.left_out.values().fold(LeftOut::default(), |all, of| LeftOut {
            values: all.values + of.values,
            records: all.records + of.records,
            files: all.files + of.files,
        })
    }

    /// Leaves out what references lead nowhere. Costs a pass over the statements if there are any.
    pub fn leave_out_references(&mut self, context: Context<'_>, quarantine: &Quarantine<'_>) {
        let astray = std::mem::take(&mut self.astray);
        if astray.is_empty() {
            return;
        }
        let things: HashSet<Id> = astray.iter().map(|(thing, _)| *thing).collect();
        let mut faults = Vec::new();
        for (index, [subject, property, object, _]) in self.statements.quads().iter().copied().enumerate() {
            for end in [subject, object] {
                if things.contains(&end) && astray.contains(&(end, self.statements.place(index))) {
                    let place = self.statements.place(index);
                    faults.push(Fault { subject, property: Some(property), object: Some(object), place });
                }
            }
        }
        // Counted when they were found.
        self.leave_out(context, quarantine, faults, false);
    }

    /// Leaves out what is at fault, and what others in quarantine say of things that are gone then. Gives how many statements that were.
    /// Costs two passes over the statements.
    pub fn leave_out(&mut self, context: Context<'_>, quarantine: &Quarantine<'_>, faults: Vec<Fault>, counted: bool) -> usize {
        let before = self.statements.len();
        let type_ = self.terms.id(rdf::TYPE.into_owned());
        let keys = context.schema.kinds.values().flat_map(|kind| &kind.keys).filter_map(|key| self.terms.find(&key.property));
        let keys: HashSet<Id> = keys.chain([type_]).collect();
        let mut owners = Owners { quarantine, known: HashMap::new() };
        let mut whole: HashMap<Id, BTreeSet<&str>> = HashMap::new();
        let mut parts: HashMap<(Id, Id), Vec<(Option<Id>, &str)>> = HashMap::new();
        for fault in faults {
            let Some(source) = owners.of(&fault.place.file) else { continue };
            match fault.property.filter(|property| *property != type_) {
                None => _ = whole.entry(fault.subject).or_default().insert(&source.id),
                Some(property) => {
                    let of = parts.entry((fault.subject, property)).or_default();
                    if !of.contains(&(fault.object, &source.id)) {
                        of.push((fault.object, &source.id));
                    }
                }
            }
        }
        // What was read of one value with it, a date's bounds for instance, goes with it.
        let mut with: HashSet<(Id, Location)> = HashSet::new();
        for (index, [subject, property, object, _]) in self.statements.quads().iter().copied().enumerate() {
            let Some(of) = parts.get(&(subject, property)) else { continue };
            let place = self.statements.place(index);
            let Some(source) = owners.of(&place.file) else { continue };
            if of.iter().any(|(value, id)| *id == source.id && value.is_none_or(|value| value == object)) {
                with.insert((subject, place));
            }
        }
        let touched: HashSet<Id> = with.iter().map(|(subject, _)| *subject).collect();
        let mut values: BTreeMap<&str, usize> = BTreeMap::new();
        let mut records: HashMap<(Id, &str), usize> = HashMap::new();
        let mut suspects: HashMap<Id, Location> = HashMap::new();
        let mut graphs: HashSet<Id> = HashSet::new();
        self.statements.retain(|[subject, property, object, graph], place| {
            if !whole.contains_key(&subject) && !touched.contains(&subject) {
                return true;
            }
            let place = place();
            let Some(source) = owners.of(&place.file) else { return true };
            if whole.get(&subject).is_some_and(|of| of.contains(source.id.as_str())) {
                if property == type_ {
                    *records.entry((subject, &source.id)).or_default() += 1;
                    suspects.entry(subject).or_insert(place);
                }
                graphs.insert(graph);
                return false;
            }
            let is_at_fault = parts
                .get(&(subject, property))
                .is_some_and(|of| of.iter().any(|(value, id)| *id == source.id && value.is_none_or(|value| value == object)));
            if is_at_fault {
                *values.entry(&source.id).or_default() += 1;
                return false;
            }
            keys.contains(&property) || !with.contains(&(subject, place))
        });
        for (source, count) in values.into_iter().filter(|_| counted) {
            self.left_out.entry(source.to_owned()).or_default().values += count;
        }
        for ((subject, source), count) in records {
            self.left_out.entry(source.to_owned()).or_default().records += count;
            if let Some(contribution) = self.contributions.get_mut(source) {
                contribution.records = contribution.records.saturating_sub(count);
                contribution.things.values_mut().for_each(|things| _ = things.remove(&subject));
            }
        }
        self.forget(suspects, type_, &mut owners, context.base);
        self.uncite(context, graphs);
        before - self.statements.len()
    }

    /// Takes places out of which nothing is cited any more, and what describes them.
    fn uncite(&mut self, context: Context<'_>, mut places: HashSet<Id>) {
        self.statements.quads().iter().for_each(|quad| _ = places.remove(&quad[3]));
        if places.is_empty() {
            return;
        }
        let mut gone: HashSet<Id> = HashSet::new();
        for (source, contribution) in &mut self.contributions {
            contribution.places.retain(|(section, at)| {
                let place = at.as_deref().map(|at| context.base.citation(source, section, Some(at)));
                let place = place.and_then(|place| self.terms.find(&place)).filter(|place| places.contains(place));
                gone.extend(place);
                place.is_none()
            });
        }
        self.statements.retain(|[subject, ..], _| !gone.contains(&subject));
    }

    /// Takes out what is said of things that nobody defines any more: in quarantine as one value more that is left out, elsewhere as an error.
    fn forget(&mut self, mut gone: HashMap<Id, Location>, type_: Id, owners: &mut Owners<'_, '_>, base: &Base) {
        for [subject, property, ..] in self.statements.quads().iter().filter(|quad| quad[1] == type_) {
            debug_assert_eq!(*property, type_);
            gone.remove(subject);
        }
        if gone.is_empty() {
            return;
        }
        let mut found = Vec::new();
        let terms = &self.terms;
        let shown = |id: Id| match terms.term(id) {
            TermRef::NamedNode(node) => base.slug_of(node.as_str()).unwrap_or(node.as_str()).to_owned(),
            other => other.to_string(),
        };
        let mut values: BTreeMap<&str, usize> = BTreeMap::new();
        self.statements.retain(|[subject, _, object, _], place| {
            let Some((thing, at)) = [object, subject].into_iter().find_map(|end| Some((end, gone.get(&end)?))) else { return true };
            let place = place();
            // What stands in a record goes with it without a word.
            let own = place == *at;
            match owners.of(&place.file) {
                Some(source) => {
                    if !own {
                        *values.entry(&source.id).or_default() += 1;
                        let message = format!("`{}`, of which this speaks, is left out", shown(thing));
                        found.push(Finding::warning("left-out", message, place).label("left out").related(at.clone(), "it stands here"));
                    }
                    false
                }
                None => {
                    let message = format!("`{}`, of which this speaks, is in quarantine and left out", shown(thing));
                    let hint = "correct it where it stands, or build with --quarantine, which leaves this out as well";
                    let finding = Finding::error("left-out", message, place).related(at.clone(), "it stands here");
                    found.push(finding.hint(Some(hint.to_owned())));
                    true
                }
            }
        });
        for (source, count) in values {
            self.left_out.entry(source.to_owned()).or_default().values += count;
        }
        self.findings.extend(found);
        gone.keys().for_each(|thing| _ = self.things.remove(thing));
    }
}
