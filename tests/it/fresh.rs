//! No command shows an old graph as if it were new: each says which files have changed since it was built, and `--build` builds first.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use civigraph::inputs::{Change, Inputs, READ_AT_MOST};
use civigraph::source::input_files;

use crate::support::{Scratch, copy, report, root};

/// Every command that shows the graph, as a line for the shell.
const COMMANDS: [(&str, &str); 10] = [
    ("query in full", "civigraph query 'SELECT ?o { ?o a org:Organization } ORDER BY ?o'"),
    ("query by name", "civigraph query records-per-kind"),
    ("show", "civigraph show green-bank"),
    ("find", "civigraph find green"),
    ("path", "civigraph path ana-souza green-bank"),
    ("metrics", "civigraph metrics membership"),
    ("export", "civigraph export"),
    ("why", "civigraph why green-bank"),
    ("diagram", "civigraph diagram membership"),
    ("shell", "echo 'SELECT ?o { ?o a org:Organization } ORDER BY ?o' | civigraph shell"),
];

const MEMBERS: &str = "data/minutes/1-members.yaml";
const HELP: &str = "help: `civigraph build` builds it anew; with --build this command does so first\n";

fn built() -> Scratch {
    let folder = root().join("tests/commands/_project");
    let scratch = Scratch::bare("");
    copy(&folder, scratch.path());
    let (_, said, code) = run(&scratch, "civigraph build");
    assert_eq!(code, Some(0), "{said}");
    scratch
}

fn run(scratch: &Scratch, line: &str) -> (String, String, Option<i32>) {
    let output = shell(scratch, line).output().expect("sh runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

fn shell(scratch: &Scratch, line: &str) -> Command {
    let line = line.replace("civigraph ", &format!("{} ", env!("CARGO_BIN_EXE_civigraph")));
    let mut command = Command::new("sh");
    command.args(["-c", &line]).current_dir(scratch.path()).stdin(Stdio::null()).env("NO_COLOR", "1").env_remove("CIVIGRAPH_PROJECT");
    command
}

fn edit(scratch: &Scratch, file: &str, from: &str, to: &str) {
    let text = fs::read_to_string(scratch.path().join(file)).expect("a file");
    assert!(text.contains(from), "{file} has no `{from}`");
    scratch.write(file, text.replace(from, to));
}

/// What is done to the project's files, and what is then said of them; nothing, where the graph is what a build would make.
const EDITS: &[(&str, fn(&Scratch), &str)] = &[
    ("nothing", |_| {}, ""),
    ("a record of another length", |s| edit(s, MEMBERS, "Green Bank", "Greenest Bank"), "data/minutes/1-members.yaml changed"),
    ("a record of the same length", |s| edit(s, MEMBERS, "p3 }", "p2 }"), "data/minutes/1-members.yaml changed"),
    ("a record that is broken now", |s| edit(s, MEMBERS, "Alliance:", "Alliance: ["), "data/minutes/1-members.yaml changed"),
    ("a file more", |s| _ = s.write("data/minutes/9.yaml", "section: \"1\"\n"), "data/minutes/9.yaml came"),
    ("a file less", |s| fs::remove_file(s.path().join("data/bulletin/news.yaml")).expect("gone"), "data/bulletin/news.yaml went"),
    (
        "a file of another name",
        |s| fs::rename(s.path().join("data/bulletin/news.yaml"), s.path().join("data/bulletin/old.yaml")).expect("renamed"),
        "data/bulletin/news.yaml went and data/bulletin/old.yaml came",
    ),
    ("the source itself", |s| edit(s, "data/minutes/source.toml", "title", "# \ntitle"), "data/minutes/source.toml changed"),
    ("the project's settings", |s| edit(s, "civigraph.toml", "River Alliance", "River Union"), "civigraph.toml changed"),
    ("an ontology of its own", |s| _ = s.write("ontology/own.ttl", "# nothing yet\n"), "ontology/own.ttl came"),
    ("a rule of its own", |s| _ = s.write("ontology/rules/own.rq", "# A rule\nCONSTRUCT {} {}\n"), "ontology/rules/own.rq came"),
    ("a mapping of its own", |s| _ = s.write("mappings/own.toml", ""), "mappings/own.toml came"),
    (
        "many files",
        |s| (1..=6).for_each(|n| _ = s.write(&format!("data/minutes/n{n}.yaml"), "section: \"1\"\n")),
        "data/minutes/n1.yaml came, data/minutes/n2.yaml came, data/minutes/n3.yaml came and 3 more",
    ),
    (
        "another program",
        |s| {
            let inputs = list(s);
            let text = fs::read(&inputs).expect("the list");
            let mut content = Inputs::read(&s.project()).expect("inputs").to_text();
            content = content.replacen(env!("CARGO_PKG_VERSION"), "0.0.9", 1);
            assert_ne!(text, content.as_bytes());
            seal(&inputs, &content);
        },
        "this graph was built by another version of civigraph",
    ),
    (
        "a list that is damaged",
        |s| {
            let inputs = list(s);
            let mut bytes = fs::read(&inputs).expect("the list");
            bytes[40] ^= 1;
            fs::write(inputs, bytes).expect("written");
        },
        "what this graph was built from is not known, nor whether it has changed",
    ),
    // What a build does not read, and what holds the same as before.
    ("words for people", |s| _ = s.write("data/minutes/README.md", "# Minutes\n"), ""),
    ("a file that was written again", |s| edit(s, MEMBERS, "Green Bank", "Green Bank"), ""),
    (
        "an edit that was taken back",
        |s| {
            edit(s, MEMBERS, "Green Bank", "Greenest Bank");
            edit(s, MEMBERS, "Greenest Bank", "Green Bank");
        },
        "",
    ),
    (
        "old times on new files",
        |s| {
            let file = File::options().write(true).open(s.path().join(MEMBERS)).expect("a file");
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000)).expect("a time");
        },
        "",
    ),
];

/// Where a build keeps what it was made from.
fn list(scratch: &Scratch) -> std::path::PathBuf {
    let builds = fs::read_dir(scratch.path().join(".civigraph")).expect("the store");
    let build = builds.flatten().find(|entry| entry.file_name().to_string_lossy().starts_with("build-")).expect("a build");
    build.path().join("inputs")
}

fn seal(file: &std::path::Path, content: &str) {
    let mut sealing = civigraph::sealed::Sealing::new(Vec::new());
    sealing.write_all(content.as_bytes()).expect("memory");
    fs::write(file, sealing.finish().expect("memory")).expect("written");
}

#[test]
fn every_command_that_shows_the_graph_says_what_has_changed_since_it_was_built() {
    let mut faults = Vec::new();
    let scratch = built();
    let before: Vec<_> = COMMANDS.iter().map(|(_, line)| run(&scratch, line)).collect();
    for (what, change, said) in EDITS {
        let scratch = built();
        change(&scratch);
        for ((command, line), (out, err, code)) in COMMANDS.iter().zip(&before) {
            let expected = match *said {
                "" => err.clone(),
                said if said.contains("this graph") => format!("note: {said}\n{HELP}{err}"),
                said => format!("note: since this graph was built {said}\n{HELP}{err}"),
            };
            let now = run(&scratch, line);
            // A title is read from the settings as they are now.
            if (&now.1, &now.2) != (&expected, code) || (now.0 != *out && *what != "the project's settings") {
                faults.push(format!("{what}, {command}: {code:?} became {:?}\n{expected}became\n{}", now.2, now.1));
            }
        }
    }
    // Who asks for quiet is told nothing.
    edit(&scratch, MEMBERS, "Green Bank", "Greenest Bank");
    for (command, line) in COMMANDS {
        let (_, err, _) = run(&scratch, &line.replace("civigraph ", "civigraph --quiet "));
        if err.contains("this graph") {
            faults.push(format!("{command}: not quiet:\n{err}"));
        }
    }
    report(faults);
}

#[test]
fn a_question_and_a_view_are_read_as_they_are_now_and_only_an_export_has_old_ones() {
    let scratch = built();
    edit(&scratch, "queries/rivers/events-of.rq", "?", "?");
    scratch.write("queries/rivers/mine.rq", "# Organizations\nSELECT ?o { ?o a org:Organization } ORDER BY ?o\n");
    scratch.write("queries/diagrams/mine.rq", "# Mine\n#+ title: Mine\nSELECT ?from ?to { ?from org:linkedTo ?to }\n");
    let mut faults = Vec::new();
    for (command, line) in COMMANDS {
        let (_, err, _) = run(&scratch, line);
        if err.contains("queries/rivers/mine.rq came") != (command == "export") || err.contains("diagrams") {
            faults.push(format!("{command}: {err}"));
        }
    }
    report(faults);
}

#[test]
fn with_build_every_command_builds_first_and_shows_what_the_files_say() {
    let mut faults = Vec::new();
    for (command, line) in COMMANDS {
        let scratch = built();
        let line = format!("{line} --build");
        let old = run(&scratch, &line);
        edit(&scratch, MEMBERS, "Green Bank,", "Green Bank Two,");
        edit(&scratch, MEMBERS, "id: delta-network", "id: delta-networks");
        edit(&scratch, MEMBERS, "organization: delta-network", "organization: delta-networks");
        scratch.write("data/minutes/9.yaml", "section: \"1\"\nOrganization:\n  - { id: green-hill, name: Green Hill, at: p1 }\n");
        let new = run(&scratch, &line);
        if old.2 != Some(0) || old.1.contains("built the graph") || new.2 != Some(0) || new.0 == old.0 {
            faults.push(format!("{command}: {old:?}\n{new:?}"));
        }
        if new.1.contains("since this graph") || new.1.matches("built the graph in ").count() != 1 {
            faults.push(format!("{command}: {}", new.1));
        }
        edit(&scratch, MEMBERS, "Alliance:", "Allianse:");
        let refused = run(&scratch, &line);
        let told = refused.1.contains("error[") && refused.1.contains("nothing was stored, the graph that was there stays");
        if refused.2 != Some(1) || !refused.0.is_empty() || !told {
            faults.push(format!("{command}: not refused: {refused:?}"));
        }
    }
    report(faults);
}

#[test]
fn with_build_there_need_be_no_graph_before() {
    let scratch = built();
    fs::remove_dir_all(scratch.path().join(".civigraph")).expect("gone");
    let (_, err, code) = run(&scratch, "civigraph show green-bank");
    assert!(code == Some(3) && !err.contains("note:"), "{err}");
    let (out, err, code) = run(&scratch, "civigraph show green-bank --build");
    assert!(code == Some(0) && out.contains("Green Bank"), "{out}{err}");
}

#[test]
fn an_open_shell_says_once_that_files_have_changed_under_it() {
    let scratch = built();
    let mut child =
        shell(&scratch, "civigraph shell").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let (mut input, mut output) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
    let mut ask = || {
        input.write_all(b"SELECT (42 AS ?n) {};\n").expect("it listens");
        let mut answer = Vec::new();
        while !answer.ends_with(b"42\n") {
            let mut byte = [0];
            output.read_exact(&mut byte).expect("an answer");
            answer.push(byte[0]);
        }
    };
    ask();
    edit(&scratch, MEMBERS, "Green Bank,", "Green Bank Two,");
    ask();
    ask();
    scratch.write("data/minutes/9.yaml", "section: \"1\"\n");
    ask();
    drop(input);
    let mut said = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("text");
    assert!(child.wait().expect("it ends").success());
    let notes: Vec<&str> = said.lines().filter(|line| line.starts_with("note:")).collect();
    let first = format!("note: since this graph was built {MEMBERS} changed");
    assert_eq!(notes, [first.clone(), format!("{first} and data/minutes/9.yaml came")]);
    assert_eq!(said.matches("civigraph shell --build").count(), 2, "{said}");
}

#[test]
fn a_look_costs_one_call_a_file_and_reads_only_what_has_another_time() {
    let scratch = built();
    let project = scratch.project();
    let files = input_files(&project).expect("the files").len();
    std::thread::sleep(Duration::from_millis(80));
    let inputs = Inputs::read(&project).expect("they are read");
    let changes = inputs.changes(&project).expect("they are listed");
    assert!(changes.is_none(), "{changes:?}");
    assert_eq!((changes.looks, changes.read), (files, 0));
    edit(&scratch, MEMBERS, "Green Bank", "Green Bank");
    let size = fs::metadata(scratch.path().join(MEMBERS)).expect("a file").len();
    let changes = inputs.changes(&project).expect("they are listed");
    assert!(changes.is_none(), "{changes:?}");
    assert_eq!((changes.looks, changes.read), (files, size));
    // A build that finds the content unchanged notes the new times.
    std::thread::sleep(Duration::from_millis(80));
    let (out, ..) = run(&scratch, "civigraph build");
    assert!(out.contains("unchanged"), "{out}");
    let kept = civigraph::store::Builds::new(project.store_folder()).inputs().expect("the list");
    let inputs = Inputs::of_text(&kept).expect("its own text");
    assert_eq!(inputs.to_text(), kept);
    assert_eq!(inputs.changes(&project).expect("they are listed").read, 0);
}

#[test]
fn no_more_is_read_than_the_bound_and_what_is_left_is_called_written_again() {
    let scratch = built();
    for name in ["a", "b", "c"] {
        let file = File::create(scratch.path().join(format!("data/minutes/{name}.bin"))).expect("a file");
        file.set_len(READ_AT_MOST / 2).expect("a length");
    }
    let project = scratch.project();
    let inputs = Inputs::read(&project).expect("they are read");
    for name in ["a", "b", "c"] {
        let file = File::options().write(true).open(scratch.path().join(format!("data/minutes/{name}.bin"))).expect("a file");
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000)).expect("a time");
    }
    let changes = inputs.changes(&project).expect("they are listed");
    assert_eq!(changes.files, [("data/minutes/c.bin".to_owned(), Change::Touched)]);
    assert_eq!(changes.read, READ_AT_MOST);
}

#[test]
fn names_of_files_are_kept_whatever_is_in_them() {
    let scratch = built();
    scratch.write("data/minutes/a \"b\"\nc 1.yaml", "section: \"1\"\n");
    let inputs = Inputs::read(&scratch.project()).expect("they are read");
    assert_eq!(Inputs::of_text(&inputs.to_text()), Some(inputs));
}
