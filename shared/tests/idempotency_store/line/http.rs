//! HTTP as far as a line must know it: where a message ends.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

/// Reads one message, head and body; none if the connection ends before one begins.
///
/// # Errors
/// It ends within a message.
pub(super) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let mut message = Vec::new();
    while whole(&message).is_none_or(|length| message.len() < length) {
        if from.read_buf(&mut message).await? == 0 {
            return match message.is_empty() {
                true => Ok(None),
                false => Err(io::ErrorKind::UnexpectedEof.into()),
            };
        }
    }
    Ok(Some(message))
}

/// Where the body begins, once the head is there.
pub(super) fn body_at(message: &[u8]) -> Option<usize> {
    let end = message.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some(end + 4)
}

/// A header of a message.
pub(super) fn header<'a>(message: &'a [u8], name: &str) -> Option<&'a str> {
    let head = std::str::from_utf8(&message[..body_at(message)?]).ok()?;
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

fn whole(message: &[u8]) -> Option<usize> {
    let body = header(message, "content-length").map_or(0, |length| length.parse().unwrap());
    Some(body_at(message)? + body)
}
