//! The tables: records, results, and how they agree with transcripts.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use conversation::Entry;
use lambda_queue_cli::template::Template;
use lambda_queue_demo::Result;
use lambda_queue_demo::services::config;

use crate::dead::DeadLetters;
use crate::wrong;

type Item = HashMap<String, AttributeValue>;

/// What the tables hold, as it was stored.
pub(crate) struct Accounts {
    /// The idempotency records.
    records: Vec<Item>,
    /// Results of tool calls, by conversation and call.
    results: BTreeMap<(String, String), String>,
    /// Manifests and chunks, by document.
    pub(crate) documents: BTreeMap<String, Vec<Item>>,
}

impl Accounts {
    /// Reads the tables of the stack at `url`.
    pub(crate) async fn read(url: &str, template: &Template) -> Result<Self> {
        let client = Client::new(&config(url));
        let tables = template.tables()?;
        let read = async |id: &str| -> Result<Vec<Item>> {
            let table = tables.iter().find(|it| it.logical_id == id);
            let table = table.ok_or_else(|| wrong(format!("no table {id}")))?;
            let scan = client.scan().table_name(&table.name).consistent_read(true);
            let items = scan.into_paginator().items().send();
            let items = items.collect::<std::result::Result<Vec<_>, _>>().await;
            Ok(items.map_err(aws_sdk_dynamodb::Error::from)?)
        };
        let results = read("ToolResultsTable").await?.into_iter().map(|it| {
            let call = (text(&it, "conversation_id"), text(&it, "tool_call_id"));
            (call, text(&it, "result"))
        });
        let mut documents = BTreeMap::<_, Vec<_>>::new();
        for item in read("DocumentsTable").await? {
            let id = text(&item, "document_id");
            documents.entry(id).or_default().push(item);
        }
        Ok(Self {
            records: read("IdempotencyTable").await?,
            results: results.collect(),
            documents,
        })
    }

    /// Claims beyond each key's first: of runs that were cut off, or failed.
    pub(crate) fn claimed_again(&self) -> u64 {
        let attempts = self.records.iter().map(|it| number(it, "attempts"));
        attempts.map(|it| it.saturating_sub(1)).sum()
    }

    /// What does not agree.
    pub(crate) fn problems(
        &self,
        transcripts: &BTreeMap<String, Vec<Entry>>,
        dead: &DeadLetters,
    ) -> Vec<String> {
        let mut problems = Vec::new();
        let open = self.records.iter();
        let open = open.filter(|it| text(it, "status") != "COMPLETED").count();
        let may_be_open = dead.good + dead.poison;
        if open > may_be_open {
            problems.push(format!(
                "{open} records are not completed, with {may_be_open} dead letters"
            ));
        }
        for (conversation, entries) in transcripts {
            for entry in entries {
                let call = (conversation.clone(), entry.tool_call_id.clone());
                // Of parcels, results come without a call.
                let result = self.results.get(&call);
                if result.is_some_and(|it| *it != entry.result) {
                    let call = &entry.tool_call_id;
                    problems.push(format!(
                        "{conversation}: the transcript has another result of {call} than the table"
                    ));
                }
            }
        }
        problems
    }
}

pub(crate) fn text(item: &Item, name: &str) -> String {
    let value = item.get(name).and_then(|it| it.as_s().ok());
    value.cloned().unwrap_or_default()
}

pub(crate) fn number(item: &Item, name: &str) -> u64 {
    let value = item.get(name).and_then(|it| it.as_n().ok());
    value.and_then(|it| it.parse().ok()).unwrap_or_default()
}
