//! Back from what stands in a table or on a page to the key that is written in records and the property that is asked for: a
//! word may be a key, its label, the head of a column, or a property.

use std::collections::BTreeMap;
use std::io::{self, Write};

use oxigraph::model::{NamedOrBlankNodeRef, TermRef};

use crate::cli::width;
use crate::pipeline::Opened;
use crate::query::answer;
use crate::vocab::{rdfs, skos};

/// What a word leads to, a row each: key, property, the kinds that have it, what it means.
pub struct Leads(BTreeMap<(String, String), (Vec<String>, String)>);

/// Everything that is called so; none where nothing is.
pub fn find(word: &str, opened: &Opened) -> Option<Leads> {
    let prefixes = &opened.ontology.prefixes;
    let short = |iri: &str| prefixes.shorten(iri).unwrap_or_else(|| iri.to_owned());
    let wanted = plain(word);
    let is_meant = |name: &str| !wanted.is_empty() && plain(name) == wanted;
    let mut found: BTreeMap<(String, String), (Vec<String>, String)> = BTreeMap::new();
    let label = |property| opened.ontology.label(property, "en");
    for kind in opened.schema.kinds.values() {
        for key in &kind.keys {
            let property = short(key.property.as_str());
            let local = property.rsplit(':').next().unwrap_or("").to_owned();
            let names = [Some(key.name.clone()), key.label.clone(), label(key.property.as_ref()), Some(property.clone()), Some(local)];
            let ends = key.ends.iter().flat_map(|(from, to)| [from, to]).any(|end| is_meant(end));
            if names.iter().flatten().any(|name| is_meant(name)) || ends {
                let shown = if key.inverse { format!("^{property}") } else { property };
                let row =
                    found.entry((key.name.clone(), shown)).or_insert_with(|| (Vec::new(), key.description.clone().unwrap_or_default()));
                row.0.push(kind.name.clone());
            }
        }
    }
    // What rules conclude has no key, and a label all the same.
    for triple in opened.ontology.graph.triples_for_predicate(rdfs::LABEL) {
        let (NamedOrBlankNodeRef::NamedNode(node), TermRef::Literal(said)) = (triple.subject, triple.object) else { continue };
        let property = short(node.as_str());
        let is_property = property.split_once(':').is_some_and(|(_, local)| local.starts_with(|c: char| c.is_lowercase()));
        let known = found.keys().any(|(_, other)| other.trim_start_matches('^') == property);
        if is_property && !known && !property.starts_with("http") && (is_meant(said.value()) || is_meant(&property)) {
            let why = opened.ontology.text(node, rdfs::COMMENT, "en").or_else(|| opened.ontology.text(node, skos::EXAMPLE, "en"));
            found.insert((String::new(), property), (Vec::new(), why.unwrap_or_default()));
        }
    }
    (!found.is_empty()).then_some(Leads(found))
}

impl Leads {
    /// Writes them as a table.
    ///
    /// # Errors
    /// The output could not be written.
    pub fn write(self, out: &mut dyn Write) -> io::Result<()> {
        /// More kinds than these are counted.
        const NAMED: usize = 4;
        let cell = |text: String| (text, false);
        let rows = self.0.into_iter().map(|((key, property), (kinds, why))| {
            let mut named: Vec<String> = kinds.iter().take(NAMED).cloned().collect();
            if kinds.len() > NAMED {
                named.push(format!("{} more", kinds.len() - NAMED));
            }
            let key = if key.is_empty() { "none: rules conclude it".to_owned() } else { key };
            vec![cell(key), cell(property), cell(named.join(", ")), cell(why)]
        });
        let heads = ["key", "property", "of", "meaning"].map(str::to_owned);
        writeln!(out, "{}", answer::table(&heads, rows.collect(), width()))
    }
}

/// Letters and digits alone, small, without a plural's or a name's end that heads of columns have: `onBehalfOf`, `on_behalf_of` and
/// `on behalf of` are the same.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric() || *c == ':').flat_map(char::to_lowercase).collect()
}
