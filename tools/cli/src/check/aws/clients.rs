//! The services that know a stack.

use aws_config::BehaviorVersion;
use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;

/// A client for each of them.
pub(super) struct Clients {
    pub(super) cloudformation: aws_sdk_cloudformation::Client,
    pub(super) sqs: aws_sdk_sqs::Client,
    pub(super) lambda: aws_sdk_lambda::Client,
    pub(super) dynamodb: aws_sdk_dynamodb::Client,
    pub(super) cloudwatch: aws_sdk_cloudwatch::Client,
    pub(super) iam: aws_sdk_iam::Client,
}

impl Clients {
    /// With the credentials and Region of the environment.
    pub(super) async fn new() -> Self {
        let tls = Provider::Rustls(CryptoMode::Ring);
        let client = Builder::new().tls_provider(tls).build_https();
        let config = aws_config::defaults(BehaviorVersion::latest())
            .http_client(client)
            .load()
            .await;
        Self {
            cloudformation: aws_sdk_cloudformation::Client::new(&config),
            sqs: aws_sdk_sqs::Client::new(&config),
            lambda: aws_sdk_lambda::Client::new(&config),
            dynamodb: aws_sdk_dynamodb::Client::new(&config),
            cloudwatch: aws_sdk_cloudwatch::Client::new(&config),
            iam: aws_sdk_iam::Client::new(&config),
        }
    }
}

/// What a service said, in one line; or why it said nothing.
pub(super) fn said(error: impl std::error::Error + ProvideErrorMetadata) -> String {
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        (None, _) => crate::error::innermost(&error),
    }
}
