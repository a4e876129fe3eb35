//! The stack's queues and tables, through the AWS SDK, as any program would use them.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, Message as Received,
    SendMessageBatchRequestEntry,
};
use conversation::{ConversationsTable, Entry, TurnReady};
use ingestion::DocumentsTable;
use lambda_queue_cli::template::{REGION, Template};

use crate::Result;
use crate::messages::Message;

/// A batch of SQS.
const BATCH: usize = 10;
/// Pages of 1 MB, more than what is sent here fills.
const MAX_PAGES: usize = 1000;

/// Clients of a running stack.
pub struct Services {
    sqs: aws_sdk_sqs::Client,
    conversations: ConversationsTable,
    documents: DocumentsTable,
    /// Begins deduplication ids, and how many were given so far: what is sent again, by these
    /// clients or by others, is a new message to SQS.
    sender: String,
    sent: u64,
}

impl Services {
    /// Those of `template`, at this address.
    ///
    /// # Errors
    /// The template has other tables.
    pub fn at(url: &str, template: &Template) -> Result<Self> {
        let config = config(url);
        let dynamodb = aws_sdk_dynamodb::Client::new(&config);
        let tables = template.tables()?;
        let name = |id: &str| {
            let table = tables.iter().find(|it| it.logical_id == id);
            let none = || io::Error::other(format!("{}: no table {id}", template.file()));
            table.ok_or_else(none).map(|it| it.name.clone())
        };
        Ok(Self {
            sqs: aws_sdk_sqs::Client::new(&config),
            conversations: ConversationsTable::new(dynamodb.clone(), name("ConversationsTable")?),
            documents: DocumentsTable::new(dynamodb, name("DocumentsTable")?),
            sender: format!("{:016x}", fastrand::u64(..)),
            sent: 0,
        })
    }

    /// Sends messages, in their order.
    ///
    /// # Errors
    /// SQS does not take one of them.
    pub async fn send(&mut self, messages: &[Message]) -> Result<()> {
        for one_queue in messages.chunk_by(|a, b| a.queue == b.queue) {
            let url = self.url(&one_queue[0].queue).await?;
            for batch in one_queue.chunks(BATCH) {
                let entries = batch.iter().enumerate().map(|(index, it)| {
                    self.sent += 1;
                    let id = format!("{}-{}", self.sender, self.sent);
                    let deduplication = it.group.as_ref().map(|_| id);
                    SendMessageBatchRequestEntry::builder()
                        .id(index.to_string())
                        .message_body(&it.body)
                        .set_message_group_id(it.group.clone())
                        .set_message_deduplication_id(deduplication)
                        .build()
                });
                let entries = entries.collect::<std::result::Result<Vec<_>, _>>()?;
                let request = self.sqs.send_message_batch().queue_url(&url);
                let sent = request.set_entries(Some(entries)).send().await;
                let sent = sent.map_err(aws_sdk_sqs::Error::from)?;
                if let Some(failed) = sent.failed.first() {
                    let reason = format!("a message was not sent: {}", failed.code);
                    return Err(io::Error::other(reason).into());
                }
            }
        }
        Ok(())
    }

    /// Takes what says that turns are ready out of its queue.
    ///
    /// # Errors
    /// SQS does not answer, or something else is in the queue.
    pub async fn ready_turns(&self, queue: &str) -> Result<Vec<TurnReady>> {
        let bodies = self.take(queue).await?;
        let turns = bodies.iter().map(|it| serde_json::from_str(it));
        Ok(turns.collect::<std::result::Result<_, _>>()?)
    }

    /// Takes all messages out of a queue.
    ///
    /// # Errors
    /// SQS does not answer.
    pub async fn take(&self, queue: &str) -> Result<Vec<String>> {
        let url = self.url(queue).await?;
        let mut bodies = Vec::new();
        loop {
            let received = self.receive(&url).await?;
            if received.is_empty() {
                return Ok(bodies);
            }
            let mut entries = Vec::new();
            for (index, message) in received.into_iter().enumerate() {
                bodies.extend(message.body);
                let entry = DeleteMessageBatchRequestEntry::builder().id(index.to_string());
                let entry = entry.set_receipt_handle(message.receipt_handle);
                entries.push(entry.build()?);
            }
            let request = self.sqs.delete_message_batch().queue_url(&url);
            let deleted = request.set_entries(Some(entries)).send().await;
            deleted.map_err(aws_sdk_sqs::Error::from)?;
        }
    }

    /// The bodies in a dead-letter queue, each once. They stay there, to be looked at.
    ///
    /// # Errors
    /// SQS does not answer.
    pub async fn dead_letters(&self, queue: &str) -> Result<BTreeSet<String>> {
        let url = self.url(queue).await?;
        let mut all = Vec::new();
        loop {
            let received = self.receive(&url).await?;
            if received.is_empty() {
                break;
            }
            all.extend(received);
        }
        for batch in all.chunks(BATCH) {
            let entries = batch.iter().enumerate().map(|(index, it)| {
                ChangeMessageVisibilityBatchRequestEntry::builder()
                    .id(index.to_string())
                    .set_receipt_handle(it.receipt_handle.clone())
                    .visibility_timeout(0)
                    .build()
            });
            let entries = entries.collect::<std::result::Result<Vec<_>, _>>()?;
            let request = self.sqs.change_message_visibility_batch().queue_url(&url);
            let changed = request.set_entries(Some(entries)).send().await;
            changed.map_err(aws_sdk_sqs::Error::from)?;
        }
        Ok(all.into_iter().filter_map(|it| it.body).collect())
    }

    /// The transcripts of these conversations.
    ///
    /// # Errors
    /// DynamoDB does not answer.
    pub async fn transcripts<'a>(
        &self,
        conversations: impl Iterator<Item = &'a String>,
    ) -> Result<BTreeMap<String, Vec<Entry>>> {
        let mut transcripts = BTreeMap::new();
        for id in conversations {
            transcripts.insert(id.clone(), self.conversations.transcript(id).await?);
        }
        Ok(transcripts)
    }

    /// The ids of documents that can be searched.
    ///
    /// # Errors
    /// DynamoDB does not answer.
    pub async fn documents(&self) -> Result<BTreeSet<String>> {
        let chunks = self.documents.current_chunks(MAX_PAGES).await?;
        Ok(chunks.documents.into_keys().collect())
    }

    async fn receive(&self, url: &str) -> Result<Vec<Received>> {
        let request = self.sqs.receive_message().queue_url(url);
        let request = request.max_number_of_messages(10).wait_time_seconds(0);
        let received = request.send().await.map_err(aws_sdk_sqs::Error::from)?;
        Ok(received.messages.unwrap_or_default())
    }

    async fn url(&self, queue: &str) -> Result<String> {
        let found = self.sqs.get_queue_url().queue_name(queue).send().await;
        let url = found.map_err(aws_sdk_sqs::Error::from)?.queue_url;
        Ok(url.unwrap_or_default())
    }
}

/// How an SDK's clients reach the services at this address.
#[must_use]
pub fn config(url: &str) -> SdkConfig {
    let local = Credentials::new("local", "local", None, None, "demo");
    let http = aws_smithy_http_client::Builder::new().build_http();
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(url)
        .region(Region::new(REGION))
        .credentials_provider(SharedCredentialsProvider::new(local))
        .http_client(http)
        .build()
}
