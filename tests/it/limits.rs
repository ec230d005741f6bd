//! Every bound on what comes from outside: what passes it is refused at its place, the refusal says which setting raises
//! it, and the setting does.

use std::fs;
use std::io::{Cursor, Write};

use crate::support::{Scratch, civigraph, stderr};

/// A project that sets limits.
fn limited(settings: &str) -> Scratch {
    let scratch = Scratch::small();
    let manifest = fs::read_to_string(scratch.path().join("civigraph.toml")).expect("the manifest");
    scratch.write("civigraph.toml", format!("{manifest}[limits]\n{settings}\n"));
    scratch
}

fn zip(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a part");
        archive.write_all(bytes).expect("written");
    }
    archive.finish().expect("an archive").into_inner()
}

/// The workbook of the tests with more parts.
fn workbook(more: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let whole = fs::read(crate::support::root().join("tests/cases/lift/workbook/data/s/members.xlsx")).expect("a workbook");
    let mut archive = zip::ZipArchive::new(Cursor::new(whole)).expect("an archive");
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut bytes).expect("bytes");
        parts.push((name, bytes));
    }
    let own: Vec<(&str, Vec<u8>)> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).chain(more.iter().cloned()).collect();
    zip(&own)
}

#[test]
fn what_passes_a_bound_is_refused_with_the_setting_that_raises_it() {
    let spaces = |count: usize| vec![b' '; count];
    let long = "x".repeat(5000);
    let many =
        "section: \"1\"\nOrganization: [{ id: a, name: A, note: [&l [x, x, x, x, x, x, x, x, x, x], *l, *l, *l, *l, *l, *l, *l] }]\n";
    // File, what stands in it, the setting's name, an amount that is too low and one that is not, what is said.
    let cases: Vec<(&str, Vec<u8>, &str, &str, &str)> = vec![
        ("data/s/1.yaml", [b"section: \"1\"\n".to_vec(), spaces(6000)].concat(), "file", "5K", "the file is larger than 5 KiB"),
        ("data/s/organizations.json", [b"[]".to_vec(), spaces(6000)].concat(), "file", "5K", "the file is larger than 5 KiB"),
        ("data/s/statements.ttl", spaces(6000), "file", "5K", "the file is larger than 5 KiB"),
        ("data/s/statements.rdf", spaces(6000), "file", "5K", "the file is larger than 5 KiB"),
        ("data/s/statements.jsonld", spaces(6000), "file", "5K", "the file is larger than 5 KiB"),
        ("data/s/resolutions.csv", spaces(6000), "file", "5K", "the file is larger than 5 KiB"),
        ("data/s/source.toml", [b"title = \"S\"\n".to_vec(), spaces(6000)].concat(), "file", "5K", "the file is larger than 5 KiB"),
        ("data/s/organizations.csv", [b"\xFF\xFE".to_vec(), spaces(6000)].concat(), "file", "5K", "the file is larger than 5 KiB"),
        ("data/s/members.xls", [vec![0xD0, 0xCF, 0x11, 0xE0], spaces(6000)].concat(), "file", "5K", "the workbook is larger than 5 KiB"),
        ("data/s/members.xlsx", workbook(&[]), "file", "1K", "the workbook is larger than 1 KiB"),
        ("data/s/members.xlsx", workbook(&[("xl/bomb.xml", spaces(3 << 20))]), "unpacked", "2M", "the workbook unpacks to more than 2 MiB"),
        ("data/s/members.ods", zip(&[("content.xml", spaces(3 << 20))]), "unpacked", "2M", "the workbook unpacks to more than 2 MiB"),
        ("data/s/members.xlsb", zip(&[("xl/workbook.bin", spaces(3 << 20))]), "unpacked", "2M", "the workbook unpacks to more than 2 MiB"),
        ("data/s/members.xlsx", workbook(&[("a", vec![]), ("b", vec![])]), "parts", "5", "the workbook has more parts than 5"),
        ("data/s/organizations.csv", format!("id,name,section\na,{long},1\n").into_bytes(), "cell", "4K", "a cell is larger than 4 KiB"),
        ("data/s/sections.csv", format!("locator,title\n1,{long}\n").into_bytes(), "cell", "4K", "a cell is larger than 4 KiB"),
        (
            "data/s/organizations.ndjson",
            format!("{{\"id\": \"a\", \"name\": \"{long}\", \"section\": \"1\"}}\n").into_bytes(),
            "cell",
            "4K",
            "the line is longer than 4 KiB",
        ),
        ("data/s/organizations.csv", b"id,name,section\na,A,1\n".to_vec(), "cells", "2", "a row has more than 2 cells"),
        ("data/s/1.yaml", many.into(), "values", "50", "the file holds more than 50 values"),
    ];
    let mut faults = Vec::new();
    for (file, bytes, setting, low, said) in cases {
        let amount = if low.parse::<u64>().is_ok() { low.to_owned() } else { format!("\"{low}\"") };
        let scratch = limited(&format!("{setting} = {amount}"));
        scratch.write(file, &bytes);
        let findings = scratch.findings();
        let hint = format!("`{setting}` under [limits] in civigraph.toml raises this");
        if !findings.contains(&format!("{file}:")) || !findings.contains(said) || !findings.contains(&hint) {
            faults.push(format!("{file} with {setting} = {low}: {findings:.600}"));
        }
        let scratch = limited(&format!("{setting} = {}", if low.parse::<u64>().is_ok() { "1_000" } else { "\"1G\"" }));
        scratch.write(file, &bytes);
        let findings = scratch.findings();
        if findings.contains("[limits]") {
            faults.push(format!("{file} with a higher {setting}: {findings:.600}"));
        }
    }
    crate::support::report(faults);
}

#[test]
fn texts_of_the_ontology_and_queries_are_bounded_too() {
    for file in ["ontology/more.ttl", "ontology/rules/r.rq", "queries/q.rq", "queries/checks/data/c.rq"] {
        let scratch = limited("text = \"40K\"");
        scratch.write(file, vec![b'\n'; 50_000]);
        let output = civigraph(&scratch, &["check"]);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(3), "{file}: {said}");
        assert!(said.contains(file) && said.contains("larger than 40 KiB") && said.contains("`text` under [limits]"), "{said}");
    }
    // What a person names is bounded as well: these never end.
    #[cfg(unix)]
    {
        let scratch = limited("");
        scratch.write("data/s/1.yaml", "section: \"1\"\nOrganization: [{ id: a, name: A }]\n");
        assert!(civigraph(&scratch, &["build"]).status.success());
        for arguments in [
            &["query", "/dev/zero"][..],
            &["diagram", "x", "--font", "/dev/zero", "-o", "x.svg"],
            &["diagram", "x", "--pin", "/dev/zero", "-o", "x.svg"],
            &["import", "/dev/zero"],
        ] {
            scratch.write("queries/diagrams/x.rq", "# X\nSELECT ?from ?to { ?from ?p ?to }\n");
            let output = civigraph(&scratch, &[arguments, &["--memory", "400M"]].concat());
            assert!(matches!(output.status.code(), Some(2 | 3)), "{arguments:?} {:?} {}", output.status.code(), stderr(&output));
            assert!(!stderr(&output).contains("of memory"), "{arguments:?} {}", stderr(&output));
        }
    }
}

#[test]
fn settings_of_limits_are_checked_and_the_manifest_is_bounded() {
    let output = civigraph(&limited("flie = 1"), &["check"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("there is no limit `flie`; did you mean `file`?"), "{}", stderr(&output));
    let output = civigraph(&limited("file = \"plenty\""), &["check"]);
    assert!(stderr(&output).contains("`file`: expected an amount such as"), "{}", stderr(&output));
    let output = civigraph(&limited(&format!("#{}", "x".repeat(2 << 20))), &["check"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("civigraph.toml: it is larger than 1 MiB"), "{}", stderr(&output));
}

#[cfg(unix)]
#[test]
fn what_is_written_into_a_project_stays_in_it() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().expect("a folder");
    let precious = outside.path().join("precious");
    fs::write(&precious, "precious").expect("written");
    let table = outside.path().join("members.csv");
    fs::write(&table, "name,city\nA,B\n").expect("written");
    let import = |scratch: &Scratch| civigraph(scratch, &["import", &table.to_string_lossy()]);
    // A link where the folder, the introduction or the copy goes.
    for (place, target) in [
        ("data/members", outside.path()),
        ("data/members/source.toml", &outside.path().join("new")),
        ("data/members/members.csv", &precious),
        ("data/members/members.csv", &outside.path().join("new")),
    ] {
        let scratch = Scratch::small();
        fs::create_dir_all(scratch.path().join(place).parent().expect("a folder")).expect("made");
        symlink(target, scratch.path().join(place)).expect("a link");
        let output = import(&scratch);
        assert!(matches!(output.status.code(), Some(2 | 3)), "{place}: {}", stderr(&output));
        assert_eq!(fs::read_to_string(&precious).expect("it"), "precious", "{place}");
        let mut names: Vec<_> = fs::read_dir(outside.path()).expect("it").flatten().map(|entry| entry.file_name()).collect();
        names.sort();
        assert_eq!(names, ["members.csv", "precious"], "{place}");
    }
    // What is there already is not written over.
    let scratch = Scratch::small();
    scratch.write("data/members/members.csv", "name\nmine\n");
    assert_eq!(import(&scratch).status.code(), Some(2));
    assert_eq!(fs::read_to_string(scratch.path().join("data/members/members.csv")).expect("it"), "name\nmine\n");
    // A file that mappings take their words from, behind a hidden link.
    fs::write(outside.path().join("secret.csv"), "secret of the machine,x\n").expect("written");
    let scratch = Scratch::small();
    symlink(outside.path().join("secret.csv"), scratch.path().join("data/s/.words.csv")).expect("a link");
    scratch.write("data/s/x.csv", "name\nA\n");
    scratch.write(
        "data/s/source.toml",
        "title = \"S\"\n[tables.\"x.csv\"]\nsection = \"1\"\n[[tables.\"x.csv\".records]]\nkind = \"Organization\"\nid = \"{name}\"\nname = { from = \"name\", map = \".words.csv\" }\n",
    );
    let findings = scratch.findings();
    assert!(findings.contains("link that leads out of the project") && !findings.contains("secret of"), "{findings}");
    // A file of the same name in the folder for temporary files is nobody's to write through.
    let scratch = Scratch::small();
    let output = civigraph(&scratch, &["import", &table.to_string_lossy(), "--dry-run"]);
    assert!(output.status.success() && !scratch.path().join("data/members").exists(), "{}", stderr(&output));
    let left = fs::read_dir(std::env::temp_dir())
        .expect("it")
        .flatten()
        .filter(|e| e.file_name().to_string_lossy().starts_with("civigraph-import-"));
    assert_eq!(left.count(), 0);
}
