//! Findings in a copy of somebody's workbook: its own content, looks, comments and charts stay, bad cells are coloured and commented, and a list leads to
//! them. What is written is read by other programs: openpyxl, and LibreOffice where it is.

use std::process::{Command, Output};

use crate::support::Scratch;

fn project() -> Option<Scratch> {
    let scratch = Scratch::bare("title = \"Rivers\"\nbase = \"https://example.org/rivers/\"\nlanguage = \"en\"\n");
    scratch.write("data/list/source.toml", "title = \"List\"\n[tables.\"members.xlsx/Our members\"]\nkind = \"Organization\"\n");
    scratch.write("data/list/a.yaml", "Alliance:\n  - { id: river-alliance, name: River Alliance, at: p1, section: a.yaml }\n");
    let script = crate::support::root().join("tests/marked/workbook.py").display().to_string();
    let made = run(&scratch, "python3", &[&script, "data/list/members.xlsx"]);
    if made.is_none_or(|made| !made.status.success()) {
        println!("skipped: Python with openpyxl is not installed, so that there is no workbook to mark");
        return None;
    }
    Some(scratch)
}

fn run(scratch: &Scratch, program: &str, arguments: &[&str]) -> Option<Output> {
    Command::new(program).args(arguments).current_dir(scratch.path()).output().ok()
}

#[test]
fn a_marked_copy_is_the_workbook_with_its_bad_cells_marked() {
    let Some(scratch) = project() else { return };
    let checked = crate::support::civigraph(&scratch, &["check", "-o", "findings.xlsx"]);
    assert_eq!(checked.status.code(), Some(1), "{}", crate::support::stderr(&checked));
    crate::support::civigraph(&scratch, &["check", "-o", "again.xlsx"]);
    crate::support::civigraph(&scratch, &["check", "-o", "findings.json"]);
    let read = |name: &str| std::fs::read(scratch.path().join(name)).expect("the copy");
    assert!(read("findings.xlsx") == read("again.xlsx"), "the same findings gave other bytes");
    let script = crate::support::root().join("tests/marked/held.py").display().to_string();
    let held = run(&scratch, "python3", &[&script, "data/list/members.xlsx", "findings.xlsx", "findings.json"]).expect("python runs");
    assert!(held.status.success(), "{}", String::from_utf8_lossy(&held.stderr));
    let home = format!("-env:UserInstallation=file://{}/office", scratch.path().display());
    match run(
        &scratch,
        "soffice",
        &[&home, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", "through", "findings.xlsx"],
    ) {
        Some(output) if output.status.success() && scratch.path().join("through/findings.xlsx").exists() => {
            let count = "import sys, openpyxl\nbook = openpyxl.load_workbook(sys.argv[1])\nprint(sum(1 for sheet in book for row in sheet.iter_rows() for cell in row if cell.comment))";
            let counted = |file: &str| run(&scratch, "python3", &["-c", count, file]).map(|output| output.stdout);
            assert_eq!(counted("findings.xlsx"), counted("through/findings.xlsx"), "LibreOffice read other comments");
        }
        _ => println!("skipped in part: LibreOffice (soffice) is not installed, so that no marked copy went through it"),
    }
}

#[test]
fn of_several_workbooks_each_has_its_copy_and_the_list_stays_whole() {
    let Some(scratch) = project() else { return };
    std::fs::copy(scratch.path().join("data/list/members.xlsx"), scratch.path().join("data/list/more.xlsx")).expect("copied");
    scratch.write("data/list/source.toml", "title = \"List\"\n[tables.\"m*.xlsx/Our members\"]\nkind = \"Organization\"\n");
    let checked = crate::support::civigraph(&scratch, &["check", "-o", "findings.xlsx"]);
    assert_eq!(checked.status.code(), Some(1), "{}", crate::support::stderr(&checked));
    for file in ["findings.xlsx", "findings-list-members.xlsx", "findings-list-more.xlsx"] {
        assert!(scratch.path().join(file).exists(), "{file}: {}", crate::support::stderr(&checked));
    }
}

#[test]
fn a_workbook_that_cannot_be_copied_is_said_and_its_findings_are_listed() {
    let scratch = Scratch::small();
    scratch.write("data/s/members.xlsx", "no archive at all");
    let checked = crate::support::civigraph(&scratch, &["check", "-o", "findings.xlsx"]);
    assert_eq!(checked.status.code(), Some(1));
    assert!(scratch.path().join("findings.xlsx").exists(), "{}", crate::support::stderr(&checked));
}
