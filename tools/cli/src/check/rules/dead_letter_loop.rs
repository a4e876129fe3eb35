//! `dead-letter-loop`

use super::{Finding, Judgement, Mapping, Model, Queue, Rule, Severity, name_in};

pub(super) const RULE: Rule = Rule {
    id: "dead-letter-loop",
    severity: Severity::Error,
    title: "dead letters that lead back to where they failed",
    why: "Messages that a function could not handle come to the same function again, or to the \
          same queue. They fail in a circle, paid for each time, until their retention ends.",
    source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
    bad: include_str!("../examples/dead-letter-loop.bad.yaml"),
    good: include_str!("../examples/dead-letter-loop.good.yaml"),
    judge: |model| {
        let circles = model.queues.iter().map(|it| circle(model, it));
        circles
            .chain(model.mappings.iter().map(|it| back(model, it)))
            .collect()
    },
};

/// Redrive policies that lead back to `queue`.
fn circle(model: &Model, queue: &Queue) -> Judgement {
    let mut at = queue;
    for _ in 0..model.queues.len() {
        let Some(next) = at.redrive.target.known()?.and_then(|arn| model.queue(arn)) else {
            return Ok(None);
        };
        at = next;
        if at.name == queue.name {
            let id = &queue.logical_id;
            let message = format!("the dead letters of {id} come back to it");
            return Finding::new(id, queue.redrive.target.line, message)
                .fix("let the last queue of the chain have no RedrivePolicy")
                .found();
        }
    }
    Ok(None)
}

/// A function behind a queue and behind its dead-letter queue.
fn back(model: &Model, mapping: &Mapping) -> Judgement {
    let (Ok(Some(arn)), Ok(Some(function))) = (mapping.queue.known(), mapping.function.known())
    else {
        return Ok(None);
    };
    let leads_here = |queue: &&Queue| {
        let target = queue.redrive.target.known().ok().flatten();
        queue.name != name_in(arn) && target.is_some_and(|it| name_in(it) == name_in(arn))
    };
    let same = model.mappings.iter().filter(|other| {
        matches!(other.function.known(), Ok(Some(name)) if name_in(name) == name_in(function))
    });
    let mut sources = same.filter_map(|it| model.source_of(it).ok());
    let source = sources.find(leads_here);
    let Some(source) = source else {
        return Ok(None);
    };
    let message = format!(
        "{} gives the function the dead letters of {}, which it failed to handle",
        mapping.label, source.logical_id
    );
    let mut finding = Finding::new(&mapping.owner, mapping.queue.line, message).fix(
        "remove this mapping; when the cause is mended, redrive the dead letters to their queue",
    );
    finding.also_of = vec![source.logical_id.clone()];
    finding.found()
}
