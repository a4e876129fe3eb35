//! Settings that would suit the load, each with its reason.

use serde::Serialize;

use super::clock::length;
use super::quotas::MAPPING_CONCURRENCY;
use super::samples::Run;
use super::world::Setup;
use crate::cost::feed::Feed;
use crate::cost::payload_limit;
use crate::cost::units::short;

/// A setting of the queue or the mapping.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Suggestion {
    pub(crate) setting: &'static str,
    /// What the template says.
    pub(crate) now: Option<u64>,
    pub(crate) suggested: Option<u64>,
    pub(crate) why: String,
}

impl Suggestion {
    pub(crate) fn changes(&self) -> bool {
        self.now != self.suggested
    }
}

/// Windows that are worth the wait gather at least so many messages.
const WORTH_A_WINDOW: f64 = 2.0;
/// Room above what the load needs, for chance, retries, and to work off a backlog.
const HEADROOM: f64 = 1.5;
/// A function's timeout goes into a queue's visibility timeout so often (Lambda Developer Guide,
/// "Configuring a queue to use with Lambda").
const TIMEOUTS: u64 = 6;
/// Receives that a dead-letter queue should allow at least (the same).
const RECEIVES: u64 = 5;

/// The settings in question, those that should stay included.
pub(crate) fn advice(setup: &Setup<'_>, run: &Run) -> Vec<Suggestion> {
    let (batch, window) = batching(setup, run);
    let visibility = visibility(setup, window.suggested.unwrap_or_default());
    let mut suggestions = vec![visibility, batch, window, concurrency(setup, run)];
    suggestions.extend(receives(setup, run));
    suggestions
}

/// The feed with what was suggested.
pub(crate) fn improved(feed: &Feed, suggestions: &[Suggestion]) -> Feed {
    let mut feed = feed.clone();
    let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    for it in suggestions {
        let Some(value) = it.suggested else { continue };
        match it.setting {
            "VisibilityTimeout" => feed.visibility_s = value,
            "BatchSize" => feed.mapping.batch_size = small(value),
            "MaximumBatchingWindowInSeconds" => feed.mapping.window_seconds = small(value),
            "MaximumConcurrency" => feed.mapping.maximum_concurrency = Some(small(value)),
            _ => feed.max_receive_count = Some(value),
        }
    }
    feed
}

fn visibility(setup: &Setup<'_>, window_s: u64) -> Suggestion {
    let feed = setup.feed;
    let needed = (TIMEOUTS * feed.timeout_s + window_s).min(43_200);
    let formula = format!(
        "6 × the timeout of {} s + a window of {window_s} s",
        feed.timeout_s
    );
    let (suggested, why) = match feed.visibility_s >= needed {
        true => (feed.visibility_s, format!("at least {formula}")),
        false => (
            needed,
            format!("{formula}: retries after throttling must fit in, or messages come twice"),
        ),
    };
    Suggestion {
        setting: "VisibilityTimeout",
        now: Some(feed.visibility_s),
        suggested: Some(suggested),
        why,
    }
}

/// Batch size and window, which go together.
fn batching(setup: &Setup<'_>, run: &Run) -> (Suggestion, Suggestion) {
    let feed = setup.feed;
    let (size, window) = (feed.mapping.batch_size, feed.mapping.window_seconds);
    let rate = run.totals.sent as f64 / setup.load.span.seconds();
    let (limit, fill) = (payload_limit(setup.size), run.fill());
    let gathered = (1.0 + rate).min(limit as f64).min(100.0);
    let (size_to, window_to, why_size, why_window) = if u64::from(size) > limit {
        let why = format!("more than {limit} of such messages do not fit 6 MB");
        (limit, window, why, "it suits".to_owned())
    } else if feed.fifo {
        let why = format!("batches hold {fill:.1} messages, of at most 10 on FIFO");
        (10, 0, why, "FIFO queues have none".to_owned())
    } else if fill >= 0.8 * f64::from(size) && saturated(setup, run) && setup.handlers.lanes > 1 {
        let larger = (u64::from(size) * 5).clamp(10, 1_000).min(limit);
        let why = format!(
            "batches are full and all of them in use: more messages in each, {} side by side, do more at once",
            setup.handlers.lanes
        );
        let wait = "batches above 10 need one; under load they fill before".to_owned();
        (larger, window.max(u32::from(larger > 10)), why, wait)
    } else if window == 0 && fill < WORTH_A_WINDOW && rate >= 4.0 {
        let to = round_up(gathered * 1.5);
        let why = format!("about {} messages come in a second", short(rate.round()));
        let gain = format!(
            "batches hold {fill:.1} messages; with a second's wait about {}, for fewer invocations and requests",
            short(gathered.round())
        );
        (to.min(limit), 1, why, gain)
    } else {
        let why = format!("batches hold {fill:.1} messages");
        (u64::from(size), window, why, "it suits".to_owned())
    };
    let batch = Suggestion {
        setting: "BatchSize",
        now: Some(size.into()),
        suggested: Some(size_to),
        why: why_size,
    };
    let window = Suggestion {
        setting: "MaximumBatchingWindowInSeconds",
        now: Some(window.into()),
        suggested: Some(window_to.into()),
        why: why_window,
    };
    (batch, window)
}

/// A number from 10 that people would choose.
fn round_up(number: f64) -> u64 {
    let step: u64 = if number <= 100.0 { 10 } else { 50 };
    (number.ceil() as u64).div_ceil(step).max(1) * step
}

/// Whether the mapping ran as many batches as it may.
fn saturated(setup: &Setup<'_>, run: &Run) -> bool {
    let limit = setup.feed.mapping.maximum_concurrency;
    run.peak(|it| it.concurrency).0 >= u64::from(limit.unwrap_or(MAPPING_CONCURRENCY))
}

fn concurrency(setup: &Setup<'_>, run: &Run) -> Suggestion {
    let now = setup.feed.mapping.maximum_concurrency;
    // What a message keeps busy of an invocation, at the fill that was seen.
    let each = run.totals.busy_ms as f64 / 1_000.0 / run.totals.deliveries.max(1) as f64;
    let peak = setup.load.peak();
    let needed = peak * each;
    let room = (needed * HEADROOM).ceil() as u64;
    let suggested = room.clamp(2, 1_000);
    let reason = format!(
        "{} messages a second × {:.0} ms of an invocation each = {} at once, and half as many more",
        short(peak),
        each * 1_000.0,
        short(needed.ceil())
    );
    let why = match now {
        _ if suggested > u64::from(setup.concurrency) => format!(
            "{reason}; more than the {} that the account or the function has, so have that raised",
            setup.concurrency
        ),
        _ if room > 1_000 => format!("{reason}; there can be no more than 1,000"),
        _ => reason,
    };
    let keep = now.map(u64::from).filter(|now| {
        // Without a reason it need not change: enough, and not so much that it limits nothing.
        (suggested..=suggested.saturating_mul(3).max(10)).contains(now)
    });
    Suggestion {
        setting: "MaximumConcurrency",
        now: now.map(u64::from),
        suggested: Some(keep.unwrap_or(suggested)),
        why,
    }
}

/// How often a message may be received, where outages used that up.
fn receives(setup: &Setup<'_>, run: &Run) -> Option<Suggestion> {
    let limit = setup.feed.max_receive_count?;
    let outages = setup.load.outages.iter();
    let outage_s = outages.map(|it| it.length_ms() / 1_000).max();
    let outage_s = outage_s.filter(|_| run.totals.dead_lettered > 0)?;
    // Each try takes a visibility timeout at most; backoffs are shorter, and grow.
    let tries = match setup.handlers.backoff_s {
        None => outage_s / setup.feed.visibility_s.max(1) + 2,
        Some(base) => backoffs(base.max(1), outage_s),
    };
    let suggested = tries.clamp(RECEIVES, 1_000);
    (suggested > limit).then(|| Suggestion {
        setting: "maxReceiveCount",
        now: Some(limit),
        suggested: Some(suggested),
        why: format!(
            "an outage of {} used up {limit} receives: as many as it takes to outlast it",
            length(outage_s * 1_000)
        ),
    })
}

/// Tries that last for so long, where each waits half of twice as long as the one before, on
/// average, up to 15 minutes.
fn backoffs(base_s: u64, outage_s: u64) -> u64 {
    let (mut tries, mut passed, mut wait) = (2, 0, base_s);
    while passed < outage_s {
        passed += (wait / 2).max(1);
        wait = (wait * 2).min(900);
        tries += 1;
    }
    tries
}
