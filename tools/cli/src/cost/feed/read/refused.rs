//! What Lambda would refuse, at the line that is to blame.

use lambda_queue_simulator::mapping::{CreateError, EventSourceMapping, FunctionFacts, QueueFacts};

use super::{Mapping, Queue, small};
use crate::cost::feed::Feed;
use crate::template::{Fault, TemplateError};

/// # Errors
/// Lambda would not make such a mapping.
pub(super) fn check(
    feed: &Feed,
    mapping: &Mapping,
    queue: &Queue,
    file: &str,
) -> Result<(), TemplateError> {
    let facts = QueueFacts {
        arn: feed.arn(),
        visibility_timeout_seconds: small(feed.visibility_s),
    };
    let function = FunctionFacts {
        timeout_seconds: small(feed.timeout_s),
        reserved_concurrency: feed.reserved_concurrency,
    };
    let Err(error) = EventSourceMapping::create(feed.mapping.clone(), facts, function, 0) else {
        return Ok(());
    };
    let (label, queue_id) = (&mapping.label, &queue.logical_id);
    let (line, message) = match &error {
        CreateError::VisibilityBelowTimeout { .. } => {
            let message = format!("the queue {queue_id}, which feeds {label}: {error}");
            (queue.visibility.line, message)
        }
        CreateError::WindowOnFifo => (mapping.window.line, format!("{label}: {error}")),
        CreateError::WindowRequired => (mapping.batch_size.line, format!("{label}: {error}")),
        CreateError::Filter(why) => {
            let line = mapping.filtered.unwrap_or(mapping.line);
            (line, format!("{label}: {error} {why}"))
        }
        _ => (mapping.line, format!("{label}: {error}")),
    };
    Err(Fault::new(line, message).in_file(file))
}
