//! `aws-chunked` bodies: pieces with their lengths and signatures, and headers that follow.

use axum::http::{HeaderName, HeaderValue};

/// An unwrapped body.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) content: Vec<u8>,
    /// Headers that could only be computed at the end, such as a checksum.
    pub(super) trailers: Vec<(HeaderName, HeaderValue)>,
}

/// Unwraps `body`; `None` where it is not wrapped, or not all there.
pub(super) fn decode(body: &[u8]) -> Option<Decoded> {
    let mut rest = body;
    let mut content = Vec::with_capacity(body.len());
    loop {
        let header = std::str::from_utf8(line(&mut rest)?).ok()?;
        let length = header.split_once(';').map_or(header, |(length, _)| length);
        let length = usize::from_str_radix(length, 16).ok()?;
        if length == 0 {
            return Some(Decoded {
                content,
                trailers: trailers(rest)?,
            });
        }
        content.extend_from_slice(rest.get(..length)?);
        rest = rest.get(length..)?.strip_prefix(b"\r\n")?;
    }
}

fn trailers(mut rest: &[u8]) -> Option<Vec<(HeaderName, HeaderValue)>> {
    let mut trailers = Vec::new();
    while let Some(text) = line(&mut rest) {
        let Some((name, value)) = std::str::from_utf8(text).ok()?.split_once(':') else {
            continue;
        };
        // The signature of the trailers is as unchecked as the others.
        if name != "x-amz-trailer-signature" {
            let value = HeaderValue::from_str(value.trim()).ok()?;
            trailers.push((HeaderName::from_bytes(name.as_bytes()).ok()?, value));
        }
    }
    Some(trailers)
}

/// Takes a line off `rest`.
fn line<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let end = rest.windows(2).position(|it| it == b"\r\n")?;
    let line = &rest[..end];
    *rest = &rest[end + 2..];
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_pieces_are_put_together() {
        let body = b"3;chunk-signature=00\r\nabc\r\n2;chunk-signature=00\r\n\r\n\r\n0;chunk-signature=00\r\n\r\n";
        let decoded = decode(body).unwrap();
        assert_eq!(decoded.content, b"abc\r\n");
        assert!(decoded.trailers.is_empty());
    }

    #[test]
    fn checksums_that_follow_become_headers() {
        let body = b"a\r\n0123456789\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\nx-amz-trailer-signature:00\r\n\r\n";
        let decoded = decode(body).unwrap();
        assert_eq!(decoded.content, b"0123456789");
        let [(name, value)] = decoded.trailers.as_slice() else {
            panic!("{decoded:?}");
        };
        assert_eq!(
            (name.as_str(), value.to_str().unwrap()),
            ("x-amz-checksum-crc32", "AAAAAA==")
        );
    }

    #[test]
    fn what_is_cut_off_or_not_wrapped_is_refused() {
        for body in [
            &b""[..],
            b"plain",
            b"5\r\nabc",
            b"3\r\nabc\r\n",
            b"3\r\nabcdef\r\n0\r\n\r\n",
        ] {
            assert!(decode(body).is_none(), "{body:?}");
        }
    }
}
