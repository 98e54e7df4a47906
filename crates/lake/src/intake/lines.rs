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
    /// Lines behind the block that were refused and are not in it.
    skipped: u64,
    ended: bool,
}

impl<R: Read> Blocks<R> {
    pub(crate) fn new(reader: R, quotes: bool) -> Blocks<R> {
        Blocks { reader, quotes, rest: Vec::new(), line: 1, skipped: 0, ended: false }
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
            let (end, open) = self.last_end(&bytes);
            if self.ended {
                if open {
                    self.refuse_open_quote(&mut block, &mut bytes, end.unwrap_or(0));
                }
                break;
            }
            if let Some(end) = end {
                self.rest = bytes.split_off(end);
                break;
            }
            if bytes.len() > LINE_BYTES_MAX {
                // One record that does not end. In CSV that may be a quote that nobody closes: the
                // line with the quote is refused, and reading goes on with the next line.
                let text = format!("a line has more than {LINE_BYTES_MAX} bytes, or an open quote");
                let refusal = Refusal::new(RefusalCode::LineTooLong, "", text);
                block.refused.push(Refused { line: self.line, refusal });
                match memchr::memchr(b'\n', &bytes) {
                    Some(place) => drop(bytes.drain(..=place)),
                    None => {
                        self.skip_line()?;
                        bytes = std::mem::take(&mut self.rest);
                    }
                }
                self.line += 1;
                block.first_line = self.line;
            }
        }
        if bytes.is_empty() && block.refused.is_empty() {
            return Ok(None);
        }
        let breaks = memchr::memchr_iter(b'\n', &bytes).count() as u64;
        self.line += breaks + std::mem::take(&mut self.skipped);
        block.bytes = bytes;
        Ok(Some(block))
    }

    /// The place after the last line break that ends a line; whether a quote is open at the end.
    fn last_end(&self, bytes: &[u8]) -> (Option<usize>, bool) {
        if !self.quotes || memchr::memchr(b'"', bytes).is_none() {
            return (memchr::memrchr(b'\n', bytes).map(|place| place + 1), false);
        }
        // A quote opens only at the start of a field; two of them inside are one character.
        let (mut inside, mut end, mut from) = (false, None, 0);
        while let Some(found) = memchr::memchr2(b'"', b'\n', &bytes[from..]) {
            let place = from + found;
            from = place + 1;
            match (bytes[place], inside) {
                (b'"', true) if bytes.get(from) == Some(&b'"') => from += 1,
                (b'"', true) => inside = false,
                (b'"', false) => {
                    let before = place.checked_sub(1).and_then(|place| bytes.get(place));
                    inside = matches!(before, None | Some(b',' | b'\n' | b'\r'));
                }
                (_, false) => end = Some(from),
                (_, true) => {}
            }
        }
        (end, inside)
    }

    /// At the end of the input, a quote that nobody closed: its line is refused, what is before it
    /// is the block, and reading goes on behind it.
    fn refuse_open_quote(&mut self, block: &mut Block, bytes: &mut Vec<u8>, start: usize) {
        let record = bytes.split_off(start);
        let lines = memchr::memchr_iter(b'\n', bytes).count() as u64;
        let text = "a quote is opened and not closed before the end of the file";
        let refusal = Refusal::new(RefusalCode::OpenQuote, "", text);
        block.refused.push(Refused { line: self.line + lines, refusal });
        if let Some(place) = memchr::memchr(b'\n', &record) {
            self.rest = record[place + 1..].to_vec();
        }
        self.skipped = 1;
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
