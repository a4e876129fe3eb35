//! The table, and what this process learnt about its right to use it.

use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_dynamodb::Client;

use super::wire::Wire;
use crate::timeouts::bounded;

#[derive(Debug)]
pub(super) struct Table {
    pub(super) client: Client,
    pub(super) wire: Wire,
    pub(super) name: String,
    partiql_denied: AtomicBool,
}

impl Table {
    pub(super) fn new(client: &Client, name: String) -> Self {
        let config = client.config();
        let timeouts = bounded(config.timeout_config());
        let config = config.to_builder().timeout_config(timeouts).build();
        let client = Client::from_conf(config);
        Self {
            wire: Wire::new(client.clone(), name.clone()),
            client,
            name,
            partiql_denied: AtomicBool::new(false),
        }
    }

    pub(super) fn is_partiql_denied(&self) -> bool {
        self.partiql_denied.load(Ordering::Relaxed)
    }

    /// Keeps to single writes from now on, and says so the first time.
    pub(super) fn deny_partiql(&self) {
        if !self.partiql_denied.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                table = self.name,
                missing = "dynamodb:PartiQLInsert, dynamodb:PartiQLUpdate",
                "IAM denies PartiQL: claims and results are written one by one, which is slower"
            );
        }
    }
}
