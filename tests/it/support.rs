//! What several test runners share: projects in temporary folders, and expectations that can be blessed.
#![allow(dead_code, reason = "each runner uses its own part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use civigraph::pipeline::{self, Build};
use civigraph::project::Project;

/// The root of the repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A project in a folder of its own, gone when dropped.
pub struct Scratch {
    folder: tempfile::TempDir,
}

impl Scratch {
    /// A project with the small test ontology and one source `s` with the sections 1 and 1.1.
    pub fn small() -> Self {
        let scratch = Self::bare("title = \"Test\"\nbase = \"https://example.org/\"\nshipped = false\n");
        copy(&root().join("tests/cases/_ontology"), &scratch.path().join("ontology"));
        scratch.write("data/s/source.toml", "title = \"A source\"\nshort = \"S\"\nas_of = 2025-12-31\n");
        scratch.write("data/s/sections.csv", "locator,title,page,parent\n1,One,1,\n1.1,One one,2,1\n");
        scratch
    }

    /// A copy of the repository's own project, without its graph.
    pub fn repository() -> Self {
        let manifest = fs::read_to_string(root().join("civigraph.toml")).expect("the manifest");
        let scratch = Self::bare(&manifest);
        for folder in ["data", "ontology", "queries"] {
            copy(&root().join(folder), &scratch.path().join(folder));
        }
        scratch
    }

    /// A project with nothing but a manifest.
    pub fn bare(manifest: &str) -> Self {
        let scratch = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        scratch.write("civigraph.toml", manifest);
        scratch
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) -> &Self {
        let place = self.path().join(path);
        fs::create_dir_all(place.parent().expect("a parent")).expect("a folder");
        fs::write(place, text).expect("a file");
        self
    }

    pub fn project(&self) -> Project {
        Project::open(self.path()).expect("the scratch project opens")
    }

    pub fn make(&self) -> Build {
        pipeline::make(&self.project()).expect("the scratch project is read")
    }

    /// The findings as lines `file:line:column severity[code] message | label | hint`.
    pub fn findings(&self) -> String {
        shown_findings(&self.make())
    }
}

/// Findings as lines, for comparing.
pub fn shown_findings(made: &Build) -> String {
    let mut text = String::new();
    for finding in &made.findings {
        text.push_str(&format!("{} {}[{}] {}\n", finding.location, finding.severity, finding.code, finding.message));
        if !finding.label.is_empty() {
            text.push_str(&format!("    label: {}\n", finding.label));
        }
        for (location, words) in &finding.related {
            text.push_str(&format!("    {location} {words}\n"));
        }
        if let Some(hint) = &finding.hint {
            text.push_str(&format!("    hint: {hint}\n"));
        }
    }
    text
}

/// Runs the program in a project's folder, without colours.
pub fn civigraph(scratch: &Scratch, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_civigraph"))
        .args(arguments)
        .current_dir(scratch.path())
        .env("NO_COLOR", "1")
        .output()
        .expect("the program runs")
}

/// The names of all commands, as the program lists them.
pub fn commands() -> std::collections::BTreeSet<String> {
    let help = Command::new(env!("CARGO_BIN_EXE_civigraph")).arg("--help").output().expect("it runs");
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    let listed = help.split("Commands:").nth(1).expect("a list of commands").split("\n\n").next().expect("a list");
    // What goes on with a line before is indented deeper.
    let names = listed.lines().filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')));
    names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// What was said to people.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The folder of a conformance suite, where it is there.
pub fn suite(name: &str) -> Option<PathBuf> {
    let named = std::env::var_os("CIVIGRAPH_SUITES").map(PathBuf::from);
    named
        .into_iter()
        .chain(["../shared/suites", "../../shared/suites"].map(|path| root().join(path)))
        .map(|path| path.join(name))
        .find(|path| path.is_dir())
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// The folders in a folder, sorted; those that start with `_` are not cases.
pub fn folders(folder: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir() && !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('_')))
        .collect();
    folders.sort();
    folders
}

/// Holds a text against a file; with `CIVIGRAPH_BLESS=1` writes the file instead. Gives a fault to report.
pub fn expect(file: &Path, found: &str) -> Option<String> {
    if std::env::var_os("CIVIGRAPH_BLESS").is_some() {
        fs::create_dir_all(file.parent().expect("a parent")).expect("a folder");
        fs::write(file, found).expect("the expectation is written");
        return None;
    }
    let expected = match fs::read_to_string(file) {
        Ok(expected) => expected,
        Err(_) => return Some(format!("{} is missing; found:\n{found}", file.display())),
    };
    (expected != found)
        .then(|| format!("{} differs (CIVIGRAPH_BLESS=1 accepts)\n--- expected\n{expected}\n--- found\n{found}", file.display()))
}

/// Fails with all faults, or not at all.
pub fn report(faults: Vec<String>) {
    assert!(faults.is_empty(), "{} faults\n\n{}", faults.len(), faults.join("\n\n"));
}

/// Whether Python has a module; says what is skipped if not.
pub fn has_python(module: &str) -> bool {
    let found = std::process::Command::new("python3").args(["-c", &format!("import {module}")]).output();
    let found = found.is_ok_and(|output| output.status.success());
    if !found {
        println!("skipped: python3 with {module} is not installed");
    }
    found
}

/// What a script of the repository says, as JSON, of files in a scratch folder, in which it runs.
pub fn python(script: &str, scratch: &Scratch, files: &[&str]) -> serde_json::Value {
    let output = std::process::Command::new("python3")
        .arg(root().join(script))
        .args(files)
        .current_dir(scratch.path())
        .env("PYTHONUTF8", "1")
        .output()
        .expect("python3 runs");
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("the script writes JSON")
}
