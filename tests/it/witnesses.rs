//! A project that the schema writes: two witnesses who contradict each other in every key of every kind. No answer, tie, figure, line of a
//! page or finding puts a value beside a place that does not say it; and what rests on one witness alone is what that witness alone
//! gives, so that nothing of the other has slipped in.
//!
//! Nothing here is picked by hand: a kind or key that is new is told as well. Every value is one witness's own, so that it tells who said it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

use civigraph::iri::kebab;
use civigraph::query::parameter::Takes;
use civigraph::query::{self, Question};
use civigraph::schema::Kind;
use civigraph::session::Session;
use civigraph::store::Store;
use civigraph::view::Choice;
use oxigraph::model::{NamedNode, Term};
use oxigraph::sparql::QueryResults;

use crate::support::{Scratch, report};

mod telling;
use telling::{BOTH, Telling, WITNESSES, Who};

/// Keys that no source can tell by itself, each with why; one that can be told is taken off.
const UNTOLD: &[(&str, &str)] = &[("same_as", "that two things are one is confirmed by a person")];

/// Questions one of whose columns tells, as their headers say, what all places together come to.
const OF_ALL: &[(&str, &str)] = &[
    ("report/lists-left-open", "how many are listed, wherever"),
    ("times/changes", "whether another of the kind had ended before, wherever that is said"),
];

/// Questions that nothing told here answers: they ask for several things at once that hang together. `agreement` asks them of what does.
const UNHEARD: &[&str] = &[
    "events/organizer-not-stated",
    "events/same-day-and-place",
    "funding/totals",
    "funding/leaders-of-funded-initiatives",
    "instruments/signed-and-ratified",
    "names/resolve",
    "networks/advisory-groups",
    "networks/coordinator-adviser-and-leader",
    "networks/whose-advisory-group",
    "numbers/lower-bounds",
    "numbers/score-differences",
    "numbers/unlike-what-is-cited",
    "organizations/joint-endeavours",
    "people/open-tenures",
    "report/records-per-kind",
];

/// The project as both tell it, and as each alone does.
struct Told {
    _folders: [Scratch; 3],
    both: Session,
    alone: [Session; 2],
    said: HashMap<String, Who>,
    findings: Vec<civigraph::finding::Finding>,
    untold: BTreeSet<String>,
}

fn told() -> &'static Told {
    static TOLD: OnceLock<Told> = OnceLock::new();
    TOLD.get_or_init(|| {
        let folders = [Scratch::bare("title = \"Two witnesses\"\nbase = \"https://example.org/\"\n"), alone(), alone()];
        let (opened, _) = civigraph::pipeline::open(&folders[0].project()).expect("the shipped ontology");
        let mut whole = BTreeSet::new();
        let mut telling = Telling::of(&opened.schema, &whole);
        let mut untold = BTreeSet::new();
        // What is an error cannot be told so: it is told in another way or left out, line by line.
        let made = loop {
            write(&folders[0], &telling.files, &[0, 1]);
            let made = civigraph::pipeline::make(&folders[0].project()).expect("it is read");
            if let Ok(folder) = std::env::var("CIVIGRAPH_WITNESSES") {
                crate::support::copy(folders[0].path(), std::path::Path::new(&folder));
            }
            let errors: Vec<_> =
                made.findings.iter().filter(|finding| finding.severity == civigraph::finding::Severity::Error).cloned().collect();
            if errors.is_empty() {
                break made;
            }
            let known = whole.len();
            let mut wrong = BTreeSet::new();
            for error in &errors {
                let place = error.location.to_string();
                if std::env::var_os("CIVIGRAPH_WITNESSES").is_some() {
                    eprintln!("{place} {}: {}", error.code, error.message);
                }
                let witness = usize::from(place.contains("/bee/"));
                let line: usize =
                    place.split(':').nth(1).and_then(|line| line.parse().ok()).unwrap_or_else(|| panic!("{place}: {}", error.message));
                // One's own thing, of which only what it must have is told, needs more.
                let (kind, own) = telling.record_at(witness, line - 1);
                if own && whole.insert(kind) {
                    continue;
                }
                let line = telling.told_at(witness, line - 1, &error.code);
                wrong.insert((witness, line.unwrap_or_else(|| panic!("{place} {}: {}", error.code, error.message))));
            }
            if whole.len() > known {
                telling = Telling::of(&opened.schema, &whole);
                untold.clear();
                continue;
            }
            for (witness, line) in wrong {
                untold.extend(telling.tell_otherwise(witness, line));
            }
        };
        for witness in 0..2 {
            write(&folders[witness + 1], &telling.files, &[witness]);
        }
        let over = |folder: &Scratch| {
            let made = civigraph::pipeline::make(&folder.project()).expect("it is read");
            Session::over(folder.project(), Store::from(made.dataset.expect("a graph"))).expect("a session")
        };
        let alone = [over(&folders[1]), over(&folders[2])];
        let both = Session::over(folders[0].project(), Store::from(made.dataset.expect("a graph"))).expect("a session");
        let said = telling.said;
        Told { both, alone, said, findings: made.findings.iter().cloned().collect(), untold, _folders: folders }
    })
}

fn alone() -> Scratch {
    Scratch::bare("title = \"Two witnesses\"\nbase = \"https://example.org/\"\n")
}

fn write(folder: &Scratch, files: &[Vec<String>; 2], witnesses: &[usize]) {
    for &witness in witnesses {
        let who = WITNESSES[witness];
        folder.write(
            &format!("data/{who}/source.toml"),
            format!("title = \"Witness {who}\"\nshort = \"{}\"\nas_of = 2025-12-31\n", who.to_uppercase()),
        );
        folder.write(&format!("data/{who}/sections.csv"), "locator,title,page,parent\n1,One,1,\n");
        folder.write(&format!("data/{who}/records.yaml"), files[witness].join("\n") + "\n");
    }
}

impl Told {
    /// Who says what stands in a text: a witness's words, numbers and years; words for codes where they are the whole of it.
    fn who_says(&self, text: &str) -> Who {
        let mut who = self.said.get(text).copied().filter(|who| *who != BOTH).unwrap_or_default();
        let plain = text.replace(',', "");
        for word in plain.split(|c: char| !c.is_alphanumeric()) {
            let lower = word.to_lowercase();
            for (witness, name) in WITNESSES.iter().enumerate() {
                who |= Who::from(lower == *name) << witness;
            }
            if word.len() >= 4 && word.bytes().all(|b| b.is_ascii_digit()) {
                who |= self.said.get(word).copied().unwrap_or_default();
            }
        }
        who
    }

    /// Who says a term, and who is cited by it.
    fn of_term(&self, term: &Term) -> (Who, Who) {
        match term {
            Term::NamedNode(node) => {
                if let Some(who) = self.cited(node.as_str()) {
                    return (0, who);
                }
                let base = &self.both.project.base;
                match base.slug_of(node.as_str()) {
                    // The names of claims say what they are of, and are no values.
                    Some(slug) if slug.contains('/') => (0, 0),
                    Some(slug) => (self.who_says(slug), 0),
                    None => (self.who_says(node.as_str()), 0),
                }
            }
            Term::Literal(literal) => (self.who_says(literal.value()), 0),
            Term::BlankNode(_) => (0, 0),
        }
    }

    fn cited(&self, iri: &str) -> Option<Who> {
        let (source, _) = self.both.project.base.cited_place(iri)?;
        WITNESSES.iter().position(|who| *who == source).map(|witness| 1 << witness)
    }
}

/// A question with what it is asked of: everything that it takes, of each kind the thing that both tell and those that each tells.
fn asked(session: &Session, question: &Question) -> Vec<Vec<(String, Term)>> {
    let schema = &session.opened.schema;
    let mut all: Vec<Vec<(String, Term)>> = vec![Vec::new()];
    for parameter in &question.parameters {
        let thing = |id: String| Term::from(session.project.base.thing(&id));
        let values: Vec<Option<Term>> = match parameter.takes(schema).expect("a shipped question") {
            Takes::Thing(classes) => {
                let kinds: Vec<&Kind> = if classes.is_empty() { schema.kinds.values().collect() } else { schema.kinds_of(&classes) };
                let of = |kind: &&Kind| ["both", "meet", "aye"].map(|who| Some(thing(format!("{who}-{}", kebab(&kind.name)))));
                // What takes a thing of any kind is asked of some, and of several things each once, or there is no end.
                let several = question.parameters.len() > 1;
                let (step, each, most) = if classes.is_empty() {
                    (9, 1, 8)
                } else if several {
                    (1, 1, 8)
                } else {
                    (1, 3, 60)
                };
                kinds.iter().step_by(step).flat_map(|kind| of(kind).into_iter().take(each)).take(most).collect()
            }
            Takes::Date => ["1300-06-01", "1700-06-01"]
                .iter()
                .map(|day| Some(oxigraph::model::Literal::new_typed_literal(*day, oxigraph::model::vocab::xsd::DATE).into()))
                .collect(),
            _ => vec![None],
        };
        all = all
            .iter()
            .flat_map(|given| {
                values.iter().map(move |value| {
                    let bound = value.iter().map(|value| (parameter.name.clone(), value.clone()));
                    given.iter().cloned().chain(bound).collect()
                })
            })
            .collect();
    }
    all
}

/// The answer's rows, each as its cells in order.
fn answer(session: &Session, question: &Question, given: &[(String, Term)]) -> Vec<BTreeMap<String, Term>> {
    let parsed = query::parse(&question.asset.text, &session.opened.ontology.prefixes).expect("a shipped question is SPARQL");
    let results = session.store.query(query::bind(parsed, given), None).expect("it runs");
    let QueryResults::Solutions(rows) = results else { return Vec::new() };
    rows.map(|row| row.expect("a row").iter().map(|(variable, term)| (variable.as_str().to_owned(), term.clone())).collect()).collect()
}

#[test]
fn every_key_of_every_kind_is_told_differently() {
    let known: BTreeSet<&str> = UNTOLD.iter().map(|(key, _)| *key).collect();
    let found: BTreeSet<&str> = told().untold.iter().filter_map(|name| name.split('.').nth(1)).collect();
    let mut faults: Vec<String> = found.difference(&known).map(|key| format!("{key} is not told")).collect();
    faults.extend(known.difference(&found).map(|key| format!("{key} is told now: take it off")));
    report(faults);
}

#[test]
fn no_answer_of_any_question_pairs_a_value_with_a_place_that_does_not_say_it() {
    let told = told();
    let (questions, _) = query::catalogue(&told.both.project).expect("the questions");
    let mut faults = Vec::new();
    let mut unheard: BTreeSet<&str> = BTreeSet::new();
    for question in &questions {
        let (mut heard, mut own) = (0, 0);
        let begun = std::time::Instant::now();
        for given in asked(&told.both, question) {
            let named = given.iter().map(|(name, term)| format!("{name}={term}")).collect::<Vec<_>>().join(" ");
            let alone: Vec<BTreeSet<String>> =
                told.alone.iter().map(|session| answer(session, question, &given).iter().map(|row| format!("{row:?}")).collect()).collect();
            for row in answer(&told.both, question, &given) {
                let (mut says, mut cited) = (0, 0);
                for term in row.values() {
                    let (who, places) = told.of_term(term);
                    says |= who;
                    cited |= places;
                }
                heard += usize::from(says != 0 && cited != 0);
                if cited != 0 && says & !cited != 0 {
                    faults.push(format!("{} {named}: pairs a value with a place that does not say it: {row:?}", question.name));
                }
                if cited == 1 || cited == 2 {
                    own += 1;
                    let of_all = OF_ALL.iter().any(|(name, _)| *name == question.name);
                    if !of_all && !alone[usize::from(cited == 2)].contains(&format!("{row:?}")) {
                        faults.push(format!(
                            "{} {named}: {} alone does not give {row:?}",
                            question.name,
                            WITNESSES[usize::from(cited == 2)]
                        ));
                    }
                }
            }
        }
        if own == 0 {
            unheard.insert(&question.name);
        }
        if std::env::var_os("CIVIGRAPH_WITNESSES").is_some() {
            eprintln!("{}: {heard} rows with values and places, {own} of one witness {:?}", question.name, begun.elapsed());
        }
    }
    faults.sort();
    faults.dedup();
    report(faults);
    let known: BTreeSet<&str> = UNHEARD.iter().copied().collect();
    let mut faults: Vec<String> = unheard.difference(&known).map(|name| format!("{name}: no row cites one witness alone")).collect();
    faults.extend(known.difference(&unheard).map(|name| format!("{name} has rows now: take it off")));
    report(faults);
}

/// What a tie or a thing of a picture says, by who says it: its citations must be of those and of nobody else.
fn held_against(
    told: &Told,
    what: &str,
    values: &[String],
    citations: &[civigraph::diagram::graph::Citation],
    faults: &mut Vec<String>,
) -> bool {
    let says = values.iter().fold(0, |who, value| who | told.who_says(value));
    let cited = citations.iter().fold(0, |who, place| who | told.cited(&place.iri).unwrap_or_default());
    if says != 0 && cited != 0 && says != cited {
        faults.push(format!("{what}: {values:?} is of {says}, and cited to {cited}"));
    }
    says != 0 && cited != 0
}

#[test]
fn no_picture_pairs_a_value_with_a_place_that_does_not_say_it() {
    let told = told();
    let (mut faults, mut looked) = (Vec::new(), 0);
    let views = told.both.views().expect("the views");
    for view in &views {
        let needs_focus = view.parameters.iter().any(|parameter| parameter.name == "focus");
        let focuses: Vec<Option<NamedNode>> = if needs_focus {
            ["both-network", "both-person", "both-country-review", "both-fund"].map(|id| Some(told.both.project.base.thing(id))).to_vec()
        } else {
            vec![None]
        };
        for focus in focuses {
            let choice = Choice { focus, depth: 1, dates: true, ..Choice::default() };
            let Ok(graph) = told.both.view(view, &choice) else { continue };
            let alone: Vec<BTreeSet<String>> =
                told.alone.iter().map(|session| session.view(view, &choice).map(|graph| ties_of(&graph)).unwrap_or_default()).collect();
            for tie in &graph.ties {
                let mut values: Vec<String> = tie.bounds.iter().map(|span| span.label.clone()).collect();
                values.extend(tie.amount.iter().filter_map(|amount| amount.value).map(|value| value.to_string()));
                values.push(tie.label.clone());
                let what = format!("{}: a tie from {} to {}", view.name, graph.nodes[tie.from].id, graph.nodes[tie.to].id);
                looked += usize::from(held_against(told, &what, &values, &tie.citations, &mut faults));
                let cited = tie.citations.iter().fold(0, |who, place| who | told.cited(&place.iri).unwrap_or_default());
                if (cited == 1 || cited == 2) && !alone[usize::from(cited == 2)].contains(&tie_text(&graph, tie)) {
                    faults.push(format!("{what}: {} alone does not give {}", WITNESSES[usize::from(cited == 2)], tie_text(&graph, tie)));
                }
            }
            for node in &graph.nodes {
                let what = format!("{}: {}", view.name, node.id);
                for dated in &node.spans {
                    looked +=
                        usize::from(held_against(told, &what, std::slice::from_ref(&dated.span.label), &dated.citations, &mut faults));
                }
                let whole: Vec<String> =
                    node.bounds.iter().map(|span| span.label.clone()).chain(node.measured.iter().map(|figure| figure.said())).collect();
                looked += usize::from(held_against(told, &what, &whole, &node.citations, &mut faults));
                for fact in &node.facts {
                    let places = if fact.citations.is_empty() { &node.citations } else { &fact.citations };
                    looked += usize::from(held_against(told, &what, std::slice::from_ref(&fact.value), places, &mut faults));
                }
            }
        }
    }
    faults.sort();
    faults.dedup();
    assert!(looked > 100, "only {looked} values were looked at");
    report(faults);
}

fn ties_of(graph: &civigraph::diagram::Graph) -> BTreeSet<String> {
    graph.ties.iter().map(|tie| tie_text(graph, tie)).collect()
}

/// A tie without what tells of others.
fn tie_text(graph: &civigraph::diagram::Graph, tie: &civigraph::diagram::graph::Tie) -> String {
    let ends = [tie.from, tie.to].map(|end| graph.nodes[end].iri.as_str());
    format!("{ends:?} {} {} {:?} {:?} {:?} {:?}", tie.label, tie.relation, tie.line, tie.note, tie.amount, tie.bounds)
}

#[test]
fn no_line_of_a_page_pairs_a_value_with_a_place_that_does_not_say_it() {
    let told = told();
    let (mut faults, mut looked) = (Vec::new(), 0);
    for kind in told.both.opened.schema.kinds.values() {
        for id in [format!("both-{}", kebab(&kind.name)), format!("meet-{}", kebab(&kind.name))] {
            let page = told.both.page(&told.both.project.base.thing(&id), civigraph::entity::Scope::default()).expect("a page");
            for (section, line) in page.sections.iter().flat_map(|section| section.lines.iter().map(move |line| (section, line))) {
                for value in &line.values {
                    let text: String = value
                        .parts
                        .iter()
                        .map(|part| match part {
                            civigraph::entity::Part::Text(text) => text.clone(),
                            civigraph::entity::Part::Node(name, _) => name.clone(),
                        })
                        .collect();
                    // What a part of a line alone is cited to stands behind it, in brackets.
                    let mut rest = text.as_str();
                    let basis = value.basis.citations.keys().fold(0, |who, place| who | told.cited(place.as_str()).unwrap_or_default());
                    while let Some((before, after)) = rest.split_once('[') {
                        let (places, behind) = after.split_once(']').unwrap_or((after, ""));
                        let cited = WITNESSES
                            .iter()
                            .enumerate()
                            .fold(0, |who, (witness, name)| who | Who::from(places.contains(&name.to_uppercase())) << witness);
                        let said = before.rsplit([';', ',']).next().unwrap_or(before).rsplit(" or ").next().unwrap_or(before);
                        let says = told.who_says(said);
                        looked += usize::from(says != 0);
                        if cited != 0 && says & !cited != 0 {
                            faults.push(format!("{id}, {}: `{said}` stands beside [{places}]: {} {text}", section.heading, line.lead));
                        }
                        rest = behind;
                    }
                    let says = told.who_says(rest);
                    looked += usize::from(says != 0);
                    if basis != 0 && says & !basis != 0 {
                        faults.push(format!("{id}, {}: `{rest}` is not said by those cited: {} {text}", section.heading, line.lead));
                    }
                    if basis == BOTH && says != 0 && says != BOTH && !text.contains('[') {
                        faults.push(format!("{id}, {}: one witness's `{text}` is cited to both: {}", section.heading, line.lead));
                    }
                }
            }
        }
    }
    assert!(looked > 500, "only {looked} values were looked at");
    report(faults);
}

#[test]
fn no_finding_speaks_of_a_value_that_none_of_its_places_says() {
    let told = told();
    let (mut faults, mut looked) = (Vec::new(), 0);
    for finding in &told.findings {
        let places = std::iter::once(&finding.location).chain(finding.related.iter().map(|(place, _)| place));
        let there = places.fold(0, |who, place| {
            let place = place.to_string();
            WITNESSES.iter().enumerate().fold(who, |who, (witness, name)| who | Who::from(place.contains(&format!("/{name}/"))) << witness)
        });
        // What another place says is told with that place.
        let named = |witness: usize| finding.message.contains(&format!("`{}/", WITNESSES[witness]));
        let there = there | Who::from(named(0)) | Who::from(named(1)) << 1;
        let says = told.who_says(&finding.message) | told.who_says(&finding.label);
        looked += usize::from(says != 0);
        if says & !there != 0 {
            faults.push(format!("{} {}: {}", finding.location, finding.code, finding.message));
        }
    }
    assert!(looked > 100, "only {looked} findings were looked at");
    report(faults);
}

#[test]
fn no_named_graph_has_what_its_place_does_not_say() {
    let told = told();
    let mut faults = Vec::new();
    for quad in told.both.store.quads(None, None, None, Some(civigraph::store::In::Named)).flatten() {
        let oxigraph::model::GraphName::NamedNode(graph) = &quad.graph_name else { continue };
        let Some(place) = told.cited(graph.as_str()) else { continue };
        let (says, _) = told.of_term(&quad.object);
        if says & !place != 0 {
            faults.push(quad.to_string());
        }
    }
    report(faults);
}
