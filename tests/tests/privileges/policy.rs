//! The policies of a function or a role, and what they allow: as much of IAM as our templates use.

use lambda_queue_cli::Call;
use lambda_queue_cli::template::Template;
use serde_json::Value as Json;

/// What they allow, each an action on a resource; both may have wildcards.
pub(super) struct Policy(Vec<Call>);

impl Policy {
    /// Those of a function or a role, with the template's parameters.
    pub(super) fn of(template: &Template, of: &str) -> Self {
        let policies = template.property(of, "Policies").unwrap().unwrap();
        let mut allowed = Vec::new();
        for policy in policies.as_array().unwrap() {
            // A role's policies have names; SAM's do not.
            let policy = policy.get("PolicyDocument").unwrap_or(policy);
            for statement in policy["Statement"].as_array().unwrap() {
                allowed.extend(statement_allows(statement));
            }
        }
        Self(allowed)
    }

    pub(super) fn allows(&self, call: &Call) -> bool {
        self.0.iter().any(|allowed| covers(allowed, call))
    }

    /// Whether some statement names this action.
    pub(super) fn names(&self, action: &str) -> bool {
        self.0.iter().any(|it| it.action == action)
    }

    /// What it allows and none of these calls needs.
    pub(super) fn unused<'a>(&'a self, calls: &'a [Call]) -> impl Iterator<Item = &'a Call> {
        let is_used = |allowed: &&Call| calls.iter().any(|call| covers(allowed, call));
        self.0.iter().filter(move |it| !is_used(it))
    }
}

fn statement_allows(statement: &Json) -> Vec<Call> {
    // What this does not understand must not pass for less, or more, than it is.
    for key in statement.as_object().unwrap().keys() {
        let known = ["Sid", "Effect", "Action", "Resource"].contains(&key.as_str());
        assert!(known, "{key} is not evaluated here: {statement}");
    }
    assert_eq!(statement["Effect"], "Allow", "{statement}");
    let mut allowed = Vec::new();
    for action in texts(&statement["Action"]) {
        for resource in texts(&statement["Resource"]) {
            let action = action.clone();
            allowed.push(Call { action, resource });
        }
    }
    allowed
}

fn texts(value: &Json) -> Vec<String> {
    match value {
        Json::String(text) => vec![text.clone()],
        Json::Array(items) => items.iter().flat_map(texts).collect(),
        other => panic!("{other} is no name"),
    }
}

fn covers(allowed: &Call, call: &Call) -> bool {
    let (pattern, action) = (allowed.action.to_lowercase(), call.action.to_lowercase());
    matches(pattern.as_bytes(), action.as_bytes())
        && matches(allowed.resource.as_bytes(), call.resource.as_bytes())
}

/// `*` is any text, `?` any character.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((b'*', rest)) => (0..=text.len()).any(|from| matches(rest, &text[from..])),
        Some((b'?', rest)) => !text.is_empty() && matches(rest, &text[1..]),
        Some((letter, rest)) => text.first() == Some(letter) && matches(rest, &text[1..]),
    }
}

#[test]
fn patterns_cover_what_iam_says_they_do() {
    let call = |action: &str, resource: &str| Call {
        action: action.to_owned(),
        resource: resource.to_owned(),
    };
    let get = call("s3:GetObject", "arn:aws:s3:::b/a/k");
    let objects = "arn:aws:s3:::b/*";
    assert!(covers(&call("s3:getobject", objects), &get));
    assert!(covers(&call("s3:Get*", "arn:aws:s3:::?/a/k"), &get));
    assert!(covers(&call("*", "*"), &get));
    assert!(!covers(&call("s3:GetObject", "arn:aws:s3:::b"), &get));
    assert!(!covers(&call("s3:GetObject", "arn:aws:s3:::B/*"), &get));
    assert!(!covers(&call("s3:GetObjectVersion", objects), &get));
}
