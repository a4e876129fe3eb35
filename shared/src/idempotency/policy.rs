/// What becomes of a key whose handler may have had its effect without recording it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// Run it again once the orphaned claim's lease is over: for effects that may repeat.
    #[default]
    Rerun,
    /// Never run it again: the message goes to the dead-letter queue, for a person to look at, or
    /// to a [`reconcile`](crate::Idempotency::reconcile) hook.
    ///
    /// It applies to orphaned claims, to handlers that panic or are cut off at the deadline, to
    /// [`indeterminate`](crate::Classify::indeterminate) errors, and to errors nobody classified:
    /// only [`retryable`](crate::Classify::retryable) vouches that nothing happened yet. A handler
    /// whose [transactional writes](crate::idempotency#transactional-effects) were refused is run
    /// again: they did not happen.
    Quarantine,
}
