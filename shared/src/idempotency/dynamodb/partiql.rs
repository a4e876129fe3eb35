//! PartiQL's texts. A text depends on what is written and not on the values, so that most statements of a call share one.

use serde_json::value::{RawValue, to_raw_value};

use super::item::{ID, OWNER, STATUS};

/// What a statement does to a record, without its values.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Form {
    /// Writes a new record of these attributes.
    Insert(Vec<&'static str>),
    /// Sets these attributes of a record in progress, or removes those that are `false`, if it is its owner's.
    Change(Vec<(&'static str, bool)>),
}

impl Form {
    /// The statement, with a question mark for each value: those it writes, and behind them the id, the owner and
    /// the status that a change wants to see.
    fn text(&self, table: &str) -> String {
        let table = format!("\"{}\"", table.replace('"', "\"\""));
        match self {
            Self::Insert(names) => {
                let fields: Vec<_> = names.iter().map(|name| format!("'{name}': ?")).collect();
                format!("INSERT INTO {table} VALUE {{{}}}", fields.join(", "))
            }
            Self::Change(writes) => {
                let clause = |&(name, is_set): &(&str, bool)| match is_set {
                    true => format!("SET \"{name}\" = ?"),
                    false => format!("REMOVE \"{name}\""),
                };
                let clauses: Vec<_> = writes.iter().map(clause).collect();
                format!(
                    "UPDATE {table} {} WHERE \"{ID}\" = ? AND \"{OWNER}\" = ? AND \"{STATUS}\" = ?",
                    clauses.join(" "),
                )
            }
        }
    }
}

/// The texts of one call's statements, as JSON.
pub(super) struct Texts<'t> {
    table: &'t str,
    known: Vec<(Form, Box<RawValue>)>,
}

impl<'t> Texts<'t> {
    pub(super) fn new(table: &'t str) -> Self {
        Self {
            table,
            known: Vec::new(),
        }
    }

    /// # Errors
    /// None that is known: a text is JSON.
    pub(super) fn of(&mut self, form: Form) -> serde_json::Result<Box<RawValue>> {
        if let Some((_, text)) = self.known.iter().find(|(known, _)| *known == form) {
            return Ok(text.clone());
        }
        let text = to_raw_value(&form.text(self.table))?;
        self.known.push((form, text.clone()));
        Ok(text)
    }
}
