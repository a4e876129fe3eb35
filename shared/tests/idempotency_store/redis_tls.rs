//! Redis over TLS, as managed servers want it.

use std::net::TcpListener;

use lambda_queue::{IdempotencyStore, RedisStore};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, TlsCertificates};

use crate::redis_server::{RedisServer, folder, until};
use crate::request::claims;
use crate::stores::all_won;

/// A server that is spoken to over TLS alone, and the certificate that it shows.
async fn start() -> Option<(RedisServer, Vec<u8>)> {
    let folder = folder();
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = own.cert.pem();
    std::fs::write(folder.join("cert.pem"), &certificate).unwrap();
    std::fs::write(folder.join("key.pem"), own.signing_key.serialize_pem()).unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port().to_string();
    drop(free);
    let options = ["--bind", "127.0.0.1", "--port", "0", "--tls-port", &port];
    let files = ["--tls-cert-file", "cert.pem", "--tls-key-file", "key.pem"];
    let clients = ["--tls-auth-clients", "no", "--tls-ca-cert-file", "cert.pem"];
    let options = [&options[..], &files, &clients].concat();
    let options: Vec<_> = options.into_iter().map(str::to_owned).collect();
    let url = format!("rediss://localhost:{port}");
    let server = RedisServer::spawn(folder, url, &options)?;
    let certificate = certificate.into_bytes();
    let trusting = client(&server, Some(certificate.clone()));
    until(async || trusting.get_connection().is_ok()).await;
    Some((server, certificate))
}

fn client(server: &RedisServer, root_cert: Option<Vec<u8>>) -> Client {
    let certificates = TlsCertificates {
        client_tls: None,
        root_cert,
    };
    Client::build_with_tls(server.url(), certificates).unwrap()
}

async fn connect(client: &Client) -> redis::RedisResult<ConnectionManager> {
    let settings = ConnectionManagerConfig::new().set_number_of_retries(1);
    client.get_connection_manager_with_config(settings).await
}

#[tokio::test]
async fn records_are_kept_over_tls_and_only_with_a_server_that_is_trusted() {
    let Some((server, certificate)) = start().await else {
        return;
    };
    let trusting = connect(&client(&server, Some(certificate))).await.unwrap();
    all_won(RedisStore::new(trusting).claim(&claims(30)).await, 30);

    assert!(connect(&client(&server, None)).await.is_err());
}
