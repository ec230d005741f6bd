//! What takes too long or too much is stopped: whatever holds standard output or the query's thread, the process ends
//! when it says so, and nothing half-made is left. And what `-o` names is what is written to, whatever it is.
#![cfg(unix)]

use std::fs;
use std::io::Read;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::Scratch;

/// More rows than anyone will ever see, and nothing that is looked up while they are put together.
const ENDLESS: &str = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }";
/// Far beyond what a loaded machine needs, far below for ever.
const PATIENCE: Duration = Duration::from_secs(60);

/// A project with a graph of some thousand statements, the same one for all tests here, which only read it.
fn project() -> &'static Scratch {
    static PROJECT: OnceLock<Scratch> = OnceLock::new();
    PROJECT.get_or_init(|| {
        let scratch = Scratch::small();
        let mut table = String::from("id,name,section\n");
        for index in 0..3000 {
            table.push_str(&format!("o{index},Organization {index},1\n"));
        }
        scratch.write("data/s/organizations.csv", table);
        assert!(run(&scratch, &["build"]).status.success());
        scratch
    })
}

fn command(scratch: &Scratch, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_civigraph"));
    command.args(arguments).current_dir(scratch.path()).env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

fn run(scratch: &Scratch, arguments: &[&str]) -> Output {
    command(scratch, arguments).output().expect("the program runs")
}

fn sh(scratch: &Scratch, script: &str) -> Output {
    Command::new("bash")
        .args(["-c", script])
        .env("CIVIGRAPH", env!("CARGO_BIN_EXE_civigraph"))
        .current_dir(scratch.path())
        .output()
        .expect("bash runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn signal(child: &Child, name: &str) {
    let _ = Command::new("kill").args([name, &child.id().to_string()]).stderr(Stdio::null()).status();
}

/// Waits for the end, but not for ever.
fn ended(child: &mut Child) -> Option<i32> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait().expect("a child") {
            return status.code();
        }
        thread::sleep(Duration::from_millis(2));
    }
    let _ = child.kill();
    panic!("it goes on for ever");
}

#[test]
fn rows_on_standard_output_end_with_their_time() {
    for format in ["csv", "tsv", "json", "xml", "table", "markdown", "html"] {
        let mut child = command(project(), &["query", ENDLESS, "--timeout", "0.3", "-f", format])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        assert_eq!(ended(&mut child), Some(2), "{format}");
        let mut said = String::new();
        child.stderr.take().expect("its words").read_to_string(&mut said).expect("text");
        assert!(said.contains("stopped after 0.3 s"), "{format}: {said}");
    }
}

#[test]
fn a_signal_ends_what_writes_whoever_reads() {
    for arguments in
        [&["query", ENDLESS][..], &["query", "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"], &["export"]]
    {
        for (signal_name, reads) in [("-INT", true), ("-TERM", true), ("-INT", false), ("-TERM", false)] {
            if reads && arguments[0] == "export" {
                continue;
            }
            // A pipe that nobody reads from while it is open holds the writer in its write for ever.
            let out = if reads { Stdio::null() } else { Stdio::piped() };
            let mut child = command(project(), arguments).stdout(out).stderr(Stdio::piped()).spawn().expect("it starts");
            thread::sleep(Duration::from_millis(400));
            signal(&child, signal_name);
            assert_eq!(ended(&mut child), Some(130), "{arguments:?} {signal_name} {reads}");
            let mut said = String::new();
            child.stderr.take().expect("its words").read_to_string(&mut said).expect("text");
            assert_eq!(said.matches("interrupted").count(), 1, "{said}");
        }
    }
}

#[test]
fn a_second_signal_ends_what_nobody_reads_a_word_of() {
    // Standard error is a pipe that is full, and standard output another.
    let script = "mkfifo full; exec 3<>full; (dd if=/dev/zero of=full bs=65536 count=1 2>/dev/null); \
        \"$CIVIGRAPH\" query 'SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }' >&3 2>&3 & child=$!; sleep 0.4; \
        kill -INT $child; sleep 0.05; kill -INT $child; wait $child; echo ended $?";
    let scratch = Scratch::small();
    crate::support::copy(&project().path().join(".civigraph"), &scratch.path().join(".civigraph"));
    let output = sh(&scratch, script);
    assert!(String::from_utf8_lossy(&output.stdout).contains("ended 130"), "{}{}", String::from_utf8_lossy(&output.stdout), said(&output));
}

#[test]
fn a_stopped_query_leaves_no_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("x.csv");
    fs::write(&place, "precious").expect("written");
    let output = run(project(), &["query", ENDLESS, "--timeout", "0.3", "-o", &place.to_string_lossy()]);
    assert!(said(&output).contains("stopped after 0.3 s"), "{}", said(&output));
    let left: Vec<_> = fs::read_dir(folder.path()).expect("it").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["x.csv"]);
    assert_eq!(fs::read_to_string(&place).expect("it"), "precious");
}

#[test]
fn a_stopped_query_writes_nothing_more_and_the_next_is_answered() {
    // A person's shell, on a pseudo-terminal.
    if Command::new("script").arg("--version").output().is_err() {
        println!("skipped: there is no `script`");
        return;
    }
    let script = format!(
        "(sleep 1; printf '%s;\\n' '{ENDLESS}'; sleep 3; printf 'SELECT (41+1 AS ?n) {{}};\\n'; sleep 1; printf '\\\\q\\n') | \
        TERM=dumb script -qec \"'$CIVIGRAPH' shell --timeout 0.4\" /dev/null > shown; wc -c < shown; tail -c 3000 shown | tr -d '\\r'"
    );
    let scratch = Scratch::small();
    crate::support::copy(&project().path().join(".civigraph"), &scratch.path().join(".civigraph"));
    let output = sh(&scratch, &script);
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(shown.contains("stopped after 0.4 s") && shown.lines().any(|line| line.trim() == "42"), "{shown}{}", said(&output));
}

#[test]
fn a_query_that_takes_too_much_memory_is_refused() {
    let chained = |part: &str| {
        let steps: String = (0..40).map(|at| format!("BIND({} AS ?x{}) ", part.replace('$', &format!("?x{at}")), at + 1)).collect();
        format!("SELECT (STRLEN(?x40) AS ?n) {{ BIND(\"abcdefgh\" AS ?x0) {steps} }}")
    };
    let nested = |depth: usize| (0..depth).fold("\"aaaaaaaa\"".to_owned(), |inner, _| format!("REPLACE({inner}, \"a\", \"aaaaaaaa\")"));
    for (query, name) in [
        (chained("CONCAT($, $)"), "concat"),
        (format!("SELECT (STRLEN({}) AS ?n) {{}}", nested(14)), "replace"),
        ("SELECT ?a { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?b ?e ?h LIMIT 1".to_owned(), "order"),
        ("SELECT DISTINCT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } LIMIT 1 OFFSET 100000000".to_owned(), "distinct"),
    ] {
        let mut child = command(project(), &["query", &query, "--memory", "200M", "--timeout", "50"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut said = String::new();
        child.stderr.take().expect("its words").read_to_string(&mut said).expect("text");
        assert_eq!(ended(&mut child), Some(2), "{name}: {said}");
        assert!(said.contains("stopped") && said.contains("--memory"), "{name}: {said}");
    }
    // Where the system gives no more before the bound is reached, it is said as well, and is no abort.
    let output = sh(project(), &format!("ulimit -v 600000; \"$CIVIGRAPH\" query '{}' --memory 8G --timeout 50", chained("CONCAT($, $)")));
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    // An amount that is none.
    let output = run(project(), &["query", "ASK {}", "--memory", "plenty"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("--memory: expected an amount"), "{}", said(&output));
    assert!(run(project(), &["query", "ASK {}", "--memory", "128M"]).status.success());
}

#[test]
fn output_goes_to_what_is_named_and_replaces_only_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let export = |place: &Path| run(project(), &["export", "--format", "nquads", "-o", &place.to_string_lossy()]);
    let whole = run(project(), &["export", "--format", "nquads"]).stdout;

    // A link is followed, its target's mode kept.
    fs::write(at("target"), "old").expect("written");
    fs::set_permissions(at("target"), fs::Permissions::from_mode(0o600)).expect("a mode");
    std::os::unix::fs::symlink("target", at("link")).expect("a link");
    assert!(export(&at("link")).status.success());
    assert!(fs::symlink_metadata(at("link")).expect("it").is_symlink(), "the link was replaced");
    assert!(fs::read(at("target")).expect("it") == whole);
    assert_eq!(fs::metadata(at("target")).expect("it").mode() & 0o777, 0o600);

    // A link to what is not yet there makes it.
    std::os::unix::fs::symlink("new", at("dangling")).expect("a link");
    assert!(export(&at("dangling")).status.success());
    assert!(fs::symlink_metadata(at("dangling")).expect("it").is_symlink() && fs::read(at("new")).expect("it") == whole);
    std::os::unix::fs::symlink("loop", at("loop")).expect("a link");
    assert_eq!(export(&at("loop")).status.code(), Some(3));

    // A file with two names stays one file.
    fs::write(at("one"), "old").expect("written");
    fs::hard_link(at("one"), at("other")).expect("a name");
    assert!(export(&at("one")).status.success());
    assert!(fs::read(at("other")).expect("it") == whole);

    // A pipe is written to.
    assert!(Command::new("mkfifo").arg(at("pipe")).status().expect("mkfifo runs").success());
    let pipe = at("pipe");
    let reader = thread::spawn(move || fs::read(pipe));
    assert!(export(&at("pipe")).status.success());
    assert!(reader.join().expect("a reader").expect("bytes") == whole);
    assert!(fs::metadata(at("pipe")).expect("it").file_type().is_fifo());

    // So is a device, where this user may make one.
    if Command::new("mknod").arg(at("null")).args(["c", "1", "3"]).stderr(Stdio::null()).status().is_ok_and(|status| status.success()) {
        assert!(export(&at("null")).status.success());
        assert!(fs::metadata(at("null")).expect("it").file_type().is_char_device());
    } else {
        println!("skipped in part: this user makes no devices");
    }
    assert!(fs::metadata("/dev/null").expect("it").file_type().is_char_device());
    let output =
        sh(project(), "\"$CIVIGRAPH\" export --format nquads -o /dev/stdout | cksum; \"$CIVIGRAPH\" export --format nquads | cksum");
    let sums: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    assert!(sums.len() == 2 && sums[0] == sums[1], "{sums:?}");

    // A name as long as names may be.
    let long = format!("{}.nq", "n".repeat(252));
    assert!(export(&at(&long)).status.success());
    // A file that may not be written stays as it was.
    fs::write(at("closed"), "old").expect("written");
    fs::set_permissions(at("closed"), fs::Permissions::from_mode(0o400)).expect("a mode");
    let output = export(&at("closed"));
    if output.status.success() {
        println!("skipped in part: this user may write everything (root)");
        assert_eq!(fs::metadata(at("closed")).expect("it").mode() & 0o777, 0o400);
    } else {
        assert_eq!(fs::read_to_string(at("closed")).expect("it"), "old");
    }
    let hidden: Vec<_> = fs::read_dir(folder.path())
        .expect("it")
        .flatten()
        .map(|entry| entry.file_name())
        .filter(|name| name.to_string_lossy().starts_with('.'))
        .collect();
    assert!(hidden.is_empty(), "{hidden:?}");
}

#[test]
fn a_reader_that_has_gone_is_no_failure() {
    let output = sh(
        project(),
        "set -o pipefail; for what in 'export' 'export --format nquads' 'queries' 'query \"SELECT * { ?a ?b ?c . ?d ?e ?f }\"' 'schema' 'find organization'; do \
        eval \"\\\"$CIVIGRAPH\\\" $what\" 2>said | true; code=${PIPESTATUS[0]}; test $code = 0 || { echo \"$what: $code\"; cat said; }; done",
    );
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
}
