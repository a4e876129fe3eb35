use super::*;

/// Runs a mapping on a queue that never empties, with a function that takes `duration` ms, and returns
/// the concurrency over time.
fn under_load(mapping: &mut EventSourceMapping, duration: u64, until: u64) -> Vec<(u64, u64)> {
    let mut ends: BTreeSet<(u64, InvocationId)> = BTreeSet::new();
    let mut now = 0;
    let mut history = Vec::new();
    let mut actions = mapping.wake(0);
    loop {
        while let Some(action) = actions.pop() {
            match action {
                Action::Receive {
                    poller,
                    max_messages,
                    ..
                } => {
                    actions.extend(mapping.received(poller, messages(max_messages as usize), now));
                }
                Action::Invoke { id, .. } => {
                    ends.insert((now + duration, id));
                }
                _ => {}
            }
        }
        history.push((now, ends.len() as u64));
        let end = ends.first().map(|(at, _)| *at);
        now = match (end, mapping.next_wakeup(now)) {
            (Some(end), Some(wakeup)) => end.min(wakeup),
            (end, wakeup) => end.or(wakeup).unwrap(),
        };
        if now > until {
            return history;
        }
        actions = mapping.wake(now);
        while let Some((at, id)) = ends.pop_first() {
            if at > now {
                ends.insert((at, id));
                break;
            }
            actions.extend(mapping.invocation_finished(id, success(), now));
        }
    }
}

fn concurrency_at(history: &[(u64, u64)], time: u64) -> u64 {
    let seen = history.iter().take_while(|(at, _)| *at <= time);
    seen.last().unwrap().1
}

#[test]
fn a_new_mapping_waits_with_five_long_polls_of_20_seconds() {
    let actions = standard(|_| ()).wake(1_000);
    assert_eq!(polls(&actions).len(), 5);
    for action in actions {
        let Action::Receive {
            max_messages,
            wait_until_ms,
            ..
        } = action
        else {
            panic!("{action:?}");
        };
        assert_eq!((max_messages, wait_until_ms), (10, 21_000));
    }
}

#[test]
fn concurrency_starts_at_5_and_grows_by_300_a_minute() {
    let history = under_load(&mut standard(|_| ()), 600_000, 120_000);
    assert_eq!(concurrency_at(&history, 0), 5);
    assert_eq!(concurrency_at(&history, 60_000), 305);
    assert_eq!(concurrency_at(&history, 120_000), 605);
}

#[test]
fn concurrency_grows_with_short_invocations_too() {
    let mut mapping = standard(|c| c.batch_size = 1);
    let history = under_load(&mut mapping, 50, 10_000);
    assert!(
        (45..=55).contains(&concurrency_at(&history, 10_000)),
        "{:?}",
        history.last()
    );
}

#[test]
fn concurrency_ends_at_1250() {
    let mut mapping = standard(|c| c.batch_size = 1);
    let history = under_load(&mut mapping, 600_000, 300_000);
    assert_eq!(concurrency_at(&history, 300_000), 1_250);
}

#[test]
fn maximum_concurrency_is_never_exceeded() {
    let mut mapping = standard(|c| c.maximum_concurrency = Some(12));
    let history = under_load(&mut mapping, 3_000, 60_000);
    assert_eq!(history.iter().map(|(_, running)| *running).max(), Some(12));
}

#[test]
fn provisioned_pollers_start_at_their_minimum_and_grow_faster() {
    let pollers = ProvisionedPollers {
        minimum: 2,
        maximum: 10,
    };
    let mut mapping = standard(|c| c.provisioned_pollers = Some(pollers));
    let history = under_load(&mut mapping, 600_000, 10_000);
    assert_eq!(concurrency_at(&history, 0), 20);
    assert_eq!(concurrency_at(&history, 600), 30);
    assert_eq!(concurrency_at(&history, 10_000), 100);
}

#[test]
fn a_trickle_of_messages_does_not_grow_a_mapping() {
    let mut mapping = standard(|_| ());
    mapping.wake(0);
    for now in (0..600_000).step_by(1_000) {
        let poller = mapping.pollers_for_tests()[0];
        let id = invocations(&mapping.received(poller, messages(1), now))[0].0;
        mapping.invocation_finished(id, success(), now + 100);
    }
    assert_eq!(mapping.counters().concurrency_limit, 5);
}

/// Lets all polls come back empty, several times over; returns how many then wait.
fn after_a_quiet_time(mapping: &mut EventSourceMapping) -> u64 {
    mapping.wake(0);
    for round in 1..10 {
        for poller in mapping.pollers_for_tests() {
            mapping.received(poller, Vec::new(), round * 20_000);
        }
    }
    mapping.counters().polling
}

#[test]
fn a_quiet_queue_falls_to_two_polls_and_the_first_message_brings_five_back() {
    let mut mapping = standard(|_| ());
    assert_eq!(after_a_quiet_time(&mut mapping), 2);
    let poller = mapping.pollers_for_tests()[0];
    mapping.received(poller, messages(1), 200_000);
    let counters = mapping.counters();
    assert_eq!(counters.polling + counters.concurrency, 5);
    mapping.invocation_finished(InvocationId(0), success(), 200_001);
    for poller in mapping.pollers_for_tests() {
        mapping.received(poller, Vec::new(), 220_000);
    }
    assert_eq!(mapping.counters().polling, 5);
}

#[test]
fn with_maximum_concurrency_the_polls_do_not_fall() {
    let mut mapping = standard(|c| c.maximum_concurrency = Some(10));
    assert_eq!(after_a_quiet_time(&mut mapping), 5);
}

#[test]
fn a_mapping_that_grew_falls_back_to_five_when_the_queue_is_empty() {
    let mut mapping = standard(|_| ());
    under_load(&mut mapping, 1_000, 20_000);
    assert!(mapping.counters().concurrency_limit > 50);
    for poller in 0..200 {
        mapping.received(PollerId(1_000_000 + poller), Vec::new(), 40_000);
    }
    assert_eq!(mapping.counters().concurrency_limit, 5);
}

#[test]
fn errors_and_throttling_reduce_the_concurrency() {
    for result in [InvocationResult::FunctionError, InvocationResult::Throttled] {
        let mut mapping = standard(|_| ());
        under_load(&mut mapping, 1_000, 20_000);
        let before = mapping.counters().concurrency_limit;
        let ids: Vec<_> = mapping.invocations.keys().copied().collect();
        for id in ids.into_iter().take(20) {
            mapping.invocation_finished(id, result.clone(), 20_001);
        }
        assert_eq!(mapping.counters().concurrency_limit, before - 20);
    }
}

#[test]
fn polls_ask_for_no_more_than_could_start_at_once() {
    let mut mapping = standard(|c| (c.batch_size, c.maximum_concurrency) = (3, Some(2)));
    let actions = mapping.wake(0);
    assert_eq!(
        polls(&actions)
            .iter()
            .map(|(_, max)| *max)
            .collect::<Vec<_>>(),
        [3, 3]
    );
    let poller = polls(&actions)[0].0;
    assert!(polls(&mapping.received(poller, messages(3), 1)).is_empty());
}

#[test]
fn steps_that_nobody_asked_for_are_not_saved_up() {
    let mut mapping = standard(|_| ());
    for (poller, _) in polls(&mapping.wake(0)) {
        mapping.received(poller, messages(10), 0);
    }
    assert_eq!(mapping.next_wakeup(0), Some(200));
    let poller = polls(&mapping.wake(10_000))[0].0;
    mapping.received(poller, messages(10), 10_000);
    assert_eq!(mapping.counters().concurrency_limit, 6);
    assert_eq!(mapping.next_wakeup(10_000), Some(10_200));
}

#[test]
fn a_thinned_mapping_grows_to_its_share_in_the_same_time() {
    let mut whole = standard(|_| ());
    let mut tenth = standard(|_| ()).thinned(10);
    let whole = under_load(&mut whole, 5_000, 300_000);
    let tenth = under_load(&mut tenth, 5_000, 300_000);
    for minute in [1, 2, 4] {
        let whole = concurrency_at(&whole, minute * 60_000);
        let tenth = concurrency_at(&tenth, minute * 60_000) * 10;
        assert!(whole.abs_diff(tenth) <= 10, "{whole} and {tenth}");
    }
}

#[test]
fn a_thinned_mapping_keeps_its_share_when_it_is_updated() {
    let mut mapping = standard(|_| ()).thinned(10);
    under_load(&mut mapping, 5_000, 300_000);
    assert_eq!(mapping.counters().concurrency_limit, 125);
    let config = MappingConfig {
        maximum_concurrency: Some(100),
        ..mapping.config().clone()
    };
    mapping.update(config, 310_000).unwrap();
    assert_eq!(mapping.counters().concurrency_limit, 10);
}
