//! What arrives on the queue, and what is sent.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::readable::{self, MAX_RESULT_DEPTH};

/// The longest result with its `output`, in bytes of their JSON: an item has 400 KB, ids and names included.
pub const MAX_RESULT_BYTES: usize = 380 * 1024;
/// Tool calls of one turn at most: their ids must fit an item.
pub const MAX_TURN_CALLS: usize = 500;
/// Bounds of the ids, in bytes: they are the table's key.
const MAX_CONVERSATION_ID: usize = 1024;
const MAX_ID: usize = 512;

/// A message of the results queue.
// No `Debug` here, nor below: results must not reach a log by way of a `{:?}`.
#[derive(Deserialize)]
#[serde(try_from = "Parts")]
pub enum Message {
    /// From the tool executor.
    Result(ToolResult),
    /// From this function to itself.
    TurnComplete(TurnComplete),
}

/// The result of a tool call.
#[derive(Serialize)]
pub struct ToolResult {
    /// The conversation it belongs to.
    pub conversation_id: String,
    /// The call it answers.
    pub tool_call_id: String,
    /// What the model is told, in its provider's dialect.
    pub result: Box<RawValue>,
    /// Where all of the tool's output is, if `result` has only its beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Box<RawValue>>,
    /// The turn the call is part of, if anybody waits for all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn: Option<Turn>,
}

/// Tool calls that a model made together, and whose results it gets together.
#[derive(Clone, Deserialize, Serialize)]
pub struct Turn {
    /// Its id, such as that of the model's message.
    pub id: String,
    /// All its calls; the same list comes with each of them.
    pub tool_call_ids: Vec<String>,
}

/// "Look whether the turn is complete": sent before the result that completes it is committed,
/// to the queue that result came from, behind it in its group.
#[derive(Clone, Deserialize, Serialize)]
pub struct TurnComplete {
    /// The conversation.
    pub conversation_id: String,
    /// The turn to look at.
    #[serde(rename = "turn_complete")]
    pub turn_id: String,
    /// Which try to append the last result sent this. Tries have nothing in common: the look after
    /// one that failed must not stand for the look after the one that succeeds.
    pub attempt: String,
}

/// Every call of the turn has its result in the transcript.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct TurnReady {
    /// The conversation.
    pub conversation_id: String,
    /// The turn; with the conversation's id the key by which a consumer knows duplicates.
    pub turn_id: String,
    /// How long the transcript was when the turn's last result was appended.
    pub entries: u64,
}

/// What either kind of message has. One after the other would be tried by an untagged enum, whose
/// errors say nothing, and which cannot leave a result as it is.
#[derive(Deserialize)]
struct Parts {
    conversation_id: String,
    tool_call_id: Option<String>,
    result: Option<Box<RawValue>>,
    output: Option<Box<RawValue>>,
    turn: Option<Turn>,
    turn_complete: Option<String>,
    attempt: Option<String>,
}

/// Neither a result nor a turn to look at.
#[derive(Debug, thiserror::Error)]
#[error("a message has `tool_call_id` and `result`, or `turn_complete` and `attempt`")]
pub struct Ambiguous;

impl TryFrom<Parts> for Message {
    type Error = Ambiguous;

    fn try_from(parts: Parts) -> Result<Self, Ambiguous> {
        let conversation_id = parts.conversation_id;
        let result = parts.tool_call_id.zip(parts.result);
        let complete = parts.turn_complete.zip(parts.attempt);
        match (result, complete) {
            (Some((tool_call_id, result)), None) => Ok(Self::Result(ToolResult {
                conversation_id,
                tool_call_id,
                result,
                output: parts.output,
                turn: parts.turn,
            })),
            (None, Some((turn_id, attempt))) => Ok(Self::TurnComplete(TurnComplete {
                conversation_id,
                turn_id,
                attempt,
            })),
            _ => Err(Ambiguous),
        }
    }
}

impl Message {
    /// What makes it the same as another.
    pub fn idempotency_key(&self) -> Vec<String> {
        match self {
            Self::Result(it) => vec![it.conversation_id.clone(), it.tool_call_id.clone()],
            Self::TurnComplete(it) => vec![
                it.conversation_id.clone(),
                it.turn_id.clone(),
                it.attempt.clone(),
            ],
        }
    }
}

/// A message that no retry helps.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMessage {
    /// The table has no place for it.
    #[error("{field} has {bytes} bytes, it must have 1 to {limit}")]
    Id {
        /// What is too long or empty.
        field: &'static str,
        /// Its length.
        bytes: usize,
        /// The longest there may be.
        limit: usize,
    },
    /// An item has no place for it.
    #[error(
        "the result has {0} bytes, an entry of a transcript takes {MAX_RESULT_BYTES}; keep longer \
         ones in S3 and send where"
    )]
    LongResult(usize),
    /// Some of those who read it could not.
    #[error(
        "the result is nested {0} levels deep, an entry of a transcript takes {MAX_RESULT_DEPTH}"
    )]
    DeepResult(usize),
    /// It is JSON that parsers of JSON refuse.
    #[error(
        "the result cannot be read back: at line {line}, column {column} it has half of a surrogate \
         pair, or a number that is too large"
    )]
    UnreadableResult {
        /// The line of the result, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// Nobody could wait for it.
    #[error("the turn has {0} tool calls, it must have 1 to {MAX_TURN_CALLS}")]
    Calls(usize),
}

impl ToolResult {
    /// Whether it can be appended.
    ///
    /// # Errors
    /// What is wrong with it, without quoting it.
    pub fn validate(&self) -> Result<(), InvalidMessage> {
        id(
            "conversation_id",
            &self.conversation_id,
            MAX_CONVERSATION_ID,
        )?;
        id("tool_call_id", &self.tool_call_id, MAX_ID)?;
        if let Some(turn) = &self.turn {
            id("turn.id", &turn.id, MAX_ID)?;
            let calls = turn.tool_call_ids.len();
            if calls == 0 || calls > MAX_TURN_CALLS {
                return Err(InvalidMessage::Calls(calls));
            }
            for call in &turn.tool_call_ids {
                id("an id of turn.tool_call_ids", call, MAX_ID)?;
            }
        }
        match self.bytes() {
            bytes if bytes > MAX_RESULT_BYTES => return Err(InvalidMessage::LongResult(bytes)),
            _ => readable::check(&self.result)?,
        }
        self.output.as_deref().map_or(Ok(()), readable::check)
    }

    /// What counts against [`MAX_RESULT_BYTES`].
    pub fn bytes(&self) -> usize {
        let output = self.output.as_ref().map_or(0, |it| it.get().len());
        self.result.get().len() + output
    }
}

fn id(field: &'static str, value: &str, limit: usize) -> Result<(), InvalidMessage> {
    let bytes = value.len();
    match bytes == 0 || bytes > limit {
        true => Err(InvalidMessage::Id {
            field,
            bytes,
            limit,
        }),
        false => Ok(()),
    }
}
