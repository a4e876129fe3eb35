use super::*;

const NOW_MS: u64 = 1_800_000_000_500;
const MARGIN_MS: u64 = 1_500;

fn claim() -> Claim {
    Claim {
        id: RecordId::new("ns#key"),
        owner: Owner::new("own"),
        validation: Some("payload".to_owned()),
        policy: Policy::Rerun,
        reconciles: false,
        now_ms: NOW_MS,
        lease_until_ms: NOW_MS + 30_000,
        margin_ms: MARGIN_MS,
        expires_at_s: 1_900_000_000,
    }
}

/// Another worker's claim, long over, tried three times.
fn orphan() -> Record {
    Record {
        status: Status::InProgress,
        owner: Some(Owner::new("other")),
        lease_until_ms: Some(NOW_MS - 60_000),
        expires_at_s: 1_850_000_000,
        validation: Some("payload".to_owned()),
        data: Some("1".to_owned()),
        attempts: 3,
        last_error: Some("Retryable".to_owned()),
    }
}

fn completed() -> Record {
    Record {
        status: Status::Completed,
        ..orphan()
    }
}

fn quarantined() -> Record {
    Record {
        status: Status::Quarantined,
        ..orphan()
    }
}

fn taken(attempts: u32) -> ClaimStep {
    ClaimStep::Take(Record {
        status: Status::InProgress,
        owner: Some(Owner::new("own")),
        lease_until_ms: Some(NOW_MS + 30_000),
        expires_at_s: 1_900_000_000,
        validation: Some("payload".to_owned()),
        data: None,
        attempts,
        last_error: None,
    })
}

fn keep(outcome: ClaimOutcome) -> ClaimStep {
    ClaimStep::Keep(outcome)
}

#[test]
fn words_are_those_of_powertools_and_read_back() {
    for (status, word) in [
        (Status::InProgress, "INPROGRESS"),
        (Status::Completed, "COMPLETED"),
        (Status::Quarantined, "QUARANTINED"),
    ] {
        assert_eq!(status.as_str(), word);
        assert_eq!(Status::parse(word), Some(status));
    }
    assert_eq!(Status::parse("EXPIRED"), None);
    assert_eq!(RecordId::new("ns#key").as_str(), "ns#key");
    assert_eq!(Owner::new("own").as_str(), "own");
}

#[test]
fn a_new_key_is_taken_as_its_first_attempt() {
    assert_eq!(on_claim(None, &claim()), taken(1));
}

#[test]
fn our_own_claim_is_won_already_whatever_its_lease_and_payload() {
    let own = Record {
        owner: Some(Owner::new("own")),
        validation: Some("another".to_owned()),
        last_error: None,
        ..orphan()
    };
    let won = keep(ClaimOutcome::Won { attempts: 3 });
    assert_eq!(on_claim(Some(&own), &claim()), won);
    let in_doubt = Record {
        last_error: Some("Orphaned".to_owned()),
        ..own
    };
    let doubted = keep(ClaimOutcome::InDoubt { attempts: 3 });
    assert_eq!(on_claim(Some(&in_doubt), &claim()), doubted);
}

#[test]
fn only_a_claim_in_progress_is_recognised_as_our_own() {
    let own = |record| Record {
        owner: Some(Owner::new("own")),
        ..record
    };
    let replayed = keep(ClaimOutcome::Replayed {
        data: Some("1".to_owned()),
    });
    assert_eq!(on_claim(Some(&own(completed())), &claim()), replayed);
    let parked = keep(ClaimOutcome::Quarantined);
    assert_eq!(on_claim(Some(&own(quarantined())), &claim()), parked);
}

#[test]
fn a_result_is_replayed_through_the_millisecond_it_expires_and_taken_in_the_next() {
    let expiring_at = |expires_at_s| Record {
        expires_at_s,
        ..completed()
    };
    let now = Claim {
        now_ms: 1_800_000_000_000,
        lease_until_ms: NOW_MS + 30_000,
        ..claim()
    };
    let replayed = keep(ClaimOutcome::Replayed {
        data: Some("1".to_owned()),
    });
    assert_eq!(on_claim(Some(&expiring_at(1_800_000_000)), &now), replayed);
    assert_eq!(on_claim(Some(&expiring_at(1_799_999_999)), &now), taken(4));
    let next = Claim {
        now_ms: 1_800_000_000_001,
        ..now
    };
    assert_eq!(on_claim(Some(&expiring_at(1_800_000_000)), &next), taken(4));
    assert_eq!(on_claim(Some(&expiring_at(u64::MAX)), &next), replayed);
}

#[test]
fn an_expired_result_does_not_bind_the_payload() {
    let forgotten = Record {
        expires_at_s: 1,
        validation: Some("another".to_owned()),
        ..completed()
    };
    assert_eq!(on_claim(Some(&forgotten), &claim()), taken(4));
}

#[test]
fn another_payload_is_a_mismatch_in_every_state() {
    for record in [orphan(), completed(), quarantined()] {
        let other = Record {
            validation: Some("another".to_owned()),
            ..record
        };
        let mismatch = keep(ClaimOutcome::Mismatch);
        assert_eq!(on_claim(Some(&other), &claim()), mismatch);
    }
}

#[test]
fn payloads_are_compared_only_where_both_hashes_are_there() {
    let unhashed = Record {
        validation: None,
        ..orphan()
    };
    assert_eq!(on_claim(Some(&unhashed), &claim()), taken(4));
    let indifferent = Claim {
        validation: None,
        ..claim()
    };
    let ClaimStep::Take(record) = on_claim(Some(&orphan()), &indifferent) else {
        panic!("not taken");
    };
    assert_eq!(record.validation, None);
}

#[test]
fn a_quarantined_key_stays_so_even_when_it_expired() {
    let old = Record {
        expires_at_s: 1,
        ..quarantined()
    };
    let parked = keep(ClaimOutcome::Quarantined);
    assert_eq!(on_claim(Some(&old), &claim()), parked);
}

#[test]
fn a_lease_is_honoured_through_its_end_and_the_margin() {
    let ending = |lease| Record {
        lease_until_ms: Some(lease),
        expires_at_s: 1,
        ..orphan()
    };
    let deferred = |until_ms| keep(ClaimOutcome::Deferred { until_ms });
    let edge = NOW_MS - MARGIN_MS;
    assert_eq!(on_claim(Some(&ending(edge - 1)), &claim()), taken(4));
    let at_the_edge = on_claim(Some(&ending(edge)), &claim());
    assert_eq!(at_the_edge, deferred(NOW_MS + 1));
    let later = on_claim(Some(&ending(NOW_MS + 7)), &claim());
    assert_eq!(later, deferred(NOW_MS + 7 + MARGIN_MS + 1));
    let never = on_claim(Some(&ending(u64::MAX)), &claim());
    assert_eq!(never, deferred(u64::MAX));
}

#[test]
fn a_foreign_record_without_a_lease_is_honoured_until_it_expires() {
    let foreign = |expires_at_s| Record {
        owner: None,
        lease_until_ms: None,
        expires_at_s,
        attempts: 0,
        ..orphan()
    };
    let held = on_claim(Some(&foreign(1_800_000_001)), &claim());
    let until_ms = 1_800_000_001_001;
    assert_eq!(held, keep(ClaimOutcome::Deferred { until_ms }));
    let free = on_claim(Some(&foreign(1_800_000_000)), &claim());
    assert_eq!(free, taken(1));
}

#[test]
fn a_released_key_is_free_at_once_under_either_policy() {
    let released = Record {
        owner: None,
        lease_until_ms: Some(0),
        ..orphan()
    };
    for policy in [Policy::Rerun, Policy::Quarantine] {
        let claim = Claim { policy, ..claim() };
        assert_eq!(on_claim(Some(&released), &claim), taken(4));
    }
}

#[test]
fn an_orphan_is_parked_under_quarantine_with_all_that_is_known_of_it() {
    let careful = Claim {
        policy: Policy::Quarantine,
        ..claim()
    };
    let parked = Record {
        status: Status::Quarantined,
        owner: None,
        last_error: Some("Orphaned".to_owned()),
        ..orphan()
    };
    let step = on_claim(Some(&orphan()), &careful);
    assert_eq!(step, ClaimStep::Park(parked));
}

#[test]
fn a_live_claim_is_not_parked() {
    let careful = Claim {
        policy: Policy::Quarantine,
        ..claim()
    };
    let live = Record {
        lease_until_ms: Some(NOW_MS),
        ..orphan()
    };
    let until_ms = NOW_MS + MARGIN_MS + 1;
    let deferred = keep(ClaimOutcome::Deferred { until_ms });
    assert_eq!(on_claim(Some(&live), &careful), deferred);
}

/// A claim under `Quarantine`, by who can find out what became of a run, or cannot.
fn careful(reconciles: bool) -> Claim {
    Claim {
        policy: Policy::Quarantine,
        reconciles,
        ..claim()
    }
}

fn doubted(last_error: &str) -> Record {
    Record {
        last_error: Some(last_error.to_owned()),
        ..claimed(&claim(), 4)
    }
}

#[test]
fn a_parked_key_is_claimed_in_doubt_by_who_can_find_out_and_by_nobody_else() {
    let step = on_claim(Some(&quarantined()), &careful(true));
    assert_eq!(step, ClaimStep::Doubt(doubted("Retryable")));

    let parked = keep(ClaimOutcome::Quarantined);
    assert_eq!(on_claim(Some(&quarantined()), &careful(false)), parked);
    let rerun = Claim {
        policy: Policy::Rerun,
        ..careful(true)
    };
    assert_eq!(on_claim(Some(&quarantined()), &rerun), parked);
}

#[test]
fn an_orphan_is_claimed_in_doubt_by_who_can_find_out_and_one_that_was_released_is_not() {
    let nameless = Record {
        last_error: None,
        ..orphan()
    };
    let step = on_claim(Some(&nameless), &careful(true));
    assert_eq!(step, ClaimStep::Doubt(doubted("Orphaned")));
    let released = Record {
        lease_until_ms: Some(0),
        ..orphan()
    };
    assert_eq!(on_claim(Some(&released), &careful(true)), taken(4));
}

#[test]
fn our_own_claim_in_doubt_is_still_in_doubt() {
    let step = on_claim(Some(&doubted("Orphaned")), &careful(true));
    assert_eq!(step, keep(ClaimOutcome::InDoubt { attempts: 4 }));
}

fn completion() -> Completion {
    Completion {
        id: RecordId::new("ns#key"),
        owner: Owner::new("other"),
        data: Some("2".to_owned()),
        expires_at_s: 1_900_000_000,
    }
}

#[test]
fn the_owner_completes_and_the_payload_hash_stays() {
    let written = Record {
        status: Status::Completed,
        data: Some("2".to_owned()),
        expires_at_s: 1_900_000_000,
        ..orphan()
    };
    let step = on_complete(Some(&orphan()), &completion());
    assert_eq!(step, CompleteStep::Write(written));
}

fn kept(stored: Option<Record>, completion: &Completion) -> CompleteOutcome {
    match on_complete(stored.as_ref(), completion) {
        CompleteStep::Keep(outcome) => outcome,
        CompleteStep::Write(record) => panic!("{record:?}"),
    }
}

#[test]
fn everyone_else_is_told_what_became_of_the_record() {
    let stale = Completion {
        owner: Owner::new("stale"),
        ..completion()
    };
    let again = kept(Some(completed()), &completion());
    assert_eq!(again, CompleteOutcome::Recorded);
    let late = kept(Some(completed()), &stale);
    assert_eq!(late, CompleteOutcome::Diverged);
    for stored in [None, Some(orphan()), Some(quarantined())] {
        assert_eq!(kept(stored, &stale), CompleteOutcome::LeaseLost);
    }
    let parked = kept(Some(quarantined()), &completion());
    assert_eq!(parked, CompleteOutcome::LeaseLost);
}

fn release(disposition: Disposition) -> Release {
    Release {
        id: RecordId::new("ns#key"),
        owner: Owner::new("other"),
        disposition,
        last_error: Some("Indeterminate".to_owned()),
    }
}

#[test]
fn the_owner_releases_for_the_next() {
    let released = Record {
        owner: None,
        lease_until_ms: Some(0),
        last_error: Some("Indeterminate".to_owned()),
        ..orphan()
    };
    let release = release(Disposition::Rerun);
    assert_eq!(on_release(Some(&orphan()), &release), Some(released));
}

#[test]
fn the_owner_releases_for_nobody() {
    let parked = Record {
        status: Status::Quarantined,
        owner: None,
        last_error: Some("Indeterminate".to_owned()),
        ..orphan()
    };
    let release = release(Disposition::Quarantine);
    assert_eq!(on_release(Some(&orphan()), &release), Some(parked));
}

#[test]
fn the_owner_extends_only_the_lease() {
    let extension = Extension {
        id: RecordId::new("ns#key"),
        owner: Owner::new("other"),
        lease_until_ms: NOW_MS + 90_000,
    };
    let extended = Record {
        lease_until_ms: Some(NOW_MS + 90_000),
        ..orphan()
    };
    assert_eq!(on_extend(Some(&orphan()), &extension), Some(extended));
}

#[test]
fn what_is_not_held_is_neither_released_nor_extended() {
    let extension = Extension {
        id: RecordId::new("ns#key"),
        owner: Owner::new("other"),
        lease_until_ms: NOW_MS + 90_000,
    };
    let taken_over = Record {
        owner: Some(Owner::new("successor")),
        ..orphan()
    };
    let unowned = Record {
        owner: None,
        ..orphan()
    };
    let lost = [
        None,
        Some(taken_over),
        Some(unowned),
        Some(completed()),
        Some(quarantined()),
    ];
    for stored in lost {
        let release = release(Disposition::Rerun);
        assert_eq!(on_release(stored.as_ref(), &release), None);
        assert_eq!(on_extend(stored.as_ref(), &extension), None);
    }
}
