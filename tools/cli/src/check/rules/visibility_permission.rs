//! `visibility-permission`

use super::{Finding, Function, Judgement, Mapping, Model, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "visibility-permission",
    severity: Severity::Warning,
    title: "a function that backs off, and may not change the visibility of its messages",
    why: "A function made with lambda-queue that is told RETRY_BACKOFF_SECONDS hides failed \
          messages for that long. Without sqs:ChangeMessageVisibility, which the policy of SAM's \
          SQS events lacks, they come back only when the queue's visibility timeout ends.",
    source: "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaSQSQueueExecutionRole.html",
    bad: include_str!("../examples/visibility-permission.bad.yaml"),
    good: include_str!("../examples/visibility-permission.good.yaml"),
    judge: |model| {
        let functions = model.fed().filter(|it| it.uses_toolkit());
        let pairs =
            functions.flat_map(|it| model.mappings_to(it).map(move |mapping| (it, mapping)));
        pairs
            .map(|(it, mapping)| judge(model, it, mapping))
            .collect()
    },
};

const ACTION: &str = "sqs:ChangeMessageVisibility";

fn judge(model: &Model, function: &Function, mapping: &Mapping) -> Judgement {
    let Some(backoff) = function.variable("RETRY_BACKOFF_SECONDS") else {
        return Ok(None);
    };
    if backoff.known()?.is_none_or(String::is_empty) {
        return Ok(None);
    }
    let queue = mapping.queue.needed("the queue")?;
    if function.permissions.allow(ACTION, queue)? {
        return Ok(None);
    }
    let id = &function.logical_id;
    let name = model
        .queue(queue)
        .map_or(queue.as_str(), |it| &it.logical_id);
    let message = format!("{id} may not hide messages of {name}, as RETRY_BACKOFF_SECONDS asks");
    Finding::new(id, backoff.line, message)
        .fix(format!("allow its role {ACTION} on the queue"))
        .found()
}
