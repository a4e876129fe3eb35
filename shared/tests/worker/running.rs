//! A worker that runs until it is told to stop.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use lambda_queue::worker::{Worker, WorkerError};
use lambda_queue::{BatchProcessor, BatchProcessorBuilder, Handler, HandlerError, MessageContext};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub struct Running {
    stop: oneshot::Sender<()>,
    worker: JoinHandle<Result<(), WorkerError>>,
}

impl Running {
    /// Polls wait for a second, so that nothing takes longer to stop.
    pub fn start<H: Handler<String>>(worker: Worker<String, H>) -> Self {
        let (stop, stopped) = oneshot::channel();
        let worker = worker.wait(Duration::from_secs(1)).run_until(async {
            let _ = stopped.await;
        });
        let worker = tokio::spawn(worker);
        Self { stop, worker }
    }

    /// Tells it to stop, and waits for its end.
    pub async fn stop(self) {
        self.tell_to_stop().await.unwrap().unwrap();
    }

    /// Tells it to stop, and returns what ends with it.
    pub fn tell_to_stop(self) -> JoinHandle<Result<(), WorkerError>> {
        self.stop.send(()).unwrap();
        self.worker
    }
}

/// What handlers saw, in order.
#[derive(Clone, Default)]
pub struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    pub fn note(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    pub fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

/// A processor of bodies that are JSON strings.
pub fn builder<F, Fut>(handler: F) -> BatchProcessorBuilder<String, F>
where
    F: Fn(String, MessageContext) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), HandlerError>> + Send + 'static,
{
    BatchProcessor::builder(handler)
}
