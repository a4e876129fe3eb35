//! The writes of an append, and of a turn that was told of.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue::{Bool, Ss};
use aws_sdk_dynamodb::types::builders::{PutBuilder, UpdateBuilder};
use aws_sdk_dynamodb::types::{Put, Update};
use lambda_queue::{HandlerError, TransactionalEffects};

use super::item::{
    ANNOUNCED, COMPLETE_AT, CONVERSATION_ID, ENTRIES, HEAD, Item, OUTPUT, OUTSTANDING, POSITION,
    RESULT, TOOL_CALL_ID, TURN_ID, call_sort, digits, entry_sort, key, text, turn_sort,
};
use super::{ConversationsTable, Seen, Step};
use crate::ToolResult;

impl ConversationsTable {
    /// Appends a result behind what was seen, if that still is what there is.
    pub(crate) fn append(
        &self,
        effects: &TransactionalEffects,
        result: &ToolResult,
        seen: &Seen,
        step: &Step,
    ) -> Result<(), HandlerError> {
        let conversation = &result.conversation_id;
        let position = seen.entries + 1;
        let mut entry = key(conversation, &entry_sort(position));
        entry.extend([
            (POSITION.to_owned(), digits(position)),
            (TOOL_CALL_ID.to_owned(), text(&result.tool_call_id)),
            (RESULT.to_owned(), text(result.result.get())),
        ]);
        if let Some(turn) = &result.turn {
            entry.insert(TURN_ID.to_owned(), text(&turn.id));
        }
        if let Some(output) = &result.output {
            entry.insert(OUTPUT.to_owned(), text(output.get()));
        }
        let mut call = key(conversation, &call_sort(&result.tool_call_id));
        call.insert(POSITION.to_owned(), digits(position));
        effects
            .put(self.new_item(entry).build()?)?
            .update(self.head(conversation, seen.entries).build()?)?
            .put(self.new_item(call).build()?)?;
        let Some(turn) = &result.turn else {
            return Ok(());
        };
        let complete_at = step.completes().then_some(position);
        match step {
            Step::Opens { outstanding, .. } => {
                let mut item = key(conversation, &turn_sort(&turn.id));
                item.extend(waits_for(outstanding));
                item.extend(complete_at.map(|it| (COMPLETE_AT.to_owned(), digits(it))));
                effects.put(self.new_item(item).build()?)?;
            }
            Step::Arrives { .. } => {
                let update = self.arrival(conversation, &turn.id, &result.tool_call_id);
                let update = match complete_at {
                    None => update.update_expression("DELETE #outstanding :call"),
                    Some(position) => update
                        .update_expression("DELETE #outstanding :call SET #complete_at = :position")
                        .expression_attribute_names("#complete_at", COMPLETE_AT)
                        .expression_attribute_values(":position", digits(position)),
                };
                effects.update(update.build()?)?;
            }
            Step::Alone | Step::Stray => {}
        }
        Ok(())
    }

    /// Records that a turn was told of.
    pub(crate) fn mark_announced(
        &self,
        effects: &TransactionalEffects,
        conversation_id: &str,
        turn_id: &str,
    ) -> Result<(), HandlerError> {
        let update = self
            .update(conversation_id, &turn_sort(turn_id))
            .update_expression("SET #announced = :yes")
            .condition_expression("attribute_exists(#complete_at)")
            .expression_attribute_names("#announced", ANNOUNCED)
            .expression_attribute_names("#complete_at", COMPLETE_AT)
            .expression_attribute_values(":yes", Bool(true));
        effects.update(update.build()?)?;
        Ok(())
    }

    fn head(&self, conversation: &str, seen: u64) -> UpdateBuilder {
        let update = self
            .update(conversation, HEAD)
            .update_expression("SET #entries = :next")
            .expression_attribute_names("#entries", ENTRIES)
            .expression_attribute_values(":next", digits(seen + 1));
        match seen {
            0 => update.condition_expression("attribute_not_exists(#entries)"),
            _ => update
                .condition_expression("#entries = :seen")
                .expression_attribute_values(":seen", digits(seen)),
        }
    }

    fn arrival(&self, conversation: &str, turn: &str, call: &str) -> UpdateBuilder {
        self.update(conversation, &turn_sort(turn))
            .condition_expression("contains(#outstanding, :id)")
            .expression_attribute_names("#outstanding", OUTSTANDING)
            .expression_attribute_values(":id", text(call))
            .expression_attribute_values(":call", Ss(vec![call.to_owned()]))
    }

    fn update(&self, conversation: &str, sort: &str) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.name)
            .set_key(Some(key(conversation, sort)))
    }

    fn new_item(&self, item: Item) -> PutBuilder {
        Put::builder()
            .table_name(&self.name)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(#id)")
            .expression_attribute_names("#id", CONVERSATION_ID)
    }
}

/// No attribute if there is nothing to wait for: DynamoDB has no empty sets.
fn waits_for(
    outstanding: &BTreeSet<String>,
) -> Option<(String, aws_sdk_dynamodb::types::AttributeValue)> {
    let calls = Ss(outstanding.iter().cloned().collect());
    (!outstanding.is_empty()).then(|| (OUTSTANDING.to_owned(), calls))
}
