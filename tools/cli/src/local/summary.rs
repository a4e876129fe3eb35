//! What a run came to, in numbers.

use std::collections::HashSet;
use std::time::Duration;

use lambda_queue_simulator::sqs::QueueSnapshot;
use serde::Serialize;

use super::calls::Call;
use super::chaos::{Chaos, Faults};
use super::functions::Functions;
use super::mapping::Mappings;
use super::pool::Tally;
use super::stack::Stack;

/// A run of `local`.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    pub(crate) queues: Vec<QueueSummary>,
    pub(crate) functions: Vec<FunctionSummary>,
    /// What went wrong on purpose; `None` without `--chaos`.
    pub(crate) chaos: Option<ChaosSummary>,
    pub(crate) took: Duration,
}

/// A queue's messages.
#[derive(Debug, Serialize)]
pub(crate) struct QueueSummary {
    pub(crate) name: String,
    /// Whether other queues' messages end here.
    #[serde(rename = "dead_letter_queue")]
    pub(crate) is_for_dead_letters: bool,
    /// Accepted from senders, or moved here from another queue.
    pub(crate) sent: u64,
    pub(crate) completed: u64,
    pub(crate) filtered: u64,
    /// Deliveries beyond a message's first.
    pub(crate) retried: u64,
    /// By SQS after too many receives, or by the function.
    pub(crate) dead_lettered: u64,
    /// Still there.
    pub(crate) left: u64,
}

/// What chaos has done.
#[derive(Debug, Serialize)]
pub(crate) struct ChaosSummary {
    pub(crate) faults: Faults,
    pub(crate) seed: u64,
    /// Messages delivered once more.
    pub(crate) duplicates: u64,
    /// Requests that DynamoDB refused.
    pub(crate) throttled: u64,
    /// Processes killed while they worked.
    pub(crate) killed: u64,
}

/// A function's invocations.
#[derive(Debug)]
pub(crate) struct FunctionSummary {
    pub(crate) name: String,
    pub(crate) tally: Tally,
    /// What it called and how often; none if nobody asked.
    pub(crate) calls: Option<Vec<(Call, u64)>>,
}

impl Summary {
    /// What `mappings` and the functions have done with the queues of `stack`.
    pub(super) fn of(stack: &Stack, mappings: &Mappings, took: Duration) -> Self {
        let snapshots = stack.queues().summaries();
        let targets = snapshots.iter().filter_map(|it| it.dead_letter_arn.clone());
        let targets: HashSet<_> = targets.collect();
        let queues = snapshots.iter().map(|it| {
            let is_for_dead_letters = targets.contains(it.arn.as_ref());
            queue(it, is_for_dead_letters, mappings)
        });
        let pools = stack.functions().all().iter();
        let used = pools.filter(|it| !it.function().event_sources.is_empty());
        let functions = used.map(|pool| FunctionSummary {
            name: pool.function().logical_id.clone(),
            tally: pool.tally(),
            calls: stack.calls().map(|it| it.of(&pool.function().logical_id)),
        });
        Self {
            queues: queues.collect(),
            functions: functions.collect(),
            chaos: ChaosSummary::of(stack.chaos(), stack.functions(), &snapshots),
            took,
        }
    }

    /// Messages that reached a dead-letter queue, by whichever way.
    pub(crate) fn dead_lettered(&self) -> u64 {
        let queues = self.queues.iter().filter(|it| it.is_for_dead_letters);
        queues.map(|it| it.sent).sum()
    }

    /// Messages that the functions are done with.
    pub(crate) fn completed(&self) -> u64 {
        self.queues.iter().map(|it| it.completed).sum()
    }
}

impl ChaosSummary {
    /// What `chaos` has done so far to `functions`, and to the queues that look like this.
    pub(crate) fn of(
        chaos: &Chaos,
        functions: &Functions,
        queues: &[QueueSnapshot],
    ) -> Option<Self> {
        let faults = chaos.faults();
        let pools = functions.all().iter();
        (faults != Faults::default()).then(|| Self {
            faults,
            seed: chaos.seed(),
            duplicates: queues.iter().map(|it| it.counters.copies).sum(),
            throttled: chaos.throttle().hits(),
            killed: pools.map(|it| it.killed()).sum(),
        })
    }
}

fn queue(snapshot: &QueueSnapshot, is_for_dead_letters: bool, mappings: &Mappings) -> QueueSummary {
    let tally = mappings.tally(&snapshot.arn);
    let left = snapshot.visible + snapshot.in_flight + snapshot.delayed;
    QueueSummary {
        name: snapshot.name.to_string(),
        is_for_dead_letters,
        sent: snapshot.counters.sent + snapshot.counters.arrived,
        completed: tally.completed,
        filtered: tally.filtered,
        retried: tally.retried,
        dead_lettered: snapshot.counters.dead_lettered + tally.dead_lettered,
        left: left as u64,
    }
}
