//! What happened to one message.

use std::sync::Arc;

use lambda_queue_simulator::sqs::TraceKind;

use super::entry::{Entry, FunctionEvent, What};

/// Entries kept of one message, which may come back for days.
const MOST: usize = 200;
/// The first of these, which stay; what is forgotten comes from behind them.
const FIRST: usize = 20;

/// The entries of one message under one id.
#[derive(Default)]
pub(super) struct Timeline {
    pub(super) entries: Vec<Entry>,
    /// What it takes to keep them.
    pub(super) bytes: usize,
    /// Why the message failed last.
    pub(super) reason: Option<Arc<str>>,
    /// Its id before it was moved here.
    pub(super) before: Option<Arc<str>>,
    /// Its id after it was moved away.
    pub(super) after: Option<Arc<str>>,
    /// Whether it was deleted and never failed: nobody will ask for it.
    pub(super) went_well: bool,
}

impl Timeline {
    pub(super) fn add(&mut self, entry: Entry) {
        match &entry.what {
            What::Function(FunctionEvent::Settled { error, .. }) => self.reason.clone_from(error),
            What::Function(FunctionEvent::CameBack { reason }) => {
                self.reason.get_or_insert_with(|| Arc::clone(reason));
            }
            What::Queue(TraceKind::Deleted) => self.went_well = self.reason.is_none(),
            What::Queue(TraceKind::Moved { new_message_id, .. }) => {
                self.after = Some(Arc::clone(new_message_id));
            }
            _ => {}
        }
        self.bytes += entry.size();
        self.entries.push(entry);
        if self.entries.len() > MOST {
            self.bytes -= self.entries.remove(FIRST).size();
        }
    }
}
