//! Whose certificates a function's clients believe.
//!
//! Reading a system's 140 certificate authorities is four fifths of what a cold start executes (`cargo bench-peers
//! --profile`), and AWS's services need five of them: those of Amazon Trust Services ("Amazon Trust Services Repository").
//! They are taken from the system's own, so that what is added and withdrawn there is so here.

use std::ffi::OsString;
use std::{env, fs};

use aws_smithy_http_client::tls::{TlsContext, TrustStore};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use memchr::memmem;

/// How Amazon's authorities are called in their certificates; the second is the one it had first.
const NAMES: [&[u8]; 2] = [b"Amazon", b"Starfield Services Root"];
const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";
/// The first is empty; the others have 48 bytes each, and names fewer than 300.
const LINES: usize = 9;
/// Regions of partitions with authorities of their own, as they begin.
const ELSEWHERE: [&str; 4] = ["cn-", "us-iso", "eu-iso", "eusc-"];

/// Only Amazon's authorities, where nobody else's are needed and the system has them; none for all of the system's.
pub(super) fn amazons_alone() -> Option<TlsContext> {
    if openssl_probe::has_ssl_cert_env_vars() || !meets_amazon_alone(variables()) {
        return None;
    }
    let bundle = fs::read_to_string(openssl_probe::probe().cert_file?).ok()?;
    let mut amazons = amazons(&bundle).peekable();
    amazons.peek()?;
    let store = amazons.fold(TrustStore::empty(), TrustStore::with_pem_certificate);
    TlsContext::builder().with_trust_store(store).build().ok()
}

fn variables() -> impl Iterator<Item = (String, String)> {
    let text = |(name, value): (OsString, OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    env::vars_os().filter_map(text)
}

/// Whether all that a function with these variables asks by TLS is AWS, and nobody is in between.
fn meets_amazon_alone(variables: impl Iterator<Item = (String, String)>) -> bool {
    let mut on_lambda = false;
    for (name, value) in variables {
        let alone = match name.to_ascii_uppercase().as_str() {
            "AWS_LAMBDA_RUNTIME_API" => {
                on_lambda = true;
                true
            }
            "AWS_REGION" => !ELSEWHERE.iter().any(|it| value.starts_with(it)),
            "HTTPS_PROXY" | "ALL_PROXY" => value.is_empty(),
            name if name.starts_with("AWS_ENDPOINT_URL") => !value.starts_with("https:"),
            _ => true,
        };
        if !alone {
            return false;
        }
    }
    on_lambda
}

/// The certificates of a bundle that are Amazon's, each in PEM.
fn amazons(bundle: &str) -> impl Iterator<Item = &str> {
    let starts = memmem::find_iter(bundle.as_bytes(), BEGIN);
    let certificates = starts.filter_map(|start| {
        let rest = &bundle[start..];
        let end = memmem::find(rest.as_bytes(), END.as_bytes())?;
        Some(&rest[..end + END.len()])
    });
    certificates.filter(|it| is_amazons(it).unwrap_or_default())
}

/// By the issuer, who in an authority's own certificate is the authority, and stands near its beginning.
fn is_amazons(certificate: &str) -> Option<bool> {
    let text = certificate.strip_prefix(BEGIN)?.strip_suffix(END)?;
    let beginning: String = text.lines().take(LINES).collect();
    let der = BASE64_STANDARD.decode(beginning).ok()?;
    let found = |name: &&[u8]| memmem::find(&der, name).is_some();
    Some(NAMES.iter().any(found))
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair};

    use super::*;

    fn authority(organization: &str) -> String {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(DnType::OrganizationName, organization);
        let key = KeyPair::generate().unwrap();
        params.self_signed(&key).unwrap().pem()
    }

    fn alone(variables: &[(&str, &str)]) -> bool {
        let variables = variables.iter();
        meets_amazon_alone(variables.map(|(name, value)| (name.to_string(), value.to_string())))
    }

    #[test]
    fn of_a_bundle_only_amazon_s_authorities_are_taken_whole() {
        let ours = [authority("Amazon"), authority("Starfield Services Root CA")];
        let bundle = format!("# first\n{}\n{}{}", authority("Example"), ours[0], ours[1]);
        let found: Vec<_> = amazons(&bundle).collect();
        assert_eq!(found, ours.each_ref().map(|it| it.trim_end()));
    }

    #[test]
    fn what_is_no_certificate_is_passed_over() {
        let bundle = format!("{BEGIN}\nAmazon!?\n{END}\n{BEGIN}\nQW1hem9u");
        assert_eq!(amazons(&bundle).count(), 0);
    }

    #[test]
    fn a_function_of_the_commercial_partition_meets_amazon_alone() {
        let lambda = ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001");
        assert!(alone(&[lambda, ("AWS_REGION", "eu-central-1")]));
        assert!(alone(&[
            lambda,
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
        ]));
        assert!(!alone(&[("AWS_REGION", "eu-central-1")]));
        assert!(!alone(&[lambda, ("AWS_REGION", "cn-north-1")]));
        assert!(!alone(&[lambda, ("https_proxy", "http://proxy:3128")]));
        assert!(!alone(&[
            lambda,
            ("AWS_ENDPOINT_URL_SQS", "https://sqs.example.com")
        ]));
    }
}
