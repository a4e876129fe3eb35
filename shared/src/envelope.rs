//! What a producer's service wraps around a message's content.

mod layer;

use std::borrow::Cow;

use crate::HandlerError;
use layer::Layer;

/// How to get from a message's body to the JSON that the handler takes.
///
/// Without one, the body is that JSON. Layers are taken off in the order of the calls:
///
/// ```
/// use lambda_queue::Envelope;
///
/// // S3 notifications that a topic passes on:
/// let envelope = Envelope::sns().then(Envelope::s3());
/// // Compressed by the producer, in Base64 because SQS carries text:
/// # #[cfg(feature = "gzip")]
/// let envelope = Envelope::base64_gzip(256 * 1024);
/// ```
///
/// Idempotency keys and payload hashes see the content alone: what a service adds (times, ids) is
/// new in every delivery. A body that is not wrapped as announced is a permanent failure of its
/// message.
#[derive(Clone, Debug, Default)]
pub struct Envelope {
    layers: Vec<Layer>,
}

/// What was in a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Content<'b> {
    /// JSON for the handler.
    Json(Cow<'b, str>),
    /// A service's sign of life, for nobody.
    Nothing,
}

impl Envelope {
    /// An SNS notification: the content is its `Message`. With raw message delivery there is no
    /// envelope (Amazon SNS Developer Guide, "Amazon SNS raw message delivery").
    #[must_use]
    pub fn sns() -> Self {
        Self::default().with(Layer::Sns)
    }

    /// An event of EventBridge, or one that a pipe made alike: the content is its `detail`.
    #[must_use]
    pub fn event_bridge() -> Self {
        Self::default().with(Layer::EventBridge)
    }

    /// An S3 event notification: the content is the notification, whose records are handled
    /// together, all or nothing. The `s3:TestEvent` that S3 sends when notifications are set up is
    /// acknowledged without a handler (Amazon S3 User Guide, "Event message structure"). Keys are
    /// URL-encoded, with `+` for a space.
    #[must_use]
    pub fn s3() -> Self {
        Self::default().with(Layer::S3)
    }

    /// Base64 (RFC 4648, with padding) of JSON.
    #[must_use]
    pub fn base64() -> Self {
        Self::default().with(Layer::Base64)
    }

    /// Base64 of gzip of JSON of at most so many bytes; more is a permanent failure, found out
    /// without unpacking it all.
    #[cfg(feature = "gzip")]
    #[must_use]
    pub fn base64_gzip(max_bytes: usize) -> Self {
        Self::default().with(Layer::Base64Gzip { max_bytes })
    }

    /// With `inner` inside of it.
    #[must_use]
    pub fn then(mut self, inner: Self) -> Self {
        self.layers.extend(inner.layers);
        self
    }

    fn with(mut self, layer: Layer) -> Self {
        self.layers.push(layer);
        self
    }

    /// Takes the layers off.
    ///
    /// # Errors
    /// The body is not wrapped like this: permanent, and without a word of the body.
    pub(crate) fn open<'b>(&self, body: &'b str) -> Result<Content<'b>, HandlerError> {
        let mut content = Content::Json(Cow::Borrowed(body));
        for layer in &self.layers {
            let Content::Json(wrapped) = content else {
                break;
            };
            content = layer
                .open(wrapped)
                .map_err(|error| HandlerError::permanent(error).named("BadEnvelope"))?;
        }
        Ok(content)
    }
}

#[cfg(test)]
mod tests;
