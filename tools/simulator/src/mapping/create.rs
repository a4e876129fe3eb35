//! The rules of `CreateEventSourceMapping` and `UpdateEventSourceMapping`, and AWS's words for them.

use std::ops::RangeInclusive;

use super::config::{FunctionFacts, MappingConfig, QueueFacts};
use super::filter::{FilterCriteria, FilterError};

/// Batches beyond this size need a window.
const MAX_BATCH_WITHOUT_WINDOW: u32 = 10;

/// Why a mapping is not created or updated; displayed as AWS's message.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CreateError {
    /// The ARN is not the ARN of an SQS queue. (The wording is not documented.)
    #[error("Unrecognized event source.")]
    EventSource,
    /// A number outside its range.
    #[error(
        "1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: \
         Member must have value {bound}"
    )]
    Range {
        /// The member's path, as the API spells it.
        field: &'static str,
        /// The value given.
        value: u32,
        /// The violated bound in words.
        bound: String,
    },
    /// A function response type that does not exist.
    #[error(
        "1 validation error detected: Value '[{0}]' at 'functionResponseTypes' failed to satisfy \
         constraint: Member must satisfy constraint: [Member must satisfy enum value set: \
         [ReportBatchItemFailures]]"
    )]
    FunctionResponseType(String),
    /// A FIFO queue with a window.
    #[error("Batching window is not supported for FIFO queues")]
    WindowOnFifo,
    /// A batch size over 10 without a window; so FIFO queues, which take none, stay at 10.
    #[error(
        "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater \
         than 10"
    )]
    WindowRequired,
    /// The visibility timeout is below the function's timeout.
    #[error(
        "Queue visibility timeout: {visibility} seconds is less than Function timeout: {timeout} \
         seconds"
    )]
    VisibilityBelowTimeout {
        /// The queue's visibility timeout in seconds.
        visibility: u32,
        /// The function's timeout in seconds.
        timeout: u32,
    },
    /// `MaximumConcurrency` beside provisioned pollers. (The wording is not documented.)
    #[error("MaximumConcurrency and ProvisionedPollerConfig are mutually exclusive.")]
    ConcurrencyWithProvisionedPollers,
    /// More provisioned pollers at least than at most. (The wording is not documented.)
    #[error("MinimumPollers must be less than or equal to MaximumPollers.")]
    PollersReversed,
    /// Filter criteria that cannot be used; AWS says no more, the source does.
    #[error("Invalid filter pattern definition.")]
    Filter(#[source] FilterError),
}

impl CreateError {
    /// The error code of Lambda's API.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Range { .. } | Self::FunctionResponseType(_) => "ValidationException",
            _ => "InvalidParameterValueException",
        }
    }
}

/// Checks a configuration and compiles its filters.
///
/// # Errors
/// The first rule that does not hold.
pub(super) fn validate(
    config: &MappingConfig,
    queue: &QueueFacts,
    function: &FunctionFacts,
) -> Result<FilterCriteria, CreateError> {
    shape(config)?;
    if !queue.arn.starts_with("arn:") || queue.arn.split(':').nth(2) != Some("sqs") {
        return Err(CreateError::EventSource);
    }
    if queue.is_fifo() && config.window_seconds > 0 {
        return Err(CreateError::WindowOnFifo);
    }
    if config.batch_size > MAX_BATCH_WITHOUT_WINDOW && config.window_seconds == 0 {
        return Err(CreateError::WindowRequired);
    }
    if queue.visibility_timeout_seconds < function.timeout_seconds {
        return Err(CreateError::VisibilityBelowTimeout {
            visibility: queue.visibility_timeout_seconds,
            timeout: function.timeout_seconds,
        });
    }
    if let Some(pollers) = config.provisioned_pollers {
        if config.maximum_concurrency.is_some() {
            return Err(CreateError::ConcurrencyWithProvisionedPollers);
        }
        if pollers.minimum > pollers.maximum {
            return Err(CreateError::PollersReversed);
        }
    }
    FilterCriteria::parse(&config.filters).map_err(CreateError::Filter)
}

/// The constraints that Lambda's API model states; they are checked before all others.
fn shape(config: &MappingConfig) -> Result<(), CreateError> {
    in_range("batchSize", config.batch_size, 1..=10_000)?;
    in_range(
        "maximumBatchingWindowInSeconds",
        config.window_seconds,
        0..=300,
    )?;
    if let Some(most) = config.maximum_concurrency {
        in_range("scalingConfig.maximumConcurrency", most, 2..=1_000)?;
    }
    if let Some(pollers) = config.provisioned_pollers {
        in_range(
            "provisionedPollerConfig.minimumPollers",
            pollers.minimum,
            2..=200,
        )?;
        in_range(
            "provisionedPollerConfig.maximumPollers",
            pollers.maximum,
            2..=10_000,
        )?;
    }
    match config.function_response_types.as_slice() {
        [] => Ok(()),
        [only] if only == "ReportBatchItemFailures" => Ok(()),
        types => Err(CreateError::FunctionResponseType(types.join(", "))),
    }
}

fn in_range(
    field: &'static str,
    value: u32,
    range: RangeInclusive<u32>,
) -> Result<(), CreateError> {
    let bound = if value < *range.start() {
        format!("greater than or equal to {}", range.start())
    } else if value > *range.end() {
        format!("less than or equal to {}", range.end())
    } else {
        return Ok(());
    };
    Err(CreateError::Range {
        field,
        value,
        bound,
    })
}

#[cfg(test)]
mod tests;
