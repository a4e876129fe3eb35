//! How many calls run at a time: of a conversation, and of a tool.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Lets calls in, in the order in which they come.
#[derive(Default)]
pub(crate) struct Gate {
    per_conversation: Option<usize>,
    conversations: Mutex<HashMap<String, Weak<Semaphore>>>,
}

/// A call's right to run, until it is dropped.
pub(crate) struct Entered(#[expect(dead_code, reason = "held")] [Option<OwnedSemaphorePermit>; 2]);

impl Gate {
    /// So many calls of a conversation at a time; without a number, all.
    pub(crate) fn new(per_conversation: Option<usize>) -> Self {
        Self {
            per_conversation,
            ..Self::default()
        }
    }

    /// Waits until one more call may run. A conversation's turn comes first: while a call waits for
    /// its tool, later calls of its conversation do not overtake it.
    pub(crate) async fn enter(
        &self,
        conversation_id: &str,
        tool: Option<Arc<Semaphore>>,
    ) -> Entered {
        let conversation = self.conversation(conversation_id);
        Entered([permit(conversation).await, permit(tool).await])
    }

    fn conversation(&self, id: &str) -> Option<Arc<Semaphore>> {
        let limit = self.per_conversation?;
        let conversations = self.conversations.lock();
        let mut conversations = conversations.unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = conversations.get(id).and_then(Weak::upgrade) {
            return Some(known);
        }
        // Those that nobody waits for or runs in any more.
        conversations.retain(|_, it| it.strong_count() > 0);
        let new = Arc::new(Semaphore::new(limit));
        conversations.insert(id.to_owned(), Arc::downgrade(&new));
        Some(new)
    }
}

async fn permit(semaphore: Option<Arc<Semaphore>>) -> Option<OwnedSemaphorePermit> {
    // Nobody closes it.
    semaphore?.acquire_owned().await.ok()
}
