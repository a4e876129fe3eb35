//! Looks at the stack once a second, whoever watches, and keeps what it saw.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use super::Watched;
use super::history::{History, Sample};
use super::state::State;
use crate::local::clock::epoch_ms;

const EVERY: Duration = Duration::from_secs(1);

/// The looking, which ends when this is dropped.
pub(super) struct Live {
    looking: JoinHandle<()>,
    reader: Reader,
}

/// What was seen.
#[derive(Clone)]
pub(super) struct Reader {
    /// The newest state, as JSON. Whoever is slow misses those in between.
    state: watch::Receiver<Arc<str>>,
    history: Arc<Mutex<History>>,
}

impl Live {
    pub(super) fn start(watched: Watched) -> Self {
        let (shown, state) = watch::channel(Arc::default());
        let history = Arc::<Mutex<History>>::default();
        let reader = Reader {
            state,
            history: Arc::clone(&history),
        };
        let looking = tokio::spawn(async move {
            let mut tick = interval(EVERY);
            tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                tick.tick().await;
                look(&watched, &shown, &history);
            }
        });
        Self { looking, reader }
    }

    pub(super) fn reader(&self) -> Reader {
        self.reader.clone()
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.looking.abort();
    }
}

/// One look; watchers wake only if something is different.
fn look(watched: &Watched, shown: &watch::Sender<Arc<str>>, history: &Mutex<History>) {
    let state = State::of(watched);
    let mut history = history.lock().unwrap_or_else(PoisonError::into_inner);
    history.add(epoch_ms(), &state);
    let text = serde_json::to_string(&state).unwrap_or_default();
    shown.send_if_modified(|old| {
        let differs = **old != *text;
        if differs {
            *old = text.into();
        }
        differs
    });
}

impl Reader {
    /// The states to come, and the newest at once.
    pub(super) fn states(&self) -> watch::Receiver<Arc<str>> {
        let mut states = self.state.clone();
        states.mark_changed();
        states
    }

    pub(super) fn samples(&self) -> Vec<Sample> {
        let history = self.history.lock();
        history.unwrap_or_else(PoisonError::into_inner).samples()
    }
}
