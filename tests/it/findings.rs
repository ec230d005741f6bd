//! Many findings of one cause: the first are shown, the rest is counted, in every format, whatever their number.

use crate::support::{Scratch, civigraph, stderr};

const MANY: usize = 12_000;

/// A project with as many faults of one cause, each in a line of its own or all in one.
fn faulty(one_line: bool) -> Scratch {
    let scratch = Scratch::small();
    if one_line {
        let records: Vec<String> = (0..MANY).map(|number| format!("{{ id: o{number}, name: O, nme: x }}")).collect();
        scratch.write("data/s/1.yaml", format!("section: \"1\"\nOrganization: [{}]\n", records.join(", ")));
    } else {
        let rows: String = (0..MANY).map(|number| format!("o{number},,1\n")).collect();
        scratch.write("data/s/organizations.csv", format!("id,name,section\n{rows}"));
    }
    scratch
}

fn check(scratch: &Scratch, arguments: &[&str]) -> String {
    let output = civigraph(scratch, &[&["check"], arguments].concat());
    assert_eq!(output.status.code(), Some(1), "{arguments:?} {}", stderr(&output));
    assert!(stderr(&output).contains(&format!("{MANY} errors")), "{arguments:?} {}", stderr(&output));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn the_first_of_a_cause_are_shown_and_the_rest_is_counted() {
    for one_line in [false, true] {
        let scratch = faulty(one_line);
        let human = check(&scratch, &[]);
        assert_eq!(human.matches("╭▸").count(), 20);
        assert_eq!(human.matches("and 11,980 more like it:").count(), 1, "{human:.400}");
        assert!(human.contains("--all shows them"));
        assert_eq!(check(&scratch, &["--limit", "3"]).matches("╭▸").count(), 3);
        assert_eq!(check(&scratch, &["--all", "--format", "csv"]).lines().count(), MANY + 1);

        let json: serde_json::Value = serde_json::from_str(&check(&scratch, &["--format", "json"])).expect("JSON");
        assert_eq!(json["findings"].as_array().map(Vec::len), Some(1000));
        assert_eq!(json["more"][0]["count"], 11_000);
        assert_eq!(json["more"][0]["code"], json["findings"][0]["code"]);
        let all: serde_json::Value = serde_json::from_str(&check(&scratch, &["--all", "--format", "json"])).expect("JSON");
        assert_eq!(all["findings"].as_array().map(Vec::len), Some(MANY));
        assert!(all.get("more").is_none());

        let sarif: serde_json::Value = serde_json::from_str(&check(&scratch, &["--format", "sarif"])).expect("JSON");
        let run = &sarif["runs"][0];
        assert_eq!(run["results"].as_array().map(Vec::len), Some(1000));
        assert_eq!(run["invocations"][0]["toolConfigurationNotifications"][0]["properties"]["count"], 11_000);
        assert_eq!(run["tool"]["driver"]["name"], "civigraph");

        let github = check(&scratch, &["--format", "github", "--limit", "10"]);
        assert_eq!(github.lines().count(), 11);
        assert!(github.lines().last().is_some_and(|line| line.starts_with("::error title=") && line.contains("and 11,990 more like it")));
        let csv = check(&scratch, &["--format", "csv", "--limit", "10"]);
        assert_eq!(csv.lines().count(), 12);
        assert!(csv.lines().last().is_some_and(|line| line.contains("11,990 more like it")), "{csv}");
        // As much is shown of ten times as many.
        let output = civigraph(&scratch, &["build"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains("and 11,980 more; `civigraph check` shows them"), "{:.3000}", stderr(&output));
    }
}

#[test]
fn names_that_nobody_has_cost_no_look_at_everything_each() {
    let scratch = Scratch::small();
    let organizations: String = (0..6000).map(|number| format!("o{number},Organization {number},1\n")).collect();
    scratch.write("data/s/organizations.csv", format!("id,name,section\n{organizations}"));
    let rows: String = (0..3000).map(|number| format!("o{number},oo{number},1\n")).collect();
    scratch.write("data/s/memberships.csv", format!("member,organization,section\n{rows}"));
    let all = civigraph(&scratch, &["check", "--all", "--format", "csv"]);
    let text = String::from_utf8_lossy(&all.stdout);
    // All have their hint, not only the first two hundred.
    assert_eq!(text.lines().count(), 3001);
    assert!(
        text.lines().skip(1).all(|line| line.contains("did you mean `o")),
        "{}",
        text.lines().find(|line| !line.contains("did you mean")).unwrap_or("")
    );
}
