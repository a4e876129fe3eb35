//! What DynamoDB answers, as far as it decides anything.

use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Text<'a> {
    #[serde(rename = "S")]
    pub(crate) text: &'a str,
}

/// A record that is there already.
#[derive(Deserialize)]
pub(crate) struct Stored<'a> {
    #[serde(borrow)]
    pub(crate) id: Text<'a>,
    #[serde(borrow)]
    pub(crate) status: Text<'a>,
}

impl Stored<'_> {
    pub(crate) fn is_completed(&self) -> bool {
        self.status.text == "COMPLETED"
    }
}

#[derive(Deserialize)]
pub(crate) struct Statements<'a> {
    #[serde(borrow, rename = "Responses")]
    pub(crate) responses: Vec<StatementAnswer<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct StatementAnswer<'a> {
    #[serde(borrow, rename = "Error")]
    pub(crate) error: Option<StatementError<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct StatementError<'a> {
    #[serde(rename = "Code")]
    pub(crate) code: &'a str,
}

#[derive(Deserialize)]
pub(crate) struct Found<'a> {
    #[serde(borrow, rename = "Responses")]
    pub(crate) tables: Tables<'a>,
}

#[derive(Deserialize)]
pub(crate) struct Tables<'a> {
    #[serde(borrow)]
    pub(crate) idempotency: Vec<Stored<'a>>,
}

/// Why an update was refused.
#[derive(Deserialize)]
pub(crate) struct Refused<'a> {
    #[serde(borrow, rename = "Item")]
    pub(crate) item: Option<Stored<'a>>,
}
