//! The queues that the demo sends to, and their functions; what those send on is not its messages.

use std::collections::BTreeSet;

use crate::local::fixtures::Fixture;
use crate::local::mapping::Planned;
use crate::local::summary::{QueueSummary, Summary};
use crate::outcome::Outcome;

/// Names of queues, logical ids of functions.
#[derive(Debug)]
pub(super) struct Fed {
    queues: BTreeSet<String>,
    functions: BTreeSet<String>,
}

impl Fed {
    /// Those that `messages` are for.
    pub(super) fn by(messages: &[Fixture], planned: &[Planned]) -> Self {
        let queues = messages.iter().map(|it| it.queue().to_owned());
        let queues: BTreeSet<_> = queues.collect();
        let fed = planned
            .iter()
            .filter(|it| queues.contains(&it.queue().name));
        Self {
            functions: fed.map(|it| it.function.logical_id.clone()).collect(),
            queues,
        }
    }

    /// Messages in the queues, ever.
    pub(super) fn sent(&self, summary: &Summary) -> u64 {
        self.queues(summary).map(|it| it.sent).sum()
    }

    /// Messages that nothing is left to do about.
    pub(super) fn done(&self, summary: &Summary) -> u64 {
        let done = self.queues(summary);
        done.map(|it| it.completed + it.dead_lettered).sum()
    }

    /// How often the functions say that a message came to `outcome`.
    pub(super) fn settled(&self, summary: &Summary, outcome: Outcome) -> u64 {
        let functions = summary.functions.iter();
        let fed = functions.filter(|it| self.functions.contains(&it.name));
        fed.filter_map(|it| it.tally.outcomes.get(&outcome)).sum()
    }

    fn queues<'a>(&'a self, summary: &'a Summary) -> impl Iterator<Item = &'a QueueSummary> {
        let queues = summary.queues.iter();
        queues.filter(|it| self.queues.contains(&it.name))
    }
}
