//! Builds of made-up projects of many rows: time and memory of every station. `cargo bench --bench build` prints a Markdown table;
//! numbers after `--` choose other sizes, `--faulty` makes every tenth row wrong, and `--write ROWS FOLDER` only writes a project.
//!
//! The tables are shaped like those that other converters and stores are measured with: of 100 rows, 10 are organizations, 20
//! people, 35 memberships, 5 events, 20 participations and 10 fundings; who belongs to whom follows a power law, and every row is
//! cited to one of many sections. The same size gives the same bytes.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let faulty = args.iter().any(|arg| arg == "--faulty");
    if let Some(at) = args.iter().position(|arg| arg == "--write") {
        let rows = args.get(at + 1).and_then(|rows| rows.parse().ok()).expect("a number of rows after --write");
        let folder = args.get(at + 2).expect("a folder after the number of rows");
        return write(rows, Path::new(folder), faulty).expect("the project is written");
    }
    let sizes: Vec<usize> = args.iter().filter_map(|arg| arg.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![10_000, 100_000] } else { sizes };
    println!("| rows | station | seconds | memory so far |");
    println!("|--:|---|--:|--:|");
    for rows in sizes {
        let folder = std::env::temp_dir().join(format!("civigraph-bench-{}-{rows}", std::process::id()));
        write(rows, &folder, faulty).expect("the project is written");
        let start = Instant::now();
        let output = Command::new(env!("CARGO_BIN_EXE_civigraph"))
            .args(["build", "--force", "--timings", "--project"])
            .arg(&folder)
            .output()
            .expect("civigraph runs");
        let seconds = start.elapsed().as_secs_f64();
        for line in String::from_utf8_lossy(&output.stderr).lines().filter(|line| line.starts_with("  ")) {
            let words: Vec<&str> = line.split_whitespace().collect();
            if let Some(at) = words.iter().position(|word| *word == "s").filter(|at| *at > 1 && words.last() == Some(&"MB")) {
                println!("| {rows} | {} | {} | {} MB |", words[..at - 1].join(" "), words[at - 1], words[words.len() - 2]);
            }
        }
        println!("| {rows} | **all** | {seconds:.2} | |");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        for name in ["records", "triples", "quads", "citations", "findings"] {
            if let Some(said) = said.lines().find_map(|line| line.trim().strip_prefix(name)) {
                println!("| {rows} | {name} | {} | |", said.trim());
            }
        }
        fs::remove_dir_all(&folder).expect("it was written a moment ago");
    }
}

/// A generator of numbers: the same in every run.
struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number below `count`, small ones far more often.
    fn rank(&mut self, count: usize, power: f64) -> usize {
        ((count as f64 * self.unit().powf(power)) as usize).min(count - 1)
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.rank(from.len(), 1.7)]
    }

    fn day(&mut self) -> String {
        format!("{}-{:02}-{:02}", 1990 + self.rank(35, 1.0), 1 + self.rank(12, 1.0), 1 + self.rank(28, 1.0))
    }
}

const KINDS: [&str; 8] = ["non-governmental-organization", "university", "company", "ministry", "think-tank", "charity", "media", "forum"];
const ROLES: [&str; 8] = ["member", "secretary", "partner", "director", "founder", "senior-advisor", "representative", "expert"];
const EVENTS: [&str; 6] = ["conference", "workshop", "meeting", "panel", "dialogue", "launch"];
const PARTS: [&str; 8] = ["participant", "speaker", "organizer", "panellist", "host", "presenter", "supporter", "observer"];
const SPHERES: [&str; 5] = ["European", "National", "Global", "Open", "Regional"];
const THEMES: [&str; 10] = ["Ocean", "Climate", "Migration", "Justice", "Media", "Health", "Energy", "Transport", "Education", "Trade"];
const BODIES: [&str; 6] = ["Institute", "Council", "Network", "Foundation", "Centre", "Agency"];
const FIRST: [&str; 8] = ["Anna", "Émile", "Łukasz", "Sofia", "Kofi", "Mei", "Zoë", "Ivan"];
const LAST: [&str; 8] = ["Müller", "García", "O'Brien", "Okafor", "Tanaka", "Haddad", "Novák", "Silva"];

/// Writes a project of so many rows; with `faulty`, every tenth membership refers to nobody or has an unknown role.
fn write(rows: usize, folder: &Path, faulty: bool) -> io::Result<()> {
    let share = |percent: usize| (rows * percent / 100).max(1);
    let (organizations, people, events) = (share(10), share(20), share(5));
    let sections = (rows / 50).max(5);
    let data = folder.join("data/bench");
    fs::create_dir_all(&data)?;
    fs::write(folder.join("civigraph.toml"), "title = \"Benchmark\"\nbase = \"https://example.org/\"\n")?;
    fs::write(data.join("source.toml"), "title = \"Made-up rows\"\nshort = \"B\"\nas_of = 2025-12-31\n")?;
    let table = |name: &str| File::create(data.join(name)).map(BufWriter::new);
    let mut dice = Dice(42);

    let mut out = table("sections.csv")?;
    writeln!(out, "locator,title")?;
    (0..sections).try_for_each(|number| writeln!(out, "s{number},Section {number}"))?;

    let mut out = table("countries.csv")?;
    writeln!(out, "id,name,alpha2,alpha3,section")?;
    let letter = |number: usize| char::from(b'A' + u8::try_from(number % 26).expect("a letter"));
    (0..60).try_for_each(|number| {
        let (one, two) = (letter(number / 26), letter(number));
        writeln!(out, "country-{number},Country {number},{one}{two},Q{one}{two},s0")
    })?;

    let mut out = table("organizations.csv")?;
    writeln!(out, "id,name,acronym,classification,area,within,when,homepage,section")?;
    for number in 0..organizations {
        let (sphere, theme, body) = (dice.pick(&SPHERES), dice.pick(&THEMES), dice.pick(&BODIES));
        let name = if number % 5 == 0 {
            format!("\"{sphere} {body} for {theme}, no. {number}\"")
        } else {
            format!("{sphere} {theme} {body} {number}")
        };
        let acronym = if dice.unit() < 0.6 { format!("{}{}{}{number}", &sphere[..1], &theme[..1], &body[..1]) } else { String::new() };
        let within = if number > 10 && dice.unit() < 0.3 { format!("org-{}", dice.rank(number, 2.0)) } else { String::new() };
        let when = if dice.unit() < 0.8 { format!("{}/..", 1900 + dice.rank(125, 0.5)) } else { String::new() };
        let homepage = if dice.unit() < 0.7 { format!("https://www.org-{number}.example.org/") } else { String::new() };
        let (kind, area, section) = (dice.pick(&KINDS), dice.rank(60, 1.7), dice.rank(sections, 2.0));
        writeln!(out, "org-{number},{name},{acronym},{kind},country-{area},{within},{when},{homepage},s{section}")?;
    }

    let mut out = table("people.csv")?;
    writeln!(out, "id,name,section")?;
    for number in 0..people {
        let (first, last, section) = (dice.pick(&FIRST), dice.pick(&LAST), dice.rank(sections, 2.0));
        writeln!(out, "person-{number},{first} {last} {number},s{section}")?;
    }

    let mut out = table("memberships.csv")?;
    writeln!(out, "member,organization,role,when,section")?;
    let mut seen = HashSet::new();
    let mut number = 0;
    while number < share(35) {
        let member =
            if dice.unit() < 0.8 { format!("person-{}", dice.rank(people, 1.8)) } else { format!("org-{}", dice.rank(organizations, 1.0)) };
        let organization = dice.rank(organizations, 3.0);
        let role = dice.pick(&ROLES);
        if !seen.insert((member.clone(), organization, role)) || member == format!("org-{organization}") {
            continue;
        }
        let when = match dice.unit() {
            unit if unit < 0.4 => format!("{}-01-01/{}-06-30", 1990 + dice.rank(17, 1.0), 2007 + dice.rank(18, 1.0)),
            unit if unit < 0.8 => format!("{}/..", dice.day()),
            _ => String::new(),
        };
        let (member, role) = match number % 20 {
            7 if faulty => (format!("{member}x"), role),
            17 if faulty => (member, "membr"),
            _ => (member, role),
        };
        writeln!(out, "{member},org-{organization},{role},{when},s{}", dice.rank(sections, 2.0))?;
        number += 1;
    }

    let mut out = table("events.csv")?;
    writeln!(out, "id,name,type,when,place,section")?;
    for number in 0..events {
        let (theme, kind, day, place) = (dice.pick(&THEMES), dice.pick(&EVENTS), dice.day(), dice.rank(60, 1.7));
        writeln!(out, "event-{number},{theme} {kind} {number},{kind},{day},country-{place},s{}", dice.rank(sections, 2.0))?;
    }

    let mut out = table("participations.csv")?;
    writeln!(out, "agent,activity,role,section")?;
    let mut seen = HashSet::new();
    let mut number = 0;
    while number < share(20) {
        let agent = if dice.unit() < 0.75 {
            format!("person-{}", dice.rank(people, 1.8))
        } else {
            format!("org-{}", dice.rank(organizations, 2.5))
        };
        let event = dice.rank(events, 2.0);
        let role = dice.pick(&PARTS);
        if seen.insert((agent.clone(), event, role)) {
            writeln!(out, "{agent},event-{event},{role},s{}", dice.rank(sections, 2.0))?;
            number += 1;
        }
    }

    let mut out = table("fundings.csv")?;
    writeln!(out, "funder,recipient,for,value,currency,when,section")?;
    let mut seen = HashSet::new();
    let mut number = 0;
    while number < share(10) {
        let (funder, recipient, event) = (dice.rank(organizations, 4.0), dice.rank(organizations, 1.7), dice.rank(events, 1.5));
        if funder == recipient || !seen.insert((funder, recipient, event)) {
            continue;
        }
        let value = 1_000 + dice.rank(9_000_000, 3.0);
        writeln!(out, "org-{funder},org-{recipient},event-{event},{value},EUR,{},s{}", dice.day(), dice.rank(sections, 2.0))?;
        number += 1;
    }
    Ok(())
}
