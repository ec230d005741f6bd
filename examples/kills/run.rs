//! Builds that are ended at any moment, by a signal that can be heard or by one that cannot, while others read: every
//! reader sees one graph whole, and afterwards the old one or the new one stands, with nothing half-made beside it.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Makes this program the command line.
pub const AS_PROGRAM: &str = "CIVIGRAPH_AS_PROGRAM";

/// How many organizations each round's graph has.
const THINGS: usize = 300;

/// What was counted.
#[derive(Debug, Default)]
pub struct Count {
    /// By SIGKILL, SIGTERM, SIGINT.
    pub signals: [usize; 3],
    pub old: usize,
    pub new: usize,
    /// Builds that said they were interrupted.
    pub interrupted: usize,
    pub reads: usize,
    pub faults: Vec<String>,
}

/// Numbers that look random and follow from a seed (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }
}

fn command(program: &Path, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).env(AS_PROGRAM, "1").env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

/// A project whose organizations all carry the number of the round, so that a graph shows of which it is.
fn write_round(folder: &Path, round: usize) {
    let rows: String = (0..THINGS).map(|index| format!("o{index},Round {round},1\n")).collect();
    fs::write(folder.join("data/s/organizations.csv"), format!("id,name,section\n{rows}")).expect("written");
}

/// The round that the graph is of; an error says what was found instead.
fn read_round(program: &Path, folder: &Path) -> Result<usize, String> {
    let query = "SELECT ?name (COUNT(DISTINCT ?o) AS ?n) { ?o a org:Organization ; skos:prefLabel ?name } GROUP BY ?name ORDER BY ?name";
    let output = command(program, folder, &["query", query, "-f", "csv"]).output().expect("it runs");
    let (out, said) = (String::from_utf8_lossy(&output.stdout).replace('\r', ""), String::from_utf8_lossy(&output.stderr).into_owned());
    let wrong = || format!("exit {:?}, {out:?}, {said:?}", output.status.code());
    if !output.status.success() {
        return Err(wrong());
    }
    let row = out.strip_prefix("name,n\nRound ").and_then(|rest| rest.strip_suffix(&format!(",{THINGS}\n")));
    row.and_then(|number| number.parse().ok()).ok_or_else(wrong)
}

/// So many builds are ended, the moments and signals following from a seed.
pub fn run(program: &Path, kills: usize, seed: u64) -> Count {
    let scratch = tempfile::tempdir().expect("a folder");
    let folder = scratch.path();
    let ontology = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/_ontology/model.ttl");
    for part in ["ontology", "data/s"] {
        fs::create_dir_all(folder.join(part)).expect("a folder");
    }
    fs::copy(ontology, folder.join("ontology/model.ttl")).expect("the tests' ontology");
    fs::write(folder.join("civigraph.toml"), "title = \"Test\"\nbase = \"https://example.org/\"\nshipped = false\n").expect("written");
    fs::write(folder.join("data/s/source.toml"), "title = \"A source\"\nshort = \"S\"\nas_of = 2025-12-31\n").expect("written");
    fs::write(folder.join("data/s/sections.csv"), "locator,title,page,parent\n1,One,1,\n").expect("written");
    write_round(folder, 0);
    let build = || command(program, folder, &["build"]);
    assert!(build().stdout(Stdio::null()).status().expect("it runs").success(), "the first build");
    write_round(folder, 1);
    let start = Instant::now();
    assert!(build().stdout(Stdio::null()).status().expect("it runs").success(), "the second build");
    let whole = start.elapsed();

    let mut random = Random(seed);
    let mut count = Count::default();
    let (present, newest) = (AtomicUsize::new(1), AtomicUsize::new(1));
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = || {
            let (mut reads, mut faults) = (0, Vec::new());
            while !over.load(Ordering::SeqCst) {
                let low = present.load(Ordering::SeqCst);
                let read = read_round(program, folder);
                let high = newest.load(Ordering::SeqCst);
                reads += 1;
                match read {
                    Ok(round) if (low..=high).contains(&round) => {}
                    Ok(round) => faults.push(format!("a reader saw round {round}, between {low} and {high}")),
                    Err(wrong) => faults.push(format!("a reader saw no graph whole: {wrong}")),
                }
            }
            (reads, faults)
        };
        let readers: Vec<_> = (0..2).map(|_| scope.spawn(reader)).collect();
        for kill in 0..kills {
            let round = kill + 2;
            write_round(folder, round);
            newest.store(round, Ordering::SeqCst);
            let mut building = build().stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
            // From the first instant to a little beyond the end of a build.
            thread::sleep(Duration::from_micros(random.below(u64::try_from(whole.as_micros()).unwrap_or(u64::MAX) * 13 / 10)));
            let which = [0, 0, 1, 2][random.below(4) as usize];
            count.signals[which] += 1;
            let sent =
                Command::new("kill").args([["-KILL", "-TERM", "-INT"][which], &building.id().to_string()]).stderr(Stdio::null()).status();
            drop(sent);
            let ended = building.wait().expect("it ends");
            let mut said = String::new();
            let _ = std::io::Read::read_to_string(&mut building.stderr.take().expect("its words"), &mut said);
            match (which, ended.code()) {
                (_, Some(0)) | (_, None) => {}
                (1 | 2, Some(130)) if said.matches("interrupted").count() == 1 => count.interrupted += 1,
                (_, code) => count.faults.push(format!("kill {kill}: ended with {code:?}: {said}")),
            }
            // What an earlier one left that could not hear its signal is swept by the next that is finished.
            let half_made = folder.join(format!(".civigraph/tmp-{}", building.id())).exists();
            if ended.code() == Some(130) && half_made {
                count.faults.push(format!("kill {kill}: what was half-made is left"));
            }
            match read_round(program, folder) {
                Ok(found) if found == round => {
                    count.new += 1;
                    present.store(round, Ordering::SeqCst);
                }
                Ok(found) if found == present.load(Ordering::SeqCst) => count.old += 1,
                Ok(found) => count.faults.push(format!("kill {kill}: round {found} came back")),
                Err(wrong) => count.faults.push(format!("kill {kill}: no graph whole: {wrong}")),
            }
        }
        over.store(true, Ordering::SeqCst);
        for reader in readers {
            let (reads, faults) = reader.join().expect("a reader");
            count.reads += reads;
            count.faults.extend(faults);
        }
    });
    // The next build sweeps up what the killed ones left.
    write_round(folder, kills + 2);
    assert!(build().stdout(Stdio::null()).status().expect("it runs").success(), "the last build");
    let left = fs::read_dir(folder.join(".civigraph")).expect("the store").count();
    if left != 3 {
        count.faults.push(format!("{left} things are left in the store's folder, expected the build, its mark and the lock"));
    }
    count
}
