//! `idempotency-permissions`

use super::{Finding, Function, Judgement, Model, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "idempotency-permissions",
    severity: Severity::Error,
    title: "a function that may not use its idempotency table",
    why: "A function made with lambda-queue claims messages by dynamodb:UpdateItem; without it, \
          every message fails. Batches of more than 10 are claimed in groups, by PartiQL \
          statements, whose actions SAM's DynamoDBCrudPolicy does not have; without them it pays \
          a request for each message.",
    source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html",
    bad: include_str!("../examples/idempotency-permissions.bad.yaml"),
    good: include_str!("../examples/idempotency-permissions.good.yaml"),
    judge: |model| {
        let functions = model.fed().filter(|it| it.uses_toolkit());
        functions.map(|it| judge(model, it)).collect()
    },
};

/// What batches of more than 10 messages take beyond `UpdateItem`.
const IN_GROUPS: [&str; 3] = [
    "dynamodb:BatchGetItem",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLUpdate",
];

fn judge(model: &Model, function: &Function) -> Judgement {
    let Some(variable) = function.variable("IDEMPOTENCY_TABLE") else {
        return Ok(None);
    };
    let Some(table) = variable.known()? else {
        return Ok(None);
    };
    let id = &function.logical_id;
    let name = model
        .table(table)
        .map_or(table.as_str(), |it| &it.logical_id);
    let at = |message: String| Finding::new(id, variable.line, message);
    if !function.permissions.allow("dynamodb:UpdateItem", table)? {
        return at(format!("{id} may not claim messages in {name}"))
            .fix("allow its role dynamodb:UpdateItem on the table")
            .found();
    }
    let mut largest = 0;
    for mapping in model.mappings_to(function) {
        largest = largest.max(mapping.batch_size()?);
    }
    if largest <= 10 {
        return Ok(None);
    }
    let mut missing = Vec::new();
    for action in IN_GROUPS {
        if !function.permissions.allow(action, table)? {
            missing.push(action);
        }
    }
    if missing.is_empty() {
        return Ok(None);
    }
    let missing = missing.join(", ");
    at(format!(
        "{id} takes batches of {largest}, and may not claim them in groups: {missing}"
    ))
    .severity(Severity::Warning)
    .fix(format!("allow its role {missing} on {name}"))
    .found()
}
