//! The address the AWS SDKs are pointed at: one port, and every service behind it.

mod aws;
mod cloudwatch;
mod dynamodb;
mod errors;
mod guard;
mod lambda;
mod neighbour;
mod s3;
mod sqs;
mod target;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::error::{EndpointError, Error};
use crate::template::Template;
use cloudwatch::CloudWatch;
use dynamodb::DynamoDb;
use lambda::Lambda;
use s3::S3;
use target::Target;

pub(super) use s3::bucket_and_key;

use super::calls::Service;
use super::console::Console;
use super::stack::Running;

/// A running endpoint; it ends when it is dropped.
pub(crate) struct Endpoint {
    server: JoinHandle<()>,
}

/// What answers behind it.
struct Services {
    dynamodb: DynamoDb,
    s3: S3,
    console: Console,
    lambda: Lambda,
    cloudwatch: CloudWatch,
    running: Running,
}

/// An address that is taken, but where nothing answers yet.
///
/// Queues have the address in their names, so it must be known before they are made.
pub(crate) struct Address {
    listener: TcpListener,
    url: String,
}

impl Address {
    /// Takes `port` on the loopback interface; 0 takes any free one.
    pub(crate) async fn take(port: u16) -> Result<Self, EndpointError> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let bind = |source| EndpointError::Bind { address, source };
        let listener = match TcpListener::bind(address).await {
            Ok(listener) => listener,
            Err(_) if neighbour::is_one_of_us(address).await => {
                return Err(EndpointError::Another(address));
            }
            Err(source) => return Err(bind(source)),
        };
        let url = format!("http://{}", listener.local_addr().map_err(bind)?);
        Ok(Self { listener, url })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Serves what is `running`, and the tables and buckets of `template`, kept in `data` or nowhere.
    ///
    /// # Errors
    /// The template is not understood, or something of it is refused.
    pub(crate) async fn serve(
        self,
        template: &Template,
        running: Running,
        data: Option<&Path>,
    ) -> Result<Endpoint, Error> {
        if let Some(folder) = data {
            std::fs::create_dir_all(folder).map_err(|source| cannot_store(folder, source))?;
        }
        let services = Arc::new(Services {
            dynamodb: DynamoDb::start(&template.tables()?, data).await?,
            s3: S3::open(template, &running.queues, data).await?,
            lambda: Lambda::new(&running),
            cloudwatch: CloudWatch::new(template.alarms()?, &running),
            console: Console::start(&running, template.alarms()?),
            running,
        });
        let app = Router::new().fallback(answer).with_state(services);
        let server = tokio::spawn(async move {
            // Serving ends with the task; accept errors are retried inside.
            drop(axum::serve(self.listener, app).await);
        });
        Ok(Endpoint { server })
    }
}

fn cannot_store(folder: &Path, source: std::io::Error) -> EndpointError {
    let folder = folder.to_owned();
    EndpointError::Data { folder, source }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(State(services): State<Arc<Services>>, request: Request) -> Response {
    if let Some(refusal) = guard::refuse(request.headers()) {
        return refusal;
    }
    if Console::is_at(request.uri().path()) {
        return services.console.answer(request).await;
    }
    let target = Target::of(request.method(), request.uri(), request.headers());
    let request = match (&services.running.calls, noted(&target)) {
        (Some(calls), Some(service)) => calls.note(&service, request).await,
        _ => request,
    };
    match target {
        Target::DynamoDb => {
            let dice = services.running.chaos.throttle();
            dynamodb::throttled(&services.dynamodb, dice, request).await
        }
        Target::Sqs(operation) => sqs::call(&services.running.queues, &operation, request).await,
        Target::SqsQuery => sqs::query::call(&services.running.queues, request).await,
        Target::CloudWatch(operation) => services.cloudwatch.call(&operation, request).await,
        Target::Lambda => services.lambda.call(request).await,
        Target::S3 => services.s3.call(request).await,
        Target::Unserved(what) => errors::unserved(what, request).await,
    }
}

/// The services whose calls are told.
fn noted(target: &Target) -> Option<Service<'_>> {
    match target {
        Target::DynamoDb => Some(Service::DynamoDb),
        Target::Sqs(operation) => Some(Service::Sqs(operation)),
        Target::SqsQuery => Some(Service::SqsQuery),
        Target::S3 => Some(Service::S3),
        Target::CloudWatch(_) | Target::Lambda | Target::Unserved(_) => None,
    }
}
