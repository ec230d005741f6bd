//! Network pictures beside Graphviz's: the same graphs, the same boxes, the faults counted in the same way, time and memory of a
//! process each. `cargo bench --bench diagrams` prints a Markdown table; numbers after `--` choose other sizes.
//!
//! Both sides get boxes of the same sizes and no labels on ties, and give back where the boxes stand. Crossings and ties behind
//! nodes are counted on the straight lines between the middles, so that the places are compared and not the way lines are drawn;
//! the last column counts what remains behind nodes once civigraph has led its lines round them (Graphviz draws them straight).

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use civigraph::diagram::geometry::{Point, Rect};
use civigraph::diagram::quality::{Quality, Straight};
use civigraph::diagram::{Graph, Labels, Node, Options, Style, Tie, lay_out};

/// Who takes longer is stopped.
const LIMIT: Duration = Duration::from_secs(300);
/// Times are the best of so many runs, for runs that take less than a second.
const RUNS: usize = 5;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [mark, nodes] = args.as_slice()
        && mark == "--alone"
    {
        return alone(nodes.parse().expect("a number of nodes"));
    }
    let sizes: Vec<usize> = args.iter().filter_map(|a| a.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![50, 500, 5_000] } else { sizes };
    println!("| nodes | ties | program | time | memory | node overlaps | crossings | ties behind nodes | behind, as drawn |");
    println!("|--:|--:|---|--:|--:|--:|--:|--:|--:|");
    for nodes in sizes {
        let graph = network(nodes);
        let scene = lay_out(&graph, &Style::default(), &options()).expect("a scene");
        let boxes: Vec<Rect> = scene.places.iter().map(|p| p.expect("every node is drawn")).collect();
        let own = std::env::current_exe().expect("this program");
        let run = fastest(|| Job::new(&own, &["--alone", &nodes.to_string()], None));
        row(&graph, "civigraph", run, |text| places(text, &boxes), Some(Quality::of(&graph, &scene).ties_behind_nodes));
        let dot = dot(&graph, &boxes);
        for program in ["neato", "fdp", "sfdp"] {
            let run = fastest(|| Job::new(program, &["-Goverlap=false", "-Tplain"], Some(dot.clone())));
            row(&graph, program, run, |text| plain(text, &boxes), None);
        }
    }
    println!("\n{}", version());
}

fn options() -> Options {
    Options { labels: Labels::None, ..Options::default() }
}

/// A network by preferential attachment: a few hubs, many leaves, names of one to four lines.
fn network(nodes: usize) -> Graph {
    let mut state = 7_u64;
    let mut roll = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    let words = ["Ocean", "Climate", "Migration", "Justice", "Media", "Health", "Energy", "Transport", "Education", "Trade"];
    let mut ends = vec![0];
    let mut ties: Vec<(usize, usize)> = Vec::new();
    for i in 1..nodes {
        for _ in 0..1 + usize::from(roll(10) < 6) + usize::from(roll(10) < 3) {
            let j = if roll(4) < 3 { ends[roll(ends.len())] } else { roll(i) };
            if j != i && !ties.contains(&(i, j)) {
                ties.push((i, j));
                ends.extend([i, j]);
            }
        }
    }
    let long =
        |i: usize| if i.is_multiple_of(3) { format!(" for the Protection and Promotion of {}", words[i / 7 % 10]) } else { String::new() };
    Graph {
        nodes: (0..nodes)
            .map(|i| Node { id: format!("n{i}"), label: format!("{} Network {i}{}", words[i % 10], long(i)), ..Node::default() })
            .collect(),
        ties: ties.into_iter().map(|(from, to)| Tie { from, to, directed: true, ..Tie::default() }).collect(),
        ..Graph::default()
    }
}

/// One drawing in a process of its own: makes the graph, lays it out, prints the places.
fn alone(nodes: usize) {
    let scene = lay_out(&network(nodes), &Style::default(), &options()).expect("a scene");
    let mut out = std::io::stdout().lock();
    for place in scene.places.iter().flatten() {
        writeln!(out, "{} {}", place.centre().x, place.centre().y).expect("the table reads this");
    }
}

fn places(text: &str, boxes: &[Rect]) -> Vec<Rect> {
    let numbers = |line: &str| -> Vec<f64> { line.split(' ').filter_map(|n| n.parse().ok()).collect() };
    text.lines().zip(boxes).map(|(line, r)| (numbers(line), r)).map(|(n, r)| Rect::around(Point::new(n[0], n[1]), r.w, r.h)).collect()
}

/// The graph for Graphviz: boxes of fixed sizes in inches.
fn dot(graph: &Graph, boxes: &[Rect]) -> String {
    let mut text = "digraph { node [shape=box fixedsize=true label=\"\"] edge [arrowhead=none]\n".to_owned();
    for (i, r) in boxes.iter().enumerate() {
        text.push_str(&format!("n{i} [width={:.4} height={:.4}]\n", r.w / 72.0, r.h / 72.0));
    }
    for tie in &graph.ties {
        text.push_str(&format!("n{} -> n{}\n", tie.from, tie.to));
    }
    text.push('}');
    text
}

/// Graphviz's plain format: `node n1 x y width height …`, in inches.
fn plain(text: &str, boxes: &[Rect]) -> Vec<Rect> {
    let mut found = boxes.to_vec();
    for line in text.lines().filter_map(|l| l.strip_prefix("node n")) {
        let mut cells = line.split(' ');
        let number: usize = cells.next().and_then(|n| n.parse().ok()).expect("a node's number");
        let mut inches = || cells.next().and_then(|n| n.parse::<f64>().ok()).expect("a place") * 72.0;
        let (x, y) = (inches(), inches());
        found[number] = Rect::around(Point::new(x, -y), boxes[number].w, boxes[number].h);
    }
    found
}

enum Run {
    Done { time: Duration, memory: usize, output: String },
    Stopped,
    Missing,
}

/// A program with what it reads.
struct Job {
    command: Command,
    input: Option<String>,
}

impl Job {
    fn new(program: impl AsRef<std::ffi::OsStr>, args: &[&str], input: Option<String>) -> Self {
        let mut command = Command::new(program);
        command.args(args);
        Self { command, input }
    }
}

fn fastest(job: impl Fn() -> Job) -> Run {
    let mut best = once(job());
    for _ in 1..RUNS {
        let Run::Done { time, .. } = &best else { return best };
        if *time > Duration::from_secs(1) {
            return best;
        }
        let next = once(job());
        if let (Run::Done { time: new, .. }, Run::Done { time, .. }) = (&next, &best)
            && new < time
        {
            best = next;
        }
    }
    best
}

/// Runs a program; its peak memory is read from the kernel while it runs.
fn once(job: Job) -> Run {
    let Job { mut command, input } = job;
    let start = Instant::now();
    let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let Ok(mut child) = spawned else { return Run::Missing };
    let mut stdin = child.stdin.take().expect("piped");
    let writing = std::thread::spawn(move || {
        // A program that reads nothing closes the pipe: that is no fault.
        let _ = stdin.write_all(input.unwrap_or_default().as_bytes());
    });
    let mut stdout = child.stdout.take().expect("piped");
    let reading = std::thread::spawn(move || {
        let mut text = String::new();
        stdout.read_to_string(&mut text).map(|_| text).unwrap_or_default()
    });
    let mut memory = 0;
    loop {
        memory = memory.max(peak(child.id()));
        match child.try_wait().expect("the child can be waited for") {
            Some(_) => break,
            None if start.elapsed() > LIMIT => {
                child.kill().expect("the child can be stopped");
                child.wait().expect("the child can be waited for");
                return Run::Stopped;
            }
            None => std::thread::sleep(Duration::from_millis(1)),
        }
    }
    let time = start.elapsed();
    writing.join().expect("written");
    Run::Done { time, memory, output: reading.join().expect("read") }
}

/// The most memory a process has held, in kilobytes; zero where the kernel does not tell.
fn peak(process: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.and_then(|l| l.trim().split(' ').next()).and_then(|n| n.parse().ok()).unwrap_or(0)
}

fn row(graph: &Graph, program: &str, run: Run, places: impl Fn(&str) -> Vec<Rect>, drawn: Option<usize>) {
    let (nodes, ties) = (graph.nodes.len(), graph.ties.len());
    match run {
        Run::Missing => println!("| {nodes} | {ties} | {program} | not installed | | | | | |"),
        Run::Stopped => println!("| {nodes} | {ties} | {program} | stopped after {} s | | | | | |", LIMIT.as_secs()),
        Run::Done { time, memory, output } => {
            let picture = Straight { nodes: places(&output), ties: graph.ties.iter().map(|t| (t.from, t.to)).collect() };
            let found = picture.quality();
            let time =
                if time < Duration::from_secs(10) { format!("{} ms", time.as_millis()) } else { format!("{:.1} s", time.as_secs_f64()) };
            println!(
                "| {nodes} | {ties} | {program} | {time} | {} MB | {} | {} | {} | {} |",
                memory / 1024,
                found.node_overlaps,
                found.crossings,
                found.ties_behind_nodes,
                drawn.unwrap_or(found.ties_behind_nodes)
            );
        }
    }
}

/// Which Graphviz it was.
fn version() -> String {
    let said = Command::new("neato").arg("-V").output().map(|o| String::from_utf8_lossy(&o.stderr).trim().to_owned());
    said.unwrap_or_else(|_| "Graphviz is not installed".to_owned())
}
