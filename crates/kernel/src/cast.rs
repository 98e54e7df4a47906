//! The few integer conversions that hot loops need, in one place, so that no other code casts.

/// An index or a count held in 32 bits, as `usize`. Lossless: stipend targets 64-bit machines.
#[must_use]
#[inline]
#[expect(clippy::as_conversions, reason = "lossless on every supported target")]
pub const fn index(value: u32) -> usize {
    value as usize
}

/// A count as 64 bits. Lossless: `usize` is at most 64 bits.
#[must_use]
#[inline]
#[expect(clippy::as_conversions, reason = "lossless on every supported target")]
pub const fn wide(value: usize) -> u64 {
    value as u64
}

/// A count that the caller keeps under `u32::MAX` (see `limits::BUCKET_ROWS_MAX`), as 32 bits.
/// Larger values saturate, so that a broken limit shows as an index error and not as a wrong sum.
#[must_use]
#[inline]
pub fn narrow(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// The top `bits` bits of a hash, as an index. `bits` is at most 32.
#[must_use]
#[inline]
#[expect(clippy::as_conversions, reason = "at most 32 bits are left after the shift")]
pub const fn top_bits(hash: u64, bits: u32) -> usize {
    if bits == 0 { 0 } else { (hash >> (64 - bits)) as usize }
}

/// The low bits of a hash under `mask`, as an index.
#[must_use]
#[inline]
#[expect(clippy::as_conversions, reason = "the mask is a table size, which fits")]
pub const fn low_bits(hash: u64, mask: usize) -> usize {
    (hash as usize) & mask
}
