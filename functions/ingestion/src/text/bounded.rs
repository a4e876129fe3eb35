//! Text that does not grow beyond a limit.

use std::io;

use super::ExtractError;

/// Text in the making. A small document can say a lot: by packing, by indentation, by a page that
/// is shown a thousand times.
pub(super) struct Bounded<'c> {
    text: Vec<u8>,
    max_bytes: usize,
    full: bool,
    cancelled: &'c dyn Fn() -> bool,
}

impl<'c> Bounded<'c> {
    pub(super) fn new(max_bytes: usize, cancelled: &'c dyn Fn() -> bool) -> Self {
        Self {
            text: Vec::new(),
            max_bytes,
            full: false,
            cancelled,
        }
    }

    /// Whoever makes the text asks this between its steps: it is an error if nobody waits for it.
    pub(super) fn wanted(&self) -> Result<(), ExtractError> {
        match (self.cancelled)() {
            true => Err(ExtractError::Cancelled),
            false => Ok(()),
        }
    }

    /// Whether something did not fit any more.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    pub(super) fn max_bytes(&self) -> usize {
        self.max_bytes
    }

    pub(super) fn push(&mut self, text: &str) -> Result<(), ExtractError> {
        self.wanted()?;
        if self.text.len() + text.len() > self.max_bytes {
            return Err(self.too_large());
        }
        self.text.extend_from_slice(text.as_bytes());
        Ok(())
    }

    pub(super) fn too_large(&self) -> ExtractError {
        ExtractError::UnpacksTooLarge(self.max_bytes)
    }

    /// The text, without white space around it.
    pub(super) fn finish(self) -> String {
        String::from_utf8_lossy(self.text.trim_ascii()).into_owned()
    }
}

impl io::Write for Bounded<'_> {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        if self.wanted().is_err() {
            return Err(io::ErrorKind::Other.into());
        }
        if self.text.len() + part.len() > self.max_bytes {
            self.full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.text.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
