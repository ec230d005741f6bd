//! IRIs: prefixes and shortening, slugs, and the minting of every IRI a project writes.
//!
//! All of a project's IRIs start with its one `base`, so that moving a graph to another address is
//! one line of `civigraph.toml`, and no kind appears in a thing's IRI, since kinds change.

use std::collections::BTreeMap;

use oxigraph::model::NamedNode;

/// The longest slug that is accepted, in bytes.
pub const SLUG_LIMIT: usize = 80;

/// The IRIs of one project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base(String);

impl Base {
    /// Takes the project's base IRI; it must be absolute and end in `/` or `#`.
    ///
    /// # Errors
    /// A sentence saying what is wrong with it.
    pub fn new(base: &str) -> Result<Self, String> {
        if !base.ends_with(['/', '#']) {
            return Err(format!("expected a base that ends in `/` or `#`, found `{base}`"));
        }
        // What starts so is opened by browsers that show a page of the graph.
        let scheme = base.split_once(':').map_or("", |(scheme, _)| scheme).to_ascii_lowercase();
        if !["http", "https", "urn", "tag"].contains(&scheme.as_str()) {
            return Err(format!("expected a base that starts with `https://`, `http://`, `urn:` or `tag:`, found `{base}`"));
        }
        NamedNode::new(base).map_err(|error| format!("`{base}` is not an absolute IRI: {error}"))?;
        Ok(Self(base.to_owned()))
    }

    /// The base itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn join(&self, tail: &str) -> NamedNode {
        NamedNode::new_unchecked(format!("{}{tail}", self.0))
    }

    /// The IRI of the thing with this slug (or minted path).
    pub fn thing(&self, slug: &str) -> NamedNode {
        self.join(&format!("id/{slug}"))
    }

    /// The slug (or minted path) of a thing's IRI, if it is one of this project's.
    pub fn slug_of<'a>(&self, iri: &'a str) -> Option<&'a str> {
        iri.strip_prefix(self.0.as_str())?.strip_prefix("id/")
    }

    /// The IRI of a source; its citations start with it.
    pub fn source(&self, source: &str) -> NamedNode {
        self.join(&format!("source/{source}"))
    }

    /// The citation of a place in a source, which is the name of the graph that holds what is said there.
    pub fn citation(&self, source: &str, section: &str, at: Option<&str>) -> NamedNode {
        match at {
            None => self.join(&format!("source/{source}/{}", escape(section))),
            Some(at) => self.join(&format!("source/{source}/{}/{}", escape(section), escape(at))),
        }
    }

    /// The source and the rest (`3.1.1/p4`) of a citation's IRI, if it is one of this project's.
    pub fn cited_place<'a>(&self, iri: &'a str) -> Option<(&'a str, &'a str)> {
        let rest = iri.strip_prefix(self.0.as_str())?.strip_prefix("source/")?;
        rest.split_once('/')
    }

    /// A text for people in which things are called by their ids, and places by their source and locator, instead of by their addresses.
    pub fn shortened(&self, text: &str) -> String {
        let base = self.0.as_str();
        let mut parts = text.split(base);
        let mut out = parts.next().unwrap_or("").to_owned();
        for part in parts {
            let end = part.find(|c: char| c.is_whitespace() || "\"'<>)]},;`".contains(c)).unwrap_or(part.len());
            // A sentence's own full stop is no part of an address.
            let (name, rest) = part.split_at(part[..end].trim_end_matches(['.', ':', '?', '!']).len());
            match name.strip_prefix("id/").or_else(|| name.strip_prefix("source/")) {
                Some(short) if out.ends_with('`') => out.push_str(short),
                Some(short) => out.push_str(&format!("`{short}`")),
                None => out.push_str(&format!("{base}{name}")),
            }
            out.push_str(rest);
        }
        out
    }

    /// The property for a column of a source that nothing is said of.
    pub fn column(&self, source: &str, column: &str) -> NamedNode {
        self.join(&format!("column/{source}/{column}"))
    }

    /// One of the graphs that civigraph itself fills: `sources`, `registry`, `ontology`, `dataset`, `inferred/…`.
    pub fn graph(&self, name: &str) -> NamedNode {
        self.join(&format!("graph/{name}"))
    }
}

/// Percent-encodes what may not stand in a path segment, keeping letters of every script.
fn escape(segment: &str) -> String {
    let mut escaped = String::with_capacity(segment.len());
    for character in segment.chars() {
        if character.is_alphanumeric() || matches!(character, '-' | '.' | '_' | '~') {
            escaped.push(character);
        } else {
            let mut buffer = [0; 4];
            for byte in character.encode_utf8(&mut buffer).bytes() {
                escaped.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    escaped
}

/// Says what keeps a text from being a slug (lower-kebab ASCII), or nothing if it is one.
pub fn slug_fault(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("it is empty");
    }
    if text.len() > SLUG_LIMIT {
        return Some("it is longer than 80 characters");
    }
    if let Some(odd) = text.chars().find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '-')) {
        return Some(match odd {
            ' ' => "it has a space",
            'A'..='Z' => "it has a capital letter",
            '.' => "it has a dot",
            '_' => "it has an underscore",
            '/' => "it has a slash",
            _ => "it has a character other than a-z, 0-9 and `-`",
        });
    }
    if text.starts_with('-') || text.ends_with('-') || text.contains("--") {
        return Some("its hyphens must stand singly between letters or digits");
    }
    None
}

/// The nearest slug to a text, for hints and for the parts of minted IRIs: `Ada Lovelace` gives `ada-lovelace`.
///
/// Letters outside ASCII lose their accents; what has no ASCII base letter is percent-encoded away to `-`.
pub fn slugify(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let mut slug = String::with_capacity(text.len());
    for character in text.nfd() {
        if character.is_ascii_alphanumeric() {
            slug.push(character.to_ascii_lowercase());
        } else if unicode_normalization::char::is_combining_mark(character) {
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.truncate(SLUG_LIMIT);
    slug.trim_end_matches('-').to_owned()
}

/// The slug for what others use as an id or a name, whatever its script: `GB-CHC-1136419`, `https://ror.org/05pcf2t08`, `area/järva`. The
/// same text gives the same slug; a text that leaves nothing, or too much, gets a part that tells it from others.
pub fn slug_for(text: &str) -> String {
    let text = text.trim();
    let text = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
    let spelled = deunicode::deunicode_with_tofu(text, "");
    let slug = slugify(&spelled);
    let lost = slug.is_empty()
        || text.chars().any(|c| c.is_alphanumeric() && deunicode::deunicode_char(c).is_none_or(|spelled| spelled.trim().is_empty()));
    let long = slug.len() >= SLUG_LIMIT;
    if !lost && !long {
        return slug;
    }
    // FNV-1a: short, stable and the same everywhere.
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let kept = slug.get(..60).unwrap_or(&slug).trim_end_matches('-');
    if kept.is_empty() { format!("x{hash:08x}") } else { format!("{kept}-{hash:08x}") }
}

/// The addresses that one text lists: a separator parts two only where another begins behind it, because addresses have such signs of
/// their own.
pub fn addresses<'t>(text: &'t str, separator: &str) -> Vec<&'t str> {
    let begins = |text: &str| {
        let text = text.trim_start();
        let prefix = text.split_once(':').map_or("", |(prefix, _)| prefix);
        let named = prefix.starts_with(|c: char| c.is_ascii_alphabetic())
            && prefix.chars().all(|c| c.is_ascii_alphanumeric() || "+-._".contains(c));
        named || text.starts_with(['<']) || text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."))
    };
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, _) in text.match_indices(separator).filter(|_| !separator.is_empty()) {
        if begins(&text[at + separator.len()..]) || text[at + separator.len()..].trim().is_empty() {
            parts.push(&text[from..at]);
            from = at + separator.len();
        }
    }
    parts.push(&text[from..]);
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// `StatusEvent` as it stands in minted IRIs and file names: `status-event`.
pub fn kebab(name: &str) -> String {
    let mut kebab = String::with_capacity(name.len() + 4);
    for (index, character) in name.chars().enumerate() {
        if character.is_uppercase() && index > 0 {
            kebab.push('-');
        }
        kebab.extend(character.to_lowercase());
    }
    kebab
}

/// Prefixes, for reading `cg:Network` and for showing it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prefixes(BTreeMap<String, String>);

impl Prefixes {
    /// Adds or replaces one.
    pub fn insert(&mut self, prefix: impl Into<String>, namespace: impl Into<String>) {
        self.0.insert(prefix.into(), namespace.into());
    }

    /// All, by prefix.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(prefix, namespace)| (prefix.as_str(), namespace.as_str()))
    }

    /// The namespace of a prefix.
    pub fn namespace(&self, prefix: &str) -> Option<&str> {
        self.0.get(prefix).map(String::as_str)
    }

    /// `org:Membership` to its IRI; `None` if the prefix is unknown or the text has no colon.
    pub fn expand(&self, name: &str) -> Option<NamedNode> {
        let (prefix, local) = name.split_once(':')?;
        let namespace = self.0.get(prefix)?;
        NamedNode::new(format!("{namespace}{}", unescaped(local))).ok()
    }

    /// The shortest prefixed form of an IRI, for people; `None` if no namespace fits, or if none gives a name that is read as this IRI
    /// in a query and by [`expand`](Self::expand).
    ///
    /// Slashes stand as they are where that is read (`role/host`), which Turtle would want escaped.
    pub fn shorten(&self, iri: &str) -> Option<String> {
        self.0
            .iter()
            .filter(|(prefix, _)| is_prefix(prefix))
            .filter_map(|(prefix, namespace)| Some((prefix, iri.strip_prefix(namespace.as_str())?)))
            .filter(|(_, local)| !local.is_empty())
            .min_by_key(|(_, local)| local.len())
            .and_then(|(prefix, local)| Some(format!("{prefix}:{}", local_name(local)?)))
    }
}

/// Whether SPARQL reads this as a prefix (§19.8, PN_PREFIX). An underscore would be that of a blank node.
fn is_prefix(prefix: &str) -> bool {
    let begins = prefix.chars().next().is_some_and(|c| c != '_' && !c.is_ascii_digit() && is_name_character(c));
    begins && !prefix.ends_with('.') && prefix.chars().all(|c| c == '.' || c == '-' || is_name_character(c))
}

/// A local name so that it is read again: plain where every step between slashes is a plain word, otherwise with a backslash before
/// all that is not a letter, a digit or a hyphen within. `None` for characters that no name may have.
fn local_name(local: &str) -> Option<String> {
    let plain = |(step, text): (usize, &str)| {
        let word = |c: char| is_name_character(c) || c == '-' || c == '.';
        let edges = [text.chars().next(), text.chars().last()];
        // Behind a slash `a` is a step of a path.
        edges.into_iter().all(|edge| edge.is_some_and(is_name_character))
            && text.chars().all(word)
            && !(step > 0 && text == "a")
            && !text.contains("-.")
            && !text.contains(".-")
    };
    // What a letter is to SPARQL and may not begin a name: combining marks.
    let begins = |text: &str| text.chars().next().is_some_and(|c| !is_mark(c));
    if local.split('/').enumerate().all(plain) && local.split('/').all(begins) {
        return Some(local.to_owned());
    }
    let mut name = String::with_capacity(local.len() + 8);
    let characters: Vec<char> = local.chars().collect();
    for (at, c) in characters.iter().copied().enumerate() {
        let hex = |ahead: usize| characters.get(at + ahead).is_some_and(char::is_ascii_hexdigit);
        match c {
            '-' if at > 0 => name.push(c),
            '%' if hex(1) && hex(2) => name.push(c),
            '~' | '.' | '-' | '!' | '$' | '&' | '\'' | '(' | ')' | '*' | '+' | ',' | ';' | '=' | '/' | '?' | '#' | '@' | '%' => {
                name.extend(['\\', c]);
            }
            c if is_name_character(c) && !(at == 0 && is_mark(c)) => name.push(c),
            ':' => name.push(c),
            _ => return None,
        }
    }
    Some(name)
}

/// A letter, a digit or an underscore as SPARQL has them (PN_CHARS without the hyphen).
fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || c == '_'
        || is_mark(c)
        || matches!(c,
            '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}'
            | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}'
            | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}')
}

/// What may stand in a name and not begin it, beside digits.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// A local name as Turtle and SPARQL write it, without the backslashes before punctuation.
fn unescaped(local: &str) -> String {
    let mut plain = String::with_capacity(local.len());
    let mut characters = local.chars().peekable();
    while let Some(character) = characters.next() {
        let escapes = character == '\\' && characters.peek().is_some_and(char::is_ascii_punctuation);
        plain.extend(if escapes { characters.next() } else { Some(character) });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_calls_things_by_their_ids() {
        let base = Base::new("https://example.org/").expect("an address");
        for (text, expected) in [
            ("`CSA` also stands for https://example.org/id/csa-p", "`CSA` also stands for `csa-p`"),
            ("see https://example.org/id/a, and `https://example.org/id/b`.", "see `a`, and `b`."),
            ("marked at https://example.org/source/report/1.3/p2.", "marked at `report/1.3/p2`."),
            ("https://example.org/ and https://example.org/ns#x", "https://example.org/ and https://example.org/ns#x"),
            ("", ""),
        ] {
            assert_eq!(base.shortened(text), expected);
        }
    }

    #[test]
    fn a_slug_is_lower_kebab_ascii() {
        assert_eq!(slug_fault("river-network"), None);
        for bad in ["", "River9", "a b", "..", "a--b", "-a", "ä", "a/b"] {
            assert!(slug_fault(bad).is_some(), "{bad:?} passed for a slug");
        }
    }

    #[test]
    fn slugify_drops_accents_and_joins_words() {
        assert_eq!(slugify("Dr. Émile  Zoë (QPM)"), "dr-emile-zoe-qpm");
        assert_eq!(slugify("سلام"), "");
    }

    #[test]
    fn what_others_use_as_ids_becomes_slugs_that_differ_where_they_do() {
        for (text, slug) in [
            ("GB-CHC-1136419", "gb-chc-1136419"),
            ("https://ror.org/05pcf2t08", "ror-org-05pcf2t08"),
            ("area/järva-_ja_viljandimaa", "area-jarva-ja-viljandimaa"),
            ("Łódź", "lodz"),
            ("Maji Safi Trust ", "maji-safi-trust"),
        ] {
            assert_eq!(slug_for(text), slug);
        }
        for text in ["", "…", "سلام", "Київ", &"a".repeat(200)] {
            assert_eq!(slug_fault(&slug_for(text)), None, "{text}");
        }
        assert_ne!(slug_for(&"a".repeat(200)), slug_for(&"a".repeat(201)));
    }

    #[test]
    fn a_separator_inside_an_address_is_a_part_of_it() {
        for (text, parts) in [
            ("https://a.org/page;jsessionid=1", vec!["https://a.org/page;jsessionid=1"]),
            ("https://a.org/x;y=1; www.b.org ;wd:Q42;", vec!["https://a.org/x;y=1", "www.b.org", "wd:Q42"]),
            ("", vec![]),
        ] {
            assert_eq!(addresses(text, ";"), parts);
        }
    }

    #[test]
    fn citations_escape_what_a_path_segment_may_not_hold() {
        let base = Base::new("https://example.org/").expect("a base");
        assert_eq!(base.citation("report", "3.1.1", Some("p 2/3")).as_str(), "https://example.org/source/report/3.1.1/p%202%2F3");
        assert_eq!(base.cited_place("https://example.org/source/report/3.1.1/p2"), Some(("report", "3.1.1/p2")));
    }

    #[test]
    fn shortening_takes_the_longest_namespace_that_fits() {
        let mut prefixes = Prefixes::default();
        prefixes.insert("code", "https://example.org/code/");
        prefixes.insert("role", "https://example.org/code/role/");
        assert_eq!(prefixes.shorten("https://example.org/code/role/host").as_deref(), Some("role:host"));
        assert_eq!(prefixes.shorten("https://example.org/code/role/"), Some("code:role\\/".to_owned()));
        assert_eq!(prefixes.shorten("urn:x"), None);
    }

    #[test]
    fn a_name_as_turtle_writes_it_is_read() {
        let mut prefixes = Prefixes::default();
        prefixes.insert("cite", "https://example.org/source/");
        for name in ["cite:report/3.1.2", "cite:report\\/3.1.2", "cite:report\\/3\\.1.2"] {
            assert_eq!(prefixes.expand(name).as_ref().map(NamedNode::as_str), Some("https://example.org/source/report/3.1.2"));
        }
    }
}
