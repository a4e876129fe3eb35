//! Documents in, text chunks out.
