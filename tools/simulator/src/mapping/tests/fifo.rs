use super::*;

fn group_of(ids: &[&str]) -> Vec<ReceivedMessage> {
    ids.iter().map(|id| grouped(id)).collect()
}

#[test]
fn a_batch_may_mix_groups_each_in_order() {
    let mut mapping = fifo(|_| ());
    let poller = polls(&mapping.wake(0))[0].0;
    let actions = mapping.received(poller, group_of(&["a1", "b1", "a2", "b2"]), 1);
    assert_eq!(batches(&actions), [["a1", "b1", "a2", "b2"]]);
}

#[test]
fn groups_run_side_by_side() {
    let mut mapping = fifo(|_| ());
    let pollers = polls(&mapping.wake(0));
    mapping.received(pollers[0].0, group_of(&["a1"]), 1);
    mapping.received(pollers[1].0, group_of(&["b1"]), 1);
    assert_eq!(mapping.counters().concurrency, 2);
}

#[test]
fn a_group_is_never_in_two_invocations() {
    let mut mapping = fifo(|c| c.batch_size = 1);
    let pollers = polls(&mapping.wake(0));
    let first = invocations(&mapping.received(pollers[0].0, group_of(&["a1", "a2", "b1"]), 1));
    let started: Vec<_> = first.iter().map(|(_, ids)| ids[0].as_str()).collect();
    assert_eq!(started, ["a1", "b1"]);
    let next = mapping.invocation_finished(first[0].0, success(), 2);
    assert_eq!(batches(&next), [["a2"]]);
}

#[test]
fn a_failed_message_takes_the_waiting_ones_of_its_group_along() {
    let mut mapping = fifo(|c| c.batch_size = 1);
    let poller = polls(&mapping.wake(0))[0].0;
    let first = invocations(&mapping.received(poller, group_of(&["a1", "a2", "a3"]), 1));
    let actions = mapping.invocation_finished(first[0].0, InvocationResult::FunctionError, 2);
    assert_eq!(returned(&actions, ReturnReason::FunctionError), ["a1"]);
    assert_eq!(
        returned(&actions, ReturnReason::GroupReturned),
        ["a2", "a3"]
    );
    assert!(batches(&actions).is_empty());
}

#[test]
fn a_later_message_of_a_failed_group_is_deleted_unless_reported() {
    let mut mapping = fifo(|_| ());
    let poller = polls(&mapping.wake(0))[0].0;
    let first = invocations(&mapping.received(poller, group_of(&["a1", "a2", "a3"]), 1));
    let actions = mapping.invocation_finished(first[0].0, failing(&["a1"]), 2);
    assert_eq!(returned(&actions, ReturnReason::Reported), ["a1"]);
    assert_eq!(deleted(&actions, DeleteReason::Processed), ["a2", "a3"]);
}

#[test]
fn maximum_concurrency_bounds_the_groups_side_by_side() {
    let mut mapping = fifo(|c| c.maximum_concurrency = Some(2));
    let pollers = polls(&mapping.wake(0));
    assert_eq!(pollers.len(), 2);
    let first = invocations(&mapping.received(pollers[0].0, group_of(&["a1"]), 1));
    let second = mapping.received(pollers[1].0, group_of(&["b1"]), 1);
    assert!(polls(&second).is_empty());
    let free = mapping.invocation_finished(first[0].0, success(), 2);
    assert_eq!(polls(&free).len(), 1);
}

#[test]
fn many_groups_run_at_once_without_growing_first() {
    let mut mapping = fifo(|c| c.batch_size = 1);
    mapping.wake(0);
    for n in 0..100 {
        let poller = mapping.pollers_for_tests()[0];
        let mut message = message(&format!("m{n}"));
        message
            .attributes
            .insert("MessageGroupId".into(), format!("g{n}"));
        mapping.received(poller, vec![message], 1);
    }
    assert_eq!(mapping.counters().concurrency, 100);
}

#[test]
fn a_group_whose_visibility_ends_while_it_waits_is_let_go() {
    let mut mapping = fifo(|c| c.batch_size = 1);
    let poller = polls(&mapping.wake(0))[0].0;
    let first = invocations(&mapping.received(poller, group_of(&["a1", "a2"]), 0));
    let actions = mapping.invocation_finished(first[0].0, success(), 60_000);
    assert_eq!(deleted(&actions, DeleteReason::Processed), ["a1"]);
    assert_eq!(returned(&actions, ReturnReason::Expired), ["a2"]);
}

#[test]
fn a_group_id_on_a_standard_queue_blocks_nothing() {
    let mut mapping = standard(|c| c.batch_size = 1);
    let poller = polls(&mapping.wake(0))[0].0;
    let actions = mapping.received(poller, group_of(&["a1", "a2"]), 1);
    assert_eq!(batches(&actions), [["a1"], ["a2"]]);
}

#[test]
fn a_small_message_does_not_overtake_one_that_no_longer_fits_the_payload() {
    let mut mapping = fifo(|_| ());
    let poller = polls(&mapping.wake(0))[0].0;
    let mut messages = group_of(&["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"]);
    for message in &mut messages[..7] {
        message.body = "x".repeat(1_000_000);
    }
    let first = invocations(&mapping.received(poller, messages, 1));
    assert_eq!(first[0].1, ["a1", "a2", "a3", "a4", "a5", "a6"]);
    let next = mapping.invocation_finished(first[0].0, success(), 2);
    assert_eq!(batches(&next), [["a7", "a8"]]);
}
