//! Runs the abuses of `abuses.tsv`, each in a process of its own, and writes what came of them as a table:
//! `cargo run --example abuse`, or `-- NAME…` for some of them alone.

#[cfg(unix)]
mod run;

/// As the program itself has it, which this one is when it is asked to be.
#[global_allocator]
static ALLOCATOR: civigraph::cli::Counted = civigraph::cli::Counted;

#[cfg(not(unix))]
fn main() {
    println!("the abuses are written for a Unix shell");
}

#[cfg(unix)]
fn main() {
    use std::path::Path;
    use std::process::{Command, Stdio};

    if std::env::var_os(run::AS_PROGRAM).is_some() {
        civigraph::cli::main();
    }
    let own = std::env::current_exe().expect("this program");
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let abuses = run::abuses();
    // What one of them takes is what the children of a process of its own took.
    if let [flag, name, ground, folder] = &arguments[..]
        && flag == "--one"
    {
        let abuse = abuses.iter().find(|abuse| abuse.name == *name).expect("an abuse of this name");
        let ground = run::Ground::at(&own, Path::new(ground));
        let outcome = ground.run(abuse, Path::new(folder));
        let memory = nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_CHILDREN).map_or(0, |usage| usage.max_rss());
        let code = outcome.code.map_or("none".to_owned(), |code| code.to_string());
        println!("| {name} | {} | {:.2} s | {} MB | {code} | {} |", abuse.row, outcome.seconds, memory / 1024, cell(&outcome.said));
        if let Some(fault) = &outcome.fault {
            eprintln!("{fault}\n");
        }
        std::process::exit(i32::from(outcome.fault.is_some()));
    }
    let ground = run::Ground::new(&own);
    println!("| abuse | of | time | memory | exit code | what is said |\n|---|---|--:|--:|--:|---|");
    let mut faults = 0;
    for abuse in abuses.iter().filter(|abuse| arguments.is_empty() || arguments.contains(&abuse.name)) {
        let folder = ground.prepare(abuse);
        let status = Command::new(&own)
            .args(["--one".as_ref(), abuse.name.as_ref(), ground.path().as_os_str(), folder.path().as_os_str()])
            .stdin(Stdio::null())
            .status()
            .expect("this program runs");
        faults += usize::from(!status.success());
    }
    println!("\n{faults} of them ended otherwise than they must");
    std::process::exit(i32::from(faults > 0));
}

/// Text that may stand in a cell of a table of Markdown.
#[cfg(unix)]
fn cell(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { '�' } else { c }).collect();
    plain.replace('|', "\\|").replace('<', "&lt;")
}
