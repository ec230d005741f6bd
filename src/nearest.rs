//! The nearest right name to a wrong one, for every hint that says "did you mean".

use std::collections::HashMap;

/// The candidate most like a text, if one is like it at all: few edits, or the one that the text begins or ends.
///
/// Case, hyphens and underscores count for nothing; ties go to the first in alphabetical order. Costs one edit
/// distance a candidate.
pub fn nearest(wrong: &str, candidates: impl IntoIterator<Item = String>) -> Option<String> {
    let wanted = fold(wrong);
    let length = wanted.chars().count();
    if length == 0 || length > LONGEST {
        return None;
    }
    candidates
        .into_iter()
        .filter_map(|candidate| Some((distance(&wanted, length, &fold(&candidate))?, candidate)))
        .min()
        .map(|found| found.1)
}

/// The longest text that is meant to be a name.
const LONGEST: usize = 100;

fn fold(text: &str) -> String {
    text.to_lowercase().replace(['-', '_', ' '], "")
}

/// How far a folded candidate is from what was wanted, if it is near.
fn distance(wanted: &str, length: usize, folded: &str) -> Option<usize> {
    let allowed = (length / 3).max(1);
    if folded.chars().count().abs_diff(length) > allowed.max(4) {
        return None;
    }
    let distance = strsim::damerau_levenshtein(wanted, folded);
    let kin = length >= 3 && (folded.starts_with(wanted) || folded.ends_with(wanted) || wanted.starts_with(folded));
    (distance <= allowed || kin).then_some(distance)
}

/// Candidates for many wrong names.
///
/// Few are looked at each for each wrong name, as by [`nearest`]. Among many only those are that share rare pieces of three
/// characters with it, so that a hint costs the same however many candidates there are; it may miss one that is far off.
#[derive(Debug)]
pub struct Candidates {
    /// As they are written, and folded; in order.
    all: Vec<(String, String)>,
    /// Where each piece of three characters occurs.
    pieces: HashMap<[char; 3], Vec<u32>>,
    /// How many candidates were looked at.
    looks: usize,
}

/// As many candidates as are all looked at.
const FEW: usize = 1000;
/// Of many, so many are.
const LOOKS: usize = 60;
/// So many are gone through, at most, for those that share one piece more.
const WALK: usize = 40 * LOOKS;

fn pieces(folded: &str) -> impl Iterator<Item = [char; 3]> {
    // The beginning and the end of a name are pieces too.
    let padded: Vec<char> = ['\0', '\0'].into_iter().chain(folded.chars().take(LONGEST)).chain(['\0', '\0']).collect();
    (0..padded.len() - 2).map(move |at| [padded[at], padded[at + 1], padded[at + 2]])
}

impl Candidates {
    /// Takes candidates. Costs some bytes for each character of them, where they are many.
    pub fn new(candidates: impl IntoIterator<Item = String>) -> Self {
        let mut all: Vec<(String, String)> =
            candidates.into_iter().map(|name| (fold(&name), name)).map(|(folded, name)| (name, folded)).collect();
        all.sort();
        all.dedup();
        let mut index: HashMap<[char; 3], Vec<u32>> = HashMap::new();
        if all.len() > FEW {
            for (number, (_, folded)) in (0..).zip(&all) {
                for piece in pieces(folded) {
                    let numbers = index.entry(piece).or_default();
                    if numbers.last() != Some(&number) {
                        numbers.push(number);
                    }
                }
            }
        }
        Self { all, pieces: index, looks: 0 }
    }

    /// How many candidates were looked at so far, for whoever counts the work.
    pub fn looks(&self) -> usize {
        self.looks
    }

    /// The candidate that a text can only mean, as by [`certain`].
    pub fn certain(&mut self, wrong: &str) -> Option<&str> {
        let wanted = fold(wrong);
        let looked: Vec<u32> = if self.all.len() <= FEW { (0..).take(self.all.len()).collect() } else { self.likely(&wanted) };
        self.looks += looked.len();
        let names = looked.into_iter().filter_map(|number| self.all.get(number as usize)).map(|(name, _)| (name.as_str(), name.as_str()));
        certain(wrong, names)
    }

    /// The candidate most like a text, if one is like it at all.
    pub fn nearest(&mut self, wrong: &str) -> Option<&str> {
        let wanted = fold(wrong);
        let length = wanted.chars().count();
        if length == 0 || length > LONGEST {
            return None;
        }
        let looked: Vec<u32> = if self.all.len() <= FEW { (0..).take(self.all.len()).collect() } else { self.likely(&wanted) };
        self.looks += looked.len();
        let near = looked.into_iter().filter_map(|number| {
            let (name, folded) = self.all.get(number as usize)?;
            Some((distance(&wanted, length, folded)?, name))
        });
        near.min().map(|(_, name)| name.as_str())
    }

    /// Those with the rarest pieces of a text, up to a bound.
    fn likely(&mut self, wanted: &str) -> Vec<u32> {
        let mut lists: Vec<&Vec<u32>> = pieces(wanted).filter_map(|piece| self.pieces.get(&piece)).collect();
        lists.sort_by_key(|list| (list.len(), list.first().copied()));
        if let Some(rarest) = lists.first().filter(|list| list.len() > LOOKS * 4) {
            // Names made alike have no rare piece; few of them have several together.
            let mut together: Vec<u32> = rarest.iter().take(WALK).copied().collect();
            self.looks += together.len();
            for list in &lists[1..] {
                if together.len() <= LOOKS {
                    break;
                }
                let also: Vec<u32> = together.iter().copied().filter(|number| list.binary_search(number).is_ok()).collect();
                if !also.is_empty() {
                    together = also;
                }
            }
            together.truncate(LOOKS);
            return together;
        }
        let mut shared: HashMap<u32, usize> = HashMap::new();
        let mut steps = 0;
        for list in lists {
            steps += list.len();
            if steps > LOOKS * 4 && !shared.is_empty() {
                break;
            }
            for number in list.iter().take(LOOKS * 4) {
                *shared.entry(*number).or_default() += 1;
            }
        }
        self.looks += steps.min(LOOKS * 8);
        let mut likely: Vec<(usize, u32)> = shared.into_iter().map(|(number, count)| (count, number)).collect();
        likely.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        likely.truncate(LOOKS);
        likely.into_iter().map(|(_, number)| number).collect()
    }
}

/// What a text can only mean, of words with what they mean: the same but for case, hyphens and spaces, or one edit from it (two, where it is long) while no
/// other is as near. A hint may guess; this may not.
pub fn certain<'c, K: PartialEq>(wrong: &str, candidates: impl IntoIterator<Item = (&'c str, K)>) -> Option<K> {
    let fold = |text: &str| text.trim().to_lowercase().replace(['-', '_', ' ', '.'], "");
    let wanted = fold(wrong);
    let length = wanted.chars().count();
    let allowed = match length {
        0..=2 | 101.. => 0,
        3..=4 => 0,
        5..=8 => 1,
        _ => 2,
    };
    let mut best: Option<(usize, K)> = None;
    let mut tied = false;
    for (candidate, meant) in candidates {
        let folded = fold(candidate);
        if folded.chars().count().abs_diff(length) > allowed {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&wanted, &folded);
        match &best {
            _ if distance > allowed => {}
            Some((least, known)) if distance == *least && *known != meant => tied = true,
            Some((least, _)) if distance >= *least => {}
            _ => (best, tied) = (Some((distance, meant)), false),
        }
    }
    best.filter(|_| !tied && length > 0).map(|(_, meant)| meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant_and_nothing_far_off() {
        let names = || ["river-network", "river-network-launch", "rwta", "rwf", "ford-society"].map(String::from);
        assert_eq!(nearest("river-netwrok", names()).as_deref(), Some("river-network"));
        assert_eq!(nearest("Frod_Society", names()).as_deref(), Some("ford-society"));
        assert_eq!(nearest("rwat", names()).as_deref(), Some("rwta"));
        assert_eq!(nearest("observatory", names()), None);
        assert_eq!(nearest("", names()), None);
    }

    #[test]
    fn among_many_the_meant_is_found_with_a_bounded_number_of_looks() {
        for count in [500, 20_000, 200_000] {
            let mut candidates = Candidates::new((0..count).map(|number| format!("organization-{number:06}-of-{}", number % 97)));
            let meant = count / 2;
            let right = format!("organization-{meant:06}-of-{}", meant % 97);
            let wrong = right.replace("organization", "organisation");
            assert_eq!(candidates.nearest(&wrong), Some(right.as_str()), "among {count}");
            assert_eq!(candidates.nearest("something-else-altogether"), None);
            assert!(candidates.looks() <= 2 * LOOKS.max(FEW) + 16 * LOOKS, "{} looks among {count}", candidates.looks());
        }
    }

    #[test]
    fn is_certain_only_where_nothing_else_is_as_near() {
        let names = ["founding-member", "member", "observer", "chair", "co-chair", "co-chairs"].map(|name| (name, name));
        assert_eq!(certain("Founding_Member", names), Some("founding-member"));
        assert_eq!(certain("membr", names), Some("member"));
        assert_eq!(certain("cochairz", names), None, "two are one edit away");
        assert_eq!(certain("chai", names), None, "a short word may be many things");
        assert_eq!(certain("observatory", names), None);
    }
}
