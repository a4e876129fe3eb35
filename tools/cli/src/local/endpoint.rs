//! The address the AWS SDKs are pointed at.
//!
//! DynamoDB is the only service behind it yet. dynoxide answers any other service's requests with
//! an `UnknownOperationException` at once, so that a call to SQS fails rather than hangs.

use std::net::{Ipv4Addr, SocketAddr};

use dynoxide::Database;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::error::EndpointError;
use crate::template::Table;

/// A running endpoint; it ends when it is dropped.
#[derive(Debug)]
pub struct Endpoint {
    address: SocketAddr,
    server: JoinHandle<Result<(), String>>,
}

impl Endpoint {
    /// Serves `tables`, empty, on the loopback interface; port 0 takes any free one.
    ///
    /// # Errors
    /// The port is taken, or a table is refused.
    pub async fn start(port: u16, tables: &[Table]) -> Result<Self, EndpointError> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let bind = |source| EndpointError::Bind { address, source };
        let listener = TcpListener::bind(address).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let database = database(tables)?;
        let server = tokio::spawn(dynoxide::server::serve_with_shutdown(
            listener,
            database,
            std::future::pending(),
        ));
        Ok(Self { address, server })
    }

    /// The endpoint's URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn database(tables: &[Table]) -> Result<Database, EndpointError> {
    let failed = |error: dynoxide::DynoxideError| EndpointError::Database(error.to_string());
    let database = Database::memory().map_err(failed)?;
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
    database
        .create_table(request)
        .map_err(|it| it.to_string())?;
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
