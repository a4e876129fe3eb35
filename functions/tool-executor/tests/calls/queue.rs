//! The FIFO queue that results go to.

use lambda_queue_tests::Queues;
use serde_json::Value;
use tool_executor::ResultsQueue;

const NAME: &str = "results.fifo";

#[derive(Clone)]
pub(crate) struct Queue(Queues);

impl Queue {
    pub(crate) fn new() -> Self {
        Self(Queues::fifo(&[NAME]))
    }

    /// Where a function sends results.
    pub(crate) fn results(&self) -> ResultsQueue {
        ResultsQueue::new(self.0.client(), self.0.url(NAME))
    }

    /// As if the queue were out of reach.
    pub(crate) fn out_of_reach(&self) -> ResultsQueue {
        ResultsQueue::new(self.0.client(), self.0.url("nowhere.fifo"))
    }

    /// All messages, as Lambda's records, for a consumer who deletes none.
    pub(crate) fn received(&self) -> Vec<Value> {
        let polls = std::iter::repeat_with(|| self.0.receive(NAME, 10));
        polls.take_while(|it| !it.is_empty()).flatten().collect()
    }
}
