//! Filter patterns: a body's JSON decides, not how it is written, and filters are alternatives.

use lambda_queue_simulator::mapping::FilterCriteria;
use serde_json::Value;

/// Lines: two patterns and a body.
pub(crate) fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut lines = text.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (one, other, body) = (line(), line(), line());
    let by_one = verdict(&[one], body);
    let by_other = verdict(&[other], body);
    let by_either = verdict(&[one, other], body);
    match (by_one, by_other) {
        (Some(a), Some(b)) => assert_eq!(by_either, Some(a || b)),
        _ => assert_eq!(by_either, None, "what is refused is refused among others"),
    }
    if let Some(body) = rewritten(body) {
        assert_eq!(verdict(&[one], &body), by_one);
    }
    if let Some(pattern) = rewritten(one)
        && pattern.chars().count() <= 4096
        && one.chars().count() <= 4096
    {
        assert_eq!(verdict(&[&pattern], body), by_one);
    }
}

fn verdict(patterns: &[&str], body: &str) -> Option<bool> {
    let criteria = FilterCriteria::parse(patterns).ok()?;
    Some(criteria.matches(body))
}

/// The same JSON in other letters; none where numbers lose digits on the way.
fn rewritten(json: &str) -> Option<String> {
    let value: Value = serde_json::from_str(json).ok()?;
    let text = format!("{value:#}");
    let again: Value = serde_json::from_str(&text).ok()?;
    (again == value).then_some(text)
}
