//! Lambda functions.

use std::collections::BTreeMap;

use super::permissions::Permissions;
use super::setting::{self, Setting};
use crate::template::{Outline, OutlinedResource, Tree};

pub(super) const KINDS: &[&str] = &["AWS::Serverless::Function", "AWS::Lambda::Function"];

/// A function.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) logical_id: String,
    pub(crate) line: usize,
    pub(crate) name: String,
    pub(crate) timeout: Setting<u64>,
    pub(crate) memory: Setting<u64>,
    pub(crate) reserved: Setting<u64>,
    pub(crate) runtime: Setting<String>,
    pub(crate) architecture: Setting<String>,
    /// The cargo binary that SAM builds it from.
    pub(crate) binary: Option<String>,
    pub(crate) environment: Vec<(String, Setting<String>)>,
    /// Its source code, where the template holds it.
    pub(crate) code: Option<String>,
    /// What its role lets it do.
    pub(crate) permissions: Permissions,
    is_rust: bool,
}

impl Function {
    pub(super) fn read(resource: &OutlinedResource) -> Self {
        let own = &resource.properties;
        let variables = setting::section(&setting::section(own, "Environment"), "Variables");
        let variables = variables.entries().iter();
        let environment = variables.map(|(name, it)| (name.clone(), setting::one_text(it)));
        let runtime = setting::text(own, "Runtime");
        let build = resource.metadata.as_ref();
        let build = build.and_then(|it| it.get("BuildMethod")?.as_str());
        let binary = resource.metadata.as_ref();
        let binary = binary.and_then(|it| it.get("BuildProperties")?.get("Binary")?.as_str());
        let architectures = setting::section(own, "Architectures");
        let provided = matches!(runtime.known(), Ok(Some(it)) if it.starts_with("provided"));
        let zip = own.get("Code").and_then(|code| code.get("ZipFile"));
        let code = own.get("InlineCode").or(zip);
        Self {
            logical_id: resource.logical_id.clone(),
            line: resource.line,
            name: resource.name.clone(),
            timeout: setting::number(own, "Timeout"),
            memory: setting::number(own, "MemorySize"),
            reserved: setting::number(own, "ReservedConcurrentExecutions"),
            architecture: match architectures.items().first() {
                Some(first) if own.get("Architectures").is_some() => setting::one_text(first),
                _ => setting::text(own, "Architectures"),
            },
            binary: binary.map(str::to_owned),
            environment: environment.collect(),
            code: code.and_then(Tree::as_str).map(str::to_owned),
            permissions: Permissions::default(),
            is_rust: provided || build.is_some_and(|it| it.starts_with("rust")),
            runtime,
        }
    }

    pub(crate) fn variable(&self, name: &str) -> Option<&Setting<String>> {
        let mut variables = self.environment.iter();
        let found = variables.find(|(it, _)| it == name);
        found.map(|(_, value)| value)
    }

    /// Its binary's name, or else its logical id: what people call it.
    pub(crate) fn short_name(&self) -> &str {
        self.binary.as_deref().unwrap_or(&self.logical_id)
    }

    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.logical_id == name || self.binary.as_deref() == Some(name)
    }

    /// Whether it is made with this toolkit: a native binary that is told of its idempotency
    /// table in the toolkit's way. Nothing else in a template could tell.
    pub(crate) fn uses_toolkit(&self) -> bool {
        self.is_rust && self.variable("IDEMPOTENCY_TABLE").is_some()
    }
}

/// What aliases and versions are called, and the functions they stand for.
pub(super) fn aliases(outline: &Outline) -> BTreeMap<String, Setting<String>> {
    let resources = outline.resources.iter();
    let kinds = ["AWS::Lambda::Alias", "AWS::Lambda::Version"];
    let aliases = resources.filter(|it| kinds.contains(&it.kind.as_str()));
    let known = aliases.map(|it| {
        let function = setting::text(&it.properties, "FunctionName");
        (it.name.clone(), function)
    });
    known.collect()
}
