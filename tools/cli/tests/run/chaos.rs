//! `--chaos`.

use super::support::call;
use super::{project, run};

#[test]
fn chaos_delivers_twice_and_each_message_counts_once() {
    let chaos = ["--until-idle", "--chaos", "duplicate=1", "--seed", "7"];
    let running = run(&project("twice", 2, ""), &chaos);
    assert!(running.text.contains("Chaos · duplicate=1 --seed 7"));
    running.send(&["work", "work", "work"]);
    let (summary, code) = running.ended();
    assert_eq!(code, Some(0), "{summary}");
    let counted = "Chaos 3 delivered twice · --seed 7";
    assert!(summary.contains(counted), "{summary}");
    assert!(summary.contains("✓ 3 messages completed in"), "{summary}");
}

#[test]
fn a_process_that_chaos_kills_is_a_crash() {
    let chaos = ["--until-idle", "--chaos", "kill=1"];
    let running = run(&project("killed", 2, ""), &chaos);
    running.send(&["sleep"]);
    let (summary, code) = running.ended();
    assert_eq!(code, Some(1), "{summary}");
    assert!(summary.contains("Chaos 2 invocations killed"), "{summary}");
    assert!(summary.contains("Work 2 2 … … 2"), "{summary}");
}

#[test]
fn chaos_throttles_items_and_nothing_else() {
    let running = run(&project("throttled", 2, ""), &["--chaos", "throttle=1"]);
    let dynamodb = |operation: &str, body: &str| {
        let target = format!("DynamoDB_20120810.{operation}");
        call(&running.address, &target, body)
    };
    let refused = dynamodb("PutItem", "{}");
    assert!(refused.starts_with("HTTP/1.1 400"), "{refused}");
    let codes = [
        "#ProvisionedThroughputExceededException",
        "#ThrottlingException",
    ];
    assert!(codes.iter().any(|it| refused.contains(it)), "{refused}");
    let put = |id: &str| format!(r#"{{"PutRequest":{{"Item":{{"id":{{"S":"{id}"}}}}}}}}"#);
    let items = [put("a"), put("b")].join(",");
    let batch = format!(r#"{{"RequestItems":{{"lambda-queue-Things":[{items}]}}}}"#);
    let answer = dynamodb("BatchWriteItem", &batch);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        answer.contains(r#""UnprocessedItems":{"lambda-queue-Things":[{"#),
        "{answer}"
    );
    let described = dynamodb("DescribeTable", r#"{"TableName":"lambda-queue-Things"}"#);
    assert!(described.starts_with("HTTP/1.1 200"), "{described}");
}

#[test]
fn chaos_reorders_what_is_received_and_loses_nothing() {
    let chaos = ["--chaos", "reorder=1", "--seed", "7"];
    let running = run(&project("reordered", 2, ""), &chaos);
    let sqs = |operation: &str, more: &str| {
        let target = format!("AmazonSQS.{operation}");
        // Nothing polls it.
        let body = format!(r#"{{"QueueUrl":"lambda-queue-DeadJobs",{more}}}"#);
        let answer = call(&running.address, &target, &body);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer
    };
    let sent: Vec<_> = (10..30).map(|it| format!("job {it}")).collect();
    for body in &sent {
        sqs("SendMessage", &format!(r#""MessageBody":"{body}""#));
    }
    let mut received = Vec::new();
    while received.len() < sent.len() {
        let answer = sqs("ReceiveMessage", r#""MaxNumberOfMessages":10"#);
        let bodies = answer.split(r#""Body":""#).skip(1);
        let before = received.len();
        received.extend(bodies.filter_map(|it| Some(it.split('"').next()?.to_owned())));
        assert!(received.len() > before, "{received:?}");
    }
    assert_ne!(received, sent);
    received.sort_unstable();
    assert_eq!(received, sent);
}

#[test]
fn reordered_messages_are_completed_all_the_same() {
    let chaos = ["--until-idle", "--chaos", "reorder=1", "--seed", "7"];
    let running = run(&project("shuffled", 2, ""), &chaos);
    running.send(&["work", "work again", "and again"]);
    let (summary, code) = running.ended();
    assert_eq!(code, Some(0), "{summary}");
    assert!(summary.contains("✓ 3 messages completed in"), "{summary}");
}
