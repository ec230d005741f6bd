//! What `civigraph template` makes, `check` takes back: as it is, filled in, and after it went through LibreOffice. Every folder under
//! `tests/templates/` is a case: `kinds` are asked for, `rows.json` is what somebody fills in, `quads.nq` and `findings.txt` are what must come
//! of it. Who fills in writes names, and dates as people write them; no id and no setting.

use std::path::Path;
use std::process::{Command, Output};

use civigraph::finding::Severity;
use civigraph::pipeline;

use crate::support::Scratch;

const MANIFEST: &str = "title = \"Rivers\"\nbase = \"https://example.org/rivers/\"\nlanguage = \"en\"\n";

fn run(scratch: &Scratch, program: &str, arguments: &[&str]) -> Option<Output> {
    Command::new(program).args(arguments).current_dir(scratch.path()).output().ok()
}

fn civigraph(scratch: &Scratch, arguments: &[&str]) -> Output {
    let output = crate::support::civigraph(scratch, arguments);
    assert!(output.status.success(), "civigraph {}: {}", arguments.join(" "), crate::support::stderr(&output));
    output
}

/// The kinds that a project knows.
fn kinds(scratch: &Scratch) -> Vec<String> {
    pipeline::open(&scratch.project()).expect("the ontology").0.schema.kinds.keys().cloned().collect()
}

/// What the statements of a project are, its citations left out: rows may move.
fn statements(scratch: &Scratch) -> String {
    let made = scratch.make();
    let store = civigraph::store::Store::from(made.dataset.expect("a graph"));
    let quads = store.quads(None, None, None, Some(civigraph::store::In::Named)).map(|quad| quad.expect("a quad"));
    let own = quads.filter(|quad| quad.graph_name.to_string().contains("/source/"));
    let mut lines: Vec<String> = own.map(|quad| format!("{} {} {} .", quad.subject, quad.predicate, quad.object)).collect();
    lines.sort();
    lines.dedup();
    lines.push(String::new());
    lines.join("\n")
}

#[test]
fn a_template_of_every_kind_is_taken_back_empty() {
    let scratch = Scratch::bare(MANIFEST);
    scratch.write("data/list/source.toml", "title = \"List\"\n");
    let kinds = kinds(&scratch);
    assert!(kinds.len() > 20, "kinds are missing");
    let mut arguments = vec!["template"];
    arguments.extend(kinds.iter().map(String::as_str));
    arguments.extend(["-o", "data/list/all.xlsx"]);
    civigraph(&scratch, &arguments);
    let first = std::fs::read(scratch.path().join("data/list/all.xlsx")).expect("the workbook");
    for kind in &kinds {
        let plural = pipeline::open(&scratch.project()).expect("the ontology").0.schema.kinds[kind].plural.clone();
        civigraph(&scratch, &["template", kind, "-o", &format!("data/list/{plural}.csv")]);
    }
    let made = scratch.make();
    let faults: Vec<String> = made
        .findings
        .iter()
        .filter(|finding| finding.code != "example-row")
        .map(|finding| format!("{}: {} {}", finding.location, finding.code, finding.message))
        .collect();
    assert_eq!(made.findings.iter().filter(|finding| finding.code == "example-row").count(), 2 * kinds.len());
    crate::support::report(faults);
    arguments.pop();
    arguments.push("again.xlsx");
    civigraph(&scratch, &arguments);
    assert!(first == std::fs::read(scratch.path().join("again.xlsx")).expect("the workbook"), "the same project gave other bytes");
}

#[test]
fn names_that_exist_are_offered_and_hold() {
    let scratch = Scratch::repository();
    civigraph(&scratch, &["template", "Membership", "-o", "members.xlsx"]);
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(scratch.path().join("members.xlsx")).expect("a workbook");
    let lists = calamine::Reader::worksheet_range(&mut book, "Lists").expect("the lists");
    let text = lists.rows().flatten().map(ToString::to_string).collect::<Vec<_>>();
    for offered in ["Centre for Human Rights", "Founding member", "Civil Society Alliance Pakistan"] {
        assert!(text.iter().any(|cell| cell.eq_ignore_ascii_case(offered)), "{offered} is not offered");
    }
    let defined = calamine::Reader::defined_names(&book).to_vec();
    assert!(
        defined.iter().any(|(name, _)| name == "codes_role") && defined.iter().any(|(name, _)| name.starts_with("names_")),
        "{defined:?}"
    );
}

fn case(folder: &Path) -> Vec<String> {
    let scratch = Scratch::bare(MANIFEST);
    let kinds = std::fs::read_to_string(folder.join("kinds")).expect("the kinds");
    let mut arguments = vec!["template"];
    arguments.extend(kinds.split_whitespace());
    arguments.extend(["-o", "empty.xlsx"]);
    civigraph(&scratch, &arguments);
    let script = folder.parent().expect("a folder").join("fill.py");
    let (script, rows) = (script.display().to_string(), folder.join("rows.json").display().to_string());
    match run(&scratch, "python3", &["-c", "import openpyxl"]) {
        Some(output) if output.status.success() => {}
        _ => {
            println!("skipped: Python with openpyxl is not installed, so that no template was filled in");
            return Vec::new();
        }
    }
    let filled = run(&scratch, "python3", &[&script, "empty.xlsx", &rows, "filled.xlsx"]).expect("python runs");
    assert!(filled.status.success(), "{}", String::from_utf8_lossy(&filled.stderr));
    civigraph(&scratch, &["import", "filled.xlsx"]);
    let made = scratch.make();
    let own = statements(&scratch);
    let mut faults: Vec<String> =
        crate::support::expect(&folder.join("findings.txt"), &crate::support::shown_findings(&made)).into_iter().collect();
    faults.extend(crate::support::expect(&folder.join("statements.nt"), &own));
    assert_eq!(made.findings.count(Severity::Error), 0, "{}", crate::support::shown_findings(&made));
    // LibreOffice wants a home of its own, or two at once are in each other's way.
    let home = format!("-env:UserInstallation=file://{}/office", scratch.path().display());
    match run(
        &scratch,
        "soffice",
        &[&home, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", "through", "filled.xlsx"],
    ) {
        Some(output) if output.status.success() && scratch.path().join("through/filled.xlsx").exists() => {
            std::fs::copy(scratch.path().join("through/filled.xlsx"), scratch.path().join("data/filled/filled.xlsx")).expect("copied");
            let (after, made) = (statements(&scratch), scratch.make());
            if after != own {
                let gone = own.lines().filter(|line| !after.contains(line)).chain(after.lines().filter(|line| !own.contains(line)));
                faults.push(format!("LibreOffice changed:\n{}", gone.collect::<Vec<_>>().join("\n")));
            }
            if made.findings.count(Severity::Error) > 0 {
                faults.push(format!("after LibreOffice: {}", crate::support::shown_findings(&made)));
            }
        }
        _ => println!("skipped in part: LibreOffice (soffice) is not installed, so that no template went through it"),
    }
    faults
}

#[test]
fn templates_filled_in_make_the_graph_that_is_meant() {
    let cases = crate::support::folders(&crate::support::root().join("tests/templates"));
    assert!(!cases.is_empty(), "the cases are gone");
    crate::support::report(cases.iter().flat_map(|folder| case(folder)).collect());
}
