//! Where a batch waits until the explorer lets it go on.

use std::sync::{Arc, Mutex};

use tokio::sync::oneshot;

/// Everything that has been begun and not ended, in the order it was begun.
#[derive(Clone, Default)]
pub struct Gates(Arc<Mutex<Vec<oneshot::Sender<()>>>>);

impl Gates {
    /// Waits to be let through.
    pub async fn pass(&self) {
        let (gate, opened) = oneshot::channel();
        self.0.lock().unwrap().push(gate);
        drop(opened.await);
    }

    /// How many wait; whoever was dropped waits no more.
    pub fn waiting(&self) -> usize {
        let mut gates = self.0.lock().unwrap();
        gates.retain(|gate| !gate.is_closed());
        gates.len()
    }

    pub fn open(&self, index: usize) {
        let gate = self.0.lock().unwrap().remove(index);
        let _ = gate.send(());
    }
}
