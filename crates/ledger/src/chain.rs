//! The hash chain over batches.
use sha2::{Digest, Sha256};

use crate::transfer::Transfer;

/// What stands before the first batch.
pub const GENESIS: [u8; 32] = [0; 32];

/// The digest of a batch: SHA-256 of the digest before, the batch's key, and each transfer's
/// [`Transfer::canonical`] line, in order.
#[must_use]
pub fn link(previous: &[u8; 32], key: &str, transfers: &[Transfer]) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(previous);
    digest.update(key.as_bytes());
    digest.update(b"\n");
    for transfer in transfers {
        digest.update(transfer.canonical().as_bytes());
    }
    digest.finalize().into()
}
