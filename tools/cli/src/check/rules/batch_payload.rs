//! `batch-payload`

use super::{Finding, Judgement, Mapping, Model, Rule, Severity};

/// Bytes of an invocation's payload, at most.
const PAYLOAD: u64 = 6 * 1024 * 1024;

pub(super) const RULE: Rule = Rule {
    id: "batch-payload",
    severity: Severity::Note,
    title: "a batch of messages of the largest size that an invocation cannot hold",
    why: "An invocation holds 6 MB, and Lambda closes a batch before that. With large messages \
          batches stay smaller than BatchSize says, and there are more invocations to pay for.",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html",
    bad: include_str!("../examples/batch-payload.bad.yaml"),
    good: include_str!("../examples/batch-payload.good.yaml"),
    judge: |model| model.mappings.iter().map(|it| judge(model, it)).collect(),
};

fn judge(model: &Model, mapping: &Mapping) -> Judgement {
    let queue = model.source_of(mapping)?;
    // The default says nothing of how large messages really are.
    let Some(size) = queue.max_message_size.known()?.copied() else {
        return Ok(None);
    };
    let batch = mapping.batch_size()?;
    if batch.saturating_mul(size) <= PAYLOAD {
        return Ok(None);
    }
    let message = format!(
        "{} wants batches of {batch} messages; of the largest that {} takes, {} fill an invocation",
        mapping.label,
        queue.logical_id,
        PAYLOAD / size.max(1)
    );
    let mut finding = Finding::new(&mapping.owner, mapping.batch_size.line, message).fix(
        "lower MaximumMessageSize or BatchSize, or keep large contents in S3 and send where they are",
    );
    finding.also_of = vec![queue.logical_id.clone()];
    finding.found()
}
