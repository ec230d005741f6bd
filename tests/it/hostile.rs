//! Input that is broken in ways no file in a repository can be: it ends in a finding or an error at its place, never in
//! a panic, never in a half-written store.

use std::fs;
use std::io::{Cursor, Read, Write};
use std::process::Command;

use crate::support::{Scratch, civigraph, stderr};
use proptest::prelude::*;

const GOOD: &str = "section: \"1\"\nOrganization: [{ id: a, name: A }]\n";

#[test]
fn a_folder_without_a_manifest_says_how_to_make_one() {
    let scratch = Scratch::bare("");
    fs::remove_file(scratch.path().join("civigraph.toml")).expect("it was there");
    let output = civigraph(&scratch, &[]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("no civigraph.toml") && stderr(&output).contains("civigraph init"), "{}", stderr(&output));
}

#[test]
fn a_broken_manifest_is_located() {
    let output = civigraph(&Scratch::bare("title = \"T\"\nbase = nowhere\n"), &["build"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("line 2"), "{}", stderr(&output));
    let output = civigraph(&Scratch::bare("title = \"T\"\nbase = \"nowhere\"\n"), &["build"]);
    assert!(stderr(&output).contains("ends in `/` or `#`"), "{}", stderr(&output));
}

#[test]
fn a_fault_is_told_once_and_at_a_place_that_is_there() {
    // A prefix that is none is said where it is defined, and not by each of the rules that are read with it.
    let scratch = Scratch::small();
    let manifest = fs::read_to_string(scratch.path().join("civigraph.toml")).expect("the manifest");
    scratch.write("civigraph.toml", format!("{manifest}[prefixes]\nbad = \"not an iri\"\n"));
    for rule in 1..4 {
        scratch.write(&format!("ontology/rules/r{rule}.rq"), "CONSTRUCT { ?a bad:x ?b } WHERE { ?a bad:y ?b }\n");
    }
    let output = civigraph(&scratch, &["check"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("line 5: the prefix `bad`") && stderr(&output).matches("bad").count() == 1, "{}", stderr(&output));
    // What is never closed is told of at the last thing that is written.
    let cases = [
        ("ontology/b.ttl", "@prefix x: <http://x/> .\nx:a x:b [ x:c x:d ;\n"),
        ("ontology/b.ttl", "@prefix x: <http://x/> .\nx:a x:b \"\"\"open\n\n\n"),
        ("data/s/b.ttl", "@prefix x: <http://x/> .\nx:a x:b ( x:c\n"),
        ("data/s/b.rdf", "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"),
        ("data/s/b.jsonld", "{\"@id\": \"http://x/a\",\n"),
        ("data/s/1.yaml", "section: \"1\"\nOrganization: [{ id: a, name: A }\n"),
        ("data/s/1.yaml", "section: \"1\"\nOrganization:\n  - { id: a, name: \"A\n"),
        ("data/s/organizations.json", "[{\"id\": \"a\"\n"),
        ("data/s/organizations.csv", "id,name,section\na,\"A,1\n"),
        ("data/s/source.toml", "title = \"S\"\n[tables\n"),
        ("data/s/source.toml", "title = \"S\"\nx = [1,\n"),
        ("ontology/rules/r.rq", "CONSTRUCT { ?a ?b ?c } WHERE { ?a ?b ?c\n"),
    ];
    for (file, text) in cases {
        let scratch = Scratch::small();
        scratch.write(file, text);
        let made = scratch.make();
        let found: Vec<_> = made.findings.iter().filter(|finding| &*finding.location.file == file).collect();
        assert!(!found.is_empty(), "{file} {text:?}: {}", crate::support::shown_findings(&made));
        for finding in found {
            let line = text.lines().nth(finding.location.line as usize - 1);
            let there = line.is_some_and(|line| (1..=line.chars().count().max(1) + 1).contains(&(finding.location.column as usize)));
            assert!(there, "{} is not in {text:?}", finding.location);
        }
    }
}

#[test]
fn a_line_of_ten_megabytes_is_read_or_refused_at_its_place() {
    let long = "x".repeat(10 << 20);
    let scratch = Scratch::small();
    scratch.write("data/s/organizations.csv", format!("id,name,section\na,{long},1\n"));
    let findings = scratch.findings();
    assert!(findings.starts_with("data/s/organizations.csv:2:") && findings.contains("larger than 8 MiB"), "{findings:.300}");

    let scratch = Scratch::small();
    scratch.write("data/s/organizations.ndjson", format!("{{\"id\": \"a\", \"name\": \"{long}\"}}\n"));
    let findings = scratch.findings();
    assert!(findings.starts_with("data/s/organizations.ndjson:1:1") && findings.contains("longer than 8 MiB"), "{findings:.300}");

    let scratch = Scratch::small();
    scratch.write("data/s/1.yaml", format!("section: \"1\"\nOrganization: [{{ id: a, name: \"{long}\" }}, {{ id: b, nme: x }}]\n"));
    let output = civigraph(&scratch, &["check"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.len() < 5_000, "the excerpt of a long line is cut, found {} bytes", output.stdout.len());
}

#[test]
fn a_folder_where_a_file_should_be_is_a_finding() {
    let scratch = Scratch::small();
    fs::remove_file(scratch.path().join("data/s/source.toml")).expect("it was there");
    fs::create_dir(scratch.path().join("data/s/source.toml")).expect("a folder");
    let findings = scratch.findings();
    assert!(findings.contains("data/s/source.toml:1:1 error[unreadable-file] it is a folder"), "{findings}");
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_or_written_is_said_with_its_path() {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = Scratch::small();
    scratch.write("data/s/1.yaml", GOOD);
    let file = scratch.path().join("data/s/1.yaml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).expect("permissions");
    if fs::read(&file).is_ok() {
        println!("skipped in part: this user may read everything (root)");
    } else {
        assert!(scratch.findings().contains("data/s/1.yaml:1:1 error[unreadable-file] permission denied"));
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("permissions");
    // A file where the store's folder should be stands in for a disk that cannot be written.
    scratch.write(".civigraph", "in the way");
    let output = civigraph(&scratch, &["build"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("cannot write") && stderr(&output).contains(".civigraph"), "{}", stderr(&output));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_not_a_half_written_file() {
    let scratch = Scratch::small();
    scratch.write("data/s/1.yaml", GOOD);
    assert!(civigraph(&scratch, &["build"]).status.success());
    let script = format!("'{}' export --format nquads > /dev/full", env!("CARGO_BIN_EXE_civigraph"));
    let output = Command::new("sh").args(["-c", &script]).current_dir(scratch.path()).output().expect("sh runs");
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("no space left"), "{}", stderr(&output));
    // The process may write no file larger than 64 blocks: the graph is larger.
    let script = format!("ulimit -f 4; trap '' XFSZ; exec '{}' build --force", env!("CARGO_BIN_EXE_civigraph"));
    let output = Command::new("sh").args(["-c", &script]).current_dir(scratch.path()).output().expect("sh runs");
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(civigraph(&scratch, &["query", "ASK { ?s ?p ?o }"]).status.success(), "the old graph is still there");
    let left: Vec<_> = fs::read_dir(scratch.path().join(".civigraph")).expect("the store").flatten().map(|e| e.file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with("tmp-")), "{left:?}");
}

#[test]
fn a_store_that_is_damaged_or_gone_says_what_to_do() {
    let scratch = Scratch::small();
    scratch.write("data/s/1.yaml", GOOD);
    let output = civigraph(&scratch, &["query", "ASK {}"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("civigraph build"), "{}", stderr(&output));
    assert!(civigraph(&scratch, &["build"]).status.success());
    let build = crate::support::folders(&scratch.path().join(".civigraph")).pop().expect("a build");
    let graph = [build.join("graph.bin"), build.join("oxigraph/CURRENT")].into_iter().find(|file| file.exists()).expect("a graph");
    let bytes = fs::read(&graph).expect("the graph");
    fs::write(&graph, &bytes[..bytes.len() / 2]).expect("cut");
    let output = civigraph(&scratch, &["query", "ASK {}"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("damaged") && stderr(&output).contains("--force"), "{}", stderr(&output));
    assert!(civigraph(&scratch, &["build"]).status.success(), "an unchanged project whose store is damaged is built again");
    assert!(civigraph(&scratch, &["query", "ASK {}"]).status.success());
}

/// Numbers that look random and are the same in every run.
fn numbers(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |below| {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % below.max(1) as u64) as usize
    }
}

#[test]
fn a_flipped_bit_of_the_store_never_answers_wrongly() {
    use civigraph::dataset::Dataset;
    let scratch = Scratch::small();
    let mut table = String::from("id,name,section\n");
    for index in 0..300 {
        table.push_str(&format!("o{index},Organization number {index} of Bentre,1\n"));
    }
    scratch.write("data/s/organizations.csv", table);
    assert!(civigraph(&scratch, &["build", "--store", "memory"]).status.success());
    let whole = civigraph(&scratch, &["export", "--format", "nquads"]);
    let found = civigraph(&scratch, &["find", "number 77 of bentre", "--format", "csv"]);
    assert!(whole.status.success() && found.status.success() && !found.stdout.is_empty(), "{}", stderr(&found));
    assert!(civigraph(&scratch, &["check", "--store"]).status.success());
    let build = crate::support::folders(&scratch.path().join(".civigraph")).pop().expect("a build");
    let mut random = numbers(11);
    let (mut same, mut told) = (0, 0);
    for file in ["graph.bin", "names.bin", "build.json", "../current"] {
        let place = build.join(file);
        let bytes = fs::read(&place).expect("a file of the build");
        let runs = if file == "graph.bin" { 40 } else { 15 };
        for run in 0..runs {
            let mut flipped = bytes.clone();
            // The first bytes are numbers that all others depend on.
            let at = if run < 10 { random(64.min(bytes.len())) } else { random(bytes.len()) };
            flipped[at] ^= 1 << random(8);
            fs::write(&place, &flipped).expect("written");
            for (arguments, right) in
                [(&["export", "--format", "nquads"][..], &whole), (&["find", "number 77 of bentre", "--format", "csv"][..], &found)]
            {
                let output = civigraph(&scratch, arguments);
                match output.status.code() {
                    Some(0) => {
                        assert!(output.stdout == right.stdout, "{file}, byte {at}: a wrong answer with exit code 0");
                        same += 1;
                    }
                    Some(3) => {
                        assert!(
                            stderr(&output).contains("damaged") && stderr(&output).contains("--force"),
                            "{file}, byte {at}: {}",
                            stderr(&output)
                        );
                        told += 1;
                    }
                    other => panic!("{file}, byte {at}: ended with {other:?}: {}", stderr(&output)),
                }
            }
            if file.ends_with(".bin") {
                let output = civigraph(&scratch, &["check", "--store"]);
                assert_eq!(output.status.code(), Some(3), "{file}, byte {at}: check --store found nothing");
            }
        }
        fs::write(&place, &bytes).expect("written");
    }
    println!("{told} readings told of the damage, {same} did not touch it");
    // Thousands more without a process for each: the graph's own numbers and texts, read whole.
    let bytes = fs::read(build.join("graph.bin")).expect("the graph");
    for run in 0..4000 {
        let mut flipped = bytes.clone();
        let at = if run % 4 == 0 { random(48) } else { random(bytes.len()) };
        flipped[at] ^= 1 << random(8);
        let read = Dataset::open(flipped).and_then(|dataset| {
            for row in dataset.named_matches(None, None, None, None) {
                for id in row? {
                    dataset.term(id)?;
                }
            }
            dataset.check_all()
        });
        assert!(read.is_err(), "byte {at} was flipped and nobody told");
    }
    fs::write(build.join("graph.bin"), {
        let mut bytes = bytes;
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        bytes
    })
    .expect("written");
    let output = civigraph(&scratch, &["build", "--store", "memory"]);
    assert!(output.status.success() && String::from_utf8_lossy(&output.stdout).contains("built in"), "a damaged graph is not unchanged");
    assert!(civigraph(&scratch, &["export", "--format", "nquads"]).stdout == whole.stdout);
}

#[test]
fn an_output_file_is_whole_or_as_it_was() {
    let scratch = Scratch::small();
    scratch.write("data/s/1.yaml", GOOD);
    scratch.write("answer.csv", "precious");
    assert!(civigraph(&scratch, &["build"]).status.success());
    let output = civigraph(&scratch, &["query", "SELECT ?s { ?s ?p ?o", "-o", "answer.csv"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_to_string(scratch.path().join("answer.csv")).expect("it is there"), "precious");
    let slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }";
    let output = civigraph(&scratch, &["query", slow, "--timeout", "0.2", "-o", "answer.csv"]);
    assert!(stderr(&output).contains("stopped after 0.2 s"), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(scratch.path().join("answer.csv")).expect("it is there"), "precious");
    let output = civigraph(&scratch, &["query", "SELECT ?s { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("SERVICE is refused"), "{}", stderr(&output));
}

#[test]
fn control_characters_from_data_do_not_reach_the_terminal() {
    let scratch = Scratch::small();
    scratch.write("data/s/1.yaml", "section: \"1\"\nOrganization: [{ id: a, name: \"\\e[31mred\\a\" }]\n\"Netw\\e[31mrok\": [{ id: b }]\n");
    let output = civigraph(&scratch, &["check"]);
    assert!(!output.stdout.contains(&0x1b) && !output.stdout.contains(&0x07), "{}", String::from_utf8_lossy(&output.stdout));
    scratch.write("data/s/1.yaml", "section: \"1\"\nOrganization: [{ id: a, name: \"\\e[31mred\\a\" }]\n");
    assert!(civigraph(&scratch, &["build"]).status.success());
    let output = civigraph(&scratch, &["query", "SELECT ?n { id:a skos:prefLabel ?n }", "-f", "table"]);
    assert!(output.status.success() && !output.stdout.contains(&0x1b), "{}", String::from_utf8_lossy(&output.stdout));
}

#[cfg(unix)]
#[test]
fn only_files_of_the_project_are_read() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().expect("a folder");
    fs::write(outside.path().join("secret.csv"), "id,name,section\nsecret of the machine,x,1\n").expect("written");
    let fresh = || {
        let scratch = Scratch::small();
        scratch.write("data/s/1.yaml", GOOD);
        scratch
    };
    let refused = |scratch: &Scratch, words: &str| {
        for arguments in [&["check"][..], &["build"], &["queries"]] {
            let output = civigraph(scratch, arguments);
            assert!(!String::from_utf8_lossy(&output.stdout).contains("secret"), "{arguments:?}");
            if arguments == ["queries"] {
                continue;
            }
            assert_eq!(output.status.code(), Some(3), "{arguments:?} {}", stderr(&output));
            assert!(stderr(&output).contains(words) && !stderr(&output).contains("secret of"), "{arguments:?} {}", stderr(&output));
        }
    };
    // Links out of the project, of a file, of a folder's file, of the manifest's neighbours, to what never ends.
    for (place, target) in [
        ("data/s/organizations.csv", outside.path().join("secret.csv")),
        ("data/s/notes.md", outside.path().join("secret.csv")),
        ("queries/x.rq", "/dev/zero".into()),
        ("ontology/more", outside.path().to_path_buf()),
        (".civigraph", outside.path().to_path_buf()),
    ] {
        let scratch = fresh();
        fs::create_dir_all(scratch.path().join("queries")).expect("a folder");
        symlink(&target, scratch.path().join(place)).expect("a link");
        refused(&scratch, if place == "queries/x.rq" { "link" } else { "--follow-links" });
    }
    let scratch = fresh();
    fs::remove_file(scratch.path().join("civigraph.toml")).expect("it was there");
    symlink("/dev/zero", scratch.path().join("civigraph.toml")).expect("a link");
    refused(&scratch, "link");
    // Links within it are files of the project, and the person who runs the program may allow the others.
    let scratch = fresh();
    scratch.write("elsewhere/organizations.csv", "id,name,section\nb,B,1\n");
    symlink("../../elsewhere/organizations.csv", scratch.path().join("data/s/organizations.csv")).expect("a link");
    assert!(civigraph(&scratch, &["build"]).status.success());
    let scratch = fresh();
    fs::write(outside.path().join("good.csv"), "id,name,section\nb,B,1\n").expect("written");
    symlink(outside.path().join("good.csv"), scratch.path().join("data/s/organizations.csv")).expect("a link");
    assert!(civigraph(&scratch, &["build", "--follow-links"]).status.success());
    // Pipes, wherever they are.
    for place in
        ["data/s/notes.md", "data/s/organizations.csv", "data/s/sections.csv", "data/s/source.toml", "queries/x.rq", "ontology/x.ttl"]
    {
        let scratch = fresh();
        fs::create_dir_all(scratch.path().join("queries")).expect("a folder");
        let _ = fs::remove_file(scratch.path().join(place));
        assert!(Command::new("mkfifo").arg(scratch.path().join(place)).status().expect("mkfifo runs").success());
        refused(&scratch, "it is a pipe");
    }
    // A name that is no text.
    let scratch = fresh();
    fs::write(scratch.path().join("data/s").join(std::ffi::OsStr::from_bytes(b"caf\xe9.csv")), "id,name\n").expect("written");
    refused(&scratch, "not UTF-8");
    // The lock is no way to write elsewhere.
    let scratch = fresh();
    fs::create_dir(scratch.path().join(".civigraph")).expect("a folder");
    fs::write(outside.path().join("precious"), "precious").expect("written");
    symlink(outside.path().join("precious"), scratch.path().join(".civigraph/lock")).expect("a link");
    let output = civigraph(&scratch, &["build"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(outside.path().join("precious")).expect("it"), "precious");
    // A base that a browser would run.
    let output = civigraph(&Scratch::bare("title = \"T\"\nbase = \"javascript:alert(1)/\"\n"), &["build"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("https://"), "{}", stderr(&output));
}

/// What a terminal takes for more than text: a title, a colour in one byte, a bell, a turn of direction, a line's end.
const STEERING: &str = "A\u{1b}]0;pwned\u{7}\u{1b}[31m\u{9b}2J\u{202e}Z\u{2066}";

#[cfg(unix)]
#[test]
fn nothing_from_outside_steers_a_terminal() {
    if Command::new("script").arg("--version").output().is_err() {
        println!("skipped: there is no `script`");
        return;
    }
    let quoted = serde_json::to_string(STEERING).expect("a string");
    let scratch = Scratch::bare(&format!("title = {quoted}\nbase = \"https://example.org/\"\n").replace("\u{7f}", ""));
    scratch.write("data/s/source.toml", format!("title = {quoted}\nshort = {quoted}\nas_of = 2025-12-31\n"));
    scratch.write("data/s/sections.csv", format!("locator,title,page,parent\n1,\"{STEERING}\",1,\n"));
    scratch.write("data/s/1.yaml", format!("section: \"1\"\nOrganization: [{{ id: a, name: {quoted} }}, {{ id: b, name: B }}]\n"));
    scratch.write("queries/t/q.rq", format!("# {STEERING}\n#\n# {STEERING} notes\n#+ parameter: x — {STEERING}\n#+ default: id:a\nSELECT ?n {{ id:a skos:prefLabel ?n }} ORDER BY ?n\n"));
    assert!(civigraph(&scratch, &["build"]).status.success() || civigraph(&scratch, &["check"]).status.code() == Some(1));
    scratch.write(&format!("data/s/{}.txt", "odd\u{1b}[31mname\u{9b}"), "x");
    let commands = [
        "build --force",
        "build --watch --timeout 1",
        "check",
        "check --limit 1",
        "check --format github",
        "check --format csv",
        "check --format json",
        "queries",
        "queries q",
        "query q --help",
        "query q --text",
        "query q",
        "query q -f csv",
        "query q -f tsv",
        "query q -f json",
        "query q -f xml",
        "query q -f markdown",
        "query q -f html",
        "query q --explain",
        "explain q",
        "show a",
        "find A",
        "why a",
        "path a b",
        "metrics",
        "match",
        "diagram",
        "export",
        "export -f nquads",
        "schema",
        "template Organization",
        "init $'made\\e[31m\\u009b2J\\u202e'",
        "import $'data/s/odd\\e[31m.csv' --source odd --dry-run",
        "import $'nothing\\e[31m.csv'",
        "shell < asked",
        "completions bash",
        "man",
        "query q --param $'x=\\e[31m\\u202e'",
        "query $'no\\e[31m\\u009b-such'",
        "show $'\\e[31m\\u009b'",
        "schema $'\\e[31m'",
        "explain $'\\e[31m'",
        "find $'\\e[31m\\u202e'",
        "diagram $'\\e[31m' -o x.svg",
        "export -o $'out\\e[31m.nq'",
        "check --project $'nowhere\\e[31m'",
        "query 'SELECT * {'",
        "query nothing-here",
        "show nothing",
        "explain nothing",
    ];
    let known: std::collections::BTreeSet<String> = commands.iter().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
    assert_eq!(known, crate::support::commands(), "each command has its lines, and each line its command");
    scratch.write("asked", format!("q x={STEERING};\nSELECT ?n {{ id:a skos:prefLabel ?n }};\nq;\n\\q\n"));
    scratch.write(&format!("data/s/odd{}.csv", "\u{1b}[31m"), format!("id,na{STEERING}me,section\nx,{STEERING},1\n"));
    for arguments in commands {
        for color in ["never", "always"] {
            let line = format!("'{}' --color {color} {arguments}", env!("CARGO_BIN_EXE_civigraph"));
            let output = Command::new("script")
                .args(["-qec", &line, "/dev/null"])
                .env("SHELL", "/bin/bash")
                .current_dir(scratch.path())
                .output()
                .expect("script runs");
            let _ = fs::remove_dir_all(scratch.path().join("made\u{1b}[31m\u{9b}2J\u{202e}"));
            let shown = String::from_utf8_lossy(&output.stdout).into_owned();
            // Its own changes of style are all that is left.
            let mut plain = String::new();
            let mut rest = shown.as_str();
            while let Some(at) = rest.find("\u{1b}[") {
                plain.push_str(&rest[..at]);
                let end = rest[at + 2..].find(|c: char| !c.is_ascii_digit() && c != ';').map_or(rest.len(), |end| at + 2 + end);
                assert!(rest[end..].starts_with('m'), "{line}: {shown:?}");
                assert!(!rest[..at].ends_with('\u{FFFD}') || color == "always", "{line}: {shown:?}");
                rest = &rest[end + 1..];
            }
            plain.push_str(rest);
            let odd = |c: char| {
                (c.is_control() && !matches!(c, '\r' | '\n' | '\t')) || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
            };
            assert!(!plain.contains(odd), "{line}: {shown:?}");
            assert!(!shown.contains("\u{1b}[31m\u{FFFD}2J"), "{line}: a colour of the data's own: {shown:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Whatever bytes stand in a source's files, reading ends, with findings or without.
    #[test]
    fn no_bytes_make_the_readers_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), ending in proptest::sample::select(vec!["yaml", "csv", "tsv", "json", "ndjson", "toml"])) {
        let scratch = Scratch::small();
        let name = if ending == "toml" { "data/s/source.toml".to_owned() } else { format!("data/s/organizations.{ending}") };
        scratch.write(&name, &bytes);
        let made = scratch.make();
        for finding in &made.findings {
            prop_assert!(finding.location.line >= 1);
        }
    }

    /// A workbook with some bytes of one of its parts changed, or cut off.
    #[test]
    fn no_damage_to_a_workbook_makes_its_reader_panic(part in 0..20_usize, changes in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..8), cut in proptest::option::of(any::<usize>())) {
        let whole = fs::read(crate::support::root().join("tests/cases/lift/workbook/data/s/members.xlsx")).expect("a workbook");
        let mut archive = zip::ZipArchive::new(Cursor::new(&whole)).expect("an archive");
        let mut damaged = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let part = part % archive.len();
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).expect("a part");
            let name = entry.name().expect("a name").into_owned();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).expect("its bytes");
            if index == part {
                for (at, byte) in &changes {
                    let at = at % bytes.len();
                    bytes[at] = *byte;
                }
                bytes.truncate(cut.map_or(bytes.len(), |cut| cut % bytes.len()));
            }
            damaged.start_file(name, zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored)).expect("a part");
            damaged.write_all(&bytes).expect("written");
        }
        let scratch = Scratch::small();
        scratch.write("data/s/members.xlsx", damaged.finish().expect("an archive").into_inner());
        scratch.make();
    }

    /// Texts that look like records, with odd pieces in every place.
    #[test]
    fn no_record_makes_the_lifter_panic(key in "[a-z]{1,8}|name|when|value|id|at|section", value in "\\PC{0,40}", kind in "Organization|Event|Membership|Statistic|\\PC{1,10}") {
        let scratch = Scratch::small();
        let quoted = serde_json::to_string(&value).expect("a string");
        let kind = serde_json::to_string(&kind).expect("a string");
        scratch.write("data/s/1.yaml", format!("section: \"1\"\n{kind}:\n  - {{ id: a, {key}: {quoted} }}\n"));
        scratch.make();
    }
}

#[test]
fn a_workbook_that_is_locked_or_damaged_says_what_to_do_and_one_with_macros_is_read() {
    use rust_xlsxwriter::Workbook;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("organizations").expect("a name");
    for (row, cells) in [["id", "name"], ["wells", "Wells"]].iter().enumerate() {
        for (column, text) in cells.iter().enumerate() {
            sheet.write_string(row as u32, column as u16, *text).expect("a cell");
        }
    }
    let whole = book.save_to_buffer().expect("a workbook");
    let old: Vec<u8> = [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 2048]].concat();
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let locked = [old.clone(), name].concat();
    for (name, bytes, says) in [
        ("members.xlsx", locked.clone(), "password"),
        ("members.xlsm", locked, "password"),
        ("members.xlsx", old, "older sort"),
        ("members.xlsx", whole[..whole.len() / 2].to_vec(), "unreadable-file"),
        ("members.xlsx", b"id,name\nwells,Wells\n".to_vec(), "unreadable-file"),
        ("members.xlsx", Vec::new(), "unreadable-file"),
        ("members.xlsm", whole.clone(), "no findings"),
    ] {
        let scratch = crate::support::Scratch::bare("title = \"Books\"\nbase = \"https://example.org/\"\n");
        scratch.write("data/s/source.toml", "title = \"S\"\nas_of = 2025-12-31\n").write(&format!("data/s/{name}"), &bytes);
        let output = civigraph(&scratch, &["check"]);
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), stderr(&output));
        println!("{name}: {said}");
        assert!(!said.contains("panicked"), "{said}");
        if says == "no findings" {
            let things = &scratch.make().contributions["s"].things;
            assert_eq!(things["Organization"].len(), 1, "{said}");
        } else {
            assert_eq!(output.status.code(), Some(1), "{name}: {said}");
            assert!(said.contains(says), "{name}: {said}");
        }
    }
}
