//! The condition under which a claim may write, in agreement with
//! [`on_claim`](crate::idempotency::record::on_claim).

use super::expression::Terms;
use super::item::{EXPIRATION, ID, LEASE, OWNER, STATUS, VALIDATION, number, string};
use crate::idempotency::record::Status;
use crate::idempotency::{Claim, Policy};

/// Holds if the record is absent or may be taken over.
pub(super) fn condition(terms: &mut Terms, claim: &Claim) -> String {
    let id = terms.name(ID);
    let readable = readable(terms);
    let forgotten = forgotten(terms, claim);
    let orphaned = orphaned(terms, claim);
    format!("attribute_not_exists({id}) OR ({readable} AND (({forgotten}) OR ({orphaned})))")
}

/// A record that cannot be read must not be taken over either.
fn readable(terms: &mut Terms) -> String {
    let owner = absent_or_string(terms, OWNER);
    let validation = absent_or_string(terms, VALIDATION);
    format!("{owner} AND {validation}")
}

fn absent_or_string(terms: &mut Terms, name: &'static str) -> String {
    let path = terms.name(name);
    let string = terms.value("string", string("S"));
    format!("(attribute_not_exists({path}) OR attribute_type({path}, {string}))")
}

fn forgotten(terms: &mut Terms, claim: &Claim) -> String {
    let status = terms.name(STATUS);
    let completed = terms.value("completed", string(Status::Completed.as_str()));
    let expired = expired(terms, claim);
    format!("{status} = {completed} AND {expired}")
}

fn orphaned(terms: &mut Terms, claim: &Claim) -> String {
    let status = terms.name(STATUS);
    let in_progress = terms.value("in_progress", string(Status::InProgress.as_str()));
    let owner = terms.name(OWNER);
    // Our own write is recognised, not repeated: that would count another attempt.
    let own = terms.value("own", string(claim.owner.as_str()));
    let foreign = format!("(attribute_not_exists({owner}) OR {owner} <> {own})");
    let free = free(terms, claim);
    let mut all = vec![format!("{status} = {in_progress}"), foreign, free];
    if let Some(hash) = &claim.validation {
        all.push(same_payload(terms, hash));
    }
    all.join(" AND ")
}

fn same_payload(terms: &mut Terms, hash: &str) -> String {
    let validation = terms.name(VALIDATION);
    let hash = terms.value("hash", string(hash));
    let empty = terms.value("empty", string(""));
    format!("(attribute_not_exists({validation}) OR {validation} IN ({hash}, {empty}))")
}

fn free(terms: &mut Terms, claim: &Claim) -> String {
    let lease = terms.name(LEASE);
    let zero = terms.value("zero", number(0));
    if claim.policy == Policy::Quarantine {
        // Orphaned ones are parked or claimed in doubt instead, once they have been looked at.
        return format!("{lease} = {zero}");
    }
    let ended_by = claim
        .now_ms
        .saturating_sub(claim.margin_ms)
        .saturating_sub(1);
    let ended_by = terms.value("ended_by", number(ended_by));
    let expired = expired(terms, claim);
    // From zero, since a negative number is not a time anyone of us wrote.
    format!(
        "({lease} BETWEEN {zero} AND {ended_by} OR (attribute_not_exists({lease}) AND {expired}))"
    )
}

fn expired(terms: &mut Terms, claim: &Claim) -> String {
    let expiration = terms.name(EXPIRATION);
    let zero = terms.value("zero", number(0));
    let expired_by = terms.value("expired_by", number(claim.now_ms.saturating_sub(1) / 1000));
    format!("{expiration} BETWEEN {zero} AND {expired_by}")
}
