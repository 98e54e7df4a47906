//! Foreign files in: each row is accepted, or refused with its line and a reason.
//!
//! A [`source`] opens a file or standard input, undoes gzip or zstd, and hashes what it reads. A
//! reader ([`lines`], [`parquet`], or whole JSON documents) gives rows of [`Cell`]s in the order
//! of the columns of a [`Mapping`]; the mapping turns a row into an event or a catalog fact.
//! Accepted plus refused is what was read.
mod cell;
mod facts;
mod json;
mod lines;
mod mapping;
mod parquet;
mod reject;
mod rows;
mod source;
mod time;

pub use cell::Cell;
pub use facts::{CatalogRow, CreatorRow, WorkRow};
pub use mapping::{Context, Mapping, MappingError, Target};
pub use reject::{Refusal, RefusalCode, Refused};
pub use rows::{Counts, Progress, ReadError, RowSink, read_rows};
pub use source::{Input, InputFormat, SourceError};
