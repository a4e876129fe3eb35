//! What `lambda-queue local` says of itself while it runs.

use lambda_queue_demo::Result;
use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::wrong;

/// The console's state, as far as it is of interest.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct State {
    queues: Vec<Queue>,
    functions: Vec<Function>,
    mappings: Vec<Mapping>,
    #[serde(default)]
    chaos: Chaos,
}

#[derive(Deserialize)]
struct Queue {
    name: String,
    visible: u64,
}

#[derive(Deserialize)]
struct Function {
    invocations: u64,
    starts: u64,
}

#[derive(Deserialize)]
struct Mapping {
    queue: String,
    /// Batches that functions have at the moment.
    running: u64,
}

#[derive(Default, Deserialize)]
struct Chaos {
    throttled: u64,
    duplicates: u64,
}

/// What happened, in numbers that add up over several processes.
#[derive(Clone, Copy, Default)]
pub(crate) struct Totals {
    pub(crate) invocations: u64,
    pub(crate) starts: u64,
    pub(crate) throttled: u64,
    pub(crate) duplicates: u64,
}

impl State {
    /// Asks the endpoint at `url`; its answer is at most a second old.
    pub(crate) async fn at(url: &str) -> Result<Self> {
        let host = url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).await?;
        // Version 1.0 gets the body as it is, and the connection closed behind it.
        let request = format!("GET /_console/api/state HTTP/1.0\r\nHost: {host}\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let (_, body) = answer
            .split_once("\r\n\r\n")
            .ok_or_else(|| wrong("half an answer"))?;
        #[derive(Deserialize)]
        struct Dated {
            state: State,
        }
        Ok(serde_json::from_str::<Dated>(body)?.state)
    }

    /// Messages that wait for a function.
    pub(crate) fn backlog(&self) -> u64 {
        let fed = |it: &&Queue| self.mappings.iter().any(|mapping| mapping.queue == it.name);
        self.queues.iter().filter(fed).map(|it| it.visible).sum()
    }

    /// Batches under way.
    pub(crate) fn running(&self) -> u64 {
        self.mappings.iter().map(|it| it.running).sum()
    }

    pub(crate) fn totals(&self) -> Totals {
        Totals {
            invocations: self.functions.iter().map(|it| it.invocations).sum(),
            starts: self.functions.iter().map(|it| it.starts).sum(),
            throttled: self.chaos.throttled,
            duplicates: self.chaos.duplicates,
        }
    }
}

impl std::ops::AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.invocations += other.invocations;
        self.starts += other.starts;
        self.throttled += other.throttled;
        self.duplicates += other.duplicates;
    }
}
