//! What Redis's own troubles must not change.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lambda_queue::IdempotencyStore;
use lambda_queue::idempotency::{CompleteOutcome, LeaseOutcome};
use redis::Commands;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

use crate::redis_server::{RedisServer, key, store_at};
use crate::request::{LEASE_MS, NOW_MS, RETENTION_S, claim, completion, extension, release};
use crate::stores::{WON, all_won, claim_on, only};

#[tokio::test]
async fn an_answer_that_is_lost_is_asked_for_again_and_counts_once() {
    let Some(server) = RedisServer::start().await else {
        return;
    };
    let line = CutLine::before(&server).await;
    let store = store_at(&line.socket).await;
    // The server has the scripts from here on.
    claim_on(&store, &claim("first")).await;

    let claim = claim("k");
    line.cut_after_next_requests(1);
    assert_eq!(claim_on(&store, &claim).await, WON);
    assert_eq!(server.get(&claim.id).unwrap().attempts, 1);
    let completions = [completion(&claim)];
    all_recorded(store.complete(&completions, 1).await);
    line.cut_after_next_requests(1);
    all_recorded(store.complete(&completions, 1).await);
    assert_eq!(line.cuts(), 2);
}

#[tokio::test]
async fn a_server_that_is_gone_leaves_the_outcome_unknown() {
    let Some(server) = RedisServer::start().await else {
        return;
    };
    let store = server.store().await;
    drop(server);
    let error = only(store.claim(&[claim("k")]).await).unwrap_err();
    assert!(
        error.to_string().contains("cannot claim in Redis"),
        "{error}"
    );
}

#[tokio::test]
async fn a_server_that_forgot_its_scripts_is_given_them_again() {
    let Some(server) = RedisServer::start().await else {
        return;
    };
    let store = server.store().await;
    claim_on(&store, &claim("first")).await;
    let () = redis::cmd("SCRIPT")
        .arg("FLUSH")
        .query(&mut server.connect())
        .unwrap();
    all_won(store.claim(&[claim("k")]).await, 1);
}

#[tokio::test]
async fn a_key_that_is_something_else_fails_alone_and_is_left_as_it_is() {
    let Some(server) = RedisServer::start().await else {
        return;
    };
    let foreign = claim("foreign");
    let () = server.connect().set(key(&foreign.id), "not ours").unwrap();
    let store = server.store().await;
    let outcomes = store
        .claim(&[claim("a"), foreign.clone(), claim("b")])
        .await;
    let [a, foreign_outcome, b] = <[_; 3]>::try_from(outcomes).unwrap();
    assert_eq!((a.unwrap(), b.unwrap()), (WON, WON));
    assert!(
        foreign_outcome
            .unwrap_err()
            .to_string()
            .contains("not one of its records")
    );
    let kept: String = server.connect().get(key(&foreign.id)).unwrap();
    assert_eq!(kept, "not ours");
}

#[tokio::test]
async fn a_record_lives_as_long_as_its_retention_and_its_lease() {
    let Some(server) = RedisServer::start().await else {
        return;
    };
    let store = server.store().await;
    let left = |claim: &lambda_queue::idempotency::Claim| -> u64 {
        server.connect().pttl(key(&claim.id)).unwrap()
    };
    let is_about = |left: u64, wanted: u64| left <= wanted && left + 60_000 > wanted;
    let retained = claim("retained");
    claim_on(&store, &retained).await;
    assert!(is_about(left(&retained), RETENTION_S * 1_000));
    let mut later = completion(&retained);
    later.expires_at_s += 3_600;
    all_recorded(store.complete(&[later], 1).await);
    assert!(is_about(left(&retained), (RETENTION_S + 3_600) * 1_000));

    let mut leased = claim("leased");
    leased.expires_at_s = NOW_MS / 1_000;
    leased.lease_until_ms = NOW_MS + 3_600_000;
    claim_on(&store, &leased).await;
    assert!(is_about(left(&leased), 3_601_500));
    let longer = extension(&leased);
    assert_eq!(
        only(store.extend(&[longer], 1).await).unwrap(),
        LeaseOutcome::Applied
    );
    assert!(is_about(left(&leased), 3_601_500 + LEASE_MS));
    // What is handed back does not live less long: its attempts are still counted.
    only(store.release(&[release(&leased)], 1).await).unwrap();
    assert!(is_about(left(&leased), 3_601_500 + LEASE_MS));
}

fn all_recorded<E: std::fmt::Debug>(outcomes: Vec<Result<CompleteOutcome, E>>) {
    for outcome in outcomes {
        assert_eq!(outcome.unwrap(), CompleteOutcome::Recorded);
    }
}

/// A socket before the server's, at which the answer to a request can be lost with the connection.
struct CutLine {
    socket: PathBuf,
    to_cut: Arc<AtomicUsize>,
    cuts: Arc<AtomicUsize>,
}

impl CutLine {
    async fn before(server: &RedisServer) -> Self {
        let socket = server.socket().with_file_name("line");
        let listener = UnixListener::bind(&socket).unwrap();
        let line = Self {
            socket,
            to_cut: Arc::default(),
            cuts: Arc::default(),
        };
        let (to_cut, cuts) = (Arc::clone(&line.to_cut), Arc::clone(&line.cuts));
        let behind = server.socket();
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = UnixStream::connect(&behind).await.unwrap();
                tokio::spawn(carry(
                    client,
                    server,
                    Arc::clone(&to_cut),
                    Arc::clone(&cuts),
                ));
            }
        });
        line
    }

    fn cut_after_next_requests(&self, requests: usize) {
        self.to_cut.store(requests, Ordering::SeqCst);
    }

    fn cuts(&self) -> usize {
        self.cuts.load(Ordering::SeqCst)
    }
}

async fn carry(
    client: UnixStream,
    server: UnixStream,
    to_cut: Arc<AtomicUsize>,
    cuts: Arc<AtomicUsize>,
) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let requests = tokio::spawn(async move {
        let _ = tokio::io::copy(&mut from_client, &mut to_server).await;
    });
    let mut buffer = vec![0; 65_536];
    while let Ok(read @ 1..) = from_server.read(&mut buffer).await {
        let cut = |left: usize| left.checked_sub(1);
        if to_cut
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, cut)
            .is_ok()
        {
            cuts.fetch_add(1, Ordering::SeqCst);
            break;
        }
        if to_client.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
    requests.abort();
}
