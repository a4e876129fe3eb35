//! The figures as a table on the terminal.

use std::fmt::Write;

use crate::peer::LIMIT;
use crate::results::Cell;
use crate::targets::Target;

/// One block a scenario, one line a peer; the ratio is that of CPU to the limit's.
pub(crate) fn table(cells: &[Cell]) -> String {
    let mut out = String::new();
    let mut scenario = "";
    for cell in cells {
        if cell.scenario != scenario {
            scenario = &cell.scenario;
            let _ = writeln!(
                out,
                "\n{scenario:<28}{:>19}{:>7}{:>10}{:>9}{:>9}{:>9}{:>8}{:>9}",
                "CPU µs/message", "×", "wall ms", "first", "init", "peak MB", "req/m", "bytes/m"
            );
        }
        let limit = cells
            .iter()
            .find(|it| it.scenario == cell.scenario && it.peer == LIMIT);
        let ratio = limit.and_then(|it| cell.cpu_us_a_message.ratio(it.cpu_us_a_message));
        let ratio = ratio.map_or_else(|| "-".to_owned(), |it| format!("{it:.2}"));
        let cpu = cell.cpu_us_a_message;
        let range = format!("{:.1} ({:.1}–{:.1})", cpu.median, cpu.min, cpu.max);
        let _ = writeln!(
            out,
            "  {:<20}{range:>25}{ratio:>7}{:>10.2}{:>9.2}{:>9.2}{:>9.1}{:>8.3}{:>9.0}",
            cell.peer,
            cell.wall_ms.median,
            cell.first_ms.median,
            cell.init_ms.median,
            cell.peak_kib.median / 1024.0,
            cell.requests_a_message.median,
            cell.bytes_a_message.median,
        );
    }
    out
}

/// What was promised, and whether it is so.
pub(crate) fn targets(targets: &[Target]) -> String {
    let mut out = String::new();
    for target in targets {
        let met = if target.is_met() {
            "met    "
        } else {
            "NOT MET"
        };
        let _ = writeln!(
            out,
            "{met} {:>8.2} (at most {:.2})  {}",
            target.measured, target.at_most, target.what
        );
    }
    out
}
