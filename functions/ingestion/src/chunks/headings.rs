//! Which headings a place in a markdown text stands under.

use std::collections::VecDeque;

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

/// A heading may be as long as a document; what is kept of it, in characters.
const LONGEST: usize = 200;

/// The headings above a place that only moves forward.
#[derive(Default)]
pub(super) struct HeadingPath {
    open: Vec<Heading>,
    /// Of the present section, in order.
    ahead: VecDeque<Heading>,
}

struct Heading {
    /// Where it begins in its section.
    start: usize,
    level: HeadingLevel,
    text: String,
}

impl HeadingPath {
    /// Goes on to the next section of the text.
    pub(super) fn enter(&mut self, section: &str) {
        self.pass(usize::MAX);
        self.ahead = headings(section);
    }

    /// The path at this offset in the section. A heading that begins there is part of it.
    pub(super) fn at(&mut self, offset: usize) -> Vec<String> {
        self.pass(offset);
        self.open.iter().map(|it| it.text.clone()).collect()
    }

    fn pass(&mut self, offset: usize) {
        while let Some(heading) = self.ahead.pop_front_if(|it| it.start <= offset) {
            self.open.retain(|it| it.level < heading.level);
            self.open.push(heading);
        }
    }
}

fn headings(section: &str) -> VecDeque<Heading> {
    let mut found = VecDeque::new();
    let mut current: Option<Heading> = None;
    for (event, place) in Parser::new(section).into_offset_iter() {
        match (event, &mut current) {
            (Event::Start(Tag::Heading { level, .. }), _) => {
                current = Some(Heading {
                    start: place.start,
                    level,
                    text: String::new(),
                });
            }
            (Event::End(TagEnd::Heading(_)), _) => found.extend(current.take()),
            (Event::Text(text) | Event::Code(text), Some(heading)) => {
                let left = LONGEST.saturating_sub(heading.text.chars().count());
                heading.text.extend(text.chars().take(left));
            }
            (Event::SoftBreak, Some(heading)) => heading.text.push(' '),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str, at: &str) -> Vec<String> {
        let mut path = HeadingPath::default();
        path.enter(text);
        path.at(text.find(at).unwrap())
    }

    #[test]
    fn a_place_stands_under_the_headings_above_it() {
        let text = "intro\n\n# A *b* `c`\n\none\n\n## D\n\ntwo\n\n# E\n\nthree";
        assert_eq!(path(text, "intro"), [""; 0]);
        assert_eq!(path(text, "one"), ["A b c"]);
        assert_eq!(path(text, "## D"), ["A b c", "D"]);
        assert_eq!(path(text, "three"), ["E"]);
    }

    #[test]
    fn code_has_no_headings() {
        assert_eq!(path("```\n# no\n```\n\nend", "end"), [""; 0]);
    }

    #[test]
    fn sections_inherit_the_path_and_long_headings_are_shortened() {
        let mut path = HeadingPath::default();
        path.enter(&format!("# {}\n\nx", "é".repeat(5000)));
        path.enter("## B\n\nsecond");
        let path = path.at(10);
        assert_eq!(path, ["é".repeat(200), "B".to_owned()]);
    }
}
