//! What a fault does to a request on the wire.

use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use serde_json::{Value, json};

use super::Fault;

/// Sends the request the way of the fault.
pub(super) async fn suffer(
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
        Fault::Cancel(codes) => Ok(response(400, &cancelled(codes))),
        Fault::ForgetToken => {
            let mut request = request;
            let mut body = parsed(request.body().bytes().unwrap());
            body.as_object_mut().unwrap().remove("ClientRequestToken");
            replace_body(&mut request, &body);
            inner.call(request).await
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
        Fault::LeaveUnprocessed { read } => leave_unprocessed(inner, request, read).await,
    }
}

async fn leave_unprocessed(
    inner: SharedHttpConnector,
    mut request: HttpRequest,
    read: usize,
) -> Result<HttpResponse, ConnectorError> {
    let mut body = parsed(request.body().bytes().unwrap());
    let mut unprocessed = body["RequestItems"].clone();
    if read == 0 {
        let answer = json!({"Responses": {}, "UnprocessedKeys": unprocessed});
        return Ok(response(200, &answer));
    }
    let (table, asked) = body["RequestItems"]
        .as_object_mut()
        .unwrap()
        .iter_mut()
        .next()
        .unwrap();
    asked["Keys"].as_array_mut().unwrap().truncate(read);
    unprocessed[table]["Keys"]
        .as_array_mut()
        .unwrap()
        .drain(..read);
    replace_body(&mut request, &body);
    edit(inner, request, |answer| {
        answer["UnprocessedKeys"] = unprocessed
    })
    .await
}

fn replace_body(request: &mut HttpRequest, body: &Value) {
    let bytes = body.to_string().into_bytes();
    let length = bytes.len().to_string();
    request.headers_mut().insert("content-length", length);
    *request.body_mut() = SdkBody::from(bytes);
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
        replace_body(&mut request, &body);
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

/// As DynamoDB words it; reasons come with messages that may quote what was written.
fn cancelled(codes: &[&str]) -> Value {
    let reason = |code: &&str| match *code {
        "None" => json!({"Code": "None"}),
        code => json!({"Code": code, "Message": "injected"}),
    };
    json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons",
        "CancellationReasons": codes.iter().map(reason).collect::<Vec<_>>(),
    })
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
