//! A deployed stack, read back as an outline: the rules do not see the difference.

#[cfg(feature = "aws")]
mod clients;
#[cfg(feature = "aws")]
mod resources;
#[cfg(feature = "aws")]
mod roles;
#[cfg(feature = "aws")]
mod stack;

use crate::template::Outline;

/// Why a deployed stack cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AwsError {
    /// This build speaks to no account.
    #[error(
        "this lambda-queue was built without AWS: `cargo install --path tools/cli --features aws` builds one that reads deployed stacks"
    )]
    NotBuilt,
    /// CloudFormation did not list the stack's resources.
    #[error(
        "cannot read the stack {stack}: {why}; check its name, the Region and your credentials"
    )]
    Stack {
        /// Its name.
        stack: String,
        /// In CloudFormation's words.
        why: String,
    },
}

/// The stack as it is.
///
/// # Errors
/// It cannot be listed. What of it cannot be read is left unknown.
#[cfg(feature = "aws")]
pub(crate) async fn outline(stack: &str) -> Result<Outline, AwsError> {
    stack::read(&clients::Clients::new().await, stack).await
}

/// Nothing, in this build.
///
/// # Errors
/// Always.
#[cfg(not(feature = "aws"))]
pub(crate) async fn outline(_stack: &str) -> Result<Outline, AwsError> {
    Err(AwsError::NotBuilt)
}
