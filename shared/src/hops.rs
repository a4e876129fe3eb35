//! How many functions a message has come through: what makes a loop end.

use crate::Message;

/// The message attribute that counts.
pub(crate) const HOPS: &str = "LambdaQueueHops";
/// As many as Lambda's own loop detection allows (Lambda Developer Guide, "Use Lambda recursive
/// loop detection to prevent infinite loops").
pub(crate) const MAX_HOPS: u32 = 16;

/// What the message says; a producer that knows nothing of it starts at 0.
///
/// A count that cannot be read, or is too large for a number, is more than any limit: taken for 0, it
/// would let a loop begin anew.
pub(crate) fn of(message: &Message) -> u32 {
    let mut attributes = message.message_attributes();
    let Some((_, count)) = attributes.find(|(name, _)| *name == HOPS) else {
        return 0;
    };
    let count = count.string_value.as_deref();
    count.and_then(|it| it.parse().ok()).unwrap_or(u32::MAX)
}
