//! The gallery's pictures are what the tool draws of today's graph, each is shown, and each can be read.

use std::fs;
use std::process::Command;

use crate::support::{Scratch, copy, root};

/// The pictures' names.
fn pictures() -> Vec<String> {
    let folder = fs::read_dir(root().join("docs/gallery")).expect("the gallery");
    let names = folder.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".svg")).collect();
    names.sort();
    names
}

#[test]
fn the_gallery_is_what_the_tool_draws_today() {
    let scratch = Scratch::repository();
    let (ours, theirs) = (root().join("docs/gallery"), scratch.path().join("docs/gallery"));
    copy(&ours, &theirs);
    let bless = std::env::var_os("CIVIGRAPH_BLESS").is_some();
    let output = Command::new("bash")
        .arg(theirs.join("draw.sh"))
        .args((!bless).then_some("--check"))
        .env("CIVIGRAPH", env!("CARGO_BIN_EXE_civigraph"))
        .output()
        .expect("bash runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the gallery is stale; run docs/gallery/draw.sh and commit what it draws\n{said}");
    if bless {
        copy(&theirs, &ours);
    }
}

#[test]
fn a_picture_that_is_stale_or_gone_is_named() {
    let scratch = Scratch::repository();
    let gallery = scratch.path().join("docs/gallery");
    copy(&root().join("docs/gallery"), &gallery);
    fs::write(gallery.join("events.svg"), "<svg/>").expect("written");
    fs::write(gallery.join("no-view.svg"), "<svg/>").expect("written");
    fs::remove_file(gallery.join("ego.svg")).expect("removed");
    let run = |option: Option<&str>| {
        let script = gallery.join("draw.sh");
        Command::new("bash").arg(script).args(option).env("CIVIGRAPH", env!("CARGO_BIN_EXE_civigraph")).output().expect("bash runs")
    };
    let output = run(Some("--check"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    for name in ["events.svg", "no-view.svg", "ego.svg", "run docs/gallery/draw.sh"] {
        assert!(said.contains(name), "{name} is not named: {said}");
    }
    assert!(!gallery.join("ego.svg").exists(), "a check changes nothing");
    assert!(run(None).status.success() && run(Some("--check")).status.success(), "drawn anew, it is what is drawn");
    assert!(!gallery.join("no-view.svg").exists(), "a picture without a view goes");
}

#[test]
fn the_gallery_shows_every_picture_with_its_command_and_a_text_in_its_place() {
    let page = fs::read_to_string(root().join("docs/gallery/README.md")).expect("the page");
    let faults = pictures().into_iter().filter_map(|picture| {
        let view = picture.trim_end_matches(".svg");
        let shown = page.lines().any(|line| line.starts_with("![") && line.ends_with(&format!("]({picture})")) && !line.starts_with("![]"));
        let command = page.contains(&format!("civigraph diagram {view} -o {picture}"));
        (!shown || !command).then(|| format!("docs/gallery/README.md lacks {picture} or its command"))
    });
    crate::support::report(faults.collect());
}
