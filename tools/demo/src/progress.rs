//! How far the messages are.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar on a terminal; one line at the end elsewhere.
pub(super) struct Progress {
    bar: ProgressBar,
    what: String,
}

impl Progress {
    pub(super) fn new(count: usize, what: &str) -> Self {
        let bar = ProgressBar::new(count as u64);
        bar.set_draw_target(ProgressDrawTarget::stderr());
        let style =
            ProgressStyle::with_template("  {msg:36} {bar:30.green} {pos:>4}/{len} {elapsed:>4}");
        // The template is right, or the default will do.
        bar.set_style(
            style
                .unwrap_or_else(|_| ProgressStyle::default_bar())
                .progress_chars("━╸ "),
        );
        bar.set_message(what.to_owned());
        Self {
            bar,
            what: what.to_owned(),
        }
    }

    pub(super) fn show(&self, done: u64) {
        self.bar.set_position(done);
    }

    pub(super) fn finish(&self) {
        self.bar.finish();
        if !std::io::stderr().is_terminal() {
            let (done, count) = (self.bar.position(), self.bar.length().unwrap_or(0));
            anstream::eprintln!("  {:36} {done}/{count}", self.what);
        }
    }
}
