//! `LoggingConfig`: what a function's log looks like, and where CloudWatch keeps it.

use super::Fault;
use super::properties::Properties;

/// How a function logs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Logging {
    /// `JSON` or, unless the template says so, `Text`.
    pub format: String,
    /// The level of what the function logs itself; only JSON has one.
    pub level: Option<String>,
    /// The log group's name.
    pub group: String,
}

impl Logging {
    pub(super) fn read(properties: &Properties<'_>, function: &str) -> Result<Self, Fault> {
        let config = properties.section("LoggingConfig")?;
        let text = |name: &str| match &config {
            Some(config) => config.text(name),
            None => Ok(None),
        };
        let format = text("LogFormat")?.unwrap_or_else(|| "Text".to_owned());
        let level = text("ApplicationLogLevel")?.filter(|_| format == "JSON");
        let group = text("LogGroup")?;
        Ok(Self {
            format,
            level,
            group: group.unwrap_or_else(|| format!("/aws/lambda/{function}")),
        })
    }
}
