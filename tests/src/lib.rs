//! What tests of several packages share: DynamoDB, SQS, S3, Bedrock and S3 Vectors in the test's
//! process, behind the real SDK clients.

mod cargo;
mod fuse;
mod models;
mod queues;
mod s3;

use std::collections::BTreeMap;

pub use aws_lambda_events::event::sqs::SqsEvent;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, Builder as ConfigBuilder, Config, Credentials, HttpClient, Region,
    SharedHttpClient,
};
pub use cargo::cargo;
use dynoxide::Database;
pub use fuse::Fuse;
pub use models::{Fault, Models, World};
pub use s3::S3;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub use queues::{Queues, event, first_delivery};

/// A DynamoDB of a test's own, in memory; it ends with the test.
pub struct DynamoDb {
    client: Client,
    database: Database,
    endpoint: String,
    keys: BTreeMap<String, Vec<String>>,
    _stop: oneshot::Sender<()>,
}

impl DynamoDb {
    /// Starts one with these tables, each a name, a partition key and perhaps a sort key.
    ///
    /// # Panics
    /// It cannot be started; a test has no use for the error.
    pub async fn start(tables: &[(&str, &str, Option<&str>)]) -> Self {
        let database = Database::memory().unwrap_or_else(|error| panic!("no database: {error}"));
        let mut keys = BTreeMap::new();
        for (table, partition, sort) in tables {
            let names = [Some(*partition), *sort].into_iter().flatten();
            keys.insert((*table).to_owned(), names.map(String::from).collect());
            create_table(&database, table, partition, *sort);
        }
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.unwrap_or_else(|error| panic!("no port: {error}"));
        let address = listener.local_addr();
        let address = address.unwrap_or_else(|error| panic!("no address: {error}"));
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(dynoxide::server::serve_with_shutdown(
            listener,
            database.clone(),
            async {
                let _ = stopped.await;
            },
        ));
        let endpoint = format!("http://{address}");
        let client = Client::from_conf(config(&endpoint).http_client(http()).build());
        Self {
            client,
            database,
            endpoint,
            keys,
            _stop: stop,
        }
    }

    /// The SDK's client, over plain HTTP.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// The SDK's client, over a connection of the test's own making.
    pub fn client_over(&self, http: impl HttpClient + 'static) -> Client {
        Client::from_conf(config(&self.endpoint).http_client(http).build())
    }

    /// Where it answers.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// A table's items in the order of their keys, as DynamoDB JSON.
    ///
    /// # Panics
    /// There is no such table.
    pub fn items(&self, table: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut request = json!({"TableName": table});
        loop {
            let scan = serde_json::from_value(request.clone());
            let scan = scan.unwrap_or_else(|error| panic!("not a scan: {error}"));
            let answer = self.database.scan(scan);
            let answer = answer.unwrap_or_else(|error| panic!("cannot scan {table}: {error}"));
            let answer = serde_json::to_value(answer).unwrap_or_default();
            items.extend(answer["Items"].as_array().cloned().unwrap_or_default());
            // A page ends at 1 MB.
            match &answer["LastEvaluatedKey"] {
                Value::Null => break,
                last => request["ExclusiveStartKey"] = last.clone(),
            }
        }
        let key = |item: &Value| -> Vec<String> {
            let names = self.keys[table].iter();
            names.map(|name| item[name].to_string()).collect()
        };
        items.sort_by_cached_key(key);
        items
    }
}

/// Plain HTTP.
pub fn http() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().build_http()
}

fn config(endpoint: &str) -> ConfigBuilder {
    Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "tests"))
        .endpoint_url(endpoint)
}

fn create_table(database: &Database, table: &str, partition: &str, sort: Option<&str>) {
    let names = [Some((partition, "HASH")), sort.map(|sort| (sort, "RANGE"))];
    let names: Vec<_> = names.into_iter().flatten().collect();
    let attribute = |(name, _): &(&str, &str)| json!({"AttributeName": name, "AttributeType": "S"});
    let key = |(name, kind): &(&str, &str)| json!({"AttributeName": name, "KeyType": kind});
    let request = serde_json::from_value(json!({
        "TableName": table,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": names.iter().map(attribute).collect::<Vec<_>>(),
        "KeySchema": names.iter().map(key).collect::<Vec<_>>(),
    }));
    let request = request.unwrap_or_else(|error| panic!("not a table: {error}"));
    let created = database.create_table(request);
    created.unwrap_or_else(|error| panic!("cannot create {table}: {error}"));
}
