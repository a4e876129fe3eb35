//! What the two ways of asking, single and batched, need to know of a request.

use std::future::Future;

use aws_sdk_dynamodb::types::AttributeValue;

use super::change::Change;
use super::item::{self, ATTEMPTS, ID, OWNER, STATUS, number, string};
use super::single;
use super::statement::{AllOld, Statement};
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
    fn statement(&self, table: &str) -> Statement;
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

    fn statement(&self, table: &str) -> Statement {
        let record = record::claimed(self, 1);
        let written = item::writes(&record).into_iter();
        let mut attributes = vec![
            (ID, string(self.id.as_str())),
            (ATTEMPTS, number(record.attempts.into())),
        ];
        attributes.extend(written.filter_map(|(name, value)| Some((name, value?))));
        let (names, values): (Vec<_>, Vec<_>) = attributes.into_iter().unzip();
        let fields: Vec<String> = names.iter().map(|name| format!("'{name}': ?")).collect();
        let text = format!(
            "INSERT INTO {} VALUE {{{}}}",
            quoted(table),
            fields.join(", ")
        );
        statement(text, values)
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

    fn statement(&self, table: &str) -> Statement {
        let (mut clauses, mut values) = (Vec::new(), Vec::new());
        for (name, value) in self.writes() {
            match value {
                Some(value) => {
                    clauses.push(format!("SET \"{name}\" = ?"));
                    values.push(value);
                }
                None => clauses.push(format!("REMOVE \"{name}\"")),
            }
        }
        values.extend([
            string(Change::id(self).as_str()),
            string(self.owner().as_str()),
            string(Status::InProgress.as_str()),
        ]);
        let text = format!(
            "UPDATE {} {} WHERE \"{ID}\" = ? AND \"{OWNER}\" = ? AND \"{STATUS}\" = ?",
            quoted(table),
            clauses.join(" "),
        );
        statement(text, values)
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

fn quoted(table: &str) -> String {
    format!("\"{}\"", table.replace('"', "\"\""))
}

fn statement(text: String, parameters: Vec<AttributeValue>) -> Statement {
    Statement {
        text,
        parameters,
        return_values_on_condition_check_failure: AllOld,
    }
}
