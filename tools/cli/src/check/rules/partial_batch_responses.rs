//! `partial-batch-responses`

use super::ignored_batch_item_failures::returns_failures;
use super::{Finding, Judgement, Mapping, Model, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "partial-batch-responses",
    severity: Severity::Warning,
    title: "an event source mapping without ReportBatchItemFailures",
    why: "One message that fails brings its whole batch back: the others are handled again, and \
          their receives count towards the dead-letter queue. Should the function return \
          batchItemFailures, which a template does not show, Lambda ignores them and deletes \
          those messages.",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html",
    bad: include_str!("../examples/partial-batch-responses.bad.yaml"),
    good: include_str!("../examples/partial-batch-responses.good.yaml"),
    judge: |model| model.mappings.iter().map(|it| judge(model, it)).collect(),
};

fn judge(model: &Model, mapping: &Mapping) -> Judgement {
    // Alone in its batch, a message takes nobody along.
    if mapping.reports.or(false)? || mapping.batch_size()? == 1 {
        return Ok(None);
    }
    let function = model.function_of(mapping).ok().flatten();
    if function.is_some_and(|it| returns_failures(it).is_some()) {
        return Ok(None);
    }
    let message = format!("{} fails whole batches for one message", mapping.label);
    let fix = "add `FunctionResponseTypes: [ReportBatchItemFailures]`, and return the ids of \
               failed messages from the function";
    Finding::new(&mapping.owner, mapping.line, message)
        .fix(fix)
        .found()
}
