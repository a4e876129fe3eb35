//! Which function is meant: by its name, its ARN, or a part of it.

use std::sync::Arc;

use super::error::LambdaError;
use crate::local::functions::Functions;
use crate::local::pool::Pool;
use crate::template::{ACCOUNT, FunctionName, Qualified, REGION};

/// A function as requests name it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reference<'a> {
    name: &'a str,
    qualifier: Option<&'a str>,
}

impl<'a> Reference<'a> {
    /// Reads a name, a partial or a whole ARN, each perhaps with a qualifier.
    pub(super) fn parse(text: &'a str) -> Result<Self, LambdaError> {
        match FunctionName::parse(text) {
            Some(FunctionName { name, qualifier }) => Ok(Self { name, qualifier }),
            None => Err(LambdaError::constraint(
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

    /// Whether it is any version of the function, or the one that is invoked as `called`.
    pub(super) fn means_all_or(&self, called: &Qualified) -> bool {
        self.qualifier.is_none() || self.qualifier == called.qualifier.as_deref()
    }

    /// The function, and how it is called.
    pub(super) fn find<'f>(
        &self,
        functions: &'f Functions,
    ) -> Result<(&'f Arc<Pool>, Qualified), LambdaError> {
        let mut pools = functions.all().iter();
        let pool = pools.find(|it| self.means(it));
        let found = pool.and_then(|it| Some((it, it.function().qualified(self.qualifier)?)));
        found.ok_or_else(|| self.not_found(functions))
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
