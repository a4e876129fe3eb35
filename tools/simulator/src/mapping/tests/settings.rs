use super::*;

#[test]
fn a_disabled_mapping_does_not_poll() {
    let mut mapping = standard(|c| c.enabled = false);
    assert!(mapping.wake(0).is_empty());
    assert_eq!(mapping.next_wakeup(0), None);
    assert_eq!(polls(&mapping.set_enabled(true, 1)).len(), 5);
}

#[test]
fn disabling_finishes_what_is_in_flight() {
    let mut mapping = standard(|c| (c.batch_size, c.window_seconds) = (100, 300));
    let pollers = polls(&mapping.wake(0));
    mapping.received(pollers[0].0, vec![message("a")], 1);
    let actions = mapping.set_enabled(false, 2);
    assert_eq!(batches(&actions), [["a"]]);
    let late = mapping.received(pollers[1].0, vec![message("b")], 3);
    assert_eq!(batches(&late), [["b"]]);
    for (id, _) in invocations(&actions).into_iter().chain(invocations(&late)) {
        let done = mapping.invocation_finished(id, success(), 4);
        assert_eq!(deleted(&done, DeleteReason::Processed).len(), 1);
        assert!(polls(&done).is_empty());
    }
    assert!(mapping.is_idle());
}

#[test]
fn an_update_holds_from_the_next_batch_on() {
    let mut mapping = standard(|_| ());
    let pollers = polls(&mapping.wake(0));
    let config = MappingConfig {
        batch_size: 2,
        ..MappingConfig::default()
    };
    mapping.update(config, 1).unwrap();
    let actions = mapping.received(pollers[0].0, messages(5), 2);
    assert_eq!(
        batches(&actions).iter().map(Vec::len).collect::<Vec<_>>(),
        [2, 2, 1]
    );
}

#[test]
fn a_refused_update_changes_nothing() {
    let mut mapping = standard(|_| ());
    mapping.wake(0);
    let before = mapping.config().clone();
    let config = MappingConfig {
        batch_size: 0,
        ..MappingConfig::default()
    };
    assert!(mapping.update(config, 1).is_err());
    assert_eq!(*mapping.config(), before);
}

#[test]
fn a_lower_maximum_concurrency_holds_at_once() {
    let mut mapping = standard(|c| c.batch_size = 1);
    for (poller, _) in polls(&mapping.wake(0)) {
        mapping.received(poller, messages(1), 0);
    }
    let config = MappingConfig {
        batch_size: 1,
        maximum_concurrency: Some(2),
        ..MappingConfig::default()
    };
    mapping.update(config, 1).unwrap();
    let finish = |mapping: &mut EventSourceMapping, n| {
        mapping.invocation_finished(InvocationId(n), success(), 2)
    };
    for n in 0..3 {
        assert!(polls(&finish(&mut mapping, n)).is_empty(), "{n}");
    }
    assert_eq!(polls(&finish(&mut mapping, 3)).len(), 1);
}

/// A mapping with five throttled batches of one message, and then a maximum concurrency of 2.
fn throttled_and_then_lowered() -> EventSourceMapping {
    let mut mapping = standard(|c| c.batch_size = 1);
    for (poller, _) in polls(&mapping.wake(0)) {
        mapping.received(poller, messages(1), 0);
    }
    for n in 0..5 {
        mapping.invocation_finished(InvocationId(n), InvocationResult::Throttled, 0);
    }
    let config = MappingConfig {
        batch_size: 1,
        maximum_concurrency: Some(2),
        ..MappingConfig::default()
    };
    mapping.update(config, 1).unwrap();
    mapping
}

#[test]
fn retries_keep_to_a_maximum_concurrency_lowered_meanwhile() {
    let mut mapping = throttled_and_then_lowered();
    let retried = invocations(&mapping.wake(600));
    assert_eq!((retried.len(), mapping.next_wakeup(600)), (2, None));
    let next = mapping.invocation_finished(retried[0].0, success(), 700);
    assert_eq!(batches(&next).len(), 1);
}

#[test]
fn a_retry_that_finds_no_place_within_the_visibility_timeout_is_let_go() {
    let mut mapping = throttled_and_then_lowered();
    let retried = invocations(&mapping.wake(600));
    let actions = mapping.invocation_finished(retried[0].0, success(), 60_000);
    assert!(batches(&actions).is_empty());
    assert_eq!(returned(&actions, ReturnReason::Throttled).len(), 3);
}
