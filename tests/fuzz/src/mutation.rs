//! Inputs that are almost good, without a fuzzer: the same ones in every run.

use fastrand::Rng;

/// What a byte becomes more often than by chance: where formats have their corners.
const TELLING: &[u8] = b"\"{}[]:,.\\\n 019-e$&=%|";

/// Endlessly many inputs, each made of one or two of `inputs`.
pub fn of(inputs: &[Vec<u8>]) -> impl Iterator<Item = Vec<u8>> {
    let mut rng = Rng::with_seed(1);
    std::iter::repeat_with(move || one(inputs, &mut rng))
}

fn one(inputs: &[Vec<u8>], rng: &mut Rng) -> Vec<u8> {
    let Some(input) = rng.choice(inputs) else {
        return Vec::new();
    };
    let mut input = input.clone();
    for _ in 0..rng.usize(1..6) {
        let at = rng.usize(..=input.len());
        match rng.u8(..6) {
            0 => input.truncate(at),
            1 => input.insert(at, byte(rng)),
            2 => {
                if let Some(place) = input.get_mut(at) {
                    *place = byte(rng);
                }
            }
            3 => drop(input.drain(at..(at + rng.usize(..20)).min(input.len()))),
            // A part twice.
            4 => {
                let end = (at + rng.usize(..60)).min(input.len());
                let part = input[at..end].to_vec();
                let place = rng.usize(..=input.len());
                input.splice(place..place, part);
            }
            // The end of another.
            _ => {
                let other = rng.choice(inputs).map_or(&[][..], Vec::as_slice);
                let from = rng.usize(..=other.len());
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
        }
    }
    input
}

fn byte(rng: &mut Rng) -> u8 {
    match rng.bool() {
        true => *rng.choice(TELLING).unwrap_or(&b'"'),
        false => rng.u8(..),
    }
}
