//! Records of Powertools for AWS Lambda, in Python and TypeScript, are understood here, and ours there.
//!
//! Needs `pip install -r tests/powertools/requirements.txt` and `npm ci --prefix tests/powertools`, and is
//! therefore run on request: `cargo test -p lambda-queue-tests --test powertools -- --ignored`.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::path::Path;
use std::process::Command;

use lambda_queue::idempotency::record::{Owner, RecordId};
use lambda_queue::idempotency::{Claim, ClaimOutcome, Completion, Disposition, Release};
use lambda_queue::{Clock, DynamoDbStore, IdempotencyStore, Policy};
use lambda_queue_tests::DynamoDb;
use serde_json::{Value as Json, json};

const TABLE: &str = "idempotency";
/// What Powertools is told that is left of its invocation.
const LEFT_MS: u64 = 60_000;
const MARGIN_MS: u64 = 1_500;

#[derive(Clone, Copy, Debug)]
enum Language {
    Python,
    TypeScript,
}

/// A table that both of us work with.
struct Shared {
    db: DynamoDb,
    language: Language,
    now_ms: u64,
}

async fn with_each(test: impl AsyncFn(&Shared)) {
    for language in [Language::Python, Language::TypeScript] {
        println!("with {language:?}");
        let shared = Shared {
            db: DynamoDb::start(&[(TABLE, "id", None)]).await,
            language,
            now_ms: Clock::system().now_ms(),
        };
        test(&shared).await;
    }
}

impl Shared {
    fn store(&self) -> DynamoDbStore {
        DynamoDbStore::new(self.db.client(), TABLE)
    }

    /// What Powertools makes of order 7.
    async fn theirs(&self, mode: &str) -> Json {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("powertools");
        let (program, script) = match self.language {
            Language::Python => ("python3", "python.py"),
            Language::TypeScript => ("node", "typescript.mjs"),
        };
        let mut command = Command::new(program);
        command
            .args([script, mode, "7"])
            .current_dir(folder)
            .env("TABLE", TABLE)
            .env("AWS_ENDPOINT_URL", self.db.endpoint())
            .env("AWS_REGION", "us-east-1")
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "local")
            .env("AWS_SECRET_ACCESS_KEY", "local")
            // It makes no records without the name of a function.
            .env("AWS_LAMBDA_FUNCTION_NAME", "orders");
        let output = tokio::task::spawn_blocking(move || command.output());
        let output = output.await.unwrap().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "is it installed? {said}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The id of the only record.
    fn id(&self) -> RecordId {
        let items = self.db.items(TABLE);
        assert_eq!(items.len(), 1);
        RecordId::new(items[0]["id"]["S"].as_str().unwrap())
    }

    /// The id that Powertools has for order 7, without a record of it.
    async fn vacant_id(&self) -> RecordId {
        assert_eq!(self.theirs("run").await["outcome"], "ran");
        let id = self.id();
        let key = aws_sdk_dynamodb::types::AttributeValue::S(id.as_str().to_owned());
        let delete = self.db.client().delete_item().table_name(TABLE);
        delete.key("id", key).send().await.unwrap();
        id
    }

    fn claim(&self, id: &RecordId, now_ms: u64) -> Claim {
        Claim {
            id: id.clone(),
            owner: Owner::new("ours"),
            validation: Some("hash".to_owned()),
            policy: Policy::Rerun,
            reconciles: false,
            now_ms,
            lease_until_ms: now_ms + 30_000,
            margin_ms: MARGIN_MS,
            expires_at_s: now_ms / 1_000 + 3_600,
        }
    }

    async fn claimed(&self, id: &RecordId, now_ms: u64) -> ClaimOutcome {
        let claims = [self.claim(id, now_ms)];
        self.store().claim(&claims).await.remove(0).unwrap()
    }

    async fn release(&self, id: &RecordId, disposition: Disposition) {
        let release = Release {
            id: id.clone(),
            owner: Owner::new("ours"),
            disposition,
            last_error: None,
        };
        self.store().release(&[release], 1).await.remove(0).unwrap();
    }
}

#[tokio::test]
#[ignore = "needs Powertools"]
async fn what_they_completed_is_replayed_here() {
    with_each(async |shared| {
        assert_eq!(shared.theirs("run").await["outcome"], "ran");
        let outcome = shared.claimed(&shared.id(), shared.now_ms).await;
        let ClaimOutcome::Replayed { data: Some(data) } = outcome else {
            panic!("{outcome:?}");
        };
        let data: Json = serde_json::from_str(&data).unwrap();
        assert_eq!(data, json!({ "charged": 7 }));
    })
    .await;
}

#[tokio::test]
#[ignore = "needs Powertools"]
async fn what_they_work_on_is_left_to_them_until_their_invocation_is_over() {
    with_each(async |shared| {
        assert_eq!(shared.theirs("hold").await["outcome"], "held");
        let id = shared.id();
        let outcome = shared.claimed(&id, shared.now_ms).await;
        let ClaimOutcome::Deferred { until_ms } = outcome else {
            panic!("{outcome:?}");
        };
        // Their invocation began after ours was asked for the time.
        assert!(until_ms > shared.now_ms + LEFT_MS, "{until_ms}");
        let outcome = shared.claimed(&id, until_ms).await;
        // They count no attempts.
        assert_eq!(outcome, ClaimOutcome::Won { attempts: 1 });
    })
    .await;
}

#[tokio::test]
#[ignore = "needs Powertools"]
async fn what_failed_with_them_runs_here() {
    with_each(async |shared| {
        let id = shared.vacant_id().await;
        assert_eq!(shared.theirs("fail").await["outcome"], "failed");
        let outcome = shared.claimed(&id, shared.now_ms).await;
        assert_eq!(outcome, ClaimOutcome::Won { attempts: 1 });
    })
    .await;
}

#[tokio::test]
#[ignore = "needs Powertools"]
async fn what_we_completed_is_replayed_there() {
    with_each(async |shared| {
        let id = shared.vacant_id().await;
        shared.claimed(&id, shared.now_ms).await;
        let completion = Completion {
            id,
            owner: Owner::new("ours"),
            data: Some(json!({ "charged": "here" }).to_string()),
            expires_at_s: shared.now_ms / 1_000 + 3_600,
        };
        let outcome = shared.store().complete(&[completion], 1).await.remove(0);
        outcome.unwrap();
        let theirs = shared.theirs("run").await;
        // TypeScript keeps outputs as attributes of their own kind, and gives ours back as the text it is.
        let output = match shared.language {
            Language::Python => json!({ "charged": "here" }),
            Language::TypeScript => json!("{\"charged\":\"here\"}"),
        };
        assert_eq!(theirs, json!({ "outcome": "replayed", "output": output }));
    })
    .await;
}

#[tokio::test]
#[ignore = "needs Powertools"]
async fn what_we_work_on_is_left_to_us() {
    with_each(async |shared| {
        let id = shared.vacant_id().await;
        shared.claimed(&id, shared.now_ms).await;
        assert_eq!(shared.theirs("run").await["outcome"], "in progress");
    })
    .await;
}

#[tokio::test]
#[ignore = "needs Powertools"]
async fn what_we_handed_back_runs_there() {
    with_each(async |shared| {
        let id = shared.vacant_id().await;
        shared.claimed(&id, shared.now_ms).await;
        shared.release(&id, Disposition::Rerun).await;
        assert_eq!(shared.theirs("run").await["outcome"], "ran");
    })
    .await;
}

#[tokio::test]
#[ignore = "needs Powertools"]
async fn what_we_parked_does_not_run_there() {
    with_each(async |shared| {
        let id = shared.vacant_id().await;
        shared.claimed(&id, shared.now_ms).await;
        shared.release(&id, Disposition::Quarantine).await;
        let theirs = shared.theirs("run").await;
        assert_ne!(theirs["outcome"], "ran", "{theirs}");
        assert_ne!(theirs["outcome"], "replayed", "{theirs}");
    })
    .await;
}
