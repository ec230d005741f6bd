//! The README's commands are run, and what it says they print is what they print. Times are not compared.

use std::process::Command;

/// Seconds differ from run to run, and so do version-dependent hashes; everything else must not.
fn timeless(text: &str) -> String {
    let mut words = Vec::new();
    for line in text.lines() {
        let mut line = line.trim_end().to_owned();
        if let (Some(start), Some(end)) = (line.find(" in ").map(|at| at + 4), line.find(" s)"))
            && start < end
            && line[start..end].chars().all(|c| c.is_ascii_digit() || c == '.')
        {
            line.replace_range(start..end, "…");
        }
        words.push(line);
    }
    words.join("\n").trim_end().to_owned()
}

#[test]
fn what_the_readme_says_is_what_happens() {
    let readme = std::fs::read_to_string(crate::support::root().join("README.md")).expect("the README");
    let copy = crate::support::Scratch::repository();
    let mut faults = Vec::new();
    let mut commands = 0;
    for block in readme.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap_or("");
        for step in block.split("$ ").skip(1) {
            let (command, expected) = step.split_once('\n').unwrap_or((step, ""));
            let shell = match command.strip_prefix("cargo run") {
                Some(rest) => format!("civigraph{}", rest.trim_start_matches(" --").trim_end()),
                None if command.starts_with("civigraph") => command.to_owned(),
                None => continue,
            };
            commands += 1;
            let folder = std::path::Path::new(env!("CARGO_BIN_EXE_civigraph")).parent().expect("a folder").to_path_buf();
            let path =
                std::env::join_paths(std::iter::once(folder).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())))
                    .expect("a path");
            let output = Command::new("sh")
                .args(["-c", &shell])
                .current_dir(copy.path())
                .env("PATH", path)
                .env("COLUMNS", "100")
                .env("NO_COLOR", "1")
                .output()
                .expect("sh runs");
            let found = String::from_utf8_lossy(&output.stdout).into_owned();
            if !output.status.success() {
                faults.push(format!("$ {command}\nfailed: {}", String::from_utf8_lossy(&output.stderr)));
            } else if timeless(&found) != timeless(expected) {
                faults.push(format!("$ {command}\n--- README\n{}\n--- found\n{}", timeless(expected), timeless(&found)));
            }
        }
    }
    assert!(commands >= 5, "the README shows only {commands} commands");
    crate::support::report(faults);
}
