//! The SDK's client, for AWS or whoever answers instead.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::Credentials;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;

use super::printable::printable;
use crate::error::{DlqError, innermost};

/// More than a long poll takes.
const ATTEMPT: Duration = Duration::from_secs(20);
/// Less than messages are hidden for by default, so that an answer still finds them hidden.
const OPERATION: Duration = Duration::from_secs(60);

/// Why SQS may not even have been asked.
const WAY_THERE: &str = "credentials and region come from the AWS_* variables or a profile, the address from AWS_ENDPOINT_URL or --endpoint";

/// A client by the usual AWS variables and profiles. An endpoint of this machine needs neither
/// credentials nor a region.
pub(super) async fn client(endpoint: Option<&str>) -> Client {
    let tls = Provider::Rustls(CryptoMode::Ring);
    let timeouts = TimeoutConfig::builder()
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION);
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(Builder::new().tls_provider(tls).build_https())
        .retry_config(RetryConfig::standard().with_max_attempts(5))
        .timeout_config(timeouts.build());
    if let Some(endpoint) = endpoint {
        loader = loader.endpoint_url(endpoint);
        if is_here(endpoint) {
            let set = |name: &str| std::env::var(name).ok().filter(|it| !it.is_empty());
            if set("AWS_ACCESS_KEY_ID").is_none() {
                let local = Credentials::new("local", "local", None, None, "local");
                loader = loader.credentials_provider(local);
            }
            let region = set("AWS_REGION").or_else(|| set("AWS_DEFAULT_REGION"));
            loader = loader.region(Region::new(
                region.unwrap_or_else(|| "us-east-1".to_owned()),
            ));
        }
    }
    Client::new(&loader.load().await)
}

/// Whether the address is one of this machine.
fn is_here(endpoint: &str) -> bool {
    let uri: Option<axum::http::Uri> = endpoint.parse().ok();
    let host = uri.as_ref().and_then(|it| it.host()).unwrap_or_default();
    host == "localhost" || host.starts_with("127.") || host == "[::1]"
}

/// Why an operation failed, in a line.
pub(super) fn why<E, R>(error: &SdkError<E, R>) -> String
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let service = error.as_service_error().map(ProvideErrorMetadata::meta);
    let said = service.map(|meta| {
        let code = meta.code().unwrap_or("an error without a code");
        match meta.message() {
            Some(message) => format!("{code}: {message}"),
            None => code.to_owned(),
        }
    });
    let unsaid = || match error {
        SdkError::ConstructionFailure(_) | SdkError::DispatchFailure(_) => {
            format!("{}; {WAY_THERE}", innermost(error))
        }
        error => innermost(error),
    };
    printable(&said.unwrap_or_else(unsaid))
}

/// As an error of what was tried.
pub(super) fn failed<E, R>(what: &'static str) -> impl Fn(SdkError<E, R>) -> DlqError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    move |error| DlqError::Sqs {
        what,
        why: why(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_used_without_credentials() {
        for here in [
            "http://127.0.0.1:4566",
            "http://localhost:1/",
            "http://[::1]:4566",
        ] {
            assert!(is_here(here), "{here}");
        }
        for there in [
            "https://sqs.us-east-1.amazonaws.com",
            "http://localhost.example.com",
            "x",
        ] {
            assert!(!is_here(there), "{there}");
        }
    }
}
