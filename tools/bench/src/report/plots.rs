//! Which pictures there are, and of what.

use super::svg::{Series, bars, lines};
use crate::peer::{EMPTY, LIMIT, TOOLKIT};
use crate::results::{Cell, Results};
use crate::scenario::{FAST, Kind, with_store, without_store};

const COMPARED: [&str; 5] = [LIMIT, TOOLKIT, "plain", "typescript", "python"];
const SIZES: [usize; 4] = [1, 10, 100, 1_000];

/// Their files, and what is in them.
pub(super) fn plots(results: &Results) -> [(&'static str, String); 3] {
    [
        ("cpu.svg", cpu(results)),
        ("init.svg", init(results)),
        ("memory.svg", memory(results)),
    ]
}

fn cpu(results: &Results) -> String {
    let series = COMPARED.into_iter().map(|peer| Series {
        name: peer.to_owned(),
        points: SIZES
            .into_iter()
            .filter_map(|messages| {
                let scenario = with_store(messages, 1_000, Kind::First, FAST);
                let cell = results.cell(peer, &scenario.to_string())?;
                Some((messages as f64, cell.cpu_us_a_message.median))
            })
            .collect(),
    });
    let series: Vec<Series> = series.filter(|it| !it.points.is_empty()).collect();
    lines(
        "CPU time of a message, by batch size",
        "µs, first-time messages of 1 KB with a record in DynamoDB each",
        &series,
    )
}

fn init(results: &Results) -> String {
    let scenario = with_store(10, 1_000, Kind::First, FAST);
    let empty = without_store(1_000, 100, Kind::First).to_string();
    let empty = results.cell(EMPTY, &empty);
    let others = COMPARED
        .iter()
        .filter_map(|peer| results.cell(peer, &scenario.to_string()));
    chart(
        "Init",
        "ms from the start of the process to its first poll, and how many times an empty function's",
        empty.into_iter().chain(others),
        |cell| cell.init_ms.median,
    )
}

fn memory(results: &Results) -> String {
    let scenario = with_store(1_000, 1_000, Kind::First, FAST).to_string();
    chart(
        "Peak memory",
        "MB in batches of 1,000 messages of 1 KB, and how many times the limit's",
        COMPARED
            .iter()
            .filter_map(|peer| results.cell(peer, &scenario)),
        |cell| cell.peak_kib.median / 1024.0,
    )
}

/// Bars with their ratios to the first.
fn chart<'a>(
    title: &str,
    subtitle: &str,
    cells: impl Iterator<Item = &'a Cell>,
    of: fn(&Cell) -> f64,
) -> String {
    let cells: Vec<&Cell> = cells.collect();
    let base = cells.first().map_or(1.0, |it| of(it));
    let bar = |cell: &&Cell| {
        let figure = of(cell);
        let text = format!("{figure:.1} (× {:.1})", figure / base);
        (cell.peer.clone(), figure, text)
    };
    bars(title, subtitle, &cells.iter().map(bar).collect::<Vec<_>>())
}
