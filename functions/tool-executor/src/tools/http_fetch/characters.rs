//! From a page's bytes to its characters.

use encoding_rs::{Encoding, UTF_8};

/// How much of a page is searched for what it says of its charset (HTML Standard, "prescan a byte
/// stream to determine its encoding").
const PRESCAN: usize = 1024;
const META: &str = "charset=";

/// A page's characters.
pub(super) struct Characters {
    pub(super) text: String,
    /// The charset some bytes are not of: � stands in their place.
    pub(super) not_of: Option<&'static str>,
}

/// Decodes a page as browsers do: by its byte order mark, else by the header, else by what an HTML
/// page says itself, else as UTF-8. A page with some wrong bytes is still worth reading.
pub(super) fn decode(
    bytes: &[u8],
    header: Option<&str>,
    is_html: bool,
) -> Result<Characters, String> {
    let encoding = match header {
        Some(label) => Encoding::for_label_no_replacement(label.as_bytes()).ok_or_else(|| {
            let label: String = label.chars().take(40).collect();
            format!("the page's characters are encoded as `{label}`, which is not known")
        })?,
        None if is_html => of_html(bytes).unwrap_or(UTF_8),
        None => UTF_8,
    };
    let (text, encoding, damaged) = encoding.decode(bytes);
    Ok(Characters {
        text: text.into_owned(),
        not_of: damaged.then(|| encoding.name()),
    })
}

/// `<meta charset="…">`, or the older `content="text/html; charset=…"`.
fn of_html(page: &[u8]) -> Option<&'static Encoding> {
    let start = String::from_utf8_lossy(&page[..page.len().min(PRESCAN)]).to_ascii_lowercase();
    let (_, label) = start.split_once(META)?;
    let label = label.trim_start_matches(['"', '\'', ' ']);
    let end = label.find(|c: char| !c.is_ascii_alphanumeric() && !"-_:.".contains(c));
    let label = &label[..end.unwrap_or(label.len())];
    let encoding = Encoding::for_label_no_replacement(label.as_bytes())?;
    // It was read as ASCII, which UTF-16 is not.
    Some(encoding.output_encoding())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(page: &[u8]) -> String {
        decode(page, None, true).ok().unwrap().text
    }

    #[test]
    fn an_html_page_may_say_its_charset_itself() {
        for meta in [
            "<meta charset=windows-1252>",
            "<META CHARSET=\"ISO-8859-1\">",
            "<meta http-equiv=content-type content='text/html; charset=latin1'>",
        ] {
            let page = [meta.as_bytes(), b"caf\xe9"].concat();
            assert!(html(&page).ends_with("café"), "{meta}");
        }
        assert_eq!(
            html("<meta charset=utf-16>café".as_bytes()),
            "<meta charset=utf-16>café"
        );
        assert_eq!(
            html("<meta charset=klingon>café".as_bytes()),
            "<meta charset=klingon>café"
        );
        let far = [
            " ".repeat(PRESCAN).as_bytes(),
            b"<meta charset=latin1>caf\xe9",
        ]
        .concat();
        assert!(html(&far).ends_with("caf\u{fffd}"));
    }

    #[test]
    fn the_header_comes_before_the_page_and_a_mark_before_the_header() {
        let page = b"<meta charset=utf-8>caf\xe9";
        let read = decode(page, Some("latin1"), true).ok().unwrap();
        assert!(read.text.ends_with("café") && read.not_of.is_none());
        let marked = decode(b"\xff\xfeH\0i\0", Some("latin1"), false)
            .ok()
            .unwrap();
        assert_eq!(marked.text, "Hi");
    }
}
