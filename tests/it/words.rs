//! Every relation read aloud: `tests/words/relations.tsv` has each role, status, interest, fold and property from both ends, as it
//! goes on, once it is over, as long as it is planned and where it is in doubt. The table is written from what pages, paths and
//! pictures of a project with all of them say, and read by someone who would send it out; the test holds that they say the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::support::{self, Scratch, expect, report, root};
use civigraph::entity::{Part, Scope};
use civigraph::ontology::Ontology;
use civigraph::schema::{Form, Key, Kind, Schema};
use civigraph::session::Session;
use civigraph::tie::{self, Fold, Tense};
use civigraph::view::Choice;
use oxigraph::model::{NamedNode, Term};

/// What is written of a claim, and of what it is a part of, so that it is read in a certain way.
const STATES: [(&str, &str, &str); 5] = [
    ("goes on", "", "2020/.."),
    ("no dates", "", ""),
    ("over", "2010/2012", "2010/2012"),
    ("planned", "planned", ""),
    ("in doubt", "possible", ""),
];

struct Words {
    ontology: Ontology,
    schema: Schema,
    folds: Vec<Fold>,
}

impl Words {
    fn of(project: &civigraph::project::Project) -> Self {
        let (ontology, _) = Ontology::read(project).expect("the ontology is read");
        let (schema, _) = Schema::read(&ontology, "en");
        let folds = tie::folds(&ontology, "en");
        Self { ontology, schema, folds }
    }

    /// A kind that a reference may lead to and of which a name is enough.
    fn kind(&self, key: &Key) -> &'static str {
        let Form::Reference(classes) = &key.form else { panic!("{} is no reference", key.name) };
        let fits = |name: &&&str| {
            let class = &self.schema.kinds[**name].class;
            classes.is_empty() || classes.iter().any(|wanted| self.schema.is_a(class, wanted) || class == wanted)
        };
        ["Initiative", "Organization", "Document", "Post", "Country", "Event"]
            .iter()
            .find(fits)
            .unwrap_or_else(|| panic!("no kind for `{}`", key.name))
    }

    /// A short name of a term: `role:member`.
    fn short(&self, term: &NamedNode) -> String {
        self.ontology.prefixes.shorten(term.as_str()).unwrap_or_else(|| term.as_str().to_owned())
    }
}

/// One claim of the project: its two ends, and what its row of the table is called.
struct Case {
    relation: String,
    state: &'static str,
    from: String,
    to: String,
    /// Whether a page tells it by the same words: the code of a claim words its main end there.
    on_page: bool,
}

/// A project in which every code and every fold of claims is said in every state.
fn everything(words: &Words) -> (Scratch, Vec<Case>) {
    let scratch = Scratch::bare("title = \"Words\"\nbase = \"https://example.org/\"\nlanguage = \"en\"\n");
    scratch.write("data/s/source.toml", "title = \"A source\"\nshort = \"S\"\nas_of = 2025-12-31\n");
    scratch.write("data/s/sections.csv", "locator,title,page,parent\n1,One,1,\n");
    let mut things: BTreeMap<&str, String> = BTreeMap::new();
    let mut claims = String::new();
    let mut cases = Vec::new();
    things.insert("Organization", "  - { id: body, name: \"body\", at: p1 }\n".to_owned());
    for fold in &words.folds {
        let Some(kind) = fold.class.as_ref().and_then(|class| words.schema.kind_of_class(class.as_str())) else { continue };
        let key = |property: &Option<NamedNode>| {
            kind.keys.iter().find(|key| Some(&key.property) == property.as_ref()).expect("a key of the fold")
        };
        let (from, to) = (key(&fold.from), key(&fold.to));
        let codes: Vec<Option<(String, String)>> = match &fold.label {
            None => vec![None],
            Some(_) => match &key(&fold.label).form {
                Form::Code(scheme) => {
                    words.schema.lists[scheme].codes.iter().map(|(name, code)| Some((name.clone(), words.short(&code.iri)))).collect()
                }
                _ => panic!("{} is worded by no list", fold.iri),
            },
        };
        // The codes of a list are the same for another end of the same claims: one is enough.
        let all = if fold.to == fold_of_list(words, fold) { codes.len() } else { 1 };
        for code in codes.into_iter().take(all) {
            let relation = code.as_ref().map_or_else(|| words.short(&fold.iri), |(_, code)| code.clone());
            let is_main = fold.to == fold_of_list(words, fold);
            let relation = if code.is_some() && !is_main { format!("{relation} by {}", words.short(&fold.iri)) } else { relation };
            for (state, claim, host) in STATES {
                let number = cases.len();
                let (one, other) = (format!("a-{number}"), format!("b-{number}"));
                let host = if code.is_some() || fold.time.is_some() { host } else { "" };
                let host_kind = words.kind(to);
                let mut add = |kind: &'static str, id: &str, when: &str| {
                    let text = things.entry(kind).or_default();
                    let more = if kind == "Post" { ", post_in: body" } else { "" };
                    writeln!(
                        text,
                        "  - {{ id: {id}, name: \"{id}\", at: p1{more}{} }}",
                        if when.is_empty() { String::new() } else { format!(", when: {when}") }
                    )
                    .expect("a text");
                };
                add(words.kind(from), &one, "");
                add(host_kind, &other, if host_kind == "Initiative" { host } else { "" });
                write!(claims, "{}:\n  - {{ {}: {one}, {}: {other}, at: p1", kind.name, from.name, to.name).expect("a text");
                if let Some((name, _)) = &code {
                    write!(claims, ", {}: {name}", key(&fold.label).name).expect("a text");
                }
                for needed in kind.keys.iter().filter(|key| key.min > 0 && ![&from.name, &to.name].contains(&&key.name)) {
                    if fold.label.as_ref() != Some(&needed.property) {
                        let Form::Code(scheme) = &needed.form else { continue };
                        write!(claims, ", {}: {}", needed.name, words.schema.lists[scheme].codes.keys().next().expect("a code"))
                            .expect("a text");
                    }
                }
                // What the claim is about by another key, such as the activity in which somebody is represented.
                if let Some(main) = fold_of_list(words, fold).filter(|main| Some(main) != fold.to.as_ref()) {
                    let time = kind.keys.iter().find(|key| key.property == main).expect("a key");
                    let third = format!("c-{number}");
                    let third_kind = words.kind(time);
                    add(third_kind, &third, if third_kind == "Initiative" { host } else { "" });
                    write!(claims, ", {}: {third}", time.name).expect("a text");
                }
                match claim {
                    "" => {}
                    "planned" | "possible" => write!(claims, ", modality: {claim}").expect("a text"),
                    when => write!(claims, ", when: {when}").expect("a text"),
                }
                claims.push_str(" }\n");
                cases.push(Case { relation: relation.clone(), state, from: one, to: other, on_page: is_main || code.is_none() });
            }
        }
    }
    let mut file = "section: \"1\"\n".to_owned();
    for (kind, records) in things {
        write!(file, "{kind}:\n{records}").expect("a text");
    }
    // A key stands once in a file: claims of one kind are gathered under it.
    let mut by_kind: BTreeMap<&str, String> = BTreeMap::new();
    for pair in claims.split_inclusive('\n').collect::<Vec<_>>().chunks(2) {
        by_kind.entry(pair[0].trim_end().trim_end_matches(':')).or_default().push_str(pair[1]);
    }
    for (kind, records) in by_kind {
        write!(file, "{kind}:\n{records}").expect("a text");
    }
    scratch.write("data/s/all.yaml", file);
    scratch.write("queries/diagrams/all.rq", include_str!("../words/all.rq"));
    (scratch, cases)
}

/// The end to which the first fold leads that a list of codes words for the same claims.
fn fold_of_list(words: &Words, fold: &Fold) -> Option<NamedNode> {
    words.folds.iter().find(|other| other.class == fold.class && other.label.is_some()).and_then(|first| first.to.clone())
}

/// How the page of one thing tells its tie to another: the words before that one's name.
fn on_page(session: &Session, thing: &str, other: &str) -> Vec<String> {
    let thing = session.thing(thing).expect("it is there");
    let page = session.page(&thing, Scope::default()).expect("a page");
    let lines = page.sections.iter().flat_map(|section| &section.lines);
    lines
        .filter_map(|line| {
            let parts = &line.values.first()?.parts;
            let place = parts.iter().position(|part| matches!(part, Part::Node(name, _) if name == other))?;
            match place.checked_sub(1).map(|before| &parts[before]) {
                None => Some(line.lead.clone()),
                // Told with something else: "; stands for Y".
                Some(Part::Text(text)) => Some(text.trim().trim_start_matches("; ").to_owned()),
                Some(Part::Node(..)) => None,
            }
        })
        .collect()
}

/// All relations read aloud, in the order of the ontology's folds, and what pages, paths and pictures tell differently.
fn table(words: &Words, faults: &mut Vec<String>) -> String {
    let (scratch, cases) = everything(words);
    let built = support::civigraph(&scratch, &["build"]);
    assert!(built.status.success(), "{}", support::stderr(&built));
    let session = Session::open(scratch.project()).expect("a session");
    let shown = session.shown(false);
    let ties = tie::ties(shown.store, &words.ontology, &words.schema, shown.base, "en").expect("ties");
    let views = session.views().expect("views");
    let view = views.iter().find(|view| view.name == "all").expect("the view");
    let as_of = "2025-12-31".parse().ok();
    let picture = session.view(view, &Choice { as_of, ..Choice::default() }).expect("a picture");
    let id = |node: &NamedNode| node.as_str().rsplit('/').next().unwrap_or_default().to_owned();
    let mut rows: Vec<(String, [Vec<String>; 2])> = Vec::new();
    for case in &cases {
        if rows.last().is_none_or(|(relation, _)| *relation != case.relation) {
            rows.push((case.relation.clone(), [Vec::new(), Vec::new()]));
        }
        let Some(tie) = ties.iter().find(|tie| id(&tie.from) == case.from && id(&tie.to) == case.to) else {
            faults.push(format!("{} ({}): no tie", case.relation, case.state));
            continue;
        };
        let drawn = picture.ties.iter().find(|tie| picture.nodes[tie.from].id == case.from && picture.nodes[tie.to].id == case.to);
        let mut hold = |place: &str, said: Vec<String>, words: &str| {
            if said != [words] {
                faults.push(format!("{} ({}): {place} says {said:?}, a path \"{words}\"", case.relation, case.state));
            }
        };
        if case.on_page {
            hold("a page", on_page(&session, &case.from, &case.to), &tie.text);
            hold("a page from the other end", on_page(&session, &case.to, &case.from), &tie.back);
        }
        hold("a picture", drawn.map(|tie| tie.label.clone()).into_iter().collect(), &tie.text);
        let (_, [forth, back]) = rows.last_mut().expect("a row");
        forth.push(tie.text.clone());
        back.push(tie.back.clone());
    }
    let mut text = "relation\tend".to_owned();
    for (state, ..) in STATES {
        write!(text, "\t{state}").expect("a text");
    }
    text.push('\n');
    for (relation, [forth, back]) in rows {
        writeln!(text, "{relation}\tX … Y\t{}\n{relation}\tY … X\t{}", forth.join("\t"), back.join("\t")).expect("a text");
    }
    text
}

/// The keys by which one thing names another that are no end of a claim, by property.
fn named(schema: &Schema, folds: &[Fold]) -> BTreeMap<NamedNode, BTreeSet<String>> {
    let mut named: BTreeMap<NamedNode, BTreeSet<String>> = BTreeMap::new();
    for kind in schema.kinds.values() {
        let ends = |key: &&Key| !folds.iter().any(|fold| is_end(fold, kind, key));
        for key in kind.keys.iter().filter(|key| !key.inverse && matches!(key.form, Form::Reference(_))).filter(ends) {
            named.entry(key.property.clone()).or_default().insert(format!("{}.{}", kind.name, key.name));
        }
    }
    named
}

fn is_end(fold: &Fold, kind: &Kind, key: &Key) -> bool {
    fold.class.as_ref() == Some(&kind.class) && [&fold.from, &fold.to].into_iter().any(|end| end.as_ref() == Some(&key.property))
}

/// The words of properties from both ends, in the tenses that they have words for.
fn properties(words: &Words, faults: &mut Vec<String>) -> String {
    let mut text = String::new();
    let mut all: BTreeMap<NamedNode, Vec<Option<NamedNode>>> =
        named(&words.schema, &words.folds).into_keys().map(|property| (property, vec![None])).collect();
    for fold in &words.folds {
        if let Some(property) = &fold.property {
            let subjects = all.entry(property.clone()).or_insert_with(|| vec![None]);
            subjects.extend(fold.subject.clone().map(Some));
        }
    }
    for triple in words.ontology.graph.iter() {
        if triple.predicate.as_str().ends_with("ns#reads")
            && let oxigraph::model::NamedOrBlankNodeRef::NamedNode(node) = triple.subject
            && !node.as_str().contains("/code/")
        {
            all.entry(node.into_owned()).or_insert_with(|| vec![None]);
        }
    }
    for (property, subjects) in all {
        for subject in subjects {
            let classes: Vec<Term> = subject.iter().cloned().map(Term::from).collect();
            let say = |tense, back| tie::property_words(&words.ontology, &words.folds, &property, &classes, (tense, back), "en");
            let name = words.short(&property) + &subject.map(|class| format!(" of {}", words.short(&class))).unwrap_or_default();
            for (end, back) in [("X … Y", false), ("Y … X", true)] {
                let said = [Tense::Holds, Tense::Over, Tense::Ahead, Tense::InDoubt].map(|tense| say(tense, back));
                if said[0].is_none() {
                    faults.push(format!("{name} ({end}) has no words: give it a fold, or cg:reads and cg:readsBack"));
                }
                let [holds, over, ahead, doubt] = said.map(Option::unwrap_or_default);
                writeln!(text, "{name}\t{end}\t{holds}\t{holds}\t{over}\t{ahead}\t{doubt}").expect("a text");
            }
        }
    }
    text
}

#[test]
fn every_relation_is_read_aloud_from_both_ends_and_pages_paths_and_pictures_agree() {
    let words = Words::of(&Scratch::repository().project());
    let mut faults = Vec::new();
    let text = table(&words, &mut faults) + &properties(&words, &mut faults);
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        if cells.len() != 7 || cells.iter().any(|cell| cell.trim().is_empty()) {
            faults.push(format!("a cell is empty: {line}"));
        }
        for cell in &cells[2..] {
            // What reads as a sentence begins with a verb, says nothing twice, and stands for one thing after it.
            let twice = cell.split(' ').zip(cell.split(' ').skip(1)).any(|(one, other)| one == other);
            if twice || cell.contains('(') || cell.contains("  ") || cell.starts_with("is is") {
                faults.push(format!("\"{cell}\" of {} reads badly", cells[0]));
            }
        }
    }
    faults.extend(expect(&root().join("tests/words/relations.tsv"), &text));
    report(faults);
}

#[test]
fn what_projects_and_rules_say_has_words_from_both_ends() {
    let mut faults = Vec::new();
    let mut projects = vec![root()];
    projects.extend(support::folders(&root().join("examples")).into_iter().filter(|folder| folder.join("civigraph.toml").is_file()));
    for folder in projects {
        let project = civigraph::project::Project::open(&folder).expect("the project opens");
        let words = Words::of(&project);
        for (property, keys) in named(&words.schema, &words.folds) {
            for back in [false, true] {
                if tie::property_words(&words.ontology, &words.folds, &property, &[], (Tense::Holds, back), "en").is_none() {
                    faults.push(format!("{}: {} ({keys:?}) has no words", folder.display(), property));
                }
            }
        }
    }
    let scratch = Scratch::repository();
    let made = scratch.make();
    drop(made);
    let built = support::civigraph(&scratch, &["build"]);
    assert!(built.status.success(), "{}", support::stderr(&built));
    let asked =
        "SELECT DISTINCT ?p WHERE { GRAPH ?g { ?s ?p ?o } FILTER(CONTAINS(STR(?g), '/graph/inferred/')) ?s a cg:Entity . ?o a cg:Entity }";
    let output = support::civigraph(&scratch, &["query", asked, "--format", "csv", "--raw"]);
    let words = Words::of(&scratch.project());
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(said.lines().count() > 10, "{said}");
    for line in said.lines().skip(1) {
        let property = NamedNode::new(line.trim()).or_else(|_| {
            NamedNode::new(words.ontology.prefixes.expand(line.trim()).map(|node| node.as_str().to_owned()).unwrap_or_default())
        });
        let property = property.unwrap_or_else(|_| panic!("{line} is no property"));
        for back in [false, true] {
            if tie::property_words(&words.ontology, &words.folds, &property, &[], (Tense::Holds, back), "en").is_none() {
                faults.push(format!("rules conclude {property}, which has no words"));
            }
        }
    }
    report(faults);
}
