//! SQS: any requests, in any order and at any time, are answered as SQS would, and no message is lost or made.

use lambda_queue_simulator::sqs::Sqs;
use serde_json::Value;

const ENDPOINT: &str = "http://127.0.0.1:4566";
const MOST: usize = 48;

/// Lines: how many seconds later, which operation, and its JSON, with `$R` for the receipt handle
/// that was given out last.
pub(crate) fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut sqs = Sqs::new("us-east-1", "123456789012", ENDPOINT, 1);
    let (mut now_ms, mut receipt) = (1_700_000_000_000, String::new());
    for line in text.lines().take(MOST) {
        let mut words = line.splitn(3, ' ');
        let Some(later) = words.next().and_then(|it| it.parse::<u32>().ok()) else {
            return;
        };
        now_ms += u64::from(later) * 1000;
        let operation = words.next().unwrap_or_default();
        let body = words.next().unwrap_or_default().replace("$R", &receipt);
        match sqs.handle(operation, body.as_bytes(), now_ms) {
            Ok(answer) => {
                assert!(answer.is_object(), "{operation}: {answer}");
                let last = answer["Messages"].as_array().and_then(|it| it.last());
                if let Some(handle) = last.and_then(|it| it["ReceiptHandle"].as_str()) {
                    handle.clone_into(&mut receipt);
                }
            }
            Err(error) => {
                assert!((400..500).contains(&error.status()), "{operation}: {error}");
                let body = error.body();
                let named = |name: &str| body[name].as_str().is_some_and(|it| !it.is_empty());
                assert!(named("__type") && named("message"), "{body}");
            }
        }
        check_account(&mut sqs, now_ms);
    }
    check_saved(&sqs, now_ms);
}

/// Every message that came is there, or gone in one known way.
fn check_account(sqs: &mut Sqs, now_ms: u64) {
    for queue in sqs.summaries(now_ms) {
        let queue = sqs.snapshot(&queue.url, now_ms).unwrap();
        let it = queue.counters;
        let gone = it.deleted + it.expired + it.dead_lettered + it.moved + it.purged;
        let (came, there) = (it.sent + it.arrived, queue.messages.len());
        assert_eq!(came, gone + there as u64, "{}", queue.name);
        assert_eq!(queue.visible + queue.in_flight + queue.delayed, there);
    }
}

/// What was saved is what is restored.
fn check_saved(sqs: &Sqs, now_ms: u64) {
    let mut saved = Vec::new();
    sqs.save(&mut saved).unwrap();
    let mut restored = Sqs::restore(&saved, ENDPOINT).unwrap();
    assert_eq!(restored.fingerprint(), sqs.fingerprint());
    let mut again = Vec::new();
    restored.save(&mut again).unwrap();
    let json = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap();
    assert_eq!(json(&again), json(&saved));
    check_account(&mut restored, now_ms);
}
