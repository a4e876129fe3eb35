//! Why an index of S3 Vectors could not be used.

/// Why an index of S3 Vectors could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// The index has other dimensions or another kind of metadata.
    #[error(
        "the vector index {index} cannot {what}: the request is not valid for it; it must have the \
         dimensions of the model, {dimensions}, and `model` must be filterable"
    )]
    Refused {
        /// Bucket and index.
        index: String,
        /// What was asked for.
        what: &'static str,
        /// The dimensions of the vectors.
        dimensions: usize,
    },
    /// The request failed.
    #[error("the vector index {index} could not {what}")]
    Request {
        /// Bucket and index.
        index: String,
        /// What was asked for.
        what: &'static str,
        /// Why it failed.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A vector that this function did not write.
    #[error("the vector index {0} has vectors of something else; give it one of its own")]
    Foreign(String),
}

impl IndexError {
    /// Whether another try would come to the same.
    pub fn is_permanent(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }
}
