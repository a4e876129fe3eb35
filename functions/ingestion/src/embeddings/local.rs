//! A model for development: it needs no account and no network, and knows nothing of meaning.
//!
//! Words and their parts are hashed into the dimensions, so that texts with words in common, also in
//! other forms, are near each other. The same text has the same vector on every machine.

use std::collections::BTreeMap;

use super::Vector;

/// What vectors of it are kept under.
pub(super) const NAME: &str = "local-hash-v1";

/// How long parts of words are, in characters.
const PART: usize = 4;
/// What a part weighs, beside its word.
const PART_WEIGHT: f32 = 0.3;

pub(super) fn embed(text: &str, dimensions: usize) -> Option<Vector> {
    let mut weights = BTreeMap::<String, f32>::new();
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        let word = word.to_lowercase();
        let letters: Vec<char> = word.chars().collect();
        for part in letters.windows(PART) {
            *weights.entry(part.iter().collect()).or_default() += PART_WEIGHT;
        }
        if !word.is_empty() {
            // Kept apart from a part of the same letters.
            *weights.entry(format!("{word} ")).or_default() += 1.0;
        }
    }
    let mut numbers = vec![0.0; dimensions];
    for (feature, weight) in weights {
        let hash = fnv1a(feature.as_bytes());
        let sign = if hash >> 63 == 0 { 1.0 } else { -1.0 };
        let place = usize::try_from(hash % dimensions as u64).ok()?;
        // A word that is repeated tells less each time.
        numbers[place] += sign * weight.sqrt();
    }
    Vector::normalised(numbers).or_else(|| wordless(dimensions))
}

/// Of texts without words, and of those whose words cancel each other out.
fn wordless(dimensions: usize) -> Option<Vector> {
    let mut numbers = vec![0.0; dimensions];
    numbers[0] = 1.0;
    Vector::normalised(numbers)
}

/// 64-bit FNV-1a: the standard library's hashes may change between versions.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(a: &str, b: &str) -> f32 {
        embed(a, 256).unwrap().cosine(&embed(b, 256).unwrap())
    }

    #[test]
    fn it_is_the_same_on_every_machine_and_in_every_version() {
        let vector = embed("Parcels are shipped daily.", 8).unwrap();
        insta::assert_debug_snapshot!(vector.numbers());
        assert!((likeness("the same text", "the same text") - 1.0).abs() < 1e-5);
    }

    #[test]
    fn texts_with_words_in_common_are_nearer_than_others() {
        let query = "how to ship a parcel";
        let right = likeness(query, "Parcels are shipped daily.");
        assert!(right > 0.1);
        assert!(right > 3.0 * likeness(query, "Lamps are dimmed by turning the wheel."));
    }

    #[test]
    fn any_text_has_a_vector() {
        for text in ["", "?!", "日本語", "\u{0}"] {
            assert!(embed(text, 256).is_some());
        }
    }
}
