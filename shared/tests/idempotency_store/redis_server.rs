//! A Redis or Valkey server of one's own, in a process beside this one.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use lambda_queue::RedisStore;
use lambda_queue::idempotency::record::{Owner, Record, RecordId, Status};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::{Client, Commands, Connection};

/// Ends with the test, and so does what it knows.
pub(crate) struct RedisServer {
    process: Child,
    folder: PathBuf,
    url: String,
}

impl RedisServer {
    /// None, and a warning, where no server is installed.
    pub(crate) async fn start() -> Option<Self> {
        let folder = folder();
        let url = format!("redis+unix://{}", folder.join("socket").display());
        let socket = ["--port", "0", "--unixsocket", "socket"];
        let server = Self::spawn(folder, url, &socket.map(str::to_owned))?;
        until(async || server.client().get_connection().is_ok()).await;
        Some(server)
    }

    /// A cluster of one server that has all hash slots.
    pub(crate) async fn start_cluster() -> Option<Self> {
        let free = || TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, bus) = (free(), free());
        let [port, bus] = [port, bus].map(|it| it.local_addr().unwrap().port().to_string());
        let url = format!("redis://127.0.0.1:{port}");
        let options = ["--cluster-enabled", "yes", "--cluster-port", &bus];
        let options = [&["--bind", "127.0.0.1", "--port", &port], &options[..]].concat();
        let options: Vec<_> = options.into_iter().map(str::to_owned).collect();
        let server = Self::spawn(folder(), url, &options)?;
        until(async || server.client().get_connection().is_ok()).await;
        let mut connection = server.connect();
        let all_slots = ["ADDSLOTSRANGE", "0", "16383"];
        let () = redis::cmd("CLUSTER")
            .arg(&all_slots)
            .query(&mut connection)
            .unwrap();
        let mut is_ready = || {
            let info: String = redis::cmd("CLUSTER")
                .arg("INFO")
                .query(&mut connection)
                .unwrap();
            info.contains("cluster_state:ok")
        };
        until(async || is_ready()).await;
        Some(server)
    }

    /// Starts one in a folder of its own, that is to answer at `url`.
    pub(crate) fn spawn(folder: PathBuf, url: String, options: &[String]) -> Option<Self> {
        let process = ["redis-server", "valkey-server"].iter().find_map(|name| {
            Command::new(name)
                .args(["--save", "", "--appendonly", "no", "--dir"])
                .arg(&folder)
                .args(options)
                .stdout(Stdio::null())
                .current_dir(&folder)
                .spawn()
                .ok()
        });
        if process.is_none() {
            std::fs::remove_dir_all(&folder).unwrap();
            let skipped = "SKIPPED on Redis: neither redis-server nor valkey-server is installed\n";
            // Not by `eprintln!`, which nobody sees of a test that passes.
            std::io::stderr().write_all(skipped.as_bytes()).unwrap();
        }
        let process = process?;
        Some(Self {
            process,
            folder,
            url,
        })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.join("socket")
    }

    fn client(&self) -> Client {
        Client::open(self.url()).unwrap()
    }

    pub(crate) fn connect(&self) -> Connection {
        self.client().get_connection().unwrap()
    }

    pub(crate) async fn store(&self) -> RedisStore<ConnectionManager> {
        store_at(&self.socket()).await
    }

    /// A store on a cluster, whose keys are known.
    pub(crate) async fn cluster_store(&self) -> RedisStore<ClusterConnection> {
        let client = ClusterClient::new([self.url()]).unwrap();
        RedisStore::cluster(client.get_async_connection().await.unwrap()).partitions(1)
    }

    pub(crate) fn get(&self, id: &RecordId) -> Option<Record> {
        let fields: BTreeMap<String, String> = self.connect().hgetall(key(id)).unwrap();
        let text = |name: &str| fields.get(name).cloned();
        let number = |name: &str| fields.get(name)?.parse::<u64>().ok();
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

    pub(crate) fn put(&self, id: &RecordId, record: &Record) {
        let mut fields = vec![
            ("status", record.status.as_str().to_owned()),
            ("expiration", record.expires_at_s.to_string()),
        ];
        let owner = record.owner.as_ref().map(|it| it.as_str().to_owned());
        let attempts = (record.attempts > 0).then(|| record.attempts.to_string());
        let optional = [
            ("owner", owner),
            (
                "in_progress_expiration",
                record.lease_until_ms.map(|it| it.to_string()),
            ),
            ("validation", record.validation.clone()),
            ("data", record.data.clone()),
            ("attempts", attempts),
            ("last_error", record.last_error.clone()),
        ];
        fields.extend(
            optional
                .into_iter()
                .filter_map(|(name, it)| Some((name, it?))),
        );
        self.delete(id);
        let () = self.connect().hset_multiple(key(id), &fields).unwrap();
    }

    pub(crate) fn delete(&self, id: &RecordId) {
        let () = self.connect().del(key(id)).unwrap();
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // Of no use to anyone any more, whatever it says.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A store that connects again by itself, whose keys are known.
pub(crate) async fn store_at(socket: &Path) -> RedisStore<ConnectionManager> {
    let settings = ConnectionManagerConfig::new().set_number_of_retries(1);
    let client = Client::open(format!("redis+unix://{}", socket.display())).unwrap();
    let connection = client.get_connection_manager_with_config(settings).await;
    RedisStore::new(connection.unwrap()).partitions(1)
}

/// A new one for a server's files.
pub(crate) fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("redis-{}", fastrand::u64(..)));
    std::fs::create_dir(&folder).unwrap();
    folder
}

/// With one partition, it is in every key.
pub(crate) fn key(id: &RecordId) -> String {
    format!("lambda-queue:{{0}}:{}", id.as_str())
}

pub(crate) async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    while !is_so().await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
