//! An account written down and read again: what comes after is as if it had gone on.

use std::io::Write;

use super::account::Sqs;

impl Sqs {
    /// Writes everything as JSON, but for the endpoint and the trace.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn save(&self, out: impl Write) -> serde_json::Result<()> {
        serde_json::to_writer(out, self)
    }

    /// What was saved, with queue URLs that begin with `endpoint`: equal calls on it and on what
    /// was saved give equal answers, receipt handles and ids included.
    ///
    /// # Errors
    /// `json` is not what [`save`](Self::save) of this version writes.
    pub fn restore(json: &[u8], endpoint: &str) -> serde_json::Result<Self> {
        let mut sqs: Self = serde_json::from_slice(json)?;
        sqs.endpoint = endpoint.trim_end_matches('/').into();
        for index in 0..sqs.queues.len() {
            let url = sqs.queues[index].as_ref().map(|it| sqs.url_of(&it.name));
            if let (Some(queue), Some(url)) = (&mut sqs.queues[index], url) {
                queue.url = url.into();
            }
        }
        Ok(sqs)
    }

    /// A number that changes with every message, task and id: if it is the same before and after
    /// an operation that only asks, leaving that operation out would make no difference later.
    /// Receives ask, too, if they find nothing and have no `ReceiveRequestAttemptId`.
    pub fn fingerprint(&self) -> u64 {
        let queues = self.queues.iter().flatten();
        let changes: u64 = queues.map(|it| it.backlog.changes()).sum();
        // A random number changes the seed by far more than there are changes.
        self.rng.get_seed().wrapping_add(self.changes + changes)
    }
}

/// A generator as the seed it has come to.
pub(super) mod seed {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(in crate::sqs) fn serialize<S: Serializer>(
        rng: &fastrand::Rng,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        rng.get_seed().serialize(serializer)
    }

    pub(in crate::sqs) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<fastrand::Rng, D::Error> {
        u64::deserialize(deserializer).map(fastrand::Rng::with_seed)
    }
}
