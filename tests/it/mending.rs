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

#[test]
fn texts_of_a_workbook_are_mended_in_place_and_all_else_stays() {
    use rust_xlsxwriter::{Color, Format, Note, Workbook};
    let root = crate::support::root().join("tests/commands/_project");
    let scratch = Scratch::bare(&std::fs::read_to_string(root.join("civigraph.toml")).expect("the manifest"));
    crate::support::copy(&root.join("data"), &scratch.path().join("data"));
    scratch.write("data/book/source.toml", "title = \"A workbook\"\nas_of = 2025-12-31\n");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("memberships").expect("a name");
    let red = Format::new().set_background_color(Color::Red).set_bold();
    for (column, text) in ["member", "organization", "role", "note"].iter().enumerate() {
        sheet.write_string(0, column as u16, *text).expect("a cell");
    }
    sheet.write_string_with_format(1, 0, "green-bank ", &red).expect("a cell");
    sheet.write_string_with_format(1, 1, "delta-netwrok", &red).expect("a cell");
    sheet.write_string(1, 2, "observer").expect("a cell");
    sheet.write_formula(1, 3, "=A2&\" & more\"").expect("a cell");
    sheet.insert_note(1, 1, &Note::new("ask Ada")).expect("a note");
    book.save(scratch.path().join("data/book/members.xlsx")).expect("written");
    let parts = |scratch: &Scratch| -> std::collections::BTreeMap<String, Vec<u8>> {
        let file = std::fs::File::open(scratch.path().join("data/book/members.xlsx")).expect("the workbook");
        let mut archive = zip::ZipArchive::new(file).expect("an archive");
        (0..archive.len())
            .map(|index| {
                let mut part = archive.by_index(index).expect("a part");
                let mut bytes = Vec::new();
                std::io::Read::read_to_end(&mut part, &mut bytes).expect("its bytes");
                (part.name().expect("a name").into_owned(), bytes)
            })
            .collect()
    };
    let before = parts(&scratch);
    let shown = crate::support::civigraph(&scratch, &["check", "--diff"]);
    let diff = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(diff.contains("@@ memberships!B2 @@\n-delta-netwrok\n+delta-network\n"), "{diff}{}", crate::support::stderr(&shown));
    assert!(diff.contains("-green-bank \n+green-bank\n"), "{diff}");
    assert!(before == parts(&scratch), "--diff changed the workbook");
    let fixed = crate::support::civigraph(&scratch, &["check", "--fix"]);
    assert!(crate::support::stderr(&fixed).contains("mended 2 places in 1 file"), "{}", crate::support::stderr(&fixed));
    let after = parts(&scratch);
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for (name, bytes) in &before {
        assert!(*bytes == after[name] || name.ends_with("sheet1.xml"), "{name} changed");
    }
    let sheet = String::from_utf8_lossy(&after["xl/worksheets/sheet1.xml"]).into_owned();
    assert!(sheet.contains("delta-network") && sheet.contains("<f>A2&amp;") && sheet.contains(" s=\"1\" t=\"inlineStr\""), "{sheet}");
    let again = crate::support::civigraph(&scratch, &["check", "--diff"]);
    assert_eq!(String::from_utf8_lossy(&again.stdout), "");
}
