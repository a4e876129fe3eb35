//! What the policy `Quarantine` parks, and what it does not.

use lambda_queue::Policy;
use lambda_queue::idempotency::record::Status;
use lambda_queue::idempotency::{Claim, ClaimOutcome, Disposition, LeaseOutcome, Release};

use crate::request::{LEASE_MS, MARGIN_MS, NOW_MS, claim, claim_at, release};
use crate::stores::{on_every_store, won_again};

const FREE_AFTER_MS: u64 = NOW_MS + LEASE_MS + MARGIN_MS;

fn careful(claim: Claim) -> Claim {
    Claim {
        policy: Policy::Quarantine,
        ..claim
    }
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
