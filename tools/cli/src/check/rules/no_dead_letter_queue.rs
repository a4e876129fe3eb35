//! `no-dead-letter-queue`

use super::{Finding, Judgement, Model, Queue, Rule, Severity, span};
use crate::check::model::DEFAULT_RETENTION;

pub(super) const RULE: Rule = Rule {
    id: "no-dead-letter-queue",
    severity: Severity::Error,
    title: "a queue without a dead-letter queue",
    why: "A message that always fails is received again and again until its retention ends. Then \
          SQS deletes it, unseen. In a FIFO queue it holds up its message group all that time.",
    source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
    bad: include_str!("../examples/no-dead-letter-queue.bad.yaml"),
    good: include_str!("../examples/no-dead-letter-queue.good.yaml"),
    judge: |model| model.queues.iter().map(|it| judge(model, it)).collect(),
};

fn judge(model: &Model, queue: &Queue) -> Judgement {
    if queue.takes_dead_letters || queue.redrive.target.known()?.is_some() {
        return Ok(None);
    }
    let fed = model.mappings_of(queue).next();
    let severity = match fed {
        Some(_) => Severity::Error,
        // Who receives from it is not in sight.
        None => Severity::Warning,
    };
    let kept = span(
        queue
            .retention
            .or(DEFAULT_RETENTION)
            .unwrap_or(DEFAULT_RETENTION),
    );
    let id = &queue.logical_id;
    let message =
        format!("{id} has no dead-letter queue: what always fails is deleted after {kept}");
    let mut finding = Finding::new(id, queue.line, message)
        .severity(severity)
        .fix(
            "add a queue that keeps messages longer (MessageRetentionPeriod: 1209600), and \
         `RedrivePolicy: {deadLetterTargetArn: !GetAtt ….Arn, maxReceiveCount: 5}`",
        );
    finding.also_of = fed.map(|it| it.owner.clone()).into_iter().collect();
    finding.found()
}
