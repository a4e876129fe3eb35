//! `local serve`: the endpoint, until Ctrl-C.

use super::stack::Stack;
use crate::error::Error;
use crate::template::Template;

/// Serves the template's tables at `port` and says so through `ready`.
///
/// # Errors
/// The port is taken, or the template is at fault.
pub(crate) async fn serve(
    template: Template,
    port: u16,
    ready: impl FnOnce(&Stack) -> Result<(), Error>,
) -> Result<(), Error> {
    let stack = Stack::up(template, port).await?;
    ready(&stack)?;
    stop_signal().await?;
    Ok(())
}

/// Ctrl-C, or what a service manager sends.
async fn stop_signal() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
