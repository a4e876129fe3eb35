//! Every document of the folder `documents`, and some that nobody would make by hand.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use ingestion::{Declared, ExtractError, extract};

const MAX: usize = 2 * 1024 * 1024;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/documents")
        .join(name)
}

fn read(name: &str) -> Result<String, ExtractError> {
    let content = fs::read(file(name)).unwrap();
    extract(&Declared::object(None, name), &content, MAX).map(|text| text.text)
}

fn refused(name: &str) -> String {
    read(name).unwrap_err().to_string()
}

#[test]
fn every_format_becomes_the_text_a_reader_sees() {
    for name in [
        "minutes.txt",
        "minutes.txt.gz",
        "handbook.md",
        "page.html",
        "product.json",
        "tickets.jsonl",
        "prices.csv",
        "returns.pdf",
        "returns.docx",
    ] {
        insta::assert_snapshot!(name, read(name).unwrap());
    }
}

#[test]
fn files_that_cannot_be_read_are_refused_with_the_remedy() {
    for (name, reason) in [
        (
            "encrypted.pdf",
            "the PDF is encrypted; store it without a password",
        ),
        ("truncated.pdf", "the PDF is damaged"),
        (
            "scanned.pdf",
            "the PDF has no text; if it was scanned, recognise its text (OCR) first",
        ),
        (
            "latin1.txt",
            "the text is not UTF-8; declare its charset, as in `text/plain; charset=windows-1252`",
        ),
    ] {
        assert_eq!(refused(name), reason, "{name}");
    }
}

#[test]
fn bombs_are_not_unpacked() {
    let too_much = "the content unpacks to more than 2097152 bytes";
    assert_eq!(refused("bomb.txt.gz"), too_much);
    assert_eq!(refused("bomb.docx"), too_much);
    // Its only page is left out, and nothing else is there.
    assert_eq!(refused("bomb.pdf"), "the PDF is damaged");
    // Two hundred pages that are one drawing.
    assert_eq!(refused("shared.pdf"), too_much);
    assert!(refused("loop.pdf").starts_with("the PDF has no text"));
}

#[test]
fn invalid_utf_8_is_refused_in_every_format_of_text() {
    let invalid = b"{\"a\": \"caf\xe9 \xff\"}, <p>caf\xe9</p>";
    for content_type in [
        "text/plain",
        "text/markdown",
        "text/html",
        "text/csv",
        "application/json",
        "application/jsonl",
    ] {
        let refused = extract(&Declared::inline(content_type), invalid, MAX).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the text is not UTF-8; declare its charset, as in `text/plain; charset=windows-1252`",
            "{content_type}"
        );
    }
}

#[test]
fn gzip_is_unpacked_once() {
    let content = fs::read(file("minutes.txt.gz")).unwrap();
    let declared = Declared::object(Some("text/plain"), "minutes");
    let text = extract(&declared, &content, MAX).unwrap().text;
    assert!(text.starts_with("Minutes of the support team"));
}

#[test]
fn a_file_cut_off_or_changed_anywhere_never_brings_the_reader_down() {
    for name in ["returns.pdf", "returns.docx", "minutes.txt.gz", "page.html"] {
        let content = fs::read(file(name)).unwrap();
        let declared = Declared::object(None, name);
        for at in (0..content.len()).step_by(content.len() / 40) {
            let mut changed = content.clone();
            changed[at] ^= 0x55;
            for content in [&content[..at], &changed] {
                // An error, or less text: both are fine.
                let outcome = std::panic::catch_unwind(|| extract(&declared, content, MAX));
                assert!(outcome.is_ok(), "{name} at {at}");
            }
        }
    }
}

#[test]
fn deep_and_endless_brackets_are_answered_at_once() {
    let brackets = "[".repeat(1024 * 1024);
    for content_type in [
        "application/json",
        "text/markdown",
        "text/plain",
        "text/html",
    ] {
        let text = extract(&Declared::inline(content_type), brackets.as_bytes(), MAX);
        assert_eq!(text.is_err(), content_type == "application/json");
    }
    let deep = format!("{}1{}", r#"{"a":"#.repeat(100), "}".repeat(100));
    for content_type in ["application/json", "application/jsonl"] {
        let read = extract(&Declared::inline(content_type), deep.as_bytes(), MAX);
        assert!(read.is_ok(), "{content_type}");
        let deeper = deep.replace('1', &deep);
        let read = extract(&Declared::inline(content_type), deeper.as_bytes(), MAX);
        assert!(read.is_err(), "{content_type}");
    }
}
