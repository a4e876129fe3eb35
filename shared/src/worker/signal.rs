use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Listens from now on; the future resolves at SIGTERM or Ctrl-C.
pub(super) fn listen() -> io::Result<impl Future<Output = ()>> {
    let mut terminate: Signal = signal(SignalKind::terminate())?;
    let mut interrupt: Signal = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
