//! The ways to say which function is meant: a name, an ARN or a part of one.

/// A function as Lambda's API lets it be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FunctionName<'a> {
    pub(crate) name: &'a str,
    /// A version or an alias.
    pub(crate) qualifier: Option<&'a str>,
}

impl<'a> FunctionName<'a> {
    /// Reads a name, a partial or a whole ARN, each perhaps with a qualifier.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let parts: Vec<&str> = text.split(':').collect();
        let rest = match parts.as_slice() {
            ["arn", _, "lambda", _, _, "function", rest @ ..] => rest,
            [_, "function", rest @ ..] | ["function", rest @ ..] => rest,
            rest => rest,
        };
        let (name, qualifier) = match *rest {
            [name] => (name, None),
            [name, qualifier] => (name, Some(qualifier)),
            _ => return None,
        };
        let of_names = |it: u8| it.is_ascii_alphanumeric() || b"-_.".contains(&it);
        let is_name = !name.is_empty() && name.bytes().all(of_names);
        is_name.then_some(Self { name, qualifier })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_named_as_lambda_lets_them() {
        let named = |name, qualifier| FunctionName { name, qualifier };
        let parse = |text| FunctionName::parse(text).unwrap();
        assert_eq!(parse("work"), named("work", None));
        assert_eq!(parse("work:$LATEST"), named("work", Some("$LATEST")));
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
            assert_eq!(FunctionName::parse(text), None, "{text}");
        }
    }
}
