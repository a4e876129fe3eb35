//! The two ways SDKs write to CloudWatch: JSON, and the same documents as CBOR.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use ciborium::Value as Cbor;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::local::endpoint::aws;

const PROTOCOL: HeaderName = HeaderName::from_static("smithy-protocol");
const RPC_V2_CBOR: HeaderValue = HeaderValue::from_static("rpc-v2-cbor");
const CBOR: HeaderValue = HeaderValue::from_static("application/cbor");
/// Says that a number is a time, in seconds since 1970.
const EPOCH: u64 = 1;

/// How a request is written, and its answer to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wire {
    Json,
    Cbor,
}

impl Wire {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        match headers.get(PROTOCOL) == Some(&RPC_V2_CBOR) {
            true => Self::Cbor,
            false => Self::Json,
        }
    }

    pub(super) fn read<T: DeserializeOwned>(self, body: &[u8]) -> Result<T, String> {
        match self {
            Self::Json => serde_json::from_slice(body).map_err(|it| it.to_string()),
            Self::Cbor => ciborium::from_reader(body).map_err(|it| it.to_string()),
        }
    }

    pub(super) fn answer(self, status: StatusCode, document: Json) -> Response {
        if self == Self::Json {
            return aws::answer(status, aws::JSON, document.to_string());
        }
        let mut body = Vec::new();
        // Nothing fails that is written to memory.
        drop(ciborium::into_writer(&cbor("", document), &mut body));
        let mut response = aws::answer(status, CBOR, body);
        response.headers_mut().insert(PROTOCOL, RPC_V2_CBOR);
        response
    }
}

/// A member's value; its `name` tells times from other numbers.
fn cbor(name: &str, value: Json) -> Cbor {
    match value {
        Json::Null => Cbor::Null,
        Json::Bool(it) => Cbor::Bool(it),
        Json::String(it) => Cbor::Text(it),
        Json::Array(items) => Cbor::Array(items.into_iter().map(|it| cbor("", it)).collect()),
        Json::Object(members) => {
            let members = members.into_iter();
            let members = members.map(|(name, value)| {
                let value = cbor(&name, value);
                (Cbor::Text(name), value)
            });
            Cbor::Map(members.collect())
        }
        Json::Number(it) => {
            let number = match it.as_i64() {
                Some(whole) => Cbor::from(whole),
                None => Cbor::Float(it.as_f64().unwrap_or_default()),
            };
            match name.ends_with("Timestamp") {
                true => Cbor::Tag(EPOCH, Box::new(number)),
                false => number,
            }
        }
    }
}
