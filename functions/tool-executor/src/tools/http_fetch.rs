//! `http_fetch`: a page of an allowed web site, as text.
//!
//! The model chooses the URL, so this is where it could reach what only the function can: its own
//! Runtime API, instance metadata, a private network. Each hop is therefore checked from the
//! start: the URL against the settings, every address of its host against the public ones; and
//! the connection is made to the very address that was checked.

mod address;
mod characters;
mod content;
mod exchange;
mod network;
mod sites;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::{Host, Url};

use crate::tls::Tls;
use crate::{Effect, Tool, ToolError, ToolFuture, ToolSpec};
use exchange::Answer;

pub use network::{Network, NetworkFuture, SystemNetwork};
pub use sites::{BadSite, Sites};

const MAX_URL: usize = 2048;
const MAX_REDIRECTS: usize = 5;
/// The largest body read, in bytes. What a model reads of it is less.
pub const MAX_PAGE_BYTES: usize = 2 * 1024 * 1024;
/// For the whole way, redirects included.
const TIMEOUT: Duration = Duration::from_secs(15);
/// For one address of a host, so that there is time left for its next.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

const DESCRIPTION: &str = "Fetches a web page by GET and returns it as markdown; text and JSON are \
    returned as they are. Only some sites are allowed:";

/// Fetches pages of allowed sites.
pub struct HttpFetch<N = SystemNetwork> {
    spec: ToolSpec,
    sites: Sites,
    network: N,
    tls: Tls,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The page's address, for example `https://example.com/page`.
    #[schemars(length(min = 1, max = MAX_URL))]
    url: String,
}

/// What one request came to.
enum Hop {
    Page(String),
    Redirect(Url),
}

impl HttpFetch {
    /// The tool, over the system's network.
    pub fn new(sites: Sites) -> Self {
        Self::over(SystemNetwork, sites)
    }
}

impl<N: Network> HttpFetch<N> {
    /// The tool, over another network.
    pub fn over(network: N, sites: Sites) -> Self {
        let description = format!("{DESCRIPTION} {sites}.");
        let effect = Effect::ReadOnly;
        Self {
            spec: ToolSpec::of::<Arguments>("http_fetch", &description, effect, TIMEOUT),
            sites,
            network,
            tls: Tls::default(),
        }
    }

    async fn fetch(&self, url: &str) -> Result<String, String> {
        let mut url = Url::parse(url).map_err(|error| format!("this is no URL: {error}"))?;
        for _ in 0..=MAX_REDIRECTS {
            match self.hop(&url).await? {
                Hop::Page(text) => return Ok(format!("{url}\n\n{text}")),
                Hop::Redirect(to) => url = to,
            }
        }
        Err(format!("there are more than {MAX_REDIRECTS} redirects"))
    }

    async fn hop(&self, url: &Url) -> Result<Hop, String> {
        let (host, port) = self.sites.check(url)?;
        let addresses = self.checked_addresses(&host).await?;
        let stream = self.connect(&addresses, port).await?;
        let answer = match url.scheme() {
            "https" => exchange::get(self.tls.handshake(&host, stream).await?, url).await?,
            _ => exchange::get(stream, url).await?,
        };
        match answer {
            Answer::Redirect(to) => Ok(Hop::Redirect(to)),
            Answer::Body(body) => Ok(Hop::Page(content::to_text(body).await?)),
        }
    }

    /// One address that is not public is reason enough to distrust the whole name.
    async fn checked_addresses(&self, host: &Host<String>) -> Result<Vec<IpAddr>, String> {
        let addresses = match host {
            Host::Ipv4(address) => vec![IpAddr::V4(*address)],
            Host::Ipv6(address) => vec![IpAddr::V6(*address)],
            Host::Domain(name) => {
                let resolved = self.network.resolve(name).await;
                resolved.map_err(|_| format!("the host {host} cannot be found"))?
            }
        };
        if addresses.is_empty() {
            return Err(format!("the host {host} cannot be found"));
        }
        if !addresses.iter().copied().all(address::is_public) {
            return Err(format!(
                "the host {host} is refused: it has an address that is not public"
            ));
        }
        Ok(addresses)
    }

    async fn connect(&self, addresses: &[IpAddr], port: u16) -> Result<TcpStream, String> {
        for address in addresses {
            let connecting = self.network.connect(SocketAddr::new(*address, port));
            if let Ok(Ok(stream)) = timeout(CONNECT_TIMEOUT, connecting).await {
                return Ok(stream);
            }
        }
        Err("the server cannot be reached".to_owned())
    }
}

impl<N: Network> Tool for HttpFetch<N> {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn call(&self, arguments: Value) -> ToolFuture<'_> {
        Box::pin(async move {
            let Arguments { url } = serde_json::from_value(arguments)
                .map_err(|error| ToolError::Failed(error.to_string()))?;
            self.fetch(&url).await.map_err(ToolError::Failed)
        })
    }
}
