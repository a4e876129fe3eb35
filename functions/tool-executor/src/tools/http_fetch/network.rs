//! Names and connections, as the system gives them.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;

use tokio::net::{TcpStream, lookup_host};

/// What the network answers, some time.
pub type NetworkFuture<'n, T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send + 'n>>;

/// A network to fetch over. Whether an address may be connected to is not its business.
pub trait Network: Send + Sync + 'static {
    /// The addresses of a name.
    fn resolve<'n>(&'n self, host: &'n str) -> NetworkFuture<'n, Vec<IpAddr>>;

    /// A connection to an address.
    fn connect(&self, address: SocketAddr) -> NetworkFuture<'_, TcpStream>;
}

/// The network of the operating system. No proxies: they would resolve names themselves.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemNetwork;

impl Network for SystemNetwork {
    fn resolve<'n>(&'n self, host: &'n str) -> NetworkFuture<'n, Vec<IpAddr>> {
        Box::pin(async move {
            let found = lookup_host((host, 0)).await?;
            Ok(found.map(|it| it.ip()).collect())
        })
    }

    fn connect(&self, address: SocketAddr) -> NetworkFuture<'_, TcpStream> {
        Box::pin(TcpStream::connect(address))
    }
}
