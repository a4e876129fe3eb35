//! All queues of one account in one region.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::chaos::Delivery;
use super::errors::{ErrorKind, SqsError};
use super::move_task::Task;
use super::queue::Queue;
use super::trace::Trace;

/// SQS: every operation is a method that takes the time, in epoch milliseconds, and returns what
/// the service would answer. Equal calls on equal seeds give equal answers.
///
/// Serialised, it lacks the endpoint: [`save`](Self::save) and [`restore`](Self::restore) know how
/// to come back from that.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sqs {
    pub(super) region: String,
    pub(super) account: Arc<str>,
    #[serde(skip)]
    pub(super) endpoint: String,
    /// By id; deleted queues leave a hole.
    pub(super) queues: Vec<Option<Queue>>,
    pub(super) names: FxHashMap<Arc<str>, u32>,
    /// When names were deleted, for the 60 seconds they stay taken.
    pub(super) deleted: FxHashMap<Arc<str>, u64>,
    pub(super) tasks: Vec<Task>,
    #[serde(with = "super::saving::seed")]
    pub(super) rng: fastrand::Rng,
    /// How queues that are yet to be created will deliver.
    pub(super) delivery: Delivery,
    next_serial: u64,
    /// Grows with what changes outside of the queues' backlogs.
    pub(super) changes: u64,
    #[serde(skip)]
    pub(super) trace: Trace,
}

/// Whether it is worth to look into a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Activity {
    /// Grows with every change of the queue's messages.
    pub changes: u64,
    /// Whether there was something to receive after the latest operation.
    pub ready: bool,
}

impl Sqs {
    /// No queues yet. `endpoint` (`http://127.0.0.1:4566`) begins their URLs.
    pub fn new(region: &str, account: &str, endpoint: &str, seed: u64) -> Self {
        Self {
            region: region.into(),
            account: account.into(),
            endpoint: endpoint.trim_end_matches('/').into(),
            queues: Vec::new(),
            names: FxHashMap::default(),
            deleted: FxHashMap::default(),
            tasks: Vec::new(),
            rng: fastrand::Rng::with_seed(seed),
            delivery: Delivery::default(),
            next_serial: 0,
            changes: 0,
            trace: Trace::default(),
        }
    }

    /// How a queue delivers from now on.
    ///
    /// # Errors
    /// `QueueDoesNotExist`.
    pub fn set_delivery(&mut self, queue_url: &str, delivery: Delivery) -> Result<(), SqsError> {
        self.queue(queue_url)?.delivery = delivery;
        Ok(())
    }

    /// How all queues deliver from now on, those to come included.
    pub fn set_delivery_of_all(&mut self, delivery: Delivery) {
        self.delivery = delivery;
        for queue in self.queues.iter_mut().flatten() {
            queue.delivery = delivery;
        }
    }

    /// Lets time pass without an operation: move tasks go on, messages become visible or expire.
    pub fn advance(&mut self, now_ms: u64) {
        self.run_tasks(now_ms);
        for queue in self.queues.iter_mut().flatten() {
            queue.tick(now_ms);
        }
    }

    /// When a receive may find something if no operation comes in between: now, a later
    /// millisecond, or never. For long polling: wait until then, or until any operation succeeded
    /// (a send, but also a delete that frees a message group, or a receive that dead-letters).
    ///
    /// # Errors
    /// `QueueDoesNotExist`.
    pub fn next_change_ms(
        &mut self,
        queue_url: &str,
        now_ms: u64,
    ) -> Result<Option<u64>, SqsError> {
        self.run_tasks(now_ms);
        let queue = self.queue(queue_url)?;
        queue.tick(now_ms);
        let own = queue.next_change_ms(now_ms);
        Ok(own.into_iter().chain(self.next_move_ms()).min())
    }

    /// What a queue that somebody waits for has to say; `None` if there is no such queue.
    pub fn activity(&self, queue_url: &str) -> Option<Activity> {
        let id = self.id_of_url(queue_url).ok()?;
        let backlog = &self.queues.get(id as usize)?.as_ref()?.backlog;
        Some(Activity {
            changes: backlog.changes(),
            ready: backlog.is_ready(),
        })
    }

    pub(super) fn arn_of(&self, name: &str) -> String {
        format!("arn:aws:sqs:{}:{}:{name}", self.region, self.account)
    }

    pub(super) fn url_of(&self, name: &str) -> String {
        format!("{}/{}/{name}", self.endpoint, self.account)
    }

    pub(super) fn serial(&mut self) -> u64 {
        self.next_serial += 1;
        self.next_serial
    }

    /// A message or task id, as a UUID of version 4.
    pub(super) fn uuid(&mut self) -> Arc<str> {
        let mut buffer = uuid::Uuid::encode_buffer();
        let text = uuid::Builder::from_u128(self.rng.u128(..))
            .with_version(uuid::Version::Random)
            .with_variant(uuid::Variant::RFC4122)
            .into_uuid()
            .hyphenated()
            .encode_lower(&mut buffer);
        Arc::from(&*text)
    }

    pub(super) fn queue(&mut self, url: &str) -> Result<&mut Queue, SqsError> {
        let id = self.id_of_url(url)?;
        self.by_id(id).ok_or_else(SqsError::no_queue)
    }

    pub(super) fn by_id(&mut self, id: u32) -> Option<&mut Queue> {
        self.queues.get_mut(id as usize)?.as_mut()
    }

    /// The host does not matter, so that a queue is found by every name of the endpoint; a plain
    /// name is accepted as SQS does.
    pub(super) fn id_of_url(&self, url: &str) -> Result<u32, SqsError> {
        // Nearly every URL is one that was given out here, and need not be taken apart.
        let given = self.name_in(url).and_then(|name| self.names.get(name));
        if let Some(&id) = given {
            return Ok(id);
        }
        let name = match url.rsplit_once('/') {
            None => url,
            Some((rest, name)) => {
                self.check_address(rest, url)?;
                name
            }
        };
        self.names.get(name).copied().ok_or_else(SqsError::no_queue)
    }

    /// The name in a URL as [`url_of`](Self::url_of) makes it.
    fn name_in<'u>(&self, url: &'u str) -> Option<&'u str> {
        let path = url.strip_prefix(&*self.endpoint)?.strip_prefix('/')?;
        path.strip_prefix(&*self.account)?.strip_prefix('/')
    }

    /// Checks what comes before a queue's name.
    fn check_address(&self, address: &str, url: &str) -> Result<(), SqsError> {
        let (host, account) = address.rsplit_once('/').ok_or_else(|| bad_address(url))?;
        let host = host.split_once(':').map(|(_, host)| host);
        if !host.is_some_and(|host| host.starts_with("//")) {
            return Err(bad_address(url));
        }
        if account == &*self.account {
            Ok(())
        } else if account.bytes().all(|b| b.is_ascii_digit()) {
            Err(SqsError::no_queue())
        } else {
            Err(bad_address(url))
        }
    }

    pub(super) fn id_of_arn(&self, arn: &str) -> Option<u32> {
        let name = arn.rsplit(':').next()?;
        let &id = self.names.get(name)?;
        (arn == self.arn_of(name)).then_some(id)
    }
}

fn bad_address(url: &str) -> SqsError {
    SqsError::new(
        ErrorKind::InvalidAddress,
        format!("The address {url} is not valid for this endpoint."),
    )
}
