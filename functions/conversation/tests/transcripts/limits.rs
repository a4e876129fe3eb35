//! What fits, and what is never appended.

use conversation::{MAX_RESULT_BYTES, MAX_TURN_CALLS};
use lambda_queue::Outcome;
use serde_json::{Value, json};

use crate::world::{RESULTS, World, result};

fn of_size(call: &str, bytes: usize) -> Value {
    let mut body = result("c", call, None);
    let empty = json!({"content": ""}).to_string().len();
    body["result"] = json!({"content": "x".repeat(bytes - empty)});
    body
}

async fn refusal(body: &str) -> String {
    let mut world = World::start().await;
    world.queues.send(RESULTS, "c", "only", body);
    let report = world.invoke(1, None).await.unwrap();
    assert_eq!(report.messages[0].outcome, Outcome::Retry);
    assert!(world.calls("c").await.is_empty());
    report.messages[0].error.clone().unwrap()
}

#[tokio::test]
async fn what_can_never_be_appended_is_refused_with_the_reason_and_without_its_content() {
    let calls: Vec<String> = (0..=MAX_TURN_CALLS).map(|n| n.to_string()).collect();
    let mut crowded = result("c", "0", None);
    crowded["turn"] = json!({"id": "t", "tool_call_ids": calls});
    let mut nobody = result("c", "sesame", None);
    nobody["turn"] = json!({"id": "t", "tool_call_ids": []});
    let long = "sesame".repeat(100);
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let with = |name: &str, json: &str| {
        let mut body = result("c", "a", None);
        body[name] = json!("%");
        body.to_string().replace("\"%\"", json)
    };
    for (body, reason) in [
        (with("result", &nested(101)), "nested 101 levels deep"),
        (
            with("result", &nested(100_000)),
            "nested 100000 levels deep",
        ),
        (with("output", &nested(101)), "nested 101 levels deep"),
        (with("result", "\"sesame\\ud800\""), "line 1, column"),
    ] {
        let error = refusal(&body).await;
        assert!(error.contains(reason), "{reason}: {error}");
        assert!(!error.contains("sesame"), "{error}");
    }
    let refused = [
        (of_size("a", MAX_RESULT_BYTES + 1), "389121 bytes"),
        (result("c", &long, None), "tool_call_id has 600 bytes"),
        (crowded, "501 tool calls"),
        (nobody, "0 tool calls"),
        (
            json!({"conversation_id": "c", "result": "sesame"}),
            "not what this handler takes",
        ),
    ];
    for (body, reason) in refused {
        let error = refusal(&body.to_string()).await;
        assert!(error.contains(reason), "{reason}: {error}");
        assert!(!error.contains("sesame"), "{error}");
    }
}

#[tokio::test]
async fn a_transcript_longer_than_a_page_is_read_whole() {
    let mut world = World::start().await;
    let calls: Vec<String> = (0..5).map(|n| n.to_string()).collect();
    for call in &calls {
        world.send("c", &of_size(call, MAX_RESULT_BYTES), "");
    }
    world.drain(2).await;
    assert_eq!(world.calls("c").await, calls);
}

/// With whatever else the executor says, and where it has put a long output.
#[tokio::test]
async fn a_result_stays_as_it_came() {
    let mut world = World::start().await;
    let result = "{\"b\":1.000000000000000000001,\"a\":[ 18446744073709551616,null]}";
    let output = "{\"bucket\":\"outputs\",\"key\":\"c/a\",\"bytes\":70000}";
    let body = format!(
        "{{\"conversation_id\":\"c\",\"tool_call_id\":\"a\",\"status\":\"succeeded\",\
         \"is_error\":false,\"result\":{result},\"output\":{output}}}"
    );
    world.queues.send(RESULTS, "c", "a", &body);
    world.drain(1).await;
    let entry = world.transcript("c").await.remove(0);
    assert_eq!(entry.result, result);
    assert_eq!(entry.output.as_deref(), Some(output));
}
