//! The same work on dynoxide, which knows much more of DynamoDB than the stub: whether every peer does what it should.

use std::net::Ipv4Addr;

use dynoxide::Database;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::Result;
use crate::event::event;
use crate::function::Function;
use crate::peer::Way;
use crate::run::Entrant;
use crate::scenario::{FAST, Kind, with_store};

const MESSAGES: usize = 60;

/// What each peer did wrong.
pub(crate) async fn troubles(entrants: &[Entrant]) -> Vec<String> {
    let mut troubles = Vec::new();
    for entrant in entrants.iter().filter(|it| it.peer.way != Way::Empty) {
        let name = entrant.peer.name;
        anstream::eprint!("\r\x1b[Kon dynoxide: {name}");
        if let Err(error) = check(entrant).await {
            troubles.push(format!("{name} on dynoxide: {error}"));
        }
    }
    anstream::eprint!("\r\x1b[K");
    troubles
}

/// A batch, the same again, and one of which every tenth fails.
async fn check(entrant: &Entrant) -> Result<()> {
    let (database, endpoint) = serve().await?;
    let scenario = with_store(MESSAGES, 1_000, Kind::First, FAST);
    let failing = with_store(MESSAGES, 1_000, Kind::Failing, FAST);
    let way = entrant.peer.store(&scenario);
    let mut function = Function::start(&entrant.program, &endpoint, way).await?;
    let steps = [
        ("a batch", event(&scenario, 0), MESSAGES),
        ("its duplicate", event(&scenario, 0), MESSAGES),
        (
            "one that fails",
            event(&failing, 1),
            MESSAGES * 2 - MESSAGES / 10,
        ),
    ];
    for (what, event, wanted) in steps {
        let invoked = function.invoke(event.json.clone()).await?;
        if !event.is_answered_by(&invoked.response) {
            return Err(format!("a wrong response to {what}").into());
        }
        let found = completed(&database)?;
        if found != wanted {
            return Err(format!("{found} of {wanted} records completed after {what}").into());
        }
    }
    function.stop().await
}

async fn serve() -> Result<(Database, String)> {
    let database = Database::memory()?;
    let table = json!({
        "TableName": "idempotency",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    });
    database.create_table(serde_json::from_value(table)?)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    let served = database.clone();
    tokio::spawn(dynoxide::server::serve_with_shutdown(
        listener,
        served,
        std::future::pending(),
    ));
    Ok((database, endpoint))
}

fn completed(database: &Database) -> Result<usize> {
    let scan = serde_json::from_value(json!({"TableName": "idempotency"}))?;
    let answer = serde_json::to_value(database.scan(scan)?)?;
    let items = answer["Items"].as_array().map_or(&[][..], Vec::as_slice);
    let completed = |item: &&Value| item["status"]["S"] == "COMPLETED";
    Ok(items.iter().filter(completed).count())
}
