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
mod tests {
    use super::super::config::ProvisionedPollers;
    use super::*;

    fn refusal(queue: &str, change: impl FnOnce(&mut MappingConfig)) -> Option<String> {
        let mut config = MappingConfig::default();
        change(&mut config);
        let queue = QueueFacts {
            arn: format!("arn:aws:sqs:eu-west-1:123456789012:{queue}"),
            visibility_timeout_seconds: 30,
        };
        let function = FunctionFacts {
            timeout_seconds: 30,
            reserved_concurrency: None,
        };
        validate(&config, &queue, &function)
            .err()
            .map(|error| format!("{}: {error}", error.code()))
    }

    #[test]
    fn the_default_configuration_is_accepted() {
        assert_eq!(refusal("q", |_| ()), None);
        assert_eq!(refusal("q.fifo", |_| ()), None);
    }

    #[test]
    fn batch_sizes_are_1_to_10000() {
        assert_eq!(
            refusal("q", |c| c.batch_size = 0).unwrap(),
            "ValidationException: 1 validation error detected: Value '0' at 'batchSize' failed to \
             satisfy constraint: Member must have value greater than or equal to 1"
        );
        let batch =
            |size| move |c: &mut MappingConfig| (c.batch_size, c.window_seconds) = (size, 1);
        assert_eq!(refusal("q", batch(10_000)), None);
        assert!(
            refusal("q", batch(10_001))
                .unwrap()
                .ends_with("less than or equal to 10000")
        );
    }

    #[test]
    fn a_batch_over_10_needs_a_window() {
        assert_eq!(
            refusal("q", |c| c.batch_size = 11).unwrap(),
            "InvalidParameterValueException: Maximum batch window in seconds must be greater than 0 \
             if maximum batch size is greater than 10"
        );
    }

    #[test]
    fn windows_are_0_to_300_seconds() {
        assert_eq!(refusal("q", |c| c.window_seconds = 300), None);
        assert!(refusal("q", |c| c.window_seconds = 301).is_some());
    }

    #[test]
    fn fifo_queues_take_no_window_and_no_batch_over_10() {
        assert_eq!(
            refusal("q.fifo", |c| c.window_seconds = 1).unwrap(),
            "InvalidParameterValueException: Batching window is not supported for FIFO queues"
        );
        assert!(refusal("q.fifo", |c| c.batch_size = 11).is_some());
        assert!(refusal("q.fifo", |c| (c.batch_size, c.window_seconds) = (11, 1)).is_some());
    }

    #[test]
    fn maximum_concurrency_is_2_to_1000() {
        for (most, accepted) in [(1, false), (2, true), (1_000, true), (1_001, false)] {
            let refusal = refusal("q", |c| c.maximum_concurrency = Some(most));
            assert_eq!(refusal.is_none(), accepted, "{most}");
        }
    }

    #[test]
    fn provisioned_pollers_exclude_maximum_concurrency() {
        let pollers = |minimum, maximum| Some(ProvisionedPollers { minimum, maximum });
        assert_eq!(
            refusal("q", |c| c.provisioned_pollers = pollers(2, 10_000)),
            None
        );
        assert!(refusal("q", |c| c.provisioned_pollers = pollers(1, 5)).is_some());
        assert!(refusal("q", |c| c.provisioned_pollers = pollers(9, 8)).is_some());
        let both = refusal("q", |c| {
            c.provisioned_pollers = pollers(2, 5);
            c.maximum_concurrency = Some(5);
        });
        assert!(both.is_some());
    }

    #[test]
    fn a_visibility_timeout_below_the_functions_timeout_is_refused() {
        let queue = QueueFacts {
            arn: "arn:aws:sqs:eu-west-1:123456789012:q".into(),
            visibility_timeout_seconds: 30,
        };
        let function = FunctionFacts {
            timeout_seconds: 31,
            reserved_concurrency: None,
        };
        let error = validate(&MappingConfig::default(), &queue, &function).unwrap_err();
        assert_eq!(
            error.to_string(),
            "Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds"
        );
    }

    #[test]
    fn report_batch_item_failures_is_the_only_response_type() {
        let types = |list: &[&str]| {
            let list = list.iter().map(ToString::to_string).collect();
            move |c: &mut MappingConfig| c.function_response_types = list
        };
        assert_eq!(refusal("q", types(&["ReportBatchItemFailures"])), None);
        assert!(refusal("q", types(&["ReportBatchItemFailure"])).is_some());
    }

    #[test]
    fn invalid_filters_are_refused_in_lambdas_words() {
        assert_eq!(
            refusal("q", |c| c.filters.push("{".into())).unwrap(),
            "InvalidParameterValueException: Invalid filter pattern definition."
        );
    }

    #[test]
    fn an_arn_of_another_service_is_refused() {
        let queue = QueueFacts {
            arn: "arn:aws:sns:eu-west-1:1:t".into(),
            visibility_timeout_seconds: 30,
        };
        let function = FunctionFacts {
            timeout_seconds: 3,
            reserved_concurrency: None,
        };
        let error = validate(&MappingConfig::default(), &queue, &function).unwrap_err();
        assert_eq!(error, CreateError::EventSource);
    }

    #[test]
    fn reserved_concurrency_below_the_maximum_is_accepted_and_told() {
        let config = MappingConfig {
            maximum_concurrency: Some(5),
            ..MappingConfig::default()
        };
        let function = |reserved_concurrency| FunctionFacts {
            timeout_seconds: 3,
            reserved_concurrency,
        };
        assert!(config.may_be_throttled_by(&function(Some(4))));
        assert!(!config.may_be_throttled_by(&function(Some(5))));
        assert!(!config.may_be_throttled_by(&function(None)));
    }
}
