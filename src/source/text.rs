//! Files as text: opened, decoded, bounded. UTF-8 unless the file's first bytes or the introduction say otherwise.

use std::io::{self, BufRead, BufReader, Cursor, Seek};
use std::path::Path;
use std::sync::Arc;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::door::{Bytes, Door, Refused};
use crate::finding::Finding;
use crate::limits::Limit;
use crate::location::Location;

/// What some programs begin a UTF-8 file with; it is taken off, and counts in no column.
pub const MARK: &str = "\u{feff}";

/// Why a file was not read.
#[derive(Debug)]
pub enum Unread {
    /// It did not come in.
    Refused(Refused),
    /// Its bytes are no text: what is wrong, at which line and column.
    NotText(String, usize, usize),
}

impl From<Refused> for Unread {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        Self::Refused(Refused::System(error))
    }
}

impl Unread {
    /// Whether it is only not there.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Refused(Refused::Missing))
    }

    /// In words.
    pub fn words(&self) -> String {
        match self {
            Self::Refused(refused) => refused.words(),
            Self::NotText(message, ..) => message.clone(),
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Refused(Refused::TooLarge(limit, _)) => {
                Some(format!("a line format (csv, ndjson) has no such limit; {}", limit.raised_by()))
            }
            Self::Refused(refused) => refused.hint(),
            Self::NotText(..) => None,
        }
    }

    /// As a finding on the file.
    pub fn finding(&self, file: &Arc<str>) -> Finding {
        let place = match self {
            Self::NotText(_, line, column) => Location::new(file, *line, *column, 1),
            _ => Location::file(file),
        };
        Finding::error("unreadable-file", self.words(), place).hint(self.hint())
    }
}

/// Opens a file for its bytes.
///
/// # Errors
/// It is not there, is none, or the system refuses.
pub fn open(door: Door<'_>, path: &Path) -> Result<BufReader<Box<dyn Bytes>>, Unread> {
    Ok(BufReader::with_capacity(1 << 16, door.open(path)?))
}

/// Opens a text file to be streamed, its mark taken off. What is not UTF-8 is decoded whole first.
///
/// # Errors
/// As of [`open`]; a file to be decoded is too large.
pub fn stream(door: Door<'_>, path: &Path, said: Option<&'static Encoding>) -> Result<Box<dyn BufRead>, Unread> {
    let mut input = open(door, path)?;
    let start = input.fill_buf()?;
    let marked = start.starts_with(b"\xEF\xBB\xBF");
    let encoding = said.unwrap_or_else(|| encoding_of(start));
    if encoding != UTF_8 {
        return decoded(door, input, encoding).map(|text| Box::new(Cursor::new(text.into_bytes())) as Box<dyn BufRead>);
    }
    if marked {
        input.consume(3);
    }
    Ok(Box::new(input))
}

/// Reads a text file whole, without a byte-order mark.
///
/// # Errors
/// As of [`open`]; it is too large, or no text.
pub fn read_whole(door: Door<'_>, path: &Path) -> Result<String, Unread> {
    read_as(door, path, None)
}

/// As [`read_whole`], in the encoding that the introduction says.
///
/// # Errors
/// As of [`read_whole`].
pub fn read_as(door: Door<'_>, path: &Path, said: Option<&'static Encoding>) -> Result<String, Unread> {
    let mut input = open(door, path)?;
    let encoding = match said {
        Some(said) => said,
        None => encoding_of(input.fill_buf()?),
    };
    if encoding != UTF_8 {
        return decoded(door, input, encoding);
    }
    let bytes = bytes_of(door, input)?;
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    match text_of(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err((message, column)) => {
            let good = String::from_utf8_lossy(&bytes[..column.min(bytes.len())]).into_owned();
            let line = good.matches('\n').count() + 1;
            let column = good.rsplit('\n').next().map_or(1, |last| last.chars().count());
            Err(Unread::NotText(message, line, column.max(1)))
        }
    }
}

fn bytes_of(door: Door<'_>, mut input: BufReader<Box<dyn Bytes>>) -> Result<Vec<u8>, Unread> {
    input.rewind()?;
    Ok(door.bytes(input, Limit::File)?)
}

fn decoded(door: Door<'_>, input: BufReader<Box<dyn Bytes>>, encoding: &'static Encoding) -> Result<String, Unread> {
    let bytes = bytes_of(door, input)?;
    let (text, used, broken) = encoding.decode(&bytes);
    if broken {
        let before = text.find('\u{FFFD}').map_or("", |at| &text[..at]);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
        return Err(Unread::NotText(format!("this is not {}", used.name()), line, column));
    }
    Ok(text.into_owned())
}

/// What a file that begins so is written in: UTF-16 where its mark or its empty bytes say so, else UTF-8.
fn encoding_of(start: &[u8]) -> &'static Encoding {
    match start {
        [0xFF, 0xFE, ..] => UTF_16LE,
        [0xFE, 0xFF, ..] => UTF_16BE,
        [0, high, 0, ..] if *high != 0 => UTF_16BE,
        [low, 0, next, 0, ..] if *low != 0 && *next != 0 => UTF_16LE,
        _ => UTF_8,
    }
}

/// What to say of a byte that no UTF-8 has: what the file is by its first bytes if that is known, else how to save `what`.
pub fn not_utf8(start: &[u8], byte: u8, what: &str) -> String {
    const SORTS: [(&[u8], &str); 8] = [
        (b"\x89PNG", "a PNG picture"),
        (b"\xFF\xD8\xFF", "a JPEG picture"),
        (b"GIF8", "a GIF picture"),
        (b"%PDF", "a PDF document"),
        (b"PK\x03\x04", "a ZIP archive (workbooks are such: .xlsx, .ods)"),
        (b"\x1F\x8B", "compressed (gzip): unpack it"),
        (b"\xD0\xCF\x11\xE0", "an old Office document (.xls, .doc): save it as .xlsx or .csv"),
        (b"SQLite format 3", "a SQLite database: export its tables as CSV"),
    ];
    match SORTS.iter().find(|(begins, _)| start.starts_with(begins)) {
        Some((_, sort)) => format!("this is no text but {sort}"),
        None => format!("byte 0x{byte:02X} is not UTF-8; save the {what} as UTF-8"),
    }
}

/// Bytes as text: UTF-8 without NUL. Otherwise what is wrong, and at which byte, from 1.
///
/// # Errors
/// The first byte that is no text.
pub fn text_of(bytes: &[u8]) -> Result<&str, (String, usize)> {
    match std::str::from_utf8(bytes) {
        Ok(text) => match text.find('\0') {
            Some(at) => Err(("a NUL byte stands here".to_owned(), at + 1)),
            None => Ok(text),
        },
        Err(error) => {
            let at = error.valid_up_to();
            let byte = bytes.get(at).copied().unwrap_or(0);
            Err((not_utf8(bytes, byte, "file"), at + 1))
        }
    }
}
