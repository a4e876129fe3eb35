//! An HTTP client that can lose requests and answers, and put words into DynamoDB's mouth.

use std::sync::{Arc, Mutex};

use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use serde_json::{Value, json};

/// What goes wrong with a request.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// It never arrives.
    LoseRequest,
    /// It is carried out, and the answer is lost.
    LoseAnswer,
    /// It is not carried out, and answered with this error.
    Refuse(u16, &'static str),
    /// These statements are not carried out, and answered with this code; the rest are.
    SkipStatements(Vec<usize>, &'static str),
    /// All statements are carried out, but these answered with this code.
    MisreportStatements(Vec<usize>, &'static str),
    /// All statements are carried out, but only this many answered.
    TruncateAnswer(usize),
    /// Nothing is read: every key comes back unprocessed.
    LeaveUnprocessed,
}

/// One request on its way.
pub(crate) struct Call<'a> {
    /// Such as `UpdateItem`.
    pub(crate) operation: &'a str,
    pub(crate) body: &'a str,
    /// How many of this operation came before.
    pub(crate) before: usize,
}

type Plan = Arc<dyn Fn(&Call<'_>) -> Option<Fault> + Send + Sync>;

#[derive(Clone)]
pub(crate) struct FaultyHttp {
    inner: SharedHttpClient,
    plan: Arc<Mutex<Plan>>,
    calls: Arc<Mutex<Vec<String>>>,
}

impl std::fmt::Debug for FaultyHttp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FaultyHttp")
    }
}

impl FaultyHttp {
    pub(crate) fn new() -> Self {
        Self {
            inner: Builder::new().build_http(),
            plan: Arc::new(Mutex::new(Arc::new(|_| None))),
            calls: Arc::default(),
        }
    }

    /// From now on, requests suffer what the plan says; counting starts again.
    pub(crate) fn inject(&self, plan: impl Fn(&Call<'_>) -> Option<Fault> + Send + Sync + 'static) {
        *self.plan.lock().unwrap() = Arc::new(plan);
        self.calls.lock().unwrap().clear();
    }

    /// No more faults; counting starts again.
    pub(crate) fn heal(&self) {
        self.inject(|_| None);
    }

    /// The operations asked for since the last [`inject`](Self::inject), attempts counted singly.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }

    pub(crate) fn count(&self, operation: &str) -> usize {
        self.calls().iter().filter(|it| *it == operation).count()
    }

    fn fault(&self, request: &HttpRequest) -> Option<Fault> {
        let target = request.headers().get("x-amz-target").unwrap();
        let operation = target.rsplit('.').next().unwrap();
        let body = std::str::from_utf8(request.body().bytes().unwrap()).unwrap();
        let before = self.count(operation);
        self.calls.lock().unwrap().push(operation.to_owned());
        let plan = self.plan.lock().unwrap().clone();
        plan(&Call {
            operation,
            body,
            before,
        })
    }
}

impl HttpClient for FaultyHttp {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(FaultyConnector {
            http: self.clone(),
            inner: self.inner.http_connector(settings, components),
        })
    }
}

#[derive(Clone, Debug)]
struct FaultyConnector {
    http: FaultyHttp,
    inner: SharedHttpConnector,
}

impl HttpConnector for FaultyConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Some(fault) = self.http.fault(&request) else {
            return self.inner.call(request);
        };
        let inner = self.inner.clone();
        HttpConnectorFuture::new(async move { suffer(fault, inner, request).await })
    }
}

async fn suffer(
    fault: Fault,
    inner: SharedHttpConnector,
    request: HttpRequest,
) -> Result<HttpResponse, ConnectorError> {
    match fault {
        Fault::LoseRequest => Err(lost()),
        Fault::LoseAnswer => {
            inner.call(request).await?;
            Err(lost())
        }
        Fault::Refuse(status, code) => {
            let kind = format!("com.amazonaws.dynamodb.v20120810#{code}");
            Ok(response(
                status,
                &json!({"__type": kind, "message": "injected"}),
            ))
        }
        Fault::SkipStatements(skipped, code) => skip(inner, request, &skipped, code).await,
        Fault::MisreportStatements(which, code) => {
            edit(inner, request, |answer| {
                for at in which {
                    answer["Responses"][at] = failed(code);
                }
            })
            .await
        }
        Fault::TruncateAnswer(kept) => {
            edit(inner, request, |answer| {
                answer["Responses"].as_array_mut().unwrap().truncate(kept);
            })
            .await
        }
        Fault::LeaveUnprocessed => {
            let keys = parsed(request.body().bytes().unwrap())["RequestItems"].take();
            Ok(response(
                200,
                &json!({"Responses": {}, "UnprocessedKeys": keys}),
            ))
        }
    }
}

async fn skip(
    inner: SharedHttpConnector,
    mut request: HttpRequest,
    skipped: &[usize],
    code: &str,
) -> Result<HttpResponse, ConnectorError> {
    let mut body = parsed(request.body().bytes().unwrap());
    let statements = body["Statements"].as_array().unwrap().clone();
    let kept: Vec<&Value> = (0..statements.len())
        .filter(|at| !skipped.contains(at))
        .map(|at| &statements[at])
        .collect();
    let mut answers = Vec::new();
    if !kept.is_empty() {
        body["Statements"] = json!(kept);
        let bytes = body.to_string().into_bytes();
        request
            .headers_mut()
            .insert("content-length", bytes.len().to_string());
        *request.body_mut() = SdkBody::from(bytes);
        let answer = read(inner.call(request).await?).await;
        answers = answer["Responses"].as_array().unwrap().clone();
    }
    for at in skipped {
        answers.insert(*at, failed(code));
    }
    Ok(response(200, &json!({"Responses": answers})))
}

async fn edit(
    inner: SharedHttpConnector,
    request: HttpRequest,
    change: impl FnOnce(&mut Value),
) -> Result<HttpResponse, ConnectorError> {
    let mut answer = read(inner.call(request).await?).await;
    change(&mut answer);
    Ok(response(200, &answer))
}

async fn read(mut answer: HttpResponse) -> Value {
    let body = ByteStream::new(answer.take_body());
    parsed(&body.collect().await.unwrap().into_bytes())
}

fn parsed(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

fn failed(code: &str) -> Value {
    json!({"Error": {"Code": code, "Message": "injected"}})
}

fn response(status: u16, body: &Value) -> HttpResponse {
    HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body.to_string()))
}

fn lost() -> ConnectorError {
    ConnectorError::io("injected: connection lost".into())
}
