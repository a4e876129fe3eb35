//! Every document of the folder `documents`, and some that nobody would make by hand.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};

use ingestion::{Chunker, Declared, ExtractError, extract, extract_unless};

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
        (
            "encrypted.docx",
            "the Office file is encrypted; store it as DOCX without a password",
        ),
        (
            "letter.doc",
            "the file is of an Office version before 2007; store it as DOCX",
        ),
        (
            "locked.docx",
            "the DOCX is encrypted; store it without a password",
        ),
        (
            "locked.zip",
            "the file is a ZIP archive of other files, which is not opened; send the files in it",
        ),
        ("twice.txt.gz", "the content is gzip in gzip; pack it once"),
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

/// A PDF of empty pages.
fn empty_pages(pages: usize) -> Vec<u8> {
    let kids: String = (3..pages + 3).map(|page| format!("{page} 0 R ")).collect();
    let root = "<</Type/Catalog/Pages 2 0 R>>".to_owned();
    let tree = format!("<</Type/Pages/Count {pages}/Kids[{kids}]>>");
    let page = std::iter::repeat_n("<</Type/Page/Parent 2 0 R>>".to_owned(), pages);
    let objects: Vec<_> = [root, tree].into_iter().chain(page).collect();
    let size = objects.len() + 1;
    let mut pdf = "%PDF-1.7\n".to_owned();
    let mut table = format!("xref\n0 {size}\n0000000000 65535 f \n");
    for (number, object) in (1..).zip(objects) {
        table += &format!("{:010} 00000 n \n", pdf.len());
        pdf += &format!("{number} 0 obj\n{object}\nendobj\n");
    }
    let start = pdf.len();
    pdf += &format!("{table}trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n");
    pdf.into_bytes()
}

#[test]
fn a_pdf_of_more_pages_than_a_long_book_is_refused() {
    let read = |pages| {
        let text = extract(&Declared::object(None, "a.pdf"), &empty_pages(pages), MAX);
        text.unwrap_err().to_string()
    };
    assert_eq!(read(5001), "the PDF has more than 5000 pages; split it");
    assert!(read(500).starts_with("the PDF has no text"));
}

#[test]
fn every_conversion_ends_when_nobody_waits_for_it() {
    let paragraphs = "<p>Some words.</p>".repeat(2000);
    let made = [
        ("a.html", paragraphs.as_bytes().to_vec(), 4),
        (
            "a.json",
            format!("[{}0]", "0,".repeat(500)).into_bytes(),
            500,
        ),
        ("a.jsonl", "[0]\n".repeat(500).into_bytes(), 500),
        ("a.csv", "a,b\n".repeat(500).into_bytes(), 500),
        ("a.pdf", empty_pages(500), 500),
    ];
    let stored = ["returns.docx", "returns.pdf", "minutes.txt.gz"];
    let stored = stored.map(|name| (name, fs::read(file(name)).unwrap(), 2));
    for (name, content, least) in made.into_iter().chain(stored) {
        let asked = Cell::new(0);
        let read = |until: usize| {
            asked.set(0);
            let cancelled = || asked.replace(asked.get() + 1) >= until;
            extract_unless(&Declared::object(None, name), &content, MAX, &cancelled)
        };
        let _ = read(usize::MAX);
        let looks = asked.get();
        assert!(looks >= least, "{name} looks {looks} times");
        for until in [0, looks / 2, looks - 1] {
            assert_eq!(read(until), Err(ExtractError::Cancelled), "{name}");
            // And at once.
            assert!(asked.get() <= until + 2, "{name}");
        }
    }
}

#[test]
fn cutting_ends_when_nobody_waits_for_it() {
    let chunker = Chunker::new(1000, 100).unwrap();
    for content_type in ["text/plain", "text/markdown"] {
        let text = "Some words. ".repeat(20_000);
        let text = extract(&Declared::inline(content_type), text.as_bytes(), MAX).unwrap();
        let asked = Cell::new(0);
        let cancelled = || asked.replace(asked.get() + 1) >= 3;
        assert!(chunker.chunks_unless(&text, &cancelled).is_none());
        assert_eq!(asked.get(), 4);
    }
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
