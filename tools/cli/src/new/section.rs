//! Text added to a section of a YAML file, which otherwise stays as it is.

/// `text` with `block` at the end of the section, in the section's indentation; a section that is
/// not there comes at the end of the file. Nothing if the section is no block of lines.
///
/// The block is indented by two blanks.
pub(super) fn append(text: &str, section: &str, block: &str, there: bool) -> Option<String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let Some(start) = lines.iter().position(|it| opens(it, section)) else {
        let gap = if text.ends_with('\n') { "\n" } else { "\n\n" };
        let block = block.trim_start_matches('\n');
        return (!there).then(|| like(text, &format!("{text}{gap}{section}:\n{block}")));
    };
    let rest = &lines[start + 1..];
    let length = rest
        .iter()
        .position(|it| is_top_level(it))
        .unwrap_or(rest.len());
    // Comments in the first column belong to what follows.
    let is_content = |it: &&str| it.starts_with([' ', '\t']) && !it.trim().is_empty();
    let content = rest[..length]
        .iter()
        .rposition(is_content)
        .map_or(0, |it| it + 1);
    let indent = rest[..content]
        .iter()
        .find(|it| is_content(it) && !it.trim().starts_with('#'));
    let indent = indent.map_or(2, |it| it.len() - it.trim_start().len());
    let end = start + 1 + content;
    let mut out = lines[..end].concat();
    if !out.ends_with('\n') {
        out.push('\n');
    }
    for line in block.split_inclusive('\n') {
        match line.strip_prefix("  ") {
            Some(line) => out.push_str(&format!("{:indent$}{line}", "")),
            None => out.push_str(line),
        }
    }
    out.push_str(&lines[end..].concat());
    Some(like(text, &out))
}

fn opens(line: &str, section: &str) -> bool {
    let rest = line
        .strip_prefix(section)
        .and_then(|it| it.strip_prefix(':'));
    rest.is_some_and(|it| it.trim().is_empty() || it.trim_start().starts_with('#'))
}

fn is_top_level(line: &str) -> bool {
    !line.trim().is_empty() && !line.starts_with([' ', '\t', '#'])
}

/// `new` with the line ends of `old`.
fn like(old: &str, new: &str) -> String {
    match old.contains("\r\n") {
        true => new.replace("\r\n", "\n").replace('\n', "\r\n"),
        false => new.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_stays_as_it_is() {
        let text = "# top\nResources: # all\n    A:\n        Type: X # why\n\n    # last\n\n# about outputs\nOutputs:\n    B: 1";
        let done = append(text, "Resources", "\n  C:\n    Type: Y\n", true).unwrap();
        assert_eq!(
            done,
            "# top\nResources: # all\n    A:\n        Type: X # why\n\n    # last\n\n    C:\n      Type: Y\n\n# about outputs\nOutputs:\n    B: 1"
        );
        let done = append(text, "Outputs", "  C: 2\n", true).unwrap();
        assert!(done.ends_with("    B: 1\n    C: 2\n"), "{done}");
    }

    #[test]
    fn a_section_that_is_missing_is_added() {
        assert_eq!(
            append("A:\n  b: 1", "C", "  d: 2\n", false).unwrap(),
            "A:\n  b: 1\n\nC:\n  d: 2\n"
        );
        assert_eq!(append("A: {b: 1}\n", "A", "  d: 2\n", true), None);
    }

    #[test]
    fn lines_end_as_they_did() {
        assert_eq!(
            append("A:\r\n  b: 1\r\n", "A", "  c: 2\n", true).unwrap(),
            "A:\r\n  b: 1\r\n  c: 2\r\n"
        );
    }
}
