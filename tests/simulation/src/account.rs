//! The simulated SQS: a queue with its dead-letter queue, and the SDK's client to them.

mod connector;

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::config::timeout::TimeoutConfig;
use aws_sdk_sqs::config::{BehaviorVersion, Config, Credentials, Region};
use lambda_queue_simulator::sqs::api::CreateQueueRequest;
use lambda_queue_simulator::sqs::{Delivery, Sqs, SqsError};

use crate::fault::Fault;
use crate::scenario::Scenario;
use crate::shared::{START_MS, Shared};
use connector::Connector;

const REGION: &str = "eu-west-1";
const ACCOUNT: &str = "123456789012";
/// Seconds that a message is hidden: six times the function's timeout, as Lambda asks for.
pub(crate) const VISIBILITY_S: u32 = 180;
/// Receives before SQS dead-letters a message.
const RECEIVES: u32 = 8;

/// Where the queues are.
pub(crate) struct Account {
    pub(crate) queue: Arc<str>,
    pub(crate) dead_letters: Arc<str>,
    pub(crate) queue_arn: String,
    pub(crate) dead_letters_arn: String,
    client: std::sync::OnceLock<Client>,
}

/// The queues of a world.
///
/// # Errors
/// The simulator's, for a queue it does not create.
pub(crate) fn open(scenario: &Scenario) -> Result<(Sqs, Account), SqsError> {
    let suffix = if scenario.is_fifo() { ".fifo" } else { "" };
    let (queue, dead_letters) = (format!("orders{suffix}"), format!("orders-dlq{suffix}"));
    let arn = |name: &str| format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}");
    let mut sqs = Sqs::new(REGION, ACCOUNT, "http://127.0.0.1", scenario.seed);
    sqs.set_tracing(true);
    let mut attributes = BTreeMap::new();
    if scenario.is_fifo() {
        attributes.insert("FifoQueue".to_owned(), "true".to_owned());
    }
    let mut create = |queue_name: &str, attributes: &BTreeMap<String, String>| {
        let request = CreateQueueRequest {
            queue_name: queue_name.to_owned(),
            attributes: attributes.clone(),
            ..CreateQueueRequest::default()
        };
        sqs.create_queue(&request, START_MS).map(|it| it.queue_url)
    };
    let dead_letters_url = create(&dead_letters, &attributes)?;
    let target = arn(&dead_letters);
    let policy = format!(r#"{{"deadLetterTargetArn":"{target}","maxReceiveCount":{RECEIVES}}}"#);
    attributes.insert("RedrivePolicy".to_owned(), policy);
    attributes.insert("VisibilityTimeout".to_owned(), VISIBILITY_S.to_string());
    let queue_url = create(&queue, &attributes)?;
    let chance = |fault, often| if scenario.may(fault) { often } else { 0.0 };
    let delivery = Delivery::default()
        .with_duplicate(chance(Fault::Duplicate, 0.06))
        .with_reorder(chance(Fault::Reorder, 0.2));
    sqs.set_delivery(&queue_url, delivery)?;
    let account = Account {
        queue: queue_url,
        dead_letters: dead_letters_url,
        queue_arn: arn(&queue),
        dead_letters_arn: target,
        client: std::sync::OnceLock::new(),
    };
    Ok((sqs, account))
}

impl Account {
    /// The SDK's client; all processes share it.
    pub(crate) fn client(&self, shared: &Arc<Shared>) -> Client {
        let client = self.client.get_or_init(|| {
            let config = Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::from_static(REGION))
                .credentials_provider(Credentials::new("local", "local", None, None, "simulation"))
                .retry_config(RetryConfig::disabled())
                .timeout_config(TimeoutConfig::disabled())
                .http_client(Connector(Arc::downgrade(shared)));
            Client::from_conf(config.build())
        });
        client.clone()
    }
}
