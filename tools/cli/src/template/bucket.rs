//! `AWS::S3::Bucket`.

use super::Fault;
use super::declaration::Declaration;
use super::lines::Lines;

/// An S3 bucket of the template.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Bucket {
    /// Its key under `Resources`.
    pub logical_id: String,
    /// Its name in the stack.
    pub name: String,
    /// Where it is in the file.
    pub lines: Lines,
}

impl Bucket {
    pub(super) fn read(declared: &Declaration<'_>) -> Result<Self, Fault> {
        Ok(Self {
            logical_id: declared.logical_id(),
            name: declared.physical_name()?,
            lines: declared.properties.lines(),
        })
    }
}
