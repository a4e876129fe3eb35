//! `AWS::DynamoDB::Table`.

use serde_json::{Value as Json, json};

use super::Fault;
use super::declaration::Declaration;
use super::lines::Lines;

/// A DynamoDB table of the template.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Table {
    /// Its key under `Resources`.
    pub logical_id: String,
    /// Its name in the stack.
    pub name: String,
    /// The attribute that holds the epoch second an item expires at.
    pub ttl_attribute: Option<String>,
    /// The `CreateTable` request that makes it.
    pub create: Json,
    /// Where it is in the file.
    pub lines: Lines,
}

/// Properties that mean the same to CloudFormation and to `CreateTable`.
const SHARED_PROPERTIES: [&str; 6] = [
    "AttributeDefinitions",
    "KeySchema",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
    "BillingMode",
    "ProvisionedThroughput",
];

impl Table {
    pub(super) fn read(declared: &Declaration<'_>) -> Result<Self, Fault> {
        let properties = &declared.properties;
        let name = declared.physical_name()?;
        let mut create = json!({ "TableName": name });
        for property in SHARED_PROPERTIES {
            if let Some(value) = properties.value(property)? {
                create[property] = value;
            }
        }
        let ttl = properties.value("TimeToLiveSpecification")?;
        let ttl = ttl.filter(|ttl| ttl["Enabled"] == true);
        Ok(Self {
            logical_id: declared.logical_id(),
            name,
            ttl_attribute: ttl.and_then(|ttl| ttl["AttributeName"].as_str().map(str::to_owned)),
            create,
            lines: properties.lines(),
        })
    }
}
