//! `suppression-without-reason`

use super::{Finding, Judgement, Rule, Severity, rule};
use crate::check::model::Suppression;

pub(super) const RULE: Rule = Rule {
    id: "suppression-without-reason",
    severity: Severity::Warning,
    title: "a suppression without a reason, or of no rule there is",
    why: "It suppresses nothing. Whoever reads the template next must be able to see why a finding \
          is no problem, and when it becomes one.",
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-metadata.html",
    bad: include_str!("../examples/suppression-without-reason.bad.yaml"),
    good: include_str!("../examples/suppression-without-reason.good.yaml"),
    judge: |model| model.suppressions.iter().map(judge).collect(),
};

fn judge(suppression: &Suppression) -> Judgement {
    let resource = suppression.resource.as_deref().unwrap_or("the template");
    let name = &suppression.rule;
    let at = |message: String| Finding::new(resource, suppression.line, message);
    if rule(name).is_none() {
        return at(format!("{resource} suppresses {name:?}, which is no rule"))
            .fix("`lambda-queue check --explain` lists the rules")
            .found();
    }
    if suppression.reason.is_empty() {
        return at(format!("{resource} suppresses {name} and does not say why"))
            .fix("add a `reason`")
            .found();
    }
    Ok(None)
}
