//! How far a command is, on a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar, or a counter where nobody knows how many there are.
pub(super) fn progress(what: &str, of: Option<u64>) -> ProgressBar {
    // Nothing is drawn where the standard error is no terminal.
    let bar = ProgressBar::with_draw_target(of, ProgressDrawTarget::stderr());
    let template = match of {
        Some(_) => "  {msg} {bar:30.green} {pos}/{len} {per_sec} {elapsed}",
        None => "  {msg} {spinner} {pos} {per_sec} {elapsed}",
    };
    // The template is right, or the default will do.
    let style = ProgressStyle::with_template(template);
    bar.set_style(
        style
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("━╸ "),
    );
    bar.set_message(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
