use super::*;

const TEMPLATE: &str = "Globals:
  Function: {Timeout: 5, Environment: {Variables: {A: 1}}}
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      FifoQueue: true
      ContentBasedDeduplication: 'true'
      DeduplicationScope: messageGroup
      DelaySeconds: 3
      MaximumMessageSize: 2048
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: '3'}
      Tags: [{Key: team, Value: red}]
  Dead:
    Type: AWS::SQS::Queue
    Properties:
      FifoQueue: true
  Plain: {Type: AWS::SQS::Queue, Properties: {FifoQueue: false}}
  Uploads: {Type: AWS::S3::Bucket}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Jobs:
          Type: SQS
          Properties:
            Queue: !GetAtt Jobs.Arn
            BatchSize: 7
            MaximumBatchingWindowInSeconds: 2
            Enabled: false
            FilterCriteria:
              Filters:
                - Pattern: '{\"body\": {\"kind\": [\"a\"]}}'
            FunctionResponseTypes: [ReportBatchItemFailures]
            ScalingConfig: {MaximumConcurrency: 4}
        Plain: {Type: SQS, Properties: {Queue: !GetAtt Plain.Arn}}
        Daily: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
";

#[test]
fn queues_are_read_with_every_attribute() {
    let queues = parse(TEMPLATE).unwrap().queues().unwrap();
    let jobs = &queues[0];
    assert_eq!((jobs.name.as_str(), jobs.fifo), ("app-Jobs.fifo", true));
    assert!(jobs.content_based_deduplication);
    assert_eq!(jobs.delay.as_secs(), 3);
    assert_eq!(jobs.max_message_size, 2048);
    assert_eq!(jobs.redrive.as_ref().unwrap().max_receive_count, 3);
    assert_eq!(queues[2].max_message_size, 1_048_576);
    insta::with_settings!({sort_maps => true}, { insta::assert_json_snapshot!(jobs.create) });
    let plain = serde_json::json!({"QueueName": "app-Plain", "Attributes": {}});
    assert_eq!(queues[2].create, plain);
}

#[test]
fn queues_are_where_the_endpoint_is() {
    let template = parse(TEMPLATE).unwrap().at("http://127.0.0.1:1");
    let url = Resolver::new(&template).resolve(&yaml::parse("!Ref Jobs").unwrap());
    assert_eq!(
        url.unwrap().unwrap(),
        "http://127.0.0.1:1/000000000000/app-Jobs.fifo"
    );
}

#[test]
fn event_sources_are_read_with_every_property() {
    let sources = parse(TEMPLATE)
        .unwrap()
        .functions()
        .unwrap()
        .remove(0)
        .event_sources;
    let [jobs, plain] = sources.as_slice() else {
        panic!("{sources:?}");
    };
    assert_eq!(
        jobs.queue_arn,
        "arn:aws:sqs:us-east-1:000000000000:app-Jobs.fifo"
    );
    assert_eq!((jobs.batch_size, jobs.window.as_secs()), (7, 2));
    assert!(!jobs.enabled && jobs.reports_item_failures);
    assert_eq!(jobs.max_concurrency, Some(4));
    assert_eq!(jobs.filters[0].pattern, r#"{"body": {"kind": ["a"]}}"#);
    assert_eq!((plain.batch_size, plain.window.as_secs()), (10, 0));
    assert!(plain.enabled && !plain.reports_item_failures && plain.filters.is_empty());
}

#[test]
fn what_is_found_wrong_later_can_still_name_its_line() {
    let template = parse(TEMPLATE).unwrap();
    let jobs = template.queues().unwrap().remove(0);
    assert_eq!(jobs.lines.of("DelaySeconds"), 10);
    assert_eq!(jobs.lines.of("VisibilityTimeout"), 7, "where it would be");
    assert_eq!(
        jobs.lines
            .meant_by("Invalid value for the parameter MaximumMessageSize."),
        11
    );
    let source = template
        .functions()
        .unwrap()
        .remove(0)
        .event_sources
        .remove(0);
    assert_eq!(source.lines.of("BatchSize"), 28);
    assert_eq!(source.filters[0].line, 33);
    let error = template.error_at(11, "too small").to_string();
    assert_eq!(error, "template.yaml:11: too small");
}

#[test]
fn buckets_have_lower_case_names() {
    let buckets = parse(TEMPLATE).unwrap().buckets().unwrap();
    assert_eq!(buckets[0].name, "app-uploads");
}

#[test]
fn a_value_of_the_wrong_kind_names_its_line() {
    let problem = |properties: &str| {
        let text = format!(
            "Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n    Properties:\n      {properties}"
        );
        parse(&text).unwrap().queues().unwrap_err().to_string()
    };
    insta::assert_snapshot!(
        [
            problem("DelaySeconds: soon"),
            problem("ContentBasedDeduplication: perhaps"),
            problem("RedrivePolicy: [a]"),
            problem("RedrivePolicy: {maxReceiveCount: 3}"),
        ]
        .join("\n")
    );
}

#[test]
fn buckets_are_read_with_the_queues_they_notify() {
    let template = parse(
        "Resources:
  Arrivals: {Type: AWS::SQS::Queue}
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      NotificationConfiguration:
        QueueConfigurations:
          - {Event: 's3:ObjectRemoved:*', Queue: !GetAtt Arrivals.Arn}
          - Event: s3:ObjectCreated:Put
            Queue: !GetAtt Arrivals.Arn
            Filter: {S3Key: {Rules: [{Name: Prefix, Value: in/}, {Name: suffix, Value: .txt}]}}
",
    );
    let buckets = template.unwrap().buckets().unwrap();
    let [removed, put] = buckets[0].notifications.as_slice() else {
        panic!("{buckets:?}");
    };
    assert_eq!(
        (removed.event.as_str(), removed.prefix.as_str()),
        ("s3:ObjectRemoved:*", "")
    );
    assert!(removed.queue_arn.ends_with(":app-Arrivals"));
    assert_eq!((put.prefix.as_str(), put.suffix.as_str()), ("in/", ".txt"));
}

#[test]
fn alarms_are_read_as_far_as_they_are_known() {
    let template = parse(
        "Resources:
  Dead: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic}
  Waiting:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/SQS
      MetricName: ApproximateNumberOfMessagesVisible
      Dimensions: [{Name: QueueName, Value: !GetAtt Dead.QueueName}]
      Threshold: '2'
      Period: 60
      AlarmActions: [!Ref Topic]
",
    );
    let alarms = template.unwrap().alarms().unwrap();
    let [alarm] = alarms.as_slice() else {
        panic!("{alarms:?}");
    };
    assert_eq!(alarm.name, "app-Waiting");
    assert_eq!(alarm.dimension("QueueName"), Some("app-Dead"));
    assert_eq!(alarm.threshold, Some(2.0));
    assert_eq!(alarm.properties["Period"], 60);
    assert!(!alarm.properties.contains_key("AlarmActions"));
}

#[test]
fn functions_have_the_concurrency_reserved_for_them() {
    let template = parse(
        "Resources:
  Work: {Type: AWS::Serverless::Function, Properties: {ReservedConcurrentExecutions: 3}}
  Free: {Type: AWS::Serverless::Function}
",
    );
    let functions = template.unwrap().functions().unwrap();
    let reserved = functions.iter().map(|it| it.reserved_concurrency);
    assert_eq!(reserved.collect::<Vec<_>>(), [Some(3), None]);
}
