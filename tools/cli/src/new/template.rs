//! The template with the function's resources.

use std::path::Path;

use super::Function;
use super::resources::{ID_ENDINGS, resources};
use super::section::append;
use super::skeleton::filled;
use crate::error::NewError;
use crate::template::Template;

const TABLE: &str = include_str!("skeleton/table.yaml");
const OUTPUTS: &str = include_str!("skeleton/outputs.yaml");
const PARAMETER: &str = include_str!("skeleton/parameter.yaml");
const CONDITION: &str = include_str!("skeleton/condition.yaml");

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
