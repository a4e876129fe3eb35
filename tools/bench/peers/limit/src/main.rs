//! The work of the benchmark at the least cost we know: hand-written HTTP, borrowed parsing, statements in batches.
//!
//! It keeps the records that lambda-queue keeps, so that the store has the same to do; what it leaves out is
//! everything that goes wrong: retries, throttling, deadlines, takeovers of records that others left behind.

mod batched;
mod event;
mod http;
mod invocation;
mod json;
mod record;
mod signing;
mod single;
mod store;

use std::error::Error as StdError;

use http::Connection;
use store::{Store, Way};

type Error = Box<dyn StdError + Send + Sync>;
type Result<T> = std::result::Result<T, Error>;

const RUNTIME: &str = "/2018-06-01/runtime/invocation";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let api = std::env::var("AWS_LAMBDA_RUNTIME_API")?;
    let way = Way::from_env();
    let store = match way {
        Way::None => None,
        _ => Some(Store::from_env()?),
    };
    let mut runtime = Connection::open(&api).await?;
    let mut response = Vec::new();
    loop {
        let next = runtime
            .exchange("GET", &format!("{RUNTIME}/next"), "", &[])
            .await?;
        let (id, deadline_ms) = (next.request_id.clone(), next.deadline_ms);
        let failed = match &store {
            None => invocation::without_store(next.body)?,
            Some(store) => {
                invocation::with_store(store, way == Way::Single, next.body, deadline_ms).await?
            }
        };
        event::write_response(&failed, &mut response);
        let path = format!("{RUNTIME}/{id}/response");
        runtime.exchange("POST", &path, "", &response).await?;
    }
}
