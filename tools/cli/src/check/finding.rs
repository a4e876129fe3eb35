//! What a rule says: something found, nothing, or that it cannot know.

use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Severity {
    /// Worth knowing; it may be meant so.
    Note,
    /// It may lose messages or costs money.
    Warning,
    /// It loses messages, or AWS refuses it.
    Error,
}

impl Severity {
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Something that is wrong with a resource.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub(crate) resource: String,
    pub(crate) line: usize,
    /// What is wrong, in one line.
    pub(crate) message: String,
    /// What to change.
    pub(crate) fix: String,
    /// In place of the rule's own.
    pub(crate) severity: Option<Severity>,
    /// Other resources whose metadata may suppress it.
    pub(crate) also_of: Vec<String>,
}

impl Finding {
    pub(crate) fn new(resource: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            resource: resource.to_owned(),
            line,
            message: message.into(),
            fix: String::new(),
            severity: None,
            also_of: Vec::new(),
        }
    }

    pub(crate) fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = fix.into();
        self
    }

    pub(crate) fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// As a judgement.
    pub(crate) fn found(self) -> Judgement {
        Ok(Some(self))
    }
}

/// Something a rule would need to know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Unknown {
    pub(crate) line: usize,
    pub(crate) why: String,
}

/// What a rule says of one thing it looked at.
pub(crate) type Judgement = Result<Option<Finding>, Unknown>;
