//! How soon every command ends once it is told to: `cargo bench --bench ending`. The list of commands is the program's own; each is
//! given work and told to end by SIGINT, by SIGTERM and by `--timeout`, thrice; the longest of each is written down, and more than a
//! tenth of a second is a fault.

#[cfg(unix)]
#[path = "../tests/it/ending/rows.rs"]
mod rows;

#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
fn main() {
    use std::fs;
    use std::path::Path;
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    const MOST: Duration = Duration::from_millis(100);

    let program = env!("CARGO_BIN_EXE_civigraph");
    let scratch = tempfile::tempdir().expect("a folder");
    let folder = scratch.path();
    let write = |name: &str, text: String| {
        let place = folder.join(name);
        fs::create_dir_all(place.parent().expect("a parent")).expect("a folder");
        fs::write(place, text).expect("written");
    };
    let ontology = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/_ontology/model.ttl");
    write("ontology/model.ttl", fs::read_to_string(ontology).expect("the tests' ontology"));
    write("civigraph.toml", "title = \"Test\"\nbase = \"https://example.org/\"\nshipped = false\n".to_owned());
    write("data/s/source.toml", "title = \"A source\"\nshort = \"S\"\nas_of = 2025-12-31\n".to_owned());
    write("data/s/sections.csv", "locator,title,page,parent\n1,One,1,\n".to_owned());
    let rows = |count: usize, row: &dyn Fn(usize) -> String| (0..count).map(row).collect::<String>();
    let things = 60_000;
    write("data/s/organizations.csv", format!("id,name,section\n{}", rows(things, &|n| format!("o{n},Organization {n},1\n"))));
    let ties = rows(things, &|n| format!("o{n},o{},1\n", (n * 7 + 1) % things));
    write("data/s/memberships.csv", format!("member,organization,section\n{ties}"));
    write("big.csv", format!("name,city\n{}", "A,B\n".repeat(200_000)));
    write("queries/diagrams/all.rq", "# All\nSELECT ?from ?to { ?m org:member ?from ; org:organization ?to }\n".to_owned());
    let start = |arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder).env("NO_COLOR", "1").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("it starts")
    };
    assert!(start(&["build"]).wait().expect("it ends").success(), "the project is built");

    println!("| command | caught | longest |\n|---|--:|--:|");
    let mut faults = Vec::new();
    for (command, rest, _) in rows::COMMANDS {
        let arguments = [&[*command], *rest].concat();
        let (mut caught, mut longest) = (0, Duration::ZERO);
        for round in 0..3_u32 {
            // From near its start to well within its work.
            let wait = Duration::from_millis(u64::from(20 + 110 * round));
            for way in ["-INT", "-TERM", "--timeout"] {
                let limit = format!("{}", wait.as_secs_f64());
                let timed = [&arguments[..], &["--timeout", &limit]].concat();
                let begun = Instant::now();
                let mut child = start(if way == "--timeout" { &timed } else { &arguments });
                std::thread::sleep(wait.saturating_sub(begun.elapsed()));
                let told = Instant::now();
                if way != "--timeout" {
                    let _ = Command::new("kill").args([way, &child.id().to_string()]).stderr(Stdio::null()).status();
                }
                let status = child.wait().expect("it ends");
                if matches!((way, status.code()), ("--timeout", Some(2)) | (_, Some(130) | None)) {
                    caught += 1;
                    longest = longest.max(told.elapsed());
                }
                for made in ["made", "data/imported"] {
                    let _ = fs::remove_dir_all(folder.join(made));
                }
            }
        }
        println!("| `{}` | {caught} of 9 | {} ms |", arguments.join(" ").replace('|', "\\|"), longest.as_millis());
        if longest > MOST {
            faults.push(format!("{arguments:?} took {longest:?}"));
        }
    }
    for fault in &faults {
        println!("{fault}");
    }
    std::process::exit(i32::from(!faults.is_empty()));
}
