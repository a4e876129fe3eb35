//! How people write counts, shares, rates, sizes and times.

use std::time::Duration;

use bytesize::ByteSize;

/// A count such as `500`, `50M` or `1.5k`: thousands, millions, billions (G or B).
pub(crate) fn count(text: &str) -> Result<f64, String> {
    let digits = text.trim_end_matches(|it: char| it.is_ascii_alphabetic());
    let factor = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" => 1.0,
        "k" => 1e3,
        "m" => 1e6,
        "g" | "b" => 1e9,
        _ => return Err("write a number such as 500, 20k, 50M or 2B".into()),
    };
    let number: f64 = digits
        .replace('_', "")
        .parse()
        .map_err(|_| "write a number such as 500, 20k, 50M or 2B")?;
    match number.is_finite() && number >= 0.0 {
        true => Ok(number * factor),
        false => Err("write a number that is not negative".into()),
    }
}

/// A count of whole things, of which there must be at least one.
pub(crate) fn whole(text: &str) -> Result<u64, String> {
    let count = count(text)?;
    match (1.0..=1e15).contains(&count) && count.fract() == 0.0 {
        true => Ok(count as u64),
        false => Err("write a whole number from 1".into()),
    }
}

/// A share such as `1%` or `0.01`.
pub(crate) fn share(text: &str) -> Result<f64, String> {
    let parsed = match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse().map(|it: f64| it / 100.0),
        None => text.parse(),
    };
    match parsed {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("write a share such as 1% or 0.01, at most 100%".into()),
    }
}

/// Messages a second, from `20000/s`, `300/min`, `1M/h` or `50M/day`; without a unit, a second.
pub(crate) fn rate(text: &str) -> Result<f64, String> {
    let (number, unit) = text.split_once('/').unwrap_or((text, "s"));
    let seconds = match unit {
        "s" | "sec" | "second" => 1.0,
        "m" | "min" | "minute" => 60.0,
        "h" | "hour" => 3_600.0,
        "d" | "day" => 86_400.0,
        _ => return Err("write a rate such as 200/s, 300/min, 1M/h or 50M/day".into()),
    };
    Ok(count(number)? / seconds)
}

/// Bytes, from `4KB` (4,000) or `4KiB` (4,096).
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let size: ByteSize = text
        .parse()
        .map_err(|_| "write a size such as 300B, 4KB or 1MiB")?;
    Ok(size.as_u64())
}

/// The size of a message: SQS takes up to 1 MiB.
pub(crate) fn message_size(text: &str) -> Result<u64, String> {
    match size(text)? {
        bytes @ 1..=1_048_576 => Ok(bytes),
        _ => Err("a message of SQS has 1 byte to 1MiB".into()),
    }
}

/// A time such as `300ms`, `2s` or `1h 30m`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|error| format!("{error}; write 300ms, 2s or 1h 30m"))
}

/// A count in three digits or so: `950`, `12.3 k`, `50.0 M`.
pub(crate) fn short(count: f64) -> String {
    let (divisor, unit) = match count {
        it if it >= 999.95e6 => (1e9, " B"),
        it if it >= 999.95e3 => (1e6, " M"),
        it if it >= 9_999.5 => (1e3, " k"),
        _ => (1.0, ""),
    };
    let number = count / divisor;
    match number {
        it if divisor > 1.0 && it < 99.95 => format!("{it:.1}{unit}"),
        it if it < 10.0 && it.fract() > 0.005 => format!("{it:.2}"),
        it => format!("{it:.0}{unit}"),
    }
}

/// A time in the unit that suits it: `40 ms`, `2.5 s`, `6 min 20 s`, `2 h 5 min`.
pub(crate) fn long(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0 => format!("{} ms", duration.as_millis()),
        1..60 => {
            let tenths = format!("{:.1}", duration.as_secs_f64());
            format!("{} s", tenths.trim_end_matches(".0"))
        }
        60..3_600 => two(seconds / 60, "min", seconds % 60, "s"),
        3_600..86_400 => two(seconds / 3_600, "h", seconds / 60 % 60, "min"),
        _ => two(seconds / 86_400, "d", seconds / 3_600 % 24, "h"),
    }
}

fn two(large: u64, unit: &str, small: u64, smaller: &str) -> String {
    match small {
        0 => format!("{large} {unit}"),
        _ => format!("{large} {unit} {small} {smaller}"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        reason = "a test that cannot go on fails by panicking"
    )]

    use super::*;

    #[test]
    fn counts_shares_rates_and_sizes_are_read_as_people_write_them() {
        assert_eq!(count("50M"), Ok(50e6));
        assert_eq!(count("1.5k"), Ok(1_500.0));
        assert_eq!(count("1_000"), Ok(1_000.0));
        assert_eq!(share("1%"), Ok(0.01));
        assert_eq!(share("0.5"), Ok(0.5));
        assert_eq!(rate("20000/s"), Ok(20_000.0));
        assert_eq!(rate("300/min"), Ok(5.0));
        assert_eq!(rate("7"), Ok(7.0));
        assert_eq!(message_size("4KB"), Ok(4_000));
        assert_eq!(message_size("1MiB"), Ok(1 << 20));
        assert_eq!(duration("300ms"), Ok(Duration::from_millis(300)));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in ["", "M", "-1", "1X", "nan", "inf", "1e400", "é"] {
            assert!(count(text).is_err(), "{text}");
        }
        for text in ["101%", "-1%", "2", "%", "nan"] {
            assert!(share(text).is_err(), "{text}");
        }
        for text in ["1/fortnight", "/s", "x/s"] {
            assert!(rate(text).is_err(), "{text}");
        }
        for text in ["0", "0B", "2MB", "4 potatoes"] {
            assert!(message_size(text).is_err(), "{text}");
        }
        assert!(whole("0").is_err() && whole("1.5").is_err());
    }

    #[test]
    fn numbers_and_times_are_short() {
        let counts = [0.0, 0.5, 999.0, 12_345.0, 999_960.0, 50e6, 1.7e9];
        let shown = counts.map(short);
        assert_eq!(
            shown,
            ["0", "0.50", "999", "12.3 k", "1.0 M", "50.0 M", "1.7 B"]
        );
        let times = [40, 2_500, 3_000, 380_000, 7_500_000, 90_000_000];
        let shown = times.map(|ms| long(Duration::from_millis(ms)));
        assert_eq!(
            shown,
            [
                "40 ms",
                "2.5 s",
                "3 s",
                "6 min 20 s",
                "2 h 5 min",
                "1 d 1 h"
            ]
        );
    }
}
