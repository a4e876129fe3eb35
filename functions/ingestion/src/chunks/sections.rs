//! Cutting a long text into sections before it is cut into chunks.

/// Where a section best ends, best first; the character after the line break or space begins the
/// next one.
const ENDS: [&str; 4] = ["\n#", "\n\n", "\n", " "];

/// The sections of a text, none longer than `limit` bytes, with the offset of each.
///
/// The splitter's time is quadratic in the length of a text without breaks: a megabyte of one
/// letter would keep it busy for minutes. Between sections there is no overlap.
pub(super) fn sections(text: &str, limit: usize) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let section = &rest[..end(rest, limit)];
        let offset = start;
        start += section.len();
        Some((offset, section))
    })
}

fn end(rest: &str, limit: usize) -> usize {
    if rest.len() <= limit {
        return rest.len();
    }
    let window = &rest[..rest.floor_char_boundary(limit)];
    let found = ENDS.iter().find_map(|end| {
        // A section that is much too short would only make more of them.
        window.rfind(end).filter(|at| *at > limit / 2)
    });
    found.map_or(window.len(), |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_the_whole_text_and_none_is_too_long() {
        for text in ["", "short", &"é".repeat(500), &"some words. ".repeat(50)] {
            let found: Vec<_> = sections(text, 101).collect();
            assert!(found.iter().all(|(_, section)| section.len() <= 101));
            assert!(
                found
                    .iter()
                    .all(|(at, section)| text[*at..].starts_with(section))
            );
            let whole: String = found.iter().map(|(_, section)| *section).collect();
            assert_eq!(whole, text);
        }
    }

    #[test]
    fn a_section_ends_before_a_heading_if_it_can() {
        let text = format!("{}\n# Two\n{}", "a ".repeat(40), "b ".repeat(40));
        let found: Vec<_> = sections(&text, 120).collect();
        assert!(found[1].1.starts_with("# Two"));
    }
}
