//! A queue that is meant, and what it is connected to.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::types::QueueAttributeName as Name;
use serde_json::Value as Json;

use super::access::failed;
use super::name;
use crate::error::DlqError;

/// How endpoints that are not AWS's say that they do not know an operation.
const UNKNOWN: [&str; 4] = [
    "InvalidAction",
    "NotImplemented",
    "UnknownOperation",
    "UnknownOperationException",
];

/// A queue as it was when it was found.
pub(super) struct Queue {
    pub(super) client: Client,
    pub(super) url: String,
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) fifo: bool,
    pub(super) depth: Depth,
    /// Its own dead-letter queue.
    pub(super) redrive: Option<Redrive>,
}

/// How many messages there are, about.
#[derive(Clone, Copy, Default)]
pub(super) struct Depth {
    pub(super) visible: u64,
    pub(super) in_flight: u64,
    pub(super) delayed: u64,
}

/// A queue's redrive policy.
pub(super) struct Redrive {
    pub(super) target_arn: String,
    pub(super) max_receives: u64,
}

impl Queue {
    /// Finds a queue by its name, URL or ARN, or by a template's logical id.
    ///
    /// # Errors
    /// There is none, several could be meant, or SQS refuses.
    pub(super) async fn find(client: &Client, given: &str) -> Result<Self, DlqError> {
        let url = url(client, given).await?;
        Self::at(client, url).await
    }

    /// The queue at a URL.
    ///
    /// # Errors
    /// SQS refuses.
    pub(super) async fn at(client: &Client, url: String) -> Result<Self, DlqError> {
        let call = client.get_queue_attributes().queue_url(&url);
        let answer = call.attribute_names(Name::All).send().await;
        let answer = answer.map_err(failed("look at the queue"))?;
        let attribute = |name: Name| answer.attributes().and_then(|it| it.get(&name));
        let number = |name: Name| attribute(name).and_then(|it| it.parse().ok()).unwrap_or(0);
        let name = name::of_url(&url).to_owned();
        Ok(Self {
            client: client.clone(),
            arn: attribute(Name::QueueArn).cloned().unwrap_or_default(),
            fifo: name.ends_with(".fifo"),
            depth: Depth {
                visible: number(Name::ApproximateNumberOfMessages),
                in_flight: number(Name::ApproximateNumberOfMessagesNotVisible),
                delayed: number(Name::ApproximateNumberOfMessagesDelayed),
            },
            redrive: attribute(Name::RedrivePolicy).and_then(|it| Redrive::read(it)),
            name,
            url,
        })
    }

    /// All queues there are.
    ///
    /// # Errors
    /// SQS refuses.
    pub(super) async fn urls(client: &Client) -> Result<Vec<String>, DlqError> {
        let pages = client.list_queues().into_paginator().page_size(1000);
        let urls = pages.items().send().try_collect().await;
        urls.map_err(failed("list queues"))
    }

    /// The URLs of the queues that this one is the dead-letter queue of.
    ///
    /// # Errors
    /// SQS refuses.
    pub(super) async fn sources(&self) -> Result<Vec<String>, DlqError> {
        let call = self.client.list_dead_letter_source_queues();
        let pages = call.queue_url(&self.url).into_paginator().page_size(1000);
        match pages.items().send().try_collect().await {
            Err(error) if UNKNOWN.contains(&error.code().unwrap_or_default()) => {
                self.sources_by_policy().await
            }
            urls => urls.map_err(failed("list the queues it is the dead-letter queue of")),
        }
    }

    /// The same, from the redrive policies of all queues.
    async fn sources_by_policy(&self) -> Result<Vec<String>, DlqError> {
        let mut sources = Vec::new();
        for url in Self::urls(&self.client).await? {
            let redrive = Self::at(&self.client, url.clone()).await?.redrive;
            if redrive.is_some_and(|it| it.target_arn == self.arn) {
                sources.push(url);
            }
        }
        Ok(sources)
    }

    /// The ARN of a queue beside this one: redrive stays within an account and region.
    pub(super) fn arn_beside(&self, url: &str) -> String {
        let place = self.arn.rsplit_once(':').map_or("", |(place, _)| place);
        format!("{place}:{}", name::of_url(url))
    }

    /// The ARN of the queue at a URL, which may be in another account.
    ///
    /// # Errors
    /// SQS refuses.
    pub(super) async fn arn_of(&self, url: &str) -> Result<String, DlqError> {
        Ok(Self::at(&self.client, url.to_owned()).await?.arn)
    }

    /// What looking at messages may do, if it does more than count as receives.
    pub(super) fn caution(&self) -> Option<String> {
        let redrive = self.redrive.as_ref()?;
        let to = redrive.target_arn.rsplit(':').next().unwrap_or_default();
        let max = redrive.max_receives;
        Some(format!(
            "{} has a dead-letter queue of its own: looking at a message is a receive, and one with more than {max} receives moves to {to}",
            self.name
        ))
    }
}

async fn url(client: &Client, given: &str) -> Result<String, DlqError> {
    if given.starts_with("http://") || given.starts_with("https://") {
        return Ok(given.to_owned());
    }
    let arn: Vec<_> = given.split(':').collect();
    let (owner, name) = match arn.as_slice() {
        ["arn", _, "sqs", _, account, name] => (Some((*account).to_owned()), *name),
        _ => (None, given),
    };
    let call = client.get_queue_url().queue_name(name);
    match call
        .set_queue_owner_aws_account_id(owner.clone())
        .send()
        .await
    {
        Ok(answer) => Ok(answer.queue_url().unwrap_or_default().to_owned()),
        Err(error)
            if owner.is_none()
                && error
                    .as_service_error()
                    .is_some_and(|it| it.is_queue_does_not_exist()) =>
        {
            name::choose(Queue::urls(client).await?, given)
        }
        Err(error) => Err(failed("find the queue")(error)),
    }
}

impl Redrive {
    fn read(policy: &str) -> Option<Self> {
        let policy: Json = serde_json::from_str(policy).ok()?;
        // Consoles write the number as a text.
        let max = &policy["maxReceiveCount"];
        let max = max.as_u64().or_else(|| max.as_str()?.parse().ok());
        Some(Self {
            target_arn: policy["deadLetterTargetArn"].as_str()?.to_owned(),
            max_receives: max?,
        })
    }
}
