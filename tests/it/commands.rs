//! What each command says: every folder `tests/commands/<command>/<case>/` is a case. Its `command` is a line for the
//! shell; `stdout` is what it prints at 80 columns, `stdout.wide` at 140 where that differs, `stderr` what it tells people,
//! `status` its exit code where that is not 0.
//!
//! It is run in a copy of the small project `tests/commands/_project`, built; a file `project` in the case says otherwise:
//! `report` is this repository's own project, `unbuilt` the small one without its graph, `none` an empty folder. Files
//! under `files/` are put there first. To add a case, add a folder with a `command`, run with `CIVIGRAPH_BLESS=1`, and
//! read what was written.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::support::Scratch;

fn small() -> Scratch {
    let folder = crate::support::root().join("tests/commands/_project");
    let scratch = Scratch::bare(&std::fs::read_to_string(folder.join("civigraph.toml")).expect("the manifest"));
    for part in ["data", "queries"] {
        crate::support::copy(&folder.join(part), &scratch.path().join(part));
    }
    scratch
}

fn build(scratch: Scratch) -> Scratch {
    let output = program("civigraph build", scratch.path(), 100);
    assert_eq!(output.2, Some(0), "{}", output.1);
    scratch
}

/// The project of a case: one that others read too, where the case does not change it.
fn with_project<T>(case: &Path, then: impl FnOnce(&Path) -> T) -> T {
    static SMALL: OnceLock<Scratch> = OnceLock::new();
    static REPORT: OnceLock<Scratch> = OnceLock::new();
    let named = std::fs::read_to_string(case.join("project")).unwrap_or_default();
    let files = case.join("files");
    let own = match (named.trim(), files.is_dir()) {
        ("report", false) => return then(REPORT.get_or_init(|| build(Scratch::repository())).path()),
        ("", false) => return then(SMALL.get_or_init(|| build(small())).path()),
        ("none", _) => {
            let scratch = Scratch::bare("");
            std::fs::remove_file(scratch.path().join("civigraph.toml")).expect("an empty folder");
            scratch
        }
        ("unbuilt", _) => small(),
        ("", true) => build(small()),
        (other, _) => panic!("{}: no project `{other}`", case.display()),
    };
    if files.is_dir() {
        crate::support::copy(&files, own.path());
    }
    then(own.path())
}

/// Runs a line in a folder: what it printed, what it told people, its exit code.
fn program(line: &str, folder: &Path, columns: u16) -> (String, String, Option<i32>) {
    let binary = Path::new(env!("CARGO_BIN_EXE_civigraph")).parent().expect("a folder").to_path_buf();
    let path = std::env::join_paths(std::iter::once(binary).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())))
        .expect("a path");
    let output = Command::new("sh")
        .args(["-c", line])
        .current_dir(folder)
        .stdin(Stdio::null())
        .env("PATH", path)
        .env("COLUMNS", columns.to_string())
        .env_remove("NO_COLOR")
        .env_remove("CIVIGRAPH_PROJECT")
        .output()
        .expect("sh runs");
    let full = std::fs::canonicalize(folder).expect("the folder").display().to_string();
    let text = |bytes: &[u8]| {
        timeless(&String::from_utf8_lossy(bytes).replace(&full, "PROJECT").replace(&folder.display().to_string(), "PROJECT"))
    };
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

/// Seconds differ from run to run; everything else must not.
fn timeless(text: &str) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let words: Vec<&str> = line.split(' ').collect();
        let said: Vec<&str> = words
            .iter()
            .enumerate()
            .map(|(at, word)| {
                let unit = words.get(at + 1).is_some_and(|next| next.trim_end().trim_end_matches([')', ',', '.']) == "s");
                let number = word.contains('.') && word.chars().all(|c| c.is_ascii_digit() || c == '.');
                if unit && number { "…" } else { *word }
            })
            .collect();
        out.push_str(&said.join(" "));
    }
    out
}

/// Holds a text against a file that is left out where there is nothing to say.
fn held(file: &Path, found: &str) -> Option<String> {
    if found.is_empty() {
        if !file.exists() {
            return None;
        }
        if std::env::var_os("CIVIGRAPH_BLESS").is_some() {
            std::fs::remove_file(file).expect("the expectation is removed");
            return None;
        }
    }
    crate::support::expect(file, found)
}

fn run(case: &Path) -> Vec<String> {
    let line = std::fs::read_to_string(case.join("command")).unwrap_or_else(|error| panic!("{}: {error}", case.display()));
    let (out, err, status) = with_project(case, |folder| program(line.trim(), folder, 80));
    let (wide, ..) = with_project(case, |folder| program(line.trim(), folder, 140));
    let status = status.filter(|status| *status != 0).map_or_else(String::new, |status| format!("{status}\n"));
    let wide = if wide == out { String::new() } else { wide };
    [("stdout", out), ("stdout.wide", wide), ("stderr", err), ("status", status)]
        .into_iter()
        .filter_map(|(name, text)| held(&case.join(name), &text))
        .collect()
}

#[test]
fn every_command_says_what_is_expected() {
    let commands = crate::support::folders(&crate::support::root().join("tests/commands"));
    assert!(commands.len() >= 10, "the cases are gone");
    crate::support::report(commands.iter().flat_map(|command| crate::support::folders(command)).flat_map(|case| run(&case)).collect());
}

#[test]
fn every_command_has_its_help_an_answer_and_a_failure_among_the_cases() {
    let scratch = Scratch::bare("");
    let (help, ..) = program("civigraph --help", scratch.path(), 100);
    let commands: BTreeSet<String> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect();
    assert!(commands.len() >= 12, "{commands:?}");
    let mut faults = Vec::new();
    for command in &commands {
        let folder = crate::support::root().join("tests/commands").join(command);
        let cases = if folder.is_dir() { crate::support::folders(&folder) } else { Vec::new() };
        let has_help = cases.iter().any(|case| case.ends_with("help"));
        let failures = cases.iter().filter(|case| case.join("status").exists()).count();
        if !has_help {
            faults.push(format!("{command}: no case `help` with `civigraph {command} --help`"));
        }
        if failures == 0 {
            faults.push(format!("{command}: no case that fails"));
        }
        if cases.len() < failures + 2 {
            faults.push(format!("{command}: no case with an answer beside its help"));
        }
    }
    crate::support::report(faults);
}

#[test]
fn findings_as_a_workbook_are_the_findings_of_the_table() {
    let scratch = Scratch::repository();
    let check = |file: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_civigraph"))
            .current_dir(scratch.path())
            .args(["check", "-o", file])
            .output()
            .expect("civigraph runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::read(scratch.path().join(file)).expect("the file")
    };
    let (one, two, table) = (check("one.xlsx"), check("two.xlsx"), check("table.csv"));
    assert!(one.starts_with(b"PK") && one == two, "two workbooks of the same findings differ");
    let script = "import sys, csv\ntry:\n  import openpyxl\nexcept ImportError:\n  sys.exit(9)\n\
                  sheet = list(openpyxl.load_workbook('one.xlsx')['findings'].values)\n\
                  names = ['severity', 'code', 'file', 'line', 'column', 'cell', 'message', 'hint']\n\
                  rows = [[str(row[sheet[0].index(name)] or '') for name in names] for row in sheet[1:]]\n\
                  assert rows == list(csv.reader(open('table.csv', encoding='utf-8')))[1:], rows";
    assert!(table.starts_with(b"severity,code,file,"), "the table has other heads");
    match Command::new("python3").args(["-c", script]).current_dir(scratch.path()).output() {
        Ok(output) if output.status.code() == Some(9) => {
            println!("skipped in part: Python with openpyxl is not installed, so the cells were not read back");
        }
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => println!("skipped in part: there is no Python, so the cells were not read back"),
    }
}
