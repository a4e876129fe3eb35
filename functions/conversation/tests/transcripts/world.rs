//! The queues, the table, and Lambda in between: it polls, invokes, and deletes what is not
//! reported.

use std::time::Duration;

use aws_sdk_dynamodb::config::HttpClient;
use conversation::{
    Conversation, ConversationsTable, Entry, Message, TurnQueues, TurnReady, TurnState,
};
use lambda_queue::{
    BatchProcessor, BatchReport, Clock, Deadline, DynamoDbStore, Idempotency, Outcome,
};
use lambda_queue_tests::{DynamoDb, Fuse, Queues, event, http};
use serde_json::{Value, json};

pub(crate) const RESULTS: &str = "results.fifo";
const READY: &str = "ready.fifo";
const IDEMPOTENCY: &str = "idempotency";
const CONVERSATIONS: &str = "conversations";
/// Longer than a message is hidden, and than a claim is held.
const AFTER_A_CRASH: Duration = Duration::from_secs(90);

pub(crate) struct World {
    pub(crate) queues: Queues,
    dynamodb: DynamoDb,
    /// Turns that were told of, duplicates included.
    pub(crate) told: Vec<TurnReady>,
}

impl World {
    pub(crate) async fn start() -> Self {
        let tables = [
            (IDEMPOTENCY, "id", None),
            (CONVERSATIONS, "conversation_id", Some("sort")),
        ];
        Self {
            queues: Queues::fifo(&[RESULTS, READY]),
            dynamodb: DynamoDb::start(&tables).await,
            told: Vec::new(),
        }
    }

    /// Sends a result, as the tool executor does; `copy` tells one sent again from the first.
    pub(crate) fn send(&self, conversation: &str, body: &Value, copy: &str) {
        let call = body["tool_call_id"].as_str().unwrap_or_default();
        let deduplication_id = format!("{conversation}-{call}-{copy}");
        let body = body.to_string();
        self.queues
            .send(RESULTS, conversation, &deduplication_id, &body);
    }

    /// One invocation with up to `size` messages; none if there was nothing, or if it was cut off.
    pub(crate) async fn invoke(&mut self, size: usize, fuse: Option<&Fuse>) -> Option<BatchReport> {
        let records = self.queues.receive(RESULTS, size);
        if records.is_empty() {
            return None;
        }
        let clock = Clock::starting_at(self.queues.now_ms());
        let deadline = Deadline::after(Duration::from_secs(60), &clock);
        let report = match fuse {
            None => {
                let processor = self.processor(http(), self.queues.http(), clock);
                Some(processor.process(event(&records), deadline).await)
            }
            Some(fuse) => {
                let (dynamodb, sqs) = (fuse.over(http()), fuse.over(self.queues.http()));
                let processor = self.processor(dynamodb, sqs, clock);
                tokio::select! {
                    report = processor.process(event(&records), deadline) => Some(report),
                    () = fuse.blown() => None,
                }
            }
        };
        self.hear().await;
        let report = report?;
        for (record, message) in records.iter().zip(&report.messages) {
            if !message.outcome.is_reported() {
                self.queues.delete(RESULTS, record);
            }
        }
        Some(report)
    }

    /// Invocations until the queue of results is empty, and what they came to, in order.
    pub(crate) async fn drain(&mut self, size: usize) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for _ in 0..100 {
            if self.queues.depth(RESULTS) == 0 {
                return outcomes;
            }
            match self.invoke(size, None).await {
                Some(report) => outcomes.extend(report.messages.iter().map(|it| it.outcome)),
                None => self.queues.advance(AFTER_A_CRASH),
            }
        }
        panic!("the queue of results never gets empty: {outcomes:?}");
    }

    pub(crate) async fn transcript(&self, conversation: &str) -> Vec<Entry> {
        self.table().transcript(conversation).await.unwrap()
    }

    /// The calls of a transcript, in its order.
    pub(crate) async fn calls(&self, conversation: &str) -> Vec<String> {
        let entries = self.transcript(conversation).await;
        for (entry, position) in entries.iter().zip(1..) {
            assert_eq!(entry.position, position, "a gap in the transcript");
        }
        entries.into_iter().map(|it| it.tool_call_id).collect()
    }

    pub(crate) async fn turn(&self, conversation: &str, turn: &str) -> Option<TurnState> {
        self.table().turn(conversation, turn).await.unwrap()
    }

    fn table(&self) -> ConversationsTable {
        ConversationsTable::new(self.dynamodb.client(), CONVERSATIONS)
    }

    /// Every turn that is told of must be in the transcript by then.
    async fn hear(&mut self) {
        for record in self.queues.receive(READY, 10) {
            let ready: TurnReady = serde_json::from_str(record["body"].as_str().unwrap()).unwrap();
            let turn = self.turn(&ready.conversation_id, &ready.turn_id).await;
            assert!(turn.unwrap().outstanding.is_empty());
            let transcript = self.transcript(&ready.conversation_id).await;
            assert!(transcript.len() as u64 >= ready.entries);
            self.told.push(ready);
            self.queues.delete(READY, &record);
        }
    }

    pub(crate) fn processor(
        &self,
        dynamodb: impl HttpClient + 'static,
        sqs: impl HttpClient + 'static,
        clock: Clock,
    ) -> BatchProcessor<Message, Conversation> {
        let dynamodb = self.dynamodb.client_over(dynamodb);
        let sqs = self.queues.client_over(sqs);
        let turns = TurnQueues::new(&sqs, &self.queues.url(RESULTS), &self.queues.url(READY));
        let table = ConversationsTable::new(dynamodb.clone(), CONVERSATIONS);
        let store = DynamoDbStore::new(dynamodb, IDEMPOTENCY);
        let idempotency = Idempotency::new(store, Message::idempotency_key)
            .namespace("conversation")
            .ignore_payload();
        BatchProcessor::builder(Conversation::new(table, Some(turns)))
            .idempotency(idempotency)
            .clock(clock)
            .build()
            .unwrap()
    }
}

/// The result of a call, of a turn of these calls if there are any.
pub(crate) fn result(conversation: &str, call: &str, turn: Option<(&str, &[&str])>) -> Value {
    let mut body = json!({
        "conversation_id": conversation,
        "tool_call_id": call,
        "result": {"type": "tool_result", "tool_use_id": call, "content": "42"},
    });
    if let Some((id, calls)) = turn {
        body["turn"] = json!({"id": id, "tool_call_ids": calls});
    }
    body
}
