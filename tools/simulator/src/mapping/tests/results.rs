use super::*;

/// A mapping that runs one batch of `m0`, `m1` and `m2` since 0.
fn running(change: impl FnOnce(&mut MappingConfig)) -> (EventSourceMapping, InvocationId) {
    let mut mapping = standard(change);
    let poller = polls(&mapping.wake(0))[0].0;
    let id = invocations(&mapping.received(poller, messages(3), 0))[0].0;
    (mapping, id)
}

#[test]
fn a_batch_that_succeeds_is_deleted() {
    let (mut mapping, id) = running(|_| ());
    let actions = mapping.invocation_finished(id, success(), 5);
    assert_eq!(
        deleted(&actions, DeleteReason::Processed),
        ["m0", "m1", "m2"]
    );
    assert!(mapping.is_idle());
}

#[test]
fn a_deletion_names_the_receipt_handle() {
    let (mut mapping, id) = running(|_| ());
    let actions = mapping.invocation_finished(id, success(), 5);
    let Action::Delete { entries, .. } = &actions[0] else {
        panic!("no deletion");
    };
    assert_eq!(entries[1].receipt_handle, "handle-m1");
}

#[test]
fn reported_messages_come_back_and_the_others_are_deleted() {
    let (mut mapping, id) = running(|_| ());
    let actions = mapping.invocation_finished(id, failing(&["m1"]), 5);
    assert_eq!(deleted(&actions, DeleteReason::Processed), ["m0", "m2"]);
    assert_eq!(returned(&actions, ReturnReason::Reported), ["m1"]);
}

#[test]
fn an_unknown_identifier_brings_the_whole_batch_back() {
    let (mut mapping, id) = running(|_| ());
    let actions = mapping.invocation_finished(id, failing(&["m1", "other"]), 5);
    assert!(deleted(&actions, DeleteReason::Processed).is_empty());
    let reason = ReturnReason::InvalidResponse(InvalidResponse::UnknownIdentifier);
    assert_eq!(returned(&actions, reason).len(), 3);
    assert_eq!(
        reason.to_string(),
        "whole batch failed: an `itemIdentifier` is not in the batch"
    );
    assert_eq!(mapping.counters().invalid_responses, 1);
}

#[test]
fn without_report_batch_item_failures_the_response_is_ignored() {
    let (mut mapping, id) = running(|c| c.function_response_types.clear());
    let actions = mapping.invocation_finished(id, failing(&["m1"]), 5);
    assert_eq!(deleted(&actions, DeleteReason::Processed).len(), 3);
}

#[test]
fn a_function_error_or_a_timeout_brings_the_whole_batch_back() {
    for (result, reason) in [
        (InvocationResult::FunctionError, ReturnReason::FunctionError),
        (InvocationResult::Timeout, ReturnReason::Timeout),
    ] {
        let (mut mapping, id) = running(|_| ());
        let actions = mapping.invocation_finished(id, result, 5);
        assert!(deleted(&actions, DeleteReason::Processed).is_empty());
        assert_eq!(returned(&actions, reason), ["m0", "m1", "m2"]);
    }
}

#[test]
fn a_throttled_batch_is_tried_again_after_a_wait() {
    let (mut mapping, id) = running(|_| ());
    let actions = mapping.invocation_finished(id, InvocationResult::Throttled, 0);
    assert!(batches(&actions).is_empty() && returned(&actions, ReturnReason::Throttled).is_empty());
    assert!(!mapping.is_idle());
    let at = mapping.next_wakeup(0).unwrap();
    assert!((250..=500).contains(&at), "{at}");
    assert!(mapping.wake(at - 1).is_empty());
    let actions = mapping.wake(at);
    let Action::Invoke {
        id: again, attempt, ..
    } = &actions[0]
    else {
        panic!("no retry");
    };
    assert_eq!((*again, *attempt), (id, 2));
}

#[test]
fn a_batch_throttled_until_its_visibility_timeout_is_let_go() {
    let (mut mapping, id) = running(|_| ());
    let mut now = 0;
    let mut waits = Vec::new();
    loop {
        let actions = mapping.invocation_finished(id, InvocationResult::Throttled, now);
        let gone = returned(&actions, ReturnReason::Throttled);
        if !gone.is_empty() {
            assert_eq!(gone, ["m0", "m1", "m2"]);
            break;
        }
        let next = mapping.next_wakeup(now).unwrap();
        waits.push(next - now);
        now = next;
        assert!(now < 60_000);
        mapping.wake(now);
    }
    assert!(waits.len() >= 5, "{waits:?}");
    assert!(waits.last() > waits.first(), "{waits:?}");
    assert_eq!(mapping.counters().throttles, waits.len() as u64 + 1);
    assert!(mapping.is_idle());
}

#[test]
fn a_result_for_an_invocation_that_does_not_run_is_ignored() {
    let (mut mapping, id) = running(|_| ());
    assert!(
        mapping
            .invocation_finished(InvocationId(99), success(), 1)
            .is_empty()
    );
    mapping.invocation_finished(id, InvocationResult::Throttled, 1);
    assert!(mapping.invocation_finished(id, success(), 2).is_empty());
    assert_eq!(mapping.counters().deleted, 0);
}

#[test]
fn a_message_received_twice_into_one_batch_shares_its_verdict() {
    let mut mapping = standard(|_| ());
    let poller = polls(&mapping.wake(0))[0].0;
    let twice = vec![message("a"), message("b"), message("a")];
    let id = invocations(&mapping.received(poller, twice, 0))[0].0;
    let actions = mapping.invocation_finished(id, failing(&["a"]), 5);
    assert_eq!(returned(&actions, ReturnReason::Reported), ["a", "a"]);
    assert_eq!(deleted(&actions, DeleteReason::Processed), ["b"]);
}

#[test]
fn an_invocation_tells_its_messages_until_it_ends() {
    let (mut mapping, id) = running(|_| ());
    let ids = |mapping: &EventSourceMapping| -> Vec<_> {
        let messages = mapping.invocation_messages(id);
        messages.map(|message| message.message_id.clone()).collect()
    };
    assert_eq!(ids(&mapping), ["m0", "m1", "m2"]);
    mapping.invocation_finished(id, success(), 1);
    assert!(ids(&mapping).is_empty());
}
