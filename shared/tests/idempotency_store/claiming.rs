//! Who gets a key, and what the others are told.

use lambda_queue::idempotency::{Claim, ClaimOutcome, CompleteOutcome, Completion};

use crate::request::{LEASE_MS, MARGIN_MS, NOW_MS, claim, completion, id};
use crate::stores::{WON, on_every_store, only};

#[tokio::test]
async fn of_sixty_four_claimants_at_once_one_wins_and_the_others_are_deferred() {
    on_every_store(async |on| {
        let claims: Vec<Claim> = (0..64).map(|_| claim("contended")).collect();
        let calls = claims.chunks(1).map(|one| on.store.claim(one));
        let outcomes = futures_util::future::join_all(calls).await;
        let outcomes: Vec<_> = outcomes.into_iter().map(|it| only(it).unwrap()).collect();
        let winners: Vec<usize> = (0..64).filter(|at| outcomes[*at] == WON).collect();
        assert_eq!(winners.len(), 1);
        let stored = on.get(&id("contended")).unwrap();
        assert_eq!(stored.owner.as_ref(), Some(&claims[only(winners)].owner));
        assert_eq!(stored.attempts, 1);
        let deferred = ClaimOutcome::Deferred {
            until_ms: NOW_MS + LEASE_MS + MARGIN_MS + 1,
        };
        assert_eq!(outcomes.iter().filter(|it| **it == deferred).count(), 63);
    })
    .await;
}

#[tokio::test]
async fn a_claim_sent_again_after_a_lost_answer_recognises_itself() {
    on_every_store(async |on| {
        let claim = claim("k");
        assert_eq!(on.claim(&claim).await, WON);
        let before = on.get(&claim.id);
        assert_eq!(on.claim(&claim).await, WON);
        assert_eq!(on.get(&claim.id), before);
    })
    .await;
}

#[tokio::test]
async fn a_claim_sent_again_after_its_own_lease_still_counts_one_attempt() {
    on_every_store(async |on| {
        let first = claim("k");
        assert_eq!(on.claim(&first).await, WON);
        let now_ms = NOW_MS + 10 * LEASE_MS;
        assert_eq!(on.claim(&Claim { now_ms, ..first }).await, WON);
    })
    .await;
}

#[tokio::test]
async fn a_completed_key_is_replayed_without_data_when_none_was_stored() {
    on_every_store(async |on| {
        let first = claim("k");
        on.claim(&first).await;
        let done = on.complete(&completion(&first)).await;
        assert_eq!(done, CompleteOutcome::Recorded);
        let again = on.claim(&claim("k")).await;
        assert_eq!(again, ClaimOutcome::Replayed { data: None });
    })
    .await;
}

#[tokio::test]
async fn a_completed_key_is_replayed_with_the_data_that_was_stored() {
    on_every_store(async |on| {
        let data = Some(r#"{"answer":"42 \"ü\""}"#.to_owned());
        let first = claim("k");
        on.claim(&first).await;
        on.complete(&Completion {
            data: data.clone(),
            ..completion(&first)
        })
        .await;
        let again = on.claim(&claim("k")).await;
        assert_eq!(again, ClaimOutcome::Replayed { data });
    })
    .await;
}

#[tokio::test]
async fn another_payload_under_the_same_key_is_a_mismatch_in_progress_and_completed() {
    on_every_store(async |on| {
        let first = claim("k");
        let other = Claim {
            validation: Some("other".to_owned()),
            ..claim("k")
        };
        on.claim(&first).await;
        assert_eq!(on.claim(&other).await, ClaimOutcome::Mismatch);
        on.complete(&completion(&first)).await;
        assert_eq!(on.claim(&other).await, ClaimOutcome::Mismatch);
    })
    .await;
}

#[tokio::test]
async fn a_claim_that_compares_no_payloads_matches_any() {
    on_every_store(async |on| {
        let first = claim("k");
        on.claim(&first).await;
        on.complete(&completion(&first)).await;
        let indifferent = Claim {
            validation: None,
            ..claim("k")
        };
        let outcome = on.claim(&indifferent).await;
        assert_eq!(outcome, ClaimOutcome::Replayed { data: None });
    })
    .await;
}
