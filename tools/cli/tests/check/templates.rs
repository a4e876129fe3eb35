//! Each template shows what it is built to show, and nothing else.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{folder, json};

/// What is found, as (line, rule).
type Found = BTreeSet<(u64, String)>;

/// What a template says it shows: `# ~ rule, rule` at the end of a line; JSON has a file of
/// its own for that.
fn expected(path: &Path) -> Found {
    let text = std::fs::read_to_string(path).unwrap();
    if path.extension().unwrap() == "json" {
        let beside = std::fs::read_to_string(path.with_extension("expected")).unwrap();
        let lines = beside.lines().map(|line| line.split_once(' ').unwrap());
        return lines
            .map(|(line, rule)| (line.parse().unwrap(), rule.to_owned()))
            .collect();
    }
    let marked = text.lines().zip(1..).filter_map(|(line, number)| {
        let (_, rules) = line.split_once("# ~ ")?;
        Some(
            rules
                .split(", ")
                .map(move |rule| (number, rule.trim().to_owned())),
        )
    });
    marked.flatten().collect()
}

fn found(path: &Path) -> Found {
    let report = json(path);
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|it| {
            (
                it["line"].as_u64().unwrap(),
                it["rule"].as_str().unwrap().to_owned(),
            )
        })
        .collect()
}

#[test]
fn each_shows_what_it_is_built_to_show_and_nothing_else() {
    let mut checked = 0;
    let mut wrong = String::new();
    for path in all() {
        let (expected, found) = (expected(&path), found(&path));
        if expected != found {
            let name = path.file_name().unwrap().display();
            let missed: Vec<_> = expected.difference(&found).collect();
            let extra: Vec<_> = found.difference(&expected).collect();
            wrong += &format!("{name}: missed {missed:?}, found besides {extra:?}\n");
        }
        checked += 1;
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(checked >= 30, "{checked}");
}

fn all() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).unwrap();
    let mut paths: Vec<_> = entries.map(|it| it.unwrap().path()).collect();
    paths.retain(|it| it.extension().unwrap() != "expected");
    paths.sort();
    paths
}
