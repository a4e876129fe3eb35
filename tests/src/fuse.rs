//! A process that ends in the middle of a request.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use tokio::sync::Notify;

/// Blows at one request of a process, whoever it is for: nothing is answered from then on.
#[derive(Clone, Debug)]
pub struct Fuse {
    left: Arc<AtomicI64>,
    carried_out: bool,
    blown: Arc<Notify>,
}

impl Fuse {
    /// Lets `requests` pass; the one after them is carried out without an answer, or never arrives.
    pub fn after(requests: i64, carried_out: bool) -> Self {
        Self {
            left: Arc::new(AtomicI64::new(requests)),
            carried_out,
            blown: Arc::default(),
        }
    }

    /// Resolves when it blows.
    pub async fn blown(&self) {
        self.blown.notified().await;
    }

    /// A connection that ends with the process.
    pub fn over(&self, inner: SharedHttpClient) -> SharedHttpClient {
        SharedHttpClient::new(Doomed {
            fuse: self.clone(),
            inner,
        })
    }
}

#[derive(Clone, Debug)]
struct Doomed<I> {
    fuse: Fuse,
    inner: I,
}

impl HttpClient for Doomed<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Doomed {
            fuse: self.fuse.clone(),
            inner: self.inner.http_connector(settings, components),
        })
    }
}

impl HttpConnector for Doomed<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self { fuse, inner } = self.clone();
        match fuse.left.fetch_sub(1, Ordering::Relaxed) {
            1.. => inner.call(request),
            0 => HttpConnectorFuture::new(async move {
                if fuse.carried_out {
                    let _ = inner.call(request).await;
                }
                fuse.blown.notify_one();
                std::future::pending().await
            }),
            _ => HttpConnectorFuture::new(std::future::pending()),
        }
    }
}
