//! A DynamoDB of one's own, in this process.

use std::net::SocketAddr;
use std::time::Duration;

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Builder, Credentials, Region};
use aws_sdk_dynamodb::{Client, Config};
use dynoxide::Database;
use lambda_queue::DynamoDbStore;
use lambda_queue::idempotency::record::{Owner, Record, RecordId, Status};
use serde_json::{Value, json};

use crate::faults::FaultyHttp;

const TABLE: &str = "idempotency";
pub(crate) const NOTES: &str = "notes";

#[derive(Clone)]
pub(crate) struct DynamoDb {
    database: Database,
    client: Client,
    pub(crate) http: FaultyHttp,
    /// Where it is served.
    pub(crate) address: SocketAddr,
}

impl DynamoDb {
    /// An empty table behind a real client, served until the runtime ends.
    pub(crate) async fn start() -> Self {
        let database = Database::memory().unwrap();
        let table = json!({
            "TableName": TABLE,
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
        });
        database
            .create_table(serde_json::from_value(table).unwrap())
            .unwrap();
        // What handlers write to, apart from the records.
        let notes = json!({
            "TableName": NOTES,
            "KeySchema": [{"AttributeName": "note", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "note", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
        });
        database
            .create_table(serde_json::from_value(notes).unwrap())
            .unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let served = database.clone();
        tokio::spawn(dynoxide::server::serve_with_shutdown(
            listener,
            served,
            std::future::pending(),
        ));
        let http = FaultyHttp::new();
        let config = sdk(address).http_client(http.clone()).build();
        Self {
            database,
            client: Client::from_conf(config),
            http,
            address,
        }
    }

    /// A store on this table that goes another way to it.
    pub(crate) fn through(client: Client) -> DynamoDbStore {
        DynamoDbStore::new(client, TABLE)
    }

    pub(crate) fn with_defaults(&self) -> DynamoDbStore {
        DynamoDbStore::new(self.client.clone(), TABLE)
    }

    pub(crate) fn single(&self) -> DynamoDbStore {
        self.with_defaults().single_up_to(usize::MAX)
    }

    pub(crate) fn batched(&self) -> DynamoDbStore {
        self.with_defaults().single_up_to(0)
    }

    pub(crate) fn put(&self, id: &RecordId, record: &Record) {
        let mut item = json!({
            "status": {"S": record.status.as_str()},
            "expiration": {"N": record.expires_at_s.to_string()},
        });
        let mut set = |name: &str, kind: &str, value: Option<String>| {
            if let Some(value) = value {
                item[name] = json!({kind: value});
            }
        };
        set(
            "owner",
            "S",
            record.owner.as_ref().map(|it| it.as_str().to_owned()),
        );
        set(
            "in_progress_expiration",
            "N",
            record.lease_until_ms.map(|it| it.to_string()),
        );
        set("validation", "S", record.validation.clone());
        set("data", "S", record.data.clone());
        set("last_error", "S", record.last_error.clone());
        if record.attempts > 0 {
            set("attempts", "N", Some(record.attempts.to_string()));
        }
        self.put_item(id, item);
    }

    pub(crate) fn put_item(&self, id: &RecordId, mut item: Value) {
        item["id"] = json!({"S": id.as_str()});
        let request = json!({"TableName": TABLE, "Item": item});
        self.database
            .put_item(serde_json::from_value(request).unwrap())
            .unwrap();
    }

    pub(crate) fn item(&self, id: &RecordId) -> Option<Value> {
        let request = json!({"TableName": TABLE, "Key": {"id": {"S": id.as_str()}}});
        let answer = self
            .database
            .get_item(serde_json::from_value(request).unwrap())
            .unwrap();
        serde_json::to_value(answer).unwrap().get("Item").cloned()
    }

    pub(crate) fn put_note(&self, note: &str) {
        let request = json!({"TableName": NOTES, "Item": {"note": {"S": note}}});
        self.database
            .put_item(serde_json::from_value(request).unwrap())
            .unwrap();
    }

    pub(crate) fn delete_note(&self, note: &str) {
        let request = json!({"TableName": NOTES, "Key": {"note": {"S": note}}});
        self.database
            .delete_item(serde_json::from_value(request).unwrap())
            .unwrap();
    }

    /// An item of the table that handlers write to.
    pub(crate) fn note(&self, note: &str) -> Option<Value> {
        let request = json!({"TableName": NOTES, "Key": {"note": {"S": note}}});
        let answer = self
            .database
            .get_item(serde_json::from_value(request).unwrap())
            .unwrap();
        serde_json::to_value(answer).unwrap().get("Item").cloned()
    }

    /// What a counter of that table stands at; 0 if there is none.
    pub(crate) fn count(&self, note: &str) -> u64 {
        let note = self.note(note).unwrap_or_default();
        note["count"]["N"].as_str().unwrap_or("0").parse().unwrap()
    }

    pub(crate) fn get(&self, id: &RecordId) -> Option<Record> {
        read(&self.item(id)?)
    }

    /// All of them.
    pub(crate) fn records(&self) -> Vec<Record> {
        let request = serde_json::from_value(json!({"TableName": TABLE})).unwrap();
        let answer = serde_json::to_value(self.database.scan(request).unwrap()).unwrap();
        let items = answer["Items"].as_array().unwrap().iter();
        items.map(|item| read(item).unwrap()).collect()
    }

    pub(crate) fn delete(&self, id: &RecordId) {
        let request = json!({"TableName": TABLE, "Key": {"id": {"S": id.as_str()}}});
        self.database
            .delete_item(serde_json::from_value(request).unwrap())
            .unwrap();
    }
}

/// What all clients have in common.
pub(crate) fn sdk(address: SocketAddr) -> Builder {
    // The emulator, built without optimisations, takes its time on a busy machine.
    let minute = TimeoutConfig::builder().operation_attempt_timeout(Duration::from_secs(60));
    Config::builder()
        .timeout_config(minute.build())
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::new("key", "secret", None, None, "test"))
        .endpoint_url(format!("http://{address}"))
        .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(1)))
}

fn read(item: &Value) -> Option<Record> {
    let text = |name: &str| Some(item.get(name)?["S"].as_str()?.to_owned());
    let number = |name: &str| item.get(name)?["N"].as_str()?.parse::<u64>().ok();
    Some(Record {
        status: Status::parse(&text("status")?)?,
        owner: text("owner").map(Owner::new),
        lease_until_ms: number("in_progress_expiration"),
        expires_at_s: number("expiration")?,
        validation: text("validation"),
        data: text("data"),
        attempts: number("attempts").unwrap_or_default().try_into().unwrap(),
        last_error: text("last_error"),
    })
}
