//! `dead-letter-type`

use super::{Finding, Judgement, Model, Queue, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "dead-letter-type",
    severity: Severity::Error,
    title: "a FIFO queue with a standard dead-letter queue, or the other way round",
    why: "SQS refuses the redrive policy, so that the stack cannot be deployed.",
    source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
    bad: include_str!("../examples/dead-letter-type.bad.yaml"),
    good: include_str!("../examples/dead-letter-type.good.yaml"),
    judge: |model| model.queues.iter().map(|it| judge(model, it)).collect(),
};

fn judge(model: &Model, queue: &Queue) -> Judgement {
    let target = &queue.redrive.target;
    let Some(arn) = target.known()? else {
        return Ok(None);
    };
    let second = match model.queue(arn) {
        Some(second) => second.is_fifo()?,
        None => arn.ends_with(".fifo"),
    };
    let first = queue.is_fifo()?;
    if first == second {
        return Ok(None);
    }
    let kind = |fifo: bool| if fifo { "FIFO" } else { "standard" };
    let id = &queue.logical_id;
    let message = format!(
        "{id} is a {} queue, and its dead-letter queue a {} one",
        kind(first),
        kind(second)
    );
    let fix = match first {
        true => {
            "give the dead-letter queue `FifoQueue: true`, and a name that ends in .fifo if it has one"
        }
        false => "use a standard queue for dead letters",
    };
    Finding::new(id, target.line, message).fix(fix).found()
}
