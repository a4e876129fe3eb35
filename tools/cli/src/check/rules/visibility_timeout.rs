//! `visibility-timeout`

use super::{Finding, Judgement, Mapping, Model, Rule, Severity, function};

pub(super) const RULE: Rule = Rule {
    id: "visibility-timeout",
    severity: Severity::Warning,
    title: "a visibility timeout below 6 × the function's timeout + the batching window",
    why: "A message becomes visible again while Lambda still retries or runs its batch, and is \
          handled twice. With less than the function's timeout, Lambda refuses the mapping.",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
    bad: include_str!("../examples/visibility-timeout.bad.yaml"),
    good: include_str!("../examples/visibility-timeout.good.yaml"),
    judge: |model| model.mappings.iter().map(|it| judge(model, it)).collect(),
};

fn judge(model: &Model, mapping: &Mapping) -> Judgement {
    let queue = model.source_of(mapping)?;
    let function = function(model, mapping)?;
    let visibility = queue.visibility.or(30)?;
    let timeout = function.timeout.or(3)?;
    let window = mapping.window.or(0)?;
    let needed = timeout.saturating_mul(6).saturating_add(window).min(43_200);
    if visibility >= needed {
        return Ok(None);
    }
    let (id, other) = (&queue.logical_id, &function.logical_id);
    let window = match window {
        0 => String::new(),
        window => format!(" + the batching window of {window} s"),
    };
    let message = if visibility < timeout {
        format!(
            "{id} hides messages for {visibility} s, less than {other}'s timeout of {timeout} s"
        )
    } else {
        format!(
            "{id} hides messages for {visibility} s; 6 × {other}'s timeout of {timeout} s{window} is {needed} s"
        )
    };
    let severity = match visibility < timeout {
        true => Severity::Error,
        false => Severity::Warning,
    };
    let mut finding = Finding::new(id, queue.visibility.line, message)
        .severity(severity)
        .fix(format!(
            "set VisibilityTimeout to {needed} or more, or lower the function's Timeout"
        ));
    finding.also_of = vec![mapping.owner.clone(), other.clone()];
    finding.found()
}
