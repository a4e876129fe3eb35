//! Tool results in, transcripts in order out.
//!
//! A message brings the result of one tool call; it is appended to the transcript of its
//! conversation, once, in the order of the FIFO queue. When all calls of a turn have their results,
//! one message says so.

mod announce;
mod append;
mod config;
mod handler;
mod message;
mod readable;
mod table;

pub use config::Config;
pub use handler::{Conversation, TurnQueues};
pub use message::{
    Ambiguous, InvalidMessage, MAX_RESULT_BYTES, MAX_TURN_CALLS, Message, ToolResult, Turn,
    TurnComplete, TurnReady,
};
pub use readable::MAX_RESULT_DEPTH;
pub use table::{CONVERSATION_ID, ConversationsTable, Entry, SORT, TableError, TurnState};
