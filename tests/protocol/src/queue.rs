//! SQS: hands messages out, and hears what became of them.

use crate::action::Action;
use crate::model::Model;
use crate::state::{Job, Message, Stage, State, What, Worker};
use crate::world::{LIMIT, MESSAGES, RETRIES};

impl Model {
    /// What the queue may hand to a worker that is idle.
    pub(crate) fn deliveries(&self, state: &State, worker: usize, actions: &mut Vec<Action>) {
        let is_left = |message: &usize| matches!(state.messages[*message], Message::InQueue { .. });
        let is_visible = |message: &usize| matches!(state.messages[*message], Message::InQueue { visible_at, .. } if visible_at <= state.now);
        if self.world.fifo {
            let mut left = (0..MESSAGES).filter(is_left);
            // A group is locked while any of its messages is in flight.
            if left.clone().all(|message| is_visible(&message))
                && let Some(first) = left.next()
            {
                for last in first..MESSAGES {
                    actions.push(Action::Deliver {
                        worker,
                        first,
                        last,
                    });
                }
            }
            return;
        }
        let duplicates = self.world.kinds.duplicates && state.faults_left > 0;
        for message in (0..MESSAGES).filter(is_left) {
            if duplicates || is_visible(&message) {
                let (first, last) = (message, message);
                actions.push(Action::Deliver {
                    worker,
                    first,
                    last,
                });
            }
        }
    }

    /// A worker is invoked with messages, and claims their keys.
    pub(crate) fn deliver(&self, state: &mut State, worker: usize, first: usize, last: usize) {
        let deadline = state.now + LIMIT;
        let mut jobs = Vec::new();
        for message in first..=last {
            let Message::InQueue {
                visible_at,
                receives,
            } = state.messages[message]
            else {
                continue;
            };
            if visible_at > state.now {
                state.faults_left -= 1;
            }
            let counts = self.world.max_receives > 0;
            if counts && receives == self.world.max_receives {
                self.redrive(state, message);
                continue;
            }
            let receives = if counts { receives + 1 } else { 0 };
            let visible_at = deadline;
            state.messages[message] = Message::InQueue {
                visible_at,
                receives,
            };
            let (token, stage) = (state.next_token, Stage::Claiming { retries: RETRIES });
            state.next_token += 1;
            jobs.push(Job {
                message,
                token,
                stage,
            });
            let clock = self.clock(state.now, worker);
            // A lease holds through its last tick; at its deadline the worker is there no more.
            let what = What::Claim {
                now: clock,
                lease_until: clock + LIMIT - 1 + self.margin(),
            };
            state.send(self.world.keys[message], token, what, true);
        }
        if !jobs.is_empty() {
            state.workers[worker] = Worker { deadline, jobs };
        }
    }

    /// A message's receives are used up.
    fn redrive(&self, state: &mut State, message: usize) {
        let key = self.world.keys[message];
        state.messages[message] = Message::DeadLettered;
        state.seen.burnt |= !state.seen.attempted[key] && !state.seen.disturbed;
    }

    /// A worker says what became of its messages.
    pub(crate) fn respond(&self, state: &mut State, worker: usize) {
        for Job { message, stage, .. } in std::mem::take(&mut state.workers[worker]).jobs {
            let Message::InQueue { receives, .. } = state.messages[message] else {
                continue;
            };
            state.messages[message] = match stage {
                Stage::Reported { visible_at } => Message::InQueue {
                    visible_at,
                    receives,
                },
                _ => {
                    state.seen.lost |= state.seen.result[self.world.keys[message]] == 0;
                    Message::Deleted
                }
            };
        }
    }
}
