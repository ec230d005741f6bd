//! Files under seal: a sum behind the bytes for every block of them, checked when the block is first touched.
//!
//! A disk, a copy or a backup may change a bit without saying so, and a graph with a changed bit answers wrongly. Checking
//! all of a file each time it is opened would cost as much as reading it; checking what is touched costs a few
//! microseconds a block, once. A sealed file is its content and then, for each [`BLOCK`] of the content, the CRC-32 of
//! the block's number and its bytes; how long the content is follows from the file's length. CRC-32 tells every change of
//! up to 32 neighbouring bits, and all but one in four billion others; against someone who wants to deceive it is nothing.

use std::fs::File;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crc32fast::Hasher;
use memmap2::Mmap;
use thiserror::Error;

/// Bytes of content under one seal: a page of memory, so that checking reads no more of a mapped file than asking does.
pub const BLOCK: usize = 4096;
/// Bytes of a seal.
const SEAL: usize = 4;

/// Why a file of the store cannot be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Damaged(pub &'static str);

impl Damaged {
    const SEAL: Self = Self("what it holds is not what was written");
    const RANGE: Self = Self("a number in it points out of it");
}

/// The sum of a short text that is kept by itself.
pub fn sum(bytes: &[u8]) -> u32 {
    crc32fast::hash(bytes)
}

fn seal(number: usize, block: &[u8]) -> [u8; SEAL] {
    let mut hasher = Hasher::new();
    hasher.update(&(number as u64).to_le_bytes());
    hasher.update(block);
    hasher.finalize().to_le_bytes()
}

/// How much content a sealed file of a length has; `None` if no content makes a file so long.
fn content_length(file: u64) -> Option<u64> {
    let (block, seal) = (BLOCK as u64, SEAL as u64);
    let (whole, rest) = (file / (block + seal), file % (block + seal));
    match rest {
        0 => Some(whole * block),
        rest => (rest > seal).then(|| whole * block + rest - seal),
    }
}

/// Seals bytes on their way to a writer. Costs one pass over them.
#[derive(Debug)]
pub struct Sealing<W> {
    inner: W,
    seals: Vec<u8>,
    hasher: Hasher,
    /// Bytes of the present block so far.
    filled: usize,
}

impl<W: Write> Sealing<W> {
    /// Begins with a block's first byte.
    pub fn new(inner: W) -> Self {
        Self { inner, seals: Vec::new(), hasher: Self::begin(0), filled: 0 }
    }

    fn begin(number: usize) -> Hasher {
        let mut hasher = Hasher::new();
        hasher.update(&(number as u64).to_le_bytes());
        hasher
    }

    fn close(&mut self) {
        let next = Self::begin(self.seals.len() / SEAL + 1);
        let hasher = std::mem::replace(&mut self.hasher, next);
        self.seals.extend_from_slice(&hasher.finalize().to_le_bytes());
        self.filled = 0;
    }

    /// Writes the seals behind the content, and gives the writer back.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn finish(mut self) -> io::Result<W> {
        if self.filled > 0 {
            self.close();
        }
        self.inner.write_all(&self.seals)?;
        Ok(self.inner)
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        let mut rest = &bytes[..written];
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(BLOCK - self.filled));
            self.hasher.update(now);
            self.filled += now.len();
            if self.filled == BLOCK {
                self.close();
            }
            rest = later;
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Which blocks have been checked, and what was found wrong first.
#[derive(Debug)]
struct Marks {
    checked: Box<[AtomicU64]>,
    damage: OnceLock<Damaged>,
}

impl Marks {
    fn new(length: u64) -> Self {
        let blocks = length.div_ceil(BLOCK as u64);
        Self { checked: (0..blocks.div_ceil(64)).map(|_| AtomicU64::new(0)).collect(), damage: OnceLock::new() }
    }

    fn has(&self, block: usize) -> bool {
        self.checked.get(block / 64).is_some_and(|bits| bits.load(Ordering::Relaxed) >> (block % 64) & 1 == 1)
    }

    fn mark(&self, block: usize) {
        if let Some(bits) = self.checked.get(block / 64) {
            bits.fetch_or(1 << (block % 64), Ordering::Relaxed);
        }
    }

    /// Remembers the first damage.
    fn damaged(&self, damage: Damaged) -> Damaged {
        *self.damage.get_or_init(|| damage)
    }
}

/// Where bytes are.
#[derive(Debug)]
enum Held {
    Memory(Vec<u8>),
    /// A file, of which the system brings in what is touched.
    Mapped(Mmap),
}

impl std::ops::Deref for Held {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match self {
            Self::Memory(bytes) => bytes,
            Self::Mapped(bytes) => bytes,
        }
    }
}

/// Bytes in memory, or mapped there: those of a sealed file, or some that were just made and need no seal.
#[derive(Debug)]
pub struct Bytes {
    bytes: Held,
    length: usize,
    /// None where the bytes were just made.
    marks: Option<Marks>,
}

impl Bytes {
    /// Bytes that were just made.
    pub fn made(bytes: Vec<u8>) -> Self {
        Self { length: bytes.len(), bytes: Held::Memory(bytes), marks: None }
    }

    /// The bytes of a sealed file. Costs nothing yet.
    ///
    /// # Errors
    /// No content makes a file so long.
    pub fn sealed(bytes: Vec<u8>) -> Result<Self, Damaged> {
        Self::of(Held::Memory(bytes))
    }

    /// A sealed file, mapped: opened in microseconds whatever its size, and read where it is touched.
    ///
    /// # Errors
    /// No content makes a file so long, or the system does not map it.
    pub fn mapped(file: &File) -> Result<Self, Unread> {
        if file.metadata().map_err(Unread::System)?.len() == 0 {
            // What is empty cannot be mapped.
            return Self::sealed(Vec::new()).map_err(Unread::Damaged);
        }
        // SAFETY: the files of a build are written once, under another name, and never again; a new build is a new file, and one
        // that is deleted stays readable for whoever has mapped it. Somebody who cuts the file short while it is being read ends
        // the reader, as they would by taking its disk away; changed bytes are told by their seals.
        let mapped = unsafe { Mmap::map(file) }.map_err(Unread::System)?;
        Self::of(Held::Mapped(mapped)).map_err(Unread::Damaged)
    }

    fn of(bytes: Held) -> Result<Self, Damaged> {
        let length = content_length(bytes.len() as u64).ok_or(Damaged("it is cut short"))?;
        Ok(Self { length: length as usize, bytes, marks: Some(Marks::new(length)) })
    }

    /// The whole content, without its seals and unchecked.
    pub fn content(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// How long the content is.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there is no content.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// A piece of the content, checked. Costs next to nothing where its blocks have been touched before.
    ///
    /// # Errors
    /// A block is not what was written, or the range goes beyond the content.
    #[inline]
    pub fn piece(&self, range: Range<usize>) -> Result<&[u8], Damaged> {
        if range.start > range.end || range.end > self.length {
            return Err(self.damaged(Damaged::RANGE));
        }
        if let Some(marks) = &self.marks
            && range.start < range.end
        {
            for block in range.start / BLOCK..=(range.end - 1) / BLOCK {
                if !marks.has(block) {
                    self.check(marks, block)?;
                }
            }
        }
        Ok(&self.bytes[range])
    }

    #[cold]
    fn check(&self, marks: &Marks, block: usize) -> Result<(), Damaged> {
        let content = &self.bytes[block * BLOCK..((block + 1) * BLOCK).min(self.length)];
        let at = self.length + SEAL * block;
        if self.bytes.get(at..at + SEAL) != Some(&seal(block, content)) {
            return Err(marks.damaged(Damaged::SEAL));
        }
        marks.mark(block);
        Ok(())
    }

    /// Remembers damage that a reader of the content found, for [`intact`](Self::intact).
    pub fn damaged(&self, damage: Damaged) -> Damaged {
        self.marks.as_ref().map_or(damage, |marks| marks.damaged(damage))
    }

    /// Whether nothing that was touched so far was damaged: for who may have gone on without the error.
    ///
    /// # Errors
    /// The first damage that was found.
    pub fn intact(&self) -> Result<(), Damaged> {
        self.marks.as_ref().and_then(|marks| marks.damage.get()).map_or(Ok(()), |damage| Err(*damage))
    }

    /// Checks all of it. Costs reading it.
    ///
    /// # Errors
    /// A block is not what was written.
    pub fn check_all(&self) -> Result<(), Damaged> {
        self.piece(0..self.length).map(drop)
    }
}

/// Why a piece of a file could not be read.
#[derive(Debug)]
pub enum Unread {
    /// It is not what was written.
    Damaged(Damaged),
    /// The system refused.
    System(io::Error),
}

/// A sealed file that is read in pieces.
#[derive(Debug)]
pub struct Pieces {
    file: File,
    length: u64,
    marks: Marks,
}

impl Pieces {
    /// Takes an opened file. Costs asking for its length.
    ///
    /// # Errors
    /// No content makes a file so long, or its length cannot be told.
    pub fn new(file: File) -> Result<Self, Unread> {
        let length = file.metadata().map_err(Unread::System)?.len();
        let length = content_length(length).ok_or(Unread::Damaged(Damaged("it is cut short")))?;
        Ok(Self { file, length, marks: Marks::new(length) })
    }

    /// How long the content is.
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Whether there is no content.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Remembers damage that a reader of the content found, for [`intact`](Self::intact).
    pub fn damaged(&self, damage: Damaged) -> Damaged {
        self.marks.damaged(damage)
    }

    /// Whether nothing that was touched so far was damaged.
    ///
    /// # Errors
    /// The first damage that was found.
    pub fn intact(&self) -> Result<(), Damaged> {
        self.marks.damage.get().map_or(Ok(()), |damage| Err(*damage))
    }

    /// A piece of the content, checked. Costs reading it, and where blocks are touched for the first time, all of these.
    ///
    /// # Errors
    /// A block is not what was written, the range goes beyond the content, or the system refused.
    pub fn piece(&self, range: Range<u64>) -> Result<Vec<u8>, Unread> {
        let damaged = |damage| Unread::Damaged(self.marks.damaged(damage));
        // Not as much memory as a damaged number asks for.
        if range.start > range.end || range.end > self.length {
            return Err(damaged(Damaged::RANGE));
        }
        if range.is_empty() {
            return Ok(Vec::new());
        }
        let blocks = (range.start / BLOCK as u64) as usize..=((range.end - 1) / BLOCK as u64) as usize;
        if blocks.clone().all(|block| self.marks.has(block)) {
            return self.read(range);
        }
        let from = *blocks.start() as u64 * BLOCK as u64;
        let mut bytes = self.read(from..((*blocks.end() as u64 + 1) * BLOCK as u64).min(self.length))?;
        let at = |block: usize| self.length + (SEAL * block) as u64;
        let seals = self.read(at(*blocks.start())..at(*blocks.end() + 1))?;
        for ((block, content), sealed) in blocks.zip(bytes.chunks(BLOCK)).zip(seals.chunks(SEAL)) {
            if seal(block, content) != sealed {
                return Err(damaged(Damaged::SEAL));
            }
            self.marks.mark(block);
        }
        bytes.truncate((range.end - from) as usize);
        bytes.drain(..(range.start - from) as usize);
        Ok(bytes)
    }

    /// Checks all of it, a megabyte at a time. Costs reading it.
    ///
    /// # Errors
    /// A block is not what was written, or the system refused.
    pub fn check_all(&self) -> Result<(), Unread> {
        const AT_ONCE: usize = 256 * BLOCK;
        (0..self.length).step_by(AT_ONCE).try_for_each(|from| self.piece(from..(from + AT_ONCE as u64).min(self.length)).map(drop))
    }

    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, Unread> {
        let mut bytes = vec![0; (range.end - range.start) as usize];
        read_at(&self.file, &mut bytes, range.start).map_err(|error| match error.kind() {
            // It has become shorter since it was opened.
            io::ErrorKind::UnexpectedEof => Unread::Damaged(self.marks.damaged(Damaged("it is cut short"))),
            _ => Unread::System(error),
        })?;
        Ok(bytes)
    }
}

/// Reads from a place, whatever others read from the same file.
#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], place: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, place)
}

#[cfg(windows)]
fn read_at(file: &File, mut bytes: &mut [u8], mut place: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, bytes, place)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes = &mut bytes[read..];
        place += read as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(content: &[u8]) -> Vec<u8> {
        let mut sealing = Sealing::new(Vec::new());
        // In pieces that fall anywhere in a block.
        for piece in content.chunks(1000) {
            sealing.write_all(piece).expect("memory");
        }
        sealing.finish().expect("memory")
    }

    #[test]
    fn content_of_any_length_comes_back() {
        for length in [0, 1, 3, 4, 5, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 3 * BLOCK + 77] {
            let content: Vec<u8> = (0..length).map(|at| (at * 7 + at / 251) as u8).collect();
            let bytes = Bytes::sealed(sealed(&content)).expect("its length fits");
            assert_eq!(bytes.len(), length);
            bytes.check_all().expect("whole");
            assert_eq!(bytes.piece(0..length).expect("whole"), content);
            assert!(bytes.piece(0..length + 1).is_err());
        }
    }

    #[test]
    fn every_flipped_bit_and_cut_is_told() {
        let content: Vec<u8> = (0..2 * BLOCK + 100).map(|at| (at % 256) as u8).collect();
        let whole = sealed(&content);
        for at in (0..whole.len()).step_by(13).chain(whole.len() - 12..whole.len()) {
            for bit in 0..8 {
                let mut flipped = whole.clone();
                flipped[at] ^= 1 << bit;
                let bytes = Bytes::sealed(flipped).expect("its length fits");
                assert!(bytes.check_all().is_err(), "byte {at}, bit {bit}");
                assert!(bytes.intact().is_err(), "it is remembered");
            }
        }
        for length in 0..whole.len() {
            let cut = Bytes::sealed(whole[..length].to_vec());
            assert!(length == 0 || cut.is_err() || cut.is_ok_and(|cut| cut.check_all().is_err()), "{length} bytes");
        }
    }

    #[test]
    fn a_block_in_another_ones_place_is_told() {
        let mut content = vec![1; 2 * BLOCK];
        content[BLOCK..].fill(2);
        let mut whole = sealed(&content);
        let (blocks, seals) = whole.split_at_mut(2 * BLOCK);
        let (first, second) = blocks.split_at_mut(BLOCK);
        first.swap_with_slice(second);
        let (first, second) = seals.split_at_mut(SEAL);
        first.swap_with_slice(second);
        assert!(Bytes::sealed(whole).expect("its length fits").check_all().is_err());
    }

    #[test]
    fn a_file_in_pieces_tells_the_same() {
        let content: Vec<u8> = (0..5 * BLOCK + 9).map(|at| (at / 3) as u8).collect();
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(&sealed(&content)).expect("written");
        let pieces = Pieces::new(file.try_clone().expect("the file")).expect("its length fits");
        for range in [0..10, 4000..9000, 4000..9000, 20_000..20_489, 77..77] {
            assert_eq!(pieces.piece(range.clone()).expect("whole"), &content[range.start as usize..range.end as usize]);
        }
        pieces.check_all().expect("whole");
        let mut flipped = sealed(&content);
        flipped[9000] ^= 4;
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(&flipped).expect("written");
        let pieces = Pieces::new(file).expect("its length fits");
        assert_eq!(pieces.piece(0..10).expect("this block is whole"), &content[..10]);
        assert!(matches!(pieces.piece(9001..9002), Err(Unread::Damaged(_))));
        assert!(matches!(pieces.check_all(), Err(Unread::Damaged(_))));
    }
}
