//! The template with the function's resources.

use std::path::Path;

use super::Function;
use super::section::append;
use super::skeleton::filled;
use crate::error::NewError;
use crate::template::Template;

const RESOURCES: &str = include_str!("skeleton/resources.yaml");
const TABLE: &str = include_str!("skeleton/table.yaml");
const OUTPUTS: &str = include_str!("skeleton/outputs.yaml");
const PARAMETER: &str = include_str!("skeleton/parameter.yaml");
const CONDITION: &str = include_str!("skeleton/condition.yaml");

const ID_ENDINGS: [&str; 5] = [
    "Function",
    "Queue",
    "DeadLetterQueue",
    "DeadLetterAlarm",
    "QueueAgeAlarm",
];
/// Seconds, where the template gives none for all functions.
const TIMEOUT: u64 = 60;

/// The text of the template at `path`, with the function of the workspace at `root` in it.
///
/// # Errors
/// A logical id is taken, or a section cannot be added to.
pub(super) fn with(
    before: &Template,
    path: &Path,
    root: &Path,
    function: &Function,
) -> Result<String, NewError> {
    let id = function.name.pascal();
    check(before, &id)?;
    let text = std::fs::read_to_string(path).map_err(|it| super::failed("read", path, it))?;
    let mut edit = Edit { before, text };
    if !edit.has("Parameters", "AlarmTopicArn") {
        edit.append("Parameters", PARAMETER)?;
    }
    if !edit.has("Conditions", "HasAlarmTopic") {
        edit.append("Conditions", CONDITION)?;
    }
    edit.append(
        "Resources",
        &format!("\n{}", resources(before, root, function)),
    )?;
    if !edit.has("Resources", "IdempotencyTable") {
        edit.append("Resources", &format!("\n{TABLE}"))?;
    }
    edit.append("Outputs", &filled(OUTPUTS, function))?;
    let after = Template::read(&edit.text, path, "lambda-queue").map_err(NewError::Edited)?;
    let known = after.names_in(&["Resources"]);
    let mut all = before.names_in(&["Resources"]);
    let added: Vec<_> = ID_ENDINGS.iter().map(|it| format!("{id}{it}")).collect();
    all.extend(added.iter().map(String::as_str));
    match all.iter().all(|it| known.contains(it)) {
        true => Ok(edit.text),
        false => Err(section(before, "Resources")),
    }
}

fn check(before: &Template, id: &str) -> Result<(), NewError> {
    let resources = ID_ENDINGS
        .iter()
        .map(|it| ("Resources", format!("{id}{it}")));
    let outputs = ["QueueUrl", "DeadLetterQueueUrl"];
    let outputs = outputs.iter().map(|it| ("Outputs", format!("{id}{it}")));
    for (section, name) in resources.chain(outputs) {
        if before.names_in(&[section]).contains(&name.as_str()) {
            let file = before.file();
            return Err(NewError::Taken(format!("{name} in {section} of {file}")));
        }
    }
    Ok(())
}

fn section(template: &Template, section: &'static str) -> NewError {
    NewError::Section {
        file: template.file().to_owned(),
        section,
    }
}

struct Edit<'t> {
    before: &'t Template,
    text: String,
}

impl Edit<'_> {
    fn has(&self, section: &str, name: &str) -> bool {
        self.before.names_in(&[section]).contains(&name)
    }

    fn append(&mut self, name: &'static str, block: &str) -> Result<(), NewError> {
        let there = self.before.names_in(&[]).contains(&name);
        let text = append(&self.text, name, block, there);
        self.text = text.ok_or_else(|| section(self.before, name))?;
        Ok(())
    }
}

fn resources(before: &Template, root: &Path, function: &Function) -> String {
    let global = before.number_at(&["Globals", "Function", "Timeout"]);
    let fifo = |lines: &'static str| if function.fifo { lines } else { "" };
    let rule = "-".repeat(80_usize.saturating_sub(function.name.kebab().len()));
    filled(RESOURCES, function)
        .replace("{{rule}}", &rule)
        .replace("{{visibility}}", &(6 * global.unwrap_or(TIMEOUT)).to_string())
        .replace("{{function}}\n", &own_properties(before, root, global))
        .replace(
            "{{fifo source}}\n",
            fifo("      FifoQueue: true\n      # Equal bodies may be two messages: senders give deduplication ids.\n      ContentBasedDeduplication: false\n"),
        )
        .replace("{{fifo dead}}\n", fifo("      FifoQueue: true\n"))
}

/// What `Globals` does not say.
fn own_properties(before: &Template, root: &Path, timeout: Option<u64>) -> String {
    let globals = before.names_in(&["Globals", "Function"]);
    let code = code_uri(before.folder(), root);
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
    if timeout.is_none() {
        lines.push_str(&format!("      Timeout: {TIMEOUT}\n"));
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
