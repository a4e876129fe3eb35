use std::any::type_name;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

type BoxError = Box<dyn StdError + Send + Sync>;

/// Whether a failed message is worth another try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// Nothing happened, or what happened may happen again: try later.
    Retryable,
    /// No retry will help: to the dead-letter queue.
    Permanent,
    /// The effect may have happened. Under [`Policy::Rerun`](crate::Policy::Rerun) it is retried,
    /// under [`Policy::Quarantine`](crate::Policy::Quarantine) it is parked.
    Indeterminate,
}

impl ErrorClass {
    /// The word used in logs, records and dead-letter attributes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Retryable => "Retryable",
            Self::Permanent => "Permanent",
            Self::Indeterminate => "Indeterminate",
        }
    }
}

/// Why a handler failed.
///
/// `?` makes one of any error and means *retry*; [`Classify`] says otherwise:
///
/// ```
/// use lambda_queue::{Classify, HandlerError};
///
/// fn quantity(text: &str) -> Result<u32, HandlerError> {
///     Ok(text.parse().permanent()?) // no retry turns this text into a number
/// }
/// ```
///
/// It does not implement [`std::error::Error`] itself: that is what lets `?` take every error.
pub struct HandlerError {
    class: Option<ErrorClass>,
    retry_after: Option<Duration>,
    type_name: &'static str,
    source: BoxError,
}

impl HandlerError {
    /// Try again later, because of this reason.
    pub fn retryable(reason: impl Into<BoxError>) -> Self {
        Self::classified(ErrorClass::Retryable, reason)
    }

    /// Never try again, because of this reason.
    pub fn permanent(reason: impl Into<BoxError>) -> Self {
        Self::classified(ErrorClass::Permanent, reason)
    }

    /// The effect may have happened.
    pub fn indeterminate(reason: impl Into<BoxError>) -> Self {
        Self::classified(ErrorClass::Indeterminate, reason)
    }

    fn classified(class: ErrorClass, reason: impl Into<BoxError>) -> Self {
        let source = reason.into();
        Self {
            class: Some(class),
            retry_after: None,
            type_name: "HandlerError",
            source,
        }
    }

    /// Try again, but not before this time has passed (whole seconds, at most 12 hours).
    ///
    /// It needs [`retry`](crate::BatchProcessorBuilder::retry) to be configured.
    #[must_use]
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.class = Some(ErrorClass::Retryable);
        self.retry_after = Some(delay);
        self
    }

    /// The class somebody chose, if somebody did; a bare `?` leaves it open, which means retry.
    pub fn class(&self) -> Option<ErrorClass> {
        self.class
    }

    /// How long the handler asked to wait.
    pub fn requested_delay(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Type of the error that was converted, as Rust names it.
    pub fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// The error that was converted.
    pub fn source(&self) -> &(dyn StdError + Send + Sync + 'static) {
        &*self.source
    }

    /// An error that says the same, for the same reason.
    pub(crate) fn again(&self) -> Self {
        Self {
            class: self.class,
            retry_after: self.retry_after,
            type_name: self.type_name,
            source: self.to_string().into(),
        }
    }

    /// The same error, named as if it came from `type_name`.
    pub(crate) fn named(mut self, type_name: &'static str) -> Self {
        self.type_name = type_name;
        self
    }

    pub(crate) fn with_class(mut self, class: ErrorClass) -> Self {
        self.class = Some(class);
        self
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for HandlerError {
    fn from(error: E) -> Self {
        Self {
            class: None,
            retry_after: None,
            type_name: type_name::<E>(),
            source: error.into(),
        }
    }
}

/// The whole chain of causes, joined by `: `.
impl fmt::Display for HandlerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_chain(&*self.source, f)
    }
}

/// An error and its causes, joined by `: `.
#[cfg(feature = "worker")]
pub(crate) fn chain(error: &(dyn StdError + 'static)) -> String {
    struct Chain<'e>(&'e (dyn StdError + 'static));
    impl fmt::Display for Chain<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write_chain(self.0, f)
        }
    }
    Chain(error).to_string()
}

/// Writes an error and its causes, joined by `: `.
pub(crate) fn write_chain(
    error: &(dyn StdError + 'static),
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    write!(f, "{error}")?;
    let mut cause = error.source();
    while let Some(error) = cause {
        write!(f, ": {error}")?;
        cause = error.source();
    }
    Ok(())
}

impl fmt::Debug for HandlerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerError")
            .field("class", &self.class)
            .field("retry_after", &self.retry_after)
            .field("source", &self.source)
            .finish()
    }
}

/// Says what an error means for its message: `.permanent()?` where `?` alone would mean retry.
pub trait Classify<T>: Sized {
    /// Nothing happened yet: safe to try again, also under
    /// [`Policy::Quarantine`](crate::Policy::Quarantine).
    ///
    /// # Errors
    /// The same error, classified.
    fn retryable(self) -> Result<T, HandlerError> {
        self.classify(ErrorClass::Retryable)
    }

    /// No retry will help.
    ///
    /// # Errors
    /// The same error, classified.
    fn permanent(self) -> Result<T, HandlerError> {
        self.classify(ErrorClass::Permanent)
    }

    /// The effect may have happened.
    ///
    /// # Errors
    /// The same error, classified.
    fn indeterminate(self) -> Result<T, HandlerError> {
        self.classify(ErrorClass::Indeterminate)
    }

    /// The error means this.
    ///
    /// # Errors
    /// The same error, classified.
    fn classify(self, class: ErrorClass) -> Result<T, HandlerError>;
}

impl<T, E: Into<HandlerError>> Classify<T> for Result<T, E> {
    fn classify(self, class: ErrorClass) -> Result<T, HandlerError> {
        self.map_err(|error| error.into().with_class(class))
    }
}
