use super::*;

const MAX: usize = 1024 * 1024;

fn inline(content_type: &str, text: &str) -> Result<Text, ExtractError> {
    extract(&Declared::inline(content_type), text.as_bytes(), MAX)
}

fn object(content_type: &str, key: &str, content: &[u8]) -> Result<Text, ExtractError> {
    extract(&Declared::object(Some(content_type), key), content, MAX)
}

#[test]
fn parameters_and_case_of_the_content_type_do_not_matter() {
    let text = inline("Text/Markdown; charset=UTF-8", "# Hi").unwrap();
    assert_eq!(text.format, Format::Markdown);
    assert_eq!(text.text, "# Hi");
}

#[test]
fn an_unsupported_type_is_named_beside_the_supported_ones() {
    let error = inline("image/png", "x").unwrap_err();
    assert_eq!(
        error.to_string(),
        "content type `image/png` is not supported; supported are plain text, Markdown, HTML, JSON, \
         JSON Lines, CSV, PDF and DOCX, and each of these in gzip"
    );
}

#[test]
fn a_document_in_place_of_its_type_stays_out_of_the_error() {
    let error = inline(&"secret ".repeat(10_000), "").unwrap_err();
    assert!(error.to_string().len() < 250);
}

#[test]
fn content_that_is_not_what_it_is_declared_as_is_refused() {
    let mismatch = inline("text/plain", "%PDF-1.7\n").unwrap_err();
    assert_eq!(
        mismatch.to_string(),
        "the content is declared as plain text, but it begins as PDF; correct its content type"
    );
    let nothing = inline("application/pdf", "Dear customer").unwrap_err();
    assert_eq!(
        nothing.to_string(),
        "the content is declared as PDF, but it does not begin as one: it is damaged, or something \
         else"
    );
    let image = object("text/plain", "a.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap_err();
    assert!(matches!(image, ExtractError::Unsupported(kind) if kind == "image/png"));
}

#[test]
fn text_that_begins_like_a_picture_by_chance_is_text() {
    assert_eq!(
        inline("text/plain", "BMW is a car").unwrap().text,
        "BMW is a car"
    );
}

#[test]
fn where_no_type_is_declared_the_name_tells_it() {
    let untyped = |key, content: &[u8]| object("binary/octet-stream", key, content);
    assert_eq!(untyped("a/B.MD", b"# Hi").unwrap().format, Format::Markdown);
    assert_eq!(untyped("a.html", b"<p>Hi").unwrap().text, "Hi");
    assert_eq!(untyped("a.csv", b"a,b\n1,2\n").unwrap().text, "a: 1\nb: 2");
    assert_eq!(untyped("readme", b"Hi").unwrap().format, Format::Plain);
    assert_eq!(
        untyped("page", b" <!DOCTYPE html><p>Hi").unwrap().text,
        "Hi"
    );
}

#[test]
fn other_charsets_are_understood_when_they_are_declared() {
    let text = |content_type, content: &[u8]| object(content_type, "a", content);
    let latin = text("text/plain; charset=\"ISO-8859-1\"", b"caf\xe9").unwrap();
    assert_eq!(latin.text, "café");
    let utf16 = text("text/plain", b"\xff\xfeH\0i\0").unwrap();
    assert_eq!(utf16.text, "Hi");
    let bom = text("text/plain", b"\xef\xbb\xbfHi").unwrap();
    assert_eq!(bom.text, "Hi");
    assert_eq!(
        text("text/plain", b"caf\xe9").unwrap_err().to_string(),
        "the text is not UTF-8; declare its charset, as in `text/plain; charset=windows-1252`"
    );
    assert_eq!(
        text("text/plain; charset=klingon", b"x")
            .unwrap_err()
            .to_string(),
        "the charset `klingon` is not known"
    );
}
