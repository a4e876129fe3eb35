//! `AWS::DynamoDB::Table` and `AWS::Serverless::SimpleTable`.

use serde_json::{Value as Json, json};

use super::declaration::Declaration;
use super::lines::Lines;
use super::properties::Properties;
use super::{Fault, names};

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
        if declared.resource.kind == names::SIMPLE_TABLE {
            add_key(&mut create, properties)?;
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

/// The only key of a simple table, as SAM writes it out.
fn add_key(create: &mut Json, properties: &Properties<'_>) -> Result<(), Fault> {
    let key = properties.section("PrimaryKey")?;
    let part = |name: &str| match &key {
        Some(key) => key.text(name),
        None => Ok(None),
    };
    let name = part("Name")?.unwrap_or_else(|| "id".to_owned());
    // `String`, `Number` or `Binary`: DynamoDB knows them by their first letters.
    let kind = part("Type")?.unwrap_or_else(|| "String".to_owned());
    let kind: String = kind.chars().take(1).collect();
    create["AttributeDefinitions"] = json!([{ "AttributeName": name, "AttributeType": kind }]);
    create["KeySchema"] = json!([{ "AttributeName": name, "KeyType": "HASH" }]);
    if create.get("ProvisionedThroughput").is_none() {
        create["BillingMode"] = "PAY_PER_REQUEST".into();
    }
    Ok(())
}
