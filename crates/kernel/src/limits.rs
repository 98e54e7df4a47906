//! Every limit, with its reason.

/// Rows of one line-based input that one record may span, in bytes: a longer line is refused.
pub const LINE_BYTES_MAX: usize = 1 << 20;
/// A policy or mapping document, in bytes: people write these.
pub const DOCUMENT_BYTES_MAX: usize = 1 << 20;
/// Nesting of a JSON input line: events are flat, CloudEvents carry one object in another.
pub const JSON_DEPTH_MAX: usize = 32;
/// Rows of one bucket in one settlement, so that row numbers fit 32 bits.
pub const BUCKET_ROWS_MAX: usize = 1 << 31;
/// The longest believable watch time or length: ten days, in milliseconds.
pub const WATCH_MS_MAX: i64 = 10 * 24 * 3_600 * 1_000;
/// Days that one settlement run may span: a log with one wrong year must not make 20,000 runs.
pub const SETTLE_DAYS_MAX: i32 = 800;
/// Columns of a foreign input.
pub const COLUMNS_MAX: usize = 2_000;
/// Factor by which an input may grow when it is decompressed; a bomb grows a thousandfold and more.
pub const DECOMPRESSION_RATIO_MAX: u64 = 200;
/// Decompressed bytes that are always allowed, before the ratio counts.
pub const DECOMPRESSION_FREE_BYTES: u64 = 64 << 20;
