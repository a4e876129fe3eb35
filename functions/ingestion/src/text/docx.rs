//! The text of DOCX files (ECMA-376), as markdown.

use std::io::{BufRead, BufReader, Cursor, Read};

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use zip::ZipArchive;
use zip::result::ZipError;

use super::{Bounded, ExtractError, Kind};

/// Headings, paragraphs and tables; not what was deleted, nor headers, footers and comments.
pub(super) fn to_markdown(docx: &[u8], output: Bounded<'_>) -> Result<String, ExtractError> {
    let limit = u64::try_from(output.max_bytes()).unwrap_or(u64::MAX);
    let mut archive = ZipArchive::new(Cursor::new(docx)).map_err(|error| unreadable(&error))?;
    let part = archive.by_name("word/document.xml");
    let part = part.map_err(|error| unreadable(&error))?;
    if part.size() > limit {
        return Err(output.too_large());
    }
    // What the archive says of its size need not be true.
    let mut part = BufReader::new(part.take(limit));
    let text = Body::new(output).read(&mut part)?;
    if text.is_empty() {
        return Err(ExtractError::NoText(Kind::Docx));
    }
    Ok(text)
}

fn unreadable(error: &ZipError) -> ExtractError {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
            ExtractError::Encrypted(Kind::Docx)
        }
        _ => ExtractError::Damaged(Kind::Docx),
    }
}

/// The document's body, being read.
struct Body<'c> {
    output: Bounded<'c>,
    paragraph: String,
    heading: usize,
    in_text: bool,
    cells: usize,
    in_table: usize,
}

impl<'c> Body<'c> {
    fn new(output: Bounded<'c>) -> Self {
        Self {
            output,
            paragraph: String::new(),
            heading: 0,
            in_text: false,
            cells: 0,
            in_table: 0,
        }
    }

    /// Reads event by event: deep nesting costs nothing, and no entity is ever expanded.
    fn read(mut self, xml: &mut impl BufRead) -> Result<String, ExtractError> {
        let mut reader = Reader::from_reader(xml);
        let mut buffer = Vec::new();
        let damaged = || ExtractError::Damaged(Kind::Docx);
        loop {
            self.output.wanted()?;
            buffer.clear();
            match reader.read_event_into(&mut buffer).map_err(|_| damaged())? {
                Event::Start(tag) => self.start(&tag)?,
                Event::Empty(tag) => {
                    self.start(&tag)?;
                    self.end(tag.local_name().as_ref())?;
                }
                Event::End(tag) => self.end(tag.local_name().as_ref())?,
                Event::Text(text) if self.in_text => {
                    self.paragraph
                        .push_str(&text.decode().map_err(|_| damaged())?);
                }
                Event::GeneralRef(entity) if self.in_text => {
                    self.paragraph
                        .push_str(&character(&entity).ok_or_else(damaged)?);
                }
                Event::Eof => return Ok(self.output.finish()),
                _ => {}
            }
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), ExtractError> {
        match tag.local_name().as_ref() {
            b"t" => self.in_text = true,
            b"tab" => self.paragraph.push('\t'),
            b"br" | b"cr" => self.paragraph.push('\n'),
            b"pStyle" => self.heading = heading(tag),
            b"tbl" => self.in_table += 1,
            b"tr" => self.cells = 0,
            b"tc" => {
                if self.cells > 0 {
                    self.output.push(" | ")?;
                }
                self.cells += 1;
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &[u8]) -> Result<(), ExtractError> {
        match name {
            b"t" => self.in_text = false,
            b"p" => self.paragraph()?,
            b"tr" => self.output.push("\n")?,
            b"tbl" => {
                self.in_table = self.in_table.saturating_sub(1);
                self.output.push("\n")?;
            }
            _ => {}
        }
        Ok(())
    }

    fn paragraph(&mut self) -> Result<(), ExtractError> {
        let paragraph = std::mem::take(&mut self.paragraph);
        let heading = std::mem::take(&mut self.heading);
        let text = paragraph.trim();
        if text.is_empty() {
            return Ok(());
        }
        if self.in_table > 0 {
            return self.output.push(text);
        }
        if heading > 0 {
            self.output.push(&"#".repeat(heading))?;
            self.output.push(" ")?;
        }
        self.output.push(text)?;
        self.output.push("\n\n")
    }
}

/// The level of a heading's style: `Heading2`, `berschrift2`, `Title`; 0 for others.
fn heading(style: &BytesStart<'_>) -> usize {
    let value = style.attributes().flatten();
    let mut value = value.filter(|it| it.key.local_name().as_ref() == b"val");
    let Some(value) = value.next() else {
        return 0;
    };
    let value = String::from_utf8_lossy(&value.value).to_lowercase();
    match value.as_str() {
        "title" | "titel" => 1,
        _ => level(&value).unwrap_or(0),
    }
}

fn level(style: &str) -> Option<usize> {
    // Word writes style ids in the language it runs in, without letters beyond ASCII.
    let names = ["heading", "berschrift", "titre", "titolo", "ttulo", "kop"];
    let level = names.iter().find_map(|name| style.strip_prefix(name))?;
    let level = level.trim().parse().ok()?;
    (1..=6).contains(&level).then_some(level)
}

/// `&amp;` and the like, and characters by number; no others are defined in a DOCX.
fn character(entity: &BytesRef<'_>) -> Option<String> {
    match entity.resolve_char_ref().ok()? {
        Some(character) => Some(character.into()),
        None => resolve_predefined_entity(&entity.decode().ok()?).map(str::to_owned),
    }
}
