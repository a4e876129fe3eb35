//! Rates over a day and histograms, from CSV files.

use std::path::Path;

use csv::StringRecord;

use super::PlanError;
use super::args::milliseconds;
use super::clock::DAY_MS;
use super::durations::Durations;
use super::load::{Curve, Step};
use crate::cost::units;

/// Lines of a time of the day and a rate: `08:30,200/s`.
pub(super) fn curve(path: &Path) -> Result<Curve, PlanError> {
    let mut steps = rows(path, |row| {
        Ok(Step {
            from_ms: time_of_day(cell(row, 0)?)?,
            rate: units::rate(cell(row, 1)?)?,
        })
    })?;
    steps.sort_by_key(|it| it.from_ms);
    Ok(Curve(steps))
}

/// Lines of a time and a count: `250ms,1200`.
pub(super) fn histogram(path: &Path) -> Result<Durations, PlanError> {
    let seen = rows(path, |row| {
        let duration = units::duration(cell(row, 0)?)?;
        Ok((
            duration.as_secs_f64() * 1_000.0,
            units::count(cell(row, 1)?)?,
        ))
    })?;
    Durations::histogram(seen).ok_or_else(|| PlanError::Line {
        path: path.to_owned(),
        line: 1,
        message: "no line has a count above 0".into(),
    })
}

/// Every line as `read` understands it; the first may be a header.
fn rows<T>(
    path: &Path,
    read: impl Fn(&StringRecord) -> Result<T, String>,
) -> Result<Vec<T>, PlanError> {
    let wrong = |line: u64, message: String| PlanError::Line {
        path: path.to_owned(),
        line,
        message,
    };
    let text = std::fs::read(path).map_err(|source| PlanError::Read {
        path: path.to_owned(),
        source,
    })?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(text.as_slice());
    let mut found = Vec::new();
    for (index, row) in reader.records().enumerate() {
        let row = row.map_err(|error| wrong(index as u64 + 1, error.to_string()))?;
        let line = row.position().map_or(0, csv::Position::line);
        match read(&row) {
            Ok(value) => found.push(value),
            Err(_) if index == 0 => {}
            Err(message) => return Err(wrong(line, message)),
        }
    }
    match found.is_empty() {
        true => Err(wrong(
            1,
            "no line is understood; write lines such as 08:30,200/s or 250ms,1200".into(),
        )),
        false => Ok(found),
    }
}

fn cell(row: &StringRecord, index: usize) -> Result<&str, String> {
    let form = || "write two columns, such as 08:30,200/s or 250ms,1200".to_owned();
    row.get(index).filter(|it| !it.is_empty()).ok_or_else(form)
}

/// `08:30`, or a time since midnight such as `8h 30m`.
fn time_of_day(text: &str) -> Result<u64, String> {
    let parsed = match text.split_once(':') {
        Some((hours, minutes)) => hours
            .parse::<u64>()
            .ok()
            .zip(minutes.parse::<u64>().ok())
            .filter(|(_, minutes)| *minutes < 60)
            .and_then(|(hours, minutes)| hours.checked_mul(60)?.checked_add(minutes))
            .and_then(|minutes| minutes.checked_mul(60_000)),
        None => milliseconds(text).ok(),
    };
    let within = parsed.filter(|it| *it < DAY_MS);
    within.ok_or_else(|| format!("{text} is no time of a day; write 08:30"))
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        reason = "a test that cannot go on fails by panicking"
    )]

    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn a_curve_may_have_a_header_and_any_order() {
        let file = file("time,rate\n18:00,5/s\n# lunch\n12:30, 3600/h\n");
        let curve = curve(file.path()).unwrap();
        let step = |from_ms, rate| Step { from_ms, rate };
        assert_eq!(curve.0, [step(45_000_000, 1.0), step(64_800_000, 5.0)]);
    }

    #[test]
    fn a_bad_line_is_named() {
        let file = file("00:00,1/s\n25:00,2/s\n");
        let error = curve(file.path()).unwrap_err().to_string();
        assert!(error.contains(":2: 25:00 is no time of a day"), "{error}");
    }

    #[test]
    fn a_histogram_without_counts_is_refused() {
        assert!(histogram(file("100ms,0\n").path()).is_err());
        assert!(histogram(file("").path()).is_err());
        assert!(histogram(file("100ms,3\n1s,1\n").path()).is_ok());
    }
}
