//! What the policy `Quarantine` parks, and what it does not.

use lambda_queue::Policy;
use lambda_queue::idempotency::record::Status;
use lambda_queue::idempotency::{
    Claim, ClaimOutcome, CompleteOutcome, Disposition, LeaseOutcome, Release,
};

use crate::request::{LEASE_MS, MARGIN_MS, NOW_MS, claim, claim_at, completion, release};
use crate::stores::{on_every_store, won_again};

const FREE_AFTER_MS: u64 = NOW_MS + LEASE_MS + MARGIN_MS;

fn careful(claim: Claim) -> Claim {
    Claim {
        policy: Policy::Quarantine,
        ..claim
    }
}

fn reconciling(claim: Claim) -> Claim {
    Claim {
        reconciles: true,
        ..careful(claim)
    }
}

const IN_DOUBT: ClaimOutcome = ClaimOutcome::InDoubt { attempts: 2 };

#[tokio::test]
async fn an_orphan_is_claimed_in_doubt_by_whoever_can_find_out_what_became_of_it() {
    on_every_store(async |on| {
        on.claim(&careful(claim("k"))).await;
        let early = on.claim(&reconciling(claim_at(FREE_AFTER_MS, "k"))).await;
        let until_ms = FREE_AFTER_MS + 1;
        assert_eq!(early, ClaimOutcome::Deferred { until_ms });
        let asking = reconciling(claim_at(FREE_AFTER_MS + 1, "k"));
        assert_eq!(on.claim(&asking).await, IN_DOUBT);
        // Its answer was lost.
        assert_eq!(on.claim(&asking).await, IN_DOUBT);
        let rival = reconciling(claim_at(FREE_AFTER_MS + 1, "k"));
        let held = on.claim(&rival).await;
        assert!(matches!(held, ClaimOutcome::Deferred { .. }), "{held:?}");
        let done = on.complete(&completion(&asking)).await;
        assert_eq!(done, CompleteOutcome::Recorded);
        assert_eq!(
            on.claim(&rival).await,
            ClaimOutcome::Replayed { data: None }
        );
    })
    .await;
}

#[tokio::test]
async fn a_quarantined_key_is_claimed_in_doubt_and_goes_back_into_quarantine() {
    on_every_store(async |on| {
        let first = careful(claim("k"));
        on.claim(&first).await;
        let park = |claim: &Claim| Release {
            disposition: Disposition::Quarantine,
            ..release(claim)
        };
        on.release(&park(&first)).await;
        let asking = reconciling(claim("k"));
        assert_eq!(on.claim(&asking).await, IN_DOUBT);
        assert_eq!(on.release(&park(&asking)).await, LeaseOutcome::Applied);
        assert_eq!(
            on.claim(&careful(claim("k"))).await,
            ClaimOutcome::Quarantined
        );
        let again = on.claim(&reconciling(claim("k"))).await;
        assert_eq!(again, ClaimOutcome::InDoubt { attempts: 3 });
    })
    .await;
}

#[tokio::test]
async fn a_claim_in_doubt_that_was_orphaned_stays_in_doubt() {
    on_every_store(async |on| {
        on.claim(&careful(claim("k"))).await;
        on.claim(&reconciling(claim_at(FREE_AFTER_MS + 1, "k")))
            .await;
        let later = NOW_MS + 10 * LEASE_MS;
        let again = on.claim(&reconciling(claim_at(later, "k"))).await;
        assert_eq!(again, ClaimOutcome::InDoubt { attempts: 3 });
        let without = careful(claim_at(later + 10 * LEASE_MS, "k"));
        assert_eq!(on.claim(&without).await, ClaimOutcome::Quarantined);
    })
    .await;
}

#[tokio::test]
async fn of_many_that_could_find_out_one_does() {
    on_every_store(async |on| {
        on.claim(&careful(claim("k"))).await;
        let claims: Vec<Claim> = (0..16)
            .map(|_| reconciling(claim_at(FREE_AFTER_MS + 1, "k")))
            .collect();
        let calls = claims.chunks(1).map(|one| on.store.claim(one));
        let outcomes = futures_util::future::join_all(calls).await;
        let outcomes = outcomes.into_iter().flatten().map(Result::unwrap);
        let in_doubt = outcomes.filter(|it| matches!(it, ClaimOutcome::InDoubt { .. }));
        assert_eq!(in_doubt.count(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_orphaned_claim_is_parked_and_not_rerun() {
    on_every_store(async |on| {
        let orphan = careful(claim("k"));
        on.claim(&orphan).await;
        let held = on.claim(&careful(claim_at(FREE_AFTER_MS, "k"))).await;
        let until_ms = FREE_AFTER_MS + 1;
        assert_eq!(held, ClaimOutcome::Deferred { until_ms });
        let next = careful(claim_at(FREE_AFTER_MS + 1, "k"));
        assert_eq!(on.claim(&next).await, ClaimOutcome::Quarantined);
        let parked = on.get(&orphan.id).unwrap();
        assert_eq!(parked.status, Status::Quarantined);
        assert_eq!(parked.owner, None);
        assert_eq!(parked.last_error.as_deref(), Some("Orphaned"));
        assert_eq!(parked.attempts, 1);
    })
    .await;
}

#[tokio::test]
async fn a_released_key_is_rerun_all_the_same() {
    on_every_store(async |on| {
        let first = careful(claim("k"));
        on.claim(&first).await;
        on.release(&release(&first)).await;
        let second = careful(claim("k"));
        assert_eq!(on.claim(&second).await, won_again(2));
    })
    .await;
}

#[tokio::test]
async fn a_quarantined_key_stays_quarantined_under_either_policy_and_for_ever() {
    on_every_store(async |on| {
        let first = careful(claim("k"));
        on.claim(&first).await;
        let parked = on
            .release(&Release {
                disposition: Disposition::Quarantine,
                ..release(&first)
            })
            .await;
        assert_eq!(parked, LeaseOutcome::Applied);
        let before = on.get(&first.id);
        let long_after = claim_at(NOW_MS * 2, "k");
        assert_eq!(on.claim(&long_after).await, ClaimOutcome::Quarantined);
        assert_eq!(
            on.claim(&careful(long_after)).await,
            ClaimOutcome::Quarantined
        );
        assert_eq!(on.get(&first.id), before);
    })
    .await;
}

#[tokio::test]
async fn of_many_claimants_of_an_orphan_all_see_it_parked() {
    on_every_store(async |on| {
        on.claim(&careful(claim("k"))).await;
        let claims: Vec<Claim> = (0..16)
            .map(|_| careful(claim_at(FREE_AFTER_MS + 1, "k")))
            .collect();
        let calls = claims.chunks(1).map(|one| on.store.claim(one));
        for outcomes in futures_util::future::join_all(calls).await {
            for outcome in outcomes {
                assert_eq!(outcome.unwrap(), ClaimOutcome::Quarantined);
            }
        }
    })
    .await;
}
