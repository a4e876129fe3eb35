//! Names, ARNs and URLs of a stack that exists on this machine only.

use serde_json::{Value as Json, json};

use super::intrinsics::{Resolver, plain_text};
use super::{Fault, Resource, versions};

/// The account every local ARN belongs to: no real account has this number.
pub const ACCOUNT: &str = "000000000000";
/// The region every local ARN belongs to.
pub const REGION: &str = "us-east-1";

pub(super) const ALARM: &str = "AWS::CloudWatch::Alarm";
pub(super) const BUCKET: &str = "AWS::S3::Bucket";
const KEY: &str = "AWS::KMS::Key";
const LOG_GROUP: &str = "AWS::Logs::LogGroup";
const KEY_ALIAS: &str = "AWS::KMS::Alias";
pub(super) const QUEUE: &str = "AWS::SQS::Queue";
pub(super) const TABLE: &str = "AWS::DynamoDB::Table";
pub(super) const SAM_FUNCTION: &str = "AWS::Serverless::Function";
pub(super) const SIMPLE_TABLE: &str = "AWS::Serverless::SimpleTable";
pub(super) const LAMBDA_FUNCTION: &str = "AWS::Lambda::Function";
pub(super) const FUNCTIONS: [&str; 2] = [SAM_FUNCTION, LAMBDA_FUNCTION];
pub(super) const LAMBDA_ALIAS: &str = "AWS::Lambda::Alias";
pub(super) const LAMBDA_VERSION: &str = "AWS::Lambda::Version";
pub(super) const MAPPING: &str = "AWS::Lambda::EventSourceMapping";

pub(super) fn pseudo_parameter(name: &str, stack: &str) -> Option<Json> {
    let text = match name {
        "AWS::AccountId" => ACCOUNT.to_owned(),
        "AWS::Region" => REGION.to_owned(),
        "AWS::Partition" => "aws".to_owned(),
        "AWS::URLSuffix" => "amazonaws.com".to_owned(),
        "AWS::StackName" => stack.to_owned(),
        "AWS::StackId" => format!("arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{stack}/local"),
        "AWS::NotificationARNs" => return Some(json!([])),
        _ => return None,
    };
    Some(text.into())
}

/// What `Ref` gives for a resource.
pub(super) fn reference(
    resolver: &mut Resolver<'_>,
    resource: &Resource,
    line: usize,
) -> Result<String, Fault> {
    let name = name(resolver, resource)?;
    match resource.kind.as_str() {
        QUEUE => Ok(resolver.template.queue_url(&name)),
        ALARM | BUCKET | KEY | KEY_ALIAS | LOG_GROUP | TABLE | SIMPLE_TABLE | SAM_FUNCTION
        | LAMBDA_FUNCTION => Ok(name),
        _ if resolver.template.anywhere => Ok(name),
        LAMBDA_ALIAS => versions::alias_arn(resolver, resource),
        LAMBDA_VERSION => versions::version_arn(resolver, resource),
        kind => Err(Fault::new(
            line,
            format!(
                "{} is an {kind}, which has no local name yet; queues, tables, buckets, functions and alarms have",
                resource.logical_id
            ),
        )),
    }
}

/// What `Fn::GetAtt` gives for a resource.
pub(super) fn attribute(
    resolver: &mut Resolver<'_>,
    resource: &Resource,
    attribute: &str,
    line: usize,
) -> Result<String, Fault> {
    let name = name(resolver, resource)?;
    match (resource.kind.as_str(), attribute) {
        (QUEUE, "Arn") => Ok(format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")),
        (QUEUE, "QueueName") => Ok(name),
        (QUEUE, "QueueUrl") => Ok(resolver.template.queue_url(&name)),
        (ALARM, "Arn") => Ok(alarm_arn(&name)),
        (BUCKET, "Arn") => Ok(format!("arn:aws:s3:::{name}")),
        (BUCKET, "DomainName") => Ok(format!("{name}.s3.amazonaws.com")),
        (BUCKET, "RegionalDomainName") => Ok(format!("{name}.s3.{REGION}.amazonaws.com")),
        (TABLE | SIMPLE_TABLE, "Arn") => {
            Ok(format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"))
        }
        (KEY, "Arn") => Ok(format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{name}")),
        (KEY, "KeyId") => Ok(name),
        (SAM_FUNCTION | LAMBDA_FUNCTION, "Arn") => Ok(function_arn(&name)),
        (LAMBDA_VERSION, "Version") => Ok(versions::FIRST.to_owned()),
        (LAMBDA_VERSION, "FunctionArn") => versions::version_arn(resolver, resource),
        (LAMBDA_ALIAS, "AliasArn") => versions::alias_arn(resolver, resource),
        (kind, "Arn") if resolver.template.anywhere => Ok(arn_of(kind, &name)),
        (kind, _) => Err(Fault::new(
            line,
            format!(
                "the attribute {attribute} of {} ({kind}) is not known locally",
                resource.logical_id
            ),
        )),
    }
}

/// The name a resource asks for, or `<stack>-<logical id>`: CloudFormation's, less the random end.
pub(super) fn name(resolver: &mut Resolver<'_>, resource: &Resource) -> Result<String, Fault> {
    let property = match resource.kind.as_str() {
        ALARM => "AlarmName",
        BUCKET => "BucketName",
        KEY_ALIAS => "AliasName",
        LOG_GROUP => "LogGroupName",
        QUEUE => "QueueName",
        TABLE | SIMPLE_TABLE => "TableName",
        _ => "FunctionName",
    };
    if let Some(node) = resource.property(property) {
        match resolver.resolve(node) {
            Ok(Some(name)) => return Ok(plain_text(&name)),
            // Whatever it is called, what refers to it still means it.
            Err(_) if resolver.template.anywhere => {}
            Err(fault) => return Err(fault),
            Ok(None) => {}
        }
    }
    let name = resolver.default_name(&resource.logical_id);
    Ok(match resource.kind.as_str() {
        BUCKET => name.to_lowercase(),
        QUEUE if is_fifo(resolver, resource)? => format!("{name}.fifo"),
        _ => name,
    })
}

fn is_fifo(resolver: &mut Resolver<'_>, queue: &Resource) -> Result<bool, Fault> {
    let Some(node) = queue.property("FifoQueue") else {
        return Ok(false);
    };
    match resolver.resolve(node) {
        Err(_) if resolver.template.anywhere => Ok(false),
        resolved => Ok(resolved?.is_some_and(|it| plain_text(&it) == "true")),
    }
}

/// An ARN that tells one resource of the template from all others, and no more.
fn arn_of(kind: &str, name: &str) -> String {
    let service = kind.split("::").nth(1).unwrap_or_default().to_lowercase();
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{name}")
}

pub(super) fn alarm_arn(name: &str) -> String {
    format!("arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}")
}

pub(super) fn function_arn(name: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}")
}
