//! Which function is meant: by its name, its ARN, or a part of it.

use std::sync::Arc;

use super::error::LambdaError;
use crate::local::functions::Functions;
use crate::local::pool::Pool;
use crate::template::{ACCOUNT, REGION};

pub(super) const LATEST: &str = "$LATEST";

/// A function as requests name it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reference<'a> {
    name: &'a str,
    qualifier: Option<&'a str>,
}

impl<'a> Reference<'a> {
    /// Reads a name, a partial or a whole ARN, each perhaps with a qualifier.
    pub(super) fn parse(text: &'a str) -> Result<Self, LambdaError> {
        let parts: Vec<&str> = text.split(':').collect();
        let rest = match parts.as_slice() {
            ["arn", _, "lambda", _, _, "function", rest @ ..] => rest,
            [_, "function", rest @ ..] | ["function", rest @ ..] => rest,
            rest => rest,
        };
        let (name, qualifier) = match *rest {
            [name] => (name, None),
            [name, qualifier] => (name, Some(qualifier)),
            _ => ("", None),
        };
        let of_names = |it: u8| it.is_ascii_alphanumeric() || b"-_.".contains(&it);
        match !name.is_empty() && name.bytes().all(of_names) {
            true => Ok(Self { name, qualifier }),
            false => Err(LambdaError::constraint(
                text,
                "functionName",
                "Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?",
            )),
        }
    }

    /// With the qualifier of the request, if the name has none.
    pub(super) fn qualified(mut self, qualifier: Option<&'a str>) -> Self {
        self.qualifier = self.qualifier.or(qualifier);
        self
    }

    /// Whether it is `pool`'s function, by its name in the stack or in the template.
    pub(super) fn means(&self, pool: &Pool) -> bool {
        let function = pool.function();
        function.name == self.name || function.is_called(self.name)
    }

    /// The function, in its only version.
    pub(super) fn find<'f>(&self, functions: &'f Functions) -> Result<&'f Arc<Pool>, LambdaError> {
        let mut pools = functions.all().iter();
        let found = pools.find(|it| self.means(it));
        let is_latest = self.qualifier.is_none_or(|it| it == LATEST);
        found
            .filter(|_| is_latest)
            .ok_or_else(|| self.not_found(functions))
    }

    fn not_found(&self, functions: &Functions) -> LambdaError {
        let name = self.name;
        let mut message =
            format!("Function not found: arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}");
        if let Some(qualifier) = self.qualifier {
            message.push_str(&format!(":{qualifier}"));
        }
        if functions.all().is_empty() {
            message.push_str(
                " (no functions run under `local serve`; `lambda-queue local` runs them)",
            );
        }
        LambdaError::not_found(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_named_as_lambda_lets_them() {
        let named = |name, qualifier| Reference { name, qualifier };
        let parse = |text| Reference::parse(text).unwrap();
        assert_eq!(parse("work"), named("work", None));
        assert_eq!(parse("work:$LATEST"), named("work", Some(LATEST)));
        assert_eq!(parse("000000000000:function:work"), named("work", None));
        let arn = "arn:aws:lambda:us-east-1:000000000000:function:work:live";
        assert_eq!(parse(arn), named("work", Some("live")));
    }

    #[test]
    fn other_names_are_refused() {
        for text in [
            "",
            "a b",
            "arn:aws:sqs:us-east-1:000000000000:work",
            "a:b:c",
        ] {
            assert!(Reference::parse(text).is_err(), "{text}");
        }
    }
}
