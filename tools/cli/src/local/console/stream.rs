//! What the page follows: the state, once a second at most, and activity as it happens.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State as Given;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use serde_json::json;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::Seen;
use super::answers::{json_text, shown};
use super::state::State;
use crate::local::activity::Activity;
use crate::local::clock::epoch_ms;

/// How often new activity is looked for. It is sent in one event, so that a run of a hundred
/// thousand messages is a few events a second.
const LOOK: Duration = Duration::from_millis(250);
/// Entries of one event; of more, the newest.
const MOST: usize = 50;
/// A connection that is quiet for longer is taken for lost by the page.
const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// When a page comes back that lost its connection.
const RETRY: Duration = Duration::from_secs(1);

/// The state now, not a second ago.
pub(super) async fn state(Given(seen): Given<Seen>) -> Response {
    let state = serde_json::to_string(&State::of(&seen.watched)).unwrap_or_default();
    json_text(dated(&state))
}

pub(super) async fn history(Given(seen): Given<Seen>) -> Response {
    shown(&json!({ "nowMs": epoch_ms(), "samples": seen.live.samples() }))
}

pub(super) async fn events(Given(seen): Given<Seen>) -> Response {
    let mut tick = interval(LOOK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let follower = Follower {
        states: seen.live.states(),
        activity: Arc::clone(seen.queues().activity()),
        read: 0,
        tick,
    };
    // Each event is made when the one before is on its way: nothing piles up for who is slow.
    let events = unfold(follower, |mut follower| async {
        let event = follower.next().await;
        Some((Ok::<_, Infallible>(event), follower))
    });
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE).event(ping());
    Sse::new(events).keep_alive(keep_alive).into_response()
}

/// An event, where a comment would not be seen by the page's script.
fn ping() -> Event {
    Event::default().event("ping").data("{}")
}

/// One page.
struct Follower {
    states: watch::Receiver<Arc<str>>,
    activity: Arc<Activity>,
    /// The number of the last entry it was sent.
    read: u64,
    tick: Interval,
}

impl Follower {
    async fn next(&mut self) -> Event {
        loop {
            tokio::select! {
                Ok(()) = self.states.changed() => {
                    let state = self.states.borrow_and_update();
                    if !state.is_empty() {
                        let event = Event::default().event("state").retry(RETRY);
                        return event.data(dated(&state));
                    }
                }
                _ = self.tick.tick() => {
                    let news = self.activity.since(self.read, MOST);
                    self.read = news.last;
                    if !news.entries.is_empty()
                        && let Ok(data) = serde_json::to_string(&news)
                    {
                        return Event::default().event("activity").data(data);
                    }
                }
            }
        }
    }
}

/// A state with the time, which is not part of it: time alone is no change.
fn dated(state: &str) -> String {
    format!(r#"{{"nowMs":{},"state":{state}}}"#, epoch_ms())
}
