use std::sync::Arc;

use serde_json::json;
use tokio::time::Instant;

use super::*;

async fn queues(wait: &str) -> Arc<Queues> {
    let queues = Arc::new(Queues::new("http://127.0.0.1:1"));
    let create =
        json!({"QueueName": "jobs", "Attributes": {"ReceiveMessageWaitTimeSeconds": wait}});
    call(&queues, "CreateQueue", create).await;
    queues
}

async fn call(queues: &Queues, operation: &str, body: Json) -> Json {
    queues
        .call(operation, body.to_string().as_bytes())
        .await
        .unwrap()
}

fn send() -> Json {
    json!({"QueueUrl": "jobs", "MessageBody": "hello"})
}

/// A receive in the background, and how long it took.
fn receive(queues: &Arc<Queues>, mut body: Json) -> tokio::task::JoinHandle<(Json, Duration)> {
    let queues = Arc::clone(queues);
    body["QueueUrl"] = "jobs".into();
    tokio::spawn(async move {
        let start = Instant::now();
        (call(&queues, "ReceiveMessage", body).await, start.elapsed())
    })
}

#[tokio::test]
async fn a_receive_that_does_not_wait_answers_at_once() {
    let queues = queues("20").await;
    let (answer, took) = receive(&queues, json!({"WaitTimeSeconds": 0}))
        .await
        .unwrap();
    assert_eq!(answer["Messages"], Json::Null);
    assert!(took < Duration::from_millis(500), "{took:?}");
}

#[tokio::test]
async fn a_send_ends_the_wait() {
    let queues = queues("0").await;
    let receiving = receive(&queues, json!({"WaitTimeSeconds": 20}));
    sleep(Duration::from_millis(100)).await;
    call(&queues, "SendMessage", send()).await;
    let (answer, took) = receiving.await.unwrap();
    assert_eq!(answer["Messages"][0]["Body"], "hello");
    assert!(took < Duration::from_millis(600), "{took:?}");
}

#[tokio::test]
async fn the_queue_says_how_long_to_wait_where_the_request_does_not() {
    let queues = queues("1").await;
    let (answer, took) = receive(&queues, json!({})).await.unwrap();
    assert_eq!(answer["Messages"], Json::Null);
    assert!((1_000..1_500).contains(&took.as_millis()), "{took:?}");
}

#[tokio::test]
async fn a_message_that_becomes_visible_ends_the_wait() {
    let queues = queues("0").await;
    call(&queues, "SendMessage", send()).await;
    let (first, _) = receive(&queues, json!({"VisibilityTimeout": 1}))
        .await
        .unwrap();
    assert_eq!(first["Messages"][0]["Body"], "hello");
    let (second, took) = receive(&queues, json!({"WaitTimeSeconds": 20}))
        .await
        .unwrap();
    assert_eq!(second["Messages"][0]["Body"], "hello");
    assert!((800..1_500).contains(&took.as_millis()), "{took:?}");
}

#[tokio::test]
async fn of_many_who_wait_one_gets_the_message() {
    let queues = queues("0").await;
    let wait = json!({"WaitTimeSeconds": 1});
    let waiting: Vec<_> = (0..20).map(|_| receive(&queues, wait.clone())).collect();
    sleep(Duration::from_millis(100)).await;
    call(&queues, "SendMessage", send()).await;
    let mut found = 0;
    for receiving in waiting {
        let (answer, _) = receiving.await.unwrap();
        found += answer["Messages"].as_array().map_or(0, Vec::len);
    }
    assert_eq!(found, 1);
}

#[tokio::test]
async fn a_queue_that_is_deleted_ends_the_wait() {
    let queues = queues("0").await;
    let waiting = Arc::clone(&queues);
    let receiving = tokio::spawn(async move {
        let body = json!({"QueueUrl": "jobs", "WaitTimeSeconds": 20}).to_string();
        waiting.call("ReceiveMessage", body.as_bytes()).await
    });
    sleep(Duration::from_millis(100)).await;
    call(&queues, "DeleteQueue", json!({"QueueUrl": "jobs"})).await;
    let error = receiving.await.unwrap().unwrap_err();
    assert_eq!(
        error.query_code(),
        "AWS.SimpleQueueService.NonExistentQueue"
    );
}

fn of(properties: &str) -> Result<Queues, crate::template::TemplateError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("template.yaml");
    let text = format!(
        "Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      {properties}
  Dead:
    Type: AWS::SQS::Queue
"
    );
    std::fs::write(&file, text).unwrap();
    let template = crate::template::Template::load(&file, "app").unwrap();
    Queues::of(&template, "http://127.0.0.1:1")
}

#[test]
fn queues_of_a_template_may_refer_to_later_ones() {
    let policy = "{deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}";
    let queues = of(&format!("RedrivePolicy: {policy}")).unwrap();
    let summaries = queues.with(|sqs, now_ms| sqs.summaries(now_ms));
    let found = summaries
        .iter()
        .map(|it| (&*it.url, it.dead_letter_arn.as_deref()));
    let dead = "arn:aws:sqs:us-east-1:000000000000:app-Dead";
    assert_eq!(
        Vec::from_iter(found),
        [
            ("http://127.0.0.1:1/000000000000/app-Dead", None),
            ("http://127.0.0.1:1/000000000000/app-Jobs", Some(dead)),
        ]
    );
}

#[test]
fn a_queue_that_sqs_refuses_is_an_error_at_its_line() {
    let problem = |properties: &str| {
        let Err(error) = of(properties) else {
            panic!("{properties}");
        };
        let error = error.to_string();
        error.rsplit_once("template.yaml:").unwrap().1.to_owned()
    };
    let foreign = "arn:aws:sqs:us-east-1:000000000000:elsewhere";
    insta::assert_snapshot!(
        [
            problem("DelaySeconds: 3\n      VisibilityTimeout: 43201"),
            problem("QueueName: a.b"),
            problem(&format!(
                "DelaySeconds: 3\n      RedrivePolicy: {{deadLetterTargetArn: '{foreign}', maxReceiveCount: 3}}"
            )),
        ]
        .join("\n")
    );
}
