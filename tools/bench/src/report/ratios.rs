//! CPU time of everybody in every scenario, as ratios to the limit.

use std::fmt::Write;

use crate::peer::{self, EMPTY, LIMIT, Peer};
use crate::results::Results;

pub(super) fn write(out: &mut String, results: &Results) {
    let measured = |peer: &Peer| results.cells.iter().any(|it| it.peer == peer.name);
    let peers: Vec<Peer> = peer::ALL.into_iter().filter(measured).collect();
    let compared = || {
        let others = peers.iter().map(|it| it.name);
        others.filter(|name| ![LIMIT, EMPTY].contains(name))
    };
    out.push_str("## CPU time of a message, as a multiple of the limit's\n\n| |");
    for name in compared() {
        let _ = write!(out, " {name} |");
    }
    out.push_str("\n|---|");
    out.push_str(&"---|".repeat(compared().count()));
    out.push('\n');
    for scenario in results.scenarios() {
        let _ = write!(out, "| {scenario} |");
        for name in compared() {
            let _ = write!(out, " {} |", ratio(results, name, scenario));
        }
        out.push('\n');
    }
    out.push('\n');
}

/// Empty where one of the two was not measured.
fn ratio(results: &Results, peer: &str, scenario: &str) -> String {
    let cpu = |peer| {
        let cell = results.cell(peer, scenario);
        cell.map(|it| it.cpu_us_a_message)
    };
    let ratio = cpu(peer).zip(cpu(LIMIT));
    let ratio = ratio.and_then(|(ours, limit)| ours.ratio(limit));
    ratio.map_or_else(String::new, |it| match it {
        it if it >= 10.0 => format!("{it:.0}"),
        it => format!("{it:.1}"),
    })
}
