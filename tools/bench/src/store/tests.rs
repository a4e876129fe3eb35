//! The stub says what DynamoDB would, as far as idempotency records go.

use serde_json::{Value, json};

use super::protocol::answer;
use super::table::Table;

/// A record under key `1`, in progress.
fn held_by(owner: &str) -> Table {
    let mut table = Table::default();
    let item = json!({
        "id": {"S": "1"}, "status": {"S": "INPROGRESS"}, "owner": {"S": owner}, "lease": {"N": "900"},
    });
    let (status, _) = ask(&mut table, "PutItem", &json!({ "Item": item }));
    assert_eq!(status, 200);
    table
}

fn ask(table: &mut Table, operation: &str, request: &Value) -> (u16, Value) {
    let (status, body) = answer(table, operation, request.to_string().as_bytes());
    (status, serde_json::from_slice(&body).unwrap())
}

fn get(table: &mut Table) -> Value {
    let (_, answer) = ask(table, "GetItem", &json!({ "Key": {"id": {"S": "1"}} }));
    answer["Item"].clone()
}

fn statements(table: &mut Table, statements: &[(&str, Value)]) -> Value {
    let statements: Vec<Value> = statements
        .iter()
        .map(|(text, parameters)| {
            json!({
                "Statement": text, "Parameters": parameters,
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            })
        })
        .collect();
    let (status, answer) = ask(
        table,
        "BatchExecuteStatement",
        &json!({ "Statements": statements }),
    );
    assert_eq!(status, 200);
    answer["Responses"].clone()
}

/// An update of key `1` on this condition.
fn update(table: &mut Table, condition: &str, values: Value) -> (u16, Value) {
    let mut values = values;
    values[":new"] = json!({"S": "COMPLETED"});
    let request = json!({
        "Key": {"id": {"S": "1"}},
        "UpdateExpression": "SET #status = :new REMOVE lease ADD attempts :one",
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {"#status": "status", "#owner": "owner"},
        "ExpressionAttributeValues": values,
        "ReturnValues": "UPDATED_NEW",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    });
    ask(table, "UpdateItem", &request)
}

#[test]
fn a_put_is_refused_with_the_item_that_is_there_when_it_is_asked_for() {
    let mut table = held_by("me");
    let mut request = json!({
        "Item": {"id": {"S": "1"}}, "ConditionExpression": "attribute_not_exists(id)",
    });
    let (status, answer) = ask(&mut table, "PutItem", &request);
    assert_eq!(status, 400);
    assert!(
        answer["__type"]
            .as_str()
            .unwrap()
            .ends_with("#ConditionalCheckFailedException")
    );
    assert_eq!(answer["Item"], Value::Null);

    request["ReturnValuesOnConditionCheckFailure"] = json!("ALL_OLD");
    let (_, answer) = ask(&mut table, "PutItem", &request);
    assert_eq!(answer["Item"]["owner"]["S"], "me");
    assert_eq!(get(&mut table)["owner"]["S"], "me");
}

#[test]
fn an_update_sets_removes_adds_and_returns_what_is_new() {
    let mut table = held_by("me");
    let values = json!({ ":me": {"S": "me"}, ":one": {"N": "1"} });
    let (status, answer) = update(&mut table, "#owner = :me", values);
    assert_eq!(status, 200);
    let new = json!({ "status": {"S": "COMPLETED"}, "attempts": {"N": "1"} });
    assert_eq!(answer["Attributes"], new);
    let item = get(&mut table);
    assert_eq!(item["lease"], Value::Null);
    assert_eq!(item["owner"]["S"], "me");
}

#[test]
fn conditions_compare_numbers_as_numbers_and_bind_and_before_or() {
    let values =
        || json!({ ":a": {"N": "1000"}, ":b": {"N": "9"}, ":me": {"S": "me"}, ":one": {"N": "1"} });
    let cases = [
        ("lease < :a", true),
        ("lease < :b", false),
        ("lease BETWEEN :b AND :a AND #owner = :me", true),
        ("attribute_exists(id) OR lease < :b AND lease < :b", true),
        ("(attribute_exists(id) OR lease < :b) AND lease < :b", false),
        ("NOT #owner IN (:a, :me)", false),
        (
            "#owner <> :me OR (attribute_not_exists(gone) AND lease > :b)",
            true,
        ),
    ];
    for (condition, holds) in cases {
        let (status, _) = update(&mut held_by("me"), condition, values());
        assert_eq!(status == 200, holds, "{condition}");
    }
}

#[test]
fn each_statement_of_a_batch_is_judged_by_itself() {
    let mut table = held_by("me");
    const INSERT: &str = r#"INSERT INTO "t" VALUE {'id': ?, 'status': ?}"#;
    const COMPLETE: &str =
        r#"UPDATE "t" SET "status" = ? REMOVE "lease" WHERE "id" = ? AND "owner" = ?"#;
    let text = |text: &str| json!({ "S": text });
    let answers = statements(
        &mut table,
        &[
            (INSERT, json!([text("2"), text("INPROGRESS")])),
            (INSERT, json!([text("1"), text("INPROGRESS")])),
            (
                COMPLETE,
                json!([text("COMPLETED"), text("1"), text("somebody else")]),
            ),
            (COMPLETE, json!([text("COMPLETED"), text("1"), text("me")])),
            (COMPLETE, json!([text("COMPLETED"), text("3"), text("me")])),
        ],
    );
    let codes: Vec<&Value> = answers
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["Error"]["Code"])
        .collect();
    let (none, duplicate, failed) = (
        &Value::Null,
        &json!("DuplicateItem"),
        &json!("ConditionalCheckFailed"),
    );
    assert_eq!(codes, [none, duplicate, failed, none, failed]);
    assert_eq!(answers[2]["Error"]["Item"]["owner"]["S"], "me");
    assert_eq!(answers[1]["Error"]["Item"], Value::Null);
    let item = get(&mut table);
    assert_eq!(item["status"]["S"], "COMPLETED");
    assert_eq!(item["lease"], Value::Null);
}

#[test]
fn many_items_are_read_at_once_without_those_that_are_not_there() {
    let mut table = held_by("me");
    let keys = json!([{"id": {"S": "1"}}, {"id": {"S": "2"}}]);
    let request = json!({ "RequestItems": {"t": {"Keys": keys, "ConsistentRead": true}} });
    let (status, answer) = ask(&mut table, "BatchGetItem", &request);
    assert_eq!(status, 200);
    assert_eq!(answer["Responses"]["t"].as_array().unwrap().len(), 1);
}

#[test]
fn a_deleted_item_is_gone_if_its_condition_holds() {
    let mut table = held_by("me");
    let request = |owner: &str| {
        json!({
            "Key": {"id": {"S": "1"}}, "ConditionExpression": "#o = :o",
            "ExpressionAttributeNames": {"#o": "owner"},
            "ExpressionAttributeValues": {":o": {"S": owner}},
        })
    };
    assert_eq!(ask(&mut table, "DeleteItem", &request("you")).0, 400);
    assert_eq!(ask(&mut table, "DeleteItem", &request("me")).0, 200);
    assert_eq!(get(&mut table), Value::Null);
}

#[test]
fn what_is_not_understood_is_refused_rather_than_guessed() {
    let mut table = held_by("me");
    let request = json!({ "Key": {"id": {"S": "1"}}, "UpdateExpression": "DELETE x :y" });
    assert_eq!(ask(&mut table, "UpdateItem", &request).0, 400);
    assert_eq!(ask(&mut table, "Scan", &json!({})).0, 400);
}
