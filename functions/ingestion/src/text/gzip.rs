//! Unpacking gzip.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use super::{ExtractError, Kind};

/// Text seldom packs better than 1 to 20; gzip can do 1 to 1032, with nothing in it.
const MAX_RATIO: usize = 200;
/// Small files may, as a thousand equal lines are no attack.
const ALWAYS_ALLOWED: usize = 1024 * 1024;

/// Unpacks at most `max_bytes`, and not even that if it is suspiciously much.
pub(super) fn unpack(packed: &[u8], max_bytes: usize) -> Result<Vec<u8>, ExtractError> {
    let plausible = packed.len().saturating_mul(MAX_RATIO).max(ALWAYS_ALLOWED);
    let limit = max_bytes.min(plausible);
    let mut unpacked = Vec::new();
    MultiGzDecoder::new(packed)
        .take(u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1))
        .read_to_end(&mut unpacked)
        .map_err(|_| ExtractError::Damaged(Kind::Gzip))?;
    match unpacked.len() > limit {
        true => Err(ExtractError::UnpacksTooLarge(limit)),
        false => Ok(unpacked),
    }
}
