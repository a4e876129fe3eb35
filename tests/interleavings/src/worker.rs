//! What the slots of a worker share.

#[path = "../../../shared/src/worker/in_hand.rs"]
mod in_hand;
#[path = "../../../shared/src/worker/health/state.rs"]
mod state;

/// What is worked on.
#[derive(Clone, Default)]
pub struct InHand(in_hand::InHand);

/// One of them.
pub struct Taken(in_hand::Taken);

impl InHand {
    #[must_use]
    pub fn take(&self, key: &str) -> Option<Taken> {
        self.0.take(key).map(Taken)
    }
}

/// How polling goes.
#[derive(Clone, Default)]
pub struct Health(state::Health);

impl Health {
    pub fn succeeded(&self) {
        self.0.succeeded();
    }

    pub fn failed(&self, reason: &str) {
        self.0.failed(reason);
    }

    pub fn stops(&self) {
        self.0.stops();
    }

    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.0.get() == state::State::Stopping
    }
}
