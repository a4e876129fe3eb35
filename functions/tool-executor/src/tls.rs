//! TLS by rustls with ring, like the AWS clients'.

use std::sync::{Arc, OnceLock};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Host;

/// Trusts whom the system trusts; asked for at the first fetch, not at cold start.
#[derive(Default)]
pub(crate) struct Tls(OnceLock<Arc<ClientConfig>>);

impl Tls {
    pub(crate) async fn handshake(
        &self,
        host: &Host<String>,
        stream: TcpStream,
    ) -> Result<TlsStream<TcpStream>, String> {
        let name = match host {
            Host::Domain(name) => ServerName::try_from(name.clone()).map_err(|_| {
                format!("the host {host} has no name that a certificate could have")
            })?,
            Host::Ipv4(address) => ServerName::IpAddress((*address).into()),
            Host::Ipv6(address) => ServerName::IpAddress((*address).into()),
        };
        let config = match self.0.get() {
            Some(config) => Arc::clone(config),
            None => {
                let config = Arc::new(config()?);
                Arc::clone(self.0.get_or_init(|| config))
            }
        };
        let connector = TlsConnector::from(config);
        let secured = connector.connect(name, stream).await;
        secured.map_err(|error| format!("there is no secure connection to {host}: {error}"))
    }
}

fn config() -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| format!("there is no TLS: {error}"))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
