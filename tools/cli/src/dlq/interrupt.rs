//! Ctrl-C: what was begun is finished, what is hidden is shown again.

use tokio::sync::watch;

/// Whether somebody wants this to end.
#[derive(Clone)]
pub(super) struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// Listens from now on; a second Ctrl-C ends the process at once.
    pub(super) fn listen() -> Self {
        let (tell, told) = watch::channel(false);
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_err() {
                // Nothing can be heard: the signal ends the process, which is safe at any moment.
                return std::future::pending().await;
            }
            anstream::eprintln!(
                "ending; Ctrl-C again ends at once, and hidden messages come back later"
            );
            let _ = tell.send(true);
            let _ = tokio::signal::ctrl_c().await;
            std::process::exit(i32::from(super::PART));
        });
        Self(told)
    }

    pub(super) fn is_wanted(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns when it is.
    pub(super) async fn wanted(&mut self) {
        if self.0.wait_for(|it| *it).await.is_err() {
            std::future::pending().await
        }
    }
}
