//! `Fn::Sub`.

use serde_json::Value as Json;

use super::{Fault, Node, Resolver, items, plain_text, text};

impl Resolver<'_> {
    pub(super) fn substitute(&mut self, argument: &Node) -> Result<Json, Fault> {
        let (pattern, variables) = match items(argument) {
            [pattern, variables] => (pattern, Some(variables)),
            _ => (argument, None),
        };
        let line = pattern.line;
        let mut rest = text(pattern, "text with ${…} in it")?;
        let mut result = String::new();
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| Fault::new(line, "`${` has no closing `}`"))?;
            result.push_str(before);
            rest = after;
            let name = name.trim();
            if let Some(literal) = name.strip_prefix('!') {
                result.push_str(&format!("${{{literal}}}"));
                continue;
            }
            let variable = variables.and_then(|node| node.get(name));
            let value = match (variable, name.split_once('.')) {
                (Some(node), _) => self.resolve(node)?.unwrap_or_default(),
                (None, Some((resource, attribute))) => self.attribute(resource, attribute, line)?,
                (None, None) => self.reference(name, line)?,
            };
            result.push_str(&plain_text(&value));
        }
        result.push_str(rest);
        Ok(result.into())
    }
}
