//! `fifo-batch`

use super::{Finding, Judgement, Mapping, Model, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "fifo-batch",
    severity: Severity::Error,
    title: "a batching window, or a batch of more than 10, on a FIFO queue",
    why: "Lambda refuses both for FIFO queues.",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html",
    bad: include_str!("../examples/fifo-batch.bad.yaml"),
    good: include_str!("../examples/fifo-batch.good.yaml"),
    judge: |model| model.mappings.iter().map(|it| judge(model, it)).collect(),
};

fn judge(model: &Model, mapping: &Mapping) -> Judgement {
    let batch = mapping.batch_size()?;
    let window = mapping.window.or(0)?;
    if batch <= 10 && window == 0 || !model.is_fifo(mapping)? {
        return Ok(None);
    }
    let label = &mapping.label;
    let (line, message, fix) = match window {
        0 => (
            mapping.batch_size.line,
            format!("{label} wants batches of {batch} messages from a FIFO queue"),
            "set BatchSize to 10 or less",
        ),
        _ => (
            mapping.window.line,
            format!("{label} has a batching window on a FIFO queue"),
            "remove MaximumBatchingWindowInSeconds",
        ),
    };
    Finding::new(&mapping.owner, line, message).fix(fix).found()
}
