//! `dead-letter-retention`

use super::{Finding, Judgement, Model, Queue, Rule, Severity, dead_letter_queue, span};
use crate::check::model::DEFAULT_RETENTION;

pub(super) const RULE: Rule = Rule {
    id: "dead-letter-retention",
    severity: Severity::Error,
    title: "a dead-letter queue that keeps messages no longer than the queue before it",
    why: "In a standard queue a message keeps its first enqueue time when it is moved to the \
          dead-letter queue. One that failed for most of the first queue's retention is deleted \
          from the second soon after, or at once, before anybody saw it.",
    source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
    bad: include_str!("../examples/dead-letter-retention.bad.yaml"),
    good: include_str!("../examples/dead-letter-retention.good.yaml"),
    judge: |model| model.queues.iter().map(|it| judge(model, it)).collect(),
};

fn judge(model: &Model, queue: &Queue) -> Judgement {
    let Some(second) = dead_letter_queue(model, queue)? else {
        return Ok(None);
    };
    // A FIFO queue's dead letters start anew.
    if queue.is_fifo()? || queue.name == second.name {
        return Ok(None);
    }
    let first = queue.retention.or(DEFAULT_RETENTION)?;
    let kept = second.retention.or(DEFAULT_RETENTION)?;
    // Nothing is kept longer than 14 days; what is at the limit cannot be mended here alone.
    if kept > first {
        return Ok(None);
    }
    let id = &second.logical_id;
    let message = format!(
        "{id} keeps messages for {}, counted from when they came to {}, which keeps them for {}",
        span(kept),
        queue.logical_id,
        span(first)
    );
    let mut finding = Finding::new(id, second.retention.line, message).fix(
        "set MessageRetentionPeriod to 1209600 (14 days) here, and to less on the queue before it",
    );
    finding.also_of = vec![queue.logical_id.clone()];
    finding.found()
}
