//! How the store's requests reach DynamoDB.
//!
//! They go where the SDK's client would send them, with its credentials, over its connections and within its limits,
//! and are signed by AWS's own crate; but past the client's machinery, which costs several times what the rest of
//! a request does (`cargo bench-peers` compares them). Transactions, whose writes are the SDK's types, go through the client.

mod error;
mod limits;
mod route;
mod value;

use aws_sdk_dynamodb::Client;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;

use self::route::Route;

pub(super) use self::error::WireError;
pub(super) use self::value::{Values, item, items};

/// What is set aside for a request, bytes; larger ones grow.
const BODY: usize = 4096;

#[derive(Debug)]
pub(super) struct Wire {
    client: Client,
    table: String,
    /// Found out when the first request is made.
    route: OnceCell<Route>,
}

impl Wire {
    /// To the place where this client would ask for this table.
    pub(super) fn new(client: Client, table: String) -> Self {
        Self {
            client,
            table,
            route: OnceCell::new(),
        }
    }

    /// Makes a request, and makes it again where that may help, as often as the client would.
    ///
    /// # Errors
    /// The last try's failure.
    pub(super) async fn call<A: DeserializeOwned>(
        &self,
        operation: &'static str,
        request: &impl Serialize,
    ) -> Result<A, WireError> {
        let route = || Route::of(&self.client, &self.table);
        let route = self.route.get_or_try_init(route).await?;
        let mut body = Vec::with_capacity(BODY);
        serde_json::to_writer(&mut body, request).map_err(WireError::unsent)?;
        let tried = route.limits.tries(|| route.send(operation, &body));
        let answer = route.limits.all_tries(tried).await?;
        serde_json::from_slice(&answer).map_err(|error| WireError::Unanswered(error.into()))
    }
}
