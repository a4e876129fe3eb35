//! The conversations table.
//!
//! | `conversation_id` | `sort` | |
//! |---|---|---|
//! | `c` | `head` | how many entries there are |
//! | `c` | `entry#000000000017` | the 17th entry of the transcript |
//! | `c` | `call#toolu_1` | the call has its entry, for good |
//! | `c` | `turn#msg_1` | which calls the turn waits for, and what was told of it |
//!
//! An append writes all four in one transaction, under the condition that the head is still what was
//! read: two appends of one conversation never both go by the same state of it.

mod error;
mod item;
mod step;
mod writes;

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, Get, TransactGetItem};

pub use error::TableError;
pub use item::{CONVERSATION_ID, Entry, SORT, TurnState};
pub(crate) use step::Step;

use crate::ToolResult;
use item::{ENTRIES, ENTRY_PREFIX, HEAD, Item, call_sort, key, number, turn_sort};

/// The table of transcripts.
#[derive(Clone, Debug)]
pub struct ConversationsTable {
    client: Client,
    name: String,
}

/// What an append goes by, all of one moment.
pub(crate) struct Seen {
    /// Length of the transcript.
    pub(crate) entries: u64,
    /// The call has an entry already.
    pub(crate) appended: bool,
    /// The result's turn, if any result of it came before.
    pub(crate) turn: Option<TurnState>,
}

impl ConversationsTable {
    /// A table by its name.
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        Self {
            client,
            name: name.into(),
        }
    }

    /// A conversation's transcript, in order; empty if there is none.
    ///
    /// # Errors
    /// DynamoDB does not answer, or an item is not an entry.
    pub async fn transcript(&self, conversation_id: &str) -> Result<Vec<Entry>, TableError> {
        let mut items = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression("#id = :id AND begins_with(#sort, :prefix)")
            .expression_attribute_names("#id", CONVERSATION_ID)
            .expression_attribute_names("#sort", SORT)
            .expression_attribute_values(":id", AttributeValue::S(conversation_id.to_owned()))
            .expression_attribute_values(":prefix", AttributeValue::S(ENTRY_PREFIX.to_owned()))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        let mut entries = Vec::new();
        while let Some(item) = items.next().await {
            let item = item.map_err(|error| TableError::request("read a transcript", error))?;
            entries.push(Entry::from_item(&item)?);
        }
        Ok(entries)
    }

    /// What is known of a turn, if any result of it came.
    ///
    /// # Errors
    /// DynamoDB does not answer, or the item is not a turn.
    pub async fn turn(
        &self,
        conversation_id: &str,
        turn_id: &str,
    ) -> Result<Option<TurnState>, TableError> {
        let found = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key(conversation_id, &turn_sort(turn_id))))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| TableError::request("read a turn", error))?;
        found.item.as_ref().map(TurnState::from_item).transpose()
    }

    /// What an append of this result has to go by.
    pub(crate) async fn look(&self, result: &ToolResult) -> Result<Seen, TableError> {
        let conversation = &result.conversation_id;
        let mut sorts = vec![HEAD.to_owned(), call_sort(&result.tool_call_id)];
        sorts.extend(result.turn.as_ref().map(|turn| turn_sort(&turn.id)));
        let mut gets = Vec::new();
        for sort in sorts {
            let get = Get::builder().table_name(&self.name);
            let get = get.set_key(Some(key(conversation, &sort))).build()?;
            gets.push(TransactGetItem::builder().get(get).build());
        }
        let found = self.client.transact_get_items();
        let found = found.set_transact_items(Some(gets)).send().await;
        let found = found.map_err(|error| TableError::request("read a conversation", error))?;
        let mut found = found.responses.unwrap_or_default().into_iter();
        // An item that does not exist comes as an empty one, or as none.
        let mut next = || -> Option<Item> {
            let item: Option<HashMap<_, _>> = found.next().and_then(|it| it.item);
            item.filter(|item| !item.is_empty())
        };
        let (head, call, turn) = (next(), next(), next());
        Ok(Seen {
            entries: head.map_or(Ok(0), |head| number(&head, ENTRIES))?,
            appended: call.is_some(),
            turn: turn.as_ref().map(TurnState::from_item).transpose()?,
        })
    }
}
