//! Cutting a stream into blocks of whole lines, for workers to read in parallel.
use std::io::{self, Read};

use kernel::limits::LINE_BYTES_MAX;

use super::reject::{Refusal, RefusalCode, Refused};

/// Bytes of a block.
const BLOCK_BYTES: usize = 4 << 20;

/// Whole lines.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// The line number of the first, from 1.
    pub(crate) first_line: u64,
    /// The bytes.
    pub(crate) bytes: Vec<u8>,
    /// Lines that were too long to hold.
    pub(crate) refused: Vec<Refused>,
}

/// Cuts a reader into blocks. With `quotes` set, a line break inside `"` does not end a line.
pub(crate) struct Blocks<R> {
    reader: R,
    quotes: bool,
    rest: Vec<u8>,
    line: u64,
    ended: bool,
}

impl<R: Read> Blocks<R> {
    pub(crate) fn new(reader: R, quotes: bool) -> Blocks<R> {
        Blocks { reader, quotes, rest: Vec::new(), line: 1, ended: false }
    }

    /// The next block; none at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Block>> {
        let mut block = Block { first_line: self.line, ..Block::default() };
        let mut bytes = std::mem::take(&mut self.rest);
        loop {
            if !self.ended {
                let wanted = BLOCK_BYTES.saturating_sub(bytes.len()).max(1 << 16);
                let read = self.reader.by_ref().take(wanted as u64).read_to_end(&mut bytes)?;
                self.ended = read < wanted;
            }
            if self.ended {
                break;
            }
            if let Some(end) = self.last_end(&bytes) {
                self.rest = bytes.split_off(end);
                break;
            }
            if bytes.len() > LINE_BYTES_MAX {
                let refusal = Refusal::new(
                    RefusalCode::LineTooLong,
                    "",
                    format!("a line has more than {LINE_BYTES_MAX} bytes"),
                );
                block.refused.push(Refused { line: self.line, refusal });
                self.skip_line()?;
                self.line += 1;
                block.first_line = self.line;
                bytes = std::mem::take(&mut self.rest);
            }
        }
        if bytes.is_empty() && block.refused.is_empty() {
            return Ok(None);
        }
        let breaks = memchr::memchr_iter(b'\n', &bytes).count() as u64;
        self.line += breaks;
        block.bytes = bytes;
        Ok(Some(block))
    }

    /// The place after the last line break that ends a line.
    fn last_end(&self, bytes: &[u8]) -> Option<usize> {
        if !self.quotes || memchr::memchr(b'"', bytes).is_none() {
            return memchr::memrchr(b'\n', bytes).map(|place| place + 1);
        }
        let (mut inside, mut end) = (false, None);
        for place in memchr::memchr2_iter(b'"', b'\n', bytes) {
            if bytes[place] == b'"' {
                inside = !inside;
            } else if !inside {
                end = Some(place + 1);
            }
        }
        end
    }

    /// Reads on to the end of a line that is too long, and forgets it.
    fn skip_line(&mut self) -> io::Result<()> {
        let mut piece = vec![0; 1 << 16];
        loop {
            let read = self.reader.read(&mut piece)?;
            if read == 0 {
                self.ended = true;
                return Ok(());
            }
            if let Some(place) = memchr::memchr(b'\n', &piece[..read]) {
                self.rest = piece[place + 1..read].to_vec();
                return Ok(());
            }
        }
    }
}
