use std::time::Duration;

use crate::Backoff;

/// How long to wait after so many failures in a row: a second, doubling up to half a minute, and at
/// random between half of it and all.
pub(super) fn pause(failures: u32) -> Duration {
    let backoff = Backoff::exponential(Duration::from_secs(1), Duration::from_secs(30));
    backoff
        .ceiling(failures)
        .mul_f64(0.5 + fastrand::f64() / 2.0)
}
