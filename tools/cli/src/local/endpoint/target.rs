//! Which service a request is for: nothing but its headers and its address say so.

use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, Uri};

/// Whom a request is for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    DynamoDb,
    /// With the operation's name.
    Sqs(String),
    /// The form in the body names the operation.
    SqsQuery,
    /// With the operation's name.
    CloudWatch(String),
    Lambda,
    S3,
    Unserved(Unserved),
}

/// A request that nothing here answers, by how it wants to be told so.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unserved {
    /// `X-Amz-Target` names the operation.
    Json { target: String },
    /// The form in the body names it.
    Query { service: String },
    /// Method and path are the operation.
    Rest { service: String },
}

impl Target {
    pub(super) fn of(method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
        if let Some(target) = text("x-amz-target") {
            return Self::of_json(target);
        }
        if let Some(operation) = uri.path().strip_prefix(CLOUDWATCH_PATH) {
            return Self::CloudWatch(operation.to_owned());
        }
        let query = uri.query().unwrap_or_default();
        let service = text(AUTHORIZATION.as_str()).and_then(signed_service);
        let service = service.or_else(|| signed_service(query));
        let is_form = text(CONTENT_TYPE.as_str()).is_some_and(|it| it.starts_with(FORM));
        match service {
            Some("s3") => Self::S3,
            Some("lambda") => Self::Lambda,
            None if uri.path().starts_with(LAMBDA_PATH) => Self::Lambda,
            // Nobody signs a file for a browser, nor a look with curl.
            None if !(method == Method::POST && is_form) => Self::S3,
            Some("dynamodb") => Self::DynamoDb,
            Some("sqs") if is_form => Self::SqsQuery,
            service => {
                let service = service.unwrap_or("an unsigned request").to_owned();
                Self::Unserved(match is_form {
                    true => Unserved::Query { service },
                    false => Unserved::Rest { service },
                })
            }
        }
    }

    fn of_json(target: &str) -> Self {
        match target.split_once('.') {
            Some(("DynamoDB_20120810" | "DynamoDBStreams_20120810", _)) => Self::DynamoDb,
            Some(("AmazonSQS", operation)) => Self::Sqs(operation.to_owned()),
            Some(("GraniteServiceVersion20100801", operation)) => {
                Self::CloudWatch(operation.to_owned())
            }
            _ => Self::Unserved(Unserved::Json {
                target: target.to_owned(),
            }),
        }
    }
}

/// Nobody signs a function call with curl, either; buckets have other names.
const LAMBDA_PATH: &str = "/2015-03-31/functions/";
/// Where requests in CBOR go.
const CLOUDWATCH_PATH: &str = "/service/GraniteServiceVersion20100801/operation/";
const FORM: &str = "application/x-www-form-urlencoded";

/// The service in `…Credential=KEY/20260101/us-east-1/SERVICE/aws4_request…`, a header or a query.
fn signed_service(text: &str) -> Option<&str> {
    let (_, scope) = text.split_once("Credential=")?;
    let end = scope.find([',', ' ', '&']).unwrap_or(scope.len());
    let scope = &scope[..end];
    // Keys of temporary credentials may hold slashes; the end is fixed.
    let mut parts = match scope.contains('/') {
        true => scope.rsplit("/"),
        false => scope.rsplit("%2F"),
    };
    parts.nth(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(method: Method, uri: &str, headers: &[(&'static str, &str)]) -> Target {
        let headers = headers.iter().map(|(name, value)| {
            let name = axum::http::HeaderName::from_static(name);
            (name, value.parse().unwrap())
        });
        Target::of(&method, &uri.parse().unwrap(), &headers.collect())
    }

    fn signed(service: &str) -> String {
        format!(
            "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
        )
    }

    #[test]
    fn a_named_target_decides() {
        let named = |name| target(Method::POST, "/", &[("x-amz-target", name)]);
        assert_eq!(named("DynamoDB_20120810.PutItem"), Target::DynamoDb);
        assert_eq!(
            named("DynamoDBStreams_20120810.ListStreams"),
            Target::DynamoDb
        );
        let send = Target::Sqs("SendMessage".to_owned());
        assert_eq!(named("AmazonSQS.SendMessage"), send);
        let kinesis = Unserved::Json {
            target: "Kinesis_20131202.PutRecord".to_owned(),
        };
        assert_eq!(
            named("Kinesis_20131202.PutRecord"),
            Target::Unserved(kinesis)
        );
    }

    #[test]
    fn cloudwatch_is_named_by_the_target_or_the_address() {
        let describe = Target::CloudWatch("DescribeAlarms".to_owned());
        let named = "GraniteServiceVersion20100801.DescribeAlarms";
        assert_eq!(
            target(Method::POST, "/", &[("x-amz-target", named)]),
            describe
        );
        let address = "/service/GraniteServiceVersion20100801/operation/DescribeAlarms";
        assert_eq!(target(Method::POST, address, &[]), describe);
    }

    #[test]
    fn otherwise_the_signature_names_the_service() {
        let s3 = signed("s3");
        assert_eq!(
            target(Method::PUT, "/b/k", &[("authorization", &s3)]),
            Target::S3
        );
        let url = "/b/k?X-Amz-Credential=a%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=1";
        assert_eq!(target(Method::GET, url, &[]), Target::S3);
        let batch = signed("batch");
        let rest = Unserved::Rest {
            service: "batch".to_owned(),
        };
        let found = target(Method::GET, "/v1/jobs", &[("authorization", &batch)]);
        assert_eq!(found, Target::Unserved(rest));
        let lambda = signed("lambda");
        let found = target(
            Method::GET,
            "/2015-03-31/functions",
            &[("authorization", &lambda)],
        );
        assert_eq!(found, Target::Lambda);
        let sns = signed("sns");
        let headers = [("authorization", sns.as_str()), ("content-type", FORM)];
        let query = Unserved::Query {
            service: "sns".to_owned(),
        };
        assert_eq!(target(Method::POST, "/", &headers), Target::Unserved(query));
    }

    #[test]
    fn a_form_signed_for_sqs_is_its_older_protocol() {
        let sqs = signed("sqs");
        let headers = [("authorization", sqs.as_str()), ("content-type", FORM)];
        assert_eq!(target(Method::POST, "/", &headers), Target::SqsQuery);
    }

    #[test]
    fn unsigned_requests_are_for_files_or_functions() {
        let invoke = "/2015-03-31/functions/work/invocations";
        assert_eq!(target(Method::POST, invoke, &[]), Target::Lambda);
        assert_eq!(target(Method::GET, "/bucket/key", &[]), Target::S3);
    }
}
