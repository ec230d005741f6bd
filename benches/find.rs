//! Finding one thing among a million names: what the index costs a build, and how long a text takes, in a process that has
//! the index open and as a whole command. `cargo bench --bench find` prints Markdown; a number after `--` is another
//! count of things.
//!
//! The names are made here: some sixty common words, so that some words are in very many names, and
//! words of syllables, of which there are hundreds of thousands, as surnames and places are. The scan that the index
//! stands against reads names that were folded beforehand and compares every word.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use civigraph::dataset::{DEFAULT_GRAPH, Dataset, Terms};
use civigraph::find::{Filter, Names, fold, make};
use civigraph::pipeline;
use civigraph::project::Project;
use civigraph::store::{Backend, Builds, Store, Summary};
use civigraph::vocab::{dcterms, rdf, skos};
use oxigraph::model::{Literal, NamedNode};

/// Medians are of so many runs.
const RUNS: usize = 21;

const COMMON: &[&str] = &[
    "Centre",
    "Network",
    "Alliance",
    "Forum",
    "Institute",
    "Society",
    "Association",
    "Council",
    "Foundation",
    "Union",
    "Initiative",
    "Programme",
    "Committee",
    "Coalition",
    "Federation",
    "Agency",
    "Office",
    "Bureau",
    "Commission",
    "Fund",
    "Youth",
    "Women",
    "Peace",
    "Justice",
    "Rights",
    "Human",
    "Health",
    "Climate",
    "Water",
    "Energy",
    "Education",
    "Labour",
    "Migration",
    "Media",
    "Security",
    "Development",
    "Research",
    "Policy",
    "National",
    "Regional",
    "International",
    "Global",
    "Central",
    "South",
    "North",
    "East",
    "West",
    "Asia",
    "Africa",
    "Europe",
    "America",
    "Pacific",
    "Rural",
    "Urban",
    "Legal",
    "Civil",
    "Public",
    "Social",
    "Open",
    "Green",
];
const SMALL: &[&str] = &["of", "for", "and", "the", "in", "on", "against"];
const SYLLABLES: &[&str] = &[
    "ka", "ri", "mo", "ta", "le", "no", "sha", "vi", "du", "ber", "gan", "pol", "mir", "zan", "tor", "el", "is", "han", "ku", "ya", "fe",
    "lo", "sti", "bra", "chen", "ma", "ni", "so", "rau", "wi",
];

/// Numbers that are the same in every run.
struct Roll(u64);

impl Roll {
    fn below(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below.max(1)
    }

    /// The first ones often, the last ones rarely.
    fn skewed(&mut self, below: usize) -> usize {
        let (a, b) = (self.below(below), self.below(below));
        a.min(b)
    }

    fn rare(&mut self) -> String {
        let word: String = (0..2 + self.below(3)).map(|_| SYLLABLES[self.below(SYLLABLES.len())]).collect();
        word[..1].to_uppercase() + &word[1..]
    }

    fn name(&mut self) -> String {
        if self.below(3) == 0 {
            return format!("{} {}", self.rare(), self.rare());
        }
        let mut words: Vec<String> = Vec::new();
        for _ in 0..1 + self.below(3) {
            words.push(COMMON[self.skewed(COMMON.len())].to_owned());
        }
        words.push(SMALL[self.skewed(SMALL.len())].to_owned());
        for _ in 0..1 + self.below(2) {
            words.push(self.rare());
        }
        words.join(" ")
    }
}

fn main() {
    let count = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(800_000);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("civigraph.toml"), "title = \"Names\"\nbase = \"https://example.org/\"\n").expect("a manifest");
    let project = Project::open(folder.path()).expect("a project");
    let (opened, _) = pipeline::open(&project).expect("an ontology");

    let (terms, quads, texts) = graph(&project, count);
    let start = Instant::now();
    let dataset = Dataset::pack(&terms, &quads);
    let packing = start.elapsed();
    let store = Store::from(dataset.clone());
    let start = Instant::now();
    let index = make(&store, opened.naming(&project)).expect("an index");
    let indexing = start.elapsed();
    let builds = Builds::new(project.store_folder());
    let lock = builds.lock(|_| {}).expect("a lock");
    let summary = Summary {
        backend: Backend::Memory,
        fingerprint: "0".repeat(64),
        records: count,
        triples: dataset.triples(),
        quads: 0,
        graphs: 0,
        left_out: civigraph::finding::LeftOut::default(),
        citations: 0,
        findings: [0; 3],
    };
    builds.write(&lock, &dataset, &index, "", &summary).expect("a build");
    let mib = |bytes: usize| format!("{:.1} MiB", bytes as f64 / 1048576.0);
    let words: BTreeSet<String> = texts.iter().flat_map(|text| fold(text).split(' ').map(str::to_owned).collect::<Vec<_>>()).collect();
    println!("| things | names | different words | graph | index | packing the graph | making the index |");
    println!("|--:|--:|--:|--:|--:|--:|--:|");
    println!(
        "| {count} | {} | {} | {} | {} | {:.2} s | {:.2} s |\n",
        texts.len(),
        words.len(),
        mib(dataset.bytes().len()),
        mib(index.len()),
        packing.as_secs_f64(),
        indexing.as_secs_f64()
    );
    let folded = folder.path().join("folded.txt");
    std::fs::write(&folded, texts.iter().map(|text| fold(text) + "\n").collect::<String>()).expect("the names, folded");
    drop((dataset, store, index, terms, quads, words));

    let long = texts.iter().find(|text| text.split(' ').count() == 5).expect("a long name").clone();
    let last = long.rsplit(' ').next().unwrap_or_default().to_owned();
    let reversed: Vec<&str> = long.split(' ').rev().collect();
    let cut: String = last.chars().take(last.len() - 2).collect();
    let wrong = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.swap(1, 2);
        letters.into_iter().collect::<String>()
    };
    let asked = [
        ("a whole name", long.clone()),
        ("an acronym", "QXAB".to_owned()),
        ("an identifier", format!("ID-{}", count / 2)),
        ("initials", "NPS".to_owned()),
        ("a rare word", last.clone()),
        ("a common word", "centre".to_owned()),
        ("its words, in another order", reversed.join(" ")),
        ("a beginning", cut),
        ("a beginning of two letters", "ce".to_owned()),
        ("two beginnings", "nat centr".to_owned()),
        ("a typo", wrong(&last)),
        ("a typo in a common word", "aliance".to_owned()),
        ("a whole name with a typo", long.replace(&last, &wrong(&last))),
        ("nothing like it", "xqxqxqxqxq".to_owned()),
    ];
    let warm = Names::open(builds.names().expect("a build").expect("its index"), &project.base).expect("an index");
    let wanted = Filter { limit: 20, kinds: Vec::new() };
    let index = find_file(builds.folder(), "names.bin").expect("the index");
    println!(
        "| asked | for example | hits | index open | `civigraph find` | the same, index not in the disk cache | scan of folded names |"
    );
    println!("|---|---|--:|--:|--:|--:|--:|");
    for (what, text) in &asked {
        let hits = warm.find(text, &wanted).expect("an answer").len();
        let within = median(RUNS, || drop(warm.find(text, &wanted)));
        let run = || {
            let status = Command::new(env!("CARGO_BIN_EXE_civigraph"))
                .args(["find", text, "--project"])
                .arg(folder.path())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .expect("civigraph runs");
            assert_eq!(status.success(), hits > 0, "{text}");
        };
        let command = median(RUNS, run);
        let uncached = timed(5, || forget(&index), run);
        let scanned = median(3, || scan(&folded, &fold(text)));
        let uncached = uncached.map_or_else(|| "–".to_owned(), ms);
        println!("| {what} | `{text}` | {hits} | {} | {} | {uncached} | {} |", ms(within), ms(command), ms(scanned));
    }
}

/// A graph with a name for each thing, an acronym for some, an identifier for each tenth.
fn graph(project: &Project, count: usize) -> (Terms, Vec<[u32; 4]>, Vec<String>) {
    let mut roll = Roll(7);
    let mut terms = Terms::default();
    let mut quads = Vec::new();
    let mut texts = Vec::new();
    let class = terms.id(NamedNode::new_unchecked("http://www.w3.org/ns/org#Organization"));
    let [kind, name, other, code] =
        [rdf::TYPE, skos::PREF_LABEL, skos::ALT_LABEL, dcterms::IDENTIFIER].map(|property| terms.id(property.into_owned()));
    for number in 0..count {
        let thing = terms.id(project.base.thing(&format!("thing-{number}")));
        quads.push([thing, kind, class, DEFAULT_GRAPH]);
        let mut says = |property: u32, text: String, terms: &mut Terms| {
            let literal = terms.id(Literal::new_language_tagged_literal_unchecked(text.clone(), "en"));
            quads.push([thing, property, literal, DEFAULT_GRAPH]);
            texts.push(text);
        };
        says(name, roll.name(), &mut terms);
        if roll.below(8) == 0 {
            says(other, roll.name(), &mut terms);
        }
        if roll.below(8) == 0 {
            let letters = (0..2 + roll.below(3)).map(|_| char::from(b'A' + roll.below(26) as u8)).collect();
            says(other, letters, &mut terms);
        }
        if number == count / 3 {
            says(other, "QXAB".to_owned(), &mut terms);
        }
        if number % 10 == 0 {
            let literal = terms.id(Literal::from(format!("ID-{number}")));
            quads.push([thing, code, literal, DEFAULT_GRAPH]);
        }
    }
    (terms, quads, texts)
}

fn median(runs: usize, run: impl FnMut()) -> Duration {
    timed(runs, || true, run).expect("nothing has to be done before")
}

/// The median time of runs, each after something that is not counted; `None` where that cannot be done.
fn timed(runs: usize, mut before: impl FnMut() -> bool, mut run: impl FnMut()) -> Option<Duration> {
    let mut times = Vec::new();
    for _ in 0..runs {
        if !before() {
            return None;
        }
        let start = Instant::now();
        run();
        times.push(start.elapsed());
    }
    times.sort_unstable();
    Some(times[runs / 2])
}

/// Has the system drop a file from its cache, which GNU `dd` can ask for.
fn forget(file: &Path) -> bool {
    let done = Command::new("dd").arg(format!("if={}", file.display())).args(["iflag=nocache", "count=0", "status=none"]).status();
    done.is_ok_and(|status| status.success())
}

/// What finding costs without an index: a file of folded names, a line each, whose words are compared one by one.
fn scan(file: &Path, text: &str) {
    let names = std::fs::read_to_string(file).expect("the names");
    let wanted: Vec<&str> = text.split(' ').collect();
    let mut hits = 0;
    for name in names.lines() {
        let like = |wanted: &&str| {
            name.split(' ').any(|word| {
                let allowed = (wanted.len() / 4).min(2);
                word.starts_with(wanted)
                    || (word.len().abs_diff(wanted.len()) <= allowed && allowed > 0 && strsim::osa_distance(word, wanted) <= allowed)
            })
        };
        hits += usize::from(wanted.iter().all(like));
    }
    std::hint::black_box(hits);
}

fn find_file(folder: &Path, name: &str) -> Option<PathBuf> {
    let builds = std::fs::read_dir(folder).ok()?.flatten();
    builds.map(|build| build.path().join(name)).find(|file| file.is_file())
}

fn ms(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    if ms < 1.0 { format!("{ms:.2} ms") } else { format!("{ms:.1} ms") }
}
