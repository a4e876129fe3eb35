use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::*;

async fn queues(wait: &str) -> Arc<Queues> {
    let queues = Arc::new(Queues::start(empty("http://127.0.0.1:1"), None).unwrap());
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

fn of(properties: &str) -> Result<Queues, Error> {
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
    Queues::of(&template, "http://127.0.0.1:1", None)
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

/// The queues of a template with these lines under Jobs, kept in `data`.
fn kept(data: &std::path::Path, properties: &str) -> Queues {
    let file = data.join("template.yaml");
    let text = format!("Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n{properties}");
    std::fs::write(&file, text).unwrap();
    let template = crate::template::Template::load(&file, "app").unwrap();
    Queues::of(&template, "http://127.0.0.1:1", Some(data)).unwrap()
}

#[tokio::test]
async fn a_template_that_changed_keeps_the_messages_and_what_the_api_made() {
    let data = tempfile::tempdir().unwrap();
    let dead = "
  Dead:
    Type: AWS::SQS::Queue";
    let properties = format!(
        "    Properties:
      VisibilityTimeout: 7
      DelaySeconds: 5
      Tags: [{{Key: team, Value: a}}]
      RedrivePolicy: {{deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}}{dead}"
    );
    {
        let queues = kept(data.path(), &properties);
        call(&queues, "CreateQueue", json!({"QueueName": "mine"})).await;
        let send = json!({"QueueUrl": "app-Jobs", "MessageBody": "hello", "DelaySeconds": 0});
        call(&queues, "SendMessage", send).await;
    }
    let queues = kept(
        data.path(),
        "    Properties:
      VisibilityTimeout: 9
      Tags: [{Key: team, Value: b}]
  Added:
    Type: AWS::SQS::Queue",
    );
    let ask = json!({"QueueUrl": "app-Jobs", "AttributeNames": ["All"]});
    let attributes = call(&queues, "GetQueueAttributes", ask).await["Attributes"].take();
    assert_eq!(attributes["VisibilityTimeout"], "9");
    assert_eq!(attributes["DelaySeconds"], "0");
    assert_eq!(attributes["RedrivePolicy"], Json::Null);
    assert_eq!(attributes["ApproximateNumberOfMessages"], "1");
    let tags = call(&queues, "ListQueueTags", json!({"QueueUrl": "app-Jobs"})).await;
    assert_eq!(tags["Tags"], json!({"team": "b"}));
    let names = queues.summaries().into_iter().map(|it| it.name.to_string());
    let expected = ["app-Added", "app-Dead", "app-Jobs", "mine"];
    assert_eq!(Vec::from_iter(names), expected);
}

#[tokio::test]
async fn what_happened_in_an_earlier_run_is_not_counted_again() {
    let data = tempfile::tempdir().unwrap();
    {
        let queues = kept(data.path(), "");
        let send = json!({"QueueUrl": "app-Jobs", "MessageBody": "hello"});
        call(&queues, "SendMessage", send).await;
        assert_eq!(queues.summaries()[0].counters.sent, 1);
    }
    let queues = kept(data.path(), "");
    let jobs = &queues.summaries()[0];
    assert_eq!((jobs.counters.sent, jobs.visible), (0, 1));
}

#[tokio::test]
async fn chaos_ends_with_its_run() {
    let data = tempfile::tempdir().unwrap();
    let send = json!({"QueueUrl": "app-Jobs", "MessageBody": "hello"});
    let receive = json!({"QueueUrl": "app-Jobs", "WaitTimeSeconds": 0});
    for (chaos, copies) in [(true, 1), (false, 0)] {
        let queues = kept(data.path(), "");
        if chaos {
            let twice = Delivery::default().with_duplicate(1.0);
            queues.run(&Deliver(twice)).unwrap();
        }
        call(&queues, "SendMessage", send.clone()).await;
        call(&queues, "ReceiveMessage", receive.clone()).await;
        assert_eq!(queues.summaries()[0].counters.copies, copies);
    }
}
