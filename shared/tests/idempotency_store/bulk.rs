//! Many keys, and the same key many times, in one call.

use lambda_queue::idempotency::{
    Claim, ClaimOutcome, CompleteOutcome, Completion, Extension, LeaseOutcome, Release,
};

use crate::request::{claim, completion, extension, release};
use crate::stores::{WON, on_every_store};

#[tokio::test]
async fn a_key_named_twice_in_one_call_is_won_once() {
    on_every_store(async |on| {
        let claims: Vec<Claim> = ["a", "b", "a", "c", "a", "b"].map(claim).into();
        let outcomes = on.store.claim(&claims).await;
        for key in ["a", "b", "c"] {
            let mut won = 0;
            let winner = on.get(&claim(key).id).unwrap().owner;
            for (claim, outcome) in claims.iter().zip(&outcomes) {
                if claim.id != crate::request::id(key) {
                    continue;
                }
                match outcome.as_ref().unwrap() {
                    ClaimOutcome::Won { attempts: 1 } => {
                        assert_eq!(winner.as_ref(), Some(&claim.owner));
                        won += 1;
                    }
                    ClaimOutcome::Deferred { .. } => {}
                    other => panic!("{other:?}"),
                }
            }
            assert_eq!(won, 1, "{key}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_key_named_twice_in_one_completion_release_or_extension_is_settled() {
    on_every_store(async |on| {
        let (a, b) = (claim("a"), claim("b"));
        on.claim(&a).await;
        on.claim(&b).await;
        let extensions: [Extension; 3] = [extension(&a), extension(&b), extension(&a)];
        for outcome in on.store.extend(&extensions, 3).await {
            assert_eq!(outcome.unwrap(), LeaseOutcome::Applied);
        }
        let completions: [Completion; 2] = [completion(&a), completion(&a)];
        for outcome in on.store.complete(&completions, 2).await {
            assert_eq!(outcome.unwrap(), CompleteOutcome::Recorded);
        }
        let releases: [Release; 2] = [release(&b), release(&b)];
        let outcomes = on.store.release(&releases, 2).await;
        let applied = outcomes
            .iter()
            .filter(|it| matches!(it, Ok(LeaseOutcome::Applied)));
        assert_eq!(applied.count(), 1);
    })
    .await;
}

#[tokio::test]
async fn no_keys_at_all_are_answered_with_nothing() {
    on_every_store(async |on| {
        assert!(on.store.claim(&[]).await.is_empty());
        assert!(on.store.complete(&[], 0).await.is_empty());
        assert!(on.store.release(&[], 0).await.is_empty());
        assert!(on.store.extend(&[], 0).await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_keys_in_one_call_are_answered_in_the_order_asked() {
    on_every_store(async |on| {
        // Single writes take ten times as long, and no other way through the code.
        let keys = if on.name == "DynamoDB, single" {
            1_000
        } else {
            10_000
        };
        let claims: Vec<Claim> = (0..keys).map(|at| claim(&format!("{at}"))).collect();
        let done: Vec<Claim> = claims.iter().step_by(8).cloned().collect();
        for outcome in on.store.claim(&done).await {
            assert_eq!(outcome.unwrap(), WON);
        }
        let completions: Vec<Completion> = done.iter().map(completion).collect();
        for outcome in on.store.complete(&completions, keys).await {
            assert_eq!(outcome.unwrap(), CompleteOutcome::Recorded);
        }
        let outcomes = on.store.claim(&claims).await;
        assert_eq!(outcomes.len(), keys);
        for (at, outcome) in outcomes.into_iter().enumerate() {
            let expected = match at % 8 {
                0 => ClaimOutcome::Replayed { data: None },
                _ => WON,
            };
            assert_eq!(outcome.unwrap(), expected, "{at}");
        }
    })
    .await;
}
