//! The manifest of a new function: what the workspace says is not said again.

use std::fmt::Write;

use toml_edit::{Array, DocumentMut, InlineTable, Item, Value};

use super::Function;

/// What this very command was built with: versions that fit the toolkit.
const OURS: &str = include_str!("../../../../Cargo.toml");

/// A dependency and the features it must have.
type Needed = (&'static str, &'static [&'static str]);

const DEPENDENCIES: [Needed; 7] = [
    ("aws-sdk-dynamodb", &[]),
    ("aws-sdk-sqs", &[]),
    ("lambda-queue", &[]),
    ("serde", &["derive"]),
    ("thiserror", &[]),
    ("tokio", &["macros", "rt"]),
    // The SDK's traces are most of what is logged nowhere, and need not be compiled in.
    ("tracing", &["release_max_level_debug"]),
];
const DEV_DEPENDENCIES: [Needed; 2] = [("aws_lambda_events", &["sqs"]), ("serde_json", &[])];

/// What the workspace says.
pub(super) struct Known<'w> {
    pub(super) package: Option<&'w Item>,
    pub(super) dependencies: Option<&'w Item>,
    pub(super) lints: bool,
}

/// The manifest's text; nothing if a dependency of the workspace is none.
pub(super) fn of(function: &Function, known: &Known<'_>) -> Option<String> {
    let (name, id) = (function.name.kebab(), function.name.pascal());
    let mut out = format!(
        "[package]\nname = \"{name}\"\ndescription = \"Handles the messages of {id}Queue\"\n"
    );
    let fields = [
        ("version", Some("\"0.1.0\"")),
        ("edition", Some("\"2024\"")),
        ("rust-version", None),
        ("license", None),
        ("publish", Some("false")),
    ];
    for (field, default) in fields {
        if known.package.is_some_and(|it| it.get(field).is_some()) {
            let _ = writeln!(out, "{field}.workspace = true");
        } else if let Some(default) = default {
            let _ = writeln!(out, "{field} = {default}");
        }
    }
    let ours: DocumentMut = OURS.parse().ok()?;
    let ours = ours.get("workspace")?.get("dependencies")?;
    for (section, needed) in [
        ("dependencies", &DEPENDENCIES[..]),
        ("dev-dependencies", &DEV_DEPENDENCIES),
    ] {
        let _ = writeln!(out, "\n[{section}]");
        for dependency in needed {
            out.push_str(&line(dependency, known, ours)?);
        }
    }
    if known.lints {
        out.push_str("\n[lints]\nworkspace = true\n");
    }
    let _ = write!(
        out,
        "\n# What `cargo lambda watch` starts the function with; the table is that of\n# `lambda-queue local serve`, and the credentials no account's.\n[package.metadata.lambda.env]\nAWS_REGION = \"us-east-1\"\nAWS_ACCESS_KEY_ID = \"local\"\nAWS_SECRET_ACCESS_KEY = \"local\"\nIDEMPOTENCY_TABLE = \"lambda-queue-IdempotencyTable\"\n"
    );
    Some(out)
}

fn line((name, features): &Needed, known: &Known<'_>, ours: &Item) -> Option<String> {
    let Some(theirs) = known.dependencies.and_then(|it| it.get(name)) else {
        let mut dependency = as_table(ours.get(name)?)?;
        let mut all = features_of(&dependency);
        all.extend(features.iter().map(|it| (*it).to_owned()));
        all.dedup();
        if !all.is_empty() {
            dependency.insert("features", Value::Array(all.into_iter().collect::<Array>()));
        }
        let version = dependency.get("version").filter(|_| dependency.len() == 1);
        let whole = match version {
            Some(version) => version.to_string().trim().to_owned(),
            None => {
                let parts = dependency.iter();
                let parts: Vec<_> = parts
                    .map(|(key, value)| format!("{key} = {}", value.to_string().trim()))
                    .collect();
                format!("{{ {} }}", parts.join(", "))
            }
        };
        return Some(format!("{name} = {whole}\n"));
    };
    let there = features_of(&as_table(theirs)?);
    if features.iter().all(|it| there.iter().any(|has| has == it)) {
        return Some(format!("{name}.workspace = true\n"));
    }
    let features: Vec<_> = features.iter().map(|it| format!("\"{it}\"")).collect();
    let features = features.join(", ");
    Some(format!(
        "{name} = {{ workspace = true, features = [{features}] }}\n"
    ))
}

/// A dependency written as a version, an inline table or a table.
fn as_table(dependency: &Item) -> Option<InlineTable> {
    if let Some(version) = dependency.as_str() {
        return Some(InlineTable::from_iter([("version", version)]));
    }
    dependency
        .clone()
        .into_value()
        .ok()?
        .as_inline_table()
        .cloned()
}

fn features_of(dependency: &InlineTable) -> Vec<String> {
    let features = dependency.get("features").and_then(Value::as_array);
    let features = features.into_iter().flatten().filter_map(Value::as_str);
    features.map(str::to_owned).collect()
}
