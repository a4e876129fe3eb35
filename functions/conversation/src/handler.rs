//! The handler: which kind of message it is, and where it says something.

use lambda_queue::{Handler, HandlerError, MessageContext, Producer};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{ConversationsTable, Message, TurnComplete, TurnReady};

/// Appends results, and tells of complete turns.
#[derive(Clone)]
pub struct Conversation {
    pub(crate) table: ConversationsTable,
    pub(crate) turns: Option<TurnQueues>,
}

/// Where turns are told of.
#[derive(Clone)]
pub struct TurnQueues {
    pub(crate) complete: Producer<InGroup<TurnComplete>>,
    pub(crate) ready: Producer<InGroup<TurnReady>>,
}

/// A message for the group of the one that is handled: what follows from it comes behind it, and
/// whoever sent it has found a group id for a conversation's id already.
#[derive(Serialize)]
pub(crate) struct InGroup<T> {
    #[serde(flatten)]
    message: T,
    #[serde(skip)]
    group: String,
}

/// Order is all this function has to offer.
#[derive(Debug, thiserror::Error)]
#[error("the message has no group; the queue of tool results must be a FIFO queue")]
struct NoGroup;

impl Conversation {
    /// A handler for transcripts in this table. Without queues, nobody is told of turns.
    pub fn new(table: ConversationsTable, turns: Option<TurnQueues>) -> Self {
        Self { table, turns }
    }
}

impl TurnQueues {
    /// The FIFO queue the function is fed from, and the FIFO queue of turns that are ready.
    pub fn new(sqs: &aws_sdk_sqs::Client, results_url: &str, ready_url: &str) -> Self {
        let complete = Producer::new(sqs.clone(), results_url)
            .group(|it: &InGroup<TurnComplete>| it.group.clone())
            .deduplication_id(|it| it.message.attempt.clone());
        let ready = Producer::new(sqs.clone(), ready_url)
            .group(|it: &InGroup<TurnReady>| it.group.clone())
            .deduplication_id(|it| deduplication_id(&it.message));
        Self { complete, ready }
    }
}

impl<T> InGroup<T> {
    pub(crate) fn of(context: &MessageContext, message: T) -> Result<Self, HandlerError> {
        let group = context.group_id().ok_or(NoGroup)?.to_owned();
        Ok(Self { message, group })
    }
}

/// The same for each try to tell of a turn. A hash, since SQS takes 128 characters of ASCII.
fn deduplication_id(turn: &TurnReady) -> String {
    let mut hash = Sha256::new();
    // With its length in front, no other pair of ids is the same text.
    hash.update((turn.conversation_id.len() as u64).to_be_bytes());
    hash.update(&turn.conversation_id);
    hash.update(&turn.turn_id);
    hex::encode(hash.finalize())
}

impl Handler<Message> for Conversation {
    type Output = ();

    async fn handle(&self, message: Message, context: MessageContext) -> Result<(), HandlerError> {
        match message {
            Message::Result(result) => self.append(result, &context).await,
            Message::TurnComplete(turn) => self.announce(turn, &context).await,
        }
    }
}
