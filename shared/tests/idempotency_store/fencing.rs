//! A worker that lost its claim cannot change the record.

use lambda_queue::idempotency::record::{Record, Status};
use lambda_queue::idempotency::{
    Claim, CompleteOutcome, Completion, Disposition, LeaseOutcome, Release,
};

use crate::request::{
    LEASE_MS, MARGIN_MS, NOW_MS, claim, claim_at, completion, extension, release,
};
use crate::stores::{Subject, on_every_store};

/// A key whose first owner was taken over by a second.
async fn taken_over(on: &Subject) -> (Claim, Claim) {
    let first = claim("k");
    let second = claim_at(NOW_MS + LEASE_MS + MARGIN_MS + 1, "k");
    on.claim(&first).await;
    on.claim(&second).await;
    (first, second)
}

#[tokio::test]
async fn a_stale_owner_cannot_complete_release_or_extend() {
    on_every_store(async |on| {
        let (stale, _) = taken_over(on).await;
        let before = on.get(&stale.id);
        let completed = on.complete(&completion(&stale)).await;
        assert_eq!(completed, CompleteOutcome::LeaseLost);
        assert_eq!(on.release(&release(&stale)).await, LeaseOutcome::LeaseLost);
        assert_eq!(on.extend(&extension(&stale)).await, LeaseOutcome::LeaseLost);
        assert_eq!(on.get(&stale.id), before);
    })
    .await;
}

#[tokio::test]
async fn a_stale_owner_cannot_quarantine_its_successors_claim() {
    on_every_store(async |on| {
        let (stale, _) = taken_over(on).await;
        let before = on.get(&stale.id);
        let outcome = on
            .release(&Release {
                disposition: Disposition::Quarantine,
                ..release(&stale)
            })
            .await;
        assert_eq!(outcome, LeaseOutcome::LeaseLost);
        assert_eq!(on.get(&stale.id), before);
    })
    .await;
}

#[tokio::test]
async fn completing_what_another_completed_diverges_and_keeps_the_first_result() {
    on_every_store(async |on| {
        let (stale, current) = taken_over(on).await;
        let result = Completion {
            data: Some("1".to_owned()),
            ..completion(&current)
        };
        assert_eq!(on.complete(&result).await, CompleteOutcome::Recorded);
        let before = on.get(&stale.id);
        let late = Completion {
            data: Some("2".to_owned()),
            ..completion(&stale)
        };
        assert_eq!(on.complete(&late).await, CompleteOutcome::Diverged);
        assert_eq!(on.get(&stale.id), before);
        assert_eq!(before.unwrap().data.as_deref(), Some("1"));
    })
    .await;
}

#[tokio::test]
async fn a_completion_sent_again_after_a_lost_answer_recognises_itself() {
    on_every_store(async |on| {
        let claim = claim("k");
        on.claim(&claim).await;
        let result = completion(&claim);
        assert_eq!(on.complete(&result).await, CompleteOutcome::Recorded);
        let before = on.get(&claim.id);
        assert_eq!(on.complete(&result).await, CompleteOutcome::Recorded);
        assert_eq!(on.get(&claim.id), before);
    })
    .await;
}

#[tokio::test]
async fn a_completion_keeps_the_payload_hash_the_attempts_and_the_owner() {
    on_every_store(async |on| {
        let claim = claim("k");
        on.claim(&claim).await;
        let expires_at_s = claim.expires_at_s + 60;
        on.complete(&Completion {
            expires_at_s,
            ..completion(&claim)
        })
        .await;
        let expected = Record {
            status: Status::Completed,
            owner: Some(claim.owner.clone()),
            lease_until_ms: Some(claim.lease_until_ms),
            expires_at_s,
            validation: claim.validation.clone(),
            data: None,
            attempts: 1,
            last_error: None,
        };
        assert_eq!(on.get(&claim.id), Some(expected));
    })
    .await;
}

#[tokio::test]
async fn a_record_that_is_gone_cannot_be_completed_released_or_extended_into_being() {
    on_every_store(async |on| {
        let claim = claim("gone");
        let completed = on.complete(&completion(&claim)).await;
        assert_eq!(completed, CompleteOutcome::LeaseLost);
        assert_eq!(on.release(&release(&claim)).await, LeaseOutcome::LeaseLost);
        assert_eq!(on.extend(&extension(&claim)).await, LeaseOutcome::LeaseLost);
        assert_eq!(on.get(&claim.id), None);
    })
    .await;
}

#[tokio::test]
async fn a_quarantined_record_cannot_be_completed() {
    on_every_store(async |on| {
        let claim = claim("k");
        on.claim(&claim).await;
        on.release(&Release {
            disposition: Disposition::Quarantine,
            ..release(&claim)
        })
        .await;
        let completed = on.complete(&completion(&claim)).await;
        assert_eq!(completed, CompleteOutcome::LeaseLost);
        assert_eq!(on.get(&claim.id).unwrap().status, Status::Quarantined);
    })
    .await;
}

#[tokio::test]
async fn a_released_claim_can_no_longer_be_used() {
    on_every_store(async |on| {
        let claim = claim("k");
        on.claim(&claim).await;
        on.release(&release(&claim)).await;
        let completed = on.complete(&completion(&claim)).await;
        assert_eq!(completed, CompleteOutcome::LeaseLost);
        assert_eq!(on.extend(&extension(&claim)).await, LeaseOutcome::LeaseLost);
    })
    .await;
}
