//! How long a request may take, and how often it is tried: as the client was told.

use std::pin::pin;
use std::time::Duration;

use aws_sdk_dynamodb::config::{AsyncSleep as _, SharedAsyncSleep};
use aws_smithy_types::retry::{RetryConfig, RetrySpec};
use aws_smithy_types::timeout::TimeoutConfig;
use futures_util::future::{Either, select};

use super::error::{Remedy, WireError};

#[derive(Debug)]
pub(super) struct Limits {
    pub(super) timeouts: TimeoutConfig,
    pub(super) retries: RetryConfig,
    /// The client's timers.
    pub(super) sleep: SharedAsyncSleep,
}

impl Limits {
    /// Tries until it succeeds, or until another try would not help or is not allowed.
    pub(super) async fn tries<T, F>(&self, send: impl Fn() -> F) -> Result<T, WireError>
    where
        F: Future<Output = Result<T, WireError>>,
    {
        let limit = self.timeouts.operation_attempt_timeout();
        for tries in 1.. {
            let error = match self.within(limit, send()).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            match error.remedy() {
                Some(remedy) if tries < self.retries.max_attempts() => {
                    self.sleep.sleep(self.pause(tries, remedy)).await;
                }
                _ => return Err(error),
            }
        }
        unreachable!("tries end");
    }

    /// Ends all tries together when their time is over.
    pub(super) async fn all_tries<T>(
        &self,
        tries: impl Future<Output = Result<T, WireError>>,
    ) -> Result<T, WireError> {
        self.within(self.timeouts.operation_timeout(), tries).await
    }

    async fn within<T>(
        &self,
        limit: Option<Duration>,
        sent: impl Future<Output = Result<T, WireError>>,
    ) -> Result<T, WireError> {
        let Some(limit) = limit else {
            return sent.await;
        };
        match select(pin!(sent), self.sleep.sleep(limit)).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => Err(WireError::TimedOut(limit)),
        }
    }

    /// Exponential with full jitter, from the client's own settings.
    fn pause(&self, tries: u32, remedy: Remedy) -> Duration {
        let throttled = self.retries.initial_backoff();
        let first = match (remedy, self.retries.retry_spec()) {
            (Remedy::Again, Some(spec)) => RetrySpec::non_throttling_initial_backoff(spec),
            _ => throttled,
        };
        let doubled = 2_u32.checked_pow(tries - 1);
        let longest = doubled.and_then(|times| first.checked_mul(times));
        let longest = longest.unwrap_or(Duration::MAX);
        let longest = longest.min(self.retries.max_backoff());
        longest.mul_f64(fastrand::f64())
    }
}
