//! In a cluster a script may name keys of one hash slot only.

use lambda_queue::IdempotencyStore;
use lambda_queue::idempotency::{ClaimOutcome, CompleteOutcome};

use crate::redis_server::RedisServer;
use crate::request::{claims, completion};
use crate::stores::all_won;

#[tokio::test]
async fn a_batch_in_a_cluster_takes_a_call_for_each_partition_at_most() {
    let Some(server) = RedisServer::start_cluster().await else {
        return;
    };
    let store = server.cluster_store().await.partitions(4);
    let claims = claims(100);
    all_won(store.claim(&claims).await, 100);
    let mut connection = server.connect();
    assert_eq!(scripts_run(&mut connection), 4);

    let completions: Vec<_> = claims.iter().map(completion).collect();
    for outcome in store.complete(&completions, 100).await {
        assert_eq!(outcome.unwrap(), CompleteOutcome::Recorded);
    }
    for outcome in store.claim(&crate::request::claims(100)).await {
        assert_eq!(outcome.unwrap(), ClaimOutcome::Replayed { data: None });
    }
    assert_eq!(scripts_run(&mut connection), 12);
}

#[tokio::test]
async fn a_batch_on_one_server_takes_one_call() {
    let Some(server) = RedisServer::start().await else {
        return;
    };
    let store = server.store().await.partitions(256);
    all_won(store.claim(&claims(100)).await, 100);
    assert_eq!(scripts_run(&mut server.connect()), 1);
}

/// Scripts that ran to their end: the first try of each is refused, as the server does not know it.
fn scripts_run(connection: &mut redis::Connection) -> u64 {
    let stats: String = redis::cmd("INFO")
        .arg("commandstats")
        .query(connection)
        .unwrap();
    let line = stats.lines().find(|it| it.starts_with("cmdstat_evalsha:"));
    let figure = |name: &str| {
        let mut fields = line.unwrap_or_default().split([':', ',']);
        let found = fields.find_map(|it| it.strip_prefix(name)?.strip_prefix('='));
        found.map_or(0, |it| it.parse().unwrap())
    };
    figure("calls") - figure("failed_calls")
}
