//! `AWS::Serverless::Function` and `AWS::Lambda::Function`.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use super::declaration::Declaration;
use super::event_source::{EventSource, event_sources};
use super::intrinsics::plain_text;
use super::lines::Lines;
use super::logging::Logging;
use super::versions::{Alias, LATEST, Published, auto_published};
use super::yaml::Node;
use super::{Fault, Resolver, names};

/// A function of the template.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Function {
    /// Its key under `Resources`.
    pub logical_id: String,
    /// Its name in the stack.
    pub name: String,
    /// Its ARN in the stack.
    pub arn: String,
    /// The cargo binary that `sam build` makes it from.
    pub binary: Option<String>,
    /// The folder cargo builds in.
    pub code: PathBuf,
    /// What its runtime is told to call; those of Rust call it `bootstrap` and never look.
    pub handler: String,
    /// How it logs.
    pub logging: Logging,
    /// How long an invocation may take.
    pub timeout: Duration,
    /// Its memory in MB.
    pub memory: u64,
    /// Invocations side by side, at most: `ReservedConcurrentExecutions`.
    pub reserved_concurrency: Option<u32>,
    /// The environment variables the template gives it.
    pub environment: Vec<Variable>,
    /// What is published of it, in the order it would be; `$LATEST` is always there.
    pub versions: Vec<String>,
    /// Its aliases.
    pub aliases: Vec<Alias>,
    /// The queues it is fed from.
    pub event_sources: Vec<EventSource>,
    /// Where it is in the file.
    pub lines: Lines,
}

/// A function under one of its names: what is invoked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Qualified {
    /// A version or an alias, if one was named.
    pub qualifier: Option<String>,
    /// With the qualifier.
    pub arn: String,
    /// The version that runs.
    pub version: String,
}

/// An environment variable of a function.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value on this machine.
    pub value: String,
    /// The logical ids its value was made from.
    pub references: BTreeSet<String>,
}

impl Function {
    pub(super) fn read(declared: &Declaration<'_>) -> Result<Self, Fault> {
        let properties = &declared.properties;
        let name = declared.physical_name()?;
        let published = Published::of(declared, &name)?;
        let alias = auto_published(declared)?;
        Ok(Self {
            logical_id: declared.logical_id(),
            arn: names::function_arn(&name),
            binary: binary(declared),
            code: declared.template.folder.join(code(declared)?),
            handler: properties
                .text("Handler")?
                .unwrap_or_else(|| "bootstrap".to_owned()),
            logging: Logging::read(properties, &name)?,
            timeout: properties.seconds("Timeout", 3)?,
            memory: properties.integer("MemorySize")?.unwrap_or(128),
            reserved_concurrency: properties
                .parsed("ReservedConcurrentExecutions", "a whole number")?,
            environment: environment(declared)?,
            versions: published.versions,
            aliases: published.aliases,
            event_sources: event_sources(properties, alias.as_deref())?,
            lines: properties.lines(),
            name,
        })
    }

    /// What is invoked under a qualifier; `None` if there is no such version or alias.
    #[must_use]
    pub fn qualified(&self, qualifier: Option<&str>) -> Option<Qualified> {
        let version = match qualifier {
            None | Some(LATEST) => LATEST,
            Some(qualifier) => {
                let alias = self.aliases.iter().find(|it| it.name == qualifier);
                let version = self.versions.iter().find(|it| *it == qualifier);
                alias.map(|it| &it.version).or(version)?
            }
        };
        let arn = match qualifier {
            Some(qualifier) => format!("{}:{qualifier}", self.arn),
            None => self.arn.clone(),
        };
        Some(Qualified {
            qualifier: qualifier.map(str::to_owned),
            arn,
            version: version.to_owned(),
        })
    }

    /// What its first event source invokes, or else whoever names no version.
    #[must_use]
    pub fn as_fed(&self) -> Qualified {
        let source = self.event_sources.first();
        let fed = source.and_then(|it| self.qualified(it.qualifier.as_deref()));
        fed.unwrap_or_else(|| Qualified {
            qualifier: None,
            arn: self.arn.clone(),
            version: LATEST.to_owned(),
        })
    }

    /// Its binary's name, or else its logical id: what people call it.
    #[must_use]
    pub fn short_name(&self) -> &str {
        self.binary.as_deref().unwrap_or(&self.logical_id)
    }

    /// Whether `name` is the function's logical id or its binary.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.logical_id == name || self.binary.as_deref() == Some(name)
    }
}

/// Where `sam build` finds its sources; what is in a bucket already has none.
fn code(declared: &Declaration<'_>) -> Result<String, Fault> {
    let property = match declared.resource.kind.as_str() {
        names::LAMBDA_FUNCTION => "Code",
        _ => "CodeUri",
    };
    let node = declared.properties.node(property)?;
    let mut keys = node.iter().flat_map(|it| it.entries());
    if keys.any(|(key, _)| key != "Ref" && !key.starts_with("Fn::")) {
        return Ok(String::new());
    }
    Ok(declared.properties.text(property)?.unwrap_or_default())
}

pub(super) fn binary(declared: &Declaration<'_>) -> Option<String> {
    let build = declared.resource.node.get("Metadata")?;
    let binary = build.get("BuildProperties")?.get("Binary")?;
    Node::as_str(binary).map(str::to_owned)
}

/// The function's variables, after those of `Globals` that it does not set itself.
fn environment(declared: &Declaration<'_>) -> Result<Vec<Variable>, Fault> {
    let Some(section) = declared.properties.section("Environment")? else {
        return Ok(Vec::new());
    };
    let Some(variables) = section.section("Variables")? else {
        return Ok(Vec::new());
    };
    let mut environment = Vec::new();
    for (name, node) in variables.entries() {
        let mut resolver = Resolver::new(declared.template);
        if let Some(value) = resolver.resolve(node)? {
            environment.push(Variable {
                name: name.to_owned(),
                value: plain_text(&value),
                references: resolver.references,
            });
        }
    }
    Ok(environment)
}
