//! SQS by its rules behind a real address, which can be taken away and come back.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{BehaviorVersion, Config, Credentials, Region};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use lambda_queue::Clock;
use lambda_queue_simulator::sqs::{Sqs, SqsError};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

/// The queues of an account; they are there even while nothing answers for them.
#[derive(Clone)]
pub struct Queues {
    sqs: Arc<Mutex<Sqs>>,
    clock: Clock,
    /// So often a waiting receive looks again.
    look: Duration,
    /// What was asked, in order.
    requests: Arc<Mutex<Vec<(String, Value)>>>,
}

/// Where they answer, until this is dropped.
pub struct Endpoint {
    pub address: std::net::SocketAddr,
    server: JoinHandle<()>,
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Queues {
    pub fn new(clock: Clock) -> Self {
        Self {
            sqs: Arc::new(Mutex::new(Sqs::new(
                "eu-west-1",
                "123456789012",
                "http://sqs",
                1,
            ))),
            clock,
            look: Duration::from_millis(10),
            requests: Arc::default(),
        }
    }

    /// For half a day of paused time.
    pub fn looking_every(self, look: Duration) -> Self {
        Self { look, ..self }
    }

    /// A queue of this visibility timeout, in seconds; returns its URL.
    pub fn create(&self, name: &str, visibility_timeout: u64) -> String {
        let visibility_timeout = visibility_timeout.to_string();
        let attributes = match name.ends_with(".fifo") {
            true => json!({ "FifoQueue": "true", "VisibilityTimeout": visibility_timeout }),
            false => json!({ "VisibilityTimeout": visibility_timeout }),
        };
        let request = json!({ "QueueName": name, "Attributes": attributes });
        let created = self.ask("CreateQueue", &request);
        created["QueueUrl"].as_str().unwrap().to_owned()
    }

    /// What fails so often goes to the other queue.
    pub fn redrive(&self, url: &str, dead_letters: &str, max_receives: u32) {
        let name = dead_letters.rsplit('/').next().unwrap();
        let target = format!("arn:aws:sqs:eu-west-1:123456789012:{name}");
        let policy = json!({ "deadLetterTargetArn": target, "maxReceiveCount": max_receives });
        let attributes = json!({ "RedrivePolicy": policy.to_string() });
        let request = json!({ "QueueUrl": url, "Attributes": attributes });
        self.ask("SetQueueAttributes", &request);
    }

    pub fn send(&self, url: &str, body: &Value) {
        let request = json!({ "QueueUrl": url, "MessageBody": body.to_string() });
        self.ask("SendMessage", &request);
    }

    pub fn send_in_group(&self, url: &str, group: &str, body: &Value) {
        let body = body.to_string();
        let request = json!({
            "QueueUrl": url, "MessageBody": body, "MessageGroupId": group,
            "MessageDeduplicationId": format!("{group}-{}", body.replace(|it: char| !it.is_alphanumeric(), "_")),
        });
        self.ask("SendMessage", &request);
    }

    /// Messages that are visible, and that are hidden.
    pub fn depth(&self, url: &str) -> (u64, u64) {
        let request = json!({ "QueueUrl": url, "AttributeNames": ["All"] });
        let answer = self.ask("GetQueueAttributes", &request);
        let number = |name: &str| {
            answer["Attributes"][name]
                .as_str()
                .unwrap()
                .parse()
                .unwrap()
        };
        (
            number("ApproximateNumberOfMessages"),
            number("ApproximateNumberOfMessagesNotVisible"),
        )
    }

    /// Resolves when there are no messages in the queue, hidden or not.
    pub async fn emptied(&self, url: &str) {
        until(|| self.depth(url) == (0, 0)).await;
    }

    /// Notes something among the requests.
    pub fn note(&self, what: &str) {
        let mut requests = self.requests.lock().unwrap();
        requests.push((what.to_owned(), Value::Null));
    }

    /// What was asked, in order.
    pub fn operations(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        requests.iter().map(|(name, _)| name.clone()).collect()
    }

    /// The bodies of all requests for this operation.
    pub fn requests(&self, operation: &str) -> Vec<Value> {
        let requests = self.requests.lock().unwrap();
        let of = requests.iter().filter(|(name, _)| name == operation);
        of.map(|(_, body)| body.clone()).collect()
    }

    pub fn ask(&self, operation: &str, request: &Value) -> Value {
        let answer = self.handle(operation, request.to_string().as_bytes());
        answer.unwrap_or_else(|error| panic!("{operation}: {}", error.body()))
    }

    fn handle(&self, operation: &str, body: &[u8]) -> Result<Value, SqsError> {
        let mut sqs = self.sqs.lock().unwrap();
        sqs.handle(operation, body, self.clock.now_ms())
    }

    /// Answers as SQS does over HTTP: a receive waits for a message.
    pub async fn answer(&self, target: &str, body: &[u8]) -> Result<Value, SqsError> {
        let operation = target.rsplit('.').next().unwrap().to_owned();
        let request: Value = serde_json::from_slice(body).unwrap();
        let wait = request["WaitTimeSeconds"].as_u64().unwrap_or(0);
        self.requests
            .lock()
            .unwrap()
            .push((operation.clone(), request));
        let ends = Instant::now() + Duration::from_secs(wait);
        loop {
            let answer = self.handle(&operation, body)?;
            let waits = operation == "ReceiveMessage"
                && answer["Messages"].as_array().is_none_or(Vec::is_empty);
            if !waits || Instant::now() >= ends {
                return Ok(answer);
            }
            sleep(self.look).await;
        }
    }

    /// Answers at an address.
    pub async fn serve(&self) -> Endpoint {
        self.serve_at("127.0.0.1:0".parse().unwrap()).await
    }

    /// Answers at this address, as before.
    pub async fn serve_at(&self, address: std::net::SocketAddr) -> Endpoint {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().fallback(over_http).with_state(self.clone());
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Endpoint { address, server }
    }
}

impl Endpoint {
    /// The SDK's client.
    pub fn client(&self) -> Client {
        client(self.address)
    }
}

pub fn client(address: std::net::SocketAddr) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-west-1"))
        .credentials_provider(Credentials::for_tests())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(format!("http://{address}"));
    Client::from_conf(config.build())
}

async fn over_http(State(queues): State<Queues>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers["x-amz-target"].to_str().unwrap().to_owned();
    match queues.answer(&target, &body).await {
        Ok(answer) => answer.to_string().into_response(),
        Err(error) => {
            let status = StatusCode::from_u16(error.status()).unwrap();
            // Where the SDK looks for the code.
            let code = [("x-amzn-query-error", error.query_header())];
            (status, code, error.body().to_string()).into_response()
        }
    }
}

/// Resolves when something is so; a test that waits for a minute has failed.
pub async fn until(is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting)
        .await
        .unwrap();
}
