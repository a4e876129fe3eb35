//! A deployed stack, read through the real SDK from a server that answers as AWS does.

use std::collections::BTreeMap;
use std::process::Command;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Uri};
use serde_json::{Value as Json, json};

const QUEUE: &str = "https://sqs.us-east-1.amazonaws.com/123456789012/app-Jobs-1A2B";
const QUEUE_ARN: &str = "arn:aws:sqs:us-east-1:123456789012:app-Jobs-1A2B";
const DEAD: &str = "https://sqs.us-east-1.amazonaws.com/123456789012/app-Dead-3C4D";
const DEAD_ARN: &str = "arn:aws:sqs:us-east-1:123456789012:app-Dead-3C4D";

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_is_judged_as_it_is_deployed() {
    let report = report("app").await;
    let findings = report["findings"].as_array().unwrap().iter();
    let found: Vec<_> = findings
        .map(|it| {
            format!(
                "{} {}",
                it["rule"].as_str().unwrap(),
                it["resource"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            "ignored-batch-item-failures WorkJobs",
            "visibility-timeout Jobs",
            "max-receive-count Jobs",
            "dead-letter-alarm-metric DeadAlarm",
            "visibility-permission Work",
            "wildcard-permissions WorkRole",
        ]
    );
    assert!(report["findings"][0]["line"].is_null());
    let suppressed = &report["suppressed"][0];
    assert_eq!(suppressed["rule"], "dead-letter-retention");
    assert_eq!(suppressed["reason"], "Nobody looks at old ones.");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_read_is_not_judged() {
    let report = report("closed").await;
    assert_eq!(report["findings"], json!([]));
    let unjudged = report["unjudged"].to_string();
    assert!(unjudged.contains("Jobs cannot be read"), "{unjudged}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_that_is_not_there_is_an_error() {
    let output = run("missing").await;
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("cannot read the stack missing"), "{text}");
    assert_eq!(output.status.code(), Some(2));
}

async fn report(stack: &str) -> Json {
    let output = run(stack).await;
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

async fn run(stack: &str) -> std::process::Output {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(answer);
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let mut command = Command::new(env!("CARGO_BIN_EXE_lambda-queue"));
    command
        .args(["check", "--aws", stack, "--output", "json"])
        .env("AWS_ENDPOINT_URL", format!("http://{address}"))
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test");
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.unwrap().unwrap();
    server.abort();
    output
}

type Answer = Result<Vec<u8>, (axum::http::StatusCode, Vec<u8>)>;

/// The conversation, by what is asked.
async fn answer(
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> ([(&'static str, &'static str); 2], Answer) {
    let target = headers.get("x-amz-target").map(|it| it.to_str().unwrap());
    let cbor = uri.path().contains("/operation/");
    let kind = if cbor {
        "application/cbor"
    } else {
        "application/json"
    };
    let answer = match (target, uri.path()) {
        (Some(target), _) => json_protocol(target, &body),
        (None, path) if cbor => cloudwatch(path),
        (None, "/") => query(&body),
        (None, path) => lambda(path),
    };
    (
        [("content-type", kind), ("smithy-protocol", "rpc-v2-cbor")],
        answer,
    )
}

fn json_protocol(target: &str, body: &[u8]) -> Answer {
    let request: Json = serde_json::from_slice(body).unwrap();
    let url = request["QueueUrl"].as_str().unwrap_or_default();
    let answer = match target {
        "AmazonSQS.GetQueueAttributes" if url == QUEUE => json!({ "Attributes": {
            "QueueArn": QUEUE_ARN,
            "VisibilityTimeout": "120",
            "MessageRetentionPeriod": "345600",
            "MaximumMessageSize": "1048576",
            "ReceiveMessageWaitTimeSeconds": "0",
            "SqsManagedSseEnabled": "true",
            "RedrivePolicy": json!({ "deadLetterTargetArn": DEAD_ARN, "maxReceiveCount": 2 }).to_string(),
        }}),
        "AmazonSQS.GetQueueAttributes" if url == DEAD => json!({ "Attributes": {
            "QueueArn": DEAD_ARN,
            "MessageRetentionPeriod": "345600",
        }}),
        "DynamoDB_20120810.DescribeTable" => json!({ "Table": { "TableName": "app-Seen-5E6F" }}),
        _ => return denied(),
    };
    Ok(answer.to_string().into_bytes())
}

fn denied() -> Answer {
    let body = json!({ "__type": "AccessDeniedException", "message": "not you" });
    Err((
        axum::http::StatusCode::BAD_REQUEST,
        body.to_string().into_bytes(),
    ))
}

fn cloudwatch(path: &str) -> Answer {
    assert!(path.ends_with("/DescribeAlarms"), "{path}");
    let answer = json!({ "MetricAlarms": [{
        "AlarmName": "app-DeadAlarm",
        "Namespace": "AWS/SQS",
        "MetricName": "NumberOfMessagesSent",
        "Dimensions": [{ "Name": "QueueName", "Value": "app-Dead-3C4D" }],
    }]});
    let mut bytes = Vec::new();
    ciborium::into_writer(&answer, &mut bytes).unwrap();
    Ok(bytes)
}

fn lambda(path: &str) -> Answer {
    let answer = match path {
        "/2015-03-31/functions/app-Work/configuration" => json!({
            "FunctionName": "app-Work",
            "Timeout": 60,
            "MemorySize": 256,
            "Runtime": "provided.al2023",
            "Role": "arn:aws:iam::123456789012:role/app-WorkRole",
            "Environment": { "Variables": {
                "IDEMPOTENCY_TABLE": "app-Seen-5E6F",
                "RETRY_BACKOFF_SECONDS": "5",
            }},
        }),
        "/2019-09-30/functions/app-Work/concurrency" => json!({}),
        "/2015-03-31/event-source-mappings/aaaa-bbbb" => json!({
            "UUID": "aaaa-bbbb",
            "EventSourceArn": QUEUE_ARN,
            "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:app-Work:live",
            "BatchSize": 10,
            "MaximumBatchingWindowInSeconds": 0,
            "FunctionResponseTypes": [],
        }),
        _ => return denied(),
    };
    Ok(answer.to_string().into_bytes())
}

/// CloudFormation and IAM.
fn query(body: &[u8]) -> Answer {
    let form: BTreeMap<_, _> = form_urlencoded::parse(body).into_owned().collect();
    let stack = form.get("StackName").map_or("", String::as_str);
    let result = match form["Action"].as_str() {
        _ if stack == "missing" => {
            let error = "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack missing does not exist</Message></Error></ErrorResponse>";
            return Err((axum::http::StatusCode::BAD_REQUEST, error.into()));
        }
        "ListStackResources" if stack == "closed" => {
            resources(&[("Jobs", "AWS::SQS::Queue", "https://sqs.us-east-1.amazonaws.com/1/closed")])
        }
        "ListStackResources" => resources(&[
            ("Jobs", "AWS::SQS::Queue", QUEUE),
            ("Dead", "AWS::SQS::Queue", DEAD),
            ("DeadAlarm", "AWS::CloudWatch::Alarm", "app-DeadAlarm"),
            ("Seen", "AWS::DynamoDB::Table", "app-Seen-5E6F"),
            ("Work", "AWS::Lambda::Function", "app-Work"),
            ("WorkJobs", "AWS::Lambda::EventSourceMapping", "aaaa-bbbb"),
            ("WorkRole", "AWS::IAM::Role", "app-WorkRole"),
            ("Topic", "AWS::SNS::Topic", "arn:aws:sns:us-east-1:123456789012:app-Topic"),
        ]),
        "GetTemplate" => {
            let template = "Resources:\n  Dead:\n    Type: AWS::SQS::Queue\n    Metadata:\n      lambda-queue:\n        suppress:\n          - {rule: dead-letter-retention, reason: Nobody looks at old ones.}\n";
            format!("<TemplateBody>{template}</TemplateBody>")
        }
        "ListRolePolicies" => "<PolicyNames><member>inline</member></PolicyNames><IsTruncated>false</IsTruncated>".to_owned(),
        "GetRolePolicy" => {
            let document = json!({ "Statement": [
                { "Effect": "Allow", "Action": "dynamodb:UpdateItem", "Resource": "arn:aws:dynamodb:us-east-1:123456789012:table/app-Seen-5E6F" },
                { "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::some-bucket/*" },
            ]});
            let document: String = form_urlencoded::byte_serialize(document.to_string().as_bytes()).collect();
            format!("<RoleName>app-WorkRole</RoleName><PolicyName>inline</PolicyName><PolicyDocument>{document}</PolicyDocument>")
        }
        "ListAttachedRolePolicies" => "<AttachedPolicies><member><PolicyName>AWSLambdaSQSQueueExecutionRole</PolicyName><PolicyArn>arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole</PolicyArn></member></AttachedPolicies><IsTruncated>false</IsTruncated>".to_owned(),
        other => panic!("{other}"),
    };
    let action = &form["Action"];
    Ok(
        format!("<{action}Response><{action}Result>{result}</{action}Result></{action}Response>")
            .into_bytes(),
    )
}

fn resources(listed: &[(&str, &str, &str)]) -> String {
    let each = listed.iter().map(|(id, kind, physical)| {
        format!("<member><LogicalResourceId>{id}</LogicalResourceId><ResourceType>{kind}</ResourceType><PhysicalResourceId>{physical}</PhysicalResourceId><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>")
    });
    format!(
        "<StackResourceSummaries>{}</StackResourceSummaries>",
        each.collect::<String>()
    )
}
