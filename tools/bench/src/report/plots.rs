//! Which pictures there are, and of what.

use super::svg::{Bar, Series, bars, lines};
use crate::peer::{EMPTY, LIMIT, TOOLKIT};
use crate::results::Results;
use crate::scenario::{FAST, Kind, with_store};

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
        colour: colour(peer),
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
    let peers = [EMPTY].into_iter().chain(COMPARED);
    let inits = peers.filter_map(|peer| Some((peer, results.init(peer)?.median)));
    chart(
        "Init",
        "ms from the start of the process to its first poll, and how many times an empty function's",
        inits.collect(),
    )
}

fn memory(results: &Results) -> String {
    let scenario = with_store(1_000, 1_000, Kind::First, FAST).to_string();
    let peaks = COMPARED.into_iter().filter_map(|peer| {
        let cell = results.cell(peer, &scenario)?;
        Some((peer, cell.peak_kib.median / 1024.0))
    });
    chart(
        "Peak memory",
        "MB in batches of 1,000 messages of 1 KB, and how many times the limit's",
        peaks.collect(),
    )
}

/// Bars with their ratios to the first; a peer has one colour in all pictures.
fn chart(title: &str, subtitle: &str, figures: Vec<(&'static str, f64)>) -> String {
    let base = figures.first().map_or(1.0, |it| it.1);
    let bar = |(peer, figure): (&'static str, f64)| Bar {
        name: peer,
        figure,
        text: format!("{figure:.1} (× {:.1})", figure / base),
        colour: colour(peer),
    };
    bars(
        title,
        subtitle,
        &figures.into_iter().map(bar).collect::<Vec<_>>(),
    )
}

fn colour(peer: &str) -> usize {
    let at = COMPARED.iter().position(|it| *it == peer);
    at.unwrap_or(COMPARED.len())
}
