//! The order of an object's events.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest that is taken: S3's have 16 to 18 digits, and may have more some day. What is longer was
/// made up.
const MAX_DIGITS: usize = 32;

/// Says which of two events of one object is the later: a hexadecimal number, of which the shorter
/// is padded with zeros on the left.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Sequencer(String);

/// Something that is not a sequencer.
#[derive(Debug, thiserror::Error)]
#[error("a sequencer has 1 to {MAX_DIGITS} hexadecimal digits")]
pub struct InvalidSequencer;

impl Sequencer {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Sequencer {
    type Error = InvalidSequencer;

    fn try_from(digits: String) -> Result<Self, InvalidSequencer> {
        let hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        match digits.len() {
            1..=MAX_DIGITS if hex => Ok(Self(digits.to_ascii_uppercase())),
            _ => Err(InvalidSequencer),
        }
    }
}

impl Ord for Sequencer {
    fn cmp(&self, other: &Self) -> Ordering {
        let [ours, others] = [&self.0, &other.0].map(|digits| digits.trim_start_matches('0'));
        ours.len().cmp(&others.len()).then_with(|| ours.cmp(others))
    }
}

impl PartialOrd for Sequencer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Sequencer {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Sequencer {}

impl fmt::Display for Sequencer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sequencer(digits: &str) -> Sequencer {
        digits.to_owned().try_into().unwrap()
    }

    #[test]
    fn the_shorter_is_padded_on_the_left() {
        assert!(sequencer("9") < sequencer("10"));
        assert!(sequencer("0055AED6DCD90281E4") < sequencer("0055AED6DCD90281E5"));
        assert!(sequencer("0055AED6DCD90281E5") < sequencer("155AED6DCD90281E5"));
        assert_eq!(sequencer("00ab"), sequencer("AB"));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for digits in ["", "xyz", "-1", &"F".repeat(33), &"F".repeat(64)] {
            assert!(Sequencer::try_from(digits.to_owned()).is_err(), "{digits}");
        }
    }
}
