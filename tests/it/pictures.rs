//! Pictures of a project with figures of every sort, aims and footnotes, and names that want to be more than text: what they say, and that they
//! have no fault that can be counted.

use std::process::Command;
use std::sync::OnceLock;

use crate::support::{Scratch, copy, report, root};

fn project() -> &'static Scratch {
    static MADE: OnceLock<Scratch> = OnceLock::new();
    MADE.get_or_init(|| {
        let scratch = Scratch::bare("");
        copy(&root().join("tests/pictures"), scratch.path());
        let built = crate::support::civigraph(&scratch, &["build"]);
        assert!(built.status.success(), "{}", crate::support::stderr(&built));
        scratch
    })
}

/// A page of a view, as the program writes it.
pub fn page(view: &str) -> String {
    let output = crate::support::civigraph(project(), &["diagram", view, "--format", "html", "--cite"]);
    assert!(output.status.success(), "{}", crate::support::stderr(&output));
    String::from_utf8(output.stdout).expect("text")
}

/// What is said on the page and beside it: marked-up text without its marks, everything else as it is.
fn said(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_civigraph"))
        .arg("diagram")
        .args(arguments)
        .current_dir(project().path())
        .env("NO_COLOR", "1")
        .output()
        .expect("the program runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let plain = if text.starts_with("<svg") {
        let texts: Vec<&str> = text.split('>').filter_map(|part| part.split('<').next()).collect();
        let joined = texts.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
        joined.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    } else {
        text
    };
    format!("{plain}\n{}", String::from_utf8_lossy(&output.stderr))
}

#[test]
fn pictures_say_what_is_expected_of_them() {
    let table = std::fs::read_to_string(root().join("tests/pictures/says.txt")).expect("the table");
    let rows: Vec<(&str, &str)> = table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" | "))
        .map(|(arguments, words)| (arguments.trim(), words.trim()))
        .collect();
    assert!(rows.len() > 50, "the table is read");
    let mut faults = Vec::new();
    for same in rows.chunk_by(|a, b| a.0 == b.0) {
        let found = said(&same[0].0.split_whitespace().collect::<Vec<_>>());
        for (arguments, words) in same {
            let (wanted, words) = words.strip_prefix("! ").map_or((true, *words), |words| (false, words));
            if found.contains(words) != wanted {
                let not = if wanted { "does not say" } else { "says" };
                faults.push(format!("`{arguments}` {not} `{words}`: {:.1500}", found));
            }
        }
    }
    report(faults);
}

#[test]
fn the_same_picture_is_the_same_bytes() {
    for view in ["figures", "aims", "documents"] {
        for format in ["svg", "html", "xlsx", "gexf"] {
            let draw = || crate::support::civigraph(project(), &["diagram", view, "--format", format]).stdout;
            let first = draw();
            assert!(!first.is_empty() && first == draw(), "{view}.{format}");
        }
    }
}

#[test]
fn a_picture_that_nobody_can_read_says_what_would_help() {
    let scratch = Scratch::bare("title = \"Many\"\nbase = \"https://many.example.org/\"\n");
    scratch.write("data/s/source.toml", "title = \"A source\"\nshort = \"S\"\nas_of = 2025-12-31\n");
    let rows: String = (0..420).map(|n| format!("e{n},Meeting number {n} of a long day,workshop,2025-03-01,1\n")).collect();
    scratch.write("data/s/events.csv", format!("id,name,type,when,section\n{rows}"));
    scratch.write("data/s/sections.csv", "locator,title,page,parent\n1,One,1,\n");
    let built = crate::support::civigraph(&scratch, &["build"]);
    assert!(built.status.success(), "{}", crate::support::stderr(&built));
    let tall = crate::support::civigraph(&scratch, &["diagram", "events"]);
    let said = crate::support::stderr(&tall);
    assert!(tall.status.success() && said.contains("very tall page") && said.contains("a period (--from, --to)"), "{said}");
    let place = scratch.path().join("x.png");
    let refused = crate::support::civigraph(&scratch, &["diagram", "events", "--dpi", "300", "-o", &place.to_string_lossy()]);
    let said = crate::support::stderr(&refused);
    assert_eq!(refused.status.code(), Some(2), "{said}");
    for help in ["lower the dpi", "--from and --to", "--include", "--focus", "--max-nodes", "svg, pdf or html"] {
        assert!(said.contains(help), "`{help}` is not said: {said}");
    }
    assert!(!place.exists(), "nothing is left");
}
