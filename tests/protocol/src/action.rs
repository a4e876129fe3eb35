/// Something that happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Time passes.
    Tick,
    /// SQS hands these messages to a worker.
    Deliver {
        worker: usize,
        first: usize,
        last: usize,
    },
    /// The handler that runs has its effect, and its completion is sent.
    Finish { worker: usize },
    /// The handler that runs fails.
    Fail { worker: usize, after_effect: bool },
    /// The hook that was asked about a claim in doubt has found out whether the effect happened.
    Reconcile { worker: usize },
    /// The hook cannot tell.
    Puzzle { worker: usize },
    /// A worker responds.
    Respond { worker: usize },
    /// A worker's process ends.
    Crash { worker: usize },
    /// The store carries a request out, and answers if somebody still waits.
    CarryOut { request: usize },
    /// A worker waits no longer for the answer to its request.
    LoseAnswer { request: usize },
}
