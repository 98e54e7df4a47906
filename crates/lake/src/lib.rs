//! The event log and the files around it.
//!
//! [`intake`] turns foreign files into events, or into refusals with a line and a reason;
//! [`Sealer`] writes events as immutable Parquet segments, one per UTC hour, ordered by viewer;
//! [`Scan`] reads a bucket of viewers from many segments as columns; [`Table`] is any other table
//! that goes to a file: work-days, lines, journals. What is in the log is what the manifest (in the
//! database) names: a file without a manifest row is garbage, a row without its file is an alarm.
//! The lake does not know what counts.

pub mod files;
pub mod intake;
mod key;
mod pack;
mod scan;
mod seal;
mod segment;
mod table;

pub use key::Keys;
pub use pack::{pack, unpack};
pub use scan::{Scan, ScanError, ScanPart};
pub use seal::{Hours, Sealer};
pub use segment::{SEGMENT_COLUMNS, SegmentFile, SegmentInfo};
pub use table::{Column, Format, Selected, Table, TableError, TableFile};
