//! Whose line a line is, where several functions talk at once.

use anstyle::{AnsiColor, Style};

/// One colour a function, in the order of the template; red is for errors.
const COLOURS: [AnsiColor; 5] = [
    AnsiColor::Cyan,
    AnsiColor::Magenta,
    AnsiColor::Blue,
    AnsiColor::Green,
    AnsiColor::Yellow,
];

/// What a function's lines begin with; nothing where only one talks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Voice {
    prefix: String,
}

impl Voice {
    /// A voice for each of `names`, with prefixes of equal width.
    pub(super) fn choir(names: &[&str]) -> Vec<Self> {
        let width = names.iter().map(|it| it.chars().count()).max().unwrap_or(0);
        let colours = COLOURS.iter().cycle();
        let voices = names.iter().zip(colours).map(|(name, colour)| {
            let style = colour.on_default();
            let prefix = format!("{style}{name:width$} │{style:#} ");
            Self { prefix }
        });
        voices.collect()
    }

    /// Shows a line of the function's own.
    pub(super) fn say(&self, line: &str) {
        anstream::eprintln!("{}{line}", self.prefix);
    }

    /// Shows what is said about the function.
    pub(super) fn warn(&self, what: &dyn std::fmt::Display) {
        let style: Style = AnsiColor::Red.on_default();
        self.say(&format!("{style}{what}{style:#}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_of_equal_width_and_different_colours() {
        let voices = Voice::choir(&["a", "longer"]);
        let plain = |it: &Voice| anstream::adapter::strip_str(&it.prefix).to_string();
        assert_eq!(plain(&voices[0]), "a      │ ");
        assert_eq!(plain(&voices[1]), "longer │ ");
        assert_ne!(voices[0].prefix[..4], voices[1].prefix[..6]);
    }
}
