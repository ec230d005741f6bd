//! Where a command's data goes: standard output, a file that is written beside its place and moved there whole, or what
//! is no file (a device, a pipe), which is written to.
//!
//! Nobody here takes the lock of the process's standard output: a thread that waits for a reader who does not read would
//! hold it for ever, and the others could neither answer nor end.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::failure::{Failure, Outcome, shown};
use super::intact::intact;
use crate::project::plain;
use crate::stop::Stop;
use crate::unfinished::Unfinished;
use crate::values::text;

/// Links that lead from one to the next, at most: as many as Linux follows.
const LINKS: usize = 40;

/// Where a command's data goes.
pub struct Output {
    writer: BufWriter<Stoppable>,
    place: Place,
}

enum Place {
    /// Standard output, or what is no file: written as it comes.
    Stream,
    /// A file: what is written becomes it at the end.
    File { beside: Unfinished, target: PathBuf },
}

/// Writes to a file or a stream until it is told to stop; the time that takes is the reader's.
struct Stoppable {
    file: File,
    stop: Option<Stop>,
    /// For a terminal.
    screen: Option<Screen>,
}

/// What was read so far of what goes to a terminal.
#[derive(Default)]
struct Screen {
    /// Bytes of a character or of a change of style that is not yet whole.
    begun: Vec<u8>,
    /// Whether the command changes styles itself, what people wrote taken out before.
    styled: bool,
}

impl Screen {
    /// What a terminal may be given of some bytes: everything but what [steers](text::steers) it.
    fn harmless(&mut self, bytes: &[u8]) -> String {
        let mut all = std::mem::take(&mut self.begun);
        all.extend_from_slice(bytes);
        let mut out = String::with_capacity(all.len());
        let mut rest = &all[..];
        while !rest.is_empty() {
            let (good, after, whole) = match std::str::from_utf8(rest) {
                Ok(good) => (good, &[][..], true),
                Err(error) => {
                    let (good, after) = rest.split_at(error.valid_up_to());
                    let good = std::str::from_utf8(good).unwrap_or_default();
                    match error.error_len() {
                        Some(length) => (good, &after[length..], false),
                        None => {
                            self.begun = after.to_vec();
                            (good, &[][..], true)
                        }
                    }
                }
            };
            let mut good = good;
            while let Some(at) = good.find(|c| text::steers(c) && !matches!(c, '\n' | '\t')) {
                out.push_str(&good[..at]);
                good = &good[at..];
                match self.styled.then(|| style(good)).flatten() {
                    Some(0) => {
                        self.begun = [good.as_bytes(), &self.begun].concat();
                        good = "";
                    }
                    Some(length) => {
                        out.push_str(&good[..length]);
                        good = &good[length..];
                    }
                    None => {
                        out.push('\u{FFFD}');
                        good = &good[good.chars().next().map_or(1, char::len_utf8)..];
                    }
                }
            }
            out.push_str(good);
            if !whole {
                out.push('\u{FFFD}');
            }
            rest = after;
        }
        out
    }
}

/// How long the change of style is that a text begins with; 0 where it may be one that is not yet whole.
fn style(text: &str) -> Option<usize> {
    let Some(rest) = text.strip_prefix("\x1b[") else { return (text == "\x1b").then_some(0) };
    match rest.find(|c: char| !c.is_ascii_digit() && c != ';') {
        None => (rest.len() < 32).then_some(0),
        Some(at) => rest[at..].starts_with('m').then_some(at + 3),
    }
}

impl Stoppable {
    fn put(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.screen {
            Some(screen) => {
                let text = screen.harmless(bytes);
                self.file.write_all(text.as_bytes())?;
                Ok(bytes.len())
            }
            None => self.file.write(bytes),
        }
    }
}

impl Write for Stoppable {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.stop.clone() {
            Some(stop) => stop.waiting_for_the_reader(|| self.put(bytes)),
            None => self.put(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Output {
    /// Opens a file, or standard output where there is none or it is called `-`.
    pub fn open(path: Option<&PathBuf>) -> Result<Self, Failure> {
        Self::stoppable(path, None)
    }

    /// As [`open`](Self::open); from the moment that it is told to stop nothing more is written.
    pub fn stoppable(path: Option<&PathBuf>, stop: Option<Stop>) -> Result<Self, Failure> {
        let made = |file: File, place: Place| {
            let screen = file.is_terminal().then(Screen::default);
            Self { writer: BufWriter::with_capacity(1 << 15, Stoppable { file, stop, screen }), place }
        };
        let Some(path) = path.filter(|path| path.as_os_str() != "-") else {
            return Ok(made(standard()?, Place::Stream));
        };
        let cannot = |error: io::Error| Failure::Input(format!("cannot write {}: {}", shown(path), plain(&error)), None);
        match target(path).map_err(cannot)? {
            Target::Folder => Err(Failure::Usage(format!("{} is a folder, expected a file's name", shown(path)), None)),
            // Neither made nor cut: a device, a pipe, or an open file of a process.
            Target::Stream => Ok(made(OpenOptions::new().write(true).open(path).map_err(cannot)?, Place::Stream)),
            Target::File(target) => {
                let (beside, file) = beside(&target).map_err(cannot)?;
                Ok(made(file, Place::File { beside, target }))
            }
        }
    }

    /// To a pager, whose terminal is given nothing that steers it.
    pub fn paged(file: File, stop: Stop) -> Self {
        let screen = Some(Screen::default());
        Self { writer: BufWriter::with_capacity(1 << 15, Stoppable { file, stop: Some(stop), screen }), place: Place::Stream }
    }

    /// Standard output, for what a command says without `-o`.
    pub fn standard() -> Result<Self, Failure> {
        Self::open(None)
    }

    /// With changes of style let through to a terminal: for who has taken them out of what people wrote.
    pub fn styled(mut self) -> Self {
        if let Some(screen) = &mut self.writer.get_mut().screen {
            screen.styled = true;
        }
        self
    }

    /// What writes to it.
    pub fn writer(&mut self) -> &mut dyn Write {
        &mut self.writer
    }

    /// Puts a file in its place, whole, with the mode and the owner of the one that was there.
    pub fn finish(mut self) -> Outcome {
        intact()?;
        let Place::File { beside, target } = self.place else { return Ok(self.writer.flush()?) };
        let placed = self.writer.flush().and_then(|()| beside.finish(|beside| put(beside, &target)));
        placed.map_err(|error| Failure::Input(format!("cannot write {}: {}", shown(&target), plain(&error)), None))
    }

    /// Leaves everything as it was; so does dropping it.
    pub fn abandon(self) {
        drop(self);
    }
}

/// Standard output without its lock.
fn standard() -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd;
        Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
    }
    #[cfg(windows)]
    {
        use std::os::windows::io::AsHandle;
        Ok(File::from(io::stdout().as_handle().try_clone_to_owned()?))
    }
}

enum Target {
    Folder,
    Stream,
    File(PathBuf),
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// What a path leads to, links followed.
fn target(path: &Path) -> io::Result<Target> {
    match fs::metadata(path) {
        Ok(meta) if meta.is_dir() => return Ok(Target::Folder),
        Ok(meta) if !meta.is_file() => return Ok(Target::Stream),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let mut path = path.to_path_buf();
    for _ in 0..LINKS {
        // What a process has open (`/dev/stdout`) is written to: another file in its place would not be what it has open.
        let own = ["/dev", "/proc"].iter().any(|folder| path.starts_with(folder));
        let Ok(next) = fs::read_link(&path) else { return Ok(Target::File(path)) };
        if own {
            return Ok(Target::Stream);
        }
        path = path.parent().unwrap_or(Path::new("")).join(next);
    }
    Err(io::Error::other("too many links lead from one to the next"))
}

/// A new file beside another one, which can be written and is as it was.
fn beside(target: &Path) -> io::Result<(Unfinished, File)> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    if fs::symlink_metadata(target).is_ok() {
        // One that may not be written is not replaced either.
        OpenOptions::new().write(true).open(target)?;
    }
    // Of its own length, whatever the length of the other's name.
    let name = OsString::from(format!(".civigraph-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed)));
    Unfinished::make(target.with_file_name(name), |path| OpenOptions::new().write(true).create_new(true).open(path))
}

/// Makes a file that was written beside it the target.
fn put(beside: &Path, target: &Path) -> io::Result<()> {
    let Ok(old) = fs::metadata(target) else { return fs::rename(beside, target) };
    fs::set_permissions(beside, old.permissions())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let new = fs::metadata(beside)?;
        let same_owner = (new.uid(), new.gid()) == (old.uid(), old.gid());
        let owned = same_owner || std::os::unix::fs::chown(beside, Some(old.uid()), Some(old.gid())).is_ok();
        if !owned || old.nlink() > 1 {
            // Another one's file, or one with several names: it stays the same file and takes over what is written, whole
            // as that is by now.
            io::copy(&mut File::open(beside)?, &mut OpenOptions::new().write(true).truncate(true).open(target)?)?;
            return fs::remove_file(beside);
        }
        if !same_owner {
            // Giving a file away takes some bits of its mode.
            fs::set_permissions(beside, old.permissions())?;
        }
    }
    fs::rename(beside, target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_given_nothing_that_steers_it() {
        let mut screen = Screen::default();
        assert_eq!(screen.harmless("a\x1b[31mb\u{9b}2Jc\u{202e}d\te\n".as_bytes()), "a\u{FFFD}[31mb\u{FFFD}2Jc\u{FFFD}d\te\n");
        // Characters that come in two pieces, and bytes that are none.
        assert_eq!([screen.harmless(b"x\xc2"), screen.harmless(b"\x9bmy\xff\xfez")].concat(), "x\u{FFFD}my\u{FFFD}\u{FFFD}z");
        let mut styled = Screen { styled: true, ..Screen::default() };
        assert_eq!(styled.harmless(b"\x1b[1;31merror\x1b[0m \x1b]0;title\x07"), "\x1b[1;31merror\x1b[0m \u{FFFD}]0;title\u{FFFD}");
        assert_eq!([styled.harmless(b"\x1b[1"), styled.harmless(b"mred\x1b"), styled.harmless(b"[2J")].concat(), "\x1b[1mred\u{FFFD}[2J");
    }
}
