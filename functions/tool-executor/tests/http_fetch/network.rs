//! A network on which every public address leads to one local web server.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::net::TcpStream;
use tool_executor::{Network, NetworkFuture};

/// Names are resolved as a test says, and connections noted.
#[derive(Clone)]
pub(crate) struct TestNetwork {
    server: SocketAddr,
    names: Arc<Mutex<BTreeMap<String, VecDeque<Vec<IpAddr>>>>>,
    connections: Arc<Mutex<Vec<SocketAddr>>>,
}

impl TestNetwork {
    pub(crate) fn to(server: SocketAddr) -> Self {
        Self {
            server,
            names: Arc::default(),
            connections: Arc::default(),
        }
    }

    /// What a name resolves to, time after time; the last answer stays.
    pub(crate) fn name(self, host: &str, answers: &[&[&str]]) -> Self {
        let parse = |it: &&str| it.parse().unwrap();
        let answers = answers.iter().map(|it| it.iter().map(parse).collect());
        let mut names = self.names.lock().unwrap();
        names.insert(host.to_owned(), answers.collect());
        drop(names);
        self
    }

    /// Where it was connected to.
    pub(crate) fn connections(&self) -> Vec<String> {
        let connections = self.connections.lock().unwrap();
        connections.iter().map(ToString::to_string).collect()
    }

    fn answer(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let mut names = self.names.lock().unwrap();
        let answers = names.get_mut(host).ok_or(io::ErrorKind::NotFound)?;
        if answers.len() > 1 {
            return Ok(answers.pop_front().unwrap_or_default());
        }
        Ok(answers.front().cloned().unwrap_or_default())
    }
}

impl Network for TestNetwork {
    fn resolve<'n>(&'n self, host: &'n str) -> NetworkFuture<'n, Vec<IpAddr>> {
        let answer = self.answer(host);
        Box::pin(async move { answer })
    }

    fn connect(&self, address: SocketAddr) -> NetworkFuture<'_, TcpStream> {
        self.connections.lock().unwrap().push(address);
        Box::pin(TcpStream::connect(self.server))
    }
}
