//! What a shell is told: the names of the project it stands in, and a page of the manual for every command.

use std::process::Command;

use crate::support::Scratch;

fn civigraph(scratch: &Scratch) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_civigraph"));
    command.current_dir(scratch.path());
    command
}

#[test]
fn a_shell_is_offered_the_questions_of_the_project_it_stands_in() {
    let scratch = Scratch::repository();
    let offered = |words: &[&str]| {
        let output = civigraph(&scratch)
            .env("CIVIGRAPH_COMPLETE", "bash")
            .env("_CLAP_COMPLETE_INDEX", (words.len() - 1).to_string())
            .env("_CLAP_IFS", "\n")
            .arg("--")
            .args(words)
            .output()
            .expect("it runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let questions = offered(&["civigraph", "query", "members"]);
    assert_eq!(questions.trim(), "networks/members-and-roles");
    let views = offered(&["civigraph", "diagram", "gov"]);
    assert_eq!(views.trim(), "governance");
    let empty = Scratch::bare("not a manifest");
    let output = civigraph(&empty)
        .env("CIVIGRAPH_COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", "2")
        .env("_CLAP_IFS", "\n")
        .args(["--", "civigraph", "query", "members"])
        .output()
        .expect("it runs");
    assert!(output.stdout.is_empty() && output.stderr.is_empty(), "a broken project offers nothing and says nothing");
}

#[test]
fn an_unknown_shell_is_told_which_there_are() {
    let scratch = Scratch::bare("");
    let output = civigraph(&scratch).args(["completions", "tcsh"]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("no shell `tcsh`") && said.contains("bash") && said.contains("zsh"), "{said}");
}

#[test]
fn every_command_has_a_page_of_the_manual() {
    let scratch = Scratch::bare("");
    let help = civigraph(&scratch).arg("--help").output().expect("it runs");
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.contains(&"query") && commands.len() >= 14, "{commands:?}");
    assert!(civigraph(&scratch).args(["man", "pages"]).status().expect("it runs").success());
    for command in commands {
        let page = scratch.path().join(format!("pages/civigraph-{command}.1"));
        let text = std::fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
        assert!(text.contains(".SH SYNOPSIS"), "{text}");
    }
}
