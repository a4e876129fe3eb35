use aws_sdk_dynamodb::types::AttributeValue;

use super::*;
use crate::ErrorClass;

fn text(text: impl ToString) -> AttributeValue {
    AttributeValue::S(text.to_string())
}

fn put(table: &str, id: impl ToString) -> Put {
    let put = Put::builder().table_name(table).item("id", text(id));
    put.item("note", text("secret")).build().unwrap()
}

fn update(table: &str, id: impl ToString) -> Update {
    let update = Update::builder().table_name(table).key("id", text(id));
    update.update_expression("SET a = :a").build().unwrap()
}

fn delete(table: &str, id: impl ToString) -> Delete {
    let delete = Delete::builder().table_name(table).key("id", text(id));
    delete.build().unwrap()
}

fn check(table: &str, id: impl ToString) -> ConditionCheck {
    let check = ConditionCheck::builder().table_name(table);
    let check = check.key("id", text(id)).condition_expression("a = :a");
    check.build().unwrap()
}

fn refused(result: Result<&TransactionalEffects, HandlerError>) -> String {
    let error = result.unwrap_err();
    assert_eq!(error.class(), Some(ErrorClass::Permanent));
    error.to_string()
}

#[test]
fn writes_are_collected_in_the_order_they_were_added() {
    let effects = TransactionalEffects::new();
    effects.put(put("t", 1)).unwrap();
    let clone = effects.clone();
    clone.update(update("t", 2)).unwrap();
    effects.delete(delete("t", 3)).unwrap();
    effects.check(check("t", 4)).unwrap();
    let writes = effects.close().unwrap();
    let items: Vec<_> = writes.iter().filter_map(ItemOf::of).collect();
    let shown: Vec<_> = items.iter().map(ToString::to_string).collect();
    let expected = ["Put", "Update", "Delete", "ConditionCheck"];
    assert_eq!(
        shown,
        expected.map(|kind| format!("{kind} on the table `t`"))
    );
}

#[test]
fn a_message_may_have_99_writes_and_no_more() {
    let effects = TransactionalEffects::new();
    for n in 0..99 {
        effects.put(put("t", n)).unwrap();
    }
    let error = refused(effects.put(put("t", 99)));
    assert_eq!(
        error,
        "more than 99 transactional writes for one message; split the work over several messages"
    );
}

#[test]
fn two_writes_on_one_item_are_refused_and_the_table_is_named() {
    type Add = fn(&TransactionalEffects) -> Result<&TransactionalEffects, HandlerError>;
    let adds: [Add; 4] = [
        |effects| effects.put(put("t", 1)),
        |effects| effects.update(update("t", 1)),
        |effects| effects.delete(delete("t", 1)),
        |effects| effects.check(check("t", 1)),
    ];
    for first in adds {
        for second in adds {
            let effects = TransactionalEffects::new();
            first(&effects).unwrap();
            assert!(refused(second(&effects)).contains("table `t`"));
        }
    }
}

#[test]
fn one_key_in_two_tables_is_two_items() {
    let effects = TransactionalEffects::new();
    effects.update(update("t", 1)).unwrap();
    effects.update(update("u", 1)).unwrap();
    effects.put(put("v", 1)).unwrap();
    assert_eq!(effects.close().unwrap().len(), 3);
}

#[test]
fn a_refused_write_fails_the_rest_and_cannot_be_overlooked() {
    let effects = TransactionalEffects::new();
    effects.put(put("t", 1)).unwrap();
    refused(effects.delete(delete("t", 1)));
    refused(effects.put(put("t", 2)));
    let error = effects.close().unwrap_err();
    assert_eq!(error.class(), Some(ErrorClass::Permanent));
}

#[test]
fn a_write_after_the_handlers_end_is_an_error() {
    let effects = TransactionalEffects::new();
    let kept = effects.clone();
    effects.close().unwrap();
    assert!(refused(kept.put(put("t", 1))).contains("has ended"));
}

#[test]
fn items_are_not_shown() {
    let effects = TransactionalEffects::new();
    effects.put(put("t", 1)).unwrap();
    assert_eq!(format!("{effects:?}"), "TransactionalEffects { writes: 1 }");
}
