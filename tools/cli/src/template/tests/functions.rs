//! Functions in each of their forms, and what does not run here.

use super::*;

const TEMPLATE: &str = "Transform: AWS::Serverless-2016-10-31
Globals: {Function: {AutoPublishAlias: live}}
Resources:
  Jobs: {Type: AWS::SQS::Queue}
  Things: {Type: AWS::Serverless::SimpleTable}
  Prices:
    Type: AWS::Serverless::SimpleTable
    Properties: {TableName: prices, PrimaryKey: {Name: sku, Type: Number}}
  Work:
    Type: AWS::Serverless::Function
    Metadata: {BuildProperties: {Binary: work}}
    Properties:
      Environment: {Variables: {ME: !Ref Work.Alias, NOW: !Sub '${Work.Version}', NUMBER: !GetAtt Work.Version.Version}}
      Events:
        Jobs: {Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn}}
        Daily:
          Type: Schedule
  Plain:
    Type: AWS::Lambda::Function
    Metadata: {BuildProperties: {Binary: plain}}
    Properties: {Code: src/plain, Environment: {Variables: {THINGS: !Ref Things, PRICES: !GetAtt Prices.Arn}}}
  Script:
    Type: AWS::Lambda::Function
    Properties: {Code: {ZipFile: 'pass'}, Environment: {Variables: {TOPIC: !Ref Topic}}}
  First: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref Plain}}
  Stable:
    Type: AWS::Lambda::Alias
    Properties: {FunctionName: !Ref Plain, Name: stable, FunctionVersion: !GetAtt First.Version}
  JobsToPlain:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: !Ref Stable
      EventSourceArn: !GetAtt Jobs.Arn
      BatchSize: 3
      ProvisionedPollerConfig: {MinimumPollers: 4}
  JobsToWork:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {FunctionName: !GetAtt Work.Arn, EventSourceArn: !GetAtt Jobs.Arn}
  JobsToScript:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {FunctionName: !Ref Script, EventSourceArn: !GetAtt Jobs.Arn}
  Clicks: {Type: AWS::Kinesis::Stream}
  ClicksToWork:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {FunctionName: !Ref Work, EventSourceArn: !GetAtt Clicks.Arn}
  Topic: {Type: AWS::SNS::Topic}
  TopicToJobs: {Type: AWS::SNS::Subscription}
";
const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:app";

fn functions() -> Vec<Function> {
    parse(TEMPLATE).unwrap().functions().unwrap()
}

#[test]
fn mappings_written_out_feed_their_functions() {
    let functions = functions();
    let [work, plain] = functions.as_slice() else {
        panic!("{functions:?}");
    };
    let fed = |function: &Function| {
        let sources = function.event_sources.iter();
        let named = sources.map(|it| (it.name.clone(), it.qualifier.clone()));
        named.collect::<Vec<_>>()
    };
    let named = |name: &str, alias: Option<&str>| (name.to_owned(), alias.map(str::to_owned));
    let expected = [named("Jobs", Some("live")), named("JobsToWork", None)];
    assert_eq!(fed(work), expected);
    assert_eq!(fed(plain), [named("JobsToPlain", Some("stable"))]);
    let source = &plain.event_sources[0];
    assert_eq!(source.batch_size, 3);
    assert_eq!(source.provisioned_pollers.unwrap().minimum, 4);
    assert_eq!(plain.code, Path::new("src/plain"));
    assert_eq!(plain.environment[0].value, "app-Things");
}

#[test]
fn functions_have_the_versions_and_aliases_of_a_first_deployment() {
    let functions = functions();
    for (function, alias) in functions.iter().zip(["live", "stable"]) {
        let id = &function.logical_id;
        let called = |qualifier| {
            let called = function.qualified(qualifier)?;
            Some((called.arn.replace(ARN, ""), called.version))
        };
        let expected = |arn: String, version: &str| Some((arn, version.to_owned()));
        assert_eq!(called(None), expected(format!("-{id}"), "$LATEST"));
        let by_alias = expected(format!("-{id}:{alias}"), "1");
        assert_eq!(called(Some(alias)), by_alias);
        assert_eq!(called(Some("1")), expected(format!("-{id}:1"), "1"));
        assert_eq!(called(Some("2")), None);
        assert_eq!(function.as_fed().qualifier.as_deref(), Some(alias));
    }
}

#[test]
fn what_sam_makes_beside_a_function_can_be_referred_to() {
    let variables = functions().remove(0).environment;
    let values: Vec<_> = variables.iter().map(|it| it.value.as_str()).collect();
    assert_eq!(
        values,
        [&format!("{ARN}-Work:live"), &format!("{ARN}-Work:1"), "1"]
    );
    let text = TEMPLATE.replace("AutoPublishAlias: live", "Timeout: 3");
    let refused = parse(&text).unwrap().functions().unwrap_err();
    assert_eq!(
        refused.to_string(),
        "template.yaml:13: Work has no Alias; with `AutoPublishAlias` SAM makes it one"
    );
}

#[test]
fn an_alias_that_is_named_after_itself_is_refused() {
    let text = TEMPLATE.replace(
        "AutoPublishAlias: live",
        "AutoPublishAlias: !Ref Work.Alias",
    );
    let refused = parse(&text).unwrap().functions().unwrap_err().to_string();
    assert!(refused.contains("refers to itself"), "{refused}");
}

#[test]
fn simple_tables_have_one_key() {
    let tables = parse(TEMPLATE).unwrap().tables().unwrap();
    let [things, prices] = tables.as_slice() else {
        panic!("{tables:?}");
    };
    let with_key = |table: &str, key: &str, kind: &str| {
        serde_json::json!({
            "TableName": table,
            "AttributeDefinitions": [{ "AttributeName": key, "AttributeType": kind }],
            "KeySchema": [{ "AttributeName": key, "KeyType": "HASH" }],
            "BillingMode": "PAY_PER_REQUEST",
        })
    };
    assert_eq!(things.create, with_key("app-Things", "id", "S"));
    assert_eq!(prices.create, with_key("prices", "sku", "N"));
}

#[test]
fn nothing_is_left_out_silently() {
    let left_out = parse(TEMPLATE).unwrap().left_out().unwrap();
    let lines = left_out.iter().map(|it| format!("{}: {}", it.line, it.why));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r"
    17: Work's event Daily (Schedule) does not happen here
    22: Script does not run here, as its Metadata names no cargo binary
    39: JobsToScript feeds nothing here, as its function app-Script does not run here
    42: Clicks (AWS::Kinesis::Stream) does nothing here
    43: ClicksToWork feeds nothing here, as its source is no queue
    47: TopicToJobs (AWS::SNS::Subscription) does nothing here
    ");
}
