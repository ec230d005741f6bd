//! Spellings that mean the same made the same: what names are indexed by and texts are looked for by.
//!
//! Folding is a key, never shown: it only has to send the spellings of one word to one key, and different words to
//! different ones nearly always.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// Folds a text so that spellings which mean the same are the same: case, accents, punctuation, width and digits of
/// other scripts, `ise`/`ize`, `our`/`or`, `tre`/`ter`, `programme`/`program`, `&` and "and", the Arabic and Persian
/// forms of one letter.
pub fn fold(text: &str) -> String {
    folded(text, false)
}

/// The other folding of a text with letters that some write with two (`ä` as `ae`, `å` as `aa`); `None` if it has none.
pub fn fold_long(text: &str) -> Option<String> {
    let long = |c: char| matches!(c, 'ä' | 'ö' | 'ü' | 'å' | 'ø' | 'Ä' | 'Ö' | 'Ü' | 'Å' | 'Ø');
    if text.is_ascii() {
        return None;
    }
    let composed: String = text.nfc().collect();
    composed.contains(long).then(|| folded(&composed, true))
}

fn folded(text: &str, long: bool) -> String {
    let mut letters = String::with_capacity(text.len());
    if text.is_ascii() {
        for byte in text.bytes() {
            letter(byte.to_ascii_lowercase() as char, &mut letters);
        }
    } else {
        let spelled: Cow<'_, str> = if long { Cow::Owned(spell(text)) } else { Cow::Borrowed(text) };
        for character in spelled.nfkd().flat_map(char::to_lowercase) {
            letter(character, &mut letters);
        }
    }
    let mut joined = String::with_capacity(letters.len());
    for word in letters.split(' ').filter(|word| !word.is_empty()) {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(&spelling(word));
    }
    joined
}

/// The letters that German and the Nordic languages also write with two.
fn spell(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len() + 4);
    for character in text.chars() {
        match character {
            'ä' | 'Ä' => spelled.push_str("ae"),
            'ö' | 'Ö' | 'ø' | 'Ø' => spelled.push_str("oe"),
            'ü' | 'Ü' => spelled.push_str("ue"),
            'å' | 'Å' => spelled.push_str("aa"),
            other => spelled.push(other),
        }
    }
    spelled
}

/// One small, decomposed letter as it stands in a key; what parts words becomes a space.
fn letter(character: char, out: &mut String) {
    match character {
        'z' => out.push('s'),
        'a'..='y' | '0'..='9' => out.push(character),
        '&' => out.push_str(" and "),
        'ß' => out.push_str("ss"),
        'ø' => out.push('o'),
        'ł' => out.push('l'),
        'đ' | 'ð' => out.push('d'),
        'þ' => out.push_str("th"),
        'æ' => out.push_str("ae"),
        'œ' => out.push_str("oe"),
        'ı' => out.push('i'),
        // Greek writes its s in two ways.
        'ς' => out.push('σ'),
        // Arabic, Persian and Urdu keyboards have different letters for the same one.
        'ي' | 'ى' | 'ے' => out.push('ی'),
        'ك' => out.push('ک'),
        'ة' | 'ۃ' | 'ہ' | 'ھ' | 'ە' => out.push('ه'),
        'ٱ' => out.push('ا'),
        '\u{0660}'..='\u{0669}' => out.push(digit(character, 0x0660)),
        '\u{06F0}'..='\u{06F9}' => out.push(digit(character, 0x06F0)),
        '\u{0966}'..='\u{096F}' => out.push(digit(character, 0x0966)),
        // Apostrophes, dots of abbreviations, the line that stretches Arabic words, joiners and marks of direction.
        '\'' | '’' | '‘' | 'ʼ' | '`' | '.' | '\u{0640}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' =>
            {}
        // Accents, and the vowel signs that Arabic and Hebrew mostly leave out; those of Indic scripts are letters.
        '\u{0300}'..='\u{036F}' | '\u{0591}'..='\u{05C7}' | '\u{0610}'..='\u{061A}' | '\u{064B}'..='\u{065F}' | '\u{0670}' => {}
        '\u{06D6}'..='\u{06ED}' => {}
        c if c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) => out.push(c),
        _ => out.push(' '),
    }
}

fn digit(character: char, zero: u32) -> char {
    char::from_digit(u32::from(character) - zero, 10).expect("the range has ten digits")
}

/// Endings that Britain and America spell differently; `z` is `s` here already.
fn spelling(word: &str) -> Cow<'_, str> {
    if word.len() < 5 || !word.is_ascii() {
        return Cow::Borrowed(word);
    }
    let stem = word.strip_suffix('s').unwrap_or(word);
    let plural = &word[stem.len()..];
    if let Some(begin) = stem.strip_suffix("tre").filter(|begin| begin.len() >= 2) {
        return Cow::Owned(format!("{begin}ter{plural}"));
    }
    if let Some(begin) = stem.strip_suffix("programme") {
        return Cow::Owned(format!("{begin}program{plural}"));
    }
    // `labour`, `favourite`, `neighbouring`, but not `four`, `journal` or `source`.
    if let Some(at) = word.find("our").filter(|at| *at >= 2)
        && word[at + 3..].bytes().next().is_none_or(|next| matches!(next, b'a' | b'e' | b'i' | b'l' | b's' | b'h'))
    {
        return Cow::Owned(format!("{}or{}", &word[..at], &word[at + 3..]));
    }
    Cow::Borrowed(word)
}

/// Folds an address or a code that others use: as [`fold`] does, without `https://`, `www.` and what parts its words.
pub fn fold_key(text: &str) -> String {
    let rest = text.trim();
    let rest = rest.split_once("://").map_or(rest, |(_, rest)| rest);
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    let mut key = String::with_capacity(rest.len());
    for character in rest.nfkd().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()) {
        key.push(character);
    }
    key
}

/// The initials of a name, once of all its words and once of those that begin with a capital or a digit: `CFHR` and
/// `CHR`. Only of three letters or more; a name without capitals has those of all its words.
pub fn initials(name: &str) -> Vec<String> {
    const SHORTEST: usize = 3;
    const LONGEST: usize = 12;
    let words: Vec<&str> =
        name.split(|c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '’' | '.'))).filter(|word| !word.is_empty()).collect();
    let firsts = |capitals: bool| -> String {
        let chosen = words.iter().filter_map(|word| word.chars().next()).filter(|c| !capitals || c.is_uppercase() || c.is_numeric());
        fold(&chosen.collect::<String>()).replace(' ', "")
    };
    let mut all = vec![firsts(false), firsts(true)];
    all.dedup();
    all.retain(|initials| (SHORTEST..=LONGEST).contains(&initials.chars().count()));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_makes_spellings_alike() {
        for (a, b) in [
            ("Organised Crime", "organized-crime"),
            ("Central & South Asia", "central and south asia"),
            ("Viet Nam", "VIET  NAM"),
            ("Émile Zoë", "emile zoe"),
            ("U.N.O.D.C.", "UNODC"),
            ("Łódź", "lodz"),
            ("Labour Organisation", "labor organization"),
            ("Harbours and Neighbourhoods", "harbors and neighborhoods"),
            ("Centre for Programmes", "center for programs"),
            ("پاكستان", "پاکستان"),
            ("مَدْرَسَة", "مدرسه"),
            ("سال ۲۰۲۵", "سال 2025"),
            ("Ｔｏｋｙｏ", "tokyo"),
            ("Йошкар-Ола", "иошкар ола"),
            ("İstanbul", "istanbul"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} / {b}");
        }
    }

    #[test]
    fn folding_keeps_words_apart() {
        for (a, b) in [("CFHR", "CGR"), ("four", "for"), ("journal", "jornal"), ("source", "sorce"), ("हिन्दी", "हन्द")]
        {
            assert_ne!(fold(a), fold(b), "{a} / {b}");
        }
    }

    #[test]
    fn letters_that_some_write_with_two_have_two_foldings() {
        assert_eq!(fold("Zürich"), "surich");
        assert_eq!(fold_long("Zürich").as_deref(), Some("suerich"));
        assert_eq!(fold_long("A\u{30a}rhus"), Some(fold("Aarhus")));
        assert_eq!(fold_long("São Paulo"), None);
    }

    #[test]
    fn addresses_are_alike_with_and_without_their_scheme() {
        assert_eq!(fold_key("https://www.example.org/"), fold_key("example.org"));
        assert_eq!(fold_key("UNTC XVIII-12"), fold_key("untc xviii 12"));
    }

    #[test]
    fn initials_are_those_of_all_words_and_of_the_great_ones() {
        assert_eq!(initials("Centre for Human Rights"), ["cfhr", "chr"]);
        assert_eq!(initials("civil society alliance"), ["csa"]);
        assert!(initials("Green Bank").is_empty());
    }
}
