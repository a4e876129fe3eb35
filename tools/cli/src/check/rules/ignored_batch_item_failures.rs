//! `ignored-batch-item-failures`

use super::{Finding, Function, Judgement, Mapping, Model, Rule, Severity, function};

pub(super) const RULE: Rule = Rule {
    id: "ignored-batch-item-failures",
    severity: Severity::Error,
    title: "a function that returns batchItemFailures to a mapping that ignores them",
    why: "Without ReportBatchItemFailures, Lambda does not read the response: the invocation \
          succeeded, so it deletes the whole batch, failed messages included. They are lost, and \
          never reach a dead-letter queue.",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html",
    bad: include_str!("../examples/ignored-batch-item-failures.bad.yaml"),
    good: include_str!("../examples/ignored-batch-item-failures.good.yaml"),
    judge: |model| model.mappings.iter().map(|it| judge(model, it)).collect(),
};

fn judge(model: &Model, mapping: &Mapping) -> Judgement {
    if mapping.reports.or(false)? {
        return Ok(None);
    }
    let function = function(model, mapping)?;
    let Some(how) = returns_failures(function) else {
        return Ok(None);
    };
    let id = &function.logical_id;
    let message = format!(
        "{id} returns batchItemFailures ({how}), and {} ignores them",
        mapping.label
    );
    let mut finding = Finding::new(&mapping.owner, mapping.line, message)
        .fix("add `FunctionResponseTypes: [ReportBatchItemFailures]`");
    finding.also_of = vec![id.clone()];
    finding.found()
}

/// How one can know that a function returns `batchItemFailures`.
pub(super) fn returns_failures(function: &Function) -> Option<&'static str> {
    let code = function.code.as_deref();
    if code.is_some_and(|it| it.contains("batchItemFailures")) {
        return Some("its code in the template says so");
    }
    let toolkit = "it is a native binary with IDEMPOTENCY_TABLE, as those made with lambda-queue";
    function.uses_toolkit().then_some(toolkit)
}
