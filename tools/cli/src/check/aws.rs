//! A deployed stack, read back as a template.

/// Why a deployed stack cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AwsError {
    /// This build speaks to no account.
    #[error(
        "this lambda-queue was built without AWS: `cargo install --path tools/cli --features aws` builds one that reads deployed stacks"
    )]
    NotBuilt,
}

/// The stack as it is.
///
/// # Errors
/// Always.
pub(crate) async fn outline(_stack: &str) -> Result<crate::template::Outline, AwsError> {
    Err(AwsError::NotBuilt)
}
