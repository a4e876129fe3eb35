//! Signatures, by AWS's own crate.

use std::fmt::Write;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_runtime_api::client::identity::Identity;

use crate::{Result, record};

pub(crate) struct Signer {
    identity: Identity,
    region: String,
}

impl Signer {
    pub(crate) fn from_env() -> Result<Self> {
        let (id, secret) = (
            std::env::var("AWS_ACCESS_KEY_ID")?,
            std::env::var("AWS_SECRET_ACCESS_KEY")?,
        );
        let token = std::env::var("AWS_SESSION_TOKEN").ok();
        Ok(Self {
            identity: Credentials::new(id, secret, token, None, "environment").into(),
            region: std::env::var("AWS_REGION")?,
        })
    }

    /// The headers of a signed request, with their line ends.
    pub(crate) fn headers(&self, url: &str, target: &str, body: &[u8]) -> Result<String> {
        let params = SigningParams::builder()
            .identity(&self.identity)
            .region(&self.region)
            .name("dynamodb")
            .time(record::now())
            .settings(SigningSettings::default())
            .build()?
            .into();
        let signed = [
            ("content-type", "application/x-amz-json-1.0"),
            ("x-amz-target", target),
        ];
        let request =
            SignableRequest::new("POST", url, signed.into_iter(), SignableBody::Bytes(body))?;
        let (instructions, _) = sign(request, &params)?.into_parts();
        let mut headers = String::with_capacity(512);
        for (name, value) in signed.into_iter().chain(instructions.headers()) {
            write!(headers, "{name}: {value}\r\n")?;
        }
        Ok(headers)
    }
}
