//! `civigraph check --fix` and `--diff`: every folder under `tests/mending/` is a case, read in the project of the commands' cases. `data/` goes in on top;
//! `diff` is what would change, `after/` holds the files as they are mended. What is not named there stays as it was, byte for byte.

use std::path::Path;

use crate::support::Scratch;

fn project(case: &Path) -> Scratch {
    let root = crate::support::root().join("tests/commands/_project");
    let scratch = Scratch::bare(&std::fs::read_to_string(root.join("civigraph.toml")).expect("the manifest"));
    crate::support::copy(&root.join("data"), &scratch.path().join("data"));
    crate::support::copy(&case.join("data"), &scratch.path().join("data"));
    scratch
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below").to_string_lossy().into_owned();
                all.push((name, std::fs::read(&path).expect("a file")));
            }
        }
    }
    all.sort();
    all
}

fn run(case: &Path) -> Vec<String> {
    let scratch = project(case);
    let before = files(&scratch.path().join("data"));
    let shown = crate::support::civigraph(&scratch, &["check", "--diff"]);
    let mut faults: Vec<String> = crate::support::expect(&case.join("diff"), &String::from_utf8_lossy(&shown.stdout)).into_iter().collect();
    if files(&scratch.path().join("data")) != before {
        faults.push(format!("{}: --diff changed a file", case.display()));
    }
    let differs = !shown.stdout.is_empty();
    if shown.status.code() != Some(i32::from(differs)) {
        faults.push(format!("{}: --diff ended with {:?}", case.display(), shown.status.code()));
    }
    crate::support::civigraph(&scratch, &["check", "--fix"]);
    for ((name, old), (_, new)) in before.iter().zip(files(&scratch.path().join("data"))) {
        if *old != new {
            faults.extend(crate::support::expect(&case.join("after").join(name), &String::from_utf8_lossy(&new)));
        }
    }
    let again = crate::support::civigraph(&scratch, &["check", "--diff"]);
    if !again.stdout.is_empty() {
        faults.push(format!("{}: mended once, there is more to mend:\n{}", case.display(), String::from_utf8_lossy(&again.stdout)));
    }
    faults
}

#[test]
fn what_is_certain_is_mended_and_nothing_else() {
    let cases = crate::support::folders(&crate::support::root().join("tests/mending"));
    assert!(cases.len() >= 4, "the cases are gone");
    crate::support::report(cases.iter().flat_map(|case| run(case)).collect());
}
