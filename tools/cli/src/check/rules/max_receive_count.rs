//! `max-receive-count`

use super::{Finding, Judgement, Model, Queue, Rule, Severity};

/// What AWS recommends at least, for queues that feed functions.
const ENOUGH: u64 = 5;

pub(super) const RULE: Rule = Rule {
    id: "max-receive-count",
    severity: Severity::Warning,
    title: "a maxReceiveCount below 5",
    why: "A receive counts even if the function never ran: throttles, a crash or another \
          message's failure use them up, and healthy messages end in the dead-letter queue.",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
    bad: include_str!("../examples/max-receive-count.bad.yaml"),
    good: include_str!("../examples/max-receive-count.good.yaml"),
    judge: |model| model.queues.iter().map(|it| judge(model, it)).collect(),
};

fn judge(model: &Model, queue: &Queue) -> Judgement {
    let Some(mapping) = model.mappings_of(queue).next() else {
        return Ok(None);
    };
    let count = &queue.redrive.max_receives;
    let Some(receives) = count.known()?.filter(|it| **it < ENOUGH) else {
        return Ok(None);
    };
    let id = &queue.logical_id;
    let times = if *receives == 1 {
        "receive"
    } else {
        "receives"
    };
    let message = format!("{id} gives up on a message after {receives} {times}");
    let mut finding = Finding::new(id, count.line, message)
        .fix(format!("set maxReceiveCount to {ENOUGH} or more"));
    finding.also_of = vec![mapping.owner.clone()];
    finding.found()
}
