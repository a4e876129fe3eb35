//! What is logged meanwhile.

use std::io;
use std::sync::{Arc, Mutex};

use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::{Layer, SubscriberExt};

/// Everything of the function; of the SDK what the toolkit's cap lets through, and not the words
/// of the services that tests run in this process.
const LEVELS: &str = "info,tool_executor=trace,lambda_queue=trace,rmcp=error";

#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Logs what this process does from now on, other tests included: of a subscriber for one
    /// thread, the other threads would decide what it is asked about.
    pub(crate) fn start() -> Self {
        let log = Self::default();
        let levels: Targets = LEVELS.parse().unwrap();
        let layer = fmt::layer().with_writer(log.clone()).with_filter(levels);
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::set_global_default(subscriber).unwrap();
        log
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
