//! `batch-window`

use super::{Finding, Judgement, Mapping, Model, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "batch-window",
    severity: Severity::Error,
    title: "a batch of more than 10 messages without a batching window",
    why: "Lambda refuses it: more than 10 messages take a window of at least one second. No batch \
          holds more than 10,000, and no window is longer than 300 s.",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html",
    bad: include_str!("../examples/batch-window.bad.yaml"),
    good: include_str!("../examples/batch-window.good.yaml"),
    judge: |model| model.mappings.iter().map(|it| judge(model, it)).collect(),
};

fn judge(model: &Model, mapping: &Mapping) -> Judgement {
    let batch = mapping.batch_size()?;
    let window = mapping.window.or(0)?;
    if model.is_fifo(mapping).unwrap_or(false) {
        return Ok(None);
    }
    let label = &mapping.label;
    let (line, message, fix) = if batch > 10_000 {
        let message = format!("{label} wants batches of {batch} messages");
        (
            mapping.batch_size.line,
            message,
            "set BatchSize to 10000 or less",
        )
    } else if window > 300 {
        let message = format!("{label} gathers batches for {window} s");
        (
            mapping.window.line,
            message,
            "set MaximumBatchingWindowInSeconds to 300 or less",
        )
    } else if batch > 10 && window == 0 {
        let message =
            format!("{label} wants batches of {batch} messages, without time to gather them");
        (
            mapping.batch_size.line,
            message,
            "set MaximumBatchingWindowInSeconds to 1 or more, or BatchSize to 10 or less",
        )
    } else {
        return Ok(None);
    };
    Finding::new(&mapping.owner, line, message).fix(fix).found()
}
