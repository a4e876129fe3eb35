//! HTML to markdown: the main text, without what surrounds it on a page.

use std::rc::Rc;

use htmd::HtmlToMarkdown;
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Node, RcDom};

use super::{Bounded, ExtractError};

/// The deepest tree converted. Browsers stop at 512; the conversion is recursive, and a stack that
/// overflows takes the whole process with it.
pub(super) const MAX_DEPTH: usize = 256;
/// The largest tree converted. A megabyte of prose has a few thousand nodes, but a few unclosed
/// elements reopened by every paragraph can make hundreds of millions.
pub(super) const MAX_NODES: usize = 300_000;
/// How much is parsed between two looks at the tree.
const STEP: usize = 8 * 1024;

/// Elements that hold no text of the document.
const NOT_TEXT: [&str; 16] = [
    "aside", "button", "canvas", "footer", "form", "head", "iframe", "math", "nav", "noscript",
    "object", "script", "select", "style", "svg", "template",
];

/// Converts a page's main text to markdown.
///
/// `output` bounds nothing here, as the tree is measured; it is asked whether anybody waits.
pub(super) fn to_markdown(html: &str, output: &Bounded<'_>) -> Result<String, ExtractError> {
    let tree = parse(html, output)?;
    output.wanted()?;
    let converter = HtmlToMarkdown::builder()
        .skip_tags(NOT_TEXT.to_vec())
        .build();
    Ok(converter.tree_to_markdown(&tree))
}

/// Parses step by step: time and memory are quadratic in the depth, so it is too late to measure
/// a tree when it is finished.
fn parse(html: &str, output: &Bounded<'_>) -> Result<Rc<Node>, ExtractError> {
    let mut parser = parse_document(RcDom::default(), ParseOpts::default());
    let mut rest = html;
    while !rest.is_empty() {
        output.wanted()?;
        let (step, later) = rest.split_at(rest.ceil_char_boundary(STEP));
        parser.process(StrTendril::from(step));
        measure(&parser.tokenizer.sink.sink.document)?;
        rest = later;
    }
    let tree = parser.finish().document;
    measure(&tree)?;
    Ok(tree)
}

/// Looks at depth and size of a tree, without recursion.
fn measure(tree: &Rc<Node>) -> Result<(), ExtractError> {
    let mut nodes = 0;
    let mut pending = vec![(Rc::clone(tree), 0)];
    while let Some((node, depth)) = pending.pop() {
        nodes += 1;
        if depth > MAX_DEPTH {
            return Err(ExtractError::TooDeep);
        }
        if nodes > MAX_NODES {
            return Err(ExtractError::TooLarge);
        }
        let children = node.children.borrow();
        pending.extend(children.iter().map(|child| (Rc::clone(child), depth + 1)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to_markdown(html: &str) -> Result<String, ExtractError> {
        super::to_markdown(html, &Bounded::new(usize::MAX, &|| false))
    }

    #[test]
    fn the_main_text_is_kept_and_the_page_around_it_dropped() {
        let html = r#"<!doctype html><html><head><title>T</title><style>p{color:red}</style></head>
            <body><nav><a href="/">Home</a></nav>
            <main><h1>Refunds</h1><p>Within <b>30</b> days.</p>
            <ul><li>Keep the receipt</li><li>Ask &amp; wait</li></ul>
            <script>track("secret")</script><noscript>no js</noscript></main>
            <footer>(c) 2026</footer></body></html>"#;
        assert_eq!(
            to_markdown(html).unwrap(),
            "# Refunds\n\nWithin **30** days.\n\n*   Keep the receipt\n*   Ask & wait"
        );
    }

    #[test]
    fn a_tree_as_deep_as_allowed_is_converted() {
        let html = "<div>".repeat(MAX_DEPTH - 5) + "deep";
        assert_eq!(to_markdown(&html).unwrap(), "deep");
    }

    #[test]
    fn nested_quotes_and_lists_as_deep_as_allowed_are_converted() {
        for pair in ["<blockquote>", "<ul><li>", "<b><i>", "<table><tr><td>"] {
            let nested = MAX_DEPTH / 4 / pair.matches('<').count();
            assert!(
                to_markdown(&(pair.repeat(nested) + "deep"))
                    .unwrap()
                    .contains("deep")
            );
        }
    }

    #[test]
    fn a_tree_that_would_overflow_the_stack_is_refused() {
        let html = "<div>".repeat(200_000);
        assert!(matches!(to_markdown(&html), Err(ExtractError::TooDeep)));
    }

    #[test]
    fn elements_reopened_by_every_paragraph_cannot_fill_the_memory() {
        let unclosed: String = (0..200).map(|n| format!("<b a={n}>")).collect();
        let html = unclosed + &"<p>x".repeat(200_000);
        assert!(matches!(to_markdown(&html), Err(ExtractError::TooLarge)));
    }

    #[test]
    fn broken_markup_still_gives_its_text() {
        assert_eq!(to_markdown("<p>one<p>two</b></p").unwrap(), "one\n\ntwo");
        assert_eq!(to_markdown("").unwrap(), "");
    }
}
