//! The abuses of `examples/abuse` that are quick enough: each ends, refuses or says so, within what `ulimit` leaves it.
#![cfg(unix)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

#[path = "../../examples/abuse/run.rs"]
mod run;

#[test]
fn every_abuse_ends_as_it_must() {
    let abuses: Vec<_> = run::abuses().into_iter().filter(|abuse| abuse.quick).collect();
    let ground = run::Ground::new(std::path::Path::new(env!("CARGO_BIN_EXE_civigraph")));
    let (next, faults) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(abuse) = abuses.get(next.fetch_add(1, Ordering::SeqCst)) {
            let folder = ground.prepare(abuse);
            let outcome = ground.run(abuse, folder.path());
            faults.lock().expect("no thread panicked").extend(outcome.fault);
        }
    };
    std::thread::scope(|scope| (0..2).for_each(|_| drop(scope.spawn(work))));
    println!("{} abuses", abuses.len());
    crate::support::report(faults.into_inner().expect("no thread panicked"));
}

#[test]
fn every_row_of_the_attack_has_its_abuses() {
    let abuses = run::abuses();
    for row in (1..=13).map(|row| row.to_string()).chain(["own".to_owned()]) {
        assert!(abuses.iter().any(|abuse| abuse.row == row), "row {row} has none");
    }
    assert!(abuses.iter().filter(|abuse| abuse.row == "own").count() >= 30);
    let names: std::collections::BTreeSet<_> = abuses.iter().map(|abuse| &abuse.name).collect();
    assert_eq!(names.len(), abuses.len(), "each has a name of its own");
}

#[test]
fn every_test_that_the_page_of_the_attack_names_is_there() {
    let page = std::fs::read_to_string(crate::support::root().join("docs/benchmarks/robustness.md")).expect("the page");
    let mut faults = Vec::new();
    let mut rows = 0;
    for line in page.lines().filter(|line| line.starts_with("| ") && line.contains("::")) {
        rows += usize::from(line.split('|').nth(1).is_some_and(|cell| cell.trim().parse::<u8>().is_ok()));
        for (subject, name) in line.split('`').filter_map(|name| name.split_once("::")).filter(|(_, name)| !name.is_empty()) {
            let subject = subject.rsplit(' ').next().unwrap_or(subject);
            let file = crate::support::root().join(format!("tests/it/{subject}.rs"));
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            if !text.contains(&format!("fn {name}")) {
                faults.push(format!("{subject}::{name} is no test"));
            }
        }
    }
    assert_eq!(rows, 13, "each row of the attack has its tests");
    crate::support::report(faults);
}
