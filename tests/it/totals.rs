//! Nothing is lost and nothing is merged in what is counted and added up: thousands of grants among few, in several currencies, some without
//! an amount, come out of every format with the number and the sum per currency that their records have, one edge or row each.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use calamine::{Data, Reader, Xlsx};

use crate::support::{Scratch, civigraph, report};

/// A grant as its record has it: pence, so that sums are exact.
struct Grant {
    funder: String,
    currency: Option<&'static str>,
    pence: Option<i64>,
    day: String,
}

/// Number and sum in pence of the grants in each currency; those without an amount under none.
type Totals = BTreeMap<String, (usize, i64)>;

const GRANTS: usize = 3000;
const FUNDERS: usize = 3;

fn made() -> &'static (Scratch, Vec<Grant>) {
    static MADE: OnceLock<(Scratch, Vec<Grant>)> = OnceLock::new();
    MADE.get_or_init(|| {
        let scratch = Scratch::bare("title = \"Grants\"\nbase = \"https://example.org/\"\n");
        scratch.write("data/s/source.toml", "title = \"Grants\"\nshort = \"G\"\nas_of = 2025-12-31\n");
        scratch.write("data/s/sections.csv", "locator,title,page,parent\n1,One,1,\n");
        let mut things = String::from("section: \"1\"\nFund:\n");
        (0..FUNDERS).for_each(|n| things.push_str(&format!("  - {{ id: funder-{n}, name: Funder {n} }}\n")));
        things.push_str("Organization:\n");
        (0..5).for_each(|n| things.push_str(&format!("  - {{ id: taker-{n}, name: Taker {n} }}\n")));
        scratch.write("data/s/things.yaml", things);
        let mut rows = String::from("section,id,funder,recipient,when,value,currency\n");
        let mut grants = Vec::new();
        let mut state: u64 = 7;
        let mut next = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for n in 0..GRANTS {
            let (funder, taker) = (next(FUNDERS as u64), next(5));
            // Days and amounts come again and again, so that only what tells grants apart does.
            let day = format!("20{:02}-{:02}-{:02}", 10 + next(4), 1 + next(12), 1 + next(28));
            let (currency, pence) = match next(10) {
                0 => (None, None),
                1 | 2 => (Some("USD"), Some(100 * (1 + next(900)) as i64)),
                3 => (Some("EUR"), Some((1 + next(9_000_000)) as i64)),
                _ => (Some("GBP"), Some(if next(3) == 0 { 50_000 } else { (1 + next(5_000_000)) as i64 })),
            };
            let value = pence.map(|pence| format!("{}.{:02}", pence / 100, pence % 100)).unwrap_or_default();
            rows.push_str(&format!("1,grant-{n},funder-{funder},taker-{taker},{day},{value},{}\n", currency.unwrap_or_default()));
            grants.push(Grant { funder: format!("funder-{funder}"), currency, pence, day });
        }
        scratch.write("data/s/funding.csv", rows);
        let built = civigraph(&scratch, &["build"]);
        assert!(built.status.success(), "{}", crate::support::stderr(&built));
        (scratch, grants)
    })
}

fn expected(of: impl Fn(&Grant) -> bool) -> Totals {
    let mut totals = Totals::new();
    for grant in made().1.iter().filter(|grant| of(grant)) {
        add(&mut totals, grant.currency.unwrap_or_default(), 1, grant.pence.unwrap_or(0));
    }
    totals
}

fn add(totals: &mut Totals, currency: &str, count: usize, pence: i64) {
    let total = totals.entry(currency.to_owned()).or_default();
    total.0 += count;
    total.1 += pence;
}

fn run(arguments: &[&str]) -> Vec<u8> {
    let output = civigraph(&made().0, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", crate::support::stderr(&output));
    output.stdout
}

fn text(arguments: &[&str]) -> String {
    String::from_utf8(run(arguments)).expect("UTF-8")
}

fn pence(number: f64) -> i64 {
    (number * 100.0).round() as i64
}

/// `1,250.5` or `12.5 million` in pence.
fn read(number: &str) -> i64 {
    let (digits, unit) = number.split_once(' ').map_or((number, 1.0), |(digits, word)| {
        (
            digits,
            match word {
                "million" => 1e6,
                "billion" => 1e9,
                other => panic!("{other}"),
            },
        )
    });
    pence(digits.replace(',', "").parse::<f64>().unwrap_or_else(|_| panic!("{number}")) * unit)
}

/// The value between two texts.
fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    let from = text.find(start)? + start.len();
    Some(&text[from..from + text[from..].find(end)?])
}

#[test]
fn graph_files_the_page_and_the_workbook_have_an_edge_or_a_row_for_every_grant() {
    let expected = expected(|_| true);
    let mut faults = Vec::new();
    let mut hold = |format: &str, totals: &Totals| {
        if *totals != expected {
            faults.push(format!("{format}: {totals:?}, the records have {expected:?}"));
        }
    };
    for (format, split, amount, currency) in [
        ("graphml", "<edge ", ("edge_amount\">", "<"), ("edge_currency\">", "<")),
        ("gexf", "<edge ", ("for=\"amount\" value=\"", "\""), ("for=\"currency\" value=\"", "\"")),
    ] {
        let mut totals = Totals::new();
        for edge in text(&["diagram", "funding", "--format", format]).split(split).skip(1) {
            let value = between(edge, amount.0, amount.1).map_or(0, |value| pence(value.parse().expect("a number")));
            add(&mut totals, between(edge, currency.0, currency.1).unwrap_or_default(), 1, value);
        }
        hold(format, &totals);
    }
    let mut totals = Totals::new();
    let whole: serde_json::Value = serde_json::from_slice(&run(&["diagram", "funding", "--format", "cyjs"])).expect("JSON");
    for edge in whole["elements"]["edges"].as_array().expect("edges") {
        let data = &edge["data"];
        add(&mut totals, data["currency"].as_str().unwrap_or_default(), 1, data["amount"].as_f64().map_or(0, pence));
    }
    hold("cyjs", &totals);
    let mut totals = Totals::new();
    for row in text(&["diagram", "funding", "--format", "html"]).split("<tr data-from").skip(1) {
        match between(row, "amount</dt>", "</dd>")
            .and_then(|said| said.rsplit('>').next())
            .filter(|said| *said != "not stated")
            .and_then(|said| said.split_once(' '))
        {
            Some((currency, number)) => add(&mut totals, currency, 1, read(number)),
            None => add(&mut totals, "", 1, 0),
        }
    }
    hold("html", &totals);
    let file = made().0.path().join("out.xlsx");
    run(&["diagram", "funding", "-o", &file.to_string_lossy()]);
    let mut book: Xlsx<_> = calamine::open_workbook(&file).expect("a workbook");
    let sheet = book.worksheet_range("Ties").expect("the ties");
    let heads: Vec<String> = sheet.rows().next().expect("heads").iter().map(ToString::to_string).collect();
    let at = |name: &str| heads.iter().position(|head| head == name).expect("the column");
    let (amount, currency) = (at("amount"), at("currency"));
    let mut totals = Totals::new();
    for row in sheet.rows().skip(1) {
        let value = match &row[amount] {
            Data::Float(number) => pence(*number),
            Data::Int(number) => 100 * number,
            _ => 0,
        };
        add(&mut totals, &row[currency].to_string(), 1, value);
    }
    hold("xlsx", &totals);
    report(faults);
}

#[test]
fn pictures_and_their_texts_add_up_to_what_the_records_do() {
    let expected = expected(|_| true);
    let mut faults = Vec::new();
    for format in ["dot", "mmd", "svg"] {
        let said = text(&["diagram", "funding", "--format", format, "--theme", "light"]);
        let said = said.replace("#58;", ":").replace("#44;", ",").replace("\\n", " ").replace("<br>", " ");
        let mut totals = Totals::new();
        // A line says `12 grants, GBP 5,000`; in the picture a band says so in its tooltip.
        let lines: Vec<&str> = match format {
            "svg" => said
                .split("<title>")
                .skip(1)
                .filter_map(|rest| rest.split("</title>").next())
                .filter(|title| title.contains("Taker"))
                .collect(),
            _ => said.lines().filter(|line| line.contains("->")).collect(),
        };
        let mut seen = std::collections::BTreeSet::new();
        for line in lines.into_iter().filter(|line| line.contains(" grants, ") || line.contains("support")) {
            // A label says the sum; a tooltip of the picture says it last, after single grants.
            let label = match format {
                "dot" => between(line, "label=\"", "\""),
                "mmd" => between(line, "|\"", "\"|"),
                _ => Some(line),
            };
            let said = label.unwrap_or_default().rsplit(": ").next().unwrap_or_default().trim();
            if !seen.insert(line.to_owned()) {
                continue;
            }
            let (count, sum) = said.split_once(" grants, ").map_or((1, said), |(count, sum)| (count.trim().parse().unwrap_or(0), sum));
            match sum.split_once(' ') {
                // The tooltip of a band says that no amount is stated, not of how many grants.
                _ if sum.contains("not stated") => {}
                _ if sum.contains(" ×") => add(&mut totals, "", sum.rsplit('×').next().and_then(|n| n.parse().ok()).unwrap_or(0), 0),
                Some((currency, number)) => add(&mut totals, currency, count, read(number)),
                None => faults.push(format!("{format}: `{line}`")),
            }
        }
        let mut expected = expected.clone();
        if format == "svg" {
            expected.remove("");
        }
        if totals != expected {
            faults.push(format!("{format}: {totals:?}, the records have {expected:?}"));
        }
    }
    report(faults);
}

#[test]
fn questions_list_and_add_up_every_grant() {
    let mut faults = Vec::new();
    for funder in (0..FUNDERS).map(|n| format!("funder-{n}")) {
        let expected = expected(|grant| grant.funder == funder);
        let parameter = format!("funder={funder}");
        let rows = |question: &str| -> Vec<BTreeMap<String, String>> {
            let csv = text(&["query", question, "--param", &parameter, "--format", "csv"]);
            let mut lines = csv.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
            let heads = lines.next().expect("heads");
            lines.map(|line| heads.iter().cloned().zip(line).collect()).collect()
        };
        let number = |text: &str| if text.is_empty() { 0 } else { pence(text.parse().unwrap_or_else(|_| panic!("{text}"))) };
        let mut listed = Totals::new();
        for row in rows("funding/what-a-fund-supports") {
            add(&mut listed, &row["currency"], 1, number(&row["amount"]));
        }
        let (mut least, mut most) = (Totals::new(), Totals::new());
        for row in rows("funding/totals") {
            let count = row["supports"].parse().expect("a count");
            add(&mut least, &row["currency"], count, number(&row["least"]));
            add(&mut most, &row["currency"], count, number(&row["most"]));
        }
        for (what, totals) in [("listed", listed), ("least", least), ("most", most)] {
            if totals != expected {
                faults.push(format!("{funder}, {what}: {totals:?}, the records have {expected:?}"));
            }
        }
    }
    report(faults);
}

#[test]
fn every_grant_has_its_own_day_in_gexf_and_the_widest_span_is_nowhere() {
    let mut expected: Vec<&str> = made().1.iter().map(|grant| grant.day.as_str()).collect();
    expected.sort_unstable();
    let gexf = text(&["diagram", "funding", "--format", "gexf"]);
    let mut found = Vec::new();
    for edge in gexf.split("<edge ").skip(1) {
        let (start, end) = (between(edge, " start=\"", "\"").expect("a start"), between(edge, " end=\"", "\"").expect("an end"));
        assert_eq!(start, end, "a grant of one day");
        found.push(start);
    }
    found.sort_unstable();
    assert_eq!(found, expected);
}
