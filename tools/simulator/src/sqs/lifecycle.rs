//! CreateQueue, GetQueueUrl, ListQueues, DeleteQueue, PurgeQueue.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::account::Sqs;
use super::api::{
    CreateQueueRequest, GetQueueUrlRequest, ListQueuesRequest, ListQueuesResult, QueueRequest,
    QueueUrlResult,
};
use super::backlog::Backlog;
use super::errors::{ErrorKind, SqsError};
use super::paging::page;
use super::queue::Queue;
use super::settings::{Settings, unknown};
use super::trace::TraceKind;

const MINUTE_MS: u64 = 60_000;

impl Sqs {
    /// Creates a queue, or finds it if it has the attributes asked for.
    ///
    /// # Errors
    /// `QueueNameExists`, `QueueDeletedRecently`, `InvalidParameterValue` for the name, and those
    /// of [`set_queue_attributes`](Self::set_queue_attributes).
    pub fn create_queue(
        &mut self,
        request: &CreateQueueRequest,
        now_ms: u64,
    ) -> Result<QueueUrlResult, SqsError> {
        let mut attributes = request.attributes.clone();
        let fifo = check_name(
            &request.queue_name,
            attributes.remove("FifoQueue").as_deref(),
        )?;
        if let Some(&id) = self.names.get(&*request.queue_name) {
            let queue = self.by_id(id).ok_or_else(SqsError::no_queue)?;
            return queue.same(&attributes);
        }
        self.check_deleted(&request.queue_name, now_ms)?;
        let settings = Settings::default().with(&attributes, fifo)?;
        let arn = self.arn_of(&request.queue_name);
        self.check_redrive(&settings, &arn, fifo)?;
        let name: Arc<str> = request.queue_name.as_str().into();
        let url: Arc<str> = self.url_of(&name).into();
        let id = self.queues.len() as u32;
        self.queues.push(Some(Queue {
            id,
            name: Arc::clone(&name),
            arn: arn.into(),
            url: Arc::clone(&url),
            fifo,
            settings,
            tags: request.tags.clone(),
            created_ms: now_ms,
            modified_ms: now_ms,
            purged_ms: None,
            backlog: Backlog::new(fifo),
            dedup: Default::default(),
            attempts: Default::default(),
            delivery: self.delivery,
            counters: Default::default(),
            trace: self.trace.clone(),
        }));
        self.names.insert(name, id);
        Ok(QueueUrlResult { queue_url: url })
    }

    /// Names stay taken for 60 seconds.
    fn check_deleted(&mut self, name: &str, now_ms: u64) -> Result<(), SqsError> {
        self.deleted
            .retain(|_, deleted| *deleted + MINUTE_MS > now_ms);
        if self.deleted.contains_key(name) {
            return Err(SqsError::new(
                ErrorKind::QueueDeletedRecently,
                "You must wait 60 seconds after deleting a queue before you can create another \
                 with the same name.",
            ));
        }
        Ok(())
    }

    /// # Errors
    /// `QueueDoesNotExist`.
    pub fn get_queue_url(
        &mut self,
        request: &GetQueueUrlRequest,
    ) -> Result<QueueUrlResult, SqsError> {
        if request.queue_name.is_empty() {
            return Err(no_name());
        }
        let elsewhere = request
            .queue_owner_aws_account_id
            .as_ref()
            .is_some_and(|id| **id != *self.account);
        let id = self
            .names
            .get(&*request.queue_name)
            .copied()
            .filter(|_| !elsewhere);
        let queue = id
            .and_then(|id| self.by_id(id))
            .ok_or_else(SqsError::no_queue)?;
        Ok(QueueUrlResult {
            queue_url: Arc::clone(&queue.url),
        })
    }

    /// # Errors
    /// `InvalidParameterValue` for `MaxResults` or `NextToken`.
    pub fn list_queues(&self, request: &ListQueuesRequest) -> Result<ListQueuesResult, SqsError> {
        let prefix = request.queue_name_prefix.as_deref().unwrap_or_default();
        let queues = self.queues.iter().flatten();
        let matching: BTreeMap<_, _> = queues
            .filter(|queue| queue.name.starts_with(prefix))
            .map(|queue| (Arc::clone(&queue.name), Arc::clone(&queue.url)))
            .collect();
        let (queue_urls, next_token) = page(
            &matching,
            request.max_results,
            request.next_token.as_deref(),
        )?;
        Ok(ListQueuesResult {
            queue_urls,
            next_token,
        })
    }

    /// # Errors
    /// `QueueDoesNotExist`.
    pub fn delete_queue(&mut self, request: &QueueRequest, now_ms: u64) -> Result<(), SqsError> {
        self.run_tasks(now_ms);
        let id = self.id_of_url(&request.queue_url)?;
        if let Some(queue) = self.queues.get_mut(id as usize).and_then(Option::take) {
            queue.note_purged(now_ms);
            self.names.remove(&queue.name);
            self.deleted.insert(queue.name, now_ms);
        }
        Ok(())
    }

    /// # Errors
    /// `QueueDoesNotExist`, `PurgeQueueInProgress` within 60 seconds of the purge before.
    pub fn purge_queue(&mut self, request: &QueueRequest, now_ms: u64) -> Result<(), SqsError> {
        self.run_tasks(now_ms);
        let queue = self.queue(&request.queue_url)?;
        if queue
            .purged_ms
            .is_some_and(|purged| purged + MINUTE_MS > now_ms)
        {
            return Err(SqsError::new(
                ErrorKind::PurgeQueueInProgress,
                format!(
                    "Only one PurgeQueue operation on {} is allowed every 60 seconds.",
                    queue.name
                ),
            ));
        }
        queue.tick(now_ms);
        queue.purged_ms = Some(now_ms);
        let originals = queue.originals().count();
        queue.counters.purged += originals as u64;
        queue.counters.copies_ended += (queue.backlog.len() - originals) as u64;
        queue.note_purged(now_ms);
        queue.backlog.clear(queue.fifo);
        Ok(())
    }
}

impl Queue {
    fn note_purged(&self, now_ms: u64) {
        for message in self.originals() {
            self.note(now_ms, &message.content.id, TraceKind::Purged);
        }
    }

    /// The answer to creating a queue that exists.
    fn same(&self, asked: &BTreeMap<String, String>) -> Result<QueueUrlResult, SqsError> {
        // Both are compared as they would be shown: `5` and `"5"` in a redrive policy are equal.
        let (mut existing, mut wanted) = (BTreeMap::new(), BTreeMap::new());
        self.settings.render(self.fifo, &mut existing);
        Settings::default()
            .with(asked, self.fifo)?
            .render(self.fifo, &mut wanted);
        for name in asked.keys() {
            if existing.get(name) != wanted.get(name) {
                return Err(SqsError::new(
                    ErrorKind::QueueNameExists,
                    format!(
                        "A queue already exists with the same name and a different value for \
                         attribute {name}"
                    ),
                ));
            }
        }
        Ok(QueueUrlResult {
            queue_url: Arc::clone(&self.url),
        })
    }
}

fn no_name() -> SqsError {
    SqsError::new(
        ErrorKind::InvalidParameterValue,
        "Value for parameter QueueName is invalid. Reason: Must specify a queue name.",
    )
}

/// Whether the name is that of a FIFO queue.
fn check_name(name: &str, fifo: Option<&str>) -> Result<bool, SqsError> {
    if name.is_empty() {
        return Err(no_name());
    }
    let valid = |name: &str| {
        (1..=80).contains(&name.len())
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let refuse = |message: &str| Err(SqsError::new(ErrorKind::InvalidParameterValue, message));
    match fifo {
        Some("true") => match name.strip_suffix(".fifo") {
            Some(stem) if valid(stem) && name.len() <= 80 => Ok(true),
            _ => refuse(
                "The name of a FIFO queue can only include alphanumeric characters, hyphens, or \
                 underscores, must end with .fifo suffix and be 1 to 80 in length.",
            ),
        },
        // Only true exists: CreateQueue does not know FifoQueue=false.
        Some(_) => Err(unknown("FifoQueue")),
        None if valid(name) => Ok(false),
        None => refuse(
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
        ),
    }
}
