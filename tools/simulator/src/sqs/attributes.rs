//! GetQueueAttributes and SetQueueAttributes.

use std::collections::BTreeMap;

use super::account::Sqs;
use super::api::{GetQueueAttributesRequest, GetQueueAttributesResult, SetQueueAttributesRequest};
use super::errors::SqsError;
use super::message::State;
use super::queue::Queue;
use super::settings::{Settings, bad_because, unknown};
use super::trace::TraceKind;

/// Names that GetQueueAttributes knows (`QueueAttributeName` in the API model), without `All`.
const NAMES: [&str; 21] = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
    "ContentBasedDeduplication",
    "CreatedTimestamp",
    "DeduplicationScope",
    "DelaySeconds",
    "FifoQueue",
    "FifoThroughputLimit",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "LastModifiedTimestamp",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "Policy",
    "QueueArn",
    "ReceiveMessageWaitTimeSeconds",
    "RedriveAllowPolicy",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
    "VisibilityTimeout",
];

impl Sqs {
    /// The attributes named; those that a queue does not have are left out.
    ///
    /// # Errors
    /// `QueueDoesNotExist`, `InvalidAttributeName`.
    pub fn get_queue_attributes(
        &mut self,
        request: &GetQueueAttributesRequest,
        now_ms: u64,
    ) -> Result<GetQueueAttributesResult, SqsError> {
        self.run_tasks(now_ms);
        let queue = self.queue(&request.queue_url)?;
        queue.tick(now_ms);
        let names = &request.attribute_names;
        let all = names.iter().any(|name| name == "All");
        if let Some(name) = names
            .iter()
            .find(|name| *name != "All" && !NAMES.contains(&&***name))
        {
            return Err(unknown(name));
        }
        let mut attributes = queue.attributes();
        attributes.retain(|name, _| all || names.contains(name));
        Ok(GetQueueAttributesResult { attributes })
    }

    /// Sets attributes, all or none.
    ///
    /// # Errors
    /// `QueueDoesNotExist`, `InvalidAttributeName`, `InvalidAttributeValue`, and
    /// `InvalidParameterValue` for the redrive policies.
    pub fn set_queue_attributes(
        &mut self,
        request: &SetQueueAttributesRequest,
        now_ms: u64,
    ) -> Result<(), SqsError> {
        self.run_tasks(now_ms);
        let base = self.queue(&request.queue_url)?.settings.clone();
        self.set_attributes(request, &base, now_ms)
    }

    /// Sets attributes, and all that are not named to their defaults but for `Policy`, which is a
    /// resource of its own: what CloudFormation does when a template changes.
    ///
    /// # Errors
    /// Those of [`set_queue_attributes`](Self::set_queue_attributes).
    pub fn reset_queue_attributes(
        &mut self,
        request: &SetQueueAttributesRequest,
        now_ms: u64,
    ) -> Result<(), SqsError> {
        self.run_tasks(now_ms);
        let mut base = Settings::default();
        let queue = self.queue(&request.queue_url)?;
        base.policy.clone_from(&queue.settings.policy);
        self.set_attributes(request, &base, now_ms)
    }

    fn set_attributes(
        &mut self,
        request: &SetQueueAttributesRequest,
        base: &Settings,
        now_ms: u64,
    ) -> Result<(), SqsError> {
        let queue = self.queue(&request.queue_url)?;
        let mut attributes = request.attributes.clone();
        check_type(queue.fifo, attributes.remove("FifoQueue").as_deref())?;
        let settings = base.with(&attributes, queue.fifo)?;
        let (arn, fifo) = (queue.arn.to_string(), queue.fifo);
        if attributes.contains_key("RedrivePolicy") {
            self.check_redrive(&settings, &arn, fifo)?;
        }
        let queue = self.queue(&request.queue_url)?;
        queue.tick(now_ms);
        // Retroactive on FIFO only (Developer Guide, "Amazon SQS delay queues").
        if fifo && settings.delay_s != queue.settings.delay_s {
            queue.delay_again(settings.delay_s * 1_000, now_ms);
        }
        queue.settings = settings;
        queue.modified_ms = now_ms;
        queue.tick(now_ms);
        Ok(())
    }
}

/// The type of a queue is for life; naming the right one again is allowed on FIFO.
fn check_type(fifo: bool, asked: Option<&str>) -> Result<(), SqsError> {
    match (fifo, asked) {
        (_, None) | (true, Some("true")) => Ok(()),
        (false, Some(_)) => Err(unknown("FifoQueue")),
        (true, Some(_)) => Err(bad_because(
            "FifoQueue",
            "Modifying queue type is not supported.",
        )),
    }
}

impl Queue {
    /// Delayed messages get a new delay, counted from when they were enqueued.
    fn delay_again(&mut self, delay_ms: u64, now_ms: u64) {
        for (serial, enqueued_ms) in self.backlog.all_delayed() {
            let until_ms = enqueued_ms + delay_ms;
            if let Some(message) = self.backlog.get(serial) {
                let delayed = TraceKind::Delayed { until_ms };
                self.note(now_ms, &message.content.id, delayed);
            }
            self.backlog.set_state(serial, State::Delayed(until_ms));
        }
    }

    fn attributes(&self) -> BTreeMap<String, String> {
        let mut out = BTreeMap::new();
        self.settings.render(self.fifo, &mut out);
        let (delayed, in_flight) = (self.backlog.delayed(), self.backlog.in_flight());
        let visible = self.backlog.len() - delayed - in_flight;
        let mut put = |name: &str, value: String| out.insert(name.into(), value);
        put("QueueArn", self.arn.to_string());
        put("ApproximateNumberOfMessages", visible.to_string());
        put("ApproximateNumberOfMessagesDelayed", delayed.to_string());
        put(
            "ApproximateNumberOfMessagesNotVisible",
            in_flight.to_string(),
        );
        put("CreatedTimestamp", (self.created_ms / 1_000).to_string());
        put(
            "LastModifiedTimestamp",
            (self.modified_ms / 1_000).to_string(),
        );
        out
    }
}
