//! `content-based-deduplication`

use super::{Finding, Judgement, Queue, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "content-based-deduplication",
    severity: Severity::Note,
    title: "a FIFO queue that tells duplicates by their bodies",
    why: "A second try whose body differs in a time stamp or an id is no duplicate to SQS. And two \
          messages with equal bodies within five minutes are one: the second is dropped, though \
          its send succeeds. Message attributes do not count.",
    source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html",
    bad: include_str!("../examples/content-based-deduplication.bad.yaml"),
    good: include_str!("../examples/content-based-deduplication.good.yaml"),
    judge: |model| model.queues.iter().map(judge).collect(),
};

fn judge(queue: &Queue) -> Judgement {
    let setting = &queue.content_based_deduplication;
    if !setting.or(false)? {
        return Ok(None);
    }
    let id = &queue.logical_id;
    Finding::new(id, setting.line, format!("{id} takes messages with equal bodies for duplicates, and no others"))
        .fix("send a MessageDeduplicationId made from business data, and set ContentBasedDeduplication to false")
        .found()
}
