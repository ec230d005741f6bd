//! Rows of hostile terms, written in every format of answers and read by readers that had no part in the writing: terms and texts are
//! what they were, nothing is a formula, markup or a link; what a format cannot hold is refused with its row and column.

use std::sync::Arc;

use civigraph::query::answer::separated::is_formula;
use civigraph::query::answer::{AnswerError, Heading, Layout, RowFormat, Shown, write_rows};
use civigraph::store::Store;
use oxigraph::model::{Term, Variable};
use oxigraph::sparql::QuerySolutionIter;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::hostile_terms::{MARKED, draw, term};
use crate::support::{Scratch, has_python, python, report};

type Rows = Vec<Vec<Option<Term>>>;

fn written(rows: &Rows, format: RowFormat, scratch: &Scratch) -> Result<Vec<u8>, AnswerError> {
    let store = Store::from(Scratch::small().make().dataset.expect("a graph"));
    let (project, prefixes) = (scratch.project(), civigraph::iri::Prefixes::default());
    let variables: Arc<[Variable]> = ["a", "b"].into_iter().take(rows[0].len()).map(Variable::new_unchecked).collect();
    let solutions = QuerySolutionIter::from_tuples(variables, rows.iter().cloned().map(Ok).collect::<Vec<_>>());
    let heading =
        Heading { title: "<i>*Hostile*</i>".to_owned(), notes: "<b>".to_owned(), facts: vec![("=a".to_owned(), "=b".to_owned())] };
    let shown = Shown { store: &store, prefixes: &prefixes, base: &project.base, language: "en", raw: true };
    let mut bytes = Vec::new();
    write_rows(solutions, Layout { format, shown, width: 80, limit: None, heading: &heading, named: false, sort: &[] }, &mut bytes)
        .map(|_| bytes)
}

fn rows() -> Rows {
    let cell = || proptest::option::weighted(0.9, term());
    let mut rows: Rows = MARKED.iter().map(|text| vec![Some(oxigraph::model::Literal::from(*text).into()), None]).collect();
    rows.extend(draw(&(cell(), cell()).prop_map(|(a, b)| vec![a, b]), 250));
    rows
}

fn told(term: Option<&Term>) -> Value {
    match term {
        None => Value::Null,
        Some(Term::NamedNode(node)) => json!(["iri", node.as_str()]),
        Some(Term::BlankNode(blank)) => json!(["blank", blank.as_str()]),
        Some(Term::Literal(literal)) => {
            let tag = literal.language().unwrap_or_default().to_lowercase();
            let kind = literal.datatype().as_str();
            let kind = kind.strip_prefix("http://www.w3.org/2001/XMLSchema#").unwrap_or(kind);
            json!(["literal", literal.value(), tag, if tag.is_empty() { kind } else { "" }])
        }
    }
}

fn text(term: Option<&Term>) -> String {
    match term {
        None => String::new(),
        Some(Term::NamedNode(node)) => node.as_str().to_owned(),
        Some(Term::BlankNode(blank)) => blank.to_string(),
        Some(Term::Literal(literal)) => literal.value().to_owned(),
    }
}

/// Takes the guard of a cell off, as docs/decisions/spreadsheets.md says.
fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest.trim_start_matches('\'')) => rest,
        _ => cell,
    }
}

/// As a document shows a text: what is no character of XML is seen as one, space is one space.
fn seen(text: &str) -> String {
    let odd = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffd}');
    text.chars().map(|c| if odd(c) { '?' } else { c }).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cells(read: &Value) -> Result<Vec<Vec<String>>, String> {
    let rows = read.as_array().ok_or_else(|| read.to_string())?;
    let cell = |cell: &Value| cell.as_str().unwrap_or_default().to_owned();
    Ok(rows.iter().map(|row| row.as_array().map(|row| row.iter().map(cell).collect()).unwrap_or_default()).collect())
}

#[test]
fn any_row_of_hostile_terms_is_read_by_another_reader_as_it_was() {
    let scratch = Scratch::small();
    let rows = rows();
    let is_xml = |row: &Vec<Option<Term>>| row.iter().flatten().all(|term| text(Some(term)).chars().all(civigraph::text::is_xml));
    let for_xml: Rows = rows.iter().filter(|row| is_xml(row)).cloned().collect();
    assert!(for_xml.len() > 200 && for_xml.len() < rows.len());
    for (file, format) in [
        ("exact.csv", RowFormat::ExactCsv),
        ("guarded.csv", RowFormat::Csv),
        ("a.tsv", RowFormat::Tsv),
        ("a.json", RowFormat::Json),
        ("a.ndjson", RowFormat::Ndjson),
        ("a.xml", RowFormat::Xml),
        ("a.md", RowFormat::Markdown),
        ("a.html", RowFormat::Html),
        ("a.xlsx", RowFormat::Xlsx),
    ] {
        let rows = if format == RowFormat::Xml { &for_xml } else { &rows };
        scratch.write(file, written(rows, format, &scratch).expect("it is written"));
    }
    if !["rdflib", "openpyxl", "markdown_it"].into_iter().all(has_python) {
        return;
    }
    let files = ["exact.csv", "guarded.csv", "a.tsv", "a.json", "a.ndjson", "a.xml", "a.md", "a.html", "a.xlsx"];
    let read = python("tests/formats/results.py", &scratch, &files);
    let mut faults: Vec<String> = Vec::new();
    let hold = |faults: &mut Vec<String>, file: &str, found: &[String], expected: &[String]| {
        if found.len() != expected.len() {
            faults.push(format!("{file}: {} rows read of {}; {:?}", found.len(), expected.len(), found.first()));
        }
        let differing = found.iter().zip(expected).filter(|(found, expected)| found != expected).take(4);
        faults.extend(differing.map(|(f, e)| format!("{file}: {f:.300}\n  is not {e:.300}")));
    };
    let terms = |rows: &Rows| -> Vec<String> {
        rows.iter().map(|row| json!(row.iter().map(|t| told(t.as_ref())).collect::<Vec<_>>()).to_string()).collect()
    };
    for file in ["a.tsv", "a.json", "a.xml"] {
        let expected = terms(if file == "a.xml" { &for_xml } else { &rows });
        let found: Vec<String> =
            read[file].as_array().map_or(vec![read[file].to_string()], |rows| rows.iter().map(Value::to_string).collect());
        hold(&mut faults, file, &found, &expected);
    }
    // What is a number or a truth there is one that says the same; all else is the text.
    let found = read["a.ndjson"].as_array().cloned().unwrap_or_default();
    let plain = |term: Option<&Term>, found: &Value| -> bool {
        let (Some(term), Some(value)) = (term, found[1].as_str()) else { return term.is_none() && found.is_null() };
        let own = text(Some(term));
        match found[0].as_str() {
            Some("str") => value == own,
            Some("bool") => {
                value
                    == if own == "1" {
                        "true"
                    } else if own == "0" {
                        "false"
                    } else {
                        own.as_str()
                    }
            }
            _ => value.parse::<f64>().ok() == own.parse::<f64>().ok(),
        }
    };
    let odd = rows.iter().zip(&found).filter(|(row, found)| (0..row.len()).any(|n| !plain(row[n].as_ref(), &found[n])));
    let odd: Vec<String> = odd.map(|(row, found)| format!("a.ndjson: {found:.300} is not {row:?}")).take(4).collect();
    hold(&mut faults, "a.ndjson", &vec![String::new(); found.len()], &vec![String::new(); rows.len()]);
    faults.extend(odd);
    let all = |each: &dyn Fn(&str) -> String| -> Vec<String> {
        rows.iter().map(|row| format!("{:?}", row.iter().map(|term| each(&text(term.as_ref()))).collect::<Vec<_>>())).collect()
    };
    let lines = |read: &Value, each: &dyn Fn(&str) -> String| -> Vec<String> {
        cells(read).map_or_else(
            |fault| vec![fault],
            |rows| rows.iter().map(|row| format!("{:?}", row.iter().map(|c| each(c)).collect::<Vec<_>>())).collect(),
        )
    };
    let same = |text: &str| text.to_owned();
    hold(&mut faults, "exact.csv", &lines(&read["exact.csv"], &same), &all(&same));
    hold(&mut faults, "guarded.csv", &lines(&read["guarded.csv"], &|cell| unguarded(cell).to_owned()), &all(&same));
    hold(&mut faults, "a.html", &lines(&read["a.html"]["rows"], &seen), &all(&seen));
    // A Markdown answer is read on terminals too: what would steer one is shown as a sign.
    hold(&mut faults, "a.md", &lines(&read["a.md"]["rows"], &seen), &all(&|text| seen(&civigraph::values::text::shown(text))));
    // A workbook's numbers of every sort, days and truths are no texts.
    let is_text = |term: Option<&Term>| !matches!(term, Some(Term::Literal(literal)) if ["integer", "Integer", "decimal", "double", "float", "long", "Long", "int", "Int", "short", "Short", "byte", "Byte", "boolean", "date"].iter().any(|name| literal.datatype().as_str().ends_with(name)));
    let texts: Rows = rows.iter().map(|row| row.iter().map(|term| term.clone().filter(|term| is_text(Some(term)))).collect()).collect();
    let found = cells(&read["a.xlsx"]).expect("openpyxl reads the workbook");
    let keep = |cell: &str, term: Option<&Term>| if term.is_some() { cell.to_owned() } else { String::new() };
    let found: Vec<String> = found
        .iter()
        .zip(&texts)
        .map(|(row, terms)| format!("{:?}", row.iter().zip(terms).map(|(cell, term)| keep(cell, term.as_ref())).collect::<Vec<_>>()))
        .collect();
    let expected: Vec<String> =
        texts.iter().map(|row| format!("{:?}", row.iter().map(|term| text(term.as_ref())).collect::<Vec<_>>())).collect();
    hold(&mut faults, "a.xlsx", &found, &expected);
    // Nothing a spreadsheet would run, nothing that is markup.
    let guarded = cells(&read["guarded.csv"]).expect("csv");
    faults.extend(guarded.iter().flatten().filter(|cell| is_formula(cell)).map(|cell| format!("a formula in CSV: {cell:.60}")));
    for (file, tags) in [
        ("a.md", &["table", "tbody", "td", "th", "thead", "tr"][..]),
        (
            "a.html",
            &[
                "html", "head", "meta", "title", "style", "body", "h1", "p", "dl", "dt", "dd", "div", "table", "thead", "tbody", "tr",
                "th", "td", "a", "footer",
            ],
        ),
    ] {
        let found = read[file]["tags"].as_array().cloned().unwrap_or_default();
        faults
            .extend(found.iter().filter(|tag| !tags.contains(&tag.as_str().unwrap_or_default())).map(|tag| format!("{file}: a tag {tag}")));
        let links = read[file]["links"].as_array().cloned().unwrap_or_default();
        let fine = |link: &&Value| {
            file == "a.html" && link.as_str().is_some_and(|link| link.starts_with("http://") || link.starts_with("https://"))
        };
        faults.extend(links.iter().filter(|link| !fine(link)).map(|link| format!("{file}: a link {link}")));
    }
    report(faults);
}

#[test]
fn what_xml_cannot_hold_is_refused_with_its_row_and_column() {
    let scratch = Scratch::small();
    let text = |text: &str| Some(Term::from(oxigraph::model::Literal::from(text)));
    let rows: Rows = vec![vec![text("fine\r\n"), None], vec![None, text("a\u{1}b")]];
    let error = written(&rows, RowFormat::Xml, &scratch).expect_err("a control character");
    assert_eq!(error.to_string(), "SPARQL XML cannot hold row 2, ?b: it has no way to write the character U+0001 in \"a\\u0001b\"");
    let fine = written(&rows[..1].to_vec(), RowFormat::Xml, &scratch).expect("no control character");
    assert!(String::from_utf8_lossy(&fine).contains("<literal>fine&#13;\n</literal>"), "{}", String::from_utf8_lossy(&fine));
}

#[test]
fn a_row_without_anything_is_a_row() {
    let scratch = Scratch::small();
    let rows: Rows =
        vec![vec![None], vec![Some(oxigraph::model::Literal::from("").into())], vec![Some(oxigraph::model::Literal::from("x").into())]];
    for format in [RowFormat::Csv, RowFormat::ExactCsv] {
        assert_eq!(String::from_utf8(written(&rows, format, &scratch).expect("rows")).expect("text"), "a\r\n\"\"\r\n\"\"\r\nx\r\n");
    }
}
