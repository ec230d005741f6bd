//! A new project builds as it is, whatever its folder is called, and the command that is shown for it is one that a shell
//! understands.

use std::fs;
use std::path::Path;
use std::process::Command;

#[cfg(unix)]
#[test]
fn a_new_project_builds_whatever_its_folder_is_called() {
    let scratch = tempfile::tempdir().expect("a folder");
    let names = ["alliance", "River Alliance", "it's \"new\" $HOME", "سول سوسائٹی", "--", "line\nbreak", "{name} {title}", "\\"];
    for name in names {
        let folder = scratch.path().join(name);
        let civigraph = |arguments: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_civigraph"));
            command.args(arguments).current_dir(scratch.path());
            command.output().expect("it runs")
        };
        let made = civigraph(&["init", "--", name]);
        let said = String::from_utf8_lossy(&made.stderr).into_owned();
        assert!(made.status.success(), "{name}: {said}");
        let built = Command::new("/bin/sh")
            .args(["-c", said.split_once(":\n").expect("a command").1])
            .env("PATH", Path::new(env!("CARGO_BIN_EXE_civigraph")).parent().expect("a folder"))
            .current_dir(scratch.path())
            .output()
            .expect("sh runs");
        let (out, err) = (String::from_utf8_lossy(&built.stdout), String::from_utf8_lossy(&built.stderr));
        assert!(built.status.success() && out.contains("records    6"), "{name}: {said}{out}{err}");
        let title = name.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(out.starts_with(&title), "{name}: {out}");
        assert!(out.contains("findings   1 info"), "{name}: {out}");
        let again = civigraph(&["init", "--", name]);
        assert_eq!(again.status.code(), Some(2), "a project is not written over");
        assert!(fs::read_to_string(folder.join("README.md")).expect("a page").starts_with(&format!("# {title}\n")));
    }
}
