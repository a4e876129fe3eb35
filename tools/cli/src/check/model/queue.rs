//! Queues, and which of them take dead letters.

use std::collections::BTreeSet;

use super::identity::name_in;
use super::setting::{self, Setting};
use crate::check::finding::Unknown;
use crate::template::{Outline, OutlinedResource, Tree};

/// `AWS::SQS::Queue`.
#[derive(Debug)]
pub(crate) struct Queue {
    pub(crate) logical_id: String,
    pub(crate) line: usize,
    pub(crate) name: String,
    fifo: Setting<bool>,
    pub(crate) visibility: Setting<u64>,
    pub(crate) retention: Setting<u64>,
    pub(crate) delay: Setting<u64>,
    pub(crate) receive_wait: Setting<u64>,
    pub(crate) max_message_size: Setting<u64>,
    pub(crate) key: Setting<String>,
    pub(crate) data_key_reuse: Setting<u64>,
    pub(crate) content_based_deduplication: Setting<bool>,
    throughput_limit: Setting<String>,
    deduplication_scope: Setting<String>,
    pub(crate) redrive: Redrive,
    /// EventBridge Pipes receives from it, and waits for messages as Lambda does.
    pub(crate) feeds_pipe: bool,
    /// Something sends dead letters here, or is allowed to, or the name says so.
    pub(crate) takes_dead_letters: bool,
}

/// `RedrivePolicy`.
#[derive(Debug)]
pub(crate) struct Redrive {
    pub(crate) target: Setting<String>,
    pub(crate) max_receives: Setting<u64>,
}

/// Four days.
pub(crate) const DEFAULT_RETENTION: u64 = 345_600;

impl Queue {
    pub(super) fn read(resource: &OutlinedResource) -> Self {
        let own = &resource.properties;
        let redrive = setting::section(own, "RedrivePolicy");
        let id = resource.logical_id.to_lowercase();
        let words = ["dlq", "deadletter", "dead-letter", "dead_letter"];
        let named = |text: &str| words.iter().any(|it| text.contains(it));
        Self {
            logical_id: resource.logical_id.clone(),
            line: resource.line,
            name: resource.name.clone(),
            fifo: setting::boolean(own, "FifoQueue"),
            visibility: setting::number(own, "VisibilityTimeout"),
            retention: setting::number(own, "MessageRetentionPeriod"),
            delay: setting::number(own, "DelaySeconds"),
            receive_wait: setting::number(own, "ReceiveMessageWaitTimeSeconds"),
            max_message_size: setting::number(own, "MaximumMessageSize"),
            key: setting::text(own, "KmsMasterKeyId"),
            data_key_reuse: setting::number(own, "KmsDataKeyReusePeriodSeconds"),
            content_based_deduplication: setting::boolean(own, "ContentBasedDeduplication"),
            throughput_limit: setting::text(own, "FifoThroughputLimit"),
            deduplication_scope: setting::text(own, "DeduplicationScope"),
            redrive: Redrive {
                target: setting::text(&redrive, "deadLetterTargetArn"),
                max_receives: setting::number(&redrive, "maxReceiveCount"),
            },
            feeds_pipe: false,
            takes_dead_letters: own.get("RedriveAllowPolicy").is_some()
                || named(&id)
                || named(&resource.name.to_lowercase()),
        }
    }

    pub(crate) fn is_fifo(&self) -> Result<bool, Unknown> {
        self.fifo.or(self.name.ends_with(".fifo"))
    }

    /// FIFO, with throughput and deduplication by message group.
    pub(crate) fn has_high_throughput(&self) -> Result<bool, Unknown> {
        let is = |setting: &Setting<String>, value: &str| {
            Ok(setting.known()?.is_some_and(|it| it == value))
        };
        Ok(is(&self.throughput_limit, "perMessageGroupId")?
            && is(&self.deduplication_scope, "messageGroup")?)
    }

    /// The key that is somebody's own: with Amazon's, anybody who may use the queue may decrypt.
    pub(crate) fn customer_key(&self) -> Result<Option<&str>, Unknown> {
        let key = self.key.known()?.map(String::as_str);
        Ok(key.filter(|it| !it.is_empty() && !it.ends_with("alias/aws/sqs")))
    }
}

/// The names of what EventBridge Pipes receives from.
pub(super) fn pipe_sources(outline: &Outline) -> BTreeSet<String> {
    let resources = outline.resources.iter();
    let pipes = resources.filter(|it| it.kind == "AWS::Pipes::Pipe");
    let sources = pipes.filter_map(|it| it.properties.get("Source")?.as_str());
    sources.map(|it| name_in(it).to_owned()).collect()
}

/// The names of queues that anything in the stack sends its dead letters or failures to.
pub(super) fn dead_letter_targets(outline: &Outline) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for resource in &outline.resources {
        gather(&resource.properties, false, &mut found);
    }
    found
}

fn gather(tree: &Tree, is_target: bool, found: &mut BTreeSet<String>) {
    if let Some(text) = tree.as_str().filter(|_| is_target) {
        found.insert(name_in(text).to_owned());
    }
    if let crate::template::Shape::List(items) = &tree.shape {
        for item in items {
            gather(item, is_target, found);
        }
    }
    for (key, value) in tree.entries() {
        let leads = matches!(
            key.as_str(),
            "deadLetterTargetArn" | "DeadLetterConfig" | "DeadLetterQueue" | "OnFailure"
        );
        gather(value, is_target || leads, found);
    }
}
