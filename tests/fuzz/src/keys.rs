//! Keys: one record for two messages if, and only if, their keys are the same JSON.

use lambda_queue::{
    BatchProcessor, Deadline, HandlerError, Idempotency, MemoryStore, MessageContext, Outcome,
};
use serde_json::Value;

use crate::batch::{check_report, event, outcomes, run};

/// Two lines, each a message that is its own key.
pub(crate) fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (one, other) = text.split_once('\n').unwrap_or((text, text));
    let parsed = |text| serde_json::from_str::<Value>(text).ok();
    let keys = [parsed(one), parsed(other)].map(|key| key.filter(|it| !has_gap(it)));

    let store = MemoryStore::new();
    let idempotency = Idempotency::new(store.clone(), Value::clone).namespace("fuzz");
    let processor = BatchProcessor::builder(handle).idempotency(idempotency.ignore_payload());
    let processor = processor.build().unwrap();
    let event = event([one, other]);
    let report = run(processor.process(event.clone(), Deadline::unknown()));

    let found = outcomes(&report);
    let expected = match &keys {
        [Some(one), Some(other)] if same(one, other) => [Outcome::Processed, Outcome::Replayed],
        keys => keys.each_ref().map(|key| match key {
            Some(_) => Outcome::Processed,
            None => Outcome::Retry,
        }),
    };
    assert_eq!(found, expected);
    let processed = found.iter().filter(|it| **it == Outcome::Processed).count();
    assert_eq!(store.records().len(), processed);
    check_report(&event, report);
}

async fn handle(_: Value, _: MessageContext) -> Result<(), HandlerError> {
    Ok(())
}

/// Nothing that unrelated messages would share is a key, nor part of one.
fn has_gap(key: &Value) -> bool {
    let absent = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(parts) => parts.is_empty(),
        Value::Object(parts) => parts.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    };
    absent(key)
        || match key {
            Value::Array(parts) => parts.iter().any(absent),
            Value::Object(parts) => parts.values().any(absent),
            _ => false,
        }
}

/// The same JSON: `1` and `1.0` are not, nor are `0.0` and `-0.0`, as they are written differently.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) if a.is_f64() && b.is_f64() => {
            a.as_f64().map(f64::to_bits) == b.as_f64().map(f64::to_bits)
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let equal = |(name, a): (&String, &Value)| b.get(name).is_some_and(|b| same(a, b));
            a.len() == b.len() && a.iter().all(equal)
        }
        (a, b) => a == b,
    }
}
