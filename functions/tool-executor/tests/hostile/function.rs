//! The function as it is deployed, with two more tools, and its memory measured.

use std::time::Duration;

use lambda_queue::{BatchProcessor, BatchReport, Deadline, MemoryStore, Outcome};
use lambda_queue_tests::{DynamoDb, Queues, S3, first_delivery};
use peak_alloc::PeakAlloc;
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};
use tool_executor::{
    Calculator, Clients, Config, Effect, HttpFetch, MAX_PAGE_BYTES, Registry, Sites, Tool,
    ToolExecutor, ToolFuture, ToolRequest, ToolSpec,
};

use crate::network::TestNetwork;
use crate::site;

#[global_allocator]
pub(crate) static ALLOCATOR: PeakAlloc = PeakAlloc;
/// Memory is that of the process: tests take turns.
static ALONE: Mutex<()> = Mutex::const_new(());

/// What one message, or a batch, may need on top of what was there before, as a multiple of the largest
/// page: bytes, characters, the tree of HTML and markdown.
pub(crate) const BOUND: usize = 12 * MAX_PAGE_BYTES;
pub(crate) const OUTPUTS: &str = "outputs";
const RESULTS: &str = "results";

pub(crate) struct Function {
    _alone: MutexGuard<'static, ()>,
    _s3: S3,
    dynamodb: DynamoDb,
    processor: BatchProcessor<ToolRequest, ToolExecutor>,
}

impl Function {
    pub(crate) async fn start() -> Self {
        let alone = ALONE.lock().await;
        let table = (RESULTS, "conversation_id", Some("tool_call_id"));
        let dynamodb = DynamoDb::start(&[table]).await;
        let s3 = S3::start(&[OUTPUTS]).await;
        let clients = Clients {
            dynamodb: dynamodb.client(),
            s3: s3.client(),
            sqs: Queues::fifo(&["dead.fifo"]).client(),
        };
        let config = Config::read(&environment).unwrap();
        let processor = config.processor(tools().await, MemoryStore::new(), &clients);
        Self {
            _alone: alone,
            _s3: s3,
            dynamodb,
            processor: processor.unwrap(),
        }
    }

    pub(crate) async fn deliver(&self, bodies: &[String]) -> BatchReport {
        let event = first_delivery("calls", bodies);
        self.processor.process(event, Deadline::unknown()).await
    }

    /// What becomes of one message, why, and how much memory that took.
    pub(crate) async fn handle(&self, body: String) -> (Outcome, String, usize) {
        ALLOCATOR.reset_peak_usage();
        let before = ALLOCATOR.current_usage();
        let report = self.deliver(&[body]).await;
        let peak = ALLOCATOR.peak_usage() - before;
        let message = &report.messages[0];
        let error = message.error.clone().unwrap_or_default();
        (message.outcome, error, peak)
    }

    /// What the table has, as items.
    pub(crate) fn results(&self) -> Vec<Value> {
        self.dynamodb.items(RESULTS)
    }
}

fn environment(name: &str) -> Option<String> {
    let value = match name {
        "IDEMPOTENCY_TABLE" | "DOCUMENTS_TABLE" => "unused",
        "TOOL_RESULTS_TABLE" => RESULTS,
        "RESULTS_BUCKET" => OUTPUTS,
        "DEAD_LETTER_QUEUE_URL" => "http://sqs/123456789012/dead.fifo",
        _ => return None,
    };
    Some(value.to_owned())
}

async fn tools() -> Registry {
    let public: &[&[&str]] = &[&["93.184.216.34"]];
    let network = TestNetwork::to(site::start().await).name("site.test", public);
    let sites = Sites::parse("site.test").unwrap();
    Registry::new()
        .with(Calculator::new())
        .and_then(|it| it.with(HttpFetch::over(network, sites)))
        .and_then(|it| it.with(Odd::new("sleeps", || Box::pin(std::future::pending()))))
        .and_then(|it| it.with(Odd::new("talks", talks)))
        .unwrap()
}

fn talks() -> ToolFuture<'static> {
    Box::pin(async { Ok("words ".repeat(10_000)) })
}

/// A tool that does no good.
struct Odd {
    spec: ToolSpec,
    call: fn() -> ToolFuture<'static>,
}

impl Odd {
    fn new(name: &str, call: fn() -> ToolFuture<'static>) -> Self {
        let spec = ToolSpec {
            name: name.to_owned(),
            description: String::new(),
            arguments: json!({"type": "object"}),
            effect: Effect::ReadOnly,
            timeout: Duration::from_secs(1),
        };
        Self { spec, call }
    }
}

impl Tool for Odd {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn call(&self, _: Value) -> ToolFuture<'_> {
        (self.call)()
    }
}
