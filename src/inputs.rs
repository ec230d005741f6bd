//! What a build was made from, file by file, and what has changed of it since: so that nobody takes an old graph for what the files
//! say now.
//!
//! Every file is kept with its length, its time and the sum of its content. Whoever opens the graph later lists the folders and
//! looks at each file once; only what has another time and the same length is read, and no more than [`READ_AT_MOST`] of it.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

use crate::project::{Project, ProjectError, plain};
use crate::source;
use crate::world::{Bytes, Stamp};

/// How many bytes are read, at most, to tell whether files with new times hold anything new.
pub const READ_AT_MOST: u64 = 64 << 20;

/// The first line of a list, with the version of its form.
const HEAD: &str = "civigraph inputs 1";

/// A file changed less than this before it was looked at may change again without its time telling.
const GRAIN: Duration = Duration::from_millis(50);

/// A file as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Input {
    size: u64,
    /// Nanoseconds since 1970; 0 where the time tells nothing.
    modified: u64,
    /// SHA-256 of its content; `None` where it could not be opened.
    sum: Option<[u8; 32]>,
}

/// What a build reads: the program with all that is compiled into it, and the files of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inputs {
    program: String,
    files: BTreeMap<String, Input>,
}

/// How a file differs from what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Its content is another.
    Edited,
    /// Its time is another, and there was too much to read to say more.
    Touched,
    /// It was not there.
    New,
    /// It is not there any more.
    Gone,
}

/// What has changed since a build, and what it cost to find out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// The files, by path.
    pub files: Vec<(String, Change)>,
    /// Whether another program built it.
    pub program: bool,
    /// How many files were looked at: one call of the system each.
    pub looks: usize,
    /// How many bytes were read.
    pub read: u64,
}

impl Changes {
    /// Whether the graph is what a build would make now.
    pub fn is_none(&self) -> bool {
        self.files.is_empty() && !self.program
    }
}

impl Inputs {
    /// Reads all that a build reads. Costs a pass over every file.
    ///
    /// # Errors
    /// A folder cannot be listed, or a file cannot be read to its end.
    pub fn read(project: &Project) -> Result<Self, ProjectError> {
        let mut files = BTreeMap::new();
        for path in source::input_files(project)? {
            // Looked at before it is read: what changes in between has a new time afterwards.
            let Some(stamp) = project.world.stamp(&path) else { continue };
            let unreadable = |error: &io::Error| ProjectError::Unreadable { path: path.clone(), reason: plain(error) };
            // What cannot be opened becomes a finding when it is read; here it only must not look unchanged.
            let sum = match project.world.open(&path) {
                Ok(file) => Some(sum(file, u64::MAX).map_err(|error| unreadable(&error))?.0),
                Err(_) => None,
            };
            let settled = stamp.modified.and_then(|time| SystemTime::now().duration_since(time).ok()).is_some_and(|age| age > GRAIN);
            files.insert(path, Input { size: stamp.length, modified: if settled { modified(stamp) } else { 0 }, sum });
        }
        Ok(Self { program: program(project), files })
    }

    /// SHA-256 over the program, what else decides over a build, and every file's name and content: the same, if nothing changed.
    pub fn fingerprint(&self, more: &str) -> String {
        let mut hash = Sha256::new();
        let mut note = |part: &[u8]| {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        };
        note(self.program.as_bytes());
        note(more.as_bytes());
        for (path, input) in &self.files {
            note(path.as_bytes());
            note(input.sum.as_ref().map_or(&[][..], |sum| &sum[..]));
        }
        hex(&hash.finalize())
    }

    /// What has changed. Costs a listing of the project's folders, one look at each file, and reading the files whose time alone is
    /// another, until [`READ_AT_MOST`].
    ///
    /// # Errors
    /// A folder cannot be listed.
    pub fn changes(&self, project: &Project) -> Result<Changes, ProjectError> {
        let mut changes = Changes { program: self.program != program(project), ..Changes::default() };
        let mut known = self.files.clone();
        for path in source::input_files(project)? {
            changes.looks += 1;
            let Some(stamp) = project.world.stamp(&path) else { continue };
            let change = match known.remove(&path) {
                None => Some(Change::New),
                Some(input) => input.change(project, &path, stamp, &mut changes.read),
            };
            changes.files.extend(change.map(|change| (path, change)));
        }
        changes.files.extend(known.into_keys().map(|path| (path, Change::Gone)));
        changes.files.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(changes)
    }

    /// As a text, a line a file.
    pub fn to_text(&self) -> String {
        let mut text = format!("{HEAD}\n{}\n", self.program);
        for (path, input) in &self.files {
            let sum = input.sum.as_ref().map_or_else(|| "-".to_owned(), |sum| hex(sum));
            // A file's name may hold line ends; as JSON it is one line.
            text.push_str(&format!("{} {} {sum} {}\n", input.size, input.modified, serde_json::Value::from(path.as_str())));
        }
        text
    }

    /// Reads what [`to_text`](Self::to_text) wrote; `None` if it is something else.
    pub fn of_text(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next()? != HEAD {
            return None;
        }
        let program = lines.next()?.to_owned();
        let mut files = BTreeMap::new();
        for line in lines {
            let mut parts = line.splitn(4, ' ');
            let (size, modified) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            let sum = match parts.next()? {
                "-" => None,
                digits => Some(unhex(digits)?),
            };
            files.insert(serde_json::from_str(parts.next()?).ok()?, Input { size, modified, sum });
        }
        Some(Self { program, files })
    }
}

impl Input {
    fn change(&self, project: &Project, path: &str, stamp: Stamp, read: &mut u64) -> Option<Change> {
        if stamp.length != self.size {
            return Some(Change::Edited);
        }
        if self.modified != 0 && modified(stamp) == self.modified {
            return None;
        }
        if *read + self.size > READ_AT_MOST {
            return Some(Change::Touched);
        }
        let now = project.world.open(path).ok().and_then(|file| sum(file, READ_AT_MOST - *read).ok());
        let now = now.map(|(sum, bytes)| {
            *read += bytes;
            sum
        });
        (now != self.sum).then_some(Change::Edited)
    }
}

/// The sum of a file's content, of so many bytes at most, and how many there were.
fn sum(file: Box<dyn Bytes>, most: u64) -> io::Result<([u8; 32], u64)> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut bytes = 0;
    let mut file = file.take(most);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok((hash.finalize().into(), bytes)),
            read => {
                hash.update(&buffer[..read]);
                bytes += read as u64;
            }
        }
    }
}

fn modified(stamp: Stamp) -> u64 {
    let since = stamp.modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| u64::try_from(since.as_nanos()).ok()).unwrap_or(0)
}

/// What tells one program from another: its version and what is compiled into it, if the project takes that.
fn program(project: &Project) -> String {
    let shipped = if project.shipped { env!("CIVIGRAPH_SHIPPED") } else { "alone" };
    format!("{} {shipped}", env!("CARGO_PKG_VERSION"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(digits: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if digits.len() != 64 || !digits.is_ascii() {
        return None;
    }
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&digits[at..at + 2], 16).ok()?;
    }
    Some(bytes)
}
