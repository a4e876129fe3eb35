//! `reserved-concurrency`

use super::{Finding, Function, Judgement, Model, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "reserved-concurrency",
    severity: Severity::Warning,
    title: "queues that may invoke a function more often at a time than is reserved for it",
    why: "Lambda receives messages before it knows whether the function may run. Those that are \
          throttled go back, one receive the poorer: under load, healthy messages end in the \
          dead-letter queue.",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html",
    bad: include_str!("../examples/reserved-concurrency.bad.yaml"),
    good: include_str!("../examples/reserved-concurrency.good.yaml"),
    judge: |model| model.fed().map(|it| judge(model, it)).collect(),
};

fn judge(model: &Model, function: &Function) -> Judgement {
    let Some(reserved) = function.reserved.known()?.copied() else {
        return Ok(None);
    };
    let id = &function.logical_id;
    let line = function.reserved.line;
    let mut mappings = model.mappings_to(function).peekable();
    if reserved == 0 && mappings.peek().is_some() {
        let message = format!(
            "{id} may never run: nothing is reserved for it, and its messages end as dead letters"
        );
        return Finding::new(id, line, message)
            .severity(Severity::Error)
            .fix("reserve more than 0, or disable the event source mapping meanwhile")
            .found();
    }
    let mut sum = 0_u64;
    for mapping in mappings {
        match mapping.max_concurrency.known()? {
            Some(count) => sum = sum.saturating_add(*count),
            // Its pollers are a bound of their own.
            None if mapping.pollers.is_some() => {}
            None => {
                let message = format!(
                    "{} may invoke {id} more than {reserved} times at once",
                    mapping.label
                );
                let enough = reserved.max(2);
                let mut finding = Finding::new(id, line, message).fix(format!(
                    "set ScalingConfig.MaximumConcurrency to {enough} or less, and reserve at least as much"
                ));
                finding.also_of = vec![mapping.owner.clone()];
                return finding.found();
            }
        }
    }
    if sum <= reserved {
        return Ok(None);
    }
    let message = format!(
        "the queues of {id} may invoke it {sum} times at once; {reserved} are reserved for it"
    );
    let fix =
        format!("set ReservedConcurrentExecutions to {sum} or more, or lower MaximumConcurrency");
    let mut finding = Finding::new(id, line, message).fix(fix);
    finding.also_of = model
        .mappings_to(function)
        .map(|it| it.owner.clone())
        .collect();
    finding.found()
}
