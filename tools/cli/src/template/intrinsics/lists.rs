//! `Fn::Join`, `Fn::Split` and `Fn::Select`.

use serde_json::Value as Json;

use super::{Fault, Node, Resolver, items, plain_text, text};

impl Resolver<'_> {
    pub(super) fn join(&mut self, argument: &Node) -> Result<Json, Fault> {
        let [separator, parts] = items(argument) else {
            let message = "Fn::Join takes a separator and a list";
            return Err(Fault::new(argument.line, message));
        };
        let separator = text(separator, "a separator")?;
        let parts = self.list(parts, "the second argument of Fn::Join")?;
        let parts: Vec<String> = parts.iter().map(plain_text).collect();
        Ok(parts.join(separator).into())
    }

    pub(super) fn split(&mut self, argument: &Node) -> Result<Json, Fault> {
        let [separator, whole] = items(argument) else {
            let message = "Fn::Split takes a separator and a text";
            return Err(Fault::new(argument.line, message));
        };
        let separator = text(separator, "a separator")?;
        if separator.is_empty() {
            let message = "the separator of Fn::Split must not be empty";
            return Err(Fault::new(argument.line, message));
        }
        let whole = self.resolve(whole)?.unwrap_or_default();
        let whole = plain_text(&whole);
        Ok(whole.split(separator).map(Json::from).collect())
    }

    pub(super) fn select(&mut self, argument: &Node) -> Result<Json, Fault> {
        let [index, list] = items(argument) else {
            let message = "Fn::Select takes an index, counted from 0, and a list";
            return Err(Fault::new(argument.line, message));
        };
        let line = index.line;
        let index = self.resolve(index)?.unwrap_or_default();
        let index: usize = plain_text(&index).parse().map_err(|_| {
            let message = format!("the index of Fn::Select must be 0 or more, not {index}");
            Fault::new(line, message)
        })?;
        let mut list = self.list(list, "the second argument of Fn::Select")?;
        if index < list.len() {
            return Ok(list.swap_remove(index));
        }
        let count = list.len();
        let message = format!("Fn::Select asks for item {index} of a list of {count}, from 0");
        Err(Fault::new(line, message))
    }

    fn list(&mut self, node: &Node, what: &str) -> Result<Vec<Json>, Fault> {
        match self.resolve(node)? {
            Some(Json::Array(items)) => Ok(items),
            _ => Err(Fault::new(node.line, format!("{what} must be a list"))),
        }
    }
}
