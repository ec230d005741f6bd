//! Kills builds at random moments with readers beside them, from a seed, and counts what was found afterwards:
//! `cargo run --example kills -- KILLS SEED`.

mod run;

/// As the program itself has it, which this one is when it is asked to be.
#[global_allocator]
static ALLOCATOR: civigraph::cli::Counted = civigraph::cli::Counted;

fn main() {
    if std::env::var_os(run::AS_PROGRAM).is_some() {
        civigraph::cli::main();
    }
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u64| arguments.next().map_or(default, |text| text.parse().expect("KILLS SEED"));
    let (kills, seed) = (number(1000), number(1));
    let own = std::env::current_exe().expect("this program");
    let count = run::run(&own, kills as usize, seed);
    println!(
        "| kills | seed | by SIGKILL, SIGTERM, SIGINT | old graph left | new graph left | interrupted in words | reads beside | wrong |"
    );
    println!("|--:|--:|---|--:|--:|--:|--:|--:|");
    println!(
        "| {kills} | {seed} | {} | {} | {} | {} | {} | {} |",
        count.signals.map(|number| number.to_string()).join(", "),
        count.old,
        count.new,
        count.interrupted,
        count.reads,
        count.faults.len()
    );
    for fault in &count.faults {
        println!("{fault}");
    }
    std::process::exit(i32::from(!count.faults.is_empty()));
}
