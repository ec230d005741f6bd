//! `check --watch` and `build --watch` see a change and say what is wrong now.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::support::Scratch;

/// A process that is ended with its test.
struct Watching(Child);

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The lines that a command writes to standard error, as they come.
fn watch(scratch: &Scratch, command: &str) -> (Watching, mpsc::Receiver<String>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_civigraph"))
        .args(["--project", &scratch.path().to_string_lossy(), command, "--watch"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .env("NO_COLOR", "1")
        .spawn()
        .expect("it runs");
    let errors = BufReader::new(child.stderr.take().expect("a pipe"));
    let (send, lines) = mpsc::channel();
    std::thread::spawn(move || errors.lines().map_while(Result::ok).for_each(|line| drop(send.send(line))));
    (Watching(child), lines)
}

/// Waits for a line with these words. A minute is no measure of speed: it only ends a test that would not end.
fn until(lines: &mpsc::Receiver<String>, words: &str) {
    let mut seen = Vec::new();
    while let Ok(line) = lines.recv_timeout(Duration::from_secs(60)) {
        if line.contains(words) {
            return;
        }
        seen.push(line);
    }
    panic!("no line with {words:?} among {seen:#?}");
}

#[test]
fn a_fault_is_said_when_it_is_written_and_no_longer_when_it_is_mended() {
    for (command, fine) in [("check", "no findings"), ("build", "records")] {
        let scratch = Scratch::small();
        let good = "section: \"1\"\nPerson:\n  - { id: a, name: A }\n";
        scratch.write("data/s/a.yaml", good);
        let (_watching, lines) = watch(&scratch, command);
        if command == "check" {
            until(&lines, fine);
        } else {
            // What was built is said on standard output; the first change is waited for until there is a graph.
            while !scratch.path().join(".civigraph/current").exists() {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        scratch.write("data/s/a.yaml", "section: \"1\"\nPerson:\n  - { id: a, nmae: A }\n");
        until(&lines, "a.yaml changed");
        until(&lines, "error");
        scratch.write("data/s/a.yaml", format!("{good}  - {{ id: b, name: B }}\n"));
        until(&lines, "a.yaml changed");
        if command == "check" {
            until(&lines, fine);
        }
    }
}
