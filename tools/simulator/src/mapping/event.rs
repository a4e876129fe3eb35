//! The payload of an invocation: `{"Records":[…]}`, built from records already in JSON.
//!
//! Records are serialised once, when they are received: so a batch's size is known to the byte while it
//! grows.

use std::sync::Arc;

/// Most bytes of an invocation's payload: Lambda quotas, "6 MB each for request and response
/// (synchronous)", which its error messages give as 6291456 bytes.
pub(super) const MAX_PAYLOAD_BYTES: usize = 6 * 1024 * 1024;

const HEAD: &str = r#"{"Records":["#;
const TAIL: &str = "]}";

/// The size of an event, record by record.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PayloadSize {
    records: usize,
    bytes: usize,
}

impl PayloadSize {
    /// The size with one record more.
    pub(super) fn with(self, record: &str) -> Self {
        Self {
            records: self.records + 1,
            bytes: self.bytes + record.len(),
        }
    }

    /// The size with one record less.
    pub(super) fn without(self, record: &str) -> Self {
        Self {
            records: self.records.saturating_sub(1),
            bytes: self.bytes.saturating_sub(record.len()),
        }
    }

    /// Whether Lambda takes an event of this size.
    pub(super) fn fits(self) -> bool {
        let commas = self.records.saturating_sub(1);
        HEAD.len() + self.bytes + commas + TAIL.len() <= MAX_PAYLOAD_BYTES
    }
}

/// The event of these records, as JSON.
pub(super) fn event<'a>(records: impl Iterator<Item = &'a str> + Clone) -> Arc<str> {
    let bytes: usize = records.clone().map(|record| record.len() + 1).sum();
    let mut json = String::with_capacity(HEAD.len() + bytes + TAIL.len());
    json.push_str(HEAD);
    for (index, record) in records.enumerate() {
        if index > 0 {
            json.push(',');
        }
        json.push_str(record);
    }
    json.push_str(TAIL);
    json.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_counts_every_byte_of_the_event() {
        let records = ["{}".to_owned(), "x".repeat(MAX_PAYLOAD_BYTES - 17)];
        let json = event(records.iter().map(String::as_str));
        assert_eq!(json.len(), MAX_PAYLOAD_BYTES);
        let size = PayloadSize::default().with(&records[0]).with(&records[1]);
        assert!(size.fits());
        assert!(!size.without("{}").with("{ }").fits());
    }
}
