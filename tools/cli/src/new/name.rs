//! What a function and all that belongs to it are called.

use super::skeleton;
use crate::error::NewError;

/// Longer ones would not fit into the names that CloudFormation makes of them.
const LONGEST: usize = 40;

/// Names that cargo refuses for packages, or that are crates the generated code uses.
const RESERVED: &str = "abstract alloc as async await become box break const continue core crate do \
    dyn else enum extern false final fn for gen if impl in let loop macro match mod move mut \
    override priv pub ref return self static std struct super test trait true try type typeof \
    unsafe unsized use virtual where while yield aws-sdk-dynamodb aws-sdk-sqs lambda-queue serde \
    serde-json thiserror tokio";

/// A function's name.
pub(super) struct Name(String);

impl Name {
    /// # Errors
    /// It is not lower-case words with hyphens between them.
    pub(super) fn new(given: &str) -> Result<Self, NewError> {
        let is_word = |it: &str| {
            !it.is_empty()
                && it
                    .bytes()
                    .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
        };
        let good = given.len() <= LONGEST
            && given.starts_with(|it: char| it.is_ascii_lowercase())
            && given.split('-').all(is_word)
            && RESERVED.split_whitespace().all(|it| it != given);
        let name = Self(given.to_owned());
        match good && !skeleton::mentions(&name.pascal()) {
            true => Ok(name),
            false => Err(NewError::Name(given.escape_debug().to_string())),
        }
    }

    /// `order-events`: the package, the binary, the folder.
    pub(super) fn kebab(&self) -> &str {
        &self.0
    }

    /// `order_events`: the crate.
    pub(super) fn snake(&self) -> String {
        self.0.replace('-', "_")
    }

    /// `OrderEvents`: the handler, and what logical ids begin with.
    pub(super) fn pascal(&self) -> String {
        let words = self.0.split('-').filter_map(|it| it.split_at_checked(1));
        words
            .map(|(first, rest)| first.to_uppercase() + rest)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_with_hyphens() {
        let name = Name::new("order-events2").unwrap();
        assert_eq!(
            (name.kebab(), name.snake().as_str(), name.pascal().as_str()),
            ("order-events2", "order_events2", "OrderEvents2")
        );
        let long = "a".repeat(41);
        for wrong in [
            "", "Orders", "2nd", "a--b", "-a", "a-", "a_b", "a b", "../a", "test", "self",
            "handler", "error", "serde", "ö", &long,
        ] {
            assert!(Name::new(wrong).is_err(), "{wrong}");
        }
    }
}
