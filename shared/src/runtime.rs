mod roots;

use std::env;
use std::error::Error as StdError;
use std::fmt;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use serde::de::DeserializeOwned;

use crate::batch::Served;
use crate::error::write_chain;
use crate::{BatchProcessor, Handler};

/// Serves a processor as a Lambda function, until the sandbox ends.
///
/// Where Lambda asks for it (`AWS_LAMBDA_MAX_CONCURRENCY`, on Managed Instances), several
/// invocations run at a time.
///
/// # Errors
/// The Runtime API cannot be reached.
pub async fn run<M, H>(processor: BatchProcessor<M, H>) -> Result<(), Error>
where
    M: DeserializeOwned + Send + 'static,
    H: Handler<M>,
{
    lambda_runtime::run_concurrent(Served(processor))
        .await
        .map_err(Error)
}

/// The AWS configuration of a function, from its environment. Build clients from it once, at cold
/// start.
///
/// The clients wait 3.1 s for a connection, and for an answer as long as it takes: a call of a model
/// may take minutes. What the toolkit asks by itself, of the idempotency table and of queues, it
/// gives up after 5 s a try, whatever client it was given, unless that has an
/// `operation_attempt_timeout` of its own. Give one to the clients of your handlers, too.
///
/// On Lambda they believe certificates of Amazon's authorities only, which all of AWS has: reading everybody's takes
/// most of a cold start. All of the system's are believed where the Region is of another partition, where
/// `AWS_ENDPOINT_URL` or a service's own leads elsewhere by HTTPS, behind a proxy (`HTTPS_PROXY`), and where
/// `SSL_CERT_FILE` or `SSL_CERT_DIR` says which; so set that if your code gives a client another endpoint.
pub async fn aws_config() -> SdkConfig {
    let tls = Provider::Rustls(CryptoMode::Ring);
    let mut client = Builder::new().tls_provider(tls);
    if let Some(amazons_alone) = roots::amazons_alone() {
        client = client.tls_context(amazons_alone);
    }
    let client = client.build_https();
    let config = aws_config::defaults(BehaviorVersion::latest()).http_client(client);
    // What the SDK would come to as well, but after it has made a client of STS for all the other ways.
    let config = match has_credentials() {
        true => config.credentials_provider(EnvironmentVariableCredentialsProvider::new()),
        false => config,
    };
    config.load().await
}

/// Whether credentials are in the environment, as they are on Lambda.
fn has_credentials() -> bool {
    ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
        .iter()
        .all(|name| env::var(name).is_ok_and(|it| !it.trim().is_empty()))
}

/// Why a function did not start: what `main` returns.
///
/// Any error becomes one by `?`. It shows as the error's own words, causes included, also where
/// Rust prints what `main` returned.
pub struct Error(Box<dyn StdError + Send + Sync>);

impl<E: StdError + Send + Sync + 'static> From<E> for Error {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_chain(&*self.0, f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
