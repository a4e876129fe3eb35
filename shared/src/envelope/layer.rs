use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Content;

/// One thing around a message's content.
#[derive(Clone, Debug)]
pub(super) enum Layer {
    Sns,
    EventBridge,
    S3,
    Base64,
    #[cfg(feature = "gzip")]
    Base64Gzip {
        max_bytes: usize,
    },
}

/// Why a body is not wrapped as announced; never quotes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum EnvelopeError {
    #[error("the body is no SNS notification; with raw message delivery there is no envelope")]
    NotSns,
    #[error(
        "the body asks to confirm an SNS subscription: visit its SubscribeURL, or subscribe the queue from its own account"
    )]
    Unconfirmed,
    #[error("the body is no EventBridge event: it has no `detail`")]
    NotEventBridge,
    #[error("the body is no S3 event notification: it has no `Records`")]
    NotS3,
    #[error("the body is not Base64")]
    NotBase64,
    #[cfg(feature = "gzip")]
    #[error("the body is not gzip, or is damaged")]
    NotGzip,
    #[cfg(feature = "gzip")]
    #[error("the body unpacks to more than {0} bytes")]
    TooLarge(usize),
    #[error("the body's content is not UTF-8")]
    NotText,
}

impl Layer {
    pub(super) fn open<'b>(&self, body: Cow<'b, str>) -> Result<Content<'b>, EnvelopeError> {
        match self {
            Self::Sns => sns(&body),
            Self::EventBridge => event_bridge(&body),
            Self::S3 => s3(body),
            Self::Base64 => text(base64(&body)?),
            #[cfg(feature = "gzip")]
            Self::Base64Gzip { max_bytes } => text(gunzip(&base64(&body)?, *max_bytes)?),
        }
    }
}

fn sns(body: &str) -> Result<Content<'static>, EnvelopeError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Notification {
        r#type: String,
        message: String,
    }
    let notification: Notification =
        serde_json::from_str(body).map_err(|_| EnvelopeError::NotSns)?;
    match notification.r#type.as_str() {
        "Notification" => Ok(Content::Json(notification.message.into())),
        "SubscriptionConfirmation" => Err(EnvelopeError::Unconfirmed),
        _ => Err(EnvelopeError::NotSns),
    }
}

fn event_bridge(body: &str) -> Result<Content<'static>, EnvelopeError> {
    #[derive(Deserialize)]
    struct Event {
        detail: Box<RawValue>,
    }
    let event: Event = serde_json::from_str(body).map_err(|_| EnvelopeError::NotEventBridge)?;
    Ok(Content::Json(
        String::from(Box::<str>::from(event.detail)).into(),
    ))
}

fn s3(body: Cow<'_, str>) -> Result<Content<'_>, EnvelopeError> {
    #[derive(Deserialize)]
    struct Notification<'n> {
        #[serde(rename = "Event", borrow, default)]
        event: Option<Cow<'n, str>>,
        #[serde(rename = "Records", borrow, default)]
        records: Option<&'n RawValue>,
    }
    let notification: Notification<'_> =
        serde_json::from_str(&body).map_err(|_| EnvelopeError::NotS3)?;
    match (notification.records, notification.event.as_deref()) {
        (Some(_), _) => Ok(Content::Json(body)),
        (None, Some("s3:TestEvent")) => Ok(Content::Nothing),
        _ => Err(EnvelopeError::NotS3),
    }
}

fn base64(body: &str) -> Result<Vec<u8>, EnvelopeError> {
    // A line end at the end is a producer's `base64` command.
    STANDARD
        .decode(body.trim_ascii())
        .map_err(|_| EnvelopeError::NotBase64)
}

/// Stops one byte beyond the limit: a bomb costs no more than an honest message.
#[cfg(feature = "gzip")]
fn gunzip(packed: &[u8], max_bytes: usize) -> Result<Vec<u8>, EnvelopeError> {
    use std::io::Read;
    let limit = u64::try_from(max_bytes).unwrap_or(u64::MAX);
    let mut unpacked = Vec::new();
    flate2::read::MultiGzDecoder::new(packed)
        .take(limit.saturating_add(1))
        .read_to_end(&mut unpacked)
        .map_err(|_| EnvelopeError::NotGzip)?;
    match unpacked.len() > max_bytes {
        true => Err(EnvelopeError::TooLarge(max_bytes)),
        false => Ok(unpacked),
    }
}

fn text(bytes: Vec<u8>) -> Result<Content<'static>, EnvelopeError> {
    let text = String::from_utf8(bytes).map_err(|_| EnvelopeError::NotText)?;
    Ok(Content::Json(text.into()))
}
