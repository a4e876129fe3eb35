//! The function's resources, with the parameters and conditions that the template has for all.

use std::path::Path;

use super::Function;
use super::skeleton::filled;
use crate::template::Template;

const RESOURCES: &str = include_str!("skeleton/resources.yaml");
const ALARMS: &str = include_str!("skeleton/alarms.yaml");
/// What the claims of more than ten messages take.
const IN_GROUPS: &str = "                - dynamodb:PartiQLInsert
                - dynamodb:PartiQLUpdate
";

/// What their logical ids end with.
pub(super) const ID_ENDINGS: [&str; 10] = [
    "Function",
    "Queue",
    "DeadLetterQueue",
    "QueuesPolicy",
    "DeadLetterAlarm",
    "QueueAgeAlarm",
    "ErrorsAlarm",
    "RetriesAlarm",
    "ThrottlesAlarm",
    "RecursionAlarm",
];
/// Seconds, where the template gives none for all functions.
const TIMEOUT: u64 = 60;

/// The resources of a function of the workspace at `root`.
pub(super) fn resources(template: &Template, root: &Path, function: &Function) -> String {
    let has = |section, name| template.names_in(&[section]).contains(&name);
    let fifo = |lines| if function.fifo { lines } else { "" };
    let (key_policy, encryption) = match has("Parameters", "QueueKmsKeyArn")
        && has("Conditions", "HasQueueKey")
        && has("Resources", "QueueKeyPolicy")
    {
        true => (
            "        - !If [HasQueueKey, !Ref QueueKeyPolicy, !Ref AWS::NoValue]\n",
            "      SqsManagedSseEnabled: !If [HasQueueKey, !Ref AWS::NoValue, true]\n      KmsMasterKeyId: !If [HasQueueKey, !Ref QueueKmsKeyArn, !Ref AWS::NoValue]\n",
        ),
        false => ("", "      SqsManagedSseEnabled: true\n"),
    };
    let maximum = match has("Parameters", "MaximumConcurrency") {
        true => "!Ref MaximumConcurrency",
        false => "20",
    };
    let timeout = Timeout::of(template);
    let rule = "-".repeat(80_usize.saturating_sub(function.name.kebab().len()));
    let text = format!("{RESOURCES}\n{ALARMS}")
        .replace("{{rule}}", &rule)
        .replace("{{function}}\n", &own_properties(template, root, &timeout))
        .replace("{{version}}\n", &version(template, &timeout))
        .replace("{{maximum}}", maximum)
        .replace("{{key policy}}\n", key_policy)
        .replace("{{encryption}}\n", encryption)
        .replace("{{visibility}}", &timeout.visibility())
        // A FIFO queue's batches are never so large that they are claimed in groups.
        .replace("{{in groups}}\n", if function.fifo { "" } else { IN_GROUPS })
        .replace(
            "{{fifo source}}\n",
            fifo("      FifoQueue: true\n      # Equal bodies may be two messages: senders give deduplication ids.\n      ContentBasedDeduplication: false\n"),
        )
        .replace("{{fifo dead}}\n", fifo("      FifoQueue: true\n"));
    filled(&text, function)
}

/// How long a batch may take.
enum Timeout {
    /// Seconds that `Globals` gives.
    Global(u64),
    /// As the parameters FunctionTimeout and QueueVisibilityTimeout say.
    Parameters,
    /// Nobody says.
    Ours,
}

impl Timeout {
    fn of(template: &Template) -> Self {
        let parameters = template.names_in(&["Parameters"]);
        let both = ["FunctionTimeout", "QueueVisibilityTimeout"];
        match template.number_at(&["Globals", "Function", "Timeout"]) {
            Some(seconds) => Self::Global(seconds),
            None if both.iter().all(|it| parameters.contains(it)) => Self::Parameters,
            None => Self::Ours,
        }
    }

    fn visibility(&self) -> String {
        let six_times = |seconds| format!("{} # 6 x the function's timeout", 6 * seconds);
        match self {
            Self::Global(seconds) => six_times(*seconds),
            Self::Parameters => "!Ref QueueVisibilityTimeout".to_owned(),
            Self::Ours => six_times(TIMEOUT),
        }
    }
}

/// What `Globals` does not say.
fn own_properties(template: &Template, root: &Path, timeout: &Timeout) -> String {
    let globals = template.names_in(&["Globals", "Function"]);
    let code = code_uri(template.folder(), root);
    let properties = [
        ("CodeUri", format!("CodeUri: {code}")),
        ("Handler", "Handler: bootstrap".to_owned()),
        ("Runtime", "Runtime: provided.al2023".to_owned()),
        ("Architectures", "Architectures: [arm64]".to_owned()),
        (
            "LoggingConfig",
            "LoggingConfig:\n        LogFormat: JSON".to_owned(),
        ),
    ];
    let missing = properties
        .iter()
        .filter(|(name, _)| !globals.contains(name));
    let mut lines: String = missing.map(|(_, line)| format!("      {line}\n")).collect();
    match timeout {
        Timeout::Parameters if !globals.contains(&"Timeout") => {
            lines.push_str("      Timeout: !Ref FunctionTimeout\n");
        }
        Timeout::Ours => lines.push_str(&format!("      Timeout: {TIMEOUT}\n")),
        Timeout::Global(_) | Timeout::Parameters => {}
    }
    lines
}

/// What makes a new version and takes it back, where `Globals` publishes versions.
fn version(template: &Template, timeout: &Timeout) -> String {
    let globals = template.names_in(&["Globals", "Function"]);
    if !globals.contains(&"AutoPublishAlias") {
        return String::new();
    }
    let mut lines = String::new();
    if matches!(timeout, Timeout::Parameters) {
        lines.push_str("      # Every parameter that the function sees is named here: another value is no new version otherwise.\n      VersionDescription: !Sub \"${FunctionTimeout}\"\n");
    }
    lines.push_str("      AutoPublishAliasAllProperties: true\n");
    if globals.contains(&"DeploymentPreference") {
        lines.push_str("      DeploymentPreference:\n        Alarms: [!Ref {{Name}}ErrorsAlarm, !Ref {{Name}}RetriesAlarm]\n");
    }
    lines
}

/// The way from the template to the workspace.
fn code_uri(template: &Path, root: &Path) -> String {
    let depth = template
        .strip_prefix(root)
        .map_or(0, |it| it.components().count());
    match depth {
        0 => "./".to_owned(),
        depth => "../".repeat(depth),
    }
}
