//! CSV as text: each row a paragraph that names its columns, so that a chunk explains itself.

use csv::{ReaderBuilder, StringRecord};

use super::{Bounded, ExtractError, Kind};

/// Spreadsheets write semicolons where the comma is the decimal sign.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Writes every row as lines of `column: value`.
pub(super) fn to_text(csv: &str, mut output: Bounded<'_>) -> Result<String, ExtractError> {
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(csv))
        .flexible(true)
        .from_reader(csv.as_bytes());
    let damaged = |_| ExtractError::Damaged(Kind::Csv);
    let columns = reader.headers().map_err(damaged)?.clone();
    let mut row = StringRecord::new();
    let mut rows = 0;
    while reader.read_record(&mut row).map_err(damaged)? {
        rows += 1;
        for (index, value) in row.iter().enumerate().filter(|(_, it)| !it.is_empty()) {
            if let Some(column) = columns.get(index).filter(|it| !it.is_empty()) {
                output.push(column)?;
                output.push(": ")?;
            }
            output.push(value)?;
            output.push("\n")?;
        }
        output.push("\n")?;
    }
    if rows == 0 {
        for column in &columns {
            output.push(column)?;
            output.push("\n")?;
        }
    }
    Ok(output.finish())
}

/// The one that the first line has most of.
fn delimiter(csv: &str) -> u8 {
    let first = csv.lines().next().unwrap_or_default().as_bytes();
    let count = |delimiter: &u8| first.iter().filter(|it| *it == delimiter).count();
    // Of equals the last is taken, so the comma has to be that.
    let found = DELIMITERS.iter().rev().max_by_key(|it| count(it));
    found.copied().unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(csv: &str) -> Result<String, ExtractError> {
        to_text(csv, Bounded::new(1000, &|| false))
    }

    #[test]
    fn every_row_names_its_columns() {
        let csv = "name,price\n\"Lamp, small\",4.90\nDesk,\nChair,80,extra\n";
        assert_eq!(
            text(csv).unwrap(),
            "name: Lamp, small\nprice: 4.90\n\nname: Desk\n\nname: Chair\nprice: 80\nextra"
        );
    }

    #[test]
    fn the_delimiter_is_found_in_the_first_line() {
        for csv in ["a,b\n1,2", "a;b\n1;2", "a\tb\r\n1\t2", "a|b\n1|2"] {
            assert_eq!(text(csv).unwrap(), "a: 1\nb: 2", "{csv}");
        }
    }

    #[test]
    fn a_long_column_name_cannot_fill_the_memory() {
        let csv = format!("{}\n{}", "x".repeat(100), "1\n".repeat(100));
        assert_eq!(text(&csv), Err(ExtractError::UnpacksTooLarge(1000)));
    }
}
