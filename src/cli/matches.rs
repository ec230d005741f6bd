//! `civigraph match`: things that may be one, with what speaks for it and against it; and a review in the terminal, which writes down what people decide.

use std::collections::HashMap;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::fresh::{Fresh, Part};
use super::{Context, Failure, Outcome, Output, no_format, width};
use crate::matching::{self, Pair};
use crate::project::Project;
use crate::query::answer::separated;
use crate::query::answer::table::wrap;
use crate::source::matches::{COLUMNS, Decision, FILE, Matches};
use crate::source::text;
use crate::values::text::{delimited, shown_line, steers};

/// Propose things that may be one, and decide
///
/// Names, acronyms, spellings in other scripts, identifiers, addresses, places, dates and ties are compared; each pair has a score and what it is made of. Nothing is
/// merged without a decision: a line in matches.csv that says `same` makes one thing of two at the next build, with the names and citations of both; take the line out and
/// they are two again. What was decided is not proposed again.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  civigraph match\n  civigraph match --kind Organization --least 0.8\n  civigraph match --review --who 'T. Khan'\n  civigraph match -o pairs.csv"
)]
pub struct MatchArgs {
    /// Only things of this kind, or of one below it
    #[arg(long, value_name = "KIND", add = clap_complete::ArgValueCompleter::new(super::completions::kinds))]
    kind: Option<String>,
    /// Only pairs that are at least so likely, from 0 to 1
    #[arg(long, value_name = "SCORE", default_value = "0.5")]
    least: f64,
    /// At most so many pairs (0: all)
    #[arg(long, value_name = "N", default_value = "50")]
    limit: usize,
    /// Also those of which somebody was unsure
    #[arg(long)]
    unsure: bool,
    /// Go through them one by one, and write down what you decide
    #[arg(long, conflicts_with_all = ["format", "output"])]
    review: bool,
    /// Who decides; your name on this machine unless said
    #[arg(long, value_name = "NAME", requires = "review")]
    who: Option<String>,
    /// human, csv or json; without it the ending of -o decides
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// Write to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    fresh: Fresh,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Human,
    Csv,
    Json,
}

const FORMATS: [(&str, Format); 3] = [("human", Format::Human), ("csv", Format::Csv), ("json", Format::Json)];

/// Runs the command.
pub fn run(args: &MatchArgs, context: &Context) -> Outcome {
    let named =
        args.format.clone().or_else(|| super::ending(args.output.as_ref()).filter(|ending| FORMATS.iter().any(|(name, _)| name == ending)));
    let format = match &named {
        None => Format::Human,
        Some(name) => FORMATS
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, format)| *format)
            .ok_or_else(|| no_format(name, FORMATS.iter().map(|(name, _)| *name).collect()))?,
    };
    if !(0.0..=1.0).contains(&args.least) {
        return Err(Failure::Usage("--least is a score from 0 to 1".to_owned(), None));
    }
    let session = super::reading::current(context, args.fresh, Part::Things)?;
    let project = &session.project;
    let (matches, findings) = Matches::read(project);
    if let Some(finding) = findings.first() {
        return Err(Failure::Input(format!("{}: {}", finding.location, finding.message), finding.hint.clone()));
    }
    let opened = &session.opened;
    let kind = args.kind.as_deref().map(|name| super::schema::kind(name, opened)).transpose()?;
    let mut pairs = matching::pairs(&session.store, opened.naming(project), args.least)?;
    if let Some(kind) = kind {
        pairs.retain(|pair| [&pair.one, &pair.other].iter().all(|thing| matching::is_of(thing, &kind.name, &opened.schema)));
    }
    pairs.retain(|pair| match matches.decided(&pair.one.iri, &pair.other.iri) {
        None => true,
        Some(Decision::Unsure) => args.unsure,
        Some(_) => false,
    });
    let all = pairs.len();
    pairs.truncate(if args.limit == 0 { all } else { args.limit });
    if args.review {
        return review(&pairs, args, project, context);
    }
    let mut out = Output::open(args.output.as_ref())?;
    match format {
        Format::Human => pairs.iter().try_for_each(|pair| writeln!(out.writer(), "{}\n", human(pair)))?,
        Format::Csv => csv(&pairs, out.writer())?,
        Format::Json => {
            let list: Vec<_> = pairs.iter().map(as_json).collect();
            writeln!(out.writer(), "{:#}", json!({ "pairs": list }))?;
        }
    }
    out.finish()?;
    context.say(&match (pairs.len(), all) {
        (0, _) => "no two things look like one".to_owned(),
        (shown, all) if shown < all => format!("… and {} more: --limit 0 shows all, --review decides", all - shown),
        (1, _) => "1 pair; --review decides".to_owned(),
        (shown, _) => format!("{shown} pairs; --review decides"),
    });
    Ok(())
}

/// One pair for people.
fn human(pair: &Pair) -> String {
    let mut text = format!(
        "{:.2}  {} ({})\n      {} ({})",
        pair.score,
        line(&pair.one.name),
        line(&pair.one.id),
        line(&pair.other.name),
        line(&pair.other.id)
    );
    let width = usize::from(width()).max(40);
    for part in pair.parts.iter().filter(|part| part.weight.abs() >= 0.05) {
        for (index, words) in wrap(&line(&part.words), width.saturating_sub(13)).into_iter().enumerate() {
            let weight = if index == 0 { format!("{:+5.1}", part.weight) } else { String::new() };
            text.push_str(&format!("\n      {weight:5}  {words}"));
        }
    }
    text
}

fn line(text: &str) -> String {
    shown_line(text)
}

fn csv(pairs: &[Pair], out: &mut dyn Write) -> io::Result<()> {
    write!(out, "score,{},one name,other name,because\r\n", COLUMNS.join(","))?;
    for pair in pairs {
        let because = pair.parts.iter().map(|part| format!("{:+.1} {}", part.weight, part.words)).collect::<Vec<_>>().join("; ");
        let cells = ["", &pair.one.id, &pair.other.id, "", "", "", &pair.one.name, &pair.other.name, &because];
        let cells: Vec<String> = cells.iter().map(|cell| separated::csv(&line(cell))).collect();
        write!(out, "{:.3},{}\r\n", pair.score, cells.join(","))?;
    }
    Ok(())
}

fn as_json(pair: &Pair) -> serde_json::Value {
    let parts: Vec<_> =
        pair.parts.iter().map(|part| json!({ "because": part.words, "weight": (part.weight * 100.0).round() / 100.0 })).collect();
    json!({
        "score": (pair.score * 1000.0).round() / 1000.0,
        "one": { "id": pair.one.id, "iri": pair.one.iri, "name": pair.one.name },
        "other": { "id": pair.other.id, "iri": pair.other.iri, "name": pair.other.name },
        "parts": parts,
    })
}

/// Goes through pairs one by one. Every answer is written down at once: nothing is lost by leaving.
fn review(pairs: &[Pair], args: &MatchArgs, project: &Project, context: &Context) -> Outcome {
    let who = args.who.clone().or_else(|| ["USER", "USERNAME"].iter().find_map(|name| std::env::var(name).ok())).unwrap_or_default();
    let mut input = io::stdin().lock();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let mut out = io::stderr();
    for (at, pair) in pairs.iter().enumerate() {
        let bar = format!("── {} of {} ", at + 1, pairs.len());
        writeln!(out, "{bar}{}\n{}", "─".repeat(60usize.saturating_sub(bar.chars().count())), human(pair))?;
        let decision = loop {
            write!(out, "      one thing? [s]ame  [d]ifferent  [u]nsure  [n]ext  [q]uit: ")?;
            out.flush()?;
            let Some(answer) = answer(&mut input)? else { return told(&counts, context) };
            match answer.trim().to_lowercase().as_str() {
                "q" | "quit" => return told(&counts, context),
                "n" | "next" | "" => break None,
                "s" | "same" => break Some(Decision::Same),
                "d" | "different" => break Some(Decision::Different),
                "u" | "unsure" => break Some(Decision::Unsure),
                other => writeln!(out, "      `{}` is none of s, d, u, n and q", line(other))?,
            }
        };
        let Some(decision) = decision else { continue };
        write!(out, "      why (may stay empty): ")?;
        out.flush()?;
        let why = answer(&mut input)?.unwrap_or_default();
        let today = today();
        note(project, decision, pair, [&who, &today, why.trim()])?;
        *counts.entry(decision.word()).or_default() += 1;
        if !io::stdin().is_terminal() {
            writeln!(out)?;
        }
    }
    told(&counts, context)
}

/// Today's date, by universal time.
fn today() -> String {
    jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date().to_string()
}

/// The longest answer, in bytes.
const ANSWER: u64 = 10_000;

fn answer(input: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let read = input.by_ref().take(ANSWER).read_until(b'\n', &mut bytes)?;
    let text: String = String::from_utf8_lossy(&bytes).chars().filter(|c| !steers(*c)).collect();
    Ok((read > 0).then_some(text))
}

fn told(counts: &HashMap<&str, usize>, context: &Context) -> Outcome {
    let words: Vec<String> = Decision::ALL.iter().filter_map(|(word, _)| Some(format!("{} {word}", counts.get(word)?))).collect();
    context.say(&match words.is_empty() {
        true => "nothing was decided".to_owned(),
        false => format!("written to {FILE}: {}; the next build follows it", words.join(", ")),
    });
    Ok(())
}

/// Writes a decision down, as a line at the end of the file.
fn note(project: &Project, decision: Decision, pair: &Pair, said: [&str; 3]) -> Outcome {
    let path = project.root.join(FILE);
    let mut known = match text::read_whole(project.door(), &path) {
        Ok(known) => known,
        Err(unread) if unread.is_missing() => String::new(),
        Err(unread) => return Err(Failure::Input(format!("cannot read {FILE}: {}", unread.words()), None)),
    };
    let header = known.lines().find(|line| !line.trim().is_empty()).map(str::to_owned);
    let columns: Vec<String> = match &header {
        Some(line) => line.split(',').map(|name| name.trim().trim_start_matches('\u{feff}').to_lowercase()).collect(),
        None => COLUMNS.map(str::to_owned).to_vec(),
    };
    let mut text = String::new();
    if header.is_none() {
        text.push_str(&format!("{}\n", COLUMNS.join(",")));
    } else if !known.ends_with('\n') {
        text.push('\n');
    }
    let values = [decision.word(), &pair.one.id, &pair.other.id, said[0], said[1], said[2]];
    let cells = columns.iter().map(|column| {
        let value = COLUMNS.iter().position(|known| known == column).map_or("", |at| values[at]);
        delimited(value, ',')
    });
    text.push_str(&format!("{}\n", cells.collect::<Vec<_>>().join(",")));
    known.push_str(&text);
    let mut out = Output::open(Some(&path))?;
    out.writer().write_all(known.as_bytes())?;
    out.finish()
}
