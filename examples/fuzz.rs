//! Feeds civigraph what nobody would write, from a seed, and counts what becomes of it: `cargo run --example fuzz -- RUNS SEED`.
//!
//! Records in every format, mappings, resolutions, decisions, workbooks, templates and marked copies, ontologies, queries, views,
//! dates and numbers, what is mended, labels through every output, and the bytes
//! of a stored graph. Right is an end without a panic: with a finding, a refusal, or an answer that holds what went in.
//! A fault is printed with the number of its run; `cargo run --example fuzz -- 1 SEED RUN` runs that one alone.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use civigraph::dataset::Dataset;
use civigraph::diagram::{Format, Options, lay_out};
use civigraph::export;
use civigraph::iri::Prefixes;
use civigraph::marked;
use civigraph::mend;
use civigraph::pipeline;
use civigraph::project::Project;
use civigraph::query;
use civigraph::sealed::Sealing;
use civigraph::session::Session;
use civigraph::stop::{Reason, Stop};
use civigraph::store::Store;
use civigraph::template;
use civigraph::values::{edtf, number};
use civigraph::view::{self, Choice};
use oxigraph::sparql::QueryResults;

/// Numbers that look random and follow from a seed (SplitMix64).
pub struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    /// Bytes with some changed, cut, doubled or put in.
    fn changed(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(6) {
            let at = self.below(bytes.len() + 1);
            let piece = self.one(ODD).as_bytes();
            match self.below(5) {
                0 => drop(bytes.splice(at..at, piece.iter().copied())),
                1 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                2 => drop(bytes.drain(at..(at + self.below(12)).min(bytes.len()))),
                3 => {
                    let again = bytes[at..(at + self.below(40)).min(bytes.len())].to_vec();
                    drop(bytes.splice(at..at, again));
                }
                _ if self.below(8) == 0 => bytes.truncate(at),
                _ => {
                    let end = (at + piece.len()).min(bytes.len());
                    drop(bytes.splice(at..end, piece.iter().copied()));
                }
            }
        }
        bytes
    }

    /// A text with one small change, so that most of what was right about it still is: a line again, gone or moved, two fields
    /// exchanged, a cell or a word that is another one, another number, another date.
    fn nudged(&mut self, text: &str) -> String {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let at = self.below(lines.len());
        let Some(line) = lines.get(at).cloned() else { return self.text() };
        let value = self.one(VALUES).to_owned();
        match self.below(9) {
            0 => lines.insert(at, line),
            1 => drop(lines.remove(at)),
            2 => {
                let other = self.below(lines.len());
                lines.swap(at, other);
            }
            3 | 4 => {
                // A cell or a word of it.
                let ends = |c: char| matches!(c, ',' | '\t' | ' ' | '"' | ':' | '{' | '}' | '[' | ']' | '<' | '>' | '(' | ')' | ';');
                let words: Vec<(usize, &str)> =
                    line.split(ends).map(|word| (word.as_ptr() as usize - line.as_ptr() as usize, word)).collect();
                let words: Vec<_> = words.into_iter().filter(|(_, word)| !word.is_empty()).collect();
                if let Some((start, word)) = words.get(self.below(words.len())) {
                    lines[at] = format!("{}{value}{}", &line[..*start], &line[start + word.len()..]);
                }
            }
            5 => {
                let mut cells: Vec<&str> = line.split(',').collect();
                let (one, other) = (self.below(cells.len()), self.below(cells.len()));
                cells.swap(one, other);
                lines[at] = cells.join(",");
            }
            6 => {
                // A digit is another one.
                let digits: Vec<usize> = line.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(at, _)| at).collect();
                if let Some(place) = digits.get(self.below(digits.len())) {
                    lines[at].replace_range(*place..place + 1, &self.below(10).to_string());
                }
            }
            7 => {
                let letters: Vec<(usize, char)> = line.char_indices().filter(|(_, c)| c.is_alphabetic()).collect();
                if let Some((place, letter)) = letters.get(self.below(letters.len())) {
                    lines[at].replace_range(*place..place + letter.len_utf8(), self.one(LETTERS));
                }
            }
            _ => {
                let end = (0..=line.len()).rev().find(|end| line.is_char_boundary(*end) && *end <= self.below(line.len() + 1)).unwrap_or(0);
                lines[at].insert_str(end, self.one(LETTERS));
            }
        }
        let mut text = lines.join("\n");
        text.push('\n');
        text
    }

    /// Changed, gently more often than not.
    fn varied(&mut self, bytes: &[u8]) -> Vec<u8> {
        match (std::str::from_utf8(bytes), self.below(5)) {
            (Ok(text), 1..) => (0..=self.below(2)).fold(text.to_owned(), |text, _| self.nudged(&text)).into_bytes(),
            _ => self.changed(bytes),
        }
    }

    fn text(&mut self) -> String {
        (0..self.below(6)).map(|_| self.one(ODD)).collect()
    }
}

/// Pieces that mean something to one of the readers.
const ODD: &[&str] = &[
    "\0",
    "\u{1b}[31m",
    "\u{9b}",
    "\u{202e}",
    "\u{feff}",
    "\r",
    "\n",
    "\t",
    "\"",
    "'",
    "`",
    ",",
    ";",
    ":",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "&a",
    "*a",
    "!!",
    "|",
    ">",
    "#",
    "@",
    "=",
    "<",
    "%",
    "a",
    "id",
    "section",
    "name",
    "when",
    "2025",
    "2025-13",
    "1987１",
    "..",
    "../",
    "-0",
    "~",
    "?",
    "1e999",
    "99999999999999999999",
    "0x",
    "٣",
    "NaN",
    "∞",
    "𝒳",
    "\u{10FFFF}",
    "<script>",
    "http://example.org/",
    "javascript:",
    "cg:",
    "id:a",
    "?x",
    "SELECT",
    "CONSTRUCT",
    "OPTIONAL",
    "FILTER",
    "UNION",
    "(",
    ")",
    ".",
    "*",
    "/",
    "^^",
    "\\u0000",
    "\\",
];

/// What may stand in a cell.
const VALUES: &[&str] = &[
    "",
    "a",
    "b",
    "zz",
    "1",
    "1.1",
    "9.9",
    "0",
    "-1",
    "at least 26",
    "26+",
    "~40",
    "12,500",
    "12.500",
    "1e3",
    "USD 5",
    "2025",
    "2025-03",
    "2025-02-30",
    "2025-03/2026",
    "../2012",
    "since September 2025",
    "2025-12-31?",
    "2004-06-~01/2004-06-~20",
    "156X",
    "Y17E7",
    "2021-21",
    "-0044",
    "0000",
    "1987１",
    "٣",
    "سلام",
    "漢字",
    "é",
    "e\u{301}",
    "𝒳",
    "\u{200f}",
    "=1+1",
    "https://example.org/a",
    "<https://example.org/b>",
    "cg:x",
    "id:a",
    "null",
    "true",
    "no",
    "Organization",
    "Event",
];

/// Small things to stand beside or for a letter.
const LETTERS: &[&str] = &["a", "Z", "é", "ß", "İ", "ı", "ǅ", "ﬁ", "\u{301}", "\u{200b}", "\u{a0}", " ", "-", "_", "١", "９", "😀", "ش"];

const RECORDS: &[(&str, &str)] = &[
    (
        "data/s/1.yaml",
        "section: \"1\"\nOrganization:\n  - { id: a, name: A }\n  - id: b\n    name: B\nEvent:\n  - { id: e, name: E, when: 2025-03 }\n",
    ),
    ("data/s/organizations.csv", "id,name,section\na,A,1\nb,\"B, C\",1.1\nc,C,1\n"),
    ("data/s/events.csv", "id,name,when,section\ne,E,2025-03,1\nf,F,2021/2023,1\ng,G,2025-12-31?,1.1\n"),
    ("data/s/organizations.tsv", "id\tname\tsection\na\tA\t1\n"),
    ("data/s/organizations.json", "[{\"id\": \"a\", \"name\": \"A\", \"section\": \"1\"}]"),
    ("data/s/organizations.ndjson", "{\"id\": \"a\", \"name\": \"A\", \"section\": \"1\"}\n"),
    ("data/s/source.toml", "title = \"A source\"\nshort = \"S\"\nas_of = 2025-12-31\n[expect]\nOrganization = { min = 1 }\n"),
    ("data/s/sections.csv", "locator,title,page,parent\n1,One,1,\n1.1,One one,2,1\n"),
];

/// An introduction with a mapping, and the table that it is of.
const MAPPED: (&str, &str) = (
    "title = \"S\"\nshort = \"S\"\nas_of = 2025-12-31\n[tables.\"grants.csv\"]\nsection = \"1\"\n[[tables.\"grants.csv\".records]]\nkind = \"Organization\"\nid = \"{Name}\"\nname = \"{Name}\"\n[[tables.\"grants.csv\".records]]\nkind = \"Event\"\nid = \"{Title}\"\nname = \"{Title}\"\nwhen = \"{Day}\"\n",
    "Name,Title,Day,Amount\nAlpha,Launch,31/12/2025,\"1,200\"\nBeta,Close,01/02/2024,n/a\n",
);

const QUERIES: &[&str] = &[
    "SELECT ?s ?name { ?s a org:Organization ; skos:prefLabel ?name FILTER(STRLEN(?name) > 1) } ORDER BY ?name",
    "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } OPTIONAL { ?s ?q ?o } } GROUP BY ?g HAVING (COUNT(*) > 1)",
    "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o . FILTER NOT EXISTS { ?o (^?p|!a)*/skos:prefLabel ?x } } LIMIT 5",
    "ASK { VALUES (?x ?y) { (1 \"a\"@en) (UNDEF 2.5e3) } BIND(REPLACE(STR(?x), \"(a|b)*\", \"$1\") AS ?z) }",
];

/// What people decided of things that may be one.
const DECIDED: (&str, &str) = (
    "matches.csv",
    "decision,one,other,who,when,why\nsame,a,b,T. Khan,2026-01-15,one address\ndifferent,a,c,T. Khan,2026-01-16,\nunsure,b,c,,,\n",
);

/// Names that were found in a source, and what is meant by them.
const RESOLVED: (&str, &str) = ("data/s/resolutions.csv", "name,id\nAlpha,a\nBeta,b\nLaunch,launch-of-alpha\n");

/// Records in which something can be mended without asking.
const MENDABLE: &[(&str, &str)] = &[
    ("data/s/organizations.csv", "id,name,section\na, A ,1\nb,B  ,\"1 \"\nc,\" C, D\",1\n"),
    ("data/s/events.csv", "id,name,when,section\ne,E,3 March 2025,1\nf,F, 2021 ,1\ng,G,March 2024,1.1\n"),
    (
        "data/s/2.yaml",
        "section: \"1\"\nEvent:\n  - { id: e, name: \" E \", when: 3 March 2025 }\n  - id: f\n    name: 'F '\n    when: \"March 2024\"\n",
    ),
    (
        "data/s/organizations.json",
        "[{\"id\": \"a\", \"name\": \" A\", \"section\": \"1 \"}, {\"id\": \"b\", \"name\": \"B\\u00a0\", \"section\": \"1\"}]",
    ),
];

/// Views, with what their headers may say.
const VIEWS: &[&str] = &[
    "# All\n#\n# Whatever is tied.\n#+ layout: network\n#+ group-by: kind\n#+ size-by: degree\nSELECT ?from ?to ?relation { ?from ?relation ?to FILTER(ISIRI(?to)) } ORDER BY ?from ?to LIMIT 40\n",
    "# Names\n#+ layout: hierarchy\n#+ direction: down\n#+ parameter: thing — which\n#+ default: id:a\nSELECT ?from ?to { ?from a ?to } ORDER BY ?from LIMIT 40\n",
    "# When\n#+ layout: timeline\n#+ max-nodes: 20\nSELECT ?from ?when { ?from skos:prefLabel ?when } ORDER BY ?from LIMIT 40\n",
];

/// What became of the runs of one kind of input.
#[derive(Debug, Default, Clone)]
pub struct Count {
    pub runs: usize,
    /// A graph was made of it, with findings or without; or it was answered.
    pub accepted: usize,
    /// Refused: no graph, no answer.
    pub refused: usize,
    /// Runs that panicked, or answered wrongly.
    pub faults: Vec<(usize, String)>,
    pub longest: Duration,
}

/// A whole project in a folder, with the ontology of the tests.
fn project(folder: &Path, ontology: &str) {
    fs::create_dir_all(folder.join("ontology")).expect("a folder");
    fs::create_dir_all(folder.join("data/s")).expect("a folder");
    fs::write(folder.join("civigraph.toml"), "title = \"Test\"\nbase = \"https://example.org/\"\nshipped = false\n").expect("written");
    fs::write(folder.join("ontology/model.ttl"), ontology).expect("written");
    fs::write(folder.join("data/s/source.toml"), RECORDS[6].1).expect("written");
    fs::write(folder.join("data/s/sections.csv"), RECORDS[7].1).expect("written");
}

/// What the workbook of the tests means, so that its records are made and not only read.
fn introduced(folder: &Path) {
    let said = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/lift/workbook/data/s/source.toml");
    fs::copy(said, folder.join("data/s/source.toml")).expect("what the workbook means");
}

/// A workbook to be filled in, for kinds of the tests' ontology.
fn template(project: &Project, opened: &pipeline::Opened) -> Vec<u8> {
    let (schema, ontology) = (&opened.schema, &opened.ontology);
    let making = template::Making { project, ontology, schema, tables: schema.table_kinds(), names: template::names::Names::default() };
    let kinds = ["Organization", "Event", "Membership"].iter().filter_map(|name| schema.kinds.get(*name));
    let sheets: Vec<_> = kinds.map(|kind| making.sheet(kind)).collect();
    let mut out = Vec::new();
    template::workbook::write(&sheets, &making, &mut out).expect("a workbook");
    out
}

fn made(folder: &Path) -> Result<bool, String> {
    let project = Project::open(folder).map_err(|error| error.to_string());
    let made = project.and_then(|project| pipeline::make(&project).map_err(|error| error.to_string()));
    Ok(made.is_ok_and(|made| made.dataset.is_some()))
}

/// What all runs share.
struct Ground {
    ontology: String,
    workbook: Vec<u8>,
    dataset: Dataset,
    sealed: Vec<u8>,
    quads: usize,
    prefixes: Prefixes,
    /// What `template` writes for somebody to fill in.
    template: Vec<u8>,
}

impl Ground {
    fn new() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
        let ontology = fs::read_to_string(root.join("_ontology/model.ttl")).expect("the tests' ontology");
        let workbook = fs::read(root.join("lift/workbook/data/s/members.xlsx")).expect("a workbook");
        let folder = tempfile::tempdir().expect("a folder");
        project(folder.path(), &ontology);
        fs::write(folder.path().join("data/s/organizations.csv"), RECORDS[1].1).expect("written");
        let made = pipeline::make(&Project::open(folder.path()).expect("a project")).expect("it is read");
        let (dataset, opened) = (made.dataset.expect("a graph"), made.opened.expect("an ontology"));
        let template = template(&Project::open(folder.path()).expect("a project"), &opened);
        let mut sealing = Sealing::new(Vec::new());
        sealing.write_all(dataset.bytes()).expect("memory");
        let sealed = sealing.finish().expect("memory");
        let quads = dataset.named_matches(None, None, None, None).count();
        Self { ontology, workbook, dataset, sealed, quads, prefixes: opened.ontology.prefixes, template }
    }

    /// One run: whether the input was taken without a word; an error is a fault.
    fn run(&self, kind: &str, random: &mut Random) -> Result<bool, String> {
        let folder = || tempfile::tempdir().expect("a folder");
        match kind {
            "records" => {
                let folder = folder();
                project(folder.path(), &self.ontology);
                let (name, text) = RECORDS[random.below(RECORDS.len())];
                fs::write(folder.path().join(name), random.varied(text.as_bytes())).expect("written");
                made(folder.path())
            }
            "workbooks" => {
                let folder = folder();
                project(folder.path(), &self.ontology);
                introduced(folder.path());
                fs::write(folder.path().join("data/s/members.xlsx"), changed_part(&self.workbook, random)).expect("written");
                made(folder.path())
            }
            "templates and marks" => {
                let folder = folder();
                project(folder.path(), &self.ontology);
                let whole = if random.below(2) == 0 { &self.template } else { &self.workbook };
                let bytes = changed_part(whole, random);
                fs::write(folder.path().join("data/s/members.xlsx"), &bytes).expect("written");
                let project = Project::open(folder.path()).map_err(|error| error.to_string())?;
                let made = pipeline::make(&project).map_err(|error| error.to_string())?;
                let mut copy = Vec::new();
                let marked = marked::write(Cursor::new(&bytes), "data/s/members.xlsx", made.findings.iter(), project.limits, &mut copy);
                if marked.is_ok() {
                    zip::ZipArchive::new(Cursor::new(&copy)).map_err(|error| format!("the marked copy is no archive: {error}"))?;
                }
                Ok(marked.is_ok())
            }
            "decisions" | "resolutions" => {
                let folder = folder();
                project(folder.path(), &self.ontology);
                fs::write(folder.path().join(RECORDS[1].0), RECORDS[1].1).expect("written");
                let (name, text) = if kind == "decisions" { DECIDED } else { RESOLVED };
                if kind == "resolutions" {
                    fs::write(folder.path().join("data/s/source.toml"), MAPPED.0).expect("written");
                    fs::write(folder.path().join("data/s/grants.csv"), MAPPED.1).expect("written");
                }
                fs::write(folder.path().join(name), random.varied(text.as_bytes())).expect("written");
                made(folder.path())
            }
            "mends" => {
                let folder = folder();
                project(folder.path(), &self.ontology);
                let (name, text) = MENDABLE[random.below(MENDABLE.len())];
                let place = folder.path().join(name);
                fs::write(&place, random.varied(text.as_bytes())).expect("written");
                let project = Project::open(folder.path()).map_err(|error| error.to_string())?;
                let before = pipeline::make(&project).map_err(|error| error.to_string())?;
                let Ok(text) = fs::read_to_string(&place) else { return Ok(false) };
                let written = mend::Written::of(name, text.as_bytes(), |_| b',').expect("a sort in which is mended");
                let mends: Vec<_> = before.mends.iter().filter(|mend| *mend.location.file == *name).cloned().collect();
                let mended = mend::mend(&text, &mends, written);
                fs::write(&place, &mended.text).expect("written");
                let after = pipeline::make(&project).map_err(|error| error.to_string())?;
                if before.dataset.is_some() && after.dataset.is_none() {
                    return Err(format!("what was mended cannot be read: {text:?} became {:?}", mended.text));
                }
                Ok(mended.places > 0)
            }
            "views" => {
                let folder = folder();
                project(folder.path(), &self.ontology);
                fs::create_dir_all(folder.path().join("queries/diagrams")).expect("a folder");
                let view = VIEWS[random.below(VIEWS.len())];
                fs::write(folder.path().join("queries/diagrams/view.rq"), random.varied(view.as_bytes())).expect("written");
                let project = Project::open(folder.path()).map_err(|error| error.to_string())?;
                let Ok(session) = Session::over(project, Store::from(self.dataset.clone())) else { return Ok(false) };
                let Ok(views) = session.views() else { return Ok(false) };
                let Some(view) = views.first() else { return Ok(false) };
                let Ok(graph) = session.view(view, &Choice::default()) else { return Ok(false) };
                let (style, options) = (view::style(&session.opened.ontology, "en"), Options::default());
                let Ok(scene) = lay_out(&graph, &style, &options) else { return Ok(false) };
                let mut svg = Vec::new();
                Format::Svg.write(&graph, &style, &scene, &options, &mut svg).map_err(|error| error.to_string())?;
                Ok(true)
            }
            "ontologies" => {
                let folder = folder();
                project(folder.path(), &String::from_utf8_lossy(&random.varied(self.ontology.as_bytes())));
                fs::write(folder.path().join(RECORDS[1].0), RECORDS[1].1).expect("written");
                made(folder.path())
            }
            "mappings" => {
                let folder = folder();
                project(folder.path(), &self.ontology);
                let (introduction, table) = MAPPED;
                let gentle = random.below(3);
                let introduction = if gentle == 0 { introduction.as_bytes().to_vec() } else { random.varied(introduction.as_bytes()) };
                let table = if gentle == 1 { table.as_bytes().to_vec() } else { random.varied(table.as_bytes()) };
                fs::write(folder.path().join("data/s/source.toml"), introduction).expect("written");
                fs::write(folder.path().join("data/s/grants.csv"), table).expect("written");
                made(folder.path())
            }
            "queries" => {
                let text = String::from_utf8_lossy(&{
                    let query = random.one_of_queries();
                    random.varied(query.as_bytes())
                })
                .into_owned();
                let Ok(parsed) = query::parse(&text, &self.prefixes) else { return Ok(false) };
                if query::asks_a_service(&parsed).is_some() {
                    return Ok(false);
                }
                let stop = Stop::with_texts_of(1 << 20);
                let later = stop.clone();
                std::thread::spawn(move || {
                    std::thread::sleep(Duration::from_millis(500));
                    later.stop(Reason::Time);
                });
                Ok(match Store::from(self.dataset.clone()).query(parsed, Some(&stop)) {
                    Ok(QueryResults::Solutions(rows)) => rows.take(1000).all(|row| row.is_ok()),
                    Ok(QueryResults::Graph(triples)) => triples.take(1000).all(|triple| triple.is_ok()),
                    Ok(QueryResults::Boolean(_)) => true,
                    Err(_) => false,
                })
            }
            "dates and numbers" => {
                let seeds = [
                    "2025-03",
                    "../2012",
                    "2025-12-31?",
                    "at least 26",
                    "26+",
                    "~1.5",
                    "2021/2023",
                    "since 2019-09",
                    "1987",
                    "12,500",
                    "2004-06-~01/2004-06-~20",
                ];
                let text = String::from_utf8_lossy(&{
                    let seed = random.one_of(&seeds);
                    random.varied(seed.as_bytes())
                })
                .into_owned();
                let (date, amount) = (edtf::read(&text, None), number::read(&text));
                if let Ok(when) = &date {
                    let bounds = &when.bounds;
                    if let (Some(first), Some(last)) = (bounds.earliest_start, bounds.latest_end)
                        && first > last
                    {
                        return Err(format!("`{text}` ends before it begins"));
                    }
                }
                Ok(date.is_ok() || amount.is_ok())
            }
            "labels" => {
                let folder = folder();
                project(folder.path(), &self.ontology);
                let label = random.text();
                let quoted = serde_json::to_string(&label).expect("a string");
                fs::write(folder.path().join(RECORDS[4].0), format!("[{{\"id\": \"a\", \"name\": {quoted}, \"section\": \"1\"}}]"))
                    .expect("written");
                let made = pipeline::make(&Project::open(folder.path()).expect("a project")).map_err(|error| error.to_string())?;
                let clean = made.findings.is_empty();
                let (Some(dataset), Some(opened)) = (made.dataset, made.opened) else { return Ok(false) };
                let store = Store::from(dataset);
                for facts in export::FORMATS {
                    let mut out = Vec::new();
                    if export::write(&store, facts.format, export::Graphs::All, &opened.ontology.prefixes, &mut out).is_err() {
                        continue;
                    }
                    let text = String::from_utf8(out).map_err(|_| format!("{} of {label:?} is no text", facts.name))?;
                    if facts.name == "nquads" && !clean && text.is_empty() {
                        return Err("nothing was written".to_owned());
                    }
                }
                Ok(clean)
            }
            _ => {
                let mut bytes = self.sealed.clone();
                for _ in 0..=random.below(3) {
                    let at = if random.below(3) == 0 { random.below(48) } else { random.below(bytes.len()) };
                    match random.below(6) {
                        0 => bytes.truncate(at),
                        1 => bytes.push(0),
                        _ if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
                        _ => {}
                    }
                }
                if bytes == self.sealed {
                    return Ok(true);
                }
                let read = Dataset::open(bytes).and_then(|dataset| {
                    let mut read = 0;
                    for row in dataset.named_matches(None, None, None, None) {
                        for id in row? {
                            dataset.term(id)?;
                        }
                        read += 1;
                    }
                    dataset.check_all().map(|()| read)
                });
                match read {
                    Err(_) => Ok(false),
                    Ok(read) => Err(format!("a damaged graph was read as whole: {read} of {} quads", self.quads)),
                }
            }
        }
    }
}

/// A workbook with a part of it changed.
fn changed_part(whole: &[u8], random: &mut Random) -> Vec<u8> {
    if random.below(4) == 0 {
        return random.changed(whole);
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(whole)).expect("an archive");
    let mut damaged = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let part = random.below(archive.len());
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).expect("a part");
        let name = entry.name().expect("a name").into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("its bytes");
        let bytes = if index == part { random.varied(&bytes) } else { bytes };
        let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        damaged.start_file(name, stored).expect("a part");
        damaged.write_all(&bytes).expect("written");
    }
    damaged.finish().expect("an archive").into_inner()
}

impl Random {
    fn one_of_queries(&mut self) -> &'static str {
        QUERIES[self.below(QUERIES.len())]
    }

    fn one_of<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// The kinds of input, each with how many of a hundred runs are of it.
const KINDS: &[(&str, usize)] = &[
    ("records", 18),
    ("workbooks", 7),
    ("ontologies", 8),
    ("queries", 12),
    ("dates and numbers", 10),
    ("mappings", 8),
    ("labels", 6),
    ("bytes of the store", 8),
    ("templates and marks", 6),
    ("decisions", 5),
    ("resolutions", 4),
    ("mends", 4),
    ("views", 4),
];

/// Runs from one number on, so many, each from its own seed.
pub fn run(first: usize, runs: usize, seed: u64) -> BTreeMap<&'static str, Count> {
    let ground = Ground::new();
    let mut counts: BTreeMap<&'static str, Count> = BTreeMap::new();
    for number in first..first + runs {
        let mut random = Random(seed.wrapping_mul(1_000_003).wrapping_add(number as u64));
        let mut share = number * 37 % 100;
        let (kind, _) =
            KINDS.iter().find(|(_, part)| share.checked_sub(*part).map(|rest| share = rest).is_none()).expect("the parts make a hundred");
        let start = Instant::now();
        let ended = catch_unwind(AssertUnwindSafe(|| ground.run(kind, &mut random)));
        let count = counts.entry(kind).or_default();
        count.runs += 1;
        count.longest = count.longest.max(start.elapsed());
        match ended {
            Ok(Ok(true)) => count.accepted += 1,
            Ok(Ok(false)) => count.refused += 1,
            Ok(Err(fault)) => count.faults.push((number, fault)),
            Err(_) => count.faults.push((number, "a panic".to_owned())),
        }
    }
    counts
}

#[allow(dead_code, reason = "the tests take `run` alone")]
fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u64| arguments.next().map_or(default, |text| text.parse().expect("RUNS SEED [FIRST]"));
    let (runs, seed, first) = (number(1000), number(1), number(0));
    let counts = run(first as usize, runs as usize, seed);
    println!("| input | runs | accepted | refused | faults | longest run |\n|---|--:|--:|--:|--:|--:|");
    for (kind, count) in &counts {
        println!(
            "| {kind} | {} | {} | {} | {} | {:.2} s |",
            count.runs,
            count.accepted,
            count.refused,
            count.faults.len(),
            count.longest.as_secs_f64()
        );
    }
    for (kind, count) in &counts {
        for (number, fault) in &count.faults {
            println!("fault in {kind}: run {number} of seed {seed}: {fault}");
        }
    }
    std::process::exit(i32::from(counts.values().any(|count| !count.faults.is_empty())));
}
