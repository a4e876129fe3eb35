//! The mapping between a naive queue and a function that fails in every way, over simulated hours.

use super::*;

/// Messages are known by their number; the queue keeps only what matters to the mapping.
struct Message {
    group: u64,
    visible_at: u64,
    receives: u32,
    gone: bool,
}

struct NaiveQueue {
    fifo: bool,
    messages: Vec<Message>,
    dead: Vec<usize>,
}

const VISIBILITY_MS: u64 = 60_000;
const MAX_RECEIVES: u32 = 8;

impl NaiveQueue {
    fn send(&mut self, group: u64, now: u64) {
        self.messages.push(Message {
            group,
            visible_at: now,
            receives: 0,
            gone: false,
        });
    }

    fn receive(&mut self, most: usize, now: u64) -> Vec<ReceivedMessage> {
        let in_flight = |it: &&Message| !it.gone && it.visible_at > now;
        let mut blocked: BTreeSet<_> = self
            .messages
            .iter()
            .filter(in_flight)
            .map(|it| it.group)
            .collect();
        if !self.fifo {
            blocked.clear();
        }
        let mut received = Vec::new();
        for (number, it) in self.messages.iter_mut().enumerate() {
            if received.len() == most
                || it.gone
                || it.visible_at > now
                || blocked.contains(&it.group)
            {
                continue;
            }
            it.receives += 1;
            if it.receives > MAX_RECEIVES {
                it.gone = true;
                self.dead.push(number);
                continue;
            }
            it.visible_at = now + VISIBILITY_MS;
            let mut message = message(&number.to_string());
            message.receipt_handle = it.receives.to_string();
            let group = ("MessageGroupId".into(), it.group.to_string());
            message.attributes.extend([group]);
            received.push(message);
        }
        received
    }

    /// Deletes the message if the handle is of its last receive.
    fn delete(&mut self, entry: &MessageRef) {
        let it = &mut self.messages[entry.message_id.parse::<usize>().unwrap()];
        it.gone |= it.receives.to_string() == entry.receipt_handle;
    }

    fn next_visible(&self, now: u64) -> Option<u64> {
        let hidden = self
            .messages
            .iter()
            .filter(|it| !it.gone && it.visible_at > now);
        hidden.map(|it| it.visible_at).min()
    }
}

struct World {
    mapping: EventSourceMapping,
    queue: NaiveQueue,
    rng: fastrand::Rng,
    now: u64,
    polls: BTreeMap<PollerId, (usize, u64)>,
    ends: BTreeMap<(u64, InvocationId), InvocationResult>,
    /// Messages whose effect happened, in that order.
    effects: Vec<usize>,
}

impl World {
    fn new(fifo: bool, seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let config = MappingConfig {
            batch_size: rng.u32(1..=10),
            window_seconds: if fifo { 0 } else { rng.u32(0..=2) },
            maximum_concurrency: rng.bool().then(|| rng.u32(2..=6)),
            function_response_types: vec!["ReportBatchItemFailures".into()],
            ..MappingConfig::default()
        };
        let mapping = EventSourceMapping::create(config, queue(fifo), function(), seed).unwrap();
        let mut queue = NaiveQueue {
            fifo,
            messages: Vec::new(),
            dead: Vec::new(),
        };
        for _ in 0..150 {
            let group = rng.u64(0..12);
            queue.send(group, 0);
        }
        Self {
            mapping,
            queue,
            rng,
            now: 0,
            polls: BTreeMap::new(),
            ends: BTreeMap::new(),
            effects: Vec::new(),
        }
    }

    fn run(&mut self) {
        let actions = self.mapping.wake(0);
        self.carry_out(actions);
        while !(self.mapping.is_idle() && self.queue.messages.iter().all(|it| it.gone)) {
            self.answer_polls();
            let next = [
                self.mapping.next_wakeup(self.now),
                self.queue.next_visible(self.now),
                self.ends.keys().next().map(|(at, _)| *at),
                self.polls.values().map(|(_, until)| *until).min(),
            ];
            self.now = next.into_iter().flatten().min().unwrap();
            assert!(self.now < 24 * 3_600_000, "does not end");
            let actions = self.mapping.wake(self.now);
            self.carry_out(actions);
            while let Some(end) = self
                .ends
                .first_entry()
                .filter(|end| end.key().0 <= self.now)
            {
                let ((_, id), result) = end.remove_entry();
                let actions = self.mapping.invocation_finished(id, result, self.now);
                self.carry_out(actions);
            }
        }
    }

    fn answer_polls(&mut self) {
        for (poller, (most, until)) in self.polls.clone() {
            let messages = self.queue.receive(most, self.now);
            if !messages.is_empty() || until <= self.now {
                self.polls.remove(&poller);
                let actions = self.mapping.received(poller, messages, self.now);
                self.carry_out(actions);
            }
        }
    }

    fn carry_out(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Receive {
                    poller,
                    max_messages,
                    wait_until_ms,
                } => {
                    self.polls
                        .insert(poller, (max_messages as usize, wait_until_ms));
                }
                Action::Invoke { id, event, .. } => self.invoke(id, &ids_of(&event)),
                Action::Delete { entries, .. } => {
                    entries.iter().for_each(|it| self.queue.delete(it))
                }
                Action::Return { .. } => {}
            }
        }
    }

    /// Runs the function: it works off some messages in order, and reports all others of the groups that
    /// failed, as a good handler does.
    fn invoke(&mut self, id: InvocationId, ids: &[String]) {
        let end = self.now + self.rng.u64(1..10_000);
        let result = match self.rng.u8(0..10) {
            0 => InvocationResult::FunctionError,
            1 => InvocationResult::Timeout,
            2 => InvocationResult::Throttled,
            _ => {
                let mut failed = BTreeSet::new();
                let mut reported = Vec::new();
                for id in ids {
                    let number: usize = id.parse().unwrap();
                    let group = self.queue.messages[number].group;
                    if failed.contains(&group) || self.rng.u8(0..5) == 0 {
                        failed.insert(group);
                        reported.push(id.as_str());
                    } else {
                        self.effects.push(number);
                    }
                }
                failing(&reported)
            }
        };
        self.ends.insert((end, id), result);
    }
}

fn worked_off(fifo: bool, seed: u64) -> World {
    let mut world = World::new(fifo, seed);
    world.run();
    world
}

#[test]
fn no_message_is_lost_and_none_takes_effect_twice() {
    for seed in 0..24 {
        let world = worked_off(seed % 2 == 0, seed);
        let mut done = [world.effects, world.queue.dead].concat();
        done.sort_unstable();
        assert_eq!(done, (0..150).collect::<Vec<_>>(), "seed {seed}");
    }
}

#[test]
fn on_a_fifo_queue_every_group_takes_effect_in_order() {
    for seed in 100..112 {
        let world = worked_off(true, seed);
        let mut last: BTreeMap<u64, usize> = BTreeMap::new();
        for number in world.effects {
            let before = last.insert(world.queue.messages[number].group, number);
            assert!(before.is_none_or(|before| before < number), "seed {seed}");
        }
    }
}
