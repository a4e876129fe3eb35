use serde::{Deserialize, Serialize};

/// Class names that mark a pointer; the first is the present one.
const CLASSES: [&str; 2] = [
    "software.amazon.payloadoffloading.PayloadS3Pointer",
    "com.amazon.sqs.javamessaging.MessageS3Pointer",
];

/// Where a content is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pointer {
    #[serde(rename = "s3BucketName")]
    pub(crate) bucket: String,
    #[serde(rename = "s3Key")]
    pub(crate) key: String,
}

impl Pointer {
    /// The pointer that a body is: `["CLASS", {"s3BucketName": …, "s3Key": …}]`.
    pub(crate) fn read(body: &str) -> Option<Self> {
        // Most bodies are none, and need no parser to tell.
        if !body.trim_start().starts_with('[') {
            return None;
        }
        let (class, pointer): (String, Self) = serde_json::from_str(body).ok()?;
        CLASSES.contains(&class.as_str()).then_some(pointer)
    }

    /// The body that is this pointer.
    pub(crate) fn write(&self) -> serde_json::Result<String> {
        serde_json::to_string(&(CLASSES[0], self))
    }
}
