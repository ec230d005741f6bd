//! From gathered rows to the graph that is drawn: what is near the focus, how each thing looks, what the page says was left out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use oxigraph::model::{GraphName, Literal, NamedNode, NamedNodeRef, Term};

use super::arrange;
use super::choice::{Choice, ViewError};
use super::gather::{Gathered, LeftOut, Step, Thing, TieKey};
use super::told::{self, Told, Values};
use super::{figure, look};
use crate::description;
use crate::diagram::{Citation, Dated, Day, Fact, Graph, Group, Line, Node, Tie, TimeSpan};
use crate::ontology::preference;
use crate::store::{In, StoreError};
use crate::values::edtf::{self, Bounds};
use crate::values::spoken;
use crate::values::text::count;
use crate::vocab::{cg, dcterms, rdf, rdfs, skos};

/// What places say of a thing under one property: each value with the places.
type Said = BTreeMap<String, (Literal, BTreeSet<String>)>;

impl Gathered<'_> {
    pub(super) fn finish(mut self, choice: &Choice) -> Result<Graph, ViewError> {
        self.settle(choice)?;
        let mut ties: Vec<(TieKey, Vec<Told>)> = std::mem::take(&mut self.ties).into_iter().collect();
        let all = figure::apart(std::mem::take(&mut self.things));
        let stated: BTreeSet<&str> = all.iter().filter(|(_, thing)| thing.stated).map(|((iri, _), _)| iri.as_str()).collect();
        let is_gone = |iri: &str| self.left.gone.contains(iri) && !stated.contains(iri);
        let mut things: Vec<(String, Option<Step>)> = all.keys().filter(|(iri, _)| !is_gone(iri)).cloned().collect();
        ties.retain(|(key, _)| !is_gone(&key.from) && !is_gone(&key.to));
        let mut notes = self.left.told(choice);
        let quarantined = description::left_out(self.shown.store)?;
        if !quarantined.is_nothing() {
            notes.push(format!("{} of the sources not shown: left out as faulty when the graph was built", quarantined.said()));
        }
        if let Some(focus) = &choice.focus {
            let near = near(focus.as_str(), choice.depth, &ties);
            let before = (things.len(), ties.len());
            let is_about = |step: &Option<Step>| {
                step.as_ref().is_some_and(|step| [&step.who, &step.about].into_iter().flatten().any(|node| near.contains(node.as_str())))
            };
            things.retain(|(iri, step)| near.contains(iri) || is_about(step));
            ties.retain(|(key, _)| near.contains(&key.from) && near.contains(&key.to));
            let left = (before.0 - things.len(), before.1 - ties.len());
            if left.0 > 0 {
                let (things, ties) = (count(left.0, "more thing", "more things"), count(left.1, "more tie", "more ties"));
                notes.push(format!("{things} and {ties} not shown: further than {} from the focus", choice.depth));
            }
        }
        let index: HashMap<&str, usize> =
            things.iter().enumerate().filter(|(_, (_, step))| step.is_none()).map(|(index, (iri, _))| (iri.as_str(), index)).collect();
        let mut drawn = Vec::new();
        for (key, told) in ties {
            let (Some(from), Some(to)) = (index.get(key.from.as_str()), index.get(key.to.as_str())) else { continue };
            self.ties_of(&key, told, (*from, *to), &mut drawn)?;
        }
        self.ends_disputed(&mut drawn, &things)?;
        let ties = told_once(drawn);
        let mut all = all;
        let mut nodes = Vec::with_capacity(things.len());
        let mut groups: Vec<Vec<Group>> = Vec::with_capacity(things.len());
        let mut twice: HashMap<&str, usize> = HashMap::new();
        for key in &things {
            let thing = all.remove(key).unwrap_or_default();
            groups.push(thing.groups.keys().cloned().collect());
            let mut node = self.node(&key.0, key.1.as_ref(), thing)?;
            // Two places that tell a step differently have a mark each.
            let number = twice.entry(&key.0).or_insert(0);
            *number += 1;
            if *number > 1 {
                node.id = format!("{} ({number})", node.id);
            }
            nodes.push(node);
        }
        for (iri, _) in twice.iter().filter(|(_, number)| **number > 1) {
            nodes.iter_mut().filter(|node| node.iri == **iri).for_each(|node| node.disputed = true);
            figure::tell_others(&mut nodes, iri);
        }
        arrange::common_groups(&mut nodes, &ties, &groups);
        let mut graph = Graph { notes, nodes, ties, language: self.shown.language.to_owned(), ..Graph::default() };
        if let Some(grouping) = &choice.grouping {
            arrange::group(&mut graph, grouping, self.shown)?;
        }
        if let Some(sizing) = choice.sizing {
            arrange::size(&mut graph, sizing);
        }
        if choice.tell_language {
            arrange::names_missing(&mut graph, self.shown)?;
        }
        Ok(graph)
    }

    /// The ties that what is told of one claim makes: one, or one for each thing that is said differently.
    fn ties_of(&self, key: &TieKey, told: Vec<Told>, (from, to): (usize, usize), ties: &mut Vec<Tie>) -> Result<(), StoreError> {
        let told = told::gathered(told);
        let disputed = told::disputed(&told);
        let many = key.claim.as_ref().map(|claim| self.many(claim)).transpose()?.flatten().unwrap_or_default();
        for entry in told {
            let (line, note, tense) = self.drawn_as(&entry, key)?;
            let label = match (&key.words, &key.relation) {
                (Some(words), _) => words.clone(),
                (None, Some(relation)) => self.reads(relation, key, tense)?,
                (None, None) => String::new(),
            };
            let relation_label = match (&key.words, &key.relation) {
                (None, Some(relation)) => self.reads(relation, key, crate::tie::Tense::Holds)?,
                _ => label.clone(),
            };
            ties.push(Tie {
                from,
                to,
                label,
                relation: key.relation.as_ref().map(|relation| relation.as_str().to_owned()).unwrap_or_default(),
                relation_label,
                directed: self.drawn.directed,
                line,
                note,
                amount: entry.values.amount.clone(),
                bounds: entry.values.when.map(|(span, _)| span),
                citations: self.citations(&entry.cited),
                also: self.citations(&entry.also),
                claim: entry.claims.first().map(|claim| claim.as_str().to_owned()).unwrap_or_default(),
                counted_as: key
                    .claim
                    .as_ref()
                    .filter(|claim| self.counted.contains_key(*claim))
                    .map(|claim| claim.as_str().to_owned())
                    .unwrap_or_default(),
                disputed: disputed.clone(),
                many: many.clone(),
            });
        }
        Ok(())
    }

    /// Marks the ties of claims of which places name different ends or roles, where there can be only one.
    fn ends_disputed(&self, ties: &mut [Tie], things: &[(String, Option<Step>)]) -> Result<(), StoreError> {
        let mut claims: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, tie) in ties.iter().enumerate().filter(|(_, tie)| !tie.claim.is_empty()) {
            claims.entry(tie.claim.clone()).or_default().push(index);
        }
        for (claim, own) in claims.into_iter().filter(|(_, own)| own.len() > 1) {
            let claim = NamedNode::new_unchecked(claim);
            let single = self.single_valued(claim.as_ref())?;
            let mut said: BTreeMap<&NamedNode, BTreeSet<&str>> = BTreeMap::new();
            for (value, property) in &single {
                said.entry(property).or_default().insert(value);
            }
            for at in own {
                let tie = &mut ties[at];
                let ends = [("from", things[tie.from].0.as_str()), ("to", things[tie.to].0.as_str()), ("role", tie.relation.as_str())];
                for (what, value) in ends {
                    if single.get(value).is_some_and(|property| said[property].len() > 1) {
                        tie.disputed.push(what.to_owned());
                    }
                }
            }
        }
        Ok(())
    }

    /// What a claim names under properties that have one value at most.
    fn single_valued(&self, claim: NamedNodeRef<'_>) -> Result<HashMap<String, NamedNode>, StoreError> {
        let mut found = HashMap::new();
        let (mut classes, mut named) = (Vec::new(), Vec::new());
        for quad in self.shown.store.quads(Some(claim.into()), None, None, Some(In::Default)) {
            let quad = quad?;
            if let Term::NamedNode(object) = quad.object {
                if quad.predicate.as_ref() == rdf::TYPE { classes.push(object) } else { named.push((object, quad.predicate)) }
            }
        }
        let kinds: Vec<_> = classes.iter().filter_map(|class| self.schema.kind_of_class(class.as_str())).collect();
        for (object, property) in named {
            if kinds.iter().flat_map(|kind| &kind.keys).any(|key| key.property == property && key.max == Some(1)) {
                found.insert(object.as_str().to_owned(), property);
            }
        }
        Ok(found)
    }

    fn node(&mut self, iri: &str, step: Option<&Step>, thing: Thing) -> Result<Node, StoreError> {
        let node = NamedNode::new_unchecked(iri);
        // A mark looks as what happened looks, a thing as its class.
        let class = match step {
            // A figure looks as what it is of.
            Some(Step { relation: None, who: Some(who), .. }) => self.class(who),
            Some(step) => step.relation.clone(),
            None => self.class(&node),
        };
        let style = class.as_ref().and_then(|class| look::styled(self.ontology, self.schema, class));
        let class_label = style
            .as_ref()
            .and_then(|(style, _)| self.ontology.text(style.as_ref(), cg::CAPTION, self.shown.language))
            .or_else(|| class.as_ref().and_then(|class| self.ontology.label(class.as_ref(), self.shown.language)))
            .unwrap_or_default();
        let mut thing = thing;
        if self.dates && step.is_none() && thing.told.iter().all(|told| told.values.when.is_none()) {
            self.fetch_dates(node.as_ref(), &mut thing.told)?;
        }
        let (measure, details, remarks) = (thing.measure, thing.details, thing.remarks);
        let own_name = thing.name;
        let unlike = thing.under.len() > 1;
        let under = thing.under.keys().map(String::as_str).collect::<Vec<_>>().join(" or ") + if unlike { " ‡" } else { "" };
        let told = told::gathered(thing.told);
        let times = told::disputed(&told);
        // Of times that can all be right the closest is drawn, and stands beside the places that give it.
        let (first, rest) = closest(told);
        let cited = match &first {
            Some(first) if !first.cited.is_empty() => first.cited.clone(),
            // What no row cites rests on the places that say it is there.
            _ => self.graphs(node.as_ref(), rdf::TYPE, None)?,
        };
        let mut facts = Vec::new();
        let mut say = |label: &str, value: String, places: &BTreeSet<String>, disputed: bool| {
            let citations = if places == &cited && !disputed { Vec::new() } else { self.citations(places) };
            facts.push(Fact { label: label.to_owned(), value, citations, disputed });
        };
        if !class_label.is_empty() {
            say("kind", class_label.clone(), &cited, false);
        }
        let names = self.names(node.as_ref())?;
        let named_twice = names.len() > 1;
        for (name, places) in names.values().filter(|_| named_twice) {
            say("name", name.value().to_owned(), places, true);
        }
        for (name, places) in
            self.other_names(node.as_ref())?.iter().filter(|(name, _)| !names.values().any(|(own, _)| own.value() == name.as_str()))
        {
            say("also called", name.clone(), places, false);
        }
        let mut described = None;
        for (text, places) in self.said(node.as_ref(), dcterms::DESCRIPTION)?.values() {
            described.get_or_insert_with(|| text.value().to_owned());
            say("what it is", text.value().to_owned(), places, false);
        }
        let measured = measure.map(|measure| figure::measured(measure, step, first.as_ref(), &details));
        if let Some(figure) = &measured {
            say("counted", figure.measure.label.clone(), &cited, false);
            say("number", figure.said(), &cited, thing.is_disputed);
            for ((of, value), places) in &details {
                say(if of.is_empty() { "more" } else { of }, value.clone(), places, false);
            }
            for (remark, places) in &remarks {
                say("remark", remark.clone(), places, false);
            }
        }
        let mut disputed = named_twice || !times.is_empty() || thing.is_disputed || unlike;
        let (mut line, mut note) = (Line::Solid, None);
        if let Some(first) = &first {
            (line, note) = self.line(&first.values.codes);
            if let Some(note) = &note {
                say("note", note.clone(), &first.cited, times.iter().any(|what| what == "modality"));
            }
        }
        for flag in &thing.flags {
            say("note", flag.clone(), &cited, false);
        }
        if !thing.flags.is_empty() {
            let flags: Vec<String> = note.into_iter().chain(thing.flags).collect();
            note = Some(flags.join("; "));
            line = if line == Line::Solid { Line::Dashed } else { line };
        }
        for (under, places) in &thing.under {
            say("counted", under.clone(), if unlike { places } else { &cited }, unlike);
        }
        let clash = times.iter().any(|what| what == "when");
        let mut spans = Vec::new();
        for entry in first.iter().chain(&rest) {
            if let Some((span, _)) = &entry.values.when
                && !rest.is_empty()
            {
                say("when", spoken::words(&span.label), &entry.cited, clash);
                spans.push(Dated { span: span.clone(), citations: self.citations(&entry.cited) });
            }
            if !entry.also.is_empty() {
                say("also named in", String::new(), &entry.also, false);
            }
        }
        for entry in &rest {
            if let (_, Some(other)) = self.line(&entry.values.codes) {
                say("note", other, &entry.cited, times.iter().any(|what| what == "modality"));
            }
        }
        for (group, places) in thing.groups.iter().filter(|_| thing.groups.len() > 1) {
            say("group", group.label.clone(), places, false);
        }
        disputed |= clash;
        let bounds = first.as_ref().and_then(|first| first.values.when.clone()).map(|(span, _)| span);
        let id = self.shown.base.slug_of(iri).unwrap_or(iri).to_owned();
        let label = match (own_name, step) {
            (Some(name), _) => name,
            (None, Some(step)) => self.told(step, first.as_ref().map(|first| &first.values)),
            (None, None) => self.shown.label(node.as_ref()).or(described).unwrap_or_else(|| id.clone()),
        };
        Ok(Node {
            label,
            id,
            iri: iri.to_owned(),
            class: style
                .map_or_else(|| class.map(|class| class.as_str().to_owned()).unwrap_or_default(), |(_, class)| class.as_str().to_owned()),
            class_label,
            group: thing.groups.into_keys().next(),
            citations: self.citations(&cited),
            facts,
            bounds: bounds.filter(|_| !clash),
            spans: if clash { spans } else { Vec::new() },
            disputed,
            is_claim: step.is_some(),
            line,
            note,
            measured,
            stage: thing.stage,
            under,
            ..Node::default()
        })
    }

    /// The names that places give a thing in the language that is shown; several where they disagree.
    fn names(&self, node: NamedNodeRef<'_>) -> Result<Said, StoreError> {
        for property in [skos::PREF_LABEL, rdfs::LABEL] {
            let names = self.said(node, property)?;
            let best = names.values().map(|(name, _)| preference(name.language(), self.shown.language)).min();
            if best.is_some() {
                return Ok(names
                    .into_iter()
                    .filter(|(_, (name, _))| Some(preference(name.language(), self.shown.language)) == best)
                    .collect());
            }
        }
        Ok(Said::new())
    }

    /// What places say of when a thing was, where a picture of time is asked of a view that does not tell it.
    fn fetch_dates(&self, node: NamedNodeRef<'_>, told: &mut Vec<Told>) -> Result<(), StoreError> {
        let mut places: BTreeMap<String, (TimeSpan, Bounds)> = BTreeMap::new();
        for property in [cg::EDTF, cg::EARLIEST_START, cg::LATEST_START, cg::EARLIEST_END, cg::LATEST_END] {
            for (text, graphs) in self.said(node, property)?.into_values() {
                for graph in graphs {
                    let (span, bounds) = places.entry(graph).or_default();
                    let (day, date) = (Day::parse(text.value()), edtf::day(text.value()));
                    match property {
                        cg::EARLIEST_START => (span.earliest_start, bounds.earliest_start) = (day, date),
                        cg::LATEST_START => (span.latest_start, bounds.latest_start) = (day, date),
                        cg::EARLIEST_END => (span.earliest_end, bounds.earliest_end) = (day, date),
                        cg::LATEST_END => (span.latest_end, bounds.latest_end) = (day, date),
                        _ => text.value().clone_into(&mut span.label),
                    }
                }
            }
        }
        for (graph, when) in places {
            told::note(told, Values { when: Some(when), ..Values::default() }, BTreeSet::from([graph]), None);
        }
        Ok(())
    }

    /// What else a thing is called, acronyms among it, and the places that call it so, under whatever property.
    fn other_names(&self, node: NamedNodeRef<'_>) -> Result<BTreeMap<String, BTreeSet<String>>, StoreError> {
        let mut names = BTreeMap::new();
        for name in self.shown.store.objects(node, skos::ALT_LABEL)? {
            let Term::Literal(text) = &name else { continue };
            let mut places = BTreeSet::new();
            for quad in self.shown.store.quads(Some(node.into()), None, Some(name.as_ref()), Some(In::Named)) {
                if let GraphName::NamedNode(graph) = quad?.graph_name
                    && (crate::tie::is_citation(self.shown.base, &graph) || graph == self.shown.base.graph("registry"))
                {
                    places.insert(graph.as_str().to_owned());
                }
            }
            names.entry(text.value().to_owned()).or_insert_with(BTreeSet::new).extend(places);
        }
        Ok(names)
    }

    /// What places say of a thing under a property.
    fn said(&self, node: NamedNodeRef<'_>, property: NamedNodeRef<'_>) -> Result<Said, StoreError> {
        let mut said = Said::new();
        for quad in self.shown.store.quads(Some(node.into()), Some(property), None, Some(In::Named)) {
            let quad = quad?;
            if let (Term::Literal(text), GraphName::NamedNode(graph)) = (quad.object, quad.graph_name)
                && (crate::tie::is_citation(self.shown.base, &graph) || graph == self.shown.base.graph("registry"))
            {
                said.entry(text.to_string()).or_insert_with(|| (text, BTreeSet::new())).1.insert(graph.as_str().to_owned());
            }
        }
        Ok(said)
    }

    pub(super) fn citations(&self, graphs: &BTreeSet<String>) -> Vec<Citation> {
        let mut citations: Vec<Citation> = graphs
            .iter()
            .map(|iri| {
                let node = NamedNode::new_unchecked(iri.clone());
                Citation {
                    label: self.shown.label(node.as_ref()).unwrap_or_else(|| self.shown.term(&node.clone().into())),
                    iri: iri.clone(),
                }
            })
            .collect();
        citations.sort();
        citations
    }
}

/// The entry whose time lies within all others', if there is one, else the first; and the rest.
fn closest(mut told: Vec<Told>) -> (Option<Told>, Vec<Told>) {
    let times: Vec<_> = told.iter().filter_map(|entry| entry.values.when.as_ref().map(|(_, bounds)| *bounds)).collect();
    let all = told::narrowed(&times);
    let place = told.iter().position(|entry| entry.values.when.as_ref().map(|(_, bounds)| *bounds) == all && all.is_some());
    if told.is_empty() {
        return (None, told);
    }
    let first = told.remove(place.unwrap_or(0));
    (Some(first), told)
}

impl LeftOut {
    fn counted(&self, n: usize) -> String {
        if self.figures { count(n, "figure", "figures") } else { count(n, "tie or step", "ties or steps") }
    }

    /// What was left out, in the words of the page.
    fn told(&self, choice: &Choice) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(at) = choice.at.filter(|_| !self.day.is_empty()) {
            let why = if choice.certain { "not certain to have held" } else { "did not hold" };
            notes.push(format!("{} not shown: {why} {}", self.counted(self.day.len()), at.words()));
        }
        if !self.span.is_empty() {
            let span = match (choice.from, choice.to) {
                (Some(from), Some(to)) => format!("outside {from} to {to}"),
                (Some(from), None) => format!("ended before {from}"),
                (None, Some(to)) => format!("began after {to}"),
                (None, None) => String::new(),
            };
            notes.push(format!("{} not shown: {span}", self.counted(self.span.len())));
        }
        if !self.kinds.is_empty() {
            let (one, many) = if self.figures { ("figure", "figures") } else { ("thing", "things") };
            notes.push(format!("{} of other kinds not shown", count(self.kinds.len(), one, many)));
        }
        if !self.roles.is_empty() {
            notes.push(format!("{} of other roles not shown", count(self.roles.len(), "tie", "ties")));
        }
        notes
    }
}

/// Ties of different relations that read alike between the same two things, and of which the same is told, become one that rests on
/// all that either rests on: two claims of different kinds can both read "drafted". The first relation by name stays. Sums of money,
/// and what places contradict each other in, are kept apart.
fn told_once(ties: Vec<Tie>) -> Vec<Tie> {
    let mut once: Vec<Tie> = Vec::with_capacity(ties.len());
    let mut known: HashMap<(usize, usize, String), Vec<usize>> = HashMap::new();
    for tie in ties {
        let same = known.entry((tie.from, tie.to, tie.label.clone())).or_default();
        let plain = |tie: &Tie| tie.amount.is_none() && tie.disputed.is_empty() && tie.also.is_empty() && !tie.label.is_empty();
        let alike = |other: &Tie| {
            plain(other) && other.relation != tie.relation && (&other.note, other.line, &other.bounds) == (&tie.note, tie.line, &tie.bounds)
        };
        if plain(&tie)
            && let Some(&at) = same.iter().find(|at| alike(&once[**at]))
        {
            let mut citations = std::mem::take(&mut once[at].citations);
            citations.extend(tie.citations);
            citations.sort();
            citations.dedup();
            once[at].citations = citations;
            continue;
        }
        same.push(once.len());
        once.push(tie);
    }
    once
}

/// What is at most `depth` ties away from a thing, in either direction.
fn near(focus: &str, depth: usize, ties: &[(TieKey, Vec<Told>)]) -> BTreeSet<String> {
    let mut near: BTreeSet<String> = BTreeSet::from([focus.to_owned()]);
    for _ in 0..depth {
        let more: Vec<String> = ties
            .iter()
            .flat_map(|(key, _)| [(&key.from, &key.to), (&key.to, &key.from)])
            .filter(|(known, new)| near.contains(*known) && !near.contains(*new))
            .map(|(_, new)| new.clone())
            .collect();
        if more.is_empty() {
            break;
        }
        near.extend(more);
    }
    near
}
