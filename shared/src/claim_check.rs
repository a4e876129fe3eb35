//! Messages whose content lies in S3.

mod pointer;
mod s3;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::Client;
use futures_util::{StreamExt, stream};
use tracing::warn;

use crate::{HandlerError, Message};
pub(crate) use pointer::Pointer;
use s3::Objects;

/// Objects fetched side by side.
const SIDE_BY_SIDE: usize = 8;
/// Largest content, unless set.
const MAX_BYTES: usize = 16 << 20;
/// Contents of one batch that are held at a time, unless a single one may be larger.
const BATCH_BYTES: usize = 64 << 20;

/// Contents of messages in S3, in the form of Amazon's Extended Client Library: the body is a
/// pointer, under its present class name or the former one (Amazon SQS Developer Guide, "Managing
/// large Amazon SQS messages using the Extended Client Library for Java and Amazon S3").
///
/// Given to a [`BatchProcessor`](crate::BatchProcessorBuilder::claim_check), it fetches what
/// pointers lead to, before keys are computed: keys, envelopes and handlers see the content. A
/// body that is no pointer is the content. The body decides: the attribute with the content's size,
/// `ExtendedPayloadSize` or the legacy `SQSLargePayloadSize`, is neither needed nor believed. Given to a [`Producer`](crate::Producer::claim_check),
/// it stores what is too large for a message, and sets the present class name and
/// `ExtendedPayloadSize`, which Amazon's libraries tell a pointer by.
///
/// Whoever can send a message chooses what is fetched, so that buckets must be named. Needs
/// `s3:GetObject` on them, `s3:PutObject` to send, `s3:DeleteObject` to delete.
#[derive(Clone, Debug)]
pub struct ClaimCheck {
    objects: Arc<dyn Objects>,
    buckets: Arc<BTreeSet<String>>,
    max_bytes: usize,
    delete_after_success: bool,
}

impl ClaimCheck {
    /// Contents in these buckets, and in no other.
    pub fn new(client: Client, buckets: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            objects: Arc::new(client),
            buckets: Arc::new(buckets.into_iter().map(Into::into).collect()),
            max_bytes: MAX_BYTES,
            delete_after_success: false,
        }
    }

    /// The largest content that is fetched, in bytes (16 MiB). A larger one is a permanent failure,
    /// found out without fetching all of it. Of one batch, 64 MiB are held at a time, or one
    /// content if it may be larger; messages beyond come back at once.
    #[must_use]
    pub fn max_bytes(mut self, max_bytes: usize) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// Deletes a content once its message is completed: only for contents that one message alone
    /// points to. A copy of the message that arrives later finds nothing, and fails for good: into
    /// the dead-letter queue, although its work was done.
    /// A lifecycle rule on the bucket, longer than the queues' retention, has no such trouble.
    #[must_use]
    pub fn delete_after_success(mut self) -> Self {
        self.delete_after_success = true;
        self
    }

    /// Fetches the contents that `messages` point to; what fails, fails its message alone.
    pub(crate) async fn fetch(
        &self,
        messages: &mut [Message],
        time_over: impl Future<Output = ()>,
    ) {
        let mut calls = Vec::new();
        for (index, message) in messages.iter_mut().enumerate() {
            if let Some(pointer) = Pointer::read(message.body()) {
                message.set_content(Err(not_fetched()));
                calls.push(self.content_of(index, pointer));
            }
        }
        let mut contents = stream::iter(calls).buffered(SIDE_BY_SIDE);
        let mut room = BATCH_BYTES.max(self.max_bytes);
        tokio::pin!(time_over);
        loop {
            let next = tokio::select! {
                next = contents.next() => next,
                () = &mut time_over => None,
            };
            let Some((index, content)) = next else { break };
            let bytes = content.as_ref().map_or(0, String::len);
            let Some(rest) = room.checked_sub(bytes) else {
                break;
            };
            room = rest;
            messages[index].set_content(content);
        }
    }

    async fn content_of(
        &self,
        index: usize,
        pointer: Pointer,
    ) -> (usize, Result<String, HandlerError>) {
        (index, self.content(&pointer).await)
    }

    async fn content(&self, pointer: &Pointer) -> Result<String, HandlerError> {
        if !self.buckets.contains(&pointer.bucket) {
            let what = "the message points into a bucket that is not among those configured";
            return Err(HandlerError::permanent(what).named("ForeignBucket"));
        }
        let bytes = self.objects.get(pointer, self.max_bytes).await?;
        String::from_utf8(bytes).map_err(|_| {
            HandlerError::permanent("the content in S3 is not UTF-8").named("BadContent")
        })
    }

    /// Deletes the contents of completed messages, if it was asked to. What fails stays, and is
    /// logged.
    pub(crate) async fn clean_up(&self, completed: impl Iterator<Item = &Message>) {
        if !self.delete_after_success {
            return;
        }
        let fetched = completed.filter(|it| it.has_content());
        let mut calls = Vec::new();
        for pointer in fetched.filter_map(|it| Pointer::read(it.body())) {
            calls.push(self.delete(pointer));
        }
        let deleted = stream::iter(calls).buffer_unordered(SIDE_BY_SIDE);
        deleted.collect::<()>().await;
    }

    async fn delete(&self, pointer: Pointer) {
        if let Err(error) = self.objects.delete(&pointer).await {
            warn!(%error, "could not delete the content of a completed message");
        }
    }

    /// Stores a content in the first of the buckets, and says where.
    pub(crate) async fn store(&self, content: String) -> Result<Pointer, String> {
        let bucket = self.buckets.first().ok_or("no bucket is configured")?;
        let random = || getrandom::u64().map_err(|error| error.to_string());
        let pointer = Pointer {
            bucket: bucket.clone(),
            key: format!("{:016x}{:016x}", random()?, random()?),
        };
        self.objects.put(&pointer, content).await?;
        Ok(pointer)
    }
}

fn not_fetched() -> HandlerError {
    let what = "there was no room or time left to fetch the message's content";
    HandlerError::retryable(what)
        .retry_after(Duration::ZERO)
        .named("NotFetched")
}

#[cfg(test)]
mod tests;
