//! The function with tools that do as they are told, on an embedded DynamoDB.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lambda_queue::{
    BatchProcessor, BatchReport, Clock, Deadline, Idempotency, MemoryStore, Outcome,
};
use lambda_queue_tests::{DynamoDb, first_delivery};
use serde_json::{Value, json};
use tool_executor::{
    Effect, MAX_OUTPUT_BYTES, Registry, Tool, ToolError, ToolExecutor, ToolFuture, ToolRequest,
    ToolResultsTable, ToolSpec,
};

pub(crate) const RESULTS: &str = "results";

pub(crate) type Told = fn() -> ToolFuture<'static>;

/// A tool that counts its runs and then does as it is told.
pub(crate) struct Probe {
    pub(crate) spec: ToolSpec,
    runs: Arc<AtomicUsize>,
    outcome: Told,
}

impl Tool for Probe {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn call(&self, _: Value) -> ToolFuture<'_> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        (self.outcome)()
    }
}

pub(crate) fn probe(effect: Effect, outcome: Told) -> (Probe, Arc<AtomicUsize>) {
    let runs = Arc::new(AtomicUsize::new(0));
    let spec = ToolSpec {
        name: "probe".to_owned(),
        description: String::new(),
        arguments: json!({"type": "object"}),
        effect,
        timeout: Duration::from_secs(10),
    };
    (
        Probe {
            spec,
            runs: Arc::clone(&runs),
            outcome,
        },
        runs,
    )
}

pub(crate) fn succeeds() -> ToolFuture<'static> {
    Box::pin(async { Ok("done".to_owned()) })
}

pub(crate) fn is_out_of_order() -> ToolFuture<'static> {
    Box::pin(async { Err(ToolError::unavailable("out of order")) })
}

pub(crate) fn never_returns() -> ToolFuture<'static> {
    Box::pin(std::future::pending())
}

pub(crate) fn talks_a_lot() -> ToolFuture<'static> {
    Box::pin(async { Ok("é".repeat(MAX_OUTPUT_BYTES)) })
}

pub(crate) struct Function {
    pub(crate) dynamodb: Arc<DynamoDb>,
    processor: BatchProcessor<ToolRequest, ToolExecutor>,
}

impl Function {
    pub(crate) async fn start(registry: Registry) -> Self {
        Self::start_with(registry, RESULTS, |executor| executor).await
    }

    /// The results go to a table that exists, or to one that does not.
    pub(crate) async fn start_with(
        registry: Registry,
        table: &str,
        set_up: impl FnOnce(ToolExecutor) -> ToolExecutor,
    ) -> Self {
        let key = ("conversation_id", Some("tool_call_id"));
        let dynamodb = DynamoDb::start(&[(RESULTS, key.0, key.1)]).await;
        let table = ToolResultsTable::new(dynamodb.client(), table);
        let processor = processor(set_up(ToolExecutor::new(registry, table)));
        Self {
            dynamodb: Arc::new(dynamodb),
            processor,
        }
    }

    /// Another one over the same results, which knows nothing of what this one did otherwise.
    pub(crate) fn another(
        &self,
        registry: Registry,
        set_up: impl FnOnce(ToolExecutor) -> ToolExecutor,
    ) -> Self {
        let table = ToolResultsTable::new(self.dynamodb.client(), RESULTS);
        Self {
            dynamodb: Arc::clone(&self.dynamodb),
            processor: processor(set_up(ToolExecutor::new(registry, table))),
        }
    }

    pub(crate) async fn deliver(&self, call: Value) -> (Outcome, String) {
        let report = self.deliver_all(&[("c", call)], Deadline::unknown()).await;
        let message = &report.messages[0];
        (message.outcome, message.error.clone().unwrap_or_default())
    }

    /// Delivers one batch of calls, each with its conversation.
    pub(crate) async fn deliver_all(
        &self,
        calls: &[(&str, Value)],
        deadline: Deadline,
    ) -> BatchReport {
        let body = |(conversation, call): &(&str, Value)| json!({"conversation_id": conversation, "call": call});
        let bodies: Vec<_> = calls.iter().map(body).collect();
        let event = first_delivery("calls", &bodies);
        self.processor.process(event, deadline).await
    }

    /// What the table has, each a call's id, its status and the result.
    pub(crate) fn results(&self) -> Vec<(String, String, Value)> {
        let text = |item: &Value, name: &str| item[name]["S"].as_str().unwrap().to_owned();
        let result = |item: Value| {
            let result = serde_json::from_str(&text(&item, "result")).unwrap();
            (text(&item, "tool_call_id"), text(&item, "status"), result)
        };
        self.dynamodb
            .items(RESULTS)
            .into_iter()
            .map(result)
            .collect()
    }
}

fn processor(executor: ToolExecutor) -> BatchProcessor<ToolRequest, ToolExecutor> {
    let asked = executor.clone();
    let idempotency = Idempotency::new(MemoryStore::new(), |request: &ToolRequest| {
        (
            request.conversation_id.clone(),
            request.call.id().into_owned(),
        )
    });
    let idempotency = idempotency
        .namespace("tool-executor")
        .payload(|request: &ToolRequest| request.call.clone())
        .policy_by(executor.policy())
        .reconcile(move |request, context| {
            let executor = asked.clone();
            async move { executor.reconcile(request, context).await }
        });
    let processor = BatchProcessor::builder(executor).idempotency(idempotency);
    // Runs with the test's time, which may be paused.
    let processor = processor.clock(Clock::starting_at(1_800_000_000_000));
    processor.build().expect("a processor")
}
