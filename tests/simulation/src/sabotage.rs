//! Safeguards, switched off one at a time, to show that the checks notice.

/// What is switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sabotage {
    /// The store completes a record whoever owns it.
    AnyoneCompletes,
    /// The store releases a record whoever owns it.
    AnyoneReleases,
    /// Leases end with the deadline, and are taken over without a margin.
    NoMargin,
    /// A message whose key somebody else holds is acknowledged.
    AcknowledgedDeferral,
    /// A completed key can be claimed again.
    ForgottenResults,
    /// An orphaned claim is rerun under `Quarantine`.
    QuarantineReruns,
    /// A transaction's writes are made whatever becomes of its record.
    TornTransaction,
    /// The processor does not see that a queue is FIFO.
    GroupsIgnored,
    /// Whoever claims a key that somebody else holds is told to have won it.
    HeldKeysWin,
}
