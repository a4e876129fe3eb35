//! The console: a page about the running stack, at `/_console` of the endpoint.
//!
//! | address below `/_console` | answer |
//! |---|---|
//! | `GET /`, `GET /<file>` | the page, from the binary |
//! | `GET /api/state` | queues, functions, mappings, alarms and chaos now; see `state.rs` |
//! | `GET /api/history` | depths of the last five minutes, one sample a second; see `history.rs` |
//! | `GET /api/events` | server-sent events `state`, `activity`; see `stream.rs` |
//! | `GET /api/queues/{queue}?limit=200` | a queue's messages, oldest first, and its attributes |
//! | `GET /api/messages/{id}` | a message, where it is, and what happened to it |
//! | `POST /api/queues/{queue}/send` | `{body, group?, deduplicationId?, delaySeconds?, attributes?}` |
//! | `POST /api/queues/{queue}/redrive` | `{messageId}`, or `{}` for all of a dead-letter queue |
//! | `POST /api/queues/{queue}/delete` | `{messageId}` |
//! | `POST /api/queues/{queue}/purge` | `{}` |
//! | `POST /api/mappings/{uuid}` | `{enabled}` |
//!
//! A refusal is `{"error": "…"}` with a status of 4xx. A POST must say that it is JSON, which makes
//! browsers ask first where another site's page sends it; foreign hosts and origins are refused
//! before requests come here.

mod actions;
mod answers;
mod assets;
mod details;
mod history;
mod live;
mod messages;
mod state;
mod stream;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{get, post};
use tower::ServiceExt;

use super::queues::Queues;
use super::stack::Running;
use crate::template::Alarm;
use live::Live;

/// The path that everything of the console begins with.
const ROOT: &str = "/_console";

/// A console that can be asked; it stops watching when it is dropped.
pub(crate) struct Console {
    routes: Router,
    _live: Live,
}

/// What is looked at.
#[derive(Clone)]
struct Watched {
    running: Running,
    alarms: Arc<[Alarm]>,
}

/// What requests are answered from.
#[derive(Clone)]
struct Seen {
    watched: Watched,
    live: live::Reader,
}

impl Seen {
    fn queues(&self) -> &Queues {
        &self.watched.running.queues
    }
}

impl Console {
    /// Begins to watch what is `running`, and the template's `alarms`.
    pub(crate) fn start(running: &Running, alarms: Vec<Alarm>) -> Self {
        let watched = Watched {
            running: running.clone(),
            alarms: alarms.into(),
        };
        let live = Live::start(watched.clone());
        let seen = Seen {
            watched,
            live: live.reader(),
        };
        let api = Router::new()
            .route("/state", get(stream::state))
            .route("/history", get(stream::history))
            .route("/events", get(stream::events))
            .route("/queues/{queue}", get(details::queue))
            .route("/messages/{id}", get(details::message))
            .route("/queues/{queue}/send", post(actions::send))
            .route("/queues/{queue}/redrive", post(actions::redrive))
            .route("/queues/{queue}/delete", post(actions::delete))
            .route("/queues/{queue}/purge", post(actions::purge))
            .route("/mappings/{uuid}", post(actions::switch))
            .fallback(answers::nothing_here)
            .with_state(seen);
        let routes = Router::new()
            .route(ROOT, get(assets::page))
            .route(&format!("{ROOT}/"), get(assets::page))
            .route(&format!("{ROOT}/{{file}}"), get(assets::file))
            .nest(&format!("{ROOT}/api"), api);
        Self {
            routes,
            _live: live,
        }
    }

    /// Whether a request for `path` is for the console. No bucket's name begins like this.
    pub(crate) fn is_at(path: &str) -> bool {
        let rest = path.strip_prefix(ROOT);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Answers a request that `is_at` the console.
    pub(crate) async fn answer(&self, request: Request) -> Response {
        let Ok(answer) = self.routes.clone().oneshot(request).await;
        answers::guarded(answer)
    }
}
