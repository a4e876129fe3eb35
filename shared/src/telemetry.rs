//! Logs, spans and metrics.
//!
//! Every batch has a span and every message whose handler ran has one inside it, so that what
//! handlers log carries the message's id. When a message is settled, one event with the target
//! `lambda_queue::outcome` says what became of it: at `DEBUG` when it was processed or replayed,
//! at `WARN` when it failed, at `INFO` otherwise. Bodies never appear.

mod fields;
#[cfg(feature = "metrics")]
mod metrics;
#[cfg(not(feature = "metrics"))]
#[path = "telemetry/no_metrics.rs"]
mod metrics;

use std::env;

use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata, Span, debug, field, info, info_span, warn};
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, registry};

use crate::batch::{Outcome, Settled};
use crate::{ErrorClass, Message};

pub(crate) use metrics::BatchMetrics;

/// What these say beyond these levels shows events, requests and responses, bodies included; no
/// setting makes them say it.
const CAPPED: [(&str, Level); 5] = [
    ("lambda_runtime", Level::DEBUG),
    ("aws_smithy", Level::INFO),
    ("aws_sdk", Level::INFO),
    ("hyper", Level::INFO),
    ("rmcp", Level::ERROR),
];

/// What tracing calls a line that came over the `log` crate.
const LOG_RECORD: &str = "log record";

/// Starts logging to standard output, and metrics in CloudWatch's embedded metric format.
///
/// Inside Lambda logs are JSON unless `AWS_LAMBDA_LOG_FORMAT` says `Text`. `AWS_LAMBDA_LOG_LEVEL`
/// or `RUST_LOG` set the level, `INFO` otherwise. A subscriber that is set already stays.
pub fn init() {
    let level = env::var("AWS_LAMBDA_LOG_LEVEL")
        .ok()
        .and_then(|level| level.parse().ok());
    let filter = EnvFilter::builder()
        .with_default_directive(level.unwrap_or(LevelFilter::INFO).into())
        .from_env_lossy();
    let filter = filter.and(filter_fn(|line| !is_capped(line)));
    let layer = tracing_subscriber::fmt::layer();
    // An error means that the program has set its own subscriber: that one is to be used.
    let _ = if logs_json() {
        let layer = layer.json().with_current_span(false).with_span_list(true);
        let layer = layer.fmt_fields(fields::Fields);
        registry().with(layer.with_filter(filter)).try_init()
    } else {
        registry().with(layer.with_filter(filter)).try_init()
    };
    #[cfg(feature = "metrics")]
    metrics::init();
}

fn is_capped(line: &Metadata<'_>) -> bool {
    let known = CAPPED
        .iter()
        .any(|(target, cap)| line.target().starts_with(target) && line.level() > cap);
    // Parsers that use the `log` crate tell at these levels what they read, word by word.
    known || (line.name() == LOG_RECORD && *line.level() > Level::INFO)
}

fn logs_json() -> bool {
    match env::var("AWS_LAMBDA_LOG_FORMAT") {
        Ok(format) => format.eq_ignore_ascii_case("json"),
        Err(_) => env::var_os("AWS_LAMBDA_FUNCTION_NAME").is_some(),
    }
}

pub(crate) fn batch_span(messages: &[Message]) -> Span {
    let queue = messages.first().map(|message| message.queue_arn());
    info_span!("batch", queue, messages = messages.len())
}

pub(crate) fn message_span(message: &Message) -> Span {
    info_span!(
        "message",
        message_id = message.id(),
        receive_count = message.receive_count(),
        group = message.group_id(),
        trace_header = message.trace_header(),
        outcome = field::Empty,
    )
}

/// Says what became of a message, in its span if it has one.
pub(crate) fn settled(message: &Message, settled: &Settled, span: Option<Span>) {
    let outcome = settled.outcome.as_str();
    if let Some(span) = &span {
        span.record("outcome", outcome);
    }
    let _inside = span.as_ref().map(Span::enter);
    let (message_id, receive_count) = (message.id(), message.receive_count());
    let error = settled.error.as_deref();
    let class = settled.class.map(ErrorClass::as_str);
    macro_rules! say {
        ($level:ident) => {
            $level!(
                target: "lambda_queue::outcome",
                message_id, outcome, receive_count, error, class, "message settled"
            )
        };
    }
    match settled.outcome {
        Outcome::Processed | Outcome::Replayed => say!(debug),
        Outcome::Retry | Outcome::DeadLettered | Outcome::LeaseLost => say!(warn),
        Outcome::Deferred | Outcome::Blocked | Outcome::NotStarted => say!(info),
    }
}
