//! Why texts could not be embedded.

/// Why texts could not be embedded. Never quotes them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmbedError {
    /// The model will never take a text.
    #[error(
        "{model} refuses a text of {characters} characters as not valid: it may be more than the \
         model takes; set CHUNK_SIZE lower"
    )]
    Refused {
        /// Which model.
        model: String,
        /// The longest text of the request, in characters.
        characters: usize,
    },
    /// The request failed.
    #[error("{model} could not embed texts")]
    Request {
        /// Which model.
        model: String,
        /// Why it failed.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The answer has another form than the model's documentation says.
    #[error("the answer of {0} is not understood")]
    Answer(String),
    /// Vectors are missing, or there are more than texts.
    #[error("{model} gave {got} vectors for {asked} texts")]
    Count {
        /// Which model.
        model: String,
        /// Vectors in the answer.
        got: usize,
        /// Texts in the request.
        asked: usize,
    },
    /// Not the dimensions that were asked for.
    #[error("{model} gave a vector of {got} dimensions, not of {asked}; set EMBEDDING_DIMENSIONS")]
    Dimensions {
        /// Which model.
        model: String,
        /// Dimensions of the answer.
        got: usize,
        /// Dimensions that were asked for.
        asked: usize,
    },
    /// Zeros, or what is no number.
    #[error("the vector of a text has no direction")]
    NotAVector,
}

impl EmbedError {
    /// Whether another try would come to the same.
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::Refused { .. } | Self::Dimensions { .. } | Self::NotAVector => true,
            Self::Request { .. } | Self::Answer(_) | Self::Count { .. } => false,
        }
    }
}
