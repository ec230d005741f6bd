//! References, looked up at the end: what no record defines, or is of another kind, is a finding with the id that was meant.
//! A hint names nothing that is nowhere.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use oxigraph::model::{NamedNode, Term, TermRef};

use super::{Context, Lifted, Quarantine, Reference, Thing, clean};
use crate::finding::{Finding, Findings, Severity};
use crate::iri;
use crate::location::Location;
use crate::mend::{KEPT, Mend};
use crate::nearest::{Candidates, nearest};
use crate::schema::{Form, local};
use crate::vocab::{CODE, owl, skos};

/// The ids of things, for hints: those of some classes, or of all.
type Ids = HashMap<Option<Vec<NamedNode>>, Candidates>;

/// Names of things, folded, with the ids of those that have them.
type Names = HashMap<String, BTreeSet<String>>;

impl Lifted {
    /// Settles which records are of one claim, then looks every reference up; what no record defines, or is of another kind,
    /// becomes a finding.
    pub fn resolve(&mut self, context: Context<'_>, quarantine: &Quarantine<'_>) {
        let settled = self.settle(context);
        let references = std::mem::take(&mut self.references);
        let mut findings = std::mem::take(&mut self.findings);
        let mut mends: Vec<Mend> = Vec::new();
        let mut sure: HashMap<(String, Vec<NamedNode>), Option<String>> = HashMap::new();
        let mut hints: HashMap<(String, Vec<NamedNode>), Option<String>> = HashMap::new();
        let mut names: Option<Names> = None;
        let mut ids = Ids::new();
        let mut astray = Vec::new();
        let mut left_out: BTreeMap<String, usize> = BTreeMap::new();
        let mut fault = |to: &Option<NamedNode>, finding: Finding, findings: &mut Findings| {
            let place = finding.location.clone();
            let source = quarantine.source(&place.file);
            if findings.push(source.map_or_else(|| finding.clone(), |source| source.excused(finding.clone())))
                && let Some(source) = source
            {
                astray.extend(to.clone().map(|to| (to, place)));
                *left_out.entry(source.id.clone()).or_default() += 1;
            }
        };
        for reference in references {
            let found = reference.to.as_ref().and_then(|to| {
                let id = self.terms.find(to)?;
                self.things.get(settled.renamed.get(&id).unwrap_or(&id))
            });
            let Some(thing) = found else {
                if !self.is_missing(&reference, context) {
                    continue;
                }
                if let Some(claims) = reference.to.as_ref().and_then(|to| settled.several.get(to.as_str())) {
                    let all: Vec<&str> = claims.iter().take(6).map(String::as_str).collect();
                    let message = format!("`{}` may mean any of {} claims", reference.written, claims.len());
                    let finding = Finding::error(&reference.code, message, reference.location)
                        .hint(Some(format!("write which: `{}`", all.join("`, `"))));
                    fault(&reference.to, finding, &mut findings);
                    continue;
                }
                let (message, label) = match reference.to {
                    Some(_) => (format!("`{}` is not defined", reference.written), "no record has this id".to_owned()),
                    None => {
                        (format!("`{}` cannot be an id: those have a-z, 0-9 and single hyphens", reference.written), wanted(&reference))
                    }
                };
                let meant = (reference.written.clone(), reference.classes.clone());
                let hint = match hints.get(&meant) {
                    Some(known) => known.clone(),
                    None if !findings.would_keep(Severity::Error, &reference.code, &message, &reference.location) => None,
                    None => {
                        let names = names.get_or_insert_with(|| self.names(context));
                        hints.entry(meant).or_insert(self.meant(&reference, names, &mut ids, context)).clone()
                    }
                };
                if iri::slug_fault(&reference.written).is_none() && mends.len() < KEPT {
                    let meant = (reference.written.clone(), reference.classes.clone());
                    let instead = sure.entry(meant).or_insert_with_key(|(written, classes)| {
                        let of = (!classes.is_empty()).then(|| classes.clone());
                        ids.entry(of).or_insert_with(|| self.ids(classes, context)).certain(written).map(str::to_owned)
                    });
                    mends.extend(instead.clone().map(|instead| Mend {
                        location: reference.location.clone(),
                        found: reference.written.clone(),
                        instead,
                    }));
                }
                let finding = Finding::error(&reference.code, message, reference.location).label(label).hint(hint);
                fault(&reference.to, finding, &mut findings);
                continue;
            };
            let fits = |name: &String| {
                context.schema.kinds.get(name).is_some_and(|kind| {
                    reference.classes.is_empty() || reference.classes.iter().any(|class| context.schema.is_a(&kind.class, class))
                })
            };
            if !thing.kinds.iter().any(fits) {
                let wanted: Vec<&str> = reference.classes.iter().map(|class| local(class.as_str())).collect();
                let is = thing.kinds.join(", ");
                let message = format!("`{}` is of kind {is}, expected {}", reference.written, wanted.join(" or "));
                let finding = Finding::error(&reference.code, message, reference.location).label("wrong kind of thing");
                fault(&reference.to, finding.related(thing.location.clone(), format!("{is} here")), &mut findings);
            }
        }
        self.findings = findings;
        left_out.into_iter().for_each(|(source, values)| self.left_out.entry(source).or_default().values += values);
        // Claims go by other names by now.
        self.astray.extend(astray.into_iter().filter_map(|(to, place)| {
            let id = self.terms.find(&to)?;
            Some((settled.renamed.get(&id).copied().unwrap_or(id), place))
        }));
        mends.into_iter().for_each(|mend| self.mend(mend));
    }

    /// States which things were found to be one, so that the ids that are gone still lead somewhere; and says which decisions are of things
    /// that nobody defines.
    pub fn matched(&mut self, context: Context<'_>) {
        let graph = self.terms.id(context.base.graph("matches"));
        let same = self.terms.id(owl::SAME_AS.into_owned());
        let places: BTreeMap<&str, &Location> = context.matches.spoken_of().into_iter().collect();
        for (other, one) in context.matches.joined() {
            let (Some(place), true) = (places.get(other), self.joined.contains(other)) else { continue };
            let (one, other) = (self.terms.id(NamedNode::new_unchecked(one)), self.terms.id(NamedNode::new_unchecked(other)));
            self.statements.push([one, same, other, graph], place);
        }
        for (thing, place) in context.matches.spoken_of() {
            let known = self.terms.find(&Term::NamedNode(NamedNode::new_unchecked(thing))).is_some_and(|id| self.things.contains_key(&id));
            if known || self.joined.contains(thing) {
                continue;
            }
            let shown = context.base.slug_of(thing).unwrap_or(thing);
            let slugs = self.things.keys().filter_map(|id| match self.terms.term(*id) {
                TermRef::NamedNode(node) => context.base.slug_of(node.as_str()).map(str::to_owned),
                _ => None,
            });
            let near = nearest(shown, slugs).map(|near| format!("did you mean `{near}`?"));
            let hint = near.unwrap_or_else(|| "if it is gone for good, take the line out".to_owned());
            let finding = Finding::warning("unknown-match", format!("`{shown}`, of which this decides, is not defined"), place.clone());
            self.findings.push(finding.hint(Some(hint)));
        }
    }

    /// Whether a reference that leads to no thing is at fault: those to other data sets, to places and to terms are not.
    fn is_missing(&self, reference: &Reference, context: Context<'_>) -> bool {
        let Some(to) = &reference.to else { return true };
        let ours = to.as_str().starts_with(context.base.as_str()) || to.as_str().starts_with(CODE);
        ours && context.base.cited_place(to.as_str()).is_none() && !context.schema.terms.contains(to)
    }

    /// What was probably meant: the thing that has what was written for a name; else the id most like it, of a thing that
    /// fits or of any. Costs a look at every thing, once for all references to the same classes.
    fn meant(&self, reference: &Reference, names: &Names, ids: &mut Ids, context: Context<'_>) -> Option<String> {
        if let Some(ids) = names.get(&fold(&reference.written)) {
            let ids: Vec<&str> = ids.iter().take(3).map(String::as_str).collect();
            return Some(match ids[..] {
                [id] => format!("did you mean `{id}`, which has that name?"),
                _ => format!("did you mean `{}`, which have that name?", ids.join("` or `")),
            });
        }
        let of_class = |name: &str| {
            let kind = context.schema.kinds.get(name);
            kind.is_some_and(|kind| reference.classes.iter().any(|class| context.schema.is_a(&kind.class, class)))
        };
        if let Some(id) = context.registry.called("", &reference.written, context.schema, &of_class) {
            return Some(format!("did you mean `{id}`, which has that name?"));
        }
        let fits = |thing: &Thing| {
            thing.kinds.iter().any(|name| {
                context
                    .schema
                    .kinds
                    .get(name)
                    .is_some_and(|kind| reference.classes.iter().any(|class| context.schema.is_a(&kind.class, class)))
            })
        };
        let slugs = |only_fitting: bool| {
            self.things.iter().filter(move |(_, thing)| !only_fitting || fits(thing)).filter_map(|(id, _)| match self.terms.term(*id) {
                TermRef::NamedNode(node) => context.base.slug_of(node.as_str()).map(str::to_owned),
                _ => None,
            })
        };
        let written = match &reference.to {
            Some(to) => context.base.slug_of(to.as_str()).unwrap_or(&reference.written).to_owned(),
            None => iri::slugify(&reference.written),
        };
        let mut near = |only: Option<Vec<NamedNode>>| {
            let fitting = only.is_some();
            let ids = ids.entry(only).or_insert_with(|| Candidates::new(slugs(fitting)));
            ids.nearest(&written).map(str::to_owned)
        };
        let near = near(Some(reference.classes.clone())).or_else(|| near(None));
        near.map(|near| format!("did you mean `{near}`?"))
    }

    /// The ids of the things of some classes, or of all.
    fn ids(&self, classes: &[NamedNode], context: Context<'_>) -> Candidates {
        let fits = |thing: &Thing| {
            let mut kinds = thing.kinds.iter().filter_map(|name| context.schema.kinds.get(name));
            classes.is_empty() || kinds.any(|kind| classes.iter().any(|class| context.schema.is_a(&kind.class, class)))
        };
        Candidates::new(self.things.iter().filter(|(_, thing)| fits(thing)).filter_map(|(id, _)| match self.terms.term(*id) {
            TermRef::NamedNode(node) => context.base.slug_of(node.as_str()).map(str::to_owned),
            _ => None,
        }))
    }

    /// The names of all things. Costs a look at every statement.
    fn names(&self, context: Context<'_>) -> Names {
        let mut properties = HashSet::from([skos::PREF_LABEL, skos::ALT_LABEL, skos::HIDDEN_LABEL].map(|property| property.into_owned()));
        // What stands with the name on pages names as well: an acronym.
        for kind in context.schema.kinds.values() {
            let group = kind.keys.iter().find(|key| key.property.as_ref() == skos::PREF_LABEL).and_then(|key| key.group.as_ref());
            let beside = kind.keys.iter().filter(|key| key.form == Form::Text && group.is_some() && key.group.as_ref() == group);
            properties.extend(beside.map(|key| key.property.clone()));
        }
        let properties: HashSet<_> = properties.into_iter().filter_map(|property| self.terms.find(&property)).collect();
        let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for [subject, property, object, _] in self.statements.quads().iter().copied() {
            if !properties.contains(&property) || !self.things.contains_key(&subject) {
                continue;
            }
            if let (TermRef::NamedNode(subject), TermRef::Literal(name)) = (self.terms.term(subject), self.terms.term(object))
                && let Some(id) = context.base.slug_of(subject.as_str())
            {
                names.entry(fold(name.value())).or_default().insert(id.to_owned());
            }
        }
        names.into_iter().collect()
    }
}

fn wanted(reference: &Reference) -> String {
    match &reference.classes[..] {
        [] => "expected the id of a thing".to_owned(),
        classes => format!("expected the id of {}", classes.iter().map(|class| local(class.as_str())).collect::<Vec<_>>().join(" or ")),
    }
}

/// A name as it is compared: composed, in small letters, with single spaces.
fn fold(name: &str) -> String {
    clean::composed(name).to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}
