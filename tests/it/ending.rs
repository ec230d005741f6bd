//! Every command ends when it is told to: by Ctrl-C, by SIGTERM, by `--timeout`, whatever it is doing, saying so once and
//! leaving nothing half-made. The list of commands is the program's own: one without a row here is a fault.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::Scratch;
use rows::COMMANDS;

mod rows;

/// Far beyond what a loaded machine needs, far below for ever.
const PATIENCE: Duration = Duration::from_secs(60);

/// A project whose work takes a while, on a quick machine with nothing else to do too.
fn project() -> Scratch {
    let scratch = Scratch::small();
    let rows: String = (0..20_000).map(|number| format!("o{number},Organization {number},1\n")).collect();
    scratch.write("data/s/organizations.csv", format!("id,name,section\n{rows}"));
    let rows: String = (0..20_000).map(|number| format!("o{number},o{},1\n", (number * 7 + 1) % 20_000)).collect();
    scratch.write("data/s/memberships.csv", format!("member,organization,section\n{rows}"));
    scratch.write("big.csv", format!("name,city\n{}", "A,B\n".repeat(20_000)));
    scratch.write("queries/diagrams/all.rq", "# All\nSELECT ?from ?to { ?m org:member ?from ; org:organization ?to }\n");
    assert!(start(&scratch, &["build"]).wait().expect("it ends").success());
    scratch
}

fn start(scratch: &Scratch, arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_civigraph"));
    command.args(arguments).current_dir(scratch.path()).env("NO_COLOR", "1");
    // A shell waits for what is typed.
    let input = if arguments[0] == "shell" { Stdio::piped() } else { Stdio::null() };
    command.stdin(input).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts")
}

/// Waits for the end, but not for ever: its exit code, and what was said.
fn ended(child: &mut Child, what: &str) -> (Option<i32>, String) {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a child") {
            let mut said = String::new();
            let _ = child.stderr.take().expect("its words").read_to_string(&mut said);
            return (status.code(), said);
        }
        if start.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("{what} goes on for ever");
        }
        thread::sleep(Duration::from_millis(2));
    }
}

fn files(scratch: &Scratch) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for folder in ["", "data", ".civigraph"] {
        for entry in fs::read_dir(scratch.path().join(folder)).expect("a folder").flatten() {
            all.insert(format!("{folder}/{}", entry.file_name().to_string_lossy()));
        }
    }
    all
}

#[test]
fn every_command_ends_when_it_is_told_to() {
    let known: BTreeSet<String> = COMMANDS.iter().map(|row| row.0.to_owned()).collect();
    assert_eq!(known, crate::support::commands(), "each command has its row, and each row its command");

    let scratch = project();
    let before = files(&scratch);
    let mut faults = Vec::new();
    for (command, rest, long) in COMMANDS {
        let arguments = [&[*command], *rest].concat();
        let mut caught = 0;
        for way in ["-INT", "-TERM", "--timeout"] {
            let what = format!("{arguments:?} {way}");
            let timed = [&arguments[..], &["--timeout", "0.15"]].concat();
            let mut child = start(&scratch, if way == "--timeout" { &timed } else { &arguments });
            // What waits for typing is told to end by a signal alone.
            if way == "--timeout" && *command == "shell" {
                drop(child.stdin.take());
            }
            if way != "--timeout" {
                thread::sleep(Duration::from_millis(150));
                let _ = Command::new("kill").args([way, &child.id().to_string()]).stderr(Stdio::null()).status();
            }
            if *command == "shell" {
                // It hears an interruption and goes on; the end of what is typed ends it.
                drop(child.stdin.take());
            }
            let (code, said) = ended(&mut child, &what);
            match code {
                Some(130) if way != "--timeout" && said.matches("interrupted").count() == 1 => caught += 1,
                Some(2) if way == "--timeout" && said.contains("stopped after 0.15 s") => caught += 1,
                // It had done its work before.
                Some(0 | 1) if !said.contains("interrupted") && !said.contains("stopped") => {}
                // Before the program watches, the system ends it, as it would any other.
                None if said.is_empty() => {}
                other => faults.push(format!("{what}: ended with {other:?}: {said}")),
            }
            for made in ["made", "data/imported"] {
                let _ = fs::remove_dir_all(scratch.path().join(made));
            }
            for made in ["out.svg", "out.ttl"] {
                let _ = fs::remove_file(scratch.path().join(made));
            }
            let left: Vec<String> = files(&scratch)
                .difference(&before)
                .filter(|name| !name.starts_with("/.civigraph/") || name.contains("tmp"))
                .cloned()
                .collect();
            let left: Vec<String> = left.into_iter().filter(|name| !name.starts_with(".civigraph/") || name.contains("tmp-")).collect();
            if !left.is_empty() {
                faults.push(format!("{what}: {left:?} are left"));
            }
        }
        if *long && caught == 0 {
            faults.push(format!("{arguments:?} was never caught at its work"));
        }
    }
    crate::support::report(faults);
}

#[test]
fn a_time_that_is_none_is_refused_everywhere() {
    let scratch = Scratch::small();
    for arguments in [&["check", "--timeout", "0"][..], &["export", "--timeout", "-1"], &["query", "ASK {}", "--timeout", "nan"]] {
        let (code, said) = ended(&mut start(&scratch, arguments), &format!("{arguments:?}"));
        assert!(matches!(code, Some(2 | 3)), "{arguments:?}: {code:?} {said}");
    }
}
