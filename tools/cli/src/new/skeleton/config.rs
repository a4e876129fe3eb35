//! The function's configuration.

use aws_sdk_sqs::Client as Sqs;
use lambda_queue::{
    BatchProcessor, BuildError, Environment, EnvironmentError, Idempotency, IdempotencyStore,
    QueueSettings,
};

use crate::{{{Name}}, Message};

/// What the function is told by its environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// What every function fed by a queue is told.
    pub queue: QueueSettings,
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
        let queue = QueueSettings::read(&mut environment);
        environment.check(Self { queue })
    }

    /// The function: what its messages are put through.
    ///
    /// # Errors
    /// A setting that [`Config::read`] would not have let through.
    pub fn processor(
        &self,
        store: impl IdempotencyStore,
        sqs: &Sqs,
    ) -> Result<BatchProcessor<Message, {{Name}}>, BuildError> {
        let idempotency =
            Idempotency::new(store, |message: &Message| message.id.clone()).namespace("{{name}}");
        let builder = BatchProcessor::builder({{Name}});
        self.queue
            .apply(builder, sqs)
            .idempotency(idempotency)
            .build()
    }
}
