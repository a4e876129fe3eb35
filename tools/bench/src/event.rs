//! SQS events as Lambda sends them, and what a function has to answer.

use std::collections::BTreeSet;

use hyper::body::Bytes;
use serde_json::{Value, json};

use crate::scenario::{Kind, Scenario};

/// Payloads of synchronous invocations are no larger.
#[cfg(test)]
const LARGEST: usize = 6 * 1024 * 1024;
/// Words, so that bodies look like text to whatever looks at them.
const TEXT: &str = "Twelve boxes of apples, to be left at the gate if nobody is there. ";

pub(crate) struct Event {
    pub(crate) json: Bytes,
    /// The messages that have to be reported.
    failing: BTreeSet<String>,
}

/// The event whose messages no event of another serial has.
pub(crate) fn event(scenario: &Scenario, serial: u64) -> Event {
    let mut failing = BTreeSet::new();
    let mut records = Vec::with_capacity(scenario.messages);
    for at in 0..scenario.messages {
        let fails = scenario.kind == Kind::Failing && at % 10 == 9;
        let id = format!(
            "059f36b4-87a3-44ab-{:04x}-{serial:06x}{at:06x}",
            at % 65_536
        );
        records.push(record(&id, &body(serial, at, fails, scenario.bytes)));
        if fails {
            failing.insert(id);
        }
    }
    let json = json!({ "Records": records }).to_string();
    Event {
        json: Bytes::from(json),
        failing,
    }
}

impl Event {
    /// Whether this response reports what failed and nothing else.
    pub(crate) fn is_answered_by(&self, response: &[u8]) -> bool {
        let Ok(response) = serde_json::from_slice::<Value>(response) else {
            return false;
        };
        let Some(failures) = response["batchItemFailures"].as_array() else {
            return false;
        };
        let ids = failures.iter().map(|it| it["itemIdentifier"].as_str());
        let ids: Option<BTreeSet<&str>> = ids.collect();
        ids.is_some_and(|ids| ids.len() == failures.len() && ids.iter().eq(&self.failing))
    }
}

fn body(serial: u64, at: usize, fails: bool, bytes: usize) -> String {
    let head = format!(r#"{{"id":"order-{serial:06}-{at:05}","fail":{fails},"text":""#);
    let room = bytes.saturating_sub(head.len() + 2);
    let text: String = TEXT.chars().cycle().take(room).collect();
    format!("{head}{text}\"}}")
}

/// As SQS has them, but for a shorter receipt handle: 10,000 of these fit into one event.
fn record(id: &str, body: &str) -> Value {
    json!({
        "messageId": id,
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1545082649183",
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": "1545082649185",
        },
        "messageAttributes": {},
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:orders",
        "awsRegion": "us-east-1",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{FAST, all, with_store};

    #[test]
    fn every_event_fits_into_an_invocation() {
        for scenario in all() {
            let event = event(&scenario, 999_999);
            assert!(event.json.len() <= LARGEST, "{scenario}");
        }
    }

    #[test]
    fn bodies_have_the_size_of_the_scenario() {
        for bytes in [100, 1_000, 200_000] {
            assert_eq!(body(1, 2, false, bytes).len(), bytes);
        }
    }

    #[test]
    fn a_response_must_report_what_fails_and_nothing_else() {
        let event = event(&with_store(20, 100, Kind::Failing, FAST), 1);
        let answer = |ids: &[&String]| {
            let failures = ids.iter().map(|id| json!({ "itemIdentifier": id }));
            let failures: Vec<Value> = failures.collect();
            json!({ "batchItemFailures": failures }).to_string()
        };
        let failing: Vec<&String> = event.failing.iter().collect();
        assert_eq!(failing.len(), 2);
        assert!(event.is_answered_by(answer(&failing).as_bytes()));
        assert!(!event.is_answered_by(answer(&failing[..1]).as_bytes()));
        let other = "another".to_owned();
        assert!(!event.is_answered_by(answer(&[failing[0], failing[1], &other]).as_bytes()));
        assert!(!event.is_answered_by(b"null"));
    }
}
