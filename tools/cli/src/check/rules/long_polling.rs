//! `long-polling`

use super::{Finding, Judgement, Model, Queue, Rule, Severity};
use crate::check::finding::Unknown;
use crate::check::model::Statement;

pub(super) const RULE: Rule = Rule {
    id: "long-polling",
    severity: Severity::Warning,
    title: "short polling of a queue that something else than Lambda receives from",
    why: "A receive that does not wait answers at once, also if the queue is empty, and is paid \
          for: a loop makes millions of them a day. It can miss messages, too, as it asks a part \
          of SQS's servers only. (Lambda's own pollers always wait.)",
    source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html",
    bad: include_str!("../examples/long-polling.bad.yaml"),
    good: include_str!("../examples/long-polling.good.yaml"),
    judge: |model| model.queues.iter().map(|it| judge(model, it)).collect(),
};

fn judge(model: &Model, queue: &Queue) -> Judgement {
    if queue.takes_dead_letters || queue.feeds_pipe || model.mappings_of(queue).next().is_some() {
        return Ok(None);
    }
    if queue.receive_wait.or(0)? > 0 {
        return Ok(None);
    }
    // Its consumer may be a function, by a mapping that leads nobody knows where.
    for mapping in &model.mappings {
        mapping.queue.known()?;
    }
    let Some(receiver) = receiver(model, queue)? else {
        return Ok(None);
    };
    let id = &queue.logical_id;
    let message = format!(
        "receives from {id} do not wait for messages, and {} allows somebody to poll it",
        receiver.owner
    );
    Finding::new(id, queue.receive_wait.line, message)
        .fix("set ReceiveMessageWaitTimeSeconds to 20, unless every receive gives a WaitTimeSeconds of its own")
        .found()
}

/// Who else is allowed to receive from the queue by name, which nobody is without a reason.
fn receiver<'a>(model: &'a Model, queue: &Queue) -> Result<Option<&'a Statement>, Unknown> {
    let statements = model.others.iter().chain(&model.queue_policies);
    let mut open = None;
    for statement in statements {
        let mut actions = statement.actions.iter();
        let of_sqs = actions.any(|it| matches!(it.known(), Ok(Some(action)) if action.to_lowercase().starts_with("sqs:")));
        if !of_sqs || !statement.is_about("sqs:ReceiveMessage") {
            continue;
        }
        match statement.is_on(&queue.name) {
            Ok(true) => return Ok(Some(statement)),
            Ok(false) => {}
            Err(unknown) => open = Some(unknown),
        }
    }
    open.map_or(Ok(None), Err)
}
