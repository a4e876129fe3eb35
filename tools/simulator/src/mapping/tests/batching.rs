use super::*;

#[test]
fn without_a_window_a_batch_starts_with_what_a_receive_brings() {
    let mut mapping = standard(|_| ());
    let poller = polls(&mapping.wake(0))[0].0;
    let actions = mapping.received(poller, messages(3), 5);
    assert_eq!(batches(&actions), [["m0", "m1", "m2"]]);
}

#[test]
fn a_window_starts_at_the_first_message() {
    let mut mapping = standard(|c| (c.batch_size, c.window_seconds) = (100, 5));
    let pollers = polls(&mapping.wake(0));
    assert_eq!(mapping.next_wakeup(0), None);
    assert!(batches(&mapping.received(pollers[0].0, vec![message("a")], 1_000)).is_empty());
    assert!(batches(&mapping.received(pollers[1].0, vec![message("b")], 5_999)).is_empty());
    assert_eq!(mapping.next_wakeup(5_999), Some(6_000));
    assert_eq!(batches(&mapping.wake(6_000)), [["a", "b"]]);
}

#[test]
fn a_window_on_a_quiet_queue_may_take_20_seconds() {
    let mapping = standard(|c| (c.batch_size, c.window_seconds) = (100, 5));
    let mut mapping = mapping.patient_on_a_quiet_queue();
    let pollers = polls(&mapping.wake(0));
    assert!(batches(&mapping.received(pollers[0].0, vec![message("a")], 1_000)).is_empty());
    assert_eq!(mapping.next_wakeup(1_000), Some(21_000));
    assert!(batches(&mapping.received(pollers[1].0, vec![message("b")], 20_000)).is_empty());
    assert_eq!(batches(&mapping.wake(21_000)), [["a", "b"]]);
    // It is not quiet any more.
    assert!(batches(&mapping.received(pollers[2].0, vec![message("c")], 22_000)).is_empty());
    assert_eq!(mapping.next_wakeup(22_000), Some(27_000));
}

#[test]
fn a_full_batch_does_not_wait_for_a_quiet_queue() {
    let mapping = standard(|c| (c.batch_size, c.window_seconds) = (3, 5));
    let mut mapping = mapping.patient_on_a_quiet_queue();
    let pollers = polls(&mapping.wake(0));
    let actions = mapping.received(pollers[0].0, messages(3), 1_000);
    assert_eq!(batches(&actions)[0].len(), 3);
}

#[test]
fn a_full_batch_does_not_wait_for_its_window() {
    let mut mapping = standard(|c| (c.batch_size, c.window_seconds) = (15, 300));
    let pollers = polls(&mapping.wake(0));
    assert!(batches(&mapping.received(pollers[0].0, messages(10), 1)).is_empty());
    let actions = mapping.received(pollers[1].0, messages(10), 2);
    assert_eq!(batches(&actions)[0].len(), 15);
}

#[test]
fn what_a_full_batch_leaves_over_waits_for_the_next() {
    let mut mapping = standard(|c| (c.batch_size, c.window_seconds) = (15, 300));
    let pollers = polls(&mapping.wake(0));
    mapping.received(pollers[0].0, messages(10), 1);
    mapping.received(pollers[1].0, messages(10), 2);
    assert_eq!(mapping.counters().buffered, 5);
    assert_eq!(mapping.next_wakeup(2), Some(300_002));
    assert_eq!(batches(&mapping.wake(300_002))[0].len(), 5);
}

#[test]
fn a_batch_closes_at_6_mb_of_payload() {
    let mut mapping = standard(|c| (c.batch_size, c.window_seconds) = (10_000, 300));
    let pollers = polls(&mapping.wake(0));
    let large = |n: usize| ReceivedMessage {
        // Quotes take two bytes in JSON: the serialised size counts, not the body's.
        body: "\"".repeat(500_000),
        ..message(&format!("m{n}"))
    };
    assert!(batches(&mapping.received(pollers[0].0, (0..6).map(large).collect(), 1)).is_empty());
    let actions = mapping.received(pollers[1].0, vec![large(6)], 2);
    let [Action::Invoke { event, .. }, ..] = &actions[..] else {
        panic!("no invocation");
    };
    assert_eq!(ids_of(event).len(), 6);
    assert!(event.len() <= 6 * 1024 * 1024);
    assert_eq!(mapping.counters().buffered, 1);
}

#[test]
fn a_payload_of_exactly_6_mb_is_one_batch() {
    let limit = 6 * 1024 * 1024;
    let event_len = |body: usize| {
        let mut mapping = standard(|_| ());
        let poller = polls(&mapping.wake(0))[0].0;
        let mut message = message("m");
        message.body = "x".repeat(body);
        match &mapping.received(poller, vec![message], 1)[0] {
            Action::Invoke { event, .. } => Some(event.len()),
            _ => None,
        }
    };
    let envelope = event_len(0).unwrap();
    assert_eq!(event_len(limit - envelope), Some(limit));
    assert_eq!(event_len(limit - envelope + 1), None);
}

#[test]
fn a_batch_of_ten_thousand_takes_a_thousand_receives() {
    let mut mapping = standard(|c| (c.batch_size, c.window_seconds) = (10_000, 300));
    let mut actions = mapping.wake(0);
    let mut receives = 0;
    while batches(&actions).is_empty() {
        let poller = mapping.pollers_for_tests()[0];
        actions = mapping.received(poller, messages(10), 1);
        receives += 1;
    }
    assert_eq!((receives, batches(&actions)[0].len()), (1_000, 10_000));
}

#[test]
fn messages_that_no_filter_wants_are_deleted_in_tens_and_never_invoked() {
    let mut mapping = standard(|c| {
        c.filters.push(r#"{"body":["body of m3"]}"#.into());
        (c.batch_size, c.window_seconds) = (100, 1);
    });
    let poller = polls(&mapping.wake(0))[0].0;
    let actions = mapping.received(poller, messages(14), 5);
    let sizes: Vec<_> = actions
        .iter()
        .filter_map(|action| match action {
            Action::Delete { entries, .. } => Some(entries.len()),
            _ => None,
        })
        .collect();
    assert_eq!(sizes, [10, 3]);
    assert!(!deleted(&actions, DeleteReason::Filtered).contains(&"m3"));
    assert_eq!(batches(&mapping.wake(1_005)), [["m3"]]);
    assert_eq!(mapping.counters().filtered, 13);
}

#[test]
fn a_record_without_attributes_names_no_md5_of_them() {
    let mut mapping = standard(|_| ());
    let poller = polls(&mapping.wake(0))[0].0;
    let actions = mapping.received(poller, messages(1), 1);
    let Action::Invoke { event, .. } = &actions[0] else {
        panic!("no invocation");
    };
    assert!(
        event.contains(r#""messageAttributes":{},"md5OfBody""#),
        "{event}"
    );
}

#[test]
fn an_event_is_as_lambda_writes_it() {
    let mut message = message("059f36b4-87a3-44ab-83d2-661975830a7d");
    message.receipt_handle = "AQEB".into();
    message.body = "{\"a\": 1}".into();
    message.md5_of_body = "e4e68fb7bd0e697a0ae8f1bb342846b3".into();
    message.md5_of_message_attributes = Some("c48838208d2b4e14e3ca0093a8443f09".into());
    for (name, value) in [
        ("ApproximateReceiveCount", "1"),
        ("SentTimestamp", "1545082649183"),
        ("SenderId", "AIDAIENQZJOLO23YVJ4VO"),
        ("ApproximateFirstReceiveTimestamp", "1545082649185"),
    ] {
        message.attributes.insert(name.into(), value.into());
    }
    let attributes = &mut message.message_attributes;
    attributes.insert("tenant".into(), MessageAttribute::string("String", "t1"));
    attributes.insert("blob".into(), MessageAttribute::binary("Binary", "AAE="));
    let mut mapping = standard(|_| ());
    let poller = polls(&mapping.wake(0))[0].0;
    let actions = mapping.received(poller, vec![message], 1);
    let [Action::Invoke { event, .. }, ..] = &actions[..] else {
        panic!("no invocation");
    };
    insta::assert_snapshot!(event, @r#"{"Records":[{"messageId":"059f36b4-87a3-44ab-83d2-661975830a7d","receiptHandle":"AQEB","body":"{\"a\": 1}","attributes":{"ApproximateFirstReceiveTimestamp":"1545082649185","ApproximateReceiveCount":"1","SenderId":"AIDAIENQZJOLO23YVJ4VO","SentTimestamp":"1545082649183"},"messageAttributes":{"blob":{"binaryValue":"AAE=","stringListValues":[],"binaryListValues":[],"dataType":"Binary"},"tenant":{"stringValue":"t1","stringListValues":[],"binaryListValues":[],"dataType":"String"}},"md5OfMessageAttributes":"c48838208d2b4e14e3ca0093a8443f09","md5OfBody":"e4e68fb7bd0e697a0ae8f1bb342846b3","eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:eu-west-1:123456789012:documents","awsRegion":"eu-west-1"}]}"#);
}
