use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::operation::get_queue_attributes::GetQueueAttributesOutput as Attributes;
use aws_sdk_sqs::types::{MessageSystemAttributeName, QueueAttributeName};
use tokio::time::{sleep, timeout};
use tracing::warn;

use super::WorkerError;
use super::health::Health;
use super::pause::pause;
use super::received;
use crate::Message;
use crate::error::chain;
use crate::queue::reason;
use crate::timeouts::bounded_sqs;

/// How much longer than asked for a poll may take before its connection is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// The queue that messages come from.
pub(super) struct Source {
    pub(super) sqs: Client,
    /// With a limit of time to each try, which a poll has by itself.
    pub(super) impatient: Client,
    pub(super) url: String,
    arn: String,
    /// Asked for with each receive, if it is not the queue's own.
    hidden_for: Option<Duration>,
    visibility_timeout: Duration,
    wait: Duration,
}

impl Source {
    /// Looks at the queue, until there is an answer.
    pub(super) async fn open(
        sqs: Client,
        url: String,
        hidden_for: Option<Duration>,
        wait: Duration,
        health: &Health,
    ) -> Result<Self, WorkerError> {
        let mut failures = 0;
        let attributes = loop {
            let asking = sqs
                .get_queue_attributes()
                .queue_url(&url)
                .attribute_names(QueueAttributeName::QueueArn)
                .attribute_names(QueueAttributeName::VisibilityTimeout);
            match timeout(PATIENCE, asking.send()).await {
                Ok(Ok(attributes)) => break attributes,
                Ok(Err(SdkError::ServiceError(error)))
                    if error.err().is_queue_does_not_exist()
                        || error.err().is_invalid_address() =>
                {
                    return Err(WorkerError::NoQueue(url));
                }
                answer => {
                    failures += 1;
                    let error = answer.map_or_else(
                        |_| no_answer(),
                        |it| it.map_or_else(|it| why(&it), |_| String::new()),
                    );
                    health.failed(&error);
                    warn!(queue = url, %error, "cannot look at the queue; trying again");
                    sleep(pause(failures)).await;
                }
            }
        };
        health.succeeded();
        let own = attribute(&attributes, &QueueAttributeName::VisibilityTimeout);
        let own = Duration::from_secs(own.parse().unwrap_or_default());
        let visibility_timeout = hidden_for.unwrap_or(own);
        if visibility_timeout < Duration::from_secs(1) {
            return Err(WorkerError::NoVisibilityTimeout(url));
        }
        Ok(Self {
            arn: attribute(&attributes, &QueueAttributeName::QueueArn).to_owned(),
            impatient: bounded_sqs(&sqs),
            sqs,
            url,
            hidden_for,
            visibility_timeout,
            wait,
        })
    }

    pub(super) fn arn(&self) -> &str {
        &self.arn
    }

    pub(super) fn name(&self) -> &str {
        self.arn.rsplit(':').next().unwrap_or_default()
    }

    pub(super) fn visibility_timeout(&self) -> Duration {
        self.visibility_timeout
    }

    /// Waits for up to so many messages.
    ///
    /// # Errors
    /// Why there was no answer.
    pub(super) async fn receive(&self, max: usize) -> Result<Vec<Message>, String> {
        let mut poll = self
            .sqs
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(i32::try_from(max).unwrap_or(1))
            .wait_time_seconds(seconds(self.wait))
            .set_visibility_timeout(self.hidden_for.map(seconds))
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .message_attribute_names("All");
        if self.arn.ends_with(".fifo") {
            // If an answer is lost, the SDK's next try gets the same messages: otherwise their
            // groups would be blocked until they are visible again.
            let attempt = format!("{:032x}", fastrand::u128(..));
            poll = poll.receive_request_attempt_id(attempt);
        }
        match timeout(self.wait + PATIENCE, poll.send()).await {
            Ok(Ok(answer)) => {
                let messages = answer.messages.unwrap_or_default().into_iter();
                Ok(messages
                    .map(|it| received::message(it, &self.arn))
                    .collect())
            }
            Ok(Err(error)) => Err(why(&error)),
            Err(_) => Err(no_answer()),
        }
    }
}

fn attribute<'a>(attributes: &'a Attributes, name: &QueueAttributeName) -> &'a str {
    let value = attributes.attributes().and_then(|all| all.get(name));
    value.map_or("", String::as_str)
}

fn seconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_secs()).unwrap_or(i32::MAX)
}

fn no_answer() -> String {
    "SQS does not answer".to_owned()
}

/// Why a call failed. Where SQS was not reached, the causes say more than the SDK.
pub(super) fn why<E, R>(error: &SdkError<E, R>) -> String
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug + 'static,
{
    match error {
        SdkError::ServiceError(_) | SdkError::ResponseError(_) => reason(error),
        _ => chain(error),
    }
}
