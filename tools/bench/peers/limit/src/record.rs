//! The record of a message, with the same attributes as lambda-queue's.

use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

use crate::Result;

const NAMESPACE: &str = "orders";
const RETENTION_S: u64 = 30 * 24 * 3600;
pub(crate) const MARGIN_MS: u64 = 1500;

/// What the records of one batch have in common.
pub(crate) struct Batch {
    /// New for each batch; no key is twice in one here.
    pub(crate) owner: String,
    pub(crate) now_ms: u64,
    pub(crate) lease_until_ms: u64,
    pub(crate) expires_s: u64,
}

pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) validation: String,
}

impl Batch {
    pub(crate) fn new(deadline_ms: u64) -> Result<Self> {
        let mut owner = [0; 16];
        getrandom::fill(&mut owner)?;
        let now_ms = now().duration_since(UNIX_EPOCH)?.as_millis() as u64;
        Ok(Self {
            owner: hex::encode(owner),
            now_ms,
            lease_until_ms: deadline_ms + MARGIN_MS,
            expires_s: now_ms / 1000 + RETENTION_S,
        })
    }

    pub(crate) fn record(&self, key: &str, body: &str) -> Record {
        let mut hash = Sha256::new();
        hash.update((NAMESPACE.len() as u64).to_be_bytes());
        hash.update(NAMESPACE);
        hash.update(key);
        Record {
            id: format!("{NAMESPACE}#{}", hex::encode(hash.finalize())),
            validation: hex::encode(Sha256::digest(body)),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a process without the toolkit")]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}
