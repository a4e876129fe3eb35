//! The files of a new function.

use super::Function;

const FILES: [(&str, &str); 6] = [
    ("README.md", include_str!("skeleton/README.md")),
    ("src/main.rs", include_str!("skeleton/main.rs")),
    ("src/lib.rs", include_str!("skeleton/lib.rs")),
    ("src/config.rs", include_str!("skeleton/config.rs")),
    ("src/handler.rs", include_str!("skeleton/handler.rs")),
    ("tests/fixtures.rs", include_str!("skeleton/fixtures.rs")),
];
const EVENTS: [(&str, &str); 2] = [
    ("success", include_str!("skeleton/events/success.json")),
    ("poison", include_str!("skeleton/events/poison.json")),
];

/// The package's files, but for its manifest.
pub(super) fn package(function: &Function) -> impl Iterator<Item = (&'static str, String)> {
    FILES
        .iter()
        .map(|(file, text)| (*file, filled(text, function)))
}

/// Event files by scenario.
pub(super) fn events(function: &Function) -> impl Iterator<Item = (&'static str, String)> {
    EVENTS.iter().map(|(scenario, text)| {
        let mut text = filled(text, function);
        for number in 1..=2 {
            let group = format!(
                ",\n        \"MessageGroupId\": \"group-1\",\n        \"MessageDeduplicationId\": \"{scenario}-{number}\",\n        \"SequenceNumber\": \"1889000000000000000{number}\""
            );
            let group = if function.fifo { group.as_str() } else { "" };
            text = text.replace(&format!("{{{{group {number}}}}}"), group);
        }
        (*scenario, text)
    })
}

/// Whether the code uses a name for something else.
pub(super) fn mentions(name: &str) -> bool {
    let code = FILES.iter().filter(|(file, _)| file.ends_with(".rs"));
    let lines = code.flat_map(|(_, text)| text.lines());
    let mut words = lines
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split(|it: char| !it.is_alphanumeric()));
    words.any(|it| it == name && it != "Name")
}

/// The text with the function's names in it.
pub(super) fn filled(text: &str, function: &Function) -> String {
    let name = &function.name;
    let (fifo, of_groups) = match function.fifo {
        true => (".fifo", ", each group in order"),
        false => ("", ""),
    };
    text.replace("{{name}}", name.kebab())
        .replace("{{crate}}", &name.snake())
        .replace("{{Name}}", &name.pascal())
        .replace("{{.fifo}}", fifo)
        .replace("{{of_groups}}", of_groups)
}
