//! DynamoDB, embedded.
//!
//! dynoxide offers its HTTP interface as a server, not as a service to be nested. So it listens at
//! a port of its own, which only this module knows of, and requests are passed on to it.

mod throttle;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::CONNECTION;
use axum::http::uri::{PathAndQuery, Scheme};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use dynoxide::{Database, DynoxideError};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::aws;
use crate::error::EndpointError;
use crate::template::Table;

pub(super) use throttle::throttled;

/// The database, which ends when it is dropped.
pub(super) struct DynamoDb {
    address: SocketAddr,
    client: Client<HttpConnector, Body>,
    server: JoinHandle<Result<(), String>>,
}

impl DynamoDb {
    pub(super) async fn start(
        tables: &[Table],
        data: Option<&Path>,
    ) -> Result<Self, EndpointError> {
        let failed = |error: std::io::Error| EndpointError::Database(error.to_string());
        let database = database(tables, data)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let server =
            dynoxide::server::serve_with_shutdown(listener, database, std::future::pending());
        Ok(Self {
            address,
            client: Client::builder(TokioExecutor::new()).build_http(),
            server: tokio::spawn(server),
        })
    }

    pub(super) async fn call(&self, mut request: Request) -> Response {
        let path = request.uri().path_and_query().cloned();
        let path = path.unwrap_or(PathAndQuery::from_static("/"));
        let uri = Uri::builder()
            .scheme(Scheme::HTTP)
            .authority(self.address.to_string());
        let failed = |error: String| {
            let code = "com.amazonaws.dynamodb.v20120810#InternalServerError";
            aws::json_error(StatusCode::INTERNAL_SERVER_ERROR, code, &error)
        };
        match uri.path_and_query(path).build() {
            Ok(uri) => *request.uri_mut() = uri,
            Err(error) => return failed(error.to_string()),
        }
        // What a client says of its connection is not about ours.
        request.headers_mut().remove(CONNECTION);
        match self.client.request(request).await {
            Ok(mut response) => {
                response.headers_mut().remove(CONNECTION);
                response.map(Body::new)
            }
            Err(error) => failed(error.to_string()),
        }
    }
}

impl Drop for DynamoDb {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn database(tables: &[Table], data: Option<&Path>) -> Result<Database, EndpointError> {
    let failed = |error: DynoxideError| EndpointError::Database(error.to_string());
    let database = match data {
        Some(folder) => Database::new(&folder.join("dynamodb.sqlite").to_string_lossy()),
        None => Database::memory(),
    };
    let database = database.map_err(failed)?;
    for table in tables {
        create(&database, table).map_err(|message| EndpointError::Table {
            table: table.logical_id.clone(),
            message,
        })?;
    }
    Ok(database)
}

fn create(database: &Database, table: &Table) -> Result<(), String> {
    let request = serde_json::from_value(table.create.clone()).map_err(|it| it.to_string())?;
    match database.create_table(request) {
        Ok(_) => {}
        // Kept from an earlier run.
        Err(DynoxideError::ResourceInUseException(_)) => return Ok(()),
        Err(error) => return Err(error.to_string()),
    }
    let Some(attribute) = &table.ttl_attribute else {
        return Ok(());
    };
    let request = json!({
        "TableName": table.name,
        "TimeToLiveSpecification": { "AttributeName": attribute, "Enabled": true },
    });
    let request = serde_json::from_value(request).map_err(|it| it.to_string())?;
    let ttl = database.update_time_to_live(request);
    ttl.map_err(|it| it.to_string())?;
    Ok(())
}
