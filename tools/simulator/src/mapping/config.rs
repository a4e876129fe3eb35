//! What a mapping is created from: its configuration, its queue and its function.

/// A mapping's configuration; the fields of `CreateEventSourceMapping`, with Lambda's defaults.
#[derive(Debug, Clone, PartialEq)]
pub struct MappingConfig {
    /// `BatchSize`: most messages of a batch, 1–10,000; FIFO at most 10.
    pub batch_size: u32,
    /// `MaximumBatchingWindowInSeconds`, 0–300; not on FIFO.
    pub window_seconds: u32,
    /// `ScalingConfig.MaximumConcurrency`, 2–1,000.
    pub maximum_concurrency: Option<u32>,
    /// `ProvisionedPollerConfig`; excludes `MaximumConcurrency`.
    pub provisioned_pollers: Option<ProvisionedPollers>,
    /// The `Pattern` of each of `FilterCriteria.Filters`.
    pub filters: Vec<String>,
    /// `FunctionResponseTypes`: empty, or `ReportBatchItemFailures`.
    pub function_response_types: Vec<String>,
    /// `Enabled`: whether the mapping polls from the start.
    pub enabled: bool,
}

/// `ProvisionedPollerConfig` of an SQS mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProvisionedPollers {
    /// `MinimumPollers`, 2–200.
    pub minimum: u32,
    /// `MaximumPollers`, 2–10,000, not below the minimum.
    pub maximum: u32,
}

/// Invocations of a provisioned poller: "10 concurrent invokes".
pub(super) const PER_PROVISIONED_POLLER: u32 = 10;

/// What a mapping knows of its queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueFacts {
    /// The queue's ARN; the suffix `.fifo` makes it a FIFO queue.
    pub arn: String,
    /// The queue's `VisibilityTimeout`, in seconds.
    pub visibility_timeout_seconds: u32,
}

/// What a mapping knows of its function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FunctionFacts {
    /// The function's `Timeout`, in seconds.
    pub timeout_seconds: u32,
    /// Its `ReservedConcurrentExecutions`, if any.
    pub reserved_concurrency: Option<u32>,
}

impl Default for MappingConfig {
    fn default() -> Self {
        Self {
            batch_size: 10,
            window_seconds: 0,
            maximum_concurrency: None,
            provisioned_pollers: None,
            filters: Vec::new(),
            function_response_types: Vec::new(),
            enabled: true,
        }
    }
}

impl MappingConfig {
    /// Whether the function's response decides which messages come back.
    pub fn reports_batch_item_failures(&self) -> bool {
        !self.function_response_types.is_empty()
    }

    /// Most invocations at once that were asked for, if any number was.
    pub fn most_invocations(&self) -> Option<u32> {
        let pollers = self.provisioned_pollers;
        let provisioned = pollers.map(|it| it.maximum.saturating_mul(PER_PROVISIONED_POLLER));
        self.maximum_concurrency.or(provisioned)
    }

    /// Whether the function's reserved concurrency is too low for `MaximumConcurrency`.
    ///
    /// Lambda accepts this and throttles (Lambda Developer Guide, "Configuring scaling behavior for SQS
    /// event source mappings"). With several mappings on a function, their sum counts.
    pub fn may_be_throttled_by(&self, function: &FunctionFacts) -> bool {
        let reserved = function.reserved_concurrency;
        reserved
            .is_some_and(|reserved| self.maximum_concurrency.is_some_and(|most| most > reserved))
    }
}

impl QueueFacts {
    /// Whether the queue is FIFO. A group id does not tell: standard queues take one too.
    pub fn is_fifo(&self) -> bool {
        self.arn.ends_with(".fifo")
    }

    /// The region in the ARN.
    pub(super) fn region(&self) -> &str {
        self.arn.split(':').nth(3).unwrap_or_default()
    }
}
