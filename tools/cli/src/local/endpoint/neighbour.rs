//! Who has the port that was asked for.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::errors::NOT_SERVED;

/// Whoever does not answer by then is somebody else.
const PATIENCE: Duration = Duration::from_millis(500);

/// Whether another process of this command answers at `address`: it is told by the words in which
/// it refuses what nobody serves.
pub(super) async fn is_one_of_us(address: SocketAddr) -> bool {
    let answer = timeout(PATIENCE, refusal(address)).await;
    answer.is_ok_and(|it| it.is_ok_and(|it| it.contains(NOT_SERVED)))
}

async fn refusal(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {address}\r\nX-Amz-Target: Nobody.IsThere\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(64 * 1024).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
