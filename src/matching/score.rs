//! What speaks for two things being one, and what against it, added up.
//!
//! Each part counts as the logarithm of odds would; the sum is turned into a figure from 0 to 1. The weights were set on pairs made from other
//! people's data and from the repository's report, and are held by `benches/peers/match.sh`.

use super::gather::Gathered;
use super::{Part, Thing, likeness};

/// What stands before anything is known: of two things that share something rare, most are not one.
const BEFORE: f64 = -3.2;

/// The score of a pair, with its parts.
pub fn score(gathered: &Gathered<'_>, one: u32, other: u32) -> (f64, Vec<Part>) {
    let (a, b) = (&gathered.things[one as usize], &gathered.things[other as usize]);
    let mut parts = Vec::new();
    names(gathered, a, b, &mut parts);
    identifiers(gathered, a, b, &mut parts);
    facts(gathered, a, b, &mut parts);
    dates(a, b, &mut parts);
    neighbours(gathered, a, b, (one, other), &mut parts);
    parts.sort_by(|x, y| y.weight.abs().total_cmp(&x.weight.abs()).then_with(|| x.words.cmp(&y.words)));
    let sum = BEFORE + parts.iter().map(|part| part.weight).sum::<f64>();
    (1.0 / (1.0 + (-sum).exp()), parts)
}

fn names(gathered: &Gathered<'_>, a: &Thing, b: &Thing, parts: &mut Vec<Part>) {
    let rare = |word: &str| gathered.rare(word);
    let mut best: Option<(f64, String)> = None;
    let mut numbers = false;
    for first in &a.names {
        for second in &b.names {
            let (alike, why) = likeness::alike(first, second, &rare);
            numbers |= why == "other numbers" && first == &a.name && second == &b.name;
            // A short name is shared by many: what it says counts by how telling its words are.
            let telling: f64 = likeness::words(first).iter().chain(&likeness::words(second)).map(|word| rare(word)).sum::<f64>() / 2.0;
            let short = !first.contains(' ') && !first.contains(char::is_lowercase) && first.chars().count() <= 6;
            let strength = match short {
                // Names that differ say more than an acronym that many have.
                true if a.name != *first && b.name != *second => 0.2,
                true => 0.55,
                false => (0.45 + 0.35 * telling).clamp(0.4, 1.0),
            };
            let worth = ((alike - 0.55) / 0.45).clamp(-0.6, 1.0) * 6.5 * if alike > 0.55 { strength } else { 1.0 };
            if best.as_ref().is_none_or(|(known, _)| worth > *known) {
                best = Some((worth, if first == second { format!("{why}: {first}") } else { format!("{why}: {first} / {second}") }));
            }
        }
    }
    let acronym = a.names.iter().flat_map(|first| b.names.iter().map(move |second| (first, second)));
    let acronym = acronym.into_iter().find(|(first, second)| likeness::initials_of(first, second) || likeness::initials_of(second, first));
    if let Some((first, second)) = acronym {
        let worth = 2.6;
        if best.as_ref().is_none_or(|(known, _)| worth > *known) {
            best = Some((worth, format!("an acronym and its name: {first} / {second}")));
        }
    }
    if numbers {
        parts.push(Part { words: format!("the numbers differ: {} / {}", a.name, b.name), weight: -3.0 });
    }
    if let Some((weight, words)) = best {
        parts.push(Part { words, weight });
    }
}

fn identifiers(gathered: &Gathered<'_>, a: &Thing, b: &Thing, parts: &mut Vec<Part>) {
    let mut shared = std::collections::BTreeSet::new();
    for ((key, value), written) in &a.identifiers {
        if b.identifiers.keys().any(|(_, known)| known == value) && shared.insert(value.clone()) {
            let holders = f64::from(gathered.holders.get(value).copied().unwrap_or(2));
            let weight = (4.2 - 1.2 * (holders - 2.0).max(0.0).ln_1p() * 1.6).max(0.4);
            parts.push(Part { words: format!("the same {}: {written}", gathered.keys[*key as usize].0), weight });
        }
    }
    if !shared.is_empty() {
        return;
    }
    // Who has one number of a register has no other of it.
    for ((key, value), written) in &a.identifiers {
        let other = b
            .identifiers
            .iter()
            .find(|((other, _), _)| other == key)
            .filter(|_| gathered.keys[*key as usize].1 || is_of_one_register(value, b, *key));
        if let Some((_, other)) = other {
            parts.push(Part { words: format!("another {}: {written} / {other}", gathered.keys[*key as usize].0), weight: -1.8 });
            return;
        }
    }
}

/// Whether an identifier looks like one of the other's under the same key: as long, with the same letters before its number.
fn is_of_one_register(value: &str, other: &Thing, key: u32) -> bool {
    let look = |text: &str| -> String { text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect() };
    let digits = value.bytes().filter(u8::is_ascii_digit).count() >= 4;
    digits && other.identifiers.keys().any(|(known, text)| *known == key && look(text) == look(value))
}

fn facts(gathered: &Gathered<'_>, a: &Thing, b: &Thing, parts: &mut Vec<Part>) {
    let keys: std::collections::BTreeSet<u32> = a.facts.iter().map(|(key, _)| *key).collect();
    for key in keys {
        let of = |thing: &Thing| -> std::collections::BTreeSet<u32> {
            thing.facts.iter().filter(|(known, _)| *known == key).map(|(_, to)| *to).collect()
        };
        let (x, y) = (of(a), of(b));
        if y.is_empty() {
            continue;
        }
        let words = &gathered.keys[key as usize].0;
        let mut both = x.intersection(&y);
        match both.next() {
            Some(to) => {
                let weight = 1.6 * rarity(gathered, *to);
                parts.push(Part { words: format!("{words}: both {}", gathered.things[*to as usize].name), weight });
            }
            None => {
                let name = |things: &std::collections::BTreeSet<u32>| {
                    things.first().map_or("", |to| gathered.things[*to as usize].name.as_str()).to_owned()
                };
                parts.push(Part { words: format!("{words}: {} / {}", name(&x), name(&y)), weight: -1.4 });
            }
        }
    }
}

/// How much it says that two share this one: hardly anything, if all do.
fn rarity(gathered: &Gathered<'_>, thing: u32) -> f64 {
    let count = f64::from(gathered.referred.get(&thing).copied().unwrap_or(1));
    let all = (gathered.things.len() as f64).max(8.0);
    ((all / count).ln() / all.ln()).clamp(0.05, 1.0)
}

fn dates(a: &Thing, b: &Thing, parts: &mut Vec<Part>) {
    if a.dates.is_empty() || b.dates.is_empty() {
        return;
    }
    let near = |x: &str, y: &str| {
        let (x, y) = (x.trim_end_matches("/.."), y.trim_end_matches("/.."));
        x.starts_with(y) || y.starts_with(x)
    };
    let (first, second) = (a.dates.first().map_or("", String::as_str), b.dates.first().map_or("", String::as_str));
    if a.dates.iter().any(|x| b.dates.iter().any(|y| near(x, y))) {
        parts.push(Part { words: format!("dates that agree: {first} / {second}"), weight: 0.9 });
    } else {
        parts.push(Part { words: format!("dates that do not agree: {first} / {second}"), weight: -1.6 });
    }
}

fn neighbours(gathered: &Gathered<'_>, a: &Thing, b: &Thing, (one, other): (u32, u32), parts: &mut Vec<Part>) {
    // What is tied to itself is hardly tied to itself.
    if a.neighbours.contains(&other) || b.neighbours.contains(&one) {
        parts.push(Part { words: "they are tied to each other".to_owned(), weight: -1.6 });
    }
    if a.facts.iter().any(|(_, to)| *to == other) || b.facts.iter().any(|(_, to)| *to == one) {
        parts.push(Part { words: "one refers to the other".to_owned(), weight: -1.6 });
    }
    let both: Vec<u32> = a.neighbours.intersection(&b.neighbours).copied().collect();
    if let Some(best) = both.iter().max_by(|x, y| rarity(gathered, **x).total_cmp(&rarity(gathered, **y)).then(y.cmp(x))) {
        let sum: f64 = both.iter().map(|to| rarity(gathered, *to)).sum();
        let name = &gathered.things[*best as usize].name;
        let more = if both.len() > 1 { format!(" and {} more", both.len() - 1) } else { String::new() };
        parts.push(Part { words: format!("both are tied to {name}{more}"), weight: (0.9 * sum).min(2.0) });
    }
}
