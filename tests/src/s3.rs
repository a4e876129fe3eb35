//! An S3 on a folder.

use std::convert::Infallible;
use std::fs;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{BehaviorVersion, Config, HttpClient, Region};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tower::{ServiceExt, service_fn};

/// An S3 of a test's own; it ends with the test.
pub struct S3 {
    endpoint: String,
    folder: TempDir,
    _stop: oneshot::Sender<()>,
}

impl S3 {
    /// Starts one with these buckets.
    ///
    /// # Panics
    /// It cannot be started; a test has no use for the error.
    pub async fn start(buckets: &[&str]) -> Self {
        let folder = TempDir::new().unwrap_or_else(|error| panic!("no folder: {error}"));
        for bucket in buckets {
            let created = fs::create_dir(folder.path().join(bucket));
            created.unwrap_or_else(|error| panic!("no bucket {bucket}: {error}"));
        }
        let files = FileSystem::new(folder.path());
        let files = files.unwrap_or_else(|error| panic!("no S3: {error:?}"));
        let s3 = S3ServiceBuilder::new(files).build();
        let service = service_fn(move |request: Request| {
            let s3 = s3.clone();
            async move {
                let answer = s3.oneshot(request).await;
                let answer = answer.unwrap_or_else(|error| panic!("S3 failed: {error:?}"));
                Ok::<_, Infallible>(answer.map(Body::new))
            }
        });
        let (endpoint, stop) = serve(Router::new().fallback_service(service)).await;
        Self {
            endpoint,
            folder,
            _stop: stop,
        }
    }

    /// Starts one that gives the same answer to everything.
    pub async fn answering(status: u16, body: &'static str) -> Self {
        let answer = move || async move {
            let answer = Response::builder().status(status).body(Body::from(body));
            answer.unwrap_or_else(|error| panic!("no answer: {error}"))
        };
        let (endpoint, stop) = serve(Router::new().fallback(answer)).await;
        let folder = TempDir::new().unwrap_or_else(|error| panic!("no folder: {error}"));
        Self {
            endpoint,
            folder,
            _stop: stop,
        }
    }

    /// A client of no S3, for tests that do not ask it for anything.
    pub fn none() -> Client {
        Client::from_conf(config("http://127.0.0.1:9", crate::http()))
    }

    /// The SDK's client, over plain HTTP.
    pub fn client(&self) -> Client {
        self.client_over(crate::http())
    }

    /// The SDK's client, over a connection of the test's own making.
    pub fn client_over(&self, http: impl HttpClient + 'static) -> Client {
        Client::from_conf(config(&self.endpoint, http))
    }

    /// Puts an object there.
    ///
    /// # Panics
    /// There is no such bucket.
    pub async fn put(&self, bucket: &str, key: &str, content_type: Option<&str>, content: &[u8]) {
        assert!(self.folder.path().join(bucket).exists(), "{bucket}");
        let request = self.client().put_object().bucket(bucket).key(key);
        let request = request
            .set_content_type(content_type.map(str::to_owned))
            .body(content.to_vec().into());
        let put = request.send().await;
        put.unwrap_or_else(|error| panic!("{key} was not stored: {error:?}"));
    }
}

async fn serve(router: Router) -> (String, oneshot::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.unwrap_or_else(|error| panic!("no port: {error}"));
    let address = listener.local_addr();
    let address = address.unwrap_or_else(|error| panic!("no address: {error}"));
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(async move {
        let stopped = async {
            let _ = stopped.await;
        };
        let served = axum::serve(listener, router).with_graceful_shutdown(stopped);
        served.await.unwrap_or_else(|error| panic!("{error}"));
    });
    (format!("http://{address}"), stop)
}

fn config(endpoint: &str, http: impl HttpClient + 'static) -> Config {
    Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        // It knows no keys, and refuses signatures by others.
        .allow_no_auth()
        .retry_config(RetryConfig::disabled())
        .http_client(http)
        .endpoint_url(endpoint)
        .build()
}
