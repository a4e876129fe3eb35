//! `Policies` of a SAM function: documents, names of managed policies, and SAM's own templates.

use super::{Permissions, Statement, managed, note_unknown, setting};
use crate::template::{OutlinedResource, Shape, Tree};

/// What SAM's policy templates allow on queues, tables and keys, by the parameter that names the
/// resource. Templates that are not listed allow nothing on those.
///
/// <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html>
const TEMPLATES: &[(&str, &str, &[&str])] = &[
    (
        "SQSPollerPolicy",
        "QueueName",
        &[
            "sqs:ChangeMessageVisibility",
            "sqs:ChangeMessageVisibilityBatch",
            "sqs:DeleteMessage",
            "sqs:DeleteMessageBatch",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
        ],
    ),
    ("SQSSendMessagePolicy", "QueueName", &["sqs:SendMessage"]),
    (
        "DynamoDBCrudPolicy",
        "TableName",
        &[
            "dynamodb:GetItem",
            "dynamodb:DeleteItem",
            "dynamodb:PutItem",
            "dynamodb:Scan",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            "dynamodb:BatchWriteItem",
            "dynamodb:BatchGetItem",
            "dynamodb:DescribeTable",
            "dynamodb:ConditionCheckItem",
        ],
    ),
    (
        "DynamoDBReadPolicy",
        "TableName",
        &[
            "dynamodb:GetItem",
            "dynamodb:Scan",
            "dynamodb:Query",
            "dynamodb:BatchGetItem",
            "dynamodb:DescribeTable",
        ],
    ),
    (
        "DynamoDBWritePolicy",
        "TableName",
        &[
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "dynamodb:BatchWriteItem",
        ],
    ),
    ("KMSDecryptPolicy", "KeyId", &["kms:Decrypt"]),
];

/// The permissions that a function's own `Policies` give it.
pub(super) fn policies(function: &OutlinedResource) -> Permissions {
    let mut permissions = Permissions::default();
    let Some(policies) = function.properties.get("Policies") else {
        return permissions;
    };
    for policy in policies.items() {
        one(policy, &function.logical_id, &mut permissions);
    }
    permissions
}

fn one(policy: &Tree, owner: &str, permissions: &mut Permissions) {
    note_unknown(policy, permissions);
    match &policy.shape {
        Shape::Map(_) if policy.get("Statement").is_some() => {
            match Statement::all_in(policy, owner) {
                Ok(statements) => permissions.statements.extend(statements),
                Err(unknown) => permissions.holes.push(unknown),
            }
        }
        Shape::Map(entries) => {
            for (name, arguments) in entries {
                permissions
                    .statements
                    .extend(template(name, arguments, owner));
            }
        }
        Shape::Scalar(_) => {
            if let Some(name) = policy.as_str() {
                managed::add(name, policy.line, permissions);
            }
        }
        Shape::List(_) | Shape::Unknown(_) => {}
    }
}

fn template(name: &str, arguments: &Tree, owner: &str) -> Option<Statement> {
    let (_, parameter, actions) = TEMPLATES.iter().find(|(known, ..)| *known == name)?;
    let resource = setting::text(arguments, parameter);
    Some(Statement::granted(owner, arguments.line, actions, resource))
}
