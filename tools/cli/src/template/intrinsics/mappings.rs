//! `Fn::FindInMap`, and `Fn::Base64`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;

use super::{Fault, Node, Resolver, items, plain_text};

impl Resolver<'_> {
    pub(super) fn find_in_map(&mut self, argument: &Node) -> Result<Option<Json>, Fault> {
        let line = argument.line;
        let (map, keys, default) = match items(argument) {
            [map, first, second] => (map, [first, second], None),
            // With the transform AWS::LanguageExtensions.
            [map, first, second, options] => (map, [first, second], options.get("DefaultValue")),
            _ => {
                let message = "Fn::FindInMap takes a mapping and two keys";
                return Err(Fault::new(line, message));
            }
        };
        let mut path = Vec::new();
        for part in [map, keys[0], keys[1]] {
            let part = self.in_any_place(part.line, |it| it.resolve(part))?;
            path.push(plain_text(&part.unwrap_or_default()));
        }
        let mut found = self.template.root.get("Mappings");
        for part in &path {
            found = found.and_then(|node| node.get(part));
        }
        match (found, default) {
            (Some(node), _) => self.resolve(node),
            (None, Some(default)) => self.resolve(default),
            (None, None) => {
                let message = format!("`Mappings` has no {}", path.join("."));
                Err(Fault::new(line, message))
            }
        }
    }

    pub(super) fn base64(&mut self, argument: &Node) -> Result<Json, Fault> {
        let text = self.resolve(argument)?.unwrap_or_default();
        Ok(STANDARD.encode(plain_text(&text)).into())
    }
}
