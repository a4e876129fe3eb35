//! SARIF 2.1.0: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use serde_json::{Value as Json, json};

use crate::check::finding::Severity;
use crate::check::judge::{Found, Verdict};
use crate::check::rules::{RULES, Rule};
use crate::template::Outline;

/// The verdict as a log of one run. What is suppressed is in it, marked as such.
pub(crate) fn sarif(outline: &Outline, verdict: &Verdict) -> String {
    let open = verdict.found.iter().map(|it| result(outline, it));
    let suppressed = verdict.suppressed.iter().map(|(it, reason)| {
        let mut result = result(outline, it);
        result["suppressions"] = json!([{ "kind": "inSource", "justification": reason }]);
        result
    });
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "lambda-queue check",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": RULES.iter().map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": open.chain(suppressed).collect::<Vec<_>>(),
        }],
    });
    format!("{log:#}\n")
}

fn rule(rule: &Rule) -> Json {
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": rule.why },
        "helpUri": rule.source,
        "defaultConfiguration": { "level": level(rule.severity) },
    })
}

fn result(outline: &Outline, found: &Found) -> Json {
    let finding = &found.finding;
    let index = RULES.iter().position(|it| it.id == found.rule.id);
    let mut location = json!({
        "logicalLocations": [{ "name": finding.resource, "kind": "resource" }],
    });
    // A deployed stack is in no file.
    if finding.line > 0 {
        location["physicalLocation"] = json!({
            "artifactLocation": { "uri": uri(&outline.file) },
            "region": { "startLine": finding.line },
        });
    }
    json!({
        "ruleId": found.rule.id,
        "ruleIndex": index,
        "level": level(found.severity),
        "message": { "text": format!("{}. {} Fix: {}.", finding.message, found.rule.why, finding.fix) },
        "locations": [location],
    })
}

/// SARIF's words for severities are ours.
fn level(severity: Severity) -> &'static str {
    severity.label()
}

/// A relative reference, or `file:` for an absolute path.
fn uri(path: &str) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    const SET: &AsciiSet = &CONTROLS
        .add(b' ')
        .add(b'%')
        .add(b'#')
        .add(b'?')
        .add(b'"')
        .add(b'<')
        .add(b'>')
        .add(b'\\');
    let encoded = utf8_percent_encode(path, SET);
    match path.starts_with('/') {
        true => format!("file://{encoded}"),
        false => encoded.to_string(),
    }
}
