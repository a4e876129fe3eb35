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
use tracing_subscriber::filter::{FilterExt, Targets, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, registry};

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
    let filter = levels().and(filter_fn(|line| !is_capped(line)));
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

/// What `RUST_LOG` asks for, or Lambda's level for everything.
fn levels() -> Targets {
    let asked = env::var("RUST_LOG").unwrap_or_default();
    let mut asked = asked.split(',').map(str::trim).filter(|it| !it.is_empty());
    let Some(first) = asked.next() else {
        let level = env::var("AWS_LAMBDA_LOG_LEVEL").ok();
        let level = level.and_then(|level| level.parse().ok());
        return Targets::new().with_default(level.unwrap_or(LevelFilter::INFO));
    };
    asked.fold(with_directive(Targets::new(), first), with_directive)
}

/// With a level, or a target and its level. What is neither is left out, and said to be.
fn with_directive(levels: Targets, directive: &str) -> Targets {
    match directive.parse::<Targets>() {
        Ok(one) => {
            let levels = match one.default_level() {
                Some(level) => levels.with_default(level),
                None => levels,
            };
            levels.with_targets(one)
        }
        Err(error) => {
            eprintln!("RUST_LOG: `{directive}` is ignored: {error}");
            levels
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn levels_of(directives: &[&str]) -> Targets {
        let none = Targets::new();
        directives.iter().copied().fold(none, with_directive)
    }

    #[test]
    fn a_target_has_its_own_level_and_all_others_the_general_one() {
        let levels = levels_of(&["warn", "lambda_queue::outcome=debug"]);
        assert!(levels.would_enable("lambda_queue::outcome", &Level::DEBUG));
        assert!(!levels.would_enable("lambda_queue::outcome", &Level::TRACE));
        assert!(levels.would_enable("orders", &Level::WARN));
        assert!(!levels.would_enable("orders", &Level::INFO));
    }

    #[test]
    fn a_directive_that_is_none_takes_nothing_from_the_others() {
        let levels = levels_of(&["info", "orders=loud", "[batch]=trace"]);
        assert_eq!(levels.default_level(), Some(LevelFilter::INFO));
        assert!(!levels.would_enable("orders", &Level::DEBUG));
    }
}
