//! How many functions a message has come through: what makes a loop end.

use crate::Message;

/// The message attribute that counts.
pub(crate) const HOPS: &str = "LambdaQueueHops";
/// As many as Lambda's own loop detection allows (Lambda Developer Guide, "Use Lambda recursive
/// loop detection to prevent infinite loops").
pub(crate) const MAX_HOPS: u32 = 16;

/// What the message says; a producer that knows nothing of it starts at 0.
pub(crate) fn of(message: &Message) -> u32 {
    let count = message.message_attribute(HOPS);
    count.and_then(|it| it.parse().ok()).unwrap_or(0)
}
