//! The command, and how much memory it takes.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpStream;
use tokio::process::{self, Child};
use tokio::time::sleep;

/// Builds the function where its progress can be seen; the command will find it built, as it builds it in its folder, too:
/// elsewhere features would be those of the whole workspace.
pub(crate) fn build_function() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut build = std::process::Command::new(cargo);
    build.args(["build", "--release", "--quiet", "--bin", "no-op"]);
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/no-op");
    assert!(build.current_dir(package).status().unwrap().success());
}

/// A running `lambda-queue local` that ends when everything is done.
pub(crate) struct Command {
    child: Option<Child>,
    pub(crate) address: String,
}

impl Command {
    /// Starts the template in `folder` and waits until it answers; the function is built first.
    pub(crate) async fn start(folder: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let child = process::Command::new(env!("CARGO_BIN_EXE_lambda-queue"))
            .args(["local", "--release", "--until-idle", "--output", "json"])
            .args(["--logs", "on-failure", "--port", &port.to_string()])
            .current_dir(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let address = format!("127.0.0.1:{port}");
        let mut this = Self {
            child: Some(child),
            address,
        };
        this.wait_for_answers().await;
        this
    }

    /// The port is taken before the functions are built, but nothing answers there.
    async fn wait_for_answers(&mut self) {
        while TcpStream::connect(&self.address).await.is_err() {
            sleep(Duration::from_millis(50)).await;
        }
        let ready = format!("http://{}/", self.address);
        let client =
            hyper_util::client::legacy::Client::builder(hyper_util::rt::TokioExecutor::new());
        let request = axum::http::Request::get(ready)
            .body(axum::body::Body::empty())
            .unwrap();
        drop(client.build_http().request(request).await.unwrap());
    }

    /// Waits for its end: the summary, and the peak of its resident memory in bytes.
    pub(crate) async fn finish(&mut self) -> (Value, u64) {
        let child = self.child.take().unwrap();
        let status = format!("/proc/{}/status", child.id().unwrap());
        let output = child.wait_with_output();
        tokio::pin!(output);
        let mut peak = 0;
        loop {
            tokio::select! {
                output = &mut output => {
                    let output = output.unwrap();
                    assert!(output.status.success(), "{output:?}");
                    return (serde_json::from_slice(&output.stdout).unwrap(), peak);
                }
                () = sleep(Duration::from_millis(20)) => peak = peak.max(high_water(&status)),
            }
        }
    }
}

/// `VmHWM`, in bytes.
fn high_water(status: &str) -> u64 {
    let text = fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|it| it.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}
