//! The order of the stations, and nothing else: files → records → quads → checks → rules → checks → store.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use oxigraph::model::Term;
use thiserror::Error;

use crate::check::{self, Found};
use crate::dataset::{Dataset, Id};
use crate::description;
use crate::find;
use crate::finding::{self, Finding, Findings, LeftOut, Severity};
use crate::infer;
use crate::inputs::Inputs;
use crate::lift::{self, Context, Contribution, Fault, Lifted, Lifter, Quarantine};
use crate::mend::Mend;
use crate::nearest::nearest;
use crate::ontology::Ontology;
use crate::project::{Project, ProjectError};
use crate::query;
use crate::schema::Schema;
use crate::source;
use crate::source::matches::Matches;
use crate::store::{Backend, BuildLock, Builds, Store, StoreError, Summary};

/// Why a build could not be made. What is wrong in the data is a finding, not one of these.
#[derive(Debug, Error)]
pub enum BuildError {
    /// The project's files could not be read.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// The store could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A graph that was made, and all that was found on the way.
#[derive(Debug)]
pub struct Build {
    /// The graph; `None` where the ontology or the records were too broken to make one.
    pub dataset: Option<Dataset>,
    /// The findings, in order.
    pub findings: Findings,
    /// What of them, and beside them, can be mended without asking; in the order of their places.
    pub mends: Vec<Mend>,
    /// How many records were read.
    pub records: usize,
    /// What was left out under quarantine.
    pub left_out: LeftOut,
    /// How many different places are cited.
    pub citations: usize,
    /// How many statements each rule derived.
    pub derived: BTreeMap<String, usize>,
    /// What each source contributed.
    pub contributions: BTreeMap<String, Contribution>,
    /// The ontology and the schema that it was made with; `None` where they were too broken.
    pub opened: Option<Opened>,
}

impl Build {
    fn broken(findings: Findings) -> Self {
        Self {
            dataset: None,
            findings,
            mends: Vec::new(),
            records: 0,
            left_out: LeftOut::default(),
            citations: 0,
            derived: BTreeMap::new(),
            contributions: BTreeMap::new(),
            opened: None,
        }
    }
}

/// Reads, checks and reasons, without storing anything. Deterministic in the project's files alone.
///
/// # Errors
/// A file or folder cannot be read at all.
pub fn make(project: &Project) -> Result<Build, BuildError> {
    make_keeping(project, usize::MAX)
}

/// As [`make`], keeping so many findings of each cause; the rest is counted.
///
/// # Errors
/// As of [`make`].
pub fn make_keeping(project: &Project, most: usize) -> Result<Build, BuildError> {
    make_watched(project, most, &mut |_| {})
}

/// As [`make_keeping`]; `on_stage` is told the name of each station when its work is done, for whoever measures.
///
/// # Errors
/// As of [`make`].
pub fn make_watched(project: &Project, most: usize, on_stage: &mut dyn FnMut(&'static str)) -> Result<Build, BuildError> {
    let mut findings = Findings::keeping(most);

    let (ontology, found) = Ontology::read(project)?;
    findings.extend(found);
    let (schema, found) = Schema::read(&ontology, &project.language);
    findings.extend(found);
    let shapes = match check::shapes(&ontology) {
        Ok(shapes) => Some(shapes),
        Err(found) => {
            findings.extend(found);
            None
        }
    };
    let (rules, found) = infer::rules(project, &ontology.prefixes)?;
    findings.extend(found);
    let (checks, found) = check::checks(project)?;
    findings.extend(found);
    let (questions, found) = query::catalogue(project)?;
    findings.extend(found);
    let (Some(shapes), false) = (shapes, findings.any_at_least(Severity::Error)) else {
        // With a broken ontology every record would seem wrong.
        findings.sort();
        return Ok(Build::broken(findings));
    };

    on_stage("ontology and queries");

    let (sources, found) = source::sources(project)?;
    let of_no_source = |finding: &Finding| !sources.iter().any(|source| finding.location.file.starts_with(&format!("{}/", source.folder)));
    let lost = found.iter().any(|finding| finding.code == "unreadable-file" && of_no_source(finding));
    findings.extend(found);
    let (matches, found) = Matches::read(project);
    findings.extend(found);
    let (grades, found) = grades(project, &schema, &ontology, &checks);
    findings.extend(found);
    let kinds = schema.table_kinds();
    let registry = lift::registry::Registry::of(project, &kinds)?;
    findings.extend(registry.findings(&schema).iter().cloned());
    let context = Context {
        schema: &schema,
        prefixes: &ontology.prefixes,
        base: &project.base,
        language: &project.language,
        matches: &matches,
        registry: &registry,
    };
    let mut lifted = Lifted::default();
    lifted.findings = findings;
    for source in &sources {
        source.read(project, &kinds, &mut Lifter::new(context, source, &mut lifted))?;
    }
    lift::late::settle(context, &sources, &mut lifted);
    lift::registry::fill(context, &mut lifted);
    on_stage("read and lift");
    if lifted.cut || lost {
        let mut findings = std::mem::take(&mut lifted.findings);
        findings.sort();
        return Ok(Build::broken(findings));
    }
    let mut quarantine = Quarantine::of(&sources);
    lifted.resolve(context, &quarantine);
    lifted.leave_out_references(context, &quarantine);
    lifted.matched(context);
    let mut findings = std::mem::take(&mut lifted.findings);
    for source in &sources {
        lift::sources::describe(source, &project.base, &project.language, &mut lifted);
    }
    let own: Vec<[Id; 4]> = ontology
        .quads(&project.base.graph("ontology"), project.base.as_str())
        .into_iter()
        .map(|quad| {
            let (terms, graph) = (&mut lifted.terms, project.base.graph("ontology"));
            [terms.id(Term::from(quad.subject)), terms.id(quad.predicate), terms.id(quad.object), terms.id(graph)]
        })
        .collect();
    // Once, but for what is left out: each time that something is, what is left is looked at again.
    let (dataset, derived) = loop {
        let mut round = Round::new(&findings, &grades, &quarantine);
        let (mut triples, found) = lift::bounds::merge(&lifted.statements, &lifted.terms, &project.base);
        triples.extend(own.iter().map(|[subject, property, object, _]| [*subject, *property, *object]));
        for (subject, finding) in found {
            let fault = Fault { subject, property: None, object: None, place: finding.location.clone() };
            round.take(Found { finding, fault: Some(fault), follows: false });
        }
        on_stage("resolve and merge");
        check::validate(&shapes, &lifted, &triples, &ontology.prefixes, &mut |found| round.take(found));
        on_stage("shapes");
        if !round.faults.is_empty() {
            let Round { faults, excused, .. } = round;
            leave_out(context, &mut quarantine, faults, &mut lifted, &mut findings, excused);
            continue;
        }
        let narrowed = lift::bounds::narrowed(&lifted.statements, &lifted.terms);
        let stated = Dataset::of(&lifted.terms, triples, &[&narrowed, &own]);
        on_stage("pack");
        let inferred =
            infer::run(&rules, &stated, |rule| project.base.graph(&format!("inferred/{}", rule.name))).map_err(StoreError::graph)?;
        on_stage("rules");
        let mut additions = inferred.additions;
        let of = description::Of { project, ontology: &ontology, schema: &schema, questions: &questions, sources: &sources };
        description::add(&stated, &mut additions, of, &lifted.left_out).map_err(StoreError::graph)?;
        let dataset = stated.with(&additions.terms, &additions.quads).map_err(StoreError::graph)?;
        drop((stated, additions));
        on_stage("describe");
        check::run(&checks, &Store::from(dataset.clone()), &lifted, &ontology, &project.base, &mut |found| round.take(found));
        on_stage("checks");
        if !round.faults.is_empty() {
            let Round { faults, excused, .. } = round;
            leave_out(context, &mut quarantine, faults, &mut lifted, &mut findings, excused);
            continue;
        }
        let all = round.all;
        findings.absorb(all);
        findings.extend(inferred.findings);
        break (dataset, inferred.derived);
    };
    findings.extend(check::counts(&sources, &lifted, &schema));
    findings.regrade(&grades);
    findings.sort();
    let records = lifted.contributions.values().map(|contribution| contribution.records).sum();
    let citations = lifted.contributions.values().map(|contribution| contribution.places.len()).sum();
    let opened = Some(Opened { ontology, schema });
    let left_out = lifted.left_out_in_all();
    let mut mends = std::mem::take(&mut lifted.mends);
    mends.sort();
    mends.dedup();
    Ok(Build {
        dataset: Some(dataset),
        findings,
        mends,
        records,
        left_out,
        citations,
        derived,
        contributions: lifted.contributions,
        opened,
    })
}

/// What is found each time that what is left is looked at.
struct Round<'a> {
    /// What was found before.
    before: &'a Findings,
    grades: &'a HashMap<String, Severity>,
    quarantine: &'a Quarantine<'a>,
    /// All that is found.
    all: Findings,
    /// Of it what is left out.
    excused: Findings,
    /// And what is at fault.
    faults: Vec<Fault>,
}

impl<'a> Round<'a> {
    fn new(before: &'a Findings, grades: &'a HashMap<String, Severity>, quarantine: &'a Quarantine<'a>) -> Self {
        Self { before, grades, quarantine, all: before.beside(), excused: before.beside(), faults: Vec::new() }
    }

    fn take(&mut self, found: Found) {
        let Found { finding, fault, follows } = found;
        // What the reading has already reported at this place under this shape is not said twice.
        let told = follows || self.before.has(&finding.code, &finding.location);
        let grade = self.grades.get(&finding.code).copied().unwrap_or(finding.severity);
        let source = self.quarantine.source(&finding.location.file).filter(|_| grade == Severity::Error);
        match (source, fault) {
            (Some(source), Some(fault)) => {
                self.faults.push(fault);
                if !told {
                    self.excused.push(source.excused(Finding { severity: grade, ..finding }));
                }
            }
            _ if told => {}
            _ => _ = self.all.push(finding),
        }
    }
}

/// Leaves out what is at fault. Where nothing of it can be, nothing is excused any more.
fn leave_out(
    context: Context<'_>,
    quarantine: &mut Quarantine<'_>,
    faults: Vec<Fault>,
    lifted: &mut Lifted,
    findings: &mut Findings,
    excused: Findings,
) {
    lifted.findings = findings.beside();
    if lifted.leave_out(context, quarantine, faults, true) == 0 {
        quarantine.lift();
        return;
    }
    findings.absorb(excused);
    findings.absorb(std::mem::take(&mut lifted.findings));
}

/// How grave the project takes findings to be: `[severity]` of its manifest. What it says of no known code is a finding.
fn grades(
    project: &Project,
    schema: &Schema,
    ontology: &Ontology,
    checks: &[query::Question],
) -> (HashMap<String, Severity>, Vec<Finding>) {
    let mut grades = HashMap::new();
    let mut findings = Vec::new();
    if project.severities.is_empty() {
        return (grades, findings);
    }
    let mut known: BTreeSet<String> = finding::CODES.iter().map(|code| code.name.to_owned()).collect();
    known.extend(schema.kinds.values().flat_map(|kind| kind.keys.iter().map(|key| key.code().to_owned())));
    known.extend(checks.iter().map(|check| check.asset.stem().to_owned()));
    for (code, word) in &project.severities {
        let shape = ontology.prefixes.expand(&format!("shape:{}", code.value));
        let is_shape = shape.is_some_and(|shape| ontology.locate(shape.as_str()).is_some());
        if !known.contains(&code.value) && !is_shape {
            let near = nearest(&code.value, known.iter().cloned());
            let hint = near.map_or_else(
                || "the code of a finding stands in [] behind its severity".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("no finding has the code `{}`", code.value);
            findings.push(Finding::warning("unused-setting", message, code.location.clone()).hint(Some(hint)));
        }
        match Severity::from_name(&word.value) {
            Some(severity) => _ = grades.insert(code.value.clone(), severity),
            None => {
                let message = format!("`{}` says how grave no finding is: expected error, warning or info", word.value);
                findings.push(Finding::error("unreadable-setting", message, word.location.clone()));
            }
        }
    }
    (grades, findings)
}

/// What became of a build.
#[derive(Debug)]
pub enum Built {
    /// Nothing has changed since the present build.
    Unchanged(Summary),
    /// A new graph is in place.
    New(Summary, Box<Build>),
    /// The findings are too grave; the present build stays.
    Refused(Box<Build>),
}

/// How a build is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// Nothing is stored if a finding is as grave as this.
    pub fail_on: Severity,
    /// Whether it is made even if nothing has changed.
    pub force: bool,
    /// How many findings of each cause are kept.
    pub most: usize,
}

/// Makes the graph and stores it, all or nothing: nothing is stored if a finding is as grave as is wished. `on_stage` is told of
/// each station, as by [`make_watched`].
///
/// # Errors
/// Files cannot be read, or the store cannot be written.
pub fn build(
    project: &Project,
    lock: &BuildLock,
    builds: &Builds,
    backend: Backend,
    wish: Wish,
    on_stage: &mut dyn FnMut(&'static str),
) -> Result<Built, BuildError> {
    let Wish { fail_on, force, most } = wish;
    let inputs = Inputs::read(project)?;
    let fingerprint = inputs.fingerprint(&format!("{backend:?}{}", if project.quarantine { ", in quarantine" } else { "" }));
    let grave = |summary: &Summary| Severity::ALL.iter().zip(summary.findings).any(|(severity, count)| *severity >= fail_on && count > 0);
    if let Some(summary) = builds.summary().filter(|summary| !force && summary.fingerprint == fingerprint && !grave(summary))
        && builds.open().is_ok_and(|store| store.names().is_some() && store.check_all().is_ok())
    {
        // The same content may have new times, and whoever opens the graph would read it all again.
        let inputs = inputs.to_text();
        if builds.inputs().as_ref() != Some(&inputs) {
            builds.renew_inputs(lock, &inputs)?;
        }
        return Ok(Built::Unchanged(summary));
    }
    on_stage("fingerprint");
    let made = make_watched(project, most, on_stage)?;
    let graph = made.dataset.as_ref().zip(made.opened.as_ref());
    let Some((dataset, opened)) = graph.filter(|_| !made.findings.any_at_least(fail_on)) else {
        return Ok(Built::Refused(Box::new(made)));
    };
    let names = find::make(&Store::from(dataset.clone()), opened.naming(project))?;
    on_stage("names");
    let summary = Summary {
        backend,
        fingerprint,
        records: made.records,
        triples: dataset.triples(),
        quads: dataset.quads(),
        graphs: dataset.graphs().count(),
        left_out: made.left_out,
        citations: made.citations,
        findings: Severity::ALL.map(|severity| made.findings.count(severity)),
    };
    builds.write(lock, dataset, &names, &inputs.to_text(), &summary)?;
    on_stage("store");
    Ok(Built::New(summary, Box::new(made)))
}

/// A project with everything that is read from its ontology and queries: what asking and drawing need.
#[derive(Debug)]
pub struct Opened {
    /// The ontology.
    pub ontology: Ontology,
    /// The schema.
    pub schema: Schema,
}

impl Opened {
    /// What an index of names is made with.
    pub fn naming<'a>(&'a self, project: &'a Project) -> find::Making<'a> {
        find::Making { ontology: &self.ontology, schema: &self.schema, base: &project.base, language: &project.language }
    }
}

/// Reads the ontology and the schema of a project; their findings are those of `check`.
///
/// # Errors
/// A file cannot be read at all.
pub fn open(project: &Project) -> Result<(Opened, Vec<Finding>), ProjectError> {
    let (ontology, mut findings) = Ontology::read(project)?;
    let (schema, found) = Schema::read(&ontology, &project.language);
    findings.extend(found);
    Ok((Opened { ontology, schema }, findings))
}

/// What [`open`] reads, its files read now and made sense of when first asked for: a query in full needs none of it.
pub type LazyOntology = LazyLock<Opened, Box<dyn FnOnce() -> Opened + Send>>;

/// Reads the files of a project's ontology, to be parsed when they are needed.
///
/// # Errors
/// A file cannot be read at all.
pub fn open_lazily(project: &Project) -> Result<LazyOntology, ProjectError> {
    let files = Ontology::files(project)?;
    let project = project.clone();
    Ok(LazyLock::new(Box::new(move || {
        let (ontology, _) = Ontology::of(files, &project);
        let (schema, _) = Schema::read(&ontology, &project.language);
        Opened { ontology, schema }
    })))
}
