//! `provisioned-pollers`

use super::{Finding, Judgement, Mapping, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "provisioned-pollers",
    severity: Severity::Error,
    title: "provisioned pollers together with MaximumConcurrency",
    why: "Lambda takes one of the two and refuses a mapping with both.",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html",
    bad: include_str!("../examples/provisioned-pollers.bad.yaml"),
    good: include_str!("../examples/provisioned-pollers.good.yaml"),
    judge: |model| model.mappings.iter().map(judge).collect(),
};

fn judge(mapping: &Mapping) -> Judgement {
    let Some(line) = mapping.pollers else {
        return Ok(None);
    };
    if mapping.max_concurrency.known()?.is_none() {
        return Ok(None);
    }
    let message = format!(
        "{} has provisioned pollers and a MaximumConcurrency",
        mapping.label
    );
    Finding::new(&mapping.owner, line, message)
        .fix("keep ProvisionedPollerConfig (its MaximumPollers bounds it as well) or ScalingConfig")
        .found()
}
