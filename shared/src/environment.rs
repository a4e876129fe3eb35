use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use aws_sdk_sqs::Client as Sqs;
use serde::de::DeserializeOwned;

use crate::{Backoff, BatchProcessorBuilder, Handler};

/// Reads a function's environment variables at cold start, and says everything that is wrong with
/// them at once.
///
/// ```
/// use lambda_queue::{Environment, EnvironmentError};
///
/// struct Config {
///     table: String,
///     pages: usize,
/// }
///
/// fn config(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Config, EnvironmentError> {
///     let mut environment = Environment::new(lookup);
///     let config = Config {
///         table: environment.required("TABLE", "the name of the table of pages"),
///         pages: environment.number("PAGES", 1..=100).unwrap_or(10),
///     };
///     environment.check(config)
/// }
///
/// let error = config(&|name| (name == "PAGES").then(|| "many".to_owned())).err();
/// assert_eq!(
///     error.map(|error| error.to_string()).as_deref(),
///     Some(
///         "the function's environment is not usable: TABLE is not set; set it to the name of the \
///          table of pages; PAGES is \"many\"; set it to a whole number from 1 to 100"
///     ),
/// );
/// ```
pub struct Environment<'e> {
    lookup: &'e dyn Fn(&str) -> Option<String>,
    problems: Vec<String>,
}

/// All that is wrong with the environment.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the function's environment is not usable: {}", .0.join("; "))]
pub struct EnvironmentError(pub Vec<String>);

impl<'e> Environment<'e> {
    /// Variables by name, usually from [`std::env::var`].
    pub fn new(lookup: &'e dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            lookup,
            problems: Vec::new(),
        }
    }

    /// A variable that may be left out; an empty one is.
    pub fn optional(&self, name: &str) -> Option<String> {
        (self.lookup)(name).filter(|value| !value.is_empty())
    }

    /// A variable that must be set.
    pub fn required(&mut self, name: &str, meaning: &str) -> String {
        self.optional(name).unwrap_or_else(|| {
            self.problem(format!("{name} is not set; set it to {meaning}"));
            String::new()
        })
    }

    /// A number in a range, if the variable is set.
    pub fn number<N>(&mut self, name: &str, range: RangeInclusive<N>) -> Option<N>
    where
        N: FromStr + PartialOrd + Display,
    {
        let value = self.optional(name)?;
        let number = value.parse().ok().filter(|number| range.contains(number));
        if number.is_none() {
            let (from, to) = range.into_inner();
            self.problem(format!(
                "{name} is {value:?}; set it to a whole number from {from} to {to}"
            ));
        }
        number
    }

    /// Something else that is wrong.
    pub fn problem(&mut self, problem: String) {
        self.problems.push(problem);
    }

    /// The configuration, if nothing was wrong.
    ///
    /// # Errors
    /// Everything that was.
    pub fn check<C>(self, config: C) -> Result<C, EnvironmentError> {
        if self.problems.is_empty() {
            Ok(config)
        } else {
            Err(EnvironmentError(self.problems))
        }
    }
}

/// What every function that is fed by a queue can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueSettings {
    /// `IDEMPOTENCY_TABLE`
    pub idempotency_table: String,
    /// `DEAD_LETTER_QUEUE_URL`: permanent failures go there; without it, redrive takes them.
    pub dead_letter_queue_url: Option<String>,
    /// `RETRY_BACKOFF_SECONDS`: failed messages come back after a backoff that starts with this.
    pub retry_backoff: Option<Duration>,
    /// `MAX_CONCURRENCY`: handlers running at a time.
    pub max_concurrency: Option<usize>,
}

impl QueueSettings {
    /// Reads them.
    pub fn read(environment: &mut Environment<'_>) -> Self {
        Self {
            idempotency_table: environment.required(
                "IDEMPOTENCY_TABLE",
                "the name of the table of idempotency records",
            ),
            dead_letter_queue_url: environment.optional("DEAD_LETTER_QUEUE_URL"),
            retry_backoff: environment
                .number("RETRY_BACKOFF_SECONDS", 1..=900)
                .map(Duration::from_secs),
            max_concurrency: environment.number("MAX_CONCURRENCY", 1..=1000),
        }
    }

    /// Tells them to a processor.
    pub fn apply<M, H>(
        &self,
        mut builder: BatchProcessorBuilder<M, H>,
        sqs: &Sqs,
    ) -> BatchProcessorBuilder<M, H>
    where
        M: DeserializeOwned + Send + 'static,
        H: Handler<M>,
    {
        if let Some(base) = self.retry_backoff {
            let cap = base.max(Duration::from_secs(900));
            builder = builder.retry(Backoff::exponential(base, cap), sqs.clone());
        }
        if let Some(url) = &self.dead_letter_queue_url {
            builder = builder.dead_letter_queue(sqs.clone(), url);
        }
        match self.max_concurrency {
            Some(max) => builder.max_concurrency(max),
            None => builder,
        }
    }
}
