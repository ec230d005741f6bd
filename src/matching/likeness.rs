//! How alike two names are, and what in a name is worth looking for.

use std::collections::BTreeSet;

use crate::fold::{fold, initials};

/// The most letters of a name that are looked at.
const LONGEST: usize = 300;

/// A name as it is compared: spelled in Latin letters, folded, its words apart.
pub fn words(name: &str) -> Vec<String> {
    let short: String = name.chars().take(LONGEST).collect();
    let folded = fold(&short);
    let latin = if folded.is_ascii() { folded } else { fold(&deunicode::deunicode_with_tofu(&folded, " ")) };
    latin.split_whitespace().map(str::to_owned).collect()
}

/// Words that stand in many names and tell none from another.
const SMALL: [&str; 34] = [
    "the", "of", "and", "for", "in", "on", "to", "a", "an", "at", "by", "de", "des", "du", "la", "le", "les", "et", "el", "los", "y",
    "der", "die", "das", "und", "fur", "ev", "ltd", "inc", "gmbh", "llc", "limited", "co", "plc",
];

/// The words that tell a name from others; all of them, if there are no others.
fn telling(words: &[String]) -> Vec<&str> {
    let telling: Vec<&str> = words.iter().map(String::as_str).filter(|word| !SMALL.contains(word)).collect();
    if telling.is_empty() { words.iter().map(String::as_str).collect() } else { telling }
}

/// What two names that may mean one thing are likely to share: the whole, its words in any order, each word and how it sounds or
/// begins, its initials.
pub fn keys(name: &str) -> BTreeSet<String> {
    let words = words(name);
    let telling = telling(&words);
    let mut keys = BTreeSet::new();
    if telling.is_empty() {
        return keys;
    }
    let mut sorted = telling.clone();
    sorted.sort_unstable();
    keys.insert(format!("w{}", sorted.join(" ")));
    for word in &telling {
        keys.insert(format!("t{word}"));
        if word.len() >= 5 {
            keys.insert(format!("s{}", skeleton(word)));
        }
    }
    // Two words that follow each other are rare where each of them is not.
    for pair in sorted.windows(2) {
        keys.insert(format!("p{} {}", skeleton(pair[0]), skeleton(pair[1])));
    }
    let alone = words.concat();
    if (2..=12).contains(&alone.len()) && !name.contains(char::is_lowercase) {
        keys.insert(format!("i{alone}"));
    }
    keys.extend(initials(name).into_iter().map(|initials| format!("i{initials}")));
    keys
}

/// A word without what slips and transliterations change: vowels, doubled letters, `y` and `h` behind others, `v` for `w`, `k` for `c`, `q` and `x`.
fn skeleton(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut last = None;
    for (at, letter) in word.chars().enumerate() {
        let letter = match letter {
            'c' | 'q' | 'x' => 'k',
            'w' => 'v',
            'j' | 'y' => 'i',
            other => other,
        };
        let vowel = matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u');
        if at > 0 && (vowel || letter == 'h') {
            continue;
        }
        let letter = if vowel { 'a' } else { letter };
        if last != Some(letter) {
            out.push(letter);
        }
        last = Some(letter);
    }
    out
}

/// How two names are alike, from 0 to 1, with words for it. `rare` says how telling a word is, from 0 to 1.
pub fn alike(a: &str, b: &str, rare: &dyn Fn(&str) -> f64) -> (f64, &'static str) {
    let (first, second) = (words(a), words(b));
    if first.is_empty() || second.is_empty() {
        return (0.0, "nothing");
    }
    if first == second {
        return (1.0, if a == b { "the same name" } else { "the same name, written otherwise" });
    }
    let (mut x, mut y) = (telling(&first), telling(&second));
    if numbers(&first) != numbers(&second) {
        return (0.0, "other numbers");
    }
    x.sort_unstable();
    y.sort_unstable();
    if x == y {
        return (0.97, "the same words");
    }
    if x.concat() == y.concat() || first.concat() == second.concat() {
        return (0.95, "the same words, together or apart");
    }
    let weight = |word: &str| 0.15 + rare(word);
    let total: f64 = x.iter().chain(&y).map(|word| weight(word)).sum();
    let mut left: Vec<&str> = y.clone();
    let mut shared = 0.0;
    let mut slips = 0;
    let mut alone = 0.0f64;
    for word in &x {
        let best =
            left.iter().enumerate().map(|(at, other)| (like(word, other), at)).max_by(|p, q| p.0.total_cmp(&q.0).then(q.1.cmp(&p.1)));
        if let Some((alike, at)) = best.filter(|(alike, _)| *alike >= 0.75) {
            let other = left.remove(at);
            slips += usize::from(alike < 1.0);
            shared += alike * alike * (weight(word) + weight(other));
        } else {
            alone = alone.max(rare(word));
        }
    }
    // A telling word in each that the other lacks: two of a sort, told apart by it.
    let apart = alone.min(left.iter().map(|word| rare(word)).fold(0.0, f64::max));
    let kept = 1.0 - 0.45 * apart;
    // What one has more than the other may be a part of its name that is left out: a place, a legal form.
    let dice = shared / total;
    let least: f64 = x.iter().map(|word| weight(word)).sum::<f64>().min(y.iter().map(|word| weight(word)).sum());
    let inside = if x.len().min(y.len()) >= 2 { shared / (2.0 * least) } else { 0.0 };
    // The same is true of a board and what it governs: by itself it is not enough.
    let alike = dice.max(0.7 * inside.min(1.0));
    (alike.min(0.96) * kept, if slips > 0 { "names that differ in few letters" } else { "names that share words" })
}

/// How alike two words are.
fn like(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    let (short, long) = (a.len().min(b.len()), a.len().max(b.len()));
    // A cut word: `govt`, `intl`, `dept`, and a single letter for a name.
    if short == 1 && a.as_bytes()[0] == b.as_bytes()[0] {
        return 0.8;
    }
    if short < 4 {
        return 0.0;
    }
    if skeleton(a) == skeleton(b) {
        return 0.9;
    }
    let distance = strsim::damerau_levenshtein(a, b);
    if distance * 5 <= long.max(5) { 1.0 - distance as f64 / long as f64 } else { 0.0 }
}

/// The numbers in a name: two that differ in one are hardly one thing.
fn numbers(words: &[String]) -> BTreeSet<&str> {
    words.iter().map(String::as_str).filter(|word| word.bytes().any(|byte| byte.is_ascii_digit())).collect()
}

/// Whether one name is the initials of the other.
pub fn initials_of(short: &str, long: &str) -> bool {
    let alone = fold(short).replace(' ', "");
    (3..=12).contains(&alone.len()) && !short.contains(char::is_lowercase) && initials(long).contains(&alone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_thing_are_alike_and_names_of_two_are_not() {
        let rare = |word: &str| if ["water", "trust", "national", "council", "university"].contains(&word) { 0.2 } else { 0.9 };
        let like = |a: &str, b: &str| alike(a, b, &rare).0;
        for (a, b) in [
            ("Water for Awash", "Awash, Water for"),
            ("Maji Safi Trust", "MAJI-SAFI TRUST"),
            ("Łódź Water Organisation", "Lodz Water Organization"),
            ("Mukhtar Babayev", "Muxtar Babayev"),
            ("Харківський університет", "Kharkivskyy universytet"),
            ("T. Khosa", "Tariq Khosa"),
        ] {
            assert!(like(a, b) > 0.7, "{a} / {b}: {}", like(a, b));
        }
        for (a, b) in [
            ("Water Trust", "National Trust"),
            ("Region 1", "Region 2"),
            ("Report 2023 of the Council", "Report 2024 of the Council"),
            ("University of Lagos", "University of Nairobi"),
            ("Ana", "Anas"),
        ] {
            assert!(like(a, b) < 0.6, "{a} / {b}: {}", like(a, b));
        }
    }

    #[test]
    fn an_acronym_meets_its_name() {
        assert!(initials_of("CFHR", "Centre for Human Rights") && initials_of("CHR", "Centre for Human Rights"));
        assert!(!initials_of("CGR", "Centre for Human Rights"));
        assert!(!keys("CFHR").is_disjoint(&keys("Centre for Human Rights")));
        assert!(!keys("Muxtar Babayev").is_disjoint(&keys("Mukhtar Babaev")));
    }
}
