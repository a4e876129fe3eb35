//! Any sequence of inputs, against a naive account of where each message is.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Input {
    /// Answers a poll with messages of these groups; group 0 is filtered out.
    Received {
        poll: usize,
        groups: Vec<u8>,
    },
    /// Ends an invocation.
    Finished {
        invocation: usize,
        result: u8,
    },
    /// Lets time pass, to the next wakeup if there is one before.
    Passed {
        ms: u64,
    },
    Enabled(bool),
    /// Sets batch size and maximum concurrency.
    Updated {
        size: u32,
        most: Option<u32>,
    },
}

fn inputs() -> impl Strategy<Value = Vec<Input>> {
    let input = prop_oneof![
        6 => (any::<usize>(), vec(0..6u8, 0..=10)).prop_map(|(poll, groups)| Input::Received { poll, groups }),
        5 => (any::<usize>(), 0..8u8).prop_map(|(invocation, result)| Input::Finished { invocation, result }),
        3 => prop_oneof![0..300u64, 0..70_000u64].prop_map(|ms| Input::Passed { ms }),
        1 => any::<bool>().prop_map(Input::Enabled),
        1 => (1..=10u32, prop::option::of(2..5u32)).prop_map(|(size, most)| Input::Updated { size, most }),
    ];
    vec(input, 1..120)
}

fn configs() -> impl Strategy<Value = (bool, MappingConfig)> {
    (
        any::<bool>(),
        1..=25u32,
        0..3u32,
        prop::option::of(2..8u32),
        any::<bool>(),
    )
        .prop_map(|(fifo, size, window, most, reports)| {
            let window_seconds = if fifo { 0 } else { window };
            let most_in_batch = if window_seconds == 0 { 10 } else { 25 };
            let types = ["ReportBatchItemFailures".to_owned()];
            let config = MappingConfig {
                batch_size: size.min(most_in_batch),
                window_seconds,
                maximum_concurrency: most,
                filters: vec![r#"{"body":[{"anything-but":"unwanted"}]}"#.into()],
                function_response_types: types.into_iter().filter(|_| reports).collect(),
                ..MappingConfig::default()
            };
            (fifo, config)
        })
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Buffered,
    Invocation(InvocationId),
    Deleted,
    Returned,
    Filtered,
}

struct World {
    mapping: EventSourceMapping,
    fifo: bool,
    now: u64,
    polls: BTreeMap<PollerId, u32>,
    running: BTreeMap<InvocationId, Vec<String>>,
    /// Ended, but throttled; and for a moment every one that ended.
    throttled: BTreeMap<InvocationId, Vec<String>>,
    places: BTreeMap<String, Place>,
    groups: BTreeMap<String, u8>,
    /// The last message of each group that started, by its number.
    started: BTreeMap<u8, usize>,
    log: Vec<Action>,
}

impl World {
    fn new(fifo: bool, config: MappingConfig) -> Self {
        let mapping = EventSourceMapping::create(config, queue(fifo), function(), 3).unwrap();
        let mut world = Self {
            mapping,
            fifo,
            now: 0,
            polls: BTreeMap::new(),
            running: BTreeMap::new(),
            throttled: BTreeMap::new(),
            places: BTreeMap::new(),
            groups: BTreeMap::new(),
            started: BTreeMap::new(),
            log: Vec::new(),
        };
        let actions = world.mapping.wake(0);
        world.carry_out(actions);
        world
    }

    fn apply(&mut self, input: Input) {
        match input {
            Input::Received { poll, groups } => self.receive(poll, &groups),
            Input::Finished { invocation, result } => self.finish(invocation, result),
            Input::Passed { ms } => self.pass(ms),
            Input::Enabled(enabled) => {
                let actions = self.mapping.set_enabled(enabled, self.now);
                self.carry_out(actions);
            }
            Input::Updated { size, most } => {
                let config = MappingConfig {
                    batch_size: size,
                    maximum_concurrency: most,
                    ..self.mapping.config().clone()
                };
                let actions = self.mapping.update(config, self.now).unwrap();
                self.carry_out(actions);
            }
        }
    }

    fn receive(&mut self, poll: usize, groups: &[u8]) {
        let Some((poller, most)) = nth(&self.polls, poll) else {
            return;
        };
        self.polls.remove(&poller);
        let messages = groups.iter().take(most as usize).map(|group| {
            let id = format!("{:06}", self.places.len());
            self.places.insert(id.clone(), Place::Buffered);
            self.groups.insert(id.clone(), *group);
            let mut message = message(&id);
            message
                .attributes
                .insert("MessageGroupId".into(), group.to_string());
            if *group == 0 {
                message.body = "unwanted".into();
            }
            message
        });
        let messages = messages.collect();
        let actions = self.mapping.received(poller, messages, self.now);
        self.carry_out(actions);
    }

    fn finish(&mut self, invocation: usize, result: u8) {
        let Some((id, ids)) = nth(&self.running, invocation) else {
            return;
        };
        self.running.remove(&id);
        let some: Vec<_> = ids.iter().step_by(2).map(String::as_str).collect();
        let result = match result {
            0..3 => success(),
            3 => failing(&some),
            4 => InvocationResult::FunctionError,
            5 => InvocationResult::Timeout,
            6 => InvocationResult::Response(b"{".to_vec()),
            _ => InvocationResult::Throttled,
        };
        self.throttled.insert(id, ids);
        let actions = self
            .mapping
            .invocation_finished(id, result.clone(), self.now);
        self.carry_out(actions);
        if result != InvocationResult::Throttled {
            assert!(
                self.places
                    .values()
                    .all(|place| *place != Place::Invocation(id))
            );
        }
    }

    fn pass(&mut self, ms: u64) {
        let target = self.now + ms;
        while let Some(at) = self
            .mapping
            .next_wakeup(self.now)
            .filter(|at| *at <= target)
        {
            assert!(at > self.now, "wakes at {at} again and again");
            self.now = at;
            let actions = self.mapping.wake(at);
            self.carry_out(actions);
        }
        self.now = target;
        let actions = self.mapping.wake(target);
        self.carry_out(actions);
    }

    fn carry_out(&mut self, actions: Vec<Action>) {
        for action in &actions {
            match action {
                Action::Receive {
                    poller,
                    max_messages,
                    ..
                } => {
                    assert!(self.mapping.is_enabled(), "polls while disabled");
                    assert!((1..=10).contains(max_messages));
                    assert!(self.polls.insert(*poller, *max_messages).is_none());
                }
                Action::Invoke { id, attempt, event } => self.invoke(*id, *attempt, event),
                Action::Delete { entries, reason } => {
                    assert!((1..=10).contains(&entries.len()));
                    let place = match reason {
                        DeleteReason::Processed => Place::Deleted,
                        DeleteReason::Filtered => Place::Filtered,
                    };
                    self.leave(entries, place);
                }
                Action::Return { entries, .. } => self.leave(entries, Place::Returned),
            }
        }
        self.log.extend(actions);
        self.check();
    }

    fn invoke(&mut self, id: InvocationId, attempt: u32, event: &str) {
        let ids = ids_of(event);
        assert!(event.len() <= 6 * 1024 * 1024);
        assert!(ids.len() <= self.mapping.config().batch_size as usize || attempt > 1);
        if attempt > 1 {
            assert_eq!(self.throttled.remove(&id).as_ref(), Some(&ids));
        } else {
            for id_of_message in &ids {
                let before = self
                    .places
                    .insert(id_of_message.clone(), Place::Invocation(id));
                assert_eq!(before, Some(Place::Buffered));
                let number: usize = id_of_message.parse().unwrap();
                let last = self.started.insert(self.groups[id_of_message], number);
                assert!(
                    !self.fifo || last.is_none_or(|last| last < number),
                    "out of order"
                );
            }
        }
        assert!(self.running.insert(id, ids).is_none());
    }

    fn leave(&mut self, entries: &[MessageRef], place: Place) {
        for entry in entries {
            let before = self.places.insert(entry.message_id.clone(), place);
            if let Some(Place::Invocation(id)) = before {
                self.throttled.remove(&id);
            }
            let held = matches!(before, Some(Place::Buffered | Place::Invocation(_)));
            assert!(held, "{entry:?} was {before:?}");
            if place == Place::Filtered {
                assert_eq!(self.groups[&entry.message_id], 0);
            }
        }
    }

    fn check(&self) {
        let counters = self.mapping.counters();
        let count = |wanted: fn(&Place) -> bool| {
            self.places.values().filter(|it| wanted(it)).count() as u64
        };
        assert_eq!(counters.buffered, count(|it| *it == Place::Buffered));
        assert_eq!(counters.deleted, count(|it| *it == Place::Deleted));
        assert_eq!(counters.returned, count(|it| *it == Place::Returned));
        assert_eq!(counters.filtered, count(|it| *it == Place::Filtered));
        assert_eq!(counters.concurrency, self.running.len() as u64);
        assert_eq!(counters.polling, self.polls.len() as u64);
        if self.fifo {
            let mut seen = BTreeSet::new();
            for ids in self.running.values().chain(self.throttled.values()) {
                let groups: BTreeSet<_> = ids.iter().map(|id| self.groups[id]).collect();
                assert!(
                    groups.iter().all(|group| seen.insert(*group)),
                    "a group runs twice"
                );
            }
        }
    }

    /// Ends everything that is under way; then no message may be left with the mapping.
    fn drain(&mut self) {
        let actions = self.mapping.set_enabled(false, self.now);
        self.carry_out(actions);
        while let Some((poller, _)) = self.polls.pop_first() {
            let actions = self.mapping.received(poller, Vec::new(), self.now);
            self.carry_out(actions);
        }
        while !self.mapping.is_idle() {
            while !self.running.is_empty() {
                self.finish(0, 0);
            }
            self.pass(1_000);
        }
        let done = [Place::Deleted, Place::Returned, Place::Filtered];
        assert!(self.places.values().all(|place| done.contains(place)));
    }
}

fn nth<K: Copy + Ord, V: Clone>(map: &BTreeMap<K, V>, index: usize) -> Option<(K, V)> {
    let index = index.checked_rem(map.len())?;
    map.iter()
        .nth(index)
        .map(|(key, value)| (*key, value.clone()))
}

fn run(fifo: bool, config: &MappingConfig, inputs: &[Input]) -> World {
    let mut world = World::new(fifo, config.clone());
    for input in inputs {
        let started = world.running.len();
        world.apply(input.clone());
        let cap = world.mapping.config().maximum_concurrency.unwrap_or(1_250) as usize;
        assert!(world.running.len() <= cap.max(started), "too many at once");
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_message_is_in_one_place_and_no_limit_is_exceeded(
        (fifo, config) in configs(),
        inputs in inputs(),
    ) {
        run(fifo, &config, &inputs).drain();
    }

    #[test]
    fn the_same_inputs_give_the_same_actions((fifo, config) in configs(), inputs in inputs()) {
        prop_assert_eq!(run(fifo, &config, &inputs).log, run(fifo, &config, &inputs).log);
    }
}
