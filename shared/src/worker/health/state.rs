use crate::sync::{Arc, Mutex, PoisonError};

/// How polling goes.
#[derive(Clone, Default)]
pub(in crate::worker) struct Health(Arc<Mutex<State>>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing was asked of SQS yet.
    #[default]
    Starting,
    Polling,
    Failing(String),
    Stopping,
}

impl Health {
    pub(in crate::worker) fn succeeded(&self) {
        self.set(State::Polling);
    }

    pub(in crate::worker) fn failed(&self, reason: &str) {
        self.set(State::Failing(reason.to_owned()));
    }

    pub(in crate::worker) fn stops(&self) {
        self.set(State::Stopping);
    }

    pub(super) fn get(&self) -> State {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.clone()
    }

    /// A worker that stops has nothing else to tell.
    fn set(&self, state: State) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !matches!(*now, State::Stopping) {
            *now = state;
        }
    }
}
