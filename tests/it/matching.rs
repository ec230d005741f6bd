//! Things that may be one: proposed with their reasons, decided by people, merged by a build that follows what they wrote, and taken apart again.
//! `tests/matching/names.tsv` are names with the things they
//! are of (`benches/peers/match-names.py` writes it); `result.txt` says how well pairs of one thing are found among them by their names alone.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};

use civigraph::matching;
use civigraph::pipeline;
use civigraph::store::Store;

use crate::support::Scratch;

const MANIFEST: &str = "title = \"Rivers\"\nbase = \"https://example.org/rivers/\"\nlanguage = \"en\"\n";

/// The ids of proposed pairs.
fn proposed(scratch: &Scratch, least: f64) -> BTreeSet<(String, String)> {
    let project = scratch.project();
    let made = scratch.make();
    let opened = made.opened.as_ref().expect("an ontology");
    let store = Store::from(made.dataset.clone().unwrap_or_else(|| panic!("{}", crate::support::shown_findings(&made))));
    let pairs = matching::pairs(&store, opened.naming(&project), least).expect("pairs");
    pairs
        .into_iter()
        .map(|pair| if pair.one.id < pair.other.id { (pair.one.id, pair.other.id) } else { (pair.other.id, pair.one.id) })
        .collect()
}

fn two_lists() -> Scratch {
    let scratch = Scratch::bare(MANIFEST);
    for (list, rows) in [
        ("one", "id,name,homepage,acronym\nmst,Maji Safi Trust,https://maji.example.org,MST\nawash,Water for Awash,,\nlake,Lake Forum,,\n"),
        (
            "two",
            "id,name,homepage,acronym\nmaji-safi,MAJI-SAFI TRUST,http://www.maji.example.org/,\nwfa,Awash Water,,\nlake-2,Lake Fund,,\n",
        ),
    ] {
        scratch.write(&format!("data/{list}/source.toml"), format!("title = \"{list}\"\nas_of = 2025-12-31\n"));
        scratch.write(&format!("data/{list}/organizations.csv"), rows);
    }
    scratch.write("data/two/memberships.csv", "member,organization,role\nmaji-safi,wfa,member\n");
    scratch.write("data/one/memberships.csv", "member,organization,role\nmst,lake,member\n");
    scratch
}

#[test]
fn names_of_one_thing_are_proposed_as_well_as_is_said() {
    let folder = crate::support::root().join("tests/matching");
    let names = std::fs::read_to_string(folder.join("names.tsv")).expect("the names");
    let names: Vec<(&str, &str)> = names.lines().skip(1).map(|line| line.split_once('\t').expect("a thing and a name")).collect();
    let scratch = Scratch::bare(MANIFEST);
    let rows = names.iter().enumerate().map(|(number, (_, name))| format!("n{number},\"{}\"\n", name.replace('"', "\"\"")));
    scratch.write("data/list/source.toml", "title = \"List\"\n");
    scratch.write("data/list/organizations.csv", format!("id,name\n{}", rows.collect::<String>()));
    let number = |id: &str| id[1..].parse::<usize>().expect("a number");
    let found: BTreeSet<(usize, usize)> = proposed(&scratch, 0.5)
        .into_iter()
        .map(|(one, other)| (number(&one).min(number(&other)), number(&one).max(number(&other))))
        .collect();
    // The first name of a thing with each of the others; what the others have in common is often nothing.
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wanted = BTreeSet::new();
    for (number, (thing, _)) in names.iter().enumerate() {
        match first.get(thing) {
            Some(first) => _ = wanted.insert((*first, number)),
            None => _ = first.insert(thing, number),
        }
    }
    let right = wanted.intersection(&found).count();
    let wrong: Vec<_> = found.iter().filter(|(one, other)| names[*one].0 != names[*other].0).collect();
    let mut said = format!(
        "{} names, {} pairs of one thing\nprecision {:.3}\nrecall {:.3}\n",
        names.len(),
        wanted.len(),
        right as f64 / (right + wrong.len()) as f64,
        right as f64 / wanted.len() as f64
    );
    let line = |(one, other): &(usize, usize)| format!("{} / {}\n", names[*one].1, names[*other].1);
    wanted.difference(&found).for_each(|pair| said.push_str(&format!("missed: {}", line(pair))));
    wrong.iter().for_each(|pair| said.push_str(&format!("proposed: {}", line(pair))));
    assert!(wrong.len() < right, "more is wrong than right:\n{said}");
    crate::support::report(crate::support::expect(&folder.join("result.txt"), &said).into_iter().collect());
}

#[test]
fn a_decision_makes_one_of_two_with_all_citations_and_without_it_they_are_two() {
    let scratch = two_lists();
    let before = scratch.make();
    let quads = |made: &pipeline::Build| {
        let store = Store::from(made.dataset.clone().expect("a graph"));
        let quads = store.quads(None, None, None, Some(civigraph::store::In::Named)).map(|quad| quad.expect("a quad").to_string());
        quads.filter(|quad| quad.contains("/source/") || quad.contains("/graph/matches")).collect::<BTreeSet<String>>()
    };
    let first = quads(&before);
    scratch.write(
        "matches.csv",
        "decision,one,other,who,when,why\nsame,mst,maji-safi,T. Khan,2026-01-15,one site\ndifferent,lake,lake-2,T. Khan,2026-01-15,\n",
    );
    let made = scratch.make();
    let findings = crate::support::shown_findings(&made);
    assert!(!findings.contains("error["), "{findings}");
    let joined = quads(&made);
    let about =
        |id: &str, text: &BTreeSet<String>| text.iter().filter(|quad| quad.contains(&format!("/id/{id}>"))).cloned().collect::<Vec<_>>();
    assert_eq!(about("maji-safi", &joined).len(), 1, "{:?}", about("maji-safi", &joined));
    assert!(about("maji-safi", &joined)[0].contains("owl#sameAs"), "the id that is gone leads on");
    let cited: BTreeSet<&str> = joined
        .iter()
        .filter(|quad| quad.contains("<https://example.org/rivers/id/mst>"))
        .filter_map(|quad| quad.rsplit("/source/").next())
        .map(|rest| &rest[..3])
        .collect();
    assert!(cited.contains("one") && cited.contains("two"), "citations of both lists: {cited:?}");
    assert!(joined.iter().any(|quad| quad.contains("altLabel> \"MAJI-SAFI TRUST\"")), "the other name is one more");
    assert!(joined.iter().any(|quad| quad.contains("/id/membership/mst.wfa.member>")), "claims are named after the one thing");
    assert_eq!(joined.len(), first.len() + 1, "nothing is lost");
    assert!(!proposed(&scratch, 0.0).iter().any(|(one, other)| [one, other].iter().any(|id| *id == "maji-safi")));
    std::fs::remove_file(scratch.path().join("matches.csv")).expect("taken back");
    assert_eq!(quads(&scratch.make()), first, "without the line they are two again");
}

#[test]
fn decisions_that_cannot_be_followed_are_findings() {
    let scratch = two_lists();
    let faults = [
        ("sam,mst,maji-safi,,,", "unreadable-match", "did you mean `same`?"),
        ("same,mst,maji-saf,,,", "unknown-match", "did you mean `maji-safi`?"),
        ("same,mst,,,,", "unreadable-match", "the ids of two things"),
        ("same,mst,maji-safi,,,\nsame,maji-safi,wfa,,,\ndifferent,mst,wfa,,,", "unreadable-match", "said to be different"),
    ];
    for (lines, code, words) in faults {
        scratch.write("matches.csv", format!("decision,one,other,who,when,why\n{lines}\n"));
        let findings = scratch.findings();
        assert!(
            findings.contains(&format!("[{code}]")) && findings.contains(words) && findings.contains("matches.csv:"),
            "{lines}: {findings}"
        );
    }
    scratch.write("matches.csv", "one,other\na,b\n");
    assert!(scratch.findings().contains("matches.csv has no column `decision`"));
}

#[test]
fn a_review_writes_down_what_is_decided_and_asks_no_more() {
    let scratch = two_lists();
    assert!(crate::support::civigraph(&scratch, &["build"]).status.success());
    let review = |answers: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_civigraph"))
            .args(["match", "--review", "--who", "Khan, T.", "--least", "0.3"])
            .current_dir(scratch.path())
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        child.stdin.take().expect("its input").write_all(answers.as_bytes()).expect("written");
        String::from_utf8_lossy(&child.wait_with_output().expect("it ends").stderr).into_owned()
    };
    let said = review("what?\ns\none site, surely\nq\n");
    assert!(said.contains("is none of s, d, u, n and q") && said.contains("1 same"), "{said}");
    let written = std::fs::read_to_string(scratch.path().join("matches.csv")).expect("the decisions");
    let lines: Vec<&str> = written.lines().collect();
    assert_eq!(lines[0], "decision,one,other,who,when,why");
    assert!(lines[1].starts_with("same,") && lines[1].contains("\"Khan, T.\"") && lines[1].ends_with("\"one site, surely\""), "{written}");
    assert!(lines.len() == 2 && !lines[1].contains("1970"), "{written}");
    let again = review("q\n");
    assert!(!again.contains("Maji Safi Trust"), "{again}");
    assert!(crate::support::civigraph(&scratch, &["build"]).status.success());
    let shown = crate::support::civigraph(&scratch, &["show", "mst"]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("MAJI-SAFI TRUST"), "{}", String::from_utf8_lossy(&shown.stdout));
}

#[test]
fn what_is_looked_at_grows_with_the_things_and_not_with_their_square() {
    let pairs = |count: usize| {
        let scratch = Scratch::bare(MANIFEST);
        scratch.write("data/list/source.toml", "title = \"List\"\n");
        // All share common words, each has a word of its own; every tenth comes twice.
        let word = |number: usize| {
            format!("{}{}", ["sava", "drin", "vjosa", "neretva", "tisa"][number % 5], ["lo", "ka", "mi", "ru"][number % 4])
                + &"abcdefghij".chars().nth(number % 10).into_iter().collect::<String>().repeat(number / 100 + 1)
        };
        let rows: String =
            (0..count).map(|number| format!("o{number},Water Council of {}\n", word(number - usize::from(number % 10 == 9)))).collect();
        scratch.write("data/list/organizations.csv", format!("id,name\n{rows}"));
        proposed(&scratch, 0.0).len()
    };
    let (small, large) = (pairs(200), pairs(800));
    assert!(small > 0 && large <= 8 * small, "{small} pairs of 200 things, {large} of 800");
}
