use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use serde::de::DeserializeOwned;

use crate::{BatchProcessor, Handler};

/// Serves a processor as a Lambda function, until the sandbox ends.
///
/// Where Lambda asks for it (`AWS_LAMBDA_MAX_CONCURRENCY`, on Managed Instances), several
/// invocations run at a time.
///
/// # Errors
/// The Runtime API cannot be reached.
pub async fn run<M, H>(processor: BatchProcessor<M, H>) -> Result<(), lambda_runtime::Error>
where
    M: DeserializeOwned + Send + 'static,
    H: Handler<M>,
{
    lambda_runtime::run_concurrent(processor).await
}

/// The AWS configuration of a function, from its environment. Build clients from it once, at cold
/// start.
pub async fn aws_config() -> SdkConfig {
    let tls = Provider::Rustls(CryptoMode::Ring);
    let client = Builder::new().tls_provider(tls).build_https();
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(client)
        .load()
        .await
}
