//! DynamoDB tables.

use super::setting::{self, Setting};
use crate::template::{OutlinedResource, Tree};

pub(super) const KINDS: &[&str] = &[
    "AWS::DynamoDB::Table",
    "AWS::DynamoDB::GlobalTable",
    "AWS::Serverless::SimpleTable",
];

/// A table.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) logical_id: String,
    pub(crate) line: usize,
    pub(crate) name: String,
    /// In how many Regions it is.
    pub(crate) regions: Setting<usize>,
}

impl Table {
    pub(super) fn read(resource: &OutlinedResource) -> Self {
        let replicas = setting::parsed(&resource.properties, "Replicas", |it| Ok(regions(it)));
        Self {
            logical_id: resource.logical_id.clone(),
            line: resource.line,
            name: resource.name.clone(),
            regions: replicas,
        }
    }
}

fn regions(replicas: &Tree) -> usize {
    replicas.items().len()
}
