use super::*;

fn with(stage: &str) -> Template {
    let template = parse(
        "Parameters:
  Stage: {Type: String, Default: dev}
Conditions:
  IsLive: !Equals [!Ref Stage, live]
  IsTest: {Fn::Equals: [!Ref Stage, test]}
  IsReal: !Or [!Condition IsLive, {Condition: IsTest}]
  IsQuiet: !And [!Not [!Condition IsLive], !Not [!Equals [!Ref Stage, test]]]
Resources:
  Dead: {Type: AWS::SQS::Queue, Condition: IsReal}
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: !If [IsLive, 60, !If [IsTest, 30, 1]]
      RedrivePolicy: !If
        - IsReal
        - deadLetterTargetArn: !GetAtt Dead.Arn
          maxReceiveCount: !If [IsLive, 5, !Ref AWS::NoValue]
        - !Ref AWS::NoValue
  Quiet: {Type: AWS::S3::Bucket, Condition: IsQuiet}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Environment: !If [IsReal, {Variables: {DEAD: !Ref Dead}}, {Variables: {NONE: 1}}]",
    );
    template
        .unwrap()
        .with_parameters([("Stage", stage)])
        .unwrap()
}

#[test]
fn only_resources_whose_condition_holds_exist() {
    let names = |stage: &str| {
        let queues = with(stage).queues().unwrap().into_iter();
        let buckets = with(stage).buckets().unwrap().into_iter();
        let queues = queues.map(|it| it.logical_id);
        Vec::from_iter(queues.chain(buckets.map(|it| it.logical_id)))
    };
    assert_eq!(names("dev"), ["Jobs", "Quiet"]);
    assert_eq!(names("live"), ["Dead", "Jobs"]);
}

#[test]
fn a_branch_may_be_any_part_of_a_resource() {
    let dev = with("dev").queues().unwrap().remove(0);
    assert_eq!(dev.visibility_timeout.as_secs(), 1);
    assert!(dev.redrive.is_none());
    assert_eq!(
        dev.create["Attributes"],
        serde_json::json!({"VisibilityTimeout": "1"})
    );
    let live = with("live").queues().unwrap().remove(1);
    assert_eq!(live.redrive.unwrap().max_receive_count, 5);
    let variables = |stage: &str| with(stage).functions().unwrap().remove(0).environment;
    assert_eq!(variables("live")[0].name, "DEAD");
    assert_eq!(variables("dev")[0].name, "NONE");
}

#[test]
fn what_a_branch_leaves_out_is_missed_at_its_line() {
    let problem = with("test").queues().unwrap_err().to_string();
    assert_eq!(problem, "template.yaml:16: there is no `maxReceiveCount`");
}

#[test]
fn faulty_conditions_name_their_line() {
    let problem = |condition: &str| {
        let text = format!(
            "Conditions:
  Yes: {condition}
  No: !Not [!Condition Yes]
Resources:
  Jobs: {{Type: AWS::SQS::Queue, Condition: Yes}}"
        );
        let problem = parse(&text).unwrap().queues().unwrap_err();
        problem.to_string()
    };
    insta::assert_snapshot!(
        [
            problem("!Condition No"),
            problem("!Condition Off"),
            problem("!Equals [1]"),
            problem("!And [!Equals [1, 1]]"),
            problem("!Not [a]"),
            problem("!Ref Jobs"),
        ]
        .join("\n")
    );
}

#[test]
fn what_does_not_exist_cannot_be_referred_to() {
    let text = "Conditions: {Never: !Equals [a, b]}
Resources:
  Dead: {Type: AWS::SQS::Queue, Condition: Never}
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !GetAtt Dead.QueueName";
    let problem = parse(text).unwrap().queues().unwrap_err().to_string();
    assert_eq!(
        problem,
        "template.yaml:7: `Dead` is not created, because its condition Never is false"
    );
}
