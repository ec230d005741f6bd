//! Claims without an id: how they are named, and which records are of one claim.
//!
//! A claim is named after who and what (`cg:identifiedBy`) and after what tells it from others of the same who and what
//! (`cg:toldApartBy`: its time, a programme, a value), so that its IRI rests on its own words and stays when another record
//! is added elsewhere. Only what says less leans on what says more: "a member" in one place and "a member since 2021" in
//! another are one claim cited twice, named after the second. docs/decisions/claim-names.md has the reasons.

mod apart;
mod unit;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;
use oxigraph::model::{NamedNode, Term, TermRef};

use super::{Context, Lifted, Lifter, Read, Thing, when};
use crate::dataset::{Id, Terms};
use crate::finding::Finding;
use crate::iri;
use crate::location::Location;
use crate::schema::{Form, Key, Kind, local};
use crate::values::edtf::{self, Bounds};
use crate::values::number::{self, Qualifier};
use crate::vocab::cg;
use apart::Said;
use unit::{Cluster, Unit, VALUE};

/// Between the facts of a claim.
const FACT: char = '\u{1f}';

/// The claims without an id, as records made them.
#[derive(Debug, Default)]
pub struct Claims {
    units: Vec<Unit>,
    /// Those that go by one name, by the number of its IRI: one, but for rare collisions.
    named: HashMap<Id, Vec<u32>>,
}

/// What became of the claims.
#[derive(Debug, Default)]
pub struct Settled {
    /// From the IRIs that records were read under to those of their claims.
    pub renamed: HashMap<Id, Id>,
    /// Names of who and what alone that several claims share, with theirs.
    pub several: HashMap<String, Vec<String>>,
    /// Claims that contradict each other, in the order of their names, each with its place.
    disputes: Vec<Vec<(Id, Location)>>,
}

impl Lifter<'_> {
    /// The IRI of a record without an id.
    pub(super) fn claim(&mut self, kind: &Kind, read: &[Read<'_>], location: &Location, listed: bool) -> Option<NamedNode> {
        if kind.identified_by.is_empty() {
            self.find(
                Finding::error("missing-id", format!("this {} has no id", kind.name), location.clone())
                    .hint(Some("give it one: a short name in lower-case letters, digits and hyphens".to_owned())),
            );
            return None;
        }
        let of = |name: &String| read.iter().find(|known| known.key.name == *name);
        let mut parts = Vec::with_capacity(kind.identified_by.len());
        for name in &kind.identified_by {
            let said = |name: &String| {
                let values = of(name).map_or(&[][..], |known| &known.values).iter();
                let mut names: Vec<String> = values.filter_map(|value| Some(self.part(value.term.as_ref()?))).collect();
                names.sort();
                (!names.is_empty()).then(|| names.join("+"))
            };
            let instead: Vec<&Key> = kind.keys.iter().filter(|key| key.instead_of.as_ref() == Some(name)).collect();
            match said(name).or_else(|| instead.iter().find_map(|key| said(&key.name))) {
                Some(part) => parts.push(part),
                // What could be said in several ways and is not said at all has no place in the name.
                None if !instead.is_empty() => {}
                None => parts.push("_".to_owned()),
            }
        }
        if parts.iter().all(|part| part == "_") {
            let message = format!("this {} has none of the keys that name it: {}", kind.name, kind.identified_by.join(", "));
            self.find(Finding::error("missing-id", message, location.clone()));
            return None;
        }
        let base = self.context.base.thing(&format!("{}/{}", iri::kebab(&kind.name), parts.join(".")));
        let bounds = when::bounds(read.iter().flat_map(|known| &known.values).flat_map(|value| &value.also));
        let (mut facts, mut apart) = (Vec::new(), Vec::new());
        for name in &kind.told_apart_by {
            let values = of(name).map_or(&[][..], |known| &known.values);
            let dated = kind.key(name).is_some_and(|key| key.form == Form::Date);
            let mut said: Vec<(String, String)> = values
                .iter()
                .filter_map(|value| value.term.as_ref())
                .map(|term| match term {
                    Term::Literal(literal) if dated => (literal.value().to_owned(), start(literal.value())),
                    Term::Literal(literal) => match number::read(literal.value()).ok().filter(|_| self.is_number(kind, name)) {
                        Some(number) => (format!("{}{}", number.qualifier.sign(), number.value), amount(&number)),
                        None => (literal.value().to_owned(), self.part(term)),
                    },
                    term => (term.to_string(), self.part(term)),
                })
                .collect();
            said.sort();
            let (said, names): (Vec<_>, Vec<_>) = said.into_iter().unzip();
            // What only holds on a day has no date: its bounds tell it apart.
            let only_bounds = dated && said.is_empty() && !bounds.is_empty();
            facts.push(if only_bounds { bounds_text(&bounds) } else { said.join(&VALUE.to_string()) });
            apart.push(if names.is_empty() { "_".to_owned() } else { names.join("+").replace('.', "_") });
        }
        let own = named(base.as_str(), &apart);
        let own_id = self.lifted.terms.id(own.clone());
        let facts = facts.join(&FACT.to_string());
        let Claims { units, named } = &mut self.lifted.claims;
        let same_name = named.entry(own_id).or_default();
        if let Some(index) = same_name.iter().find(|index| *units[**index as usize].facts == *facts) {
            let unit = &mut units[*index as usize];
            unit.bounds = unit.bounds.and(&bounds);
            return match self.lifted.terms.term(unit.id) {
                TermRef::NamedNode(node) => Some(node.into_owned()),
                _ => None,
            };
        }
        let iri = if same_name.is_empty() { own } else { NamedNode::new_unchecked(format!("{}~x{:08x}", own.as_str(), hash(&facts))) };
        same_name.push(u32::try_from(units.len()).expect("fewer claims than terms, which u32 counts"));
        let id = self.lifted.terms.id(iri.clone());
        let base = u32::try_from(base.as_str().len()).expect("an IRI made of a line");
        let table = listed.then(|| Arc::clone(&location.file));
        units.push(Unit { id, own: own_id, base, facts: facts.into_boxed_str(), bounds, table });
        Some(iri)
    }

    fn is_number(&self, kind: &Kind, name: &str) -> bool {
        kind.key(name).is_some_and(|key| key.form == Form::Number)
    }

    /// What a claim's IRI calls one of the values that name it.
    fn part(&self, term: &Term) -> String {
        let part = match term {
            Term::NamedNode(node) => match self.context.base.slug_of(node.as_str()) {
                Some(slug) => slug.replace('/', "~"),
                None => local(node.as_str()).to_owned(),
            },
            Term::Literal(literal) => literal.value().replace("..", "open").replace('/', "~"),
            Term::BlankNode(_) => String::new(),
        };
        sayable(&part)
    }
}

/// A text as a part of an IRI: letters, digits and a few signs; with a number of its own where that leaves nothing of it.
fn sayable(part: &str) -> String {
    let kept: String = part.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '~' | '.') { c } else { '-' }).collect();
    let kept = kept.trim_matches('-').to_owned();
    if kept.is_empty() || kept.len() > 200 { format!("{}x{:08x}", kept.get(..40).unwrap_or(""), hash(part)) } else { kept }
}

/// FNV-1a: short, stable and the same everywhere, for the rare claim whose value has no sayable name.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// Who and what, and behind it what tells apart, as far as something does.
fn named(base: &str, apart: &[String]) -> NamedNode {
    let said = apart.iter().rposition(|part| part != "_").map_or(0, |last| last + 1);
    let mut name = base.to_owned();
    for part in &apart[..said] {
        name.push('.');
        name.push_str(part);
    }
    NamedNode::new_unchecked(name)
}

/// When a time began, as names say it, for the end often comes to be known later: `2021-03`; `to-2023` where only that is said.
fn start(edtf: &str) -> String {
    let (from, to) = edtf.split_once('/').map_or((edtf, ""), |(from, to)| (from, to));
    let plain = |text: &str| sayable(text.trim_end_matches(['?', '~', '%']));
    match from {
        "" | ".." => format!("to-{}", plain(to)),
        from => plain(from),
    }
}

fn amount(number: &number::Qualified) -> String {
    let sign = if number.value.starts_with('-') { "minus-" } else { "" };
    let value = sayable(number.value.trim_start_matches('-'));
    match number.qualifier {
        Qualifier::Exactly => format!("{sign}{value}"),
        other => format!("{}-{sign}{value}", other.name()),
    }
}

fn bounds_text(bounds: &Bounds) -> String {
    let day = |day: Option<Date>| day.map(edtf::show).unwrap_or_default();
    format!("@{},{},{},{}", day(bounds.earliest_start), day(bounds.latest_start), day(bounds.earliest_end), day(bounds.latest_end))
}

impl Lifted {
    /// Finds the records that are of one claim, and gives every claim its name. Costs little where each place says a thing
    /// once: only records of the same who and what are compared, and of those only what can agree.
    pub(super) fn settle(&mut self, context: Context<'_>) -> Settled {
        let claims = std::mem::take(&mut self.claims);
        let mut groups: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, unit) in claims.units.iter().enumerate() {
            groups.entry(who_and_what(&self.terms, unit)).or_default().push(index);
        }
        let mut groups: Vec<(String, Vec<usize>)> = groups.into_iter().map(|(base, units)| (base.to_owned(), units)).collect();
        groups.sort_unstable_by_key(|(_, units)| units[0]);
        let mut settled = Settled::default();
        let mut findings = Vec::new();
        let asked: HashSet<String> =
            self.references.iter().filter_map(|reference| Some(reference.to.as_ref()?.as_str().to_owned())).collect();
        for (base, group) in &groups {
            let finals = if group.len() == 1 {
                vec![claims.units[group[0]].own]
            } else {
                self.group(base, group, &claims, context, &mut settled, &mut findings)
            };
            // Who writes of who and what alone means the one claim there is.
            if asked.contains(base.as_str()) {
                let bare = self.terms.id(NamedNode::new_unchecked(base.as_str()));
                match finals[..] {
                    _ if finals.contains(&bare) || settled.renamed.contains_key(&bare) => {}
                    [one] => _ = settled.renamed.insert(bare, one),
                    _ => {
                        let slug = |id: &Id| match self.terms.term(*id) {
                            TermRef::NamedNode(node) => context.base.slug_of(node.as_str()).unwrap_or(node.as_str()).to_owned(),
                            other => other.to_string(),
                        };
                        settled.several.insert(base.clone(), finals.iter().map(slug).collect());
                    }
                }
            }
        }
        self.findings.extend(findings);
        self.rename(&settled.renamed);
        self.count_once(std::mem::take(&mut settled.disputes), context);
        settled
    }

    /// States of claims that contradict each other as which of them all are counted. No place says so: it stands in the graph of
    /// what was found.
    fn count_once(&mut self, disputes: Vec<Vec<(Id, Location)>>, context: Context<'_>) {
        if disputes.is_empty() {
            return;
        }
        let graph = self.terms.id(context.base.graph("findings"));
        let property = self.terms.id(cg::COUNTED_AS.into_owned());
        for dispute in disputes {
            let Some((first, _)) = dispute.first().cloned() else { continue };
            for (claim, place) in dispute {
                self.statements.push([claim, property, first, graph], &place);
            }
        }
    }

    /// Settles the records of one who and what; gives the numbers of the claims' IRIs.
    fn group(
        &mut self,
        base: &str,
        group: &[usize],
        claims: &Claims,
        context: Context<'_>,
        settled: &mut Settled,
        findings: &mut Vec<Finding>,
    ) -> Vec<Id> {
        let units: Vec<&Unit> = group.iter().map(|index| &claims.units[*index]).collect();
        let cited = |unit: &Unit| {
            self.things.get(&unit.id).map(|thing| thing.cited.iter().map(|(graph, _)| *graph).collect::<BTreeSet<Id>>()).unwrap_or_default()
        };
        let Some(kind) = self.things.get(&units[0].id).and_then(|thing| context.schema.kinds.get(thing.kinds.first()?)) else {
            return units.iter().map(|unit| unit.own).collect();
        };
        let time = kind.told_apart_by.iter().position(|name| kind.key(name).is_some_and(|key| key.form == Form::Date));
        let mut order: Vec<usize> = (0..units.len()).collect();
        order.sort_by_cached_key(|index| (vagueness(units[*index], time), units[*index].facts.clone()));
        let (clusters, doubtful) = clusters(&units, &order, time, &cited);
        let names = self.names_of(base, &units, &clusters, time);
        for (cluster, name) in clusters.iter().zip(&names) {
            for unit in cluster.units.iter().map(|unit| units[*unit]).filter(|unit| unit.id != *name) {
                settled.renamed.insert(unit.id, *name);
            }
        }
        let said = Said { lifted: self, context, kind, units: &units, clusters: &clusters, time };
        let disputes = said.apart(findings);
        for unit in doubtful {
            said.open(unit, findings);
        }
        for mut dispute in disputes.into_iter().map(|dispute| dispute.into_iter().map(|at| (names[at], said.place(at))).collect::<Vec<_>>())
        {
            // They are counted as the first of them by name.
            dispute.sort_by_cached_key(|(claim, _)| self.terms.term(*claim).to_string());
            settled.disputes.push(dispute);
        }
        names
    }

    fn names_of(&mut self, base: &str, units: &[&Unit], clusters: &[Cluster], time: Option<usize>) -> Vec<Id> {
        let parts = |unit: &Unit, count: usize, terms: &Terms| {
            let TermRef::NamedNode(own) = terms.term(unit.own) else { return vec!["_".to_owned(); count] };
            let mut parts: Vec<String> = own.as_str()[base.len()..].split('.').skip(1).map(str::to_owned).collect();
            parts.resize(count, "_".to_owned());
            parts
        };
        // The most precise of its records says each part; of times one that says the start.
        let short: Vec<Vec<String>> = clusters
            .iter()
            .map(|cluster| {
                let all: Vec<Vec<String>> =
                    cluster.units.iter().map(|unit| parts(units[*unit], cluster.facts.len(), &self.terms)).collect();
                (0..cluster.facts.len())
                    .map(|part| {
                        let said = || all.iter().map(|parts| &parts[part]).filter(|said| *said != "_");
                        said()
                            .find(|said| Some(part) != time || !said.starts_with("to-"))
                            .or_else(|| said().next())
                            .cloned()
                            .unwrap_or_else(|| "_".to_owned())
                    })
                    .collect()
            })
            .collect();
        let mut taken: HashMap<NamedNode, BTreeSet<usize>> = HashMap::new();
        for (index, cluster) in clusters.iter().enumerate() {
            taken.entry(named(base, &short[index])).or_default().insert(index);
            for unit in &cluster.units {
                taken.entry(named(base, &parts(units[*unit], cluster.facts.len(), &self.terms))).or_default().insert(index);
            }
        }
        let mut names: Vec<NamedNode> = Vec::with_capacity(clusters.len());
        for (cluster, parts) in clusters.iter().zip(&short) {
            let name = named(base, parts);
            names.push(if taken[&name].len() == 1 { name } else { named(base, &long(cluster, parts, time)) });
        }
        // What even so has one name with another gets a number made of all that it says.
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        names.iter().for_each(|name| *counts.entry(name.as_str().to_owned()).or_default() += 1);
        for (name, cluster) in names.iter_mut().zip(clusters) {
            let foreign = taken.get(name).is_some_and(|by| by.len() > 1);
            if counts[name.as_str()] > 1 || foreign {
                *name = NamedNode::new_unchecked(format!("{}~x{:08x}", name.as_str(), hash(&cluster.facts.join(&FACT.to_string()))));
            }
        }
        names.into_iter().map(|name| self.terms.id(name)).collect()
    }

    /// Gives statements, things and counts the IRIs of their claims.
    fn rename(&mut self, renamed: &HashMap<Id, Id>) {
        if renamed.is_empty() {
            return;
        }
        let new = |id: Id| renamed.get(&id).copied().unwrap_or(id);
        for quad in self.statements.quads_mut() {
            let [subject, property, object, graph] = *quad;
            *quad = [new(subject), property, new(object), graph];
        }
        let mut moved: Vec<(Id, Thing)> = Vec::new();
        for old in renamed.keys() {
            moved.extend(self.things.remove(old).map(|thing| (new(*old), thing)));
        }
        moved.sort_by(|(a, one), (b, other)| (a, &one.location).cmp(&(b, &other.location)));
        for (id, thing) in moved {
            match self.things.get_mut(&id) {
                None => _ = self.things.insert(id, thing),
                Some(known) => {
                    known.cited.extend(thing.cited);
                    if thing.location < known.location {
                        known.location = thing.location;
                    }
                }
            }
        }
        for contribution in self.contributions.values_mut() {
            for things in contribution.things.values_mut() {
                *things = things.iter().map(|id| new(*id)).collect();
            }
        }
        self.unread = std::mem::take(&mut self.unread).into_iter().map(|(id, code)| (new(id), code)).collect();
    }
}

fn who_and_what<'t>(terms: &'t Terms, unit: &Unit) -> &'t str {
    match terms.term(unit.own) {
        TermRef::NamedNode(node) => &node.as_str()[..unit.base as usize],
        _ => "",
    }
}

/// The rank of a unit among those of its group: what says more comes first, and is leant on.
fn vagueness(unit: &Unit, time: Option<usize>) -> (usize, usize, i32) {
    let missing = unit.facts.split(FACT).enumerate().filter(|(index, fact)| Some(*index) != time && fact.is_empty()).count();
    let b = unit.bounds;
    let unknown = [b.earliest_start, b.latest_start, b.earliest_end, b.latest_end].iter().filter(|bound| bound.is_none()).count();
    let width = |low: Option<Date>, high: Option<Date>| {
        low.zip(high).and_then(|(low, high)| low.until(high).ok()).map_or(0, |span| span.get_days())
    };
    (missing, unknown, width(b.earliest_start, b.latest_start) + width(b.earliest_end, b.latest_end))
}

/// Which keys but the time say something, and what these say.
fn said(facts: &[String], time: Option<usize>, mask: u32) -> (u32, String) {
    let (mut own, mut text) = (0, String::new());
    for (index, fact) in facts.iter().enumerate().filter(|(index, _)| Some(*index) != time) {
        if !fact.is_empty() {
            own |= 1 << index;
            if mask & (1 << index) != 0 {
                text.push_str(fact);
            }
        }
        text.push(FACT);
    }
    (own, text)
}

/// Joins what can be of one claim. One place says a claim once: what it says in two records is two. What could be of several
/// claims is of none of them; it stands alone, and is given back.
fn clusters(units: &[&Unit], order: &[usize], time: Option<usize>, cited: &dyn Fn(&Unit) -> BTreeSet<Id>) -> (Vec<Cluster>, Vec<usize>) {
    let facts_of = |unit: &Unit| unit.facts.split(FACT).map(str::to_owned).collect::<Vec<String>>();
    let masks: BTreeSet<u32> = units.iter().map(|unit| said(&facts_of(unit), time, 0).0).collect();
    let mut clusters: Vec<Cluster> = Vec::new();
    let mut doubtful = Vec::new();
    // By what a claim says (its mask), and of that what another mask shares: so that only what agrees is compared.
    let mut index: BTreeMap<(u32, u32), HashMap<String, Vec<usize>>> = BTreeMap::new();
    for unit_index in order {
        let unit = units[*unit_index];
        let (facts, places) = (facts_of(unit), cited(unit));
        let (mask, _) = said(&facts, time, 0);
        let mut found: BTreeSet<usize> = BTreeSet::new();
        for ((of, shared), known) in &index {
            if *shared == of & mask
                && let Some(candidates) = known.get(&said(&facts, time, *shared).1)
            {
                let fits = |cluster: &Cluster| {
                    said(&cluster.facts, time, 0).0 == *of
                        && cluster.cited.is_disjoint(&places)
                        && cluster.bounds.and(&unit.bounds).can_be()
                };
                found.extend(candidates.iter().copied().filter(|candidate| fits(&clusters[*candidate])));
            }
        }
        let (target, grown) = match (found.len(), found.first()) {
            (1, Some(one)) => {
                let cluster = &mut clusters[*one];
                cluster.units.push(*unit_index);
                cluster.bounds = cluster.bounds.and(&unit.bounds);
                cluster.cited.extend(places);
                let before = said(&cluster.facts, time, 0).0;
                for (own, fact) in cluster.facts.iter_mut().zip(facts) {
                    if own.is_empty() {
                        *own = fact;
                    }
                }
                (*one, said(&cluster.facts, time, 0).0 != before)
            }
            (several, _) => {
                if several > 1 {
                    doubtful.push(*unit_index);
                }
                clusters.push(Cluster { units: vec![*unit_index], facts, bounds: unit.bounds, cited: places });
                (clusters.len() - 1, true)
            }
        };
        if grown {
            let (own, _) = said(&clusters[target].facts, time, 0);
            let shares: BTreeSet<u32> = masks.iter().map(|mask| mask & own).collect();
            for shared in shares {
                let text = said(&clusters[target].facts, time, shared).1;
                index.entry((own, shared)).or_default().entry(text).or_default().push(target);
            }
        }
    }
    (clusters, doubtful)
}

/// The parts of a name that another claim has as well, with the whole time instead of its start.
fn long(cluster: &Cluster, parts: &[String], time: Option<usize>) -> Vec<String> {
    let mut parts = parts.to_vec();
    if let Some(time) = time {
        let said = &cluster.facts[time];
        let b = cluster.bounds;
        parts[time] = match (said.strip_prefix('@'), b.earliest_end, b.latest_end) {
            (None, ..) if said.is_empty() => "undated".to_owned(),
            (None, ..) => sayable(&said.replace("..", "open").replace('/', "~")),
            (_, Some(day), _) => format!("on-{}", edtf::show(day)),
            (_, None, Some(day)) => format!("by-{}", edtf::show(day)),
            _ => "undated".to_owned(),
        };
    }
    parts
}
