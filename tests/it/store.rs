//! A build takes the old one's place whole: killed at any moment it leaves the old graph or the new one, and builds that
//! meet wait for each other.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::Scratch;

fn civigraph(scratch: &Scratch, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_civigraph"));
    command.args(arguments).current_dir(scratch.path()).env("NO_COLOR", "1").stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A project whose organizations all carry a number, so that a graph shows of which round it is.
fn round(scratch: &Scratch, number: usize) {
    let mut table = String::from("id,name,section\n");
    for index in 0..400 {
        table.push_str(&format!("o{index},Round {number},1\n"));
    }
    scratch.write("data/s/organizations.csv", table);
}

/// The rounds that a graph's organizations carry, each with how many do.
fn rounds(scratch: &Scratch) -> String {
    let query = "SELECT ?name (COUNT(DISTINCT ?o) AS ?n) { ?o a org:Organization ; skos:prefLabel ?name } GROUP BY ?name ORDER BY ?name";
    let output = civigraph(scratch, &["query", query, "-f", "csv"]).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).replace('\r', "")
}

#[test]
fn a_killed_build_leaves_the_old_graph_or_the_new_one() {
    let scratch = Scratch::small();
    round(&scratch, 0);
    let start = Instant::now();
    assert!(civigraph(&scratch, &["build"]).status().expect("it runs").success());
    let whole = start.elapsed();
    let mut present = 0;
    let (mut old, mut new) = (0, 0);
    for number in 1..=24 {
        round(&scratch, number);
        let mut build = civigraph(&scratch, &["build"]).spawn().expect("it starts");
        // From the first instant to a little beyond the end of a build.
        thread::sleep(whole.mul_f64(f64::from(u32::try_from(number).expect("small")) / 20.0));
        let _ = build.kill();
        let _ = build.wait();
        let found = rounds(&scratch);
        if found == format!("name,n\nRound {number},400\n") {
            present = number;
            new += 1;
        } else {
            assert_eq!(found, format!("name,n\nRound {present},400\n"), "after killing build {number}");
            old += 1;
        }
    }
    println!("killed builds: {old} left the old graph, {new} the new one");
    round(&scratch, 99);
    assert!(civigraph(&scratch, &["build"]).status().expect("it runs").success());
    assert_eq!(rounds(&scratch), "name,n\nRound 99,400\n");
    let left: Vec<String> = fs::read_dir(scratch.path().join(".civigraph"))
        .expect("the store")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(left.len(), 3, "what killed builds left behind is swept: {left:?}");
}

#[test]
fn builds_that_meet_wait_and_readers_go_on() {
    let scratch = Scratch::small();
    round(&scratch, 0);
    assert!(civigraph(&scratch, &["build"]).status().expect("it runs").success());
    let builds: Vec<_> = (0..4).map(|_| civigraph(&scratch, &["build", "--force"]).spawn().expect("it starts")).collect();
    for _ in 0..10 {
        assert_eq!(rounds(&scratch), "name,n\nRound 0,400\n", "a reader during builds");
    }
    for build in builds {
        let output = build.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(rounds(&scratch), "name,n\nRound 0,400\n");
}

#[test]
fn a_build_that_would_be_refused_now_is_not_called_unchanged() {
    let scratch = Scratch::small();
    scratch.write("data/s/people.csv", "id,name,section\nx,X,1\n");
    scratch.write("data/s/source.toml", "title = \"A source\"\nas_of = 2025-12-31\n\n[expect]\nPerson = { min = 2 }\n");
    let run = |arguments: &[&str]| {
        let output = civigraph(&scratch, arguments).output().expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(run(&["build"]).0, Some(0));
    let (code, said) = run(&["build", "--fail-on", "warning"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("warning[expected-count]") && said.contains("nothing was stored"), "{said}");
    assert_eq!(run(&["build"]).0, Some(0), "with errors alone to fail on it is the build that was there");
}

#[test]
fn who_waits_is_told_for_whom() {
    let scratch = Scratch::small();
    round(&scratch, 0);
    let folder = scratch.path().join(".civigraph");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("lock"), "4711").expect("a lock");
    let lock = fs::File::options().write(true).open(folder.join("lock")).expect("the lock");
    lock.lock().expect("locked");
    let build = civigraph(&scratch, &["build"]).spawn().expect("it starts");
    thread::sleep(Duration::from_millis(300));
    drop(lock);
    let output = build.wait_with_output().expect("it ends");
    assert!(output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("another build is running (process 4711)"), "{said}");
}

#[test]
fn an_unchanged_project_is_not_built_again_and_a_refused_one_keeps_the_old_graph() {
    let scratch = Scratch::small();
    round(&scratch, 1);
    let run = |arguments: &[&str]| civigraph(&scratch, arguments).output().expect("it runs");
    let first = String::from_utf8_lossy(&run(&["build"]).stdout).into_owned();
    let second = String::from_utf8_lossy(&run(&["build"]).stdout).into_owned();
    assert!(first.contains("built in") && second.contains("unchanged"), "{first}{second}");
    // The same content again, with new times on the files.
    round(&scratch, 1);
    assert!(String::from_utf8_lossy(&run(&["build"]).stdout).contains("unchanged"));
    scratch.write("data/s/people.csv", "id,nme,section\nx,X,1\n");
    let refused = run(&["build"]);
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("nothing was stored, the graph that was there stays"), "{said}");
    assert_eq!(rounds(&scratch), "name,n\nRound 1,400\n");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let graph = || {
        let scratch = Scratch::small();
        round(&scratch, 7);
        scratch.make().dataset.expect("a graph").bytes().to_vec()
    };
    assert!(graph() == graph());
}

#[cfg(unix)]
#[test]
fn an_interrupted_build_ends_cleanly() {
    let scratch = Scratch::small();
    round(&scratch, 0);
    let start = Instant::now();
    assert!(civigraph(&scratch, &["build"]).status().expect("it runs").success());
    let whole = start.elapsed();
    let (mut interrupted, mut finished) = (0, 0);
    let mut present = 0;
    for number in 1..=24_u32 {
        round(&scratch, number as usize);
        let mut build = civigraph(&scratch, &["build"]).spawn().expect("it starts");
        thread::sleep(whole.mul_f64(f64::from(number) / 22.0));
        let signal = if number % 2 == 0 { "-INT" } else { "-TERM" };
        let sent = Command::new("kill").args([signal, &build.id().to_string()]).stderr(Stdio::null()).status();
        if !sent.is_ok_and(|status| status.success()) {
            println!("build {number} had ended before the signal");
        }
        let status = build.wait().expect("it ends");
        let mut said = String::new();
        std::io::Read::read_to_string(&mut build.stderr.take().expect("its words"), &mut said).expect("text");
        match status.code() {
            Some(130) => {
                interrupted += 1;
                assert_eq!(said.matches("interrupted").count(), 1, "{said}");
            }
            Some(0) => finished += 1,
            // Before the program watches, the system ends it, as it would any other.
            None => {
                use std::os::unix::process::ExitStatusExt;
                assert!(said.is_empty(), "ended by signal {:?} after saying: {said}", status.signal());
            }
            other => panic!("build {number} ended with {other:?}: {said}"),
        }
        let left: Vec<String> = fs::read_dir(scratch.path().join(".civigraph"))
            .expect("the store")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        assert!(!left.iter().any(|name| name.starts_with("tmp-")), "after build {number}: {left:?}");
        let found = rounds(&scratch);
        if found == format!("name,n\nRound {number},400\n") {
            present = number as usize;
        } else {
            assert_eq!(found, format!("name,n\nRound {present},400\n"), "after interrupting build {number}");
        }
    }
    println!("{interrupted} builds were interrupted, {finished} had finished");
    assert!(interrupted > 0, "no signal came while a build ran");
}

#[cfg(unix)]
#[test]
fn an_interrupted_export_leaves_the_old_file() {
    let scratch = Scratch::small();
    round(&scratch, 0);
    assert!(civigraph(&scratch, &["build"]).status().expect("it runs").success());
    scratch.write("answer.csv", "precious");
    let slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }";
    let mut query = civigraph(&scratch, &["query", slow, "-o", "answer.csv"]).spawn().expect("it starts");
    thread::sleep(Duration::from_millis(400));
    assert!(Command::new("kill").args(["-INT", &query.id().to_string()]).status().expect("kill runs").success());
    assert_eq!(query.wait().expect("it ends").code(), Some(130));
    assert_eq!(fs::read_to_string(scratch.path().join("answer.csv")).expect("it is there"), "precious");
    let hidden = fs::read_dir(scratch.path())
        .expect("the project")
        .flatten()
        .filter(|e| e.file_name().to_string_lossy().starts_with(".") && e.file_name() != ".civigraph");
    assert_eq!(hidden.count(), 0, "what was half-written is gone");
}

#[test]
fn a_build_that_cannot_be_pointed_to_leaves_nothing() {
    let scratch = Scratch::small();
    round(&scratch, 0);
    assert!(civigraph(&scratch, &["build"]).status().expect("it runs").success());
    let folders = || crate::support::folders(&scratch.path().join(".civigraph"));
    let before = folders();
    // A folder in its place stands in for the name that the system has no inode left for.
    let current = scratch.path().join(".civigraph/current");
    let pointer = fs::read(&current).expect("the name of the build");
    fs::remove_file(&current).expect("it is there");
    fs::create_dir_all(current.join("in-the-way")).expect("a folder");
    round(&scratch, 1);
    let output = civigraph(&scratch, &["build"]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    fs::remove_dir_all(&current).expect("it is there");
    fs::write(&current, pointer).expect("written");
    let after = folders();
    assert!(after.iter().all(|folder| before.contains(folder)), "a whole build is left that nothing points to: {after:?}");
}

#[cfg(unix)]
#[path = "../../examples/kills/run.rs"]
mod kills;

#[cfg(unix)]
#[test]
fn twenty_killed_builds_leave_a_whole_graph_to_whoever_reads_beside_them() {
    let count = kills::run(std::path::Path::new(env!("CARGO_BIN_EXE_civigraph")), 20, 20_251_128);
    println!("{count:?}");
    assert!(count.faults.is_empty(), "{:#?}", count.faults);
    assert_eq!((count.old + count.new, count.signals.iter().sum::<usize>()), (20, 20));
    assert!(count.reads > 0, "somebody read beside them");
}
