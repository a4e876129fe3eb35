//! `max-concurrency`

use super::{Finding, Judgement, Mapping, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "max-concurrency",
    severity: Severity::Error,
    title: "a MaximumConcurrency outside 2 to 1,000",
    why: "Lambda refuses the event source mapping, so that the stack cannot be deployed.",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html",
    bad: include_str!("../examples/max-concurrency.bad.yaml"),
    good: include_str!("../examples/max-concurrency.good.yaml"),
    judge: |model| model.mappings.iter().map(judge).collect(),
};

fn judge(mapping: &Mapping) -> Judgement {
    let setting = &mapping.max_concurrency;
    match setting.known()? {
        Some(count) if !(2..=1000).contains(count) => {
            let message = format!("{} has a MaximumConcurrency of {count}", mapping.label);
            let fix = "set MaximumConcurrency to 2 to 1000; for one message at a time, use a FIFO \
                       queue with one message group";
            Finding::new(&mapping.owner, setting.line, message)
                .fix(fix)
                .found()
        }
        _ => Ok(None),
    }
}
