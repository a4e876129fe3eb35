//! A table for each scenario.

use std::fmt::Write;

use crate::figures::Figure;
use crate::peer::LIMIT;
use crate::results::{Cell, Results};

pub(super) fn write(out: &mut String, results: &Results) {
    out.push_str("## All figures\n");
    for scenario in results.scenarios() {
        let _ = write!(
            out,
            "\n### {scenario}\n\n| | CPU µs a message | × | ms an invocation | × | first ms | init ms | peak MB | × | requests a message | bytes a message |\n|---|---|---|---|---|---|---|---|---|---|---|\n"
        );
        let limit = results.cell(LIMIT, scenario);
        for cell in results.cells.iter().filter(|it| it.scenario == scenario) {
            line(out, cell, limit);
        }
    }
}

fn line(out: &mut String, cell: &Cell, limit: Option<&Cell>) {
    let ratio = |of: fn(&Cell) -> Figure| {
        let ratio = limit.and_then(|limit| of(cell).ratio(of(limit)));
        ratio.map_or_else(String::new, |it| format!("{it:.2}"))
    };
    let _ = writeln!(
        out,
        "| {} | {} | {} | {} | {} | {:.1} | {:.1} | {:.1} | {} | {:.3} | {:.0} |",
        cell.peer,
        spread(cell.cpu_us_a_message),
        ratio(|it| it.cpu_us_a_message),
        spread(cell.wall_ms),
        ratio(|it| it.wall_ms),
        cell.first_ms.median,
        cell.init_ms.median,
        cell.peak_kib.median / 1024.0,
        ratio(|it| it.peak_kib),
        cell.requests_a_message.median,
        cell.bytes_a_message.median,
    );
}

fn spread(figure: Figure) -> String {
    let Figure { median, min, max } = figure;
    let digits = usize::from(median < 100.0) + usize::from(median < 1.0);
    format!("{median:.digits$} ({min:.digits$}–{max:.digits$})")
}
