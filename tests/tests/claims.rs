//! What README.md and THREATS.md name as the test of a claim is there.

#![allow(clippy::unwrap_used, reason = "a test has nowhere to hand an error to")]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// The sources at a path, which may be a module's or a package's folder, as one text.
fn sources(path: &Path) -> String {
    let beside = path.with_extension("rs");
    if path.is_dir() {
        let entries = fs::read_dir(path).unwrap().map(|it| it.unwrap().path());
        let inside: String = entries
            .filter(|it| it.is_dir() || it.extension().is_some_and(|it| it == "rs" || it == "mjs"))
            .filter(|it| !it.ends_with("node_modules") && !it.ends_with("target"))
            .map(|it| sources(&it))
            .collect();
        return inside + &fs::read_to_string(beside).unwrap_or_default();
    }
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What stands between two marks, in the order of the text.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    let parts = text.split(open).skip(1);
    parts
        .filter_map(|it| Some(it.split_once(close)?.0))
        .collect()
}

/// The rows of the tables whose last column says what shows a claim.
fn rows(text: &str) -> impl Iterator<Item = &str> {
    let tables = text.split("\n\n").filter(|it| {
        let header = it.lines().find(|line| line.starts_with('|'));
        header.is_some_and(|it| it.ends_with("test |") || it.ends_with("shown by |"))
    });
    tables.flat_map(|it| it.lines().filter(|line| line.starts_with('|')))
}

/// Whether the sources have this test; a name may end in `…`.
fn has_test(sources: &str, name: &str) -> bool {
    match name.strip_suffix('…') {
        Some(beginning) => sources.contains(&format!("fn {beginning}")),
        None => {
            sources.contains(&format!("fn {name}(")) || sources.contains(&format!("test('{name}'"))
        }
    }
}

#[test]
fn every_test_that_is_named_is_there() {
    let mut named = 0;
    for page in ["README.md", "THREATS.md"] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        for row in rows(&text) {
            let proof = row
                .trim_end_matches([' ', '|'])
                .rsplit(" | ")
                .next()
                .unwrap();
            // Names come before the link to where they are.
            for part in proof.split("; ") {
                let links = between(part, "](", ")");
                let sources: String = links.iter().map(|it| sources(&root().join(it))).collect();
                let words = part.split('`').skip(1).step_by(2);
                for name in words.filter(|it| it.contains('_') || it.contains(' ')) {
                    assert!(
                        has_test(&sources, name),
                        "{page}: no test {name} in {links:?}"
                    );
                    named += 1;
                }
            }
        }
    }
    assert!(named > 30, "only {named}");
}

#[test]
fn every_test_that_stands_below_a_picture_is_there() {
    let page = fs::read_to_string(root().join("docs/idempotency.md")).unwrap();
    let sources: String = ["shared/src", "shared/tests", "tests/protocol/tests"]
        .map(|it| sources(&root().join(it)))
        .concat();
    let mut named = 0;
    for section in page.split("\n## ").skip(1) {
        let (_, below) = section.split_once("```mermaid").unwrap();
        let (_, below) = below.split_once("```").unwrap();
        let words = below.split('`').skip(1).step_by(2);
        let names: Vec<_> = words.filter(|it| it.matches('_').count() > 2).collect();
        for name in &names {
            assert!(
                has_test(&sources, name),
                "docs/idempotency.md: no test {name}"
            );
        }
        named += names.len();
    }
    assert!(named > 15, "only {named}");
}
