//! When a key changes hands.

use lambda_queue::idempotency::{Claim, ClaimOutcome, LeaseOutcome};

use crate::request::{
    LEASE_MS, MARGIN_MS, NOW_MS, RETENTION_S, claim, claim_at, completion, extension, release,
};
use crate::stores::{WON, on_every_store, won_again};

const FREE_AFTER_MS: u64 = NOW_MS + LEASE_MS + MARGIN_MS;

#[tokio::test]
async fn a_lease_is_left_alone_up_to_its_end_and_the_margin() {
    on_every_store(async |on| {
        on.claim(&claim("k")).await;
        let outcome = on.claim(&claim_at(FREE_AFTER_MS, "k")).await;
        let until_ms = FREE_AFTER_MS + 1;
        assert_eq!(outcome, ClaimOutcome::Deferred { until_ms });
    })
    .await;
}

#[tokio::test]
async fn a_lease_is_taken_over_one_millisecond_later() {
    on_every_store(async |on| {
        on.claim(&claim("k")).await;
        let second = claim_at(FREE_AFTER_MS + 1, "k");
        assert_eq!(on.claim(&second).await, won_again(2));
        let stored = on.get(&second.id).unwrap();
        assert_eq!(stored.owner.as_ref(), Some(&second.owner));
        assert_eq!(stored.lease_until_ms, Some(second.lease_until_ms));
        assert_eq!(stored.expires_at_s, second.expires_at_s);
    })
    .await;
}

#[tokio::test]
async fn an_extended_lease_is_left_alone_up_to_its_new_end() {
    on_every_store(async |on| {
        let first = claim("k");
        on.claim(&first).await;
        assert_eq!(on.extend(&extension(&first)).await, LeaseOutcome::Applied);
        let outcome = on.claim(&claim_at(FREE_AFTER_MS + 1, "k")).await;
        let until_ms = FREE_AFTER_MS + LEASE_MS + 1;
        assert_eq!(outcome, ClaimOutcome::Deferred { until_ms });
        let later = claim_at(FREE_AFTER_MS + LEASE_MS + 1, "k");
        assert_eq!(on.claim(&later).await, won_again(2));
    })
    .await;
}

#[tokio::test]
async fn a_released_key_is_taken_at_once_and_keeps_its_error_until_then() {
    on_every_store(async |on| {
        let first = claim("k");
        on.claim(&first).await;
        assert_eq!(on.release(&release(&first)).await, LeaseOutcome::Applied);
        let released = on.get(&first.id).unwrap();
        assert_eq!(released.lease_until_ms, Some(0));
        assert_eq!(released.owner, None);
        assert_eq!(released.last_error.as_deref(), Some("Retryable"));
        assert_eq!(on.claim(&claim("k")).await, won_again(2));
        assert_eq!(on.get(&first.id).unwrap().last_error, None);
    })
    .await;
}

#[tokio::test]
async fn a_released_key_is_not_taken_with_another_payload() {
    on_every_store(async |on| {
        let first = claim("k");
        on.claim(&first).await;
        on.release(&release(&first)).await;
        let other = Claim {
            validation: Some("other".to_owned()),
            ..claim("k")
        };
        assert_eq!(on.claim(&other).await, ClaimOutcome::Mismatch);
    })
    .await;
}

#[tokio::test]
async fn attempts_are_counted_over_releases_and_takeovers() {
    on_every_store(async |on| {
        let first = claim("k");
        assert_eq!(on.claim(&first).await, WON);
        on.release(&release(&first)).await;
        let second = claim("k");
        assert_eq!(on.claim(&second).await, won_again(2));
        let third = claim_at(FREE_AFTER_MS + 1, "k");
        assert_eq!(on.claim(&third).await, won_again(3));
        on.release(&release(&third)).await;
        let fourth = claim_at(FREE_AFTER_MS + 2, "k");
        assert_eq!(on.claim(&fourth).await, won_again(4));
        assert_eq!(on.get(&first.id).unwrap().attempts, 4);
    })
    .await;
}

#[tokio::test]
async fn a_completed_key_is_replayed_until_it_expires_and_taken_afterwards() {
    on_every_store(async |on| {
        let first = claim("k");
        on.claim(&first).await;
        on.complete(&completion(&first)).await;
        let expires_ms = (NOW_MS / 1000 + RETENTION_S) * 1000;
        let at_the_end = on.claim(&claim_at(expires_ms, "k")).await;
        assert_eq!(at_the_end, ClaimOutcome::Replayed { data: None });
        // A payload that expired with its key does not bind the next one.
        let next = Claim {
            validation: Some("other".to_owned()),
            ..claim_at(expires_ms + 1, "k")
        };
        assert_eq!(on.claim(&next).await, won_again(2));
        let stored = on.get(&next.id).unwrap();
        assert_eq!(stored.validation.as_deref(), Some("other"));
    })
    .await;
}

#[tokio::test]
async fn a_key_in_progress_is_never_taken_merely_because_it_expired() {
    on_every_store(async |on| {
        let first = Claim {
            expires_at_s: NOW_MS / 1000,
            ..claim("k")
        };
        on.claim(&first).await;
        let outcome = on.claim(&claim_at(NOW_MS + 2_000, "k")).await;
        let until_ms = FREE_AFTER_MS + 1;
        assert_eq!(outcome, ClaimOutcome::Deferred { until_ms });
    })
    .await;
}
