//! Inputs: a file or standard input, plain or compressed, hashed while it is read.
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use kernel::cast::wide;
use kernel::limits;
use sha2::{Digest, Sha256};

/// The format of an input, its compression aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputFormat {
    /// One JSON object a line.
    Ndjson,
    /// JSON values one after another, or arrays of them.
    Json,
    /// Comma-separated values with a header.
    Csv,
    /// Parquet.
    Parquet,
    /// CloudEvents 1.0: one, a batch, or one a line.
    CloudEvents,
}

impl InputFormat {
    /// The format that a file's name tells, compression endings aside.
    #[must_use]
    pub fn of(path: &Path) -> Option<InputFormat> {
        if path.file_name()?.to_str()?.to_ascii_lowercase().contains(".cloudevents") {
            return Some(InputFormat::CloudEvents);
        }
        let mut path = path.to_owned();
        loop {
            let extension = path.extension()?.to_str()?.to_ascii_lowercase();
            match extension.as_str() {
                "gz" | "zst" | "zstd" | "gzip" => path = path.with_extension(""),
                "ndjson" | "jsonl" => return Some(InputFormat::Ndjson),
                "json" => return Some(InputFormat::Json),
                "csv" => return Some(InputFormat::Csv),
                "parquet" | "pq" => return Some(InputFormat::Parquet),
                _ => return None,
            }
        }
    }
}

/// Why an input cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Cannot be opened.
    #[error("`{path}` cannot be opened")]
    Open {
        /// The file.
        path: PathBuf,
        /// What the file system says.
        #[source]
        source: io::Error,
    },
}

/// An open input.
pub struct Input {
    reader: Box<dyn Read + Send>,
    digest: Arc<Mutex<Sha256>>,
    /// Bytes of the file, where known: for progress.
    pub size: Option<u64>,
    /// Bytes read so far, before decompression.
    pub read: Arc<std::sync::atomic::AtomicU64>,
    /// The file, if it is one and not compressed: it can be read at any place.
    pub(crate) plain: Option<PathBuf>,
}

/// Hashes and counts what passes through.
struct Tee {
    inner: Box<dyn Read + Send>,
    digest: Arc<Mutex<Sha256>>,
    read: Arc<std::sync::atomic::AtomicU64>,
}

impl Read for Tee {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        if let Ok(mut digest) = self.digest.lock() {
            digest.update(&buffer[..count]);
        }
        self.read.fetch_add(wide(count), std::sync::atomic::Ordering::Relaxed);
        Ok(count)
    }
}

/// Ends with an error when decompressed bytes outgrow what was read by too much.
struct Bounded {
    inner: Box<dyn Read + Send>,
    read: Arc<std::sync::atomic::AtomicU64>,
    given: u64,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.given += wide(count);
        let read = self.read.load(std::sync::atomic::Ordering::Relaxed);
        let most = limits::DECOMPRESSION_FREE_BYTES.max(read * limits::DECOMPRESSION_RATIO_MAX);
        if self.given > most {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the compressed input grows more than 200-fold: it looks like a bomb",
            ));
        }
        Ok(count)
    }
}

impl Input {
    /// Opens a file, or standard input for `-`; gzip and zstd are seen by their first bytes.
    ///
    /// # Errors
    /// [`SourceError::Open`].
    pub fn open(path: &Path) -> Result<Input, SourceError> {
        let failed = |source| SourceError::Open { path: path.to_owned(), source };
        let (inner, size): (Box<dyn Read + Send>, _) = if path == Path::new("-") {
            (Box::new(io::stdin()), None)
        } else {
            let file = File::open(path).map_err(failed)?;
            let metadata = file.metadata().map_err(failed)?;
            if metadata.is_dir() {
                return Err(failed(io::Error::other("it is a folder: name its files")));
            }
            (Box::new(file), Some(metadata.len()))
        };
        let (input, packed) = Input::detect(inner, size).map_err(failed)?;
        let plain = (size.is_some() && !packed).then(|| path.to_owned());
        Ok(Input { plain, ..input })
    }

    /// An input of bytes in memory, plain or compressed.
    ///
    /// # Errors
    /// Whatever the decompressor says of the first bytes.
    pub fn of_bytes(bytes: Vec<u8>) -> io::Result<Input> {
        let size = wide(bytes.len());
        Ok(Input::detect(Box::new(io::Cursor::new(bytes)), Some(size))?.0)
    }

    /// An input of a reader, and whether it is compressed.
    fn detect(inner: Box<dyn Read + Send>, size: Option<u64>) -> io::Result<(Input, bool)> {
        let digest = Arc::new(Mutex::new(Sha256::new()));
        let read = Arc::new(std::sync::atomic::AtomicU64::new(0));
        let tee = Tee { inner, digest: Arc::clone(&digest), read: Arc::clone(&read) };
        // A request of one row needs no buffer for thousands.
        let capacity = size.and_then(|size| usize::try_from(size).ok()).unwrap_or(usize::MAX);
        let mut buffered = BufReader::with_capacity(capacity.clamp(64, 1 << 18), tee);
        let magic = buffered.fill_buf()?;
        let (gzip, zstd) =
            (magic.starts_with(&[0x1f, 0x8b]), magic.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]));
        let unpacked: Box<dyn Read + Send> = if gzip {
            Box::new(flate2::read::MultiGzDecoder::new(buffered))
        } else if zstd {
            Box::new(zstd::stream::read::Decoder::with_buffer(buffered)?)
        } else {
            let reader = Box::new(buffered);
            return Ok((Input { reader, digest, size, read, plain: None }, false));
        };
        let reader = Box::new(Bounded { inner: unpacked, read: Arc::clone(&read), given: 0 });
        Ok((Input { reader, digest, size, read, plain: None }, true))
    }

    /// SHA-256 of all that was read, before decompression. Call it at the end.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.digest.lock().map_or([0; 32], |digest| digest.clone().finalize().into())
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}
