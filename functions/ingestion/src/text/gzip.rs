//! Unpacking gzip.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use super::{Bounded, ExtractError, Kind};

/// Text seldom packs better than 1 to 20; gzip can do 1 to 1032, with nothing in it.
const MAX_RATIO: usize = 200;
/// Small files may, as a thousand equal lines are no attack.
const ALWAYS_ALLOWED: usize = 1024 * 1024;
/// How much is unpacked between two looks.
const STEP: u64 = 64 * 1024;

/// Unpacks at most as much as the text may have, and not even that if it is suspiciously much.
pub(super) fn unpack(packed: &[u8], output: &Bounded<'_>) -> Result<Vec<u8>, ExtractError> {
    let plausible = packed.len().saturating_mul(MAX_RATIO).max(ALWAYS_ALLOWED);
    let limit = output.max_bytes().min(plausible);
    let mut decoder = MultiGzDecoder::new(packed);
    let mut unpacked = Vec::new();
    loop {
        output.wanted()?;
        let read = decoder.by_ref().take(STEP).read_to_end(&mut unpacked);
        let read = read.map_err(|_| ExtractError::Damaged(Kind::Gzip))?;
        if unpacked.len() > limit {
            return Err(ExtractError::UnpacksTooLarge(limit));
        }
        if read == 0 {
            return Ok(unpacked);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    const MEBIBYTE: usize = 1024 * 1024;

    fn packed(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked(packed: &[u8]) -> Result<usize, ExtractError> {
        let output = Bounded::new(100 * MEBIBYTE, &|| false);
        unpack(packed, &output).map(|it| it.len())
    }

    #[test]
    fn what_packs_better_than_any_text_is_refused_far_below_the_limit_on_its_size() {
        let empty = packed(&vec![0; 4 * MEBIBYTE]);
        let refused = unpacked(&empty);
        assert_eq!(refused, Err(ExtractError::UnpacksTooLarge(MEBIBYTE)));
        // As much again of what does not pack makes it plausible.
        let noise: Vec<u8> = std::iter::repeat_with(|| fastrand::u8(..))
            .take(20_000)
            .collect();
        let plausible = packed(&[vec![0; 4 * MEBIBYTE], noise].concat());
        assert_eq!(unpacked(&plausible), Ok(4 * MEBIBYTE + 20_000));
    }

    #[test]
    fn a_small_file_may_pack_as_well_as_it_likes() {
        assert_eq!(unpacked(&packed(&vec![b'a'; MEBIBYTE])), Ok(MEBIBYTE));
    }
}
