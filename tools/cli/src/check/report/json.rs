//! One document.

use serde_json::{Value as Json, json};

use crate::check::judge::{Found, Verdict};
use crate::template::Outline;

/// The verdict as JSON.
pub(crate) fn json(outline: &Outline, verdict: &Verdict) -> String {
    let suppressed = verdict.suppressed.iter().map(|(it, reason)| {
        let mut shown = found(it);
        shown["reason"] = reason.as_str().into();
        shown
    });
    let unjudged = verdict
        .unjudged
        .iter()
        .map(|(it, rule)| json!({ "rule": rule, "line": line(it.line), "why": it.why }));
    let document = json!({
        "template": outline.file,
        "findings": verdict.found.iter().map(found).collect::<Vec<_>>(),
        "suppressed": suppressed.collect::<Vec<_>>(),
        "unjudged": unjudged.collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

fn found(it: &Found) -> Json {
    json!({
        "rule": it.rule.id,
        "severity": it.severity,
        "resource": it.finding.resource,
        "line": line(it.finding.line),
        "message": it.finding.message,
        "why": it.rule.why,
        "fix": it.finding.fix,
        "source": it.rule.source,
    })
}

/// What is deployed has no lines.
fn line(line: usize) -> Option<usize> {
    (line > 0).then_some(line)
}
