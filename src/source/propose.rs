//! What a file seems to be, and a `source.toml` to begin with: its format if it is a known one, else its columns under the keys that their
//! headings and values look like.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::door::Door;
use crate::fold::fold;
use crate::project::Project;
use crate::record::{Field, Node};

use super::grid::{Cells, Grid};
use super::kinds::{Sort, TableKind};
use super::mapping::path::Path as JsonPath;
use super::text::{self, Unread};
use super::toml::Toml;
use super::{EXAMPLE, NOT_READ, csvw, json, table, workbook, xml, yaml};

/// The key whose values name a thing, and what a file of words for headings is called.
const HEADINGS: &str = "headings";
/// How many rows are looked at.
const ROWS: usize = 200;
/// In how many objects the signs of a known format are looked for.
const LOOKED: usize = 50;

/// What is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What the file seems to be, in words.
    pub seems: String,
    /// The settings of its table or tables, as TOML.
    pub settings: String,
    /// The files beside it that it describes, and without which it says nothing.
    pub beside: Vec<String>,
}

/// A table's header and first rows, with the number of the header's row.
struct Sample {
    name: String,
    header: u32,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// Looks at a file and proposes how to read it.
///
/// # Errors
/// The file cannot be read, or nothing is known of its sort; in words.
pub fn propose(project: &Project, path: &Path, kinds: &[TableKind]) -> Result<Proposal, String> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
    let file: Arc<str> = name.as_str().into();
    // The person names the file.
    let door = Door::named(project.limits);
    let words = |unread: Unread| unread.words();
    match ending.as_str() {
        "csv" | "tsv" | "tab" | "psv" => {
            let mut input = text::stream(door, path, None).map_err(words)?;
            let said = table::excel_line(&mut input);
            let delimiter = said.or((ending == "tsv").then_some(b'\t'));
            let delimiter = match delimiter {
                Some(delimiter) => delimiter,
                None => input.fill_buf().map_or(b',', table::delimiter),
            };
            let mut table = table::Table::new(input, delimiter, &file, door.limits).at_line(1 + usize::from(said.is_some()));
            let sample = sample(&name, &mut table, kinds, project)?;
            of_tables(project, kinds, sample.into_iter().collect(), "a table")
        }
        "xlsx" | "xlsm" => {
            let input = text::open(door, path).map_err(words)?;
            let mut book = workbook::Workbook::open(input, &file, door).map_err(|finding| finding.message)?;
            let mut samples = Vec::new();
            for sheet in book.sheets().into_iter().filter(|sheet| !sheet.hidden) {
                let mut rows = book.rows(&sheet.name).map_err(|finding| finding.message)?;
                samples.extend(sample(&format!("{name}/{}", sheet.name), &mut rows, kinds, project)?);
            }
            of_tables(project, kinds, samples, "a workbook")
        }
        "json" | "ndjson" | "jsonl" | "jsonld" | "yaml" | "yml" => {
            let text = text::read_whole(door, path).map_err(words)?;
            let documents = if ending.starts_with('y') {
                yaml::read(&text, &file, door.limits).map_err(|finding| finding.message)?
            } else {
                match json::read(&text, &file, 1) {
                    Ok(document) => document.into_iter().collect(),
                    Err(fault) => {
                        let values = json::values(&text);
                        let read = values.iter().take(ROWS).filter_map(|(line, value)| json::read(value, &file, *line).ok().flatten());
                        let read: Vec<Node> = read.collect();
                        if read.is_empty() { return Err(fault.message) } else { read }
                    }
                }
            };
            let mut proposal = of_documents(project, kinds, &name, &documents)?;
            if proposal.settings.contains(&format!("format = {}", quoted(csvw::NAME))) {
                proposal.beside = csvw::files(&text);
            }
            Ok(proposal)
        }
        "xml" => {
            let text = text::read_whole(door, path).map_err(words)?;
            let documents: Vec<Node> = xml::read(&text, &file, door.limits).map_err(|finding| finding.message)?.into_iter().collect();
            of_documents(project, kinds, &name, &documents)
        }
        "ttl" | "nt" | "nq" | "trig" | "rdf" | "owl" => {
            Ok(Proposal { seems: "RDF: its statements are read as they are".to_owned(), settings: String::new(), beside: Vec::new() })
        }
        "" => Err("its name has no ending that says what it is".to_owned()),
        other => Err(format!("nothing is known of `.{other}` files; save it as .csv or .xlsx")),
    }
}

/// The CSV on the Web description beside a table (`clubs.csv-metadata.json` beside `clubs.csv`), if one is there and speaks of the table.
pub fn description(project: &Project, table: &Path) -> Option<PathBuf> {
    let name = table.file_name()?.to_str()?;
    let is_table = name.rsplit_once('.').is_some_and(|(_, ending)| matches!(ending.to_lowercase().as_str(), "csv" | "tsv"));
    let beside = table.with_file_name(format!("{name}-metadata.json"));
    if !is_table || !beside.is_file() {
        return None;
    }
    let text = text::read_whole(Door::named(project.limits), &beside).ok()?;
    csvw::files(&text).iter().any(|file| file == name).then_some(beside)
}

fn sample(name: &str, grid: &mut dyn Grid, kinds: &[TableKind], project: &Project) -> Result<Option<Sample>, String> {
    let mut faults = Vec::new();
    let mut rows = Vec::new();
    while rows.len() < ROWS {
        match grid.row(&mut faults).map_err(|finding| finding.message)? {
            Some(row) => rows.push(row),
            None => break,
        }
    }
    let begins = |row: &Cells, with: &str| row.first().is_some_and(|(_, cell)| cell.value.trim_start().starts_with(with));
    if rows.first().is_some_and(|row| begins(row, NOT_READ)) {
        return Ok(None);
    }
    rows.retain(|row| !begins(row, EXAMPLE));
    let words = headings(project);
    let known = |text: &str| {
        let folded = fold(text);
        words.contains_key(&folded) || kinds.iter().any(|kind| kind.key_of_heading(text).is_some())
    };
    // The header is the row among the first with the most known headings; of as many, the one with the most cells.
    let score = |row: &Cells| (row.iter().filter(|(_, cell)| known(&cell.value)).count(), row.len());
    let best = rows.iter().take(15).enumerate().max_by_key(|(at, row)| (score(row), std::cmp::Reverse(*at))).map(|(at, _)| at);
    let Some(at) = best else { return Ok(None) };
    let header = rows[at].first().map_or(1, |(_, cell)| cell.location.line);
    let width = rows[at].last().map_or(0, |(index, _)| index + 1);
    let line = |row: &Cells| {
        let mut cells = vec![String::new(); width];
        for (index, cell) in row {
            if let Some(slot) = cells.get_mut(*index) {
                *slot = cell.value.split_whitespace().collect::<Vec<_>>().join(" ");
            }
        }
        cells
    };
    Ok(Some(Sample { name: name.to_owned(), header, columns: line(&rows[at]), rows: rows[at + 1..].iter().map(line).collect() }))
}

/// The keys that headings stand for, by the headings folded: the likeliest first.
fn headings(project: &Project) -> HashMap<String, Vec<String>> {
    let mut words: HashMap<String, Vec<String>> = HashMap::new();
    let assets = project.assets("mappings", "toml").unwrap_or_default();
    for asset in assets.iter().filter(|asset| asset.stem() == HEADINGS) {
        if let Ok(Node::Map(fields, _)) = Toml::new(&asset.text, &asset.path).read() {
            for field in fields {
                for member in field.value.members() {
                    if let Node::Text(text) = member {
                        words.entry(fold(&text.value)).or_default().push(field.key.value.clone());
                    }
                }
            }
        }
    }
    words
}

/// The two columns that make one name together, if the table has them.
fn together(project: &Project, columns: &[String]) -> Option<(usize, usize)> {
    let at = |heading: &str| columns.iter().position(|column| fold(column) == fold(heading));
    let pairs = words_under(project, "together");
    pairs.iter().find_map(|(pair, _)| pair.split_once('+').and_then(|(one, other)| Some((at(one)?, at(other)?))))
}

/// The kinds that headings speak of, by the headings folded.
fn kinds_of_headings(project: &Project, table: &str) -> HashMap<String, String> {
    let mut words = HashMap::new();
    for (heading, kind) in words_under(project, table) {
        words.entry(fold(&heading)).or_insert(kind);
    }
    words
}

/// The words of a table of the file of headings, each with what it stands under.
fn words_under(project: &Project, table: &str) -> Vec<(String, String)> {
    let mut words = Vec::new();
    let assets = project.assets("mappings", "toml").unwrap_or_default();
    for asset in assets.iter().filter(|asset| asset.stem() == HEADINGS) {
        let Ok(Node::Map(fields, _)) = Toml::new(&asset.text, &asset.path).read() else { continue };
        for field in fields.into_iter().filter(|field| field.key.value == table) {
            let Node::Map(under, _) = field.value else { continue };
            for Field { key, value } in under {
                let texts =
                    value.members().iter().filter_map(|member| if let Node::Text(text) = member { Some(text.value.clone()) } else { None });
                words.extend(texts.map(|text| (text, key.value.clone())));
            }
        }
    }
    words
}

/// A text as TOML has it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            c if c.is_control() => _ = write!(quoted, "\\u{:04X}", u32::from(c)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A column as it stands in a template.
fn column(name: &str) -> String {
    quoted(&format!("{{{}}}", name.replace('{', "{{").replace('}', "}}")))
}

fn of_tables(project: &Project, kinds: &[TableKind], samples: Vec<Sample>, what: &str) -> Result<Proposal, String> {
    let words = headings(project);
    let spoken = kinds_of_headings(project, "kinds");
    let mentioned = kinds_of_headings(project, "mentions");
    let mut settings = String::new();
    let mut seems = Vec::new();
    let own: Vec<Option<&TableKind>> = samples.iter().map(|sample| of_its_name(sample, kinds)).collect();
    for (sample, own) in samples.iter().zip(&own) {
        if let Some(kind) = own {
            seems.push(format!("{} of `{}`", kind.name, sample.name));
            continue;
        }
        let (kind, mut keys) = keys(sample, kinds, &words, &spoken);
        let Some(kind) = kind else { continue };
        // A thing that has a first and a last name is not called what one of the other columns says.
        let pair = together(project, &sample.columns).filter(|_| kind.naming.is_some() && !kind.minted);
        let named = |key: &str| Some(key) == kind.naming.as_deref();
        if pair.is_some() {
            keys.retain(|(key, _)| !named(key));
        }
        seems.push(format!("{} of `{}` ({} rows seen)", kind.name, sample.name, sample.rows.len()));
        let table = quoted(&sample.name);
        _ = writeln!(settings, "[tables.{table}]");
        if sample.header > 1 {
            _ = writeln!(settings, "header = {}", sample.header);
        }
        let unused: Vec<String> = sample
            .columns
            .iter()
            .enumerate()
            .filter(|(at, name)| {
                !name.is_empty()
                    && !keys.iter().any(|(_, column)| column == at)
                    && !pair.is_some_and(|(one, other)| [one, other].contains(at))
            })
            .map(|(_, name)| quoted(name))
            .collect();
        if !unused.is_empty() {
            _ = writeln!(settings, "ignore = [{}] # not understood: say what they mean below, or leave them out", unused.join(", "));
        }
        _ = writeln!(settings, "\n[[tables.{table}.records]]\nkind = {}", quoted(&kind.name));
        let whole = pair.map(|(one, other)| {
            let [one, other] = [one, other].map(|at| sample.columns[at].replace('{', "{{").replace('}', "}}"));
            quoted(&format!("{{{one}}} {{{other}}}"))
        });
        if let (Some(whole), Some(naming)) = (&whole, &kind.naming) {
            let id = keys.iter().find(|(key, _)| key == "id").map_or_else(|| whole.clone(), |(_, at)| column(&sample.columns[*at]));
            _ = writeln!(settings, "id = {id}\n{naming} = {whole}");
        } else if !kind.minted
            && let Some((_, at)) = keys.iter().find(|(key, _)| key == "id").or_else(|| keys.iter().find(|(key, _)| key == "name"))
        {
            _ = writeln!(settings, "id = {}", column(&sample.columns[*at]));
        }
        for (key, at) in keys.iter().filter(|(key, _)| key != "id") {
            let name = &sample.columns[*at];
            let codes = kind.key(key).map(|key| &key.sort).filter(|sort| matches!(sort, Sort::Code(_)));
            let strange: Vec<String> = codes.map_or_else(Vec::new, |sort| {
                let mut seen: Vec<&String> = sample.rows.iter().map(|row| &row[*at]).filter(|text| !text.is_empty()).collect();
                seen.sort();
                seen.dedup();
                seen.into_iter().filter(|text| sort.code(text).is_none()).take(20).map(|text| format!("{} = \"\"", quoted(text))).collect()
            });
            if strange.is_empty() {
                _ = writeln!(settings, "{key} = {}", column(name));
            } else {
                _ = writeln!(
                    settings,
                    "{key} = {{ from = {}, map = {{ {} }} }} # fill in the codes: `civigraph schema {}`",
                    column(name),
                    strange.join(", "),
                    kind.name
                );
            }
        }
        // What a row only names, a country for instance, is defined by no other row.
        for (_, at) in keys.iter().filter(|(key, _)| kind.key(key).is_some_and(|key| matches!(key.sort, Sort::Thing))) {
            let name = &sample.columns[*at];
            let Some(mentioned) = mentioned.get(&fold(name)).filter(|known| kinds.iter().any(|kind| kind.name == **known)) else {
                continue;
            };
            let (column, mentioned) = (column(name), quoted(mentioned));
            _ = writeln!(settings, "\n[[tables.{table}.records]]\nkind = {mentioned}\nmention = true\nid = {column}\nname = {column}");
        }
        settings.push('\n');
    }
    if seems.is_empty() {
        return Err("no column of it was understood".to_owned());
    }
    if own.iter().all(Option::is_some) {
        return Ok(Proposal {
            seems: format!("{what} of records, which needs no mapping: {}", seems.join("; ")),
            settings,
            beside: Vec::new(),
        });
    }
    Ok(Proposal { seems: format!("{what}: {}", seems.join("; ")), settings, beside: Vec::new() })
}

/// The kind that a table is of by its name alone, where every column is one of its keys: nothing has to be said of it.
fn of_its_name<'k>(sample: &Sample, kinds: &'k [TableKind]) -> Option<&'k TableKind> {
    let name = sample.name.rsplit_once('/').map_or_else(|| sample.name.split('.').next().unwrap_or(""), |(_, sheet)| sheet);
    let named = super::kinds::kind_called(name, kinds)?;
    let kind = kinds.iter().find(|kind| kind.name == named)?;
    let known = |column: &String| {
        let heading = column.split('@').next().unwrap_or("").trim();
        ["id", "section", "at"].contains(&fold(heading).as_str()) || kind.key_of_heading(heading).is_some()
    };
    let headed = sample.columns.iter().filter(|column| !column.is_empty());
    let identified = kind.minted
        || sample
            .columns
            .iter()
            .any(|column| fold(column) == "id" || kind.key_of_heading(column).is_some_and(|key| kind.naming.as_ref() == Some(&key.name)));
    (sample.header == 1 && identified && headed.clone().count() > 0 && headed.clone().all(known)).then_some(kind)
}

/// The kind that most columns fit, and which column fills which of its keys.
fn keys<'k>(
    sample: &Sample,
    kinds: &'k [TableKind],
    words: &HashMap<String, Vec<String>>,
    spoken: &HashMap<String, String>,
) -> (Option<&'k TableKind>, Vec<(String, usize)>) {
    let shared = shared_word(&sample.columns);
    let fits = |kind: &TableKind| {
        let mut keys: Vec<(String, usize)> = Vec::new();
        for (at, name) in sample.columns.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            let short = shared.as_ref().and_then(|shared| fold(name).strip_prefix(shared.as_str()).map(str::to_owned));
            let said = words.get(&fold(name)).or_else(|| words.get(short.as_ref()?));
            let by_word = said.and_then(|keys| keys.iter().find(|key| kind.key(key).is_some())).cloned();
            let key =
                if fold(name) == "id" { Some("id".to_owned()) } else { kind.key_of_heading(name).map(|key| key.name.clone()).or(by_word) };
            let key = key.or_else(|| by_look(kind, sample, at));
            if let Some(key) = key.filter(|key| !keys.iter().any(|(known, _)| known == key)) {
                keys.push((key, at));
            }
        }
        keys
    };
    // What names nothing cannot be given an id; a claim that speaks of nothing claims nothing.
    let speaks = |kind: &TableKind, key: &str| kind.key(key).is_some_and(|key| matches!(key.sort, Sort::Thing));
    let usable = |kind: &TableKind, keys: &[(String, usize)]| {
        keys.iter().any(|(key, _)| if kind.minted { speaks(kind, key) } else { key == "name" || key == "id" })
    };
    let named = super::kinds::kind_named(sample.name.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or(""), kinds);
    let best = kinds.iter().map(|kind| (kind, fits(kind))).filter(|(kind, keys)| usable(kind, keys)).max_by_key(|(kind, keys)| {
        let spoken = sample.columns.iter().filter(|column| spoken.get(&fold(column)) == Some(&kind.name)).count();
        // Among as many, the plainest kind: the one with the fewest keys.
        (
            Some(&kind.name) == named.as_ref(),
            keys.len() + 3 * spoken,
            std::cmp::Reverse(kind.keys.len()),
            std::cmp::Reverse(kind.name.clone()),
        )
    });
    best.map_or((None, Vec::new()), |(kind, keys)| (Some(kind), keys))
}

/// The word that at least half of the headings begin with (`charity name`, `charity type`), folded, with the space behind it: it tells nothing.
fn shared_word(columns: &[String]) -> Option<String> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for column in columns {
        if let Some((first, _)) = fold(column).split_once(' ') {
            *counts.entry(format!("{first} ")).or_default() += 1;
        }
    }
    counts
        .into_iter()
        .max_by_key(|(word, count)| (*count, word.clone()))
        .filter(|(_, count)| *count >= 3 && count * 2 >= columns.len())
        .map(|(word, _)| word)
}

/// The key that a column's values look like: addresses and dates are known by sight.
fn by_look(kind: &TableKind, sample: &Sample, at: usize) -> Option<String> {
    let values: Vec<&String> = sample.rows.iter().filter_map(|row| row.get(at)).filter(|text| !text.is_empty()).collect();
    if values.is_empty() {
        return None;
    }
    let most = |fits: &dyn Fn(&str) -> bool| values.iter().filter(|text| fits(text)).count() * 10 >= values.len() * 8;
    let first = |fits: &dyn Fn(&Sort) -> bool| kind.keys.iter().find(|key| fits(&key.sort)).map(|key| key.name.clone());
    if most(&|text| text.starts_with("http://") || text.starts_with("https://") || text.starts_with("www.")) {
        return first(&|sort| matches!(sort, Sort::Address));
    }
    if most(&|text| text.len() >= 8 && super::mapping::date::read(text, &[], Some(super::mapping::date::Order::DayMonthYear)).is_ok()) {
        return first(&|sort| matches!(sort, Sort::Date));
    }
    None
}

fn of_documents(project: &Project, kinds: &[TableKind], name: &str, documents: &[Node]) -> Result<Proposal, String> {
    let assets = project.assets("mappings", "toml").unwrap_or_default();
    for asset in &assets {
        let Ok(Node::Map(fields, _)) = Toml::new(&asset.text, &asset.path).read() else { continue };
        let Some(Field { value, .. }) = fields.iter().find(|field| field.key.value == "looks_like") else { continue };
        let paths: Vec<JsonPath> = value
            .members()
            .iter()
            .filter_map(|member| match member {
                Node::Text(text) => JsonPath::parse(&text.value).ok(),
                _ => None,
            })
            .collect();
        // One a line, one a file, or all in a list: a format is known by one of its objects.
        let within = documents.iter().filter_map(|document| match document {
            Node::List(members, _) => Some(members.iter().take(LOOKED)),
            _ => None,
        });
        let mut looked = documents.iter().take(LOOKED).chain(within.flatten());
        let looks = !paths.is_empty() && looked.any(|document| paths.iter().all(|path| !path.find(document).is_empty()));
        if looks {
            let settings = format!("[tables.{}]\nformat = {}\n", quoted(name), quoted(asset.stem()));
            return Ok(Proposal { seems: format!("{}: a known format, no mapping is needed", asset.stem()), settings, beside: Vec::new() });
        }
    }
    // The longest list of objects is where the rows are.
    let mut lists: Vec<(String, &[Node])> = Vec::new();
    if let [document] = documents {
        lists_in(document, "$", &mut lists, 0);
    } else {
        lists.push(("$".to_owned(), documents));
    }
    let Some((path, rows)) = lists.into_iter().max_by_key(|(path, rows)| (rows.len(), std::cmp::Reverse(path.len()))) else {
        return Err("no list of objects was found in it".to_owned());
    };
    let mut columns: Vec<String> = Vec::new();
    for row in rows.iter().take(ROWS) {
        if let Node::Map(fields, _) = row {
            for field in fields.iter().filter(|field| matches!(field.value, Node::Text(_))) {
                if !columns.contains(&field.key.value) {
                    columns.push(field.key.value.clone());
                }
            }
        }
    }
    let lines = rows.iter().take(ROWS).map(|row| {
        columns
            .iter()
            .map(|column| match row {
                Node::Map(fields, _) => match fields.iter().find(|field| field.key.value == *column).map(|field| &field.value) {
                    Some(Node::Text(text)) => text.value.clone(),
                    _ => String::new(),
                },
                _ => String::new(),
            })
            .collect()
    });
    let sample = Sample { name: name.to_owned(), header: 1, rows: lines.collect(), columns };
    let mut proposal = of_tables(project, kinds, vec![sample], "JSON")?;
    if path != "$" || documents.len() == 1 {
        let head = format!("[tables.{}]\n", quoted(name));
        let rows = if path == "$" { "$[*]".to_owned() } else { format!("{path}[*]") };
        proposal.settings = proposal.settings.replacen(&head, &format!("{head}rows = {}\n", quoted(&rows)), 1);
    }
    Ok(proposal)
}

fn lists_in<'n>(node: &'n Node, path: &str, lists: &mut Vec<(String, &'n [Node])>, depth: usize) {
    match node {
        Node::List(members, _) if members.iter().any(|member| matches!(member, Node::Map(..))) => lists.push((path.to_owned(), members)),
        Node::Map(fields, _) if depth < 4 => {
            for field in fields {
                let plain = field.key.value.chars().all(|c| c.is_alphanumeric() || c == '_');
                let path = if plain {
                    format!("{path}.{}", field.key.value)
                } else {
                    format!("{path}['{}']", field.key.value.replace('\'', "\\'"))
                };
                lists_in(&field.value, &path, lists, depth + 1);
            }
        }
        _ => {}
    }
}
