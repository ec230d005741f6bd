//! No two files lean on each other, by whatever way round: what a file says can be understood from those below it alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Circles that are known, each by the first of its files; what no longer stands is taken off.
const KNOWN: &[&str] = &[];

#[test]
fn no_files_lean_on_each_other() {
    let mut found = BTreeSet::new();
    let mut faults = Vec::new();
    for folder in ["src", "crates/diagram/src", "crates/shacl/src", "crates/values/src"] {
        for circle in circles(&leanings(&crate::support::root().join(folder))) {
            let name = format!("{folder}: {}", circle[0]);
            if !KNOWN.contains(&name.as_str()) {
                faults.push(format!("{folder}: these lean on each other: {}", circle.join(", ")));
            }
            found.insert(name);
        }
    }
    faults.extend(KNOWN.iter().filter(|known| !found.contains(**known)).map(|known| format!("{known} is no circle any more: take it off")));
    crate::support::report(faults);
}

#[test]
fn a_use_tree_is_taken_apart() {
    assert_eq!(unfolded("crate::a::{self, b::{C, d}, e as f}"), ["crate::a", "crate::a::b::C", "crate::a::b::d", "crate::a::e"]);
    let two = BTreeMap::from([("a".to_owned(), BTreeSet::from(["b".to_owned()])), ("b".to_owned(), BTreeSet::from(["a".to_owned()]))]);
    assert_eq!(circles(&two), [["a", "b"]]);
}

/// Which modules each module of a crate uses. What a module shows of its own parts (`pub use part::Thing`) is no use of them.
fn leanings(root: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut texts = BTreeMap::new();
    gather(root, root, &mut texts);
    let modules: BTreeSet<String> = texts.keys().cloned().collect();
    texts
        .iter()
        .map(|(own, text)| {
            (own.clone(), paths(text).iter().filter_map(|path| module(path, own, &modules)).filter(|other| other != own).collect())
        })
        .collect()
}

fn gather(root: &Path, folder: &Path, texts: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources").flatten() {
        let path = entry.path();
        if path.is_dir() {
            gather(root, &path, texts);
        } else if let Some(module) = path.strip_prefix(root).ok().and_then(Path::to_str).and_then(|path| path.strip_suffix(".rs")) {
            let text = std::fs::read_to_string(&path).expect("a source");
            let text = text.split("#[cfg(test)]").next().unwrap_or("");
            let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            let module = if ["lib", "main"].contains(&module) { String::new() } else { module.replace('/', "::") };
            texts.insert(module, lines.join("\n"));
        }
    }
}

/// Every path that a text uses: those of its `use`s, and those that begin with `crate::` or `super::` elsewhere.
fn paths(text: &str) -> Vec<String> {
    let mut paths = Vec::new();
    let mut rest = String::new();
    let mut statement: Option<String> = None;
    for line in text.lines() {
        let start = line.trim_start();
        let begins = ["use ", "pub use ", "pub(crate) use ", "pub(super) use "].iter().any(|word| start.starts_with(word));
        if statement.is_none() && begins {
            statement = Some(String::new());
        }
        match &mut statement {
            Some(whole) => {
                whole.push_str(start);
                if start.ends_with(';') {
                    let whole = statement.take().unwrap_or_default();
                    let (shown, tree) = whole.trim_end_matches(';').split_once("use ").unwrap_or(("", ""));
                    if shown.is_empty() || tree.starts_with("crate") || tree.starts_with("super") {
                        paths.extend(unfolded(tree));
                    }
                }
            }
            None => {
                rest.push_str(line);
                rest.push('\n');
            }
        }
    }
    for word in rest.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':') {
        if word.starts_with("crate::") || word.starts_with("super::") {
            paths.push(word.to_owned());
        }
    }
    paths
}

/// The paths of a `use` tree.
fn unfolded(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((before, inner)) = tree.split_once('{') else {
        return vec![tree.split(" as ").next().unwrap_or("").trim().to_owned()];
    };
    let inner = inner.rsplit_once('}').map_or(inner, |(inner, _)| inner);
    let (mut depth, mut part, mut parts) = (0, String::new(), Vec::new());
    for c in inner.chars() {
        match c {
            ',' if depth == 0 => parts.push(std::mem::take(&mut part)),
            _ => {
                depth += i32::from(c == '{') - i32::from(c == '}');
                part.push(c);
            }
        }
    }
    parts.push(part);
    let parts = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty());
    parts
        .flat_map(unfolded)
        .map(|part| if part == "self" { before.trim_end_matches(':').to_owned() } else { format!("{before}{part}") })
        .collect()
}

/// The module that a path leads into, as far as it is one of the crate's.
fn module(path: &str, own: &str, modules: &BTreeSet<String>) -> Option<String> {
    let mut steps: Vec<&str> = path.split("::").filter(|step| !step.is_empty()).collect();
    let mut base: Vec<&str> = own.split("::").filter(|step| !step.is_empty()).collect();
    match steps.first() {
        Some(&"crate") => {
            steps.remove(0);
            base.clear();
        }
        Some(&"self") => _ = steps.remove(0),
        Some(&"super") => {}
        Some(first) => {
            let child = if own.is_empty() { (*first).to_owned() } else { format!("{own}::{first}") };
            modules.get(&child)?;
        }
        None => return None,
    }
    while steps.first() == Some(&"super") {
        steps.remove(0);
        base.pop();
    }
    base.extend(steps);
    (1..=base.len()).rev().map(|end| base[..end].join("::")).find(|name| modules.contains(name))
}

/// Modules that reach each other, the smallest name first.
fn circles(leanings: &BTreeMap<String, BTreeSet<String>>) -> Vec<Vec<String>> {
    let reached = |from: &str| {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut next = vec![from];
        while let Some(module) = next.pop() {
            for other in leanings.get(module).into_iter().flatten() {
                if seen.insert(other) {
                    next.push(other);
                }
            }
        }
        seen
    };
    let all: BTreeMap<&str, BTreeSet<&str>> = leanings.keys().map(|module| (module.as_str(), reached(module))).collect();
    let mut circles: BTreeSet<Vec<String>> = BTreeSet::new();
    for (module, seen) in all.iter().filter(|(module, seen)| seen.contains(*module)) {
        let circle = seen.iter().filter(|other| all.get(*other).is_some_and(|back| back.contains(module)));
        circles.insert(circle.map(|other| (*other).to_owned()).collect());
    }
    circles.into_iter().collect()
}
