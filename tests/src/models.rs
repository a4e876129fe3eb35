//! Amazon Bedrock's embedding models and an index of Amazon S3 Vectors, as the SDKs' clients see
//! them. What they refuse and what goes wrong is up to the test.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sqs::config::{Credentials, SharedCredentialsProvider};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Words that the model knows to mean the same.
const MEANINGS: [&[&str]; 4] = [
    &["refund", "refunded", "reimbursed", "money", "back"],
    &["parcel", "parcels", "package", "delivery", "shipped"],
    &["lamp", "lamps", "light", "bulb"],
    &["holiday", "leave", "vacation"],
];

/// A Bedrock and an S3 Vectors of a test's own; they end with the test.
pub struct Models {
    world: Arc<Mutex<World>>,
    aws: SdkConfig,
    served: JoinHandle<()>,
}

/// What they have seen and what they hold.
#[derive(Default)]
pub struct World {
    /// Requests to models: the model's id and the body.
    pub invocations: Vec<(String, Value)>,
    /// Requests to the index: the operation and the body.
    pub requests: Vec<(String, Value)>,
    /// The vectors of the index, by their keys, as they were put.
    pub vectors: BTreeMap<String, Value>,
    /// What goes wrong: a word that the path or body of a request contains, how often it does (or
    /// always), the status and the error's code.
    pub faults: Vec<Fault>,
    /// The dimensions of answers, if not those that were asked for.
    pub dimensions: Option<usize>,
    /// Whether models leave out the last vector.
    pub forgetful: bool,
}

/// What goes wrong.
pub struct Fault {
    /// With requests whose path or body contains this.
    pub word: &'static str,
    /// How often.
    pub times: usize,
    /// The status.
    pub status: u16,
    /// The error's code.
    pub code: &'static str,
}

impl Models {
    /// Starts them.
    ///
    /// # Panics
    /// They cannot be started; a test has no use for the error.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.unwrap_or_else(|error| panic!("no port: {error}"));
        let address = listener.local_addr();
        let address = address.unwrap_or_else(|error| panic!("no address: {error}"));
        let world = Arc::new(Mutex::new(World::default()));
        let router = Router::new()
            .route("/model/{id}/invoke", post(invoke))
            .route("/{operation}", post(index))
            .with_state(Arc::clone(&world));
        let served = tokio::spawn(async move {
            let served = axum::serve(listener, router).await;
            served.unwrap_or_else(|error| panic!("{error}"));
        });
        let credentials = Credentials::new("local", "local", None, None, "tests");
        let at_once = RetryConfig::standard().with_initial_backoff(Duration::from_millis(1));
        let aws = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .retry_config(at_once)
            .http_client(crate::http())
            .endpoint_url(format!("http://{address}"))
            .build();
        Self { world, aws, served }
    }

    /// What clients are made of.
    pub fn aws(&self) -> &SdkConfig {
        &self.aws
    }

    /// What they have seen and what they hold.
    pub fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }

    /// From now on, requests with this word fail so many times.
    pub fn fail(&self, word: &'static str, times: usize, status: u16, code: &'static str) {
        self.world().faults.push(Fault {
            word,
            times,
            status,
            code,
        });
    }
}

impl Drop for Models {
    fn drop(&mut self) {
        self.served.abort();
    }
}

fn lock(world: &Mutex<World>) -> MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    fn fault(&mut self, path: &str, body: &str) -> Option<Response> {
        let hit = |fault: &&mut Fault| {
            let hit = path.contains(fault.word) || body.contains(fault.word);
            fault.times > 0 && hit
        };
        let fault = self.faults.iter_mut().find(hit)?;
        fault.times -= 1;
        Some(refusal(fault.status, fault.code))
    }

    /// As the models' documentation says.
    fn embed(&self, model: &str, body: &Value) -> Result<Value, &'static str> {
        let titan = model.contains("titan");
        let texts = match &body["inputText"] {
            Value::String(text) if titan => vec![text.as_str()],
            _ => {
                let texts = body["texts"].as_array().ok_or("no texts")?.iter();
                texts.filter_map(Value::as_str).collect()
            }
        };
        let longest = if model.contains("v3") { 2048 } else { 50_000 };
        let fit = |text: &&str| (1..=longest).contains(&text.chars().count());
        if texts.is_empty() || texts.len() > 96 || !texts.iter().all(fit) {
            return Err("texts out of bounds");
        }
        let asked = body["dimensions"].as_u64();
        let asked = asked.or_else(|| body["output_dimension"].as_u64());
        let asked = usize::try_from(asked.unwrap_or(1024)).map_err(|_| "dimensions")?;
        let dimensions = self.dimensions.unwrap_or(asked);
        let mut vectors: Vec<_> = texts.iter().map(|it| vector(it, dimensions)).collect();
        if self.forgetful {
            vectors.pop();
        }
        if titan {
            let vector = vectors.pop();
            return Ok(json!({"embedding": vector, "inputTextTokenCount": 3}));
        }
        Ok(json!({
            "id": "1",
            "embeddings": {"float": vectors},
            "texts": texts,
            "response_type": "embeddings_by_type",
        }))
    }

    /// As the service's documentation says.
    fn index(&mut self, operation: &str, body: &Value) -> Option<Value> {
        let keys = body["keys"].as_array().into_iter().flatten();
        let keys: Vec<_> = keys.filter_map(Value::as_str).collect();
        match operation {
            "PutVectors" => {
                let vectors = body["vectors"].as_array()?;
                if vectors.is_empty() || vectors.len() > 500 {
                    return None;
                }
                for vector in vectors {
                    let key = vector["key"].as_str()?.to_owned();
                    self.vectors.insert(key, vector.clone());
                }
                Some(json!({}))
            }
            "DeleteVectors" if keys.len() <= 500 => {
                keys.iter().for_each(|key| drop(self.vectors.remove(*key)));
                Some(json!({}))
            }
            "GetVectors" if keys.len() <= 100 => {
                let found = keys.iter().filter(|key| self.vectors.contains_key(**key));
                let found: Vec<_> = found.map(|key| json!({"key": key})).collect();
                Some(json!({"vectors": found}))
            }
            "QueryVectors" => {
                let query = &body["queryVector"]["float32"];
                let model = &body["filter"]["model"];
                let same = self.vectors.values();
                let same = same.filter(|it| &it["metadata"]["model"] == model);
                let distance = |it: &Value| 1.0 - cosine(query, &it["data"]["float32"]);
                let mut found: Vec<_> = same.map(|it| (distance(it), it)).collect();
                found.sort_by(|(a, _), (b, _)| a.total_cmp(b));
                let nearest = found
                    .into_iter()
                    .take(usize::try_from(body["topK"].as_u64()?).ok()?);
                let nearest =
                    nearest.map(|(_, it)| json!({"key": it["key"], "metadata": it["metadata"]}));
                Some(json!({"vectors": nearest.collect::<Vec<_>>(), "distanceMetric": "cosine"}))
            }
            _ => None,
        }
    }
}

async fn invoke(
    State(world): State<Arc<Mutex<World>>>,
    Path(model): Path<String>,
    body: String,
) -> Response {
    let mut world = lock(&world);
    let request: Value = serde_json::from_str(&body).unwrap_or_default();
    world.invocations.push((model.clone(), request.clone()));
    if let Some(refusal) = world.fault(&model, &body) {
        return refusal;
    }
    match world.embed(&model, &request) {
        Ok(answer) => answer.to_string().into_response(),
        Err(_) => refusal(400, "ValidationException"),
    }
}

async fn index(
    State(world): State<Arc<Mutex<World>>>,
    Path(operation): Path<String>,
    body: String,
) -> Response {
    let mut world = lock(&world);
    let request: Value = serde_json::from_str(&body).unwrap_or_default();
    world.requests.push((operation.clone(), request.clone()));
    if let Some(refusal) = world.fault(&operation, &body) {
        return refusal;
    }
    match world.index(&operation, &request) {
        Some(answer) => answer.to_string().into_response(),
        None => refusal(400, "ValidationException"),
    }
}

fn refusal(status: u16, code: &'static str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::IM_A_TEAPOT);
    let body = json!({"message": "refused by the test"}).to_string();
    (status, [("x-amzn-errortype", code)], body).into_response()
}

/// A word's direction is that of its meaning; what it is not known to mean, its letters say.
fn vector(text: &str, dimensions: usize) -> Vec<f32> {
    let mut numbers = vec![0.01; dimensions];
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        let word = word.to_lowercase();
        let meaning = MEANINGS.iter().position(|it| it.contains(&word.as_str()));
        let letters = word
            .bytes()
            .fold(0, |sum: usize, byte| sum * 31 % 8191 + usize::from(byte));
        let place = meaning.unwrap_or(MEANINGS.len() + letters % (dimensions - MEANINGS.len()));
        numbers[place] += if meaning.is_some() { 1.0 } else { 0.1 };
    }
    numbers
}

fn cosine(a: &Value, b: &Value) -> f64 {
    let numbers = |it: &Value| -> Vec<f64> {
        let numbers = it.as_array().into_iter().flatten();
        numbers.filter_map(Value::as_f64).collect()
    };
    numbers(a).iter().zip(numbers(b)).map(|(a, b)| a * b).sum()
}
