//! The page and its pictures, from figures made up.

use super::{page, plots};
use crate::crossing::Crossing;
use crate::figures::Figure;
use crate::machine::Machine;
use crate::peer;
use crate::results::{Cell, Results};
use crate::scenario::{FAST, Kind, Scenario, with_store, without_store};
use crate::sizes::Size;
use crate::targets::targets;

/// A peer whose figures are all this many times the limit's.
fn cell(peer: &str, times: f64, scenario: Scenario) -> Cell {
    let figure = |median: f64| Figure {
        median: median * times,
        min: median * times * 0.9,
        max: median * times * 1.2,
    };
    Cell {
        scenario: scenario.to_string(),
        peer: peer.to_owned(),
        runs: 3,
        invocations: 60,
        init_ms: figure(2.0),
        first_ms: figure(3.0),
        wall_ms: figure(1.0),
        cpu_us_a_message: figure(8.0),
        peak_kib: figure(4_096.0),
        requests_a_message: Figure::of([0.08]),
        bytes_a_message: Figure::of([900.0]),
    }
}

fn results() -> Results {
    let scenarios = [
        with_store(10, 1_000, Kind::First, FAST),
        with_store(1_000, 1_000, Kind::First, FAST),
        without_store(1_000, 100, Kind::First),
    ];
    let times = [
        (peer::LIMIT, 1.0),
        (peer::TOOLKIT, 1.8),
        (peer::TOOLKIT_BATCHED, 2.4),
        ("python", 300.0),
        (peer::EMPTY, 0.9),
    ];
    let cells = scenarios.into_iter().flat_map(|scenario| {
        let cell = move |(peer, times)| cell(peer, times, scenario);
        times.into_iter().map(cell)
    });
    let mut results = Results {
        command: "cargo bench-peers".to_owned(),
        machine: Machine {
            processor: "Example".to_owned(),
            processors: 2,
            memory_gb: 8,
            kernel: "Linux 6.1".to_owned(),
            load_before: 0.3,
            rust: "rustc 1.95.0".to_owned(),
            python: "Python 3.11.7".to_owned(),
            node: "v20.20.2".to_owned(),
        },
        sizes: vec![Size {
            binary: "ingestion".to_owned(),
            bytes: 4_900_000,
        }],
        crossings: vec![Crossing {
            memory_mb: 128,
            latency: "5-15ms".to_owned(),
            sizes: vec![1, 10],
            single_ms: vec![20.0, 60.0],
            batched_ms: vec![40.0, 50.0],
            measured: true,
        }],
        cells: cells.collect(),
        troubles: vec!["without typescript: npm: not found".to_owned()],
        ..Results::default()
    };
    results.targets = targets(&results);
    results
}

#[test]
fn the_page_has_targets_machine_crossing_sizes_and_all_figures() {
    insta::assert_snapshot!(page(&results()));
}

#[test]
fn every_peer_that_was_measured_is_in_the_pictures() {
    for (name, picture) in plots::plots(&results()) {
        for peer in [peer::LIMIT, peer::TOOLKIT, "python"] {
            assert!(
                picture.contains(&format!(">{peer}</text>")),
                "{peer} in {name}"
            );
        }
    }
}

#[test]
fn pictures_of_nothing_are_still_pictures() {
    for (name, picture) in plots::plots(&Results::default()) {
        assert!(picture.ends_with("</svg>\n"), "{name}");
        assert!(
            !picture.contains("NaN") && !picture.contains("inf"),
            "{name}"
        );
    }
}

#[test]
fn results_survive_being_written_down() {
    let json = serde_json::to_string(&results()).unwrap();
    assert_eq!(serde_json::from_str::<Results>(&json).unwrap(), results());
}
