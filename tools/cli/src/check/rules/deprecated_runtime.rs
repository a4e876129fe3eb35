//! `deprecated-runtime`

use super::{Finding, Function, Judgement, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "deprecated-runtime",
    severity: Severity::Warning,
    title: "a native runtime whose operating system is at its end",
    why: "Amazon Linux 2 reached its end of life in 2026, and Amazon Linux 1 before. Their \
          runtimes get no security updates, and after a while functions on them can no longer be \
          updated: not even to mend one that loses messages.",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
    bad: include_str!("../examples/deprecated-runtime.bad.yaml"),
    good: include_str!("../examples/deprecated-runtime.good.yaml"),
    judge: |model| model.fed().map(judge).collect(),
};

fn judge(function: &Function) -> Judgement {
    let runtime = &function.runtime;
    match runtime.known()?.map(String::as_str) {
        Some(old @ ("provided.al2" | "provided" | "go1.x")) => {
            let id = &function.logical_id;
            Finding::new(id, runtime.line, format!("{id} runs on {old}"))
                .fix("set Runtime to provided.al2023, and build for its newer glibc")
                .found()
        }
        _ => Ok(None),
    }
}
