//! What a worker does with its batch: claims all of it, then takes message after message.

use lambda_queue::Policy;
use lambda_queue::idempotency::{ClaimOutcome, CompleteOutcome};

use crate::model::Model;
use crate::protocol::{Effects, Safeguard};
use crate::state::{Message, Request, Stage, State, Step, Token, What, Worker};
use crate::store::{Answer, ticks_until};
use crate::world::RETRIES;

impl Model {
    /// The handler succeeds. Whether it is cut off before its completion is sent, or that is never
    /// carried out, is the same.
    pub(crate) fn finish(&self, state: &mut State, worker: usize) {
        let Some((job, token, key)) = self.running(state, worker) else {
            return;
        };
        if self.protocol.effects == Effects::Direct {
            state.effect(&self.world, key);
        }
        let retries = RETRIES;
        state.workers[worker].jobs[job].stage = Stage::Completing { retries };
        state.send(key, token, What::Complete, true);
    }

    /// The handler fails.
    pub(crate) fn fail(&self, state: &mut State, worker: usize, after_effect: bool) {
        let Some((job, token, key)) = self.running(state, worker) else {
            return;
        };
        state.seen.disturbed = true;
        if after_effect {
            state.effect(&self.world, key);
            state.seen.cut_off(key);
        }
        let quarantined = after_effect && self.protocol.policy == Policy::Quarantine;
        state.send(key, token, What::Release { quarantined }, false);
        // Of what is parked, the hook is asked when its message comes back.
        let step = match quarantined && !self.protocol.reconciles {
            true => Step::DeadLetter,
            false => Step::Report {
                visible_at: state.now + 1,
            },
        };
        self.settle(state, worker, job, step);
    }

    /// The hook looks whether the effect happened: if so, that is recorded, and otherwise a person
    /// has to look.
    pub(crate) fn reconcile(&self, state: &mut State, worker: usize) {
        let Some((job, token, key)) = self.asking(state, worker) else {
            return;
        };
        if state.seen.effects[key] > 0 {
            let retries = RETRIES;
            state.workers[worker].jobs[job].stage = Stage::Completing { retries };
            return state.send(key, token, What::Complete, true);
        }
        state.send(key, token, What::Release { quarantined: true }, false);
        self.settle(state, worker, job, Step::DeadLetter);
    }

    /// The hook fails: its message comes back, and it is asked again.
    pub(crate) fn puzzle(&self, state: &mut State, worker: usize) {
        let Some((job, token, key)) = self.asking(state, worker) else {
            return;
        };
        state.seen.disturbed = true;
        state.send(key, token, What::Release { quarantined: true }, false);
        let visible_at = state.now + 1;
        self.settle(state, worker, job, Step::Report { visible_at });
    }

    /// The store's answer reaches who waits for it.
    pub(crate) fn answered(&self, state: &mut State, token: Token, answer: Answer) {
        let Some((worker, job)) = state.job_of(token) else {
            return;
        };
        let key = self.key(state, worker, job);
        match answer {
            Answer::Claim(outcome) => self.judge(state, worker, job, &outcome),
            Answer::Complete(CompleteOutcome::Recorded | CompleteOutcome::Diverged) => {
                self.settle(state, worker, job, Step::Acknowledge);
            }
            Answer::Complete(CompleteOutcome::LeaseLost) => {
                self.unrecorded(state, key);
                let visible_at = state.now + 1;
                self.settle(state, worker, job, Step::Report { visible_at });
            }
            Answer::Release => {}
        }
    }

    /// A worker waits no longer: sends its request again, or gives up.
    pub(crate) fn lose_answer(&self, state: &mut State, request: usize) {
        state.network[request].awaited = false;
        let Request {
            key, token, what, ..
        } = state.network[request];
        let Some((worker, job)) = state.job_of(token) else {
            return;
        };
        let stage = &mut state.workers[worker].jobs[job].stage;
        if let Stage::Claiming { retries } | Stage::Completing { retries } = stage
            && *retries > 0
        {
            *retries -= 1;
            return state.send(key, token, what, true);
        }
        let visible_at = match self.protocol.has(Safeguard::Deferral) {
            true => state.workers[worker].deadline + 2 * self.margin(),
            false => state.now + 1,
        };
        let unknown = Step::Report { visible_at };
        match what {
            What::Claim { .. } => self.plan(state, worker, job, unknown),
            What::Complete | What::Release { .. } => {
                self.unrecorded(state, key);
                self.settle(state, worker, job, unknown);
            }
        }
    }

    /// A process ends: nothing it has sent is called back.
    pub(crate) fn end(&self, state: &mut State, worker: usize) {
        state.seen.disturbed = true;
        for job in 0..state.workers[worker].jobs.len() {
            let it = state.workers[worker].jobs[job];
            if matches!(it.stage, Stage::Completing { .. }) {
                self.unrecorded(state, self.key(state, worker, job));
            }
            let sent = state.network.iter_mut();
            sent.filter(|request| request.token == it.token)
                .for_each(|request| request.awaited = false);
        }
        state.workers[worker] = Worker::default();
    }

    fn judge(&self, state: &mut State, worker: usize, job: usize, outcome: &ClaimOutcome) {
        let now = state.now;
        let step = match outcome {
            ClaimOutcome::Won { .. } => Step::Run,
            ClaimOutcome::Replayed { .. } => Step::Acknowledge,
            ClaimOutcome::Deferred { .. } if !self.protocol.has(Safeguard::HeldIsNotDone) => {
                Step::Acknowledge
            }
            ClaimOutcome::Deferred { .. } if !self.protocol.has(Safeguard::Deferral) => {
                Step::Report {
                    visible_at: now + 1,
                }
            }
            ClaimOutcome::Deferred { until_ms } => Step::Report {
                visible_at: now + ticks_until(*until_ms, self.clock(now, worker)),
            },
            ClaimOutcome::Quarantined => Step::DeadLetter,
            ClaimOutcome::InDoubt { .. } => Step::Ask,
            ClaimOutcome::Mismatch => unreachable!("payloads are equal"),
        };
        self.plan(state, worker, job, step);
    }

    fn plan(&self, state: &mut State, worker: usize, job: usize, step: Step) {
        state.workers[worker].jobs[job].stage = Stage::Planned(step);
        self.go_on(state, worker);
    }

    /// Once all claims are judged, one message after the other has its turn.
    fn go_on(&self, state: &mut State, worker: usize) {
        let jobs = &state.workers[worker].jobs;
        if jobs
            .iter()
            .any(|job| matches!(job.stage, Stage::Claiming { .. }))
        {
            return;
        }
        let Some(job) = jobs.iter().position(|job| !job.stage.is_settled()) else {
            return;
        };
        match jobs[job].stage {
            Stage::Planned(Step::Run) => {
                let key = self.key(state, worker, job);
                state.seen.attempted[key] = true;
                state.workers[worker].jobs[job].stage = Stage::Running;
            }
            Stage::Planned(Step::Ask) => state.workers[worker].jobs[job].stage = Stage::Asking,
            Stage::Planned(step) => self.settle(state, worker, job, step),
            _ => {}
        }
    }

    fn settle(&self, state: &mut State, worker: usize, job: usize, step: Step) {
        let stage = match step {
            Step::Report { visible_at } => Stage::Reported { visible_at },
            Step::DeadLetter | Step::Acknowledge | Step::Run | Step::Ask => Stage::Done,
        };
        let message = state.workers[worker].jobs[job].message;
        if step == Step::DeadLetter {
            state.messages[message] = Message::DeadLettered;
        }
        state.workers[worker].jobs[job].stage = stage;
        let stopped = matches!(step, Step::Report { .. }) && self.world.fifo;
        if stopped && self.protocol.has(Safeguard::StoppedGroup) {
            self.stop(state, worker, stage);
        }
        self.go_on(state, worker);
    }

    /// The rest of a group comes back with the message that failed; what was claimed is released.
    fn stop(&self, state: &mut State, worker: usize, stage: Stage) {
        for job in 0..state.workers[worker].jobs.len() {
            let it = state.workers[worker].jobs[job];
            if let Stage::Planned(step @ (Step::Run | Step::Ask)) = it.stage {
                // What is in doubt stays so.
                let quarantined = step == Step::Ask;
                let released = What::Release { quarantined };
                state.send(self.key(state, worker, job), it.token, released, false);
            }
            if !it.stage.is_settled() {
                state.workers[worker].jobs[job].stage = stage;
            }
        }
    }

    fn running(&self, state: &State, worker: usize) -> Option<(usize, Token, usize)> {
        let job = state.workers[worker].running()?;
        let token = state.workers[worker].jobs[job].token;
        Some((job, token, self.key(state, worker, job)))
    }

    fn asking(&self, state: &State, worker: usize) -> Option<(usize, Token, usize)> {
        let job = state.workers[worker].asking()?;
        let token = state.workers[worker].jobs[job].token;
        Some((job, token, self.key(state, worker, job)))
    }

    /// The effect of a handler that had one may be repeated; a transaction's cannot.
    fn unrecorded(&self, state: &mut State, key: usize) {
        if self.protocol.effects == Effects::Direct {
            state.seen.cut_off(key);
        }
    }

    fn key(&self, state: &State, worker: usize, job: usize) -> usize {
        self.world.keys[state.workers[worker].jobs[job].message]
    }
}

impl State {
    pub(crate) fn send(&mut self, key: usize, token: Token, what: What, awaited: bool) {
        self.network.push(Request {
            key,
            token,
            what,
            awaited,
        });
    }
}
