//! What is promised of the messages that were sent.

use std::collections::{BTreeMap, BTreeSet};

use conversation::Message as ResultMessage;
use ingestion::Incoming;
use tool_executor::ToolRequest;

use crate::Result;
use crate::messages::Message;

/// What has to come of all that was sent.
#[derive(Default)]
pub struct Expected {
    /// By conversation id.
    pub conversations: BTreeMap<String, Conversation>,
    /// Ids of documents.
    pub documents: BTreeSet<String>,
    /// Calls that search them, by conversation and id.
    pub searches: BTreeSet<(String, String)>,
    /// The tools of calls, by conversation and id.
    pub tools: BTreeMap<(String, String), String>,
}

/// What a transcript has to hold.
#[derive(Default)]
pub struct Conversation {
    /// In the order they were begun in.
    pub turns: Vec<Turn>,
    /// Its results were sent into the FIFO queue by the demo, in the order of the turn's calls;
    /// those of a tool come in the order in which tools are done.
    pub in_order: bool,
}

/// Calls that were made together.
pub struct Turn {
    /// What its calls name it by.
    pub id: String,
    /// Their ids.
    pub calls: Vec<String>,
}

impl Expected {
    /// These documents can be searched.
    ///
    /// # Errors
    /// A message is not what the function takes.
    pub fn documents(&mut self, messages: &[Message]) -> Result<()> {
        for message in messages {
            if let Incoming::Document(document) = serde_json::from_str(&message.body)? {
                self.documents.insert(document.document_id);
            }
        }
        Ok(())
    }

    /// These calls have their results in transcripts, behind what was expected before.
    ///
    /// # Errors
    /// A message is not what the function takes.
    pub fn calls(&mut self, messages: &[Message]) -> Result<()> {
        for message in messages {
            let request: ToolRequest = serde_json::from_str(&message.body)?;
            let call = (request.conversation_id, request.call.id().into_owned());
            let tool = request.call.tool().to_owned();
            if tool == "search_documents" {
                self.searches.insert(call.clone());
            }
            self.tools.insert(call.clone(), tool);
            let turn = request.turn.map(serde_json::from_value).transpose()?;
            self.call(call, turn, false);
        }
        Ok(())
    }

    /// These results are in transcripts, in this order.
    ///
    /// # Errors
    /// A message is not what the function takes.
    pub fn results(&mut self, messages: &[Message]) -> Result<()> {
        for message in messages {
            if let ResultMessage::Result(it) = serde_json::from_str(&message.body)? {
                self.call((it.conversation_id, it.tool_call_id), it.turn, true);
            }
        }
        Ok(())
    }

    fn call(
        &mut self,
        (conversation, call): (String, String),
        turn: Option<conversation::Turn>,
        in_order: bool,
    ) {
        let conversation = self.conversations.entry(conversation).or_default();
        conversation.in_order = in_order;
        let id = turn.map(|it| it.id).unwrap_or_default();
        match conversation.turns.iter_mut().find(|it| it.id == id) {
            Some(turn) => turn.calls.push(call),
            None => conversation.turns.push(Turn {
                id,
                calls: vec![call],
            }),
        }
    }

    /// How many results there are in all transcripts.
    #[must_use]
    pub fn entries(&self) -> usize {
        let turns = self.conversations.values().flat_map(|it| &it.turns);
        turns.map(|it| it.calls.len()).sum()
    }
}
