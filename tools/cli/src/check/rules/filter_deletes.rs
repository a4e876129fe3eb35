//! `filter-deletes`

use super::{Finding, Judgement, Mapping, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "filter-deletes",
    severity: Severity::Note,
    title: "an event source mapping with filters",
    why: "Lambda deletes each message that no filter lets through. It is not left for another \
          consumer, and never comes to the dead-letter queue.",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html",
    bad: include_str!("../examples/filter-deletes.bad.yaml"),
    good: include_str!("../examples/filter-deletes.good.yaml"),
    judge: |model| model.mappings.iter().map(judge).collect(),
};

fn judge(mapping: &Mapping) -> Judgement {
    let Some(line) = mapping.filtered.filter(|_| !mapping.filters.is_empty()) else {
        return Ok(None);
    };
    let message = format!(
        "{} deletes what its filters do not let through",
        mapping.label
    );
    Finding::new(&mapping.owner, line, message)
        .fix("if others need those messages, give them a queue of their own, from an SNS topic or EventBridge rule that filters")
        .found()
}
