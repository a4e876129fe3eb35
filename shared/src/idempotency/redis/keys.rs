//! Which key a record has, and which of them one script call can reach.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::request::Request;
use crate::idempotency::record::RecordId;

/// Keys of one call. A script keeps everyone else waiting, for some microseconds a key.
const MOST: usize = 500;

/// How records are named.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    pub(super) prefix: String,
    pub(super) partitions: u16,
    topology: Topology,
}

/// What there is behind the connection.
#[derive(Clone, Copy, Debug)]
pub(super) enum Topology {
    /// A script may name any keys.
    Server,
    /// A script may name keys of one hash slot.
    Cluster,
}

/// Requests that one script call makes.
pub(super) struct Call<'a, R> {
    /// Where they stand among all.
    pub(super) places: Vec<usize>,
    pub(super) requests: Vec<(String, &'a R)>,
}

impl Keys {
    pub(super) fn new(topology: Topology) -> Self {
        Self {
            prefix: "lambda-queue".to_owned(),
            partitions: 16,
            topology,
        }
    }

    pub(super) fn calls<'a, R: Request>(&self, requests: &'a [R]) -> Vec<Call<'a, R>> {
        let mut calls: BTreeMap<u16, Vec<Call<'a, R>>> = BTreeMap::new();
        for (place, request) in requests.iter().enumerate() {
            let partition = self.partition(request.id());
            let together = match self.topology {
                Topology::Server => 0,
                Topology::Cluster => partition,
            };
            let calls = calls.entry(together).or_default();
            if calls.last().is_none_or(|it| it.places.len() == MOST) {
                calls.push(Call {
                    places: Vec::new(),
                    requests: Vec::new(),
                });
            }
            if let Some(call) = calls.last_mut() {
                let key = self.key(partition, request.id());
                call.places.push(place);
                call.requests.push((key, request));
            }
        }
        calls.into_values().flatten().collect()
    }

    /// What is in braces decides a key's slot ("Redis cluster specification", hash tags). One server's
    /// records are named in the same way, so that they can move to a cluster.
    fn key(&self, partition: u16, id: &RecordId) -> String {
        format!("{}:{{{partition}}}:{}", self.prefix, id.as_str())
    }

    fn partition(&self, id: &RecordId) -> u16 {
        let hash = Sha256::digest(id.as_str());
        u16::from(hash[0]) % self.partitions
    }
}
