//! The function's configuration.

use aws_sdk_dynamodb::Client as DynamoDb;
use aws_sdk_sqs::Client as Sqs;
use lambda_queue::{
    BatchProcessor, BuildError, Environment, EnvironmentError, Idempotency, IdempotencyStore,
    QueueSettings,
};

use crate::{Conversation, ConversationsTable, Message, TurnQueues};

const TOOL_RESULTS_QUEUE_URL: &str = "TOOL_RESULTS_QUEUE_URL";
const TURN_READY_QUEUE_URL: &str = "TURN_READY_QUEUE_URL";

/// What the function is told by its environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// What every function fed by a queue is told.
    pub queue: QueueSettings,
    /// `CONVERSATIONS_TABLE`
    pub conversations_table: String,
    /// Without queues, nobody is told of turns.
    pub turns: Option<TurnQueueUrls>,
}

/// The queues by which turns are told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnQueueUrls {
    /// `TOOL_RESULTS_QUEUE_URL`: the queue the function is fed from.
    pub results: String,
    /// `TURN_READY_QUEUE_URL`
    pub ready: String,
}

impl Config {
    /// Reads the process environment.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    pub fn from_env() -> Result<Self, EnvironmentError> {
        Self::read(&|name| std::env::var(name).ok())
    }

    /// Reads variables by name.
    ///
    /// # Errors
    /// Everything that is wrong with them, at once.
    pub fn read(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self, EnvironmentError> {
        let mut environment = Environment::new(lookup);
        let config = Self {
            queue: QueueSettings::read(&mut environment),
            conversations_table: environment.required(
                "CONVERSATIONS_TABLE",
                "the name of the table of transcripts",
            ),
            turns: TurnQueueUrls::read(&mut environment),
        };
        environment.check(config)
    }

    /// The function: what its messages are put through.
    ///
    /// # Errors
    /// A setting that [`Config::read`] would not have let through.
    pub fn processor(
        &self,
        store: impl IdempotencyStore,
        dynamodb: DynamoDb,
        sqs: &Sqs,
    ) -> Result<BatchProcessor<Message, Conversation>, BuildError> {
        let table = ConversationsTable::new(dynamodb, &self.conversations_table);
        let turns = self.turns.as_ref();
        let turns = turns.map(|it| TurnQueues::new(sqs, &it.results, &it.ready));
        let idempotency = Idempotency::new(store, Message::idempotency_key)
            .namespace("conversation")
            // A tool that was run again may have said something else: what came first stands.
            .ignore_payload();
        let builder = BatchProcessor::builder(Conversation::new(table, turns));
        self.queue
            .apply(builder, sqs)
            .idempotency(idempotency)
            .build()
    }
}

impl TurnQueueUrls {
    /// Both or none: by one alone, complete turns would be forgotten or never looked at.
    fn read(environment: &mut Environment<'_>) -> Option<Self> {
        let results = environment.optional(TOOL_RESULTS_QUEUE_URL);
        let ready = environment.optional(TURN_READY_QUEUE_URL);
        if results.is_some() != ready.is_some() {
            environment.problem(format!(
                "only one of {TOOL_RESULTS_QUEUE_URL} and {TURN_READY_QUEUE_URL} is set; set both, \
                 or none of them if nobody waits for turns"
            ));
        }
        let (results, ready) = results.zip(ready)?;
        Some(Self { results, ready })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(variables: &[&str]) -> Vec<String> {
        let read = Config::read(&|name| variables.contains(&name).then(|| "set".to_owned()));
        read.err().map_or_else(Vec::new, |it| it.0)
    }

    #[test]
    fn everything_that_is_missing_is_said_at_once() {
        let problems = problems(&["TURN_READY_QUEUE_URL"]);
        assert_eq!(problems.len(), 3, "{problems:?}");
    }

    #[test]
    fn turns_are_told_of_by_both_queues_or_not_at_all() {
        let tables = ["IDEMPOTENCY_TABLE", "CONVERSATIONS_TABLE"];
        let queues = ["TOOL_RESULTS_QUEUE_URL", "TURN_READY_QUEUE_URL"];
        assert!(problems(&tables).is_empty());
        assert!(problems(&[tables, queues].concat()).is_empty());
        for queue in queues {
            let problems = problems(&[&tables[..], &[queue]].concat());
            assert_eq!(problems.len(), 1, "{problems:?}");
        }
    }
}
