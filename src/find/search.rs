//! Searching an index: from a text to the names that it may mean, best first.
//!
//! What is exact is looked for first, then beginnings of words, then typos, then names that have most of the words;
//! each only where what came before was not enough. How good a hit is follows from where in a name its words stand, which
//! the index tells without the name itself, so only names that are shown are read.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

use oxigraph::model::NamedNode;

use super::file::{self, Names};
use super::index::{KindName, Role, WORDS, mask};
use super::{Filter, Match, Why};
use crate::fold::{fold, fold_key, fold_long};
use crate::iri::slugify;
use crate::store::StoreError;

/// Letters of a text beyond these are not looked at.
const LONGEST: usize = 1000;
/// Longer words have no typos.
const LONGEST_WORD: usize = 48;
/// Shorter beginnings fit too much.
const SHORTEST_BEGINNING: usize = 2;
/// So many words that differ in few letters are enough, the nearest first.
const NEIGHBOURS: usize = 400;
/// Identifiers that only begin with the text.
const MOST_KEYS: u32 = 100;

/// How a word of a name is like a word of the text: the same, begun by it, or so many letters off.
type Quality = u8;
const SAME: Quality = 0;
const BEGUN: Quality = 1;
/// A typo of `n` letters is `TYPO + n`.
const TYPO: Quality = 1;

/// A word of a name that fits a word of the text; ordered by name and place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Spot {
    name: u32,
    place: u8,
    quality: Quality,
}

/// A name or key that fits; ordered from the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Hit {
    /// Whether it is only an id that has the text in it.
    id: bool,
    rank: u8,
    /// Whether words of the name are left over.
    part: bool,
    from: From,
    why: Why,
    /// Whether words had to be taken together or apart.
    respaced: bool,
}

/// How good a hit is: `why` in its own order, but names that are written apart or together otherwise come after those
/// that are written so.
fn rank(why: Why, respaced: bool) -> u8 {
    match why {
        Why::Id | Why::Name | Why::OtherName | Why::Identifier | Why::Misspelling if respaced => 5,
        Why::Id => 0,
        Why::Name => 1,
        Why::OtherName => 2,
        Why::Identifier => 3,
        Why::Misspelling => 4,
        Why::Initials => 8,
        Why::Begins => 6,
        Why::Words => 7,
        Why::Starts => 9,
        Why::WordsBegin => 10,
        Why::Typo(letters) => 20 + letters.min(99),
        Why::Some { .. } => 120,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum From {
    Name(u32),
    Key(u32),
    /// The id of a thing.
    Thing(u32),
}

/// The things that a text may mean, best first.
pub(super) fn search(names: &Names, text: &str, wanted: &Filter) -> Result<Vec<Match>, StoreError> {
    let text: String = text.chars().take(LONGEST).collect();
    let mut search = Search { names, hits: HashSet::new() };
    search.keys(&text)?;
    search.ids(&text)?;
    let readings = search.readings(&text)?;
    for words in &readings {
        let sets = words.iter().map(|word| search.same(word)).collect::<Result<Vec<_>, _>>()?;
        search.together(&sets, words.written)?;
    }
    let good = search.hits.iter().any(|hit| !hit.id && hit.why <= Why::Words);
    // Whoever gave a whole name is not shown what only begins with it, unless that name is of another kind.
    if !search.hits.iter().any(|hit| hit.why.is_exact()) || !wanted.kinds.is_empty() {
        for words in &readings {
            let sets = words.iter().map(|word| search.begun(word)).collect::<Result<Vec<_>, _>>()?;
            search.together(&sets, words.written)?;
        }
    }
    if !good {
        search.near(&readings, &text)?;
    }
    search.matches(wanted)
}

/// The words of a text, in one way of reading them.
#[derive(Debug, PartialEq, Eq)]
struct Words {
    words: Vec<String>,
    /// Whether they stand so in the text, and were not taken apart or together.
    written: bool,
}

impl std::ops::Deref for Words {
    type Target = [String];
    fn deref(&self) -> &[String] {
        &self.words
    }
}

struct Search<'a> {
    names: &'a Names,
    hits: HashSet<Hit>,
}

impl Search<'_> {
    /// The words as written, then with two of them taken together (`cyber crime`), or one taken apart (`Vietnam`), where
    /// names have words like that.
    fn readings(&self, text: &str) -> Result<Vec<Words>, StoreError> {
        let split =
            |folded: String| -> Vec<String> { folded.split(' ').filter(|word| !word.is_empty()).take(WORDS).map(str::to_owned).collect() };
        let mut readings: Vec<Words> = Vec::new();
        for folded in std::iter::once(fold(text)).chain(fold_long(text)) {
            let words = split(folded);
            if !words.is_empty() {
                readings.push(Words { words, written: true });
            }
        }
        for at in 0..readings.len() {
            let words = readings[at].words.clone();
            let with = |range: Range<usize>, instead: &[String]| Words {
                words: [&words[..range.start], instead, &words[range.end..]].concat(),
                written: false,
            };
            for (place, pair) in words.windows(2).enumerate() {
                let together = pair.concat();
                if self.is_word(&together)? {
                    readings.push(with(place..place + 2, &[together]));
                }
            }
            for (place, word) in words.iter().enumerate().filter(|(_, word)| (5..=LONGEST_WORD).contains(&word.len())) {
                for (middle, _) in word.char_indices().skip(2) {
                    let (first, second) = word.split_at(middle);
                    if second.chars().count() >= 2 && self.is_word(first)? && self.is_word(second)? {
                        readings.push(with(place..place + 1, &[first.to_owned(), second.to_owned()]));
                    }
                }
            }
        }
        Ok(readings)
    }

    fn is_word(&self, word: &str) -> Result<bool, StoreError> {
        let number = self.names.first_word(word.as_bytes())?;
        Ok(number < self.names.word_count() && self.names.word(number)? == word.as_bytes())
    }

    /// Identifiers and initials.
    fn keys(&mut self, text: &str) -> Result<(), StoreError> {
        let key = fold_key(text);
        if key.is_empty() {
            return Ok(());
        }
        let mut others = 0;
        for number in self.names.keys_with(&key)? {
            let row = self.names.key(number)?;
            let same = row.key == key.as_bytes();
            let why = match (self.names.property(row.property)?.role, same) {
                (Role::Initials, true) => Why::Initials,
                (Role::Initials, false) => continue,
                (_, true) => Why::Identifier,
                (_, false) if key.chars().count() > SHORTEST_BEGINNING && others < MOST_KEYS => {
                    others += 1;
                    Why::Starts
                }
                (_, false) => continue,
            };
            self.note(why, From::Key(number));
        }
        Ok(())
    }

    /// Ids, however their parts are parted.
    fn ids(&mut self, text: &str) -> Result<(), StoreError> {
        let id = slugify(text);
        if id.is_empty() || id.len() < text.trim().chars().count() {
            return Ok(());
        }
        let things = self.names.things_with(&id)?;
        if things.start < things.end && self.names.thing(things.start)?.id == id {
            self.note(Why::Id, From::Thing(things.start));
        }
        Ok(())
    }

    fn note(&mut self, why: Why, from: From) {
        self.hits.insert(Hit { rank: rank(why, false), part: false, from, why, respaced: false, id: false });
    }

    /// The places of a word, in order.
    fn same(&self, word: &str) -> Result<Vec<Spot>, StoreError> {
        let number = self.names.first_word(word.as_bytes())?;
        let mut spots = Vec::new();
        if number < self.names.word_count() && self.names.word(number)? == word.as_bytes() {
            self.spots(number..number + 1, SAME, &mut spots)?;
        }
        Ok(spots)
    }

    /// The places of a word and of all that begin with it, in order.
    fn begun(&self, word: &str) -> Result<Vec<Spot>, StoreError> {
        if word.chars().count() < SHORTEST_BEGINNING {
            return self.same(word);
        }
        let mut range = self.names.words_with(word)?;
        let mut spots = Vec::new();
        if !range.is_empty() && self.names.word(range.start)? == word.as_bytes() {
            self.spots(range.start..range.start + 1, SAME, &mut spots)?;
            range.start += 1;
        }
        self.spots(range, BEGUN, &mut spots)?;
        spots.sort_unstable();
        Ok(spots)
    }

    fn spots(&self, words: Range<u32>, quality: Quality, spots: &mut Vec<Spot>) -> Result<(), StoreError> {
        self.names.postings(words, |name, place| spots.push(Spot { name, place, quality }))
    }

    /// Typos; where there are none, names that lack only common words; then more typos in texts of several words, ids, and
    /// names that have half of what is asked.
    fn near(&mut self, readings: &[Words], text: &str) -> Result<(), StoreError> {
        let all = self.names.words()?;
        let written: Vec<&Words> = readings.iter().filter(|words| words.written).collect();
        let sets = written.iter().map(|words| self.alike(words, &all, 0)).collect::<Result<Vec<_>, _>>()?;
        sets.iter().try_for_each(|sets| self.together(sets, true))?;
        if self.hits.is_empty() {
            sets.iter().for_each(|sets| self.most(sets, 3));
        }
        if self.hits.is_empty() {
            let several = written.iter().filter(|words| words.len() > 1);
            let sets = several.map(|words| self.alike(words, &all, 1)).collect::<Result<Vec<_>, _>>()?;
            sets.iter().try_for_each(|sets| self.together(sets, true))?;
        }
        if self.hits.is_empty() {
            self.near_ids(text)?;
            sets.iter().for_each(|sets| self.most(sets, 2));
        }
        Ok(())
    }

    /// For each word of a text the places of those that are like it: it, what begins with it, and its typos.
    fn alike(&self, words: &Words, all: &file::Words, further: u8) -> Result<Vec<Vec<Spot>>, StoreError> {
        let alike = |word: &String| {
            let mut spots = self.begun(word)?;
            for (letters, number) in typos(all, word, allowed(word, further)) {
                self.spots(number..number + 1, TYPO + letters, &mut spots)?;
            }
            spots.sort_unstable();
            Ok(spots)
        };
        words.iter().map(alike).collect()
    }

    /// Ids that are a few letters off.
    fn near_ids(&mut self, text: &str) -> Result<(), StoreError> {
        let id = slugify(text);
        let allowed = allowed(&id, 0);
        if allowed == 0 {
            return Ok(());
        }
        let own = mask(&id);
        let mut near = Vec::new();
        self.names.all_ids(|number, other| {
            if other.len().abs_diff(id.len()) <= usize::from(allowed) && far(own, mask(other)) <= 2 * u32::from(allowed) {
                let letters = u8::try_from(strsim::osa_distance(&id, other)).unwrap_or(u8::MAX);
                if letters <= allowed {
                    near.push((number, letters));
                }
            }
        })?;
        near.into_iter().for_each(|(number, letters)| self.note(Why::Typo(letters), From::Thing(number)));
        Ok(())
    }

    /// Notes the names that have a word of each set.
    fn together(&mut self, sets: &[Vec<Spot>], written: bool) -> Result<(), StoreError> {
        let Some(rarest) = sets.iter().min_by_key(|set| set.len()) else { return Ok(()) };
        let mut rests: Vec<&[Spot]> = sets.iter().map(Vec::as_slice).collect();
        let mut before = None;
        for name in rarest.iter().map(|spot| spot.name) {
            if before.replace(name) == Some(name) {
                continue;
            }
            let mut here: Vec<&[Spot]> = Vec::with_capacity(sets.len());
            for rest in &mut rests {
                *rest = skip_to(rest, name);
                let end = rest.iter().position(|spot| spot.name != name).unwrap_or(rest.len());
                here.push(&rest[..end]);
            }
            if here.iter().any(|spots| spots.is_empty()) {
                continue;
            }
            if let Some((why, part, id)) = self.fit(name, &here) {
                self.hits.insert(Hit { rank: rank(why, !written), part, from: From::Name(name), why, respaced: !written, id });
            }
        }
        Ok(())
    }

    /// How well a name fits that has at least one word for each of the text, whether words of it are left over, and
    /// whether it is an id.
    fn fit(&self, name: u32, spots: &[&[Spot]]) -> Option<(Why, bool, bool)> {
        let run = self.names.run(name)?;
        let whole = spots.len() == usize::from(run.words);
        let at = |word: usize| spots[word].iter().filter(|spot| usize::from(spot.place) == word).map(|spot| spot.quality).min();
        let aligned: Option<Vec<Quality>> = (0..spots.len()).map(at).collect();
        let in_order = aligned.as_ref().and_then(|qualities| qualities.split_last()).and_then(|(last, others)| {
            match (others.iter().all(|quality| *quality == SAME), *last) {
                (true, SAME) if whole => Some(Why::exact(run.tier)),
                (true, SAME) => Some(Why::Begins),
                (true, BEGUN) => Some(Why::Starts),
                _ => None,
            }
        });
        let letters = || {
            let least = |spots: &&[Spot]| spots.iter().map(|spot| spot.quality).min().unwrap_or(SAME);
            spots.iter().map(least).map(|quality| quality.saturating_sub(TYPO)).fold(0, u8::saturating_add).max(1)
        };
        let why = in_order
            .or_else(|| assigned(spots, SAME).then_some(Why::Words))
            .or_else(|| assigned(spots, BEGUN).then_some(Why::WordsBegin))
            .or_else(|| assigned(spots, Quality::MAX).then(|| Why::Typo(letters())))?;
        let part = !(whole && aligned.is_some());
        Some((why, part, why != Why::Id && self.is_id(name)))
    }

    /// Notes the names that have so many quarters of the words, rare words counting more.
    fn most(&mut self, sets: &[Vec<Spot>], quarters: u32) {
        let all = self.names.name_count().max(1);
        let weight = |set: &Vec<Spot>| {
            let names = set.chunk_by(|a, b| a.name == b.name).count().max(1);
            (all / u32::try_from(names).unwrap_or(u32::MAX).min(all)).ilog2() + 1
        };
        let weights: Vec<u32> = sets.iter().map(weight).collect();
        let whole: u32 = weights.iter().sum();
        let mut having: HashMap<u32, (u32, u8)> = HashMap::new();
        for (set, weight) in sets.iter().zip(&weights) {
            for spots in set.chunk_by(|a, b| a.name == b.name) {
                let had = having.entry(spots[0].name).or_default();
                *had = (had.0 + weight, had.1.saturating_add(1));
            }
        }
        let of = u8::try_from(sets.len()).unwrap_or(u8::MAX);
        for (name, (weight, words)) in having {
            if 4 * weight >= quarters * whole && words < of {
                let why = Why::Some { missing: of - words, of };
                // What is missing matters by its weight: a hundredth each.
                let rank = rank(why, false) + u8::try_from((whole - weight) * 100 / whole).unwrap_or(100);
                self.hits.insert(Hit { rank, part: true, from: From::Name(name), why, respaced: false, id: self.is_id(name) });
            }
        }
    }

    /// Whether a name is an id.
    fn is_id(&self, name: u32) -> bool {
        self.names.run(name).is_some_and(|run| Why::exact(run.tier) == Why::Id)
    }

    /// The things of the best hits, each once.
    fn matches(self, wanted: &Filter) -> Result<Vec<Match>, StoreError> {
        let names = self.names;
        // The words of ids were chosen for brevity: they count where no name says it.
        let named = wanted.kinds.is_empty() && self.hits.iter().any(|hit| !hit.id);
        let mut hits: Vec<Hit> = self.hits.into_iter().filter(|hit| !(named && hit.id)).collect();
        // A name that several hits name, or a thing with several names, takes up more than one place.
        let first = wanted.limit.saturating_mul(4).saturating_add(64);
        if wanted.kinds.is_empty() && hits.len() > first {
            let (best, ..) = hits.select_nth_unstable(first);
            best.sort_unstable();
            let found = show(names, best, wanted)?;
            if found.len() >= wanted.limit {
                return Ok(found);
            }
        }
        hits.sort_unstable();
        show(names, &hits, wanted)
    }
}

/// The things of hits in order, each once, of the wanted kinds, as many as are wanted.
fn show(names: &Names, hits: &[Hit], wanted: &Filter) -> Result<Vec<Match>, StoreError> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let kinds: Vec<usize> =
        names.kinds().iter().enumerate().filter(|(_, kind)| wanted.kinds.contains(&kind.name)).map(|(at, _)| at).collect();
    for hit in hits {
        if found.len() >= wanted.limit {
            break;
        }
        let (thing, property, label) = match hit.from {
            From::Name(number) => {
                let row = names.name(number)?;
                // Many hits may be names of one thing: their texts are not read.
                if seen.contains(&row.thing) {
                    continue;
                }
                (row.thing, Some(row.property), names.name_text(row)?)
            }
            From::Key(number) => {
                let row = names.key(number)?;
                (row.thing, Some(row.property), names.key_text(&row)?)
            }
            From::Thing(number) => (number, None, String::new()),
        };
        if !seen.insert(thing) {
            continue;
        }
        let row = names.thing(thing)?;
        let set = names.kind_set(row.kinds)?;
        if !kinds.is_empty() && !set.all.iter().any(|kind| kinds.contains(kind)) {
            continue;
        }
        let (role, called, label) = match property {
            Some(property) => {
                let property = names.property(property)?;
                (property.role, property.words.clone(), label)
            }
            None => (Role::Id, "id".to_owned(), row.id.clone()),
        };
        let kinds: Vec<KindName> = set.shown.iter().filter_map(|kind| names.kinds().get(*kind)).cloned().collect();
        let thing = if row.iri.is_empty() { names.base().thing(&row.id) } else { NamedNode::new_unchecked(row.iri) };
        found.push(Match { thing, id: row.id, name: row.name, kinds, label, role, called, why: hit.why, respaced: hit.respaced });
    }
    Ok(found)
}

/// The words that are at most so many letters off, with how many they are, the nearest first.
fn typos(all: &file::Words, word: &str, allowed: u8) -> Vec<(u8, u32)> {
    if allowed == 0 {
        return Vec::new();
    }
    let own = mask(word);
    let mut near: Vec<(u8, u32)> = Vec::new();
    for (number, other) in all.masks() {
        let lengths = (own >> 58).abs_diff(other >> 58);
        if far(own, other) > 2 * u32::from(allowed) || lengths > u64::from(allowed) {
            continue;
        }
        let distance = strsim::osa_distance(word, all.text(number));
        if let Some(letters) = u8::try_from(distance).ok().filter(|letters| (1..=allowed).contains(letters)) {
            near.push((letters, number));
        }
    }
    near.sort_unstable();
    near.truncate(NEIGHBOURS);
    near
}

/// How many letters two words do not share, by their masks; an edit makes it two more at most.
fn far(one: u64, other: u64) -> u32 {
    ((one ^ other) & ((1 << 58) - 1)).count_ones()
}

/// How many letters of a word may be wrong; `further` more in longer words.
fn allowed(word: &str, further: u8) -> u8 {
    match word.chars().count() {
        0..=3 => 0,
        4 => 1,
        5..=7 => 1 + further,
        8..=LONGEST_WORD => 2 + further,
        _ => 0,
    }
}

/// The rest of a list from a name on; costs the logarithm of what is skipped.
fn skip_to(spots: &[Spot], name: u32) -> &[Spot] {
    let mut step = 1;
    while step < spots.len() && spots[step].name < name {
        step *= 2;
    }
    let from = step / 2;
    let window = &spots[from.min(spots.len())..(step + 1).min(spots.len())];
    &spots[from.min(spots.len()) + window.partition_point(|spot| spot.name < name)..]
}

/// Whether each word of the text can have a word of the name for itself that is at least so good (a bipartite matching).
fn assigned(spots: &[&[Spot]], most: Quality) -> bool {
    fn place(word: usize, spots: &[&[Spot]], most: Quality, taken: &mut HashMap<u8, usize>, tried: &mut BTreeSet<u8>) -> bool {
        for spot in spots[word].iter().filter(|spot| spot.quality <= most) {
            if !tried.insert(spot.place) {
                continue;
            }
            let free = match taken.get(&spot.place).copied() {
                None => true,
                Some(other) => place(other, spots, most, taken, tried),
            };
            if free {
                taken.insert(spot.place, word);
                return true;
            }
        }
        false
    }
    let mut taken = HashMap::new();
    (0..spots.len()).all(|word| place(word, spots, most, &mut taken, &mut BTreeSet::new()))
}
