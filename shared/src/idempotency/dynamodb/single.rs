//! The single way: one `UpdateItem` a message, side by side.

use super::change::Change;
use super::concurrent::{Call, Calls};
use super::expression::Terms;
use super::item::{self, ATTEMPTS, LAST_ERROR, LEASE, OWNER, STATUS, number, string};
use super::request::Request;
use super::table::Table;
use super::update::{Returning, Update, Updated};
use super::{concurrent, takeover};
use crate::idempotency::record::{self, ClaimStep, Record, Status};
use crate::idempotency::{Claim, ClaimOutcome, StoreError};

const REQUESTS_AT_ONCE: usize = 32;
/// How often a claim is tried when the record changes under it each time.
const TRIES: usize = 4;

/// Makes each request by a call of its own; the results keep their order.
pub(super) async fn all<'a, R: Request>(
    table: &'a Table,
    requests: Vec<&'a R>,
) -> Vec<Result<R::Outcome, StoreError>> {
    let call = move |request: &'a R| -> Call<'a, _> { Box::pin(request.single(table)) };
    let calls: Calls<'_, _> = Box::new(requests.into_iter().map(call));
    concurrent::run(calls, REQUESTS_AT_ONCE).await
}

/// Claims a key.
pub(super) async fn claim(table: &Table, claim: &Claim) -> Result<ClaimOutcome, StoreError> {
    for _ in 0..TRIES {
        let stored = match take(claim).send(table).await? {
            Updated::Applied(new) => {
                let attempts = item::attempts(&new)?;
                return Ok(ClaimOutcome::Won { attempts });
            }
            Updated::Refused(stored) => stored,
        };
        match (record::on_claim(stored.as_ref(), claim), stored) {
            (ClaimStep::Keep(outcome), _) => return Ok(outcome),
            (ClaimStep::Park(parked), Some(orphan)) => {
                let sent = park(claim, &orphan, &parked).send(table).await?;
                if matches!(sent, Updated::Applied(_)) {
                    return Ok(ClaimOutcome::Quarantined);
                }
            }
            (ClaimStep::Doubt(doubted), Some(before)) => {
                let sent = doubt(claim, &before, &doubted).send(table).await?;
                if let Updated::Applied(new) = sent {
                    let attempts = item::attempts(&new)?;
                    return Ok(ClaimOutcome::InDoubt { attempts });
                }
            }
            // It became free between the refusal and the look at it.
            _ => {}
        }
    }
    Err(StoreError::new("claim: the record kept changing"))
}

/// Makes a change to a record in progress.
pub(super) async fn change<C: Change>(table: &Table, change: &C) -> Result<C::Outcome, StoreError> {
    match update(change).send(table).await? {
        Updated::Applied(_) => Ok(C::APPLIED),
        Updated::Refused(stored) => refused(change, stored.as_ref()),
    }
}

/// What a change came to when this record refused it.
pub(super) fn refused<C: Change>(
    change: &C,
    stored: Option<&Record>,
) -> Result<C::Outcome, StoreError> {
    let outcome = change.refused(stored);
    outcome.ok_or_else(|| StoreError::new(format!("{}: the record changed", C::NAME)))
}

/// The update that makes a change, if the record is in progress and the change's owner holds it.
pub(super) fn update<C: Change>(change: &C) -> Update<'_> {
    let mut terms = Terms::default();
    let owner = string(change.owner().as_str());
    let in_progress = string(Status::InProgress.as_str());
    Update {
        action: C::NAME,
        id: change.id(),
        update: terms.update(change.writes()),
        condition: terms.unchanged([(OWNER, Some(owner)), (STATUS, Some(in_progress))]),
        terms,
        returning: Returning::None,
    }
}

/// Writes the claim if the key is free.
fn take(claim: &Claim) -> Update<'_> {
    let mut terms = Terms::default();
    Update {
        action: "claim",
        id: &claim.id,
        update: attempt(&mut terms, record::claimed(claim, 1)),
        condition: takeover::condition(&mut terms, claim),
        terms,
        returning: Returning::UpdatedNew,
    }
}

/// Sets everything a claim says, and counts it.
fn attempt(terms: &mut Terms, record: Record) -> String {
    let update = terms.update(item::writes(record));
    let attempts = terms.name(ATTEMPTS);
    let one = terms.value("one", number(1));
    format!("{update}ADD {attempts} {one}")
}

/// Writes a claim in doubt, unless the record changed since it was looked at.
fn doubt<'a>(claim: &'a Claim, before: &Record, doubted: &Record) -> Update<'a> {
    let mut terms = Terms::default();
    Update {
        action: "claim in doubt",
        id: &claim.id,
        update: attempt(&mut terms, doubted.clone()),
        condition: terms.unchanged(only([STATUS, OWNER, LEASE], before)),
        terms,
        returning: Returning::UpdatedNew,
    }
}

fn only(names: [&'static str; 3], record: &Record) -> impl Iterator<Item = item::Write> {
    let writes = item::writes(record.clone()).into_iter();
    writes.filter(move |(name, _)| names.contains(name))
}

/// Parks an orphaned record, unless it changed since it was looked at.
fn park<'a>(claim: &'a Claim, orphan: &Record, parked: &Record) -> Update<'a> {
    let mut terms = Terms::default();
    Update {
        action: "park",
        id: &claim.id,
        update: terms.update(only([STATUS, OWNER, LAST_ERROR], parked)),
        condition: terms.unchanged(only([STATUS, OWNER, LEASE], orphan)),
        terms,
        returning: Returning::None,
    }
}
