//! Receipt handles: opaque on the wire, a message and a receive inside.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::errors::{ErrorKind, SqsError};

/// Tells our handles from other base64 of the same length.
const MARK: u32 = 0x6c71_7331;
const LENGTH: usize = 20;

/// One receive of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Receipt {
    pub(super) serial: u64,
    /// Which receive: the message's count in this queue.
    pub(super) receive: u32,
}

impl Receipt {
    pub(super) fn encode(self, queue: u32) -> String {
        let mut bytes = [0; LENGTH];
        bytes[..4].copy_from_slice(&(queue ^ MARK).to_be_bytes());
        bytes[4..12].copy_from_slice(&self.serial.to_be_bytes());
        bytes[12..16].copy_from_slice(&self.receive.to_be_bytes());
        let check = checksum(&bytes[..16]);
        bytes[16..].copy_from_slice(&check.to_be_bytes());
        STANDARD.encode(bytes)
    }

    /// # Errors
    /// `MissingParameter` for an empty handle, `ReceiptHandleIsInvalid` for one that this queue
    /// never gave.
    pub(super) fn decode(handle: &str, queue: u32) -> Result<Self, SqsError> {
        if handle.is_empty() {
            return Err(SqsError::missing("ReceiptHandle"));
        }
        Self::parse(handle, queue).ok_or_else(|| {
            SqsError::new(
                ErrorKind::ReceiptHandleIsInvalid,
                format!("The input receipt handle \"{handle}\" is not a valid receipt handle."),
            )
        })
    }

    fn parse(handle: &str, queue: u32) -> Option<Self> {
        // decode_slice wants room for its estimate, a little more than the result.
        let mut bytes = [0; LENGTH + 3];
        if STANDARD.decode_slice(handle, &mut bytes).ok()? != LENGTH {
            return None;
        }
        let word = |at: usize| bytes[at..at + 4].try_into().map(u32::from_be_bytes).ok();
        let ours = word(0)? ^ MARK == queue && word(16)? == checksum(&bytes[..16]);
        ours.then_some(Self {
            serial: u64::from(word(4)?) << 32 | u64::from(word(8)?),
            receive: word(12)?,
        })
    }
}

/// FNV-1a: enough to tell a mistyped handle.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, &byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
