//! `default-limits`

use super::{Finding, Function, Judgement, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "default-limits",
    severity: Severity::Warning,
    title: "a function whose timeout or memory nobody chose",
    why: "Lambda's defaults are 3 s and 128 MB. A batch that takes longer fails as a whole, though \
          some of it was done; and 128 MB come with a fourteenth of a CPU, which is often dearer \
          than more memory for less time.",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html",
    bad: include_str!("../examples/default-limits.bad.yaml"),
    good: include_str!("../examples/default-limits.good.yaml"),
    judge: |model| model.fed().map(judge).collect(),
};

fn judge(function: &Function) -> Judgement {
    let limits = [
        ("Timeout", &function.timeout),
        ("MemorySize", &function.memory),
    ];
    let left = limits.iter().filter(|(_, limit)| limit.is_missing());
    let left: Vec<&str> = left.map(|(name, _)| *name).collect();
    if left.is_empty() {
        return Ok(None);
    }
    let id = &function.logical_id;
    let left = left.join(" and ");
    Finding::new(
        id,
        function.line,
        format!("{id} leaves {left} at Lambda's default"),
    )
    .fix(format!("set {left} to what a whole batch needs"))
    .found()
}
