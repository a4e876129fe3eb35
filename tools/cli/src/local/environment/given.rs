//! Variables that a user lets functions see: `--env NAME` and `--env NAME=VALUE`.

use std::str::FromStr;

/// What Lambda lets nobody set, besides all that begins with `AWS_`.
const RESERVED: [&str; 5] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
    "TZ",
];

/// A variable beyond those of Lambda and the template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) name: String,
    pub(crate) value: String,
}

impl FromStr for Given {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, value.to_owned()),
            None => (text, shells(text)?),
        };
        let mut letters = name.chars();
        let is_name = letters
            .next()
            .is_some_and(|it| it.is_ascii_alphabetic() || it == '_')
            && letters.all(|it| it.is_ascii_alphanumeric() || it == '_');
        if !is_name {
            return Err("write NAME, of a variable that is set here, or NAME=VALUE".to_owned());
        }
        // A profile, a session token or an endpoint override must not reach a local run.
        if name.starts_with("AWS_") || RESERVED.contains(&name) {
            return Err(format!("{name} is one that Lambda sets"));
        }
        Ok(Self {
            name: name.to_owned(),
            value,
        })
    }
}

fn shells(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|_| format!("{name} is not set here; write {name}=VALUE"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_given_by_value_or_by_name() {
        let given = |text: &str| text.parse::<Given>().map(|it| (it.name, it.value));
        let of = |name: &str, value: &str| Ok((name.to_owned(), value.to_owned()));
        assert_eq!(given("STAGE=dev=1"), of("STAGE", "dev=1"));
        assert_eq!(given("EMPTY="), of("EMPTY", ""));
        let path = std::env::var("PATH").unwrap();
        assert_eq!(given("PATH"), of("PATH", &path));
        let refused = ["NO_SUCH_VARIABLE", "=1", "a b=c", "AWS_PROFILE=production"];
        let refused = refused.map(|it| given(it).unwrap_err());
        insta::assert_snapshot!(refused.join("\n"), @r"
        NO_SUCH_VARIABLE is not set here; write NO_SUCH_VARIABLE=VALUE
        write NAME, of a variable that is set here, or NAME=VALUE
        write NAME, of a variable that is set here, or NAME=VALUE
        AWS_PROFILE is one that Lambda sets
        ");
    }
}
