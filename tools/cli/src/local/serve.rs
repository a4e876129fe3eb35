//! `local serve`: the endpoint, until Ctrl-C.

use std::path::Path;

use super::stack::Stack;
use crate::error::Error;
use crate::template::Template;

/// Serves the template's resources at `port` and says so through `ready`.
///
/// # Errors
/// The port is taken, or the template is at fault.
pub(crate) async fn serve(
    template: Template,
    port: u16,
    data: Option<&Path>,
    ready: impl FnOnce(&Stack) -> Result<(), Error>,
) -> Result<(), Error> {
    let stack = Stack::up(template, port, data).await?;
    // Before anyone is told of the address, so that whoever starts this can stop it well.
    let mut stop = StopSignal::listen()?;
    ready(&stack)?;
    stop.received().await;
    Ok(())
}

/// Ctrl-C, or what a service manager sends.
#[cfg(unix)]
pub(super) struct StopSignal {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl StopSignal {
    pub(super) fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    pub(super) async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Ctrl-C.
#[cfg(windows)]
pub(super) struct StopSignal(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl StopSignal {
    pub(super) fn listen() -> std::io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    pub(super) async fn received(&mut self) {
        self.0.recv().await;
    }
}
