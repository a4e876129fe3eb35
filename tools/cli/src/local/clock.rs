//! The wall clock, which the Runtime API's deadlines are told in, and when files were written.

use std::time::{SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;

/// What a file that is written now says.
#[allow(
    clippy::disallowed_methods,
    reason = "Lambda tells its deadline as wall time, SQS the age of a message; this is the command's one reading of it"
)]
pub(super) fn now() -> SystemTime {
    SystemTime::now()
}

/// Milliseconds since 1970.
pub(crate) fn epoch_ms() -> u64 {
    let since = now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}

/// `2026-01-31T08:00:00.000` in UTC, the zone left for the caller to write in its service's way.
pub(crate) fn iso(epoch_ms: u64) -> String {
    let nanoseconds = i128::from(epoch_ms) * 1_000_000;
    let at = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds);
    // Years beyond 9999 are none of this clock's.
    let at = at.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (date, time) = (at.date(), at.time());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}",
        date.year(),
        u8::from(date.month()),
        date.day(),
        time.hour(),
        time.minute(),
        time.second(),
        time.millisecond(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_aws_does() {
        assert_eq!(iso(0), "1970-01-01T00:00:00.000");
        assert_eq!(iso(1_790_000_000_007), "2026-09-21T14:13:20.007");
    }
}
