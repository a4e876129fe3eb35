use stateright::Property as Checked;

use crate::action::Action;
use crate::property::Property;
use crate::protocol::{Effects, Protocol, Safeguard};
use crate::state::{Message, State};
use crate::world::{MARGIN, WORKERS, World};

/// A protocol in a world.
pub(crate) struct Model {
    pub(crate) protocol: Protocol,
    pub(crate) world: World,
}

/// Not a promise, but the sign that the model goes anywhere.
pub(crate) const ALL_DONE: &str = "all messages are done";

impl Model {
    /// A worker's clock.
    pub(crate) fn clock(&self, now: u8, worker: usize) -> u8 {
        now + self.world.ahead[worker]
    }

    pub(crate) fn margin(&self) -> u8 {
        match self.protocol.has(Safeguard::Margin) {
            true => MARGIN,
            false => 0,
        }
    }

    fn tick(&self, state: &mut State) {
        state.now += 1;
        for worker in 0..WORKERS {
            let it = &state.workers[worker];
            if it.is_idle() || state.now < it.deadline {
                continue;
            }
            // Late is disturbed as well: its messages are visible again.
            state.seen.disturbed = true;
            if self.world.killed_at_deadline {
                self.end(state, worker);
            }
        }
    }

    fn turns(&self, state: &State, worker: usize, actions: &mut Vec<Action>) {
        let (it, kinds) = (&state.workers[worker], &self.world.kinds);
        let may = |kind: bool| kind && state.faults_left > 0;
        if it.is_idle() {
            return self.deliveries(state, worker, actions);
        }
        if it.is_settled() {
            actions.push(Action::Respond { worker });
        }
        if may(kinds.crashes) {
            actions.push(Action::Crash { worker });
        }
        if it.asking().is_some() {
            actions.push(Action::Reconcile { worker });
            if may(kinds.handler_errors) {
                actions.push(Action::Puzzle { worker });
            }
        }
        if it.running().is_none() {
            return;
        }
        actions.push(Action::Finish { worker });
        if may(kinds.handler_errors) {
            // What a transaction writes cannot have happened before it.
            let direct = self.protocol.effects == Effects::Direct;
            for after_effect in [false, true].into_iter().filter(|after| direct || !after) {
                actions.push(Action::Fail {
                    worker,
                    after_effect,
                });
            }
        }
    }
}

impl stateright::Model for Model {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State::at_start(&self.world)]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        if state.now < self.world.horizon {
            actions.push(Action::Tick);
        }
        for worker in 0..WORKERS {
            self.turns(state, worker, actions);
        }
        let may_lose = self.world.kinds.lost_answers && state.faults_left > 0;
        for (request, it) in state.network.iter().enumerate() {
            actions.push(Action::CarryOut { request });
            if it.awaited && may_lose {
                actions.push(Action::LoseAnswer { request });
            }
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        match action {
            Action::Tick => self.tick(&mut state),
            Action::Deliver {
                worker,
                first,
                last,
            } => self.deliver(&mut state, worker, first, last),
            Action::Finish { worker } => self.finish(&mut state, worker),
            Action::Fail {
                worker,
                after_effect,
            } => {
                state.faults_left -= 1;
                self.fail(&mut state, worker, after_effect);
            }
            Action::Reconcile { worker } => self.reconcile(&mut state, worker),
            Action::Puzzle { worker } => {
                state.faults_left -= 1;
                self.puzzle(&mut state, worker);
            }
            Action::Respond { worker } => self.respond(&mut state, worker),
            Action::Crash { worker } => {
                state.faults_left -= 1;
                self.end(&mut state, worker);
            }
            Action::CarryOut { request } => {
                let request = state.network.remove(request);
                let answer = self.carry_out(&mut state, request);
                if request.awaited {
                    self.answered(&mut state, request.token, answer);
                }
            }
            Action::LoseAnswer { request } => {
                state.faults_left -= 1;
                self.lose_answer(&mut state, request);
            }
        }
        self.reduce(&mut state);
        (state != *last).then_some(state)
    }

    fn properties(&self) -> Vec<Checked<Self>> {
        let promises = Property::ALL
            .into_iter()
            .map(|property| Checked::always(property.as_str(), property.condition()));
        let all_done = |_: &Self, state: &State| state.messages == [Message::Deleted; 2];
        promises
            .chain([Checked::sometimes(ALL_DONE, all_done)])
            .collect()
    }
}
