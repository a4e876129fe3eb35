//! `kms-decrypt`

use super::{Finding, Judgement, Mapping, Model, Rule, Severity, function};

pub(super) const RULE: Rule = Rule {
    id: "kms-decrypt",
    severity: Severity::Error,
    title: "a queue with a key of its own, and a function that may not decrypt",
    why: "Lambda receives from the queue with the function's role. Without kms:Decrypt it gets no \
          message: they wait in the queue until their retention ends.",
    source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
    bad: include_str!("../examples/kms-decrypt.bad.yaml"),
    good: include_str!("../examples/kms-decrypt.good.yaml"),
    judge: |model| model.mappings.iter().map(|it| judge(model, it)).collect(),
};

fn judge(model: &Model, mapping: &Mapping) -> Judgement {
    let queue = model.source_of(mapping)?;
    if queue.customer_key()?.is_none() {
        return Ok(None);
    }
    let function = function(model, mapping)?;
    // Which key a statement means is hard to tell: ids, ARNs and aliases may be the same one.
    if function.permissions.allow_anywhere("kms:Decrypt")? {
        return Ok(None);
    }
    // A key's policy can let the role decrypt by itself; account roots leave it to the role.
    let by_key = model
        .key_policies
        .iter()
        .filter(|it| it.is_about("kms:Decrypt"));
    for principal in by_key.flat_map(|it| &it.principals) {
        if !principal.known()?.is_some_and(|it| it.ends_with(":root")) {
            return Err(principal.unknown("the key's policy may let the function decrypt"));
        }
    }
    let id = &function.logical_id;
    let message = format!("{id} may not decrypt the messages of {}", queue.logical_id);
    let mut finding = Finding::new(id, function.line, message)
        .fix("allow its role kms:Decrypt on the queue's key; whoever sends needs kms:GenerateDataKey as well");
    finding.also_of = vec![queue.logical_id.clone()];
    finding.found()
}
