//! Cutting a long text into sections before it is cut into chunks.

/// Where a section best ends, best first; the character after the line break or space begins the
/// next one.
const ENDS: [&str; 4] = ["\n#", "\n\n", "\n", " "];

/// More white space than this ends a section and belongs to none.
const BLANK: usize = 256;

/// The sections of a text, none longer than `limit` bytes, with the offset of each.
///
/// The splitter's time is quadratic in the length of a text without breaks, and of one that is
/// nothing but breaks: a megabyte of either would keep it busy for minutes. Between sections there
/// is no overlap.
pub(super) fn sections(text: &str, limit: usize) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..)?.trim_start();
        let offset = text.len() - rest.len();
        let section = &rest[..end(rest, limit)];
        start = offset + section.len();
        (!section.is_empty()).then_some((offset, section))
    })
}

fn end(rest: &str, limit: usize) -> usize {
    let window = &rest[..rest.floor_char_boundary(limit)];
    if let Some(blank) = blank(window) {
        return blank;
    }
    if rest.len() <= limit {
        return rest.len();
    }
    let found = ENDS.iter().find_map(|end| {
        // A section that is much too short would only make more of them.
        window.rfind(end).filter(|at| *at > limit / 2)
    });
    found.map_or(window.len(), |at| at + 1)
}

/// Where a long run of white space begins.
fn blank(window: &str) -> Option<usize> {
    let mut begin = 0;
    for (at, c) in window.char_indices() {
        if !c.is_whitespace() {
            begin = at + c.len_utf8();
        } else if at - begin >= BLANK {
            return Some(begin);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_all_but_white_space_and_none_is_too_long() {
        for text in ["", "short", &"é".repeat(500), &"some words. ".repeat(50)] {
            let found: Vec<_> = sections(text, 101).collect();
            assert!(found.iter().all(|(_, section)| section.len() <= 101));
            assert!(
                found
                    .iter()
                    .all(|(at, section)| text[*at..].starts_with(section))
            );
            let letters = |text: &str| text.replace(char::is_whitespace, "");
            let whole: String = found.iter().map(|(_, section)| *section).collect();
            assert_eq!(letters(&whole), letters(text));
        }
    }

    #[test]
    fn long_blanks_are_in_no_section() {
        let text = format!("one{}two{}", "\n".repeat(1000), " ".repeat(1000));
        let found: Vec<_> = sections(&text, 100_000).collect();
        assert_eq!(found, [(0, "one"), (1003, "two")]);
        assert_eq!(sections(&"\n".repeat(1000), 100).count(), 0);
    }

    #[test]
    fn a_section_ends_before_a_heading_if_it_can() {
        let text = format!("{}\n# Two\n{}", "a ".repeat(40), "b ".repeat(40));
        let found: Vec<_> = sections(&text, 120).collect();
        assert!(found[1].1.starts_with("# Two"));
    }
}
