//! A value that may be set, left at its default, or not be known.

use serde_json::Value as Json;

use crate::check::finding::Unknown;
use crate::template::{Shape, Tree};

/// One property of a resource.
#[derive(Debug, Clone)]
pub(crate) struct Setting<T> {
    /// Its line, or that of what it is missing from.
    pub(crate) line: usize,
    value: Result<Option<T>, String>,
}

impl<T> Setting<T> {
    pub(crate) fn set(line: usize, value: T) -> Self {
        let value = Ok(Some(value));
        Self { line, value }
    }

    /// The value; `None` where it is not set.
    pub(crate) fn known(&self) -> Result<Option<&T>, Unknown> {
        match &self.value {
            Ok(value) => Ok(value.as_ref()),
            Err(why) => Err(self.unknown(why.clone())),
        }
    }

    /// A value without which a resource is not valid.
    pub(crate) fn needed(&self, what: &str) -> Result<&T, Unknown> {
        let missing = || self.unknown(format!("{what} is not named"));
        self.known()?.ok_or_else(missing)
    }

    pub(crate) fn is_missing(&self) -> bool {
        matches!(self.value, Ok(None))
    }

    pub(crate) fn unknown(&self, why: impl Into<String>) -> Unknown {
        let line = self.line;
        let why = why.into();
        Unknown { line, why }
    }
}

impl<T: Copy> Setting<T> {
    pub(crate) fn or(&self, default: T) -> Result<T, Unknown> {
        Ok(self.known()?.copied().unwrap_or(default))
    }
}

/// A property of `tree`, as what `parse` makes of it.
pub(super) fn parsed<T>(
    tree: &Tree,
    key: &str,
    parse: impl FnOnce(&Tree) -> Result<T, String>,
) -> Setting<T> {
    if let Some(why) = tree.unknown() {
        let (line, value) = (tree.line, Err(why.to_owned()));
        return Setting { line, value };
    }
    let Some(found) = tree.get(key) else {
        let (line, value) = (tree.line, Ok(None));
        return Setting { line, value };
    };
    let value = match found.unknown() {
        Some(why) => Err(why.to_owned()),
        None => parse(found).map(Some),
    };
    let line = found.line;
    Setting { line, value }
}

pub(super) fn text(tree: &Tree, key: &str) -> Setting<String> {
    parsed(tree, key, plain)
}

pub(super) fn number(tree: &Tree, key: &str) -> Setting<u64> {
    parsed(tree, key, |it| {
        plain(it)?
            .trim()
            .parse()
            .map_err(|_| format!("{key} is not a whole number"))
    })
}

pub(super) fn boolean(tree: &Tree, key: &str) -> Setting<bool> {
    parsed(tree, key, |it| match plain(it)?.as_str() {
        "true" | "True" => Ok(true),
        "false" | "False" => Ok(false),
        _ => Err(format!("{key} is neither true nor false")),
    })
}

/// A text or a list of texts, each of which may be unknown.
pub(super) fn texts(tree: &Tree) -> Vec<Setting<String>> {
    let items = tree.items().iter();
    items.map(one_text).collect()
}

pub(super) fn one_text(tree: &Tree) -> Setting<String> {
    let value = match tree.unknown() {
        Some(why) => Err(why.to_owned()),
        None => plain(tree).map(Some),
    };
    let line = tree.line;
    Setting { line, value }
}

/// A part of a resource; an empty one where it is not set.
pub(super) fn section(tree: &Tree, key: &str) -> Tree {
    match (tree.unknown(), tree.get(key)) {
        (Some(_), _) => tree.clone(),
        (None, Some(found)) => found.clone(),
        (None, None) => Tree::empty(tree.line),
    }
}

fn plain(tree: &Tree) -> Result<String, String> {
    match &tree.shape {
        Shape::Scalar(Json::String(text)) => Ok(text.clone()),
        Shape::Scalar(scalar) => Ok(scalar.to_string()),
        Shape::Unknown(why) => Err(why.clone()),
        Shape::List(_) | Shape::Map(_) => Err("this is not a plain value".to_owned()),
    }
}
