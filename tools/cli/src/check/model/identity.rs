//! Which resource a name, an ARN or a URL means.

/// The name at the end of a name, ARN or URL.
pub(crate) fn name_in(reference: &str) -> &str {
    let start = reference.rfind(['/', ':']).map_or(0, |at| at + 1);
    &reference[start..]
}

/// A function's name, from its name or ARN, with or without an alias or version.
pub(super) fn function_name(reference: &str) -> &str {
    let name = match reference.split_once(":function:") {
        Some((_, name)) => name,
        None => reference,
    };
    name.split(':').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_arns_and_urls() {
        assert_eq!(name_in("arn:aws:sqs:us-east-1:000000000000:jobs"), "jobs");
        assert_eq!(
            name_in("https://sqs.us-east-1.amazonaws.com/0/jobs"),
            "jobs"
        );
        assert_eq!(name_in("arn:aws:dynamodb:us-east-1:0:table/seen"), "seen");
        assert_eq!(name_in("jobs"), "jobs");
        assert_eq!(
            function_name("arn:aws:lambda:us-east-1:0:function:work:live"),
            "work"
        );
        assert_eq!(function_name("work:live"), "work");
    }
}
