//! What the two ways of asking, single and batched, need to know of a request.

use std::future::Future;

use super::change::Change;
use super::item::{self, ATTEMPTS, ID, number, string};
use super::partiql::Form;
use super::single;
use super::statement::Statement;
use super::table::Table;
use crate::idempotency::record::{self, ClaimStep, Record, RecordId, Status};
use crate::idempotency::{Claim, ClaimOutcome, StoreError};

/// One message's request.
pub(super) trait Request: Sync {
    type Outcome: Send;

    fn id(&self) -> &RecordId;
    /// Size of the output that goes with it; the rest is small.
    fn bytes(&self) -> usize;
    /// The request as a PartiQL statement.
    fn statement(&self) -> Statement;
    /// What the request comes to when its statement was carried out.
    fn applied(&self) -> Self::Outcome;
    /// What the request comes to when this record refused its statement; none if that takes
    /// another write, which is made the single way.
    fn decide(&self, stored: Option<&Record>) -> Option<Self::Outcome>;
    /// Makes the request by a call of its own.
    fn single(
        &self,
        table: &Table,
    ) -> impl Future<Output = Result<Self::Outcome, StoreError>> + Send;
}

impl Request for Claim {
    type Outcome = ClaimOutcome;

    fn id(&self) -> &RecordId {
        &self.id
    }

    fn bytes(&self) -> usize {
        0
    }

    fn statement(&self) -> Statement {
        let record = record::claimed(self, 1);
        let key = [
            (ID, Some(string(self.id.as_str()))),
            (ATTEMPTS, Some(number(record.attempts.into()))),
        ];
        let written = item::writes(record);
        let most = key.len() + written.len();
        let (mut names, mut parameters) = (Vec::with_capacity(most), Vec::with_capacity(most));
        for (name, value) in key.into_iter().chain(written) {
            if let Some(value) = value {
                names.push(name);
                parameters.push(value);
            }
        }
        Statement {
            form: Form::Insert(names),
            parameters,
        }
    }

    fn applied(&self) -> ClaimOutcome {
        ClaimOutcome::Won { attempts: 1 }
    }

    fn decide(&self, stored: Option<&Record>) -> Option<ClaimOutcome> {
        match record::on_claim(stored, self) {
            ClaimStep::Keep(outcome) => Some(outcome),
            ClaimStep::Take(_) | ClaimStep::Park(_) | ClaimStep::Doubt(_) => None,
        }
    }

    async fn single(&self, table: &Table) -> Result<ClaimOutcome, StoreError> {
        single::claim(table, self).await
    }
}

impl<C: Change> Request for C {
    type Outcome = C::Outcome;

    fn id(&self) -> &RecordId {
        Change::id(self)
    }

    fn bytes(&self) -> usize {
        self.data().map_or(0, str::len)
    }

    fn statement(&self) -> Statement {
        let writes = self.writes();
        let mut form = Vec::with_capacity(writes.len());
        let mut parameters = Vec::with_capacity(writes.len() + 3);
        for (name, value) in writes {
            form.push((name, value.is_some()));
            parameters.extend(value);
        }
        parameters.extend([
            string(Change::id(self).as_str()),
            string(self.owner().as_str()),
            string(Status::InProgress.as_str()),
        ]);
        Statement {
            form: Form::Change(form),
            parameters,
        }
    }

    fn applied(&self) -> C::Outcome {
        C::APPLIED
    }

    fn decide(&self, stored: Option<&Record>) -> Option<C::Outcome> {
        self.refused(stored)
    }

    async fn single(&self, table: &Table) -> Result<C::Outcome, StoreError> {
        single::change(table, self).await
    }
}
