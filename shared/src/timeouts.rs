use std::time::Duration;

use aws_sdk_sqs::Client as Sqs;
use aws_sdk_sqs::config::timeout::TimeoutConfig;

/// How long one try of a call may take that the toolkit makes by itself. They take milliseconds;
/// the SDK waits for an answer for ever.
const TRY: Duration = Duration::from_secs(5);

/// What was set for a client, and a limit to each try unless that was set, too, or switched off:
/// a connection that is held then costs seconds and not the invocation.
pub(crate) fn bounded(set: Option<&TimeoutConfig>) -> TimeoutConfig {
    let limit = TimeoutConfig::builder().operation_attempt_timeout(TRY);
    match set {
        Some(set) => set.to_builder().take_unset_from(limit).build(),
        None => limit.build(),
    }
}

/// The same client with limits.
pub(crate) fn bounded_sqs(client: &Sqs) -> Sqs {
    let config = client.config();
    let timeouts = bounded(config.timeout_config());
    Sqs::from_conf(config.to_builder().timeout_config(timeouts).build())
}
