use std::time::Duration;

use serde_json::json;

use crate::error::FunctionError;
use crate::local::{Delivery, Report};
use crate::outcome::{MessageOutcome, Outcome};

fn outcome(message_id: &str, outcome: Outcome, error: Option<&str>) -> MessageOutcome {
    MessageOutcome {
        message_id: message_id.to_owned(),
        outcome,
        error: error.map(str::to_owned),
    }
}

fn report() -> Report {
    let first = Delivery {
        result: Ok(json!({"batchItemFailures": [{"itemIdentifier": "b"}]})),
        outcomes: vec![
            outcome("a", Outcome::Processed, None),
            outcome("b", Outcome::Retry, Some("the table is throttled")),
            outcome("c", Outcome::DeadLettered, Some("not a document")),
            outcome("d", Outcome::Unknown, None),
        ],
        duration: Duration::from_millis(14),
    };
    let second = Delivery {
        result: Err(FunctionError::TimedOut(Duration::from_secs(30))),
        outcomes: vec![
            outcome("a", Outcome::Replayed, None),
            outcome("b", Outcome::Deferred, None),
        ],
        duration: Duration::from_secs(30),
    };
    Report {
        function: "IngestionFunction".to_owned(),
        event: "events/sqs-ingestion-success.json".into(),
        init: Duration::from_millis(31),
        left_out: vec!["DEAD_LETTER_QUEUE_URL".to_owned()],
        deliveries: vec![first, second],
    }
}

#[test]
fn people_see_a_table_per_delivery() {
    let text = super::human(&report());
    insta::assert_snapshot!(anstream::adapter::strip_str(&text).to_string());
}

#[test]
fn programs_see_a_document_per_delivery() {
    insta::assert_snapshot!(super::json(&report()));
}

#[test]
fn outcomes_are_coloured() {
    insta::assert_snapshot!(super::human(&report()).escape_debug().to_string());
}
