//! Who may ask: programs on this machine, and no page of a web site.
//!
//! A site can have its visitors' browsers send requests here, under its own name (DNS rebinding)
//! or as the origin of a cross-site request. Both show in headers that pages cannot forge.

use std::net::IpAddr;

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::aws;

/// The answer to a request that has a foreign `Host` or `Origin`.
pub(super) fn refuse(headers: &HeaderMap) -> Option<Response> {
    let text = |name| headers.get(name).map(|it| it.to_str().unwrap_or_default());
    let host_is_ours = text(HOST).is_some_and(is_loopback);
    let origin_is_ours = text(ORIGIN).is_none_or(|origin| {
        let host = origin.strip_prefix("http://");
        let host = host.or_else(|| origin.strip_prefix("https://"));
        host.is_some_and(is_loopback)
    });
    if host_is_ours && origin_is_ours {
        return None;
    }
    let message =
        "Only this machine may use this endpoint: Host and Origin must be loopback names.";
    Some(aws::json_error(
        StatusCode::FORBIDDEN,
        "AccessDeniedException",
        message,
    ))
}

/// Whether `host`, perhaps with a port, is a name of this machine that DNS has no say in.
fn is_loopback(host: &str) -> bool {
    let host = match host.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|it| it.is_ascii_digit()) => host,
        _ => host,
    };
    let address = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let address = address.unwrap_or(host).parse::<IpAddr>();
    address.is_ok_and(|it| it.is_loopback())
        || host.eq_ignore_ascii_case("localhost")
        || host.to_ascii_lowercase().ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::from_iter([(HOST, host.parse().unwrap())]);
        headers.extend(origin.map(|it| (ORIGIN, it.parse().unwrap())));
        refuse(&headers).is_some()
    }

    #[test]
    fn names_of_this_machine_are_let_in() {
        let ours = [
            "127.0.0.1:4566",
            "localhost",
            "LOCALHOST:1",
            "[::1]:80",
            "b.localhost:1",
        ];
        for host in ours {
            assert!(!refused(host, None), "{host}");
            assert!(!refused(host, Some(&format!("http://{host}"))), "{host}");
        }
    }

    #[test]
    fn foreign_names_are_refused() {
        let foreign = [
            "example.com",
            "10.0.0.1:4566",
            "127.0.0.1.nip.io",
            "localhost.example.com",
            "",
        ];
        for host in foreign {
            assert!(refused(host, None), "{host}");
            assert!(
                refused("localhost", Some(&format!("http://{host}"))),
                "{host}"
            );
        }
        assert!(refused("localhost", Some("null")), "a sandboxed frame");
        assert!(refuse(&HeaderMap::new()).is_some(), "no host at all");
    }
}
