//! What a role may do, as far as its policies are known.

use super::identity::name_in;
use super::setting::{self, Setting};
use crate::check::finding::Unknown;
use crate::template::Tree;

/// A statement of a policy that allows something.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    /// The resource it is written in.
    pub(crate) owner: String,
    pub(crate) line: usize,
    pub(crate) actions: Vec<Setting<String>>,
    pub(crate) resources: Vec<Setting<String>>,
    pub(crate) principals: Vec<Setting<String>>,
    pub(crate) conditional: bool,
    /// It says what it is *not* about, so that it may be about anything.
    inverted: bool,
}

/// The policies of one role.
#[derive(Debug, Clone, Default)]
pub(crate) struct Permissions {
    pub(crate) statements: Vec<Statement>,
    /// Amazon's managed policies, by name, with their lines.
    pub(crate) managed: Vec<(String, usize)>,
    /// Policies that could not be read.
    pub(super) holes: Vec<Unknown>,
}

impl Permissions {
    /// Whether `action` is allowed on the resource that `target` means.
    pub(crate) fn allow(&self, action: &str, target: &str) -> Result<bool, Unknown> {
        let mut open = None;
        for statement in self.statements.iter().filter(|it| it.is_about(action)) {
            match statement.is_on(target) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(unknown) => open = Some(unknown),
            }
        }
        match open.or_else(|| self.holes.first().cloned()) {
            Some(unknown) => Err(unknown),
            None => Ok(false),
        }
    }

    /// Whether `action` is allowed on anything at all.
    pub(crate) fn allow_anywhere(&self, action: &str) -> Result<bool, Unknown> {
        if self.statements.iter().any(|it| it.is_about(action)) {
            return Ok(true);
        }
        self.holes.first().cloned().map_or(Ok(false), Err)
    }

    pub(super) fn take(&mut self, other: &Self) {
        self.statements.extend_from_slice(&other.statements);
        self.managed.extend_from_slice(&other.managed);
        self.holes.extend_from_slice(&other.holes);
    }
}

impl Statement {
    /// The statements of a policy document that allow something.
    pub(super) fn all_in(document: &Tree, owner: &str) -> Result<Vec<Self>, Unknown> {
        let unknown = |tree: &Tree| {
            let why = tree.unknown()?.to_owned();
            let line = tree.line;
            Some(Unknown { line, why })
        };
        if let Some(unknown) = unknown(document) {
            return Err(unknown);
        }
        let Some(listed) = document.get("Statement") else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for tree in listed.items() {
            if let Some(unknown) = unknown(tree) {
                return Err(unknown);
            }
            if tree.get("Effect").and_then(Tree::as_str) == Some("Allow") {
                found.push(Self::read(tree, owner));
            }
        }
        Ok(found)
    }

    fn read(tree: &Tree, owner: &str) -> Self {
        let texts = |key: &str| tree.get(key).map(setting::texts).unwrap_or_default();
        Self {
            owner: owner.to_owned(),
            line: tree.line,
            actions: texts("Action"),
            resources: texts("Resource"),
            principals: tree.get("Principal").map(principals).unwrap_or_default(),
            conditional: tree.get("Condition").is_some(),
            inverted: tree.get("NotAction").is_some() || tree.get("NotResource").is_some(),
        }
    }

    /// What SAM makes of one of its policy templates.
    pub(super) fn granted(
        owner: &str,
        line: usize,
        actions: &[&str],
        resource: Setting<String>,
    ) -> Self {
        let actions = actions.iter();
        Self {
            owner: owner.to_owned(),
            line,
            actions: actions
                .map(|it| Setting::set(line, (*it).to_owned()))
                .collect(),
            resources: vec![resource],
            principals: Vec::new(),
            conditional: false,
            inverted: false,
        }
    }

    pub(crate) fn is_about(&self, action: &str) -> bool {
        let action = action.to_lowercase();
        // An action that is not known may be any.
        let matches = |it: &Setting<String>| match it.known() {
            Ok(Some(pattern)) => glob(&pattern.to_lowercase(), &action),
            Ok(None) => false,
            Err(_) => true,
        };
        self.inverted || self.actions.iter().any(matches)
    }

    pub(crate) fn is_on(&self, target: &str) -> Result<bool, Unknown> {
        if self.inverted {
            let line = self.line;
            let why = "NotAction and NotResource are not followed".to_owned();
            return Err(Unknown { line, why });
        }
        let mut open = None;
        for resource in &self.resources {
            match resource.known() {
                Ok(Some(pattern)) if means(pattern, target) => return Ok(true),
                Ok(_) => {}
                Err(unknown) => open = Some(unknown),
            }
        }
        open.map_or(Ok(false), Err)
    }
}

/// Accounts and Regions are left aside: a template rarely knows its own.
fn means(pattern: &str, target: &str) -> bool {
    !pattern.contains("/index/") && glob(name_in(pattern), name_in(target))
}

fn principals(tree: &Tree) -> Vec<Setting<String>> {
    match tree.entries() {
        [] => setting::texts(tree),
        kinds => {
            let of_accounts = kinds.iter().filter(|(kind, _)| kind == "AWS");
            of_accounts.flat_map(|(_, it)| setting::texts(it)).collect()
        }
    }
}

/// IAM's wildcards: `*` and `?`.
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // The last `*`, and how far its match reaches: it is only ever this one that must reach on.
    let mut last = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                last = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((star, reach)) = last else {
                    return false;
                };
                last = Some((star, reach + 1));
                (p, t) = (star + 1, reach + 1);
            }
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_are_iams() {
        assert!(glob("sqs:*", "sqs:sendmessage"));
        assert!(glob("*", ""));
        assert!(glob("a*c?e", "abbcde"));
        assert!(!glob("a*c", "ab"));
        assert!(!glob("sqs:receive?", "sqs:receive"));
        assert!(glob("ü*", "üb"));
        assert!(glob("*a*b", "aabab"));
        assert!(!glob(&"a*".repeat(50), &"a".repeat(49)));
    }

    #[test]
    fn resources_are_told_by_name() {
        assert!(means(
            "arn:aws:sqs:eu-west-1:1:jobs",
            "arn:aws:sqs:us-east-1:0:jobs"
        ));
        assert!(means("jobs-*", "arn:aws:sqs:us-east-1:0:jobs-dev"));
        assert!(!means("arn:aws:dynamodb:us-east-1:0:table/a/index/*", "a"));
    }
}
