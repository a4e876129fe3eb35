//! `kms-data-key-reuse`

use super::{Finding, Judgement, Queue, Rule, Severity};

/// SQS's own default, in seconds.
const DEFAULT: u64 = 300;

pub(super) const RULE: Rule = Rule {
    id: "kms-data-key-reuse",
    severity: Severity::Warning,
    title: "a KMS data key that is used for less than five minutes",
    why: "SQS asks KMS for a new data key after each period, once for every producer and consumer, \
          and each call is paid for. Many short periods can also hit KMS's request quota, and \
          then sends fail.",
    source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
    bad: include_str!("../examples/kms-data-key-reuse.bad.yaml"),
    good: include_str!("../examples/kms-data-key-reuse.good.yaml"),
    judge: |model| model.queues.iter().map(judge).collect(),
};

fn judge(queue: &Queue) -> Judgement {
    let setting = &queue.data_key_reuse;
    let Some(seconds) = setting.known()?.filter(|it| **it < DEFAULT) else {
        return Ok(None);
    };
    if queue.key.known()?.is_none_or(String::is_empty) {
        return Ok(None);
    }
    let id = &queue.logical_id;
    Finding::new(
        id,
        setting.line,
        format!("{id} uses a data key for {seconds} s only"),
    )
    .fix("set KmsDataKeyReusePeriodSeconds to 300 or more; an hour (3600) is common")
    .found()
}
