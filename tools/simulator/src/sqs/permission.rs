//! AddPermission and RemovePermission: kept in the queue's `Policy`, enforced by nobody.

use serde_json::{Value, json};

use super::account::Sqs;
use super::api::{AddPermissionRequest, RemovePermissionRequest};
use super::errors::SqsError;
use super::queue::Queue;

impl Sqs {
    /// # Errors
    /// `QueueDoesNotExist`, `MissingParameter`, `InvalidParameterValue` for a label that exists.
    pub fn add_permission(
        &mut self,
        request: &AddPermissionRequest,
        now_ms: u64,
    ) -> Result<(), SqsError> {
        let queue = self.queue(&request.queue_url)?;
        for (name, missing) in [
            ("Label", request.label.is_empty()),
            ("AWSAccountId", request.aws_account_ids.is_empty()),
            ("ActionName", request.actions.is_empty()),
        ] {
            if missing {
                return Err(SqsError::missing(name));
            }
        }
        let mut statements = queue.statements();
        if statements
            .iter()
            .any(|statement| statement["Sid"] == *request.label)
        {
            return Err(SqsError::invalid(
                "Label",
                &request.label,
                "Already exists.",
            ));
        }
        let accounts = request.aws_account_ids.iter();
        let actions = request.actions.iter();
        statements.push(json!({
            "Sid": request.label,
            "Effect": "Allow",
            "Principal": {"AWS": one_or_many(accounts.map(|id| format!("arn:aws:iam::{id}:root")))},
            "Action": one_or_many(actions.map(|action| format!("SQS:{action}"))),
            "Resource": queue.arn,
        }));
        queue.set_statements(statements);
        queue.modified_ms = now_ms;
        Ok(())
    }

    /// # Errors
    /// `QueueDoesNotExist`, `InvalidParameterValue` for a label that does not exist.
    pub fn remove_permission(
        &mut self,
        request: &RemovePermissionRequest,
        now_ms: u64,
    ) -> Result<(), SqsError> {
        let queue = self.queue(&request.queue_url)?;
        let mut statements = queue.statements();
        let before = statements.len();
        statements.retain(|statement| statement["Sid"] != *request.label);
        if statements.len() == before {
            return Err(SqsError::invalid(
                "Label",
                &request.label,
                "can't find label.",
            ));
        }
        queue.set_statements(statements);
        queue.modified_ms = now_ms;
        Ok(())
    }
}

fn one_or_many(names: impl Iterator<Item = String>) -> Value {
    let names: Vec<_> = names.collect();
    match names.as_slice() {
        [one] => json!(one),
        many => json!(many),
    }
}

impl Queue {
    fn policy(&self) -> Value {
        let set = self
            .settings
            .policy
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok());
        let id = format!("{}/SQSDefaultPolicy", self.arn);
        set.unwrap_or_else(|| json!({"Version": "2008-10-17", "Id": id, "Statement": []}))
    }

    fn statements(&self) -> Vec<Value> {
        match self.policy()["Statement"].take() {
            Value::Array(statements) => statements,
            Value::Null => Vec::new(),
            one => vec![one],
        }
    }

    fn set_statements(&mut self, statements: Vec<Value>) {
        let mut policy = self.policy();
        let empty = statements.is_empty();
        policy["Statement"] = Value::Array(statements);
        self.settings.policy = (!empty).then(|| policy.to_string());
    }
}
