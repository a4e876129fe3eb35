//! `dead-letter-permission`

use super::{Finding, Function, Judgement, Model, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "dead-letter-permission",
    severity: Severity::Warning,
    title: "a function that sends dead letters to a queue it may not send to",
    why: "A function made with lambda-queue sends messages that can never succeed to \
          DEAD_LETTER_QUEUE_URL, with the reason. Without sqs:SendMessage they are retried until \
          redrive moves them, without a reason.",
    source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html",
    bad: include_str!("../examples/dead-letter-permission.bad.yaml"),
    good: include_str!("../examples/dead-letter-permission.good.yaml"),
    judge: |model| {
        let functions = model.fed().filter(|it| it.uses_toolkit());
        functions.map(|it| judge(model, it)).collect()
    },
};

fn judge(model: &Model, function: &Function) -> Judgement {
    let Some(variable) = function.variable("DEAD_LETTER_QUEUE_URL") else {
        return Ok(None);
    };
    let Some(url) = variable.known()?.filter(|it| !it.is_empty()) else {
        return Ok(None);
    };
    if function.permissions.allow("sqs:SendMessage", url)? {
        return Ok(None);
    }
    let id = &function.logical_id;
    let name = model.queue(url).map_or(url.as_str(), |it| &it.logical_id);
    Finding::new(
        id,
        variable.line,
        format!("{id} may not send dead letters to {name}"),
    )
    .fix("allow its role sqs:SendMessage on the dead-letter queue")
    .found()
}
