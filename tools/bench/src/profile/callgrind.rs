//! Callgrind's output ("Callgrind Format Specification" in valgrind's manual): the instructions of each function itself.

use std::collections::BTreeMap;
use std::path::Path;

use super::Counts;
use super::owner::{Place, owner};

/// Names stand there once, and are numbers afterwards.
#[derive(Default)]
struct Names<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Names<'a> {
    /// Of `(7) name`, or of `(7)` where that was seen before.
    fn name(&mut self, text: &'a str) -> &'a str {
        match text.split_once(' ') {
            Some((id, name)) => {
                self.0.insert(id, name);
                name
            }
            None => self.0.get(text).copied().unwrap_or(text),
        }
    }
}

/// Instructions by owner.
pub(super) fn counts(out: &str, root: &Path) -> Counts {
    let (mut files, mut functions, mut objects) =
        (Names::default(), Names::default(), Names::default());
    let mut place = Place::default();
    let mut counts = Counts::new();
    let mut lines = out.lines();
    while let Some(line) = lines.next() {
        match line.split_once('=') {
            Some(("fl" | "fi" | "fe", name)) => place.file = files.name(name),
            Some(("fn", name)) => place.function = functions.name(name),
            Some(("ob", name)) => place.object = objects.name(name),
            Some(("cfi" | "cfl", name)) => _ = files.name(name),
            Some(("cfn", name)) => _ = functions.name(name),
            Some(("cob", name)) => _ = objects.name(name),
            // What the function called took the next line's instructions, which are counted there.
            Some(("calls", _)) => _ = lines.next(),
            Some(_) => {}
            None => {
                if let Some(count) = cost(line) {
                    *counts.entry(owner(&place, root)).or_default() += count;
                }
            }
        }
    }
    counts
}

/// Of a line such as `+3 14`: a line number, maybe relative to the one before, and instructions.
fn cost(line: &str) -> Option<u64> {
    let (line_number, count) = line.split_once(' ')?;
    let starts = line_number.starts_with(|c: char| c.is_ascii_digit() || "+-*".contains(c));
    starts.then(|| count.trim().parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUT: &str = "version: 1\nevents: Ir\n\nob=(1) /home/x/bench-limit\nfl=(1) /home/x/tools/bench/peers/limit/src/main.rs\nfn=(1) bench_limit::main\n7 5\nfi=(2) /cargo/registry/src/index/hyper-util-0.1.21/src/lib.rs\n+3 4\ncfn=(2) hyper::poll\ncalls=1 8\n12 900\n* 1\n\nfl=(2)\nfn=(2)\n9 800\nob=(2) /usr/lib/libc.so.6\nfl=(3) ./malloc/malloc.c\nfn=(3) _int_malloc\n1 100\n";

    #[test]
    fn what_a_function_calls_is_counted_once() {
        let counts = counts(OUT, Path::new("/home/x"));
        let all: u64 = counts.values().sum();
        assert_eq!(all, 5 + 4 + 1 + 800 + 100);
    }

    #[test]
    fn instructions_belong_to_the_crate_that_they_were_written_in() {
        let counts = counts(OUT, Path::new("/home/x"));
        assert_eq!(counts["the function itself"], 5);
        assert_eq!(counts["HTTP"], 805);
        assert_eq!(counts["allocation"], 100);
    }
}
