use std::sync::Arc;

/// Identifies a record: `<namespace>#<hex SHA-256 of the canonical key>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordId(Arc<str>);

impl RecordId {
    /// Wraps the text a store uses as its partition key.
    pub fn new(id: impl Into<Arc<str>>) -> Self {
        Self(id.into())
    }

    /// The text a store uses as its partition key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Fencing token of one claim: random, new for every claim, reused by all retries of that claim.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Owner(Arc<str>);

impl Owner {
    /// Wraps a token; it must never have been used for another claim.
    pub fn new(token: impl Into<Arc<str>>) -> Self {
        Self(token.into())
    }

    /// The token as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
