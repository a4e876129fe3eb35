//! What a request to DynamoDB calls. A transaction has no action of its own: it needs those of what
//! is in it. Neither has a PartiQL request: each statement needs its own.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html>,
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html>

use serde_json::Value as Json;

use super::Call;
use crate::template::{ACCOUNT, REGION};

pub(super) fn calls(operation: &str, body: &[u8]) -> Vec<Call> {
    let body: Json = serde_json::from_slice(body).unwrap_or_default();
    let entries = |list: &str| body[list].as_array().into_iter().flatten();
    match operation {
        "BatchGetItem" | "BatchWriteItem" => {
            let tables = body["RequestItems"].as_object().into_iter().flatten();
            tables.map(|(table, _)| on(operation, table)).collect()
        }
        "TransactWriteItems" | "TransactGetItems" => {
            let parts = entries("TransactItems")
                .filter_map(Json::as_object)
                .flatten();
            let part = |(kind, part): (&String, &Json)| {
                let action = match kind.as_str() {
                    "ConditionCheck" => "ConditionCheckItem".to_owned(),
                    kind => format!("{kind}Item"),
                };
                on(&action, text(&part["TableName"]))
            };
            parts.map(part).collect()
        }
        "ExecuteStatement" => vec![statement(text(&body["Statement"]))],
        "BatchExecuteStatement" => entries("Statements")
            .map(|it| statement(text(&it["Statement"])))
            .collect(),
        "ExecuteTransaction" => entries("TransactStatements")
            .map(|it| statement(text(&it["Statement"])))
            .collect(),
        _ => {
            let call = on(operation, text(&body["TableName"]));
            vec![of_index(call, body["IndexName"].as_str())]
        }
    }
}

fn text(value: &Json) -> &str {
    value.as_str().unwrap_or_default()
}

fn on(action: &str, table: &str) -> Call {
    let resource = match table {
        "" => "*".to_owned(),
        arn if arn.starts_with("arn:") => arn.to_owned(),
        name => format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"),
    };
    Call::new(format!("dynamodb:{action}"), resource)
}

/// `INSERT INTO "table" …`, `UPDATE "table" …`, `… FROM "table"."index" …`.
fn statement(statement: &str) -> Call {
    let mut words = statement.split_whitespace();
    let verb = words.next().unwrap_or_default().to_ascii_lowercase();
    let (action, before) = match verb.as_str() {
        "insert" => ("PartiQLInsert", "into"),
        "update" => ("PartiQLUpdate", ""),
        "delete" => ("PartiQLDelete", "from"),
        _ => ("PartiQLSelect", "from"),
    };
    if !before.is_empty() {
        words.find(|it| it.eq_ignore_ascii_case(before));
    }
    let name = words.next().unwrap_or_default();
    // Tables' names may have dots in them; an index follows one between quotes.
    let (table, index) = match name.split_once("\".\"") {
        Some((table, index)) => (table, Some(index.trim_end_matches('"'))),
        None => (name, None),
    };
    of_index(on(action, table.trim_matches('"')), index)
}

fn of_index(mut call: Call, index: Option<&str>) -> Call {
    if let Some(index) = index {
        call.resource += &format!("/index/{index}");
    }
    call
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn called(operation: &str, body: &Json) -> Vec<(String, String)> {
        let calls = calls(operation, body.to_string().as_bytes());
        let prefix = "arn:aws:dynamodb:us-east-1:000000000000:table/";
        let short = |it: Call| (it.action, it.resource.replace(prefix, ""));
        calls.into_iter().map(short).collect()
    }

    fn expected(calls: &[(&str, &str)]) -> Vec<(String, String)> {
        let calls = calls.iter();
        let owned = calls.map(|(action, on)| (format!("dynamodb:{action}"), (*on).to_owned()));
        owned.collect()
    }

    #[test]
    fn an_operation_is_an_action_on_its_table_or_index() {
        let put = called("PutItem", &json!({"TableName": "t"}));
        assert_eq!(put, expected(&[("PutItem", "t")]));
        let query = called("Query", &json!({"TableName": "t", "IndexName": "i"}));
        assert_eq!(query, expected(&[("Query", "t/index/i")]));
        let get = called("BatchGetItem", &json!({"RequestItems": {"t": {}, "u": {}}}));
        assert_eq!(
            get,
            expected(&[("BatchGetItem", "t"), ("BatchGetItem", "u")])
        );
        let list = called("ListTables", &json!({}));
        assert_eq!(list, expected(&[("ListTables", "*")]));
    }

    #[test]
    fn a_transaction_is_the_actions_of_what_is_in_it() {
        let items = json!({"TransactItems": [
            {"Put": {"TableName": "t"}}, {"Update": {"TableName": "u"}},
            {"ConditionCheck": {"TableName": "t"}}, {"Delete": {"TableName": "t"}},
        ]});
        let all = [
            ("PutItem", "t"),
            ("UpdateItem", "u"),
            ("ConditionCheckItem", "t"),
            ("DeleteItem", "t"),
        ];
        assert_eq!(called("TransactWriteItems", &items), expected(&all));
    }

    #[test]
    fn a_statement_is_an_action_of_its_own() {
        let texts = [
            "INSERT INTO \"t.u\" VALUE {'id': ?}",
            "UPDATE \"t\" SET a = ? WHERE id = ?",
            "DELETE FROM \"t\" WHERE id = ?",
            "SELECT * FROM \"t.u\".\"i\" WHERE id = ?",
        ];
        let statements: Vec<_> = texts.map(|it| json!({"Statement": it})).into();
        let batch = called("BatchExecuteStatement", &json!({"Statements": statements}));
        let all = [
            ("PartiQLInsert", "t.u"),
            ("PartiQLUpdate", "t"),
            ("PartiQLDelete", "t"),
            ("PartiQLSelect", "t.u/index/i"),
        ];
        assert_eq!(batch, expected(&all));
    }
}
