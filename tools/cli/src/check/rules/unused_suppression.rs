//! `unused-suppression`

use super::{Rule, Severity};

pub(crate) const RULE: Rule = Rule {
    id: "unused-suppression",
    severity: Severity::Warning,
    title: "a suppression that suppresses nothing",
    why: "What it was for has been mended. Left there, it would hide the same mistake when it is \
          made again.",
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-metadata.html",
    bad: include_str!("../examples/unused-suppression.bad.yaml"),
    good: include_str!("../examples/unused-suppression.good.yaml"),
    // What is left over is known only when all others have judged.
    judge: |_| Vec::new(),
};
